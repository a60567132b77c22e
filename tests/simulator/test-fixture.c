/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "format/error.h"
#include "helper.h"
#include "reread.h"
#include "simulator/fixture.h"

#include <string.h>

#define PREFIX_SIZE 0x5C

#define BIN "[file]\nshape=bin\n"
#define FIRMWARE "[firmware]\ndownload-id=0x0b\nproduct=BV7R11HS\nversion=:BV7R11HS:E:21.1\n"
#define PART(n, id, content) "[partition " #n "]\nid=" #id "\ncontent=" content "\n"

static GArray *
reread_bin (GBytes *file)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (file, &size);
  gsize end = 0;
  GArray *chain = reread_chain (data, size, PREFIX_SIZE, 0, &end);

  g_assert_cmpuint (end, ==, size);
  return chain;
}

static RereadPartition *
nth (GArray *chain, guint n)
{
  g_assert_cmpuint (n, <, chain->len);
  return &g_array_index (chain, RereadPartition, n);
}

static void
test_header (void)
{
  g_autoptr (GBytes) file = helper_build (
      BIN FIRMWARE "date=2001.02.03\ntime=04:05:06\nheader-version=7\n"
                   "block-size=100\nprefix-text=hello\n" //
      PART (0, 10000, "zeros:1001")                      //
      PART (1, 0xABCD1234,
            "pattern:250:a:b") "product=P\nversion=01234567890123456789012345678901\n"
                               "date=D\ntime=T\n");
  const guint8 *data = g_bytes_get_data (file, NULL);
  g_autoptr (GArray) chain = reread_bin (file);
  RereadPartition *part = nth (chain, 0);

  g_assert_cmpuint (chain->len, ==, 2);
  g_assert_cmpuint (data[0], ==, 0x0b);
  g_assert_cmpstr ((const char *) data + 4, ==, "hello");
  g_assert_true (part->header_ok);
  g_assert_cmpuint (part->header_version, ==, 7);
  g_assert_cmpuint (part->id, ==, 0x10000);
  g_assert_cmpuint (part->size, ==, 1001);
  g_assert_cmpuint (part->block_size, ==, 100);
  g_assert_cmpuint (part->n_blocks, ==, 11);
  g_assert_cmpuint (part->n_bad, ==, 0);
  g_assert_cmpstr (part->product, ==, "BV7R11HS");
  g_assert_cmpstr (part->date, ==, "2001.02.03");
  g_assert_cmpstr (part->time, ==, "04:05:06");
  g_assert_cmpstr (part->version, ==, ":BV7R11HS:E:21.1");
  for (guint i = 0; i < part->size; i++)
    g_assert_cmpuint (part->data[i], ==, 0);

  part = nth (chain, 1);
  g_assert_true (part->header_ok);
  g_assert_cmpuint (part->id, ==, 0xABCD1234);
  g_assert_cmpuint (part->offset % 4, ==, 0);
  g_assert_cmpstr (part->product, ==, "P");
  g_assert_cmpstr (part->version, ==, "01234567890123456789012345678901");
  for (guint i = 0; i < part->size; i++)
    g_assert_cmpuint (part->data[i], ==, "a:b"[i % 3]);
}

static void
test_compression (void)
{
  static const struct
  {
    const char *name;
    guint8 head[5];
    gsize head_size;
  } cases[] = {
    { "zlib", { 0x78, 0xda }, 2 },
    { "zlib-1", { 0x78, 0x01 }, 2 },
    { "zlib-5", { 0x78, 0x5e }, 2 },
    { "zlib-6", { 0x78, 0x9c }, 2 },
    { "zlib-9", { 0x78, 0xda }, 2 },
    { "lzma", { 0x5d, 0, 0, 0x10, 0 }, 5 },
    { "lzma\nlzma-dictionary=64K", { 0x5d, 0, 0, 1, 0 }, 5 },
  };
  static const char *const contents[]
      = { "mixed:100001:9", "random:50000:9", "zeros:70000", "random:0:1", "marker:3000:1:22.1" };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (gsize k = 0; k < G_N_ELEMENTS (contents); k++)
      {
        g_autofree char *text
            = g_strdup_printf (BIN FIRMWARE PART (0, 10000, "%s") "compression=none\n" PART (
                                   1, 20000, "%s") "compression=%s\n",
                               contents[k], contents[k], cases[i].name);
        g_autoptr (GBytes) file = helper_build (text);
        g_autoptr (GArray) chain = reread_bin (file);
        RereadPartition *raw = nth (chain, 0);
        RereadPartition *part = nth (chain, 1);
        gsize size;
        g_autofree guint8 *expanded = reread_expand (part->data, part->size, &size);

        g_assert_nonnull (expanded);
        g_assert_cmpmem (expanded, size, raw->data, raw->size);
        g_assert_cmpmem (part->data, cases[i].head_size, cases[i].head, cases[i].head_size);
        g_assert_cmpuint (part->n_bad, ==, 0);
      }
}

