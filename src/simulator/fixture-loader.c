/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture-private.h"

#include "format/bytes.h"

#define LOADER_MAGIC 0x00020000u
#define LOADER_MAX (64u << 20)
#define DESCRIPTORS_AT 36
#define DESCRIPTOR_SIZE 16
#define COMPONENTS_MAX 5
#define COMPONENTS_AT 128 /* behind five descriptors, rounded up */

#define TABLE_SIZE 2048
#define TABLE_ENTRIES 41
#define TABLE_ENTRY_SIZE 48
#define TABLE_ENTRIES_AT 48

/* In components without a size of their own. */
#define EXTRA_SIZE 4096

/* An instruction that calls, and the one that safe loaders have in its place
 * (mov r0, #0). */
static const guint8 call[] = { 0x5a, 0x12, 0x00, 0xeb };
static const guint8 no_call[] = { 0x00, 0x00, 0xa0, 0xe3 };

/* One of these bytes ends a branch: only if equal, or always. */
#define BRANCH_IF_EQUAL 0x0a
#define BRANCH_ALWAYS 0xea

/* How the vendor's erase routines look. The call stands @displacement bytes
 * behind the end of the signature; where that is negative, what stands there
 * is the last byte of a branch. */
static const struct
{
  const char *name;
  const char *signature;
  int displacement;
} routines[] = {
  { "v7r1", "3DE2E0E300E09EE55CC39FE50C005EE10000000A", 0 },
  { "v7r2",
    "0030A0E39A3F07EEFF2F0FE3E12F44E3073002E59A3F07EE0040A0E3E04F44E34E3604E34C3444E3303384E5",
    16 },
  { "v7r11",
    "000050E37080BD080030A0E34E2604E3E03F44E3552244E34C019FE54EC604E348419FE50210A0E14CC444E3"
    "5C2383E500008FE040C383E5",
    4 },
  { "v7r22", "123BA0E34A354AE30020A0E37820C3E57920C3E57A20C3E57B20C3E50000A0E3", -37 },
  { "v7r22_2", "183094E5102094E50D00A0E1304084E214308DE510208DE5", 0 },
  { "v7r22_3", "103094E50D00A0E110308DE5183094E514308DE5", 0 },
};

/* Passes over blocks that are marked bad; four bytes of call follow. */
#define BAD_BLOCKS_SIGNATURE "04108DE20400A0E1"

typedef struct
{
  guint64 components;
  guint64 raminit_size;
  guint64 flasher_size;
  guint64 raminit_address;
  guint64 flasher_address;
  guint64 seed;
} Layout;

/* The flasher while things are put into it. */
typedef struct
{
  guint8 *data;
  gsize size;
  guint8 *taken; /* one byte each: whether something stands there */
} Flasher;

/* Puts @bytes at @offset, unless something else stands there. */
static gboolean
place (Flasher *flasher,
       const char *key,
       guint64 offset,
       const guint8 *bytes,
       gsize size,
       GError **error)
{
  if (offset > flasher->size || size > flasher->size - offset)
    {
      smith_fixture_fail (error, "loader", key, "does not fit into the flasher");
      return FALSE;
    }
  if (memchr (flasher->taken + offset, 1, size) != NULL)
    {
      smith_fixture_fail (error, "loader", key, "overlaps something else");
      return FALSE;
    }
  memcpy (flasher->data + offset, bytes, size);
  memset (flasher->taken + offset, 1, size);
  return TRUE;
}

static GByteArray *
bytes_from_hex (const char *hex)
{
  GByteArray *bytes = g_byte_array_new ();

  for (; hex[0] != '\0'; hex += 2)
    {
      guint8 byte = g_ascii_xdigit_value (hex[0]) << 4 | g_ascii_xdigit_value (hex[1]);

      g_byte_array_append (bytes, &byte, 1);
    }
  return bytes;
}

static gboolean
place_routine (Flasher *flasher, guint index, gboolean safe, guint64 offset, GError **error)
{
  g_autoptr (GByteArray) signature = bytes_from_hex (routines[index].signature);
  int displacement = routines[index].displacement;
  guint64 at = offset + signature->len;
  guint8 branch = safe ? BRANCH_ALWAYS : BRANCH_IF_EQUAL;
  const char *key = "routine-offset";

  if (!place (flasher, key, offset, signature->data, signature->len, error))
    return FALSE;
  if (displacement >= 0)
    return place (flasher, key, at + displacement, safe ? no_call : call, sizeof call, error);
  if (at < (guint) -displacement)
    {
      smith_fixture_fail (error, "loader", key, "leaves no room before the routine");
      return FALSE;
    }
  return place (flasher, key, at + displacement, &branch, 1, error);
}

