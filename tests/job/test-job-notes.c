/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is kept of a job is never further on than its stick. */
#include "job/job-notes.h"

#include <glib/gstdio.h>

#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "format/error.h"
#include "job-run.h"
#include "job/saved-states.h"
#include "link/deadline.h"

/* Behind the questions, and a good way into the parts. */
#define LATER_PART "binary 900"

/* The parts of the practice file. */
#define N_PARTS 9

/* As a full disk does: what is there stays, and can be removed. */
static void
set_disk_full (gboolean full)
{
  struct rlimit limit = { full ? 0 : RLIM_INFINITY, RLIM_INFINITY };

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
}

static void
go_on (Run *run, SmithMode start, const char *faults)
{
  run_unplug (run);
  run_plug (run, start, faults);
  run_carry_out (run, run_plan_again (run));
  run_finish (run);
}

static guint
count_parts (Run *run)
{
  return smith_job_get_report (run->job)->flash->partitions->len;
}

static void
write_all_but_return (Run *run)
{
  g_autoptr (SmithSavedState) state = NULL;

  run_init (run, SMITH_MODE_DOWNLOAD, "after flash never\n");
  run_carry_out (run, run_make_plan (run));
  run_finish (run);
  g_assert_error (run->error, SMITH_ERROR, SMITH_ERROR_TIMEOUT);
  state = run_load_state (run);
  g_assert_true (smith_saved_state_is_all_written (state));
}

/* Everything was written, and the stick still waits: its last part is written once
 * more, and from its first byte on not all is written. */
static void
test_last_part_again (void)
{
  Run run;
  g_autoptr (SmithPlan) plan = NULL;

  write_all_but_return (&run);
  go_on (&run, SMITH_MODE_DOWNLOAD, RUN_FIRST_BEGIN " gone\n");
  g_assert_error (run.error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED);
  g_assert_true (smith_job_get_report (run.job)->flash->touched);
  plan = run_plan_again (&run);
  g_assert_false (plan->all_written);
  g_assert_cmpuint (plan->first_partition, ==, N_PARTS - 1);
  run_clear (&run);
}

/* That it comes up with the half written part does not make it done. */
static void
test_last_part_at_work (void)
{
  Run run;
  SmithPlan *plan;

  write_all_but_return (&run);
  go_on (&run, SMITH_MODE_DOWNLOAD, RUN_FIRST_BEGIN " gone\n");
  run_unplug (&run);
  run_plug (&run, SMITH_MODE_STICK, "");
  plan = run_plan_again (&run);
  plan->way = SMITH_WAY_AT;
  run_carry_out (&run, plan);
  run_finish (&run);
  g_assert_no_error (run.error);
  g_assert_cmpuint (count_parts (&run), ==, N_PARTS);
  run_clear (&run);
}

/* One that takes not even the first byte again has everything still. */
static void
test_last_part_refused (void)
{
  Run run;
  SmithJobStatus status;
  g_autoptr (SmithSavedState) state = NULL;

  write_all_but_return (&run);
  go_on (&run, SMITH_MODE_DOWNLOAD, RUN_FIRST_BEGIN " refuse 2\n");
  g_assert_error (run.error, SMITH_ERROR, SMITH_ERROR_REFUSED);
  g_assert_false (smith_job_get_report (run.job)->flash->touched);
  smith_job_get_status (run.job, &status);
  g_assert_true (status.all_written);
  state = run_load_state (&run);
  g_assert_true (smith_saved_state_is_all_written (state));
  run_clear (&run);
}

/* What is kept says more than is true, and the disk is full: it goes. */
static void
test_full_disk (void)
{
  Run run;
  SmithPlan *plan;

  run_init (&run, SMITH_MODE_DOWNLOAD, LATER_PART " gone\n");
  run_carry_out (&run, run_make_plan (&run));
  run_finish (&run);
  run_unplug (&run);
  run_plug (&run, SMITH_MODE_STICK, "binary 20 gone\n");
  plan = run_plan_again (&run);
  g_assert_cmpuint (plan->first_partition, >, 1);
  plan->way = SMITH_WAY_AT;
  set_disk_full (TRUE);
  run_carry_out (&run, plan);
  run_finish (&run);
  set_disk_full (FALSE);
  g_assert_error (run.error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED);
  g_assert_true (smith_job_get_report (run.job)->flash->touched);
  g_assert_false (run_has_state (&run));
  run_clear (&run);
}

