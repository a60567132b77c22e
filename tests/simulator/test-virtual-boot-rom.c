/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "stick-host.h"

/* A routine that erases the whole flash, up to the call that does it. */
static const guint8 routine[] = { 0x3D, 0xE2, 0xE0, 0xE3, 0x00, 0xE0, 0x9E, 0xE5, 0x5C, 0xC3,
                                  0x9F, 0xE5, 0x0C, 0x00, 0x5E, 0xE1, 0x00, 0x00, 0x00, 0x0A };

static void
fill_random (guint8 *data, gsize size)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);

  for (gsize i = 0; i < size; i++)
    data[i] = (guint8) g_rand_int (rand);
}

static void
check_component (Host *host, guint index, const guint8 *data, gsize size)
{
  g_autoptr (GBytes) component = smith_virtual_stick_get_component (host->stick, index);
  gsize got;
  const guint8 *bytes;

  g_assert_nonnull (component);
  bytes = g_bytes_get_data (component, &got);
  g_assert_cmpmem (bytes, got, data, size);
}

static void
test_happy (void)
{
  /* More than 256 packets, so that the sequence number begins again. */
  static guint8 flasher[300000];
  guint8 first[2500];
  Host host;

  fill_random (first, sizeof first);
  fill_random (flasher, sizeof flasher);
  host_start_plain (&host, SMITH_MODE_BOOT_ROM, NULL);
  g_assert_cmphex (host_packet (&host, (const guint8 *) "A", 1), ==, 'U');
  host_upload (&host, 1, first, sizeof first);
  g_assert_cmphex (host_packet (&host, (const guint8 *) "A", 1), ==, 'U');
  host_upload (&host, 2, flasher, sizeof flasher);
  host_expect_return (&host, SMITH_MODE_DOWNLOAD);

  check_component (&host, 0, first, sizeof first);
  check_component (&host, 1, flasher, sizeof flasher);
  g_assert_null (smith_virtual_stick_get_component (host.stick, 2));
  g_assert_cmpuint (smith_virtual_stick_get_refusals (host.stick), ==, 0);
  g_assert_cmpuint (smith_virtual_stick_get_count (host.stick, SMITH_STAGE_BOOT), ==,
                    2 + (1 + 3 + 1) + (1 + 293 + 1));
  g_assert_false (smith_virtual_stick_lost_calibration (host.stick));
  host_expect_log (&host, "\"loader-started\"");
  host_clear (&host);
}

static void
check_erasing (const guint8 call[4], gboolean lost)
{
  guint8 loader[64] = { 0 };
  Host host;

  memcpy (loader + 16, routine, sizeof routine);
  memcpy (loader + 16 + sizeof routine, call, 4);
  host_start_plain (&host, SMITH_MODE_BOOT_ROM, NULL);
  host_upload (&host, 1, loader, sizeof loader);
  g_assert_false (smith_virtual_stick_lost_calibration (host.stick));
  host_upload (&host, 2, loader, sizeof loader);
  host_expect_return (&host, SMITH_MODE_DOWNLOAD);
  g_assert_true (smith_virtual_stick_lost_calibration (host.stick) == lost);
  if (lost)
    host_expect_log (&host, "\"nand-erased\"");
  host_clear (&host);
}

static void
test_erase (void)
{
  check_erasing ((const guint8 *) "\x12\x34\x56\xEB", TRUE);
  check_erasing ((const guint8 *) "\x00\x00\xA0\xE3", FALSE);
}

static void
test_pieces (void)
{
  guint8 data[100] = { 0 };
  guint8 packet[105] = { 0xDA, 1, 0xFE };
  Host host;

  host_start_plain (&host, SMITH_MODE_BOOT_ROM, NULL);
  g_assert_cmphex (host_head (&host, 1, sizeof data, 0x1000), ==, 0xAA);
  memcpy (packet + 3, data, sizeof data);
  host_make_packet (packet, packet, 103);
  for (gsize i = 0; i < 103; i += 7)
    {
      host_send (&host, packet + i, MIN (7, 103 - i));
      g_usleep (1000);
    }
  g_assert_cmphex (host_packet (&host, packet + 103, 2), ==, 0xAA);
  g_assert_cmphex (host_end (&host, 2), ==, 0xAA);
  host_clear (&host);
}