static void
test_content (void)
{
  g_autoptr (GBytes) file = helper_build (BIN FIRMWARE                           //
                                              PART (0, 1, "marker:64K:5:22.9:x") //
                                          PART (1, 2, "mixed:1M:6")              //
                                          "compression=zlib-1\n"                 //
                                          PART (2, 3, "random:64K:7")            //
                                          PART (3, 4, "random:64K:8")            //
                                          PART (4, 5, "random:64K:7") "compression=lzma\n");
  g_autoptr (GArray) chain = reread_bin (file);
  const char marker[] = "STICKSMITH-PRACTICE VERSION=22.9:x";
  gsize at = 0;

  g_assert_cmpuint (reread_count (nth (chain, 0)->data, 65536, marker, sizeof marker, &at), ==, 1);
  g_assert_cmpuint (at, ==, 65536 / 3);
  /* About two to one. */
  g_assert_cmpuint (nth (chain, 1)->size, >, 400 * 1024);
  g_assert_cmpuint (nth (chain, 1)->size, <, 620 * 1024);
  g_assert_true (memcmp (nth (chain, 2)->data, nth (chain, 3)->data, 1024) != 0);
  g_assert_cmpuint (nth (chain, 4)->size, >, 65536);
}

static void
test_signature (void)
{
  g_autoptr (GBytes) file
      = helper_build (BIN FIRMWARE "signature-size=2958\n" //
                      PART (0, 10000, "zeros:100") PART (1, 20000, "zeros:100"));
  g_autoptr (GBytes) second = helper_build (
      BIN FIRMWARE "signature-size=0xA00\nsignature-partition=1\n" //
      PART (0, 10000, "zeros:100") PART (1, 20000, "zeros:100") "compression=zlib\n");
  g_autoptr (GArray) chain = reread_bin (file);
  g_autoptr (GArray) second_chain = reread_bin (second);
  RereadPartition *part = nth (chain, 0);
  gsize size;
  g_autofree guint8 *expanded
      = reread_expand (nth (second_chain, 1)->data, nth (second_chain, 1)->size, &size);
  const guint8 *end = part->data + part->size;
  g_autoptr (GString) hash = g_string_new (NULL);

  g_assert_cmpuint (part->size, ==, 100 + 2958);
  g_assert_cmpuint (nth (chain, 1)->size, ==, 100);
  g_assert_cmpmem (end - 4, 4, "\xfa\xaf\xaa\xff", 4);
  g_assert_cmpuint (reread_u32 (end - 12), ==, 2958);
  for (guint i = 0; i < 32; i++)
    g_string_append_printf (hash, "%02X", (end - 2958 + 6)[i]);
  g_assert_cmpstr (hash->str, ==, SMITH_FIXTURE_KEY_SHA256);

  g_assert_cmpuint (nth (second_chain, 0)->size, ==, 100);
  g_assert_cmpuint (size, ==, 100 + 2560);
  g_assert_cmpuint (reread_u32 (expanded + size - 12), ==, 2560);
}

static void
test_damage (void)
{
  g_autoptr (GBytes) file = helper_build (
      BIN FIRMWARE                                                       //
          PART (0, 1, "random:9000:1") "break-header-crc=true\n"         //
      PART (1, 2, "random:9000:2") "break-block=1\n"                     //
      PART (2, 3, "mixed:9000:3") "compression=zlib\ncut-stored=5\n"     //
      PART (3, 4, "mixed:9000:4") "compression=lzma\ncut-stored=1\n"     //
      PART (4, 5, "mixed:9000:5") "compression=zlib\nflip-stored=1000\n" //
      PART (5, 6, "random:64:6") "declared-size=0xFFFFFFFF\n"            //
                                 "declared-header-size=12345\ndeclared-block-size=0\n");
  gsize size;
  const guint8 *data = g_bytes_get_data (file, &size);
  g_autoptr (GArray) chain = NULL;
  gsize end = 0;
  gsize expanded;
  const guint8 *last = data + size - 64 - 2 - 98;
  guint8 copy[98];

  /* The last one cannot be followed. */
  chain = reread_chain (data, last - data, PREFIX_SIZE, 0, &end);
  g_assert_cmpuint (chain->len, ==, 5);
  g_assert_false (nth (chain, 0)->header_ok);
  g_assert_cmpuint (nth (chain, 0)->n_bad, ==, 0);
  g_assert_true (nth (chain, 1)->header_ok);
  g_assert_cmpuint (nth (chain, 1)->n_bad, ==, 1);
  g_assert_cmpuint (nth (chain, 1)->last_bad, ==, 1);
  for (guint i = 2; i < 5; i++)
    {
      g_assert_true (nth (chain, i)->header_ok);
      g_assert_cmpuint (nth (chain, i)->n_bad, ==, 0);
      g_assert_null (reread_expand (nth (chain, i)->data, nth (chain, i)->size, &expanded));
    }
  g_assert_cmpmem (last, 4, "\x55\xaa\x5a\xa5", 4);
  g_assert_cmpuint (reread_u32 (last + 4), ==, 12345);
  g_assert_cmpuint (reread_u32 (last + 24), ==, 0xffffffff);
  g_assert_cmpuint (reread_u32 (last + 94), ==, 0);
  memcpy (copy, last, sizeof copy);
  memset (copy + 92, 0, 2);
  g_assert_cmpuint (reread_crc (copy, sizeof copy), ==, last[92] + 256 * last[93]);
}

