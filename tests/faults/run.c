/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "run.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "format/error.h"
#include "job/saved-state.h"
#include "link/deadline.h"

#define OTHER_PLACE "1-2"

/* A person tries more than once. */
#define ATTEMPTS 3

/* A multiple of what a restart takes. */
#define LOOK_US 30000

/* Only against hangs. */
#define FINISH_US (60 * G_USEC_PER_SEC)

void
outcome_clear (Outcome *outcome)
{
  g_clear_error (&outcome->error);
  g_clear_pointer (&outcome->version, g_free);
  g_clear_pointer (&outcome->imei, g_free);
  *outcome = (Outcome){ 0 };
}

/* The first thing that is wrong counts, but what must never be before all else. */
void
run_set_wrong (Run *run, Flaw flaw, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  if (run->flaw != FLAW_NONE && (run->flaw > FLAW_GO_ON || flaw <= FLAW_GO_ON))
    return;
  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_free (run->wrong);
  run->flaw = flaw;
  run->wrong = g_steal_pointer (&text);
}

/* What happens at the moment of the fault. */

static void
plug_other (Run *run)
{
  SmithVirtualStickConfig config = run->one->route->config;
  g_autoptr (GError) error = NULL;

  config.usb_path = OTHER_PLACE;
  config.start = SMITH_MODE_DOWNLOAD;
  run->other = smith_virtual_stick_new (run->rig.bus, &config, NULL, NULL, &error);
  g_assert_no_error (error);
}

static gboolean
strike (gpointer data)
{
  Run *run = data;
  const FaultCase *one = run->one;

  if (run->other == NULL)
    plug_other (run);
  if ((one->person == PERSON_CANCEL || one->person == PERSON_CLOSE) && run->job != NULL)
    smith_job_cancel (run->job);
  if (one->person == PERSON_CLOSE)
    g_clear_object (&run->job);
  if (one->other_mode != SMITH_MODE_UNKNOWN)
    {
      g_autoptr (GError) error = NULL;

      smith_virtual_stick_replug (run->rig.stick, one->other_mode, &error);
      g_assert_no_error (error);
    }
  run->gave_way = TRUE;
  return G_SOURCE_REMOVE;
}

/* On the stick's thread; what a person does, they do on the main thread. */
static void
on_event (const char *json, gpointer data)
{
  Run *run = data;
  g_autoptr (GSource) source = NULL;
  int pid;

  if (strstr (json, run->one->strike) == NULL
      || !g_atomic_int_compare_and_exchange (&run->struck, 0, 1))
    return;
  pid = g_atomic_int_get (&run->pid);
  if (pid > 0)
    kill (pid, SIGKILL);
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, strike, run, NULL);
  g_source_attach (source, run->context);
}

static void
plug_in (Run *run)
{
  SmithVirtualStickConfig config = run->one->route->config;
  g_autoptr (GError) error = NULL;

  if (run->one->has_web)
    config.web = &run->one->web;
  run->rig.bus = smith_virtual_bus_new ();
  run->rig.faults = smith_fault_script_parse (run->one->script, &error);
  g_assert_no_error (error);
  config.faults = run->rig.faults;
  run->rig.stick = smith_virtual_stick_new (run->rig.bus, &config, on_event, run, &error);
  g_assert_no_error (error);
}

/* One job. */

static gboolean
has_reason (const SmithVerdict *verdict, const char *part)
{
  for (guint i = 0; i < verdict->reasons->len; i++)
    if (strstr (g_ptr_array_index (verdict->reasons, i), part) != NULL)
      return TRUE;
  return FALSE;
}

/* At every question, also of one that goes on, the files were judged: by themselves,
 * and by the stick, which says what it is in download mode. Where that answer was
 * lost, be it to a busy machine, the doubt takes the place of what speaks for the
 * files. */
