/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "desktop/apn.h"

#include <glib/gstdio.h>

#include <string.h>
#include <sys/stat.h>

static char *
get_database (void)
{
  return g_test_build_filename (G_TEST_DIST, "desktop", "providers.xml", NULL);
}

/* One line for each way in. */
static char *
describe (GPtrArray *apns)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < apns->len; i++)
    {
      SmithApn *apn = apns->pdata[i];

      g_string_append_printf (text, "%s|%s|%s|%s|%s|%s\n", apn->provider,
                              apn->plan != NULL ? apn->plan : "-", apn->apn,
                              apn->user != NULL ? apn->user : "-",
                              apn->password != NULL ? apn->password : "-",
                              apn->is_internet ? "internet" : "other");
    }
  return g_string_free (text, FALSE);
}

static void
assert_found (const char *code, const char *expected)
{
  g_autofree char *path = get_database ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) apns = smith_apn_look_up (path, code, NULL, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  text = describe (apns);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_look_up (void)
{
  g_setenv ("LANGUAGE", "en", TRUE);
  assert_found ("00101", "Example Mobile|Contrat & plus|internet.example|guest|p<w|internet\n"
                         "Example Mobile|-|old.example|-|-|internet\n"
                         "Second Tongue|-|second.example|-|-|internet\n"
                         "Example Mobile|Pictures|mms.example|-|-|other\n");
  assert_found ("00112", "Example Mobile|Contrat & plus|internet.example|guest|p<w|internet\n"
                         "Example Mobile|-|old.example|-|-|internet\n"
                         "Example Mobile|Pictures|mms.example|-|-|other\n");
  assert_found ("00102", "nameless.example|-|nameless.example|-|-|internet\n");
  assert_found ("00199", "");
  assert_found ("99901", "");
}

static void
test_digits (void)
{
  g_setenv ("LANGUAGE", "en", TRUE);
  /* Written with another length, and nobody has it exactly. */
  assert_found ("00103", "Three Digits|-|three.example|-|-|internet\n");
  assert_found ("001003", "Three Digits|-|three.example|-|-|internet\n");
  assert_found ("001002", "nameless.example|-|nameless.example|-|-|internet\n");
  assert_found ("00126", "nameless.example|-|nameless.example|-|-|internet\n");
  assert_found ("001260", "nameless.example|-|nameless.example|-|-|internet\n");
  assert_found ("001120", "");
}

static void
test_language (void)
{
  if (g_test_subprocess ())
    {
      g_setenv ("LC_ALL", "C.UTF-8", TRUE);
      g_setenv ("LANGUAGE", "de_AT:de", TRUE);
      assert_found ("00112", "Beispielfunk|Vertrag|internet.example|guest|p<w|internet\n"
                             "Beispielfunk|-|old.example|-|-|internet\n"
                             "Beispielfunk|Pictures|mms.example|-|-|other\n");
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

static void
assert_fails (const char *path, const char *code, GIOErrorEnum expected)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (smith_apn_look_up (path, code, NULL, &error));
  g_assert_error (error, G_IO_ERROR, (int) expected);
}

static void
test_bad_code (void)
{
  static const char *const codes[]
      = { "", "2620", "2620100", "26a01", " 26201", "26201\n", "26201 ", "+26201", "-26201" };
  g_autofree char *path = get_database ();

  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    assert_fails (path, codes[i], G_IO_ERROR_INVALID_ARGUMENT);
}

static void
assert_bad_content (const char *path, const char *content, gssize length)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, content, length, &error);
  g_assert_no_error (error);
  assert_fails (path, "00101", G_IO_ERROR_INVALID_DATA);
}

static void
test_bad_database (void)
{
  static const char *const contents[] = {
    "",
    "not XML at all",
    "<serviceproviders>",
    "<serviceproviders><country></serviceproviders>",
    "<a>\xff\xfe</a>",
    "<a>&unknown;</a>",
    "<country><provider><name>A<name>B</name></name></provider></country>",
  };
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("smith-apn-XXXXXX", &error);
  g_autofree char *path = NULL;
  g_autofree char *pipe_path = NULL;
  g_autofree char *large = g_malloc (SMITH_APN_DATABASE_MAX + 20);

  g_assert_no_error (error);
  path = g_build_filename (folder, "providers.xml", NULL);
  pipe_path = g_build_filename (folder, "pipe", NULL);
  assert_fails (path, "00101", G_IO_ERROR_NOT_FOUND);
  for (gsize i = 0; i < G_N_ELEMENTS (contents); i++)
    assert_bad_content (path, contents[i], -1);
  assert_bad_content (path, "<a>\0</a>", 8);
  memset (large, ' ', SMITH_APN_DATABASE_MAX + 20);
  memcpy (large, "<a>", 3);
  memcpy (large + SMITH_APN_DATABASE_MAX + 16, "</a>", 4);
  assert_bad_content (path, large, SMITH_APN_DATABASE_MAX + 20);
  g_assert_cmpint (mkfifo (pipe_path, 0600), ==, 0);
  assert_fails (pipe_path, "00101", G_IO_ERROR_INVALID_DATA);
  assert_fails (folder, "00101", G_IO_ERROR_IS_DIRECTORY);
  g_unlink (path);
  g_unlink (pipe_path);
  g_rmdir (folder);
}

