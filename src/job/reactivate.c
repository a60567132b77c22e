/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reactivate-private.h"

#include <glib/gi18n.h>

#include "format/error.h"
#include "link/at-channel.h"
#include "link/deadline.h"
#include "open-port.h"

#define APPEAR_MS 10000
#define FIRST_TRIES 3

static SmithAtAnswer *
ask (SmithReactivation *r, const char *command, guint timeout_ms, GError **error)
{
  return smith_at_exchange (r->port, command, timeout_ms, r->cancellable, error);
}

/* What a stick leaves unanswered tells nothing, and is no reason to stop.
 * Returns: FALSE with an error that is one; @answer may be NULL without */
gboolean
smith_reactivation_ask (SmithReactivation *r,
                        const char *command,
                        guint timeout_ms,
                        SmithAtAnswer **answer,
                        GError **error)
{
  g_autoptr (GError) local = NULL;

  *answer = ask (r, command, timeout_ms, &local);
  if (local == NULL || g_error_matches (local, SMITH_ERROR, SMITH_ERROR_TIMEOUT))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* Silences what the stick says of its own accord; and one that has just
 * started may need to be asked more than once. */
gboolean
smith_reactivation_wake (SmithReactivation *r, GError **error)
{
  g_autoptr (SmithAtAnswer) answer = NULL;

  for (guint try = 0; try < FIRST_TRIES && answer == NULL; try++)
    {
      g_clear_error (error);
      answer = ask (r, "AT^CURC=0", SMITH_AT_TIMEOUT_MS, error);
      if (answer == NULL && !g_error_matches (*error, SMITH_ERROR, SMITH_ERROR_TIMEOUT))
        return FALSE;
    }
  return answer != NULL;
}

static gboolean
find_settings (const SmithAtAnswer *answer, SmithNetworkSettings *settings)
{
  for (guint i = 0; smith_at_is_ok (answer) && answer->lines[i] != NULL; i++)
    if (smith_network_settings_parse (answer->lines[i], settings))
      return TRUE;
  return FALSE;
}

/* LTE sticks know the first question, 3G sticks the second only. */
static gboolean
read_settings (SmithReactivation *r,
               gboolean *found,
               SmithNetworkSettings *settings,
               GError **error)
{
  static const char *const questions[] = { "AT^SYSCFGEX?", "AT^SYSCFG?" };

  *found = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (questions) && !*found; i++)
    {
      g_autoptr (SmithAtAnswer) answer = NULL;

      if (!smith_reactivation_ask (r, questions[i], SMITH_AT_TIMEOUT_MS, &answer, error))
        return FALSE;
      *found = find_settings (answer, settings);
    }
  return TRUE;
}

static void
set_settings_refused (const SmithAtAnswer *answer, GError **error)
{
  g_autofree char *why = smith_at_answer_describe (answer);

  if (answer->code >= 0)
    smith_set_refusal (error, answer->code, _ ("The stick refuses these network settings: %s"),
                       why);
  else
    g_set_error (error, SMITH_ERROR, SMITH_ERROR_REFUSED,
                 _ ("The stick refuses these network settings: %s"), why);
}

/* What counts is what the stick then says that it has; only one that says
 * nothing is believed its OK. */
static gboolean
write_settings (SmithReactivation *r, const SmithNetworkSettings *wanted, GError **error)
{
  SmithReactivateReport *report = r->report;
  g_autofree char *command = smith_network_settings_to_command (wanted);
  g_autoptr (SmithAtAnswer) answer = NULL;
  SmithNetworkSettings now = *wanted;
  gboolean found;

  if (r->options->before != NULL && report->had_settings)
    r->options->before (&report->before, r->options->before_data);
  if (g_cancellable_set_error_if_cancelled (r->cancellable, error))
    return FALSE;
  /* Should it leave from here on, or the person stop, they may be these. */
  report->changed = report->unsure = TRUE;
  report->now = now;
  if (!smith_reactivation_ask (r, command, SMITH_REACTIVATION_SLOW_MS, &answer, error))
    return FALSE;
  if (answer != NULL && answer->result != SMITH_AT_OK)
    {
      report->changed = report->unsure = FALSE;
      report->now = report->before;
      set_settings_refused (answer, error);
      return FALSE;
    }
  if (!read_settings (r, &found, &now, error))
    return FALSE;
  report->unsure = answer == NULL && !found;
  report->now = now;
  report->changed = !report->had_settings || !smith_network_settings_equal (&report->before, &now);
  if (answer != NULL || (found && smith_network_settings_equal (&now, wanted)))
    return TRUE;
  g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT,
                       _ ("The stick does not say whether it takes the network settings"));
  return FALSE;
}

/* Nothing is set without what was there before being known, unless that very
 * thing is to come back. */
static gboolean
apply_settings (SmithReactivation *r, GError **error)
{
  const SmithReactivateOptions *options = r->options;
  SmithReactivateReport *report = r->report;
  SmithNetworkSettings wanted;

  if (!read_settings (r, &report->had_settings, &report->before, error))
    return FALSE;
  report->now = report->before;
  if (options->leave_settings || (!report->had_settings && options->restore == NULL))
    return TRUE;
  if (options->restore != NULL)
    wanted = *options->restore;
  else
    smith_network_settings_open (report->before.kind, options->roaming, &wanted);
  if (report->had_settings && smith_network_settings_equal (&report->before, &wanted))
    return TRUE;
  return write_settings (r, &wanted, error);
}

