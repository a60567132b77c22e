/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/job.h"

#include <glib/gstdio.h>

#include <string.h>

#include "format/error.h"
#include "job/saved-states.h"
#include "link/deadline.h"
#include "simulator/practice.h"
#include "simulator/virtual-stick.h"

#define OLD_VERSION "22.180.05.00.00"

/* The frame with which the first part is begun, behind the questions. */
#define FIRST_BEGIN "binary 3"

typedef struct
{
  char *folder;
  char *state_path;
  const char *usb_path;   /* of the stick; NULL: the usual one */
  const char *product_id; /* NULL: the usual one */
  SmithPracticeFiles files;
  SmithVirtualBus *bus;
  SmithVirtualStick *stick;
  SmithFaultScript *faults;
  SmithLog *log;
  SmithJob *job;
  /* What was seen on the way. */
  gboolean over;
  GError *error;
  double last_fraction;
  guint updates;
  guint questions;
  gboolean answer;
  gboolean skip;
  char *cancel_at; /* name of the partition at which to cancel */
  GThread *main_thread;
} Run;

static void
run_plug (Run *run, SmithMode start, const char *faults)
{
  SmithVirtualStickConfig config = {
    .usb_path = run->usb_path,
    .start = start,
    .chip = SMITH_CHIP_V7R11,
    .product_id = run->product_id != NULL ? run->product_id : "BV7R11HS",
    .hardware = "CL2E3372HM",
    .version = OLD_VERSION,
    .restart_ms = 20,
  };
  g_autoptr (GError) error = NULL;

  run->faults = smith_fault_script_parse (faults, &error);
  g_assert_no_error (error);
  config.faults = run->faults;
  run->stick = smith_virtual_stick_new (run->bus, &config, NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
unplug_all (Run *run)
{
  smith_virtual_stick_free (run->stick);
  smith_fault_script_free (run->faults);
  run->stick = NULL;
  run->faults = NULL;
}

static void
run_init (Run *run, SmithMode start, const char *faults)
{
  g_autoptr (GError) error = NULL;

  memset (run, 0, sizeof *run);
  run->answer = TRUE;
  run->main_thread = g_thread_self ();
  run->folder = g_dir_make_tmp ("sticksmith-XXXXXX", &error);
  run->state_path = g_build_filename (run->folder, "state", "job.ini", NULL);
  g_assert_true (smith_practice_write_files (run->folder, &run->files, &error));
  run->bus = smith_virtual_bus_new ();
  run_plug (run, start, faults);
  run->log = smith_log_new ();
}

static void
run_clear (Run *run)
{
  g_autofree char *state_folder = g_path_get_dirname (run->state_path);

  g_clear_object (&run->job);
  smith_virtual_stick_free (run->stick);
  smith_fault_script_free (run->faults);
  g_object_unref (run->bus);
  g_object_unref (run->log);
  g_unlink (run->files.loader);
  g_unlink (run->files.stick);
  g_unlink (run->files.hilink);
  g_unlink (run->state_path);
  g_rmdir (state_folder);
  g_rmdir (run->folder);
  smith_practice_files_clear (&run->files);
  g_clear_error (&run->error);
  g_free (run->folder);
  g_free (run->state_path);
  g_free (run->cancel_at);
}

static SmithItem *
open_item (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithPackage) package = smith_package_open (path, NULL, &error);
  SmithItem *item;

  g_assert_no_error (error);
  item = smith_package_pick (package, SMITH_WANT_ANY, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (smith_item_verify (item, NULL, NULL, NULL, &error));
  return smith_item_ref (item);
}

static SmithPlan *
make_plan (Run *run)
{
  SmithPlan *plan = smith_plan_new ("1-1");

  plan->loader = open_item (run->files.loader);
  g_ptr_array_add (plan->firmware, open_item (run->files.stick));
  return plan;
}

static void
on_updated (SmithJob *job, Run *run)
{
  SmithJobStatus status;

  g_assert_true (g_thread_self () == run->main_thread);
  smith_job_get_status (job, &status);
  g_assert_cmpfloat (status.fraction, >=, run->last_fraction);
  g_assert_cmpfloat (status.fraction, <=, 1);
  g_assert_cmpuint (status.bytes_done, <=, status.bytes_total);
  run->last_fraction = status.fraction;
  run->updates++;
  if (run->skip && status.step == SMITH_STEP_REACTIVATE)
    smith_job_cancel (job);
  if (run->cancel_at != NULL && g_str_equal (status.partition, run->cancel_at))
    smith_job_cancel (job);
}

static void
on_question (SmithJob *job, const SmithVerdict *verdict, Run *run)
{
  g_assert_true (g_thread_self () == run->main_thread);
  g_assert_cmpint (verdict->kind, ==, SMITH_VERDICT_FITS);
  g_assert_cmpuint (verdict->reasons->len, >, 0);
  run->questions++;
  smith_job_answer (job, run->answer);
  smith_job_answer (job, !run->answer); /* only the first counts */
}

static void
on_done (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  gboolean ok = smith_job_run_finish (SMITH_JOB (object), result, &run->error);

  g_assert_true (ok == (run->error == NULL));
  run->over = TRUE;
}

static void
carry_out (Run *run, SmithPlan *plan)
{
  run->over = FALSE;
  run->last_fraction = 0;
  g_clear_error (&run->error);
  g_clear_object (&run->job);
  run->job = smith_job_new (plan, SMITH_BUS (run->bus), run->log, run->state_path);
  g_signal_connect (run->job, "updated", G_CALLBACK (on_updated), run);
  g_signal_connect (run->job, "question", G_CALLBACK (on_question), run);
  smith_job_run_async (run->job, on_done, run);
}

static void
finish (Run *run)
{
  while (!run->over)
    g_main_context_iteration (NULL, TRUE);
}

static gboolean
has_state (Run *run)
{
  return g_file_test (run->state_path, G_FILE_TEST_EXISTS);
}

/* What the stick holds is what the file expands to, each partition once or more. */
static void
assert_holds (Run *run)
{
  g_autoptr (SmithItem) item = open_item (run->files.stick);
  g_autoptr (GPtrArray) written = smith_virtual_stick_get_written (run->stick);

  for (guint i = 0; i < item->firmware->partitions->len; i++)
    {
      SmithPartition *partition = g_ptr_array_index (item->firmware->partitions, i);
      g_autoptr (SmithExpander) expander = NULL;
      g_autofree guint8 *bytes = g_malloc (partition->expanded);
      SmithWrittenPartition *found = NULL;
      gsize size;

      for (guint j = 0; j < written->len; j++)
        {
          SmithWrittenPartition *candidate = g_ptr_array_index (written, j);

          if (candidate->id == partition->id)
            found = candidate;
        }
      g_assert_nonnull (found);
      expander = smith_expander_new (partition->compression,
                                     g_bytes_get_data (partition->data, &size), partition->stored);
      g_assert_cmpint (smith_expander_read (expander, bytes, partition->expanded, NULL), ==,
                       (gssize) partition->expanded);
      g_assert_cmpmem (bytes, partition->expanded, g_bytes_get_data (found->data, &size),
                       found->size);
    }
}

static void
test_success (void)
{
  Run run;
  SmithJobStatus status;

  run_init (&run, SMITH_MODE_BOOT_ROM, "");
  carry_out (&run, make_plan (&run));
  finish (&run);
  g_assert_no_error (run.error);
  g_assert_cmpuint (run.questions, ==, 1);
  g_assert_cmpuint (run.updates, >, 2);
  smith_job_get_status (run.job, &status);
  g_assert_cmpint (status.step, ==, SMITH_STEP_REACTIVATE);
  g_assert_true (status.touched);
  g_assert_cmpstr (smith_job_get_report (run.job)->version, ==, run.files.stick_version);
  g_assert_false (has_state (&run));
  assert_holds (&run);
  smith_job_cancel (run.job); /* too late, and no harm */
  run_clear (&run);
}

/* Not waiting for the network is no failure: the firmware is in place by then. */
static void
test_skip_network (void)
{
  Run run;

  run_init (&run, SMITH_MODE_BOOT_ROM, "at 2 lost times 1000\n");
  run.skip = TRUE;
  carry_out (&run, make_plan (&run));
  finish (&run);
  g_assert_no_error (run.error);
  g_assert_cmpint (smith_job_get_report (run.job)->network_result, ==, SMITH_NETWORK_SKIPPED);
  g_assert_cmpstr (smith_job_get_report (run.job)->version, ==, run.files.stick_version);
  g_assert_false (has_state (&run));
  run_clear (&run);
}

/* What a stick refuses before anything is erased leaves it as it was: as it
 * always was, or half written by an earlier job. */
static void
test_first_part_refused (void)
{
  for (guint first = 0; first < 2; first++)
    {
      Run run;
      SmithPlan *plan;
      SmithJobStatus status;

      run_init (&run, SMITH_MODE_DOWNLOAD, "binary 3 refuse 2\n");
      plan = make_plan (&run);
      plan->first_partition = first;
      plan->goes_on = first > 0;
      carry_out (&run, plan);
      finish (&run);
      g_assert_error (run.error, SMITH_ERROR, SMITH_ERROR_REFUSED);
      smith_job_get_status (run.job, &status);
      g_assert_cmpint (status.step, ==, SMITH_STEP_FLASH);
      g_assert_cmpint (status.touched, ==, first > 0);
      run_clear (&run);
    }
}

static void
test_no (void)
{
  Run run;

  run_init (&run, SMITH_MODE_BOOT_ROM, "");
  run.answer = FALSE;
  carry_out (&run, make_plan (&run));
  finish (&run);
  g_assert_error (run.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_nonnull (strstr (run.error->message, "nothing was written"));
  g_assert_false (smith_job_get_report (run.job)->touched);
  g_assert_false (has_state (&run));
  run_clear (&run);
}

/* The stick's own word is against the file, or it takes not even the first part. */
static void
test_does_not_fit (void)
{
  static const int codes[] = { SMITH_ERROR_WRONG_FILE, SMITH_ERROR_REFUSED };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      Run run;
      SmithJobStatus status;

      run_init (&run, SMITH_MODE_DOWNLOAD, FIRST_BEGIN " refuse 2\n");
      if (i == 0)
        {
          unplug_all (&run);
          run.product_id = "BV7R2HS";
          run_plug (&run, SMITH_MODE_DOWNLOAD, "");
        }
      carry_out (&run, make_plan (&run));
      finish (&run);
      g_assert_error (run.error, SMITH_ERROR, codes[i]);
      smith_job_get_status (run.job, &status);
      g_assert_false (status.touched);
      g_assert_false (smith_job_get_report (run.job)->touched);
      g_assert_false (has_state (&run));
      run_clear (&run);
    }
}

static void
test_cancel_before (void)
{
  Run run;

  run_init (&run, SMITH_MODE_STICK, ""); /* waits for boot mode for ever */
  carry_out (&run, make_plan (&run));
  smith_job_cancel (run.job);
  smith_job_cancel (run.job);
  finish (&run);
  g_assert_error (run.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (has_state (&run));
  run_clear (&run);
}

static gboolean
cancel_in_question (gpointer data)
{
  smith_job_cancel (data);
  return G_SOURCE_REMOVE;
}

static void
on_question_cancel (SmithJob *job, const SmithVerdict *verdict, Run *run)
{
  run->questions++;
  smith_job_cancel (job);
  g_usleep (20000);
  /* Still there, though the job has been told to stop. */
  g_assert_cmpint (verdict->kind, ==, SMITH_VERDICT_FITS);
}

static void
test_cancel_at_question (void)
{
  Run run;

  run_init (&run, SMITH_MODE_DOWNLOAD, "");
  carry_out (&run, make_plan (&run));
  g_signal_handlers_disconnect_by_func (run.job, on_question, &run);
  g_signal_connect (run.job, "question", G_CALLBACK (on_question_cancel), &run);
  finish (&run);
  g_assert_cmpuint (run.questions, ==, 1);
  g_assert_error (run.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (smith_job_get_report (run.job)->flash->touched);
  run_clear (&run);

  /* Nobody answers, and then it is cancelled. */
  run_init (&run, SMITH_MODE_DOWNLOAD, "");
  carry_out (&run, make_plan (&run));
  g_signal_handlers_disconnect_by_func (run.job, on_question, &run);
  g_timeout_add (300, cancel_in_question, run.job);
  finish (&run);
  g_assert_error (run.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  run_clear (&run);
}

static guint64
total_of (SmithPlan *plan)
{
  guint64 total = 0;

  for (guint i = 0; i < plan->firmware->len; i++)
    {
      SmithItem *item = g_ptr_array_index (plan->firmware, i);

      for (guint p = 0; p < item->firmware->partitions->len; p++)
        total += ((SmithPartition *) g_ptr_array_index (item->firmware->partitions, p))->expanded;
    }
  return total;
}

/* Stopped in the middle, then gone on with as after a crash: the state on the
 * disk is all that is left, and what was complete is not written again. */
static void
test_resume (void)
{
  Run run;
  g_autoptr (SmithSavedState) state = NULL;
  g_autoptr (GError) error = NULL;
  SmithPlan *plan;
  guint64 first;

  run_init (&run, SMITH_MODE_DOWNLOAD, "binary 900 replug\n");
  carry_out (&run, make_plan (&run));
  finish (&run);
  g_assert_nonnull (run.error);
  first = smith_job_get_report (run.job)->flash->bytes;
  g_assert_cmpuint (first, >, 0);
  g_assert_true (smith_job_get_report (run.job)->flash->touched);

  state = smith_saved_state_load (run.state_path, &error);
  g_assert_no_error (error);
  g_assert_cmpint (state->step, ==, SMITH_STEP_FLASH);
  g_assert_cmpstr (state->version, ==, run.files.stick_version);
  plan = smith_saved_state_to_plan (state, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (plan->first_partition, >, 0);
  carry_out (&run, plan);
  finish (&run);
  g_assert_no_error (run.error);
  /* The two runs together wrote everything, and nothing twice. */
  g_assert_cmpuint (smith_job_get_report (run.job)->flash->bytes + first, ==, total_of (plan));
  g_assert_cmpuint (smith_job_get_report (run.job)->flash->partitions->len, <, 9);
  assert_holds (&run);
  g_assert_false (has_state (&run));
  run_clear (&run);
}

static SmithPlan *
plan_again (Run *run)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithSavedState) state = smith_saved_state_load (run->state_path, &error);
  SmithPlan *plan;

  g_assert_no_error (error);
  plan = smith_saved_state_to_plan (state, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (plan->goes_on == state->touched);
  return plan;
}

static void
assert_half_written (Run *run, guint partition)
{
  g_autoptr (SmithSavedState) state = smith_saved_state_load (run->state_path, NULL);
  SmithJobStatus status;

  smith_job_get_status (run->job, &status);
  g_assert_true (status.touched);
  g_assert_false (status.writes);
  g_assert_true (smith_job_get_report (run->job)->touched);
  g_assert_nonnull (state);
  g_assert_true (state->touched);
  g_assert_cmpuint (state->partition, ==, partition);
}

/* A stick that was written to before is half written however little this attempt
 * comes to, and what is needed to go on stays. */
static void
test_resume_stops_early (void)
{
  Run run;
  SmithPlan *plan;
  g_autoptr (SmithPlan) left = NULL;
  guint partition;

  run_init (&run, SMITH_MODE_DOWNLOAD, "binary 900 replug\n");
  carry_out (&run, make_plan (&run));
  finish (&run);
  g_assert_nonnull (run.error);

  plan = plan_again (&run);
  partition = plan->first_partition;
  g_assert_cmpuint (partition, >, 0);
  run.answer = FALSE;
  carry_out (&run, plan);
  finish (&run);
  g_assert_error (run.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (strstr (run.error->message, "nothing was written"));
  assert_half_written (&run, partition);

  /* Nobody plugs it in, be that tried with the same files as if anew. */
  smith_virtual_stick_unplug (run.stick);
  for (guint i = 0; i < 2; i++)
    {
      plan = i == 0 ? plan_again (&run) : make_plan (&run);
      plan->boot_wait_ms = 500;
      carry_out (&run, plan);
      finish (&run);
      g_assert_error (run.error, SMITH_ERROR, SMITH_ERROR_TIMEOUT);
      if (i == 0)
        assert_half_written (&run, partition);
    }
  left = plan_again (&run);
  g_assert_cmpuint (left->first_partition, ==, partition);
  run_clear (&run);
}

/* Of a job that was killed before it wrote the choices are kept; and that an
 * attempt to go on with them comes to nothing does not take them away. */
static void
test_resume_before_writing (void)
{
  Run run;
  g_autoptr (SmithPlan) plan = NULL;
  g_autoptr (SmithSavedState) state = NULL;
  g_autoptr (GError) error = NULL;

  run_init (&run, SMITH_MODE_DOWNLOAD, "");
  plan = make_plan (&run);
  state = smith_saved_state_for_plan (plan);
  smith_saved_state_save (state, run.state_path, &error);
  g_assert_no_error (error);
  smith_virtual_stick_unplug (run.stick);
  for (guint i = 0; i < 2; i++)
    {
      SmithPlan *again = plan_again (&run);

      g_assert_false (again->goes_on);
      again->boot_wait_ms = 500;
      carry_out (&run, again);
      finish (&run);
      g_assert_error (run.error, SMITH_ERROR, SMITH_ERROR_TIMEOUT);
      g_assert_false (smith_job_get_report (run.job)->touched);
      g_assert_true (has_state (&run));
    }
  run_clear (&run);
}

/* Refused at the first part of what is left: of the stick nothing is said that
 * held only before the first attempt. */
static void
test_resume_is_refused (void)
{
  Run run;

  run_init (&run, SMITH_MODE_DOWNLOAD, FIRST_BEGIN " gone\n");
  carry_out (&run, make_plan (&run));
  finish (&run);
  g_assert_nonnull (run.error);
  unplug_all (&run);
  run_plug (&run, SMITH_MODE_DOWNLOAD, FIRST_BEGIN " refuse 2\n");
  carry_out (&run, plan_again (&run));
  finish (&run);
  g_assert_error (run.error, SMITH_ERROR, SMITH_ERROR_REFUSED);
  g_assert_null (strstr (run.error->message, "othing was written"));
  assert_half_written (&run, 0);
  run_clear (&run);
}

/* Everything is written, and the stick is at work, but does not tell its version:
 * that is asked for later, and nothing is written for it. */
static void
test_version_is_asked_later (void)
{
  Run run;
  SmithPlan *plan;
  guint n;

  run_init (&run, SMITH_MODE_DOWNLOAD, "at 1 lost always\n");
  carry_out (&run, make_plan (&run));
  finish (&run);
  g_assert_error (run.error, SMITH_ERROR, SMITH_ERROR_TIMEOUT);
  g_assert_cmpint (smith_job_get_report (run.job)->step, ==, SMITH_STEP_COME_BACK);
  g_assert_cmpint (smith_job_get_report (run.job)->mode, ==, SMITH_MODE_STICK);
  g_assert_false (smith_job_get_report (run.job)->works);
  g_assert_true (has_state (&run));
  n = smith_virtual_stick_get_count (run.stick, SMITH_STAGE_BINARY);

  for (guint i = 0; i < 2; i++)
    {
      SmithJobStatus status;

      plan = plan_again (&run);
      g_assert_true (plan->all_written);
      if (i == 1)
        {
          smith_virtual_stick_heal (run.stick);
          smith_virtual_stick_replug (run.stick, SMITH_MODE_STICK, NULL);
        }
      carry_out (&run, plan);
      finish (&run);
      smith_job_get_status (run.job, &status);
      g_assert_true (status.all_written);
      g_assert_false (status.writes);
      if (i == 1)
        g_assert_no_error (run.error);
      else
        g_assert_error (run.error, SMITH_ERROR, SMITH_ERROR_TIMEOUT);
      g_assert_cmpint (has_state (&run), ==, i == 0);
    }
  g_assert_cmpuint (smith_virtual_stick_get_count (run.stick, SMITH_STAGE_BINARY), ==, n);
  g_assert_cmpuint (run.questions, ==, 1);
  run_clear (&run);
}

/* Other firmware at work is a result, too: nothing is left to go on with. */
static void
test_old_version (void)
{
  Run run;

  run_init (&run, SMITH_MODE_DOWNLOAD, "after flash old-version\n");
  carry_out (&run, make_plan (&run));
  finish (&run);
  g_assert_error (run.error, SMITH_ERROR, SMITH_ERROR_WRONG_VERSION);
  g_assert_true (smith_job_get_report (run.job)->works);
  g_assert_false (has_state (&run));
  run_clear (&run);
}

static void
test_resume_changed_file (void)
{
  Run run;
  g_autoptr (SmithSavedState) state = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *content = NULL;
  gsize size;

  run_init (&run, SMITH_MODE_DOWNLOAD, "binary 900 replug\n");
  carry_out (&run, make_plan (&run));
  finish (&run);
  state = smith_saved_state_load (run.state_path, &error);
  g_assert_no_error (error);
  /* Another sound file under the same name. */
  g_assert_true (g_file_get_contents (run.files.hilink, &content, &size, NULL));
  g_assert_true (g_file_set_contents (run.files.stick, content, (gssize) size, NULL));
  g_assert_null (smith_saved_state_to_plan (state, NULL, NULL, NULL, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_WRONG_FILE);
  run_clear (&run);
}

/* As a job with the other file left it behind. */
static void
keep_older (Run *run)
{
  g_autoptr (SmithPlan) plan = smith_plan_new ("1-1");
  g_autoptr (SmithSavedState) state = NULL;
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (plan->firmware, open_item (run->files.hilink));
  state = smith_saved_state_for_plan (plan);
  state->step = SMITH_STEP_FLASH;
  state->touched = TRUE;
  state->partition = 2;
  smith_saved_state_save (state, run->state_path, &error);
  g_assert_no_error (error);
}

static SmithSavedState *
load_state (Run *run)
{
  g_autoptr (GError) error = NULL;
  SmithSavedState *state = smith_saved_state_load (run->state_path, &error);

  g_assert_no_error (error);
  return state;
}

static void
assert_older (Run *run)
{
  g_autoptr (SmithSavedState) state = load_state (run);

  g_assert_nonnull (run->error);
  g_assert_cmpstr (state->version, ==, run->files.hilink_version);
  g_assert_cmpstr (state->usb_path, ==, "1-1");
  g_assert_cmpuint (state->partition, ==, 2);
}

/* Of a job that did not end, a stick waits for the rest: another one that comes to
 * nothing does not make it forgotten, however far it got. */
static void
test_older_state_stays (void)
{
  static const struct
  {
    SmithMode start;
    const char *faults;
    const char *usb_path;
    gboolean refuse; /* at the question */
    SmithStep step;  /* in which it ends */
  } cases[] = {
    { SMITH_MODE_DOWNLOAD, "", "1-1", TRUE, SMITH_STEP_FLASH },
    { SMITH_MODE_DOWNLOAD, "", "9-9", FALSE, SMITH_STEP_BOOT_MODE },
    { SMITH_MODE_STICK, "", "1-1", FALSE, SMITH_STEP_BOOT_MODE },
    { SMITH_MODE_BOOT_ROM, "boot 20 gone\n", "1-1", FALSE, SMITH_STEP_LOADER },
    { SMITH_MODE_DOWNLOAD, FIRST_BEGIN " refuse 2\n", "1-1", FALSE, SMITH_STEP_FLASH },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Run run;
      SmithPlan *plan;

      run_init (&run, cases[i].start, cases[i].faults);
      keep_older (&run);
      run.answer = !cases[i].refuse;
      plan = make_plan (&run);
      g_free (plan->usb_path);
      plan->usb_path = g_strdup (cases[i].usb_path);
      plan->boot_wait_ms = 500;
      carry_out (&run, plan);
      finish (&run);
      g_assert_cmpint (smith_job_get_report (run.job)->step, ==, cases[i].step);
      g_assert_false (smith_job_get_report (run.job)->flash->touched);
      assert_older (&run);
      run_clear (&run);
    }
}

/* Gone on with somewhere else, it may be another stick; the one that waits is not
 * forgotten before that one is written to. */
static void
test_older_state_elsewhere (void)
{
  g_autoptr (SmithSavedState) state = NULL;
  g_autoptr (GError) error = NULL;
  SmithPlan *plan;
  Run run;

  run_init (&run, SMITH_MODE_DOWNLOAD, "");
  keep_older (&run);
  state = load_state (&run);
  plan = smith_saved_state_to_plan (state, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_free (plan->usb_path);
  plan->usb_path = g_strdup ("9-9");
  plan->boot_wait_ms = 500;
  smith_plan_begin_anew (plan);
  carry_out (&run, plan);
  finish (&run);
  assert_older (&run);
  run_clear (&run);
}

static gboolean
plug_in (gpointer data)
{
  g_autoptr (GError) error = NULL;

  smith_virtual_stick_replug (data, SMITH_MODE_STICK, &error);
  g_assert_no_error (error);
  return G_SOURCE_REMOVE;
}

/* Gone on with, but the stick that comes works: nothing of the job is on it any
 * more, and that is kept in mind also where it then does not switch. */
static void
test_begun_anew (void)
{
  g_autoptr (SmithSavedState) state = NULL;
  g_autoptr (SmithSavedState) kept = NULL;
  g_autoptr (GError) error = NULL;
  SmithPlan *plan;
  Run run;

  run_init (&run, SMITH_MODE_STICK, "at 1 refuse 1 always\n");
  keep_older (&run);
  state = load_state (&run);
  plan = smith_saved_state_to_plan (state, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (plan->first_partition, ==, 2);
  smith_virtual_stick_unplug (run.stick);
  plan->way = SMITH_WAY_AT;
  plan->boot_wait_ms = 600000;
  carry_out (&run, plan);
  g_timeout_add (300, plug_in, run.stick);
  finish (&run);
  g_assert_nonnull (run.error);
  g_assert_cmpint (smith_job_get_report (run.job)->step, ==, SMITH_STEP_BOOT_MODE);
  kept = load_state (&run);
  g_assert_cmpstr (kept->version, ==, run.files.hilink_version);
  g_assert_cmpuint (kept->partition, ==, 0);
  run_clear (&run);
}

/* What has written to a stick last is what is gone on with. */
static void
test_older_state_is_replaced (void)
{
  g_autoptr (SmithSavedState) state = NULL;
  Run run;

  run_init (&run, SMITH_MODE_DOWNLOAD, FIRST_BEGIN " gone\n");
  keep_older (&run);
  carry_out (&run, make_plan (&run));
  finish (&run);
  g_assert_true (smith_job_get_report (run.job)->flash->touched);
  state = load_state (&run);
  g_assert_cmpstr (state->version, ==, run.files.stick_version);
  g_assert_cmpuint (state->partition, ==, 0);
  run_clear (&run);

  run_init (&run, SMITH_MODE_DOWNLOAD, "");
  keep_older (&run);
  carry_out (&run, make_plan (&run));
  finish (&run);
  g_assert_no_error (run.error);
  g_assert_false (has_state (&run));
  run_clear (&run);
}

/* With one slot for all, the second stick's job would take the first one's with
 * it: whether that one ends well, or not. */
static void
test_two_sticks (void)
{
  static const char *const faults[] = { "", "binary 900 gone\n" };

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      Run run;
      SmithPlan *plan;
      g_autofree char *second = NULL;

      run_init (&run, SMITH_MODE_DOWNLOAD, "");
      second = smith_saved_states_path_for (run.state_path, "1-2");
      keep_older (&run);
      unplug_all (&run);
      run.usb_path = "1-2";
      run_plug (&run, SMITH_MODE_DOWNLOAD, faults[i]);
      plan = make_plan (&run);
      smith_plan_set_place (plan, "1-2");
      carry_out (&run, plan);
      finish (&run);
      g_assert_true (smith_job_get_report (run.job)->touched);
      if (i == 0)
        g_assert_no_error (run.error);
      else
        assert_older (&run);
      g_assert_cmpint (g_file_test (second, G_FILE_TEST_EXISTS), ==, i == 1);
      {
        g_autoptr (SmithSavedState) state = load_state (&run);

        g_assert_cmpstr (state->version, ==, run.files.hilink_version);
      }
      g_unlink (second);
      run_clear (&run);
    }
}

/* Gone on with at another place, and through: what was kept of the former one is
 * done with, unless a stick is there. */
static void
test_moved (void)
{
  for (guint i = 0; i < 2; i++)
    {
      Run run;
      SmithPlan *plan;

      run_init (&run, SMITH_MODE_DOWNLOAD, FIRST_BEGIN " gone\n");
      carry_out (&run, make_plan (&run));
      finish (&run);
      g_assert_true (has_state (&run));
      unplug_all (&run);
      run.usb_path = "1-2";
      run_plug (&run, SMITH_MODE_DOWNLOAD, "");
      if (i == 1)
        {
          g_autoptr (SmithStick) another = smith_stick_new ("1-1", 0x12d1, 1, SMITH_MODE_HILINK);

          smith_virtual_bus_set (run.bus, another);
        }
      plan = plan_again (&run);
      smith_plan_set_place (plan, "1-2");
      carry_out (&run, plan);
      finish (&run);
      g_assert_no_error (run.error);
      g_assert_cmpint (has_state (&run), ==, i == 1);
      run_clear (&run);
    }
}

/* What is not understood may be of a later version: it is not written over. */
static void
test_strange_state_stays (void)
{
  Run run;
  g_autofree char *folder = NULL;
  g_autofree char *content = NULL;

  run_init (&run, SMITH_MODE_DOWNLOAD, "");
  folder = g_path_get_dirname (run.state_path);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (run.state_path, "[job]\nformat=2\n", -1, NULL));
  carry_out (&run, make_plan (&run));
  finish (&run);
  g_assert_no_error (run.error);
  g_assert_true (g_file_get_contents (run.state_path, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "[job]\nformat=2\n");
  run_clear (&run);
}

/* A disk that takes nothing must not stop the job. */
static void
test_state_cannot_be_kept (void)
{
  Run run;

  run_init (&run, SMITH_MODE_DOWNLOAD, "");
  g_free (run.state_path);
  run.state_path = g_strdup ("/dev/full/job.ini");
  carry_out (&run, make_plan (&run));
  finish (&run);
  g_assert_no_error (run.error);
  run_clear (&run);
}

static void
test_bad_state (void)
{
  static const char *const bad[] = {
    "",
    "nonsense",
    "[job]\nformat=2\n",
    "[job]\nformat=1\nusb-path=1-1\nfiles=relative;\nentries=a;\nsha256=;\nstep=flash\n",
    "[job]\nformat=1\nusb-path=1-1\nfiles=/a;/b;\nentries=a;\nsha256=;\nstep=flash\n",
    "[job]\nformat=1\nusb-path=1-1\nfiles=/a;\nentries=a;\nsha256=xyz;\nstep=flash\n",
    "[job]\nformat=1\nusb-path=1-1\nfiles=/a;\nentries=a;\nsha256=;\nstep=nonsense\n",
    "[job]\nformat=1\nusb-path=1-1\nfiles=/a;\nentries=a;\nsha256=;\nstep=flash\nfile=-1\n",
    "[job]\nformat=1\nusb-path=1-1\nfiles=/a;\nentries=a;\nsha256=;\nstep=flash\npartition=1000\n",
  };
  g_autofree char *folder = g_dir_make_tmp ("sticksmith-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "job.ini", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (smith_saved_state_load (path, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_clear_error (&error);
      g_assert_true (g_file_set_contents (path, bad[i], -1, NULL));
      g_assert_null (smith_saved_state_load (path, &error));
      g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE);
    }
  g_unlink (path);
  g_rmdir (folder);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  smith_deadline_set_scale (0.1);
  g_test_add_func ("/job/success", test_success);
  g_test_add_func ("/job/first-part-refused", test_first_part_refused);
  g_test_add_func ("/job/no", test_no);
  g_test_add_func ("/job/does-not-fit", test_does_not_fit);
  g_test_add_func ("/job/skip-network", test_skip_network);
  g_test_add_func ("/job/cancel-before", test_cancel_before);
  g_test_add_func ("/job/cancel-at-question", test_cancel_at_question);
  g_test_add_func ("/job/resume", test_resume);
  g_test_add_func ("/job/resume-stops-early", test_resume_stops_early);
  g_test_add_func ("/job/resume-before-writing", test_resume_before_writing);
  g_test_add_func ("/job/resume-is-refused", test_resume_is_refused);
  g_test_add_func ("/job/version-is-asked-later", test_version_is_asked_later);
  g_test_add_func ("/job/old-version", test_old_version);
  g_test_add_func ("/job/resume-changed-file", test_resume_changed_file);
  g_test_add_func ("/job/two-sticks", test_two_sticks);
  g_test_add_func ("/job/moved", test_moved);
  g_test_add_func ("/job/strange-state-stays", test_strange_state_stays);
  g_test_add_func ("/job/older-state/stays", test_older_state_stays);
  g_test_add_func ("/job/older-state/elsewhere", test_older_state_elsewhere);
  g_test_add_func ("/job/older-state/is-replaced", test_older_state_is_replaced);
  g_test_add_func ("/job/begun-anew", test_begun_anew);
  g_test_add_func ("/job/state-cannot-be-kept", test_state_cannot_be_kept);
  g_test_add_func ("/job/bad-state", test_bad_state);
  return g_test_run ();
}