static void
test_cut_short (void)
{
  g_autofree char *path = get_database ();
  g_autofree char *content = NULL;
  g_autofree char *cut_path = NULL;
  gsize length;
  int fd;
  g_autoptr (GError) error = NULL;

  fd = g_file_open_tmp ("smith-apn-XXXXXX", &cut_path, &error);
  g_assert_no_error (error);
  g_close (fd, NULL);
  g_file_get_contents (path, &content, &length, &error);
  g_assert_no_error (error);
  for (gsize n = 0; n + 2 < length; n += 23)
    assert_bad_content (cut_path, content, (gssize) n);
  g_unlink (cut_path);
}

/* Texts without end, elements without end and thousands of plans. */
static void
test_bounds (void)
{
  g_autoptr (GString) content
      = g_string_new ("<serviceproviders><country><provider><name>N</name><gsm>"
                      "<network-id mcc=\"001\" mnc=\"01\"/>");
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) apns = NULL;
  int fd = g_file_open_tmp ("smith-apn-XXXXXX", &path, &error);

  g_assert_no_error (error);
  g_close (fd, NULL);
  for (int i = 0; i < 100000; i++)
    g_string_append (text, "0123456789");
  g_string_append_printf (content, "<apn value=\"%s\"/>", text->str);
  g_string_append_printf (content, "<apn value=\"long\"><name>%s</name></apn>", text->str);
  for (int i = 0; i < 3000; i++)
    g_string_append_printf (content, "<apn value=\"a%d\"/>", i);
  for (int i = 0; i < 50000; i++)
    g_string_append (content, "<x>");
  for (int i = 0; i < 50000; i++)
    g_string_append (content, "</x>");
  g_string_append (content, "</gsm></provider><provider><gsm>"
                            "<network-id mcc=\"001\" mnc=\"01\"/><apn value=\"more\"/>"
                            "</gsm></provider></country></serviceproviders>");
  g_file_set_contents (path, content->str, (gssize) content->len, &error);
  g_assert_no_error (error);
  apns = smith_apn_look_up (path, "00101", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (apns->len, ==, 256);
  g_assert_cmpstr (((SmithApn *) apns->pdata[0])->apn, ==, "long");
  g_assert_null (((SmithApn *) apns->pdata[0])->plan);
  g_assert_cmpstr (((SmithApn *) apns->pdata[255])->apn, ==, "a254");
  g_unlink (path);
}

static void
test_cancelled (void)
{
  g_autofree char *path = get_database ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (smith_apn_look_up (path, "00101", cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* What this computer has, if it has it. */
static void
test_real (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) apns = smith_apn_look_up (NULL, "26201", NULL, &error);
  gboolean seen_telekom = FALSE;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      g_test_skip ("There is no list of providers here");
      return;
    }
  g_assert_no_error (error);
  g_assert_cmpuint (apns->len, >, 0);
  g_assert_true (((SmithApn *) apns->pdata[0])->is_internet);
  for (guint i = 0; i < apns->len; i++)
    {
      SmithApn *apn = apns->pdata[i];

      g_assert_cmpint (strlen (apn->provider), >, 0);
      seen_telekom = seen_telekom || g_str_has_suffix (apn->apn, "t-mobile")
                     || g_str_has_suffix (apn->apn, "telekom");
    }
  g_assert_true (seen_telekom);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/apn/look-up", test_look_up);
  g_test_add_func ("/apn/digits", test_digits);
  g_test_add_func ("/apn/language", test_language);
  g_test_add_func ("/apn/bad-code", test_bad_code);
  g_test_add_func ("/apn/bad-database", test_bad_database);
  g_test_add_func ("/apn/cut-short", test_cut_short);
  g_test_add_func ("/apn/bounds", test_bounds);
  g_test_add_func ("/apn/cancelled", test_cancelled);
  g_test_add_func ("/apn/real", test_real);
  return g_test_run ();
}
