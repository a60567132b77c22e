/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "format/hdlc.h"

#include <string.h>

#define FLAG "\x7E"

typedef struct
{
  guint frames;
  guint bad;
  GByteArray *body; /* of the last frame */
} Seen;

static void
seen_clear (Seen *seen)
{
  g_clear_pointer (&seen->body, g_byte_array_unref);
  *seen = (Seen){ 0 };
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Seen, seen_clear)

static void
take (Seen *seen, SmithHdlcDecoder *decoder, SmithHdlcEvent event)
{
  const guint8 *body;
  gsize size;

  body = smith_hdlc_decoder_get_body (decoder, &size);
  g_assert_true ((body != NULL) == (event == SMITH_HDLC_FRAME));
  if (event == SMITH_HDLC_BAD)
    seen->bad++;
  if (body == NULL)
    return;
  seen->frames++;
  g_clear_pointer (&seen->body, g_byte_array_unref);
  seen->body = g_byte_array_append (g_byte_array_new (), body, (guint) size);
}

static void
feed (Seen *seen, SmithHdlcDecoder *decoder, const guint8 *data, gsize size, gsize piece)
{
  while (size > 0)
    {
      gsize used = 0;
      SmithHdlcEvent event = smith_hdlc_decoder_feed (decoder, data, MIN (piece, size), &used);

      if (event == SMITH_HDLC_MORE)
        g_assert_cmpuint (used, ==, MIN (piece, size));
      else
        take (seen, decoder, event);
      data += used;
      size -= used;
    }
}

static void
decode (Seen *seen, const void *data, gsize size, gsize piece)
{
  g_autoptr (SmithHdlcDecoder) decoder = smith_hdlc_decoder_new ();

  feed (seen, decoder, data, size, piece);
}

static void
assert_body (Seen *seen, const void *body, gsize size)
{
  g_assert_nonnull (seen->body);
  g_assert_cmpmem (seen->body->data, seen->body->len, body, size);
}