/* The same where only the last part is written again. */
static void
test_full_disk_at_last_part (void)
{
  Run run;

  write_all_but_return (&run);
  set_disk_full (TRUE);
  go_on (&run, SMITH_MODE_DOWNLOAD, RUN_FIRST_BEGIN " gone\n");
  set_disk_full (FALSE);
  g_assert_true (smith_job_get_report (run.job)->flash->touched);
  g_assert_false (run_has_state (&run));
  run_clear (&run);
}

/* What is kept and is true is still good, however full the disk is. */
static void
test_full_disk_behind (void)
{
  Run run;
  g_autoptr (SmithSavedState) before = NULL;
  g_autoptr (SmithSavedState) state = NULL;

  run_init (&run, SMITH_MODE_DOWNLOAD, "binary 200 gone\n");
  run_carry_out (&run, run_make_plan (&run));
  run_finish (&run);
  before = run_load_state (&run);
  set_disk_full (TRUE);
  go_on (&run, SMITH_MODE_DOWNLOAD, "binary 500 gone\n");
  set_disk_full (FALSE);
  g_assert_cmpuint (count_parts (&run), >, 0);
  state = run_load_state (&run);
  g_assert_cmpuint (state->partition, ==, before->partition);
  run_clear (&run);
}

/* In place of what is kept comes what can be neither replaced nor removed, as all is
 * on a disk that can only be read; and it is so for everybody. */
static void
on_question_block (SmithJob *job, const SmithVerdict *verdict, Run *run)
{
  g_assert_cmpint (g_unlink (run->state_path), ==, 0);
  g_assert_cmpint (g_mkdir (run->state_path, 0700), ==, 0);
}

/* Better nothing is written than what is kept is wrong for good. */
static void
test_stuck (void)
{
  Run run;
  SmithJobStatus status;

  write_all_but_return (&run);
  run_unplug (&run);
  run_plug (&run, SMITH_MODE_DOWNLOAD, "");
  run_carry_out (&run, run_plan_again (&run));
  g_signal_handlers_disconnect_by_func (run.job, run_on_question, &run);
  g_signal_connect (run.job, "question", G_CALLBACK (on_question_block), &run);
  g_signal_connect (run.job, "question", G_CALLBACK (run_on_question), &run);
  run_finish (&run);
  g_test_message ("%s", run.error->message);
  g_assert_cmpint (run.error->domain, ==, G_FILE_ERROR);
  g_assert_null (strstr (run.error->message, run.folder));
  g_assert_false (smith_job_get_report (run.job)->flash->touched);
  smith_job_get_status (run.job, &status);
  g_assert_false (status.writes);
  run_clear (&run);
}

/* As a job with the other file left it behind. */
static void
keep_older (Run *run)
{
  g_autoptr (SmithPlan) plan = run_make_plan (run);
  g_autoptr (SmithSavedState) state = NULL;
  g_autoptr (GError) error = NULL;

  state = smith_saved_state_for_plan (plan);
  g_free (state->version);
  state->version = g_strdup ("older");
  g_free (state->sha256[0]);
  state->sha256[0] = g_strnfill (64, 'a');
  state->step = SMITH_STEP_FLASH;
  state->touched = TRUE;
  state->partition = 2;
  smith_saved_state_save (state, run->state_path, &error);
  g_assert_no_error (error);
}

