/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matrix.h"

#include <glib/gstdio.h>
#include <signal.h>

#include "link/deadline.h"

/* A run that takes so long hangs. */
#define HARD_BOUND_US (120 * G_USEC_PER_SEC)
#define LONELY_TRIES 4

#define LOOK_US 20000

/* For the network, in a run without faults. */
#define PATIENCE_US (4 * G_USEC_PER_SEC)

void
matrix_start (Matrix *matrix, const char *kill_program, guint n_workers)
{
  g_autoptr (GError) error = NULL;

  *matrix = (Matrix){ .kill_program = kill_program, .n_workers = n_workers };
  signal (SIGPIPE, SIG_IGN); /* of a process that was killed */
  g_mutex_init (&matrix->lock);
  files_start (&matrix->files);
  matrix->folder = g_dir_make_tmp ("sticksmith-faults-XXXXXX", &error);
  g_assert_no_error (error);
  for (RouteId id = 0; id < N_ROUTES; id++)
    {
      route_init (&matrix->routes[id], id);
      route_make_files (&matrix->routes[id], &matrix->files);
    }
  smith_deadline_set_scale (CASE_SCALE);
}

void
matrix_end (Matrix *matrix)
{
  for (RouteId id = 0; id < N_ROUTES; id++)
    route_clear (&matrix->routes[id]);
  g_rmdir (matrix->folder);
  g_clear_pointer (&matrix->folder, g_free);
  files_clear (&matrix->files);
  g_mutex_clear (&matrix->lock);
}

static gboolean
say_yes (const SmithVerdict *verdict, gpointer user_data)
{
  return verdict->kind != SMITH_VERDICT_DOES_NOT_FIT;
}

/* Ends a look for the network that takes long. */
typedef struct
{
  GCancellable *cancellable;
  GThread *thread;
  GMutex lock;
  GCond over;
  gboolean is_over;
} Patience;

static gpointer
lose_patience (gpointer data)
{
  Patience *patience = data;
  gint64 end = smith_deadline_now () + PATIENCE_US;

  g_mutex_lock (&patience->lock);
  while (!patience->is_over && smith_deadline_wait (&patience->over, &patience->lock, end))
    ;
  g_mutex_unlock (&patience->lock);
  g_cancellable_cancel (patience->cancellable);
  return NULL;
}

static void
on_learn_step (SmithStep step, gpointer user_data)
{
  Patience *patience = user_data;

  if (step == SMITH_STEP_REACTIVATE)
    patience->thread = g_thread_new ("patience", lose_patience, patience);
}

/* Returns: whether patience was lost */
static gboolean
end_patience (Patience *patience)
{
  gboolean lost = g_cancellable_is_cancelled (patience->cancellable);

  g_mutex_lock (&patience->lock);
  patience->is_over = TRUE;
  g_cond_signal (&patience->over);
  g_mutex_unlock (&patience->lock);
  g_clear_pointer (&patience->thread, g_thread_join);
  return lost;
}

/* A run without faults. Nothing may be repeated in it because the machine is
 * busy: the deadlines are the real ones. */
void
matrix_learn (Matrix *matrix, RouteId id)
{
  static const SmithConversionFuncs funcs
      = { .step = on_learn_step, .flash = { .confirm = say_yes } };
  Route *route = &matrix->routes[id];
  g_auto (Rig) rig = { 0 };
  g_autoptr (SmithPlan) plan = route_make_plan (route);
  g_autoptr (SmithConversionReport) report = smith_conversion_report_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Patience patience = { .cancellable = cancellable };
  g_autoptr (GError) error = NULL;
  g_autofree char *log = NULL;
  guint counts[SMITH_N_STAGES];

  smith_deadline_set_scale (1);
  rig_start (&rig, &route->config, "");
  smith_conversion_run (plan, SMITH_BUS (rig.bus), &funcs, &patience, report, cancellable, &error);
  route->is_cut = end_patience (&patience);
  smith_deadline_set_scale (CASE_SCALE);
  log = smith_virtual_stick_get_log (rig.stick);
  if (error != NULL)
    g_error ("%s without faults: %s\n%s", route->name, error->message, log);
  for (SmithStage stage = 0; stage < SMITH_N_STAGES; stage++)
    counts[stage] = smith_virtual_stick_get_count (rig.stick, stage);
  g_assert_cmpuint (smith_virtual_stick_get_refusals (rig.stick), ==, 0);
  g_assert_cmpuint (smith_virtual_stick_get_offences (rig.stick), ==, 0);
  route_learn (route, log, counts);
}

static void
run_task (gpointer data, gpointer user_data)
{
  Matrix *matrix = user_data;
  Run *run = data;

  g_mutex_lock (&matrix->lock);
  run->started = g_get_monotonic_time ();
  g_mutex_unlock (&matrix->lock);
  run_case (run, matrix->kill_program);
  g_mutex_lock (&matrix->lock);
  run->done = TRUE;
  g_mutex_unlock (&matrix->lock);
}

