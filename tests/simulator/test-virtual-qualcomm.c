/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "format/bytes.h"
#include "simulator/virtual-network.h"
#include "stick-host.h"

#define OK "\r\nOK\r\n"
#define MARKER "STICKSMITH-PRACTICE VERSION="

/* The exchange as it was seen on the wire. */
#define ASK_VERSION "\x7E\x0C\x14\x3A\x7E"
#define AT_WORK "\x7E\x13\x0C\xD2\x7A\x7E"
#define ASK_PRODUCT "\x7E\x45\xD1\xE5\x7E"
#define TO_DOWNLOAD "\x7E\x3A\xA1\x6E\x7E"
#define RESTART "\x7E\x0A\x22\x5F\x7E"
#define ACK "\x7E\x02\x6A\xD3\x7E"
#define IDENTIFY "\x7E\x4B\xC9\x03\xFF\xE8\x99\x7E"

#define SECTION(n) ((guint32) (n) << 16)

static const SmithVirtualStickConfig e1550 = {
  .start = SMITH_MODE_STICK,
  .family = SMITH_FAMILY_QUALCOMM,
  .hardware = "E1550",
  .version = "11.608.10.00.00",
  .product_id = "HUAWEI E155",
  .restart_ms = 5,
  .shows_cd = TRUE,
};

static const SmithVirtualStickConfig e392 = {
  .start = SMITH_MODE_DOWNLOAD,
  .family = SMITH_FAMILY_QUALCOMM,
  .hardware = "E392u-12 CD1E392M Ver.C",
  .version = "11.433.10.00.00",
  .product_id = "HUAWEI E392",
  .restart_ms = 5,
  .shows_cd = TRUE,
};

static void
send_text (Host *host, const char *text)
{
  host_send (host, text, strlen (text));
}

static void
check_ports (Host *host, guint16 product, guint n, guint number, SmithPortRole role)
{
  g_autoptr (SmithStick) stick = host_find (host);
  SmithStickPort *port;

  g_assert_cmphex (stick->product, ==, product);
  g_assert_cmpuint (stick->ports->len, ==, n);
  port = g_ptr_array_index (stick->ports, number);
  g_assert_cmpuint (port->interface_number, ==, number);
  g_assert_cmpint (port->role, ==, role);
  g_assert_cmpstr (port->device, ==, host->device);
}

static void
open_diagnostics (Host *host)
{
  send_text (host, "AT$QCDMG\r\n");
  host_expect (host, OK, strlen (OK));
  send_text (host, "AT^DISLOG=255\r\n");
  host_expect (host, OK, strlen (OK));
}

/* The way in, byte for byte. */
static void
test_way_in (void)
{
  guint8 identity[64];
  gsize n;
  Host host;

  host_start (&host, &e1550, NULL);
  check_ports (&host, 0x1001, 3, 2, SMITH_PORT_AT);
  host_ask (&host, "ATI",
            "\r\nManufacturer: huawei\r\nModel: E1550\r\nRevision: 11.608.10.00.00\r\n"
            "IMEI: 350000000000014\r\n+GCAP: +CGSM,+DS,+ES\r\n" OK);
  host_ask (&host, "AT^GODLOAD", "\r\nCOMMAND NOT SUPPORT\r\n");
  open_diagnostics (&host);
  host_send (&host, ASK_VERSION, 5);
  host_expect (&host, AT_WORK, 6);
  host_send (&host, IDENTIFY, 8);
  {
    guint8 body[100];

    n = host_receive_frame (&host, body, sizeof body);
    g_assert_cmpuint (n, ==, 4 + 31 + 32);
    g_assert_cmpmem (body, 4, "\x4B\xC9\x03\xFF", 4);
    memset (identity, 0, sizeof identity);
    strcpy ((char *) identity, "11.608.10.00.00");
    strcpy ((char *) identity + 31, "E1550");
    g_assert_cmpmem (body + 4, 63, identity, 63);
  }
  host_send (&host, TO_DOWNLOAD, 5);
  host_expect (&host, TO_DOWNLOAD, 5);
  host_expect_return (&host, SMITH_MODE_DOWNLOAD);
  check_ports (&host, 0x1003, 2, 1, SMITH_PORT_DOWNLOAD);

  /* There is no text stage: AT gets no answer, frames get one at once. */
  send_text (&host, "AT\r\nAT^DLOADVER?\r");
  host_expect_silence (&host);
  host_send (&host, ASK_VERSION, 5);
  host_expect (&host, "\x7E\x0D\x0CM62xx-OEMSBL", 15);
  host_drain (&host);
  host_send (&host, ASK_PRODUCT, 5);
  {
    guint8 body[100];
    const guint8 expected[21] = "EHUAWEI E155"; /* "E" is 45 */

    n = host_receive_frame (&host, body, sizeof body);
    g_assert_cmpmem (body, n, expected, sizeof expected);
  }
  /* Nothing was written: it is what it was before. */
  host_send (&host, RESTART, 5);
  host_expect (&host, ACK, 5);
  host_expect_return (&host, SMITH_MODE_STICK);
  host_ask (&host, "AT", OK);
  g_assert_cmpuint (smith_virtual_stick_get_offences (host.stick), ==, 0);
  g_assert_cmpuint (smith_virtual_stick_get_refusals (host.stick), ==, 0);
  host_clear (&host);
}

