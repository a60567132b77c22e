/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "format/firmware.h"

#include <sys/mman.h>

#include "format/error.h"
#include "helper.h"
#include "simulator/fixture.h"

#define IMAGES_MAX 128

/* Images by name, put in order. */
typedef struct
{
  GPtrArray *names;
  GPtrArray *contents; /* GBytes */
} Images;

static void
images_clear (Images *images)
{
  g_clear_pointer (&images->names, g_ptr_array_unref);
  g_clear_pointer (&images->contents, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Images, images_clear)

static void
images_add (Images *images, const char *name, GBytes *content)
{
  if (images->names == NULL)
    {
      images->names = g_ptr_array_new_with_free_func (g_free);
      images->contents = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
    }
  g_ptr_array_add (images->names, g_strdup (name));
  g_ptr_array_add (images->contents, g_bytes_ref (content));
}

static void
images_add_text (Images *images, const char *name, const char *content)
{
  g_autoptr (GBytes) bytes = g_bytes_new (content, strlen (content));

  images_add (images, name, bytes);
}

static SmithFirmware *
images_parse (const Images *images, GError **error)
{
  SmithImage list[IMAGES_MAX];
  guint n = images->names != NULL ? images->names->len : 0;
  SmithFirmware *firmware;

  g_assert_cmpuint (n, <=, IMAGES_MAX);
  for (guint i = 0; i < n; i++)
    list[i] = (SmithImage){ images->names->pdata[i], images->contents->pdata[i] };
  firmware = smith_firmware_from_images (list, n, error);
  if (firmware != NULL)
    g_assert_true (smith_firmware_verify (firmware, NULL, NULL));
  return firmware;
}

static void
assert_refused (const Images *images, const char *why)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (images_parse (images, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, why));
}

static void
test_fixture (void)
{
  g_autofree char *description = helper_description ("folder-v7r11");
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) made = smith_fixture_build_folder (description, &error);
  g_autoptr (GList) names = g_list_sort (g_hash_table_get_keys (made), (GCompareFunc) strcmp);
  g_auto (Images) images = { 0 };
  g_autoptr (SmithFirmware) firmware = NULL;
  guint64 total = 0;

  for (GList *l = names; l != NULL; l = l->next)
    images_add (&images, l->data, g_hash_table_lookup (made, l->data));
  firmware = images_parse (&images, &error);
  g_assert_no_error (error);
  g_assert_cmpint (firmware->kind, ==, SMITH_FIRMWARE_FOLDER);
  g_assert_cmpint (firmware->chip, ==, SMITH_CHIP_V7R11);
  g_assert_cmpuint (firmware->content, ==, SMITH_CONTENT_FIRMWARE | SMITH_CONTENT_ISO);
  g_assert_cmpuint (firmware->partitions->len, ==, 8);
  g_assert_false (firmware->has_prefix);
  g_assert_null (firmware->file);
  g_assert_cmpuint (strlen (firmware->sha256), ==, 64);
  g_assert_null (firmware->built);
  g_assert_cmpstr (firmware->version, ==, "");
  g_assert_cmpstr (firmware->product, ==, "");
  for (guint i = 0; i < 8; i++)
    {
      SmithPartition *partition = g_ptr_array_index (firmware->partitions, i);
      g_autofree char *name = smith_partition_file_name (partition);

      g_assert_cmpstr (name, ==, images.names->pdata[i]);
      g_assert_cmpuint (partition->index, ==, i);
      g_assert_cmpint (partition->compression, ==, SMITH_COMPRESSION_NONE);
      g_assert_cmpuint (partition->stored, ==, partition->expanded);
      g_assert_null (partition->checksums);
      g_assert_true (smith_partition_check_sums (partition));
      g_assert_true (g_bytes_equal (partition->data, images.contents->pdata[i]));
      total += partition->stored;
    }
  g_assert_cmpuint (firmware->size, ==, total);
  g_assert_cmpuint (firmware->problems->len + firmware->warnings->len, ==, 0);
  g_assert_true (smith_firmware_is_good (firmware));
}

