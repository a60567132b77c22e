/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window where there is nobody to talk to on D-Bus, no portal among them, and
 * where nothing can be written. What is wrong comes from the environment. */
#include "steps.h"

#include <glib/gstdio.h>

#include <string.h>

static gboolean
is_bus_missing (GBusType type)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (type, NULL, &error);

  return bus == NULL;
}

/* From the first page to the last. */
static void
test_practice (void)
{
  SmithWindow *window = harness_practise ("all-well", 0);

  g_assert_true (is_bus_missing (G_BUS_TYPE_SESSION));
  g_assert_true (is_bus_missing (G_BUS_TYPE_SYSTEM));
  steps_go_to_boot_page (window);
  steps_run_to_end (window);
  steps_assert_done (window);
  harness_close (window);
}

static guint
count_in_log (SmithWindow *window, const char *word)
{
  g_autofree char *text
      = smith_log_to_text (smith_session_get_log (steps_session_of (window)), SMITH_LOG_NOTICE);
  guint n = 0;

  for (const char *p = strstr (text, word); p != NULL; p = strstr (p + 1, word))
    n++;
  return n;
}

/* The files can be made, but folders stand where the state would be. */
static void
test_no_state (void)
{
  static const char *const names[] = { "job-1-1.ini", "job-1-1-2.ini" };
  SmithWindow *window;

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *place = g_build_filename (g_get_user_cache_dir (), "sticksmith", "practice",
                                                 names[i], "full", NULL);

      g_assert_cmpint (g_mkdir_with_parents (place, 0700), ==, 0);
    }
  window = harness_practise ("all-well", 0);
  steps_go_to_boot_page (window);
  steps_run_to_end (window);
  steps_assert_done (window);
  g_assert_cmpuint (count_in_log (window, "cannot be kept"), ==, 1);
  harness_close (window);
}

/* The log says it, and is opened for it. */
static gboolean
says_why (SmithWindow *window)
{
  g_autoptr (GVariant) shown
      = g_action_group_get_action_state (G_ACTION_GROUP (window), "show-log");

  return count_in_log (window, g_get_user_cache_dir ()) > 0 && g_variant_get_boolean (shown);
}

/* Not even practice files: it is said, and the window stays. */
static void
test_no_home (void)
{
  SmithWindow *window = harness_practise ("all-well", 0);

  steps_next (window);
  harness_wait_page (window, SMITH_PAGE_FILES);
  harness_settle ();
  harness_press (GTK_WIDGET (window), "use_practice");
  harness_wait (window, says_why, "the log says where nothing can be written");
  harness_close (window);
}

int
main (int argc, char *argv[])
{
  gboolean no_home = argc > 1 && g_str_equal (argv[1], "no-home");

  harness_init (&argc, &argv);
  if (no_home)
    g_test_add_func ("/hostile/window/no-home", test_no_home);
  else
    {
      g_test_add_func ("/hostile/window/no-bus", test_practice);
      g_test_add_func ("/hostile/window/no-state", test_no_state);
    }
  return g_test_run ();
}
