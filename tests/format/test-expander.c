/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "format/expander.h"

#include "format/bytes.h"
#include "format/error.h"
#include "helper.h"

#define FIRMWARE "[file]\nshape=bin\n[firmware]\ndownload-id=1\nproduct=P\nversion=V\n"

/* The stored bytes of the one partition that @content and @compression describe. */
static GBytes *
store (const char *content, const char *compression)
{
  g_autofree char *text
      = g_strdup_printf (FIRMWARE "block-size=1M\n[partition 0]\nid=90000\ncontent=%s\n"
                                  "compression=%s\n",
                         content, compression);
  g_autoptr (GBytes) file = helper_build (text);
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithFirmware) firmware = smith_firmware_parse (file, &error);

  g_assert_no_error (error);
  return g_bytes_ref (((SmithPartition *) firmware->partitions->pdata[0])->data);
}

/* Expands with a buffer of @step; gives what came before the end or an error. */
static GByteArray *
expand (const guint8 *data, gsize size, gsize step, GError **error)
{
  g_autoptr (SmithExpander) expander
      = smith_expander_new (smith_compression_detect (data, size), data, size);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autofree guint8 *buffer = g_malloc (step);
  gssize n;

  while ((n = smith_expander_read (expander, buffer, step, error)) > 0)
    {
      g_assert_cmpint (n, <=, (gssize) step);
      g_byte_array_append (out, buffer, (guint) n);
    }
  if (n < 0)
    return NULL;
  /* The end stays the end. */
  g_assert_cmpint (smith_expander_read (expander, buffer, step, error), ==, 0);
  g_assert_cmpuint (smith_expander_get_total (expander), ==, out->len);
  return g_steal_pointer (&out);
}

static const char *const compressions[]
    = { "none", "zlib", "zlib-1", "zlib-5", "zlib-6", "lzma", "lzma\nlzma-dictionary=4K" };

static void
test_steps (void)
{
  static const gsize steps[] = { 1, 2, 7, 4096, 65536, 1 << 20 };
  g_autoptr (GBytes) raw = store ("mixed:50001:5", "none");
  gsize raw_size;
  const guint8 *raw_data = g_bytes_get_data (raw, &raw_size);

  for (gsize i = 0; i < G_N_ELEMENTS (compressions); i++)
    for (gsize k = 0; k < G_N_ELEMENTS (steps); k++)
      {
        g_autoptr (GBytes) stored = store ("mixed:50001:5", compressions[i]);
        gsize size;
        const guint8 *data = g_bytes_get_data (stored, &size);
        g_autoptr (GError) error = NULL;
        g_autoptr (GByteArray) out = expand (data, size, steps[k], &error);

        g_assert_no_error (error);
        g_assert_cmpmem (out->data, out->len, raw_data, raw_size);
      }
}

/* Content that fills the last buffer to the byte: the end must still be seen. */
static void
test_exact_end (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (compressions); i++)
    {
      g_autoptr (GBytes) stored = store ("random:4096:1", compressions[i]);
      gsize size;
      const guint8 *data = g_bytes_get_data (stored, &size);
      g_autoptr (GError) error = NULL;
      g_autoptr (GByteArray) out = expand (data, size, 4096, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (out->len, ==, 4096);
    }
}

/* A stream without its end is damaged, wherever it is cut. */
static void
test_cut (void)
{
  for (gsize i = 1; i < G_N_ELEMENTS (compressions); i++)
    {
      g_autoptr (GBytes) stored = store ("mixed:600:1", compressions[i]);
      gsize size;
      const guint8 *data = g_bytes_get_data (stored, &size);
      SmithCompression compression = smith_compression_detect (data, size);

      for (gsize cut = 0; cut < size; cut++)
        {
          g_autofree guint8 *exact = g_memdup2 (data, MAX (cut, 1));
          g_autoptr (SmithExpander) expander = smith_expander_new (compression, exact, cut);
          g_autoptr (GError) error = NULL;
          guint8 buffer[256];
          gssize n;

          while ((n = smith_expander_read (expander, buffer, sizeof buffer, &error)) > 0)
            ;
          g_assert_cmpint (n, ==, -1);
          g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE);
        }
    }
}

/* zlib has a checksum of what it expands to: no wrong byte goes unnoticed. */
static void
test_flipped_zlib (void)
{
  g_autoptr (GBytes) stored = store ("mixed:600:1", "zlib");
  g_autoptr (GByteArray) copy = helper_copy (stored);
  g_autoptr (GByteArray) right = expand (copy->data, copy->len, 256, NULL);

  for (gsize bit = 0; bit < 8 * (gsize) copy->len; bit++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GByteArray) out = NULL;

      copy->data[bit / 8] ^= (guint8) (1 << bit % 8);
      if (smith_compression_detect (copy->data, copy->len) == SMITH_COMPRESSION_ZLIB)
        {
          out = expand (copy->data, copy->len, 256, &error);
          g_assert_true ((out == NULL) == (error != NULL));
          /* The level in the header is a hint, and a few bits fill a byte. */
          if (out != NULL)
            g_assert_cmpmem (out->data, out->len, right->data, right->len);
        }
      copy->data[bit / 8] ^= (guint8) (1 << bit % 8);
    }
}

