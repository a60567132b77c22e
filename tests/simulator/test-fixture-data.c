/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "format/error.h"
#include "reread.h"
#include "simulator/fixture.h"
#include "simulator/practice.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define PREFIX_SIZE 0x5C

static GBytes *
build_named (const char *name)
{
  g_autofree char *text = reread_description (name);
  g_autoptr (GError) error = NULL;
  GBytes *file = smith_fixture_build (text, &error);

  g_assert_no_error (error);
  g_assert_nonnull (file);
  return file;
}

static GArray *
reread_firmware (const guint8 *data, gsize size, gsize first)
{
  gsize end = 0;
  GArray *chain = reread_chain (data, size, first, 0, &end);

  for (guint i = 0; i < chain->len; i++)
    {
      RereadPartition *part = &g_array_index (chain, RereadPartition, i);
      gsize expanded_size;
      g_autofree guint8 *expanded = reread_expand (part->data, part->size, &expanded_size);

      g_assert_true (part->header_ok);
      g_assert_cmpuint (part->n_bad, ==, 0);
      g_assert_nonnull (expanded);
      g_assert_cmpuint (expanded_size, >, 0);
    }
  return chain;
}

static gboolean
has_id (GArray *chain, guint32 id)
{
  for (guint i = 0; i < chain->len; i++)
    if (g_array_index (chain, RereadPartition, i).id == id)
      return TRUE;
  return FALSE;
}

static gboolean
is_signed (GArray *chain)
{
  const RereadPartition *part = &g_array_index (chain, RereadPartition, 0);

  return memcmp (part->data + part->size - 4, "\xfa\xaf\xaa\xff", 4) == 0;
}

/* Sound, no larger than is good for tests, and what its prefix says is in it. */
static void
test_firmware (gconstpointer name)
{
  g_autoptr (GBytes) file = build_named (name);
  g_autoptr (GBytes) again = build_named (name);
  gsize size;
  const guint8 *data = g_bytes_get_data (file, &size);
  g_autoptr (GArray) chain = reread_firmware (data, size, PREFIX_SIZE);

  g_assert_true (g_bytes_equal (file, again));
  g_assert_cmpuint (size, <, 3 << 20);
  g_assert_cmpuint (chain->len, >, 0);
  g_assert_cmpint ((data[0] & 1) != 0, ==, has_id (chain, 0x10000));
  g_assert_cmpint ((data[0] & 2) != 0, ==, has_id (chain, 0xB0000));
  g_assert_cmpint ((data[0] & 4) != 0, ==, has_id (chain, 0x560000));
  g_assert_cmpint ((data[0] & 8) != 0, ==, is_signed (chain));
}

static void
test_qualcomm (void)
{
  static const guint32 sizes[]
      = { 0x1D0, 0x9F94, 0x71828, 0x1C4000, 0x247390, 0x1D57220, 0x7FB67, 0x4C000 };
  g_autoptr (GBytes) file = build_named ("qualcomm-e392.fixture");
  gsize size;
  const guint8 *data = g_bytes_get_data (file, &size);
  g_autoptr (GArray) chain = reread_firmware (data, size, PREFIX_SIZE);

  g_assert_cmpuint (chain->len, ==, G_N_ELEMENTS (sizes));
  for (guint i = 0; i < chain->len; i++)
    {
      const RereadPartition *part = &g_array_index (chain, RereadPartition, i);

      g_assert_cmpuint (part->id, ==, (i + 1) << 16);
      g_assert_cmpuint (part->size, ==, sizes[i]);
      g_assert_cmpuint (part->block_size, ==, 4096);
      g_assert_cmpstr (part->version, ==, ":HUAWEI E392:11.433.57.00.260");
    }
}

