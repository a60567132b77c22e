/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "format/hdlc.h"
#include "stick-host.h"

#define OK "\r\nOK\r\n"
#define ERROR "\r\nERROR\r\n"
#define NOT_SUPPORTED "\r\nCOMMAND NOT SUPPORT\r\n"
#define HASH "00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF"
#define MARKER "STICKSMITH-PRACTICE VERSION="

#define PTABLE 0x00010000
#define KERNEL_R11 0x00090000
#define KERNEL_R2 0x00030000

static void
fill_random (guint8 *data, gsize size)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);

  for (gsize i = 0; i < size; i++)
    data[i] = (guint8) g_rand_int (rand);
}

/* Content that says which version it brings, @place bytes from the start. */
static void
put_marker (guint8 *data, gsize place, const char *version)
{
  memcpy (data + place, MARKER, strlen (MARKER));
  strcpy ((char *) data + place + strlen (MARKER), version);
}

static void
test_text (void)
{
  Host host;

  host_start_plain (&host, SMITH_MODE_DOWNLOAD, NULL);
  host_ask (&host, "AT^DLOADVER?", "\r\n2.0\r\n" OK);
  host_ask (&host, "AT^DLOADINFO?",
            "\r\nswver:22.200.03.00.00\r\nisover:00.000.00.00.000\r\n"
            "product name:CL2E3372HM\r\ndload type: 1\r\n" OK);
  g_assert_cmpuint (smith_virtual_stick_get_refusals (host.stick), ==, 0);
  host_ask (&host, "AT", NOT_SUPPORTED);
  host_ask (&host, "\nATI", NOT_SUPPORTED);
  host_ask (&host, "at^dloadver?", NOT_SUPPORTED);
  g_assert_cmpuint (smith_virtual_stick_get_refusals (host.stick), ==, 3);
  g_assert_cmpuint (smith_virtual_stick_get_count (host.stick, SMITH_STAGE_TEXT), ==, 5);
  host_send (&host, "\r\r\n", 3);
  host_expect_silence (&host);
  host_ask (&host, "AT^RESET", OK);
  host_expect_return (&host, SMITH_MODE_DOWNLOAD);
  host_clear (&host);
}

static void
test_signature (void)
{
  static const char *const malformed[] = {
    "AT^SIGNVER=",
    "AT^SIGNVER=1,0," HASH,
    "AT^SIGNVER=1,1," HASH ",2958",
    "AT^SIGNVER=0,0," HASH ",2958",
    "AT^SIGNVER=x,0," HASH ",2958",
    "AT^SIGNVER=1,0," HASH "0,2958",
    "AT^SIGNVER=1,0,00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF,2958",
    "AT^SIGNVER=1,0," HASH ",0",
    "AT^SIGNVER=1,0," HASH ",2958,1",
  };
  const SmithVirtualStickConfig config = {
    .start = SMITH_MODE_DOWNLOAD,
    .demand_signature = TRUE,
    .echo = TRUE,
  };
  Host host;

  host_start (&host, &config, "text 2 refuse 12");
  host_ask (&host, "AT^DATAMODE", "AT^DATAMODE\r" ERROR);
  host_ask (&host, "AT^SIGNVER=1,0," HASH ",2958", "AT^SIGNVER=1,0," HASH ",2958\r\r\n12\r\n" OK);
  for (gsize i = 0; i < G_N_ELEMENTS (malformed); i++)
    {
      g_autofree char *answer = g_strconcat (malformed[i], "\r\r\n1\r\n" OK, NULL);

      host_ask (&host, malformed[i], answer);
    }
  host_ask (&host, "AT^DATAMODE", "AT^DATAMODE\r" ERROR);
  host_ask (&host, "AT^SIGNVER=1,0," HASH ",2958", "AT^SIGNVER=1,0," HASH ",2958\r\r\n0\r\n" OK);
  host_ask (&host, "AT^DATAMODE", "AT^DATAMODE\r" OK);
  g_assert_cmpuint (host_frame (&host, (const guint8 *) "\x01", 1), ==, 0);
  host_ask (&host, "AT^DLOADVER?", "AT^DLOADVER?\r\r\n2.0\r\n" OK);
  host_clear (&host);
}

