/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "format/hilink-answer.h"

#include <string.h>

#include "format/error.h"

#define DECLARATION "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"

/* @error is -1 where it is no answer; @value is that of the element "a". */
typedef struct
{
  const char *name;
  const char *text;
  int error;
  const char *value;
} Case;

static const Case cases[] = {
  { "plain", "<response><a>1</a></response>", 0, "1" },
  { "declaration", DECLARATION "\r\n<response>\r\n<a>1</a>\r\n</response>\r\n", 0, "1" },
  { "byte order mark", "\xEF\xBB\xBF" DECLARATION "<response><a>1</a></response>", 0, "1" },
  { "blanks before", " \r\n\t" DECLARATION "<response><a>1</a></response>", 0, "1" },
  { "mark and blanks", "\xEF\xBB\xBF \r\n<response><a>1</a></response>", 0, "1" },
  { "comment", "<!-- hello --><response><!-- <a>2</a> --><a>1</a></response>", 0, "1" },
  { "empty root", "<response/>", 0, NULL },
  { "text in the root", "<response>OK</response>", 0, NULL },
  { "empty value", "<response><a></a></response>", 0, "" },
  { "empty element", "<response><a/></response>", 0, "" },
  { "blank value", "<response><a> \r\n </a></response>", 0, "" },
  { "blanks around", "<response><a>  1 2\r\n</a></response>", 0, "1 2" },
  { "upper case", "<response><A>1</A></response>", 0, "1" },
  { "first of two", "<response><a>1</a><a>2</a></response>", 0, "1" },
  { "first of two, in both cases", "<response><A>1</A><a>2</a></response>", 0, "1" },
  { "deeper", "<api><body><a>1</a></body></api>", 0, "1" },
  { "with others inside", "<response><a>1<b>2</b>3</a></response>", 0, NULL },
  { "attribute", "<response x=\"1\"><a y='2'>1</a></response>", 0, "1" },
  { "entities of XML", "<response><a>&lt;&amp;&#65;&gt;</a></response>", 0, "<&A>" },
  { "character data", "<response><a><![CDATA[<b>1</b>]]></a></response>", 0, "<b>1</b>" },
  { "in pieces", "<response><a>1<!-- -->2<![CDATA[3]]></a></response>", 0, "123" },
  { "control characters", "<response><a>1\x1b[31m\x07&#13;&#9;2</a></response>", 0, "1?[31m?  2" },
  { "line in the middle", "<response><a>1\n2</a></response>", 0, "1 2" },
  { "beyond ASCII", "<response><a>\xC3\xA4\xE2\x82\xAC</a></response>", 0, "\xC3\xA4\xE2\x82\xAC" },
  { "right-to-left override",
    "<response><a>1\xE2\x80\xAE"
    "2</a></response>",
    0, "1?2" },
  { "not UTF-8", "<response><a>1\xFF\xC3</a></response>", 0, "1\xEF\xBF\xBD\xEF\xBF\xBD" },
  { "error", DECLARATION "<error><code>100002</code><message></message></error>", 100002, NULL },
  { "error without message", "<error><code>125003</code></error>", 125003, NULL },
  { "error with blanks", "<error>\r\n<code> 108001 </code>\r\n</error>\r\n", 108001, NULL },
  { "error in upper case", "<ERROR><Code>100005</Code></ERROR>", 100005, NULL },
  { "code but no error", "<response><code>100002</code></response>", 0, NULL },
  { "error without code", "<error><message>no</message></error>", -1, NULL },
  { "error with an empty code", "<error><code></code></error>", -1, NULL },
  { "error with code 0", "<error><code>0</code></error>", -1, NULL },
  { "error with a minus", "<error><code>-1</code></error>", -1, NULL },
  { "error with words", "<error><code>busy</code></error>", -1, NULL },
  { "error beyond all numbers", "<error><code>99999999999999999999</code></error>", -1, NULL },
  { "nothing", "", -1, NULL },
  { "blanks only", " \r\n ", -1, NULL },
  { "mark only", "\xEF\xBB\xBF", -1, NULL },
  { "declaration only", DECLARATION, -1, NULL },
  { "text only", "OK", -1, NULL },
  { "text before", "OK <response/>", -1, NULL },
  { "text behind", "<response/>OK", -1, NULL },
  { "two documents", "<response/><response/>", -1, NULL },
  { "half", "<response><a>1</a><b>2</", -1, NULL },
  { "not closed", "<response><a>1</a>", -1, NULL },
  { "closed twice", "<response></response></response>", -1, NULL },
  { "closed wrongly", "<response><a>1</b></response>", -1, NULL },
  { "log-in page", "<!DOCTYPE html>\n<html><head><title>Login</title></head></html>", -1, NULL },
  { "old log-in page", "\r\n<!DOCTYPE HTML PUBLIC \"-//W3C//DTD\"><HTML><BR></HTML>", -1, NULL },
  { "page without a type", "<HTML><body>404</body></HTML>", -1, NULL },
  { "page behind a declaration", DECLARATION "<html><body/></html>", -1, NULL },
  { "own entity", "<!DOCTYPE r [<!ENTITY e \"x\">]><response><a>&e;</a></response>", -1, NULL },
  { "external entity",
    "<!DOCTYPE r [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><response><a>&e;</a></response>", -1,
    NULL },
};

