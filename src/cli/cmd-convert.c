/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "flash-report.h"

#include <glib/gi18n.h>

#include "job/conversion.h"
#include "simulator/practice.h"
#include "simulator/scenario.h"

#define USB_PATH "1-1"
#define RESTART_MS 300
#define OLD_VERSION "22.180.05.00.00"

typedef struct
{
  Cli *cli;
  SmithPlan *plan;
  SmithConversionReport *report;
} Run;

static void
on_step (SmithStep step, gpointer user_data)
{
  static const char *const texts[] = {
    [SMITH_STEP_PREPARE] = N_ ("Checking the files"),
    [SMITH_STEP_BOOT_MODE] = N_ ("Waiting for the stick in boot mode"),
    [SMITH_STEP_LOADER] = N_ ("Uploading the loader"),
    [SMITH_STEP_FLASH] = N_ ("Writing the firmware"),
    [SMITH_STEP_COME_BACK] = N_ ("Waiting for the stick to come back"),
  };
  Run *run = user_data;

  G_STATIC_ASSERT (G_N_ELEMENTS (texts) == SMITH_N_STEPS);
  cli_say (run->cli, "%s…", _ (texts[step]));
}

static void
on_loader_progress (guint64 done, guint64 total, gpointer user_data)
{
  Run *run = user_data;

  cli_live (run->cli, _ ("Loader: %u %%"), (guint) (done * 100 / MAX (total, 1)));
}

static gboolean
on_confirm (const SmithVerdict *verdict, gpointer user_data)
{
  Run *run = user_data;
  g_autofree char *question
      = g_strdup_printf (_ ("Write firmware %s to the practice stick?"),
                         smith_plan_get_version (run->plan));

  return cli_flash_confirm (run->cli, verdict, question);
}

static void
on_partition (const SmithItem *item, const SmithPartition *partition, gpointer user_data)
{
  Run *run = user_data;

  cli_say (run->cli, "  %02u  %08X  %s", partition->index, partition->id, partition->name);
}

static void
on_progress (guint64 done, guint64 total, gpointer user_data)
{
  Run *run = user_data;

  cli_flash_progress (run->cli, done, total);
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
finish (Run *run, SmithVirtualStick *stick, const GError *error)
{
  Cli *cli = run->cli;
  SmithConversionReport *report = run->report;
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
  cli_say (cli, _ ("Done: the stick is back with version %s."), report->version);
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
make_plan (Cli *cli, GError **error)
{
  g_autoptr (SmithPlan) plan = smith_plan_new (USB_PATH);
  g_auto (SmithPracticeFiles) files = { NULL };
  g_autofree char *folder
      = g_build_filename (g_get_user_cache_dir (), "sticksmith", "practice", NULL);

  if (!smith_practice_write_files (folder, &files, error)
      || !add_file (cli, plan, files.loader, SMITH_WANT_LOADER, error)
      || !add_file (cli, plan, files.stick, SMITH_WANT_FIRMWARE, error))
    return NULL;
  return g_steal_pointer (&plan);
}

static CliStatus
practise (Cli *cli, const SmithScenario *scenario)
{
  static const SmithConversionFuncs funcs
      = { on_step, on_loader_progress, { on_confirm, on_partition, on_progress } };
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
  g_autoptr (SmithPlan) plan = NULL;
  g_autoptr (SmithConversionReport) report = smith_conversion_report_new ();
  g_autoptr (GError) error = NULL;
  Run run = { cli, NULL, report };

  faults = smith_fault_script_parse (scenario->faults, &error);
  config.faults = faults;
  if (faults != NULL)
    plan = make_plan (cli, &error);
  if (plan != NULL)
    stick = smith_virtual_stick_new (bus, &config, NULL, NULL, &error);
  if (stick == NULL)
    return cli_fail (cli, error, FALSE);
  run.plan = plan;
  smith_conversion_run (plan, SMITH_BUS (bus), &funcs, &run, report, cli->cancellable, &error);
  return finish (&run, stick, error);
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
