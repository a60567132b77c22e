/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "steps.h"

#include <string.h>

/* What is told through the desktop, to a desktop that this test plays. */

#define PATH "/org/freedesktop/Notifications"

static const char interface_xml[]
    = "<node><interface name='org.freedesktop.Notifications'>"
      "<method name='GetCapabilities'><arg type='as' direction='out'/></method>"
      "<method name='Notify'><arg type='s' direction='in'/><arg type='u' direction='in'/>"
      "<arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='s' direction='in'/>"
      "<arg type='as' direction='in'/><arg type='a{sv}' direction='in'/>"
      "<arg type='i' direction='in'/><arg type='u' direction='out'/></method>"
      "<method name='CloseNotification'><arg type='u' direction='in'/></method>"
      "</interface></node>";

static char *shown; /* the title of what is shown, or NULL */
static guint n_told;

static void
on_call (GDBusConnection *bus,
         const char *sender,
         const char *path,
         const char *interface,
         const char *method,
         GVariant *arguments,
         GDBusMethodInvocation *call,
         gpointer user_data)
{
  if (g_str_equal (method, "Notify"))
    {
      g_free (shown);
      g_variant_get_child (arguments, 3, "s", &shown);
      g_dbus_method_invocation_return_value (call, g_variant_new ("(u)", ++n_told));
      return;
    }
  if (g_str_equal (method, "CloseNotification"))
    {
      g_clear_pointer (&shown, g_free);
      g_dbus_method_invocation_return_value (call, NULL);
      return;
    }
  g_dbus_method_invocation_return_value (call, g_variant_new ("(as)", NULL));
}

/* Returns: (transfer full): a connection on which there is a desktop, or NULL without a bus */
static GDBusConnection *
play_desktop (void)
{
  static const GDBusInterfaceVTable vtable = { on_call };
  g_autofree char *address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_autoptr (GDBusNodeInfo) info = g_dbus_node_info_new_for_xml (interface_xml, NULL);
  g_autoptr (GVariant) answer = NULL;
  GDBusConnection *bus;

  if (address == NULL)
    return NULL;
  bus = g_dbus_connection_new_for_address_sync (
      address,
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, NULL);
  if (bus == NULL)
    return NULL;
  g_assert_cmpuint (g_dbus_connection_register_object (bus, PATH, info->interfaces[0], &vtable,
                                                       NULL, NULL, NULL),
                    >, 0);
  answer = g_dbus_connection_call_sync (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                        "org.freedesktop.DBus", "RequestName",
                                        g_variant_new ("(su)", "org.freedesktop.Notifications", 0),
                                        NULL, 0, -1, NULL, NULL);
  g_assert_nonnull (answer);
  return bus;
}

static gboolean
is_shown (SmithWindow *window)
{
  return shown != NULL;
}

static gboolean
is_taken_back (SmithWindow *window)
{
  return shown == NULL;
}

static gboolean
is_active (SmithWindow *window)
{
  return gtk_window_is_active (GTK_WINDOW (window));
}

static gboolean
is_passive (SmithWindow *window)
{
  return !is_active (window);
}

/* Something else to look at. */
static GtkWindow *other;

static SmithWindow *
practise_unseen (const char *scenario)
{
  SmithWindow *window;

  window = harness_practise (scenario, 0);
  other = GTK_WINDOW (gtk_window_new ());
  gtk_window_present (other);
  harness_wait (window, is_passive, "the window is not the active one");
  n_told = 0;
  return window;
}

static void
assert_shown (SmithWindow *window, const char *title)
{
  harness_wait (window, is_shown, "the desktop is told");
  g_assert_cmpstr (shown, ==, title);
}

/* The question, its end, and the good end; and all is taken back when it is seen. */
static void
test_done (void)
{
  SmithWindow *window = practise_unseen ("all-well");

  steps_go_to_boot_page (window);
  g_assert_cmpuint (n_told, ==, 0);
  steps_start_job (window);
  assert_shown (window, "The stick waits for your answer");
  harness_settle ();
  steps_next (window);
  harness_wait (window, is_taken_back, "the question is taken back");
  harness_wait (window, steps_is_over, "the job is over");
  assert_shown (window, "The stick is ready");
  g_assert_cmpuint (n_told, ==, 2);
  gtk_window_present (GTK_WINDOW (window));
  harness_wait (window, is_active, "the window is the active one");
  harness_wait (window, is_taken_back, "what was seen is taken back");
  g_clear_pointer (&shown, g_free);
  gtk_window_destroy (other);
  harness_close (window);
}

static void
test_failed (void)
{
  SmithWindow *window = practise_unseen ("part-refused");

  steps_go_to_boot_page (window);
  steps_run_to_end (window);
  assert_shown (window, "The conversion stopped");
  steps_next (window);
  harness_wait (window, is_taken_back, "it is taken back when things go on");
  gtk_window_destroy (other);
  harness_close (window);
}

/* Who looks on needs no news. */
static void
test_seen (void)
{
  SmithWindow *window = practise_unseen ("part-refused");

  gtk_window_present (GTK_WINDOW (window));
  harness_wait (window, is_active, "the window is the active one");
  steps_go_to_boot_page (window);
  steps_run_to_end (window);
  harness_settle ();
  g_assert_cmpuint (n_told, ==, 0);
  gtk_window_destroy (other);
  harness_close (window);
}

/* Somebody who closes the window knows that the job ends. */
static void
test_closed (void)
{
  SmithWindow *window = practise_unseen ("all-well");

  steps_go_to_boot_page (window);
  steps_start_job (window);
  assert_shown (window, "The stick waits for your answer");
  n_told = 0;
  gtk_window_destroy (other);
  harness_close (window);
  harness_settle ();
  g_assert_cmpuint (n_told, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GDBusConnection) bus = NULL;
  int status;

  harness_init (&argc, &argv);
  bus = play_desktop ();
  if (bus == NULL)
    {
      g_print ("1..0 # SKIP there is no session bus\n");
      return 0;
    }
  g_test_add_func ("/notice/failed", test_failed);
  g_test_add_func ("/notice/seen", test_seen);
  g_test_add_func ("/notice/closed", test_closed);
  g_test_add_func ("/notice/done", test_done);
  status = g_test_run ();
  g_free (shown);
  return status;
}