/* What belongs to one stage in the other. */
static void
test_wrong_stage (void)
{
  Host host;

  host_start_plain (&host, SMITH_MODE_DOWNLOAD, NULL);
  host_send (&host, "\x7E\x0C\x14\x3A\x7E", 5);
  host_ask (&host, "AT^DLOADVER?", "\r\n2.0\r\n" OK);
  host_expect_log (&host, "a frame in the text stage");
  host_send (&host, "\x7E\x45", 2);
  g_usleep (300000);
  host_ask (&host, "AT^DLOADVER?", "\r\n2.0\r\n" OK);

  host_enter_binary (&host);
  host_send (&host, "AT^RESET\r", 9);
  host_expect_silence (&host);
  g_assert_cmpuint (host_begin (&host, PTABLE, 10), ==, 0);
  host_send (&host, "AT^RESET\r", 9);
  g_assert_cmpuint (host_block (&host, 1, (const guint8 *) "0123456789", 10), ==, 0);
  g_assert_cmpuint (host_finish (&host, PTABLE, 10), ==, 0);
  host_expect_log (&host, "AT^RESET between frames");
  g_assert_cmpuint (smith_virtual_stick_get_refusals (host.stick), ==, 0);
  host_clear (&host);
}

static void
test_questions (void)
{
  const guint8 product_id[21] = "EBV7R11HS"; /* "E" is 45 */
  const SmithVirtualStickConfig silent = { .start = SMITH_MODE_DOWNLOAD };
  const char version[] = "7200B--SKCBADZM";
  guint8 body[64];
  gsize n;
  Host host;

  host_start_plain (&host, SMITH_MODE_DOWNLOAD, NULL);
  host_enter_binary (&host);
  host_send (&host, "\x7E\x0C\x14\x3A\x7E", 5);
  n = host_receive_frame (&host, body, sizeof body);
  g_assert_cmpmem (body, 2, "\x0D\x0F", 2);
  g_assert_cmpmem (body + 2, n - 2, version, strlen (version));
  host_send (&host, "\x7E\x45\xD1\xE5\x7E", 5);
  n = host_receive_frame (&host, body, sizeof body);
  g_assert_cmpmem (body, n, product_id, sizeof product_id);
  host_clear (&host);

  host_start (&host, &silent, NULL);
  host_enter_binary (&host);
  host_send (&host, "\x7E\x45\xD1\xE5\x7E", 5);
  host_expect_silence (&host);
  g_assert_cmpuint (smith_virtual_stick_get_count (host.stick, SMITH_STAGE_BINARY), ==, 1);
  host_clear (&host);
}

static void
test_broken_frames (void)
{
  Host host;

  host_start_plain (&host, SMITH_MODE_DOWNLOAD, NULL);
  host_enter_binary (&host);
  /* A wrong checksum, a frame that was cut short, and one without room for a checksum. */
  host_send (&host, "\x7E\x0C\x14\x3B\x7E", 5);
  host_expect (&host, "\x7E\x03\x00\x01\x21\x38\x7E", 7);
  host_send (&host, "\x7E\x42\x00\x00\x7E", 5);
  host_expect (&host, "\x7E\x03\x00\x01\x21\x38\x7E", 7);
  host_send (&host, "\x7E\x41\x7E", 3);
  host_expect (&host, "\x7E\x03\x00\x01\x21\x38\x7E", 7);
  g_assert_cmpuint (host_begin (&host, PTABLE, 10), ==, 0);
  g_assert_cmpuint (smith_virtual_stick_get_refusals (host.stick), ==, 3);
  host_clear (&host);
}