/* Waits until all are through; one that hangs ends everything. */
static void
watch (Matrix *matrix, Run *runs, guint n)
{
  guint done = 0;

  while (done < n)
    {
      gint64 now = g_get_monotonic_time ();

      g_usleep (LOOK_US);
      done = 0;
      g_mutex_lock (&matrix->lock);
      for (guint i = 0; i < n; i++)
        {
          done += runs[i].done;
          if (!runs[i].done && runs[i].started > 0 && now - runs[i].started > HARD_BOUND_US)
            {
              g_autofree char *name = case_describe (runs[i].one);

              g_error ("hangs: %s", name);
            }
        }
      g_mutex_unlock (&matrix->lock);
    }
}

static void say (Matrix *matrix, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
say (Matrix *matrix, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  if (matrix->progress != NULL)
    matrix->progress (text);
}

/* The deadlines are so short that a busy machine can miss one, and a run comes
 * to an end that is right for that, but not for its fault. It is wrong if it
 * does so again when nothing else runs. What must never be is never tried again. */
static void
run_again_alone (Matrix *matrix, Run *run, const char *name)
{
  for (guint try = 0; try < LONELY_TRIES && run->flaw != FLAW_NONE && run->flaw <= FLAW_GO_ON;
       try++)
    {
      g_autofree char *why = g_strdup (run->wrong);

      g_strdelimit (why, "\n", '\0');
      say (matrix, "again, alone: %s: %s", name, why);
      if (try == 0)
        matrix->tallies[run->one->route->id].missed++;
      run_clear (run);
      run_case (run, matrix->kill_program);
    }
}

static void
count (Matrix *matrix, Run *run)
{
  Tally *tally = &matrix->tallies[run->one->route->id];

  tally->runs++;
  tally->flaws[run->flaw]++;
  tally->kept += run->kept;
  tally->resumed += run->resumed;
  if (run->killed)
    tally->killed++;
  else if (run->first.ok && run->retried)
    tally->well_after_retry++;
  else if (run->first.ok)
    tally->well++;
  else if (g_error_matches (run->first.error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    tally->cancelled++;
  else
    tally->errors++;
}

static const char *
tell_end (Run *run)
{
  if (run->killed)
    return "killed";
  if (run->first.ok)
    return run->retried ? "well, after a retry" : "well";
  return run->first.error != NULL ? run->first.error->message : "nothing";
}

static void
conclude (Matrix *matrix, Run *run)
{
  g_autofree char *name = case_describe (run->one);

  run_again_alone (matrix, run, name);
  say (matrix, "%s: %s%s", name, tell_end (run), run->resumed ? " (gone on with to success)" : "");
  if (run->flaw != FLAW_NONE)
    say (matrix, "WRONG: %s: %s", name, run->wrong);
  count (matrix, run);
  run_clear (run);
}

/**
 * matrix_run:
 * @cases: (element-type FaultCase)
 *
 * Returns: how many were wrong
 */
guint
matrix_run (Matrix *matrix, GPtrArray *cases)
{
  g_autofree Run *runs = g_new0 (Run, cases->len);
  GThreadPool *pool = g_thread_pool_new (run_task, matrix, (int) matrix->n_workers, FALSE, NULL);
  guint n_wrong = 0;

  for (guint i = 0; i < cases->len; i++)
    {
      runs[i].one = g_ptr_array_index (cases, i);
      runs[i].folder = matrix->folder;
      g_thread_pool_push (pool, &runs[i], NULL);
    }
  watch (matrix, runs, cases->len);
  g_thread_pool_free (pool, FALSE, TRUE);
  for (guint i = 0; i < cases->len; i++)
    {
      guint before = matrix->tallies[runs[i].one->route->id].flaws[FLAW_NONE];

      conclude (matrix, &runs[i]);
      n_wrong += matrix->tallies[runs[i].one->route->id].flaws[FLAW_NONE] == before;
    }
  return n_wrong;
}

static void
add_row (GString *table, const char *name, const Tally *tally)
{
  g_string_append_printf (table, "%-8s %6u %6u %6u %7u %6u %7u %6u %7u %7u %6u %6u %6u %6u %6u\n",
                          name, tally->runs, tally->well, tally->well_after_retry, tally->errors,
                          tally->cancelled, tally->killed, tally->kept, tally->resumed,
                          tally->missed, tally->flaws[FLAW_FALSE_SUCCESS], tally->flaws[FLAW_WRITE],
                          tally->flaws[FLAW_HARM], tally->flaws[FLAW_REPORT],
                          tally->flaws[FLAW_END] + tally->flaws[FLAW_GO_ON]);
}

/**
 * matrix_table:
 *
 * Returns: (transfer full): all that was counted, a line for each route
 */
char *
matrix_table (Matrix *matrix)
{
  GString *table = g_string_new (NULL);
  Tally all = { 0 };

  g_string_append_printf (table, "%-8s %6s %6s %6s %7s %6s %7s %6s %7s %7s %6s %6s %6s %6s %6s\n",
                          "route", "runs", "well", "retry", "error", "cancel", "killed", "kept",
                          "resumed", "again", "false", "writes", "harm", "lies", "ends");
  for (RouteId id = 0; id < N_ROUTES; id++)
    {
      const guint *from = (const guint *) &matrix->tallies[id];
      guint *to = (guint *) &all;

      if (matrix->tallies[id].runs > 0)
        add_row (table, matrix->routes[id].name, &matrix->tallies[id]);
      for (gsize i = 0; i < sizeof all / sizeof (guint); i++)
        to[i] += from[i];
    }
  add_row (table, "all", &all);
  return g_string_free (table, FALSE);
}
