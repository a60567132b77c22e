/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture-private.h"

#include <lzma.h>
#include <zlib.h>

typedef struct
{
  const char *name;
  int level; /* 0: not zlib */
  gboolean lzma;
} Compression;

/* The level gives the second byte of a zlib stream: 01, 5E, 9C or DA. The
 * vendor's files have DA. */
static const Compression compressions[] = {
  { "none", 0, FALSE },   { "zlib", 9, FALSE },   { "zlib-1", 1, FALSE }, { "zlib-5", 5, FALSE },
  { "zlib-6", 6, FALSE }, { "zlib-9", 9, FALSE }, { "lzma", 0, TRUE },
};

static GByteArray *
store_zlib (const guint8 *data, gsize size, int level)
{
  uLongf length = compressBound (size);
  GByteArray *stored = g_byte_array_new ();

  g_byte_array_set_size (stored, length);
  if (compress2 (stored->data, &length, data, size, level) != Z_OK)
    g_error ("zlib does not compress");
  g_byte_array_set_size (stored, length);
  return stored;
}

/* LZMA-alone with unknown size, the old format of the vendor's files. */
static GByteArray *
store_lzma (const guint8 *data, gsize size, guint32 dictionary)
{
  lzma_stream stream = LZMA_STREAM_INIT;
  lzma_options_lzma options;
  GByteArray *stored = g_byte_array_new ();

  /* The fastest preset: fixtures are made often and need not be small. */
  if (lzma_lzma_preset (&options, 0))
    g_error ("liblzma has no preset 0");
  options.dict_size = dictionary;
  if (lzma_alone_encoder (&stream, &options) != LZMA_OK)
    g_error ("liblzma does not begin to compress");
  /* Incompressible data grows by two percent at the most. */
  g_byte_array_set_size (stored, size + size / 16 + 4096);
  stream.next_in = data;
  stream.avail_in = size;
  stream.next_out = stored->data;
  stream.avail_out = stored->len;
  if (lzma_code (&stream, LZMA_FINISH) != LZMA_STREAM_END)
    g_error ("liblzma does not compress");
  g_byte_array_set_size (stored, stream.total_out);
  lzma_end (&stream);
  return stored;
}

/* A stream that ends early, or one with a wrong byte; the checksums, which are
 * made afterwards, agree with it. */
static gboolean
damage (GKeyFile *keys, const char *group, GByteArray *stored, GError **error)
{
  const guint64 absent = G_MAXUINT64;
  guint64 cut = 0;
  guint64 flip = absent;

  if (!smith_fixture_get_number (keys, group, "cut-stored", stored->len, &cut, error))
    return FALSE;
  g_byte_array_set_size (stored, stored->len - cut);
  if (!smith_fixture_get_number (keys, group, "flip-stored", absent - 1, &flip, error))
    return FALSE;
  if (flip == absent)
    return TRUE;
  if (flip >= stored->len)
    {
      smith_fixture_fail (error, group, "flip-stored", "is beyond the %u stored bytes",
                          stored->len);
      return FALSE;
    }
  stored->data[flip] ^= 0xff;
  return TRUE;
}

static const Compression *
get_compression (GKeyFile *keys, const char *group, GError **error)
{
  g_autofree char *name = NULL;

  if (!g_key_file_has_key (keys, group, "compression", NULL))
    return &compressions[0];
  name = smith_fixture_get_string (keys, group, "compression", error);
  if (name == NULL)
    return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (compressions); i++)
    if (g_str_equal (name, compressions[i].name))
      return &compressions[i];
  smith_fixture_fail (error, group, "compression", "“%s” is no compression", name);
  return NULL;
}

/*
 * Stores @data (transfer full) as the keys "compression" (default: none),
 * "lzma-dictionary", "cut-stored" and "flip-stored" of @group say.
 */
GByteArray *
smith_fixture_get_stored (GKeyFile *keys,
                          const char *group,
                          guint8 *data,
                          gsize size,
                          GError **error)
{
  g_autofree guint8 *owned = data;
  g_autoptr (GByteArray) stored = NULL;
  const Compression *compression = get_compression (keys, group, error);
  guint64 dictionary = 1 << 20;

  if (compression == NULL
      || !smith_fixture_get_number (keys, group, "lzma-dictionary", 64 << 20, &dictionary, error))
    return NULL;
  if (dictionary < LZMA_DICT_SIZE_MIN)
    {
      smith_fixture_fail (error, group, "lzma-dictionary", "is less than %u", LZMA_DICT_SIZE_MIN);
      return NULL;
    }
  if (compression->lzma)
    stored = store_lzma (data, size, dictionary);
  else if (compression->level > 0)
    stored = store_zlib (data, size, compression->level);
  else
    stored = g_byte_array_new_take (g_steal_pointer (&owned), size);
  return damage (keys, group, stored, error) ? g_steal_pointer (&stored) : NULL;
}
