/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "convert.h"

#include <glib/gi18n.h>

#include "simulator/practice.h"

#define USB_PATH "1-1"
#define RESTART_MS 300
#define OLD_VERSION "22.180.05.00.00"

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
  if (!cli_conversion_add_file (cli, plan, files.loader, SMITH_WANT_LOADER, error)
      || !cli_conversion_add_file (cli, plan, wrong != NULL ? wrong : files.stick,
                                   SMITH_WANT_FIRMWARE, error))
    return NULL;
  return g_steal_pointer (&plan);
}

/**
 * cli_convert_practice:
 *
 * The whole job with a virtual stick.
 */
CliStatus
cli_convert_practice (Cli *cli, const SmithScenario *scenario)
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
  g_autofree char *question = NULL;
  CliConversion run = { .cli = cli, .log = log, .loop = loop };
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
  question = g_strdup_printf (_ ("Write firmware %s to the practice stick?"),
                              smith_plan_get_version (plan));
  run.question = question;
  cli_conversion_run (&run);
  status = cli_conversion_finish (&run, stick);
  g_clear_error (&run.error);
  return status;
}