static void
test_names (void)
{
  static const struct
  {
    const char *name;
    gboolean good;
    guint index;
    guint32 id;
  } cases[] = {
    { "00-00110000-Fastboot.bin", TRUE, 0, 0x110000 },
    { "99-ffffffff-x", TRUE, 99, 0xFFFFFFFF },
    { "07-0aBcDeF1-", TRUE, 7, 0x0ABCDEF1 },
    { "00-00110000", FALSE, 0, 0 },
    { "00-0011000-Fastboot.bin", FALSE, 0, 0 },
    { "00-001100000-Fastboot.bin", FALSE, 0, 0 },
    { "0-00110000-Fastboot.bin", FALSE, 0, 0 },
    { "100-00110000-Fastboot.bin", FALSE, 0, 0 },
    { "0x-00110000-Fastboot.bin", FALSE, 0, 0 },
    { "00-0x110000-Fastboot.bin", FALSE, 0, 0 },
    { "00-0011 000-Fastboot.bin", FALSE, 0, 0 },
    { "00_00110000_Fastboot.bin", FALSE, 0, 0 },
    { " 00-00110000-Fastboot.bin", FALSE, 0, 0 },
    { "+0-00110000-Fastboot.bin", FALSE, 0, 0 },
    { "", FALSE, 0, 0 },
    { "readme.txt", FALSE, 0, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      guint index = G_MAXUINT;
      guint32 id = 1;

      g_assert_true (smith_image_name_parse (cases[i].name, &index, &id) == cases[i].good);
      if (!cases[i].good)
        continue;
      g_assert_cmpuint (index, ==, cases[i].index);
      g_assert_cmphex (id, ==, cases[i].id);
    }
}

static void
test_refused (void)
{
  static const struct
  {
    const char *names[3];
    const char *contents[3];
    const char *why;
  } cases[] = {
    { { NULL }, { NULL }, "no partition images" },
    { { "01-00110000-a" }, { "x" }, "number 00" },
    { { "00-00110000-a", "02-00220000-b" }, { "x", "y" }, "number 01" },
    { { "00-00110000-a", "00-00220000-b" }, { "x", "y" }, "number 01" },
    { { "00-00110000-a", "01-00220000-b", "01-00230000-c" }, { "x", "y", "z" }, "number 02" },
    { { "00-00110000-a", "readme" }, { "x", "y" }, "readme" },
    { { "00-00110000-a", "01-00220000-b" }, { "x", "" }, "01-00220000-b” is empty" },
    { { "00-00110000-a", "01-00220000-b" }, { "x", "\x55\xAA\x5A\xA5 and so on" }, "header" },
    { { "00-00110000-a" }, { "\x55\xAA\x5A\xA5" }, "header" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Images) images = { 0 };

      for (guint n = 0; n < 3 && cases[i].names[n] != NULL; n++)
        images_add_text (&images, cases[i].names[n], cases[i].contents[n]);
      assert_refused (&images, cases[i].why);
    }
}

static void
test_duplicate_id (void)
{
  g_auto (Images) images = { 0 };
  g_autoptr (SmithFirmware) firmware = NULL;
  g_autoptr (GError) error = NULL;

  images_add_text (&images, "00-00110000-a", "x");
  images_add_text (&images, "01-00110000-b", "y");
  firmware = images_parse (&images, &error);
  g_assert_no_error (error);
  helper_assert_problem (firmware, "twice");
}

/* What looks compressed is what it is in a folder, and the magic may stand
 * anywhere but at the beginning. */
static void
test_raw (void)
{
  g_auto (Images) images = { 0 };
  g_autoptr (SmithFirmware) firmware = NULL;
  g_autoptr (GError) error = NULL;

  images_add_text (&images, "00-00110000-a", "\x78\xDA no stream");
  images_add_text (&images, "01-00220000-b", "x\x55\xAA\x5A\xA5");
  images_add_text (&images, "02-00230000-c", "\x55\xAA\x5A");
  firmware = images_parse (&images, &error);
  g_assert_no_error (error);
  g_assert_true (smith_firmware_is_good (firmware));
  g_assert_cmpuint (((SmithPartition *) firmware->partitions->pdata[0])->expanded, ==, 12);
}

static void
test_many (void)
{
  g_auto (Images) images = { 0 };
  g_autoptr (SmithFirmware) firmware = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *name = g_strdup_printf ("%02u-%08X-x", i, 0x1000 + i);

      images_add_text (&images, name, "x");
    }
  firmware = images_parse (&images, &error);
  g_assert_no_error (error);
  g_assert_true (smith_firmware_is_good (firmware));
  images_add_text (&images, "99-00110000-a", "x");
  assert_refused (&images, "more images");
}

