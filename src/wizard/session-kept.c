/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session-private.h"

#include <glib/gi18n.h>

typedef struct
{
  char *path;
  char *usb_path; /* of the one that is meant, or NULL */
  guint serial;
  GPtrArray *states;
  SmithSavedState *state;
  SmithPlan *plan;
} Load;

static void
load_free (gpointer data)
{
  Load *load = data;

  g_free (load->path);
  g_free (load->usb_path);
  g_clear_pointer (&load->states, g_ptr_array_unref);
  g_clear_pointer (&load->state, smith_saved_state_free);
  g_clear_pointer (&load->plan, smith_plan_free);
  g_free (load);
}

static void
look_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Load *load = data;

  load->states = smith_saved_states_list (load->path);
  g_task_return_boolean (task, TRUE);
}

static GTask *
make_load_task (SmithSession *session, const char *usb_path, GAsyncReadyCallback callback)
{
  GTask *task = g_task_new (session, session->cancellable, callback, NULL);
  Load *load = g_new0 (Load, 1);

  load->path = g_strdup (session->state_path);
  load->usb_path = g_strdup (usb_path);
  load->serial = session->look_serial;
  g_task_set_task_data (task, load, load_free);
  return task;
}

static void
on_looked (GObject *object, GAsyncResult *result, gpointer user_data)
{
  SmithSession *session = SMITH_SESSION (object);
  Load *load = g_task_get_task_data (G_TASK (result));

  if (!g_task_propagate_boolean (G_TASK (result), NULL) || load->serial != session->look_serial
      || session->phase == SMITH_PHASE_RUNNING)
    return;
  g_ptr_array_unref (session->kept);
  session->kept = g_steal_pointer (&load->states);
  smith_session_changed (session);
}

/* Looks on the disk for jobs that did not end. */
void
smith_session_look_for_unfinished (SmithSession *session)
{
  g_autoptr (GTask) task = NULL;

  if (session->state_path == NULL)
    return;
  session->look_serial++;
  task = make_load_task (session, NULL, on_looked);
  g_task_run_in_thread (task, look_work);
}

static SmithSavedState *
find_kept (SmithSession *session, const char *usb_path)
{
  for (guint i = 0; i < session->kept->len; i++)
    {
      SmithSavedState *state = g_ptr_array_index (session->kept, i);

      if (g_strcmp0 (state->usb_path, usb_path) == 0)
        return state;
    }
  return NULL;
}

/* Its job is through. */
void
smith_session_drop_kept (SmithSession *session, const char *usb_path)
{
  SmithSavedState *state = find_kept (session, usb_path);

  if (state != NULL)
    g_ptr_array_remove (session->kept, state);
}

/**
 * smith_session_get_unfinished:
 *
 * Returns: (transfer none) (nullable): a job that did not end: that of the
 *   chosen stick, else that of one that is plugged in, else the newest
 */
const SmithSavedState *
smith_session_get_unfinished (SmithSession *session)
{
  SmithSavedState *state = find_kept (session, session->usb_path);

  for (guint i = 0; state == NULL && i < session->kept->len; i++)
    {
      SmithSavedState *other = g_ptr_array_index (session->kept, i);
      g_autoptr (SmithStick) stick = smith_bus_find (session->bus, other->usb_path);

      if (stick != NULL)
        state = other;
    }
  return state != NULL || session->kept->len == 0 ? state : g_ptr_array_index (session->kept, 0);
}

static void
forget_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Load *load = data;
  g_autoptr (SmithSavedState) state = smith_saved_states_find (load->path, load->usb_path, NULL);

  if (state != NULL)
    smith_saved_state_remove (state->path);
  g_task_return_boolean (task, TRUE);
}

static void
on_forgotten (GObject *object, GAsyncResult *result, gpointer user_data)
{
  smith_session_look_for_unfinished (SMITH_SESSION (object));
}

static void
forget (SmithSession *session, const char *usb_path)
{
  g_autoptr (GTask) task = NULL;

  if (session->state_path == NULL)
    return;
  session->look_serial++; /* one that is under way may still find it */
  task = make_load_task (session, usb_path, on_forgotten);
  smith_session_drop_kept (session, usb_path);
  g_task_run_in_thread (task, forget_work);
  smith_session_changed (session);
}

