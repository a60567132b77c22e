/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/log.h"

#include <glib/gstdio.h>

#include <string.h>

static void
test_mask (void)
{
  static const struct
  {
    const char *text;
    const char *masked;
  } table[] = {
    { "", "" },
    { "IMEI: 861234567890123", "IMEI: 861**********23" },
    { "+ICCID: 89490200001234567890", "+ICCID: ****" },
    { "imsi 262011234567890.", "imsi 262**********90." },
    { "8612345678901234 and 861234567890123", "861***********34 and 861**********23" },
    /* Versions, sizes, dates and digests are no identities. */
    { "22.333.01.00.99 2017.06.21 66957263", "22.333.01.00.99 2017.06.21 66957263" },
    { "20170621083000", "201*********00" },
    { "1234567890123", "1234567890123" },
    { "12345678901234567890123", "12345678901234567890123" },
    { "<SerialNumber>G4PDW15623001234</SerialNumber>",
      "<SerialNumber>****************</SerialNumber>" },
    { "^SN: AB12cd;next", "^SN: ******;next" },
    /* Nor is it told where it is, what was typed to open the card, or what it is called. */
    { "< +CREG: 2,1, 7C8, C5A2 | OK", "< +CREG: 2,1, **** | OK" },
    { "+CREG: 1, 7C8, C5A2", "+CREG: 1, ****" },
    { "AT+CPIN=\"1234\"", "AT+CPIN=****" },
    { "<MacAddress1>00:1E:10</MacAddress1>", "<MacAddress1>**:**:**</MacAddress1>" },
    { "{\"SerialNumber\":\"AB12cd\",\"x\":1}", "{\"SerialNumber\":\"******\",\"x\":1}" },
    { "<serialnumber>AB12cd<", "<serialnumber>******<" },
    { "S/N: AB12cd, S/NO", "S/N: ******, S/NO" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *masked = smith_log_mask (table[i].text);

      g_assert_cmpstr (masked, ==, table[i].masked);
    }
}

static void
count_line (const SmithLogLine *line, gpointer user_data)
{
  guint *n = user_data;

  (*n)++;
}

static guint
count_lines (SmithLog *log)
{
  guint n = 0;

  smith_log_foreach (log, SMITH_LOG_DETAIL, count_line, &n);
  return n;
}

static void
test_add (void)
{
  g_autoptr (SmithLog) log = smith_log_new ();
  g_autofree char *all = NULL;
  g_autofree char *errors = NULL;

  smith_log_add (log, SMITH_LOG_DETAIL, "AT+CGSN -> %s", "861234567890123");
  smith_log_add (log, SMITH_LOG_ERROR, "two\nlines \xff");
  g_assert_cmpuint (count_lines (log), ==, 2);
  all = smith_log_to_text (log, SMITH_LOG_DETAIL);
  errors = smith_log_to_text (log, SMITH_LOG_ERROR);
  g_assert_null (strstr (all, "861234567890123"));
  g_assert_nonnull (strstr (all, "861**********23"));
  g_assert_true (g_utf8_validate (all, -1, NULL));
  g_assert_nonnull (strstr (errors, "two lines"));
  g_assert_null (strstr (errors, "CGSN"));
}

static void
test_bounds (void)
{
  g_autoptr (SmithLog) log = smith_log_new ();
  g_autofree char *huge = g_strnfill (100000, 'x');
  g_autofree char *errors = NULL;

  smith_log_add (log, SMITH_LOG_ERROR, "kept");
  for (guint i = 0; i < SMITH_LOG_LINES_MAX + 100; i++)
    smith_log_add (log, SMITH_LOG_DETAIL, "detail %u", i);
  g_assert_cmpuint (count_lines (log), ==, SMITH_LOG_LINES_MAX);
  smith_log_add (log, SMITH_LOG_ERROR, "%s", huge);
  errors = smith_log_to_text (log, SMITH_LOG_ERROR);
  g_assert_nonnull (strstr (errors, "kept"));
  g_assert_cmpuint (strlen (errors), <, SMITH_LOG_LINE_MAX + 200);
}

/* An identity across the end of what is kept of a line is masked like any other. */
static void
test_cut_identity (void)
{
  static const char *const identities[] = { "861234567890123", "<SerialNumber>G4PDW15623001234" };

  for (guint i = 0; i < G_N_ELEMENTS (identities); i++)
    for (gsize n = SMITH_LOG_LINE_MAX - 40; n <= SMITH_LOG_LINE_MAX; n++)
      {
        g_autoptr (SmithLog) log = smith_log_new ();
        g_autofree char *before = g_strnfill (n, 'x');
        g_autofree char *all = NULL;

        smith_log_add (log, SMITH_LOG_DETAIL, "%s %s and more", before, identities[i]);
        all = smith_log_to_text (log, SMITH_LOG_DETAIL);
        g_assert_null (strstr (all, "8612"));
        g_assert_null (strstr (all, "G4"));
      }
}

static void
count (SmithLog *log, guint *n)
{
  (*n)++;
}

static gpointer
add_many (gpointer data)
{
  for (guint i = 0; i < 1000; i++)
    smith_log_add (data, SMITH_LOG_STEP, "line %u", i);
  return NULL;
}

/* Many lines from many threads, and a signal or two for all of them. */
static void
test_threads (void)
{
  g_autoptr (SmithLog) log = smith_log_new ();
  GThread *threads[4];
  guint n = 0;

  g_signal_connect (log, "appended", G_CALLBACK (count), &n);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("adder", add_many, log);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (count_lines (log), ==, 4000);
  g_assert_cmpuint (n, ==, 1);
}

static void
test_save (void)
{
  g_autoptr (SmithLog) log = smith_log_new ();
  g_autofree char *folder = g_dir_make_tmp ("sticksmith-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "log.txt", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  smith_log_add (log, SMITH_LOG_STEP, "hello");
  g_assert_true (smith_log_save (log, path, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "hello"));
  /* A full disk. */
  g_assert_false (smith_log_save (log, "/dev/full/log", &error));
  g_assert_nonnull (error);
  g_unlink (path);
  g_rmdir (folder);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/log/mask", test_mask);
  g_test_add_func ("/log/add", test_add);
  g_test_add_func ("/log/bounds", test_bounds);
  g_test_add_func ("/log/cut-identity", test_cut_identity);
  g_test_add_func ("/log/threads", test_threads);
  g_test_add_func ("/log/save", test_save);
  return g_test_run ();
}
