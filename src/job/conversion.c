/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "conversion-private.h"

#include <glib/gi18n.h>

#include "format/error.h"
#include "link/boot-rom.h"
#include "link/deadline.h"
#include "link/trace.h"
#include "open-port.h"

#define BOOT_MODE_MS 30000
#define LOADER_START_MS 60000 /* until a loader that was taken must be running */
#define WEB_STARTS_MS 60000   /* of a HiLink stick that was just plugged in */
#define WEB_PAUSE_MS 2000

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
  g_clear_pointer (&report->after, smith_identity_unref);
  g_free (report->network_problem);
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
  static const char *const names[]
      = { "prepare", "boot-mode", "loader", "flash", "come-back", "reactivate" };

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
    [SMITH_STEP_REACTIVATE] = N_ ("Looking for the network"),
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (titles) == SMITH_N_STEPS);
  return _ (titles[step]);
}

/* Takes over @stick, (nullable), as the one that was last seen. */
void
smith_conversion_take_stick (SmithConversion *c, SmithStick *stick)
{
  if (stick != NULL && (c->stick == NULL || c->stick->seen != stick->seen))
    smith_trace_note ("stick %04x:%04x, %s, %u ports", stick->vendor, stick->product,
                      smith_mode_name (stick->mode), stick->ports->len);
  g_clear_pointer (&c->stick, smith_stick_unref);
  c->stick = stick;
}

static gboolean
can_be_loaded (SmithStick *stick, gpointer user_data)
{
  return stick->mode == SMITH_MODE_DOWNLOAD || stick->mode == SMITH_MODE_BOOT_ROM;
}

/* Whether a working stick in @mode can be asked in this way. */
static gboolean
way_begins_in (SmithWay way, SmithMode mode)
{
  switch (way)
    {
    case SMITH_WAY_WEB:
      return mode == SMITH_MODE_HILINK;
    case SMITH_WAY_AT:
    case SMITH_WAY_DIAGNOSTICS:
      return mode == SMITH_MODE_STICK || mode == SMITH_MODE_DEBUG;
    case SMITH_WAY_THERE:
    case SMITH_WAY_NEEDLE:
    case SMITH_N_WAYS:
    default:
      return FALSE;
    }
}

/* A job that only missed the stick's return takes it at work, too; another one
 * where it can be asked to switch. */
static gboolean
can_go_on_from (SmithStick *stick, gpointer user_data)
{
  const SmithPlan *plan = user_data;

  return can_be_loaded (stick, NULL)
         || (plan->all_written ? smith_mode_is_working (stick->mode)
                               : way_begins_in (plan->way, stick->mode));
}

static gboolean
has_reached_download (SmithStick *stick, gpointer user_data)
{
  const guint64 *seen = user_data;

  return stick->mode == SMITH_MODE_DOWNLOAD && stick->seen > *seen;
}

static gboolean
step_prepare (SmithConversion *c, GError **error)
{
  smith_conversion_take_stick (c, smith_bus_find (c->bus, c->plan->usb_path));
  /* One whose firmware runs is not half written, whatever was kept of it. */
  if (c->stick != NULL && smith_mode_is_working (c->stick->mode) && !c->plan->all_written)
    smith_plan_begin_anew (c->plan);
  return smith_plan_check (c->plan, c->stick != NULL ? c->stick->mode : SMITH_MODE_UNKNOWN, error);
}

/* A job that only missed the stick's return may find it back at work. */
static gboolean
is_only_to_be_asked (SmithConversion *c)
{
  return c->plan->all_written && c->stick != NULL && smith_mode_is_working (c->stick->mode);
}

static gboolean
is_to_be_switched (SmithConversion *c)
{
  return c->stick != NULL && smith_mode_is_working (c->stick->mode)
         && (c->plan->way == SMITH_WAY_WEB || c->plan->way == SMITH_WAY_AT
             || c->plan->way == SMITH_WAY_DIAGNOSTICS);
}