static void
test_answers (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SmithHilinkAnswer) answer
          = smith_hilink_answer_parse (cases[i].text, strlen (cases[i].text), &error);

      g_test_message ("%s", cases[i].name);
      if (cases[i].error < 0)
        {
          g_assert_error (error, SMITH_ERROR, SMITH_ERROR_PROTOCOL);
          g_assert_null (answer);
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpint (answer->error, ==, cases[i].error);
      g_assert_cmpstr (smith_hilink_answer_get (answer, "a"), ==, cases[i].value);
      g_assert_cmpstr (smith_hilink_answer_get (answer, "A"), ==, cases[i].value);
    }
}

/* NULs behind a document come from servers that count one too many; inside they
 * are as wrong as any byte. */
static void
test_nuls (void)
{
  static const char behind[] = "<response><a>1</a></response>\0\0";
  static const char inside[] = "<response><a>1\0002</a></response>";
  g_autoptr (SmithHilinkAnswer) answer = NULL;
  g_autoptr (GError) error = NULL;

  answer = smith_hilink_answer_parse (behind, sizeof behind, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (smith_hilink_answer_get (answer, "a"), ==, "1");
  g_clear_pointer (&answer, smith_hilink_answer_free);

  answer = smith_hilink_answer_parse (inside, sizeof inside - 1, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (smith_hilink_answer_get (answer, "a"), ==,
                   "1\xEF\xBF\xBD"
                   "2");
  g_clear_pointer (&answer, smith_hilink_answer_free);

  g_assert_null (smith_hilink_answer_parse (NULL, 0, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_PROTOCOL);
}

/* Cut at any place a document is not taken for a whole one. */
static void
test_cut (void)
{
  static const char text[] = DECLARATION "<error><code>100002</code></error>";

  for (gsize size = 0; size < strlen (text); size++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (smith_hilink_answer_parse (text, size, &error));
      g_assert_error (error, SMITH_ERROR, SMITH_ERROR_PROTOCOL);
    }
}

static char *
nest (guint depth)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < depth; i++)
    g_string_append (text, "<a>");
  for (guint i = 0; i < depth; i++)
    g_string_append (text, "</a>");
  return g_string_free (text, FALSE);
}

static char *
line_up (guint count)
{
  GString *text = g_string_new ("<response>");

  for (guint i = 0; i < count; i++)
    g_string_append_printf (text, "<a%u/>", i);
  g_string_append (text, "</response>");
  return g_string_free (text, FALSE);
}

static gboolean
is_taken (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithHilinkAnswer) answer = smith_hilink_answer_parse (text, strlen (text), &error);

  if (answer == NULL)
    g_assert_error (error, SMITH_ERROR, SMITH_ERROR_PROTOCOL);
  return answer != NULL;
}

