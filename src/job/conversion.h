/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "flash.h"
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
  SMITH_N_STEPS
} SmithStep;

/**
 * SmithPlan:
 *
 * What is going to be done, fixed before anything is written. Everything that
 * can be refused is refused by smith_plan_check().
 */
typedef struct
{
  char *usb_path;      /* the stick, by where it is plugged in */
  SmithItem *loader;   /* (nullable): none is needed if it is in download mode */
  GPtrArray *firmware; /* SmithItem, in the order in which it is written */
  gboolean known_signature;
  guint first_file;      /* to go on where a job stopped; else 0 */
  guint first_partition; /* of that file */
} SmithPlan;

/**
 * SmithConversionFuncs:
 *
 * Called on the thread that works. @step tells of each step as it begins;
 * @loader_progress and those in @flash of what goes on in it; @busy that another
 * program holds the port, which is tried again. Each may be NULL.
 */
typedef struct
{
  void (*step) (SmithStep step, gpointer user_data);
  void (*loader_progress) (guint64 done, guint64 total, gpointer user_data);
  SmithFlashFuncs flash;
  void (*busy) (gpointer user_data);
} SmithConversionFuncs;

typedef struct
{
  SmithStep step; /* the last one that was begun */
  SmithFlashReport *flash;
  char *version; /* what the stick said after it came back, or NULL */
} SmithConversionReport;

SmithPlan *smith_plan_new (const char *usb_path);
void smith_plan_free (SmithPlan *plan);
gboolean smith_plan_check (SmithPlan *plan, GError **error);
const char *smith_plan_get_version (SmithPlan *plan);

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

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithPlan, smith_plan_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithConversionReport, smith_conversion_report_free)

G_END_DECLS
