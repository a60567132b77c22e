/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "convert.h"

#include <glib/gi18n.h>

#include "simulator/practice.h"

#define USB_PATH "1-1"
#define SECOND_USB_PATH "1-2"
#define RESTART_MS 300

static gboolean
make_files (const SmithScenario *scenario, char **loader, char **firmware, GError **error)
{
  g_auto (SmithPracticeFiles) files = { NULL };
  g_autofree char *folder
      = g_build_filename (g_get_user_cache_dir (), "sticksmith", "practice", NULL);

  if (!smith_practice_write_files (folder, &files, error))
    return FALSE;
  *firmware = scenario->wrong_file
                  ? smith_practice_write_wrong_file (folder, error)
                  : g_strdup (smith_practice_files_get_firmware (&files, scenario->firmware));
  *loader = g_strdup (files.loader);
  return *firmware != NULL;
}

static SmithVirtualStick *
make_stick (SmithVirtualBus *bus,
            const SmithScenario *scenario,
            const SmithFaultScript *faults,
            const char *usb_path,
            GError **error)
{
  SmithVirtualStickConfig config
      = { .usb_path = usb_path, .restart_ms = RESTART_MS, .faults = faults };

  smith_scenario_fill_config (scenario, &config);
  return smith_virtual_stick_new (bus, &config, NULL, NULL, error);
}

/**
 * cli_convert_practice:
 * @given: of the person's options, those that are for practice, too
 *
 * The whole job with a virtual stick: the very way that a real one takes.
 */
CliStatus
cli_convert_practice (Cli *cli, const SmithScenario *scenario, const CliConvertOptions *given)
{
  g_autofree char *loader = NULL;
  g_autofree char *firmware = NULL;
  g_autoptr (SmithVirtualBus) bus = smith_virtual_bus_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithFaultScript) faults
      = smith_fault_script_parse (scenario->faults != NULL ? scenario->faults : "", &error);
  g_autoptr (SmithVirtualStick) stick = NULL;
  g_autoptr (SmithVirtualStick) second = NULL;
  char *files[] = { NULL, NULL };
  CliConvertOptions options
      = { .stick = (char *) USB_PATH, .files = files, .report = given->report };
  /* The practice stick goes with the program: there is nothing to go on with. */
  CliTarget target = { .cli = cli, .options = &options, .bus = SMITH_BUS (bus) };

  if (faults == NULL || !make_files (scenario, &loader, &firmware, &error))
    return cli_fail (cli, error, FALSE);
  stick = make_stick (bus, scenario, faults, USB_PATH, &error);
  if (stick != NULL && scenario->two_sticks)
    second = make_stick (bus, scenario, NULL, SECOND_USB_PATH, &error);
  if (error != NULL)
    return cli_fail (cli, error, FALSE);
  target.virtual_stick = stick;
  options.loader = scenario->family == SMITH_FAMILY_QUALCOMM ? NULL : loader;
  files[0] = firmware;
  return cli_convert_target (&target);
}
