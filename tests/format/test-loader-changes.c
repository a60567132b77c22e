/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "format/loader.h"

#include "format/bytes.h"
#include "format/error.h"
#include "helper.h"

/* Where data/fixtures/loader-v7r1-*.fixture has its marks in the flasher. */
#define ROUTINE_CALL (0x61C4 + 20)
#define BAD_BLOCKS_CALL (0x9A08 + 8)
#define TABLE 0x18000
#define KERNEL 0x30800

#define LOADER "[file]\nshape=loader\n[loader]\n"

static const guint8 no_call[] = { 0x00, 0x00, 0xA0, 0xE3 };

static SmithLoader *
load (const char *name)
{
  g_autoptr (GBytes) file = helper_load_made (name);
  g_autoptr (GError) error = NULL;
  SmithLoader *loader = smith_loader_parse (file, &error);

  g_assert_no_error (error);
  return loader;
}

static SmithLoader *
make (const char *description)
{
  g_autoptr (GBytes) file = helper_build (description);
  g_autoptr (GError) error = NULL;
  SmithLoader *loader = smith_loader_parse (file, &error);

  g_assert_no_error (error);
  return loader;
}

/* Changes the loader's flasher; gives its bytes from before. */
static GByteArray *
change (SmithLoader *loader, const SmithLoaderChanges *changes)
{
  GByteArray *before = helper_copy (loader->components[1].image);
  g_autoptr (GError) error = NULL;

  g_assert_true (smith_loader_change (loader, changes, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (loader->components[1].image), ==, loader->components[1].size);
  return before;
}

static void
assert_refused (SmithLoader *loader,
                const SmithLoaderChanges *changes,
                SmithErrorCode code,
                const char *why)
{
  g_autoptr (GByteArray) before = helper_copy (loader->components[1].image);
  g_autoptr (GError) error = NULL;
  gsize size;
  const guint8 *after;

  g_assert_false (smith_loader_change (loader, changes, &error));
  g_assert_error (error, SMITH_ERROR, (gint) code);
  g_assert_nonnull (strstr (error->message, why));
  /* And nothing of it was done. */
  after = g_bytes_get_data (loader->components[1].image, &size);
  g_assert_cmpmem (after, size, before->data, before->len);
  g_assert_cmpuint (size, ==, loader->components[1].size);
}

/* @after is @before but for @size bytes at @place. */
static void
assert_only (const SmithLoader *loader, const GByteArray *before, gsize place, gsize changed)
{
  gsize size;
  const guint8 *after = g_bytes_get_data (loader->components[1].image, &size);

  g_assert_cmpuint (size, ==, before->len);
  for (gsize i = 0; i < size; i++)
    if (i < place || i >= place + changed)
      g_assert_cmphex (after[i], ==, before->data[i]);
}

static void
test_nothing (void)
{
  g_autoptr (SmithLoader) loader = load ("loader-v7r1-unsafe");
  SmithLoaderChanges changes = { 0 };
  g_autoptr (GByteArray) before = change (loader, &changes);

  assert_only (loader, before, 0, 0);
  g_assert_true (smith_loader_may_send (loader, NULL));
}

static void
test_file_flags (void)
{
  g_autoptr (SmithLoader) loader = load ("loader-v7r1-unsafe");
  SmithLoaderChanges changes = { .file_flags = 1 | 1 << 7 | G_GUINT64_CONSTANT (1) << 40 };
  g_autoptr (GByteArray) before = change (loader, &changes);
  const guint8 *after = g_bytes_get_data (loader->components[1].image, NULL);

  for (guint i = 0; i < SMITH_PTABLE_ENTRIES_MAX; i++)
    {
      gsize properties = TABLE + 48 + 48 * i + 40;
      guint32 old = smith_get_u32_le (before->data + properties);

      g_assert_cmphex (smith_get_u32_le (after + properties), ==,
                       i == 0 || i == 7 || i == 40 ? old | 1 : old);
    }
  assert_only (loader, before, TABLE, SMITH_PTABLE_SIZE);
  /* What is shown is what is sent. */
  g_assert_cmphex (loader->table->entries[7].properties, ==, 1);
  g_assert_cmphex (loader->table->entries[6].properties, ==, 0);
}

static void
test_table (void)
{
  g_autoptr (SmithLoader) loader = load ("loader-v7r1-safe");
  g_autoptr (SmithLoader) other
      = make (LOADER "routine=none\ntable-offset=0x100\n[table]\nproduct=P2\n"
                     "version=V2\nentry 0=one,0,1,2,3,4,5,6,7\nend-name=T\n");
  const guint8 *table
      = (const guint8 *) g_bytes_get_data (other->components[1].image, NULL) + 0x100;
  SmithLoaderChanges changes = { .table = table };
  g_autoptr (GByteArray) before = change (loader, &changes);
  const guint8 *after = g_bytes_get_data (loader->components[1].image, NULL);

  g_assert_cmpmem (after + TABLE, SMITH_PTABLE_SIZE, table, SMITH_PTABLE_SIZE);
  assert_only (loader, before, TABLE, SMITH_PTABLE_SIZE);
  g_assert_cmpuint (loader->table->n_entries, ==, 1);
  g_assert_cmpuint (loader->table->offset, ==, TABLE);
  g_assert_cmpstr (loader->table->version, ==, "V2");
}

static void
test_fastboot_only (void)
{
  g_autoptr (SmithLoader) loader = load ("loader-v7r1-unsafe");
  SmithLoaderChanges changes = { .fastboot_only = TRUE };
  g_autoptr (GByteArray) before = change (loader, &changes);
  gsize size;
  const guint8 *after = g_bytes_get_data (loader->components[1].image, &size);

  g_assert_cmpuint (size, ==, KERNEL + 8);
  g_assert_cmpmem (after, KERNEL, before->data, KERNEL);
  g_assert_cmpmem (after + KERNEL, 8, "UNDROID!", 8);
  g_assert_cmpuint (smith_loader_get_total (loader), ==, 9000 + KERNEL + 8);
  g_assert_nonnull (loader->table);
  g_assert_true (smith_loader_may_send (loader, NULL));
}

static void
test_bad_blocks (void)
{
  g_autoptr (SmithLoader) loader = load ("loader-v7r1-safe");
  SmithLoaderChanges changes = { .ignore_bad_blocks = TRUE };
  g_autoptr (GByteArray) before = change (loader, &changes);
  const guint8 *after = g_bytes_get_data (loader->components[1].image, NULL);

  g_assert_cmpmem (after + BAD_BLOCKS_CALL, 4, no_call, 4);
  assert_only (loader, before, BAD_BLOCKS_CALL, 4);
}

static void
test_all (void)
{
  g_autoptr (SmithLoader) loader = load ("loader-v7r1-unsafe");
  SmithLoaderChanges changes
      = { .fastboot_only = TRUE, .ignore_bad_blocks = TRUE, .file_flags = 2 };
  g_autoptr (GByteArray) before = change (loader, &changes);
  const guint8 *after = g_bytes_get_data (loader->components[1].image, NULL);

  g_assert_cmpuint (before->len, ==, 300 * 1024);
  g_assert_cmpmem (after + ROUTINE_CALL, 4, no_call, 4);
  g_assert_cmpmem (after + BAD_BLOCKS_CALL, 4, no_call, 4);
  g_assert_cmphex (loader->table->entries[1].properties, ==, 1);
  g_assert_cmpuint (loader->components[1].size, ==, KERNEL + 8);
}

static void
test_refused (void)
{
  g_autoptr (SmithLoader) bare = make (LOADER "routine=v7r1\n");
  g_autoptr (SmithLoader) loader = load ("loader-v7r1-safe");
  guint8 rubbish[SMITH_PTABLE_SIZE] = { 0 };
  SmithLoaderChanges table = { .table = rubbish };
  SmithLoaderChanges flags = { .file_flags = 1 };
  SmithLoaderChanges fastboot = { .fastboot_only = TRUE };
  SmithLoaderChanges bad_blocks = { .ignore_bad_blocks = TRUE };

  assert_refused (loader, &table, SMITH_ERROR_BAD_FILE, "not a partition table");
  assert_refused (bare, &flags, SMITH_ERROR_WRONG_FILE, "no partition table");
  assert_refused (bare, &fastboot, SMITH_ERROR_WRONG_FILE, "no kernel");
  assert_refused (bare, &bad_blocks, SMITH_ERROR_WRONG_FILE, "bad blocks");
}

/* The one change would do, the other not: then neither is made. */
static void
test_half_refused (void)
{
  g_autoptr (SmithLoader) loader = make (LOADER "routine=v7r1\nandroid-offset=0x8000\n");
  SmithLoaderChanges both = { .fastboot_only = TRUE, .ignore_bad_blocks = TRUE };
  SmithLoaderChanges one = { .fastboot_only = TRUE };
  g_autoptr (GByteArray) before = NULL;

  assert_refused (loader, &both, SMITH_ERROR_WRONG_FILE, "bad blocks");
  before = change (loader, &one);
  g_assert_cmpuint (before->len, ==, 64 << 10);
  g_assert_cmpuint (loader->components[1].size, ==, 0x8000 + 8);
}

/* A table behind the cut is gone, and must not be written to any more. */
static void
test_table_cut_off (void)
{
  g_autoptr (SmithLoader) loader = make (
      LOADER "routine=v7r1\nandroid-offset=0x2000\ntable-offset=0x3000\n[table]\nproduct=P\n"
             "version=V\nentry 0=one,0,1,2,3,4,5,6,7\nend-name=T\n");
  SmithLoaderChanges fastboot = { .fastboot_only = TRUE };
  SmithLoaderChanges flags = { .file_flags = 1 };
  g_autoptr (GByteArray) before = NULL;

  g_assert_nonnull (loader->table);
  before = change (loader, &fastboot);
  g_assert_null (loader->table);
  assert_refused (loader, &flags, SMITH_ERROR_WRONG_FILE, "no partition table");
}

/* Whatever a new table brings along goes through the guard. */
static void
test_guarded (void)
{
  static const guint8 v7r1[]
      = { 0x3D, 0xE2, 0xE0, 0xE3, 0x00, 0xE0, 0x9E, 0xE5, 0x5C, 0xC3, 0x9F, 0xE5,
          0x0C, 0x00, 0x5E, 0xE1, 0x00, 0x00, 0x00, 0x0A, 0x5A, 0x12, 0x00, 0xEB };
  g_autoptr (SmithLoader) loader = load ("loader-v7r1-safe");
  guint8 table[SMITH_PTABLE_SIZE];
  SmithLoaderChanges changes = { .table = table };
  g_autoptr (GByteArray) before = NULL;
  const guint8 *after;

  memcpy (table, (const guint8 *) g_bytes_get_data (loader->components[1].image, NULL) + TABLE,
          sizeof table);
  memcpy (table + 1000, v7r1, sizeof v7r1);
  before = change (loader, &changes);
  after = g_bytes_get_data (loader->components[1].image, NULL);
  g_assert_cmpmem (after + TABLE + 1020, 4, no_call, 4);
  g_assert_cmpint (loader->guard_state, ==, SMITH_GUARD_MADE_SAFE);
  g_assert_true (smith_loader_may_send (loader, NULL));
}

/* A flasher whose known part was cut off is not known any more. */
static void
test_routine_cut_off (void)
{
  g_autoptr (SmithLoader) loader
      = make (LOADER "routine=v7r1\nroutine-offset=0x5000\nandroid-offset=0x2000\n");
  SmithLoaderChanges fastboot = { .fastboot_only = TRUE };
  g_autoptr (GByteArray) before = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (smith_loader_may_send (loader, NULL));
  before = change (loader, &fastboot);
  g_assert_cmpint (loader->guard_state, ==, SMITH_GUARD_UNSAFE);
  g_assert_false (smith_loader_may_send (loader, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_UNSAFE_LOADER);
}

static void
test_parse_table (void)
{
  guint8 table[SMITH_PTABLE_SIZE + 64] = "pTableHead\0\0\0\0\0\x80";
  g_autoptr (SmithPtable) parsed = NULL;
  g_autoptr (GError) error = NULL;

  /* All of the rows are in use, their names as long as can be. */
  for (guint i = 0; i < SMITH_PTABLE_ENTRIES_MAX; i++)
    memcpy (table + 48 + 48 * i, "0123456789abcdef", 16);
  parsed = smith_ptable_parse (table, SMITH_PTABLE_SIZE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (parsed->n_entries, ==, SMITH_PTABLE_ENTRIES_MAX);
  g_assert_cmpstr (parsed->entries[40].name, ==, "0123456789abcdef");
  g_clear_pointer (&parsed, smith_ptable_free);

  memcpy (table + 48 + 48 * 3, "T\0", 2);
  parsed = smith_ptable_parse (table, SMITH_PTABLE_SIZE, &error);
  g_assert_cmpuint (parsed->n_entries, ==, 3);
  g_clear_pointer (&parsed, smith_ptable_free);

  table[48 + 48] = 0;
  parsed = smith_ptable_parse (table, SMITH_PTABLE_SIZE, &error);
  g_assert_cmpuint (parsed->n_entries, ==, 1);
  g_clear_pointer (&parsed, smith_ptable_free);

  g_assert_null (smith_ptable_parse (table, SMITH_PTABLE_SIZE - 1, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE);
  g_clear_error (&error);
  /* Not at a multiple of four; then, once more, where it should be. */
  memmove (table + 2, table, SMITH_PTABLE_SIZE);
  g_assert_null (smith_ptable_find (table, SMITH_PTABLE_SIZE + 2));
  memmove (table + 8, table + 2, SMITH_PTABLE_SIZE);
  parsed = smith_ptable_find (table, SMITH_PTABLE_SIZE + 8);
  g_assert_nonnull (parsed);
  g_assert_cmpuint (parsed->offset, ==, 8);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/loader-changes/nothing", test_nothing);
  g_test_add_func ("/loader-changes/file-flags", test_file_flags);
  g_test_add_func ("/loader-changes/table", test_table);
  g_test_add_func ("/loader-changes/fastboot-only", test_fastboot_only);
  g_test_add_func ("/loader-changes/bad-blocks", test_bad_blocks);
  g_test_add_func ("/loader-changes/all", test_all);
  g_test_add_func ("/loader-changes/refused", test_refused);
  g_test_add_func ("/loader-changes/half-refused", test_half_refused);
  g_test_add_func ("/loader-changes/table-cut-off", test_table_cut_off);
  g_test_add_func ("/loader-changes/guarded", test_guarded);
  g_test_add_func ("/loader-changes/routine-cut-off", test_routine_cut_off);
  g_test_add_func ("/loader-changes/parse-table", test_parse_table);
  return g_test_run ();
}
