/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive-private.h"

#include <archive.h>
#include <zlib.h>

#include "bytes.h"

/* libarchive is content where a tar or RAR archive ends behind any of its
 * files, and does not heed the checksums of gzip and RAR. An archive that was cut or
 * altered so must not pass for a small one. */

#define TAR_BLOCK 512
#define TAR_SIZE_OFFSET 124
#define TAR_SIZE_DIGITS 12
#define TAR_TYPE_OFFSET 156

#define RAR4_MAGIC_SIZE 7
#define RAR4_HAS_DATA 0x8000
#define RAR4_LARGE 0x0100
#define RAR4_FILE 0x74
#define RAR4_CRC_OFFSET 16
#define RAR4_HIGH_OFFSET 32
#define RAR4_END 0x7B

#define RAR5_MAGIC_SIZE 8
#define RAR5_HAS_EXTRA 0x01
#define RAR5_HAS_DATA 0x02
#define RAR5_FILE 2
#define RAR5_FILE_HAS_TIME 0x02
#define RAR5_FILE_HAS_CRC 0x04
#define RAR5_END 5

#define BUFFER_SIZE (64 * 1024)

/* zlib counts in 32 bits: longer input goes in pieces. */
#define PIECE_MAX (1u << 30)

/* Octal, or big-endian with the topmost bit set. */
static guint64
get_tar_size (const guint8 *field)
{
  guint64 size = 0;

  if (field[0] & 0x80)
    {
      for (guint i = TAR_SIZE_DIGITS - 8; i < TAR_SIZE_DIGITS; i++)
        size = size << 8 | field[i];
      return size;
    }
  for (guint i = 0; i < TAR_SIZE_DIGITS; i++)
    if (field[i] >= '0' && field[i] <= '7')
      size = size << 3 | (guint64) (field[i] - '0');
  return size;
}

static gboolean
is_zero_block (const guint8 *block)
{
  for (gsize i = 0; i < TAR_BLOCK; i++)
    if (block[i] != 0)
      return FALSE;
  return TRUE;
}

