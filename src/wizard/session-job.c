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
    smith_session_drop_kept (session, smith_job_get_plan (job)->usb_path);
  smith_session_note_home_mode (session); /* in which the job has left the stick */
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
