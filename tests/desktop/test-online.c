/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "desktop/network-manager.h"

#include "partner.h"

#include <string.h>

#include "desktop/system-bus.h"

#define STICK "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-2"
#define DEVICE "/org/freedesktop/NetworkManager/Devices/7"
#define PROFILE "/org/freedesktop/NetworkManager/Settings/9"
#define ACTIVE "/org/freedesktop/NetworkManager/ActiveConnection/3"
#define MODEM "/org/freedesktop/ModemManager1/Modem/4"
#define NM "org.freedesktop.NetworkManager"
#define MM "org.freedesktop.ModemManager1"

typedef struct
{
  GDBusConnection *bus;
  Partner *network_manager;
  Partner *modem_manager;
  GCancellable *cancellable;
  GAsyncResult *result;
} World;

/* What NetworkManager has: an Ethernet card, the loopback, somebody else's
 * modem and @modem, a dictionary of properties. */
static GVariant *
devices_with (const char *modem)
{
  return parse ("({objectpath '/org/freedesktop/NetworkManager': {'" NM "': "
                "{'Version': <'1.42.4'>}}, "
                "'/org/freedesktop/NetworkManager/Devices/1': {'" NM ".Device': "
                "{'DeviceType': <uint32 1>, 'Udi': <'" STICK "/1-2:1.0/net/eth0'>, "
                "'State': <uint32 100>}}, "
                "'/org/freedesktop/NetworkManager/Devices/2': {'" NM ".Device': "
                "{'DeviceType': <uint32 8>, 'Udi': <'" MM "/Modem/1'>, "
                "'State': <uint32 100>}}, "
                "'" DEVICE "': {'" NM ".Device': %s, '" NM ".Device.Modem': "
                "@a{sv} {}}},)",
                modem);
}

static GVariant *
device_in_state (guint state)
{
  g_autofree char *modem
      = g_strdup_printf ("{'DeviceType': <uint32 8>, 'Udi': <'" MODEM "'>, 'State': <uint32 %u>}",
                         state);

  return devices_with (modem);
}

static GVariant *
modems_with (const char *properties)
{
  return parse ("({objectpath '/org/freedesktop/ModemManager1/Modem/1': {'" MM ".Modem': "
                "{'Device': <'/sys/devices/pci0000:00/0000:00:14.0/usb1/1-21'>}}, "
                "'" MODEM "': {'" MM ".Modem': %s}},)",
                properties);
}

static void
set_up (World *world, gconstpointer data)
{
  smith_patience_set_scale (1);
  world->bus = bus_connect ();
  world->cancellable = g_cancellable_new ();
  world->network_manager = partner_new (NM);
  world->modem_manager = partner_new (MM);
  partner_reply (world->network_manager, "GetManagedObjects", device_in_state (30));
  partner_reply (world->modem_manager, "GetManagedObjects",
                 modems_with ("{'Device': <'" STICK "'>, 'State': <8>}"));
  partner_reply (world->network_manager, "AddAndActivateConnection",
                 parse ("(objectpath '" PROFILE "', objectpath '" ACTIVE "')"));
  partner_reply (world->network_manager, "Get", parse ("(<uint32 1>,)"));
  partner_reply (world->network_manager, "Delete", NULL);
}

static void
tear_down (World *world, gconstpointer data)
{
  g_clear_object (&world->result);
  run_through (world->bus);
  g_clear_pointer (&world->network_manager, partner_free);
  g_clear_pointer (&world->modem_manager, partner_free);
  g_object_unref (world->bus);
  g_object_unref (world->cancellable);
  smith_patience_set_scale (1);
}

static SmithOnlineState
look_at (World *world, const char *device_path, GError **error)
{
  g_clear_object (&world->result);
  smith_online_look_async (world->bus, device_path, world->cancellable, keep_result,
                           &world->result);
  return smith_online_look_finish (await_result (&world->result), error);
}

static void
assert_seen (World *world, SmithOnlineState expected)
{
  g_autoptr (GError) error = NULL;
  SmithOnlineState state = look_at (world, STICK, &error);

  g_assert_no_error (error);
  g_assert_cmpint (state, ==, expected);
}

