/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>

#include "fake-usb.h"
#include "stick/udev-device.h"
#include "stick/udev-scan.h"

/* One look at @usb; @unsettled: what it must say of itself. */
static GPtrArray *
scan (FakeUsb *usb, gboolean unsettled)
{
  static SmithCatalogue *catalogue = NULL;
  gboolean said = 2;
  GPtrArray *found;

  if (catalogue == NULL)
    catalogue = smith_catalogue_new (NULL, NULL);
  found = smith_udev_scan (fake_usb_get_bus_root (usb), catalogue, &said);
  g_assert_cmpint (said, ==, unsettled);
  return found;
}

/* The only stick there is. */
static SmithStick *
scan_one (FakeUsb *usb, gboolean unsettled)
{
  g_autoptr (GPtrArray) found = scan (usb, unsettled);

  g_assert_cmpuint (found->len, ==, 1);
  return smith_stick_ref (((SmithUdevStick *) g_ptr_array_index (found, 0))->stick);
}

static void
assert_none (FakeUsb *usb, gboolean unsettled)
{
  g_autoptr (GPtrArray) found = scan (usb, unsettled);

  g_assert_cmpuint (found->len, ==, 0);
}

/* "0:at 2:unknown" */
static char *
describe_ports (SmithStick *stick)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < stick->ports->len; i++)
    {
      SmithStickPort *port = g_ptr_array_index (stick->ports, i);

      g_string_append_printf (text, "%s%u:%s", i > 0 ? " " : "", port->interface_number,
                              smith_port_role_name (port->role));
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
assert_ports (SmithStick *stick, const char *ports)
{
  g_autofree char *text = describe_ports (stick);

  g_assert_cmpstr (text, ==, ports);
}

static void
test_nothing (void)
{
  g_autoptr (FakeUsb) usb = fake_usb_new (FALSE);
  g_autoptr (SmithCatalogue) catalogue = smith_catalogue_new (NULL, NULL);
  g_autoptr (GPtrArray) none = NULL;
  gboolean unsettled;

  assert_none (usb, FALSE);
  none = smith_udev_scan ("/nonexistent", catalogue, &unsettled);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_false (unsettled);
}

/* Ports of other devices are none of a stick's, and other devices no sticks. */
static void
test_others (void)
{
  g_autoptr (FakeUsb) usb = fake_usb_new (FALSE);
  g_autoptr (SmithStick) stick = NULL;

  fake_usb_plug (usb, "1-1", 0x06798e5d, (const char *[]){ "ff/ff/ff b81 b02 @ttyUSB0", NULL });
  fake_usb_plug (usb, "1-10", 0x04036001, (const char *[]){ "ff/ff/ff b81 b02 @ttyUSB1", NULL });
  assert_none (usb, FALSE);
  fake_usb_plug (usb, "1-1.1", 0x12d11443, (const char *[]){ "ff/ff/ff b81 b01 @ttyUSB2", NULL });
  stick = scan_one (usb, FALSE);
  assert_ports (stick, "0:boot");
  g_assert_true (g_str_has_suffix (smith_stick_find_port (stick, SMITH_PORT_BOOT), "/dev/ttyUSB2"));
}

/* The name of one interface may begin like that of another one. */
static void
test_many_interfaces (void)
{
  g_autoptr (FakeUsb) usb = fake_usb_new (FALSE);
  g_autoptr (SmithStick) stick = NULL;

  fake_usb_add_device (usb, "1-2", 0x12d11566);
  fake_usb_add_interface (usb, "1-2", 10, "ff/ff/ff b81 b01 @ttyUSB0");
  fake_usb_add_interface (usb, "1-2", 1, "ff/ff/ff b82 b02 @ttyUSB1");
  stick = scan_one (usb, FALSE);
  assert_ports (stick, "1:at 10:unknown");
}

/* Another device at the same place, between the first look and the last. */
static void
test_exchanged (void)
{
  g_autoptr (FakeUsb) usb = fake_usb_new (FALSE);
  g_autoptr (SmithCatalogue) catalogue = smith_catalogue_new (NULL, NULL);
  g_autoptr (GPtrArray) devices = NULL;

  fake_usb_plug (usb, "1-2", 0x12d11443, NULL);
  devices = smith_udev_list_devices (fake_usb_get_bus_root (usb), catalogue);
  g_assert_cmpuint (devices->len, ==, 1);
  g_assert_true (smith_udev_device_is_still_there (g_ptr_array_index (devices, 0)));
  fake_usb_unplug (usb, "1-2");
  g_assert_false (smith_udev_device_is_still_there (g_ptr_array_index (devices, 0)));
  fake_usb_plug (usb, "1-2", 0x12d11443, NULL);
  g_assert_false (smith_udev_device_is_still_there (g_ptr_array_index (devices, 0)));
}

/* Huawei makes more than sticks: what is not known is shown and not understood. */
static void
test_unknown (void)
{
  g_autoptr (FakeUsb) usb = fake_usb_new (FALSE);
  g_autoptr (SmithStick) stick = NULL;
  g_autofree char *class = NULL;

  fake_usb_plug (usb, "1-2", 0x12d1107e,
                 (const char *[]){ "ff/02/12 b81 b01 @ttyUSB0", "ff/ff/ff b82 b02", NULL });
  stick = scan_one (usb, FALSE);
  g_assert_cmpint (stick->mode, ==, SMITH_MODE_UNKNOWN);
  assert_ports (stick, "0:unknown");
  g_assert_cmpint (stick->family, ==, SMITH_FAMILY_UNKNOWN);
  /* But a hub is no stick, whoever made it. */
  class = fake_usb_get_file (usb, "1-2", "bDeviceClass");
  g_assert_true (g_file_set_contents (class, "09\n", -1, NULL));
  assert_none (usb, FALSE);
}

static void
test_protocols (void)
{
  static const struct
  {
    const char *interfaces[6];
    SmithFamily family;
    const char *ports;
  } cases[] = {
    { { "ff/03/12 b81 b01 @ttyUSB0", "ff/03/10 i82 b83 b02 @ttyUSB1", "ff/03/16 i84 driver", NULL },
      SMITH_FAMILY_BALONG,
      "0:at 1:modem" },
    { { "ff/01/01 i82 b83 b02 @ttyUSB1", "ff/01/03 b81 b01 @ttyUSB2", "ff/01/02 b84 b03 @ttyUSB0",
        NULL },
      SMITH_FAMILY_QUALCOMM,
      "0:modem 1:diagnostics 2:at" },
    { { "ff/02/62 b81 b01 @ttyUSB0", "ff/02/14 b82 b02 @ttyUSB1", "ff/02/73 b83 b03 @ttyUSB2",
        "ff/02/46 b84 b04 @ttyUSB3", NULL },
      SMITH_FAMILY_UNKNOWN,
      "0:at 1:unknown 2:diagnostics 3:unknown" },
    /* A protocol without a meaning: by number. */
    { { "ff/ff/ff b81 b01 @ttyUSB0", "ff/ff/ff i82 b82 b02 @ttyUSB1", "ff/ff/ff i83 @ttyUSB2",
        NULL },
      SMITH_FAMILY_UNKNOWN,
      "0:at 1:modem 2:unknown" },
    /* Another class is not Huawei's to name. */
    { { "02/02/12 i81 @ttyACM0", "0a/00/12 b82 b02", "ff/03/12 b83 b03 @ttyUSB0", NULL },
      SMITH_FAMILY_BALONG,
      "0:unknown 2:at" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FakeUsb) usb = fake_usb_new (FALSE);
      g_autoptr (SmithStick) stick = NULL;

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      fake_usb_plug (usb, "1-2", 0x12d11506, cases[i].interfaces);
      stick = scan_one (usb, FALSE);
      g_assert_cmpint (stick->mode, ==, SMITH_MODE_STICK);
      g_assert_cmpint (stick->family, ==, cases[i].family);
      assert_ports (stick, cases[i].ports);
    }
}

static void
test_endpoints (void)
{
  static const struct
  {
    guint32 id;
    const char *interfaces[5];
    SmithMode mode;
    const char *ports;
    gboolean unsettled;
  } cases[] = {
    { 0x12d11003,
      { "ff/ff/ff b81 b01 @ttyUSB0", "ff/ff/ff b82 b02 @ttyUSB1", NULL },
      SMITH_MODE_DOWNLOAD,
      "0:unknown 1:download" },
    { 0x12d11001,
      { "ff/ff/ff b81 b01 @ttyUSB0", "ff/ff/ff b82 b02 @ttyUSB1", "ff/ff/ff b83 b03 @ttyUSB2",
        NULL },
      SMITH_MODE_DOWNLOAD,
      "0:unknown 1:unknown 2:download" },
    { 0x12d11001,
      { "ff/ff/ff i81 b82 b02 @ttyUSB0", "ff/ff/ff b83 b03 @ttyUSB1", "ff/ff/ff b84 b04 @ttyUSB2",
        NULL },
      SMITH_MODE_STICK,
      "0:modem 1:diagnostics 2:at" },
    { 0x12d11003,
      { "ff/ff/ff b82 b02 @ttyUSB0", "ff/ff/ff i81 b83 b03 @ttyUSB1", NULL },
      SMITH_MODE_STICK,
      "0:modem 1:unknown" },
    /* A drive: ordinary. */
    { 0x12d11003,
      { "ff/ff/ff b82 b02 @ttyUSB0", "ff/ff/ff b83 b03 @ttyUSB1", "08/06/50 b84 b04", NULL },
      SMITH_MODE_STICK,
      "0:modem 1:unknown" },
    /* Two that go the same way are no pair. */
    { 0x12d11003,
      { "ff/ff/ff b82 b83 @ttyUSB0", "ff/ff/ff b84 b04 @ttyUSB1", NULL },
      SMITH_MODE_STICK,
      "0:modem 1:unknown" },
    { 0x12d11436,
      { "ff/ff/ff b81 b01 @ttyUSB0", "ff/ff/ff b82 b02 @ttyUSB1", NULL },
      SMITH_MODE_DOWNLOAD,
      "0:unknown 1:download" },
    /* Not there yet. */
    { 0x12d11003, { NULL }, SMITH_MODE_UNKNOWN, "", TRUE },
    /* Of an id that means one thing only the endpoints say nothing. */
    { 0x12d1155e,
      { "ff/ff/ff b81 b01 @ttyUSB0", "ff/ff/ff b82 b02 @ttyUSB1", "ff/ff/ff b83 b03 @ttyUSB2",
        NULL },
      SMITH_MODE_STICK,
      "0:modem 1:diagnostics 2:at" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FakeUsb) usb = fake_usb_new (FALSE);
      g_autoptr (SmithStick) stick = NULL;

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      fake_usb_plug (usb, "1-2", cases[i].id, cases[i].interfaces);
      stick = scan_one (usb, cases[i].unsettled);
      g_assert_cmpint (stick->mode, ==, cases[i].mode);
      g_assert_cmpint (stick->unproven, ==, cases[i].mode == SMITH_MODE_DOWNLOAD);
      if (cases[i].mode == SMITH_MODE_DOWNLOAD)
        g_assert_cmpint (stick->family, ==, SMITH_FAMILY_QUALCOMM);
      assert_ports (stick, cases[i].ports);
    }
}

/* Interfaces and endpoints come one by one: what they are not yet must not be
 * taken for what they are. */
static void
test_half_there (void)
{
  /* Two configurations, of three and of two interfaces. */
  static const guint8 descriptors[]
      = { 18, 1, 0, 2, 0, 0, 0, 64,   0xd1, 0x12, 3, 16, 0, 0, 0, 0, 0, 2, /* device */
          9,  2, 9, 0, 3, 2, 0, 0xc0, 50,                                  /* configuration 2 */
          9,  2, 9, 0, 2, 1, 0, 0xc0, 50 };                                /* configuration 1 */
  g_autoptr (FakeUsb) usb = fake_usb_new (FALSE);
  g_autofree char *path = NULL;
  g_autofree char *endpoint = NULL;
  g_autofree char *type = NULL;
  g_autoptr (SmithStick) first = NULL;
  g_autoptr (SmithStick) second = NULL;
  g_autoptr (SmithStick) third = NULL;

  fake_usb_add_device (usb, "1-2", 0x12d11003);
  path = fake_usb_get_file (usb, "1-2", "descriptors");
  g_assert_true (g_file_set_contents (path, (const char *) descriptors, sizeof descriptors, NULL));
  fake_usb_add_interface (usb, "1-2", 0, "ff/ff/ff b81 b01 @ttyUSB0");
  first = scan_one (usb, TRUE);
  g_assert_cmpint (first->mode, ==, SMITH_MODE_UNKNOWN);
  assert_ports (first, "0:unknown");

  fake_usb_add_interface (usb, "1-2", 1, "ff/ff/ff b82 b02 @ttyUSB1");
  second = scan_one (usb, FALSE);
  g_assert_cmpint (second->mode, ==, SMITH_MODE_DOWNLOAD);
  assert_ports (second, "0:unknown 1:download");

  type = fake_usb_get_file (usb, "1-2", "1-2:1.1/ep_82/type");
  endpoint = fake_usb_get_file (usb, "1-2", "1-2:1.1/ep_82");
  g_unlink (type);
  g_rmdir (endpoint);
  third = scan_one (usb, TRUE);
  g_assert_cmpint (third->mode, ==, SMITH_MODE_UNKNOWN);
  assert_ports (third, "0:unknown 1:unknown");
}

static void
test_bad_descriptors (void)
{
  static const struct
  {
    guint8 data[32];
    gsize size;
  } cases[] = {
    { { 0 }, 0 },
    { { 18, 1 }, 2 },
    { { 18, 1, [18] = 9, 2, 0, 0, 9, 1 }, 27 },       /* of no size: would never end */
    { { 18, 1, [18] = 9, 2, 0xff, 0xff, 9, 9 }, 27 }, /* larger than all */
    { { 18, 1, [18] = 9, 4, 9, 0, 9, 1 }, 27 },       /* no configuration */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FakeUsb) usb = fake_usb_new (FALSE);
      g_autoptr (SmithStick) stick = NULL;
      g_autofree char *path = NULL;

      fake_usb_plug (usb, "1-2", 0x12d11003, (const char *[]){ "ff/ff/ff b81 b01", NULL });
      path = fake_usb_get_file (usb, "1-2", "descriptors");
      g_assert_true (
          g_file_set_contents (path, (const char *) cases[i].data, (gssize) cases[i].size, NULL));
      stick = scan_one (usb, FALSE);
      g_assert_cmpint (stick->mode, ==, SMITH_MODE_DOWNLOAD);
    }
}