/* A HiLink stick is on the bus long before its web server answers. */
static void
wait_for_web (SmithConversion *c)
{
  gint64 deadline = smith_deadline_in (WEB_STARTS_MS);

  while (c->stick->mode == SMITH_MODE_HILINK && !smith_deadline_passed (deadline)
         && !g_cancellable_is_cancelled (c->cancellable))
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SmithIdentity) identity
          = smith_identify (c->bus, c->stick, NULL, c->cancellable, &error);
      SmithStick *now;

      if (!g_error_matches (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED)
          && !g_error_matches (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT))
        return;
      smith_deadline_sleep (WEB_PAUSE_MS, c->cancellable);
      now = smith_bus_find (c->bus, c->plan->usb_path);
      if (now == NULL)
        return;
      smith_conversion_take_stick (c, now);
    }
}

/* What was judged before it was there is judged again, now that its mode is known. */
static gboolean
prepare_to_ask (SmithConversion *c, GError **error)
{
  SmithStick *stick;

  smith_plan_begin_anew (c->plan);
  if (!smith_plan_check (c->plan, c->stick->mode, error))
    return FALSE;
  if (c->plan->way == SMITH_WAY_WEB)
    {
      wait_for_web (c);
      return TRUE;
    }
  stick = smith_wait_for_port (c->bus, c->stick, SMITH_PORT_AT, c->cancellable, error);
  if (stick == NULL)
    return FALSE;
  smith_conversion_take_stick (c, stick);
  return TRUE;
}

/* Waits for a stick that is not there, or not where anything can be done with it. */
static gboolean
wait_for_stick (SmithConversion *c, GError **error)
{
  guint wait = c->plan->boot_wait_ms != 0 ? c->plan->boot_wait_ms : BOOT_MODE_MS;
  SmithStick *stick = smith_bus_wait (c->bus, c->plan->usb_path, can_go_on_from, c->plan,
                                      smith_deadline_in (wait), c->cancellable, error);

  if (stick == NULL)
    return FALSE;
  smith_conversion_take_stick (c, stick);
  return is_only_to_be_asked (c) || !is_to_be_switched (c) || prepare_to_ask (c, error);
}

static gboolean
step_boot_mode (SmithConversion *c, GError **error)
{
  SmithStick *stick;

  if (!is_only_to_be_asked (c) && !is_to_be_switched (c) && !wait_for_stick (c, error))
    return FALSE;
  if (is_only_to_be_asked (c))
    return TRUE;
  if (is_to_be_switched (c))
    {
      stick = smith_way_in_run (c->bus, c->plan->usb_path, c->plan->before, c->plan->way,
                                c->cancellable, error);
      if (stick == NULL)
        return FALSE;
      smith_conversion_take_stick (c, stick);
    }
  if (c->stick->mode == SMITH_MODE_BOOT_ROM && c->plan->loader == NULL)
    {
      g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_WRONG_FILE,
                           _ ("The stick is in boot mode and needs a loader first"));
      return FALSE;
    }
  return TRUE;
}

static void
on_loader_progress (guint64 done, gpointer user_data)
{
  SmithConversion *c = user_data;

  if (c->funcs->loader_progress != NULL)
    c->funcs->loader_progress (done, smith_loader_get_total (c->plan->loader->loader),
                               c->user_data);
}

/* Says what became of a loader that was taken and does not show up. */
static void
explain_no_download (SmithConversion *c, GError **error)
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

/* Opens a port of the stick that was seen last, when it has come. */
SmithPort *
smith_conversion_open_port (SmithConversion *c, SmithPortRole role, GError **error)
{
  SmithStick *now = smith_wait_for_port (c->bus, c->stick, role, c->cancellable, error);

  if (now == NULL)
    return NULL;
  smith_conversion_take_stick (c, now);
  return smith_open_stick_port (c->bus, c->stick, role, c->funcs->busy, c->user_data,
                                c->cancellable, error);
}