static void
test_detect (void)
{
  static const struct
  {
    const char *data;
    gsize size;
    SmithCompression expected;
  } cases[] = {
    { "", 0, SMITH_COMPRESSION_NONE },
    { "\x78", 1, SMITH_COMPRESSION_NONE },
    { "\x78\x01", 2, SMITH_COMPRESSION_ZLIB },
    { "\x78\x5E", 2, SMITH_COMPRESSION_ZLIB },
    { "\x78\x9C", 2, SMITH_COMPRESSION_ZLIB },
    { "\x78\xDA", 2, SMITH_COMPRESSION_ZLIB },
    { "\x78\x56", 2, SMITH_COMPRESSION_NONE },
    { "\x78\xDB", 2, SMITH_COMPRESSION_NONE },
    { "\xDA\x78", 2, SMITH_COMPRESSION_NONE },
    { "\x5D\x00\x00\x10\x00\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 13, SMITH_COMPRESSION_LZMA },
    { "\x5D\x00\x00\x10\x00\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 12, SMITH_COMPRESSION_NONE },
    { "\x5D\x00\x00\x10\x00\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFE", 13, SMITH_COMPRESSION_NONE },
    { "\x5E\x00\x00\x10\x00\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 13, SMITH_COMPRESSION_NONE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree guint8 *exact = g_memdup2 (cases[i].data, MAX (cases[i].size, 1));

      g_assert_cmpint (smith_compression_detect (exact, cases[i].size), ==, cases[i].expected);
    }
  g_assert_cmpstr (smith_compression_name (SMITH_COMPRESSION_NONE), ==, "none");
  g_assert_cmpstr (smith_compression_name (SMITH_COMPRESSION_ZLIB), ==, "zlib");
  g_assert_cmpstr (smith_compression_name (SMITH_COMPRESSION_LZMA), ==, "lzma");
}

/* What LZMA asks for is refused before any of it is taken. */
static void
test_dictionary (void)
{
  static const struct
  {
    guint32 dictionary;
    gboolean good;
  } cases[] = {
    { 4096, TRUE },
    { SMITH_LZMA_DICTIONARY_MAX, TRUE },
    { SMITH_LZMA_DICTIONARY_MAX + 1, FALSE },
    { 0x80000000, FALSE },
    { 0xFFFFFFFF, FALSE },
  };
  g_autoptr (GBytes) stored = store ("mixed:600:1", "lzma\nlzma-dictionary=4K");
  g_autoptr (GByteArray) copy = helper_copy (stored);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GByteArray) out = NULL;

      smith_put_u32_le (copy->data + 1, cases[i].dictionary);
      out = expand (copy->data, copy->len, 4096, &error);
      g_assert_true ((out != NULL) == cases[i].good);
      if (!cases[i].good)
        g_assert_error (error, SMITH_ERROR, SMITH_ERROR_UNSUPPORTED);
      g_assert_cmpuint (smith_compression_memory (SMITH_COMPRESSION_LZMA, copy->data, copy->len),
                        >=, MIN (cases[i].dictionary, SMITH_LZMA_DICTIONARY_MAX));
      g_assert_cmpuint (smith_compression_memory (SMITH_COMPRESSION_LZMA, copy->data, copy->len),
                        <=, SMITH_LZMA_DICTIONARY_MAX + (2 << 20));
    }
  g_assert_cmpuint (smith_compression_memory (SMITH_COMPRESSION_NONE, copy->data, 20), ==, 0);
  g_assert_cmpuint (smith_compression_memory (SMITH_COMPRESSION_ZLIB, copy->data, 2), >, 0);
  g_assert_cmpuint (smith_compression_memory (SMITH_COMPRESSION_LZMA, copy->data, 5), >, 0);
}

/* Nothing is given beyond the limit, to the byte. */
static void
test_endless (void)
{
  static const char *const contents[] = { "zeros:256M", "zeros:257M" };

  for (guint i = 0; i < G_N_ELEMENTS (contents); i++)
    {
      g_autoptr (GBytes) stored = store (contents[i], "zlib-1");
      gsize size;
      const guint8 *data = g_bytes_get_data (stored, &size);
      g_autoptr (SmithExpander) expander = smith_expander_new (SMITH_COMPRESSION_ZLIB, data, size);
      g_autofree guint8 *buffer = g_malloc (1 << 20);
      g_autoptr (GError) error = NULL;
      guint64 total = 0;
      gssize n;

      while ((n = smith_expander_read (expander, buffer, 1 << 20, &error)) > 0)
        total += (guint64) n;
      g_assert_cmpuint (total, ==, SMITH_EXPANDED_MAX);
      g_assert_cmpint (n, ==, i == 0 ? 0 : -1);
      if (i > 0)
        g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/expander/steps", test_steps);
  g_test_add_func ("/expander/exact-end", test_exact_end);
  g_test_add_func ("/expander/cut", test_cut);
  g_test_add_func ("/expander/flipped-zlib", test_flipped_zlib);
  g_test_add_func ("/expander/detect", test_detect);
  g_test_add_func ("/expander/dictionary", test_dictionary);
  g_test_add_func ("/expander/endless", test_endless);
  return g_test_run ();
}
