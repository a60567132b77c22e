/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "steps.h"

#include "wizard/settings.h"

/* What is kept; and, with SMITH_NO_SCHEMA, that nothing breaks where nothing is. */

#define WIDTH 1111
#define HEIGHT 777

static gboolean
lacks_schema (void)
{
  return g_getenv ("SMITH_NO_SCHEMA") != NULL;
}

static void
test_folder (void)
{
  g_autoptr (GFile) file = g_file_new_for_path ("/somewhere/with spaces/firmware.bin");
  g_autofree char *document
      = g_build_filename (g_get_user_runtime_dir (), "doc", "1a2b", "firmware.bin", NULL);
  g_autoptr (GFile) of_portal = g_file_new_for_path (document);
  g_autoptr (GFile) root = g_file_new_for_path ("/");
  g_autoptr (GFile) before = smith_settings_get_last_folder ();
  g_autoptr (GFile) after = NULL;

  g_assert_null (before);
  smith_settings_set_last_folder (file);
  smith_settings_set_last_folder (of_portal);
  smith_settings_set_last_folder (root);
  after = smith_settings_get_last_folder ();
  if (lacks_schema ())
    g_assert_null (after);
  else
    g_assert_cmpstr (g_file_peek_path (after), ==, "/somewhere/with spaces");
}

static void
assert_size (SmithWindow *window, int wanted_width, int wanted_height)
{
  int width;
  int height;

  gtk_window_get_default_size (GTK_WINDOW (window), &width, &height);
  g_assert_cmpint (width, ==, wanted_width);
  g_assert_cmpint (height, ==, wanted_height);
}

/* A size is kept if the person chose it. */
static void
test_size (void)
{
  SmithWindow *window = harness_practise ("all-well", 0);
  gboolean maximized;
  int width;
  int height;
  int usual_width;
  int usual_height;

  gtk_window_get_default_size (GTK_WINDOW (window), &usual_width, &usual_height);
  harness_close (window);
  g_assert_false (smith_settings_get_window_size (&width, &height, &maximized));
  window = harness_practise ("all-well", 0);
  gtk_window_set_default_size (GTK_WINDOW (window), WIDTH, HEIGHT);
  harness_settle ();
  harness_close (window);
  window = harness_practise ("all-well", 0);
  if (lacks_schema ())
    assert_size (window, usual_width, usual_height);
  else
    assert_size (window, WIDTH, HEIGHT);
  harness_close (window);
}

int
main (int argc, char *argv[])
{
  harness_init (&argc, &argv);
  if (smith_settings_are_kept () == lacks_schema ())
    {
      g_print ("1..0 # SKIP %s\n", lacks_schema () ? "the program is installed here"
                                                   : "there is no schema to be found");
      return 0;
    }
  g_test_add_func ("/settings/folder", test_folder);
  g_test_add_func ("/settings/size", test_size);
  return g_test_run ();
}
