/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "conversion-private.h"

#include <glib/gi18n.h>

#include "format/error.h"
#include "format/version.h"
#include "imei.h"
#include "link/at-channel.h"
#include "link/deadline.h"
#include "open-port.h"
#include "stick/at-facts.h"

#define COME_BACK_MS 90000  /* first boots are slow */
#define CD_PATIENCE_MS 8000 /* most systems put the CD away by themselves */
#define VERSION_TRIES 5
#define VERSION_PAUSE_MS 2000

/* A stick whose settings were left alone usually finds its network within so
 * long; only then are they opened. */
#define PATIENCE_MS 25000

static gboolean
has_come_back (SmithStick *stick, gpointer user_data)
{
  const guint64 *seen = user_data;

  return stick->seen > *seen
         && (smith_mode_is_working (stick->mode) || stick->mode == SMITH_MODE_DOWNLOAD
             || stick->mode == SMITH_MODE_BOOT_ROM);
}

/* Older sticks know only the second one. Returns: NULL without an error if the
 * answers do not tell */
static char *
ask_version_once (SmithConversion *c, SmithPort *port, GError **error)
{
  static const char *const questions[] = { "AT^VERSION?", "ATI" };

  for (gsize i = 0; i < G_N_ELEMENTS (questions); i++)
    {
      g_autoptr (SmithIdentity) identity = smith_identity_new ();
      g_autoptr (SmithAtAnswer) answer
          = smith_at_exchange (port, questions[i], SMITH_AT_TIMEOUT_MS, c->cancellable, error);

      if (answer == NULL)
        return NULL;
      smith_at_facts_read (questions[i], answer, identity);
      if (identity->firmware != NULL)
        return g_strdup (identity->firmware);
    }
  return NULL;
}

/* Asks through the AT port; a stick that has just started may not answer yet,
 * or not with what was asked for. */
static char *
ask_version_by_at (SmithConversion *c, GError **error)
{
  g_autoptr (SmithPort) port = smith_conversion_open_port (c, SMITH_PORT_AT, error);

  if (port == NULL)
    return NULL;
  for (guint try = 0; try < VERSION_TRIES; try++)
    {
      char *version;

      if (try > 0)
        smith_deadline_sleep (VERSION_PAUSE_MS, c->cancellable);
      g_clear_error (error);
      version = ask_version_once (c, port, error);
      if (version != NULL)
        return version;
      if (*error != NULL && !g_error_matches (*error, SMITH_ERROR, SMITH_ERROR_TIMEOUT))
        return NULL;
    }
  return NULL;
}

/* Its network card comes after the stick. Returns: FALSE if the stick itself came
 * anew */
static gboolean
look_again (SmithConversion *c)
{
  g_autoptr (SmithStick) now = smith_bus_find (c->bus, c->plan->usb_path);

  if (now == NULL)
    return TRUE;
  if (now->seen != c->stick->seen)
    return FALSE;
  smith_conversion_take_stick (c, g_steal_pointer (&now));
  return TRUE;
}

static gboolean
is_not_up_yet (const GError *error)
{
  return g_error_matches (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED)
         || g_error_matches (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT);
}

/* The network of a stick that has just started takes its time, and so does the
 * address in it: while nobody answers, it is asked until the @deadline. */
static char *
ask_version_by_web (SmithConversion *c, gint64 deadline, GError **error)
{
  g_autoptr (SmithStick) last = NULL;

  for (guint try = 0;
       try < VERSION_TRIES || (is_not_up_yet (*error) && !smith_deadline_passed (deadline)); try++)
    {
      g_autoptr (SmithIdentity) identity = NULL;

      if (try > 0)
        smith_deadline_sleep (VERSION_PAUSE_MS, c->cancellable);
      g_clear_error (error);
      if (!look_again (c))
        {
          g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED,
                               _ ("The stick has left"));
          return NULL;
        }
      identity = smith_identify (c->bus, c->stick, NULL, c->cancellable, error);
      if (identity != NULL && identity->firmware != NULL)
        {
          g_clear_pointer (&c->report->after, smith_identity_unref);
          c->report->after = smith_identity_ref (identity);
          return g_strdup (identity->firmware);
        }
      if (g_cancellable_is_cancelled (c->cancellable))
        return NULL;
    }
  last = smith_bus_find (c->bus, c->plan->usb_path);
  /* Where it is there, nothing is waited for any more as for a stick that left. */
  if (last != NULL && is_not_up_yet (*error))
    {
      g_clear_error (error);
      g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT,
                           _ ("The stick is back, but its web page does not answer"));
    }
  return NULL;
}

static char *
read_version (SmithConversion *c, gint64 deadline, GError **error)
{
  char *version = c->stick->mode == SMITH_MODE_STICK ? ask_version_by_at (c, error)
                                                     : ask_version_by_web (c, deadline, error);

  if (version == NULL && *error == NULL)
    g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_PROTOCOL,
                         _ ("The stick is back, but does not tell its version"));
  return version;
}

