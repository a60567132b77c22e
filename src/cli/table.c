/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "table.h"

#include <stdio.h>
#include <string.h>

#define INDENT "  "
#define GAP "  "

struct _CliTable
{
  char *sides;     /* a letter for each column */
  GPtrArray *rows; /* char **, some shorter than there are columns */
};

/**
 * cli_text_width:
 *
 * Returns: how many columns of a terminal @text takes. A byte that is no UTF-8
 *   counts as the one sign that is shown for it.
 */
guint
cli_text_width (const char *text)
{
  guint width = 0;

  while (*text != '\0')
    {
      gunichar c = g_utf8_get_char_validated (text, -1);

      if (c == (gunichar) -1 || c == (gunichar) -2)
        {
          width++;
          text++;
          continue;
        }
      if (!g_unichar_iszerowidth (c))
        width += g_unichar_iswide (c) ? 2 : 1;
      text = g_utf8_next_char (text);
    }
  return width;
}

/**
 * cli_table_new:
 * @sides: a letter for each column: "l" where its cells begin below each other,
 *   "r" where they end so
 */
CliTable *
cli_table_new (const char *sides)
{
  CliTable *table = g_new0 (CliTable, 1);

  table->sides = g_strdup (sides);
  table->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  return table;
}

void
cli_table_free (CliTable *table)
{
  g_free (table->sides);
  g_ptr_array_unref (table->rows);
  g_free (table);
}

/**
 * cli_table_add:
 * @...: the cells of a row, at most one for each column, and NULL
 */
void
cli_table_add (CliTable *table, ...)
{
  GStrvBuilder *row = g_strv_builder_new ();
  const char *cell;
  va_list cells;

  va_start (cells, table);
  for (gsize i = 0; i < strlen (table->sides) && (cell = va_arg (cells, const char *)) != NULL; i++)
    g_strv_builder_add (row, cell);
  va_end (cells);
  g_ptr_array_add (table->rows, g_strv_builder_end (row));
  g_strv_builder_unref (row);
}

/**
 * cli_table_add_fact:
 * @value: (nullable): without one, or with an empty one, there is no row
 */
void
cli_table_add_fact (CliTable *table, const char *title, const char *value)
{
  if (value != NULL && value[0] != '\0')
    cli_table_add (table, title, value, NULL);
}

static guint
find_width (CliTable *table, guint column)
{
  guint width = 0;

  for (guint i = 0; i < table->rows->len; i++)
    {
      char **row = g_ptr_array_index (table->rows, i);

      if (column < g_strv_length (row))
        width = MAX (width, cli_text_width (row[column]));
    }
  return width;
}

static void
append_blanks (GString *text, guint n)
{
  for (guint i = 0; i < n; i++)
    g_string_append_c (text, ' ');
}

/* Nothing stands behind the last cell of a row. */
static void
append_row (GString *text, CliTable *table, char **row, const guint *widths)
{
  g_string_append (text, INDENT);
  for (guint i = 0; row[i] != NULL; i++)
    {
      guint blanks = widths[i] - cli_text_width (row[i]);

      if (table->sides[i] == 'r')
        append_blanks (text, blanks);
      g_string_append (text, row[i]);
      if (row[i + 1] == NULL)
        break;
      if (table->sides[i] != 'r')
        append_blanks (text, blanks);
      g_string_append (text, GAP);
    }
  g_string_append_c (text, '\n');
}

/* Returns: (transfer full): the lines */
char *
cli_table_to_text (CliTable *table)
{
  guint n = (guint) strlen (table->sides);
  g_autofree guint *widths = g_new0 (guint, n);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    widths[i] = find_width (table, i);
  for (guint i = 0; i < table->rows->len; i++)
    append_row (text, table, g_ptr_array_index (table->rows, i), widths);
  return g_string_free (text, FALSE);
}

/* On standard output. */
void
cli_table_print (CliTable *table)
{
  g_autofree char *text = cli_table_to_text (table);

  fputs (text, stdout);
}
