/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "fault-cases.h"
#include "format/error.h"
#include "job/conversion.h"
#include "link/deadline.h"
#include "rig.h"

/* Most of a run is waiting, so that several go at once. */
#define N_WORKERS 6
#define LONELY_TRIES 3

/* A run that takes so long hangs. */
#define HARD_BOUND_US (40 * G_USEC_PER_SEC)

#define VERSION "21.1.1.1.1"

typedef struct
{
  const FaultCase *fault_case;
  gint64 started; /* guarded by the lock below, as is done */
  gboolean done;
  /* Out. */
  gboolean ok;
  gboolean retried;
  gboolean end_only; /* nothing is wrong but which end it came to */
  char *message;     /* of the error, or NULL */
  char *wrong;       /* what must not be, or NULL */
} Run;

typedef struct
{
  guint runs;
  guint well;
  guint well_after_retry;
  guint errors;
} Tally;

static struct
{
  Files files;
  char *loader;
  char *firmware[CASE_FILES];
  guint clean[SMITH_N_STAGES]; /* messages of a run without faults */
  Tally tallies[SMITH_N_STAGES + 1];
  GMutex lock;
} matrix;

static gboolean
on_confirm (const SmithVerdict *verdict, gpointer user_data)
{
  return verdict->kind != SMITH_VERDICT_DOES_NOT_FIT;
}

static SmithPlan *
make_plan (void)
{
  SmithPlan *plan = smith_plan_new ("1-1");

  plan->loader = item_open (matrix.loader);
  for (guint i = 0; i < CASE_FILES; i++)
    g_ptr_array_add (plan->firmware, item_open (matrix.firmware[i]));
  return plan;
}

static void
start_rig (Rig *rig, const char *script)
{
  const SmithVirtualStickConfig config = {
    .start = SMITH_MODE_BOOT_ROM,
    .chip = SMITH_CHIP_V7R11,
    .product_id = "BV7R11HS",
    .version = RIG_VERSION_BEFORE,
    .demand_signature = TRUE,
    .restart_ms = 2,
  };

  rig_start (rig, &config, script);
}

/* Everything that was ended must be right, also where the run failed later. */
static char *
check_written (Rig *rig, SmithPlan *plan)
{
  g_autoptr (GPtrArray) written = smith_virtual_stick_get_written (rig->stick);
  g_autofree char *difference = rig_compare (rig, plan->firmware);

  if (difference != NULL && strstr (difference, "differs") != NULL)
    return g_steal_pointer (&difference);
  if (written->len > CASE_FILES * CASE_PARTITIONS)
    return g_steal_pointer (&difference);
  return NULL;
}

/* What must hold, however the run ended. Returns: (nullable): what does not */
static char *
check_always (Rig *rig, SmithPlan *plan, const SmithConversionReport *report)
{
  guint begun = rig_count_log (rig, "\"partition-begun\"");

  if (smith_virtual_stick_lost_calibration (rig->stick))
    return g_strdup ("the calibration data was lost");
  if (!report->flash->touched && begun > 0)
    return g_strdup ("a partition was begun, but nothing is said to be touched");
  if (begun > CASE_FILES * CASE_PARTITIONS)
    return g_strdup ("a partition was begun twice");
  if (rig_count_log (rig, "\"partition-begun\"") < report->flash->partitions->len)
    return g_strdup ("more partitions reported than begun");
  if (smith_virtual_stick_get_refusals (rig->stick) > 0)
    return g_strdup ("the stick found something to refuse by itself");
  return check_written (rig, plan);
}

static char *
check_success (Rig *rig, SmithPlan *plan, const SmithConversionReport *report)
{
  char *difference = rig_compare (rig, plan->firmware);

  if (difference != NULL)
    return difference;
  if (g_strcmp0 (report->version, VERSION) != 0)
    return g_strdup_printf ("success with version %s", report->version);
  if (report->flash->partitions->len != CASE_FILES * CASE_PARTITIONS)
    return g_strdup ("the report is not complete");
  return NULL;
}

static char *
check_error (const GError *error, guint allowed)
{
  if (error->domain != SMITH_ERROR)
    return g_strdup ("an error of a strange kind");
  if ((allowed & ENDS_WITH (error->code)) == 0)
    return g_strdup_printf ("ended with “%s”",
                            smith_error_code_name ((SmithErrorCode) error->code));
  if (error->message[0] == '\0')
    return g_strdup ("an error without a word");
  return NULL;
}

