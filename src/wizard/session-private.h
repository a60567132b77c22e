/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session.h"

G_BEGIN_DECLS

struct _SmithSession
{
  GObject parent_instance;

  SmithBus *bus;
  SmithPracticeWorld *world; /* NULL with real sticks */
  SmithLog *log;
  char *state_path;
  GCancellable *cancellable; /* of all that the session does on workers */
  SmithPageId page;          /* while the person chooses */

  char *usb_path; /* of the chosen stick, or NULL */
  SmithEntry entry;

  SmithFileCheck *files[SMITH_N_SLOTS];
  GPtrArray *incoming; /* SmithFileCheck: their kind is not known yet */

  SmithPhase phase;
  SmithJob *job;
  SmithVerdict *verdict; /* while "question" has no answer */
  GError *error;         /* of the last job, or of what should have become one */
  char *file_names;      /* of the job's firmware */
  char *target_version;
  char *new_version;

  SmithSavedState *unfinished; /* found on the disk */
  SmithPlan *resume;           /* made from it */
  gboolean preparing;          /* which takes a moment */
  gboolean had_job;
};

void smith_session_changed (SmithSession *session);
void smith_session_look_for_unfinished (SmithSession *session);
void smith_session_clear_job (SmithSession *session);

G_END_DECLS
