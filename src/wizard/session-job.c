/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session-private.h"

#include <glib/gi18n.h>

#include "desktop/cd-drive.h"

static void
clear_verdict (SmithSession *session)
{
  g_clear_pointer (&session->verdict, smith_verdict_free);
}

/* Forgets the last job. One that still runs is told to stop; it needs nobody. */
void
smith_session_clear_job (SmithSession *session)
{
  if (session->job != NULL)
    {
      g_signal_handlers_disconnect_by_data (session->job, session);
      smith_job_cancel (session->job);
    }
  g_clear_object (&session->job);
  g_clear_error (&session->error);
  clear_verdict (session);
  g_clear_pointer (&session->new_version, g_free);
  g_clear_pointer (&session->target_version, g_free);
  g_clear_pointer (&session->file_names, g_free);
}

static void drop_kept (SmithSession *session, const char *usb_path);

static SmithPlan *
make_plan (SmithSession *session)
{
  SmithPlan *plan = g_steal_pointer (&session->resume);

  if (plan == NULL)
    {
      SmithFileCheck *loader = session->files[SMITH_SLOT_LOADER];

      SmithIdentity *before = smith_session_get_before (session);

      plan = smith_plan_new (session->usb_path);
      plan->before = before != NULL ? smith_identity_ref (before) : NULL;
      plan->aim = smith_session_get_aim (session);
      smith_file_queue_list_items (session->queue, plan->firmware);
      if (loader != NULL && smith_file_check_get_state (loader) == SMITH_FILE_GOOD)
        plan->loader = smith_item_ref (smith_file_check_get_item (loader));
    }
  else if (session->usb_path != NULL)
    {
      SmithIdentity *before = smith_session_get_before (session);

      if (plan->before == NULL && before != NULL)
        plan->before = smith_identity_ref (before);
      smith_plan_set_place (plan, session->usb_path);
    }
  return plan;
}

/* What the stick is before the job, also where the plan is older than that. */
static void
note_before (SmithSession *session, SmithPlan *plan)
{
  SmithIdentity *before = plan->before != NULL ? plan->before : smith_session_get_before (session);

  if (before != NULL)
    smith_identity_ref (before);
  g_clear_pointer (&session->before, smith_identity_unref);
  session->before = before;
}

static void
on_job_updated (SmithJob *job, SmithSession *session)
{
  g_signal_emit_by_name (session, "progress");
}

static void
on_ejected (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmithSession) session = user_data;
  g_autoptr (GError) error = NULL;

  if (!smith_cd_drive_eject_finish (result, &error))
    smith_log_add (session->log, SMITH_LOG_NOTICE, _ ("The CD drive could not be ejected: %s"),
                   error->message);
}

static void
on_job_cd_stays (SmithJob *job, const char *drive, SmithSession *session)
{
  if (drive != NULL && session->world == NULL)
    smith_cd_drive_eject_async (NULL, drive, session->cancellable, on_ejected,
                                g_object_ref (session));
}

/* The verdict is the job's: what the page needs of it is kept. */
static void
on_job_question (SmithJob *job, const SmithVerdict *verdict, SmithSession *session)
{
  clear_verdict (session);
  session->verdict = smith_verdict_copy (verdict);
  smith_session_changed (session);
}

static void
on_job_done (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmithSession) session = user_data;
  SmithJob *job = SMITH_JOB (object);
  g_autoptr (GError) error = NULL;
  gboolean ok = smith_job_run_finish (job, result, &error);

  if (session->job != job)
    return;
  clear_verdict (session);
  if (ok)
    drop_kept (session, smith_job_get_plan (job)->usb_path);
  session->new_version = g_strdup (smith_job_get_report (job)->version);
  session->new_mode = smith_job_get_report (job)->mode;
  smith_network_care_set_stick (session->care, session->usb_path);
  smith_network_care_take_report (session->care, &smith_job_get_report (job)->network);
  session->error = g_steal_pointer (&error);
  session->phase = ok ? SMITH_PHASE_DONE : SMITH_PHASE_FAILED;
  smith_stick_watch_set_paused (session->watch, FALSE);
  smith_session_look_for_unfinished (session);
  smith_session_changed (session);
}

