/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A job whose state or log cannot be kept: it goes on, says so once, and leaves
 * nothing behind that is half or another job's. */
#include <glib/gstdio.h>

#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "format/error.h"
#include "job/job.h"
#include "job/saved-state.h"
#include "link/deadline.h"
#include "rig.h"

#define VERSION "22.299.01.00.00"
#define OTHER_VERSION "22.298.01.00.00"
/* The stick leaves and comes back while it is at the third part or so. */
#define INTERRUPTED "binary 12 replug\n"

typedef struct
{
  Rig rig;
  Files files;
  char *folder; /* where the state is kept */
  char *state_path;
  SmithLog *log;
  SmithJob *job;
  gboolean over;
  GError *error;
} Run;

static void
set_disk_full (gboolean full)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
  limit.rlim_cur = full ? 20 : limit.rlim_max;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
}

static void
run_start (Run *run, const char *faults)
{
  memset (run, 0, sizeof *run);
  files_start (&run->files);
  run->folder = g_build_filename (run->files.dir, "state", NULL);
  run->state_path = g_build_filename (run->folder, "job.ini", NULL);
  g_assert_cmpint (g_mkdir (run->folder, 0700), ==, 0);
  rig_start_plain (&run->rig, SMITH_MODE_DOWNLOAD, faults);
  run->log = smith_log_new ();
}

/* The worker may hold the job a moment longer than the callback takes. */
static void
let_go (Run *run)
{
  gpointer job = run->job;

  if (job == NULL)
    return;
  g_object_add_weak_pointer (job, &job);
  g_clear_object (&run->job);
  while (g_atomic_pointer_get (&job) != NULL)
    g_main_context_iteration (NULL, FALSE);
}

static void
run_clear (Run *run)
{
  set_disk_full (FALSE);
  let_go (run);
  g_clear_error (&run->error);
  g_object_unref (run->log);
  rig_clear (&run->rig);
  g_unlink (run->state_path);
  g_rmdir (run->state_path);
  g_rmdir (run->folder);
  files_clear (&run->files);
  g_free (run->folder);
  g_free (run->state_path);
}

static void
on_question (SmithJob *job, const SmithVerdict *verdict, Run *run)
{
  smith_job_answer (job, TRUE);
}

static void
on_done (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;

  smith_job_run_finish (SMITH_JOB (object), result, &run->error);
  run->over = TRUE;
}

static void
carry_out (Run *run, SmithPlan *plan)
{
  run->over = FALSE;
  g_clear_error (&run->error);
  let_go (run);
  plan->skip_network = TRUE;
  run->job = smith_job_new (plan, SMITH_BUS (run->rig.bus), run->log, run->state_path);
  g_signal_connect (run->job, "question", G_CALLBACK (on_question), run);
  smith_job_run_async (run->job, on_done, run);
  while (!run->over)
    g_main_context_iteration (NULL, TRUE);
}

static char *
make_file (Run *run, const char *name, const char *version)
{
  g_autofree char *description = tiny_description (version, 0);

  return files_make (&run->files, name, description);
}

static SmithPlan *
make_plan (const char *path)
{
  SmithPlan *plan = smith_plan_new ("1-1");

  g_ptr_array_add (plan->firmware, item_open (path));
  return plan;
}

static guint
count_in (const char *text, const char *word)
{
  guint n = 0;

  for (const char *p = strstr (text, word); p != NULL; p = strstr (p + 1, word))
    n++;
  return n;
}

static guint
count_notices (Run *run)
{
  g_autofree char *text = smith_log_to_text (run->log, SMITH_LOG_NOTICE);

  return count_in (text, "state of the job cannot be kept");
}

/* What it means is said with it, where there is nothing to go on with. */
static guint
count_meanings (Run *run)
{
  g_autofree char *text = smith_log_to_text (run->log, SMITH_LOG_NOTICE);

  return count_in (text, "begin anew");
}