/* Any file may be gone, or say what it should not. */
static void
test_holes (void)
{
  static const struct
  {
    const char *file;
    const char *text; /* NULL: gone */
    gboolean is_there;
    const char *ports;
    gboolean unsettled;
  } cases[] = {
    { "idVendor", NULL, FALSE, NULL, FALSE },
    { "idProduct", "", FALSE, NULL, FALSE },
    { "devnum", NULL, FALSE, NULL, FALSE },
    { "idVendor", "12d1ffff\n", FALSE, NULL, FALSE },
    { "idProduct", "none\n", FALSE, NULL, FALSE },
    { "1-2:1.0/bInterfaceNumber", NULL, TRUE, "1:modem", TRUE },
    { "1-2:1.0/bInterfaceClass", "\xff\xff", TRUE, "1:modem", TRUE },
    { "1-2:1.0/bInterfaceProtocol", "", TRUE, "1:modem", TRUE },
    { "bDeviceClass", NULL, TRUE, "0:at 1:modem", FALSE },
    { "1-2:1.0/bNumEndpoints", NULL, TRUE, "0:at 1:modem", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FakeUsb) usb = fake_usb_new (FALSE);
      g_autofree char *path = NULL;

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      fake_usb_plug (usb, "1-2", 0x12d11506,
                     (const char *[]){ "ff/03/12 b81 b01 @ttyUSB0", "ff/03/10 b82 b02 @ttyUSB1",
                                       NULL });
      path = fake_usb_get_file (usb, "1-2", cases[i].file);
      if (cases[i].text == NULL)
        g_unlink (path);
      else
        g_assert_true (g_file_set_contents (path, cases[i].text, -1, NULL));
      if (!cases[i].is_there)
        assert_none (usb, cases[i].unsettled);
      else
        {
          g_autoptr (SmithStick) stick = scan_one (usb, cases[i].unsettled);

          assert_ports (stick, cases[i].ports);
        }
    }
}

