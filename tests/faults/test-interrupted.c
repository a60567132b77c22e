/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A job that was interrupted, and what was kept of it: see
 * test-what-goes-wrong.c. */
#include "world.h"

#include <string.h>

#include "format/error.h"
#include "job/job.h"
#include "job/saved-state.h"

/* 11: interrupted: gone on with, from the first part that is not complete. What
 * was kept stays until that went well, however often it does not. */

typedef struct
{
  World *world;
  char *state_path;
  GMainLoop *loop;
  SmithStep cancel_at;
  gboolean cancels;
} Jobs;

static void
on_question (SmithJob *job, const SmithVerdict *verdict, gpointer data)
{
  smith_job_answer (job, TRUE);
}

static void
on_updated (SmithJob *job, Jobs *jobs)
{
  SmithJobStatus status;

  smith_job_get_status (job, &status);
  if (jobs->cancels && status.step == jobs->cancel_at)
    smith_job_cancel (job);
}

static void
on_job_done (GObject *object, GAsyncResult *result, gpointer data)
{
  Jobs *jobs = data;

  smith_job_run_finish (SMITH_JOB (object), result, &jobs->world->error);
  g_main_loop_quit (jobs->loop);
}

/* @plan: (transfer full) */
static void
do_job (Jobs *jobs, SmithPlan *plan, int code)
{
  g_autoptr (SmithLog) log = smith_log_new ();
  SmithJob *job = smith_job_new (plan, SMITH_BUS (jobs->world->rig.bus), log, jobs->state_path);
  GWeakRef weak;
  gpointer left;

  g_clear_error (&jobs->world->error);
  g_signal_connect (job, "question", G_CALLBACK (on_question), NULL);
  g_signal_connect (job, "updated", G_CALLBACK (on_updated), jobs);
  smith_job_run_async (job, on_job_done, jobs);
  g_main_loop_run (jobs->loop);
  if (code == SUCCESS)
    g_assert_no_error (jobs->world->error);
  else if (code == CANCELLED)
    g_assert_error (jobs->world->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  else
    g_assert_error (jobs->world->error, SMITH_ERROR, code);
  g_weak_ref_init (&weak, job);
  g_object_unref (job);
  while ((left = g_weak_ref_get (&weak)) != NULL)
    {
      g_object_unref (left);
      g_usleep (500);
    }
  g_weak_ref_clear (&weak);
  /* The last it does is to let go of the bus. */
  while (g_atomic_int_get ((int *) &G_OBJECT (jobs->world->rig.bus)->ref_count) > 2)
    g_usleep (500);
  if (code == SUCCESS)
    g_assert_false (g_file_test (jobs->state_path, G_FILE_TEST_EXISTS));
}

static SmithPlan *
plan_again (Jobs *jobs, guint file, guint partition)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithSavedState) state = smith_saved_state_load (jobs->state_path, &error);
  SmithPlan *plan;

  g_assert_no_error (error);
  plan = smith_saved_state_to_plan (state, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (plan->first_file, ==, file);
  g_assert_cmpuint (plan->first_partition, ==, partition);
  plan->boot_wait_ms = 1000;
  return plan;
}

static void
jobs_init (Jobs *jobs, World *world)
{
  *jobs = (Jobs){ .world = world, .loop = g_main_loop_new (NULL, FALSE) };
  jobs->state_path = g_build_filename (world->files.dir, "job.ini", NULL);
}

static void
jobs_clear (Jobs *jobs)
{
  g_main_loop_unref (jobs->loop);
  g_free (jobs->state_path);
}

static void
test_interrupted (void)
{
  g_auto (World) world = { 0 };
  Jobs jobs;
  SmithPlan *plan;

  world_init (&world, ROUTE_NEEDLE);
  jobs_init (&jobs, &world);
  /* In the second part of the first file. */
  world_plug (&world, "binary 8 gone\n");
  do_job (&jobs, g_steal_pointer (&world.plan), SMITH_ERROR_DISCONNECTED);

  /* Nobody plugs it in in time; then somebody does not want to wait. */
  do_job (&jobs, plan_again (&jobs, 0, 1), SMITH_ERROR_TIMEOUT);
  jobs.cancels = TRUE;
  jobs.cancel_at = SMITH_STEP_BOOT_MODE;
  plan = plan_again (&jobs, 0, 1);
  plan->boot_wait_ms = 600000;
  do_job (&jobs, plan, CANCELLED);
  jobs.cancels = FALSE;

  smith_virtual_stick_heal (world.rig.stick);
  world_plug_again (&world, SMITH_MODE_BOOT_ROM);
  do_job (&jobs, plan_again (&jobs, 0, 1), SUCCESS);
  jobs_clear (&jobs);
}

/* All was written, only the return was missed; interrupted once more while that
 * is made up for, it is still known that all was written. */
static void
test_interrupted_at_the_end (void)
{
  g_auto (World) world = { 0 };
  Jobs jobs;
  SmithPlan *plan;

  world_init (&world, ROUTE_NEEDLE);
  jobs_init (&jobs, &world);
  world_plug (&world, "after flash wrong-mode\n");
  do_job (&jobs, g_steal_pointer (&world.plan), SMITH_ERROR_WRONG_DEVICE);
  plan = plan_again (&jobs, 1, 1);
  g_assert_true (plan->all_written);
  smith_virtual_stick_unplug (world.rig.stick);
  do_job (&jobs, plan, SMITH_ERROR_TIMEOUT);
  plan = plan_again (&jobs, 1, 1);
  g_assert_true (plan->all_written);
  smith_virtual_stick_heal (world.rig.stick);
  world_plug_again (&world, SMITH_MODE_DOWNLOAD);
  do_job (&jobs, plan, SUCCESS);
  jobs_clear (&jobs);
}

/* Killed behind the last part, before the restart was noted: whether the stick
 * is at work is to be asked, not waited for in download mode. */
static void
test_killed_before_the_restart (void)
{
  g_auto (World) world = { 0 };
  g_autoptr (SmithSavedState) state = NULL;
  g_autoptr (GError) error = NULL;
  Jobs jobs;
  SmithPlan *plan;

  world_init (&world, ROUTE_NEEDLE);
  jobs_init (&jobs, &world);
  world_plug (&world, "at 1 lost times 5\n");
  do_job (&jobs, route_make_plan (&world.route), SMITH_ERROR_TIMEOUT);
  world_expect_mode (&world, SMITH_MODE_STICK);
  state = smith_saved_state_for_plan (world.plan);
  state->step = SMITH_STEP_FLASH;
  state->file = 1;
  state->partition = 2;
  smith_saved_state_save (state, jobs.state_path, &error);
  g_assert_no_error (error);
  plan = plan_again (&jobs, 1, 1);
  g_assert_true (plan->all_written);
  do_job (&jobs, plan, SUCCESS);
  jobs_clear (&jobs);
}

int
main (int argc, char **argv)
{
  static const WorldTest tests[] = {
    { "11-interrupted", test_interrupted },
    { "11-interrupted-at-the-end", test_interrupted_at_the_end },
    { "11-killed-before-the-restart", test_killed_before_the_restart },
  };

  return world_run_tests (argc, argv, tests, G_N_ELEMENTS (tests));
}