/* Behind the last file of a tar archive stands a block of zeros. */
static gboolean
tar_has_end (const guint8 *data, gsize size)
{
  while (size >= TAR_BLOCK)
    {
      guint64 content = 0;
      guint64 step;

      if (is_zero_block (data))
        return TRUE;
      /* Links, devices and folders have no content, whatever they say. */
      if (data[TAR_TYPE_OFFSET] < '1' || data[TAR_TYPE_OFFSET] > '6')
        content = get_tar_size (data + TAR_SIZE_OFFSET);
      if (content > size)
        return FALSE;
      step = TAR_BLOCK + (content + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;
      if (step > size)
        return FALSE;
      data += step;
      size -= step;
    }
  return FALSE;
}

/* One block of a RAR archive, with its content. */
typedef struct
{
  gboolean is_file;
  gboolean is_end;
  gboolean has_crc;
  guint32 crc; /* of a file's content, expanded */
  guint64 size;
} RarBlock;

typedef gboolean (*RarBlockFunc) (const guint8 *data, gsize size, RarBlock *block);

static gboolean
read_rar4_block (const guint8 *data, gsize size, RarBlock *block)
{
  SmithReader r = smith_reader (data, size);
  guint64 content = 0;
  guint16 flags;
  guint8 type;

  smith_read_u16_le (&r);
  type = smith_read_u8 (&r);
  flags = smith_read_u16_le (&r);
  *block = (RarBlock){ .is_file = type == RAR4_FILE, .is_end = type == RAR4_END };
  block->size = smith_read_u16_le (&r);
  if (flags & RAR4_HAS_DATA || block->is_file)
    content = smith_read_u32_le (&r);
  if (block->is_file)
    {
      smith_read_bytes (&r, RAR4_CRC_OFFSET - r.pos);
      block->has_crc = TRUE;
      block->crc = smith_read_u32_le (&r);
      smith_read_bytes (&r, RAR4_HIGH_OFFSET - r.pos);
      if (flags & RAR4_LARGE)
        content |= (guint64) smith_read_u32_le (&r) << 32;
    }
  if (r.overrun || block->size < r.pos || content > size)
    return FALSE;
  block->size += content;
  return block->size <= size;
}

/* Seven bits a byte, the lowest first; the topmost bit says that more follow. */
static guint64
read_rar5_number (SmithReader *r)
{
  guint64 value = 0;

  for (guint shift = 0; shift < 63; shift += 7)
    {
      guint8 byte = smith_read_u8 (r);

      value |= (guint64) (byte & 0x7F) << shift;
      if (!(byte & 0x80))
        return value;
    }
  r->overrun = TRUE;
  return 0;
}

static gboolean
read_rar5_block (const guint8 *data, gsize size, RarBlock *block)
{
  SmithReader r = smith_reader (data, size);
  guint64 content = 0;
  guint64 header;
  guint64 flags;
  guint64 type;
  gsize start;

  smith_read_u32_le (&r);
  header = read_rar5_number (&r);
  start = r.pos;
  type = read_rar5_number (&r);
  flags = read_rar5_number (&r);
  *block = (RarBlock){ .is_file = type == RAR5_FILE, .is_end = type == RAR5_END };
  if (flags & RAR5_HAS_EXTRA)
    read_rar5_number (&r);
  if (flags & RAR5_HAS_DATA)
    content = read_rar5_number (&r);
  if (block->is_file)
    {
      guint64 file_flags = read_rar5_number (&r);

      read_rar5_number (&r); /* size */
      read_rar5_number (&r); /* attributes */
      if (file_flags & RAR5_FILE_HAS_TIME)
        smith_read_u32_le (&r);
      block->has_crc = (file_flags & RAR5_FILE_HAS_CRC) != 0;
      block->crc = block->has_crc ? smith_read_u32_le (&r) : 0;
    }
  if (r.overrun || header > size - start || content > size - start - header)
    return FALSE;
  block->size = start + header + content;
  return TRUE;
}

static gboolean
crc_agrees (const GArray *crcs, guint n, const RarBlock *block)
{
  guint64 crc = n < crcs->len ? g_array_index (crcs, guint64, n) : SMITH_ARCHIVE_NO_CRC;

  return crc == SMITH_ARCHIVE_NO_CRC || !block->has_crc || crc == block->crc;
}

/* A RAR archive is a chain of blocks; the last one says that it is. */
static gboolean
rar_is_whole (RarBlockFunc read_block,
              gsize magic_size,
              const GArray *crcs,
              const guint8 *data,
              gsize size)
{
  gsize pos = magic_size;
  guint n = 0;
  RarBlock block;

  while (pos < size && read_block (data + pos, size - pos, &block))
    {
      if (block.is_end)
        return n == crcs->len;
      if (block.is_file && !crc_agrees (crcs, n++, &block))
        return FALSE;
      pos += block.size;
    }
  return FALSE;
}

/* Expands a gzip file once more, to have its checksums looked at. */
static gboolean
gzip_is_sound (const SmithArchiveTold *told, const guint8 *data, gsize size, GError **error)
{
  g_autofree guint8 *buffer = g_malloc (BUFFER_SIZE);
  z_stream z = { 0 };
  guint64 total = 0;
  int status = Z_OK;

  if (inflateInit2 (&z, MAX_WBITS + 16) != Z_OK)
    return FALSE;
  while (status == Z_OK && total <= SMITH_ARCHIVE_TOTAL_MAX)
    {
      uInt given = (uInt) MIN (size, PIECE_MAX);

      if (!told->visitor->pass_over (told->user_data, error))
        break;
      z.next_in = (Bytef *) data;
      z.avail_in = given;
      z.next_out = buffer;
      z.avail_out = BUFFER_SIZE;
      status = inflate (&z, Z_NO_FLUSH);
      data += given - z.avail_in;
      size -= given - z.avail_in;
      total += BUFFER_SIZE - z.avail_out;
      /* One stream may follow the other; anything else behind it is none. */
      if (status == Z_STREAM_END && size >= 2 && data[0] == 0x1F && data[1] == 0x8B)
        status = inflateReset (&z);
    }
  inflateEnd (&z);
  return status == Z_STREAM_END;
}

/* Whether an archive that was read to its end is all there. Returns: FALSE also
 * with what the visitor set. */
gboolean
smith_archive_is_whole (const SmithArchiveTold *told,
                        const guint8 *data,
                        gsize size,
                        GError **error)
{
  int format = told->format & ARCHIVE_FORMAT_BASE_MASK;

  if (told->filter == ARCHIVE_FILTER_GZIP)
    return gzip_is_sound (told, data, size, error);
  if (told->filter != ARCHIVE_FILTER_NONE)
    return TRUE;
  if (format == ARCHIVE_FORMAT_TAR)
    return tar_has_end (data, size);
  if (format == ARCHIVE_FORMAT_RAR)
    return rar_is_whole (read_rar4_block, RAR4_MAGIC_SIZE, told->crcs, data, size);
  if (format == ARCHIVE_FORMAT_RAR_V5)
    return rar_is_whole (read_rar5_block, RAR5_MAGIC_SIZE, told->crcs, data, size);
  /* What is not compressed and has no form is no archive at all. */
  return format != ARCHIVE_FORMAT_RAW;
}
