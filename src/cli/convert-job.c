/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "convert.h"

#include <glib/gi18n.h>

#include "convert-end.h"
#include "desktop/cd-drive.h"
#include "flash-report.h"

typedef struct
{
  CliConversion *run;
  guint seen;
} Lines;

static void
say_line (const SmithLogLine *line, gpointer user_data)
{
  Lines *lines = user_data;
  CliConversion *run = lines->run;
  const char *title = smith_step_title (SMITH_STEP_FLASH);

  if (lines->seen++ < run->lines_shown || line->level >= SMITH_LOG_ERROR)
    return;
  /* That step begins with looking at the stick, and with the question. */
  if (!run->confirmed && g_str_equal (line->text, title))
    {
      run->title_waits = TRUE;
      return;
    }
  cli_say (run->cli, "%s", line->text);
  if (run->confirmed && run->title_waits)
    cli_say (run->cli, "%s", title);
  run->title_waits &= !run->confirmed;
}

/* The log tells what is being done; errors are said at the end. */
static void
say_new_lines (CliConversion *run)
{
  Lines lines = { run, 0 };

  smith_log_foreach (run->log, SMITH_LOG_STEP, say_line, &lines);
  run->lines_shown = lines.seen;
}

static void
on_updated (SmithJob *job, CliConversion *run)
{
  SmithJobStatus status;

  smith_job_get_status (job, &status);
  if (status.step == SMITH_STEP_FLASH && status.bytes_total > 0)
    cli_flash_progress (run->cli, status.bytes_done, status.bytes_total);
  else
    cli_live (run->cli, "%u %%", (guint) (status.fraction * 100));
}

static void
on_question (SmithJob *job, const SmithVerdict *verdict, CliConversion *run)
{
  say_new_lines (run);
  run->confirmed = cli_flash_confirm (run->cli, verdict, run->question);
  smith_job_answer (job, run->confirmed);
}

static void
on_ejected (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!smith_cd_drive_eject_finish (result, &error))
    g_info ("the CD drive could not be ejected: %s", error->message);
}

static void
on_cd_stays (SmithJob *job, const char *drive, CliConversion *run)
{
  if (drive != NULL && run->eject)
    smith_cd_drive_eject_async (NULL, drive, run->cli->cancellable, on_ejected, NULL);
}

static void
on_done (GObject *object, GAsyncResult *result, gpointer user_data)
{
  CliConversion *run = user_data;

  smith_job_run_finish (SMITH_JOB (object), result, &run->error);
  g_main_loop_quit (run->loop);
}

static void
on_cancelled (GCancellable *cancellable, gpointer data)
{
  smith_job_cancel (data);
}

/* Carries the plan out; what comes of it is in @run->error and the job's report. */
void
cli_conversion_run (CliConversion *run)
{
  gulong handler
      = g_cancellable_connect (run->cli->cancellable, G_CALLBACK (on_cancelled), run->job, NULL);

  g_signal_connect_swapped (run->log, "appended", G_CALLBACK (say_new_lines), run);
  g_signal_connect (run->job, "updated", G_CALLBACK (on_updated), run);
  g_signal_connect (run->job, "question", G_CALLBACK (on_question), run);
  g_signal_connect (run->job, "cd-stays", G_CALLBACK (on_cd_stays), run);
  smith_job_run_async (run->job, on_done, run);
  g_main_loop_run (run->loop);
  g_cancellable_disconnect (run->cli->cancellable, handler);
  say_new_lines (run);
}

