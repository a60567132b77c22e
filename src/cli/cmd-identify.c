/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli.h"

#include <glib/gi18n.h>

#include <stdio.h>

#include "format/error.h"
#include "port-owner.h"
#include "stick/identity.h"
#include "stick/udev-bus.h"
#include "table.h"

/* What was asked, and what came of it. */
typedef struct
{
  const char *port; /* where no known stick was asked */
  SmithStick *stick;
  SmithIdentity *identity;
  GError *error;
} Asked;

static void
asked_clear (Asked *asked)
{
  g_clear_pointer (&asked->stick, smith_stick_unref);
  g_clear_pointer (&asked->identity, smith_identity_unref);
  g_clear_error (&asked->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Asked, asked_clear)

static void
add_sources (JsonBuilder *builder, guint sources)
{
  static const struct
  {
    SmithSource source;
    const char *name;
  } names[] = {
    { SMITH_SOURCE_AT, "at" },
    { SMITH_SOURCE_WEB, "web" },
    { SMITH_SOURCE_DOWNLOAD, "download" },
    { SMITH_SOURCE_DIAGNOSTICS, "diagnostics" },
  };

  json_builder_set_member_name (builder, "sources");
  json_builder_begin_array (builder);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (sources & names[i].source)
      json_builder_add_string_value (builder, names[i].name);
  json_builder_end_array (builder);
}

static void
add_identity (JsonBuilder *builder, const SmithIdentity *identity)
{
  g_autofree char *imei = smith_identity_mask_imei (identity);

  json_builder_set_member_name (builder, "identity");
  json_builder_begin_object (builder);
  add_sources (builder, identity->sources);
  cli_add_string (builder, "name", identity->name);
  cli_add_string (builder, "model", identity->model != NULL ? identity->model->id : NULL);
  cli_add_string (builder, "hardware", identity->hardware);
  cli_add_string (builder, "firmware", identity->firmware);
  cli_add_string (builder, "webui", identity->webui);
  cli_add_string (builder, "product", identity->product);
  cli_add_string (builder, "download_id", identity->download_id);
  cli_add_string (builder, "loader_version", identity->loader_version);
  cli_add_string (builder, "imei", imei);
  cli_add_int (builder, "download_type", identity->download_type);
  cli_add_string (builder, "sim", smith_sim_state_name (identity->sim));
  cli_add_string (builder, "lock", smith_lock_state_name (identity->lock));
  cli_add_string (builder, "registration", smith_registration_name (identity->registration));
  cli_add_int (builder, "signal", identity->signal);
  cli_add_string (builder, "operator", identity->operator_name);
  cli_add_bool (builder, "needs_login", identity->needs_login);
  json_builder_end_object (builder);
}

static void
add_asked (JsonBuilder *builder, const Asked *asked)
{
  SmithStick *stick = asked->stick;
  g_autofree char *id
      = stick != NULL ? g_strdup_printf ("%04x:%04x", stick->vendor, stick->product) : NULL;
  g_autofree char *port = asked->port != NULL ? g_filename_display_name (asked->port) : NULL;

  json_builder_begin_object (builder);
  cli_add_string (builder, "usb_path", stick != NULL ? stick->usb_path : NULL);
  cli_add_string (builder, "usb_id", id);
  cli_add_string (builder, "mode", stick != NULL ? smith_mode_name (stick->mode) : NULL);
  cli_add_string (builder, "port", port);
  if (asked->identity != NULL)
    add_identity (builder, asked->identity);
  else
    cli_add_error (builder, asked->error);
  json_builder_end_object (builder);
}

static void
print_identity (const SmithIdentity *identity)
{
  g_autofree char *imei = smith_identity_mask_imei (identity);
  g_autofree char *signal
      = identity->signal >= 0 ? g_strdup_printf (_ ("%d of 31"), identity->signal) : NULL;
  g_autoptr (CliTable) facts = cli_table_new ("ll");
  const char *lock = smith_lock_state_name (identity->lock);

  if (identity->sources == SMITH_SOURCE_NONE)
    printf ("  %s\n", _ ("In this state it can be loaded, but not asked."));
  cli_table_add_fact (facts, _ ("Name"), identity->name);
  cli_table_add_fact (facts, _ ("Model"), identity->model != NULL ? identity->model->name : NULL);
  cli_table_add_fact (facts, _ ("Hardware"), identity->hardware);
  cli_table_add_fact (facts, _ ("Firmware"), identity->firmware);
  cli_table_add_fact (facts, _ ("Web interface"), identity->webui);
  cli_table_add_fact (facts, _ ("Product"), identity->product);
  cli_table_add_fact (facts, _ ("Download mode"), identity->download_id);
  cli_table_add_fact (facts, _ ("Loader"), identity->loader_version);
  cli_table_add_fact (facts, _ ("IMEI"), imei);
  cli_table_add_fact (facts, _ ("SIM card"),
                      identity->sim != SMITH_SIM_UNKNOWN ? smith_sim_state_name (identity->sim)
                                                         : NULL);
  cli_table_add_fact (facts, _ ("Lock"), identity->lock != SMITH_LOCK_UNKNOWN ? lock : NULL);
  cli_table_add_fact (facts, _ ("Network"),
                      identity->registration != SMITH_REGISTRATION_UNKNOWN
                          ? smith_registration_name (identity->registration)
                          : NULL);
  cli_table_add_fact (facts, _ ("Operator"), identity->operator_name);
  cli_table_add_fact (facts, _ ("Signal"), signal);
  cli_table_print (facts);
  if (identity->needs_login)
    printf ("  %s\n", _ ("Its web page tells more to who logs in."));
}

static void
print_asked (const Asked *asked)
{
  SmithStick *stick = asked->stick;

  if (stick != NULL)
    printf ("%s  %04x:%04x  %s\n", stick->usb_path, stick->vendor, stick->product,
            smith_mode_name (stick->mode));
  else
    printf ("%s\n", asked->port);
  if (asked->identity != NULL)
    print_identity (asked->identity);
  else if (asked->error != NULL)
    printf ("  %s\n", asked->error->message);
}

/* One that did not answer is enough for the command to have failed. */
static CliStatus
report (Cli *cli, const Asked *asked, guint n)
{
  CliStatus status = CLI_DONE;
  g_autoptr (JsonBuilder) builder = NULL;

  for (guint i = 0; i < n; i++)
    if (asked[i].error != NULL)
      status = CLI_FAILED;
  if (!cli->json)
    {
      for (guint i = 0; i < n; i++)
        print_asked (&asked[i]);
      return status;
    }
  builder = cli_result_begin (cli_result_name (status));
  json_builder_set_member_name (builder, "sticks");
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    add_asked (builder, &asked[i]);
  json_builder_end_array (builder);
  cli_result_end (builder);
  return status;
}

/* A stick's port stands for the stick, which is asked as is right for it. */
static CliStatus
identify_port (Cli *cli, const char *device)
{
  g_autoptr (SmithUdevBus) bus = smith_udev_bus_new ();
  g_autoptr (GPtrArray) sticks = smith_bus_list (SMITH_BUS (bus));
  g_auto (Asked) asked = { .port = device };

  asked.stick = cli_port_owner (sticks, device);
  if (asked.stick != NULL)
    asked.identity
        = smith_identify (SMITH_BUS (bus), asked.stick, NULL, cli->cancellable, &asked.error);
  else
    {
      cli_say (cli, _ ("%s belongs to no stick that is known: it is only asked whether it is one"),
               device);
      asked.identity = smith_identify_port (device, cli->cancellable, &asked.error);
    }
  return report (cli, &asked, 1);
}

static CliStatus
identify_web (Cli *cli, const char *address)
{
  g_autoptr (SmithStick) stick = smith_stick_new ("", 0, 0, SMITH_MODE_HILINK);
  g_auto (Asked) asked = { .port = address };

  asked.identity = smith_identify (NULL, stick, address, cli->cancellable, &asked.error);
  return report (cli, &asked, 1);
}

static CliStatus
identify_all (Cli *cli)
{
  g_autoptr (SmithUdevBus) bus = smith_udev_bus_new ();
  g_autoptr (GPtrArray) sticks = smith_bus_list (SMITH_BUS (bus));
  g_autofree Asked *asked = g_new0 (Asked, sticks->len);
  g_autoptr (GError) error = NULL;
  CliStatus status;

  if (sticks->len == 0)
    {
      g_set_error_literal (&error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED,
                           _ ("No stick is plugged in that is known here"));
      return cli_fail_as (cli, error, CLI_FAILED);
    }
  for (guint i = 0; i < sticks->len; i++)
    {
      asked[i].stick = smith_stick_ref (g_ptr_array_index (sticks, i));
      asked[i].identity = smith_identify (SMITH_BUS (bus), asked[i].stick, NULL, cli->cancellable,
                                          &asked[i].error);
    }
  status = report (cli, asked, sticks->len);
  for (guint i = 0; i < sticks->len; i++)
    asked_clear (&asked[i]);
  return status;
}

/**
 * cli_identify:
 *
 * Asks the sticks that are plugged in what they are, or the one at a port.
 */
CliStatus
cli_identify (Cli *cli, int argc, char *argv[])
{
  g_autofree char *port = NULL;
  g_autofree char *address = NULL;
  const GOptionEntry entries[] = {
    { "port", 'p', 0, G_OPTION_ARG_FILENAME, &port, N_ ("Ask the stick that has this port"),
      "TTY" },
    { "web-address", 0, 0, G_OPTION_ARG_STRING, &address,
      N_ ("Ask the web server of a HiLink stick at this address"), N_ ("HOST[:PORT]") },
    { NULL },
  };

  if (!cli_parse (cli, &argc, &argv, "identify",
                  _ ("Asks every stick that is plugged in what it is. Nothing is changed."),
                  CLI_TAKES_JSON | CLI_TAKES_TIME_SCALE, entries, 0, 0))
    return CLI_USAGE;
  if (port != NULL && address != NULL)
    {
      g_printerr ("%s\n", _ ("Either --port or --web-address, not both"));
      return CLI_USAGE;
    }
  if (port != NULL)
    return identify_port (cli, port);
  if (address != NULL)
    return identify_web (cli, address);
  return identify_all (cli);
}
