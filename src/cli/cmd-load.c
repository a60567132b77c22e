/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli.h"

#include <glib/gi18n.h>

#include <inttypes.h>

#include "boot-mode.h"
#include "format/error.h"
#include "link/boot-rom.h"
#include "port-owner.h"
#include "stick/udev-bus.h"

/* What has to be typed for a loader of which nothing is known. */
#define UNSAFE_WORD "erase"

typedef struct
{
  char *port;
  gboolean expert;
  char *table;
  gboolean fastboot_only;
  char **file_flags;
  gboolean erase_bad_blocks;
  gboolean unsafe_loader;
} LoadOptions;

/* How far it came. */
typedef struct
{
  gboolean opened; /* the stick may have been sent something */
  gint64 sent;     /* when all was, in µs */
  SmithStick *now; /* with the loader running, where it could be watched */
} Outcome;

static void
outcome_clear (Outcome *outcome)
{
  g_clear_pointer (&outcome->now, smith_stick_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outcome, outcome_clear)

static void
load_options_clear (LoadOptions *options)
{
  g_free (options->port);
  g_free (options->table);
  g_strfreev (options->file_flags);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LoadOptions, load_options_clear)

static gboolean
wants_changes (const LoadOptions *options)
{
  return options->table != NULL || options->fastboot_only || options->file_flags != NULL
         || options->erase_bad_blocks;
}

static gboolean
parse_flags (const LoadOptions *options, guint64 *flags, GError **error)
{
  for (guint i = 0; options->file_flags != NULL && options->file_flags[i] != NULL; i++)
    {
      guint64 number;

      if (!g_ascii_string_to_unsigned (options->file_flags[i], 10, 0, SMITH_PTABLE_ENTRIES_MAX - 1,
                                       &number, error))
        return FALSE;
      *flags |= G_GUINT64_CONSTANT (1) << number;
    }
  return TRUE;
}

static gboolean
change_loader (SmithLoader *loader, const LoadOptions *options, GError **error)
{
  SmithLoaderChanges changes
      = { .fastboot_only = options->fastboot_only, .ignore_bad_blocks = options->erase_bad_blocks };
  g_autoptr (SmithMappedFile) file = NULL;
  g_autoptr (GBytes) table = NULL;

  if (!wants_changes (options))
    return TRUE;
  if (!parse_flags (options, &changes.file_flags, error))
    return FALSE;
  if (options->table != NULL)
    {
      gsize size;

      file = smith_mapped_file_open (options->table, error);
      if (file == NULL)
        return FALSE;
      table = smith_mapped_file_get_bytes (file);
      changes.table = g_bytes_get_data (table, &size);
      if (size != SMITH_PTABLE_SIZE)
        {
          g_set_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE,
                       _ ("A partition table has %u bytes, this file has %zu"), SMITH_PTABLE_SIZE,
                       size);
          return FALSE;
        }
    }
  return smith_loader_change (loader, &changes, error);
}

static void
on_progress (guint64 done, gpointer user_data)
{
  Cli *cli = user_data;

  cli_live (cli, _ ("Loader: %" PRIu64 " KiB"), done / 1024);
}

static void
on_busy (gpointer user_data)
{
  cli_say (user_data, _ ("The system is still looking at the stick; waiting…"));
}

/* Refuses an unsafe loader, unless an expert has typed the word for it. */
static gboolean
may_send (const SmithLoader *loader, const LoadOptions *options, GError **error)
{
  g_autofree char *question
      = g_strdup_printf (_ ("This loader may erase the stick's calibration data and IMEI for good. "
                            "Type “%s” to send it all the same:"),
                         UNSAFE_WORD);

  if (loader->guard_state == SMITH_GUARD_UNSAFE && options->expert && options->unsafe_loader
      && smith_loader_check_calls (loader, NULL) && cli_ask_word (question, UNSAFE_WORD))
    return TRUE;
  return smith_loader_may_send (loader, error);
}

static gboolean
get_consent (Cli *cli, const SmithLoader *loader, const LoadOptions *options, GError **error)
{
  g_autofree char *question = NULL;

  cli_say (cli, _ ("Loader for %s: %s"), loader->product != NULL ? loader->product : "?",
           cli_describe_guard (loader));
  question = g_strdup_printf (_ ("Start this loader on the stick at %s?"), options->port);
  if (cli_ask (cli, question))
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                       _ ("Not confirmed; nothing was sent"));
  return FALSE;
}

static gboolean
upload (Cli *cli,
        const SmithLoader *loader,
        const LoadOptions *options,
        SmithBus *bus,
        SmithStick **stick,
        Outcome *outcome,
        gboolean *silent,
        GError **error)
{
  gboolean accept_unsafe = options->expert && options->unsafe_loader;
  g_autoptr (SmithPort) port
      = cli_open_port (bus, options->port, NULL, on_busy, cli, stick, cli->cancellable, error);

  outcome->opened = port != NULL;
  return port != NULL
         && smith_boot_rom_upload_full (port, loader, accept_unsafe, on_progress, cli, silent,
                                        cli->cancellable, error);
}

