/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job.h"

#include <glib/gi18n.h>

#include <inttypes.h>

#include "job-notes.h"
#include "link/trace.h"
#include "stick/soon.h"

/* The window need not hear of every block. */
#define UPDATE_INTERVAL_MS 50
#define WATCH_INTERVAL_S 1

/* Roughly how many seconds the steps take with a real stick. */
static const guint weights[] = {
  [SMITH_STEP_PREPARE] = 1, [SMITH_STEP_BOOT_MODE] = 1,  [SMITH_STEP_LOADER] = 25,
  [SMITH_STEP_FLASH] = 240, [SMITH_STEP_COME_BACK] = 30, [SMITH_STEP_REACTIVATE] = 15,
};

G_STATIC_ASSERT (G_N_ELEMENTS (weights) == SMITH_N_STEPS);

typedef enum
{
  ANSWER_NONE,
  ANSWER_YES,
  ANSWER_NO,
} Answer;

struct _SmithJob
{
  GObject parent_instance;

  SmithPlan *plan;
  SmithBus *bus;
  SmithLog *log;
  SmithConversionReport *report; /* the worker's until it is through */
  GCancellable *cancellable;
  GMainContext *context;
  char *state_path;     /* NULL: nothing is kept */
  SmithJobNotes *notes; /* the worker's; NULL likewise */
  GSource *watch;       /* main thread */
  SmithSoon *updated;

  GMutex lock; /* what follows belongs to both threads */
  GCond answered;
  SmithProgress *progress;
  SmithJobStatus status;
  gboolean asking; /* "question" is being emitted */
  Answer answer;
};

G_DEFINE_FINAL_TYPE (SmithJob, smith_job, G_TYPE_OBJECT)

