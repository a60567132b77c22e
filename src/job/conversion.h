/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "flash.h"
#include "plan.h"
#include "reactivate.h"
#include "stick/bus.h"

G_BEGIN_DECLS

/* The steps of a job, in their order. */
typedef enum
{
  SMITH_STEP_PREPARE,
  SMITH_STEP_BOOT_MODE,
  SMITH_STEP_LOADER,
  SMITH_STEP_FLASH,
  SMITH_STEP_COME_BACK,
  SMITH_STEP_REACTIVATE,
  SMITH_N_STEPS
} SmithStep;

/**
 * SmithConversionFuncs:
 *
 * Called on the thread that works. @step tells of each step as it begins;
 * @loader_progress and those in @flash of what goes on in it; @busy that another
 * program holds the port, which is tried again; @cd_stays that the stick has
 * shown nothing but its CD drive for a while, so that somebody may eject it;
 * @network what the stick sees of the network afterwards. Each may be NULL.
 */
typedef struct
{
  void (*step) (SmithStep step, gpointer user_data);
  void (*loader_progress) (guint64 done, guint64 total, gpointer user_data);
  SmithFlashFuncs flash;
  void (*busy) (gpointer user_data);
  void (*cd_stays) (const char *drive, gpointer user_data);
  SmithReactivateFunc network;
} SmithConversionFuncs;

/* What became of the network; the conversion itself is not judged by it. */
typedef enum
{
  SMITH_NETWORK_NOT_TRIED, /* nothing was asked for, or it is a HiLink stick's own affair */
  SMITH_NETWORK_REGISTERED,
  SMITH_NETWORK_MISSED,  /* not in time, or refused; the report's state tells more */
  SMITH_NETWORK_SKIPPED, /* the person would not wait */
} SmithNetworkResult;

typedef struct
{
  SmithStep step; /* the last one that was begun */
  SmithFlashReport *flash;
  gboolean touched;     /* the stick's content may have changed: by this job, or the one before
                         * that it goes on with */
  char *version;        /* what the stick said after it came back, or NULL */
  SmithMode mode;       /* in which the stick came back */
  gboolean works;       /* its firmware is at work and its version was compared: there is
                         * nothing to go on with */
  gboolean other_stick; /* the one that came back is not the one that it began with */
  SmithIdentity *after; /* what it said about itself then, or NULL */
  SmithNetworkResult network_result;
  SmithReactivateReport network;
  char *network_problem; /* why the network was missed, or NULL */
} SmithConversionReport;

SmithConversionReport *smith_conversion_report_new (void);
void smith_conversion_report_free (SmithConversionReport *report);
const char *smith_step_name (SmithStep step);
const char *smith_step_title (SmithStep step);

gboolean smith_conversion_run (SmithPlan *plan,
                               SmithBus *bus,
                               const SmithConversionFuncs *funcs,
                               gpointer user_data,
                               SmithConversionReport *report,
                               GCancellable *cancellable,
                               GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithConversionReport, smith_conversion_report_free)

G_END_DECLS
