/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hdlc.h"

#include "bytes.h"
#include "crc.h"

/* Body, its two checksum bytes. */
#define BUFFER_SIZE (SMITH_HDLC_BODY_MAX + 2)

struct _SmithHdlcDecoder
{
  guint8 buffer[BUFFER_SIZE];
  gsize fill;
  gboolean escaped;
  gboolean too_long;
  gboolean complete; /* the buffer holds a good frame until the next byte comes */
};

static guint8 *
put_escaped (guint8 *out, guint8 byte)
{
  if (byte == SMITH_HDLC_FLAG || byte == SMITH_HDLC_ESCAPE)
    {
      *out++ = SMITH_HDLC_ESCAPE;
      byte ^= SMITH_HDLC_MASK;
    }
  *out++ = byte;
  return out;
}

/* How many bytes at the start of @data need no escape. Flag and escape differ
 * only in their two lowest bits, so one masked compare of eight bytes at once
 * tells whether any of them may need one. */
static gsize
plain_run (const guint8 *data, gsize size)
{
  const guint64 ones = G_GUINT64_CONSTANT (0x0101010101010101);
  gsize i = 0;

  for (; i + 8 <= size; i += 8)
    {
      guint64 word;
      guint64 diff;

      memcpy (&word, data + i, 8);
      /* A byte of diff is zero exactly where the input is 7C to 7F. */
      diff = (word & (ones * 0xFC)) ^ (ones * 0x7C);
      if (((diff - ones) & ~diff & (ones * 0x80)) != 0)
        break;
    }
  while (i < size && data[i] != SMITH_HDLC_FLAG && data[i] != SMITH_HDLC_ESCAPE)
    i++;
  return i;
}

/**
 * smith_hdlc_encode:
 * @body: @size bytes, at least one
 * @out: room for SMITH_HDLC_ENCODED_MAX (@size) bytes
 *
 * Makes one frame, with both flags. Any thread.
 *
 * Returns: the frame's length in bytes
 */
gsize
smith_hdlc_encode (const guint8 *body, gsize size, guint8 *out)
{
  guint16 crc = smith_crc_x25 (body, size);
  guint8 *p = out;
  gsize i = 0;

  *p++ = SMITH_HDLC_FLAG;
  while (i < size)
    {
      gsize run = plain_run (body + i, size - i);

      memcpy (p, body + i, run);
      p += run;
      i += run;
      if (i < size)
        p = put_escaped (p, body[i++]);
    }
  p = put_escaped (p, crc & 0xff);
  p = put_escaped (p, crc >> 8);
  *p++ = SMITH_HDLC_FLAG;
  return p - out;
}

SmithHdlcDecoder *
smith_hdlc_decoder_new (void)
{
  return g_new0 (SmithHdlcDecoder, 1);
}

void
smith_hdlc_decoder_free (SmithHdlcDecoder *decoder)
{
  g_free (decoder);
}

/* Forgets whatever was begun. */
void
smith_hdlc_decoder_reset (SmithHdlcDecoder *decoder)
{
  decoder->fill = 0;
  decoder->escaped = FALSE;
  decoder->too_long = FALSE;
  decoder->complete = FALSE;
}

static SmithHdlcEvent
end_frame (SmithHdlcDecoder *decoder)
{
  gboolean good = !decoder->too_long && !decoder->escaped && decoder->fill > 2;

  if (good)
    {
      gsize body = decoder->fill - 2;

      good = smith_get_u16_le (decoder->buffer + body) == smith_crc_x25 (decoder->buffer, body);
    }
  if (!good)
    {
      smith_hdlc_decoder_reset (decoder);
      return SMITH_HDLC_BAD;
    }
  decoder->complete = TRUE;
  return SMITH_HDLC_FRAME;
}

static void
take_byte (SmithHdlcDecoder *decoder, guint8 byte)
{
  if (byte == SMITH_HDLC_ESCAPE && !decoder->escaped)
    {
      decoder->escaped = TRUE;
      return;
    }
  if (decoder->escaped)
    byte ^= SMITH_HDLC_MASK;
  decoder->escaped = FALSE;
  if (decoder->fill == BUFFER_SIZE)
    decoder->too_long = TRUE;
  else
    decoder->buffer[decoder->fill++] = byte;
}

/**
 * smith_hdlc_decoder_feed:
 * @data: @size bytes as they came, in pieces of any length
 * @used: (out): how many of them were taken
 *
 * Stops behind the first frame that ends within @data; call again with the
 * rest. Flags without anything between them are passed over. Whatever comes,
 * no more than SMITH_HDLC_BODY_MAX bytes are kept.
 */
SmithHdlcEvent
smith_hdlc_decoder_feed (SmithHdlcDecoder *decoder, const guint8 *data, gsize size, gsize *used)
{
  for (gsize i = 0; i < size; i++)
    {
      if (decoder->complete)
        smith_hdlc_decoder_reset (decoder);
      if (data[i] != SMITH_HDLC_FLAG)
        take_byte (decoder, data[i]);
      else if (decoder->fill > 0 || decoder->escaped)
        {
          *used = i + 1;
          return end_frame (decoder);
        }
    }
  *used = size;
  return SMITH_HDLC_MORE;
}

/**
 * smith_hdlc_decoder_get_body:
 *
 * Returns: (transfer none): the body of the frame that SMITH_HDLC_FRAME
 *   announced, valid until the next call of feed or reset; NULL without one
 */
const guint8 *
smith_hdlc_decoder_get_body (SmithHdlcDecoder *decoder, gsize *size)
{
  *size = decoder->complete ? decoder->fill - 2 : 0;
  return decoder->complete ? decoder->buffer : NULL;
}
