/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <json-glib/json-glib.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "format/error.h"
#include "stick-host.h"

#define OK "\r\nOK\r\n"
#define ERROR "\r\nERROR\r\n"
#define RSSI "\r\n^RSSI:17\r\n"

static void
test_bus (void)
{
  static const struct
  {
    SmithMode mode;
    guint16 product;
    SmithPortRole role;
    guint interface_number;
  } modes[] = {
    { SMITH_MODE_BOOT_ROM, 0x1443, SMITH_PORT_BOOT, 0 },
    { SMITH_MODE_DOWNLOAD, 0x1c05, SMITH_PORT_DOWNLOAD, 2 },
    { SMITH_MODE_STICK, 0x1506, SMITH_PORT_AT, 0 },
    { SMITH_MODE_HILINK, 0x14dc, SMITH_PORT_UNKNOWN, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      Host host;

      host_start_plain (&host, modes[i].mode, NULL);
      {
        g_autoptr (SmithStick) stick = smith_bus_find (SMITH_BUS (host.bus), "1-1");
        SmithStickPort *port;

        g_assert_cmphex (stick->vendor, ==, 0x12d1);
        g_assert_cmphex (stick->product, ==, modes[i].product);
        g_assert_cmpint (stick->mode, ==, modes[i].mode);
        g_assert_cmpuint (stick->ports->len, ==, modes[i].mode == SMITH_MODE_HILINK ? 0 : 1);
        if (stick->ports->len > 0)
          {
            port = g_ptr_array_index (stick->ports, 0);
            g_assert_cmpint (port->role, ==, modes[i].role);
            g_assert_cmpuint (port->interface_number, ==, modes[i].interface_number);
          }
      }
      host_clear (&host);
    }
}

static void
test_cannot_start (void)
{
  SmithVirtualStickConfig config = { .start = SMITH_MODE_CHARGING };
  g_autoptr (SmithVirtualBus) bus = smith_virtual_bus_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) sticks = NULL;

  g_assert_null (smith_virtual_stick_new (bus, &config, NULL, NULL, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  config.family = SMITH_FAMILY_QUALCOMM;
  config.start = SMITH_MODE_BOOT_ROM;
  g_assert_null (smith_virtual_stick_new (bus, &config, NULL, NULL, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_UNSUPPORTED);
  sticks = smith_bus_list (SMITH_BUS (bus));
  g_assert_cmpuint (sticks->len, ==, 0);
  smith_virtual_stick_free (NULL);
}

static void
test_many_places (void)
{
  SmithVirtualStickConfig config = { .start = SMITH_MODE_STICK };
  g_autoptr (SmithVirtualBus) bus = smith_virtual_bus_new ();
  g_autoptr (SmithVirtualStick) one = NULL;
  g_autoptr (SmithVirtualStick) two = NULL;
  g_autoptr (SmithVirtualStick) three = NULL;
  g_autoptr (SmithStick) found = NULL;
  g_autoptr (GPtrArray) sticks = NULL;

  one = smith_virtual_stick_new (bus, &config, NULL, NULL, NULL);
  config.usb_path = "2-1.4";
  two = smith_virtual_stick_new (bus, &config, NULL, NULL, NULL);
  smith_virtual_stick_unplug (two);
  smith_virtual_stick_unplug (two);
  config.start = SMITH_MODE_DOWNLOAD;
  three = smith_virtual_stick_new (bus, &config, NULL, NULL, NULL);
  /* One that has left must not pull out the one that is in its place now. */
  smith_virtual_stick_unplug (two);
  g_clear_pointer (&two, smith_virtual_stick_free);

  sticks = smith_bus_list (SMITH_BUS (bus));
  g_assert_cmpuint (sticks->len, ==, 2);
  found = smith_bus_find (SMITH_BUS (bus), "2-1.4");
  g_assert_cmpint (found->mode, ==, SMITH_MODE_DOWNLOAD);
  g_assert_cmpuint (found->seen, >, ((SmithStick *) g_ptr_array_index (sticks, 0))->seen);
}

static void
test_modem (void)
{
  static const char *const fine[]
      = { "AT", "AT^RFSWITCH=1", "AT^CURC=0", "AT+CFUN=1", "AT^SFM=0", "AT^SFM=1", "at^sfm=1" };
  Host host;

  host_start_plain (&host, SMITH_MODE_STICK, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (fine); i++)
    host_ask (&host, fine[i], OK);
  host_ask (&host, "ATI",
            "\r\nManufacturer: huawei\r\nModel: E3372\r\nRevision: 22.200.03.00.00\r\n"
            "IMEI: 350000000000014\r\n+GCAP: +CGSM,+DS,+ES\r\n" OK);
  host_ask (&host, "AT^VERSION?",
            "\r\n^VERSION:BDT:Jan 01 2020, 12:00:00\r\n^VERSION:EXTS:22.200.03.00.00\r\n"
            "^VERSION:INTS:\r\n^VERSION:EXTD:00.000.00.00.000\r\n^VERSION:INTD:\r\n"
            "^VERSION:EXTH:CL2E3372HM\r\n^VERSION:INTH:\r\n^VERSION:EXTU:E3372\r\n" OK);
  host_ask (&host, "AT^HWVER", "\r\n^HWVER:\"CL2E3372HM\"\r\n" OK);
  host_ask (&host, "AT^FHVER", "\r\n^FHVER:\"E3372 22.200.03.00.00,CL2E3372HM\"\r\n" OK);
  host_ask (&host, "AT+CGSN", "\r\n350000000000014\r\n" OK);
  host_ask (&host, "AT+CSQ", "\r\n+CSQ: 17,99\r\n" OK);
  host_ask (&host, "AT+CREG?", "\r\n+CREG: 0,1\r\n" OK);
  host_ask (&host, "AT+CGREG?", "\r\n+CGREG: 0,1\r\n" OK);
  host_ask (&host, "AT+CEREG?", "\r\n+CEREG: 0,1\r\n" OK);
  host_ask (&host, "AT+COPS?", "\r\n+COPS: 0,0,\"Practice\",7\r\n" OK);
  host_ask (&host, "AT+CPIN?", "\r\n+CPIN: READY\r\n" OK);
  host_ask (&host, "AT^RFSWITCH?", "\r\n^RFSWITCH:1,1\r\n" OK);
  host_ask (&host, "AT^NOTHING", ERROR);
  host_ask (&host, "hello", ERROR);
  g_assert_cmpuint (smith_virtual_stick_get_refusals (host.stick), ==, 0);
  host_ask (&host, "AT^RESET", OK);
  host_expect_return (&host, SMITH_MODE_STICK);
  host_ask (&host, "AT^GODLOAD", OK);
  host_expect_return (&host, SMITH_MODE_DOWNLOAD);
  host_ask (&host, "AT^DLOADVER?", "\r\n2.0\r\n" OK);
  host_clear (&host);
}

static void
test_text_faults (void)
{
  const SmithVirtualStickConfig echo = { .start = SMITH_MODE_STICK, .echo = TRUE };
  g_autofree char *endless = g_strnfill (3000, 'A');
  Host host;

  host_start_plain (&host, SMITH_MODE_STICK,
                    "at 1 lost\nat 2 refuse\nat 3 garbage\nat 4 bad-checksum\nat 5 half\n"
                    "at 6 single-bytes\nat 7 unsolicited\nat 8 delay 30\nat 9 replug\n"
                    "at 10 lost\ntext 1 refuse\ntext 2 unsolicited\ntext 3 gone");
  host_send (&host, "AT\r", 3);
  host_expect_silence (&host);
  host_ask (&host, "AT", ERROR);
  host_send (&host, "AT\r", 3);
  host_expect (&host, "\x00\x13\x37\xC3\x5B", 5);
  host_send (&host, "AT\r", 3);
  host_expect (&host, "\x00\x13\x37\xC3\x5B", 5);
  host_ask (&host, "AT", "\r\nO");
  host_ask (&host, "AT", OK);
  host_ask (&host, "AT+CSQ", RSSI "\r\n+CSQ: 17,99\r\n" RSSI OK);
  host_ask (&host, "AT", OK);
  host_send (&host, "AT\r", 3);
  host_expect_return (&host, SMITH_MODE_STICK);
  /* Carried out although nobody is told. */
  host_send (&host, "AT^GODLOAD\r", 11);
  host_expect_return (&host, SMITH_MODE_DOWNLOAD);
  host_ask (&host, "AT^DLOADVER?", ERROR);
  host_ask (&host, "AT^DLOADVER?", RSSI "\r\n2.0\r\n" RSSI OK);
  host_send (&host, "AT^DLOADVER?\r", 13);
  host_expect_gone (&host);
  host_clear (&host);

  host_start (&host, &echo, "at 1 unsolicited");
  host_ask (&host, "AT", "AT\r" RSSI OK);
  host_send (&host, endless, 3000);
  host_send (&host, "\r", 1);
  host_drain (&host);
  host_ask (&host, "AT", "AT\r" OK);
  host_clear (&host);
}

/* An erasing loader costs the stick its identity, whatever is written later. */
static void
test_lost_calibration (void)
{
  static const guint8 routine[]
      = { 0x10, 0x30, 0x94, 0xE5, 0x0D, 0x00, 0xA0, 0xE1, 0x10, 0x30, 0x8D, 0xE5,
          0x18, 0x30, 0x94, 0xE5, 0x14, 0x30, 0x8D, 0xE5, 0x01, 0x02, 0x03, 0xEB };
  guint8 erasing[64] = { 0 };
  Host host;

  host_start_plain (&host, SMITH_MODE_BOOT_ROM, NULL);
  memcpy (erasing + 16, routine, sizeof routine);
  host_upload (&host, 1, erasing, 16);
  host_upload (&host, 2, erasing, sizeof erasing);
  host_expect_return (&host, SMITH_MODE_DOWNLOAD);
  g_assert_true (smith_virtual_stick_lost_calibration (host.stick));
  host_enter_binary (&host);
  host_write_partition (&host, 0x10000, erasing, sizeof erasing);
  g_assert_cmpuint (host_frame (&host, (const guint8 *) "\x0A", 1), ==, 0);
  host_expect_return (&host, SMITH_MODE_STICK);
  host_ask (&host, "AT+CGSN", ERROR);
  host_clear (&host);
}

static void
test_unplug_idle (void)
{
  static const SmithMode modes[] = { SMITH_MODE_BOOT_ROM, SMITH_MODE_DOWNLOAD, SMITH_MODE_STICK };

  for (gsize i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      g_autoptr (SmithStick) stick = NULL;
      Host host;

      host_start_plain (&host, modes[i], NULL);
      smith_virtual_stick_unplug (host.stick);
      stick = smith_bus_find (SMITH_BUS (host.bus), "1-1");
      g_assert_null (stick);
      host_expect_gone (&host);
      smith_virtual_stick_unplug (host.stick);
      host_clear (&host);
    }
}

/* Whatever state it is in, it can be plugged in again, in any mode that there is. */
static void
test_replug (void)
{
  static const SmithMode modes[] = { SMITH_MODE_BOOT_ROM, SMITH_MODE_HILINK, SMITH_MODE_DOWNLOAD };
  g_autoptr (GError) error = NULL;
  Host host;

  host_start_plain (&host, SMITH_MODE_HILINK, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      g_autoptr (SmithStick) before = smith_bus_find (SMITH_BUS (host.bus), "1-1");
      g_autoptr (SmithStick) after = NULL;

      if (i == 1)
        smith_virtual_stick_unplug (host.stick);
      g_assert_true (smith_virtual_stick_replug (host.stick, modes[i], &error));
      g_assert_no_error (error);
      after = smith_bus_find (SMITH_BUS (host.bus), "1-1");
      g_assert_cmpint (after->mode, ==, modes[i]);
      g_assert_cmpuint (after->seen, >, before->seen);
    }
  host_open (&host);
  host_enter_binary (&host);
  g_assert_false (smith_virtual_stick_replug (host.stick, SMITH_MODE_BEYOND, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_UNSUPPORTED);
  host_clear (&host);
}

static gpointer
unplug_soon (gpointer data)
{
  g_usleep (20000);
  smith_virtual_stick_unplug (data);
  return NULL;
}

/* The host writes as fast as it can until the line breaks. */
static void
test_unplug_while_writing (void)
{
  static guint8 zeros[4096];
  GThread *thread;
  gssize n;
  Host host;

  host_start_plain (&host, SMITH_MODE_DOWNLOAD, NULL);
  host_enter_binary (&host);
  g_assert_cmpint (fcntl (host.fd, F_SETFL, 0), ==, 0);
  thread = g_thread_new ("unplug", unplug_soon, host.stick);
  do
    n = write (host.fd, zeros, sizeof zeros);
  while (n > 0);
  g_assert_cmpint (errno, ==, EIO);
  g_thread_join (thread);
  host_expect_gone (&host);
  host_clear (&host);
}

/* The host asks and never listens; the stick waits, but not for ever. */
static void
test_unplug_while_answering (void)
{
  Host host;

  host_start_plain (&host, SMITH_MODE_STICK, NULL);
  for (guint i = 0; i < 20000; i++)
    {
      struct pollfd fd = { .fd = host.fd, .events = POLLOUT };

      if (poll (&fd, 1, 50) <= 0 || write (host.fd, "ATI\r", 4) < 0)
        break;
    }
  g_assert_cmpuint (smith_virtual_stick_get_count (host.stick, SMITH_STAGE_AT), <, 20000);
  smith_virtual_stick_unplug (host.stick);
  host_expect_hang_up (&host);
  host_clear (&host);
}

/* Freed at all kinds of moments: idle, answering slowly, off the bus, coming back. */
static void
test_free_any_time (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);
  static const char *const scripts[]
      = { "", "at 1 delay 5000", "at 1 single-bytes", "at 1 lost", "at 1 replug", "at 1 gone" };

  for (guint i = 0; i < 120; i++)
    {
      SmithVirtualStickConfig config = {
        .start = SMITH_MODE_STICK,
        .restart_ms = i % 3 == 0 ? 5000 : i % 3,
      };
      Host host;

      host_start (&host, &config, scripts[i % G_N_ELEMENTS (scripts)]);
      if (i % 5 > 0)
        host_send (&host, "AT^GODLOAD\r", 11);
      if (i % 7 > 0)
        g_usleep (g_rand_int_range (rand, 0, 20000));
      if (i % 4 == 0)
        smith_virtual_stick_unplug (host.stick);
      host_clear (&host);
    }
}

typedef struct
{
  GMutex lock;
  GThread *thread;
  GPtrArray *names;
} Events;

static void
on_event (const char *json, gpointer user_data)
{
  Events *events = user_data;
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  JsonObject *object;

  json_parser_load_from_data (parser, json, -1, &error);
  g_assert_no_error (error);
  g_assert_null (strchr (json, '\n'));
  object = json_node_get_object (json_parser_get_root (parser));
  g_mutex_lock (&events->lock);
  g_ptr_array_add (events->names, g_strdup (json_object_get_string_member (object, "event")));
  g_assert_true (events->thread == NULL || events->thread == g_thread_self ());
  events->thread = g_thread_self ();
  g_mutex_unlock (&events->lock);
}

static void
test_events (void)
{
  static const char *const expected[] = { "appeared",  "ready",    "unknown", "accepted", "left",
                                          "restarted", "appeared", "ready",   "left" };
  const SmithVirtualStickConfig config = { .start = SMITH_MODE_STICK };
  Events events = { .names = g_ptr_array_new_with_free_func (g_free) };
  Host host = { .fd = -1 };

  g_mutex_init (&events.lock);
  host.bus = smith_virtual_bus_new ();
  host.stick = smith_virtual_stick_new (host.bus, &config, on_event, &events, NULL);
  host_open (&host);
  host_ask (&host, "\xff\x01\"\\", ERROR);
  host_ask (&host, "AT^GODLOAD", OK);
  host_expect_return (&host, SMITH_MODE_DOWNLOAD);
  host_clear (&host);

  g_assert_cmpuint (events.names->len, ==, G_N_ELEMENTS (expected));
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpstr (g_ptr_array_index (events.names, i), ==, expected[i]);
  g_assert_true (events.thread != g_thread_self ());
  g_ptr_array_unref (events.names);
  g_mutex_clear (&events.lock);
}

/* The log keeps the last events and forgets the others. */
static void
test_long_log (void)
{
  g_autofree char *log = NULL;
  guint lines = 0;
  Host host;

  host_start_plain (&host, SMITH_MODE_STICK, NULL);
  for (guint i = 0; i < 10050; i += 50)
    {
      g_autoptr (GString) commands = g_string_new (NULL);

      for (guint k = 0; k < 50; k++)
        g_string_append (commands, "AT\r");
      host_send (&host, commands->str, commands->len);
      for (guint k = 0; k < 50; k++)
        host_expect (&host, OK, strlen (OK));
    }
  log = smith_virtual_stick_get_log (host.stick);
  for (char *p = log; (p = strchr (p, '\n')) != NULL; p++)
    lines++;
  g_assert_cmpuint (lines, ==, 10000);
  g_assert_null (strstr (log, "\"ready\""));
  g_assert_nonnull (strstr (log, "\"message\":10050,"));
  host_clear (&host);
}

static gpointer
ask_all_the_time (gpointer data)
{
  Host *host = data;

  for (guint i = 0; i < 300; i++)
    {
      g_autoptr (GPtrArray) written = smith_virtual_stick_get_written (host->stick);
      g_autoptr (GPtrArray) sticks = smith_bus_list (SMITH_BUS (host->bus));
      g_autofree char *log = smith_virtual_stick_get_log (host->stick);
      g_autoptr (GBytes) component = smith_virtual_stick_get_component (host->stick, 0);

      g_assert_nonnull (written);
      g_assert_nonnull (log);
      g_assert_cmpuint (sticks->len, <=, 1);
      g_assert_true (component == NULL || g_bytes_get_size (component) == 3000);
      smith_virtual_stick_get_count (host->stick, i % SMITH_N_STAGES);
      smith_virtual_stick_get_refusals (host->stick);
      smith_virtual_stick_lost_calibration (host->stick);
      g_usleep (200);
    }
  return NULL;
}

static void
test_threads (void)
{
  static guint8 data[100000];
  GThread *thread;
  Host host;

  host_start_plain (&host, SMITH_MODE_BOOT_ROM, NULL);
  thread = g_thread_new ("asker", ask_all_the_time, &host);
  host_upload (&host, 1, data, 3000);
  host_upload (&host, 2, data, sizeof data);
  host_expect_return (&host, SMITH_MODE_DOWNLOAD);
  host_enter_binary (&host);
  host_write_partition (&host, 0x10000, data, sizeof data);
  g_assert_cmpuint (host_frame (&host, (const guint8 *) "\x0A", 1), ==, 0);
  host_expect_return (&host, SMITH_MODE_STICK);
  g_thread_join (thread);
  host_clear (&host);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/simulator/stick/bus", test_bus);
  g_test_add_func ("/simulator/stick/cannot-start", test_cannot_start);
  g_test_add_func ("/simulator/stick/many-places", test_many_places);
  g_test_add_func ("/simulator/stick/modem", test_modem);
  g_test_add_func ("/simulator/stick/text-faults", test_text_faults);
  g_test_add_func ("/simulator/stick/lost-calibration", test_lost_calibration);
  g_test_add_func ("/simulator/stick/unplug-idle", test_unplug_idle);
  g_test_add_func ("/simulator/stick/replug", test_replug);
  g_test_add_func ("/simulator/stick/unplug-while-writing", test_unplug_while_writing);
  g_test_add_func ("/simulator/stick/unplug-while-answering", test_unplug_while_answering);
  g_test_add_func ("/simulator/stick/free-any-time", test_free_any_time);
  g_test_add_func ("/simulator/stick/events", test_events);
  g_test_add_func ("/simulator/stick/long-log", test_long_log);
  g_test_add_func ("/simulator/stick/threads", test_threads);
  return g_test_run ();
}
