/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/job.h"

#include <glib/gstdio.h>

#include <string.h>

#include "format/error.h"
#include "job/saved-states.h"
#include "job-run.h"
#include "link/deadline.h"
#include "rig.h"

static void
test_success (void)
{
  Run run;
  SmithJobStatus status;

  run_init (&run, SMITH_MODE_BOOT_ROM, "");
  run_carry_out (&run, run_make_plan (&run));
  run_finish (&run);
  g_assert_no_error (run.error);
  g_assert_cmpuint (run.questions, ==, 1);
  g_assert_cmpuint (run.updates, >, 2);
  smith_job_get_status (run.job, &status);
  g_assert_cmpint (status.step, ==, SMITH_STEP_REACTIVATE);
  g_assert_true (status.touched);
  g_assert_cmpstr (smith_job_get_report (run.job)->version, ==, run.files.stick_version);
  g_assert_false (run_has_state (&run));
  run_assert_holds (&run);
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
  run_carry_out (&run, run_make_plan (&run));
  run_finish (&run);
  g_assert_no_error (run.error);
  g_assert_cmpint (smith_job_get_report (run.job)->network_result, ==, SMITH_NETWORK_SKIPPED);
  g_assert_cmpstr (smith_job_get_report (run.job)->version, ==, run.files.stick_version);
  g_assert_false (run_has_state (&run));
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
      plan = run_make_plan (&run);
      plan->first_partition = first;
      plan->goes_on = first > 0;
      run_carry_out (&run, plan);
      run_finish (&run);
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
  run_carry_out (&run, run_make_plan (&run));
  run_finish (&run);
  g_assert_error (run.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_nonnull (strstr (run.error->message, "nothing was written"));
  g_assert_false (smith_job_get_report (run.job)->touched);
  g_assert_false (run_has_state (&run));
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

      run_init (&run, SMITH_MODE_DOWNLOAD, RUN_FIRST_BEGIN " refuse 2\n");
      if (i == 0)
        {
          run_unplug (&run);
          run.product_id = "BV7R2HS";
          run_plug (&run, SMITH_MODE_DOWNLOAD, "");
        }
      run_carry_out (&run, run_make_plan (&run));
      run_finish (&run);
      g_assert_error (run.error, SMITH_ERROR, codes[i]);
      smith_job_get_status (run.job, &status);
      g_assert_false (status.touched);
      g_assert_false (smith_job_get_report (run.job)->touched);
      g_assert_false (run_has_state (&run));
      run_clear (&run);
    }
}

