/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crc.h"

/*
 * CRC-16/X-25 by carry-less multiplication.
 *
 * A CRC is the rest of the message, as a polynomial, by the CRC's polynomial
 * P. Sixteen bytes that stand D bits before others may be replaced by anything
 * with the same rest that is added (xor) to those others: their product with
 * x^D mod P. Four accumulators walk through the message 64 bytes a step, are
 * then folded into one, and the 16 bytes that are left go through the tables.
 *
 * In a reflected CRC bit i of a register is the coefficient of the power that
 * counts down, x^(127-i), and a product of two 64-bit halves comes out one
 * power too high; so the factors below are those of x^(D-1) and x^(D+63).
 */

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

#define TARGET __attribute__ ((target ("pclmul,sse4.1")))

/* Shorter messages cost less by the tables. */
#define WORTH_IT 128

/* x^n mod P, placed as the reflected 64-bit factor. P = x^16+x^12+x^5+1. */
static guint64
factor (guint n)
{
  guint32 rest = 1;
  guint64 reflected = 0;

  for (guint i = 0; i < n; i++)
    {
      rest <<= 1;
      if (rest & 0x10000)
        rest ^= 0x11021;
    }
  for (guint i = 0; i < 16; i++)
    if (rest & 1u << i)
      reflected |= G_GUINT64_CONSTANT (1) << (63 - i);
  return reflected;
}

typedef struct
{
  guint64 far[2];  /* 64 bytes on: low half, high half */
  guint64 near[2]; /* 16 bytes on */
} Factors;

static const Factors *
get_factors (void)
{
  static Factors factors;
  static gsize done = 0;

  if (g_once_init_enter (&done))
    {
      factors.far[0] = factor (4 * 128 + 63);
      factors.far[1] = factor (4 * 128 - 1);
      factors.near[0] = factor (128 + 63);
      factors.near[1] = factor (128 - 1);
      g_once_init_leave (&done, 1);
    }
  return &factors;
}

TARGET static inline __m128i
fold (__m128i value, __m128i factors, __m128i next)
{
  __m128i low = _mm_clmulepi64_si128 (value, factors, 0x00);
  __m128i high = _mm_clmulepi64_si128 (value, factors, 0x11);

  return _mm_xor_si128 (_mm_xor_si128 (low, high), next);
}

TARGET static inline __m128i
load (const guint8 *p)
{
  return _mm_loadu_si128 ((const __m128i *) (const void *) p);
}

TARGET static guint16
update_clmul (guint16 state, const guint8 *data, gsize size)
{
  const Factors *factors = get_factors ();
  __m128i far = _mm_set_epi64x ((gint64) factors->far[1], (gint64) factors->far[0]);
  __m128i near = _mm_set_epi64x ((gint64) factors->near[1], (gint64) factors->near[0]);
  __m128i a = _mm_xor_si128 (load (data), _mm_cvtsi32_si128 (state));
  __m128i b = load (data + 16);
  __m128i c = load (data + 32);
  __m128i d = load (data + 48);
  guint8 rest[16];

  for (data += 64, size -= 64; size >= 64; data += 64, size -= 64)
    {
      a = fold (a, far, load (data));
      b = fold (b, far, load (data + 16));
      c = fold (c, far, load (data + 32));
      d = fold (d, far, load (data + 48));
    }
  a = fold (a, near, b);
  a = fold (a, near, c);
  a = fold (a, near, d);
  for (; size >= 16; data += 16, size -= 16)
    a = fold (a, near, load (data));
  _mm_storeu_si128 ((__m128i *) (void *) rest, a);
  state = smith_crc_x25_update_portable (0, rest, sizeof rest);
  return smith_crc_x25_update_portable (state, data, size);
}

/**
 * smith_crc_has_clmul:
 *
 * Returns: whether this processor can do smith_crc_x25_update_clmul()
 */
gboolean
smith_crc_has_clmul (void)
{
  return __builtin_cpu_supports ("pclmul") && __builtin_cpu_supports ("sse4.1");
}

/**
 * smith_crc_x25_update_clmul:
 *
 * smith_crc_x25_update() by carry-less multiplication; only where
 * smith_crc_has_clmul() says so.
 */
guint16
smith_crc_x25_update_clmul (guint16 state, const guint8 *data, gsize size)
{
  if (size < WORTH_IT)
    return smith_crc_x25_update_portable (state, data, size);
  return update_clmul (state, data, size);
}

#else

gboolean
smith_crc_has_clmul (void)
{
  return FALSE;
}

guint16
smith_crc_x25_update_clmul (guint16 state, const guint8 *data, gsize size)
{
  return smith_crc_x25_update_portable (state, data, size);
}

#endif