/* Sizes that nobody has to hold: the pages are never touched. */
static void
test_large (void)
{
  gsize size = SMITH_EXPANDED_MAX;
  guint8 *memory
      = mmap (NULL, size + 1, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  g_autoptr (GBytes) fits = g_bytes_new_static (memory, size);
  g_autoptr (GBytes) too_large = g_bytes_new_static (memory, size + 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithFirmware) firmware = NULL;
  g_auto (Images) images = { 0 };
  g_auto (Images) refused = { 0 };

  g_assert_true (memory != MAP_FAILED);
  images_add (&images, "00-00110000-a", fits);
  images_add (&images, "01-00220000-b", fits);
  images_add (&images, "02-00230000-c", fits);
  images_add (&images, "03-00240000-d", fits);
  firmware = images_parse (&images, &error);
  g_assert_no_error (error);
  g_assert_true (smith_firmware_is_good (firmware));

  images_add_text (&images, "04-00250000-e", "x");
  g_clear_pointer (&firmware, smith_firmware_free);
  firmware = images_parse (&images, &error);
  g_assert_no_error (error);
  helper_assert_problem (firmware, "larger than any stick");

  images_add (&refused, "00-00110000-a", too_large);
  assert_refused (&refused, "larger than any partition");
  munmap (memory, size + 1);
}

/* Taken apart and put together again: the same will be written. */
static void
check_round_trip (const char *name)
{
  g_autoptr (GBytes) file = helper_load_made (name);
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithFirmware) before = smith_firmware_parse (file, &error);
  g_autoptr (SmithFirmware) after = NULL;
  g_auto (Images) images = { 0 };

  g_assert_no_error (error);
  g_assert_true (smith_firmware_verify (before, NULL, NULL));
  for (guint i = 0; i < before->partitions->len; i++)
    {
      SmithPartition *partition = g_ptr_array_index (before->partitions, i);
      g_autofree char *image = smith_partition_file_name (partition);
      g_autoptr (GBytes) content = g_byte_array_free_to_bytes (helper_expand (partition));

      images_add (&images, image, content);
    }
  after = images_parse (&images, &error);
  g_assert_no_error (error);
  g_assert_true (smith_firmware_is_good (after));
  g_assert_cmpint (after->chip, ==, before->chip);
  g_assert_cmpuint (after->content, ==, before->content);
  g_assert_true (after->signed_flag == (before->signature != NULL));
  g_assert_true ((after->signature == NULL) == (before->signature == NULL));
  if (after->signature != NULL)
    {
      g_assert_cmpuint (after->signature->size, ==, before->signature->size);
      g_assert_cmpuint (after->signature->type, ==, before->signature->type);
      g_assert_cmpstr (after->signature->key_sha256, ==, before->signature->key_sha256);
    }
  g_assert_cmpuint (after->partitions->len, ==, before->partitions->len);
  for (guint i = 0; i < before->partitions->len; i++)
    {
      SmithPartition *old = g_ptr_array_index (before->partitions, i);
      SmithPartition *new = g_ptr_array_index (after->partitions, i);

      g_assert_cmphex (new->id, ==, old->id);
      g_assert_cmpuint (new->expanded, ==, old->expanded);
      g_assert_true (g_bytes_equal (new->data, images.contents->pdata[i]));
    }
}

static void
test_round_trip (void)
{
  check_round_trip ("tiny");
  check_round_trip ("firmware-v7r11-stick");
  check_round_trip ("firmware-v7r2-stick");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/folder/fixture", test_fixture);
  g_test_add_func ("/folder/names", test_names);
  g_test_add_func ("/folder/refused", test_refused);
  g_test_add_func ("/folder/duplicate-id", test_duplicate_id);
  g_test_add_func ("/folder/raw", test_raw);
  g_test_add_func ("/folder/many", test_many);
  g_test_add_func ("/folder/large", test_large);
  g_test_add_func ("/folder/round-trip", test_round_trip);
  return g_test_run ();
}
