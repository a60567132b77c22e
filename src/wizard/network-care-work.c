/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>

#include "format/error.h"
#include "link/deadline.h"
#include "network-care-private.h"
#include "settings.h"

/* A port or a stick that did not work once may work soon. Tried so often in a
 * row, and no longer than it is plugged in and somebody waits. */
#define RETRY_MS 5000
#define RETRIES_MOST 30

/* So often it is looked whether somebody would rather not wait. */
#define GIVE_UP_MS 100

/* One piece of work for a worker. What it sees on the way is brought to the
 * main thread through the lock, coalesced. */
typedef struct
{
  SmithNetworkCare *care; /* the task keeps it alive */
  char *usb_path;
  guint era; /* which stick that was */
  SmithCareTask task;
  SmithReactivateOptions options;
  SmithNetworkSettings restore;
  SmithReactivateReport report;
  gboolean shows_cd; /* SMITH_CARE_CD: it shall again, as it did with: */
  SmithPortSetting ports;
  SmithPortSetting before; /* what is to be kept before the stick is told anything */
  GMutex lock;
  GCond cond;
  gboolean is_kept;
  SmithCdStageReport cd_report;
} Work;

static Work *
work_new (SmithCareTask task)
{
  Work *work = g_new0 (Work, 1);

  work->task = task;
  g_mutex_init (&work->lock);
  g_cond_init (&work->cond);
  return work;
}

static void
work_free (gpointer data)
{
  Work *work = data;

  g_mutex_clear (&work->lock);
  g_cond_clear (&work->cond);
  g_free (work->usb_path);
  g_free (work);
}

typedef struct
{
  SmithNetworkCare *care;
  GCancellable *work;
  SmithNetworkState state;
  gboolean had_ports;
  SmithPortSetting ports;
} Update;

static void
update_free (gpointer data)
{
  Update *update = data;

  g_object_unref (update->care);
  g_object_unref (update->work);
  g_free (update);
}

static gboolean
on_update (gpointer data)
{
  Update *update = data;
  SmithNetworkCare *care = update->care;

  if (care->work != update->work)
    return G_SOURCE_REMOVE;
  /* It can be talked to again. */
  if (care->hitch != NULL)
    {
      g_clear_pointer (&care->hitch, g_free);
      smith_network_care_changed (care);
    }
  if (update->had_ports)
    smith_network_care_take_ports (care, &update->ports);
  smith_network_care_take_state (care, &update->state);
  return G_SOURCE_REMOVE;
}

static void
on_state (const SmithNetworkState *state, gpointer user_data)
{
  GTask *task = user_data;
  Work *work = g_task_get_task_data (task);
  g_autoptr (GSource) source = g_idle_source_new ();
  Update *update = g_new0 (Update, 1);

  update->care = g_object_ref (work->care);
  update->work = g_object_ref (g_task_get_cancellable (task));
  update->state = *state;
  update->had_ports = work->report.had_ports;
  update->ports = work->report.ports;
  g_source_set_callback (source, on_update, update, update_free);
  g_source_attach (source, g_task_get_context (task));
}

static gboolean
on_keep (gpointer data)
{
  Work *work = g_task_get_task_data (data);

  smith_network_care_keep_ports (work->care, &work->before);
  g_mutex_lock (&work->lock);
  work->is_kept = TRUE;
  g_cond_signal (&work->cond);
  g_mutex_unlock (&work->lock);
  return G_SOURCE_REMOVE;
}

/* What brings the CD back is on the disk before the stick is told to leave it
 * out, or somebody has stopped that. Should the program end in between, one
 * setting is kept too many, which is never offered in vain. */
static void
keep_before (const SmithPortSetting *before, gpointer user_data)
{
  GTask *task = user_data;
  Work *work = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autoptr (GSource) source = NULL;

  if (!smith_port_setting_shows_cd (before))
    return;
  work->before = *before;
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_keep, g_object_ref (task), g_object_unref);
  g_source_attach (source, g_task_get_context (task));
  g_mutex_lock (&work->lock);
  while (!work->is_kept && !g_cancellable_is_cancelled (cancellable))
    smith_deadline_wait (&work->cond, &work->lock, smith_deadline_in (GIVE_UP_MS));
  g_mutex_unlock (&work->lock);
  smith_settings_sync ();
}