static void
check_verdict (Run *run, const SmithVerdict *verdict)
{
  const Route *route = run->one->route;
  gboolean said;

  if (verdict == NULL || verdict->reasons->len == 0)
    {
      run_set_wrong (run, FLAW_WRITE, "asked without a verdict");
      return;
    }
  said = !has_reason (verdict, "does not say what it is");
  if (verdict->kind != (said ? route->verdict : SMITH_VERDICT_UNSURE))
    run_set_wrong (run, FLAW_WRITE, "asked with the verdict “%s”: %s",
                   smith_verdict_name (verdict->kind),
                   (const char *) g_ptr_array_index (verdict->reasons, 0));
  else if (said && !has_reason (verdict, route->reason))
    run_set_wrong (run, FLAW_WRITE, "asked, and the files were not judged: %s",
                   (const char *) g_ptr_array_index (verdict->reasons, 0));
}

static void
on_question (SmithJob *job, const SmithVerdict *verdict, gpointer data)
{
  Run *run = data;

  run->confirmed = TRUE;
  check_verdict (run, verdict);
  smith_job_answer (job, verdict->kind != SMITH_VERDICT_DOES_NOT_FIT);
}

typedef struct
{
  Run *run;
  Outcome *outcome;
} Ending;

static void
on_done (GObject *object, GAsyncResult *result, gpointer data)
{
  Ending *ending = data;
  Outcome *outcome = ending->outcome;
  const SmithConversionReport *report = smith_job_get_report (SMITH_JOB (object));

  outcome->ok = smith_job_run_finish (SMITH_JOB (object), result, &outcome->error);
  outcome->step = report->step;
  outcome->touched = report->flash->touched;
  outcome->works = report->works;
  outcome->n_partitions = report->flash->partitions->len;
  outcome->version = g_strdup (report->version);
  outcome->imei = g_strdup (report->after != NULL ? report->after->imei : NULL);
  ending->run->over = TRUE;
}

/* Until nothing holds it any more: the bus is to be gone with the run. */
static void
await_gone (Run *run, GWeakRef *weak)
{
  gint64 end = g_get_monotonic_time () + FINISH_US;
  gpointer job;

  while ((job = g_weak_ref_get (weak)) != NULL)
    {
      g_object_unref (job);
      if (g_get_monotonic_time () > end)
        g_error ("somebody keeps the job: %s", run->one->script);
      g_main_context_iteration (run->context, FALSE);
      g_usleep (500);
    }
  g_weak_ref_clear (weak);
}

static void
do_job (Run *run, SmithPlan *plan, Outcome *outcome)
{
  g_autoptr (SmithLog) log = smith_log_new ();
  Ending ending = { run, outcome };
  GWeakRef weak;

  outcome_clear (outcome);
  run->over = FALSE;
  run->job = smith_job_new (plan, SMITH_BUS (run->rig.bus), log, run->state_path);
  g_weak_ref_init (&weak, run->job);
  g_signal_connect (run->job, "question", G_CALLBACK (on_question), run);
  smith_job_run_async (run->job, on_done, &ending);
  while (!run->over)
    g_main_context_iteration (run->context, TRUE);
  g_clear_object (&run->job);
  await_gone (run, &weak);
}

/* Going on, as a person would: the stick is plugged in again where it has to
 * be, and the program is told to go on with what it kept. */

/* One that came back elsewhere is gone on with there. */
static const char *
find_place (Run *run)
{
  g_autoptr (SmithStick) elsewhere = NULL;

  if (strstr (run->one->script, "other-port") != NULL)
    elsewhere = smith_bus_find (SMITH_BUS (run->rig.bus), SMITH_VIRTUAL_OTHER_PLACE);
  return elsewhere != NULL ? SMITH_VIRTUAL_OTHER_PLACE : "1-1";
}

/* How it comes up: at work if it restarted into the new firmware, else as it
 * was left, or with the needle where there is a loader for that. */
