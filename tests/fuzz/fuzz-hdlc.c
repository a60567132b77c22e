/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include <string.h>

#include "format/hdlc.h"

/* What a decoder said, for comparing: "F" and the body, or "B". */
static void
note (GByteArray *log, SmithHdlcDecoder *decoder, SmithHdlcEvent event)
{
  const guint8 *body;
  gsize size;

  if (event == SMITH_HDLC_MORE)
    return;
  g_byte_array_append (log, (const guint8 *) (event == SMITH_HDLC_FRAME ? "F" : "B"), 1);
  body = smith_hdlc_decoder_get_body (decoder, &size);
  g_assert_true ((event == SMITH_HDLC_FRAME) == (body != NULL));
  g_assert_cmpuint (size, <=, SMITH_HDLC_BODY_MAX);
  if (body == NULL)
    return;
  g_assert_cmpuint (size, >, 0);
  g_byte_array_append (log, body, (guint) size);
}

static GByteArray *
decode (const guint8 *data, gsize size, gsize piece)
{
  g_autoptr (SmithHdlcDecoder) decoder = smith_hdlc_decoder_new ();
  GByteArray *log = g_byte_array_new ();

  while (size > 0)
    {
      gsize n = MIN (piece, size);
      gsize used = 0;
      SmithHdlcEvent event = smith_hdlc_decoder_feed (decoder, data, n, &used);

      g_assert_cmpuint (used, >, 0);
      g_assert_cmpuint (used, <=, n);
      if (event == SMITH_HDLC_MORE)
        g_assert_cmpuint (used, ==, n);
      note (log, decoder, event);
      data += used;
      size -= used;
    }
  return log;
}

static void
check_round_trip (const guint8 *body, gsize size)
{
  g_autofree guint8 *wire = g_malloc (SMITH_HDLC_ENCODED_MAX (size));
  gsize length = smith_hdlc_encode (body, size, wire);
  g_autoptr (GByteArray) log = NULL;

  g_assert_cmpuint (length, <=, SMITH_HDLC_ENCODED_MAX (size));
  log = decode (wire, length, length);
  g_assert_cmpuint (log->len, ==, size + 1);
  g_assert_cmpuint (log->data[0], ==, 'F');
  g_assert_cmpmem (log->data + 1, size, body, size);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GByteArray) whole = NULL;
  g_autoptr (GByteArray) pieces = NULL;

  if (size == 0)
    return 0;
  whole = decode (data, size, size);
  pieces = decode (data, size, 1 + data[0] % 7);
  g_assert_cmpmem (whole->data, whole->len, pieces->data, pieces->len);
  if (size <= SMITH_HDLC_BODY_MAX)
    check_round_trip (data, size);
  return 0;
}
