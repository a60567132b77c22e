/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "format/device-text.h"

#include <string.h>

static void
test_text (void)
{
  static const struct
  {
    const char *raw;
    const char *text;
  } cases[] = {
    { NULL, NULL },
    { "", NULL },
    { " \t\r\n ", NULL },
    { "\x01\x02\x7f", NULL },
    { "E3372", "E3372" },
    { "  E3372h-153 \r", "E3372h-153" },
    { "a\tb\x1b[31mc", "a b [31mc" },
    { "two  \x01  words", "two words" },
    { "Dom\303\241ci", "Dom\303\241ci" },
    { "bad\xff\xfe", "bad\xef\xbf\xbd\xef\xbf\xbd" },
    /* Such characters turn what stands behind them around, or hide. */
    { "a\xe2\x80\xae"
      "b",
      "a b" },
    { "a\xc2\x85"
      "b",
      "a b" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = smith_device_text (cases[i].raw, -1);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
test_length (void)
{
  g_autofree char *part = smith_device_text ("E3372 and more", 5);
  g_autofree char *beyond_nul = smith_device_text ("E3\000372", 6);
  g_autofree char *filler = g_strnfill (100000, 'x');
  g_autofree char *cut = smith_device_text (filler, -1);
  g_autofree char *blank = g_strnfill (100000, ' ');
  g_autoptr (GString) wide = g_string_new (NULL);
  g_autofree char *whole = NULL;

  g_assert_cmpstr (part, ==, "E3372");
  g_assert_cmpstr (beyond_nul, ==, "E3");
  g_assert_cmpuint (strlen (cut), ==, SMITH_DEVICE_TEXT_MAX);
  g_assert_null (smith_device_text (blank, -1));
  /* Never cut inside a character. */
  for (guint i = 0; i < 100; i++)
    g_string_append (wide, "\xe2\x82\xac");
  whole = smith_device_text (wide->str, -1);
  g_assert_true (g_utf8_validate (whole, -1, NULL));
  g_assert_cmpuint (strlen (whole), ==, SMITH_DEVICE_TEXT_MAX / 3 * 3);
}

static void
test_word (void)
{
  static const struct
  {
    const char *raw;
    const char *word;
  } cases[] = {
    { NULL, NULL },
    { "CL2E3372HM Ver.A", "CL2E3372HM Ver.A" },
    { "\"CL2E3372HM\"", "CL2E3372HM" },
    { " \" CL2E3372HM \" ", "CL2E3372HM" },
    { "\"\"", NULL },
    { "\"", NULL },
    { "\"CL2E3372HM", NULL },
    { "a\"b", NULL },
    /* A bad byte on the way: no string to decide by. */
    { "CL?E3372HM", NULL },
    { "CL\xff"
      "E3372HM",
      NULL },
    { "NULL", NULL },
    { "null", NULL },
    { "00.000.00.00.000", NULL },
    { "0", NULL },
    { "10.0.5.1(H697SP1C983)", "10.0.5.1(H697SP1C983)" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *word = smith_device_word (cases[i].raw, -1);

      g_assert_cmpstr (word, ==, cases[i].word);
    }
}

static void
test_imei (void)
{
  static const struct
  {
    const char *raw;
    gboolean good;
  } cases[] = {
    { NULL, FALSE },
    { "", FALSE },
    { "3500000000000", FALSE },
    { "35000000000001", TRUE },
    { "350000000000014", TRUE },
    { " \"350000000000014\"", TRUE },
    { "3500000000000141", TRUE },
    { "35000000000001412", FALSE },
    { "35000000000001x", FALSE },
    { "3500 0000000014", FALSE },
    { "000000000000000", FALSE },
    { "350000000000?14", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *imei = smith_device_imei (cases[i].raw, -1);

      g_assert_true ((imei != NULL) == cases[i].good);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/format/device-text/text", test_text);
  g_test_add_func ("/format/device-text/length", test_length);
  g_test_add_func ("/format/device-text/word", test_word);
  g_test_add_func ("/format/device-text/imei", test_imei);
  return g_test_run ();
}
