/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli.h"

#include <glib/gi18n.h>

#include <stdio.h>

#include "stick/catalogue.h"
#include "stick/udev-bus.h"
#include "table.h"

/* What has been printed, to tell what is new. */
typedef struct
{
  Cli *cli;
  SmithBus *bus;
  GMainLoop *loop;
  GHashTable *printed; /* usb_path → the text of the stick there */
  GHashTable *seen;    /* usb_path → guint64 * */
} Watch;

static void
add_ports (JsonBuilder *builder, SmithStick *stick)
{
  json_builder_set_member_name (builder, "ports");
  json_builder_begin_array (builder);
  for (guint i = 0; i < stick->ports->len; i++)
    {
      SmithStickPort *port = g_ptr_array_index (stick->ports, i);

      json_builder_begin_object (builder);
      cli_add_string (builder, "device", port->device);
      cli_add_int (builder, "interface", port->interface_number);
      cli_add_string (builder, "role", smith_port_role_name (port->role));
      cli_add_bool (builder, "denied", port->denied);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static char *
to_line (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = NULL;

  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

static JsonBuilder *
begin_line (const char *event, const char *usb_path)
{
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  if (event != NULL)
    cli_add_string (builder, "event", event);
  cli_add_string (builder, "usb_path", usb_path);
  return builder;
}

/* Returns: (transfer full): a line of JSON */
static char *
describe_in_json (SmithStick *stick, const char *event)
{
  g_autoptr (JsonBuilder) builder = begin_line (event, stick->usb_path);
  g_autofree char *id = g_strdup_printf ("%04x:%04x", stick->vendor, stick->product);

  cli_add_string (builder, "usb_id", id);
  cli_add_string (builder, "mode", smith_mode_name (stick->mode));
  cli_add_string (builder, "family", smith_family_name (stick->family));
  cli_add_string (builder, "note", smith_note_name (stick->note));
  cli_add_bool (builder, "unproven", stick->unproven);
  cli_add_bool (builder, "behind_hub", stick->behind_hub);
  cli_add_string (builder, "network", stick->network);
  cli_add_string (builder, "cd_drive", stick->cd_drive);
  cli_add_string (builder, "missing_driver", stick->missing_driver);
  add_ports (builder, stick);
  return to_line (builder);
}

/* What the system makes of the stick, by the names that it has there. */
static void
append_parts (GString *text, SmithStick *stick)
{
  g_autoptr (CliTable) table = cli_table_new ("ll");
  g_autofree char *lines = NULL;

  for (guint i = 0; i < stick->ports->len; i++)
    {
      SmithStickPort *port = g_ptr_array_index (stick->ports, i);
      g_autofree char *role = g_strjoin (", ", smith_port_role_name (port->role),
                                         port->denied ? _ ("not allowed to open") : NULL, NULL);

      cli_table_add (table, port->device, role, NULL);
    }
  if (stick->network != NULL)
    cli_table_add (table, stick->network, _ ("network card"), NULL);
  if (stick->cd_drive != NULL)
    cli_table_add (table, stick->cd_drive, _ ("CD drive"), NULL);
  lines = cli_table_to_text (table);
  g_string_append (text, lines);
}

static void
append_remarks (GString *text, SmithStick *stick)
{
  if (stick->note != SMITH_NOTE_NONE)
    g_string_append_printf (text, "  %s\n", smith_note_text (stick->note));
  if (stick->unproven)
    g_string_append_printf (text, "  %s\n",
                            _ ("Looks like this mode; only its answers can prove it."));
  if (stick->behind_hub)
    g_string_append_printf (text, "  %s\n", _ ("Plugged into a hub, not into the computer."));
  if (stick->missing_driver != NULL)
    {
      /* Translators: the name of a module of the Linux kernel */
      g_string_append_printf (text, _ ("  Its ports are missing: the driver “%s” is not loaded."),
                              stick->missing_driver);
      g_string_append_c (text, '\n');
    }
}

/* Returns: (transfer full): a few lines for a person */
static char *
describe_in_words (SmithStick *stick)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%s  %04x:%04x  %s\n", stick->usb_path, stick->vendor,
                          stick->product, smith_mode_name (stick->mode));
  append_parts (text, stick);
  append_remarks (text, stick);
  return g_string_free (text, FALSE);
}

static void
print_stick (Cli *cli, SmithStick *stick, const char *event)
{
  g_autofree char *text = cli->json ? describe_in_json (stick, event) : describe_in_words (stick);

  printf ("%s%s", text, cli->json ? "\n" : "");
}

static void
print_gone (Cli *cli, const char *usb_path)
{
  if (cli->json)
    {
      g_autoptr (JsonBuilder) builder = begin_line ("gone", usb_path);
      g_autofree char *line = to_line (builder);

      printf ("%s\n", line);
    }
  else
    {
      /* Translators: %s is where a stick was plugged in, such as 1-2.3 */
      printf (_ ("%s  gone"), usb_path);
      putchar ('\n');
    }
}

static gboolean
is_gone (gpointer key, gpointer value, gpointer data)
{
  Watch *watch = data;
  g_autoptr (SmithStick) stick = smith_bus_find (watch->bus, key);

  if (stick == NULL)
    print_gone (watch->cli, key);
  return stick == NULL;
}

/* Returns: (nullable): what happened to the stick since it was printed */
static const char *
find_event (Watch *watch, SmithStick *stick, const char *text)
{
  const guint64 *seen = g_hash_table_lookup (watch->seen, stick->usb_path);
  const char *printed = g_hash_table_lookup (watch->printed, stick->usb_path);

  if (printed == NULL || *seen != stick->seen)
    return "appeared";
  return g_str_equal (printed, text) ? NULL : "changed";
}

/* Prints what is not as it was. */
static void
on_changed (SmithBus *bus, Watch *watch)
{
  g_autoptr (GPtrArray) sticks = smith_bus_list (bus);

  g_hash_table_foreach_remove (watch->printed, is_gone, watch);
  for (guint i = 0; i < sticks->len; i++)
    {
      SmithStick *stick = g_ptr_array_index (sticks, i);
      g_autofree char *text = describe_in_json (stick, NULL);
      const char *event = find_event (watch, stick, text);

      if (event == NULL)
        continue;
      print_stick (watch->cli, stick, event);
      g_hash_table_insert (watch->printed, g_strdup (stick->usb_path), g_steal_pointer (&text));
      g_hash_table_insert (watch->seen, g_strdup (stick->usb_path),
                           g_memdup2 (&stick->seen, sizeof stick->seen));
    }
  fflush (stdout);
  /* Nobody reads any more. */
  if (ferror (stdout))
    g_main_loop_quit (watch->loop);
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

/* Until it is interrupted. */
static void
follow (Cli *cli, SmithBus *bus)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GSource) cancelled = g_cancellable_source_new (cli->cancellable);
  Watch watch = {
    .cli = cli,
    .bus = bus,
    .loop = loop,
    .printed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free),
    .seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free),
  };
  gulong handler = g_signal_connect (bus, "changed", G_CALLBACK (on_changed), &watch);

  g_source_set_callback (cancelled, G_SOURCE_FUNC (on_cancelled), loop, NULL);
  g_source_attach (cancelled, NULL);
  on_changed (bus, &watch);
  g_main_loop_run (loop);
  g_source_destroy (cancelled);
  g_signal_handler_disconnect (bus, handler);
  g_hash_table_unref (watch.printed);
  g_hash_table_unref (watch.seen);
}

