/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session-private.h"

#include <glib/gi18n.h>

/**
 * smith_session_get_ways:
 *
 * Fills in @advice: the ways by which the chosen stick gets to where it takes
 * new firmware; none if there is no stick.
 */
void
smith_session_get_ways (SmithSession *session, SmithWayAdvice *advice)
{
  g_autoptr (SmithStick) stick = smith_session_get_stick (session);

  *advice = (SmithWayAdvice){ .n_ways = 0 };
  if (stick != NULL)
    smith_way_advise (stick, smith_stick_watch_get_working (session->watch, session->usb_path),
                      advice);
}

/* Returns: a way that needs nobody's hands; SMITH_WAY_NEEDLE without one */
static SmithWay
find_way (SmithSession *session)
{
  SmithWayAdvice advice;

  smith_session_get_ways (session, &advice);
  return advice.n_ways > 0 ? advice.ways[0] : SMITH_WAY_NEEDLE;
}

/* Returns: whether the stick can be asked to go to boot mode by itself */
gboolean
smith_session_can_switch (SmithSession *session)
{
  SmithWay way = find_way (session);
  SmithWayAdvice advice;

  smith_session_get_ways (session, &advice);
  /* That family knows no needle: it can only be asked once more. Where it is not
   * known which it is, the needle is taken only by who knows better. */
  if (way == SMITH_WAY_DIAGNOSTICS
      || (advice.maybe_no_needle && session->entry == SMITH_ENTRY_REFUSED))
    return TRUE;
  if (session->entry == SMITH_ENTRY_REFUSED || session->entry == SMITH_ENTRY_BY_HAND)
    return FALSE;
  return way == SMITH_WAY_WEB || way == SMITH_WAY_AT || way == SMITH_WAY_DIAGNOSTICS;
}

/**
 * smith_session_reconsider_entry:
 *
 * Something else was chosen on which the way in may depend: that the person
 * would take the needle was said of what was chosen before.
 */
void
smith_session_reconsider_entry (SmithSession *session)
{
  if (session->entry == SMITH_ENTRY_BY_HAND)
    session->entry = SMITH_ENTRY_NONE;
}

/* A HiLink stick is the same with its ports open. */
static SmithMode
get_kind (SmithMode mode)
{
  return mode == SMITH_MODE_DEBUG ? SMITH_MODE_HILINK : mode;
}

/**
 * smith_session_note_entry_mode:
 *
 * To be called when the bus has changed. Whoever tries the needle pulls the
 * stick out and plugs it in, and when the contact is missed it starts as it was
 * before: that changes nothing. One that comes back from boot mode, or with
 * other firmware, is begun with anew. A CD drive shows on every way.
 */
void
smith_session_note_entry_mode (SmithSession *session)
{
  g_autoptr (SmithStick) stick = smith_session_get_stick (session);
  gboolean there;

  if (stick == NULL || session->entry == SMITH_ENTRY_NONE)
    return;
  there = stick->mode == SMITH_MODE_BOOT_ROM || stick->mode == SMITH_MODE_DOWNLOAD;
  if (!there && !smith_mode_is_working (stick->mode))
    return;
  if (!there && session->entry_mode != SMITH_MODE_UNKNOWN
      && get_kind (stick->mode) != get_kind (session->entry_mode))
    smith_session_reconsider_entry (session);
  session->entry_mode = stick->mode;
}

/* What the person put an end to is no refusal of the stick's. */
static SmithEntry
find_entry (gboolean ok, const GError *error)
{
  if (ok)
    return SMITH_ENTRY_NONE;
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ? SMITH_ENTRY_BY_HAND
                                                                   : SMITH_ENTRY_REFUSED;
}

static void
finish_entry (SmithSession *session, gboolean ok, const GError *error)
{
  if (error != NULL)
    smith_log_add (session->log, SMITH_LOG_NOTICE, "%s", error->message);
  /* The mode in which the stick is now came of this, seen on the bus or not yet. */
  smith_session_note_home_mode (session);
  g_clear_object (&session->entry_cancellable);
  if (session->entry == SMITH_ENTRY_ASKING)
    session->entry = find_entry (ok, error);
  if (session->phase != SMITH_PHASE_RUNNING)
    smith_stick_watch_set_paused (session->watch, FALSE);
  smith_session_changed (session);
}

typedef struct
{
  SmithBus *bus;
  char *usb_path;
  SmithIdentity *identity;
  SmithWay way;
} Entry;

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_object_unref (entry->bus);
  g_free (entry->usb_path);
  g_clear_pointer (&entry->identity, smith_identity_unref);
  g_free (entry);
}

static void
entry_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Entry *entry = data;
  GError *error = NULL;
  SmithStick *stick = smith_way_in_run (entry->bus, entry->usb_path, entry->identity, entry->way,
                                        cancellable, &error);

  if (stick == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  smith_stick_unref (stick);
  g_task_return_boolean (task, TRUE);
}

static void
on_entry_answer (GObject *object, GAsyncResult *result, gpointer user_data)
{
  SmithSession *session = SMITH_SESSION (object);
  g_autoptr (GError) error = NULL;
  gboolean ok = g_task_propagate_boolean (G_TASK (result), &error);

  finish_entry (session, ok, error);
}