/* What the virtual stick holds now, so that anybody can compare it. */
static void
add_written (JsonBuilder *builder, SmithVirtualStick *stick)
{
  g_autoptr (GPtrArray) written = smith_virtual_stick_get_written (stick);

  json_builder_set_member_name (builder, "held_by_stick");
  json_builder_begin_array (builder);
  for (guint i = 0; i < written->len; i++)
    {
      SmithWrittenPartition *partition = g_ptr_array_index (written, i);

      json_builder_begin_object (builder);
      cli_add_hex (builder, "id", partition->id);
      cli_add_int (builder, "size", (gint64) partition->size);
      cli_add_string (builder, "sha256", partition->sha256);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static const char *
network_name (SmithNetworkResult result)
{
  static const char *const names[] = { "not-tried", "registered", "missed", "skipped" };

  return names[result];
}

static void
say_network (Cli *cli, const SmithConversionReport *report)
{
  const SmithReactivateReport *network = &report->network;

  if (report->network_result == SMITH_NETWORK_REGISTERED)
    cli_say (cli, _ ("The stick has found its network: %s"),
             network->state.operator_name[0] != '\0' ? network->state.operator_name : _ ("yes"));
  else if (report->network_problem != NULL)
    cli_say (cli, _ ("The firmware is in place, but the stick has not found its network: %s"),
             report->network_problem);
  if (network->changed)
    {
      g_autofree char *old = smith_network_settings_to_command (&network->before);

      cli_say (cli, _ ("Its network settings were opened; these were the old ones: %s"), old);
    }
}

static void
add_network (JsonBuilder *builder, const SmithConversionReport *report)
{
  const SmithReactivateReport *network = &report->network;

  cli_add_string (builder, "network", network_name (report->network_result));
  if (network->had_settings)
    {
      g_autofree char *old = smith_network_settings_to_command (&network->before);

      cli_add_string (builder, "network_settings_before", old);
      cli_add_bool (builder, "network_settings_changed", network->changed);
    }
}

static void
say_end (Cli *cli, const GError *error, const CliEnd *end)
{
  g_autofree char *stick = cli_end_describe (end);

  cli_print_error (cli, error);
  if (stick != NULL)
    g_printerr ("%s\n", stick);
}

/**
 * cli_conversion_finish:
 * @stick: (nullable): the virtual stick, where it was one
 *
 * Tells how it ended.
 */
CliStatus
cli_conversion_finish (CliConversion *run, SmithVirtualStick *stick)
{
  Cli *cli = run->cli;
  const GError *error = run->error;
  const SmithConversionReport *report = smith_job_get_report (run->job);
  /* What can be refused about a loader is refused before its step begins. */
  gboolean touched = report->touched || report->step == SMITH_STEP_LOADER
                     || report->step >= SMITH_STEP_COME_BACK;
  CliStatus status = cli_status_for (error, touched);
  const CliEnd end
      = { run->bus, smith_job_get_plan (run->job)->usb_path, run->state_path, run->before, report };

  cli_live_end (cli);
  if (cli->json)
    {
      g_autoptr (JsonBuilder) builder = cli_result_begin (cli_result_name (status));

      cli_add_string (builder, "step", smith_step_name (report->step));
      cli_add_string (builder, "version", report->version);
      cli_add_flash_report (builder, report->flash);
      add_network (builder, report);
      cli_end_add (builder, &end);
      if (stick != NULL)
        add_written (builder, stick);
      if (error != NULL)
        cli_add_error (builder, error);
      cli_result_end (builder);
      return status;
    }
  if (error != NULL)
    {
      say_end (cli, error, &end);
      return status;
    }
  cli_say_flash_report (cli, report->flash);
  say_network (cli, report);
  return status;
}

/* Opens a file, checks it and puts it into the plan, which keeps what it needs. */
gboolean
cli_conversion_add_file (Cli *cli,
                         SmithPlan *plan,
                         const char *path,
                         SmithWant want,
                         GError **error)
{
  g_autoptr (SmithPackage) package = smith_package_open (path, cli->cancellable, error);
  SmithItem *item;

  if (package == NULL)
    return FALSE;
  item = smith_package_pick (package, want, want == SMITH_WANT_FIRMWARE ? cli->entry : NULL, error);
  if (item == NULL || !smith_item_verify (item, NULL, NULL, cli->cancellable, error))
    return FALSE;
  if (want == SMITH_WANT_LOADER)
    plan->loader = smith_item_ref (item);
  else
    g_ptr_array_add (plan->firmware, smith_item_ref (item));
  return TRUE;
}
