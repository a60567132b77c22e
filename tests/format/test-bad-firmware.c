/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "format/firmware.h"

#include <sys/mman.h>

#include "format/bytes.h"
#include "format/error.h"
#include "format/loader.h"
#include "helper.h"

#define PREFIX SMITH_FIRMWARE_PREFIX_SIZE
#define BIN "[file]\nshape=bin\n[firmware]\nproduct=P\nversion=V\nblock-size=64\ndownload-id="
#define PART(n, id, content) "[partition " #n "]\nid=" #id "\ncontent=" content "\n"

static const guint8 flips[] = { 0x01, 0x20, 0x80, 0xFF };

/* Every compression, every role, in a few KB. */
static GByteArray *
make_tiny (void)
{
  g_autoptr (GBytes) file = helper_build_named ("tiny");

  return helper_copy (file);
}

/* Where the data of the part at @header begins. */
static gsize
data_of (const GByteArray *file, gsize header)
{
  return header + smith_get_u32_le (file->data + header + 4);
}

static void
assert_bad_description (const char *description, const char *problem)
{
  g_autoptr (GBytes) bytes = helper_build (description);
  g_autoptr (GByteArray) file = helper_copy (bytes);

  helper_assert_bad (file, problem);
}

static void
test_truncated (void)
{
  g_autoptr (GByteArray) file = make_tiny ();

  for (gsize size = 0; size < file->len; size++)
    {
      /* Copied, so that reading behind the end is seen. */
      g_autofree guint8 *cut = g_memdup2 (file->data, MAX (size, 1));

      g_assert_false (helper_is_good (cut, size));
    }
  g_assert_true (helper_is_good (file->data, file->len));
}

/* Only the stick's own parts: where one of them is cut off cleanly nothing
 * tells, but a header that only begins does. */
static void
test_truncated_header (void)
{
  static const char *const shapes[]
      = { "[file]\nshape=bin\n",
          "[file]\nshape=updater\n[updater]\nstub-size=4000\ntail-size=0\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      g_autofree char *text
          = g_strconcat (shapes[i],
                         "[firmware]\ndownload-id=1\nproduct=P\nversion=V\n" //
                         PART (0, 90000, "random:102:1") PART (1, 220000, "random:99:1"),
                         NULL);
      g_autoptr (GBytes) bytes = helper_build (text);
      g_autoptr (GByteArray) file = helper_copy (bytes);
      gsize second = helper_nth_header (file, 1);
      gsize end = second;

      while (file->data[end - 1] == 0)
        end--;
      for (gsize size = second + 1; size < data_of (file, second) + 99; size++)
        {
          g_autofree guint8 *cut = g_memdup2 (file->data, size);

          g_assert_false (helper_is_good (cut, size));
        }
      g_assert_true (helper_is_good (file->data, file->len));
      g_assert_true (helper_is_good (file->data, end));
    }
}

static void
test_truncated_updater (void)
{
  for (guint misalign = 0; misalign < 4; misalign++)
    {
      g_autofree char *text = g_strdup_printf (
          "[file]\nshape=updater\n[firmware]\ndownload-id=7\nproduct=P\nversion=V\n"
          "[updater]\nstub-size=600\ntail-size=150\nchain-offset-misalign=%u\n" //
          PART (0, 90000, "random:101:1") PART (1, 0B0000, "zeros:102")         //
          PART (2, 560000, "random:103:1"),
          misalign);
      g_autoptr (GBytes) bytes = helper_build (text);
      g_autoptr (GByteArray) file = helper_copy (bytes);
      gsize end = data_of (file, helper_nth_header (file, 2)) + 103;

      for (gsize size = 0; size <= file->len; size++)
        {
          g_autofree guint8 *cut = g_memdup2 (file->data, MAX (size, 1));

          g_assert_true (helper_is_good (cut, size) == (size >= end));
        }
    }
}

static void
flip_range (GByteArray *file, gsize from, gsize to)
{
  for (gsize pos = from; pos < to; pos++)
    for (gsize i = 0; i < G_N_ELEMENTS (flips); i++)
      {
        file->data[pos] ^= flips[i];
        g_assert_false (helper_is_good (file->data, file->len));
        file->data[pos] ^= flips[i];
      }
}