static void
test_states (World *world, gconstpointer data)
{
  static const struct
  {
    guint device;
    SmithOnlineState expected;
  } cases[] = {
    { 0, SMITH_ONLINE_READY },       { 10, SMITH_ONLINE_READY },
    { 20, SMITH_ONLINE_READY },      { 30, SMITH_ONLINE_READY },
    { 40, SMITH_ONLINE_CONNECTING }, { 60, SMITH_ONLINE_CONNECTING },
    { 90, SMITH_ONLINE_CONNECTING }, { 100, SMITH_ONLINE_CONNECTED },
    { 110, SMITH_ONLINE_READY },     { 120, SMITH_ONLINE_READY },
    { 4711, SMITH_ONLINE_READY },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      partner_reply (world->network_manager, "GetManagedObjects",
                     device_in_state (cases[i].device));
      assert_seen (world, cases[i].expected);
    }
}

static void
test_which_modem (World *world, gconstpointer data)
{
  static const struct
  {
    const char *modem;
    SmithOnlineState expected;
  } cases[] = {
    { "{'Device': <'" STICK "'>}", SMITH_ONLINE_READY },
    { "{'Device': <'my modem'>, 'Physdev': <'" STICK "'>}", SMITH_ONLINE_READY },
    { "{'Device': <'" STICK "/1-2:1.0'>}", SMITH_ONLINE_READY },
    { "{'Device': <'" STICK "0'>}", SMITH_ONLINE_NO_MODEM },
    { "{'Device': <'" STICK ".4'>}", SMITH_ONLINE_NO_MODEM },
    { "{'Device': <'/sys/devices/pci0000:00/0000:00:14.0/usb1'>}", SMITH_ONLINE_NO_MODEM },
    { "{'Device': <uint32 3>, 'Physdev': <@as []>}", SMITH_ONLINE_NO_MODEM },
    { "@a{sv} {}", SMITH_ONLINE_NO_MODEM },
  };
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      partner_reply (world->modem_manager, "GetManagedObjects", modems_with (cases[i].modem));
      assert_seen (world, cases[i].expected);
    }
  g_assert_cmpint (look_at (world, "", &error), ==, SMITH_ONLINE_NO_MODEM);
  g_assert_no_error (error);
}

/* Where the device says it without ModemManager, that is not asked. */
static void
test_without_modem_manager (World *world, gconstpointer data)
{
  partner_reply (world->network_manager, "GetManagedObjects",
                 devices_with ("{'DeviceType': <uint32 8>, 'Udi': <'" STICK "'>, "
                               "'State': <uint32 100>}"));
  assert_seen (world, SMITH_ONLINE_CONNECTED);
  g_assert_cmpuint (partner_count (world->modem_manager, ""), ==, 0);
  partner_reply (world->network_manager, "GetManagedObjects", device_in_state (30));
  g_clear_pointer (&world->modem_manager, partner_free);
  assert_seen (world, SMITH_ONLINE_NO_MODEM);
}

static void
test_absent (World *world, gconstpointer data)
{
  partner_refuse (world->network_manager, "GetManagedObjects",
                  "org.freedesktop.DBus.Error.AccessDenied");
  assert_seen (world, SMITH_ONLINE_ABSENT);
  g_clear_pointer (&world->network_manager, partner_free);
  assert_seen (world, SMITH_ONLINE_ABSENT);
}

