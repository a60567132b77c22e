/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Verification of a 64 MB firmware file: how soon the first verdict stands, and
 * the whole of it against what liblzma alone takes for the LZMA partition. */
#include <lzma.h>
#include <stdio.h>

#include "format/firmware.h"
#include "job/package.h"
#include "measure.h"

#define RUNS 5
#define CHUNK (64 * 1024)

static SmithPartition *
find_lzma (SmithFirmware *firmware)
{
  for (guint i = 0; i < firmware->partitions->len; i++)
    {
      SmithPartition *partition = g_ptr_array_index (firmware->partitions, i);

      if (partition->compression == SMITH_COMPRESSION_LZMA)
        return partition;
    }
  return NULL;
}

static double
run_lzma (gpointer data)
{
  SmithPartition *partition = data;
  lzma_stream lzma = LZMA_STREAM_INIT;
  g_autofree guint8 *out = g_malloc (CHUNK);
  double start = seconds_now ();
  lzma_ret status = LZMA_OK;
  gsize size;

  if (lzma_alone_decoder (&lzma, 64 << 20) != LZMA_OK)
    return 0;
  lzma.next_in = g_bytes_get_data (partition->data, &size);
  lzma.avail_in = size;
  while (status == LZMA_OK)
    {
      lzma.next_out = out;
      lzma.avail_out = CHUNK;
      status = lzma_code (&lzma, LZMA_FINISH);
    }
  lzma_end (&lzma);
  return seconds_now () - start;
}

static SmithItem *
open_item (const char *path, SmithPackage **package)
{
  *package = smith_package_open (path, NULL, NULL);
  return *package != NULL ? smith_package_pick (*package, SMITH_WANT_FIRMWARE, NULL, NULL) : NULL;
}

/* A process that does the quick half only: this program, called with one word. */
static int
check_sums_only (const char *path)
{
  g_autoptr (SmithPackage) package = NULL;
  SmithItem *item = open_item (path, &package);

  return item != NULL && smith_firmware_check_sums (item->firmware, NULL, NULL)
                 && item->firmware->problems->len == 0
             ? 0
             : 1;
}

static Cost
best_process (const char *const *argv)
{
  Cost best = measure_process (argv);

  for (guint i = 1; i < RUNS; i++)
    {
      Cost cost = measure_process (argv);

      cost.peak_anon = MAX (cost.peak_anon, best.peak_anon);
      best.peak_anon = cost.peak_anon;
      if (cost.wall < best.wall)
        best = cost;
    }
  return best;
}

int
main (int argc, char *argv[])
{
  const char *command[] = { argv[1], "inspect", argv[argc - 1], NULL };
  const char *quick[] = { argv[0], argv[argc - 1], NULL };
  g_autoptr (SmithPackage) package = NULL;
  SmithItem *item;
  double lzma;
  Cost first;
  Cost whole;

  if (argc == 2)
    return check_sums_only (argv[1]);
  if (argc != 3)
    return 2;
  item = open_item (argv[2], &package);
  lzma = measure_best (run_lzma, find_lzma (item->firmware), RUNS);
  first = best_process (quick);
  whole = best_process (command);
  printf ("%.1f MB file, best of %d, %u processors\n", (double) item->firmware->size / 1e6, RUNS,
          g_get_num_processors ());
  printf ("all checksums, whole process:            %6.3f s\n", first.wall);
  printf ("liblzma alone, the LZMA partition:       %6.3f s\n", lzma);
  printf ("everything verified, whole process:      %6.3f s  = %.2f x liblzma alone\n", whole.wall,
          whole.wall / lzma);
  printf ("  its processor time:                    %6.3f s\n", whole.user + whole.system);
  printf ("  its memory beyond the mapped file:     %6.1f MB at the most\n", whole.peak_anon);
  return 0;
}