/* Of two ports only one answers, and nothing tells which. */
static gboolean
upload (SmithConversion *c, GError **error)
{
  g_autoptr (GError) problem = NULL;

  for (guint i = 0; i < c->stick->ports->len; i++)
    {
      SmithStickPort *candidate = g_ptr_array_index (c->stick->ports, i);
      g_autoptr (SmithPort) port = NULL;

      if (candidate->role != SMITH_PORT_BOOT)
        continue;
      g_clear_error (&problem);
      port = smith_open_stick_device (c->bus, c->stick, candidate->device, c->funcs->busy,
                                      c->user_data, c->cancellable, &problem);
      if (port != NULL
          && smith_boot_rom_upload (port, c->plan->loader->loader, FALSE, on_loader_progress, c,
                                    c->cancellable, &problem))
        return TRUE;
      if (!g_error_matches (problem, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE))
        break;
    }
  /* Without any, it is said why. */
  if (problem == NULL)
    smith_open_stick_port (c->bus, c->stick, SMITH_PORT_BOOT, NULL, NULL, c->cancellable, error);
  else
    g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static gboolean
step_loader (SmithConversion *c, GError **error)
{
  guint64 seen = c->stick->seen;
  SmithStick *stick;

  if (c->stick->mode != SMITH_MODE_BOOT_ROM)
    return TRUE;
  stick = smith_wait_for_port (c->bus, c->stick, SMITH_PORT_BOOT, c->cancellable, error);
  if (stick == NULL)
    return FALSE;
  smith_conversion_take_stick (c, stick);
  if (!upload (c, error))
    return FALSE;
  stick = smith_bus_wait (c->bus, c->plan->usb_path, has_reached_download, &seen,
                          smith_deadline_in (LOADER_START_MS), c->cancellable, error);
  if (stick == NULL)
    {
      explain_no_download (c, error);
      return FALSE;
    }
  smith_conversion_take_stick (c, stick);
  c->loaded = TRUE;
  return TRUE;
}

/* What there is to say about the loader that is to write the files: it erases
 * nothing by itself, so to be asked before the first part is written is early
 * enough. Returns: (nullable): a doubt */
static SmithVerdict *
judge_loader (SmithConversion *c)
{
  SmithItem *first = g_ptr_array_index (c->plan->firmware, 0);

  return c->loaded ? smith_verdict_for_loader (c->plan->loader->loader, c->plan->before,
                                               first->firmware->chip)
                   : NULL;
}

static gboolean
step_flash (SmithConversion *c, GError **error)
{
  SmithFlashOptions options = { .restart = TRUE,
                                .known_signature = c->plan->known_signature,
                                .first_file = c->plan->first_file,
                                .first_partition = c->plan->first_partition,
                                .goes_on = c->plan->goes_on,
                                .before = c->plan->before,
                                .aim = c->plan->aim,
                                .override = c->plan->override };
  g_autoptr (SmithVerdict) verdict = NULL;
  SmithPort *port;
  gboolean ok;

  if (is_only_to_be_asked (c))
    return TRUE;
  verdict = judge_loader (c);
  options.verdict = verdict;
  options.frames_only = !smith_stick_knows_text (c->stick);
  port = smith_conversion_open_port (c, SMITH_PORT_DOWNLOAD, error);
  if (port == NULL)
    return FALSE;
  ok = smith_flash_run (port, c->plan->firmware, &options, &c->funcs->flash, c->user_data,
                        c->report->flash, c->cancellable, error);
  c->report->touched |= c->report->flash->touched;
  smith_port_close (port);
  return ok;
}

static gboolean (*const steps[]) (SmithConversion *c, GError **error) = {
  [SMITH_STEP_PREPARE] = step_prepare,
  [SMITH_STEP_BOOT_MODE] = step_boot_mode,
  [SMITH_STEP_LOADER] = step_loader,
  [SMITH_STEP_FLASH] = step_flash,
  [SMITH_STEP_COME_BACK] = smith_conversion_come_back,
  [SMITH_STEP_REACTIVATE] = smith_conversion_reactivate,
};

G_STATIC_ASSERT (G_N_ELEMENTS (steps) == SMITH_N_STEPS);

/**
 * smith_conversion_run:
 * @funcs: called on this thread
 * @report: filled in as far as it goes, also on an error
 *
 * Does the whole job with the stick at the plan's place: the way in, loader,
 * firmware, restart, the comparison of the version it shows then, and a look
 * for the network, which does not change whether the job was done. Blocks, for
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
  SmithConversion c = { plan, bus, funcs, user_data, report, cancellable, NULL, FALSE };
  g_autoptr (GError) local = NULL;
  gboolean ok = TRUE;

  report->touched = plan->goes_on;
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