/* Frames to working firmware that mean something else there. */
static void
test_offences_at_work (void)
{
  static const guint8 commands[] = { 0x01, 0x0A, 0x41, 0x42, 0x43 };
  guint8 body[100];
  Host host;

  host_start (&host, &e1550, NULL);
  open_diagnostics (&host);
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      host_send_frame (&host, &commands[i], 1);
      g_assert_cmpuint (host_receive_frame (&host, body, sizeof body), ==, 2);
      g_assert_cmphex (body[0], ==, 0x13);
      g_assert_cmphex (body[1], ==, commands[i]);
      g_assert_cmpuint (smith_virtual_stick_get_offences (host.stick), ==, i + 1);
    }
  g_assert_cmpuint (host_count_log (&host, "\"offence\""), ==, G_N_ELEMENTS (commands));
  host_clear (&host);
}

/* Half a frame, a damaged one, text that nobody knows: the next one counts. */
static void
test_noise_at_work (void)
{
  Host host;

  host_start (&host, &e1550, NULL);
  open_diagnostics (&host);
  host_send (&host, "\x7E\x0C\x14\x3B\x7E", 5);
  host_expect_silence (&host);
  send_text (&host, "ATI\r\n");
  host_expect_silence (&host);
  host_send (&host, "\x7E\x3A", 2);
  g_usleep (300000);
  send_text (&host, "AT^DISLOG=255\r\n");
  host_expect (&host, OK, strlen (OK));
  host_send (&host, ASK_VERSION, 5);
  host_expect (&host, AT_WORK, 6);
  host_clear (&host);
}

static void
test_refused_entry (void)
{
  SmithVirtualStickConfig config = e1550;
  guint8 body[100];
  Host host;

  config.refuses_entry = TRUE;
  host_start (&host, &config, NULL);
  open_diagnostics (&host);
  host_send (&host, TO_DOWNLOAD, 5);
  g_assert_cmpuint (host_receive_frame (&host, body, sizeof body), ==, 2);
  g_assert_cmpmem (body, 2, "\x13\x3A", 2);
  host_clear (&host);

  config.refuses_entry = FALSE;
  config.ignores_entry = TRUE;
  host_start (&host, &config, NULL);
  open_diagnostics (&host);
  host_send (&host, TO_DOWNLOAD, 5);
  host_expect (&host, TO_DOWNLOAD, 5);
  host_send (&host, ASK_VERSION, 5);
  host_expect (&host, AT_WORK, 6);
  host_clear (&host);
}

/* The frames are messages like the AT commands before them: 1 and 2 are text. */
static void
test_faults_at_work (void)
{
  Host host;

  host_start (&host, &e1550, "at 3 lost\nat 4 bad-checksum\nat 5 refuse\nat 6 replug\n");
  open_diagnostics (&host);
  host_send (&host, ASK_VERSION, 5);
  host_expect_silence (&host);
  host_send (&host, ASK_VERSION, 5);
  host_expect (&host, "\x7E\x13\x0C\xD2\x7B\x7E", 6);
  host_send (&host, IDENTIFY, 8);
  host_expect (&host, "\x7E\x13\x4B\xC9\x03\xFF", 6);
  host_drain (&host);
  host_send (&host, ASK_VERSION, 5);
  host_expect_return (&host, SMITH_MODE_STICK);
  host_ask (&host, "AT", OK);
  host_clear (&host);
}