static void
test_flipped (void)
{
  g_autoptr (GByteArray) file = make_tiny ();
  g_autoptr (GArray) headers = helper_headers (file->data, file->len);

  g_assert_cmpuint (headers->len, ==, 7);
  for (guint i = 0; i < headers->len; i++)
    {
      gsize header = g_array_index (headers, gsize, i);
      gsize end = data_of (file, header) + smith_get_u32_le (file->data + header + 24);

      flip_range (file, header, end);
    }
  g_assert_true (helper_is_good (file->data, file->len));
}

/* All 255 wrong values of each byte of the headers: among them are those that
 * make another magic, another size, a printable letter. */
static void
test_every_value (void)
{
  g_autoptr (GByteArray) file = make_tiny ();

  for (guint n = 0; n < 7; n += 3)
    {
      gsize header = helper_nth_header (file, n);

      for (gsize pos = header; pos < header + HELPER_HEADER_SIZE; pos++)
        for (guint x = 1; x < 256; x++)
          {
            g_autoptr (SmithFirmware) firmware = NULL;

            file->data[pos] ^= (guint8) x;
            firmware = helper_parse (file->data, file->len);
            g_assert_nonnull (firmware);
            g_assert_cmpuint (firmware->problems->len, >, 0);
            file->data[pos] ^= (guint8) x;
          }
    }
}

/* The first byte says what follows; the others of the prefix mean nothing. */
static void
test_prefix (void)
{
  g_autoptr (GByteArray) file = make_tiny ();

  for (guint id = 0; id < 256; id++)
    {
      file->data[0] = (guint8) id;
      g_assert_true (helper_is_good (file->data, file->len) == (id <= 0x0F && (id & 7) != 0));
    }
  file->data[0] = 0x07;
  for (gsize pos = 1; pos < PREFIX; pos++)
    {
      file->data[pos] ^= 0xFF;
      g_assert_true (helper_is_good (file->data, file->len));
      file->data[pos] ^= 0xFF;
    }
}

/* What the package says that it holds must be in it. */
static void
test_content (void)
{
  static const struct
  {
    const char *id;
    const char *ids[3];
    const char *problem; /* NULL: none */
  } cases[] = {
    { "1", { "90000" }, NULL },
    { "1", { "B0000" }, "the stick's firmware" },
    { "2", { "B0000" }, NULL },
    { "2", { "90000" }, "CD image" },
    { "4", { "560000" }, NULL },
    { "4", { "90000" }, "web interface" },
    { "7", { "90000", "B0000", "560000" }, NULL },
    { "7", { "90000", "B0000" }, "web interface" },
    { "7", { "90000", "560000" }, "CD image" },
    { "7", { "B0000", "560000" }, "the stick's firmware" },
    { "0", { "90000" }, "0x00" },
    { "8", { "90000" }, "0x08" },
    { "0x11", { "90000" }, "0x11" },
    { "0xFF", { "90000" }, "0xFF" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GString) text = g_string_new (BIN);
      g_autoptr (GBytes) file = NULL;

      g_string_append_printf (text, "%s\n", cases[i].id);
      for (guint n = 0; n < 3 && cases[i].ids[n] != NULL; n++)
        g_string_append_printf (text, "[partition %u]\nid=%s\ncontent=zeros:9\n", n,
                                cases[i].ids[n]);
      if (cases[i].problem != NULL)
        {
          assert_bad_description (text->str, cases[i].problem);
          continue;
        }
      file = helper_build (text->str);
      g_assert_true (helper_is_good (g_bytes_get_data (file, NULL), g_bytes_get_size (file)));
    }
}

/* The same flips where the chain begins at any byte of a program: a damaged
 * first header must not make the second one the first. */
static void
test_flipped_updater (void)
{
  for (guint misalign = 0; misalign < 4; misalign++)
    for (guint chain = 0; chain < 2; chain++)
      {
        g_autofree char *text = g_strdup_printf (
            "[file]\nshape=updater\n[firmware]\ndownload-id=1\nproduct=BV7R11HS\n"
            "version=:BV7R11HS:T:22.1\nalign=%s\n"
            "[updater]\nstub-size=700\ntail-size=40\nchain-offset-misalign=%u\n" //
            PART (0, 90000, "random:101:1") PART (1, 220000, "random:102:1")     //
            PART (2, 230000, "random:103:1"),
            chain ? "chain" : "file", misalign);
        g_autoptr (GBytes) bytes = helper_build (text);
        g_autoptr (GByteArray) file = helper_copy (bytes);

        g_assert_true (helper_is_good (file->data, file->len));
        for (guint n = 0; n < 3; n++)
          {
            gsize header = helper_nth_header (file, n);

            flip_range (file, header, header + HELPER_HEADER_SIZE + 2);
          }
      }
}

