/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "desktop/system-bus.h"

#include "partner.h"

#include "desktop/cd-drive.h"
#include "desktop/keeper.h"
#include "desktop/network-manager.h"

#define STICK "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-2"

static gboolean
is_settled (gpointer data)
{
  return smith_keeper_is_settled (data);
}

static gboolean
is_closed (gpointer data)
{
  return g_dbus_connection_is_closed (data);
}

/* Connects by itself, and lives on when the bus goes. */
static void
test_own_connection (void)
{
  g_autoptr (Partner) modem_manager = NULL;
  g_autoptr (SmithKeeper) keeper = smith_keeper_new (NULL);
  g_autoptr (GDBusConnection) bus = NULL;

  smith_patience_set_scale (1);
  bus_up ();
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", bus_get_address (), TRUE);
  modem_manager = partner_new ("org.freedesktop.ModemManager1");
  partner_reply (modem_manager, "InhibitDevice", NULL);
  smith_keeper_hold (keeper, STICK, "Writing");
  run_until (is_settled, keeper);
  g_assert_true (smith_keeper_has_modem (keeper));
  g_assert_false (smith_keeper_is_awake (keeper));
  bus = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, NULL);
  g_clear_pointer (&modem_manager, partner_free);
  bus_down ();
  run_until (is_closed, bus);
  smith_keeper_release (keeper);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_no_bus (void)
{
  g_autoptr (SmithKeeper) keeper = smith_keeper_new (NULL);

  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  smith_keeper_hold (keeper, STICK, "Writing");
  run_until (is_settled, keeper);
  g_assert_false (smith_keeper_has_modem (keeper));
  g_assert_false (smith_keeper_is_awake (keeper));
}

static void
test_nobody_without_bus (void)
{
  GAsyncResult *looked = NULL;
  GAsyncResult *ejected = NULL;
  g_autoptr (GError) error = NULL;

  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  smith_online_look_async (NULL, STICK, NULL, keep_result, &looked);
  g_assert_cmpint (smith_online_look_finish (await_result (&looked), &error), ==,
                   SMITH_ONLINE_ABSENT);
  g_assert_no_error (error);
  smith_cd_drive_eject_async (NULL, "/dev/null", NULL, keep_result, &ejected);
  g_assert_false (smith_cd_drive_eject_finish (await_result (&ejected), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_object_unref (looked);
  g_object_unref (ejected);
}

static void
test_out_of_reach (void)
{
  static const struct
  {
    int code;
    gboolean expected;
  } cases[] = {
    { G_DBUS_ERROR_SERVICE_UNKNOWN, TRUE }, { G_DBUS_ERROR_NAME_HAS_NO_OWNER, TRUE },
    { G_DBUS_ERROR_ACCESS_DENIED, TRUE },   { G_DBUS_ERROR_FAILED, FALSE },
    { G_DBUS_ERROR_UNKNOWN_METHOD, FALSE },
  };
  g_autoptr (GError) closed = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED, "closed");

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = g_error_new_literal (G_DBUS_ERROR, cases[i].code, "x");

      g_assert_cmpint (smith_system_bus_is_out_of_reach (error), ==, cases[i].expected);
    }
  g_assert_true (smith_system_bus_is_out_of_reach (closed));
  g_assert_false (smith_system_bus_is_out_of_reach (NULL));
}

static void
test_patience (void)
{
  g_assert_cmpuint (smith_patience (3000), ==, 3000);
  smith_patience_set_scale (0.01);
  g_assert_cmpuint (smith_patience (3000), ==, 30);
  g_assert_cmpuint (smith_patience (1), ==, 1);
  smith_patience_set_scale (1);
}

int
main (int argc, char *argv[])
{
  /* No volume monitor but GIO's own, so that no other bus is wanted. */
  g_setenv ("GIO_USE_VOLUME_MONITOR", "unix", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/system-bus/patience", test_patience);
  g_test_add_func ("/system-bus/out-of-reach", test_out_of_reach);
  g_test_add_func ("/system-bus/no-bus", test_no_bus);
  g_test_add_func ("/system-bus/nobody-without-bus", test_nobody_without_bus);
  g_test_add_func ("/system-bus/own-connection", test_own_connection);
  return g_test_run ();
}
