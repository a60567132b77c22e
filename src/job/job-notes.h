/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "conversion.h"
#include "log.h"

G_BEGIN_DECLS

/*
 * What is kept on the disk of a job while it runs: never further on than the
 * stick is, so that going on with it leaves nothing out. For the worker; every
 * function may wait for the disk.
 */
typedef struct _SmithJobNotes SmithJobNotes;

SmithJobNotes *smith_job_notes_new (SmithPlan *plan, SmithLog *log, const char *path);
void smith_job_notes_free (SmithJobNotes *notes);
void smith_job_notes_start (SmithJobNotes *notes);
void smith_job_notes_set_step (SmithJobNotes *notes, SmithStep step);
gboolean smith_job_notes_begin_part (SmithJobNotes *notes, GError **error);
void smith_job_notes_end_part (SmithJobNotes *notes, guint file, guint partition);
void
smith_job_notes_settle (SmithJobNotes *notes, SmithBus *bus, const SmithConversionReport *report);
void smith_job_notes_forget (SmithJobNotes *notes, SmithBus *bus);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithJobNotes, smith_job_notes_free)

G_END_DECLS
