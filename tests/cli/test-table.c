/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib.h>

#include "cli/table.h"

static void
test_width (void)
{
  const struct
  {
    const char *text;
    guint width;
  } cases[] = {
    { "", 0 },
    { "firmware", 8 },
    { "Прошивка", 8 },
    { "Weboberfläche", 13 },
    { "a\xcc\x88o", 2 },            /* a with dots, made of two signs */
    { "固件", 4 },                  /* each takes two columns */
    { "ｶﾅ", 2 },                    /* and their narrow relatives do not */
    { "ไม่มี", 3 },                   /* vowels above, and tones above those */
    { "zero\xe2\x80\x8bwidth", 9 }, /* a space that is none */
    { "\xff\xfe", 2 },              /* no UTF-8 */
    { "cut \xd0", 5 },              /* half of a letter */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpuint (cli_text_width (cases[i].text), ==, cases[i].width);
}

static void
test_columns (void)
{
  g_autoptr (CliTable) table = cli_table_new ("lrl");
  g_autofree char *text = NULL;

  cli_table_add (table, "имя", "распаковано", "проверено", NULL);
  cli_table_add (table, "kernel", "1", "хорошо", NULL);
  cli_table_add (table, "固件", "123", NULL);
  cli_table_add (table, "", "", "", NULL);
  text = cli_table_to_text (table);
  g_assert_cmpstr (text, ==,
                   "  имя     распаковано  проверено\n"
                   "  kernel            1  хорошо\n"
                   "  固件            123\n"
                   "                       \n");
}

static void
test_facts (void)
{
  g_autoptr (CliTable) table = cli_table_new ("ll");
  g_autofree char *text = NULL;
  g_autofree char *nothing = cli_table_to_text (table);

  g_assert_cmpstr (nothing, ==, "");
  cli_table_add_fact (table, "Имя", "E3372h");
  cli_table_add_fact (table, "Оператор", NULL);
  cli_table_add_fact (table, "Модель", "");
  cli_table_add_fact (table, "SIM-карта", "ready");
  text = cli_table_to_text (table);
  g_assert_cmpstr (text, ==,
                   "  Имя        E3372h\n"
                   "  SIM-карта  ready\n");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/table/width", test_width);
  g_test_add_func ("/table/columns", test_columns);
  g_test_add_func ("/table/facts", test_facts);
  return g_test_run ();
}