/* Forgets the one that is offered. */
void
smith_session_forget_unfinished (SmithSession *session)
{
  const SmithSavedState *state = smith_session_get_unfinished (session);
  g_autofree char *usb_path = state != NULL ? g_strdup (state->usb_path) : NULL;

  if (usb_path != NULL)
    forget (session, usb_path);
}

/**
 * smith_session_forget_ended:
 *
 * Forgets what was kept of the job that has just ended; but not of an older one
 * that it left alone, since a stick may still wait for that one's files.
 */
void
smith_session_forget_ended (SmithSession *session)
{
  SmithJobStatus status;

  smith_session_get_status (session, &status);
  if (session->job != NULL && status.touched)
    forget (session, smith_job_get_plan (session->job)->usb_path);
}

static void
resume_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Load *load = data;
  GError *error = NULL;

  load->state = smith_saved_states_find (load->path, load->usb_path, &error);
  if (load->state != NULL)
    load->plan = smith_saved_state_to_plan (load->state, NULL, NULL, cancellable, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
choose_again (SmithSession *session, SmithPageId page)
{
  SmithJobStatus status;

  smith_session_get_status (session, &status);
  if (session->phase == SMITH_PHASE_FAILED && status.touched)
    session->may_not_work = TRUE;
  session->phase = SMITH_PHASE_CHOOSING;
  session->page = page;
  g_cancellable_cancel (session->entry_cancellable);
  session->entry = SMITH_ENTRY_NONE;
  smith_session_choose_only_stick (session);
  smith_session_note_home_mode (session);
  smith_session_changed (session);
}

/* A practice stick does not outlive the program: it has forgotten all. */
static void
adapt_to_practice (SmithSession *session)
{
  if (session->world == NULL || session->had_job)
    return;
  smith_plan_begin_anew (session->resume);
  session->resume->goes_on = FALSE;
}

/* It is gone on with where the stick is, if that is plugged in; at once, if it
 * only has to be asked. */
static void
go_on_with_plan (SmithSession *session)
{
  g_autoptr (SmithStick) there = smith_bus_find (session->bus, session->resume->usb_path);
  g_autoptr (SmithStick) chosen = smith_session_get_stick (session);

  adapt_to_practice (session);
  /* One that has gone is not waited for in its place. */
  if (there != NULL || chosen == NULL)
    smith_session_choose_stick (session, session->resume->usb_path);
  choose_again (session, SMITH_PAGE_BOOT);
  if (smith_session_is_only_to_be_asked (session))
    smith_session_start (session);
}

/* What is wanted stays known, so that it can be told what that stick holds. */
static void
fail_to_go_on (SmithSession *session, GError *error)
{
  smith_session_clear_job (session);
  if (session->wanted != NULL)
    smith_session_choose_stick (session, session->wanted->usb_path);
  session->error = error;
  session->phase = SMITH_PHASE_FAILED;
  smith_session_changed (session);
}

static void
on_resumed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  SmithSession *session = SMITH_SESSION (object);
  Load *load = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  gboolean wanted = session->preparing;

  session->preparing = FALSE;
  /* The person may have done something else meanwhile. */
  if (!wanted || session->phase == SMITH_PHASE_RUNNING)
    return;
  g_clear_pointer (&session->wanted, smith_saved_state_free);
  session->wanted = g_steal_pointer (&load->state);
  if (g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_clear_pointer (&session->resume, smith_plan_free);
      session->resume = g_steal_pointer (&load->plan);
      go_on_with_plan (session);
    }
  else if (smith_session_has_files (session) && session->wanted == NULL)
    choose_again (session, SMITH_PAGE_BOOT); /* from the beginning, then */
  else
    fail_to_go_on (session, g_steal_pointer (&error));
}

static void
go_on_at (SmithSession *session, const char *usb_path)
{
  g_autoptr (GTask) task = NULL;

  if (session->phase == SMITH_PHASE_RUNNING || session->preparing || usb_path == NULL)
    return;
  session->preparing = TRUE;
  task = make_load_task (session, usb_path, on_resumed);
  g_task_run_in_thread (task, resume_work);
  smith_session_changed (session);
}