static gboolean
needed_more (Rig *rig)
{
  for (SmithStage stage = 0; stage < SMITH_N_STAGES; stage++)
    if (smith_virtual_stick_get_count (rig->stick, stage) > matrix.clean[stage])
      return TRUE;
  return FALSE;
}

static void
run_case (gpointer data, gpointer user_data)
{
  static const SmithConversionFuncs funcs = { .flash = { .confirm = on_confirm } };
  Run *run = data;
  g_auto (Rig) rig = { 0 };
  g_autoptr (SmithPlan) plan = make_plan ();
  g_autoptr (SmithConversionReport) report = smith_conversion_report_new ();
  g_autoptr (GError) error = NULL;

  g_mutex_lock (&matrix.lock);
  run->started = g_get_monotonic_time ();
  g_mutex_unlock (&matrix.lock);
  start_rig (&rig, run->fault_case->script);
  run->ok = smith_conversion_run (plan, SMITH_BUS (rig.bus), &funcs, NULL, report, NULL, &error);
  smith_virtual_stick_unplug (rig.stick);
  run->retried = needed_more (&rig);
  run->message = error != NULL ? g_strdup (error->message) : NULL;
  run->wrong = check_always (&rig, plan, report);
  if (run->wrong == NULL && run->ok)
    run->wrong = check_success (&rig, plan, report);
  run->end_only = run->wrong == NULL;
  if (run->wrong == NULL && !run->ok)
    run->wrong = check_error (error, run->fault_case->allowed);
  else if (run->wrong == NULL && (run->fault_case->allowed & ENDS_WELL) == 0)
    run->wrong = g_strdup ("must not have succeeded");
  if (run->wrong != NULL)
    {
      g_autofree char *log = smith_virtual_stick_get_log (rig.stick);
      g_autofree char *wrong = g_steal_pointer (&run->wrong);

      run->wrong = g_strdup_printf ("%s\n%s", wrong, log);
    }
  g_mutex_lock (&matrix.lock);
  run->done = TRUE;
  g_mutex_unlock (&matrix.lock);
}

/* Waits until all are through; one that hangs ends everything. */
static void
watch (Run *runs, guint n)
{
  guint done = 0;

  while (done < n)
    {
      gint64 now = g_get_monotonic_time ();

      g_usleep (20000);
      done = 0;
      g_mutex_lock (&matrix.lock);
      for (guint i = 0; i < n; i++)
        {
          done += runs[i].done;
          if (!runs[i].done && runs[i].started > 0 && now - runs[i].started > HARD_BOUND_US)
            g_error ("hangs: %s", runs[i].fault_case->script);
        }
      g_mutex_unlock (&matrix.lock);
    }
}

static void
count (Run *run)
{
  Tally *tally = &matrix.tallies[run->fault_case->stage];

  tally->runs++;
  if (!run->ok)
    tally->errors++;
  else if (run->retried)
    tally->well_after_retry++;
  else
    tally->well++;
}

static void
run_clear (Run *run)
{
  g_clear_pointer (&run->message, g_free);
  g_clear_pointer (&run->wrong, g_free);
}

/* The deadlines are so short that a busy machine can miss one, and a run comes
 * to an end that is right for that, but not for its fault. It is wrong if it
 * does so again when nothing else runs. What must never be is never tried again. */
static void
run_again_alone (Run *run)
{
  for (guint try = 0; try < LONELY_TRIES && run->wrong != NULL && run->end_only; try++)
    {
      g_test_message ("again, alone: %s: %s", run->fault_case->script, run->wrong);
      run_clear (run);
      run_case (run, NULL);
    }
}

