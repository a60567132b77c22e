/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "flash-report.h"

#include <glib/gi18n.h>

#include "job/job.h"
#include "simulator/practice.h"
#include "simulator/scenario.h"

#define USB_PATH "1-1"
#define RESTART_MS 300
#define OLD_VERSION "22.180.05.00.00"

typedef struct
{
  Cli *cli;
  SmithJob *job;
  SmithLog *log;
  GMainLoop *loop;
  guint lines_shown;
  GError *error;
} Run;

typedef struct
{
  Cli *cli;
  guint skip;
  guint seen;
} Lines;

static void
say_line (const SmithLogLine *line, gpointer user_data)
{
  Lines *lines = user_data;

  if (lines->seen++ >= lines->skip && line->level < SMITH_LOG_ERROR)
    cli_say (lines->cli, "%s", line->text);
}

/* The log tells what is being done; errors are said at the end. */
static void
say_new_lines (Run *run)
{
  Lines lines = { run->cli, run->lines_shown, 0 };

  smith_log_foreach (run->log, SMITH_LOG_STEP, say_line, &lines);
  run->lines_shown = lines.seen;
}

static void
on_updated (SmithJob *job, Run *run)
{
  SmithJobStatus status;

  smith_job_get_status (job, &status);
  if (status.step == SMITH_STEP_FLASH && status.bytes_total > 0)
    cli_flash_progress (run->cli, status.bytes_done, status.bytes_total);
  else
    cli_live (run->cli, "%u %%", (guint) (status.fraction * 100));
}

static void
on_question (SmithJob *job, const SmithVerdict *verdict, Run *run)
{
  g_autofree char *question = g_strdup_printf (_ ("Write firmware %s to the practice stick?"),
                                               smith_plan_get_version (smith_job_get_plan (job)));

  say_new_lines (run);
  smith_job_answer (job, cli_flash_confirm (run->cli, verdict, question));
}

static void
on_done (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;

  smith_job_run_finish (SMITH_JOB (object), result, &run->error);
  g_main_loop_quit (run->loop);
}

static void
on_cancelled (GCancellable *cancellable, gpointer data)
{
  smith_job_cancel (data);
}

