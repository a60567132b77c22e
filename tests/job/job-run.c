/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job-run.h"

#include <glib/gstdio.h>

#include <string.h>

#include "format/expander.h"
#include "rig.h"

#define OLD_VERSION "22.180.05.00.00"

void
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

void
run_unplug (Run *run)
{
  smith_virtual_stick_free (run->stick);
  smith_fault_script_free (run->faults);
  run->stick = NULL;
  run->faults = NULL;
}

void
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
empty_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_remove (path);
    }
}

void
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
  empty_folder (state_folder);
  g_rmdir (state_folder);
  g_rmdir (run->folder);
  smith_practice_files_clear (&run->files);
  g_clear_error (&run->error);
  g_free (run->folder);
  g_free (run->state_path);
  g_free (run->cancel_at);
}

SmithPlan *
run_make_plan (Run *run)
{
  SmithPlan *plan = smith_plan_new ("1-1");

  plan->loader = item_open (run->files.loader);
  g_ptr_array_add (plan->firmware, item_open (run->files.stick));
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

void
run_on_question (SmithJob *job, const SmithVerdict *verdict, Run *run)
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

void
run_carry_out (Run *run, SmithPlan *plan)
{
  run->over = FALSE;
  run->last_fraction = 0;
  g_clear_error (&run->error);
  g_clear_object (&run->job);
  run->job = smith_job_new (plan, SMITH_BUS (run->bus), run->log, run->state_path);
  g_signal_connect (run->job, "updated", G_CALLBACK (on_updated), run);
  g_signal_connect (run->job, "question", G_CALLBACK (run_on_question), run);
  smith_job_run_async (run->job, on_done, run);
}

void
run_finish (Run *run)
{
  while (!run->over)
    g_main_context_iteration (NULL, TRUE);
}

gboolean
run_has_state (Run *run)
{
  return g_file_test (run->state_path, G_FILE_TEST_EXISTS);
}

/* What the stick holds is what the file expands to, each partition once or more. */
void
run_assert_holds (Run *run)
{
  g_autoptr (SmithItem) item = item_open (run->files.stick);
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

SmithPlan *
run_plan_again (Run *run)
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

SmithSavedState *
run_load_state (Run *run)
{
  g_autoptr (GError) error = NULL;
  SmithSavedState *state = smith_saved_state_load (run->state_path, &error);

  g_assert_no_error (error);
  return state;
}
