/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli.h"

#include <glib/gi18n.h>

#include <stdio.h>
#include <unistd.h>

#include "format/error.h"

static gboolean live_shown = FALSE;

/**
 * cli_status_for:
 * @touched: whether the stick's content may have changed
 *
 * A judgement, made before anything was written, is a refusal; everything else
 * is a failure.
 */
CliStatus
cli_status_for (const GError *error, gboolean touched)
{
  if (touched)
    return CLI_FAILED;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return CLI_REFUSED;
  if (error->domain != SMITH_ERROR)
    return CLI_FAILED;
  switch ((SmithErrorCode) error->code)
    {
    case SMITH_ERROR_BAD_FILE:
    case SMITH_ERROR_WRONG_FILE:
    case SMITH_ERROR_WRONG_DEVICE:
    case SMITH_ERROR_UNSUPPORTED:
    case SMITH_ERROR_UNSAFE_LOADER:
      return CLI_REFUSED;
    case SMITH_ERROR_PERMISSION:
    case SMITH_ERROR_BUSY:
    case SMITH_ERROR_DISCONNECTED:
    case SMITH_ERROR_TIMEOUT:
    case SMITH_ERROR_REFUSED:
    case SMITH_ERROR_PROTOCOL:
    case SMITH_ERROR_WRONG_VERSION:
    case SMITH_ERROR_UNPROVEN:
    case SMITH_N_ERRORS:
    default:
      return CLI_FAILED;
    }
}

/* The word for a status in JSON. */
const char *
cli_result_name (CliStatus status)
{
  return status == CLI_DONE ? "done" : status == CLI_REFUSED ? "refused" : "failed";
}

/**
 * cli_fail:
 *
 * Reports @error, in JSON if that is wanted.
 *
 * Returns: the status to exit with
 */
CliStatus
cli_fail (Cli *cli, const GError *error, gboolean touched)
{
  return cli_fail_as (cli, error, cli_status_for (error, touched));
}

/* The same with a status that is clear already; returns: @status */
CliStatus
cli_fail_as (Cli *cli, const GError *error, CliStatus status)
{
  cli_live_end (cli);
  if (cli->json)
    {
      g_autoptr (JsonBuilder) builder = cli_result_begin (cli_result_name (status));

      cli_add_error (builder, error);
      cli_result_end (builder);
    }
  else
    fprintf (stderr, "%s\n", error->message);
  return status;
}

void
cli_print_json (JsonNode *node)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autofree char *text = NULL;

  json_generator_set_root (generator, node);
  json_generator_set_pretty (generator, TRUE);
  text = json_generator_to_data (generator, NULL);
  puts (text);
}

/* Begins the one object that a command ends with. */
JsonBuilder *
cli_result_begin (const char *result)
{
  JsonBuilder *builder = json_builder_new ();

  json_builder_begin_object (builder);
  cli_add_string (builder, "result", result);
  return builder;
}

void
cli_result_end (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = NULL;

  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  cli_print_json (root);
}

void
cli_add_error (JsonBuilder *builder, const GError *error)
{
  int refusal = smith_error_get_refusal (error);

  json_builder_set_member_name (builder, "error");
  json_builder_begin_object (builder);
  cli_add_string (builder, "code",
                  error->domain == SMITH_ERROR ? smith_error_code_name (error->code)
                  : g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ? "cancelled"
                                                                              : "other");
  cli_add_string (builder, "message", error->message);
  if (refusal != SMITH_NO_REFUSAL)
    cli_add_int (builder, "refusal", refusal);
  json_builder_end_object (builder);
}

/* A NULL @value becomes null. JSON is UTF-8; a file's name need not be. */
void
cli_add_string (JsonBuilder *builder, const char *name, const char *value)
{
  g_autofree char *valid = value != NULL ? g_utf8_make_valid (value, -1) : NULL;

  json_builder_set_member_name (builder, name);
  if (valid == NULL)
    json_builder_add_null_value (builder);
  else
    json_builder_add_string_value (builder, valid);
}

void
cli_add_int (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

void
cli_add_bool (JsonBuilder *builder, const char *name, gboolean value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

/* As "0x00010000". */
void
cli_add_hex (JsonBuilder *builder, const char *name, guint32 value)
{
  g_autofree char *text = g_strdup_printf ("0x%08X", value);

  cli_add_string (builder, name, text);
}

static gboolean
shows_live (Cli *cli)
{
  return !cli->json && isatty (STDOUT_FILENO);
}

void
cli_live (Cli *cli, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  if (!shows_live (cli))
    return;
  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  printf ("\r\033[K%s", text);
  fflush (stdout);
  live_shown = TRUE;
}

void
cli_live_end (Cli *cli)
{
  if (live_shown)
    printf ("\r\033[K");
  live_shown = FALSE;
  fflush (stdout);
}

/* A line of text, unless JSON is wanted. */
void
cli_say (Cli *cli, const char *format, ...)
{
  va_list args;

  if (cli->json)
    return;
  cli_live_end (cli);
  va_start (args, format);
  vprintf (format, args);
  va_end (args);
  putchar ('\n');
  fflush (stdout);
}