static guint
count_files (Run *run)
{
  g_autofree char *folder = g_path_get_dirname (run->state_path);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
on_question_fill (SmithJob *job, const SmithVerdict *verdict, Run *run)
{
  set_disk_full (TRUE);
}

/* Refused at the first byte, a job leaves another one's state as it was, however
 * full the disk became: at once, or only behind what it had kept itself. */
static void
test_older_on_full_disk (void)
{
  for (guint i = 0; i < 2; i++)
    {
      Run run;
      g_autoptr (SmithSavedState) state = NULL;

      run_init (&run, SMITH_MODE_DOWNLOAD, RUN_FIRST_BEGIN " refuse 2\n");
      keep_older (&run);
      run_carry_out (&run, run_make_plan (&run));
      if (i == 1)
        g_signal_connect (run.job, "question", G_CALLBACK (on_question_fill), &run);
      run_finish (&run);
      set_disk_full (FALSE);
      g_assert_error (run.error, SMITH_ERROR, SMITH_ERROR_REFUSED);
      state = run_load_state (&run);
      g_assert_cmpstr (state->version, ==, "older");
      g_assert_cmpuint (count_files (&run), ==, 1);
      run_clear (&run);
    }
}

/* The other one's state was replaced already when the disk became full. */
static void
test_older_comes_back (void)
{
  Run run;
  g_autoptr (SmithPlan) plan = NULL;
  g_autoptr (SmithJobNotes) notes = NULL;
  g_autoptr (SmithConversionReport) report = smith_conversion_report_new ();
  g_autoptr (SmithSavedState) replaced = NULL;
  g_autoptr (SmithSavedState) state = NULL;
  g_autoptr (GError) error = NULL;

  run_init (&run, SMITH_MODE_DOWNLOAD, "");
  keep_older (&run);
  plan = run_make_plan (&run);
  notes = smith_job_notes_new (plan, run.log, run.state_path);
  smith_job_notes_start (notes);
  smith_job_notes_set_step (notes, SMITH_STEP_FLASH);
  smith_job_notes_begin_part (notes, &error);
  g_assert_no_error (error);
  replaced = run_load_state (&run);
  g_assert_cmpstr (replaced->version, !=, "older");
  set_disk_full (TRUE);
  smith_job_notes_settle (notes, SMITH_BUS (run.bus), report);
  set_disk_full (FALSE);
  state = run_load_state (&run);
  g_assert_cmpstr (state->version, ==, "older");
  g_assert_cmpuint (count_files (&run), ==, 1);
  run_clear (&run);
}

/* Once the stick took something, nothing of the older one is left. */
static void
test_older_goes (void)
{
  static const char *const faults[] = { "", LATER_PART " gone\n" };

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      Run run;

      run_init (&run, SMITH_MODE_DOWNLOAD, faults[i]);
      keep_older (&run);
      run_carry_out (&run, run_make_plan (&run));
      run_finish (&run);
      g_assert_cmpuint (count_files (&run), ==, i);
      run_clear (&run);
    }
}

/* Returns: (transfer full): of another stick than the virtual one; or of that one, with
 *   the version of the software in place of the check digit */
static SmithIdentity *
make_identity (gboolean other)
{
  SmithIdentity *identity = smith_identity_new ();

  identity->imei = g_strdup (other ? "860000000000012" : "3500000000000177");
  return identity;
}

static void
write_with_identity (Run *run, gboolean other, const char *faults)
{
  SmithPlan *plan;

  run_init (run, SMITH_MODE_DOWNLOAD, faults);
  plan = run_make_plan (run);
  plan->before = make_identity (other);
  run_carry_out (run, plan);
  run_finish (run);
}

static void
assert_no_digest (Run *run)
{
  g_autoptr (SmithSavedState) state = run_load_state (run);
  g_autofree char *text = smith_log_to_text (run->log, SMITH_LOG_DETAIL);

  g_assert_nonnull (state->imei_digest);
  g_assert_null (strstr (text, state->imei_digest + strlen (state->imei_digest) - 8));
}

/* As often as it is asked, and whatever is plugged in when it is. */
static void
test_other_stick (void)
{
  Run run;

  write_with_identity (&run, TRUE, "");
  g_assert_error (run.error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE);
  assert_no_digest (&run);
  for (guint i = 0; i < 2; i++)
    {
      SmithPlan *plan = run_plan_again (&run);

      g_assert_true (plan->all_written);
      plan->before = make_identity (FALSE);
      run_carry_out (&run, plan);
      run_finish (&run);
      g_assert_error (run.error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE);
      assert_no_digest (&run);
    }
  run_clear (&run);
}

/* The right one is known again, in however many digits it tells its IMEI. */
static void
test_same_stick (void)
{
  static const char *const faults[] = { "", "at 1 lost always\n", LATER_PART " replug\n" };

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      Run run;

      write_with_identity (&run, FALSE, faults[i]);
      if (i > 0)
        {
          g_assert_nonnull (run.error);
          assert_no_digest (&run);
          if (i == 1)
            {
              smith_virtual_stick_heal (run.stick);
              smith_virtual_stick_replug (run.stick, SMITH_MODE_STICK, NULL);
            }
          run_carry_out (&run, run_plan_again (&run));
          run_finish (&run);
        }
      g_assert_no_error (run.error);
      run_clear (&run);
    }
}

/* Another one in download mode at the same place, which takes the rest: the first one
 * still lacks it. */