static void
prove (Host *host, const char *name)
{
  guint8 body[100];
  gsize n;

  host_send (host, ASK_VERSION, 5);
  n = host_receive_frame (host, body, sizeof body);
  g_assert_cmphex (body[0], ==, 0x0D);
  g_assert_cmpuint (body[1], ==, strlen (name));
  g_assert_cmpmem (body + 2, n - 2, name, strlen (name));
}

/* Eight sections; afterwards the virtual CD, then working firmware. */
static void
test_rescue (void)
{
  static const guint32 sizes[]
      = { 0x1D0, 0x9F94, 0x71828, 0x1C400, 0x24739, 0x1D572, 0x7FB67, 0x4C000 };
  static const char version[] = "11.433.57.00.260";
  g_autofree guint8 *data = g_malloc0 (0x80000);
  Host host;

  host_start (&host, &e392, NULL);
  check_ports (&host, 0x1003, 2, 1, SMITH_PORT_DOWNLOAD);
  prove (&host, "M92xx-OEMSBL");
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      memset (data, (int) i, sizes[i]);
      if (i == 5)
        memcpy (data + 5000, MARKER "11.433.57.00.260", sizeof MARKER + sizeof version - 1);
      host_write_partition (&host, SECTION (i + 1), data, sizes[i]);
    }
  host_send (&host, RESTART, 5);
  host_expect (&host, ACK, 5);
  host_expect_return (&host, SMITH_MODE_STICK);
  {
    g_autoptr (SmithStick) stick = host_find (&host);

    g_assert_cmphex (stick->product, ==, 0x1506);
  }
  host_expect_log (&host, "\"usb_id\":\"12d1:1505\",\"mode\":\"cd\"");
  host_ask (&host, "AT^HWVER", "\r\n^HWVER:\"E392u-12 CD1E392M Ver.C\"\r\n" OK);
  host_ask (&host, "AT^FHVER",
            "\r\n^FHVER:\"E392 11.433.57.00.260,E392u-12 CD1E392M Ver.C\"\r\n" OK);
  g_assert_cmpuint (smith_virtual_stick_get_offences (host.stick), ==, 0);
  host_clear (&host);
}

/* New firmware on an E1550: CD, then no network until it is told to. */
static void
test_e1550_flashed (void)
{
  SmithVirtualStickConfig config = e1550;
  guint8 data[600] = { 0 };
  Host host;

  config.start = SMITH_MODE_DOWNLOAD;
  host_start (&host, &config, NULL);
  prove (&host, "M62xx-OEMSBL");
  host_write_partition (&host, SECTION (1), data, 0x1D0);
  strcpy ((char *) data + 100, MARKER "11.608.12.04.21");
  host_write_partition (&host, SECTION (4), data, sizeof data);
  host_send (&host, RESTART, 5);
  host_expect (&host, ACK, 5);
  host_expect_return (&host, SMITH_MODE_STICK);
  host_expect_log (&host, "\"usb_id\":\"12d1:1446\",\"mode\":\"cd\"");
  check_ports (&host, 0x1001, 3, 2, SMITH_PORT_AT);
  host_ask (&host, "AT+CREG?", "\r\n+CREG: 0,2\r\n" OK);
  host_ask (&host, "AT^SYSCFG=2,2,3FFFFFFF,1,2", OK);
  for (guint i = 0; i < SMITH_SEARCHING_POLLS; i++)
    host_ask (&host, "AT+CREG?", "\r\n+CREG: 0,2\r\n" OK);
  host_ask (&host, "AT+CREG?", "\r\n+CREG: 0,1\r\n" OK);
  open_diagnostics (&host);
  host_send (&host, IDENTIFY, 8);
  host_expect (&host,
               "\x7E\x4B\xC9\x03\xFF"
               "11.608.12.04.21",
               20);
  host_clear (&host);
}