static void
run_cases (GPtrArray *cases)
{
  g_autofree Run *runs = g_new0 (Run, cases->len);
  GThreadPool *pool = g_thread_pool_new (run_case, NULL, N_WORKERS, FALSE, NULL);
  guint n_wrong = 0;

  for (guint i = 0; i < cases->len; i++)
    {
      runs[i].fault_case = g_ptr_array_index (cases, i);
      g_thread_pool_push (pool, &runs[i], NULL);
    }
  watch (runs, cases->len);
  g_thread_pool_free (pool, FALSE, TRUE);
  for (guint i = 0; i < cases->len; i++)
    {
      run_again_alone (&runs[i]);
      g_strchomp (runs[i].fault_case->script);
      g_test_message ("%s: %s", runs[i].fault_case->script,
                      runs[i].ok ? (runs[i].retried ? "well, after a retry" : "well")
                                 : runs[i].message);
      count (&runs[i]);
      if (runs[i].wrong != NULL)
        {
          g_test_message ("WRONG: %s: %s", runs[i].fault_case->script, runs[i].wrong);
          n_wrong++;
        }
      run_clear (&runs[i]);
    }
  g_assert_cmpuint (n_wrong, ==, 0);
}

/* Without faults; and the counts are what the matrix was made for. */
static void
test_clean (void)
{
  static const SmithConversionFuncs funcs = { .flash = { .confirm = on_confirm } };
  g_auto (Rig) rig = { 0 };
  g_autoptr (SmithPlan) plan = make_plan ();
  g_autoptr (SmithConversionReport) report = smith_conversion_report_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *wrong = NULL;

  /* Nothing may be repeated here because the machine is busy. */
  smith_deadline_set_scale (1);
  start_rig (&rig, "");
  smith_conversion_run (plan, SMITH_BUS (rig.bus), &funcs, NULL, report, NULL, &error);
  smith_deadline_set_scale (CASE_SCALE);
  g_assert_no_error (error);
  wrong = check_success (&rig, plan, report);
  g_assert_cmpstr (wrong, ==, NULL);
  for (SmithStage stage = 0; stage < SMITH_N_STAGES; stage++)
    {
      matrix.clean[stage] = smith_virtual_stick_get_count (rig.stick, stage);
      g_assert_cmpuint (matrix.clean[stage], ==, fault_cases_count (stage));
    }
}

static void
test_stage (gconstpointer data)
{
  g_autoptr (GPtrArray) cases = fault_cases_for_stage (GPOINTER_TO_UINT (data));

  run_cases (cases);
}

static void
test_returns (void)
{
  g_autoptr (GPtrArray) cases = fault_cases_for_returns ();

  run_cases (cases);
}

static void
print_table (void)
{
  Tally all = { 0 };

  g_test_message ("%-8s %6s %6s %12s %7s", "stage", "runs", "well", "after retry", "errors");
  for (guint i = 0; i <= SMITH_N_STAGES; i++)
    {
      const Tally *tally = &matrix.tallies[i];

      g_test_message ("%-8s %6u %6u %12u %7u", i < SMITH_N_STAGES ? smith_stage_name (i) : "after",
                      tally->runs, tally->well, tally->well_after_retry, tally->errors);
      all.runs += tally->runs;
      all.well += tally->well;
      all.well_after_retry += tally->well_after_retry;
      all.errors += tally->errors;
    }
  g_test_message ("%-8s %6u %6u %12u %7u", "all", all.runs, all.well, all.well_after_retry,
                  all.errors);
}

static void
matrix_start (void)
{
  files_start (&matrix.files);
  matrix.loader = files_make (&matrix.files, "loader.bin",
                              "[file]\nshape=loader\n[loader]\ncomponents=2\nraminit=1500\n"
                              "flasher=5000\nroutine=v7r11\nroutine-offset=0x400\n");
  for (guint i = 0; i < CASE_FILES; i++)
    {
      g_autofree char *name = g_strdup_printf ("firmware-%u.bin", i);
      g_autofree char *description = tiny_description (VERSION, 300 + 100 * i);

      matrix.firmware[i] = files_make (&matrix.files, name, description);
    }
}

static void
matrix_end (void)
{
  for (guint i = 0; i < CASE_FILES; i++)
    g_free (matrix.firmware[i]);
  g_free (matrix.loader);
  files_clear (&matrix.files);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  matrix_start ();
  g_test_add_func ("/job/faults/clean", test_clean);
  for (SmithStage stage = 0; stage < SMITH_N_STAGES; stage++)
    {
      g_autofree char *path = g_strconcat ("/job/faults/", smith_stage_name (stage), NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (stage), test_stage);
    }
  g_test_add_func ("/job/faults/returns", test_returns);
  g_test_add_func ("/job/faults/table", print_table);
  result = g_test_run ();
  matrix_end ();
  return result;
}
