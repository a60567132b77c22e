/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "format/crc.h"

#include <string.h>

/* Bit by bit, straight from the definitions. */
static guint16
slow_x25 (guint16 state, const guint8 *data, gsize size)
{
  for (gsize i = 0; i < size; i++)
    {
      state ^= data[i];
      for (guint bit = 0; bit < 8; bit++)
        state = state & 1 ? state >> 1 ^ 0x8408 : state >> 1;
    }
  return state;
}

static guint16
slow_xmodem (const guint8 *data, gsize size)
{
  guint16 state = 0;

  for (gsize i = 0; i < size; i++)
    {
      state ^= (guint16) (data[i] << 8);
      for (guint bit = 0; bit < 8; bit++)
        state = (guint16) (state & 0x8000 ? state << 1 ^ 0x1021 : state << 1);
    }
  return state;
}

static void
test_check_values (void)
{
  const guint8 *digits = (const guint8 *) "123456789";

  /* The check values that every catalogue of CRCs gives. */
  g_assert_cmphex (smith_crc_x25 (digits, 9), ==, 0x906E);
  g_assert_cmphex (smith_crc_xmodem (digits, 9), ==, 0x31C3);
  g_assert_cmphex (smith_crc_x25 (digits, 0), ==, 0);
  g_assert_cmphex (smith_crc_xmodem (digits, 0), ==, 0);
  /* The version question and the restart of download mode, seen on the wire. */
  g_assert_cmphex (smith_crc_x25 ((const guint8 *) "\x0c", 1), ==, 0x3A14);
  g_assert_cmphex (smith_crc_x25 ((const guint8 *) "\x0a", 1), ==, 0x5F22);
}

static void
test_all_lengths (void)
{
  guint8 data[1100];
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  for (gsize i = 0; i < sizeof data; i++)
    data[i] = (guint8) g_rand_int (rand);
  for (gsize size = 0; size < 1024; size++)
    {
      const guint8 *p = data + size % 19; /* unaligned, too */
      guint16 start = (guint16) g_rand_int (rand);
      guint16 expected = slow_x25 (start, p, size);

      g_assert_cmphex (smith_crc_x25_update_portable (start, p, size), ==, expected);
      g_assert_cmphex (smith_crc_x25_update (start, p, size), ==, expected);
      if (smith_crc_has_clmul ())
        g_assert_cmphex (smith_crc_x25_update_clmul (start, p, size), ==, expected);
      g_assert_cmphex (smith_crc_xmodem (p, size), ==, slow_xmodem (p, size));
    }
}

static void
test_in_pieces (void)
{
  guint8 data[10000];
  g_autoptr (GRand) rand = g_rand_new_with_seed (2);

  for (gsize i = 0; i < sizeof data; i++)
    data[i] = (guint8) g_rand_int (rand);
  for (guint run = 0; run < 100; run++)
    {
      guint16 state = SMITH_CRC_X25_START;
      gsize pos = 0;

      while (pos < sizeof data)
        {
          gsize piece = (gsize) g_rand_int_range (rand, 0, 3000);

          piece = MIN (piece, sizeof data - pos);
          state = smith_crc_x25_update (state, data + pos, piece);
          pos += piece;
        }
      g_assert_cmphex ((guint16) ~state, ==, smith_crc_x25 (data, sizeof data));
    }
}

static void
test_single_bits (void)
{
  guint8 data[512] = { 0 };

  /* Every single bit must reach the result through each of the ways. */
  for (gsize bit = 0; bit < 8 * sizeof data; bit++)
    {
      data[bit / 8] = (guint8) (1 << bit % 8);
      g_assert_cmphex (smith_crc_x25_update (0, data, sizeof data), ==,
                       slow_x25 (0, data, sizeof data));
      g_assert_cmphex (smith_crc_x25_update (0, data, sizeof data), !=, 0);
      data[bit / 8] = 0;
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crc/check-values", test_check_values);
  g_test_add_func ("/crc/all-lengths", test_all_lengths);
  g_test_add_func ("/crc/in-pieces", test_in_pieces);
  g_test_add_func ("/crc/single-bits", test_single_bits);
  return g_test_run ();
}