static void
check_updater (guint misalign, gboolean align_to_chain)
{
  g_autofree char *text
      = g_strdup_printf ("[file]\nshape=updater\n" FIRMWARE "align=%s\n"
                         "[updater]\nstub-size=4000\nchain-offset-misalign=%u\ntail-size=777\n" //
                         PART (0, 10000, "mixed:1001:1") PART (1, 20000, "random:502:1")        //
                         PART (2, 30000, "zeros:303"),
                         align_to_chain ? "chain" : "file", misalign);
  g_autoptr (GBytes) file = helper_build (text);
  gsize size;
  const guint8 *data = g_bytes_get_data (file, &size);
  gsize stray = reread_find (data, size, 0, "\x55\xaa\x5a\xa5", 4);
  gsize first = reread_find (data, size, stray + 1, "\x55\xaa\x5a\xa5", 4);
  g_autoptr (GArray) chain = NULL;
  gsize base = 0;
  gsize end = 0;
  guint8 copy[98];

  g_assert_cmpmem (data, 2, "MZ", 2);
  g_assert_cmpuint (stray % 4, ==, 0);
  memcpy (copy, data + stray, sizeof copy);
  memset (copy + 92, 0, 2);
  g_assert_cmpuint (reread_crc (copy, sizeof copy), !=, data[stray + 92] + 256 * data[stray + 93]);
  g_assert_cmpuint (first, ==, 4000 + misalign + PREFIX_SIZE);
  g_assert_cmpuint (data[first - PREFIX_SIZE], ==, 0x0b);
  base = align_to_chain ? first : 0;
  chain = reread_chain (data, size, first, base, &end);
  g_assert_cmpuint (chain->len, ==, 3);
  for (guint i = 0; i < chain->len; i++)
    g_assert_true (nth (chain, i)->header_ok && nth (chain, i)->n_bad == 0);
  g_assert_cmpuint (size - base - (end - base + 3) / 4 * 4, ==, 777);
  g_assert_cmpuint (reread_find (data, size, end, "\x55\xaa\x5a\xa5", 4), ==, size);
}

static void
test_updater (void)
{
  for (guint misalign = 0; misalign < 4; misalign++)
    {
      check_updater (misalign, FALSE);
      check_updater (misalign, TRUE);
    }
}

static void
test_folder (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) images
      = smith_fixture_build_folder ("[file]\nshape=folder\n[firmware]\nsignature-size=60\n" //
                                    PART (0, 10000, "zeros:10")                             //
                                    PART (1, 220000, "pattern:6:ab") PART (2, 12345678, "zeros:0"),
                                    &error);
  GBytes *image;

  g_assert_no_error (error);
  g_assert_cmpuint (g_hash_table_size (images), ==, 3);
  image = g_hash_table_lookup (images, "00-00010000-Ptable.bin");
  g_assert_nonnull (image);
  g_assert_cmpuint (g_bytes_get_size (image), ==, 70);
  image = g_hash_table_lookup (images, "01-00220000-VxWorks_R11.bin");
  g_assert_nonnull (image);
  g_assert_cmpmem (g_bytes_get_data (image, NULL), g_bytes_get_size (image), "ababab", 6);
  image = g_hash_table_lookup (images, "02-12345678-U12345678.bin");
  g_assert_nonnull (image);
  g_assert_cmpuint (g_bytes_get_size (image), ==, 0);
}

