/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "link/download.h"
#include "package.h"
#include "stick/verdict.h"

G_BEGIN_DECLS

/**
 * SmithFlashFuncs:
 * @confirm: asked once, before the first write, with the worst verdict on the
 *   files and the reasons of all that deserve it; never for one that does not
 *   fit. Returns: whether to go on
 * @partition: a partition is about to be written. Returns: FALSE with an error
 *   if it must not be
 * @progress: bytes of all files together
 * @partition_done: a partition is complete; @file counts the files from 0
 *
 * Called on the thread that flashes. Each may be NULL, but without @confirm
 * nothing is written.
 */
typedef struct
{
  gboolean (*confirm) (const SmithVerdict *verdict, gpointer user_data);
  gboolean (*partition) (const SmithItem *item,
                         const SmithPartition *partition,
                         gpointer user_data,
                         GError **error);
  void (*progress) (guint64 done, guint64 total, gpointer user_data);
  void (*partition_done) (guint file, const SmithPartition *partition, gpointer user_data);
} SmithFlashFuncs;

typedef struct
{
  guint32 id;
  char name[SMITH_PARTITION_NAME_SIZE];
  guint64 bytes;
  guint blocks;
} SmithFlashedPartition;

/* What was done, complete also after an error. */
typedef struct
{
  GArray *partitions; /* SmithFlashedPartition */
  guint64 bytes;
  gint64 duration;   /* µs */
  char *product;     /* what the stick called itself, or NULL */
  gboolean touched;  /* whether the stick's content may have changed */
  gboolean restarts; /* the stick confirmed that it restarts */
} SmithFlashReport;

typedef struct
{
  gboolean restart;            /* start the new firmware at the end */
  gboolean known_signature;    /* for files without one, give the stick values that are known */
  guint first_file;            /* to go on: what stands before is on the stick already */
  guint first_partition;       /* of that file */
  gboolean goes_on;            /* an earlier job wrote to the stick, be it nothing whole */
  const SmithIdentity *before; /* (nullable): what is known of the stick from before */
  SmithAim aim;                /* what is to become of it */
  const char *override;        /* (nullable): as in SmithPlan */
  const SmithVerdict *verdict; /* (nullable): on what else is used, such as a loader */
  gboolean frames_only;        /* see smith_download_set_frames_only() */
} SmithFlashOptions;

SmithFlashReport *smith_flash_report_new (void);
void smith_flash_report_free (SmithFlashReport *report);

gboolean smith_flash_run (SmithPort *port,
                          GPtrArray *items,
                          const SmithFlashOptions *options,
                          const SmithFlashFuncs *funcs,
                          gpointer user_data,
                          SmithFlashReport *report,
                          GCancellable *cancellable,
                          GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithFlashReport, smith_flash_report_free)

G_END_DECLS
