/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "at-answer.h"

#include <glib/gi18n.h>

#include <string.h>

#include "error.h"

struct _SmithAtParser
{
  char *command;
  char *own_prefix; /* "^VERSION" for AT^VERSION?; NULL where the command has none */
  GString *line;
  GPtrArray *lines;
  GPtrArray *unsolicited;
  gsize taken; /* bytes in all */
  gboolean done;
  SmithAtResult result;
  int code;
};

/* Lines that Huawei sticks send of their own accord. One of them is an answer
 * only if the command asked for just that. */
static const char *const unasked[] = {
  "^ANLEVEL",   "^ANQUERY",   "^BOOT",  "^CEND",     "^CERSSI",   "^CONF", "^CONN",
  "^CSNR",      "^DSFLOWRPT", "^EARST", "^HCSQ",     "^LWURC",    "^MODE", "^NDISEND",
  "^NDISSTAT",  "^NWTIME",    "^ORIG",  "^PDPLU",    "^RFSWITCH", "^RSSI", "^SIMST",
  "^SMMEMFULL", "^SRVST",     "^STIN",  "^SYSSTART", "^THERM",    "^TIME", "^USSDEND",
  "+CDSI",      "+CEREG",     "+CGREG", "+CIEV",     "+CMTI",     "+CREG", "+CRING",
  "+CUSD",      "RING",
};

static char *
find_own_prefix (const char *command)
{
  const char *p = command + (g_ascii_strncasecmp (command, "AT", 2) == 0 ? 2 : 0);
  gsize n;

  if (*p == '\0' || strchr ("^+$", *p) == NULL)
    return NULL;
  for (n = 1; g_ascii_isalnum (p[n]); n++)
    ;
  return g_ascii_strup (p, (gssize) n);
}

/**
 * smith_at_parser_new:
 * @command: what was sent, without its end of line: its echo is no answer
 *
 * Makes a parser for the answer to one command. One thread at a time.
 */
SmithAtParser *
smith_at_parser_new (const char *command)
{
  SmithAtParser *parser = g_new0 (SmithAtParser, 1);

  parser->command = g_strdup (command);
  parser->own_prefix = find_own_prefix (command);
  parser->line = g_string_new (NULL);
  parser->lines = g_ptr_array_new_with_free_func (g_free);
  parser->unsolicited = g_ptr_array_new_with_free_func (g_free);
  parser->code = -1;
  return parser;
}

void
smith_at_parser_free (SmithAtParser *parser)
{
  g_free (parser->command);
  g_free (parser->own_prefix);
  g_string_free (parser->line, TRUE);
  g_ptr_array_unref (parser->lines);
  g_ptr_array_unref (parser->unsolicited);
  g_free (parser);
}

static gboolean
has_prefix_word (const char *line, const char *prefix)
{
  gsize n = strlen (prefix);

  return g_ascii_strncasecmp (line, prefix, n) == 0 && !g_ascii_isalnum (line[n]);
}

static gboolean
is_unasked (SmithAtParser *parser, const char *line)
{
  if (parser->own_prefix != NULL && has_prefix_word (line, parser->own_prefix))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (unasked); i++)
    if (has_prefix_word (line, unasked[i]))
      return TRUE;
  return FALSE;
}

/* Returns: -1 where the error is told in words (AT+CMEE=2) */
static int
read_code (const char *text)
{
  text += strspn (text, " \t");
  if (!g_ascii_isdigit (text[0]))
    return -1;
  return (int) MIN (g_ascii_strtoull (text, NULL, 10), 9999);
}

static gboolean
is_final (SmithAtParser *parser, const char *line)
{
  static const struct
  {
    const char *text;
    SmithAtResult result;
  } finals[] = {
    { "OK", SMITH_AT_OK },
    { "ERROR", SMITH_AT_ERROR },
    { "NO CARRIER", SMITH_AT_ERROR },
    { "COMMAND NOT SUPPORT", SMITH_AT_NOT_SUPPORTED },
    { "TOO MANY PARAMETERS", SMITH_AT_TOO_MANY_PARAMETERS },
  };
  static const char cme[] = "+CME ERROR:";
  static const char cms[] = "+CMS ERROR:";

  for (guint i = 0; i < G_N_ELEMENTS (finals); i++)
    if (g_ascii_strcasecmp (line, finals[i].text) == 0)
      {
        parser->result = finals[i].result;
        return TRUE;
      }
  if (g_ascii_strncasecmp (line, cme, sizeof cme - 1) != 0
      && g_ascii_strncasecmp (line, cms, sizeof cms - 1) != 0)
    return FALSE;
  parser->result = g_ascii_toupper (line[3]) == 'E' ? SMITH_AT_CME_ERROR : SMITH_AT_CMS_ERROR;
  parser->code = read_code (line + sizeof cme - 1);
  return TRUE;
}