static void
test_look_garbage (World *world, gconstpointer data)
{
  static const char *const whole[]
      = { "('none',)", "(@as [],)", "(1, 2, 3)", "(@a{sv} {},)", "({'x': {'y': {'z': <1>}}},)" };
  static const char *const devices[] = {
    "@a{sv} {}",
    "{'DeviceType': <'8'>, 'Udi': <1>}",
    "{'DeviceType': <uint32 8>}",
    "{'DeviceType': <uint32 8>, 'Udi': <objectpath '" MODEM "'>}",
    "{'DeviceType': <uint32 8>, 'Udi': <''>}",
    "{'DeviceType': <int64 8>, 'Udi': <'" STICK "'>}",
  };
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (devices); i++)
    {
      partner_reply (world->network_manager, "GetManagedObjects", devices_with (devices[i]));
      assert_seen (world, SMITH_ONLINE_NO_MODEM);
    }
  partner_reply (world->network_manager, "GetManagedObjects",
                 devices_with ("{'DeviceType': <uint32 8>, 'Udi': <'" STICK "'>, 'State': <'x'>}"));
  assert_seen (world, SMITH_ONLINE_READY);
  partner_reply (world->network_manager, "GetManagedObjects", device_in_state (100));
  for (gsize i = 0; i < G_N_ELEMENTS (whole); i++)
    {
      partner_reply (world->modem_manager, "GetManagedObjects", parse ("%s", whole[i]));
      assert_seen (world, SMITH_ONLINE_NO_MODEM);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (whole); i++)
    {
      partner_reply (world->network_manager, "GetManagedObjects", parse ("%s", whole[i]));
      g_assert_cmpint (look_at (world, STICK, &error), ==, SMITH_ONLINE_ABSENT);
      g_assert_nonnull (error);
      g_clear_error (&error);
    }
}

static void
test_look_slow (World *world, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  partner_hold_back (world->network_manager, "GetManagedObjects");
  smith_patience_set_scale (0.002);
  g_assert_cmpint (look_at (world, STICK, &error), ==, SMITH_ONLINE_ABSENT);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
}

static void
test_look_cancelled (World *world, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  partner_hold_back (world->network_manager, "GetManagedObjects");
  smith_online_look_async (world->bus, STICK, world->cancellable, keep_result, &world->result);
  partner_await (world->network_manager, "GetManagedObjects");
  g_cancellable_cancel (world->cancellable);
  g_assert_cmpint (smith_online_look_finish (await_result (&world->result), &error), ==,
                   SMITH_ONLINE_ABSENT);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
begin (World *world)
{
  SmithApn apn = { (char *) "Télécom", (char *) "Flat", (char *) "internet.telekom",
                   (char *) "user",    (char *) "",     TRUE };

  g_clear_object (&world->result);
  smith_online_connect_async (world->bus, STICK, &apn, world->cancellable, keep_result,
                              &world->result);
}

static gboolean
end (World *world, GError **error)
{
  return smith_online_connect_finish (await_result (&world->result), error);
}

static void
emit_active (World *world, const char *properties)
{
  partner_emit (world->network_manager, ACTIVE, "org.freedesktop.DBus.Properties",
                "PropertiesChanged",
                parse ("('" NM ".Connection.Active', %s, @as [])", properties));
}

static void
fail_device (World *world, guint reason)
{
  partner_emit (world->network_manager, DEVICE, NM ".Device", "StateChanged",
                parse ("(uint32 120, uint32 70, uint32 %u)", reason));
}

static void
test_connect (World *world, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *expected = g_strdup_printf (
      "AddAndActivateConnection({'connection': {'id': <'Télécom'>, 'type': <'gsm'>, "
      "'permissions': <['user:%s:']>}, "
      "'gsm': {'apn': <'internet.telekom'>, 'username': <'user'>}, "
      "'ipv4': {'method': <'auto'>}, 'ipv6': {'method': <'auto'>}}, '" DEVICE "', '/')",
      g_get_user_name ());

  begin (world);
  partner_await (world->network_manager, "Get(");
  g_assert_true (partner_was_called (world->network_manager, expected));
  g_assert_true (
      partner_was_called (world->network_manager, "Get('" NM ".Connection.Active', 'State')"));
  run_through (world->bus);
  g_assert_null (world->result);
  emit_active (world, "{'Default': <true>}");
  emit_active (world, "{'State': <'2'>}");
  emit_active (world, "{'State': <uint32 1>}");
  run_through (world->bus);
  g_assert_null (world->result);
  emit_active (world, "{'State': <uint32 2>}");
  g_assert_true (end (world, &error));
  g_assert_no_error (error);
  run_through (world->bus);
  g_assert_cmpuint (partner_count (world->network_manager, "Delete"), ==, 0);
}

/* Before anybody could listen. */
static void
test_connected_at_once (World *world, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  partner_reply (world->network_manager, "Get", parse ("(<uint32 2>,)"));
  begin (world);
  g_assert_true (end (world, &error));
  g_assert_no_error (error);
}

static void
assert_fails (World *world, GIOErrorEnum code, gboolean is_taken_away)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (end (world, &error));
  g_assert_error (error, G_IO_ERROR, (int) code);
  g_assert_cmpint (strlen (error->message), >, 5);
  run_through (world->bus);
  g_assert_cmpuint (partner_count (world->network_manager, "Delete()"), ==, is_taken_away);
}