/* What it is now: by its version, and where that tells nothing, by how it came up. */
static SmithAim
kind_now (SmithConversion *c)
{
  SmithVersion version;

  smith_version_parse (c->report->version, &version);
  if (version.family == SMITH_VERSION_STICK || version.family == SMITH_VERSION_HILINK)
    return version.family == SMITH_VERSION_STICK ? SMITH_AIM_STICK : SMITH_AIM_HILINK;
  return c->stick->mode == SMITH_MODE_STICK ? SMITH_AIM_STICK : SMITH_AIM_HILINK;
}

/* Of files that do not tell which version they hold. That every part was taken does
 * not prove that the stick runs it: something about it must be new. Behind a web
 * interface alone nothing need be. */
static gboolean
compare_without_version (SmithConversion *c, GError **error)
{
  SmithAim wanted = smith_plan_get_kind (c->plan);
  const char *before = smith_plan_get_version_before (c->plan);

  if (wanted != SMITH_AIM_ANY && wanted != kind_now (c))
    {
      g_set_error (error, SMITH_ERROR, SMITH_ERROR_WRONG_VERSION,
                   wanted == SMITH_AIM_STICK
                       ? _ ("The stick is back with version %s as a HiLink stick, not as a Stick "
                            "modem: the new firmware is not running")
                       : _ ("The stick is back with version %s as a Stick modem, not as a HiLink "
                            "stick: the new firmware is not running"),
                   c->report->version);
      return FALSE;
    }
  if (before == NULL || !smith_plan_holds_firmware (c->plan)
      || g_strcmp0 (before, c->report->version) != 0)
    return TRUE;
  g_set_error (error, SMITH_ERROR, SMITH_ERROR_UNPROVEN,
               _ ("Everything was written and confirmed, but the stick shows version %s, as it did "
                  "before, and the files do not say which version they hold: either it is the "
                  "same one, or the new firmware is not running"),
               c->report->version);
  return FALSE;
}

static gboolean
compare_version (SmithConversion *c, GError **error)
{
  const char *expected = smith_plan_get_version (c->plan);

  if (expected == NULL)
    return compare_without_version (c, error);
  if (g_strcmp0 (expected, c->report->version) == 0)
    return TRUE;
  g_set_error (error, SMITH_ERROR, SMITH_ERROR_WRONG_VERSION,
               _ ("The stick is back with version %s instead of %s: the new firmware is not "
                  "running"),
               c->report->version, expected);
  return FALSE;
}

/* What was plugged in when a job with everything written was gone on with is what is
 * to be compared, not what to compare it with. */
static gboolean
is_imei_known (SmithPlan *plan)
{
  return plan->imei_digest != NULL
         || (!plan->all_written && plan->before != NULL && plan->before->imei != NULL);
}

static gboolean
has_imei (SmithPlan *plan, const char *imei)
{
  return plan->imei_digest != NULL ? smith_imei_has_digest (imei, plan->imei_digest)
                                   : smith_imei_is_same (imei, plan->before->imei);
}

/* The same stick has the same IMEI. One that tells none, before or now, is
 * believed: the comparison is worth something only where there are two. */
static gboolean
compare_imei (SmithConversion *c, GError **error)
{
  if (!is_imei_known (c->plan))
    return TRUE;
  if (c->report->after == NULL)
    c->report->after = smith_identify (c->bus, c->stick, NULL, c->cancellable, NULL);
  if (c->report->after == NULL || c->report->after->imei == NULL
      || has_imei (c->plan, c->report->after->imei))
    return TRUE;
  c->report->other_stick = TRUE;
  g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE,
                       _ ("The stick that is back has another IMEI than the one before: it is "
                          "another stick, or its identity is damaged"));
  return FALSE;
}

static gboolean
check_mode (SmithConversion *c, GError **error)
{
  c->report->mode = c->stick->mode;
  if (smith_mode_is_working (c->stick->mode))
    return TRUE;
  if (smith_stick_knows_text (c->stick))
    g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE,
                         _ ("Everything was written, but the stick did not start the new firmware: "
                            "it still waits for one"));
  /* One that was unplugged before it restarted has not tried the new firmware. */
  else if (!c->report->flash->restarts)
    g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED,
                         _ ("Everything was written, but the stick left before it had confirmed "
                            "its restart, and is in download mode again. Go on: it is restarted "
                            "once more. If that does not help either, it has lost its calibration "
                            "or its settings, which no firmware file contains."));
  else
    g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE,
                         _ ("Everything was written, but the stick is in download mode again. A "
                            "stick of this family that does so has lost its calibration or its "
                            "settings, which no firmware file contains: writing it again will not "
                            "help."));
  return FALSE;
}

static gboolean
shows_cd (SmithStick *stick, gpointer user_data)
{
  const guint64 *seen = user_data;

  return stick->mode == SMITH_MODE_CD && stick->seen > *seen;
}