/* ^RFSWITCH:0,1 is off by software. Sticks that do not know it have another
 * command, which does no harm to a radio that is on. */
static gboolean
switch_radio_on (SmithReactivation *r, GError **error)
{
  g_autoptr (SmithAtAnswer) state = NULL;
  g_autoptr (SmithAtAnswer) on = NULL;
  g_autoptr (SmithAtAnswer) fallback = NULL;
  const char *value;

  if (!smith_reactivation_ask (r, "AT^RFSWITCH?", SMITH_AT_TIMEOUT_MS, &state, error))
    return FALSE;
  value = smith_at_is_ok (state) ? smith_at_answer_find (state, "^RFSWITCH:") : NULL;
  if (value != NULL && value[0] == '1')
    return TRUE;
  r->report->radio_was_off = value != NULL && value[0] == '0';
  if (value != NULL
      && !smith_reactivation_ask (r, "AT^RFSWITCH=1", SMITH_REACTIVATION_SLOW_MS, &on, error))
    return FALSE;
  return smith_at_is_ok (on)
         || smith_reactivation_ask (r, "AT+CFUN=1", SMITH_REACTIVATION_SLOW_MS, &fallback, error);
}

static void
clear_report (SmithReactivateReport *report)
{
  *report = (SmithReactivateReport){ .state = { .signal = -1 } };
}

/**
 * smith_reactivate_on_port:
 * @port: an AT port of a stick at work
 *
 * The same as smith_reactivate_run() with a port that is open already.
 */
gboolean
smith_reactivate_on_port (SmithPort *port,
                          const SmithReactivateOptions *options,
                          SmithReactivateFunc func,
                          gpointer user_data,
                          SmithReactivateReport *report,
                          GCancellable *cancellable,
                          GError **error)
{
  SmithReactivation r = { port, options, func, user_data, report, cancellable };
  g_autoptr (GError) local = NULL;
  gboolean ok;

  clear_report (report);
  report->answered = smith_reactivation_wake (&r, &local);
  ok = report->answered && apply_settings (&r, &local) && switch_radio_on (&r, &local)
       && smith_reactivation_read_ports (&r, &report->had_ports, &report->ports, &local)
       && smith_reactivation_watch (&r, &local);
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

static gboolean
is_ready (SmithStick *stick, gpointer user_data)
{
  return stick->mode == SMITH_MODE_STICK && smith_stick_find_port (stick, SMITH_PORT_AT) != NULL;
}

/* Waits for the stick at work; says what is there instead. */
SmithStick *
smith_reactivation_find_stick (SmithBus *bus,
                               const char *usb_path,
                               GCancellable *cancellable,
                               GError **error)
{
  SmithStick *stick = smith_bus_wait (bus, usb_path, is_ready, NULL, smith_deadline_in (APPEAR_MS),
                                      cancellable, NULL);
  g_autoptr (SmithStick) instead = NULL;

  if (stick != NULL || g_cancellable_set_error_if_cancelled (cancellable, error))
    return stick;
  instead = smith_bus_find (bus, usb_path);
  if (instead == NULL)
    g_set_error (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED, _ ("There is no stick at %s"),
                 usb_path);
  else
    g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE,
                         _ ("The stick has no port on which it could be asked: only sticks with "
                            "Stick firmware have one"));
  return NULL;
}

/**
 * smith_reactivate_run:
 * @func: (nullable): called on this thread whenever the state has changed
 * @report: (out caller-allocates): complete as far as it went, also after an error
 *
 * Gets a stick with Stick firmware back into its network: reads the network
 * settings and keeps them in @report, opens all networks (or does what @options
 * say instead) unless it is so already, switches the radio on, and watches until
 * the stick is registered. After new firmware some sticks see no network until
 * their settings are opened. A PIN is never sent, and of the SIM card's number
 * only country and network are kept. Blocks: for worker threads.
 *
 * Returns: whether it is registered; else FALSE with SMITH_ERROR_TIMEOUT where no
 *   network was found or let it in, UNSUPPORTED where the SIM card is missing,
 *   locked or broken (the report's state tells which of them), REFUSED where the
 *   stick does not take the settings, WRONG_DEVICE where the stick runs no Stick
 *   firmware, DISCONNECTED, those of opening the port, or G_IO_ERROR_CANCELLED
 */
gboolean
smith_reactivate_run (SmithBus *bus,
                      const char *usb_path,
                      const SmithReactivateOptions *options,
                      SmithReactivateFunc func,
                      gpointer user_data,
                      SmithReactivateReport *report,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (SmithStick) stick = NULL;
  g_autoptr (SmithPort) port = NULL;

  clear_report (report);
  stick = smith_reactivation_find_stick (bus, usb_path, cancellable, error);
  if (stick == NULL)
    return FALSE;
  port = smith_open_stick_port (bus, stick, SMITH_PORT_AT, NULL, NULL, cancellable, error);
  return port != NULL
         && smith_reactivate_on_port (port, options, func, user_data, report, cancellable, error);
}
