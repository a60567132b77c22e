/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "flash-report.h"

#include <glib/gi18n.h>

#include "link/deadline.h"

typedef struct
{
  Cli *cli;
  const char *port;
} Run;

static gboolean
on_confirm (const SmithVerdict *verdict, gpointer user_data)
{
  Run *run = user_data;
  g_autofree char *question
      = g_strdup_printf (_ ("Write the firmware to the stick at %s?"), run->port);

  return cli_flash_confirm (run->cli, verdict, question);
}

static void
on_partition (const SmithItem *item, const SmithPartition *partition, gpointer user_data)
{
  Run *run = user_data;

  cli_say (run->cli, "%02u  %08X  %s", partition->index, partition->id, partition->name);
}

static void
on_progress (guint64 done, guint64 total, gpointer user_data)
{
  Run *run = user_data;

  cli_flash_progress (run->cli, done, total);
}

/* Opens and checks all files; the packages keep what the items need. */
static GPtrArray *
open_items (Cli *cli, char **paths, GPtrArray *packages, GError **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) smith_item_unref);

  for (guint i = 0; paths[i] != NULL; i++)
    {
      SmithPackage *package = smith_package_open (paths[i], cli->cancellable, error);
      SmithItem *item;

      if (package == NULL)
        return NULL;
      g_ptr_array_add (packages, package);
      item = smith_package_pick (package, SMITH_WANT_FIRMWARE, cli->entry, error);
      if (item == NULL || !smith_item_verify (item, NULL, NULL, cli->cancellable, error)
          || !smith_item_may_write (item, error))
        return NULL;
      g_ptr_array_add (items, smith_item_ref (item));
    }
  return g_steal_pointer (&items);
}

static CliStatus
finish (Cli *cli, const SmithFlashReport *report, const SmithFlashOptions *options, GError *error)
{
  CliStatus status = error == NULL ? CLI_DONE : cli_status_for (error, report->touched);

  cli_live_end (cli);
  if (cli->json)
    {
      g_autoptr (JsonBuilder) builder = cli_result_begin (cli_result_name (status));

      cli_add_flash_report (builder, report);
      cli_add_bool (builder, "restarted", status == CLI_DONE && options->restart);
      if (error != NULL)
        cli_add_error (builder, error);
      cli_result_end (builder);
      return status;
    }
  if (error != NULL)
    {
      g_printerr ("%s\n", error->message);
      if (report->touched)
        g_printerr ("%s\n", _ ("The stick is not complete now. It keeps waiting for firmware: "
                               "write the same files again."));
      return status;
    }
  cli_say_flash_report (cli, report);
  cli_say (cli, "%s",
           options->restart ? _ ("Every part was confirmed; the stick restarts now.")
                            : _ ("Every part was confirmed; the stick was not restarted."));
  return status;
}

static CliStatus
flash (Cli *cli, const char *device, char **paths, const SmithFlashOptions *options)
{
  static const SmithFlashFuncs funcs = { on_confirm, on_partition, on_progress };
  g_autoptr (GPtrArray) packages
      = g_ptr_array_new_with_free_func ((GDestroyNotify) smith_package_free);
  g_autoptr (SmithFlashReport) report = smith_flash_report_new ();
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (SmithPort) port = NULL;
  g_autoptr (GError) error = NULL;
  Run run = { cli, device };

  items = open_items (cli, paths, packages, &error);
  if (items != NULL)
    port = smith_port_open (device, smith_deadline_in (SMITH_PORT_BUSY_MS), NULL, NULL,
                            cli->cancellable, &error);
  if (port != NULL)
    smith_flash_run (port, items, options, &funcs, &run, report, cli->cancellable, &error);
  return finish (cli, report, options, error);
}

/**
 * cli_flash:
 *
 * Writes firmware to a stick in download mode.
 */
CliStatus
cli_flash (Cli *cli, int argc, char *argv[])
{
  g_autofree char *port = NULL;
  gboolean no_restart = FALSE;
  gboolean known_signature = FALSE;
  gboolean expert = FALSE;
  const GOptionEntry entries[] = {
    { "port", 'p', 0, G_OPTION_ARG_FILENAME, &port, N_ ("The stick's port"), "TTY" },
    { "no-restart", 0, 0, G_OPTION_ARG_NONE, &no_restart, N_ ("Leave the stick in download mode"),
      NULL },
    { "expert", 0, 0, G_OPTION_ARG_NONE, &expert, N_ ("Confirms the option below"), NULL },
    { "known-signature", 0, 0, G_OPTION_ARG_NONE, &known_signature,
      N_ ("For files that carry no signature: tell the stick values that are known to work"),
      NULL },
    { NULL },
  };
  SmithFlashOptions options = { 0 };

  if (!cli_parse (cli, &argc, &argv, "flash --port TTY FILE…",
                  _ ("Writes firmware files, one after the other, to a stick in download mode."),
                  CLI_TAKES_JSON | CLI_TAKES_YES | CLI_TAKES_ENTRY | CLI_TAKES_TIME_SCALE, entries,
                  1, 16))
    return CLI_USAGE;
  if (port == NULL)
    g_printerr ("%s\n", _ ("Which port? Use --port, such as --port /dev/ttyUSB0"));
  if (known_signature && !expert)
    g_printerr ("%s\n", _ ("--known-signature is for experts only: add --expert to confirm that"));
  if (port == NULL || (known_signature && !expert))
    return CLI_USAGE;
  options.restart = !no_restart;
  options.known_signature = known_signature;
  return flash (cli, port, argv + 1, &options);
}