/* Frames as they were seen between the vendor's tool and a stick. */
static void
test_captured (void)
{
  static const struct
  {
    guint8 body;
    const char *wire;
    gsize size;
  } cases[] = {
    { 0x0C, "\x7E\x0C\x14\x3A\x7E", 5 },
    { 0x45, "\x7E\x45\xD1\xE5\x7E", 5 },
    { 0x0A, "\x7E\x0A\x22\x5F\x7E", 5 },
    { 0x3A, "\x7E\x3A\xA1\x6E\x7E", 5 },
    /* A stick leaves out the opening flag. */
    { 0x13, "\x13\x0C\xD2\x7A\x7E", 5 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *wire = cases[i].wire;
      gsize n_body = wire[0] == 0x7E ? 1 : 2;
      const char *body = wire[0] == 0x7E ? wire + 1 : wire;
      guint8 out[SMITH_HDLC_ENCODED_MAX (2)];
      gsize size = smith_hdlc_encode ((const guint8 *) body, n_body, out);
      g_auto (Seen) seen = { 0 };

      if (wire[0] == 0x7E)
        g_assert_cmpmem (out, size, wire, cases[i].size);
      else
        g_assert_cmpmem (out + 1, size - 1, wire, cases[i].size);
      decode (&seen, wire, cases[i].size, cases[i].size);
      g_assert_cmpuint (seen.frames, ==, 1);
      g_assert_cmpuint (seen.bad, ==, 0);
      assert_body (&seen, body, n_body);
      g_assert_cmpuint (seen.body->data[0], ==, cases[i].body);
    }
}

static void
test_escapes (void)
{
  /* All that may be escaped, in the body and (7E bytes in a row) often. */
  const guint8 body[] = { 0x7E, 0x7D, 0x5E, 0x5D, 0x20, 0x00, 0x7E, 0x7E, 0x7D, 0x7F, 0x7C };
  guint8 out[SMITH_HDLC_ENCODED_MAX (sizeof body)];
  gsize size = smith_hdlc_encode (body, sizeof body, out);
  g_auto (Seen) seen = { 0 };

  g_assert_cmpmem (out, 5, "\x7E\x7D\x5E\x7D\x5D", 5);
  g_assert_cmpuint (out[size - 1], ==, SMITH_HDLC_FLAG);
  g_assert_null (memchr (out + 1, SMITH_HDLC_FLAG, size - 2));
  decode (&seen, out, size, size);
  g_assert_cmpuint (seen.frames, ==, 1);
  assert_body (&seen, body, sizeof body);
}

/* Bodies whose checksum itself must be escaped. */
static void
test_escaped_checksum (void)
{
  guint escaped = 0;

  for (guint i = 0; i < 65536; i++)
    {
      guint8 body[2] = { (guint8) (i & 0x3f), (guint8) (i >> 8) };
      guint8 out[SMITH_HDLC_ENCODED_MAX (sizeof body)];
      gsize size = smith_hdlc_encode (body, sizeof body, out);
      g_auto (Seen) seen = { 0 };

      if (memchr (out + 1, SMITH_HDLC_ESCAPE, size - 2) == NULL)
        continue;
      escaped++;
      decode (&seen, out, size, 1);
      g_assert_cmpuint (seen.frames, ==, 1);
      assert_body (&seen, body, sizeof body);
    }
  g_assert_cmpuint (escaped, >, 500);
}

/* A receiver undoes an escape before any byte, not just before the two. */
static void
test_needless_escapes (void)
{
  g_auto (Seen) seen = { 0 };

  decode (&seen, "\x7E\x7D\x2C\x7D\x34\x7D\x1A\x7E", 8, 8);
  g_assert_cmpuint (seen.frames, ==, 1);
  assert_body (&seen, "\x0C", 1);
}

static void
test_pieces (void)
{
  const guint8 body[] = "0123456789}~abcdefghijklmnopqrstuvwxyz~~}}";
  guint8 out[SMITH_HDLC_ENCODED_MAX (sizeof body)];
  gsize size = smith_hdlc_encode (body, sizeof body, out);

  for (gsize piece = 1; piece <= size; piece++)
    {
      g_auto (Seen) seen = { 0 };

      decode (&seen, out, size, piece);
      g_assert_cmpuint (seen.frames, ==, 1);
      g_assert_cmpuint (seen.bad, ==, 0);
      assert_body (&seen, body, sizeof body);
    }
}

/* Cut at each place, the rest lost: the next frame must still be understood. */
static void
test_cut (void)
{
  const guint8 body[] = "one~two}";
  guint8 out[SMITH_HDLC_ENCODED_MAX (sizeof body)];
  gsize size = smith_hdlc_encode (body, sizeof body, out);

  for (gsize cut = 1; cut < size; cut++)
    {
      g_autoptr (SmithHdlcDecoder) decoder = smith_hdlc_decoder_new ();
      /* Where its closing flag alone is lost, the next opening one does for it. */
      gboolean whole = cut == size - 1;
      g_auto (Seen) seen = { 0 };

      feed (&seen, decoder, out, cut, cut);
      g_assert_cmpuint (seen.frames, ==, 0);
      feed (&seen, decoder, out, size, size);
      g_assert_cmpuint (seen.frames, ==, whole ? 2 : 1);
      g_assert_cmpuint (seen.bad, ==, cut > 1 && !whole ? 1 : 0);
      assert_body (&seen, body, sizeof body);
    }
}

static void
test_bad (void)
{
  static const struct
  {
    const char *wire;
    gsize size;
    guint bad;
  } cases[] = {
    { FLAG "\x0C\x14\x3B" FLAG, 5, 1 },     /* checksum */
    { FLAG "\x0D\x14\x3A" FLAG, 5, 1 },     /* body */
    { FLAG "\x0C\x3A\x14" FLAG, 5, 1 },     /* checksum the wrong way round */
    { FLAG "\x0C" FLAG, 3, 1 },             /* too short */
    { FLAG "\x14\x3A" FLAG, 4, 1 },         /* a checksum alone */
    { FLAG "\x00\x00" FLAG, 4, 1 },         /* what would be right for no body at all */
    { FLAG "\x0C\x14\x3A\x7D" FLAG, 6, 1 }, /* an escape of nothing */
    { FLAG "\x7D" FLAG, 3, 1 },             /* nothing else */
    { FLAG FLAG FLAG, 3, 0 },               /* flags fill pauses */
    { FLAG "\x0C" FLAG "\x0C" FLAG, 5, 2 }, /* twice */
    { FLAG "\x0C\x14\x3A", 4, 0 },          /* not ended */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (gsize piece = 1; piece <= cases[i].size; piece++)
      {
        g_auto (Seen) seen = { 0 };

        decode (&seen, cases[i].wire, cases[i].size, piece);
        g_assert_cmpuint (seen.frames, ==, 0);
        g_assert_cmpuint (seen.bad, ==, cases[i].bad);
      }
}

/* Every single bit of a frame, turned: never taken for a good one. */
static void
test_flipped (void)
{
  const guint8 body[] = { 0x0D, 0x7E, 0x01, 0x02, 0x7D };
  guint8 out[SMITH_HDLC_ENCODED_MAX (sizeof body)];
  gsize size = smith_hdlc_encode (body, sizeof body, out);

  for (gsize bit = 8; bit < 8 * (size - 1); bit++)
    {
      g_auto (Seen) seen = { 0 };

      out[bit / 8] ^= (guint8) (1 << bit % 8);
      decode (&seen, out, size, size);
      g_assert_cmpuint (seen.frames, ==, 0);
      out[bit / 8] ^= (guint8) (1 << bit % 8);
    }
}

static void
test_garbage_before (void)
{
  static const char wire[]
      = "\r\nOK\r\n^RSSI: 20\r\n" FLAG "\x0C\x14\x3A" FLAG FLAG "\x0A\x22\x5F" FLAG;

  for (gsize piece = 1; piece < sizeof wire; piece++)
    {
      g_auto (Seen) seen = { 0 };

      decode (&seen, wire, sizeof wire - 1, piece);
      g_assert_cmpuint (seen.bad, ==, 1);
      g_assert_cmpuint (seen.frames, ==, 2);
      assert_body (&seen, "\x0A", 1);
    }
}

/* One flag between two frames ends one and begins the other. */
static void
test_shared_flag (void)
{
  g_auto (Seen) seen = { 0 };

  decode (&seen, FLAG "\x0C\x14\x3A" FLAG "\x0A\x22\x5F" FLAG, 9, 9);
  g_assert_cmpuint (seen.frames, ==, 2);
  g_assert_cmpuint (seen.bad, ==, 0);
}

static void
test_reset (void)
{
  g_autoptr (SmithHdlcDecoder) decoder = smith_hdlc_decoder_new ();
  g_auto (Seen) seen = { 0 };
  gsize size = 1;

  g_assert_null (smith_hdlc_decoder_get_body (decoder, &size));
  g_assert_cmpuint (size, ==, 0);
  feed (&seen, decoder, (const guint8 *) "\x7E\x0C\x14\x7D", 4, 4);
  smith_hdlc_decoder_reset (decoder);
  feed (&seen, decoder, (const guint8 *) "\x0C\x14\x3A\x7E", 4, 4);
  g_assert_cmpuint (seen.frames, ==, 1);
  smith_hdlc_decoder_reset (decoder);
  g_assert_null (smith_hdlc_decoder_get_body (decoder, &size));
}

static void
test_longest (void)
{
  for (gsize more = 0; more < 4; more++)
    {
      gsize n = SMITH_HDLC_BODY_MAX - 1 + more;
      g_autofree guint8 *body = g_malloc (n);
      g_autofree guint8 *out = g_malloc (SMITH_HDLC_ENCODED_MAX (n));
      g_autoptr (SmithHdlcDecoder) decoder = smith_hdlc_decoder_new ();
      g_auto (Seen) seen = { 0 };
      gboolean fits = n <= SMITH_HDLC_BODY_MAX;
      gsize size;

      memset (body, 0x7E, n);
      size = smith_hdlc_encode (body, n, out);
      g_assert_cmpuint (size, <=, SMITH_HDLC_ENCODED_MAX (n));
      feed (&seen, decoder, out, size, 1000);
      g_assert_cmpuint (seen.frames, ==, fits ? 1 : 0);
      g_assert_cmpuint (seen.bad, ==, fits ? 0 : 1);
      /* And it goes on as if nothing had been. */
      feed (&seen, decoder, (const guint8 *) "\x7E\x0C\x14\x3A\x7E", 5, 5);
      assert_body (&seen, "\x0C", 1);
    }
}

/* What would be a sound frame of the longest kind is none if more comes before its end. */
static void
test_more_than_longest (void)
{
  for (guint more = 0; more < 3; more++)
    {
      g_autofree guint8 *body = g_malloc0 (SMITH_HDLC_BODY_MAX);
      g_autofree guint8 *out = g_malloc (SMITH_HDLC_ENCODED_MAX (SMITH_HDLC_BODY_MAX) + more);
      gsize size = smith_hdlc_encode (body, SMITH_HDLC_BODY_MAX, out);
      g_auto (Seen) seen = { 0 };

      memset (out + size - 1, 'x', more);
      out[size - 1 + more] = 0x7E;
      decode (&seen, out, size + more, 1000);
      g_assert_cmpuint (seen.frames, ==, more == 0 ? 1 : 0);
      g_assert_cmpuint (seen.bad, ==, more == 0 ? 0 : 1);
    }
}

static void
test_chatty (void)
{
  g_autoptr (SmithHdlcDecoder) decoder = smith_hdlc_decoder_new ();
  g_autofree guint8 *noise = g_malloc (1 << 20);
  g_auto (Seen) seen = { 0 };

  memset (noise, 'x', 1 << 20);
  for (guint i = 0; i < 16; i++)
    feed (&seen, decoder, noise, 1 << 20, 1 << 20);
  g_assert_cmpuint (seen.bad, ==, 0);
  feed (&seen, decoder, (const guint8 *) "\x7E\x0C\x14\x3A\x7E", 5, 5);
  g_assert_cmpuint (seen.bad, ==, 1);
  g_assert_cmpuint (seen.frames, ==, 1);
}

static void
test_round_trips (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);
  g_autofree guint8 *body = g_malloc (SMITH_HDLC_BODY_MAX);
  g_autofree guint8 *out = g_malloc (SMITH_HDLC_ENCODED_MAX (SMITH_HDLC_BODY_MAX));
  g_autoptr (SmithHdlcDecoder) decoder = smith_hdlc_decoder_new ();

  for (guint run = 0; run < 1000; run++)
    {
      gsize n = (gsize) g_rand_int_range (rand, 1, run % 10 == 0 ? SMITH_HDLC_BODY_MAX + 1 : 200);
      g_auto (Seen) seen = { 0 };
      gsize size;

      for (gsize i = 0; i < n; i++)
        body[i] = (guint8) (g_rand_boolean (rand) ? g_rand_int_range (rand, 0x7A, 0x82)
                                                  : g_rand_int_range (rand, 0, 256));
      size = smith_hdlc_encode (body, n, out);
      feed (&seen, decoder, out, size, (gsize) g_rand_int_range (rand, 1, 3000));
      g_assert_cmpuint (seen.frames, ==, 1);
      g_assert_cmpuint (seen.bad, ==, 0);
      assert_body (&seen, body, n);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hdlc/captured", test_captured);
  g_test_add_func ("/hdlc/escapes", test_escapes);
  g_test_add_func ("/hdlc/escaped-checksum", test_escaped_checksum);
  g_test_add_func ("/hdlc/needless-escapes", test_needless_escapes);
  g_test_add_func ("/hdlc/pieces", test_pieces);
  g_test_add_func ("/hdlc/cut", test_cut);
  g_test_add_func ("/hdlc/bad", test_bad);
  g_test_add_func ("/hdlc/flipped", test_flipped);
  g_test_add_func ("/hdlc/garbage-before", test_garbage_before);
  g_test_add_func ("/hdlc/shared-flag", test_shared_flag);
  g_test_add_func ("/hdlc/reset", test_reset);
  g_test_add_func ("/hdlc/longest", test_longest);
  g_test_add_func ("/hdlc/more-than-longest", test_more_than_longest);
  g_test_add_func ("/hdlc/chatty", test_chatty);
  g_test_add_func ("/hdlc/round-trips", test_round_trips);
  return g_test_run ();
}