static void
test_bounds (void)
{
  g_autofree char *deep = nest (16);
  g_autofree char *too_deep = nest (17);
  g_autofree char *bottomless = nest (50000);
  g_autofree char *many = line_up (1000);
  g_autofree char *too_many = line_up (50000);

  g_assert_true (is_taken (deep));
  g_assert_false (is_taken (too_deep));
  g_assert_false (is_taken (bottomless));
  g_assert_true (is_taken (many));
  g_assert_false (is_taken (too_many));
}

/* A session's cookie is longer than what is shown to people; nothing is cut in
 * the middle of a character. */
static void
test_long_texts (void)
{
  GString *text = g_string_new ("<response><DeviceName>");
  g_autoptr (SmithHilinkAnswer) answer = NULL;
  g_autoptr (SmithHilinkInfo) info = NULL;
  g_autoptr (GError) error = NULL;
  const char *value;

  for (guint i = 0; i < 1000; i++)
    g_string_append (text, "\xE2\x82\xAC");
  g_string_append (text, "</DeviceName></response>");
  answer = smith_hilink_answer_parse (text->str, text->len, &error);
  g_assert_no_error (error);
  g_string_free (text, TRUE);

  value = smith_hilink_answer_get (answer, "DeviceName");
  g_assert_true (g_utf8_validate (value, -1, NULL));
  g_assert_cmpuint (strlen (value), >, SMITH_HILINK_VALUE_MAX - 3);
  g_assert_cmpuint (strlen (value), <=, SMITH_HILINK_VALUE_MAX);
  info = smith_hilink_info_new (answer);
  g_assert_true (g_utf8_validate (info->device_name, -1, NULL));
  g_assert_cmpint (g_utf8_strlen (info->device_name, -1), ==, SMITH_HILINK_TEXT_MAX);
}

static void
test_info (void)
{
  static const char text[]
      = DECLARATION "<response><DeviceName>E3372</DeviceName><SerialNumber>X</SerialNumber>"
                    "<Imei>000000000000000</Imei><Imsi>1</Imsi>"
                    "<HardwareVersion>CL2E3372HM</HardwareVersion>"
                    "<SoftwareVersion>22.328.62.00.1081</SoftwareVersion>"
                    "<WebUIVersion>17.100.18.03.1081</WebUIVersion><MacAddress1/>"
                    "<ProductFamily>LTE</ProductFamily><Classify>hilink</Classify>"
                    "<supportmode></supportmode></response>";
  static const char little[] = "<response><productfamily>LTE</productfamily>"
                               "<devicename>E3372</devicename><classify></classify></response>";
  g_autoptr (SmithHilinkAnswer) answer = smith_hilink_answer_parse (text, strlen (text), NULL);
  g_autoptr (SmithHilinkAnswer) less = smith_hilink_answer_parse (little, strlen (little), NULL);
  g_autoptr (SmithHilinkInfo) info = smith_hilink_info_new (answer);
  g_autoptr (SmithHilinkInfo) basic = smith_hilink_info_new (less);

  g_assert_cmpstr (info->device_name, ==, "E3372");
  g_assert_cmpstr (info->hardware, ==, "CL2E3372HM");
  g_assert_cmpstr (info->software, ==, "22.328.62.00.1081");
  g_assert_cmpstr (info->webui, ==, "17.100.18.03.1081");
  g_assert_cmpstr (info->imei, ==, "000000000000000");
  g_assert_cmpstr (info->product_family, ==, "LTE");
  g_assert_cmpstr (info->classify, ==, "hilink");

  g_assert_cmpstr (basic->device_name, ==, "E3372");
  g_assert_cmpstr (basic->product_family, ==, "LTE");
  g_assert_null (basic->hardware);
  g_assert_null (basic->software);
  g_assert_null (basic->imei);
  /* Empty is as good as not said. */
  g_assert_null (basic->classify);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hilink-answer/answers", test_answers);
  g_test_add_func ("/hilink-answer/nuls", test_nuls);
  g_test_add_func ("/hilink-answer/cut", test_cut);
  g_test_add_func ("/hilink-answer/bounds", test_bounds);
  g_test_add_func ("/hilink-answer/long-texts", test_long_texts);
  g_test_add_func ("/hilink-answer/info", test_info);
  return g_test_run ();
}