/* A port without its node cannot be opened, so it is not there. */
static void
test_no_node (void)
{
  g_autoptr (FakeUsb) usb = fake_usb_new (FALSE);
  g_autofree char *node = fake_usb_get_node (usb, "ttyUSB0");
  g_autoptr (SmithStick) stick = NULL;

  fake_usb_plug (usb, "1-2", 0x12d11443,
                 (const char *[]){ "ff/ff/ff b81 b01 @ttyUSB0", "ff/ff/ff b82 b02 @ttyUSB1",
                                   NULL });
  g_unlink (node);
  stick = scan_one (usb, FALSE);
  assert_ports (stick, "1:boot");
}

static void
test_hub (void)
{
  g_autoptr (FakeUsb) usb = fake_usb_new (FALSE);
  g_autoptr (SmithStick) behind_two = NULL;
  g_autoptr (SmithStick) behind_one = NULL;
  g_autoptr (SmithStick) direct = NULL;
  g_autofree char *outer = NULL;
  g_autofree char *inner = NULL;

  fake_usb_add_device (usb, "1-2", 0x80870024);
  fake_usb_add_device (usb, "1-2.3", 0x05e30608);
  fake_usb_plug (usb, "1-2.3.1", 0x12d11f01, NULL);
  behind_two = scan_one (usb, FALSE);
  g_assert_true (behind_two->behind_hub);
  /* The first one is built into the computer, the second one is not. */
  outer = fake_usb_get_file (usb, "1-2", "removable");
  g_assert_true (g_file_set_contents (outer, "fixed\n", -1, NULL));
  behind_one = scan_one (usb, FALSE);
  g_assert_true (behind_one->behind_hub);
  inner = fake_usb_get_file (usb, "1-2.3", "removable");
  g_assert_true (g_file_set_contents (inner, "fixed\n", -1, NULL));
  direct = scan_one (usb, FALSE);
  g_assert_false (direct->behind_hub);
  g_assert_true (g_str_has_suffix (direct->device_path, "/usb1/1-2/1-2.3/1-2.3.1"));
}