static void
test_updater (void)
{
  g_autoptr (GBytes) file = build_named ("updater-e1550.fixture");
  gsize size;
  const guint8 *data = g_bytes_get_data (file, &size);
  gsize first = reread_find (data, size, 0, "\x55\xaa\x5a\xa5", 4);
  g_autoptr (GArray) chain = NULL;

  first = reread_find (data, size, first + 1, "\x55\xaa\x5a\xa5", 4);
  chain = reread_firmware (data, size, first);
  g_assert_cmpuint (chain->len, ==, 5);
  g_assert_cmpuint (size, <, 3 << 20);
}

static void
test_tiny (void)
{
  g_autoptr (GBytes) file = build_named ("tiny.fixture");

  g_assert_cmpuint (g_bytes_get_size (file), <, 8192);
  g_assert_cmpuint (((const guint8 *) g_bytes_get_data (file, NULL))[0], ==, 7);
}

static void
test_folder (void)
{
  g_autofree char *text = reread_description ("folder-v7r11.fixture");
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) images = smith_fixture_build_folder (text, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_hash_table_size (images), ==, 8);
}

static void
test_loaders (void)
{
  static const char *const names[] = { "v7r1", "v7r2", "v7r11", "v7r22", "v7r22_2", "v7r22_3" };
  g_autoptr (GBytes) none = build_named ("loader-none.fixture");

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *safe_name = g_strdup_printf ("loader-%s-safe.fixture", names[i]);
      g_autofree char *unsafe_name = g_strdup_printf ("loader-%s-unsafe.fixture", names[i]);
      g_autoptr (GBytes) safe = build_named (safe_name);
      g_autoptr (GBytes) unsafe = build_named (unsafe_name);
      const guint8 *a = g_bytes_get_data (safe, NULL);
      const guint8 *b = g_bytes_get_data (unsafe, NULL);
      guint differ = 0;

      g_assert_cmpuint (g_bytes_get_size (safe), ==, g_bytes_get_size (none));
      g_assert_cmpuint (g_bytes_get_size (safe), ==, g_bytes_get_size (unsafe));
      for (gsize k = 0; k < g_bytes_get_size (safe); k++)
        differ += a[k] != b[k] ? 1 : 0;
      g_assert_cmpuint (differ, >, 0);
      g_assert_cmpuint (differ, <=, 4);
    }
}

/* Takes seconds to make, so not every time. */
static void
test_large (void)
{
  g_autoptr (GBytes) file = NULL;
  g_autoptr (GArray) chain = NULL;
  gsize size;
  const guint8 *data;

  if (!g_test_slow ())
    {
      g_test_skip ("slow");
      return;
    }
  file = build_named ("large-64m.fixture");
  data = g_bytes_get_data (file, &size);
  chain = reread_firmware (data, size, PREFIX_SIZE);
  g_assert_cmpuint (chain->len, ==, 10);
  g_assert_cmpuint (size, >, 60 << 20);
  g_assert_cmpuint (size, <, 68 << 20);
}

static void
check_practice (const char *path, const char *version)
{
  g_autofree char *marker = g_strconcat (SMITH_FIXTURE_MARKER, version, NULL);
  g_autofree char *data = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) chain = NULL;
  guint found = 0;
  gsize size;

  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  chain = reread_firmware ((const guint8 *) data, size, PREFIX_SIZE);
  g_assert_true (is_signed (chain));
  for (guint i = 0; i < chain->len; i++)
    {
      RereadPartition *part = &g_array_index (chain, RereadPartition, i);
      gsize expanded_size;
      g_autofree guint8 *expanded = reread_expand (part->data, part->size, &expanded_size);
      gsize at;

      g_assert_true (g_str_has_suffix (part->version, version));
      found += reread_count (expanded, expanded_size, marker, strlen (marker) + 1, &at);
    }
  g_assert_cmpuint (found, ==, 1);
}

