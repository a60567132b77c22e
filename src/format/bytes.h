/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

/**
 * SmithReader:
 *
 * A bounds-checked cursor over bytes that are not trusted. A read past the end
 * gives 0 (or NULL) and sets @overrun for good, so that a whole record can be
 * read first and judged once. It owns nothing. Not thread-safe.
 */
typedef struct
{
  const guint8 *data;
  gsize size;
  gsize pos;
  gboolean overrun;
} SmithReader;

static inline SmithReader
smith_reader (const void *data, gsize size)
{
  return (SmithReader){ .data = data, .size = size };
}

/* The next @n bytes, borrowed, or NULL (with @overrun set) if there are fewer. */
static inline const guint8 *
smith_read_bytes (SmithReader *r, gsize n)
{
  const guint8 *p;

  if (r->overrun || n > r->size - r->pos)
    {
      r->overrun = TRUE;
      return NULL;
    }
  p = r->data + r->pos;
  r->pos += n;
  return p;
}

static inline guint8
smith_read_u8 (SmithReader *r)
{
  const guint8 *p = smith_read_bytes (r, 1);

  return p != NULL ? p[0] : 0;
}

static inline guint16
smith_get_u16_le (const guint8 *p)
{
  return (guint16) (p[0] | p[1] << 8);
}

static inline guint16
smith_get_u16_be (const guint8 *p)
{
  return (guint16) (p[0] << 8 | p[1]);
}

static inline guint32
smith_get_u32_le (const guint8 *p)
{
  return (guint32) p[0] | (guint32) p[1] << 8 | (guint32) p[2] << 16 | (guint32) p[3] << 24;
}

static inline guint32
smith_get_u32_be (const guint8 *p)
{
  return (guint32) p[0] << 24 | (guint32) p[1] << 16 | (guint32) p[2] << 8 | (guint32) p[3];
}

static inline guint16
smith_read_u16_le (SmithReader *r)
{
  const guint8 *p = smith_read_bytes (r, 2);

  return p != NULL ? smith_get_u16_le (p) : 0;
}

static inline guint16
smith_read_u16_be (SmithReader *r)
{
  const guint8 *p = smith_read_bytes (r, 2);

  return p != NULL ? smith_get_u16_be (p) : 0;
}

static inline guint32
smith_read_u32_le (SmithReader *r)
{
  const guint8 *p = smith_read_bytes (r, 4);

  return p != NULL ? smith_get_u32_le (p) : 0;
}

static inline guint32
smith_read_u32_be (SmithReader *r)
{
  const guint8 *p = smith_read_bytes (r, 4);

  return p != NULL ? smith_get_u32_be (p) : 0;
}

/*
 * Copies a fixed field of text into @out (@n + 1 bytes), up to its first NUL.
 * What is not printable ASCII becomes '?', since it may end up on a terminal.
 */
static inline void
smith_read_text (SmithReader *r, gsize n, char *out)
{
  const guint8 *p = smith_read_bytes (r, n);
  gsize i;

  for (i = 0; p != NULL && i < n && p[i] != 0; i++)
    out[i] = g_ascii_isprint ((char) p[i]) ? (char) p[i] : '?';
  out[p != NULL ? i : 0] = '\0';
}

static inline void
smith_put_u16_le (guint8 *p, guint16 v)
{
  p[0] = v & 0xff;
  p[1] = v >> 8;
}

static inline void
smith_put_u16_be (guint8 *p, guint16 v)
{
  p[0] = v >> 8;
  p[1] = v & 0xff;
}

static inline void
smith_put_u32_le (guint8 *p, guint32 v)
{
  smith_put_u16_le (p, v & 0xffff);
  smith_put_u16_le (p + 2, v >> 16);
}

static inline void
smith_put_u32_be (guint8 *p, guint32 v)
{
  smith_put_u16_be (p, v >> 16);
  smith_put_u16_be (p + 2, v & 0xffff);
}

G_END_DECLS