/* Sends it, and waits for what becomes of it where that can be seen. */
static gboolean
send (Cli *cli, SmithItem *item, const LoadOptions *options, Outcome *outcome, GError **error)
{
  g_autoptr (SmithUdevBus) bus = NULL;
  g_autoptr (SmithStick) stick = NULL;
  gboolean silent;

  if (!change_loader (item->loader, options, error) || !may_send (item->loader, options, error)
      || !get_consent (cli, item->loader, options, error)
      || !smith_item_check_unchanged (item, error))
    return FALSE;
  bus = smith_udev_bus_new ();
  if (!upload (cli, item->loader, options, SMITH_BUS (bus), &stick, outcome, &silent, error))
    return FALSE;
  outcome->sent = g_get_monotonic_time ();
  cli_say (cli, "%s",
           _ ("The loader is sent; the stick now restarts and comes back at another port."));
  return cli_await_loader (SMITH_BUS (bus), stick, silent, &outcome->now, cli->cancellable, error);
}

/* What is said of an open port before the first part of a loader is sent. */
static gboolean
is_refusal (const GError *error)
{
  return g_error_matches (error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE)
         || g_error_matches (error, SMITH_ERROR, SMITH_ERROR_UNSAFE_LOADER);
}

/* @now: (nullable): the stick, where it could be watched */
static void
report (Cli *cli, const SmithLoader *loader, SmithStick *now, gint64 duration)
{
  const char *port = now != NULL ? smith_stick_find_port (now, SMITH_PORT_DOWNLOAD) : NULL;
  double seconds = (double) duration / G_USEC_PER_SEC;

  if (port != NULL)
    cli_say (cli, _ ("The loader runs: the stick is in download mode, at %s."), port);
  else if (now != NULL)
    cli_say (cli, "%s", _ ("The loader runs: the stick is in download mode."));
  if (cli->json)
    {
      g_autoptr (JsonBuilder) builder = cli_result_begin ("done");

      cli_add_int (builder, "bytes", (gint64) smith_loader_get_total (loader));
      json_builder_set_member_name (builder, "seconds");
      json_builder_add_double_value (builder, seconds);
      cli_add_int (builder, "components", loader->n_components);
      cli_add_string (builder, "erase_guard", smith_guard_state_name (loader->guard_state));
      cli_add_string (builder, "port", port);
      cli_result_end (builder);
    }
}

static gboolean
check_usage (const LoadOptions *options)
{
  g_autoptr (GError) error = NULL;
  guint64 flags = 0;

  if (!parse_flags (options, &flags, &error))
    {
      g_printerr ("%s\n", error->message);
      return FALSE;
    }
  if (options->port == NULL)
    g_printerr ("%s\n", _ ("Which port? Use --port, such as --port /dev/ttyUSB0"));
  else if ((wants_changes (options) || options->unsafe_loader) && !options->expert)
    g_printerr ("%s\n", _ ("Changing a loader is for experts only: add --expert to confirm that"));
  else
    return TRUE;
  return FALSE;
}

/**
 * cli_load:
 *
 * Sends a loader to a stick in boot mode.
 */
CliStatus
cli_load (Cli *cli, int argc, char *argv[])
{
  g_auto (LoadOptions) options = { NULL };
  const GOptionEntry entries[] = {
    { "port", 'p', 0, G_OPTION_ARG_FILENAME, &options.port, N_ ("The stick's port"), "TTY" },
    { "expert", 0, 0, G_OPTION_ARG_NONE, &options.expert,
      N_ ("Confirms the options below, which can make a stick unusable"), NULL },
    { "partition-table", 0, 0, G_OPTION_ARG_FILENAME, &options.table,
      N_ ("Put another partition table into the loader"), N_ ("FILE") },
    { "fastboot-only", 0, 0, G_OPTION_ARG_NONE, &options.fastboot_only,
      N_ ("Start the loader's boot part alone, without its kernel"), NULL },
    { "file-flag", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.file_flags,
      N_ ("Mark partition N of the table as one with files; may be repeated"), "N" },
    { "erase-bad-blocks", 0, 0, G_OPTION_ARG_NONE, &options.erase_bad_blocks,
      N_ ("Ignore bad blocks while erasing"), NULL },
    { "unsafe-loader", 0, 0, G_OPTION_ARG_NONE, &options.unsafe_loader,
      N_ ("Send a loader of which it is not known whether it erases everything; asks again"),
      NULL },
    { NULL },
  };
  g_autoptr (SmithPackage) package = NULL;
  g_autoptr (GError) error = NULL;
  SmithItem *item = NULL;
  g_auto (Outcome) outcome = { FALSE };
  gint64 start;

  if (!cli_parse (cli, &argc, &argv, "load --port TTY LOADER",
                  _ ("Sends a loader to a stick in boot mode, after its erase routine was made "
                     "harmless."),
                  CLI_TAKES_JSON | CLI_TAKES_YES | CLI_TAKES_ENTRY | CLI_TAKES_TIME_SCALE, entries,
                  1, 1)
      || !check_usage (&options))
    return CLI_USAGE;
  start = g_get_monotonic_time ();
  package = smith_package_open (argv[1], cli->cancellable, &error);
  if (package != NULL)
    item = smith_package_pick (package, SMITH_WANT_LOADER, cli->entry, &error);
  if (item == NULL || !send (cli, item, &options, &outcome, &error))
    return cli_fail (cli, error, outcome.opened && !is_refusal (error));
  report (cli, item->loader, outcome.now, outcome.sent - start);
  return CLI_DONE;
}
