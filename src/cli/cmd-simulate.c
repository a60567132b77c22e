/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli.h"

#include <glib/gi18n.h>

#include <stdio.h>

#include "format/error.h"
#include "simulator/virtual-stick.h"

typedef struct
{
  char *script;
  char *start;
  char *chip;
  char *product;
  char *version;
  gboolean demand_signature;
  gboolean echo;
  int restart_ms;
} SimulateOptions;

static void
simulate_options_clear (SimulateOptions *options)
{
  g_free (options->script);
  g_free (options->start);
  g_free (options->chip);
  g_free (options->product);
  g_free (options->version);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SimulateOptions, simulate_options_clear)

static void
on_event (const char *json, gpointer user_data)
{
  /* One call, so that the lines of two threads do not mix. */
  printf ("%s\n", json);
  fflush (stdout);
}

static gboolean
find_start (const char *word, SmithMode *mode)
{
  static const SmithMode modes[] = { SMITH_MODE_BOOT_ROM, SMITH_MODE_DOWNLOAD, SMITH_MODE_STICK };

  *mode = SMITH_MODE_BOOT_ROM;
  for (guint i = 0; word != NULL && i < G_N_ELEMENTS (modes); i++)
    if (g_str_equal (smith_mode_name (modes[i]), word))
      {
        *mode = modes[i];
        return TRUE;
      }
  return word == NULL;
}

static gboolean
find_chip (const char *word, SmithVirtualStickConfig *config)
{
  static const struct
  {
    const char *word;
    SmithChip chip;
    const char *product;
    const char *hardware;
  } chips[] = {
    { "v7r11", SMITH_CHIP_V7R11, "BV7R11HS", "CL2E3372HM" },
    { "v7r2", SMITH_CHIP_V7R2, "BV7R2S", "CL1E3372SM" },
    { "v7r1", SMITH_CHIP_V7R1, "BV7R1S", "CH1E3276M" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (chips); i++)
    if (word == NULL || g_str_equal (chips[i].word, word))
      {
        config->chip = chips[i].chip;
        config->product_id = chips[i].product;
        config->hardware = chips[i].hardware;
        return TRUE;
      }
  return FALSE;
}

/* The fault script, or an empty one. */
static SmithFaultScript *
read_script (const char *path, GError **error)
{
  g_autoptr (SmithMappedFile) file = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;

  if (path == NULL)
    return smith_fault_script_parse ("", error);
  file = smith_mapped_file_open (path, error);
  if (file == NULL)
    return NULL;
  bytes = smith_mapped_file_get_bytes (file);
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  return smith_fault_script_parse (text, error);
}

static CliStatus
simulate (Cli *cli, SmithVirtualStickConfig *config, const char *script)
{
  g_autoptr (SmithFaultScript) faults = NULL;
  g_autoptr (SmithVirtualBus) bus = smith_virtual_bus_new ();
  g_autoptr (SmithVirtualStick) stick = NULL;
  g_autoptr (GError) error = NULL;
  GPollFD cancelled;

  faults = read_script (script, &error);
  if (faults == NULL)
    return cli_fail (cli, error, FALSE);
  config->faults = faults;
  stick = smith_virtual_stick_new (bus, config, on_event, NULL, &error);
  if (stick == NULL)
    return cli_fail (cli, error, FALSE);
  if (g_cancellable_make_pollfd (cli->cancellable, &cancelled))
    {
      while (!g_cancellable_is_cancelled (cli->cancellable))
        g_poll (&cancelled, 1, -1);
      g_cancellable_release_fd (cli->cancellable);
    }
  return CLI_DONE;
}

/**
 * cli_simulate:
 *
 * A virtual stick for other programs, until it is interrupted.
 */
CliStatus
cli_simulate (Cli *cli, int argc, char *argv[])
{
  g_auto (SimulateOptions) options = { .restart_ms = 300 };
  const GOptionEntry entries[] = {
    { "script", 0, 0, G_OPTION_ARG_FILENAME, &options.script, N_ ("What goes wrong, and when"),
      N_ ("FILE") },
    { "start", 0, 0, G_OPTION_ARG_STRING, &options.start,
      N_ ("The mode at the beginning: boot-rom, download or stick"), N_ ("MODE") },
    { "chip", 0, 0, G_OPTION_ARG_STRING, &options.chip, N_ ("v7r11, v7r2 or v7r1"), N_ ("CHIP") },
    { "product", 0, 0, G_OPTION_ARG_STRING, &options.product,
      N_ ("What it calls itself in download mode; empty: it does not say"), N_ ("TEXT") },
    { "version", 0, 0, G_OPTION_ARG_STRING, &options.version, N_ ("The firmware that is on it"),
      N_ ("VERSION") },
    { "demand-signature", 0, 0, G_OPTION_ARG_NONE, &options.demand_signature,
      N_ ("Take signed firmware only"), NULL },
    { "echo", 0, 0, G_OPTION_ARG_NONE, &options.echo, N_ ("Echo AT commands"), NULL },
    { "restart-ms", 0, 0, G_OPTION_ARG_INT, &options.restart_ms, N_ ("How long a restart takes"),
      N_ ("MS") },
    { NULL },
  };
  SmithVirtualStickConfig config = { 0 };

  if (!cli_parse (cli, &argc, &argv, "simulate",
                  _ ("Makes a virtual stick behind pseudo-terminals: their names and all that "
                     "happens are printed as lines of JSON. Ends with Ctrl+C."),
                  0, entries, 0, 0))
    return CLI_USAGE;
  if (!find_start (options.start, &config.start) || !find_chip (options.chip, &config)
      || options.restart_ms < 0)
    {
      g_printerr ("%s\n", _ ("Unknown mode or chip; see --help"));
      return CLI_USAGE;
    }
  if (options.product != NULL)
    config.product_id = options.product[0] != '\0' ? options.product : NULL;
  config.version = options.version != NULL ? options.version : "22.180.05.00.00";
  config.demand_signature = options.demand_signature;
  config.echo = options.echo;
  config.restart_ms = (guint) options.restart_ms;
  return simulate (cli, &config, options.script);
}