static void
test_errors (void)
{
  /* What the message must name. */
  static const struct
  {
    const char *description;
    const char *expected;
  } cases[] = {
    { "", "[file]" },
    { "rubbish", "Not a description" },
    { "[file]\n", "[file] shape" },
    { "[file]\nshape=cube\n", "cube" },
    { "[file]\nshape=folder\n", "[file] shape" },
    { "[file]\nshape=bin\nsize=1\n", "[file] size" },
    { BIN, "[firmware]" },
    { BIN FIRMWARE, "[partition 0]" },
    { BIN FIRMWARE "[loader]\n", "[loader]" },
    { BIN FIRMWARE "colour=red\n", "[firmware] colour" },
    { BIN FIRMWARE "block-size=0\n", "[firmware] block-size" },
    { BIN FIRMWARE "block-size=-1\n", "[firmware] block-size" },
    { BIN FIRMWARE "block-size=4 K\n", "[firmware] block-size" },
    { BIN FIRMWARE "block-size=4G\n", "[firmware] block-size" },
    { BIN FIRMWARE "block-size=0x0x1\n", "[firmware] block-size" },
    { BIN FIRMWARE "block-size=99999999999999999999\n", "[firmware] block-size" },
    { BIN FIRMWARE "align=left\n", "[firmware] align" },
    { BIN FIRMWARE "signature-size=49\n", "[firmware] signature-size" },
    { BIN FIRMWARE "date=12345678901234567\n", "[firmware] date" },
    { BIN FIRMWARE "date=\\q\n", "[firmware] date" },
    { BIN FIRMWARE PART (1, 10000, "zeros:1"), "[partition 1]" },
    { BIN FIRMWARE PART (0, 10000, "zeros:1") PART (2, 1, "zeros:1"), "[partition 2]" },
    { BIN FIRMWARE PART (0, 1G000, "zeros:1"), "[partition 0] id" },
    { BIN FIRMWARE PART (0, 100000000, "zeros:1"), "[partition 0] id" },
    { BIN FIRMWARE PART (0, 10000, "sand:1"), "[partition 0] content" },
    { BIN FIRMWARE PART (0, 10000, "zeros"), "[partition 0] content" },
    { BIN FIRMWARE PART (0, 10000, "zeros:1:2"), "[partition 0] content" },
    { BIN FIRMWARE PART (0, 10000, "zeros:1025M"), "[partition 0] content" },
    { BIN FIRMWARE PART (0, 10000, "random:1"), "[partition 0] content" },
    { BIN FIRMWARE PART (0, 10000, "random:1:x"), "[partition 0] content" },
    { BIN FIRMWARE PART (0, 10000, "pattern:1:"), "[partition 0] content" },
    { BIN FIRMWARE PART (0, 10000, "marker:40:1:12345"), "[partition 0] content" },
    { BIN FIRMWARE PART (0, 10000, "zeros:1") "compression=rar\n", "[partition 0] compression" },
    { BIN FIRMWARE PART (0, 10000, "zeros:1") "lzma-dictionary=1\n",
      "[partition 0] lzma-dictionary" },
    { BIN FIRMWARE PART (0, 10000, "zeros:4097") "break-block=2\n", "[partition 0] break-block" },
    { BIN FIRMWARE PART (0, 10000, "zeros:9") "cut-stored=10\n", "[partition 0] cut-stored" },
    { BIN FIRMWARE PART (0, 10000, "zeros:9") "flip-stored=9\n", "[partition 0] flip-stored" },
    { BIN FIRMWARE PART (0, 10000, "zeros:9") "break-header-crc=1\n",
      "[partition 0] break-header-crc" },
    { BIN FIRMWARE PART (0, 10000, "zeros:9") "version=123456789012345678901234567890123\n",
      "[partition 0] version" },
    { BIN FIRMWARE "[updater]\n", "[updater]" },
    { "[file]\nshape=updater\n" FIRMWARE "[updater]\nstub-size=9\n", "[updater] stub-size" },
    { "[file]\nshape=updater\n" FIRMWARE "[updater]\nchain-offset-misalign=4\n",
      "[updater] chain-offset-misalign" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) file = smith_fixture_build (cases[i].description, &error);

      g_test_message ("%s", error != NULL ? error->message : "no error");
      g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE);
      g_assert_null (file);
      g_assert_nonnull (strstr (error->message, cases[i].expected));
    }
}

static void
test_folder_errors (void)
{
  static const char *const cases[] = {
    BIN FIRMWARE,
    "[file]\nshape=folder\n",
    "[file]\nshape=folder\n[firmware]\nproduct=X\n" PART (0, 1, "zeros:1"),
    "[file]\nshape=folder\n" PART (0, 1, "zeros:1") "compression=zlib\n",
    "[file]\nshape=folder\n" PART (0, 1, "zeros:1") PART (1, 2, "dust:1"),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (smith_fixture_build_folder (cases[i], &error));
      g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fixture/header", test_header);
  g_test_add_func ("/fixture/compression", test_compression);
  g_test_add_func ("/fixture/content", test_content);
  g_test_add_func ("/fixture/signature", test_signature);
  g_test_add_func ("/fixture/damage", test_damage);
  g_test_add_func ("/fixture/updater", test_updater);
  g_test_add_func ("/fixture/folder", test_folder);
  g_test_add_func ("/fixture/errors", test_errors);
  g_test_add_func ("/fixture/folder-errors", test_folder_errors);
  return g_test_run ();
}
