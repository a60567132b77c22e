/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include <string.h>

#include "format/at-answer.h"

/* NULL if the answer does not end or is given up. */
static SmithAtAnswer *
parse (const char *command, const guint8 *data, gsize size, gsize piece)
{
  g_autoptr (SmithAtParser) parser = smith_at_parser_new (command);
  gsize taken = 0;

  while (taken < size)
    {
      gsize n = MIN (piece, size - taken);
      g_autoptr (GError) error = NULL;
      gboolean ok = smith_at_parser_feed (parser, data + taken, n, &error);

      g_assert_true (ok == (error == NULL));
      if (!ok)
        return NULL;
      taken += n;
    }
  g_assert_true (smith_at_parser_got_anything (parser) == (size > 0));
  return smith_at_parser_take (parser);
}

static void
check_lines (char **lines)
{
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_assert_cmpuint (strlen (lines[i]), >, 0);
      for (const char *p = lines[i]; *p != '\0'; p++)
        g_assert_true (g_ascii_isprint (*p) || *p == '\t');
    }
}

static void
check_same (const SmithAtAnswer *a, const SmithAtAnswer *b)
{
  g_assert_true ((a == NULL) == (b == NULL));
  if (a == NULL)
    return;
  g_assert_cmpint (a->result, ==, b->result);
  g_assert_cmpint (a->code, ==, b->code);
  g_assert_cmpstrv (a->lines, b->lines);
  g_assert_cmpstrv (a->unsolicited, b->unsolicited);
}

/* The command, a newline, what the stick says. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const guint8 *newline = memchr (data, '\n', size);
  g_autofree char *command = NULL;
  g_autoptr (SmithAtAnswer) whole = NULL;
  g_autoptr (SmithAtAnswer) pieces = NULL;
  g_autofree char *why = NULL;

  if (newline == NULL)
    return 0;
  command = g_strndup ((const char *) data, (gsize) (newline - data));
  size -= (gsize) (newline + 1 - data);
  whole = parse (command, newline + 1, size, MAX (size, 1));
  pieces = parse (command, newline + 1, size, 1 + data[0] % 5);
  check_same (whole, pieces);
  if (whole == NULL)
    return 0;
  check_lines (whole->lines);
  check_lines (whole->unsolicited);
  smith_at_answer_find (whole, "^VERSION:");
  why = smith_at_answer_describe (whole);
  g_assert_true ((why == NULL) == (whole->result == SMITH_AT_OK));
  return 0;
}