static void
end_line (SmithAtParser *parser)
{
  const char *line = g_strstrip (parser->line->str);

  if (line[0] == '\0' || g_ascii_strcasecmp (line, parser->command) == 0)
    ;
  else if (is_final (parser, line))
    parser->done = TRUE;
  else if (is_unasked (parser, line))
    g_ptr_array_add (parser->unsolicited, g_strdup (line));
  else
    g_ptr_array_add (parser->lines, g_strdup (line));
  g_string_truncate (parser->line, 0);
}

/**
 * smith_at_parser_feed:
 * @data: @size bytes as they came, in pieces of any length
 *
 * Bytes behind the final result are dropped: nobody asked for them. What is
 * not printable ASCII is kept as '?'.
 *
 * Returns: FALSE with SMITH_ERROR_PROTOCOL if the answer grows beyond
 *   SMITH_AT_ANSWER_MAX bytes
 */
gboolean
smith_at_parser_feed (SmithAtParser *parser, const guint8 *data, gsize size, GError **error)
{
  for (gsize i = 0; i < size && !parser->done; i++)
    {
      char c = (char) data[i];

      if (++parser->taken > SMITH_AT_ANSWER_MAX)
        {
          g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_PROTOCOL,
                               _ ("The stick's answer does not end"));
          return FALSE;
        }
      if (c == '\r' || c == '\n')
        end_line (parser);
      else
        g_string_append_c (parser->line, g_ascii_isprint (c) || c == '\t' ? c : '?');
    }
  return TRUE;
}

/**
 * smith_at_parser_got_anything:
 *
 * Returns: whether any byte came at all: tells silence from nonsense
 */
gboolean
smith_at_parser_got_anything (SmithAtParser *parser)
{
  return parser->taken > 0;
}

static char **
steal_strv (GPtrArray *array)
{
  g_ptr_array_add (array, NULL);
  return (char **) g_ptr_array_steal (array, NULL);
}

/**
 * smith_at_parser_take:
 *
 * Returns: (transfer full) (nullable): the answer once it is complete; the
 *   parser is used up then
 */
SmithAtAnswer *
smith_at_parser_take (SmithAtParser *parser)
{
  SmithAtAnswer *answer;

  if (!parser->done)
    return NULL;
  answer = g_new0 (SmithAtAnswer, 1);
  answer->result = parser->result;
  answer->code = parser->code;
  answer->lines = steal_strv (parser->lines);
  answer->unsolicited = steal_strv (parser->unsolicited);
  return answer;
}

void
smith_at_answer_free (SmithAtAnswer *answer)
{
  g_strfreev (answer->lines);
  g_strfreev (answer->unsolicited);
  g_free (answer);
}

/**
 * smith_at_answer_find:
 * @prefix: such as "^VERSION:EXTS:"
 *
 * Returns: (transfer none) (nullable): what follows @prefix in the first line
 *   that begins with it, without leading spaces
 */
const char *
smith_at_answer_find (const SmithAtAnswer *answer, const char *prefix)
{
  gsize n = strlen (prefix);

  for (guint i = 0; answer->lines[i] != NULL; i++)
    {
      const char *rest = answer->lines[i] + n;

      if (g_ascii_strncasecmp (answer->lines[i], prefix, n) != 0)
        continue;
      return rest + strspn (rest, " \t");
    }
  return NULL;
}

static const char *
describe_cme (int code)
{
  switch (code)
    {
    case 10:
      return _ ("there is no SIM card");
    case 11:
      return _ ("the SIM card wants its PIN");
    case 12:
      return _ ("the SIM card wants its PUK");
    case 13:
      return _ ("the SIM card does not work");
    case 30:
      return _ ("there is no network");
    case 50:
      return _ ("a wrong value, or the wrong port");
    default:
      return NULL;
    }
}

static char *
describe_code (int code)
{
  return code >= 0 ? g_strdup_printf (_ ("error %d"), code) : g_strdup (_ ("the stick said no"));
}

/**
 * smith_at_answer_describe:
 *
 * Returns: (transfer full) (nullable): why the stick said no, for a person;
 *   NULL for SMITH_AT_OK
 */
char *
smith_at_answer_describe (const SmithAtAnswer *answer)
{
  switch (answer->result)
    {
    case SMITH_AT_NOT_SUPPORTED:
      return g_strdup (_ ("the stick does not know this command"));
    case SMITH_AT_TOO_MANY_PARAMETERS:
      return g_strdup (_ ("too many values"));
    case SMITH_AT_CME_ERROR:
      if (describe_cme (answer->code) != NULL)
        return g_strdup (describe_cme (answer->code));
      return describe_code (answer->code);
    case SMITH_AT_CMS_ERROR:
      return describe_code (answer->code);
    case SMITH_AT_ERROR:
      return g_strdup (_ ("the stick said no"));
    case SMITH_AT_OK:
    default:
      return NULL;
    }
}