/* Packets that are shorter than they could be: only the pause ends them. */
static void
test_short_packets (void)
{
  guint8 data[300];
  Host host;

  fill_random (data, sizeof data);
  host_start_plain (&host, SMITH_MODE_BOOT_ROM, NULL);
  g_assert_cmphex (host_head (&host, 1, sizeof data, 0x1000), ==, 0xAA);
  g_assert_cmphex (host_data (&host, 1, data, 150), ==, 0xAA);
  g_assert_cmphex (host_data (&host, 2, data + 150, 150), ==, 0xAA);
  g_assert_cmphex (host_end (&host, 3), ==, 0xAA);
  check_component (&host, 0, data, sizeof data);
  host_clear (&host);
}

static void
test_repeats (void)
{
  guint8 data[1500];
  Host host;

  fill_random (data, sizeof data);
  host_start_plain (&host, SMITH_MODE_BOOT_ROM, NULL);
  g_assert_cmphex (host_head (&host, 1, sizeof data, 0x1000), ==, 0xAA);
  g_assert_cmphex (host_head (&host, 1, sizeof data, 0x1000), ==, 0xAA);
  g_assert_cmphex (host_data (&host, 1, data, 1024), ==, 0xAA);
  g_assert_cmphex (host_data (&host, 1, data, 1024), ==, 0xAA);
  g_assert_cmphex (host_data (&host, 2, data + 1024, 476), ==, 0xAA);
  g_assert_cmphex (host_data (&host, 2, data + 1024, 476), ==, 0xAA);
  g_assert_cmpuint (smith_virtual_stick_get_refusals (host.stick), ==, 0);
  /* Not the last one, and the last one with other bytes. */
  g_assert_cmphex (host_data (&host, 1, data, 1024), ==, 0x55);
  g_assert_cmphex (host_data (&host, 2, data, 476), ==, 0x55);
  g_assert_cmphex (host_end (&host, 3), ==, 0xAA);
  g_assert_cmphex (host_end (&host, 3), ==, 0xAA);
  g_assert_cmpuint (smith_virtual_stick_get_refusals (host.stick), ==, 2);
  check_component (&host, 0, data, sizeof data);
  g_assert_null (smith_virtual_stick_get_component (host.stick, 1));
  host_clear (&host);
}

static void
test_refused_heads (void)
{
  static const struct
  {
    guint8 mode;
    guint32 size;
    guint32 address;
  } heads[] = {
    { 0, 100, 0x1000 },     { 3, 100, 0x1000 },
    { 1, 0, 0x1000 },       { 1, (16 << 20) + 1, 0x1000 },
    { 1, 100, 0xFFFFFF9D }, { 1, 16 << 20, 0xFF000001 },
    { 2, 100, 0x1000 },
  };
  guint8 broken[14] = { 0xFE, 0x00, 0xFF, 1, 0, 0, 0, 100, 0, 0, 0x10, 0, 0x12, 0x34 };
  guint8 odd[14] = { 0xFE, 0x01, 0xFF, 1, 0, 0, 0, 100, 0, 0, 0x10, 0 };
  Host host;

  host_start_plain (&host, SMITH_MODE_BOOT_ROM, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (heads); i++)
    g_assert_cmphex (host_head (&host, heads[i].mode, heads[i].size, heads[i].address), ==, 0x55);
  g_assert_cmphex (host_packet (&host, broken, sizeof broken), ==, 0x55);
  g_assert_cmphex (host_packet (&host, odd, host_make_packet (odd, odd, 12)), ==, 0x55);
  g_assert_cmpuint (smith_virtual_stick_get_refusals (host.stick), ==, G_N_ELEMENTS (heads) + 2);
  /* The lowest place, and the largest there may be at the highest place. */
  g_assert_cmphex (host_head (&host, 1, 100, 0), ==, 0xAA);
  g_assert_cmphex (host_head (&host, 1, 16 << 20, 0xFF000000), ==, 0xAA);
  host_clear (&host);
}

