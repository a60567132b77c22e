/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checksums: how fast one core goes, by each of the ways. */
#include "format/crc.h"

#include <stdio.h>

#include "measure.h"

#define SIZE (64u << 20)
#define BLOCK 4096
#define RUNS 5

typedef guint16 (*UpdateFunc) (guint16 state, const guint8 *data, gsize size);

typedef struct
{
  const guint8 *data;
  UpdateFunc update;
  guint sum; /* so that nothing is optimised away */
} Run;

static guint16
xmodem (guint16 state, const guint8 *data, gsize size)
{
  return smith_crc_xmodem (data, size);
}

/* In blocks of 4096 bytes, as firmware files have them. */
static double
run_blocks (gpointer data)
{
  Run *run = data;
  double start = seconds_now ();

  for (gsize pos = 0; pos < SIZE; pos += BLOCK)
    run->sum += run->update (SMITH_CRC_X25_START, run->data + pos, BLOCK);
  return seconds_now () - start;
}

static void
report (const char *name, const guint8 *data, UpdateFunc update)
{
  Run run = { data, update, 0 };
  double best = measure_best (run_blocks, &run, RUNS);

  printf ("%-34s %6.2f GB/s  (%08x)\n", name, SIZE / best / 1e9, run.sum);
}

int
main (void)
{
  g_autofree guint8 *data = g_malloc (SIZE);

  for (gsize i = 0; i < SIZE; i++)
    data[i] = (guint8) (i * 7 + (i >> 8));
  printf ("64 MiB in blocks of 4096 bytes, one core, best of %d\n", RUNS);
  report ("CRC-16/X-25, tables", data, smith_crc_x25_update_portable);
  if (smith_crc_has_clmul ())
    report ("CRC-16/X-25, carry-less multiply", data, smith_crc_x25_update_clmul);
  report ("CRC-16/X-25, as used", data, smith_crc_x25_update);
  report ("CRC-16/XMODEM, tables", data, xmodem);
  return 0;
}