static void
test_naks (void)
{
  static const guint8 data[4097] = { 0 };
  guint8 body[8192] = { 0x41, 0, 1, 0, 0, 0, 0, 0, 10 };
  Host host;

  host_start_plain (&host, SMITH_MODE_DOWNLOAD, NULL);
  host_enter_binary (&host);
  g_assert_cmpuint (host_frame (&host, (const guint8 *) "\x3A", 1), ==, 6);
  g_assert_cmpuint (host_frame (&host, (const guint8 *) "\x0C\x00", 2), ==, 3);

  /* begin */
  g_assert_cmpuint (host_frame (&host, body, 11), ==, 3);
  g_assert_cmpuint (host_frame (&host, body, 13), ==, 3);
  g_assert_cmpuint (host_frame (&host, body, 1), ==, 3);
  body[11] = 1;
  g_assert_cmpuint (host_frame (&host, body, 12), ==, 3);
  g_assert_cmpuint (host_begin (&host, PTABLE, 0), ==, 3);
  g_assert_cmpuint (host_begin (&host, PTABLE, (256 << 20) + 1), ==, 5);
  g_assert_cmpuint (host_begin (&host, KERNEL_R2, 10), ==, 2);
  g_assert_cmpuint (host_block (&host, 1, data, 10), ==, 7);
  g_assert_cmpuint (host_finish (&host, PTABLE, 10), ==, 7);
  g_assert_cmpuint (host_begin (&host, PTABLE, 256 << 20), ==, 0);
  g_assert_cmpuint (host_begin (&host, PTABLE, 10), ==, 7);

  /* block; every refusal gives up the partition */
  g_assert_cmpuint (host_begin (&host, PTABLE, 5000), ==, 0);
  g_assert_cmpuint (host_block (&host, 0, data, 10), ==, 7);
  g_assert_cmpuint (host_block (&host, 1, data, 10), ==, 7);
  g_assert_cmpuint (host_begin (&host, PTABLE, 5000), ==, 0);
  g_assert_cmpuint (host_block (&host, 2, data, 10), ==, 7);
  g_assert_cmpuint (host_begin (&host, PTABLE, 5000), ==, 0);
  g_assert_cmpuint (host_block (&host, 1, data, 4097), ==, 3);
  g_assert_cmpuint (host_begin (&host, PTABLE, 5000), ==, 0);
  g_assert_cmpuint (host_block (&host, 1, data, 0), ==, 3);
  g_assert_cmpuint (host_begin (&host, PTABLE, 5000), ==, 0);
  host_make_block (body, 1, data, 10);
  g_assert_cmpuint (host_frame (&host, body, 16), ==, 3);
  g_assert_cmpuint (host_frame (&host, body, 4), ==, 3);
  g_assert_cmpuint (host_begin (&host, PTABLE, 9), ==, 0);
  g_assert_cmpuint (host_block (&host, 1, data, 10), ==, 7);

  /* end */
  g_assert_cmpuint (host_begin (&host, PTABLE, 10), ==, 0);
  g_assert_cmpuint (host_finish (&host, PTABLE, 10), ==, 7);
  g_assert_cmpuint (host_begin (&host, PTABLE, 10), ==, 0);
  g_assert_cmpuint (host_block (&host, 1, data, 10), ==, 0);
  g_assert_cmpuint (host_finish (&host, KERNEL_R11, 10), ==, 7);
  g_assert_cmpuint (host_begin (&host, PTABLE, 10), ==, 0);
  g_assert_cmpuint (host_block (&host, 1, data, 10), ==, 0);
  g_assert_cmpuint (host_finish (&host, PTABLE, 11), ==, 7);
  memset (body, 0, sizeof body);
  body[0] = 0x43;
  g_assert_cmpuint (host_frame (&host, body, 22), ==, 3);
  g_assert_cmpuint (host_frame (&host, body, 24), ==, 3);
  body[22] = 1;
  g_assert_cmpuint (host_frame (&host, body, 23), ==, 3);
  host_clear (&host);
}

static void
check_written (Host *host, guint index, guint32 id, const guint8 *data, gsize size)
{
  g_autoptr (GPtrArray) all = smith_virtual_stick_get_written (host->stick);
  g_autofree char *sha256 = g_compute_checksum_for_data (G_CHECKSUM_SHA256, data, size);
  SmithWrittenPartition *written;

  g_assert_cmpuint (index, <, all->len);
  written = g_ptr_array_index (all, index);
  g_assert_cmphex (written->id, ==, id);
  g_assert_cmpuint (written->size, ==, size);
  g_assert_cmpstr (written->sha256, ==, sha256);
  if (written->data != NULL)
    g_assert_cmpmem (g_bytes_get_data (written->data, NULL), g_bytes_get_size (written->data), data,
                     size);
}

/* A whole flashing; the marker lies across the border of two blocks. */
static void
check_flash (gboolean forget, const char *version, SmithMode mode)
{
  static guint8 data[10000];
  const SmithVirtualStickConfig config = {
    .start = SMITH_MODE_DOWNLOAD,
    .chip = SMITH_CHIP_V7R11,
    .forget_content = forget,
  };
  Host host;

  fill_random (data, sizeof data);
  for (gsize place = 4050; place < 4100; place += 7)
    {
      fill_random (data, sizeof data);
      put_marker (data, place, version);
      host_start (&host, &config, NULL);
      host_enter_binary (&host);
      host_write_partition (&host, PTABLE, data, 464);
      host_write_partition (&host, KERNEL_R11, data, sizeof data);
      check_written (&host, 0, PTABLE, data, 464);
      check_written (&host, 1, KERNEL_R11, data, sizeof data);
      g_assert_cmpuint (host_frame (&host, (const guint8 *) "\x0A", 1), ==, 0);
      host_expect_return (&host, mode);
      g_assert_cmpuint (smith_virtual_stick_get_refusals (host.stick), ==, 0);
      host_clear (&host);
    }
}

