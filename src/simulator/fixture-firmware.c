/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture-private.h"

#include "fixture.h"
#include "format/bytes.h"
#include "format/crc.h"
#include "format/partition-id.h"

#define PREFIX_SIZE 0x5C
#define PREFIX_TEXT_AT 4
#define SIGNATURE_MAGIC 0xFFAAAFFAu
#define KEY_HASH_SIZE 32
#define KEY_HASH_AT 6
#define SIGNATURE_SIZE_MIN (KEY_HASH_AT + KEY_HASH_SIZE + 12)

/* More than a reader accepts, so that its limit can be tested. */
#define PARTITIONS_MAX 1000

typedef struct
{
  SmithFixtureLabels labels;
  guint64 download_id;
  guint8 prefix_text[PREFIX_SIZE - PREFIX_TEXT_AT];
  guint64 signature_size; /* 0: not signed */
  guint64 signature_partition;
  gboolean align_to_chain; /* else partitions begin at multiples of 4 of the file */
} Package;

static const char *const no_keys[] = { NULL };

static gboolean
read_alignment (GKeyFile *keys, Package *package, GError **error)
{
  g_autofree char *text = NULL;

  if (!g_key_file_has_key (keys, "firmware", "align", NULL))
    return TRUE;
  text = smith_fixture_get_string (keys, "firmware", "align", error);
  if (text == NULL)
    return FALSE;
  if (!g_str_equal (text, "file") && !g_str_equal (text, "chain"))
    {
      smith_fixture_fail (error, "firmware", "align", "“%s” is neither file nor chain", text);
      return FALSE;
    }
  package->align_to_chain = g_str_equal (text, "chain");
  return TRUE;
}

