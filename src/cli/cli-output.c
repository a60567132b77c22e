/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli.h"

#include <glib/gi18n.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "format/error.h"

static gboolean live_shown = FALSE;

/**
 * cli_status_for:
 * @error: (nullable): what went wrong
 * @touched: whether the stick may have been changed
 *
 * For a command that changes sticks: whatever was in its way, until it has begun it
 * is a refusal, and the stick is as it was. Commands that only look never refuse.
 */
CliStatus
cli_status_for (const GError *error, gboolean touched)
{
  if (error == NULL)
    return CLI_DONE;
  return touched ? CLI_FAILED : CLI_REFUSED;
}

/* The word for a status in JSON. */
const char *
cli_result_name (CliStatus status)
{
  return status == CLI_DONE ? "done" : status == CLI_REFUSED ? "refused" : "failed";
}

/* A quotation mark of any language, or the space that some have inside of it. */
static gboolean
is_quote (gunichar c)
{
  return c == '"' || (c > 0x7F && (g_unichar_ispunct (c) || g_unichar_isspace (c)));
}

/* Returns: (nullable): where @text has @name between quotation marks */
static const char *
find_quoted (const char *text, const char *name)
{
  for (const char *at = strstr (text, name); at != NULL; at = strstr (at + 1, name))
    if (at > text && is_quote (g_utf8_get_char (g_utf8_prev_char (at)))
        && is_quote (g_utf8_get_char (at + strlen (name))))
      return at;
  return NULL;
}

/* Returns: (transfer full) (nullable): @text with @word for its last part, NULL if
 * it does not name that */
static char *
put_in (const char *text, const char *word)
{
  g_autofree char *shown = g_filename_display_name (word);
  g_autofree char *name = g_filename_display_basename (word);
  const char *at = g_str_equal (shown, name) ? NULL : find_quoted (text, name);

  if (at == NULL)
    return NULL;
  return g_strdup_printf ("%.*s%s%s", (int) (at - text), text, shown, at + strlen (name));
}

/* Of a file, errors tell the name without its folder, as they are for logs and
 * reports, too; who typed it knows it as it was typed. */
static char *
name_as_typed (Cli *cli, const char *text)
{
  char *named = NULL;

  if (!g_utf8_validate (text, -1, NULL))
    return g_strdup (text);
  for (guint i = 0; named == NULL && cli->words != NULL && cli->words[i] != NULL; i++)
    {
      const char *word = cli->words[i];
      const char *value = g_str_has_prefix (word, "--") ? strchr (word, '=') : NULL;

      named = put_in (text, value != NULL ? value + 1 : word);
    }
  return named != NULL ? named : g_strdup (text);
}

/* For a person at a terminal; not for what is kept or given away. */
void
cli_print_error (Cli *cli, const GError *error)
{
  g_autofree char *text = name_as_typed (cli, error->message);

  fprintf (stderr, "%s\n", text);
}

/**
 * cli_fail:
 * @touched: as for cli_status_for()
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
    cli_print_error (cli, error);
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
