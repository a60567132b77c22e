/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli.h"

#include <glib/gi18n.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "format/error.h"
#include "simulator/virtual-stick.h"

#define COMMAND_MAX 64

typedef struct
{
  char *script;
  char *start;
  char *chip;
  char *model;
  char *hardware;
  char *product;
  char *version;
  char *usb_path;
  char *download_id;
  gboolean demand_signature;
  gboolean refuses_entry;
  gboolean refuses_switch;
  gboolean ignores_entry;
  gboolean shows_cd;
  gboolean stays_cd;
  gboolean no_network;
  gboolean no_sim;
  gboolean generic_loader;
  gboolean all_ports;
  gboolean echo;
  gboolean commands;
  int restart_ms;
} SimulateOptions;

static void
simulate_options_clear (SimulateOptions *options)
{
  g_free (options->script);
  g_free (options->start);
  g_free (options->chip);
  g_free (options->model);
  g_free (options->hardware);
  g_free (options->product);
  g_free (options->version);
  g_free (options->usb_path);
  g_free (options->download_id);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SimulateOptions, simulate_options_clear)

/* What is asked for by one word; --model by the first, --chip by the second. */
typedef struct
{
  const char *model;
  const char *chip_word;
  SmithFamily family;
  SmithChip chip;
  SmithMode start;
  const char *product;
  const char *hardware;
  const char *version;
} Model;

#define QUALCOMM SMITH_FAMILY_QUALCOMM, SMITH_CHIP_QUALCOMM
#define BALONG_VERSION "22.180.05.00.00"

static const Model models[] = {
  { "e3372h", "v7r11", SMITH_FAMILY_BALONG, SMITH_CHIP_V7R11, SMITH_MODE_BOOT_ROM, "BV7R11HS",
    "CL2E3372HM", BALONG_VERSION },
  { "e3372s", "v7r2", SMITH_FAMILY_BALONG, SMITH_CHIP_V7R2, SMITH_MODE_BOOT_ROM, "BV7R2S",
    "CL1E3372SM", BALONG_VERSION },
  { "e3276", "v7r1", SMITH_FAMILY_BALONG, SMITH_CHIP_V7R1, SMITH_MODE_BOOT_ROM, "BV7R1S",
    "CH1E3276M", BALONG_VERSION },
  { "e1550", NULL, QUALCOMM, SMITH_MODE_STICK, "HUAWEI E155", "E1550", "11.608.10.00.00" },
  { "e392", NULL, QUALCOMM, SMITH_MODE_DOWNLOAD, "HUAWEI E392", "E392u-12 CD1E392M Ver.C",
    "11.433.10.00.00" },
};

static const Model *
find_model (const SimulateOptions *options)
{
  if (options->model == NULL && options->chip == NULL)
    return &models[0];
  for (guint i = 0; i < G_N_ELEMENTS (models); i++)
    if (options->model != NULL ? g_str_equal (models[i].model, options->model)
                               : g_strcmp0 (models[i].chip_word, options->chip) == 0)
      return &models[i];
  return NULL;
}

static gboolean
find_mode (const char *word, SmithMode *mode)
{
  static const SmithMode modes[] = { SMITH_MODE_BOOT_ROM, SMITH_MODE_DOWNLOAD, SMITH_MODE_STICK,
                                     SMITH_MODE_HILINK,   SMITH_MODE_DEBUG,    SMITH_MODE_CD };

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    if (g_str_equal (smith_mode_name (modes[i]), word))
      {
        *mode = modes[i];
        return TRUE;
      }
  return FALSE;
}

