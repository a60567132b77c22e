/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "expander.h"

#include <lzma.h>
#include <stddef.h>
#include <sys/mman.h>
#include <zlib.h>

#include "bytes.h"
#include "error.h"

/* Properties byte, dictionary size (u32), expanded size (u64). */
#define LZMA_HEADER_SIZE 13

/* What liblzma needs beside the dictionary. */
#define LZMA_OVERHEAD (1u << 20)

/* zlib counts in 32 bits: longer input goes in pieces. */
#define PIECE_MAX (1u << 30)

struct _SmithExpander
{
  SmithCompression compression;
  const guint8 *data;
  gsize size;
  gsize pos; /* for data that is not compressed */
  guint64 total;
  gboolean at_end;
  gboolean started;
  z_stream zlib;
  lzma_stream lzma;
};

/**
 * smith_compression_detect:
 * @data: the first bytes of a partition's stored data
 *
 * A zlib stream begins with one of the four headers that zlib writes. An
 * LZMA-alone stream begins 5D and has its expanded size unknown (eight bytes
 * FF from byte 5 on). Anything else is taken as it is.
 */
SmithCompression
smith_compression_detect (const guint8 *data, gsize size)
{
  static const guint8 unknown[8] = { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF };

  if (size >= 2 && data[0] == 0x78
      && (data[1] == 0x01 || data[1] == 0x5E || data[1] == 0x9C || data[1] == 0xDA))
    return SMITH_COMPRESSION_ZLIB;
  if (size >= LZMA_HEADER_SIZE && data[0] == 0x5D && memcmp (data + 5, unknown, 8) == 0)
    return SMITH_COMPRESSION_LZMA;
  return SMITH_COMPRESSION_NONE;
}

/**
 * smith_compression_name:
 *
 * Returns: a stable lower-case word for machine-readable output
 */
const char *
smith_compression_name (SmithCompression compression)
{
  static const char *const names[] = {
    [SMITH_COMPRESSION_NONE] = "none",
    [SMITH_COMPRESSION_ZLIB] = "zlib",
    [SMITH_COMPRESSION_LZMA] = "lzma",
  };

  return names[compression];
}

/**
 * smith_compression_memory:
 *
 * Returns: how many bytes of memory it takes to expand @data, roughly and at the most
 */
gsize
smith_compression_memory (SmithCompression compression, const guint8 *data, gsize size)
{
  if (compression == SMITH_COMPRESSION_NONE)
    return 0;
  if (compression == SMITH_COMPRESSION_ZLIB || size < LZMA_HEADER_SIZE)
    return 64 * 1024;
  return (gsize) MIN (smith_get_u32_le (data + 1), SMITH_LZMA_DICTIONARY_MAX) + LZMA_OVERHEAD;
}

/**
 * smith_expander_new:
 * @data: (transfer none): @size stored bytes, which must outlive the expander
 *
 * Makes an expander at the beginning of a partition. It may be used on any one
 * thread at a time. It never gives more than SMITH_EXPANDED_MAX bytes.
 */
SmithExpander *
smith_expander_new (SmithCompression compression, const guint8 *data, gsize size)
{
  SmithExpander *expander = g_new0 (SmithExpander, 1);

  expander->compression = compression;
  expander->data = data;
  expander->size = size;
  return expander;
}

void
smith_expander_free (SmithExpander *expander)
{
  if (expander->started && expander->compression == SMITH_COMPRESSION_ZLIB)
    inflateEnd (&expander->zlib);
  if (expander->started && expander->compression == SMITH_COMPRESSION_LZMA)
    lzma_end (&expander->lzma);
  g_free (expander);
}

static void
set_damaged (GError **error)
{
  g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE, "The compressed data is damaged");
}

static void
set_ends_early (GError **error)
{
  g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE,
                       "The compressed data ends too early");
}

static gboolean
start_zlib (SmithExpander *expander, GError **error)
{
  if (inflateInit (&expander->zlib) != Z_OK)
    {
      set_damaged (error);
      return FALSE;
    }
  return TRUE;
}

static gssize
read_zlib (SmithExpander *expander, guint8 *buffer, gsize size, GError **error)
{
  z_stream *z = &expander->zlib;
  int status = Z_OK;

  z->next_out = buffer;
  z->avail_out = (uInt) MIN (size, PIECE_MAX);
  size = z->avail_out;
  while (z->avail_out > 0 && status == Z_OK)
    {
      gsize left = expander->size - expander->pos;
      uInt given = (uInt) MIN (left, PIECE_MAX);

      z->next_in = (Bytef *) expander->data + expander->pos;
      z->avail_in = given;
      status = inflate (z, Z_NO_FLUSH);
      expander->pos += given - z->avail_in;
    }
  if (status == Z_STREAM_END)
    expander->at_end = TRUE;
  else if (status == Z_BUF_ERROR && expander->pos == expander->size)
    set_ends_early (error);
  else if (status != Z_OK)
    set_damaged (error);
  return status == Z_OK || status == Z_STREAM_END ? (gssize) (size - z->avail_out) : -1;
}

