/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "job/package.h"
#include "link/port.h"
#include "simulator/virtual-stick.h"

G_BEGIN_DECLS

/*
 * A virtual stick and the files that are written to it. Whatever goes wrong in
 * here ends the test.
 */
typedef struct
{
  SmithVirtualBus *bus;
  SmithFaultScript *faults;
  SmithVirtualStick *stick;
  guint offences; /* as many as the test commits itself: a real stick would suffer from them */
} Rig;

#define RIG_VERSION_BEFORE "21.000.00.00.00"

void rig_start (Rig *rig, const SmithVirtualStickConfig *config, const char *faults);
void rig_start_plain (Rig *rig, SmithMode mode, const char *faults);
void rig_clear (Rig *rig);
SmithPort *rig_open_port (Rig *rig);
void rig_wait_for (Rig *rig, SmithMode mode);
guint rig_count_log (Rig *rig, const char *text);
gboolean rig_is_same (const SmithWrittenPartition *written, const SmithPartition *partition);
char *rig_compare (Rig *rig, GPtrArray *items);
void rig_expect_written (Rig *rig, GPtrArray *items);
void rig_expect_nothing_written (Rig *rig);

/* Files in a folder that goes with them. */
typedef struct
{
  char *dir;
} Files;

void files_start (Files *files);
void files_clear (Files *files);
char *files_make (Files *files, const char *name, const char *description);
char *files_make_folder (Files *files, const char *name, const char *description);

/* The small firmware of the tests as a description: with another version, and signed. */
char *tiny_description (const char *version, guint signature_size);

SmithItem *item_open (const char *path);
GPtrArray *items_new (SmithItem *first, ...) G_GNUC_NULL_TERMINATED;

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Rig, rig_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Files, files_clear)

G_END_DECLS
