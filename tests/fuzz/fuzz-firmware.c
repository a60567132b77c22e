/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "format/bytes.h"
#include "format/crc.h"
#include "format/firmware.h"

#define HEADER_SIZE 98

/* So many pieces of 64 KiB are expanded: a bomb is not worth the time here. */
#define PIECES_MAX 48

/* Makes the checksum table of the header at @p right, if its sizes allow it. */
static void
fix_table (guint8 *p, gsize left)
{
  guint32 header_size = smith_get_u32_le (p + 4);
  guint32 data_size = smith_get_u32_le (p + 24);
  guint32 block_size = smith_get_u32_le (p + 94);
  guint8 *sums = p + HEADER_SIZE;
  guint64 n_blocks;

  if (block_size == 0)
    return;
  n_blocks = ((guint64) data_size + block_size - 1) / block_size;
  if (header_size != HEADER_SIZE + 2 * n_blocks || header_size > left
      || data_size > left - header_size)
    return;
  for (gsize pos = 0; pos < data_size; pos += block_size, sums += 2)
    smith_put_u16_le (sums,
                      smith_crc_x25 (p + header_size + pos, MIN (block_size, data_size - pos)));
}

/* Without right checksums nothing gets behind the first look; so most of what
 * is tried has them made right. */
gsize
LLVMFuzzerCustomMutator (guint8 *data, gsize size, gsize max_size, guint seed)
{
  size = LLVMFuzzerMutate (data, size, max_size);
  if (seed % 8 == 0)
    return size;
  for (gsize pos = 0; pos + HEADER_SIZE <= size; pos++)
    {
      guint8 *p = data + pos;

      if (memcmp (p, "\x55\xAA\x5A\xA5", 4) != 0)
        continue;
      if (seed % 8 != 1)
        fix_table (p, size - pos);
      smith_put_u16_le (p + 92, 0);
      smith_put_u16_le (p + 92, smith_crc_x25 (p, HEADER_SIZE));
    }
  return size;
}

static gboolean
keep_going (guint64 done, guint64 total, gpointer user_data)
{
  g_assert_cmpuint (done, <=, total);
  return g_atomic_int_add ((gint *) user_data, -1) > 0;
}

static void
check_partition (const SmithPartition *partition, gsize file_size)
{
  gsize size = g_bytes_get_size (partition->data);

  g_assert_cmpuint (partition->offset, <, file_size);
  g_assert_true (size == partition->stored || (size == 0 && partition->data_ok == SMITH_CHECK_BAD));
  g_assert_cmpuint (size, <, file_size);
  g_assert_cmpuint (strlen (partition->name), <, sizeof partition->name);
}

static void
check_good (SmithFirmware *firmware)
{
  guint64 total = 0;

  g_assert_cmpuint (firmware->problems->len, ==, 0);
  g_assert_nonnull (firmware->sha256);
  for (guint i = 0; i < firmware->partitions->len; i++)
    {
      SmithPartition *partition = g_ptr_array_index (firmware->partitions, i);

      g_assert_true (partition->header_ok);
      g_assert_true (partition->expanded_known);
      g_assert_cmpint (partition->data_ok, ==, SMITH_CHECK_GOOD);
      g_assert_true (smith_partition_check_sums (partition));
      g_assert_cmpuint (partition->expanded, >, 0);
      g_assert_cmpuint (partition->expanded, <=, SMITH_EXPANDED_MAX);
      total += partition->expanded;
    }
  g_assert_cmpuint (total, <=, SMITH_FIRMWARE_EXPANDED_MAX);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) file = g_bytes_new_static (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithFirmware) firmware = smith_firmware_parse (file, &error);
  gint pieces = PIECES_MAX;
  gboolean finished;

  g_assert_true ((firmware == NULL) == (error != NULL));
  if (firmware == NULL)
    return 0;
  g_assert_false (smith_firmware_is_good (firmware) && firmware->partitions->len == 0);
  g_assert_cmpuint (firmware->partitions->len, >=, 1);
  g_assert_cmpuint (firmware->partitions->len, <=, SMITH_FIRMWARE_PARTITIONS_MAX);
  for (guint i = 0; i < firmware->partitions->len; i++)
    check_partition (g_ptr_array_index (firmware->partitions, i), size);
  finished = smith_firmware_verify (firmware, keep_going, &pieces);
  if (smith_firmware_is_good (firmware))
    {
      g_assert_true (finished);
      check_good (firmware);
    }
  return 0;
}
