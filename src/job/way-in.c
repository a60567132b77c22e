/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "way-in.h"

#include <glib/gi18n.h>

#include "format/error.h"
#include "link/at-channel.h"
#include "link/deadline.h"
#include "link/diagnostics.h"
#include "open-port.h"
#include "stick/web.h"

/* A stick that was asked is off the bus within the first time, and there again
 * within the second, counted from the same moment. */
#define STAYS_MS 10000
#define COMES_MS 30000
#define QUALCOMM_COMES_MS 40000

/* That an asked-for stick says OK and stays is common. */
#define TRIES 3

/* A stick's network takes its time after the stick has come. */
#define NETWORK_MS 30000
#define NETWORK_PAUSE_MS 500

#define WEB_MS 10000
#define UNDO_MS 2000

typedef struct
{
  SmithBus *bus;
  const char *usb_path;
  const SmithIdentity *identity;
  SmithWay which;
  GCancellable *cancellable;
  SmithStick *stick; /* as it was before it was asked last */
  gboolean sfm;      /* was, or may have been, switched on */
} WayIn;

static gboolean
is_there (SmithStick *stick)
{
  return stick->mode == SMITH_MODE_DOWNLOAD || stick->mode == SMITH_MODE_BOOT_ROM;
}

static gboolean
is_at_work (SmithStick *stick)
{
  return stick->mode == SMITH_MODE_STICK || stick->mode == SMITH_MODE_DEBUG
         || stick->mode == SMITH_MODE_HILINK;
}

/* Whether a port is to be seen for what the stick's mode is there for. */
static gboolean
has_port (SmithStick *stick)
{
  switch (stick->mode)
    {
    case SMITH_MODE_DOWNLOAD:
      return smith_stick_find_port (stick, SMITH_PORT_DOWNLOAD) != NULL;
    case SMITH_MODE_BOOT_ROM:
      return smith_stick_find_port (stick, SMITH_PORT_BOOT) != NULL;
    case SMITH_MODE_STICK:
    case SMITH_MODE_DEBUG:
      return smith_stick_find_port (stick, SMITH_PORT_AT) != NULL;
    case SMITH_MODE_UNKNOWN:
    case SMITH_MODE_CD:
    case SMITH_MODE_HILINK:
    case SMITH_MODE_CHARGING:
    case SMITH_MODE_BEYOND:
    case SMITH_N_MODES:
    default:
      return TRUE;
    }
}

/* What is waited for: a stick newer than @seen that either is where it is
 * wanted, or at work as before. A virtual CD on the way is passed by. */
static gboolean
has_restarted (SmithStick *stick, gpointer user_data)
{
  const guint64 *seen = user_data;

  return stick->seen > *seen && has_port (stick) && (is_there (stick) || is_at_work (stick));
}

static gboolean
has_arrived (SmithStick *stick, gpointer user_data)
{
  return is_there (stick) && has_port (stick);
}

static void
take_stick (WayIn *way, SmithStick *stick)
{
  g_clear_pointer (&way->stick, smith_stick_unref);
  way->stick = stick;
}

/* What a person can do after this way has failed. */
static const char *
what_is_left (WayIn *way)
{
  SmithWayAdvice advice;

  if (way->which == SMITH_WAY_DIAGNOSTICS)
    return _ ("This program knows no other way.");
  smith_way_advise (way->stick, way->identity, &advice);
  return advice.maybe_no_needle
             ? _ ("Unplug it, wait ten seconds, plug it in straight into the computer, and ask it "
                  "again. The needle is for sticks with a Balong chip only; an older one, such as "
                  "an E1550, knows none.")
             : _ ("What is left is the needle.");
}

/* Whether the stick is still there as it was when it was asked. */
static gboolean
has_stayed (WayIn *way)
{
  g_autoptr (SmithStick) now = smith_bus_find (way->bus, way->usb_path);

  return now != NULL && now->seen == way->stick->seen;
}

static void
set_timeout (WayIn *way, const char *what, GError **error)
{
  g_set_error (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT, "%s %s", what, what_is_left (way));
}

/* Why wait_for_restart() found nothing. */
static void
explain_no_restart (WayIn *way, GError **error)
{
  g_autoptr (SmithStick) now = smith_bus_find (way->bus, way->usb_path);

  if (g_cancellable_set_error_if_cancelled (way->cancellable, error))
    return;
  if (now == NULL)
    g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED,
                         _ ("The stick left and did not come back. Plug it in again."));
  else if (now->seen > way->stick->seen)
    set_timeout (way, _ ("The stick restarts, but not in download mode."), error);
  else
    set_timeout (way, _ ("The stick was asked, but stays as it is."), error);
}

