/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "convert.h"

#include <glib/gi18n.h>

#include "table.h"

static void
print_scenarios (void)
{
  guint n;
  const SmithScenario *scenarios = smith_scenario_list (&n);
  g_autoptr (CliTable) table = cli_table_new ("ll");
  g_autofree char *text = NULL;

  for (guint i = 0; i < n; i++)
    cli_table_add (table, scenarios[i].name, _ (scenarios[i].summary), NULL);
  text = cli_table_to_text (table);
  g_printerr ("%s\n%s", _ ("These can be practised:"), text);
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
practise (Cli *cli, const CliConvertOptions *options)
{
  g_autofree char *name = g_steal_pointer (&chosen_scenario);
  const SmithScenario *scenario;

  scenario = smith_scenario_find (name);
  if (scenario == NULL)
    {
      print_scenarios ();
      return CLI_USAGE;
    }
  return cli_convert_practice (cli, scenario, options);
}

static CliStatus
run_chosen (Cli *cli, CliConvertOptions *options)
{
  if (chosen_scenario == NULL)
    return cli_convert_real (cli, options);
  if (options->files != NULL)
    {
      g_printerr ("%s\n", _ ("Practice makes its own files"));
      g_clear_pointer (&chosen_scenario, g_free);
      return CLI_USAGE;
    }
  return practise (cli, options);
}

/**
 * cli_convert:
 *
 * The whole job: the way in, loader, firmware, restart, version, network.
 */
CliStatus
cli_convert (Cli *cli, int argc, char *argv[])
{
  CliConvertOptions options = { NULL };
  const GOptionEntry entries[] = {
    { "practice", 0, G_OPTION_FLAG_OPTIONAL_ARG, G_OPTION_ARG_CALLBACK, on_practice,
      N_ ("Convert a virtual stick, so that nothing real is touched"), N_ ("SCENARIO") },
    { "stick", 0, 0, G_OPTION_ARG_STRING, &options.stick,
      N_ ("Which stick, where several are plugged in; see devices"), N_ ("USB-PLACE") },
    { "loader", 0, 0, G_OPTION_ARG_FILENAME, &options.loader,
      N_ ("The loader, for a stick that is started with the needle"), N_ ("FILE") },
    { "to", 0, 0, G_OPTION_ARG_STRING, &options.aim, N_ ("What the stick is to become"),
      "stick|hilink|same|rescue" },
    { "needle", 0, 0, G_OPTION_ARG_NONE, &options.needle,
      N_ ("Do not ask the stick to switch by itself"), NULL },
    { "known-signature", 0, 0, G_OPTION_ARG_NONE, &options.known_signature,
      N_ ("For files without a signature, give the stick values that are known to work"), NULL },
    { "no-network", 0, 0, G_OPTION_ARG_NONE, &options.no_network,
      N_ ("Do not look for the network afterwards"), NULL },
    { "roaming", 0, 0, G_OPTION_ARG_NONE, &options.roaming,
      N_ ("Let the stick use foreign networks, where its settings have to be opened"), NULL },
    { "go-on", 0, 0, G_OPTION_ARG_NONE, &options.go_on, N_ ("Go on with the job that did not end"),
      NULL },
    { "override", 0, 0, G_OPTION_ARG_STRING, &options.override,
      N_ ("For experts: the one reason against the file that is overridden"), N_ ("REASON") },
    { "report", 0, 0, G_OPTION_ARG_FILENAME, &options.report,
      N_ ("Save what was done in a new file, without numbers that tell sticks apart"),
      N_ ("FILE") },
    { "web-address", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &options.web_address,
      "Where the stick's web server is, for tests", "HOST:PORT" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.files, NULL, NULL },
    { NULL },
  };
  CliStatus status = CLI_USAGE;

  if (cli_parse (cli, &argc, &argv, "convert FILE…",
                 _ ("Converts a stick, from HiLink to Stick firmware or back: the way in, loader, "
                    "firmware, restart, and a look at the version that it shows then."),
                 CLI_TAKES_JSON | CLI_TAKES_YES | CLI_TAKES_ENTRY | CLI_TAKES_TIME_SCALE, entries,
                 0, 0))
    status = run_chosen (cli, &options);
  g_free (options.stick);
  g_free (options.loader);
  g_free (options.aim);
  g_free (options.override);
  g_free (options.report);
  g_free (options.web_address);
  g_strfreev (options.files);
  return status;
}