static void
do_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Work *work = data;
  GError *error = NULL;
  gboolean ok;

  if (work->task == SMITH_CARE_CD)
    ok = smith_cd_stage_set (work->care->bus, work->usb_path, work->shows_cd ? &work->ports : NULL,
                             keep_before, task, &work->cd_report, cancellable, &error);
  else
    ok = smith_reactivate_run (work->care->bus, work->usb_path, &work->options, on_state, task,
                               &work->report, cancellable, &error);
  if (ok)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* The port or the stick did not work. What the network or the SIM card wants is
 * told, and looking for it at once again would not change it. */
static gboolean
is_hitch (const Work *work, const GError *error)
{
  if (error->domain != SMITH_ERROR)
    return FALSE;
  switch ((SmithErrorCode) error->code)
    {
    case SMITH_ERROR_PERMISSION:
    case SMITH_ERROR_BUSY:
    case SMITH_ERROR_DISCONNECTED:
    case SMITH_ERROR_WRONG_DEVICE:
    case SMITH_ERROR_PROTOCOL:
      return TRUE;
    case SMITH_ERROR_TIMEOUT:
      return !work->report.answered;
    case SMITH_ERROR_BAD_FILE:
    case SMITH_ERROR_WRONG_FILE:
    case SMITH_ERROR_UNSUPPORTED:
    case SMITH_ERROR_REFUSED:
    case SMITH_ERROR_UNSAFE_LOADER:
    default:
      return FALSE;
    }
}

static void start (SmithNetworkCare *care, Work *work);

static void
look_again (SmithNetworkCare *care)
{
  Work *work = work_new (SMITH_CARE_LOOK);

  work->options.leave_settings = TRUE;
  start (care, work);
}

static void
set_problem (SmithNetworkCare *care, const char *problem)
{
  g_free (care->problem);
  care->problem = g_strdup (problem);
  if (problem != NULL)
    smith_log_add (care->log, SMITH_LOG_NOTICE, "%s", problem);
}

static gboolean
on_retry (gpointer data)
{
  SmithNetworkCare *care = data;
  g_autoptr (SmithStick) stick = smith_bus_find (care->bus, care->usb_path);

  care->retry = 0;
  if (stick != NULL)
    look_again (care);
  else
    {
      g_clear_pointer (&care->hitch, g_free);
      set_problem (care, _ ("The stick has left"));
      smith_network_care_changed (care);
    }
  return G_SOURCE_REMOVE;
}

/* Pauses, and looks again; a reason that stays the same is logged once. */
static void
wait_and_look_again (SmithNetworkCare *care, const GError *error)
{
  guint pause = smith_deadline_left (smith_deadline_in (RETRY_MS));

  if (g_strcmp0 (care->hitch, error->message) != 0)
    smith_log_add (care->log, SMITH_LOG_NOTICE, "%s", error->message);
  g_free (care->hitch);
  care->hitch = g_strdup (error->message);
  care->n_hitches++;
  care->retry = g_timeout_add (pause, on_retry, care);
}

/* What became of looking for the network. */
static void
finish_look (SmithNetworkCare *care, Work *work, const GError *error)
{
  if (error != NULL && is_hitch (work, error) && care->n_hitches < RETRIES_MOST)
    wait_and_look_again (care, error);
  else
    {
      g_clear_pointer (&care->hitch, g_free);
      if (error != NULL)
        set_problem (care, error->message);
    }
  smith_network_care_take_report (care, &work->report);
}

/* And of the CD; what was interrupted for it goes on. */
static void
finish_cd (SmithNetworkCare *care, Work *work, const GError *error)
{
  if (error != NULL)
    set_problem (care, error->message);
  smith_network_care_take_cd_report (care, &work->cd_report, TRUE);
  if (care->resume)
    look_again (care);
}

/* The page was left: what was changed can still be put back, also where somebody
 * has come again meanwhile and looks. */
static void
keep_late_report (SmithNetworkCare *care, Work *work)
{
  gboolean is_same = care->era == work->era;

  if (work->report.changed && is_same)
    smith_network_care_take_settings (care, &work->report);
  if (work->cd_report.changed)
    smith_network_care_take_cd_report (care, &work->cd_report, is_same);
  smith_network_care_changed (care);
}

