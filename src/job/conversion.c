/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "conversion.h"

#include <glib/gi18n.h>

#include "format/error.h"
#include "link/at-channel.h"
#include "link/deadline.h"

#define BOOT_MODE_MS 30000
#define LOADER_START_MS 60000 /* until a loader that was taken must be running */
#define COME_BACK_MS 90000    /* first boots are slow */
#define OPEN_TRIES 5
#define OPEN_PAUSE_MS 500
#define VERSION_TRIES 5
#define VERSION_PAUSE_MS 2000

typedef struct
{
  SmithPlan *plan;
  SmithBus *bus;
  const SmithConversionFuncs *funcs;
  gpointer user_data;
  SmithConversionReport *report;
  GCancellable *cancellable;
  SmithStick *stick; /* as it was last seen */
} Conversion;

SmithPlan *
smith_plan_new (const char *usb_path)
{
  SmithPlan *plan = g_new0 (SmithPlan, 1);

  plan->usb_path = g_strdup (usb_path);
  plan->firmware = g_ptr_array_new_with_free_func ((GDestroyNotify) smith_item_unref);
  return plan;
}

void
smith_plan_free (SmithPlan *plan)
{
  g_free (plan->usb_path);
  g_clear_pointer (&plan->loader, smith_item_unref);
  g_ptr_array_unref (plan->firmware);
  g_free (plan);
}

/**
 * smith_plan_get_version:
 *
 * Returns: (transfer none) (nullable): the version that the stick must show
 *   afterwards: that of the last file with the stick's own firmware
 */
const char *
smith_plan_get_version (SmithPlan *plan)
{
  const char *version = NULL;

  for (guint i = 0; i < plan->firmware->len; i++)
    {
      SmithItem *item = g_ptr_array_index (plan->firmware, i);

      if (item->firmware->content & SMITH_CONTENT_FIRMWARE && item->firmware->version[0] != '\0')
        version = item->firmware->version;
    }
  return version;
}

/**
 * smith_plan_check:
 *
 * Refuses what can be refused before the stick is touched.
 *
 * Returns: FALSE with SMITH_ERROR_BAD_FILE, WRONG_FILE or UNSAFE_LOADER
 */
gboolean
smith_plan_check (SmithPlan *plan, GError **error)
{
  if (plan->firmware->len == 0)
    {
      g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_WRONG_FILE,
                           _ ("There is no firmware to write"));
      return FALSE;
    }
  for (guint i = 0; i < plan->firmware->len; i++)
    if (!smith_item_may_write (g_ptr_array_index (plan->firmware, i), error))
      return FALSE;
  return plan->loader == NULL
         || (smith_item_check_unchanged (plan->loader, error)
             && smith_loader_may_send (plan->loader->loader, error));
}

SmithConversionReport *
smith_conversion_report_new (void)
{
  SmithConversionReport *report = g_new0 (SmithConversionReport, 1);

  report->flash = smith_flash_report_new ();
  return report;
}

void
smith_conversion_report_free (SmithConversionReport *report)
{
  smith_flash_report_free (report->flash);
  g_free (report->version);
  g_free (report);
}

/**
 * smith_step_name:
 *
 * Returns: a stable lower-case word for machine-readable output
 */
const char *
smith_step_name (SmithStep step)
{
  static const char *const names[] = { "prepare", "boot-mode", "loader", "flash", "come-back" };

  G_STATIC_ASSERT (G_N_ELEMENTS (names) == SMITH_N_STEPS);
  return names[step];
}

/**
 * smith_step_title:
 *
 * Returns: what the step is about, for a person
 */
const char *
smith_step_title (SmithStep step)
{
  static const char *const titles[] = {
    [SMITH_STEP_PREPARE] = N_ ("Checking the files"),
    [SMITH_STEP_BOOT_MODE] = N_ ("Waiting for the stick in boot mode"),
    [SMITH_STEP_LOADER] = N_ ("Uploading the loader"),
    [SMITH_STEP_FLASH] = N_ ("Writing the firmware"),
    [SMITH_STEP_COME_BACK] = N_ ("Waiting for the stick to come back"),
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (titles) == SMITH_N_STEPS);
  return _ (titles[step]);
}

static void
take_stick (Conversion *c, SmithStick *stick)
{
  g_clear_pointer (&c->stick, smith_stick_unref);
  c->stick = stick;
}

static gboolean
can_be_loaded (SmithStick *stick, gpointer user_data)
{
  return stick->mode == SMITH_MODE_DOWNLOAD || stick->mode == SMITH_MODE_BOOT_ROM;
}

static gboolean
has_reached_download (SmithStick *stick, gpointer user_data)
{
  const guint64 *seen = user_data;

  return stick->mode == SMITH_MODE_DOWNLOAD && stick->seen > *seen;
}