static void
list (Cli *cli, SmithBus *bus)
{
  g_autoptr (GPtrArray) sticks = smith_bus_list (bus);

  for (guint i = 0; i < sticks->len; i++)
    print_stick (cli, g_ptr_array_index (sticks, i), NULL);
  if (sticks->len == 0)
    cli_say (cli, "%s", _ ("No stick is plugged in."));
}

/**
 * cli_devices:
 *
 * What is plugged in, by sight: nothing is opened or asked. In JSON one line
 * for each stick; with --watch one for each event.
 */
CliStatus
cli_devices (Cli *cli, int argc, char *argv[])
{
  gboolean watch = FALSE;
  g_autofree char *root = NULL;
  const GOptionEntry entries[] = {
    { "watch", 'w', 0, G_OPTION_ARG_NONE, &watch, N_ ("Go on telling what changes"), NULL },
    { "root", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_FILENAME, &root,
      "Where sys and dev are, for tests", "DIR" },
    { NULL },
  };
  g_autoptr (SmithUdevBus) bus = NULL;

  if (!cli_parse (cli, &argc, &argv, "devices",
                  _ ("Lists the sticks that are plugged in, their modes and their ports. Nothing "
                     "is sent to them."),
                  CLI_TAKES_JSON | CLI_TAKES_TIME_SCALE, entries, 0, 0))
    return CLI_USAGE;
  bus = smith_udev_bus_new_at (root != NULL ? root : "/");
  if (watch)
    follow (cli, SMITH_BUS (bus));
  else
    list (cli, SMITH_BUS (bus));
  return CLI_DONE;
}
