/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <unistd.h>

#include "format/error.h"
#include "link/deadline.h"
#include "link/hilink.h"
#include "stick-host.h"
#include "stick/catalogue.h"

#define OK "\r\nOK\r\n"
#define ERROR "\r\nERROR\r\n"
#define MARKER "STICKSMITH-PRACTICE VERSION="
#define PTABLE 0x00010000
#define PATIENCE_US (60 * G_USEC_PER_SEC)

static const SmithVirtualStickConfig plain = {
  .start = SMITH_MODE_HILINK,
  .chip = SMITH_CHIP_V7R11,
  .product_id = "BV7R11HS",
  .hardware = "CL2E3372HM",
  .version = "22.200.03.00.00",
  .restart_ms = 5,
};

static gint64
soon (void)
{
  return smith_deadline_now () + PATIENCE_US;
}

static SmithHilink *
talk_to (Host *host)
{
  g_autoptr (SmithStick) stick = host_find (host);

  g_assert_cmpstr (stick->network, ==, SMITH_VIRTUAL_NETWORK);
  g_assert_nonnull (stick->web_address);
  return smith_hilink_new (stick->web_address);
}

static void
expect_product (Host *host, guint16 product)
{
  g_autoptr (SmithStick) stick = host_find (host);

  g_assert_cmphex (stick->product, ==, product);
}