static void
test_other_stick_midway (void)
{
  Run run;
  g_autoptr (SmithPlan) plan = NULL;

  write_with_identity (&run, TRUE, LATER_PART " gone\n");
  go_on (&run, SMITH_MODE_DOWNLOAD, "");
  g_assert_error (run.error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE);
  plan = run_plan_again (&run);
  g_assert_false (plan->all_written);
  g_assert_cmpuint (plan->first_partition, ==, 0);
  /* Written from the beginning, that other one is the one. */
  go_on (&run, SMITH_MODE_DOWNLOAD, "");
  g_assert_no_error (run.error);
  g_assert_cmpuint (count_files (&run), ==, 0);
  run_clear (&run);
}

/* One that comes at work and is written from the beginning is the one from then on. */
static void
test_other_stick_anew (void)
{
  Run run;
  SmithPlan *plan;

  write_with_identity (&run, TRUE, LATER_PART " gone\n");
  run_unplug (&run);
  run_plug (&run, SMITH_MODE_STICK, LATER_PART " replug\n");
  plan = run_plan_again (&run);
  plan->before = make_identity (FALSE);
  plan->way = SMITH_WAY_AT;
  run_carry_out (&run, plan);
  run_finish (&run);
  g_assert_error (run.error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED);
  run_carry_out (&run, run_plan_again (&run));
  run_finish (&run);
  g_assert_no_error (run.error);
  run_clear (&run);
}

/* The only thing that is kept of a place, or NULL. */
static SmithSavedState *
find_state (Run *run, const char *place)
{
  g_autoptr (GPtrArray) states = smith_saved_states_list (run->state_path);

  for (guint i = 0; i < states->len; i++)
    if (g_str_equal (((SmithSavedState *) g_ptr_array_index (states, i))->usb_path, place))
      return g_ptr_array_steal_index (states, i);
  return NULL;
}

static void
set_place (Run *run, const char *place)
{
  g_autofree char *path = smith_saved_states_path_for (run->state_path, place);

  run->usb_path = place;
  g_free (run->state_path);
  run->state_path = g_steal_pointer (&path);
}

/* Gone on with what was kept of @from, with a stick at @to. */
static void
move (Run *run, const char *from, const char *to, const char *faults)
{
  SmithPlan *plan;

  set_place (run, from);
  plan = run_plan_again (run);
  run_unplug (run);
  set_place (run, to);
  run_plug (run, SMITH_MODE_DOWNLOAD, faults);
  smith_plan_set_place (plan, to);
  run_carry_out (run, plan);
  run_finish (run);
}

static void
break_off (Run *run, const char *place)
{
  run_init (run, SMITH_MODE_DOWNLOAD, LATER_PART " gone\n");
  run_unplug (run);
  set_place (run, place);
  run_plug (run, SMITH_MODE_DOWNLOAD, LATER_PART " gone\n");
  {
    SmithPlan *plan = run_make_plan (run);

    smith_plan_set_place (plan, place);
    run_carry_out (run, plan);
  }
  run_finish (run);
  g_assert_error (run->error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED);
}

/* A job that moved, broke off again, and was gone on with at its new place: through,
 * nothing is left of it at any place. Until then the stick may be back at the first
 * one, where it is no longer as far as it was. */
static void
test_moved (void)
{
  Run run;
  g_autoptr (SmithSavedState) first = NULL;
  g_autoptr (SmithSavedState) first_again = NULL;

  break_off (&run, "1-1");
  first = find_state (&run, "1-1");
  g_assert_cmpuint (first->partition, >, 1);
  move (&run, "1-1", "1-2", LATER_PART " replug\n");
  g_assert_error (run.error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED);
  g_assert_cmpuint (count_files (&run), ==, 2);
  first_again = find_state (&run, "1-1");
  g_assert_cmpuint (first_again->partition, ==, 0);
  g_assert_true (first_again->touched);
  run_carry_out (&run, run_plan_again (&run));
  run_finish (&run);
  g_assert_no_error (run.error);
  g_assert_cmpuint (count_files (&run), ==, 0);
  run_clear (&run);
}

/* Each place leads to the one before. */
static void
test_moved_twice (void)
{
  Run run;

  break_off (&run, "1-1");
  move (&run, "1-1", "1-2", LATER_PART " gone\n");
  move (&run, "1-2", "1-3", "");
  g_assert_no_error (run.error);
  g_assert_cmpuint (count_files (&run), ==, 0);
  run_clear (&run);
}