static void
test_naks (void)
{
  guint8 data[4097] = { 0 };
  g_autofree guint8 *huge = g_malloc0 (9000);
  Host host;

  host_start (&host, &e392, NULL);
  prove (&host, "M92xx-OEMSBL");
  /* A repeated block is acknowledged and ignored; a gap is refused. */
  g_assert_cmpuint (host_begin (&host, SECTION (1), 8192), ==, 0);
  g_assert_cmpuint (host_block (&host, 1, data, 4096), ==, 0);
  g_assert_cmpuint (host_block (&host, 1, data, 4096), ==, 0);
  g_assert_cmpuint (host_block (&host, 3, data, 4096), ==, 7);
  /* More than its buffer takes. */
  huge[0] = 0x42;
  g_assert_cmpuint (host_frame (&host, huge, 8705), ==, 1);
  g_assert_cmpuint (host_frame (&host, huge, 8704), ==, 3);
  /* A section of another family. */
  g_assert_cmpuint (host_begin (&host, 0x00200000, 100), ==, 2);
  g_assert_cmpuint (host_begin (&host, 0x00010001, 100), ==, 2);
  g_assert_cmpuint (host_frame (&host, (const guint8 *) "\x46", 1), ==, 6);
  g_assert_cmpuint (smith_virtual_stick_get_offences (host.stick), ==, 0);
  /* To leave the binary stage there is nothing but the write command. */
  g_assert_cmpuint (host_frame (&host, (const guint8 *) "\x01", 1), ==, 3);
  g_assert_cmpuint (smith_virtual_stick_get_offences (host.stick), ==, 1);
  host_expect_log (&host, "\"why\":\"write command\"");
  /* What is half written stays so. */
  host_send (&host, RESTART, 5);
  host_expect (&host, ACK, 5);
  host_expect_return (&host, SMITH_MODE_DOWNLOAD);
  host_clear (&host);
}

static void
test_unasked (void)
{
  guint8 data[10] = { 0 };
  Host host;

  host_start (&host, &e392, NULL);
  g_assert_cmpuint (host_begin (&host, SECTION (1), 10), ==, 0);
  g_assert_cmpuint (host_block (&host, 1, data, 10), ==, 0);
  g_assert_cmpuint (host_finish (&host, SECTION (1), 10), ==, 0);
  g_assert_cmpuint (smith_virtual_stick_get_offences (host.stick), ==, 3);
  prove (&host, "M92xx-OEMSBL");
  g_assert_cmpuint (host_begin (&host, SECTION (1), 10), ==, 0);
  g_assert_cmpuint (smith_virtual_stick_get_offences (host.stick), ==, 3);
  host_clear (&host);
}

static void
test_generic_loader (void)
{
  SmithVirtualStickConfig config = e392;
  Host host;

  config.generic_loader = TRUE;
  host_start (&host, &config, NULL);
  prove (&host, "M92xx-OEMSBL");
  g_assert_cmpuint (host_begin (&host, SECTION (1), 10), ==, 6);
  g_assert_cmpuint (smith_virtual_stick_get_offences (host.stick), ==, 0);
  host_clear (&host);
}

/* The faults of download mode are the same for both families. */
static void
test_download_faults (void)
{
  guint8 data[10] = { 0 };
  guint8 body[100];
  Host host;

  host_start (&host, &e392,
              "binary 2 refuse 0xC\nbinary 3 lost\nbinary 4 unsolicited\n"
              "binary 5 gone\n");
  prove (&host, "M92xx-OEMSBL");
  g_assert_cmpuint (host_begin (&host, SECTION (1), 10), ==, 0xC);
  memset (body, 0, sizeof body);
  body[0] = 0x41;
  smith_put_u32_be (body + 1, SECTION (1));
  smith_put_u32_be (body + 5, 10);
  host_send_frame (&host, body, 12);
  host_expect_silence (&host);
  host_send_frame (&host, body, host_make_block (body, 1, data, 10));
  host_expect (&host, "\r\n^RSSI:17\r\n" ACK, 12 + 5);
  host_send (&host, ASK_VERSION, 5);
  host_expect_gone (&host);
  host_clear (&host);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/simulator/qualcomm/way-in", test_way_in);
  g_test_add_func ("/simulator/qualcomm/offences-at-work", test_offences_at_work);
  g_test_add_func ("/simulator/qualcomm/noise-at-work", test_noise_at_work);
  g_test_add_func ("/simulator/qualcomm/refused-entry", test_refused_entry);
  g_test_add_func ("/simulator/qualcomm/faults-at-work", test_faults_at_work);
  g_test_add_func ("/simulator/qualcomm/rescue", test_rescue);
  g_test_add_func ("/simulator/qualcomm/e1550-flashed", test_e1550_flashed);
  g_test_add_func ("/simulator/qualcomm/naks", test_naks);
  g_test_add_func ("/simulator/qualcomm/unasked", test_unasked);
  g_test_add_func ("/simulator/qualcomm/generic-loader", test_generic_loader);
  g_test_add_func ("/simulator/qualcomm/download-faults", test_download_faults);
  return g_test_run ();
}
