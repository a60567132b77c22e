/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cd-stage.h"

#include <glib/gi18n.h>

#include <string.h>

#include "format/error.h"
#include "open-port.h"
#include "reactivate-private.h"

#define NAME "^SETPORT"

/**
 * smith_reactivation_read_ports:
 * @found: (out): whether the stick told a setting that can be read; one that
 *   tells two is not understood
 * @setting: (out caller-allocates): left alone if not
 *
 * Asks which ports the stick shows. One that does not know the question, or
 * leaves it unanswered, tells nothing.
 *
 * Returns: FALSE with SMITH_ERROR_DISCONNECTED, PROTOCOL or G_IO_ERROR_CANCELLED
 */
gboolean
smith_reactivation_read_ports (SmithReactivation *r,
                               gboolean *found,
                               SmithPortSetting *setting,
                               GError **error)
{
  g_autoptr (SmithAtAnswer) answer = NULL;
  const char *line = NULL;
  guint n = 0;

  *found = FALSE;
  if (!smith_reactivation_ask (r, "AT" NAME "?", SMITH_AT_TIMEOUT_MS, &answer, error))
    return FALSE;
  for (guint i = 0; smith_at_is_ok (answer) && answer->lines[i] != NULL; i++)
    if (g_ascii_strncasecmp (answer->lines[i], NAME, strlen (NAME)) == 0)
      {
        line = answer->lines[i];
        n++;
      }
  *found = n == 1 && smith_port_setting_parse (line, setting);
  return TRUE;
}

/* One exchange: what the stick is to have, and what it had. */
typedef struct
{
  SmithReactivation *r;
  SmithCdStageReport *report;
  SmithCdStageFunc func;
  gpointer user_data;
  SmithPortSetting wanted;
} Change;

static gboolean
ask_to_take (Change *change,
             const SmithPortSetting *setting,
             SmithAtAnswer **answer,
             GError **error)
{
  g_autofree char *command = smith_port_setting_to_command (setting);

  return smith_reactivation_ask (change->r, command, SMITH_REACTIVATION_SLOW_MS, answer, error);
}

static void
set_refused (const SmithAtAnswer *answer, GError **error)
{
  g_autofree char *why = smith_at_answer_describe (answer);

  if (answer->code >= 0)
    smith_set_refusal (error, answer->code, _ ("The stick refuses to change its CD drive: %s"),
                       why);
  else
    g_set_error (error, SMITH_ERROR, SMITH_ERROR_REFUSED,
                 _ ("The stick refuses to change its CD drive: %s"), why);
}

/* The stick has something that nobody told it, with which it might be out of
 * reach when it is plugged in next: while it can still be told, the setting from
 * before is put back. Returns: always FALSE, with an error */
static gboolean
put_back (Change *change, GError **error)
{
  SmithCdStageReport *report = change->report;
  g_autofree char *old = smith_port_setting_to_command (&report->before);
  g_autoptr (SmithAtAnswer) answer = NULL;
  SmithPortSetting now = report->now;
  gboolean found;

  if (!ask_to_take (change, &report->before, &answer, error)
      || !smith_reactivation_read_ports (change->r, &found, &now, error))
    return FALSE;
  report->now = now;
  report->changed = !found || !smith_port_setting_equal (&now, &report->before);
  if (report->changed)
    g_set_error (error, SMITH_ERROR, SMITH_ERROR_PROTOCOL,
                 /* Translators: %s is a command for the stick. */
                 _ ("The stick has not taken the setting of its CD drive as it was told, nor the "
                    "old one back, which was %s"),
                 old);
  else
    g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_PROTOCOL,
                         _ ("The stick has not taken the setting of its CD drive as it was told; "
                            "the old one is back"));
  return FALSE;
}

/* What counts is what the stick then says that it has. */
static gboolean
check_taken (Change *change, gboolean said_ok, GError **error)
{
  SmithCdStageReport *report = change->report;
  SmithPortSetting now;
  gboolean found;

  if (!smith_reactivation_read_ports (change->r, &found, &now, error))
    return FALSE;
  if (found)
    report->now = now;
  if (found && smith_port_setting_equal (&now, &change->wanted))
    return TRUE;
  if (!found || !smith_port_setting_equal (&now, &report->before))
    return put_back (change, error);
  report->changed = FALSE;
  if (said_ok)
    g_set_error_literal (
        error, SMITH_ERROR, SMITH_ERROR_PROTOCOL,
        _ ("The stick says that it changes its CD drive, but keeps all as it was"));
  else
    g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT,
                         _ ("The stick does not answer when it is to change its CD drive; all is "
                            "as it was"));
  return FALSE;
}

/* The person may stop until the stick is told. From then on all goes to its end,
 * so that it is not left with what nobody has looked at. */
