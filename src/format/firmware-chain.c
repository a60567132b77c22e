/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firmware-private.h"

#include <glib/gi18n.h>

#include "bytes.h"
#include "program.h"

static SmithPartition *
partition_new (const SmithHeader *header, guint index, guint64 offset)
{
  SmithPartition *partition = g_new0 (SmithPartition, 1);

  partition->index = index;
  partition->id = header->id;
  smith_partition_id_name (header->id, partition->name);
  partition->offset = offset;
  partition->stored = header->data_size;
  partition->header_ok = header->magic_ok && header->crc_ok;
  partition->header_version = header->version;
  partition->block_size = header->block_size;
  g_strlcpy (partition->product, g_strchomp ((char *) header->product), sizeof partition->product);
  g_strlcpy (partition->date, g_strchomp ((char *) header->date), sizeof partition->date);
  g_strlcpy (partition->time, g_strchomp ((char *) header->time), sizeof partition->time);
  g_strlcpy (partition->version, header->text, sizeof partition->version);
  return partition;
}

static void
partition_set_data (SmithPartition *partition, GBytes *file, guint64 offset, gsize size)
{
  const guint8 *data;

  partition->data = g_bytes_new_from_bytes (file, offset, size);
  data = g_bytes_get_data (partition->data, NULL);
  partition->compression = smith_compression_detect (data, size);
  if (partition->compression == SMITH_COMPRESSION_NONE)
    {
      partition->expanded = size;
      partition->expanded_known = TRUE;
    }
}

/* Says what is wrong with a header; returns: whether its partition can be found at all. */
static gboolean
judge_header (SmithFirmware *firmware, const SmithHeader *header, guint index)
{
  if (!header->magic_ok || !header->crc_ok)
    smith_firmware_add_problem (firmware, _ ("The header of part %u is damaged"), index);
  else if (header->data_size == 0)
    smith_firmware_add_problem (firmware, _ ("Part %u is empty"), index);
  else if (!header->sizes_agree)
    smith_firmware_add_problem (firmware, _ ("The header of part %u contradicts itself"), index);
  return header->sizes_agree;
}

/* Takes the partition whose header stands at @offset; returns: where the next
 * one may stand, or 0 if the chain cannot be followed any further. */
static guint64
take_partition (SmithFirmware *firmware, const SmithHeader *header, guint64 offset)
{
  guint index = firmware->partitions->len;
  SmithPartition *partition = partition_new (header, index, offset);
  gboolean findable = judge_header (firmware, header, index);
  guint64 data_offset = offset + header->size;
  gsize table_size = 2 * (gsize) smith_header_n_checksums (header);

  g_ptr_array_add (firmware->partitions, partition);
  if (!findable)
    {
      partition->data = g_bytes_new_static ("", 0);
      partition->data_ok = SMITH_CHECK_BAD;
      return 0;
    }
  if (data_offset > firmware->size || firmware->size - data_offset < header->data_size)
    {
      partition->data = g_bytes_new_static ("", 0);
      partition->data_ok = SMITH_CHECK_BAD;
      smith_firmware_add_problem (
          firmware, _ ("The file is cut short: part %u (%s) is not complete. Download it again."),
          index, partition->name);
      return 0;
    }
  partition->checksums
      = g_bytes_new_from_bytes (firmware->file, offset + SMITH_HEADER_SIZE, table_size);
  partition_set_data (partition, firmware->file, data_offset, header->data_size);
  return data_offset + header->data_size;
}

/* A header that stands at @offset or behind up to three bytes of padding; one
 * that is damaged counts, or what follows would be lost without a word. */
static gboolean
next_header (const guint8 *file, gsize size, guint64 *offset, SmithHeader *header)
{
  for (guint pad = 0; pad < 4; pad++)
    {
      if (!smith_header_read (file, size, *offset + pad, header))
        return FALSE;
      if (header->magic_ok || (header->magic_close && header->crc_ok))
        {
          *offset += pad;
          return TRUE;
        }
    }
  return FALSE;
}

/* Whether what is left is the beginning of one more header, cut off. */
static gboolean
is_cut_header (const guint8 *rest, gsize size)
{
  static const guint8 magic[4] = { 0x55, 0xAA, 0x5A, 0xA5 };

  /* A program goes on behind the chain; with this much, it is that. */
  if (size >= SMITH_HEADER_SIZE + 3)
    return FALSE;
  for (gsize pad = 0; pad < 4 && pad < size; pad++)
    if (memcmp (rest + pad, magic, MIN (size - pad, 4)) == 0)
      return TRUE;
  return FALSE;
}

/* Whether an updater carries them as two resources, each of which is a package. */
static gboolean
are_two_packages (SmithFirmware *firmware, const guint8 *file, guint64 end, guint64 further)
{
  SmithPartition *first = g_ptr_array_index (firmware->partitions, 0);
  SmithProgram one;
  SmithProgram other;

  return firmware->kind == SMITH_FIRMWARE_UPDATER
         && smith_program_read (file, (gsize) firmware->size, first->offset, &one)
         && smith_program_read (file, (gsize) firmware->size, further, &other)
         && one.resource_size > 0 && other.resource_size > 0
         && one.resource + one.resource_size >= end
         && one.resource + one.resource_size <= other.resource
         && other.resource + SMITH_FIRMWARE_PREFIX_SIZE == further;
}

static void
judge_rest (SmithFirmware *firmware, guint64 end)
{
  const guint8 *file = g_bytes_get_data (firmware->file, NULL);
  gsize rest = (gsize) (firmware->size - end);
  guint64 further;
  gboolean more = smith_chain_find (file, firmware->size, end, &further);

  if (more && are_two_packages (firmware, file, end, further))
    smith_firmware_add_problem (
        firmware, _ ("This updater holds two packages of firmware side by side. Take it apart with "
                     "an archive program such as 7-Zip, and choose each of the two by itself: the "
                     "web interface first, then the stick's own firmware."));
  else if (more)
    smith_firmware_add_problem (
        firmware, _ ("More parts stand apart from the others: something between them is damaged"));
  else if (is_cut_header (file + end, rest))
    smith_firmware_add_problem (
        firmware, _ ("The file is cut short: a further part only begins. Download it again."));
  else if (firmware->kind == SMITH_FIRMWARE_PLAIN && rest > 3)
    smith_firmware_add_warning (firmware, _ ("%zu bytes behind the last part belong to nothing"),
                                rest);
}

/**
 * smith_firmware_walk_chain:
 * @offset: where the first header stands
 *
 * Takes one partition after the other, up to the first place with no header.
 */
void
smith_firmware_walk_chain (SmithFirmware *firmware, guint64 offset)
{
  const guint8 *file = g_bytes_get_data (firmware->file, NULL);
  SmithHeader header;

  while (next_header (file, firmware->size, &offset, &header))
    {
      guint64 next;

      if (firmware->partitions->len == SMITH_FIRMWARE_PARTITIONS_MAX)
        {
          smith_firmware_add_problem (firmware, _ ("The file has more parts than any stick"));
          return;
        }
      next = take_partition (firmware, &header, offset);
      if (next == 0)
        return;
      offset = next;
    }
  judge_rest (firmware, offset);
}