/* In front of what liblzma gets; leaves it as aligned as any type needs. */
typedef union
{
  gsize size;
  max_align_t align;
} MappedHead;

/* A dictionary is freed as often as a partition ends, on whatever thread.
 * malloc() would keep one in the pool of each thread; mapped, it is gone. */
static void *
map_memory (void *opaque, size_t n, size_t size)
{
  MappedHead *head;
  gsize total;

  if (!g_size_checked_mul (&total, n, size) || !g_size_checked_add (&total, total, sizeof *head))
    return NULL;
  head = mmap (NULL, total, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (head == MAP_FAILED)
    return NULL;
  head->size = total;
  return head + 1;
}

static void
unmap_memory (void *opaque, void *memory)
{
  MappedHead *head = memory;

  if (head == NULL)
    return;
  head--;
  munmap (head, head->size);
}

static const lzma_allocator mapped_memory = { map_memory, unmap_memory, NULL };

static gboolean
start_lzma (SmithExpander *expander, GError **error)
{
  guint32 dictionary;

  if (expander->size < LZMA_HEADER_SIZE)
    {
      set_ends_early (error);
      return FALSE;
    }
  dictionary = smith_get_u32_le (expander->data + 1);
  if (dictionary > SMITH_LZMA_DICTIONARY_MAX)
    {
      g_set_error (error, SMITH_ERROR, SMITH_ERROR_UNSUPPORTED,
                   "The compressed data asks for %u MiB of memory; at most %u are allowed",
                   dictionary >> 20, SMITH_LZMA_DICTIONARY_MAX >> 20);
      return FALSE;
    }
  expander->lzma.allocator = &mapped_memory;
  if (lzma_alone_decoder (&expander->lzma, (guint64) dictionary + LZMA_OVERHEAD) != LZMA_OK)
    {
      set_damaged (error);
      return FALSE;
    }
  expander->lzma.next_in = expander->data;
  expander->lzma.avail_in = expander->size;
  return TRUE;
}

static gssize
read_lzma (SmithExpander *expander, guint8 *buffer, gsize size, GError **error)
{
  lzma_stream *lzma = &expander->lzma;
  lzma_ret status = LZMA_OK;

  lzma->next_out = buffer;
  lzma->avail_out = size;
  while (lzma->avail_out > 0 && status == LZMA_OK)
    status = lzma_code (lzma, LZMA_FINISH);
  if (status == LZMA_STREAM_END)
    expander->at_end = TRUE;
  else if (status == LZMA_BUF_ERROR)
    set_ends_early (error);
  else if (status != LZMA_OK)
    set_damaged (error);
  return status == LZMA_OK || status == LZMA_STREAM_END ? (gssize) (size - lzma->avail_out) : -1;
}

static gssize
read_plain (SmithExpander *expander, guint8 *buffer, gsize size)
{
  gsize n = MIN (size, expander->size - expander->pos);

  memcpy (buffer, expander->data + expander->pos, n);
  expander->pos += n;
  expander->at_end = expander->pos == expander->size;
  return (gssize) n;
}

static gboolean
start (SmithExpander *expander, GError **error)
{
  gboolean ok = TRUE;

  if (expander->compression == SMITH_COMPRESSION_ZLIB)
    ok = start_zlib (expander, error);
  else if (expander->compression == SMITH_COMPRESSION_LZMA)
    ok = start_lzma (expander, error);
  expander->started = ok;
  return ok;
}

/**
 * smith_expander_read:
 * @size: room in @buffer, at least 1
 *
 * Expands the next @size bytes; fewer only at the end of the data. Only what
 * is asked for is ever held.
 *
 * Returns: how many bytes; 0 at the end; -1 with SMITH_ERROR_BAD_FILE (damaged,
 *   ends early, expands to more than SMITH_EXPANDED_MAX) or
 *   SMITH_ERROR_UNSUPPORTED (needs more memory than is allowed)
 */
gssize
smith_expander_read (SmithExpander *expander, guint8 *buffer, gsize size, GError **error)
{
  gssize n;

  if (!expander->started && !start (expander, error))
    return -1;
  if (expander->at_end)
    return 0;
  if (expander->compression == SMITH_COMPRESSION_ZLIB)
    n = read_zlib (expander, buffer, size, error);
  else if (expander->compression == SMITH_COMPRESSION_LZMA)
    n = read_lzma (expander, buffer, size, error);
  else
    n = read_plain (expander, buffer, size);
  if (n < 0)
    return -1;

  expander->total += (guint64) n;
  if (expander->total > SMITH_EXPANDED_MAX)
    {
      g_set_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE,
                   "It expands to more than %u MiB, which no partition of a stick can hold",
                   SMITH_EXPANDED_MAX >> 20);
      return -1;
    }
  return n;
}

/* Returns: the bytes that were read so far. */
guint64
smith_expander_get_total (SmithExpander *expander)
{
  return expander->total;
}