static gboolean
write_setting (Change *change, GError **error)
{
  g_autoptr (SmithAtAnswer) answer = NULL;

  if (change->func != NULL)
    change->func (&change->report->before, change->user_data);
  if (g_cancellable_set_error_if_cancelled (change->r->cancellable, error))
    return FALSE;
  change->r->cancellable = NULL;
  /* Should it leave from here on, it may have taken it. */
  change->report->now = change->wanted;
  change->report->changed = TRUE;
  if (!ask_to_take (change, &change->wanted, &answer, error))
    return FALSE;
  if (answer == NULL || answer->result == SMITH_AT_OK)
    return check_taken (change, answer != NULL, error);
  change->report->now = change->report->before;
  change->report->changed = FALSE;
  set_refused (answer, error);
  return FALSE;
}

static gboolean
set_unsupported (GError **error, const char *why)
{
  g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_UNSUPPORTED, why);
  return FALSE;
}

/* Whether it may be changed, and to what. */
static gboolean
choose_wanted (Change *change, const SmithPortSetting *old, GError **error)
{
  const SmithPortSetting *now = &change->report->before;

  if (old == NULL)
    {
      if (!smith_port_setting_can_hide_cd (now))
        return set_unsupported (error, _ ("Without its CD drive this stick might show no port on "
                                          "which it could be told to show it again: nothing was "
                                          "changed"));
      smith_port_setting_hide_cd (now, &change->wanted);
      return TRUE;
    }
  if (!smith_port_setting_brings_cd_back (old, now))
    return set_unsupported (error, _ ("This old setting would change other things than the CD "
                                      "drive: nothing was changed"));
  change->wanted = *old;
  return TRUE;
}

static gboolean
set_on_port (Change *change, const SmithPortSetting *old, GError **error)
{
  SmithReactivation *r = change->r;
  SmithCdStageReport *report = change->report;

  if (!smith_reactivation_wake (r, error)
      || !smith_reactivation_read_ports (r, &report->had_setting, &report->before, error))
    return FALSE;
  if (!report->had_setting)
    return set_unsupported (error, _ ("This stick does not tell what it shows when it is plugged "
                                      "in: nothing was changed"));
  report->now = report->before;
  if (smith_port_setting_shows_cd (&report->before) == (old != NULL))
    return TRUE;
  return choose_wanted (change, old, error) && write_setting (change, error);
}

/**
 * smith_cd_stage_set_on_port:
 * @port: an AT port of a stick at work
 *
 * The same as smith_cd_stage_set() with a port that is open already.
 */
gboolean
smith_cd_stage_set_on_port (SmithPort *port,
                            const SmithPortSetting *old,
                            SmithCdStageFunc func,
                            gpointer user_data,
                            SmithCdStageReport *report,
                            GCancellable *cancellable,
                            GError **error)
{
  SmithReactivation r = { .port = port, .cancellable = cancellable };
  Change change = { &r, report, func, user_data };
  g_autoptr (GError) local = NULL;

  *report = (SmithCdStageReport){ 0 };
  if (set_on_port (&change, old, &local))
    return TRUE;
  /* Where two reasons met, it is the person's that counts, while that could stop it. */
  if (g_cancellable_is_cancelled (r.cancellable))
    {
      g_clear_error (&local);
      g_cancellable_set_error_if_cancelled (cancellable, &local);
    }
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/**
 * smith_cd_stage_set:
 * @old: (nullable): NULL: the stick shall no longer show its CD drive; else the
 *   setting from before that was changed, which is put back
 * @func: (nullable): told of the setting from before, so that it can be kept
 *   before the stick is told anything
 * @report: (out caller-allocates): with the setting from before, to be kept
 *
 * A stick with Stick firmware first shows a CD drive with programs for Windows
 * each time it is plugged in, and works when that is ejected. AT^SETPORT has it
 * leave that out, or show it again; what it shows at work is not changed. It
 * holds from when the stick is plugged in next. A stick that is as it shall be
 * is not written to, nor one that told nothing which can be read strictly, nor
 * one that would come without an AT port. What the stick then has is read back;
 * is it neither what it was told nor what it had, the old setting is put back;
 * that is no longer cancelled, and takes up to a minute with a stick that does
 * not answer. Blocks: for worker threads.
 *
 * Returns: FALSE with SMITH_ERROR_UNSUPPORTED where it was not tried, REFUSED
 *   where the stick said no, PROTOCOL where it said yes and did something else,
 *   or those of smith_reactivate_run() for a stick that cannot be asked
 */
gboolean
smith_cd_stage_set (SmithBus *bus,
                    const char *usb_path,
                    const SmithPortSetting *old,
                    SmithCdStageFunc func,
                    gpointer user_data,
                    SmithCdStageReport *report,
                    GCancellable *cancellable,
                    GError **error)
{
  g_autoptr (SmithStick) stick = NULL;
  g_autoptr (SmithPort) port = NULL;

  *report = (SmithCdStageReport){ 0 };
  stick = smith_reactivation_find_stick (bus, usb_path, cancellable, error);
  if (stick == NULL)
    return FALSE;
  port = smith_open_stick_port (bus, stick, SMITH_PORT_AT, NULL, NULL, cancellable, error);
  return port != NULL
         && smith_cd_stage_set_on_port (port, old, func, user_data, report, cancellable, error);
}