static void
test_practice (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *top = g_dir_make_tmp ("smith-practice-XXXXXX", &error);
  g_autofree char *dir = g_build_filename (top, "a", "b", NULL);
  g_auto (SmithPracticeFiles) files = { 0 };
  g_auto (SmithPracticeFiles) again = { 0 };
  g_autofree char *parent = NULL;
  GStatBuf before;
  GStatBuf after;

  g_assert_no_error (error);
  smith_practice_write_files (dir, &files, &error);
  g_assert_no_error (error);
  check_practice (files.stick, files.stick_version);
  check_practice (files.hilink, files.hilink_version);
  g_assert_true (g_str_has_prefix (files.stick_version, "21."));
  g_assert_true (g_str_has_prefix (files.hilink_version, "22."));

  /* One that is the same stays, one that is damaged is made again. */
  g_assert_cmpint (g_stat (files.stick, &before), ==, 0);
  g_assert_true (g_file_set_contents (files.hilink, "broken", -1, NULL));
  smith_practice_write_files (dir, &again, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (files.stick, ==, again.stick);
  g_assert_cmpint (g_stat (files.stick, &after), ==, 0);
  g_assert_cmpuint (before.st_ino, ==, after.st_ino);
  check_practice (again.hilink, again.hilink_version);

  g_assert_true (g_str_has_suffix (files.e1550, ".exe"));
  for (SmithPracticeKind kind = SMITH_PRACTICE_STICK; kind <= SMITH_PRACTICE_E392; kind++)
    {
      const char *path = smith_practice_files_get_firmware (&files, kind);

      g_assert_nonnull (strstr (path, smith_practice_files_get_version (&files, kind)));
      g_assert_cmpint (g_unlink (path), ==, 0);
    }
  g_unlink (files.loader);
  g_rmdir (dir);
  parent = g_path_get_dirname (dir);
  g_rmdir (parent);
  g_assert_cmpint (g_rmdir (top), ==, 0);
  smith_practice_files_clear (&files);
  smith_practice_files_clear (&files);
}

static void
test_practice_errors (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *top = g_dir_make_tmp ("smith-practice-XXXXXX", &error);
  g_autofree char *file = g_build_filename (top, "file", NULL);
  g_autofree char *below = g_build_filename (file, "folder", NULL);
  g_autofree char *taken = g_build_filename (top, "practice-loader.bin", NULL);
  SmithPracticeFiles files = { 0 };

  g_assert_no_error (error);
  g_assert_true (g_file_set_contents (file, "", 0, NULL));
  g_assert_false (smith_practice_write_files (below, &files, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE);
  g_clear_error (&error);

  /* A folder stands where a file should be. */
  g_assert_cmpint (g_mkdir (taken, 0700), ==, 0);
  g_assert_false (smith_practice_write_files (top, &files, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE);
  g_assert_null (files.loader);
  g_clear_error (&error);
  g_rmdir (taken);

  /* To root nothing is forbidden. */
  if (geteuid () != 0)
    {
      g_assert_cmpint (g_chmod (top, 0500), ==, 0);
      g_assert_false (smith_practice_write_files (top, &files, &error));
      g_assert_error (error, SMITH_ERROR, SMITH_ERROR_PERMISSION);
      g_chmod (top, 0700);
    }
  g_unlink (file);
  g_assert_cmpint (g_rmdir (top), ==, 0);
}

int
main (int argc, char **argv)
{
  static const char *const firmware[] = { "firmware-v7r2-stick", "firmware-v7r11-hilink",
                                          "firmware-v7r11-stick", "webui-v7r11", "tiny" };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (firmware); i++)
    {
      g_autofree char *path = g_strconcat ("/fixture-data/", firmware[i], NULL);

      g_test_add_data_func_full (path, g_strconcat (firmware[i], ".fixture", NULL), test_firmware,
                                 g_free);
    }
  g_test_add_func ("/fixture-data/qualcomm", test_qualcomm);
  g_test_add_func ("/fixture-data/updater", test_updater);
  g_test_add_func ("/fixture-data/tiny-size", test_tiny);
  g_test_add_func ("/fixture-data/folder", test_folder);
  g_test_add_func ("/fixture-data/loaders", test_loaders);
  g_test_add_func ("/fixture-data/large", test_large);
  g_test_add_func ("/practice/files", test_practice);
  g_test_add_func ("/practice/errors", test_practice_errors);
  return g_test_run ();
}