static gboolean
read_signature (GKeyFile *keys, Package *package, GError **error)
{
  const char *group = "firmware";

  if (!smith_fixture_get_number (keys, group, "signature-size", 1 << 20, &package->signature_size,
                                 error)
      || !smith_fixture_get_number (keys, group, "signature-partition", PARTITIONS_MAX,
                                    &package->signature_partition, error))
    return FALSE;
  if (package->signature_size > 0 && package->signature_size < SIGNATURE_SIZE_MIN)
    {
      smith_fixture_fail (error, group, "signature-size", "is less than %d", SIGNATURE_SIZE_MIN);
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_package (GKeyFile *keys, Package *package, GError **error)
{
  static const char *const required[] = { "download-id", "product", "version", NULL };
  static const char *const optional[] = { "date",        "time",           "header-version",
                                          "block-size",  "signature-size", "signature-partition",
                                          "prefix-text", "align",          NULL };
  const char *group = "firmware";
  SmithFixtureLabels *labels = &package->labels;

  if (!smith_fixture_check_keys (keys, group, required, optional, error))
    return FALSE;
  memcpy (labels->date, "2016.03.14", 10);
  memcpy (labels->time, "15:09:26", 8);
  labels->header_version = 1;
  labels->block_size = 4096;
  if (!smith_fixture_read_labels (keys, group, labels, error)
      || !read_signature (keys, package, error) || !read_alignment (keys, package, error)
      || !smith_fixture_get_number (keys, group, "download-id", 0xff, &package->download_id, error)
      || !smith_fixture_get_number (keys, group, "header-version", G_MAXUINT32,
                                    &labels->header_version, error)
      || !smith_fixture_get_number (keys, group, "block-size", G_MAXUINT32, &labels->block_size,
                                    error)
      || !smith_fixture_get_text (keys, group, "prefix-text", sizeof package->prefix_text,
                                  package->prefix_text, error))
    return FALSE;
  if (labels->block_size == 0)
    {
      smith_fixture_fail (error, group, "block-size", "is 0; declared-block-size may be");
      return FALSE;
    }
  return TRUE;
}

static void
put_signature (guint8 *block, gsize size)
{
  smith_fixture_fill_neutral (block, size, size);
  for (guint i = 0; i < KEY_HASH_SIZE; i++)
    {
      const char *hex = &SMITH_FIXTURE_KEY_SHA256[2 * i];

      block[KEY_HASH_AT + i] = g_ascii_xdigit_value (hex[0]) << 4 | g_ascii_xdigit_value (hex[1]);
    }
  smith_put_u32_le (block + size - 12, size);
  smith_put_u32_le (block + size - 8, 0);
  smith_put_u32_le (block + size - 4, SIGNATURE_MAGIC);
}

/* The expanded content of partition @index, its signature included. */
static guint8 *
make_content (GKeyFile *keys,
              const char *group,
              const Package *package,
              guint index,
              guint64 *budget,
              gsize *size,
              GError **error)
{
  gsize extra = index == package->signature_partition ? package->signature_size : 0;
  guint8 *data = smith_fixture_get_content (keys, group, *budget, extra, size, error);

  if (data == NULL)
    return NULL;
  *budget -= *size;
  if (extra > 0)
    put_signature (data + *size, extra);
  *size += extra;
  return data;
}

/*
 * The groups [partition 0], [partition 1] and so on. The numbers must be
 * without a gap: two groups of the same name become one in a key file, and
 * that would go unseen.
 */
static GPtrArray *
list_parts (GKeyFile *keys, guint max, GError **error)
{
  g_auto (GStrv) groups = g_key_file_get_groups (keys, NULL);
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; groups[i] != NULL; i++)
    {
      g_autofree char *expected = g_strdup_printf ("partition %u", parts->len);

      if (!g_str_has_prefix (groups[i], "partition "))
        continue;
      if (!g_str_equal (groups[i], expected) || parts->len == max)
        {
          smith_fixture_fail (error, groups[i], NULL,
                              "partitions are counted from 0 without a gap, at most %u", max);
          return NULL;
        }
      g_ptr_array_add (parts, g_steal_pointer (&expected));
    }
  if (parts->len == 0)
    {
      smith_fixture_fail (error, "partition 0", NULL, "is missing");
      return NULL;
    }
  return g_steal_pointer (&parts);
}

static void
append_prefix (GByteArray *file, const Package *package)
{
  guint8 prefix[PREFIX_SIZE] = { 0 };

  prefix[0] = package->download_id;
  memcpy (prefix + PREFIX_TEXT_AT, package->prefix_text, sizeof package->prefix_text);
  g_byte_array_append (file, prefix, sizeof prefix);
}

/* Nothing is padded behind the last partition: a file ends with its data. */
static gboolean
append_chain (GKeyFile *keys, const Package *package, gsize base, GByteArray *file, GError **error)
{
  g_autoptr (GPtrArray) parts = list_parts (keys, PARTITIONS_MAX, error);
  guint64 budget = SMITH_FIXTURE_CONTENT_MAX;

  if (parts == NULL)
    return FALSE;
  for (guint i = 0; i < parts->len; i++)
    {
      SmithFixturePart part = { .group = parts->pdata[i], .labels = package->labels };
      g_autoptr (GByteArray) stored = NULL;
      guint8 *data;
      gsize size;

      if (!smith_fixture_read_part (keys, &part, error))
        return FALSE;
      data = make_content (keys, part.group, package, i, &budget, &size, error);
      if (data == NULL)
        return FALSE;
      stored = smith_fixture_get_stored (keys, part.group, data, size, error);
      if (stored == NULL)
        return FALSE;
      if (i > 0)
        smith_fixture_append_padding (file, base);
      if (!smith_fixture_append_part (file, &part, stored, error))
        return FALSE;
    }
  return TRUE;
}

/* In the middle of the stub stands the magic as a program that looks for it
 * holds it; what follows is no header and does not verify as one. */
static void
put_stub (guint8 *stub, gsize size)
{
  guint8 *stray = stub + (size / 2 & ~(gsize) 3);
  guint8 header[SMITH_FIXTURE_HEADER_SIZE];

  smith_fixture_fill_neutral (stub, size, size);
  stub[0] = 'M';
  stub[1] = 'Z';
  smith_put_u32_le (stray, SMITH_FIXTURE_HEADER_MAGIC);
  memcpy (header, stray, sizeof header);
  smith_put_u16_le (header + 92, 0);
  smith_put_u16_le (stray + 92, smith_crc_x25 (header, sizeof header) ^ 0x0101);
}

static gboolean
append_stub (GKeyFile *keys, GByteArray *file, guint64 *tail, GError **error)
{
  static const char *const optional[] = { "stub-size", "chain-offset-misalign", "tail-size", NULL };
  const char *group = "updater";
  guint64 size = 8192;
  guint64 misalign = 0;

  *tail = 1024;
  if (g_key_file_has_group (keys, group)
      && (!smith_fixture_check_keys (keys, group, no_keys, optional, error)
          || !smith_fixture_get_number (keys, group, "stub-size", 64 << 20, &size, error)
          || !smith_fixture_get_number (keys, group, "chain-offset-misalign", 3, &misalign, error)
          || !smith_fixture_get_number (keys, group, "tail-size", 64 << 20, tail, error)))
    return FALSE;
  if (size < 2 * PREFIX_SIZE + 2 * SMITH_FIXTURE_HEADER_SIZE)
    {
      smith_fixture_fail (error, group, "stub-size", "is too small");
      return FALSE;
    }
  /* The prefix is a multiple of 4: where it begins, so the first header. */
  size = (size + 3) / 4 * 4 + misalign;
  g_byte_array_set_size (file, size);
  put_stub (file->data, size);
  return TRUE;
}

static gboolean
append_tail (GByteArray *file, gsize base, guint64 size, GError **error)
{
  guint start;

  smith_fixture_append_padding (file, base);
  start = file->len;
  if (start + size > SMITH_FIXTURE_TOTAL_MAX)
    {
      smith_fixture_fail (error, "updater", "tail-size", "the file would be larger than 1 GiB");
      return FALSE;
    }
  g_byte_array_set_size (file, start + size);
  smith_fixture_fill_neutral (file->data + start, size, size);
  return TRUE;
}

/* A package as a .bin, or, with @updater, inside a Windows program. */
GBytes *
smith_fixture_make_firmware (GKeyFile *keys, gboolean updater, GError **error)
{
  static const char *const bin_groups[] = { "file", "firmware", "partition *", NULL };
  static const char *const exe_groups[] = { "file", "firmware", "updater", "partition *", NULL };
  g_autoptr (GByteArray) file = g_byte_array_new ();
  Package package = { 0 };
  guint64 tail = 0;
  gsize base;

  if (!smith_fixture_check_groups (keys, updater ? exe_groups : bin_groups, error)
      || !read_package (keys, &package, error))
    return NULL;
  if (updater && !append_stub (keys, file, &tail, error))
    return NULL;
  append_prefix (file, &package);
  base = package.align_to_chain ? file->len : 0;
  if (!append_chain (keys, &package, base, file, error))
    return NULL;
  if (updater && !append_tail (file, base, tail, error))
    return NULL;
  return g_byte_array_free_to_bytes (g_steal_pointer (&file));
}

static gboolean
add_image (GKeyFile *keys,
           const char *group,
           guint index,
           const Package *package,
           guint64 *budget,
           GHashTable *images,
           GError **error)
{
  static const char *const required[] = { "id", "content", NULL };
  char name[SMITH_PARTITION_NAME_SIZE];
  guint8 *data;
  guint32 id;
  gsize size;

  if (!smith_fixture_check_keys (keys, group, required, no_keys, error)
      || !smith_fixture_read_id (keys, group, &id, error))
    return FALSE;
  data = make_content (keys, group, package, index, budget, &size, error);
  if (data == NULL)
    return FALSE;
  smith_partition_id_name (id, name);
  g_hash_table_insert (images, g_strdup_printf ("%02u-%08X-%s.bin", index, id, name),
                       g_bytes_new_take (data, size));
  return TRUE;
}

/* Of [firmware] only the signature means something in a folder of images. */
GHashTable *
smith_fixture_make_folder (GKeyFile *keys, GError **error)
{
  static const char *const groups[] = { "file", "firmware", "partition *", NULL };
  static const char *const optional[] = { "signature-size", "signature-partition", NULL };
  g_autoptr (GHashTable) images = NULL;
  g_autoptr (GPtrArray) parts = NULL;
  Package package = { 0 };
  guint64 budget = SMITH_FIXTURE_TOTAL_MAX;

  if (!smith_fixture_check_groups (keys, groups, error))
    return NULL;
  if (g_key_file_has_group (keys, "firmware")
      && (!smith_fixture_check_keys (keys, "firmware", no_keys, optional, error)
          || !read_signature (keys, &package, error)))
    return NULL;
  parts = list_parts (keys, 100, error);
  if (parts == NULL)
    return NULL;
  images = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  for (guint i = 0; i < parts->len; i++)
    if (!add_image (keys, parts->pdata[i], i, &package, &budget, images, error))
      return NULL;
  return g_steal_pointer (&images);
}