static gboolean
has_come_back_or_cd (SmithStick *stick, gpointer user_data)
{
  return has_come_back (stick, user_data) || shows_cd (stick, user_data);
}

/* A stick that shows its CD drive, and nothing else for a while, is waiting for
 * a computer that puts the CD away. Told once. */
static SmithStick *
wait_past_cd (SmithConversion *c, guint64 seen, gint64 deadline, GError **error)
{
  g_autoptr (SmithStick) cd = NULL;
  SmithStick *back;

  cd = smith_bus_wait (c->bus, c->plan->usb_path, has_come_back_or_cd, &seen, deadline,
                       c->cancellable, error);
  if (cd == NULL || !shows_cd (cd, &seen))
    return g_steal_pointer (&cd);
  back = smith_bus_wait (c->bus, c->plan->usb_path, has_come_back, &seen,
                         MIN (deadline, smith_deadline_in (CD_PATIENCE_MS)), c->cancellable, NULL);
  if (back != NULL)
    return back;
  g_clear_pointer (&cd, smith_stick_unref);
  cd = smith_bus_find (c->bus, c->plan->usb_path);
  if (cd != NULL && shows_cd (cd, &seen) && c->funcs->cd_stays != NULL)
    c->funcs->cd_stays (cd->cd_drive, c->user_data);
  return smith_bus_wait (c->bus, c->plan->usb_path, has_come_back, &seen, deadline, c->cancellable,
                         error);
}

static gboolean
wait_for_return (SmithConversion *c, gint64 deadline, GError **error)
{
  SmithStick *stick = wait_past_cd (c, c->stick->seen, deadline, error);

  if (stick == NULL)
    {
      g_prefix_error (error, "%s ", _ ("Everything was written."));
      return FALSE;
    }
  smith_conversion_take_stick (c, stick);
  return TRUE;
}

/**
 * smith_conversion_come_back:
 *
 * The step after the restart: the stick is seen again, says its version, and
 * is the one from before.
 */
gboolean
smith_conversion_come_back (SmithConversion *c, GError **error)
{
  gint64 deadline = smith_deadline_in (COME_BACK_MS);
  /* Of a job that is gone on with, the stick may have been back for long. */
  gboolean is_back = smith_mode_is_working (c->stick->mode);

  /* On its first start a stick may leave and come back more than once. */
  do
    {
      g_clear_error (error);
      if (!is_back && !wait_for_return (c, deadline, error))
        return FALSE;
      is_back = FALSE;
      if (!check_mode (c, error))
        return FALSE;
      c->report->version = read_version (c, deadline, error);
    }
  while (g_error_matches (*error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED));
  if (c->report->version == NULL || !compare_imei (c, error))
    return FALSE;
  /* Whatever it shows: nothing is left to be done for this stick. Until now there was. */
  c->report->works = TRUE;
  return compare_version (c, error);
}

static gboolean
look_for_network (SmithConversion *c, gboolean leave_settings, GError **error)
{
  const SmithReactivateOptions options = { .roaming = c->plan->roaming,
                                           .leave_settings = leave_settings,
                                           .wait_ms = leave_settings ? PATIENCE_MS : 0 };

  return smith_reactivate_run (c->bus, c->plan->usb_path, &options, c->funcs->network, c->user_data,
                               &c->report->network, c->cancellable, error);
}

/* Settings are touched only where the stick has a SIM card and finds nothing. */
static gboolean
is_worth_opening (SmithConversion *c, const GError *error)
{
  return g_error_matches (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT)
         && c->report->network.had_settings && c->report->network.state.sim == SMITH_SIM_READY
         && !g_cancellable_is_cancelled (c->cancellable);
}

/**
 * smith_conversion_reactivate:
 *
 * The last step: whether the stick finds its network. It cannot fail: the
 * firmware is written, and what became of this is in the report.
 */
gboolean
smith_conversion_reactivate (SmithConversion *c, GError **error)
{
  SmithConversionReport *report = c->report;
  g_autoptr (GError) problem = NULL;
  gboolean ok;

  if (c->plan->skip_network || c->stick->mode != SMITH_MODE_STICK)
    return TRUE;
  ok = look_for_network (c, TRUE, &problem);
  if (!ok && is_worth_opening (c, problem))
    {
      g_clear_error (&problem);
      ok = look_for_network (c, FALSE, &problem);
    }
  if (ok)
    report->network_result = SMITH_NETWORK_REGISTERED;
  else if (g_cancellable_is_cancelled (c->cancellable))
    report->network_result = SMITH_NETWORK_SKIPPED;
  else
    report->network_result = SMITH_NETWORK_MISSED;
  if (problem != NULL && report->network_result == SMITH_NETWORK_MISSED)
    report->network_problem = g_strdup (problem->message);
  return TRUE;
}