static void
run_entry (SmithSession *session)
{
  SmithIdentity *identity = smith_stick_watch_get_working (session->watch, session->usb_path);
  Entry *entry = g_new0 (Entry, 1);
  g_autoptr (GTask) task = NULL;

  session->entry_cancellable = g_cancellable_new ();
  entry->bus = g_object_ref (session->bus);
  entry->usb_path = g_strdup (session->usb_path);
  entry->identity = identity != NULL ? smith_identity_ref (identity) : NULL;
  entry->way = find_way (session);
  task = g_task_new (session, session->entry_cancellable, on_entry_answer, NULL);
  g_task_set_task_data (task, entry, entry_free);
  g_task_run_in_thread (task, entry_work);
}

/* Asks the stick to go to boot mode by itself. */
void
smith_session_enter_boot_mode (SmithSession *session)
{
  SmithWayAdvice advice;

  if (session->phase != SMITH_PHASE_CHOOSING || session->usb_path == NULL
      || session->entry_cancellable != NULL || !smith_session_can_switch (session)
      || smith_session_is_only_to_be_asked (session))
    return;
  smith_session_get_ways (session, &advice);
  session->needle_unsure = advice.maybe_no_needle;
  session->entry = SMITH_ENTRY_ASKING;
  session->entry_mode = SMITH_MODE_UNKNOWN;
  smith_session_note_entry_mode (session);
  smith_stick_watch_set_paused (session->watch, TRUE);
  smith_log_add (session->log, SMITH_LOG_STEP, _ ("Asking the stick to go to boot mode"));
  run_entry (session);
  smith_session_changed (session);
}

SmithEntry
smith_session_get_entry (SmithSession *session)
{
  return session->entry;
}

/* The person would rather take the needle, also while the stick is being asked. */
void
smith_session_take_needle (SmithSession *session)
{
  if (session->entry_cancellable != NULL)
    {
      g_cancellable_cancel (session->entry_cancellable);
      return;
    }
  if (session->entry == SMITH_ENTRY_BY_HAND)
    return;
  session->entry = SMITH_ENTRY_BY_HAND;
  session->entry_mode = SMITH_MODE_UNKNOWN;
  smith_session_note_entry_mode (session);
  smith_session_changed (session);
}

/* The person would rather have the stick asked, be it for the second time. */
void
smith_session_leave_needle (SmithSession *session)
{
  if (session->entry != SMITH_ENTRY_BY_HAND && session->entry != SMITH_ENTRY_REFUSED)
    return;
  session->entry = SMITH_ENTRY_NONE;
  smith_session_changed (session);
}

/* Returns: whether a job is gone on with, at its place, of which only the stick's
 *   return is missing */
gboolean
smith_session_is_all_written (SmithSession *session)
{
  return session->resume != NULL && session->resume->all_written
         && g_strcmp0 (session->resume->usb_path, session->usb_path) == 0;
}

/* Returns: whether that stick is back and at work: it needs no boot mode, only
 *   to be asked for its version */
gboolean
smith_session_is_only_to_be_asked (SmithSession *session)
{
  g_autoptr (SmithStick) stick = smith_session_get_stick (session);

  return stick != NULL && smith_mode_is_working (stick->mode)
         && smith_session_is_all_written (session);
}

/* Returns: whether the needle is of any use with the chosen stick, as far as is known */
gboolean
smith_session_knows_needle (SmithSession *session)
{
  SmithIdentity *before = smith_session_get_before (session);

  return before == NULL || before->model == NULL || before->model->family != SMITH_FAMILY_QUALCOMM;
}

/* Where the last job was, or the one that was found on the disk. */
static SmithStep
get_last_step (SmithSession *session)
{
  const SmithSavedState *unfinished = smith_session_get_unfinished (session);
  SmithJobStatus status;

  if (!session->had_job && unfinished != NULL)
    return unfinished->step;
  smith_session_get_status (session, &status);
  return status.step;
}

/**
 * smith_session_wants_needle:
 *
 * Nobody is told to open a stick that only has to be plugged in: one that was
 * half written waits for the rest by itself.
 *
 * Returns: whether a stick that is not in boot mode, and cannot be asked to go
 *   there, is to be started with the needle
 */
gboolean
smith_session_wants_needle (SmithSession *session)
{
  if (!smith_session_knows_needle (session)
      || (session->entry == SMITH_ENTRY_REFUSED && session->needle_unsure))
    return FALSE;
  /* A loader is gone as soon as the stick is unplugged. */
  if (session->entry != SMITH_ENTRY_NONE || get_last_step (session) == SMITH_STEP_LOADER)
    return TRUE;
  return session->resume == NULL && session->home_mode == SMITH_MODE_BOOT_ROM;
}

/* Returns: whether what is begun next is the rest of an earlier job */
gboolean
smith_session_is_resuming (SmithSession *session)
{
  return session->resume != NULL;
}

/* Returns: whether the chosen stick can be loaded or written now */
gboolean
smith_session_is_in_boot_mode (SmithSession *session)
{
  g_autoptr (SmithStick) stick = smith_session_get_stick (session);

  return stick != NULL
         && (stick->mode == SMITH_MODE_BOOT_ROM || stick->mode == SMITH_MODE_DOWNLOAD);
}