static gboolean
has_come_back (SmithStick *stick, gpointer user_data)
{
  const guint64 *seen = user_data;

  return stick->seen > *seen && stick->mode != SMITH_MODE_CD && stick->mode != SMITH_MODE_UNKNOWN;
}

static gboolean
step_prepare (Conversion *c, GError **error)
{
  return smith_plan_check (c->plan, error);
}

static gboolean
step_boot_mode (Conversion *c, GError **error)
{
  SmithStick *stick = smith_bus_wait (c->bus, c->plan->usb_path, can_be_loaded, NULL,
                                      smith_deadline_in (BOOT_MODE_MS), c->cancellable, error);

  if (stick == NULL)
    return FALSE;
  take_stick (c, stick);
  if (stick->mode == SMITH_MODE_BOOT_ROM && c->plan->loader == NULL)
    {
      g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_WRONG_FILE,
                           _ ("The stick is in boot mode and needs a loader first"));
      return FALSE;
    }
  return TRUE;
}

/* Opens the stick's port. Just after it appeared it may not be quite there. */
static SmithPort *
open_port (Conversion *c, SmithPortRole role, GError **error)
{
  const char *device = smith_stick_find_port (c->stick, role);
  SmithPort *port = NULL;

  if (device == NULL)
    {
      g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE,
                           _ ("The stick has no port that could be used"));
      return NULL;
    }
  for (guint try = 0; try < OPEN_TRIES && port == NULL; try++)
    {
      if (try > 0)
        smith_deadline_sleep (OPEN_PAUSE_MS, c->cancellable);
      g_clear_error (error);
      if (g_cancellable_set_error_if_cancelled (c->cancellable, error))
        return NULL;
      port = smith_port_open (device, smith_deadline_in (SMITH_PORT_BUSY_MS), c->funcs->busy,
                              c->user_data, c->cancellable, error);
      if (port == NULL && !g_error_matches (*error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED))
        break;
    }
  return port;
}

static void
on_loader_progress (guint64 done, gpointer user_data)
{
  Conversion *c = user_data;

  if (c->funcs->loader_progress != NULL)
    c->funcs->loader_progress (done, smith_loader_get_total (c->plan->loader->loader),
                               c->user_data);
}

/* Says what became of a loader that was taken and does not show up. */
static void
explain_no_download (Conversion *c, GError **error)
{
  g_autoptr (SmithStick) now = smith_bus_find (c->bus, c->plan->usb_path);

  if (!g_error_matches (*error, SMITH_ERROR, SMITH_ERROR_TIMEOUT))
    return;
  g_clear_error (error);
  if (now == NULL)
    g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED,
                         _ ("The stick took the loader, but did not come back. Plug it in again."));
  else
    g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_UNSUPPORTED,
                         _ ("The stick took the loader, but does not start it. Sticks of newer "
                            "batches only start loaders signed by their maker."));
}

static gboolean
step_loader (Conversion *c, GError **error)
{
  guint64 seen = c->stick->seen;
  SmithPort *port;
  SmithStick *stick;
  gboolean ok;

  if (c->stick->mode == SMITH_MODE_DOWNLOAD)
    return TRUE;
  port = open_port (c, SMITH_PORT_BOOT, error);
  if (port == NULL)
    return FALSE;
  ok = smith_boot_rom_upload (port, c->plan->loader->loader, FALSE, on_loader_progress, c,
                              c->cancellable, error);
  smith_port_close (port);
  if (!ok)
    return FALSE;
  stick = smith_bus_wait (c->bus, c->plan->usb_path, has_reached_download, &seen,
                          smith_deadline_in (LOADER_START_MS), c->cancellable, error);
  if (stick == NULL)
    {
      explain_no_download (c, error);
      return FALSE;
    }
  take_stick (c, stick);
  return TRUE;
}

static gboolean
step_flash (Conversion *c, GError **error)
{
  const SmithFlashOptions options = { .restart = TRUE,
                                      .known_signature = c->plan->known_signature,
                                      .first_file = c->plan->first_file,
                                      .first_partition = c->plan->first_partition };
  SmithPort *port = open_port (c, SMITH_PORT_DOWNLOAD, error);
  gboolean ok;

  if (port == NULL)
    return FALSE;
  ok = smith_flash_run (port, c->plan->firmware, &options, &c->funcs->flash, c->user_data,
                        c->report->flash, c->cancellable, error);
  smith_port_close (port);
  return ok;
}

/* Asks for the version; a stick that has just started may not answer yet, or
 * not with what was asked for. */