static void
test_flash (void)
{
  check_flash (FALSE, "21.180.01.00.00", SMITH_MODE_STICK);
  check_flash (TRUE, "21.180.01.00.00", SMITH_MODE_STICK);
  check_flash (TRUE, "22.180.05.00.00 HUAWEI", SMITH_MODE_HILINK);
}

static void
expect_version (Host *host, const char *version)
{
  g_autofree char *answer = g_strdup_printf ("\r\n^FHVER:\"E3372 %s,CL2E3372HM\"\r\n" OK, version);

  host_ask (host, "AT^FHVER", answer);
}

/* The marker at the very end of what is written, and no marker. */
static void
test_version (void)
{
  guint8 data[200] = { 0 };
  Host host;

  put_marker (data, 0, "21.328.62.00.00");
  host_start_plain (&host, SMITH_MODE_DOWNLOAD, NULL);
  host_enter_binary (&host);
  host_write_partition (&host, PTABLE, data, strlen (MARKER "21.328.62.00.00"));
  host_frame (&host, (const guint8 *) "\x0A", 1);
  host_expect_return (&host, SMITH_MODE_STICK);
  expect_version (&host, "21.328.62.00.00");

  host_ask (&host, "AT^GODLOAD", OK);
  host_expect_return (&host, SMITH_MODE_DOWNLOAD);
  host_enter_binary (&host);
  host_write_partition (&host, PTABLE, (const guint8 *) "nothing", 7);
  g_assert_cmpuint (host_frame (&host, (const guint8 *) "\x01", 1), ==, 0);
  host_ask (&host, "AT^RESET", OK);
  host_expect_return (&host, SMITH_MODE_STICK);
  expect_version (&host, "22.200.03.00.00");
  host_clear (&host);
}

static void
test_repeats (void)
{
  static guint8 data[9000];
  Host host;

  fill_random (data, sizeof data);
  host_start_plain (&host, SMITH_MODE_DOWNLOAD, NULL);
  host_enter_binary (&host);
  g_assert_cmpuint (host_begin (&host, PTABLE, sizeof data), ==, 0);
  g_assert_cmpuint (host_block (&host, 1, data, 4096), ==, 0);
  g_assert_cmpuint (host_block (&host, 1, data, 4096), ==, 0);
  g_assert_cmpuint (host_block (&host, 2, data + 4096, 4096), ==, 0);
  g_assert_cmpuint (host_block (&host, 3, data + 8192, 808), ==, 0);
  g_assert_cmpuint (host_block (&host, 3, data + 8192, 808), ==, 0);
  g_assert_cmpuint (host_finish (&host, PTABLE, sizeof data), ==, 0);
  check_written (&host, 0, PTABLE, data, sizeof data);
  host_clear (&host);
}

/* Half a flashing: back to download mode, until what failed is complete. */
static void
test_half_flashed (void)
{
  guint8 data[100] = { 0 };
  Host host;

  host_start_plain (&host, SMITH_MODE_DOWNLOAD, "binary 5 replug");
  host_enter_binary (&host);
  put_marker (data, 0, "21.5");
  host_write_partition (&host, PTABLE, data, sizeof data);
  g_assert_cmpuint (host_begin (&host, KERNEL_R11, 10), ==, 0);
  host_send_frame (&host, data, 12);
  host_expect_return (&host, SMITH_MODE_DOWNLOAD);
  host_expect_log (&host, "\"partition-failed\"");

  host_enter_binary (&host);
  g_assert_cmpuint (host_frame (&host, (const guint8 *) "\x0A", 1), ==, 0);
  host_expect_return (&host, SMITH_MODE_DOWNLOAD);
  host_enter_binary (&host);
  g_assert_cmpuint (host_begin (&host, KERNEL_R11, 10), ==, 0);
  g_assert_cmpuint (host_frame (&host, (const guint8 *) "\x0A", 1), ==, 0);
  host_expect_return (&host, SMITH_MODE_DOWNLOAD);
  host_enter_binary (&host);
  host_write_partition (&host, KERNEL_R11, data + 90, 10);
  g_assert_cmpuint (host_frame (&host, (const guint8 *) "\x0A", 1), ==, 0);
  host_expect_return (&host, SMITH_MODE_STICK);
  expect_version (&host, "21.5");
  host_clear (&host);
}