static void
test_connect_fails (World *world, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  begin (world);
  partner_await (world->network_manager, "Get(");
  fail_device (world, 46);
  emit_active (world, "{'State': <uint32 3>}");
  emit_active (world, "{'State': <uint32 4>}");
  g_assert_false (end (world, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_assert_cmpstr (error->message, ==, "The SIM card asks for its PIN");
  partner_await (world->network_manager, "Delete()");
}

/* An unknown reason, and signals of other types. */
static void
test_connect_fails_strangely (World *world, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  begin (world);
  partner_await (world->network_manager, "Get(");
  partner_emit (world->network_manager, DEVICE, NM ".Device", "StateChanged",
                parse ("('failed', 3)"));
  partner_emit (world->network_manager, ACTIVE, "org.freedesktop.DBus.Properties",
                "PropertiesChanged", parse ("('" NM ".Connection.Active', 4)"));
  fail_device (world, 9999);
  emit_active (world, "{'State': <uint32 4>}");
  g_assert_false (end (world, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_assert_cmpstr (error->message, ==, "The connection could not be made");
}

static void
test_connect_gone (World *world, gconstpointer data)
{
  partner_refuse (world->network_manager, "Get", "org.freedesktop.DBus.Error.UnknownObject");
  begin (world);
  assert_fails (world, G_IO_ERROR_FAILED, TRUE);
}

static void
test_connect_garbage (World *world, gconstpointer data)
{
  static const char *const answers[]
      = { "('x', 'y')", "(@as [],)", "(objectpath '/x',)", "(1, 2, 3)" };

  partner_reply (world->network_manager, "Get", parse ("(<'activated'>,)"));
  begin (world);
  assert_fails (world, G_IO_ERROR_INVALID_DATA, TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      partner_reply (world->network_manager, "AddAndActivateConnection", parse ("%s", answers[i]));
      begin (world);
      assert_fails (world, G_IO_ERROR_INVALID_DATA, TRUE);
    }
}

static void
test_connect_refused (World *world, gconstpointer data)
{
  static const struct
  {
    const char *name;
    GIOErrorEnum code;
  } cases[] = {
    { "org.freedesktop.DBus.Error.AccessDenied", G_IO_ERROR_PERMISSION_DENIED },
    { NM ".PermissionDenied", G_IO_ERROR_PERMISSION_DENIED },
    { NM ".Settings.PermissionDenied", G_IO_ERROR_PERMISSION_DENIED },
    { NM ".UnknownDevice", G_IO_ERROR_FAILED },
    { "org.example.Strange", G_IO_ERROR_FAILED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      partner_refuse (world->network_manager, "AddAndActivateConnection", cases[i].name);
      begin (world);
      assert_fails (world, cases[i].code, FALSE);
    }
}

static void
test_connect_nobody (World *world, gconstpointer data)
{
  partner_reply (world->modem_manager, "GetManagedObjects", modems_with ("@a{sv} {}"));
  begin (world);
  assert_fails (world, G_IO_ERROR_NOT_FOUND, FALSE);
  g_assert_false (partner_was_called (world->network_manager, "AddAndActivateConnection"));
  partner_refuse (world->network_manager, "GetManagedObjects",
                  "org.freedesktop.DBus.Error.ServiceUnknown");
  begin (world);
  assert_fails (world, G_IO_ERROR_NOT_SUPPORTED, FALSE);
}

static void
test_connect_vanishes (World *world, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  begin (world);
  partner_await (world->network_manager, "Get(");
  g_clear_pointer (&world->network_manager, partner_free);
  g_assert_false (end (world, &error));
  g_assert_nonnull (error);
}

static void
test_connect_slow (World *world, gconstpointer data)
{
  smith_patience_set_scale (0.002);
  begin (world);
  /* Whether it is the search or the waiting that takes too long depends on the machine. */
  {
    g_autoptr (GError) error = NULL;

    g_assert_false (end (world, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  }
}

static void
test_connect_cancelled (World *world, gconstpointer data)
{
  begin (world);
  partner_await (world->network_manager, "Get(");
  run_through (world->bus);
  g_cancellable_cancel (world->cancellable);
  assert_fails (world, G_IO_ERROR_CANCELLED, TRUE);
}

/* The profile comes into being after nobody wants it any more. */
static void
test_connect_cancelled_early (World *world, gconstpointer data)
{
  partner_hold_back (world->network_manager, "AddAndActivateConnection");
  begin (world);
  partner_await (world->network_manager, "AddAndActivateConnection");
  g_cancellable_cancel (world->cancellable);
  assert_fails (world, G_IO_ERROR_CANCELLED, FALSE);
  partner_reply (world->network_manager, "AddAndActivateConnection",
                 parse ("(objectpath '" PROFILE "', objectpath '" ACTIVE "')"));
  partner_await (world->network_manager, "Delete()");
}

static void
test_connect_cancelled_first (World *world, gconstpointer data)
{
  g_cancellable_cancel (world->cancellable);
  begin (world);
  assert_fails (world, G_IO_ERROR_CANCELLED, FALSE);
  g_assert_false (partner_was_called (world->network_manager, "AddAndActivateConnection"));
}

static void
test_bad_apn (World *world, gconstpointer data)
{
  SmithApn bad[] = {
    { NULL, NULL, NULL, NULL, NULL, TRUE },
    { NULL, NULL, (char *) "", NULL, NULL, TRUE },
    { NULL, NULL, (char *) "\xff", NULL, NULL, TRUE },
    { NULL, NULL, (char *) "web", (char *) "\xff", NULL, TRUE },
    { NULL, NULL, (char *) "web", NULL, (char *) "\xff", TRUE },
    { (char *) "\xff", NULL, (char *) "web", NULL, NULL, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_clear_object (&world->result);
      smith_online_connect_async (world->bus, STICK, &bad[i], NULL, keep_result, &world->result);
      assert_fails (world, G_IO_ERROR_INVALID_ARGUMENT, FALSE);
    }
  g_assert_cmpuint (partner_count (world->network_manager, ""), ==, 0);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  bus_up ();
#define ADD(name, function) g_test_add ("/online/" name, World, NULL, set_up, function, tear_down)
  ADD ("look/states", test_states);
  ADD ("look/which-modem", test_which_modem);
  ADD ("look/without-modem-manager", test_without_modem_manager);
  ADD ("look/absent", test_absent);
  ADD ("look/garbage", test_look_garbage);
  ADD ("look/slow", test_look_slow);
  ADD ("look/cancelled", test_look_cancelled);
  ADD ("connect/well", test_connect);
  ADD ("connect/at-once", test_connected_at_once);
  ADD ("connect/fails", test_connect_fails);
  ADD ("connect/fails-strangely", test_connect_fails_strangely);
  ADD ("connect/gone", test_connect_gone);
  ADD ("connect/garbage", test_connect_garbage);
  ADD ("connect/refused", test_connect_refused);
  ADD ("connect/nobody", test_connect_nobody);
  ADD ("connect/vanishes", test_connect_vanishes);
  ADD ("connect/slow", test_connect_slow);
  ADD ("connect/cancelled", test_connect_cancelled);
  ADD ("connect/cancelled-early", test_connect_cancelled_early);
  ADD ("connect/cancelled-first", test_connect_cancelled_first);
  ADD ("connect/bad-apn", test_bad_apn);
#undef ADD
  status = g_test_run ();
  bus_down ();
  return status;
}