static void
on_worked (GObject *object, GAsyncResult *result, gpointer user_data)
{
  SmithNetworkCare *care = SMITH_NETWORK_CARE (object);
  Work *work = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  g_task_propagate_boolean (G_TASK (result), &error);
  if (work->task == SMITH_CARE_CD)
    care->n_changing--;
  if (care->work != g_task_get_cancellable (G_TASK (result)))
    {
      keep_late_report (care, work);
      return;
    }
  g_clear_object (&care->work);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_clear_error (&error);
  if (work->task == SMITH_CARE_CD)
    finish_cd (care, work, error);
  else
    finish_look (care, work, error);
}

/* @work: (transfer full): its task, and what belongs to that */
static void
start (SmithNetworkCare *care, Work *work)
{
  g_autoptr (GTask) task = NULL;

  work->care = care;
  work->usb_path = g_strdup (care->usb_path);
  work->era = care->era;
  care->work = g_cancellable_new ();
  care->task = work->task;
  if (work->task == SMITH_CARE_CD)
    care->n_changing++;
  task = g_task_new (care, care->work, on_worked, NULL);
  g_task_set_task_data (task, work, work_free);
  g_task_run_in_thread (task, do_work);
  smith_network_care_changed (care);
}

/* The person wants it: whatever else was going on ends. */
static void
begin (SmithNetworkCare *care, Work *work, const char *what)
{
  if (care->usb_path == NULL)
    {
      work_free (work);
      return;
    }
  smith_network_care_stop (care);
  g_clear_pointer (&care->problem, g_free);
  smith_log_add (care->log, SMITH_LOG_STEP, "%s", what);
  start (care, work);
}

static void
begin_network (SmithNetworkCare *care, const SmithReactivateOptions *options, const char *what)
{
  Work *work = work_new (options->leave_settings ? SMITH_CARE_LOOK : SMITH_CARE_SET);

  work->options = *options;
  if (options->restore != NULL)
    {
      work->restore = *options->restore;
      work->options.restore = &work->restore;
    }
  begin (care, work, what);
}

/* Looks for the network with the settings as they are. Where the port or the
 * stick does not work it is tried again, until that is stopped. */
void
smith_network_care_look (SmithNetworkCare *care)
{
  const SmithReactivateOptions options = { .leave_settings = TRUE };

  begin_network (care, &options, _ ("Looking for the network"));
}

/* Has the stick look for all networks there are. */
void
smith_network_care_open (SmithNetworkCare *care, gboolean roaming)
{
  const SmithReactivateOptions options = { .roaming = roaming };

  begin_network (care, &options, _ ("Opening the stick’s network settings"));
}

/* Puts the settings from before back. */
void
smith_network_care_restore (SmithNetworkCare *care)
{
  const SmithReactivateOptions options = { .restore = &care->before };

  if (care->had_settings)
    begin_network (care, &options, _ ("Putting the old network settings back"));
}

static void
begin_cd (SmithNetworkCare *care, const SmithPortSetting *old, const char *what)
{
  gboolean resume = smith_network_care_is_looking (care);
  Work *work;

  if (care->work != NULL && care->task != SMITH_CARE_LOOK)
    return;
  work = work_new (SMITH_CARE_CD);
  work->shows_cd = old != NULL;
  if (old != NULL)
    work->ports = *old;
  begin (care, work, what);
  care->resume = resume;
}

/* Has the stick no longer show its CD when it is plugged in. */
void
smith_network_care_hide_cd (SmithNetworkCare *care)
{
  begin_cd (care, NULL, _ ("Having the stick leave out its CD"));
}

/* Has it show its CD again, with the setting from before. */
void
smith_network_care_show_cd (SmithNetworkCare *care)
{
  const SmithPortSetting *old = smith_network_care_find_old_ports (care);

  if (old != NULL)
    begin_cd (care, old, _ ("Having the stick show its CD again"));
}

/* Whatever is going on ends, and nothing comes by itself any more. */
void
smith_network_care_stop (SmithNetworkCare *care)
{
  g_clear_handle_id (&care->retry, g_source_remove);
  g_clear_pointer (&care->hitch, g_free);
  care->n_hitches = 0;
  care->resume = FALSE;
  if (care->work == NULL)
    return;
  g_cancellable_cancel (care->work);
  g_clear_object (&care->work);
}