/* A place where nothing was written is left behind without a trace. */
static void
test_moved_in_vain (void)
{
  Run run;
  g_autoptr (SmithSavedState) kept = NULL;

  break_off (&run, "1-1");
  move (&run, "1-1", "1-2", "text 1 lost always\nbinary 1 lost always\n");
  g_assert_error (run.error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE);
  g_assert_cmpuint (count_files (&run), ==, 1);
  kept = find_state (&run, "1-1");
  g_assert_cmpuint (kept->partition, >, 1);
  move (&run, "1-1", "1-3", "");
  g_assert_no_error (run.error);
  g_assert_cmpuint (count_files (&run), ==, 0);
  run_clear (&run);
}

/* With other firmware at work there is nothing to go on with either. */
static void
test_moved_old_version (void)
{
  Run run;

  break_off (&run, "1-1");
  move (&run, "1-1", "1-2", "after flash old-version\n");
  g_assert_error (run.error, SMITH_ERROR, SMITH_ERROR_WRONG_VERSION);
  g_assert_cmpuint (count_files (&run), ==, 0);
  run_clear (&run);
}

/* Another job has come in its place at the former place, or the same one was gone on
 * with there: that is not forgotten. */
static void
test_moved_away_from (void)
{
  for (guint i = 0; i < 2; i++)
    {
      Run run;
      g_autoptr (SmithSavedState) kept = NULL;
      SmithPlan *plan;
      guint partition;

      break_off (&run, "1-1");
      move (&run, "1-1", "1-2", LATER_PART " gone\n");
      set_place (&run, "1-1");
      if (i == 0)
        keep_older (&run);
      else
        go_on (&run, SMITH_MODE_DOWNLOAD, LATER_PART " gone\n");
      kept = find_state (&run, "1-1");
      partition = kept->partition;
      g_assert_cmpuint (partition, >, 0);
      g_clear_pointer (&kept, smith_saved_state_free);

      set_place (&run, "1-2");
      plan = run_plan_again (&run);
      smith_plan_begin_anew (plan);
      run_unplug (&run);
      run_plug (&run, SMITH_MODE_DOWNLOAD, "");
      run_carry_out (&run, plan);
      run_finish (&run);
      g_assert_no_error (run.error);
      g_assert_cmpuint (count_files (&run), ==, 1);
      kept = find_state (&run, "1-1");
      g_assert_cmpuint (kept->partition, ==, partition);
      run_clear (&run);
    }
}

/* A log is handed on, and the home folder bears a name. */
static void
test_no_folder_in_log (void)
{
  Run run;
  g_autofree char *text = NULL;

  run_init (&run, SMITH_MODE_DOWNLOAD, "");
  set_disk_full (TRUE);
  run_carry_out (&run, run_make_plan (&run));
  run_finish (&run);
  set_disk_full (FALSE);
  g_assert_no_error (run.error);
  text = smith_log_to_text (run.log, SMITH_LOG_DETAIL);
  g_assert_nonnull (strstr (text, "cannot be kept: "));
  g_assert_null (strstr (text, run.folder));
  run_clear (&run);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  smith_deadline_set_scale (0.02);
  g_test_add_func ("/job-notes/last-part/again", test_last_part_again);
  g_test_add_func ("/job-notes/last-part/at-work", test_last_part_at_work);
  g_test_add_func ("/job-notes/last-part/refused", test_last_part_refused);
  g_test_add_func ("/job-notes/full-disk/ahead", test_full_disk);
  g_test_add_func ("/job-notes/full-disk/at-last-part", test_full_disk_at_last_part);
  g_test_add_func ("/job-notes/full-disk/behind", test_full_disk_behind);
  g_test_add_func ("/job-notes/stuck", test_stuck);
  g_test_add_func ("/job-notes/older/on-full-disk", test_older_on_full_disk);
  g_test_add_func ("/job-notes/older/comes-back", test_older_comes_back);
  g_test_add_func ("/job-notes/older/goes", test_older_goes);
  g_test_add_func ("/job-notes/imei/other", test_other_stick);
  g_test_add_func ("/job-notes/imei/same", test_same_stick);
  g_test_add_func ("/job-notes/imei/other-midway", test_other_stick_midway);
  g_test_add_func ("/job-notes/imei/other-anew", test_other_stick_anew);
  g_test_add_func ("/job-notes/moved/once", test_moved);
  g_test_add_func ("/job-notes/moved/twice", test_moved_twice);
  g_test_add_func ("/job-notes/moved/in-vain", test_moved_in_vain);
  g_test_add_func ("/job-notes/moved/old-version", test_moved_old_version);
  g_test_add_func ("/job-notes/moved/away-from", test_moved_away_from);
  g_test_add_func ("/job-notes/no-folder-in-log", test_no_folder_in_log);
  return g_test_run ();
}
