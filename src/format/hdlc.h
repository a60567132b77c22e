/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The frames of download mode: 7E, body, CRC-16/X-25 of the body
 * (little-endian), 7E. Inside, 7E goes as 7D 5E and 7D as 7D 5D; a receiver
 * undoes 7D x as x ^ 20. The opening 7E of a stick's answer may be missing.
 */
#define SMITH_HDLC_FLAG 0x7E
#define SMITH_HDLC_ESCAPE 0x7D
#define SMITH_HDLC_MASK 0x20

/* The most bytes that a body of @n bytes can take on the wire. */
#define SMITH_HDLC_ENCODED_MAX(n) (2 * ((gsize) (n) + 2) + 2)

/* A stick's own frame buffer has 8704 bytes; nothing sensible is larger. */
#define SMITH_HDLC_BODY_MAX 8704

gsize smith_hdlc_encode (const guint8 *body, gsize size, guint8 *out);

/**
 * SmithHdlcEvent:
 * @SMITH_HDLC_MORE: all input is used up and no frame is complete
 * @SMITH_HDLC_FRAME: a frame with a good checksum is complete
 * @SMITH_HDLC_BAD: a frame ended, but its checksum is wrong, or it is too short or too long
 */
typedef enum
{
  SMITH_HDLC_MORE,
  SMITH_HDLC_FRAME,
  SMITH_HDLC_BAD,
} SmithHdlcEvent;

typedef struct _SmithHdlcDecoder SmithHdlcDecoder;

SmithHdlcDecoder *smith_hdlc_decoder_new (void);
void smith_hdlc_decoder_free (SmithHdlcDecoder *decoder);
void smith_hdlc_decoder_reset (SmithHdlcDecoder *decoder);
SmithHdlcEvent
smith_hdlc_decoder_feed (SmithHdlcDecoder *decoder, const guint8 *data, gsize size, gsize *used);
const guint8 *smith_hdlc_decoder_get_body (SmithHdlcDecoder *decoder, gsize *size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithHdlcDecoder, smith_hdlc_decoder_free)

G_END_DECLS