static void
on_event (const char *json, gpointer user_data)
{
  /* One call, so that the lines of two threads do not mix. */
  printf ("%s\n", json);
  fflush (stdout);
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

/* A person's hand on the stick, or a computer's on its virtual CD. */
static void
obey (SmithVirtualStick *stick, const char *command)
{
  g_autoptr (GError) error = NULL;
  SmithMode mode;

  if (g_str_equal (command, "eject"))
    smith_virtual_stick_eject (stick);
  else if (g_str_equal (command, "unplug"))
    smith_virtual_stick_unplug (stick);
  else if (g_str_has_prefix (command, "replug ") && find_mode (command + strlen ("replug "), &mode))
    smith_virtual_stick_replug (stick, mode, &error);
  else if (*command != '\0')
    g_printerr ("%s\n", _ ("Unknown command; there are: eject, unplug, replug MODE"));
  if (error != NULL)
    g_printerr ("%s\n", error->message);
}

/* Returns: FALSE when no more commands will come */
static gboolean
take_commands (SmithVirtualStick *stick, GString *line)
{
  char data[COMMAND_MAX];
  gssize n = read (STDIN_FILENO, data, sizeof data);

  if (n <= 0)
    return n < 0 && (errno == EAGAIN || errno == EINTR);
  for (gssize i = 0; i < n; i++)
    if (data[i] == '\n')
      {
        obey (stick, line->str);
        g_string_truncate (line, 0);
      }
    else if (line->len < COMMAND_MAX)
      g_string_append_c (line, data[i]);
  return TRUE;
}

/* Until it is interrupted. */
static void
wait_for_end (Cli *cli, SmithVirtualStick *stick, gboolean commands)
{
  g_autoptr (GString) line = g_string_new (NULL);
  GPollFD fds[2] = { { 0 }, { .fd = STDIN_FILENO, .events = G_IO_IN | G_IO_HUP } };

  if (!g_cancellable_make_pollfd (cli->cancellable, &fds[0]))
    return;
  while (!g_cancellable_is_cancelled (cli->cancellable))
    {
      fds[1].revents = 0;
      g_poll (fds, commands ? 2 : 1, -1);
      if (commands && fds[1].revents != 0)
        commands = take_commands (stick, line);
    }
  g_cancellable_release_fd (cli->cancellable);
}

static CliStatus
simulate (Cli *cli, SmithVirtualStickConfig *config, const SimulateOptions *options)
{
  g_autoptr (SmithFaultScript) faults = NULL;
  g_autoptr (SmithVirtualBus) bus = smith_virtual_bus_new ();
  g_autoptr (SmithVirtualStick) stick = NULL;
  g_autoptr (GError) error = NULL;

  faults = read_script (options->script, &error);
  if (faults == NULL)
    return cli_fail_as (cli, error, CLI_FAILED);
  config->faults = faults;
  stick = smith_virtual_stick_new (bus, config, on_event, NULL, &error);
  if (stick == NULL)
    return cli_fail_as (cli, error, CLI_FAILED);
  wait_for_end (cli, stick, options->commands);
  return CLI_DONE;
}

/* Returns: FALSE if a word or number makes no sense */
static gboolean
fill_config (const SimulateOptions *options, SmithVirtualStickConfig *config)
{
  const Model *model = find_model (options);
  guint64 download_id = 0;

  if (model == NULL || options->restart_ms < 0)
    return FALSE;
  config->start = model->start;
  if (options->start != NULL && !find_mode (options->start, &config->start))
    return FALSE;
  if (options->download_id != NULL
      && !g_ascii_string_to_unsigned (options->download_id, 16, 1, G_MAXUINT16, &download_id, NULL))
    return FALSE;
  config->family = model->family;
  config->chip = model->chip;
  config->product_id = model->product;
  if (options->product != NULL)
    config->product_id = options->product[0] != '\0' ? options->product : NULL;
  config->hardware = options->hardware != NULL ? options->hardware : model->hardware;
  config->version = options->version != NULL ? options->version : model->version;
  config->usb_path = options->usb_path;
  config->download_product = (guint16) download_id;
  config->demand_signature = options->demand_signature;
  config->refuses_entry = options->refuses_entry;
  config->refuses_switch = options->refuses_switch;
  config->ignores_entry = options->ignores_entry;
  config->shows_cd = options->shows_cd || options->stays_cd;
  config->stays_cd = options->stays_cd;
  config->no_network = options->no_network;
  config->no_sim = options->no_sim;
  config->generic_loader = options->generic_loader;
  config->all_ports = options->all_ports;
  config->echo = options->echo;
  config->restart_ms = (guint) options->restart_ms;
  return TRUE;
}

#define FLAG(name, field, text)                                                                    \
  {                                                                                                \
    name, 0, 0, G_OPTION_ARG_NONE, &options.field, text, NULL                                      \
  }
#define TEXT(name, field, text, argument)                                                          \
  {                                                                                                \
    name, 0, 0, G_OPTION_ARG_STRING, &options.field, text, argument                                \
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
    TEXT ("start", start,
          N_ ("The mode at the beginning: boot-rom, download, stick, hilink, debug or cd"),
          N_ ("MODE")),
    TEXT ("model", model, N_ ("e3372h, e3372s, e3276, e1550 or e392"), N_ ("MODEL")),
    TEXT ("chip", chip, N_ ("Instead of a model: v7r11, v7r2 or v7r1"), N_ ("CHIP")),
    TEXT ("hardware", hardware, N_ ("What hardware it says it is"), N_ ("TEXT")),
    TEXT ("product", product, N_ ("What it calls itself in download mode; empty: it does not say"),
          N_ ("TEXT")),
    TEXT ("version", version, N_ ("The firmware that is on it"), N_ ("VERSION")),
    TEXT ("usb-path", usb_path, N_ ("Where it is plugged in"), N_ ("PATH")),
    TEXT ("download-id", download_id, N_ ("Its USB product id in download mode"), N_ ("HEX")),
    FLAG ("demand-signature", demand_signature, N_ ("Take signed firmware only")),
    FLAG ("refuse-entry", refuses_entry, N_ ("Refuse to go to download mode")),
    FLAG ("refuse-switch", refuses_switch, N_ ("Refuse that through the web server only")),
    FLAG ("ignore-entry", ignores_entry, N_ ("Say OK to that, and stay")),
    FLAG ("show-cd", shows_cd, N_ ("Come back as a virtual CD first")),
    FLAG ("stay-cd", stays_cd, N_ ("Stay one until it is ejected")),
    FLAG ("no-network", no_network, N_ ("See no network before the settings are opened")),
    FLAG ("no-sim", no_sim, N_ ("Have no SIM card")),
    FLAG ("generic-loader", generic_loader, N_ ("Know no writing commands in download mode")),
    FLAG ("all-ports", all_ports, N_ ("Show ports that never answer, too")),
    FLAG ("echo", echo, N_ ("Echo AT commands")),
    FLAG ("commands", commands,
          N_ ("Take commands from standard input: eject, unplug, replug MODE")),
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
  if (!fill_config (&options, &config))
    {
      g_printerr ("%s\n", _ ("Unknown mode, model or chip, or a number that is none; see --help"));
      return CLI_USAGE;
    }
  return simulate (cli, &config, &options);
}