/* Fields that lie under a right checksum. */
static void
test_sizes (void)
{
  static const guint fields[] = { 4, 24, 94 }; /* header, data, block */
  static const guint32 values[]
      = { 0, 1, 97, 98, 99, 0x7FFFFFFF, 0x80000000, 0xFFFFFF9D, 0xFFFFFFFE, 0xFFFFFFFF };
  g_autoptr (GByteArray) file = make_tiny ();
  gsize header = helper_nth_header (file, 0);

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    for (gsize k = 0; k < G_N_ELEMENTS (values); k++)
      {
        guint8 saved[HELPER_HEADER_SIZE];
        gint64 start = g_get_monotonic_time ();

        memcpy (saved, file->data + header, sizeof saved);
        smith_put_u32_le (file->data + header + fields[i], values[k]);
        helper_fix_header (file->data + header);
        g_assert_false (helper_is_good (file->data, file->len));
        memcpy (file->data + header, saved, sizeof saved);
        /* Four gigabytes that are only claimed cost nothing. */
        g_assert_cmpint (g_get_monotonic_time () - start, <, G_USEC_PER_SEC);
      }
  /* All three at once agree with each other, and with nothing else. */
  smith_put_u32_le (file->data + header + 4, 98 + 2);
  smith_put_u32_le (file->data + header + 24, 0xFFFFFFFF);
  smith_put_u32_le (file->data + header + 94, 0xFFFFFFFF);
  helper_fix_header (file->data + header);
  helper_assert_bad (file, "cut short");
}

static void
test_descriptions (void)
{
  assert_bad_description (BIN "1\n" PART (0, 90000, "zeros:9") PART (1, 90000, "zeros:9"), "twice");
  assert_bad_description (BIN "1\n" PART (0, 90000, "zeros:0"), "is empty");
  assert_bad_description (BIN "1\n" PART (0, 90000, "zeros:0") "compression=zlib\n",
                          "nothing in it");
  assert_bad_description (BIN "1\n" PART (0, 90000, "zeros:0") "compression=lzma\n",
                          "nothing in it");
  assert_bad_description (BIN
                          "1\n" PART (0, 90000, "mixed:900:1") "compression=zlib\ncut-stored=1\n",
                          "ends too early");
  assert_bad_description (BIN
                          "1\n" PART (0, 90000, "mixed:900:1") "compression=lzma\ncut-stored=1\n",
                          "ends too early");
  assert_bad_description (BIN
                          "1\n" PART (0, 90000, "mixed:900:1") "compression=zlib\nflip-stored=9\n",
                          "cannot be unpacked");
  assert_bad_description (BIN "1\n" PART (0, 90000, "zeros:99") "break-block=1\n",
                          "checksum is wrong");
  assert_bad_description (BIN "1\n" PART (0, 90000, "zeros:99") "break-header-crc=true\n",
                          "header of part 0 is damaged");
  assert_bad_description (BIN "1\n" PART (0, 90000, "zeros:99") "declared-size=200\n",
                          "contradicts itself");
  assert_bad_description (BIN "1\n" PART (0, 90000, "zeros:99") "declared-size=128\n", "cut short");
  assert_bad_description (BIN "1\n" PART (0, 90000, "zeros:99") "declared-block-size=0\n",
                          "contradicts itself");
}

/* Two parts with rubbish instead of a header between them. */
static void
test_apart (void)
{
  g_autoptr (GByteArray) file = make_tiny ();
  gsize header = helper_nth_header (file, 2);

  memset (file->data + header, 0xEE, 8);
  helper_assert_bad (file, "stand apart");
}

static void
test_dictionary (void)
{
  g_autoptr (GByteArray) file = make_tiny ();
  gsize header = helper_nth_header (file, 2);

  smith_put_u32_le (file->data + data_of (file, header) + 1, 0xFFFFFFFF);
  helper_fix_sums (file->data + header);
  helper_assert_bad (file, "asks for 4095 MiB");
}

static void
test_many (void)
{
  for (guint n = 99; n <= 102; n++)
    {
      g_autoptr (GString) text = g_string_new (BIN "1\n");
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GByteArray) file = NULL;

      for (guint i = 0; i < n; i++)
        g_string_append_printf (text, "[partition %u]\nid=%x\ncontent=zeros:%u\n", i,
                                0x10000000 + i, i + 1);
      bytes = helper_build (text->str);
      file = helper_copy (bytes);
      if (n > SMITH_FIRMWARE_PARTITIONS_MAX)
        helper_assert_bad (file, "more parts than any stick");
      else
        g_assert_true (helper_is_good (file->data, file->len));
    }
}