static void
test_after_flash (void)
{
  static const struct
  {
    const char *faults;
    SmithMode mode;
  } cases[] = {
    { "after flash wrong-mode", SMITH_MODE_DOWNLOAD },
    { "after flash old-version", SMITH_MODE_STICK },
    { "after flash never", SMITH_MODE_UNKNOWN },
  };
  guint8 data[100] = { 0 };

  put_marker (data, 0, "21.5");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Host host;

      host_start_plain (&host, SMITH_MODE_DOWNLOAD, cases[i].faults);
      host_enter_binary (&host);
      host_write_partition (&host, PTABLE, data, sizeof data);
      g_assert_cmpuint (host_frame (&host, (const guint8 *) "\x0A", 1), ==, 0);
      if (cases[i].mode == SMITH_MODE_UNKNOWN)
        host_expect_gone (&host);
      else
        host_expect_return (&host, cases[i].mode);
      if (cases[i].mode == SMITH_MODE_STICK)
        expect_version (&host, "22.200.03.00.00");
      host_clear (&host);
    }
}

static void
test_faults (void)
{
  static const guint8 bad[] = { 0x7E, 0x02, 0x6A, 0xD2, 0x7E };
  guint8 data[10] = { 0 };
  guint8 got[64];
  Host host;

  host_start_plain (&host, SMITH_MODE_DOWNLOAD,
                    "binary 2 lost\nbinary 3 bad-checksum\nbinary 4 half\nbinary 5 garbage\n"
                    "binary 6 single-bytes\nbinary 7 delay 200\nbinary 8 unsolicited\n"
                    "binary 9 refuse 12\nbinary 11 refuse\nbinary 12 twice\n"
                    "binary 13 twice 20\nbinary 14 gone");
  host_enter_binary (&host);
  g_assert_cmpuint (host_begin (&host, PTABLE, 60), ==, 0);
  host_send_frame (&host, got, host_make_block (got, 1, data, 10));
  host_expect_silence (&host);
  host_send_frame (&host, got, host_make_block (got, 2, data, 10));
  host_expect (&host, bad, sizeof bad);
  host_send_frame (&host, got, host_make_block (got, 3, data, 10));
  host_expect (&host, "\x7E\x02", 2);
  host_expect_silence (&host);
  host_send_frame (&host, got, host_make_block (got, 4, data, 10));
  host_expect (&host, "\x00\x13\x37\xC3\x5B", 5);
  g_assert_cmpuint (host_block (&host, 5, data, 10), ==, 0);
  host_send_frame (&host, got, host_make_block (got, 6, data, 10));
  g_assert_cmpuint (host_receive (&host, got, 1, 10), ==, 0);
  host_expect (&host, "\x7E\x02\x6A\xD3\x7E", 5);
  host_send_frame (&host, got, host_make_block (got, 6, data, 10));
  host_expect (&host, "\r\n^RSSI:17\r\n\x7E\x02\x6A\xD3\x7E", 17);
  g_assert_cmpuint (host_finish (&host, PTABLE, 60), ==, 12);
  g_assert_cmpuint (host_finish (&host, PTABLE, 60), ==, 7);
  g_assert_cmpuint (host_begin (&host, PTABLE, 60), ==, 7);
  g_assert_cmpuint (smith_virtual_stick_get_refusals (host.stick), ==, 1);
  /* Carried out once, answered twice. */
  g_assert_cmpuint (host_begin (&host, PTABLE, 60), ==, 0);
  host_expect (&host, "\x7E\x02\x6A\xD3\x7E", 5);
  g_assert_cmpuint (host_block (&host, 1, data, 10), ==, 0);
  host_expect (&host, "\x7E\x02\x6A\xD3\x7E", 5);
  host_send_frame (&host, data, 1);
  host_expect_gone (&host);
  host_clear (&host);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/simulator/download/text", test_text);
  g_test_add_func ("/simulator/download/signature", test_signature);
  g_test_add_func ("/simulator/download/wrong-stage", test_wrong_stage);
  g_test_add_func ("/simulator/download/questions", test_questions);
  g_test_add_func ("/simulator/download/broken-frames", test_broken_frames);
  g_test_add_func ("/simulator/download/naks", test_naks);
  g_test_add_func ("/simulator/download/flash", test_flash);
  g_test_add_func ("/simulator/download/version", test_version);
  g_test_add_func ("/simulator/download/repeats", test_repeats);
  g_test_add_func ("/simulator/download/half-flashed", test_half_flashed);
  g_test_add_func ("/simulator/download/after-flash", test_after_flash);
  g_test_add_func ("/simulator/download/faults", test_faults);
  return g_test_run ();
}
