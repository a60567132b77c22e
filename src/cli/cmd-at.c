/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli.h"

#include <glib/gi18n.h>

#include <stdio.h>

#include "link/at-channel.h"
#include "text-port.h"

static void
print_answer (const char *command, const SmithAtAnswer *answer)
{
  g_autofree char *why = smith_at_answer_describe (answer);

  printf ("%s\n", command);
  for (guint i = 0; answer->lines[i] != NULL; i++)
    printf ("  %s\n", answer->lines[i]);
  printf ("  %s%s%s\n", why == NULL ? "OK" : _ ("ERROR"), why == NULL ? "" : ": ",
          why == NULL ? "" : why);
}

static void
add_answer (JsonBuilder *builder, const char *command, const SmithAtAnswer *answer)
{
  g_autofree char *why = smith_at_answer_describe (answer);

  json_builder_begin_object (builder);
  cli_add_string (builder, "command", command);
  json_builder_set_member_name (builder, "lines");
  json_builder_begin_array (builder);
  for (guint i = 0; answer->lines[i] != NULL; i++)
    json_builder_add_string_value (builder, answer->lines[i]);
  json_builder_end_array (builder);
  cli_add_bool (builder, "ok", answer->result == SMITH_AT_OK);
  cli_add_string (builder, "why", why);
  json_builder_end_object (builder);
}

/* Returns: FALSE with @error if the conversation broke off; @all_ok tells
 * whether the stick said OK to everything. */
static gboolean
talk (Cli *cli,
      SmithPort *port,
      char **commands,
      JsonBuilder *builder,
      gboolean *all_ok,
      GError **error)
{
  *all_ok = TRUE;
  for (guint i = 0; commands[i] != NULL; i++)
    {
      g_autoptr (SmithAtAnswer) answer
          = smith_at_exchange (port, commands[i], SMITH_AT_TIMEOUT_MS, cli->cancellable, error);

      if (answer == NULL)
        return FALSE;
      *all_ok = *all_ok && answer->result == SMITH_AT_OK;
      if (cli->json)
        add_answer (builder, commands[i], answer);
      else
        print_answer (commands[i], answer);
    }
  return TRUE;
}

static CliStatus
run (Cli *cli, const char *device, char **commands)
{
  g_autoptr (JsonBuilder) builder = NULL;
  g_autoptr (SmithPort) port = NULL;
  g_autoptr (GError) error = NULL;
  gboolean all_ok;

  for (guint i = 0; commands[i] != NULL; i++)
    if (!smith_at_command_check (commands[i], &error))
      return cli_fail (cli, error, FALSE);
  port = cli_open_text_port (cli, device, NULL, &error);
  if (port == NULL)
    return cli_fail (cli, error, FALSE);
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "answers");
  json_builder_begin_array (builder);
  if (!talk (cli, port, commands, builder, &all_ok, &error))
    return cli_fail (cli, error, TRUE);
  json_builder_end_array (builder);
  cli_add_string (builder, "result", cli_result_name (all_ok ? CLI_DONE : CLI_FAILED));
  if (cli->json)
    cli_result_end (builder);
  return all_ok ? CLI_DONE : CLI_FAILED;
}

/**
 * cli_at:
 *
 * One exchange for each command. What changes an identity or unlocks is not
 * sent, and nothing at all to a stick in a mode that takes none.
 */
CliStatus
cli_at (Cli *cli, int argc, char *argv[])
{
  g_autofree char *port = NULL;
  const GOptionEntry entries[] = {
    { "port", 'p', 0, G_OPTION_ARG_FILENAME, &port, N_ ("The stick's port"), "TTY" },
    { NULL },
  };

  if (!cli_parse (cli, &argc, &argv, "at --port TTY COMMAND…",
                  _ ("Sends AT commands to a stick and prints the answers."),
                  CLI_TAKES_JSON | CLI_TAKES_TIME_SCALE, entries, 1, 64))
    return CLI_USAGE;
  if (port == NULL)
    {
      g_printerr ("%s\n", _ ("Which port? Use --port, such as --port /dev/ttyUSB0"));
      return CLI_USAGE;
    }
  return run (cli, port, argv + 1);
}
