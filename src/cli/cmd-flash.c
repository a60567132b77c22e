/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "flash-report.h"

#include <glib/gi18n.h>

#include "boot-mode.h"
#include "config.h"
#include "format/error.h"
#include "job/log.h"
#include "link/trace.h"
#include "port-owner.h"
#include "restart.h"
#include "stick/catalogue.h"
#include "stick/udev-bus.h"

typedef struct
{
  Cli *cli;
  const char *port;
  char **paths;
  const char *report_path; /* (nullable) */
  SmithFlashOptions options;
  SmithLog *log;
  SmithBus *bus;
  SmithStick *stick; /* whose port it is; NULL: none that the bus knows */
  gboolean restarted;
} Run;

static gboolean
on_confirm (const SmithVerdict *verdict, gpointer user_data)
{
  Run *run = user_data;
  g_autofree char *question
      = g_strdup_printf (_ ("Write the firmware to the stick at %s?"), run->port);

  return cli_flash_confirm (run->cli, verdict, question);
}

static gboolean
on_partition (const SmithItem *item,
              const SmithPartition *partition,
              gpointer user_data,
              GError **error)
{
  Run *run = user_data;

  smith_log_add (run->log, SMITH_LOG_STEP, "part %u, %s", partition->index, partition->name);
  cli_say (run->cli, "%02u  %08X  %s", partition->index, partition->id, partition->name);
  return TRUE;
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

static const char *
describe_end (const Run *run)
{
  if (!run->options.restart)
    return _ ("Every part was confirmed; the stick was not restarted.");
  if (run->restarted)
    return _ ("Every part was confirmed; the stick restarts now.");
  return _ ("Every part was confirmed. The stick was told to restart, but did not confirm it: "
            "unplug it and plug it in again.");
}

static CliStatus
finish (const Run *run, const SmithFlashReport *report, const GError *error)
{
  Cli *cli = run->cli;
  CliStatus status = error == NULL ? CLI_DONE : cli_status_for (error, report->touched);

  cli_live_end (cli);
  if (cli->json)
    {
      g_autoptr (JsonBuilder) builder = cli_result_begin (cli_result_name (status));

      cli_add_flash_report (builder, report);
      cli_add_bool (builder, "restarted", run->restarted);
      if (error != NULL)
        cli_add_error (builder, error);
      cli_result_end (builder);
      return status;
    }
  if (error != NULL)
    {
      cli_print_error (cli, error);
      if (report->touched)
        g_printerr ("%s\n", _ ("The stick is not complete now. It keeps waiting for firmware: "
                               "write the same files again."));
      return status;
    }
  cli_say_flash_report (cli, report);
  cli_say (cli, "%s", describe_end (run));
  return status;
}

static void
on_trace (const char *line, gpointer user_data)
{
  smith_log_add (user_data, SMITH_LOG_DETAIL, "%s", line);
}

/* A stick that waits for a loader takes whatever it is sent for one, and in an older one's
 * working firmware the commands that write mean other things. */
static gboolean
check_mode (const SmithStick *stick, GError **error)
{
  if (!cli_check_takes_commands (stick, error))
    return FALSE;
  if (stick->mode != SMITH_MODE_STICK || stick->family != SMITH_FAMILY_QUALCOMM)
    return TRUE;
  g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE,
                       _ ("The stick at this port is at work, not in download mode; "
                          "“sticksmith-cli convert” brings it there"));
  return FALSE;
}

static void
log_stick (Run *run)
{
  const SmithStick *stick = run->stick;

  if (stick == NULL)
    smith_log_add (run->log, SMITH_LOG_STEP, "a port of no stick that is known");
  else
    smith_log_add (run->log, SMITH_LOG_STEP, "stick %04x:%04x, %s, %u ports%s", stick->vendor,
                   stick->product, smith_mode_name (stick->mode), stick->ports->len,
                   run->options.frames_only ? ", asked in frames only" : "");
}

/* A stick that the bus knows is spoken to as is right for it; of any other port its answers
 * alone tell. */
static SmithPort *
open_port (Run *run, GError **error)
{
  SmithPort *port = cli_open_port (run->bus, run->port, check_mode, NULL, NULL, &run->stick,
                                   run->cli->cancellable, error);

  run->options.frames_only = run->stick != NULL && run->stick->mode == SMITH_MODE_DOWNLOAD
                             && !smith_stick_knows_text (run->stick);
  if (port != NULL || run->stick != NULL)
    log_stick (run);
  return port;
}