static void
test_refused_data (void)
{
  guint8 data[1100] = { 1, 2, 3 };
  guint8 packet[1029] = { 0xDA, 1, 0xFD };
  Host host;

  host_start_plain (&host, SMITH_MODE_BOOT_ROM, NULL);
  /* Nothing was begun. */
  g_assert_cmphex (host_data (&host, 1, data, 1024), ==, 0x55);
  g_assert_cmphex (host_end (&host, 1), ==, 0x55);

  g_assert_cmphex (host_head (&host, 1, 2048, 0x1000), ==, 0xAA);
  g_assert_cmphex (host_data (&host, 0, data, 1024), ==, 0x55);
  g_assert_cmphex (host_data (&host, 2, data, 1024), ==, 0x55);
  host_make_packet (packet, packet, 1027);
  g_assert_cmphex (host_packet (&host, packet, sizeof packet), ==, 0x55);
  packet[2] = 0xFE; /* now the complement is right, but not the checksum */
  g_assert_cmphex (host_packet (&host, packet, sizeof packet), ==, 0x55);
  g_assert_cmphex (host_data (&host, 1, data, 1025), ==, 0x55);
  host_expect_silence (&host);
  g_assert_cmphex (host_end (&host, 1), ==, 0x55);

  /* Still where it was. */
  g_assert_cmphex (host_data (&host, 1, data, 1024), ==, 0xAA);
  g_assert_cmphex (host_end (&host, 2), ==, 0x55);
  g_assert_cmphex (host_data (&host, 2, data, 1024), ==, 0xAA);
  g_assert_cmphex (host_end (&host, 2), ==, 0x55);
  g_assert_cmphex (host_data (&host, 3, data, 1024), ==, 0x55);
  g_assert_cmphex (host_end (&host, 3), ==, 0xAA);
  host_clear (&host);
}

static void
test_too_much_data (void)
{
  guint8 data[100] = { 0 };
  Host host;

  host_start_plain (&host, SMITH_MODE_BOOT_ROM, NULL);
  g_assert_cmphex (host_head (&host, 1, 50, 0x1000), ==, 0xAA);
  g_assert_cmphex (host_data (&host, 1, data, 100), ==, 0x55);
  host_expect_silence (&host);
  g_assert_cmphex (host_data (&host, 1, data, 50), ==, 0xAA);
  g_assert_cmphex (host_data (&host, 2, data, 50), ==, 0x55);
  g_assert_cmphex (host_end (&host, 2), ==, 0xAA);
  host_clear (&host);
}

static void
test_head_forgets (void)
{
  guint8 data[50] = { 9 };
  Host host;

  host_start_plain (&host, SMITH_MODE_BOOT_ROM, NULL);
  g_assert_cmphex (host_head (&host, 1, 2000, 0x1000), ==, 0xAA);
  g_assert_cmphex (host_data (&host, 1, data, 50), ==, 0xAA);
  host_upload (&host, 1, data, sizeof data);
  check_component (&host, 0, data, sizeof data);

  /* A head that is refused forgets, too. */
  g_assert_cmphex (host_head (&host, 2, 50, 0x1000), ==, 0xAA);
  g_assert_cmphex (host_head (&host, 2, 0, 0x1000), ==, 0x55);
  g_assert_cmphex (host_data (&host, 1, data, 50), ==, 0x55);
  host_clear (&host);
}

static void
test_nonsense (void)
{
  guint8 data[50] = { 0 };
  Host host;

  host_start_plain (&host, SMITH_MODE_BOOT_ROM, NULL);
  g_assert_cmphex (host_packet (&host, (const guint8 *) "hello", 5), ==, 0x55);
  host_expect_silence (&host);
  g_assert_cmphex (host_packet (&host, (const guint8 *) "\xED\x01", 2), ==, 0x55);
  g_assert_cmphex (host_packet (&host, (const guint8 *) "\xFE\x00\xFF\x01", 4), ==, 0x55);
  g_assert_cmphex (host_packet (&host, (const guint8 *) "\xDA", 1), ==, 0x55);
  g_assert_cmpuint (smith_virtual_stick_get_count (host.stick, SMITH_STAGE_BOOT), ==, 0);
  g_assert_cmpuint (smith_virtual_stick_get_refusals (host.stick), ==, 4);

  /* No handshake within a component, but before it and after it. */
  g_assert_cmphex (host_packet (&host, (const guint8 *) "A", 1), ==, 'U');
  g_assert_cmphex (host_head (&host, 1, 50, 0x1000), ==, 0xAA);
  g_assert_cmphex (host_packet (&host, (const guint8 *) "A", 1), ==, 0x55);
  g_assert_cmphex (host_data (&host, 1, data, 50), ==, 0xAA);
  g_assert_cmphex (host_end (&host, 2), ==, 0xAA);
  g_assert_cmphex (host_packet (&host, (const guint8 *) "A", 1), ==, 'U');
  host_clear (&host);
}