static void
expect_software (Host *host, const char *version)
{
  g_autoptr (SmithHilink) hilink = talk_to (host);
  g_autoptr (GError) error = NULL;
  SmithHilinkInfo *info = smith_hilink_get_information (hilink, soon (), NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (info->software, ==, version);
  g_assert_cmpstr (info->hardware, ==, "CL2E3372HM");
  g_assert_cmpstr (info->imei, ==, "350000000000014");
  g_assert_nonnull (info->webui);
  smith_hilink_info_free (info);
}

/* Writes one partition that carries @version, and restarts. */
static void
flash (Host *host, const char *version)
{
  guint8 data[100] = { 0 };

  memcpy (data, MARKER, strlen (MARKER));
  strcpy ((char *) data + strlen (MARKER), version);
  host_enter_binary (host);
  host_write_partition (host, PTABLE, data, sizeof data);
  g_assert_cmpuint (host_frame (host, (const guint8 *) "\x0A", 1), ==, 0);
}

/* Asked through its web server, the stick goes to download mode. */
static void
test_web_switch (void)
{
  g_autoptr (SmithHilink) hilink = NULL;
  g_autoptr (GError) error = NULL;
  Host host;

  host_start (&host, &plain, NULL);
  expect_product (&host, 0x14dc);
  expect_software (&host, "22.200.03.00.00");
  hilink = talk_to (&host);
  g_assert_true (smith_hilink_enter_download_mode (hilink, soon (), NULL, &error));
  g_assert_no_error (error);
  host_expect_return (&host, SMITH_MODE_DOWNLOAD);
  expect_product (&host, 0x1442);
  {
    g_autoptr (SmithStick) stick = host_find (&host);

    g_assert_false (stick->unproven);
    g_assert_null (stick->web_address);
    g_assert_cmpuint (((SmithStickPort *) stick->ports->pdata[0])->interface_number, ==, 0);
  }
  /* Nothing was begun: it works as before. */
  host_ask (&host, "AT^DLOADVER?", "\r\n2.0\r\n" OK);
  host_ask (&host, "AT^RESET", OK);
  host_expect_return (&host, SMITH_MODE_HILINK);
  expect_software (&host, "22.200.03.00.00");
  host_clear (&host);
}

/* The ports opened first, then by AT. */
static void
test_debug_mode (void)
{
  SmithVirtualStickConfig config = plain;
  g_autoptr (SmithHilink) hilink = NULL;
  g_autoptr (GError) error = NULL;
  Host host;

  config.refuses_switch = TRUE;
  host_start (&host, &config, NULL);
  hilink = talk_to (&host);
  g_assert_false (smith_hilink_enter_download_mode (hilink, soon (), NULL, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_true (smith_hilink_open_ports (hilink, soon (), NULL, &error));
  g_assert_no_error (error);
  host_expect_return (&host, SMITH_MODE_DEBUG);
  host_expect_log (&host, "\"web-refused\"");
  expect_product (&host, 0x1566);
  expect_software (&host, "22.200.03.00.00");
  host_ask (&host, "AT^SFM=1", OK);
  host_ask (&host, "AT^GODLOAD", OK);
  host_expect_return (&host, SMITH_MODE_DOWNLOAD);
  expect_product (&host, 0x1442);
  host_clear (&host);
}

/* Both servers of the debug face at work, and a restart through the web. */
static void
test_debug_restart (void)
{
  SmithVirtualStickConfig config = plain;
  g_autoptr (SmithHilink) hilink = NULL;
  g_autoptr (GError) error = NULL;
  Host host;

  config.start = SMITH_MODE_DEBUG;
  config.refuses_entry = TRUE;
  host_start (&host, &config, NULL);
  host_ask (&host, "AT^GODLOAD", ERROR);
  hilink = talk_to (&host);
  g_assert_false (smith_hilink_enter_download_mode (hilink, soon (), NULL, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  host_ask (&host, "AT", OK);
  g_assert_true (smith_hilink_restart (hilink, soon (), NULL, &error));
  g_assert_no_error (error);
  host_expect_return (&host, SMITH_MODE_HILINK);
  host_clear (&host);
}

static void
test_refused_and_ignored (void)
{
  SmithVirtualStickConfig config = plain;
  g_autoptr (SmithHilink) hilink = NULL;
  g_autoptr (GError) error = NULL;
  Host host;

  config.refuses_ports = TRUE;
  config.ignores_entry = TRUE;
  host_start (&host, &config, NULL);
  hilink = talk_to (&host);
  g_assert_false (smith_hilink_open_ports (hilink, soon (), NULL, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_true (smith_hilink_enter_download_mode (hilink, soon (), NULL, &error));
  g_assert_no_error (error);
  expect_software (&host, "22.200.03.00.00");
  expect_product (&host, 0x14dc);
  host_clear (&host);

  config.start = SMITH_MODE_STICK;
  host_start (&host, &config, NULL);
  host_ask (&host, "AT^GODLOAD", OK);
  host_ask (&host, "AT", OK);
  host_clear (&host);

  config.ignores_entry = FALSE;
  config.refuses_entry = TRUE;
  host_start (&host, &config, NULL);
  host_ask (&host, "AT^GODLOAD", ERROR);
  host_clear (&host);
}

/* How the web server behaves is the caller's; what is on the stick is not. */
static void
test_web_config (void)
{
  const SmithHilinkServerConfig web
      = { .webui = "17.100.20.00.00", .software = "1.2.3", .drop_on_request = TRUE };
  SmithVirtualStickConfig config = plain;
  g_autoptr (SmithHilink) hilink = NULL;
  g_autoptr (GError) error = NULL;
  SmithHilinkInfo *info;
  Host host;

  config.web = &web;
  host_start (&host, &config, NULL);
  hilink = talk_to (&host);
  info = smith_hilink_get_information (hilink, soon (), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (info->webui, ==, "17.100.20.00.00");
  g_assert_cmpstr (info->software, ==, "22.200.03.00.00");
  smith_hilink_info_free (info);
  g_assert_true (smith_hilink_enter_download_mode (hilink, soon (), NULL, &error));
  g_assert_no_error (error);
  host_expect_return (&host, SMITH_MODE_DOWNLOAD);
  host_clear (&host);
}

/* From one firmware to the other and back, each time by way of the virtual CD. */
static void
test_there_and_back (void)
{
  SmithVirtualStickConfig config = plain;
  g_autoptr (SmithHilink) hilink = NULL;
  g_autoptr (GError) error = NULL;
  Host host;

  config.shows_cd = TRUE;
  host_start (&host, &config, NULL);
  hilink = talk_to (&host);
  g_assert_true (smith_hilink_enter_download_mode (hilink, soon (), NULL, &error));
  host_expect_return (&host, SMITH_MODE_DOWNLOAD);
  flash (&host, "21.180.01.00.00");
  host_expect_return (&host, SMITH_MODE_STICK);
  host_expect_log (&host, "\"usb_id\":\"12d1:14fe\",\"mode\":\"cd\",\"ports\":[],"
                          "\"cd\":\"virtual-cd\"");
  host_ask (&host, "AT^HWVER", "\r\n^HWVER:\"CL2E3372HM\"\r\n" OK);
  host_ask (&host, "AT^GODLOAD", OK);
  host_expect_return (&host, SMITH_MODE_DOWNLOAD);
  expect_product (&host, 0x1c05);
  {
    g_autoptr (SmithStick) stick = host_find (&host);

    g_assert_true (stick->unproven);
  }
  flash (&host, "22.180.05.00.00");
  host_expect_return (&host, SMITH_MODE_HILINK);
  host_expect_log (&host, "\"usb_id\":\"12d1:1f01\"");
  expect_software (&host, "22.180.05.00.00");
  host_clear (&host);
}

/* Without a virtual CD, if AT^SETPORT says so. */
static void
test_setport (void)
{
  SmithVirtualStickConfig config = plain;
  Host host;

  config.start = SMITH_MODE_STICK;
  config.shows_cd = TRUE;
  host_start (&host, &config, NULL);
  host_ask (&host, "AT^SETPORT=\"FF;12,10,16\"", OK);
  host_ask (&host, "AT^RESET", OK);
  host_expect_return (&host, SMITH_MODE_STICK);
  g_assert_cmpuint (host_count_log (&host, "\"cd\""), ==, 0);
  host_clear (&host);
}

static void
plug_as_cd (Host *host, guint16 product)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (smith_virtual_stick_replug (host->stick, SMITH_MODE_CD, &error));
  g_assert_no_error (error);
  expect_product (host, product);
}

/* It holds from when the stick is plugged in next, until it is set again. */
static void
test_setport_replug (void)
{
  SmithVirtualStickConfig config = plain;
  Host host;

  config.start = SMITH_MODE_STICK;
  config.version = "21.180.01.00.00";
  config.ports = "A1,A2;12,16";
  host_start (&host, &config, NULL);
  host_ask (&host, "AT^SETPORT?", "\r\n^SETPORT:A1,A2;12,16\r\n" OK);
  plug_as_cd (&host, 0x14fe);
  smith_virtual_stick_eject (host.stick);
  host_expect_return (&host, SMITH_MODE_STICK);
  host_ask (&host, "AT^SETPORT=\"FF;12,16\"", OK);
  expect_product (&host, 0x1506);
  plug_as_cd (&host, 0x1506);
  host_open (&host);
  host_ask (&host, "AT^SETPORT=\"A1,A2;12,16\"", OK);
  plug_as_cd (&host, 0x14fe);
  host_clear (&host);
}

/* One that says OK, and keeps what it has. */
static void
test_setport_kept (void)
{
  SmithVirtualStickConfig config = plain;
  Host host;

  config.start = SMITH_MODE_STICK;
  config.keeps_ports = TRUE;
  host_start (&host, &config, NULL);
  host_ask (&host, "AT^SETPORT=\"FF;12,10,16\"", OK);
  host_ask (&host, "AT^SETPORT=FF", ERROR);
  host_ask (&host, "AT^SETPORT?", "\r\n^SETPORT:A1,A2;12,10,16,A1,A2\r\n" OK);
  plug_as_cd (&host, 0x14fe);
  host_clear (&host);
}

static void
test_eject (void)
{
  SmithVirtualStickConfig config = plain;
  Host host;

  config.start = SMITH_MODE_CD;
  config.stays_cd = TRUE;
  host_start (&host, &config, NULL);
  {
    g_autoptr (SmithStick) stick = host_find (&host);

    g_assert_cmpint (stick->mode, ==, SMITH_MODE_CD);
    g_assert_cmphex (stick->product, ==, 0x1f01);
    g_assert_cmpstr (stick->cd_drive, ==, SMITH_VIRTUAL_CD_DRIVE);
    g_assert_cmpuint (stick->ports->len, ==, 0);
  }
  g_usleep (50000);
  g_assert_cmpuint (host_count_log (&host, "\"restarted\""), ==, 0);
  smith_virtual_stick_eject (host.stick);
  host_expect_return (&host, SMITH_MODE_HILINK);
  /* No virtual CD, nothing to eject. */
  smith_virtual_stick_eject (host.stick);
  expect_software (&host, "22.200.03.00.00");
  smith_virtual_stick_unplug (host.stick);
  smith_virtual_stick_eject (host.stick);
  host_clear (&host);

  config.stays_cd = FALSE;
  config.version = "21.180.01.00.00";
  host_start (&host, &config, NULL);
  host_expect_return (&host, SMITH_MODE_STICK);
  host_clear (&host);
}

static void
test_download_product (void)
{
  static const struct
  {
    guint16 product;
    guint16 shown;
    guint interface_number;
  } cases[] = { { 0, 0x1c05, 2 },      { 0x1c05, 0x1c05, 2 }, { 0x1442, 0x1442, 0 },
                { 0x1568, 0x1568, 0 }, { 0x1003, 0x1003, 1 }, { 0x1001, 0x1001, 2 } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SmithVirtualStickConfig config = plain;
      g_autoptr (SmithStick) stick = NULL;
      Host host;

      config.start = SMITH_MODE_DOWNLOAD;
      config.download_product = cases[i].product;
      host_start (&host, &config, NULL);
      stick = host_find (&host);
      g_assert_cmphex (stick->product, ==, cases[i].shown);
      g_assert_cmpint (stick->mode, ==, SMITH_MODE_DOWNLOAD);
      g_assert_cmpuint (stick->ports->len, ==, 1);
      g_assert_cmpuint (((SmithStickPort *) stick->ports->pdata[0])->interface_number, ==,
                        cases[i].interface_number);
      host_clear (&host);
    }
}

/* Whatever a stick shows, the catalogue says the same of it. */
static void
test_catalogue (void)
{
  static const struct
  {
    SmithMode mode;
    SmithFamily family;
    const char *hardware;
    guint16 download_product;
  } faces[] = {
    { SMITH_MODE_HILINK, SMITH_FAMILY_BALONG, "CL2E3372HM", 0 },
    { SMITH_MODE_DEBUG, SMITH_FAMILY_BALONG, "CL2E3372HM", 0 },
    { SMITH_MODE_STICK, SMITH_FAMILY_BALONG, "CL2E3372HM", 0 },
    { SMITH_MODE_CD, SMITH_FAMILY_BALONG, "CL2E3372HM", 0 },
    { SMITH_MODE_BOOT_ROM, SMITH_FAMILY_BALONG, "CL2E3372HM", 0 },
    { SMITH_MODE_DOWNLOAD, SMITH_FAMILY_BALONG, "CL2E3372HM", 0 },
    { SMITH_MODE_DOWNLOAD, SMITH_FAMILY_BALONG, "CL2E3372HM", 0x1442 },
    { SMITH_MODE_STICK, SMITH_FAMILY_QUALCOMM, "E1550", 0 },
    { SMITH_MODE_CD, SMITH_FAMILY_QUALCOMM, "E1550", 0 },
    { SMITH_MODE_DOWNLOAD, SMITH_FAMILY_QUALCOMM, "E1550", 0 },
    { SMITH_MODE_STICK, SMITH_FAMILY_QUALCOMM, "E392u-12", 0 },
    { SMITH_MODE_CD, SMITH_FAMILY_QUALCOMM, "E392u-12", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (faces); i++)
    {
      SmithVirtualStickConfig config = plain;
      g_autoptr (SmithStick) stick = NULL;
      const SmithCatalogueId *known;
      Host host;

      config.start = faces[i].mode;
      config.family = faces[i].family;
      config.hardware = faces[i].hardware;
      config.download_product = faces[i].download_product;
      config.all_ports = TRUE;
      config.stays_cd = TRUE;
      host_start (&host, &config, NULL);
      stick = host_find (&host);
      known = smith_catalogue_find_id (smith_catalogue_get_default (), 0x12d1, stick->product);
      g_assert_nonnull (known);
      g_assert_cmpint (known->family, ==, stick->family);
      if (known->by_endpoints && stick->mode == SMITH_MODE_DOWNLOAD)
        g_assert_true (stick->unproven);
      else
        {
          g_assert_cmpint (known->mode, ==, stick->mode);
          for (guint p = 0; p < stick->ports->len; p++)
            {
              SmithStickPort *port = stick->ports->pdata[p];

              g_assert_cmpuint (port->interface_number, <, known->n_roles);
              g_assert_cmpint (known->roles[port->interface_number], ==, port->role);
            }
        }
      host_clear (&host);
    }
}

/* Ports that never answer are there on request, and take what comes. */
static void
test_all_ports (void)
{
  SmithVirtualStickConfig config = plain;
  g_autoptr (SmithStick) stick = NULL;
  Host host;

  config.start = SMITH_MODE_STICK;
  config.all_ports = TRUE;
  host_start (&host, &config, NULL);
  stick = host_find (&host);
  g_assert_cmpuint (stick->ports->len, ==, 2);
  g_assert_cmpstr (smith_stick_find_port (stick, SMITH_PORT_AT), ==, host.device);
  g_assert_nonnull (smith_stick_find_port (stick, SMITH_PORT_MODEM));
  g_assert_cmpstr (smith_stick_find_port (stick, SMITH_PORT_MODEM), !=, host.device);
  host_ask (&host, "AT^GODLOAD", OK);
  host_expect_return (&host, SMITH_MODE_DOWNLOAD);
  host_ask (&host, "AT^DLOADVER?", "\r\n2.0\r\n" OK);
  host_clear (&host);
}

static gboolean
is_in_download_mode (SmithStick *stick, gpointer user_data)
{
  return stick->mode == SMITH_MODE_DOWNLOAD;
}

static SmithStick *
wait_elsewhere (Host *host)
{
  g_autoptr (GError) error = NULL;
  SmithStick *stick = smith_bus_wait (SMITH_BUS (host->bus), SMITH_VIRTUAL_OTHER_PLACE,
                                      is_in_download_mode, NULL, soon (), NULL, &error);

  g_assert_no_error (error);
  return stick;
}

static void
load (Host *host)
{
  static const guint8 loader[2000] = { 0 };

  host_upload (host, 1, loader, 1000);
  host_upload (host, 2, loader, sizeof loader);
}

/* It comes back, but not where it was. */
static void
test_other_port (void)
{
  g_autoptr (SmithStick) elsewhere = NULL;
  g_autoptr (SmithStick) here = NULL;
  Host host;

  host_start_plain (&host, SMITH_MODE_BOOT_ROM, "after load other-port\n");
  load (&host);
  elsewhere = wait_elsewhere (&host);
  here = smith_bus_find (SMITH_BUS (host.bus), "1-1");
  g_assert_null (here);
  g_assert_cmpuint (elsewhere->ports->len, ==, 1);
  smith_virtual_stick_unplug (host.stick);
  {
    g_autoptr (GPtrArray) sticks = smith_bus_list (SMITH_BUS (host.bus));

    g_assert_cmpuint (sticks->len, ==, 0);
  }
  host_clear (&host);
}

/* Another one appears; whoever talks to it is found out. */
static void
test_other_stick (void)
{
  SmithVirtualStickConfig config = plain;
  g_autoptr (SmithStick) other = NULL;
  const char *device;
  Host host;
  int port;

  config.start = SMITH_MODE_BOOT_ROM;
  config.restart_ms = 50;
  host_start (&host, &config, "after load other-stick\n");
  load (&host);
  other = wait_elsewhere (&host);
  host_expect_return (&host, SMITH_MODE_DOWNLOAD);
  device = smith_stick_find_port (other, SMITH_PORT_DOWNLOAD);
  g_assert_cmpstr (device, !=, host.device);
  g_assert_cmpuint (smith_virtual_stick_get_offences (host.stick), ==, 0);
  port = open (device, O_RDWR | O_NOCTTY | O_CLOEXEC);
  g_assert_cmpint (port, >=, 0);
  g_assert_cmpint (write (port, "AT\r", 3), ==, 3);
  for (guint i = 0; i < 1000 && smith_virtual_stick_get_offences (host.stick) == 0; i++)
    g_usleep (10000);
  g_assert_cmpuint (smith_virtual_stick_get_offences (host.stick), ==, 1);
  close (port);
  smith_virtual_stick_free (host.stick);
  host.stick = NULL;
  {
    g_autoptr (GPtrArray) sticks = smith_bus_list (SMITH_BUS (host.bus));

    g_assert_cmpuint (sticks->len, ==, 0);
  }
  host_clear (&host);
}

/* Software version in frames. */
static void
test_software_frame (void)
{
  guint8 expected[26] = { 0x46, 0x18 };
  guint8 body[64];
  gsize n;
  Host host;

  strcpy ((char *) expected + 2, "22.200.03.00.00");
  host_start_plain (&host, SMITH_MODE_DOWNLOAD, NULL);
  host_enter_binary (&host);
  host_send_frame (&host, (const guint8 *) "\x46", 1);
  n = host_receive_frame (&host, body, sizeof body);
  g_assert_cmpmem (body, n, expected, sizeof expected);
  g_assert_cmpuint (host_frame (&host, (const guint8 *) "\x46\x00", 2), ==, 3);
  host_clear (&host);
}

typedef struct
{
  GMutex lock;
  GPtrArray *appeared; /* JsonObject */
} Appearances;

static void
on_event (const char *json, gpointer user_data)
{
  Appearances *appearances = user_data;
  g_autoptr (JsonNode) node = json_from_string (json, NULL);
  JsonObject *object = json_node_get_object (node);

  if (!g_str_equal (json_object_get_string_member (object, "event"), "appeared"))
    return;
  g_mutex_lock (&appearances->lock);
  g_ptr_array_add (appearances->appeared, json_object_ref (object));
  g_mutex_unlock (&appearances->lock);
}

/* Enough for a program that shows the stick on a bus of its own. */
static void
test_appeared (void)
{
  SmithVirtualStickConfig config = plain;
  Appearances appearances
      = { .appeared = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref) };
  Host host = { .fd = -1 };
  JsonObject *object;
  JsonObject *port;
  JsonArray *ports;

  config.start = SMITH_MODE_DEBUG;
  config.all_ports = TRUE;
  g_mutex_init (&appearances.lock);
  host.bus = smith_virtual_bus_new ();
  host.stick = smith_virtual_stick_new (host.bus, &config, on_event, &appearances, NULL);
  host_open (&host);
  host_ask (&host, "AT", OK);
  smith_virtual_stick_free (host.stick);
  host.stick = NULL;

  g_assert_cmpuint (appearances.appeared->len, ==, 1);
  object = appearances.appeared->pdata[0];
  g_assert_cmpstr (json_object_get_string_member (object, "usb_path"), ==, "1-1");
  g_assert_cmpstr (json_object_get_string_member (object, "usb_id"), ==, "12d1:1566");
  g_assert_cmpstr (json_object_get_string_member (object, "mode"), ==, "debug");
  g_assert_cmpstr (json_object_get_string_member (object, "network"), ==, SMITH_VIRTUAL_NETWORK);
  g_assert_nonnull (json_object_get_string_member (object, "web"));
  ports = json_object_get_array_member (object, "ports");
  g_assert_cmpuint (json_array_get_length (ports), ==, 3);
  port = json_array_get_object_element (ports, 0);
  g_assert_cmpstr (json_object_get_string_member (port, "device"), ==, host.device);
  g_assert_cmpint (json_object_get_int_member (port, "interface"), ==, 1);
  g_assert_cmpstr (json_object_get_string_member (port, "role"), ==, "at");
  g_assert_true (json_object_get_boolean_member (port, "answers"));
  port = json_array_get_object_element (ports, 1);
  g_assert_false (json_object_get_boolean_member (port, "answers"));

  g_ptr_array_unref (appearances.appeared);
  g_mutex_clear (&appearances.lock);
  host_clear (&host);
}

/* Freed and unplugged with a web server at all kinds of moments. */
static void
test_free_any_time (void)
{
  for (guint i = 0; i < 40; i++)
    {
      SmithVirtualStickConfig config = plain;
      Host host;

      config.start = i % 2 == 0 ? SMITH_MODE_HILINK : SMITH_MODE_DEBUG;
      config.shows_cd = i % 3 == 0;
      config.restart_ms = i % 4 == 0 ? 5000 : i % 4;
      host_start (&host, &config, i % 5 == 0 ? "at 1 replug" : "");
      if (host.fd >= 0)
        host_send (&host, i % 3 == 0 ? "AT^RESET\r" : "AT^GODLOAD\r", i % 3 == 0 ? 9 : 11);
      g_usleep (i * 500);
      if (i % 7 == 0)
        smith_virtual_stick_unplug (host.stick);
      smith_virtual_stick_eject (host.stick);
      host_clear (&host);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/simulator/faces/web-switch", test_web_switch);
  g_test_add_func ("/simulator/faces/debug-mode", test_debug_mode);
  g_test_add_func ("/simulator/faces/debug-restart", test_debug_restart);
  g_test_add_func ("/simulator/faces/refused-and-ignored", test_refused_and_ignored);
  g_test_add_func ("/simulator/faces/web-config", test_web_config);
  g_test_add_func ("/simulator/faces/there-and-back", test_there_and_back);
  g_test_add_func ("/simulator/faces/setport", test_setport);
  g_test_add_func ("/simulator/faces/setport-replug", test_setport_replug);
  g_test_add_func ("/simulator/faces/setport-kept", test_setport_kept);
  g_test_add_func ("/simulator/faces/eject", test_eject);
  g_test_add_func ("/simulator/faces/download-product", test_download_product);
  g_test_add_func ("/simulator/faces/catalogue", test_catalogue);
  g_test_add_func ("/simulator/faces/all-ports", test_all_ports);
  g_test_add_func ("/simulator/faces/other-port", test_other_port);
  g_test_add_func ("/simulator/faces/other-stick", test_other_stick);
  g_test_add_func ("/simulator/faces/software-frame", test_software_frame);
  g_test_add_func ("/simulator/faces/appeared", test_appeared);
  g_test_add_func ("/simulator/faces/free-any-time", test_free_any_time);
  return g_test_run ();
}