static SmithMode
choose_mode (Run *run, guint attempt)
{
  const Route *route = run->one->route;
  g_autofree char *log = smith_virtual_stick_get_log (run->rig.stick);
  const char *begun = g_strrstr (log, "\"partition-begun\"");

  if (begun != NULL && strstr (begun, "\"event\":\"restarted\"") != NULL && check_stick_works (run))
    return route->works_as;
  if (route->with_loader && (begun == NULL || (run->one->number + attempt) % 2 == 0))
    return SMITH_MODE_BOOT_ROM;
  return SMITH_MODE_DOWNLOAD;
}

static gboolean
still_waits (Run *run)
{
  g_autoptr (SmithStick) now = smith_bus_find (SMITH_BUS (run->rig.bus), find_place (run));

  return now != NULL && (now->mode == SMITH_MODE_DOWNLOAD || now->mode == SMITH_MODE_BOOT_ROM);
}

/* Where the fault is over and the stick is still there, half of them leave it
 * plugged in. One that knows no way out of its frames is always pulled. */
static void
plug_in_again (Run *run, guint attempt)
{
  g_autoptr (GError) error = NULL;
  SmithMode mode;

  if (run->one->heals && attempt == 0 && run->one->number % 2 == 0 && still_waits (run)
      && !route_is_qualcomm (run->one->route))
    {
      run->n_left_in++;
      return;
    }
  /* Who has just cancelled lets a stick come up that is on its way. */
  if (run->one->person != PERSON_NOTHING)
    g_usleep (LOOK_US);
  smith_virtual_stick_heal (run->rig.stick);
  mode = choose_mode (run, attempt);
  smith_virtual_stick_replug (run->rig.stick, mode, &error);
  g_assert_no_error (error);
}

static SmithPlan *
plan_to_go_on (Run *run)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithSavedState) state = smith_saved_state_load (run->state_path, &error);
  SmithPlan *plan;

  if (state == NULL)
    {
      run_set_wrong (run, FLAW_REPORT, "what was kept cannot be read: %s", error->message);
      return NULL;
    }
  plan = smith_saved_state_to_plan (state, NULL, NULL, NULL, &error);
  if (plan == NULL)
    {
      run_set_wrong (run, FLAW_GO_ON, "what was kept makes no plan: %s", error->message);
      return NULL;
    }
  return plan;
}

/* What is kept of a place is no other one's business: only the person knows that
 * it was the same stick. */
static void
forget_former_place (Run *run)
{
  if (g_str_equal (find_place (run), "1-1"))
    return;
  if (!g_file_test (run->state_path, G_FILE_TEST_EXISTS))
    run_set_wrong (run, FLAW_REPORT, "what was kept of another place is gone");
  g_unlink (run->state_path);
}

static void
go_on (Run *run)
{
  Outcome outcome = { 0 };

  run->kept = g_file_test (run->state_path, G_FILE_TEST_EXISTS);
  check_kept (run, run->kept);
  for (guint attempt = 0; run->kept && !run->resumed && attempt < ATTEMPTS; attempt++)
    {
      SmithPlan *plan = plan_to_go_on (run);

      if (plan == NULL)
        break;
      plug_in_again (run, attempt);
      g_free (plan->usb_path);
      plan->usb_path = g_strdup (find_place (run));
      do_job (run, plan, &outcome);
      run->resumed = outcome.ok;
      if (outcome.ok)
        forget_former_place (run);
      if (!outcome.ok && !g_file_test (run->state_path, G_FILE_TEST_EXISTS))
        break;
    }
  /* What is left to do there is to ask for the version, and that is the old one. */
  if (run->kept && strstr (run->one->script, "old-version") != NULL
      && g_error_matches (outcome.error, SMITH_ERROR, SMITH_ERROR_WRONG_VERSION))
    run->kept = FALSE;
  if (run->kept && !run->resumed)
    run_set_wrong (run, FLAW_GO_ON, "could not be gone on with: %s",
                   outcome.error != NULL ? outcome.error->message : "no plan");
  if (run->resumed && g_strcmp0 (outcome.version, run->one->route->version) != 0)
    run_set_wrong (run, FLAW_FALSE_SUCCESS, "gone on with, to version %s", outcome.version);
  if (run->resumed && g_file_test (run->state_path, G_FILE_TEST_EXISTS))
    run_set_wrong (run, FLAW_REPORT, "gone on with, and still something to go on with");
  outcome_clear (&outcome);
}