/* Begins the job. The pages follow it from now on. */
void
smith_session_start (SmithSession *session)
{
  g_autofree char *state_path = NULL;
  SmithPlan *plan;

  if (session->phase != SMITH_PHASE_CHOOSING || !smith_session_has_files (session))
    return;
  smith_session_clear_job (session);
  g_clear_pointer (&session->wanted, smith_saved_state_free);
  plan = make_plan (session);
  note_before (session, plan);
  session->file_names = smith_plan_list_names (plan);
  session->target_version = g_strdup (smith_plan_get_version (plan));
  if (session->state_path != NULL)
    state_path = smith_saved_states_path_for (session->state_path, plan->usb_path);
  session->job = smith_job_new (plan, session->bus, session->log, state_path);
  session->had_job = TRUE;
  session->phase = SMITH_PHASE_RUNNING;
  session->page = SMITH_PAGE_BOOT;
  session->entry = SMITH_ENTRY_NONE;
  smith_stick_watch_set_paused (session->watch, TRUE);
  g_signal_connect (session->job, "updated", G_CALLBACK (on_job_updated), session);
  g_signal_connect (session->job, "question", G_CALLBACK (on_job_question), session);
  g_signal_connect (session->job, "cd-stays", G_CALLBACK (on_job_cd_stays), session);
  smith_job_run_async (session->job, on_job_done, g_object_ref (session));
  smith_session_changed (session);
}

/* Stops the job as soon as it can be; the end comes as a "changed". */
void
smith_session_cancel (SmithSession *session)
{
  if (session->job != NULL && session->phase == SMITH_PHASE_RUNNING)
    smith_job_cancel (session->job);
}

void
smith_session_answer (SmithSession *session, gboolean yes)
{
  if (session->job == NULL || session->verdict == NULL)
    return;
  clear_verdict (session);
  smith_job_answer (session->job, yes);
  smith_session_changed (session);
}

/* The status of the job, or of the last one; of one that could not be gone on
 * with, what is known of it from before; zeros if there was none. */
void
smith_session_get_status (SmithSession *session, SmithJobStatus *status)
{
  *status = (SmithJobStatus){ .seconds_left = SMITH_SECONDS_UNKNOWN };
  if (session->job != NULL)
    smith_job_get_status (session->job, status);
  else if (session->wanted != NULL)
    {
      status->touched = session->wanted->touched;
      status->all_written = smith_saved_state_is_all_written (session->wanted);
    }
}

/* Returns: whether the job waits for a yes before it writes */
gboolean
smith_session_is_asking (SmithSession *session)
{
  return session->verdict != NULL;
}

/* Returns: (transfer none) (nullable): on the files, while the job asks */
const SmithVerdict *
smith_session_get_verdict (SmithSession *session)
{
  return session->verdict;
}

/* Returns: (transfer none) (nullable): why the last job failed */
const GError *
smith_session_get_error (SmithSession *session)
{
  return session->error;
}

/* Returns: (transfer none) (nullable): the version that the job writes */
const char *
smith_session_get_target_version (SmithSession *session)
{
  return session->target_version;
}

/* Returns: (transfer none) (nullable): of the firmware that the job writes */
const char *
smith_session_get_file_names (SmithSession *session)
{
  return session->file_names;
}

/* Returns: (transfer none) (nullable): what the stick showed when it was back */
const char *
smith_session_get_new_version (SmithSession *session)
{
  return session->new_version;
}

/* Returns: whether the stick was back as a HiLink stick */
gboolean
smith_session_is_hilink_now (SmithSession *session)
{
  return session->new_mode == SMITH_MODE_HILINK;
}

/* Returns: (transfer none): what can be done for the network of the stick */
SmithNetworkCare *
smith_session_get_network_care (SmithSession *session)
{
  return session->care;
}

/**
 * smith_session_care_for_network:
 *
 * Goes to the network's page without a job: for a stick that was written
 * elsewhere and finds no network.
 */
void
smith_session_care_for_network (SmithSession *session, const char *usb_path)
{
  if (session->phase != SMITH_PHASE_CHOOSING)
    return;
  smith_session_choose_stick (session, usb_path);
  smith_network_care_set_stick (session->care, usb_path);
  smith_session_set_page (session, SMITH_PAGE_NETWORK);
}

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

static void
drop_kept (SmithSession *session, const char *usb_path)
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
  drop_kept (session, usb_path);
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

  adapt_to_practice (session);
  if (there != NULL || session->usb_path == NULL)
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

/**
 * smith_session_try_again:
 *
 * Goes back to the page from which the job is begun. A stick that was written
 * to, be it by an earlier job, goes on where that stopped.
 */
void
smith_session_try_again (SmithSession *session)
{
  SmithJobStatus status;

  if (session->phase == SMITH_PHASE_RUNNING || session->preparing)
    return;
  smith_session_get_status (session, &status);
  if (session->job != NULL && !status.touched)
    choose_again (session, SMITH_PAGE_BOOT);
  else if (session->job != NULL)
    go_on_at (session, smith_job_get_plan (session->job)->usb_path);
  else if (session->wanted != NULL)
    go_on_at (session, session->wanted->usb_path);
  else
    smith_session_go_on (session);
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