/**
 * smith_session_go_on:
 *
 * Goes to the page from which a job is begun, with the one that was found on the
 * disk, whatever files are chosen. One of which only the stick's return was
 * missing, with the stick back at work, is begun at once: nothing is written.
 */
void
smith_session_go_on (SmithSession *session)
{
  const SmithSavedState *state = smith_session_get_unfinished (session);

  if (state != NULL)
    go_on_at (session, state->usb_path);
}

/* Returns: whether a stick that worked was brought to boot mode, and no job has
 *   begun yet: whoever stops now is told how it is left */
gboolean
smith_session_leaves_boot_mode (SmithSession *session)
{
  return session->phase == SMITH_PHASE_CHOOSING && smith_session_is_in_boot_mode (session)
         && !smith_session_waited_before (session);
}

/**
 * smith_session_stop_choosing:
 *
 * The person ends it before a job has begun. A stick that worked, and was brought
 * to boot mode for this, stays there, which is to be told as at the end of a job.
 *
 * Returns: whether there is such an end to be seen
 */
gboolean
smith_session_stop_choosing (SmithSession *session)
{
  if (!smith_session_leaves_boot_mode (session))
    return FALSE;
  smith_session_clear_job (session);
  g_clear_pointer (&session->wanted, smith_saved_state_free);
  session->preparing = FALSE;
  session->error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                        _ ("Stopped, and nothing was written"));
  session->phase = SMITH_PHASE_FAILED;
  smith_session_changed (session);
  return TRUE;
}

/* What smith_session_stop_choosing() ends with. */
static gboolean
was_choosing (SmithSession *session)
{
  return session->job == NULL && g_error_matches (session->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Returns: the page whose step is the one now, or was when it ended */
SmithPageId
smith_session_get_step_page (SmithSession *session)
{
  SmithPageId page = smith_session_get_page (session);
  SmithJobStatus status;

  if (page != SMITH_PAGE_OUTCOME)
    return page;
  if (was_choosing (session))
    return session->page;
  smith_session_get_status (session, &status);
  return smith_flow_page_for_step (status.step);
}

/**
 * smith_session_try_again:
 *
 * Goes back to the page from which the job is begun; to where the person was, if
 * there was none yet. A stick that was written to, be it by an earlier job, goes
 * on where that stopped.
 */
void
smith_session_try_again (SmithSession *session)
{
  SmithJobStatus status;

  if (session->phase == SMITH_PHASE_RUNNING || session->preparing)
    return;
  smith_session_get_status (session, &status);
  if (was_choosing (session))
    choose_again (session, session->page);
  else if (session->job != NULL && !status.touched)
    choose_again (session, SMITH_PAGE_BOOT);
  else if (session->job != NULL)
    go_on_at (session, smith_job_get_plan (session->job)->usb_path);
  else if (session->wanted != NULL)
    go_on_at (session, session->wanted->usb_path);
  else
    smith_session_go_on (session);
}

/* Whether the chosen stick waits only because it was sent to boot mode here, and
 * is as it was when it worked. */
static gboolean
was_only_switched (SmithSession *session)
{
  g_autoptr (SmithStick) stick = smith_session_get_stick (session);
  SmithJobStatus status;

  smith_session_get_status (session, &status);
  return stick != NULL && smith_session_is_in_boot_mode (session) && !status.touched
         && !smith_session_waited_before (session) && stick->seen == session->home_seen;
}

/* Lets the person choose again, beginning at @page; the files stay. */
void
smith_session_start_over (SmithSession *session, SmithPageId page)
{
  if (session->phase == SMITH_PHASE_RUNNING)
    return;
  smith_session_drop_resume (session);
  if (page == SMITH_PAGE_DETECT)
    {
      session->aim = SMITH_AIM_ANY;
      if (!was_only_switched (session))
        session->home_mode = SMITH_MODE_UNKNOWN;
    }
  choose_again (session, page);
}

/* Returns: whether the files of an unfinished job are being looked at */
gboolean
smith_session_is_preparing (SmithSession *session)
{
  return session->preparing;
}