/* The routine may stand in several places. */
static gboolean
place_routines (GKeyFile *keys, Flasher *flasher, GError **error)
{
  g_autofree char *name = smith_fixture_get_string (keys, "loader", "routine", error);
  g_autofree char *offsets = g_strdup ("0x1000");
  g_auto (GStrv) list = NULL;
  gboolean safe = FALSE;
  guint index = 0;

  if (name == NULL || !smith_fixture_get_flag (keys, "loader", "safe", &safe, error))
    return FALSE;
  if (g_str_equal (name, "none"))
    return TRUE;
  while (index < G_N_ELEMENTS (routines) && !g_str_equal (routines[index].name, name))
    index++;
  if (index == G_N_ELEMENTS (routines))
    {
      smith_fixture_fail (error, "loader", "routine", "“%s” is no erase routine", name);
      return FALSE;
    }
  if (g_key_file_has_key (keys, "loader", "routine-offset", NULL))
    {
      g_free (offsets);
      offsets = smith_fixture_get_string (keys, "loader", "routine-offset", error);
      if (offsets == NULL)
        return FALSE;
    }
  list = g_strsplit (offsets, ",", -1);
  for (gsize i = 0; list[i] != NULL; i++)
    {
      guint64 offset;

      if (!smith_fixture_parse_number (g_strstrip (list[i]), &offset))
        {
          smith_fixture_fail (error, "loader", "routine-offset", "“%s” is not a number", list[i]);
          return FALSE;
        }
      if (!place_routine (flasher, index, safe, offset, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
place_bad_blocks (GKeyFile *keys, Flasher *flasher, GError **error)
{
  g_autoptr (GByteArray) bytes = bytes_from_hex (BAD_BLOCKS_SIGNATURE);
  guint64 offset = 0x2000;
  gboolean wanted = FALSE;

  g_byte_array_append (bytes, call, sizeof call);
  return smith_fixture_get_flag (keys, "loader", "bad-blocks", &wanted, error)
         && smith_fixture_get_number (keys, "loader", "bad-blocks-offset", LOADER_MAX, &offset,
                                      error)
         && (!wanted || place (flasher, "bad-blocks", offset, bytes->data, bytes->len, error));
}

/* Where the kernel begins; a flasher that is cut here only has fastboot. */
static gboolean
place_android (GKeyFile *keys, Flasher *flasher, GError **error)
{
  static const guint8 magic[] = "ANDROID!";
  guint64 offset = 0;

  if (!g_key_file_has_key (keys, "loader", "android-offset", NULL))
    return TRUE;
  return smith_fixture_get_number (keys, "loader", "android-offset", LOADER_MAX, &offset, error)
         && place (flasher, "android-offset", offset, magic, sizeof magic - 1, error);
}

static gboolean
read_entry (GKeyFile *keys, guint index, guint8 *p, GError **error)
{
  g_autofree char *key = g_strdup_printf ("entry %u", index);
  g_autofree char *text = smith_fixture_get_string (keys, "table", key, error);
  g_auto (GStrv) fields = NULL;

  if (text == NULL)
    return FALSE;
  fields = g_strsplit (text, ",", -1);
  if (g_strv_length (fields) != 9 || strlen (fields[0]) > 16)
    {
      smith_fixture_fail (error, "table", key, "must be a name and eight numbers");
      return FALSE;
    }
  memcpy (p, fields[0], strlen (fields[0]));
  for (guint i = 1; i < 9; i++)
    {
      guint64 value;

      if (!smith_fixture_parse_number (g_strstrip (fields[i]), &value) || value > G_MAXUINT32)
        {
          smith_fixture_fail (error, "table", key, "“%s” is not a number", fields[i]);
          return FALSE;
        }
      smith_put_u32_le (p + 12 + 4 * i, value);
    }
  return TRUE;
}

static gboolean
read_table (GKeyFile *keys, guint8 *table, GError **error)
{
  static const char *const required[] = { "product", "version", "entry 0", NULL };
  static const char *const optional[] = { "end-name", "entry *", NULL };
  static const guint8 magic[16]
      = { 'p', 'T', 'a', 'b', 'l', 'e', 'H', 'e', 'a', 'd', 0, 0, 0, 0, 0, 0x80 };
  g_auto (GStrv) names = g_key_file_get_keys (keys, "table", NULL, NULL);
  guint entries = 0;

  if (!smith_fixture_check_keys (keys, "table", required, optional, error))
    return FALSE;
  memcpy (table, magic, sizeof magic);
  if (!smith_fixture_get_text (keys, "table", "version", 16, table + 16, error)
      || !smith_fixture_get_text (keys, "table", "product", 16, table + 32, error))
    return FALSE;
  for (gsize i = 0; names[i] != NULL; i++)
    entries += g_str_has_prefix (names[i], "entry ") ? 1 : 0;
  if (entries > TABLE_ENTRIES)
    {
      smith_fixture_fail (error, "table", NULL, "has more than %d entries", TABLE_ENTRIES);
      return FALSE;
    }
  for (guint i = 0; i < entries; i++)
    if (!read_entry (keys, i, table + TABLE_ENTRIES_AT + i * TABLE_ENTRY_SIZE, error))
      return FALSE;
  return entries == TABLE_ENTRIES
         || smith_fixture_get_text (keys, "table", "end-name", 16,
                                    table + TABLE_ENTRIES_AT + entries * TABLE_ENTRY_SIZE, error);
}

/* Before the table stands its name without the rest of its magic, as it does in
 * the code that looks for it. */
static gboolean
place_table (GKeyFile *keys, Flasher *flasher, GError **error)
{
  static const guint8 decoy[16] = "pTableHead";
  guint8 table[TABLE_SIZE] = { 0 };
  guint64 offset = 0x3000;

  if (!g_key_file_has_group (keys, "table"))
    return TRUE;
  if (!read_table (keys, table, error)
      || !smith_fixture_get_number (keys, "loader", "table-offset", LOADER_MAX, &offset, error))
    return FALSE;
  if (offset < 2 * sizeof decoy)
    {
      smith_fixture_fail (error, "loader", "table-offset", "leaves no room before the table");
      return FALSE;
    }
  return place (flasher, "table-offset", offset, table, sizeof table, error)
         && place (flasher, "table-offset", offset - 2 * sizeof decoy, decoy, sizeof decoy, error);
}

static gboolean
read_layout (GKeyFile *keys, Layout *layout, GError **error)
{
  static const char *const required[] = { "routine", NULL };
  static const char *const optional[] = { "components",
                                          "raminit",
                                          "flasher",
                                          "raminit-address",
                                          "flasher-address",
                                          "seed",
                                          "safe",
                                          "routine-offset",
                                          "bad-blocks",
                                          "table-offset",
                                          "android-offset",
                                          "bad-blocks-offset",
                                          NULL };
  const char *group = "loader";

  *layout = (Layout){ 2, 12 << 10, 64 << 10, 0x00010000, 0x57700000, 1 };
  if (!smith_fixture_check_keys (keys, group, required, optional, error)
      || !smith_fixture_get_number (keys, group, "components", COMPONENTS_MAX, &layout->components,
                                    error)
      || !smith_fixture_get_number (keys, group, "raminit", LOADER_MAX, &layout->raminit_size,
                                    error)
      || !smith_fixture_get_number (keys, group, "flasher", LOADER_MAX, &layout->flasher_size,
                                    error)
      || !smith_fixture_get_number (keys, group, "raminit-address", G_MAXUINT32,
                                    &layout->raminit_address, error)
      || !smith_fixture_get_number (keys, group, "flasher-address", G_MAXUINT32,
                                    &layout->flasher_address, error)
      || !smith_fixture_get_number (keys, group, "seed", G_MAXUINT32, &layout->seed, error))
    return FALSE;
  if (layout->components < 2)
    {
      smith_fixture_fail (error, group, "components", "is less than 2");
      return FALSE;
    }
  return TRUE;
}

/* Component 0 runs at once and returns, component 1 flashes; others only test
 * that readers can count. */
static GByteArray *
lay_out (const Layout *layout, gsize *flasher_at)
{
  GByteArray *file = g_byte_array_new ();

  g_byte_array_set_size (file, COMPONENTS_AT);
  memset (file->data, 0, file->len);
  smith_put_u32_le (file->data, LOADER_MAGIC);
  for (guint i = 0; i < layout->components; i++)
    {
      guint8 *descriptor = file->data + DESCRIPTORS_AT + i * DESCRIPTOR_SIZE;
      guint start = file->len;
      guint32 address = layout->flasher_address;
      guint32 size = EXTRA_SIZE;

      if (i == 0)
        address = layout->raminit_address;
      if (i < 2)
        size = i == 0 ? layout->raminit_size : layout->flasher_size;
      if (i == 1)
        *flasher_at = start;
      smith_put_u32_le (descriptor, i == 0 ? 1 : 2);
      smith_put_u32_le (descriptor + 4, size);
      smith_put_u32_le (descriptor + 8, address);
      smith_put_u32_le (descriptor + 12, start);
      g_byte_array_set_size (file, start + size);
      smith_fixture_fill_neutral (file->data + start, size, layout->seed + i);
    }
  return file;
}

/* A loader for the boot ROM. Offsets count from the flasher's first byte. */
GBytes *
smith_fixture_make_loader (GKeyFile *keys, GError **error)
{
  static const char *const groups[] = { "file", "loader", "table", NULL };
  g_autoptr (GByteArray) file = NULL;
  g_autofree guint8 *taken = NULL;
  Flasher flasher;
  Layout layout;
  gsize flasher_at = 0;

  if (!smith_fixture_check_groups (keys, groups, error) || !read_layout (keys, &layout, error))
    return NULL;
  file = lay_out (&layout, &flasher_at);
  taken = g_malloc0 (layout.flasher_size + 1);
  flasher = (Flasher){ file->data + flasher_at, layout.flasher_size, taken };
  if (!place_routines (keys, &flasher, error) || !place_bad_blocks (keys, &flasher, error)
      || !place_android (keys, &flasher, error) || !place_table (keys, &flasher, error))
    return NULL;
  return g_byte_array_free_to_bytes (g_steal_pointer (&file));
}