static guint
count_entries (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  g_assert_nonnull (dir);
  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
assert_converted (Run *run, const char *path)
{
  g_autoptr (GPtrArray) items = items_new (item_open (path), NULL);

  g_assert_no_error (run->error);
  rig_expect_written (&run->rig, items);
}

/* Places that take no file, for root neither. */
static void
test_no_place (void)
{
  static const char *const places[] = { "/dev/null/job.ini", "/proc/none/job.ini", NULL };

  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    {
      Run run;
      g_autofree char *path = NULL;

      run_start (&run, NULL);
      path = make_file (&run, "a.bin", VERSION);
      if (places[i] != NULL)
        {
          g_free (run.state_path);
          run.state_path = g_strdup (places[i]);
        }
      else
        g_assert_cmpint (g_mkdir (run.state_path, 0700), ==, 0);
      carry_out (&run, make_plan (path));
      assert_converted (&run, path);
      /* Said, and not for every part anew; beside a folder in the way there is room. */
      g_assert_cmpuint (count_notices (&run), ==, places[i] != NULL);
      g_assert_cmpuint (count_meanings (&run), ==, places[i] != NULL);
      run_clear (&run);
    }
}

static void
test_full_disk (void)
{
  Run run;
  g_autofree char *path = NULL;

  run_start (&run, NULL);
  path = make_file (&run, "a.bin", VERSION);
  set_disk_full (TRUE);
  carry_out (&run, make_plan (path));
  set_disk_full (FALSE);
  assert_converted (&run, path);
  g_assert_cmpuint (count_notices (&run), ==, 1);
  g_assert_cmpuint (count_meanings (&run), ==, 1);
  g_assert_cmpuint (count_entries (run.folder), ==, 0);
  run_clear (&run);
}

/* Of another job that did not end there is a state; the new one's does not fit
 * on the disk. Interrupted, nobody may be offered the other one's file. */
static void
test_full_disk_and_another_job (void)
{
  Run run;
  g_autofree char *path = NULL;
  g_autofree char *other = NULL;
  g_autoptr (SmithPlan) old = NULL;
  g_autoptr (SmithSavedState) state = NULL;
  g_autoptr (GError) error = NULL;

  run_start (&run, INTERRUPTED);
  path = make_file (&run, "a.bin", VERSION);
  other = make_file (&run, "b.bin", OTHER_VERSION);
  old = make_plan (other);
  state = smith_saved_state_for_plan (old);
  state->touched = TRUE;
  g_assert_true (smith_saved_state_save (state, run.state_path, &error));
  set_disk_full (TRUE);
  carry_out (&run, make_plan (path));
  set_disk_full (FALSE);
  g_assert_nonnull (run.error);
  g_assert_true (smith_job_get_report (run.job)->flash->touched);
  g_assert_cmpuint (count_notices (&run), ==, 1);
  g_assert_cmpuint (count_entries (run.folder), ==, 0);
  run_clear (&run);
}

static SmithPlan *
load_plan (Run *run, guint *partition)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithSavedState) state = smith_saved_state_load (run->state_path, &error);
  SmithPlan *plan;

  g_assert_no_error (error);
  g_assert_cmpstr (state->version, ==, VERSION);
  *partition = state->partition;
  plan = smith_saved_state_to_plan (state, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return plan;
}

/* Full only when it is gone on with, and interrupted once more: what was kept
 * before stays whole, and good to go on with. */
static void
test_full_disk_later (void)
{
  Run run;
  g_autofree char *path = NULL;
  SmithPlan *plan;
  guint first;
  guint second;

  run_start (&run, INTERRUPTED "binary 20 replug\n");
  path = make_file (&run, "a.bin", VERSION);
  carry_out (&run, make_plan (path));
  g_assert_nonnull (run.error);
  g_assert_cmpuint (count_notices (&run), ==, 0);
  plan = load_plan (&run, &first);
  g_assert_cmpuint (first, >, 0);

  set_disk_full (TRUE);
  carry_out (&run, plan);
  g_assert_nonnull (run.error);
  g_assert_cmpuint (count_notices (&run), ==, 1);
  g_assert_cmpuint (count_meanings (&run), ==, 0);
  g_assert_cmpuint (count_entries (run.folder), ==, 1);
  plan = load_plan (&run, &second);
  g_assert_cmpuint (second, ==, first);

  carry_out (&run, plan);
  set_disk_full (FALSE);
  g_assert_no_error (run.error);
  g_assert_cmpuint (count_entries (run.folder), ==, 0);
  run_clear (&run);
}