static gboolean
write_items (Run *run, GPtrArray *items, SmithFlashReport *report, GError **error)
{
  static const SmithFlashFuncs funcs = { on_confirm, on_partition, on_progress };
  g_autoptr (SmithPort) port = open_port (run, error);
  gboolean ok;

  if (port == NULL)
    return FALSE;
  smith_trace_set (on_trace, run->log);
  ok = smith_flash_run (port, items, &run->options, &funcs, run, report, run->cli->cancellable,
                        error);
  smith_trace_set (NULL, NULL);
  return ok;
}

/* One that did not say so may restart all the same: that shows on the bus. */
static gboolean
has_restarted (Run *run, const SmithFlashReport *report)
{
  gboolean restarted = report->restarts;

  if (!run->options.restart)
    return FALSE;
  if (!restarted && run->stick != NULL)
    {
      cli_say (run->cli, "%s", _ ("Waiting for the stick to restart…"));
      restarted = cli_await_restart (run->bus, run->stick, run->cli->cancellable);
    }
  smith_log_add (run->log, SMITH_LOG_STEP, "restart: %s%s",
                 report->restarts ? "confirmed" : "not confirmed",
                 restarted && !report->restarts ? ", but seen" : "");
  return restarted;
}

/* What an owner can give to those who have no such stick. */
static void
save_report (Run *run, const SmithFlashReport *report, const GError *error)
{
  g_autoptr (GError) problem = NULL;

  /* What is said of files may name folders, and these people. */
  if (error != NULL && error->domain == SMITH_ERROR && error->code == SMITH_ERROR_BAD_FILE)
    smith_log_add (run->log, SMITH_LOG_ERROR, "%s", smith_error_code_name (error->code));
  else if (error != NULL)
    smith_log_add (run->log, SMITH_LOG_ERROR, "%s", error->message);
  smith_log_add (run->log, SMITH_LOG_STEP, "%s; written: %s", error == NULL ? "done" : "not done",
                 report->touched ? "yes" : "nothing");
  if (run->report_path != NULL && !smith_log_save (run->log, run->report_path, &problem))
    g_printerr ("%s\n", problem->message);
}

static CliStatus
flash (Run *run)
{
  g_autoptr (GPtrArray) packages
      = g_ptr_array_new_with_free_func ((GDestroyNotify) smith_package_free);
  g_autoptr (SmithFlashReport) report = smith_flash_report_new ();
  g_autoptr (SmithLog) log = smith_log_new ();
  g_autoptr (SmithUdevBus) bus = NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GError) error = NULL;

  run->log = log;
  smith_log_add (log, SMITH_LOG_STEP, "sticksmith-cli %s, flash", SMITH_VERSION);
  items = open_items (run->cli, run->paths, packages, &error);
  if (items != NULL)
    {
      cli_log_items (log, items);
      bus = smith_udev_bus_new ();
      run->bus = SMITH_BUS (bus);
      if (write_items (run, items, report, &error))
        run->restarted = has_restarted (run, report);
    }
  g_clear_pointer (&run->stick, smith_stick_unref);
  save_report (run, report, error);
  return finish (run, report, error);
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
  g_autofree char *report_path = NULL;
  gboolean no_restart = FALSE;
  gboolean known_signature = FALSE;
  gboolean expert = FALSE;
  const GOptionEntry entries[] = {
    { "port", 'p', 0, G_OPTION_ARG_FILENAME, &port, N_ ("The stick's port"), "TTY" },
    { "no-restart", 0, 0, G_OPTION_ARG_NONE, &no_restart, N_ ("Leave the stick in download mode"),
      NULL },
    { "report", 0, 0, G_OPTION_ARG_FILENAME, &report_path,
      N_ ("Save what was sent and answered, without numbers that tell sticks apart"), N_ ("FILE") },
    { "expert", 0, 0, G_OPTION_ARG_NONE, &expert, N_ ("Confirms the option below"), NULL },
    { "known-signature", 0, 0, G_OPTION_ARG_NONE, &known_signature,
      N_ ("For files that carry no signature: tell the stick values that are known to work"),
      NULL },
    { NULL },
  };
  Run run = { .cli = cli };

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
  run.port = port;
  run.paths = argv + 1;
  run.report_path = report_path;
  run.options.restart = !no_restart;
  run.options.known_signature = known_signature;
  return flash (&run);
}