/* @n parts of @size zeros each, as they are; of the pages only those with a header are
 * touched. @problem: (nullable): there is none */
static void
check_large (guint n, guint32 size, const char *problem)
{
  g_autoptr (GBytes) bytes = helper_build (BIN "1\n" PART (0, 90000, "zeros:64"));
  g_autoptr (GByteArray) small = helper_copy (bytes);
  gsize first = helper_nth_header (small, 0);
  gsize step = (HELPER_HEADER_SIZE + 2 + (gsize) size + 3) / 4 * 4;
  gsize whole = first + n * step;
  guint8 *file = mmap (NULL, whole, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  g_autoptr (SmithFirmware) firmware = NULL;

  g_assert_true (file != MAP_FAILED);
  memcpy (file, small->data, first);
  for (guint i = 0; i < n; i++)
    {
      guint8 *header = file + first + i * step;

      memcpy (header, small->data + first, HELPER_HEADER_SIZE + 2);
      smith_put_u32_le (header + 20, 0x90000 + i * 0x1000000);
      smith_put_u32_le (header + 24, size);
      smith_put_u32_le (header + 94, size);
      helper_fix_header (header);
    }
  firmware = helper_parse (file, whole);
  /* As if the sums had been worked out, which would take seconds. */
  for (guint i = 0; i < firmware->partitions->len; i++)
    ((SmithPartition *) g_ptr_array_index (firmware->partitions, i))->data_ok = SMITH_CHECK_GOOD;
  firmware->sha256 = g_strdup ("");
  g_assert_true (smith_firmware_verify (firmware, NULL, NULL));
  g_assert_cmpuint (firmware->partitions->len, ==, n);
  if (problem != NULL)
    helper_assert_problem (firmware, problem);
  else
    g_assert_true (smith_firmware_is_good (firmware));
  g_clear_pointer (&firmware, smith_firmware_free);
  munmap (file, whole);
}

static void
test_large (void)
{
  check_large (1, SMITH_EXPANDED_MAX, NULL);
  check_large (1, SMITH_EXPANDED_MAX + 1, "is larger than any stick can hold");
  check_large (4, SMITH_EXPANDED_MAX, NULL);
  check_large (5, SMITH_EXPANDED_MAX / 5 * 4 + 20, "The parts are larger than any stick can hold");
}

/* The magic may stand anywhere as what it is: four bytes. */
static void
test_stray_magic (void)
{
  g_autoptr (GBytes) bytes = helper_build (BIN "1\n" PART (0, 90000, "zeros:400"));
  g_autoptr (GByteArray) file = helper_copy (bytes);
  gsize header = helper_nth_header (file, 0);
  gsize data = data_of (file, header);
  g_autoptr (GByteArray) moved = g_byte_array_new ();

  /* In the data; a whole header in the data; in the prefix. */
  memcpy (file->data + data + 200, "\x55\xAA\x5A\xA5", 4);
  memcpy (file->data + data + 250, file->data + header, HELPER_HEADER_SIZE);
  memcpy (file->data + 8, "\x55\xAA\x5A\xA5", 4);
  helper_fix_sums (file->data + header);
  g_assert_true (helper_is_good (file->data, file->len));

  /* Behind the end, in a program: a header that does not verify is none. */
  g_byte_array_append (file,
                       (const guint8 *) "pad\x55\xAA\x5A\xA5"
                                        "junk",
                       11);
  g_assert_true (helper_is_good (file->data, file->len - 11));
  g_assert_false (helper_is_good (file->data, file->len - 4));

  /* A package that does not begin where it should is no package. */
  g_byte_array_append (moved, (const guint8 *) "four", 4);
  g_byte_array_append (moved, file->data, file->len - 11);
  helper_assert_bad (moved, "does not begin as a firmware file does");
}

/* A program of @n times @what, with firmware behind it. */
static SmithFirmware *
parse_behind (const char *what, gsize size, gsize n)
{
  g_autoptr (GByteArray) tiny = make_tiny ();
  g_autoptr (GByteArray) file = g_byte_array_new ();

  g_byte_array_append (file, (const guint8 *) "MZ", 2);
  for (gsize i = 0; i < n; i++)
    g_byte_array_append (file, (const guint8 *) what, (guint) size);
  g_byte_array_append (file, tiny->data, tiny->len);
  return helper_parse (file->data, file->len);
}

/* What is made of magics, whole or nearly so, is not looked through to the end:
 * that could take minutes. No program has so many of them. */
static void
test_made_of_magics (void)
{
  static const struct
  {
    const char *what;
    gsize size;
    gsize few;
    gsize many;
    gboolean found;
  } cases[] = {
    { "\x55\xAA\x5A\xA5", 4, 65000, 66000, FALSE },
    { "\x55\xAA\x5A", 4, 65000, 66000, TRUE },
    { "\x5A\xA5\x5A\xA5", 4, 120000, 140000, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SmithFirmware) few = parse_behind (cases[i].what, cases[i].size, cases[i].few);
      g_autoptr (SmithFirmware) many = parse_behind (cases[i].what, cases[i].size, cases[i].many);

      g_assert_nonnull (few);
      g_assert_cmpint (many != NULL, ==, cases[i].found);
      if (many == NULL)
        continue;
      g_assert_cmpuint (few->problems->len, ==, 0);
      g_assert_cmpuint (many->problems->len, ==, 1);
      g_assert_nonnull (strstr (many->problems->pdata[0], "damaged"));
    }
}

static void
test_rubbish_behind (void)
{
  g_autoptr (GByteArray) file = make_tiny ();
  g_autoptr (SmithFirmware) firmware = NULL;

  for (gsize i = 0; i < 200; i++)
    g_byte_array_append (file, (const guint8 *) "\x01", 1);
  firmware = helper_parse (file->data, file->len);
  g_assert_true (smith_firmware_verify (firmware, NULL, NULL));
  g_assert_true (smith_firmware_is_good (firmware));
  g_assert_cmpuint (firmware->warnings->len, ==, 1);
  g_assert_nonnull (strstr (firmware->warnings->pdata[0], "200 bytes"));
}

static void
test_no_firmware (void)
{
  static const struct
  {
    const char *data;
    gsize size;
    const char *why;
  } cases[] = {
    { "", 0, "empty" },
    { "x", 1, "too short" },
    { "<!DOCTYPE html>\n<html><head><title>404</title>", 46, "web page" },
    { "\xEF\xBB\xBF\r\n<HTML>", 11, "web page" },
    { "<?xml version=\"1.0\"?><!doctype html>", 36, "web page" },
    { "MZ\x90", 3, "Windows program" },
    { "\0\0\2\0 a loader", 13, "loader" },
  };
  g_autofree guint8 *noise = g_malloc0 (100000);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree guint8 *exact = g_memdup2 (cases[i].data, MAX (cases[i].size, 1));
      g_autoptr (GBytes) file = g_bytes_new_static (exact, cases[i].size);
      g_autoptr (GError) error = NULL;

      g_assert_null (smith_firmware_parse (file, &error));
      g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE);
      g_assert_nonnull (strstr (error->message, cases[i].why));
    }
  g_assert_null (helper_parse (noise, 100000));
  for (gsize i = 0; i + 4 <= 100000; i += 4)
    memcpy (noise + i, "\x55\xAA\x5A\xA5", 4);
  g_assert_false (helper_is_good (noise, 100000));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bad-firmware/truncated", test_truncated);
  g_test_add_func ("/bad-firmware/truncated-header", test_truncated_header);
  g_test_add_func ("/bad-firmware/truncated-updater", test_truncated_updater);
  g_test_add_func ("/bad-firmware/flipped", test_flipped);
  g_test_add_func ("/bad-firmware/every-value", test_every_value);
  g_test_add_func ("/bad-firmware/prefix", test_prefix);
  g_test_add_func ("/bad-firmware/content", test_content);
  g_test_add_func ("/bad-firmware/flipped-updater", test_flipped_updater);
  g_test_add_func ("/bad-firmware/sizes", test_sizes);
  g_test_add_func ("/bad-firmware/descriptions", test_descriptions);
  g_test_add_func ("/bad-firmware/apart", test_apart);
  g_test_add_func ("/bad-firmware/dictionary", test_dictionary);
  g_test_add_func ("/bad-firmware/many", test_many);
  g_test_add_func ("/bad-firmware/large", test_large);
  g_test_add_func ("/bad-firmware/stray-magic", test_stray_magic);
  g_test_add_func ("/bad-firmware/made-of-magics", test_made_of_magics);
  g_test_add_func ("/bad-firmware/rubbish-behind", test_rubbish_behind);
  g_test_add_func ("/bad-firmware/no-firmware", test_no_firmware);
  return g_test_run ();
}