/* File names are bytes: a job with one that is not UTF-8 is gone on with, too. */
static void
test_names (void)
{
  static const char *const names[]
      = { "Br\xfc"
          "cke.bin",
          "file:a.bin", "a;b\n\t= [x]\\;.bin", " # \xff\xfe%2f.bin", "\xd0\xb6.bin" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      Run run;
      g_autofree char *path = NULL;
      g_autoptr (SmithSavedState) state = NULL;
      g_autoptr (GError) error = NULL;
      SmithPlan *plan;

      run_start (&run, INTERRUPTED);
      path = make_file (&run, names[i], VERSION);
      carry_out (&run, make_plan (path));
      g_assert_nonnull (run.error);
      state = smith_saved_state_load (run.state_path, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (state->paths[0], ==, path);
      plan = smith_saved_state_to_plan (state, NULL, NULL, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (plan->first_partition, >, 0);
      carry_out (&run, plan);
      g_assert_no_error (run.error);
      g_assert_cmpuint (count_notices (&run), ==, 0);
      run_clear (&run);
    }
}

/* A URI in the place of a path is only taken for a file's. */
static void
test_bad_names (void)
{
  static const char *const bad[]
      = { "http://a/b", "file:", "file:///%2f", "file://%zz/", "file:a" };
  g_auto (Files) files = { 0 };
  g_autofree char *path = NULL;

  files_start (&files);
  path = g_build_filename (files.dir, "job.ini", NULL);
  for (gsize i = 0; i < 2 * G_N_ELEMENTS (bad); i++)
    {
      const char *name = bad[i / 2];
      g_autofree char *sum = g_strnfill (64, 'a');
      g_autofree char *text = g_strdup_printf (
          "[job]\nformat=1\nusb-path=1-1\nloader=%s\nloader-sha256=%s\nfiles=%s;\nentries=a;\n"
          "sha256=;\nstep=flash\nfile=0\npartition=0\n",
          i % 2 == 0 ? name : "/a", sum, i % 2 == 0 ? "/a" : name);
      g_autoptr (GError) error = NULL;

      g_assert_true (g_file_set_contents (path, text, -1, NULL));
      g_assert_null (smith_saved_state_load (path, &error));
      g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE);
    }
}

static void
test_log (void)
{
  g_auto (Files) files = { 0 };
  g_autofree char *path = NULL;
  g_autofree char *there = NULL;
  g_autoptr (SmithLog) log = smith_log_new ();
  g_autoptr (GError) error = NULL;

  files_start (&files);
  path = g_build_filename (files.dir, "log.txt", NULL);
  smith_log_add (log, SMITH_LOG_STEP, "a line that is longer than the disk");
  set_disk_full (TRUE);
  g_assert_false (smith_log_save (log, path, &error));
  set_disk_full (FALSE);
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, path));
  g_assert_cmpuint (count_entries (files.dir), ==, 0);
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (path, "an older one", -1, NULL));
  set_disk_full (TRUE);
  g_assert_false (smith_log_save (log, path, &error));
  set_disk_full (FALSE);
  g_assert_cmpuint (count_entries (files.dir), ==, 1);
  g_assert_true (g_file_get_contents (path, &there, NULL, NULL));
  g_assert_cmpstr (there, ==, "an older one");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  /* As the programs do. */
  signal (SIGXFSZ, SIG_IGN);
  smith_deadline_set_scale (0.2);
  g_test_add_func ("/hostile/state/no-place", test_no_place);
  g_test_add_func ("/hostile/state/full-disk", test_full_disk);
  g_test_add_func ("/hostile/state/full-disk-and-another-job", test_full_disk_and_another_job);
  g_test_add_func ("/hostile/state/full-disk-later", test_full_disk_later);
  g_test_add_func ("/hostile/state/names", test_names);
  g_test_add_func ("/hostile/state/bad-names", test_bad_names);
  g_test_add_func ("/hostile/state/log", test_log);
  return g_test_run ();
}
