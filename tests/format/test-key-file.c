/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "format/key-file.h"

#include <string.h>

#include "format/error.h"

/* Each fails a value with a wrong escape in it, or a line that stops in one. */
static const char *const bad_texts[] = {
  "[a]\nlist=\\q;\\",
  "[a]\nlist=\\q;\\\n",
  "[a]\nlist=\\q;\\\r\nnext=1\n",
  "[a]\nlist=\\\\\\\nnext=1\n",
  "# a remark \\\n[a]\nlist=b\n",
};

static void
test_open_escape (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad_texts); i++)
    {
      g_autoptr (GKeyFile) file = g_key_file_new ();
      g_autoptr (GError) error = NULL;

      g_assert_false (smith_key_file_load (file, bad_texts[i], strlen (bad_texts[i]), &error));
      g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE);
    }
}

/* What is escaped well is left to be read, and a NUL need not follow. */
static void
test_whole_escape (void)
{
  static const char text[] = "[a]\nlist=b\\\\;c\\n\nnext=d\\\\REST";
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) list = NULL;
  g_autofree char *next = NULL;

  g_assert_true (smith_key_file_load (file, text, strlen (text) - strlen ("REST"), &error));
  g_assert_no_error (error);
  list = g_key_file_get_string_list (file, "a", "list", NULL, NULL);
  g_assert_cmpuint (g_strv_length (list), ==, 2);
  g_assert_cmpstr (list[0], ==, "b\\");
  g_assert_cmpstr (list[1], ==, "c\n");
  next = g_key_file_get_string (file, "a", "next", NULL);
  g_assert_cmpstr (next, ==, "d\\");
}

static void
test_no_key_file (void)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (smith_key_file_load (file, "a=b\n", 4, &error));
  g_assert_error (error, G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_GROUP_NOT_FOUND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/format/key-file/open-escape", test_open_escape);
  g_test_add_func ("/format/key-file/whole-escape", test_whole_escape);
  g_test_add_func ("/format/key-file/no-key-file", test_no_key_file);
  return g_test_run ();
}
