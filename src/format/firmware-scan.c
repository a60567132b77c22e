/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firmware-private.h"

#include "bytes.h"
#include "crc.h"

#define MAGIC_BYTES "\x55\xAA\x5A\xA5"
#define CRC_OFFSET 92

/* Chance puts a magic into a file less than once, two bytes of it some ten
 * thousand times. A file that is made of them must not cost minutes. */
#define STRAY_MAGICS_MAX 65536
#define HALF_MAGICS_MAX (1u << 18)

static guint
count_magic_bytes (const guint8 *p)
{
  guint right = 0;

  for (guint i = 0; i < 4; i++)
    right += p[i] == (guint8) MAGIC_BYTES[i];
  return right;
}

/* Whether a text field is printable up to its first NUL and NUL from there on. */
static gboolean
is_text_field (const guint8 *p, gsize size)
{
  gboolean ended = FALSE;

  for (gsize i = 0; i < size; i++)
    {
      if (p[i] == 0)
        ended = TRUE;
      else if (ended || !g_ascii_isprint ((char) p[i]))
        return FALSE;
    }
  return TRUE;
}

static guint16
header_crc (const guint8 *p)
{
  guint8 copy[SMITH_HEADER_SIZE];

  memcpy (copy, p, sizeof copy);
  memcpy (copy, MAGIC_BYTES, 4);
  smith_put_u16_le (copy + CRC_OFFSET, 0);
  return smith_crc_x25 (copy, sizeof copy);
}

/**
 * smith_header_n_checksums:
 *
 * Returns: how many checksums the data of @header takes; 0 if that makes no sense
 */
guint32
smith_header_n_checksums (const SmithHeader *header)
{
  if (header->block_size == 0)
    return 0;
  return (guint32) (((guint64) header->data_size + header->block_size - 1) / header->block_size);
}

/**
 * smith_header_read:
 * @offset: where in @file a header is to be read, whatever stands there
 *
 * Returns: FALSE if fewer bytes than a header are left
 */
gboolean
smith_header_read (const guint8 *file, gsize size, guint64 offset, SmithHeader *header)
{
  SmithReader r;
  const guint8 *p;
  guint16 crc;

  if (offset > size || size - offset < SMITH_HEADER_SIZE)
    return FALSE;
  p = file + offset;
  r = smith_reader (p, SMITH_HEADER_SIZE);
  header->magic_ok = smith_read_u32_le (&r) == SMITH_HEADER_MAGIC;
  header->magic_close = count_magic_bytes (p) == 3;
  header->size = smith_read_u32_le (&r);
  header->version = smith_read_u32_le (&r);
  smith_read_text (&r, 8, header->product);
  header->id = smith_read_u32_le (&r);
  header->data_size = smith_read_u32_le (&r);
  smith_read_text (&r, 16, header->date);
  smith_read_text (&r, 16, header->time);
  smith_read_text (&r, 32, header->text);
  crc = smith_read_u16_le (&r);
  header->block_size = smith_read_u32_le (&r);
  header->crc_ok = crc == header_crc (p);
  header->sizes_agree
      = header->data_size > 0 && header->block_size > 0
        && header->size == SMITH_HEADER_SIZE + 2 * (guint64) smith_header_n_checksums (header);
  header->texts_look_ok = is_text_field (p + 12, 8) && is_text_field (p + 28, 16)
                          && is_text_field (p + 44, 16) && is_text_field (p + 60, 32);
  return TRUE;
}

/**
 * smith_chain_find:
 * @from: where to begin
 * @offset: (out): where the header stands
 *
 * Looks for the next partition header whose own checksum holds; it may stand
 * at any byte. A magic without that is passed over, but not more of them than
 * any program has: it may be anything.
 */
gboolean
smith_chain_find (const guint8 *file, gsize size, guint64 from, guint64 *offset)
{
  SmithHeader header;

  for (guint strays = 0; from < size && strays <= STRAY_MAGICS_MAX; strays++)
    {
      const guint8 *hit = memmem (file + from, size - from, MAGIC_BYTES, 4);

      if (hit == NULL)
        return FALSE;
      from = (guint64) (hit - file);
      if (smith_header_read (file, size, from, &header) && header.crc_ok)
        {
          *offset = from;
          return TRUE;
        }
      from++;
    }
  return FALSE;
}

/* A header that was one once: either its magic alone is damaged, or the magic
 * stands and enough of the rest still makes sense. A stray magic in a
 * program's code has neither. */
static gboolean
is_damaged_header (const SmithHeader *header)
{
  if (header->magic_ok)
    return !header->crc_ok && (header->sizes_agree || header->texts_look_ok);
  return header->magic_close && header->crc_ok;
}

/* In a file that has more to look at than any, the last of that counts as damaged. */
static gboolean
find_damaged_near (const guint8 *file, guint64 end, const char *half, gsize back, guint64 *offset)
{
  guint64 pos = SMITH_FIRMWARE_PREFIX_SIZE;
  guint near_misses = 0;
  SmithHeader header;

  for (guint halves = 0; pos < end; halves++)
    {
      const guint8 *hit = memmem (file + pos, end - pos, half, 2);

      if (hit == NULL)
        return FALSE;
      pos = (guint64) (hit - file) + 1;
      if ((guint64) (hit - file) < SMITH_FIRMWARE_PREFIX_SIZE + back)
        continue;
      *offset = (guint64) (hit - file) - back;
      if (halves >= HALF_MAGICS_MAX || near_misses >= STRAY_MAGICS_MAX)
        return TRUE;
      /* The checksum, which takes long, is worked out where it can matter only. */
      if (end - *offset < 4 || count_magic_bytes (file + *offset) < 3)
        continue;
      near_misses++;
      if (smith_header_read (file, end, *offset, &header) && is_damaged_header (&header))
        return TRUE;
    }
  return FALSE;
}

/**
 * smith_chain_has_damaged_header:
 * @end: where the first good header stands
 * @offset: (out): where the damaged one stands
 *
 * Tells whether a header with one wrong byte stands before the first good one,
 * which means that the chain does not begin where it seems to. Of four bytes
 * with one wrong, the first two or the last two are right.
 */
gboolean
smith_chain_has_damaged_header (const guint8 *file, guint64 end, guint64 *offset)
{
  return find_damaged_near (file, end, "\x55\xAA", 0, offset)
         || find_damaged_near (file, end, "\x5A\xA5", 2, offset);
}
