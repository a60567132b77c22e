/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crc.h"

#include "bytes.h"

/* Reflected 0x1021. */
#define X25_POLYNOMIAL 0x8408
#define XMODEM_POLYNOMIAL 0x1021

/* Sixteen bytes a step: table n tells what a byte does to the state when n
 * more bytes follow it within the step. */
#define STEP 16

static guint16 x25_tables[STEP][256];
static guint16 xmodem_tables[STEP][256];

static guint16
x25_shift (guint16 state)
{
  return state & 1 ? state >> 1 ^ X25_POLYNOMIAL : state >> 1;
}

static guint16
xmodem_shift (guint16 state)
{
  return (guint16) (state & 0x8000 ? state << 1 ^ XMODEM_POLYNOMIAL : state << 1);
}

static void
fill_tables (void)
{
  for (guint i = 0; i < 256; i++)
    {
      guint16 x25 = (guint16) i;
      guint16 xmodem = (guint16) (i << 8);

      for (guint n = 0; n < STEP; n++)
        {
          for (guint bit = 0; bit < 8; bit++)
            {
              x25 = x25_shift (x25);
              xmodem = xmodem_shift (xmodem);
            }
          x25_tables[n][i] = x25;
          xmodem_tables[n][i] = xmodem;
        }
    }
}

static void
ensure_tables (void)
{
  static gsize done = 0;

  if (g_once_init_enter (&done))
    {
      fill_tables ();
      g_once_init_leave (&done, 1);
    }
}

/* The bytes of a step behind the two that the state is mixed into. */
static inline guint16
step_rest (guint16 (*tables)[256], const guint8 *p)
{
  return tables[13][p[2]] ^ tables[12][p[3]] ^ tables[11][p[4]] ^ tables[10][p[5]] ^ tables[9][p[6]]
         ^ tables[8][p[7]] ^ tables[7][p[8]] ^ tables[6][p[9]] ^ tables[5][p[10]] ^ tables[4][p[11]]
         ^ tables[3][p[12]] ^ tables[2][p[13]] ^ tables[1][p[14]] ^ tables[0][p[15]];
}

/**
 * smith_crc_x25_update_portable:
 *
 * smith_crc_x25_update() by tables, for every processor.
 */
guint16
smith_crc_x25_update_portable (guint16 state, const guint8 *data, gsize size)
{
  ensure_tables ();
  for (; size >= STEP; data += STEP, size -= STEP)
    state = x25_tables[15][data[0] ^ (state & 0xff)] ^ x25_tables[14][data[1] ^ (state >> 8)]
            ^ step_rest (x25_tables, data);
  for (; size > 0; data++, size--)
    state = state >> 8 ^ x25_tables[0][(state ^ *data) & 0xff];
  return state;
}

/**
 * smith_crc_x25_update:
 * @state: SMITH_CRC_X25_START, or what an earlier call returned
 *
 * Goes on with a CRC-16/X-25 by the fastest way that the processor has.
 *
 * Returns: the new state; the checksum itself is its complement
 */
guint16
smith_crc_x25_update (guint16 state, const guint8 *data, gsize size)
{
  if (smith_crc_has_clmul ())
    return smith_crc_x25_update_clmul (state, data, size);
  return smith_crc_x25_update_portable (state, data, size);
}

/**
 * smith_crc_x25:
 *
 * Returns: the CRC-16/X-25 of @size bytes
 */
guint16
smith_crc_x25 (const guint8 *data, gsize size)
{
  return (guint16) ~smith_crc_x25_update (SMITH_CRC_X25_START, data, size);
}

/**
 * smith_crc_xmodem:
 *
 * Returns: the CRC-16/XMODEM of @size bytes
 */
guint16
smith_crc_xmodem (const guint8 *data, gsize size)
{
  guint16 state = 0;

  ensure_tables ();
  for (; size >= STEP; data += STEP, size -= STEP)
    state = xmodem_tables[15][data[0] ^ (state >> 8)] ^ xmodem_tables[14][data[1] ^ (state & 0xff)]
            ^ step_rest (xmodem_tables, data);
  for (; size > 0; data++, size--)
    state = (guint16) (state << 8) ^ xmodem_tables[0][(state >> 8 ^ *data) & 0xff];
  return state;
}
