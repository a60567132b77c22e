/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reread.h"

#include <lzma.h>
#include <string.h>
#include <zlib.h>

#define HEADER_SIZE 98

static const guint8 magic[] = { 0x55, 0xaa, 0x5a, 0xa5 };

guint32
reread_u32 (const guint8 *p)
{
  return p[0] + 256u * (p[1] + 256u * (p[2] + 256u * p[3]));
}

/* CRC-16/X-25, one bit after the other. */
guint16
reread_crc (const guint8 *data, gsize size)
{
  guint32 state = 0xffff;

  for (gsize i = 0; i < size; i++)
    {
      state ^= data[i];
      for (guint bit = 0; bit < 8; bit++)
        state = (state >> 1) ^ (0x8408 & -(state & 1));
    }
  return state ^ 0xffff;
}

/* Returns: where @what begins, or @size if it is nowhere behind @from */
gsize
reread_find (const guint8 *data, gsize size, gsize from, const void *what, gsize what_size)
{
  const guint8 *found = from < size ? memmem (data + from, size - from, what, what_size) : NULL;

  return found != NULL ? (gsize) (found - data) : size;
}

guint
reread_count (const guint8 *data, gsize size, const void *what, gsize what_size, gsize *last)
{
  guint count = 0;
  gsize at = reread_find (data, size, 0, what, what_size);

  for (; at < size; at = reread_find (data, size, at + 1, what, what_size))
    {
      count++;
      *last = at;
    }
  return count;
}

static gboolean
read_header (const guint8 *p, RereadPartition *part)
{
  guint8 copy[HEADER_SIZE];

  if (memcmp (p, magic, sizeof magic) != 0)
    return FALSE;
  part->header_size = reread_u32 (p + 4);
  part->header_version = reread_u32 (p + 8);
  memcpy (part->product, p + 12, 8);
  part->id = reread_u32 (p + 20);
  part->size = reread_u32 (p + 24);
  memcpy (part->date, p + 28, 16);
  memcpy (part->time, p + 44, 16);
  memcpy (part->version, p + 60, 32);
  part->block_size = reread_u32 (p + 94);
  memcpy (copy, p, HEADER_SIZE);
  copy[92] = 0;
  copy[93] = 0;
  part->header_ok = reread_crc (copy, HEADER_SIZE) == p[92] + 256 * p[93];
  return TRUE;
}

static void
check_blocks (const guint8 *table, RereadPartition *part)
{
  part->n_blocks = (part->size + part->block_size - 1) / part->block_size;
  g_assert_cmpuint (part->header_size, ==, HEADER_SIZE + 2 * part->n_blocks);
  for (guint i = 0; i < part->n_blocks; i++)
    {
      gsize at = (gsize) i * part->block_size;
      gsize n = MIN (part->block_size, part->size - at);

      if (reread_crc (part->data + at, n) == table[2 * i] + 256 * table[2 * i + 1])
        continue;
      part->n_bad++;
      part->last_bad = i;
    }
}

/* Reads sound sizes only; @end is where the last partition's data ends. */
GArray *
reread_chain (const guint8 *data, gsize size, gsize first, gsize align_base, gsize *end)
{
  GArray *chain = g_array_new (FALSE, FALSE, sizeof (RereadPartition));
  gsize pos = first;

  while (size >= HEADER_SIZE && pos <= size - HEADER_SIZE)
    {
      RereadPartition part = { .offset = pos };

      if (!read_header (data + pos, &part))
        break;
      part.data = data + pos + part.header_size;
      g_assert_cmpuint (pos + part.header_size + part.size, <=, size);
      check_blocks (data + pos + HEADER_SIZE, &part);
      g_array_append_val (chain, part);
      *end = pos + part.header_size + part.size;
      pos = *end;
      while ((pos - align_base) % 4 != 0 && pos < size)
        g_assert_cmpuint (data[pos++], ==, 0);
    }
  return chain;
}

static gboolean
expand_zlib (const guint8 *data, gsize size, GByteArray *out)
{
  z_stream stream = { 0 };
  guint8 buffer[16384];
  int status = Z_OK;

  g_assert_cmpint (inflateInit (&stream), ==, Z_OK);
  stream.next_in = (Bytef *) data;
  stream.avail_in = size;
  while (status == Z_OK)
    {
      stream.next_out = buffer;
      stream.avail_out = sizeof buffer;
      status = inflate (&stream, Z_NO_FLUSH);
      g_byte_array_append (out, buffer, sizeof buffer - stream.avail_out);
    }
  inflateEnd (&stream);
  return status == Z_STREAM_END && stream.avail_in == 0;
}

static gboolean
expand_lzma (const guint8 *data, gsize size, GByteArray *out)
{
  lzma_stream stream = LZMA_STREAM_INIT;
  guint8 buffer[16384];
  lzma_ret status = LZMA_OK;

  g_assert_cmpint (lzma_alone_decoder (&stream, 128 << 20), ==, LZMA_OK);
  stream.next_in = data;
  stream.avail_in = size;
  while (status == LZMA_OK)
    {
      stream.next_out = buffer;
      stream.avail_out = sizeof buffer;
      status = lzma_code (&stream, LZMA_FINISH);
      g_byte_array_append (out, buffer, sizeof buffer - stream.avail_out);
    }
  status = status == LZMA_STREAM_END && stream.avail_in == 0 ? LZMA_STREAM_END : LZMA_DATA_ERROR;
  lzma_end (&stream);
  return status == LZMA_STREAM_END;
}

/* NULL if the stream is not whole; as it is where nothing is compressed. */
guint8 *
reread_expand (const guint8 *data, gsize size, gsize *expanded)
{
  static const guint8 unknown[8] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
  g_autoptr (GByteArray) out = g_byte_array_new ();
  gboolean good = TRUE;

  if (size >= 13 && data[0] == 0x5d && memcmp (data + 5, unknown, sizeof unknown) == 0)
    good = expand_lzma (data, size, out);
  else if (size >= 2 && data[0] == 0x78 && (data[0] * 256 + data[1]) % 31 == 0)
    good = expand_zlib (data, size, out);
  else
    g_byte_array_append (out, data, size);
  *expanded = out->len;
  /* Nothing at all must not look like failure. */
  g_byte_array_append (out, (const guint8 *) "", 1);
  return good ? g_byte_array_free (g_steal_pointer (&out), FALSE) : NULL;
}

/* A file of data/fixtures. */
char *
reread_data_path (const char *name)
{
  return g_test_build_filename (G_TEST_DIST, "..", "data", "fixtures", name, NULL);
}

char *
reread_description (const char *name)
{
  g_autofree char *path = reread_data_path (name);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}