enum
{
  UPDATED,
  QUESTION,
  CD_STAYS,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
smith_job_finalize (GObject *object)
{
  SmithJob *job = SMITH_JOB (object);

  g_clear_pointer (&job->notes, smith_job_notes_free);
  smith_plan_free (job->plan);
  g_object_unref (job->bus);
  g_object_unref (job->log);
  smith_conversion_report_free (job->report);
  g_object_unref (job->cancellable);
  g_main_context_unref (job->context);
  g_free (job->state_path);
  smith_progress_free (job->progress);
  smith_soon_free (job->updated);
  g_cond_clear (&job->answered);
  g_mutex_clear (&job->lock);
  G_OBJECT_CLASS (smith_job_parent_class)->finalize (object);
}

static void
smith_job_class_init (SmithJobClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = smith_job_finalize;
  signals[UPDATED] = g_signal_new ("updated", SMITH_TYPE_JOB, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
  signals[QUESTION] = g_signal_new ("question", SMITH_TYPE_JOB, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                    NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[CD_STAYS] = g_signal_new ("cd-stays", SMITH_TYPE_JOB, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                    NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
smith_job_init (SmithJob *job)
{
  g_mutex_init (&job->lock);
  g_cond_init (&job->answered);
  job->cancellable = g_cancellable_new ();
  job->report = smith_conversion_report_new ();
  job->progress = smith_progress_new (weights, SMITH_N_STEPS, NULL);
  job->status.seconds_left = SMITH_SECONDS_UNKNOWN;
  job->context = g_main_context_ref_thread_default ();
  job->updated = smith_soon_new (job, signals[UPDATED], UPDATE_INTERVAL_MS);
}

/**
 * smith_job_new:
 * @plan: (transfer full)
 * @state_path: (nullable): where the state is kept while the job runs, and
 *   afterwards if there is something to go on with; beside it if something of
 *   another stick is there. NULL to keep none
 */
SmithJob *
smith_job_new (SmithPlan *plan, SmithBus *bus, SmithLog *log, const char *state_path)
{
  SmithJob *job = g_object_new (SMITH_TYPE_JOB, NULL);

  job->plan = plan;
  job->bus = g_object_ref (bus);
  job->log = g_object_ref (log);
  job->state_path = g_strdup (state_path);
  job->status.touched = plan->goes_on;
  job->status.all_written = plan->goes_on && plan->all_written;
  return job;
}

/* What follows runs on the worker, called by the conversion. */

static void
on_step (SmithStep step, gpointer user_data)
{
  SmithJob *job = user_data;

  smith_log_add (job->log, SMITH_LOG_STEP, "%s", smith_step_title (step));
  g_mutex_lock (&job->lock);
  job->status.step = step;
  job->status.busy = FALSE;
  job->status.partition[0] = '\0';
  smith_progress_begin (job->progress, step);
  g_mutex_unlock (&job->lock);
  smith_soon_request (job->updated);
  if (job->notes != NULL)
    smith_job_notes_set_step (job->notes, step);
}

static void
on_busy (gpointer user_data)
{
  SmithJob *job = user_data;

  smith_log_add (job->log, SMITH_LOG_NOTICE,
                 _ ("The system is still looking at the stick; trying again"));
  g_mutex_lock (&job->lock);
  job->status.busy = TRUE;
  g_mutex_unlock (&job->lock);
  smith_soon_request (job->updated);
}

static void
on_loader_progress (guint64 done, guint64 total, gpointer user_data)
{
  SmithJob *job = user_data;

  g_mutex_lock (&job->lock);
  job->status.loaded = TRUE;
  smith_progress_set (job->progress, (double) done / (double) MAX (total, 1));
  g_mutex_unlock (&job->lock);
  smith_soon_request (job->updated);
}

/* The verdict lives on the worker's side: it may be gone when the main thread
 * gets to the question, which is then over. */
typedef struct
{
  SmithJob *job;
  const SmithVerdict *verdict;
  gboolean over;
} Question;

static void
question_unref (gpointer data)
{
  g_atomic_rc_box_release (data);
}

static gboolean
emit_question (gpointer data)
{
  Question *question = data;
  SmithJob *job = question->job;
  gboolean ask;

  g_mutex_lock (&job->lock);
  ask = !question->over;
  job->asking = ask;
  g_mutex_unlock (&job->lock);
  if (!ask)
    return G_SOURCE_REMOVE;
  g_signal_emit (job, signals[QUESTION], 0, question->verdict);
  g_mutex_lock (&job->lock);
  job->asking = FALSE;
  g_cond_broadcast (&job->answered);
  g_mutex_unlock (&job->lock);
  return G_SOURCE_REMOVE;
}

static void
wake_on_cancel (GCancellable *cancellable, gpointer data)
{
  SmithJob *job = data;

  g_mutex_lock (&job->lock);
  g_cond_broadcast (&job->answered);
  g_mutex_unlock (&job->lock);
}

static void
set_asking (SmithJob *job, gboolean asking)
{
  g_mutex_lock (&job->lock);
  job->status.asking = asking;
  g_mutex_unlock (&job->lock);
  smith_soon_request (job->updated);
}

/* Asks the main thread and waits for the answer, or for being cancelled. */
static gboolean
on_confirm (const SmithVerdict *verdict, gpointer user_data)
{
  SmithJob *job = user_data;
  Question *question = g_atomic_rc_box_new0 (Question);
  g_autoptr (GSource) source = g_idle_source_new ();
  gulong handler;
  gboolean yes;

  set_asking (job, TRUE);
  question->job = job;
  question->verdict = verdict;
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, emit_question, g_atomic_rc_box_acquire (question), question_unref);
  handler = g_cancellable_connect (job->cancellable, G_CALLBACK (wake_on_cancel), job, NULL);
  g_source_attach (source, job->context);
  g_mutex_lock (&job->lock);
  while (job->answer == ANSWER_NONE && !g_cancellable_is_cancelled (job->cancellable))
    g_cond_wait (&job->answered, &job->lock);
  question->over = TRUE;
  while (job->asking)
    g_cond_wait (&job->answered, &job->lock);
  yes = job->answer == ANSWER_YES && !g_cancellable_is_cancelled (job->cancellable);
  g_mutex_unlock (&job->lock);
  g_cancellable_disconnect (job->cancellable, handler);
  g_source_destroy (source);
  question_unref (question);
  set_asking (job, FALSE);
  smith_log_add (job->log, SMITH_LOG_STEP, "%s", yes ? _ ("Confirmed") : _ ("Not confirmed"));
  return yes;
}

static gboolean
on_partition (const SmithItem *item,
              const SmithPartition *partition,
              gpointer user_data,
              GError **error)
{
  SmithJob *job = user_data;

  if (job->notes != NULL && !smith_job_notes_begin_part (job->notes, error))
    return FALSE;
  smith_log_add (job->log, SMITH_LOG_STEP, _ ("Part %u, %s: %" PRIu64 " bytes"), partition->index,
                 partition->name, partition->expanded);
  g_mutex_lock (&job->lock);
  job->status.writes = job->status.touched = TRUE;
  job->status.all_written = FALSE;
  g_strlcpy (job->status.partition, partition->name, sizeof job->status.partition);
  g_mutex_unlock (&job->lock);
  smith_soon_request (job->updated);
  return TRUE;
}

static void
on_partition_done (guint file, const SmithPartition *partition, gpointer user_data)
{
  SmithJob *job = user_data;

  if (job->notes != NULL)
    smith_job_notes_end_part (job->notes, file, partition->index);
}

static void
on_progress (guint64 done, guint64 total, gpointer user_data)
{
  SmithJob *job = user_data;

  g_mutex_lock (&job->lock);
  job->status.bytes_done = done;
  job->status.bytes_total = total;
  smith_progress_set (job->progress, (double) done / (double) MAX (total, 1));
  g_mutex_unlock (&job->lock);
  smith_soon_request (job->updated);
}

typedef struct
{
  SmithJob *job;
  char *drive;
} CdStays;

static void
cd_stays_free (gpointer data)
{
  CdStays *stays = data;

  g_object_unref (stays->job);
  g_free (stays->drive);
  g_free (stays);
}

static gboolean
emit_cd_stays (gpointer data)
{
  CdStays *stays = data;

  g_signal_emit (stays->job, signals[CD_STAYS], 0, stays->drive);
  return G_SOURCE_REMOVE;
}

static void
on_cd_stays (const char *drive, gpointer user_data)
{
  SmithJob *job = user_data;
  CdStays *stays = g_new0 (CdStays, 1);
  g_autoptr (GSource) source = g_idle_source_new ();

  smith_log_add (job->log, SMITH_LOG_NOTICE, "%s",
                 _ ("The stick still shows its CD drive; it is ejected"));
  stays->job = g_object_ref (job);
  stays->drive = g_strdup (drive);
  g_source_set_callback (source, emit_cd_stays, stays, cd_stays_free);
  g_source_attach (source, job->context);
}

static void
on_network (const SmithNetworkState *state, gpointer user_data)
{
  SmithJob *job = user_data;

  g_mutex_lock (&job->lock);
  job->status.network = *state;
  g_mutex_unlock (&job->lock);
  smith_soon_request (job->updated);
}

/* Every command and frame, without contents and with identities masked. */
static void
on_trace (const char *line, gpointer user_data)
{
  smith_log_add (user_data, SMITH_LOG_DETAIL, "%s", line);
}

/* A part that the stick refused at once was begun and changed nothing. */
static void
settle_status (SmithJob *job)
{
  gboolean touched = job->report->flash->touched;

  g_mutex_lock (&job->lock);
  if (job->status.writes && !touched)
    job->status.all_written = job->plan->goes_on && job->plan->all_written;
  job->status.writes = touched;
  job->status.touched = job->report->touched;
  g_mutex_unlock (&job->lock);
}

static void
work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  static const SmithConversionFuncs funcs
      = { on_step, on_loader_progress, { on_confirm, on_partition, on_progress, on_partition_done },
          on_busy, on_cd_stays,        on_network };
  SmithJob *job = source;
  GError *error = NULL;
  gboolean ok;

  if (job->notes != NULL)
    smith_job_notes_start (job->notes);
  smith_trace_set (on_trace, job->log);
  ok = smith_conversion_run (job->plan, job->bus, &funcs, job, job->report, cancellable, &error);
  smith_trace_set (NULL, NULL);
  settle_status (job);
  if (ok)
    {
      smith_log_add (job->log, SMITH_LOG_NOTICE, _ ("Done: the stick is back with version %s"),
                     job->report->version);
      if (job->report->network_problem != NULL)
        smith_log_add (job->log, SMITH_LOG_NOTICE, _ ("It has not found its network: %s"),
                       job->report->network_problem);
      if (job->notes != NULL)
        smith_job_notes_forget (job->notes, job->bus);
      g_task_return_boolean (task, TRUE);
      return;
    }
  smith_log_add (job->log, SMITH_LOG_ERROR, "%s", error->message);
  if (job->notes != NULL)
    smith_job_notes_settle (job->notes, job->bus, job->report);
  g_task_return_error (task, error);
}

/* Main thread from here on. */

static gboolean
on_watch (gpointer data)
{
  g_signal_emit (data, signals[UPDATED], 0);
  return G_SOURCE_CONTINUE;
}

/* The last picture, and no other behind it. The task keeps the job until then,
 * so that the sources need no reference of their own. */
static void
stop_updates (SmithJob *job)
{
  g_source_destroy (job->watch);
  g_clear_pointer (&job->watch, g_source_unref);
  smith_soon_forget (job->updated);
  g_signal_emit (job, signals[UPDATED], 0);
}

static void
on_task_done (GObject *object, GAsyncResult *result, gpointer user_data)
{
  SmithJob *job = SMITH_JOB (object);
  g_autoptr (GTask) outer = user_data;
  GError *error = NULL;

  stop_updates (job);
  if (g_task_propagate_boolean (G_TASK (result), &error))
    g_task_return_boolean (outer, TRUE);
  else
    g_task_return_error (outer, error);
}

/**
 * smith_job_run_async:
 * @callback: called on this thread when all is over
 *
 * Carries the plan out, once in the life of a job.
 */
void
smith_job_run_async (SmithJob *job, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *outer = g_task_new (job, NULL, callback, user_data);
  g_autoptr (GTask) task = g_task_new (job, job->cancellable, on_task_done, outer);

  /* What is through counts, also where the person would not wait for the network. */
  g_task_set_check_cancellable (task, FALSE);
  if (job->state_path != NULL)
    job->notes = smith_job_notes_new (job->plan, job->log, job->state_path);
  job->watch = g_timeout_source_new_seconds (WATCH_INTERVAL_S);
  g_source_set_callback (job->watch, on_watch, job, NULL);
  g_source_attach (job->watch, job->context);
  g_task_run_in_thread (task, work);
}

/**
 * smith_job_run_finish:
 *
 * Returns: FALSE exactly if @error is set, with the error of the step that failed
 */
gboolean
smith_job_run_finish (SmithJob *job, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * smith_job_answer:
 *
 * Answers "question". Only the first answer counts.
 */
void
smith_job_answer (SmithJob *job, gboolean yes)
{
  g_mutex_lock (&job->lock);
  if (job->answer == ANSWER_NONE)
    job->answer = yes ? ANSWER_YES : ANSWER_NO;
  g_cond_broadcast (&job->answered);
  g_mutex_unlock (&job->lock);
}

/**
 * smith_job_cancel:
 *
 * Stops the job as soon as it can be stopped. May be called more than once,
 * and when all is over. Whether the stick is left unfinished is in the status
 * before and in the report afterwards.
 */
void
smith_job_cancel (SmithJob *job)
{
  g_cancellable_cancel (job->cancellable);
}

void
smith_job_get_status (SmithJob *job, SmithJobStatus *status)
{
  g_mutex_lock (&job->lock);
  job->status.fraction = smith_progress_get (job->progress);
  job->status.seconds_left = smith_progress_get_seconds_left (job->progress);
  job->status.seconds_idle = smith_progress_get_seconds_idle (job->progress);
  *status = job->status;
  g_mutex_unlock (&job->lock);
}

/**
 * smith_job_get_report:
 *
 * Returns: (transfer none): what was done; only after the job is over
 */
const SmithConversionReport *
smith_job_get_report (SmithJob *job)
{
  return job->report;
}

/* Returns: (transfer none) */
SmithPlan *
smith_job_get_plan (SmithJob *job)
{
  return job->plan;
}
