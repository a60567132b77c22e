/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture-private.h"

#include "format/bytes.h"
#include "format/crc.h"

#define ABSENT G_MAXUINT64

/* Leaves alone what the group does not have. */
gboolean
smith_fixture_read_labels (GKeyFile *keys,
                           const char *group,
                           SmithFixtureLabels *labels,
                           GError **error)
{
  return smith_fixture_get_text (keys, group, "product", 8, labels->product, error)
         && smith_fixture_get_text (keys, group, "date", 16, labels->date, error)
         && smith_fixture_get_text (keys, group, "time", 16, labels->time, error)
         && smith_fixture_get_text (keys, group, "version", 32, labels->version, error);
}

/* A partition id is hexadecimal, with or without 0x. */
gboolean
smith_fixture_read_id (GKeyFile *keys, const char *group, guint32 *id, GError **error)
{
  g_autofree char *text = smith_fixture_get_string (keys, group, "id", error);
  const char *digits;
  guint64 value;

  if (text == NULL)
    return FALSE;
  digits = g_str_has_prefix (text, "0x") ? text + 2 : text;
  if (!g_ascii_string_to_unsigned (digits, 16, 0, G_MAXUINT32, &value, NULL))
    {
      smith_fixture_fail (error, group, "id", "“%s” is not a partition id", text);
      return FALSE;
    }
  *id = value;
  return TRUE;
}

/* @part has its group, and the package's labels. */
gboolean
smith_fixture_read_part (GKeyFile *keys, SmithFixturePart *part, GError **error)
{
  static const char *const required[] = { "id", "content", NULL };
  static const char *const optional[] = { "compression",
                                          "lzma-dictionary",
                                          "cut-stored",
                                          "flip-stored",
                                          "declared-size",
                                          "declared-header-size",
                                          "declared-block-size",
                                          "break-block",
                                          "break-header-crc",
                                          "product",
                                          "date",
                                          "time",
                                          "version",
                                          NULL };
  const char *group = part->group;
  const guint64 max = G_MAXUINT32;

  part->declared_size = ABSENT;
  part->declared_header_size = ABSENT;
  part->declared_block_size = ABSENT;
  part->break_block = ABSENT;
  return smith_fixture_check_keys (keys, group, required, optional, error)
         && smith_fixture_read_id (keys, group, &part->id, error)
         && smith_fixture_read_labels (keys, group, &part->labels, error)
         && smith_fixture_get_number (keys, group, "declared-size", max, &part->declared_size,
                                      error)
         && smith_fixture_get_number (keys, group, "declared-header-size", max,
                                      &part->declared_header_size, error)
         && smith_fixture_get_number (keys, group, "declared-block-size", max,
                                      &part->declared_block_size, error)
         && smith_fixture_get_number (keys, group, "break-block", max, &part->break_block, error)
         && smith_fixture_get_flag (keys, group, "break-header-crc", &part->break_header_crc,
                                    error);
}

/* Writes SMITH_FIXTURE_HEADER_SIZE bytes for @stored bytes of data. */
void
smith_fixture_put_header (guint8 *p, const SmithFixturePart *part, guint32 stored, guint32 n_blocks)
{
  const SmithFixtureLabels *labels = &part->labels;
  guint32 header_size = SMITH_FIXTURE_HEADER_SIZE + 2 * n_blocks;
  guint32 block_size = labels->block_size;
  guint16 crc;

  if (part->declared_size != ABSENT)
    stored = part->declared_size;
  if (part->declared_header_size != ABSENT)
    header_size = part->declared_header_size;
  if (part->declared_block_size != ABSENT)
    block_size = part->declared_block_size;
  memset (p, 0, SMITH_FIXTURE_HEADER_SIZE);
  smith_put_u32_le (p, SMITH_FIXTURE_HEADER_MAGIC);
  smith_put_u32_le (p + 4, header_size);
  smith_put_u32_le (p + 8, labels->header_version);
  memcpy (p + 12, labels->product, sizeof labels->product);
  smith_put_u32_le (p + 20, part->id);
  smith_put_u32_le (p + 24, stored);
  memcpy (p + 28, labels->date, sizeof labels->date);
  memcpy (p + 44, labels->time, sizeof labels->time);
  memcpy (p + 60, labels->version, sizeof labels->version);
  smith_put_u32_le (p + 94, block_size);
  crc = smith_crc_x25 (p, SMITH_FIXTURE_HEADER_SIZE);
  smith_put_u16_le (p + 92, part->break_header_crc ? crc ^ 1 : crc);
}

static void
put_checksums (guint8 *p, const SmithFixturePart *part, const GByteArray *stored, guint32 n_blocks)
{
  gsize block_size = part->labels.block_size;

  for (gsize i = 0; i < n_blocks; i++)
    {
      gsize at = i * block_size;
      guint16 crc = smith_crc_x25 (stored->data + at, MIN (block_size, stored->len - at));

      smith_put_u16_le (p + 2 * i, i == part->break_block ? crc ^ 1 : crc);
    }
}

/* Header, checksums and data. */
gboolean
smith_fixture_append_part (GByteArray *file,
                           const SmithFixturePart *part,
                           const GByteArray *stored,
                           GError **error)
{
  guint64 block_size = part->labels.block_size;
  guint64 n_blocks = (stored->len + block_size - 1) / block_size;
  guint64 total = file->len + SMITH_FIXTURE_HEADER_SIZE + 2 * n_blocks + stored->len;
  guint start = file->len;

  if (part->break_block != ABSENT && part->break_block >= n_blocks)
    {
      smith_fixture_fail (error, part->group, "break-block", "there are %u blocks",
                          (guint) n_blocks);
      return FALSE;
    }
  if (total > SMITH_FIXTURE_TOTAL_MAX)
    {
      smith_fixture_fail (error, part->group, "content", "the file would be larger than 1 GiB");
      return FALSE;
    }
  g_byte_array_set_size (file, start + SMITH_FIXTURE_HEADER_SIZE + 2 * n_blocks);
  smith_fixture_put_header (file->data + start, part, stored->len, n_blocks);
  put_checksums (file->data + start + SMITH_FIXTURE_HEADER_SIZE, part, stored, n_blocks);
  g_byte_array_append (file, stored->data, stored->len);
  return TRUE;
}

/* Zeros up to a multiple of 4 from @base. */
void
smith_fixture_append_padding (GByteArray *file, gsize base)
{
  static const guint8 zeros[4];

  g_byte_array_append (file, zeros, (4 - (file->len - base) % 4) % 4);
}