/* A stick that is where it is wanted, but shows no port: who opens that says so. */
static SmithStick *
find_without_port (WayIn *way)
{
  g_autoptr (SmithStick) now = smith_bus_find (way->bus, way->usb_path);

  if (now == NULL || now->seen <= way->stick->seen || !is_there (now)
      || g_cancellable_is_cancelled (way->cancellable))
    return NULL;
  return g_steal_pointer (&now);
}

/* Waits until the stick comes back in whatever mode. Returns: FALSE with
 * SMITH_ERROR_TIMEOUT if it stays as it is or is nothing that is known, or
 * DISCONNECTED if it leaves for good */
static gboolean
wait_for_restart (WayIn *way, GError **error)
{
  guint64 seen = way->stick->seen;
  gint64 stays = smith_deadline_in (STAYS_MS);
  gint64 comes
      = smith_deadline_in (way->which == SMITH_WAY_DIAGNOSTICS ? QUALCOMM_COMES_MS : COMES_MS);
  SmithStick *stick = smith_bus_wait (way->bus, way->usb_path, has_restarted, &seen, stays,
                                      way->cancellable, NULL);

  if (stick == NULL && !has_stayed (way))
    stick = smith_bus_wait (way->bus, way->usb_path, has_restarted, &seen, comes, way->cancellable,
                            NULL);
  if (stick == NULL)
    stick = find_without_port (way);
  if (stick == NULL)
    {
      explain_no_restart (way, error);
      return FALSE;
    }
  take_stick (way, stick);
  return TRUE;
}

/* The stick said no in so many words. */
static void
set_refused (WayIn *way, const SmithAtAnswer *answer, GError **error)
{
  g_autofree char *why = smith_at_answer_describe (answer);
  /* Translators: the reason why, and what is to be done. */
  g_autofree char *text = g_strdup_printf (_ ("The stick's firmware refuses download mode: %s. %s"),
                                           why, what_is_left (way));

  if (answer->result == SMITH_AT_NOT_SUPPORTED)
    g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_UNSUPPORTED, text);
  else if (answer->code < 0)
    g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_REFUSED, text);
  else
    smith_set_refusal (error, answer->code, "%s", text);
}

/* Whether silence is no reason to stop: the stick may have left before its
 * answer was through. */
static gboolean
may_have_left (const GError *error)
{
  return g_error_matches (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT)
         || g_error_matches (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED);
}

static gboolean
takes_sfm (WayIn *way)
{
  return way->identity != NULL && way->identity->model != NULL && way->identity->model->takes_sfm;
}

/* An E3372h wants to be told first that firmware will come. Without an answer
 * it counts as told. */