/* One fault each, at the handshake and at the second packet of a component. */
static void
test_faults (void)
{
  guint8 data[50] = { 0 };
  guint8 got[8];
  Host host;

  host_start_plain (&host, SMITH_MODE_BOOT_ROM,
                    "boot 1 refuse\nboot 2 lost\nboot 3 delay 200\nboot 4 garbage\n"
                    "boot 5 refuse\nboot 6 bad-checksum\nboot 7 half\nboot 8 single-bytes\n"
                    "boot 9 unsolicited");
  g_assert_cmphex (host_packet (&host, (const guint8 *) "A", 1), ==, 0x00);
  host_send (&host, "A", 1);
  host_expect_silence (&host);
  host_send (&host, "A", 1);
  g_assert_cmpuint (host_receive (&host, got, 1, 10), ==, 0);
  host_expect (&host, "U", 1);
  g_assert_cmphex (host_head (&host, 1, 50, 0x1000), !=, 0xAA);
  host_drain (&host);
  g_assert_cmphex (host_data (&host, 1, data, 50), ==, 0x55);
  g_assert_cmphex (host_data (&host, 1, data, 50), ==, 0x00);
  host_drain (&host);
  host_send (&host, "\xED\x02\xFD\x84\x21", 5); /* a bad checksum, and half an answer to it */
  host_expect_silence (&host);
  g_assert_cmphex (host_end (&host, 2), ==, 0xAA);
  g_assert_cmphex (host_end (&host, 2), ==, 0xAA);
  host_expect_silence (&host);
  g_assert_cmpuint (smith_virtual_stick_get_refusals (host.stick), ==, 1);
  host_expect_log (&host, "\"fault\":\"unsolicited\"");
  host_clear (&host);
}

static void
test_gone (void)
{
  Host host;

  host_start_plain (&host, SMITH_MODE_BOOT_ROM, "boot 2 gone");
  g_assert_cmphex (host_head (&host, 1, 50, 0x1000), ==, 0xAA);
  host_send (&host, "\xED\x02\xFD\x00\x00", 5);
  host_expect_gone (&host);
  host_clear (&host);
}

static void
test_replug (void)
{
  guint8 data[50] = { 0 };
  Host host;

  host_start_plain (&host, SMITH_MODE_BOOT_ROM, "boot 5 replug");
  host_upload (&host, 1, data, sizeof data);
  g_assert_cmphex (host_head (&host, 2, 50, 0x1000), ==, 0xAA);
  host_send (&host, "\xED\x02\xFD\x00\x00", 5);
  host_expect_return (&host, SMITH_MODE_BOOT_ROM);
  /* The memory is not set up any more. */
  g_assert_cmphex (host_head (&host, 2, 50, 0x1000), ==, 0x55);
  host_upload (&host, 1, data, sizeof data);
  host_upload (&host, 2, data, sizeof data);
  host_expect_return (&host, SMITH_MODE_DOWNLOAD);
  host_clear (&host);
}

static void
test_after_load (void)
{
  guint8 data[50] = { 0 };
  Host host;

  host_start_plain (&host, SMITH_MODE_BOOT_ROM, "after load wrong-mode");
  host_upload (&host, 1, data, sizeof data);
  host_upload (&host, 2, data, sizeof data);
  host_expect_return (&host, SMITH_MODE_BOOT_ROM);
  host_clear (&host);

  host_start_plain (&host, SMITH_MODE_BOOT_ROM, "after load never");
  host_upload (&host, 1, data, sizeof data);
  host_upload (&host, 2, data, sizeof data);
  host_expect_gone (&host);
  host_clear (&host);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/simulator/boot-rom/happy", test_happy);
  g_test_add_func ("/simulator/boot-rom/erase", test_erase);
  g_test_add_func ("/simulator/boot-rom/pieces", test_pieces);
  g_test_add_func ("/simulator/boot-rom/short-packets", test_short_packets);
  g_test_add_func ("/simulator/boot-rom/repeats", test_repeats);
  g_test_add_func ("/simulator/boot-rom/refused-heads", test_refused_heads);
  g_test_add_func ("/simulator/boot-rom/refused-data", test_refused_data);
  g_test_add_func ("/simulator/boot-rom/too-much-data", test_too_much_data);
  g_test_add_func ("/simulator/boot-rom/head-forgets", test_head_forgets);
  g_test_add_func ("/simulator/boot-rom/nonsense", test_nonsense);
  g_test_add_func ("/simulator/boot-rom/faults", test_faults);
  g_test_add_func ("/simulator/boot-rom/gone", test_gone);
  g_test_add_func ("/simulator/boot-rom/replug", test_replug);
  g_test_add_func ("/simulator/boot-rom/after-load", test_after_load);
  return g_test_run ();
}