static char *
read_version (Conversion *c, GError **error)
{
  g_autoptr (SmithPort) port = open_port (c, SMITH_PORT_AT, error);

  if (port == NULL)
    return NULL;
  for (guint try = 0; try < VERSION_TRIES; try++)
    {
      g_autoptr (SmithAtAnswer) answer = NULL;
      const char *version = NULL;

      if (try > 0)
        smith_deadline_sleep (VERSION_PAUSE_MS, c->cancellable);
      g_clear_error (error);
      answer = smith_at_exchange (port, "AT^VERSION?", SMITH_AT_TIMEOUT_MS, c->cancellable, error);
      if (answer != NULL)
        version = smith_at_answer_find (answer, "^VERSION:EXTS:");
      else if (!g_error_matches (*error, SMITH_ERROR, SMITH_ERROR_TIMEOUT))
        return NULL;
      if (version != NULL)
        return g_strdup (version);
    }
  if (*error == NULL)
    g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_PROTOCOL,
                         _ ("The stick is back, but does not tell its version"));
  return NULL;
}

static gboolean
compare_version (Conversion *c, GError **error)
{
  const char *expected = smith_plan_get_version (c->plan);

  if (expected == NULL || g_strcmp0 (expected, c->report->version) == 0)
    return TRUE;
  g_set_error (error, SMITH_ERROR, SMITH_ERROR_PROTOCOL,
               _ ("The stick is back with version %s instead of %s: the new firmware is not "
                  "running"),
               c->report->version, expected);
  return FALSE;
}

/* Whether the stick that is back runs firmware that can be asked. */
static gboolean
check_mode (Conversion *c, GError **error)
{
  switch (c->stick->mode)
    {
    case SMITH_MODE_STICK:
      return TRUE;
    case SMITH_MODE_DOWNLOAD:
    case SMITH_MODE_BOOT_ROM:
      g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE,
                           _ ("Everything was written, but the stick did not start the new "
                              "firmware: it still waits for one"));
      return FALSE;
    case SMITH_MODE_HILINK:
    case SMITH_MODE_CD:
    case SMITH_MODE_UNKNOWN:
    default:
      g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_UNSUPPORTED,
                           _ ("The stick is back as a HiLink stick, whose version cannot be read "
                              "through a serial port"));
      return FALSE;
    }
}

static gboolean
step_come_back (Conversion *c, GError **error)
{
  gint64 deadline = smith_deadline_in (COME_BACK_MS);

  /* On its first start a stick may leave and come back more than once. */
  do
    {
      guint64 seen = c->stick->seen;
      SmithStick *stick;

      g_clear_error (error);
      stick = smith_bus_wait (c->bus, c->plan->usb_path, has_come_back, &seen, deadline,
                              c->cancellable, error);
      if (stick == NULL)
        {
          g_prefix_error (error, "%s ", _ ("Everything was written."));
          return FALSE;
        }
      take_stick (c, stick);
      if (!check_mode (c, error))
        return FALSE;
      c->report->version = read_version (c, error);
    }
  while (g_error_matches (*error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED));
  return c->report->version != NULL && compare_version (c, error);
}

static gboolean (*const steps[]) (Conversion *c, GError **error) = {
  [SMITH_STEP_PREPARE] = step_prepare,     [SMITH_STEP_BOOT_MODE] = step_boot_mode,
  [SMITH_STEP_LOADER] = step_loader,       [SMITH_STEP_FLASH] = step_flash,
  [SMITH_STEP_COME_BACK] = step_come_back,
};

G_STATIC_ASSERT (G_N_ELEMENTS (steps) == SMITH_N_STEPS);

/**
 * smith_conversion_run:
 * @funcs: called on this thread
 * @report: filled in as far as it goes, also on an error
 *
 * Does the whole job with the stick at the plan's place: loader, firmware,
 * restart, and the comparison of the version it shows then. Blocks, for
 * minutes: for worker threads.
 *
 * Returns: FALSE with the error of the step that failed, which is in @report
 */
gboolean
smith_conversion_run (SmithPlan *plan,
                      SmithBus *bus,
                      const SmithConversionFuncs *funcs,
                      gpointer user_data,
                      SmithConversionReport *report,
                      GCancellable *cancellable,
                      GError **error)
{
  Conversion c = { plan, bus, funcs, user_data, report, cancellable, NULL };
  g_autoptr (GError) local = NULL;
  gboolean ok = TRUE;

  for (SmithStep step = 0; step < SMITH_N_STEPS && ok; step++)
    {
      report->step = step;
      g_info ("step: %s", smith_step_name (step));
      if (funcs->step != NULL)
        funcs->step (step, user_data);
      ok = steps[step](&c, &local);
    }
  g_clear_pointer (&c.stick, smith_stick_unref);
  /* Where two reasons met, it is the person's that counts. */
  if (!ok && g_cancellable_is_cancelled (cancellable))
    {
      g_clear_error (&local);
      g_cancellable_set_error_if_cancelled (cancellable, &local);
    }
  if (!ok)
    g_propagate_error (error, g_steal_pointer (&local));
  return ok;
}