static gboolean
switch_sfm_on (WayIn *way, SmithPort *port, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (SmithAtAnswer) answer = NULL;

  way->sfm = TRUE;
  answer = smith_at_exchange (port, "AT^SFM=1", SMITH_AT_TIMEOUT_MS, way->cancellable, &local);
  if (answer != NULL && answer->result != SMITH_AT_OK)
    way->sfm = FALSE;
  if (local == NULL || may_have_left (local))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
ask_by_at (WayIn *way, GError **error)
{
  g_autoptr (SmithPort) port
      = smith_open_stick_port (way->stick, SMITH_PORT_AT, NULL, NULL, way->cancellable, error);
  g_autoptr (SmithAtAnswer) answer = NULL;
  g_autoptr (GError) local = NULL;

  if (port == NULL || (takes_sfm (way) && !switch_sfm_on (way, port, error)))
    return FALSE;
  answer = smith_at_exchange (port, "AT^GODLOAD", SMITH_AT_TIMEOUT_MS, way->cancellable, &local);
  if (answer != NULL && answer->result != SMITH_AT_OK)
    {
      set_refused (way, answer, error);
      return FALSE;
    }
  if (local == NULL || may_have_left (local))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
ask_by_diagnostics (WayIn *way, GError **error)
{
  g_autoptr (SmithPort) port
      = smith_open_stick_port (way->stick, SMITH_PORT_AT, NULL, NULL, way->cancellable, error);
  g_autoptr (GError) local = NULL;
  SmithDiagnosticsInfo info;

  if (port == NULL)
    return FALSE;
  if (smith_diagnostics_enter_download_mode (port, &info, way->cancellable, &local))
    {
      if (!info.loader_runs)
        return TRUE;
      g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE,
                           _ ("The stick is in download mode already, but does not look like it. "
                              "Plug it in again."));
      return FALSE;
    }
  /* It was told, and did not say whether it obeys: the bus will show. */
  if (info.told && g_error_matches (local, SMITH_ERROR, SMITH_ERROR_TIMEOUT))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* Best effort, also after cancelling, so with a short time of its own. */
static void
switch_sfm_off (WayIn *way)
{
  g_autoptr (SmithStick) now = smith_bus_find (way->bus, way->usb_path);
  const char *device = now != NULL ? smith_stick_find_port (now, SMITH_PORT_AT) : NULL;
  g_autoptr (SmithPort) port = NULL;
  g_autoptr (SmithAtAnswer) answer = NULL;

  way->sfm = FALSE;
  if (device == NULL || is_there (now))
    return;
  port = smith_port_open (device, smith_deadline_in (UNDO_MS), NULL, NULL, NULL, NULL);
  if (port != NULL)
    answer = smith_at_exchange (port, "AT^SFM=0", UNDO_MS, NULL, NULL);
  g_info ("the stick was told that no firmware comes: %s",
          answer != NULL && answer->result == SMITH_AT_OK ? "done" : "no answer");
}

/* That a stick says OK means nothing: it is asked again until it comes back
 * where it is wanted. */
static gboolean
ask_repeatedly (WayIn *way, gboolean (*ask) (WayIn *way, GError **error), GError **error)
{
  for (guint try = 0; try < TRIES; try++)
    {
      g_clear_error (error);
      if (smith_stick_find_port (way->stick, SMITH_PORT_AT) == NULL)
        break;
      g_info ("asked for download mode, try %u", try + 1);
      if (!ask (way, error))
        {
          /* It may leave late, because of what it was asked before. */
          if (try == 0 || !g_error_matches (*error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED))
            return FALSE;
          g_clear_error (error);
        }
      if (wait_for_restart (way, error) && is_there (way->stick))
        return TRUE;
      if (*error != NULL && !g_error_matches (*error, SMITH_ERROR, SMITH_ERROR_TIMEOUT))
        return FALSE;
    }
  if (*error == NULL)
    set_timeout (way, _ ("The stick restarts, but not in download mode."), error);
  return FALSE;
}

/* Whether it is the same appearance of the stick still; its network card may have
 * come in the meantime. */
static gboolean
look_again (WayIn *way)
{
  SmithStick *now = smith_bus_find (way->bus, way->usb_path);
  gboolean is_same = now != NULL && now->seen == way->stick->seen;

  if (is_same)
    take_stick (way, now);
  else
    g_clear_pointer (&now, smith_stick_unref);
  return is_same;
}

/* The server of this very stick, as soon as the way to it is there. */
static SmithHilink *
open_web (WayIn *way, GError **error)
{
  gint64 deadline = smith_deadline_in (NETWORK_MS);
  SmithHilink *web = smith_stick_open_web (way->stick, error);

  while (web == NULL && g_error_matches (*error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED)
         && !smith_deadline_passed (deadline) && !g_cancellable_is_cancelled (way->cancellable))
    {
      smith_deadline_sleep (NETWORK_PAUSE_MS, way->cancellable);
      if (!look_again (way))
        break;
      g_clear_error (error);
      web = smith_stick_open_web (way->stick, error);
    }
  return web;
}

typedef gboolean (*WebRequest) (SmithHilink *web,
                                gint64 deadline,
                                GCancellable *cancellable,
                                GError **error);

/* Asks the web server for something that makes the stick restart, and waits for
 * that. Where the server has not said no, the bus decides; and it does whatever
 * was said where the stick is gone: an answer that it cut short may look like any. */
static gboolean
ask_by_web (WayIn *way, WebRequest request, GError **error)
{
  g_autoptr (SmithHilink) web = open_web (way, error);
  g_autoptr (GError) local = NULL;

  if (web == NULL)
    return FALSE;
  if (!request (web, smith_deadline_in (WEB_MS), way->cancellable, &local) && !may_have_left (local)
      && has_stayed (way))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (wait_for_restart (way, error))
    return TRUE;
  /* A server that is not there is another thing than one that does nothing. */
  if (g_error_matches (local, SMITH_ERROR, SMITH_ERROR_DISCONNECTED)
      && g_error_matches (*error, SMITH_ERROR, SMITH_ERROR_TIMEOUT))
    {
      g_clear_error (error);
      g_propagate_error (error, g_steal_pointer (&local));
    }
  return FALSE;
}

/* Whether no other request to the web server will fare better. */
static gboolean
is_hopeless (WayIn *way, const GError *error)
{
  return g_cancellable_is_cancelled (way->cancellable)
         || g_error_matches (error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE)
         || g_error_matches (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED);
}

/* The straight way, or else through the AT port that the server opens. */
static gboolean
go_by_web (WayIn *way, GError **error)
{
  if (!ask_by_web (way, smith_hilink_enter_download_mode, error))
    {
      if (is_hopeless (way, *error))
        return FALSE;
      g_info ("no switching by the web: %s", (*error)->message);
      g_clear_error (error);
    }
  if (way->stick->mode == SMITH_MODE_HILINK && !ask_by_web (way, smith_hilink_open_ports, error))
    {
      if (!is_hopeless (way, *error) && !g_error_matches (*error, SMITH_ERROR, SMITH_ERROR_TIMEOUT))
        g_prefix_error (error, "%s %s ", _ ("The stick's firmware refuses download mode."),
                        what_is_left (way));
      return FALSE;
    }
  return is_there (way->stick) || ask_repeatedly (way, ask_by_at, error);
}

/* Nothing can be asked; the stick is watched only. */
static gboolean
wait_until_there (WayIn *way, GError **error)
{
  SmithStick *stick = smith_bus_wait (way->bus, way->usb_path, has_arrived, NULL,
                                      smith_deadline_in (COMES_MS), way->cancellable, error);

  if (stick == NULL)
    return FALSE;
  take_stick (way, stick);
  return TRUE;
}

static gboolean
go (WayIn *way, GError **error)
{
  SmithWay which = way->which;
  SmithMode mode = way->stick != NULL ? way->stick->mode : SMITH_MODE_UNKNOWN;
  gboolean has_at = mode == SMITH_MODE_STICK || mode == SMITH_MODE_DEBUG;

  if (way->stick != NULL && has_arrived (way->stick, NULL))
    return TRUE;
  if (which == SMITH_WAY_THERE || which == SMITH_WAY_NEEDLE)
    return wait_until_there (way, error);
  if (way->stick == NULL)
    g_set_error (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED, _ ("There is no stick at %s"),
                 way->usb_path);
  else if (which == SMITH_WAY_WEB && mode == SMITH_MODE_HILINK)
    return go_by_web (way, error);
  else if (which == SMITH_WAY_AT && has_at)
    return ask_repeatedly (way, ask_by_at, error);
  else if (which == SMITH_WAY_DIAGNOSTICS && has_at)
    return ask_repeatedly (way, ask_by_diagnostics, error);
  else
    g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE,
                         _ ("The stick is in a mode in which it cannot be asked this way"));
  return FALSE;
}

/**
 * smith_way_in_run:
 * @identity: (nullable): what is known about the stick; without it, it is not
 *   told what only an E3372h is to be told
 * @way: one of those that smith_way_advise() names; of SMITH_WAY_THERE and
 *   SMITH_WAY_NEEDLE the stick's arrival is waited for only
 *
 * Brings working firmware to where it takes a loader or new firmware, and
 * believes it when the stick at @usb_path is back in that mode: up to 30 s for
 * each try. A stick that says OK and stays is asked up to three times; one
 * whose web server does not switch is made to open its ports and asked there.
 * The web server is asked through the stick's own network card only, which is
 * waited for. What was switched on for it is switched off again on giving up,
 * also after cancelling. Nothing is written. Blocks: for worker threads.
 *
 * Returns: (transfer full): the stick in download mode (or boot mode, should it
 *   come up there); or NULL with SMITH_ERROR_TIMEOUT where the firmware says
 *   nothing or only OK, REFUSED (with its code) or UNSUPPORTED where it says
 *   no, PROTOCOL where its web server talks nonsense: the needle is left then;
 *   DISCONNECTED where it left for good or its web server is not to be reached,
 *   WRONG_DEVICE where the stick cannot be asked this way or not be told apart
 *   from another device, those of opening its port, or G_IO_ERROR_CANCELLED
 */
SmithStick *
smith_way_in_run (SmithBus *bus,
                  const char *usb_path,
                  const SmithIdentity *identity,
                  SmithWay way,
                  GCancellable *cancellable,
                  GError **error)
{
  WayIn in = { bus, usb_path, identity, way, cancellable, smith_bus_find (bus, usb_path), FALSE };
  g_autoptr (GError) local = NULL;
  gboolean ok;

  g_info ("way in: %s", smith_way_name (way));
  ok = go (&in, &local);
  if (!ok && in.sfm)
    switch_sfm_off (&in);
  if (ok)
    return in.stick;
  /* Where two reasons met, it is the person's that counts. */
  if (g_cancellable_is_cancelled (cancellable))
    {
      g_clear_error (&local);
      g_cancellable_set_error_if_cancelled (cancellable, &local);
    }
  g_propagate_error (error, g_steal_pointer (&local));
  g_clear_pointer (&in.stick, smith_stick_unref);
  return NULL;
}