static void
test_cancel_before (void)
{
  Run run;

  run_init (&run, SMITH_MODE_STICK, ""); /* waits for boot mode for ever */
  run_carry_out (&run, run_make_plan (&run));
  smith_job_cancel (run.job);
  smith_job_cancel (run.job);
  run_finish (&run);
  g_assert_error (run.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (run_has_state (&run));
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
  run_carry_out (&run, run_make_plan (&run));
  g_signal_handlers_disconnect_by_func (run.job, run_on_question, &run);
  g_signal_connect (run.job, "question", G_CALLBACK (on_question_cancel), &run);
  run_finish (&run);
  g_assert_cmpuint (run.questions, ==, 1);
  g_assert_error (run.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (smith_job_get_report (run.job)->flash->touched);
  run_clear (&run);

  /* Nobody answers, and then it is cancelled. */
  run_init (&run, SMITH_MODE_DOWNLOAD, "");
  run_carry_out (&run, run_make_plan (&run));
  g_signal_handlers_disconnect_by_func (run.job, run_on_question, &run);
  g_timeout_add (300, cancel_in_question, run.job);
  run_finish (&run);
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
  run_carry_out (&run, run_make_plan (&run));
  run_finish (&run);
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
  run_carry_out (&run, plan);
  run_finish (&run);
  g_assert_no_error (run.error);
  /* The two runs together wrote everything, and nothing twice. */
  g_assert_cmpuint (smith_job_get_report (run.job)->flash->bytes + first, ==, total_of (plan));
  g_assert_cmpuint (smith_job_get_report (run.job)->flash->partitions->len, <, 9);
  run_assert_holds (&run);
  g_assert_false (run_has_state (&run));
  run_clear (&run);
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
  run_carry_out (&run, run_make_plan (&run));
  run_finish (&run);
  g_assert_nonnull (run.error);

  plan = run_plan_again (&run);
  partition = plan->first_partition;
  g_assert_cmpuint (partition, >, 0);
  run.answer = FALSE;
  run_carry_out (&run, plan);
  run_finish (&run);
  g_assert_error (run.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (strstr (run.error->message, "nothing was written"));
  assert_half_written (&run, partition);

  /* Nobody plugs it in, be that tried with the same files as if anew. */
  smith_virtual_stick_unplug (run.stick);
  for (guint i = 0; i < 2; i++)
    {
      plan = i == 0 ? run_plan_again (&run) : run_make_plan (&run);
      plan->boot_wait_ms = 500;
      run_carry_out (&run, plan);
      run_finish (&run);
      g_assert_error (run.error, SMITH_ERROR, SMITH_ERROR_TIMEOUT);
      if (i == 0)
        assert_half_written (&run, partition);
    }
  left = run_plan_again (&run);
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
  plan = run_make_plan (&run);
  state = smith_saved_state_for_plan (plan);
  smith_saved_state_save (state, run.state_path, &error);
  g_assert_no_error (error);
  smith_virtual_stick_unplug (run.stick);
  for (guint i = 0; i < 2; i++)
    {
      SmithPlan *again = run_plan_again (&run);

      g_assert_false (again->goes_on);
      again->boot_wait_ms = 500;
      run_carry_out (&run, again);
      run_finish (&run);
      g_assert_error (run.error, SMITH_ERROR, SMITH_ERROR_TIMEOUT);
      g_assert_false (smith_job_get_report (run.job)->touched);
      g_assert_true (run_has_state (&run));
    }
  run_clear (&run);
}

/* Refused at the first part of what is left: of the stick nothing is said that
 * held only before the first attempt. */
static void
test_resume_is_refused (void)
{
  Run run;

  run_init (&run, SMITH_MODE_DOWNLOAD, RUN_FIRST_BEGIN " gone\n");
  run_carry_out (&run, run_make_plan (&run));
  run_finish (&run);
  g_assert_nonnull (run.error);
  run_unplug (&run);
  run_plug (&run, SMITH_MODE_DOWNLOAD, RUN_FIRST_BEGIN " refuse 2\n");
  run_carry_out (&run, run_plan_again (&run));
  run_finish (&run);
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
  run_carry_out (&run, run_make_plan (&run));
  run_finish (&run);
  g_assert_error (run.error, SMITH_ERROR, SMITH_ERROR_TIMEOUT);
  g_assert_cmpint (smith_job_get_report (run.job)->step, ==, SMITH_STEP_COME_BACK);
  g_assert_cmpint (smith_job_get_report (run.job)->mode, ==, SMITH_MODE_STICK);
  g_assert_false (smith_job_get_report (run.job)->works);
  g_assert_true (run_has_state (&run));
  n = smith_virtual_stick_get_count (run.stick, SMITH_STAGE_BINARY);

  for (guint i = 0; i < 2; i++)
    {
      SmithJobStatus status;

      plan = run_plan_again (&run);
      g_assert_true (plan->all_written);
      if (i == 1)
        {
          smith_virtual_stick_heal (run.stick);
          smith_virtual_stick_replug (run.stick, SMITH_MODE_STICK, NULL);
        }
      run_carry_out (&run, plan);
      run_finish (&run);
      smith_job_get_status (run.job, &status);
      g_assert_true (status.all_written);
      g_assert_false (status.writes);
      if (i == 1)
        g_assert_no_error (run.error);
      else
        g_assert_error (run.error, SMITH_ERROR, SMITH_ERROR_TIMEOUT);
      g_assert_cmpint (run_has_state (&run), ==, i == 0);
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
  run_carry_out (&run, run_make_plan (&run));
  run_finish (&run);
  g_assert_error (run.error, SMITH_ERROR, SMITH_ERROR_WRONG_VERSION);
  g_assert_true (smith_job_get_report (run.job)->works);
  g_assert_false (run_has_state (&run));
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
  run_carry_out (&run, run_make_plan (&run));
  run_finish (&run);
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

  g_ptr_array_add (plan->firmware, item_open (run->files.hilink));
  state = smith_saved_state_for_plan (plan);
  state->step = SMITH_STEP_FLASH;
  state->touched = TRUE;
  state->partition = 2;
  smith_saved_state_save (state, run->state_path, &error);
  g_assert_no_error (error);
}

static void
assert_older (Run *run)
{
  g_autoptr (SmithSavedState) state = run_load_state (run);

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
    { SMITH_MODE_DOWNLOAD, RUN_FIRST_BEGIN " refuse 2\n", "1-1", FALSE, SMITH_STEP_FLASH },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Run run;
      SmithPlan *plan;

      run_init (&run, cases[i].start, cases[i].faults);
      keep_older (&run);
      run.answer = !cases[i].refuse;
      plan = run_make_plan (&run);
      g_free (plan->usb_path);
      plan->usb_path = g_strdup (cases[i].usb_path);
      plan->boot_wait_ms = 500;
      run_carry_out (&run, plan);
      run_finish (&run);
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
  state = run_load_state (&run);
  plan = smith_saved_state_to_plan (state, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_free (plan->usb_path);
  plan->usb_path = g_strdup ("9-9");
  plan->boot_wait_ms = 500;
  smith_plan_begin_anew (plan);
  run_carry_out (&run, plan);
  run_finish (&run);
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
  state = run_load_state (&run);
  plan = smith_saved_state_to_plan (state, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (plan->first_partition, ==, 2);
  smith_virtual_stick_unplug (run.stick);
  plan->way = SMITH_WAY_AT;
  plan->boot_wait_ms = 600000;
  run_carry_out (&run, plan);
  g_timeout_add (300, plug_in, run.stick);
  run_finish (&run);
  g_assert_nonnull (run.error);
  g_assert_cmpint (smith_job_get_report (run.job)->step, ==, SMITH_STEP_BOOT_MODE);
  kept = run_load_state (&run);
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

  run_init (&run, SMITH_MODE_DOWNLOAD, RUN_FIRST_BEGIN " gone\n");
  keep_older (&run);
  run_carry_out (&run, run_make_plan (&run));
  run_finish (&run);
  g_assert_true (smith_job_get_report (run.job)->flash->touched);
  state = run_load_state (&run);
  g_assert_cmpstr (state->version, ==, run.files.stick_version);
  g_assert_cmpuint (state->partition, ==, 0);
  run_clear (&run);

  run_init (&run, SMITH_MODE_DOWNLOAD, "");
  keep_older (&run);
  run_carry_out (&run, run_make_plan (&run));
  run_finish (&run);
  g_assert_no_error (run.error);
  g_assert_false (run_has_state (&run));
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
      run_unplug (&run);
      run.usb_path = "1-2";
      run_plug (&run, SMITH_MODE_DOWNLOAD, faults[i]);
      plan = run_make_plan (&run);
      smith_plan_set_place (plan, "1-2");
      run_carry_out (&run, plan);
      run_finish (&run);
      g_assert_true (smith_job_get_report (run.job)->touched);
      if (i == 0)
        g_assert_no_error (run.error);
      else
        assert_older (&run);
      g_assert_cmpint (g_file_test (second, G_FILE_TEST_EXISTS), ==, i == 1);
      {
        g_autoptr (SmithSavedState) state = run_load_state (&run);

        g_assert_cmpstr (state->version, ==, run.files.hilink_version);
      }
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

      run_init (&run, SMITH_MODE_DOWNLOAD, RUN_FIRST_BEGIN " gone\n");
      run_carry_out (&run, run_make_plan (&run));
      run_finish (&run);
      g_assert_true (run_has_state (&run));
      run_unplug (&run);
      run.usb_path = "1-2";
      run_plug (&run, SMITH_MODE_DOWNLOAD, "");
      if (i == 1)
        {
          g_autoptr (SmithStick) another = smith_stick_new ("1-1", 0x12d1, 1, SMITH_MODE_HILINK);

          smith_virtual_bus_set (run.bus, another);
        }
      plan = run_plan_again (&run);
      smith_plan_set_place (plan, "1-2");
      run_carry_out (&run, plan);
      run_finish (&run);
      g_assert_no_error (run.error);
      g_assert_cmpint (run_has_state (&run), ==, i == 1);
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
  run_carry_out (&run, run_make_plan (&run));
  run_finish (&run);
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
  run_carry_out (&run, run_make_plan (&run));
  run_finish (&run);
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