static gboolean
needed_more (Run *run)
{
  const Route *route = run->one->route;

  for (SmithStage stage = 0; stage < SMITH_N_STAGES; stage++)
    if (smith_virtual_stick_get_count (run->rig.stick, stage) > route->kinds[stage]->len
        && !(stage == SMITH_STAGE_AT && route->is_cut))
      return TRUE;
  return FALSE;
}

static void
attempt_first (Run *run, SmithPlan *plan, const char *kill_program)
{
  if (run->one->person == PERSON_KILL)
    {
      smith_plan_free (plan);
      kill_run (run, kill_program);
    }
  else
    do_job (run, plan, &run->first);
  run->retried = needed_more (run);
  run->first_begun = check_count_begun (run);
  if (!run->killed)
    check_first (run);
}

/* What is left of it when the next one comes. */
static void
pull_out (Run *run)
{
  /* What was struck in the last moment is still carried out. */
  while (g_main_context_iteration (run->context, FALSE))
    ;
  if (run->rig.stick != NULL)
    smith_virtual_stick_heal (run->rig.stick);
  while (g_main_context_iteration (run->context, FALSE))
    ;
}

/* A job that nobody can get at any more may still be on its way out, with the
 * bus in its hands. */
static void
await_alone (Run *run)
{
  gint64 end = g_get_monotonic_time () + FINISH_US;

  while (g_atomic_int_get ((int *) &G_OBJECT (run->rig.bus)->ref_count) > 1
         && g_get_monotonic_time () < end)
    {
      g_main_context_iteration (run->context, FALSE);
      g_usleep (500);
    }
}

static void
add_log (Run *run)
{
  g_autofree char *log = smith_virtual_stick_get_log (run->rig.stick);
  char *text = g_strdup_printf ("%s\n%s", run->wrong, log);

  g_free (run->wrong);
  run->wrong = text;
}

/**
 * run_case:
 * @kill_program: what is killed, for cases in which that is done
 *
 * Plugs a stick in, does a job with it while the fault strikes and the person
 * does what they do, checks, goes on with what was kept, and checks again.
 */
void
run_case (Run *run, const char *kill_program)
{
  g_autofree char *name = g_strdup_printf ("job-%p.ini", run);
  SmithPlan *plan;

  run->context = g_main_context_new ();
  g_main_context_push_thread_default (run->context);
  run->state_path = g_build_filename (run->folder, name, NULL);
  plan = route_make_plan (run->one->route);
  run->items = g_ptr_array_ref (plan->firmware);
  plug_in (run);
  attempt_first (run, plan, kill_program);
  /* Whatever is still on its way, such as a restart, is let come to its end. */
  while (g_main_context_iteration (run->context, FALSE))
    ;
  if (run->flaw == FLAW_NONE)
    go_on (run);
  if (run->flaw == FLAW_NONE)
    check_end (run);
  if (run->flaw != FLAW_NONE)
    add_log (run);
  pull_out (run);
  g_clear_pointer (&run->items, g_ptr_array_unref);
  g_clear_pointer (&run->other, smith_virtual_stick_free);
  g_clear_pointer (&run->rig.stick, smith_virtual_stick_free);
  await_alone (run);
  rig_clear (&run->rig);
  run->rig = (Rig){ 0 };
  g_unlink (run->state_path);
  g_clear_pointer (&run->state_path, g_free);
  g_main_context_pop_thread_default (run->context);
  g_clear_pointer (&run->context, g_main_context_unref);
}

/* For another try. */
void
run_clear (Run *run)
{
  outcome_clear (&run->first);
  g_clear_pointer (&run->wrong, g_free);
  *run = (Run){ .one = run->one, .folder = run->folder, .started = run->started };
}