static void
test_order (void)
{
  g_autoptr (FakeUsb) usb = fake_usb_new (FALSE);
  static const char *const paths[] = { "2-1", "1-10", "1-2", "1-2.4", "10-1", "1-2.10" };
  static const char *const order[] = { "1-2", "1-2.4", "1-2.10", "1-10", "2-1", "10-1" };
  g_autoptr (GPtrArray) found = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    fake_usb_plug (usb, paths[i], 0x12d11f01, NULL);
  found = scan (usb, FALSE);
  g_assert_cmpuint (found->len, ==, G_N_ELEMENTS (order));
  for (guint i = 0; i < found->len; i++)
    g_assert_cmpstr (((SmithUdevStick *) g_ptr_array_index (found, i))->stick->usb_path, ==,
                     order[i]);
}

/* How long one look takes where there is a lot: the window's main loop waits
 * for it. Printed, not judged. */
static void
test_cost (void)
{
  g_autoptr (FakeUsb) usb = fake_usb_new (FALSE);
  gint64 start;

  for (guint i = 1; i <= 20; i++)
    {
      g_autofree char *path = g_strdup_printf ("1-%u", i);

      fake_usb_plug (usb, path, 0x046dc077, (const char *[]){ "03/01/02 i81 driver", NULL });
    }
  for (guint i = 0; i < 64; i++)
    {
      g_autofree char *path = g_strdup_printf ("2-%u", i + 1);
      g_autofree char *child = g_strdup_printf ("ff/ff/ff b81 b02 @ttyS%u", i);

      fake_usb_plug (usb, path, 0x04036001, (const char *[]){ child, NULL });
    }
  fake_usb_plug (usb, "3-1", 0x12d11506,
                 (const char *[]){ "ff/03/12 b81 b01 @ttyUSB0", "ff/03/10 b82 b02 @ttyUSB1",
                                   "ff/03/16 i84 driver", NULL });
  start = g_get_monotonic_time ();
  for (guint i = 0; i < 20; i++)
    smith_stick_unref (scan_one (usb, FALSE));
  g_test_message ("one look at 85 devices and 66 ports: %.2f ms",
                  (double) (g_get_monotonic_time () - start) / 20 / 1000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stick/udev-scan/nothing", test_nothing);
  g_test_add_func ("/stick/udev-scan/others", test_others);
  g_test_add_func ("/stick/udev-scan/many-interfaces", test_many_interfaces);
  g_test_add_func ("/stick/udev-scan/exchanged", test_exchanged);
  g_test_add_func ("/stick/udev-scan/unknown", test_unknown);
  g_test_add_func ("/stick/udev-scan/protocols", test_protocols);
  g_test_add_func ("/stick/udev-scan/endpoints", test_endpoints);
  g_test_add_func ("/stick/udev-scan/half-there", test_half_there);
  g_test_add_func ("/stick/udev-scan/bad-descriptors", test_bad_descriptors);
  g_test_add_func ("/stick/udev-scan/holes", test_holes);
  g_test_add_func ("/stick/udev-scan/no-node", test_no_node);
  g_test_add_func ("/stick/udev-scan/hub", test_hub);
  g_test_add_func ("/stick/udev-scan/order", test_order);
  g_test_add_func ("/stick/udev-scan/cost", test_cost);
  return g_test_run ();
}