/* Carries the plan out; what comes of it is in @run->error and the job's report. */
static void
run_job (Run *run)
{
  gulong handler
      = g_cancellable_connect (run->cli->cancellable, G_CALLBACK (on_cancelled), run->job, NULL);

  g_signal_connect_swapped (run->log, "appended", G_CALLBACK (say_new_lines), run);
  g_signal_connect (run->job, "updated", G_CALLBACK (on_updated), run);
  g_signal_connect (run->job, "question", G_CALLBACK (on_question), run);
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

static CliStatus
finish (Run *run, SmithVirtualStick *stick)
{
  Cli *cli = run->cli;
  const GError *error = run->error;
  const SmithConversionReport *report = smith_job_get_report (run->job);
  /* What can be refused about a loader is refused before its step begins. */
  gboolean touched = report->flash->touched || report->step == SMITH_STEP_LOADER;
  CliStatus status = error == NULL ? CLI_DONE : cli_status_for (error, touched);

  cli_live_end (cli);
  if (cli->json)
    {
      g_autoptr (JsonBuilder) builder = cli_result_begin (cli_result_name (status));

      cli_add_string (builder, "step", smith_step_name (report->step));
      cli_add_string (builder, "version", report->version);
      cli_add_flash_report (builder, report->flash);
      add_written (builder, stick);
      if (error != NULL)
        cli_add_error (builder, error);
      cli_result_end (builder);
      return status;
    }
  if (error != NULL)
    {
      g_printerr ("%s\n", error->message);
      return status;
    }
  cli_say_flash_report (cli, report->flash);
  return status;
}

/* Puts the practice files into a plan. The packages keep what it needs. */
static gboolean
add_file (Cli *cli, SmithPlan *plan, const char *path, SmithWant want, GError **error)
{
  g_autoptr (SmithPackage) package = smith_package_open (path, cli->cancellable, error);
  SmithItem *item;

  if (package == NULL)
    return FALSE;
  item = smith_package_pick (package, want, NULL, error);
  if (item == NULL || !smith_item_verify (item, NULL, NULL, cli->cancellable, error))
    return FALSE;
  if (want == SMITH_WANT_LOADER)
    plan->loader = smith_item_ref (item);
  else
    g_ptr_array_add (plan->firmware, smith_item_ref (item));
  return TRUE;
}

static SmithPlan *
make_plan (Cli *cli, const SmithScenario *scenario, GError **error)
{
  g_autofree char *wrong = NULL;
  g_autoptr (SmithPlan) plan = smith_plan_new (USB_PATH);
  g_auto (SmithPracticeFiles) files = { NULL };
  g_autofree char *folder
      = g_build_filename (g_get_user_cache_dir (), "sticksmith", "practice", NULL);

  if (!smith_practice_write_files (folder, &files, error))
    return NULL;
  if (scenario->wrong_file)
    {
      wrong = smith_practice_write_wrong_file (folder, error);
      if (wrong == NULL)
        return NULL;
    }
  if (!add_file (cli, plan, files.loader, SMITH_WANT_LOADER, error)
      || !add_file (cli, plan, wrong != NULL ? wrong : files.stick, SMITH_WANT_FIRMWARE, error))
    return NULL;
  return g_steal_pointer (&plan);
}

static CliStatus
practise (Cli *cli, const SmithScenario *scenario)
{
  SmithVirtualStickConfig config = {
    .usb_path = USB_PATH,
    .start = scenario->start,
    .chip = SMITH_CHIP_V7R11,
    .product_id = "BV7R11HS",
    .hardware = "CL2E3372HM",
    .version = OLD_VERSION,
    .demand_signature = scenario->demand_signature,
    .restart_ms = RESTART_MS,
  };
  g_autoptr (SmithFaultScript) faults = NULL;
  g_autoptr (SmithVirtualBus) bus = smith_virtual_bus_new ();
  g_autoptr (SmithVirtualStick) stick = NULL;
  g_autoptr (SmithLog) log = smith_log_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (SmithJob) job = NULL;
  g_autoptr (GError) error = NULL;
  SmithPlan *plan = NULL;
  Run run = { .cli = cli, .log = log, .loop = loop };
  CliStatus status;

  faults = smith_fault_script_parse (scenario->faults != NULL ? scenario->faults : "", &error);
  config.faults = faults;
  if (faults != NULL)
    stick = smith_virtual_stick_new (bus, &config, NULL, NULL, &error);
  if (stick != NULL)
    plan = make_plan (cli, scenario, &error);
  if (plan == NULL)
    return cli_fail (cli, error, FALSE);
  /* The practice stick goes with the program: there is nothing to go on with. */
  run.job = job = smith_job_new (plan, SMITH_BUS (bus), log, NULL);
  run_job (&run);
  status = finish (&run, stick);
  g_clear_error (&run.error);
  return status;
}

static void
print_scenarios (void)
{
  guint n;
  const SmithScenario *scenarios = smith_scenario_list (&n);

  g_printerr ("%s\n", _ ("These can be practised:"));
  for (guint i = 0; i < n; i++)
    g_printerr ("  %-22s %s\n", scenarios[i].name, _ (scenarios[i].summary));
}

/* GOptionContext hands nothing of the caller's to a callback of its main group. */
static char *chosen_scenario = NULL;

static gboolean
on_practice (const char *name, const char *value, gpointer data, GError **error)
{
  g_free (chosen_scenario);
  chosen_scenario = g_strdup (value != NULL ? value : "all-well");
  return TRUE;
}

static CliStatus
run_chosen (Cli *cli)
{
  g_autofree char *name = g_steal_pointer (&chosen_scenario);
  const SmithScenario *scenario;

  if (name == NULL)
    {
      g_printerr ("%s\n", _ ("This version converts the practice stick only: add --practice. For "
                             "a real stick use load, then flash."));
      return CLI_USAGE;
    }
  scenario = smith_scenario_find (name);
  if (scenario == NULL)
    {
      print_scenarios ();
      return CLI_USAGE;
    }
  return practise (cli, scenario);
}

/**
 * cli_convert:
 *
 * The whole job, with a virtual stick.
 */
CliStatus
cli_convert (Cli *cli, int argc, char *argv[])
{
  const GOptionEntry entries[] = {
    { "practice", 0, G_OPTION_FLAG_OPTIONAL_ARG, G_OPTION_ARG_CALLBACK, on_practice,
      N_ ("Convert a virtual stick, so that nothing real is touched"), N_ ("SCENARIO") },
    { NULL },
  };

  if (!cli_parse (cli, &argc, &argv, "convert --practice",
                  _ ("Converts a stick from HiLink to Stick firmware: loader, firmware, restart, "
                     "and a look at the version that it shows then."),
                  CLI_TAKES_JSON | CLI_TAKES_YES | CLI_TAKES_TIME_SCALE, entries, 0, 0))
    return CLI_USAGE;
  return run_chosen (cli);
}
