/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "format/archive.h"

#include <archive.h>
#include <gio/gio.h>
#include <locale.h>
#include <string.h>
#include <sys/mman.h>

#include "archive-maker.h"
#include "format/error.h"

/* What a walk found: "path=content" each. */
typedef struct
{
  GPtrArray *files;
  GString *file;
  guint begun;
  guint passed;
  gboolean stop;
} Found;

static void
found_clear (Found *found)
{
  g_clear_pointer (&found->files, g_ptr_array_unref);
  if (found->file != NULL)
    g_string_free (found->file, TRUE);
  found->file = NULL;
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Found, found_clear)

static gboolean
on_begin (const char *path, gpointer user_data)
{
  Found *found = user_data;

  found->begun++;
  g_assert_true (g_utf8_validate (path, -1, NULL));
  if (g_str_has_suffix (path, ".skip"))
    return FALSE;
  if (found->file != NULL)
    g_string_free (found->file, TRUE);
  found->file = g_string_new (path);
  g_string_append_c (found->file, '=');
  return TRUE;
}

static gboolean
on_data (const guint8 *data, gsize size, gpointer user_data, GError **error)
{
  Found *found = user_data;

  g_string_append_len (found->file, (const char *) data, (gssize) size);
  if (!found->stop)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "stop");
  return FALSE;
}

static gboolean
on_end (gpointer user_data, GError **error)
{
  Found *found = user_data;

  g_ptr_array_add (found->files, g_string_free (found->file, FALSE));
  found->file = NULL;
  return TRUE;
}

static gboolean
on_pass_over (gpointer user_data, GError **error)
{
  Found *found = user_data;

  found->passed++;
  if (!found->stop)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "stop");
  return FALSE;
}

static const SmithArchiveVisitor visitor = { on_begin, on_data, on_end, on_pass_over };

static gboolean
walk (const guint8 *data, gsize size, Found *found, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, size);
  gboolean ok;

  found->files = g_ptr_array_new_with_free_func (g_free);
  ok = smith_archive_walk (bytes, &visitor, found, error);
  g_assert_true (error == NULL || ok == (*error == NULL));
  return ok;
}

static void
assert_found (const Found *found, const char *const *expected)
{
  for (guint i = 0; i < found->files->len; i++)
    g_assert_cmpstr (found->files->pdata[i], ==, expected[i]);
  g_assert_null (expected[found->files->len]);
}

static const MakerKind kinds[] = {
  { "zip", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, NULL },
  { "zip stored", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, "zip:compression=store" },
  { "zip64", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, "zip:zip64" },
  { "7z", ARCHIVE_FORMAT_7ZIP, ARCHIVE_FILTER_NONE, NULL },
  { "7z stored", ARCHIVE_FORMAT_7ZIP, ARCHIVE_FILTER_NONE, "7zip:compression=store" },
  { "7z deflated", ARCHIVE_FORMAT_7ZIP, ARCHIVE_FILTER_NONE, "7zip:compression=deflate" },
  { "7z ppmd", ARCHIVE_FORMAT_7ZIP, ARCHIVE_FILTER_NONE, "7zip:compression=ppmd" },
  { "tar", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE, NULL },
  { "pax", ARCHIVE_FORMAT_TAR_PAX_INTERCHANGE, ARCHIVE_FILTER_NONE, NULL },
  { "GNU tar", ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_NONE, NULL },
  { "tar.gz", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP, NULL },
  { "tar.bz2", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_BZIP2, NULL },
  { "tar.xz", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_XZ, NULL },
  { "tar.zst", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_ZSTD, NULL },
};

static const char content_a[] = "first file, first file, first file, first file";
static const char content_b[] = "second";

static const MakerEntry entries[] = {
  { "folder/firmware.bin", content_a, sizeof content_a - 1, NULL, NULL, 0, 0 },
  { "read me.txt", content_b, sizeof content_b - 1, NULL, NULL, 0, 0 },
};

static const char *const expected[]
    = { "folder/firmware.bin=first file, first file, first file, first file", "read me.txt=second",
        NULL };

/* By number: those of libarchive, then the two that it cannot write. */
#define N_KINDS (G_N_ELEMENTS (kinds) + 2)

static GByteArray *
make_nth (gsize i, const MakerEntry *list, guint n)
{
  if (i < G_N_ELEMENTS (kinds))
    return maker_make (&kinds[i], list, n);
  return i == G_N_ELEMENTS (kinds) ? maker_make_rar4 (list, n) : maker_make_rar5 (list, n);
}

static const char *
name_of_nth (gsize i)
{
  if (i < G_N_ELEMENTS (kinds))
    return kinds[i].name;
  return i == G_N_ELEMENTS (kinds) ? "rar 4" : "rar 5";
}

static void
test_kinds (void)
{
  for (gsize i = 0; i < N_KINDS; i++)
    {
      g_autoptr (GByteArray) archive = make_nth (i, entries, 2);
      g_auto (Found) found = { 0 };
      g_autoptr (GError) error = NULL;

      if (archive == NULL)
        continue;
      g_test_message ("%s: %u bytes", name_of_nth (i), archive->len);
      g_assert_true (smith_archive_detect (archive->data, archive->len));
      walk (archive->data, archive->len, &found, &error);
      g_assert_no_error (error);
      assert_found (&found, expected);
    }
}

static void
test_single (void)
{
  static const int filters[]
      = { ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_BZIP2, ARCHIVE_FILTER_XZ, ARCHIVE_FILTER_ZSTD };

  for (gsize i = 0; i < G_N_ELEMENTS (filters); i++)
    {
      MakerKind kind = { "single", ARCHIVE_FORMAT_RAW, filters[i], NULL };
      g_autoptr (GByteArray) archive = maker_make (&kind, entries, 1);
      g_auto (Found) found = { 0 };
      g_autoptr (GError) error = NULL;

      g_assert_true (smith_archive_detect (archive->data, archive->len));
      walk (archive->data, archive->len, &found, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (found.files->len, ==, 1);
      g_assert_true (g_str_has_suffix (found.files->pdata[0], "=first file, first file, "
                                                              "first file, first file"));
    }
}

/* Cut at every length: an archive that is not whole is no archive, or at the
 * least gives all of its files (where only the list behind them is cut). */
static void
test_truncated (void)
{
  for (gsize i = 0; i < N_KINDS; i++)
    {
      g_autoptr (GByteArray) archive = make_nth (i, entries, 2);

      if (archive == NULL)
        continue;
      for (gsize size = 1; size < archive->len; size++)
        {
          g_autofree guint8 *cut = g_memdup2 (archive->data, size);
          g_auto (Found) found = { 0 };
          g_autoptr (GError) error = NULL;

          if (!walk (cut, size, &found, &error))
            continue;
          /* What is left of so short a file is not known for what it was. */
          if (!smith_archive_detect (cut, size))
            continue;
          g_test_message ("%s cut to %" G_GSIZE_FORMAT " of %u", name_of_nth (i), size,
                          archive->len);
          assert_found (&found, expected);
        }
    }
}

/* Plain tar has none for content; zstd may have, but not from libarchive. */
static gboolean
has_checksums (gsize i)
{
  if (i >= G_N_ELEMENTS (kinds) || kinds[i].format == ARCHIVE_FORMAT_ZIP
      || kinds[i].format == ARCHIVE_FORMAT_7ZIP)
    return TRUE;
  return kinds[i].filter != ARCHIVE_FILTER_NONE && kinds[i].filter != ARCHIVE_FILTER_ZSTD;
}

/* Where there are checksums, they are to be heeded: no altered content. */
static void
test_flipped (void)
{
  for (gsize i = 0; i < N_KINDS; i++)
    {
      g_autoptr (GByteArray) archive = make_nth (i, entries, 2);

      if (archive == NULL || !has_checksums (i))
        continue;
      for (gsize pos = 0; pos < archive->len; pos++)
        {
          g_auto (Found) found = { 0 };
          g_autoptr (GError) error = NULL;

          archive->data[pos] ^= 0x55;
          if (smith_archive_detect (archive->data, archive->len)
              && walk (archive->data, archive->len, &found, &error))
            for (guint n = 0; n < found.files->len; n++)
              {
                const char *content = strchr (found.files->pdata[n], '=') + 1;

                if (!g_str_equal (content, content_a) && !g_str_equal (content, content_b))
                  g_error ("%s, byte %" G_GSIZE_FORMAT " of %u: %s", name_of_nth (i), pos,
                           archive->len, (char *) found.files->pdata[n]);
              }
          archive->data[pos] ^= 0x55;
        }
    }
}

static void
assert_refused (const GByteArray *archive, SmithErrorCode code, const char *why)
{
  g_auto (Found) found = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_false (walk (archive->data, archive->len, &found, &error));
  g_assert_error (error, SMITH_ERROR, (gint) code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, why));
}

static void
test_encrypted (void)
{
  static const char *const options[]
      = { "zip:encryption=traditional", "zip:encryption=aes128", "zip:encryption=aes256" };

  for (gsize i = 0; i < G_N_ELEMENTS (options); i++)
    {
      MakerKind kind = { options[i], ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, options[i] };
      g_autoptr (GByteArray) archive = maker_make (&kind, entries, 2);

      if (archive != NULL)
        assert_refused (archive, SMITH_ERROR_UNSUPPORTED, "encrypted");
    }
}

/* Nothing leads out of the archive, and nothing of a name reaches a terminal. */
static void
test_paths (void)
{
  static const MakerEntry odd[] = {
    { "../up", "1", 1, NULL, NULL, 0, 0 },       { "a/../../up", "2", 1, NULL, NULL, 0, 0 },
    { "a/..", "3", 1, NULL, NULL, 0, 0 },        { "a\\..\\up", "4", 1, NULL, NULL, 0, 0 },
    { "/absolute", "5", 1, NULL, NULL, 0, 0 },   { "///etc/passwd", "6", 1, NULL, NULL, 0, 0 },
    { "back\\slash", "7", 1, NULL, NULL, 0, 0 }, { "esc\x1b[31m", "8", 1, NULL, NULL, 0, 0 },
    { "..fine", "9", 1, NULL, NULL, 0, 0 },      { "passed.skip", "10", 2, NULL, NULL, 0, 0 },
    { "./dot", "11", 2, NULL, NULL, 0, 0 },
  };
  static const char *const wanted[] = { "absolute=5", "etc/passwd=6", "back/slash=7",
                                        "esc?[31m=8", "..fine=9",     "./dot=11",
                                        NULL };
  static const gsize which[] = { 0, 3, 7, 9 };

  for (gsize i = 0; i < G_N_ELEMENTS (which); i++)
    {
      g_autoptr (GByteArray) archive = maker_make (&kinds[which[i]], odd, G_N_ELEMENTS (odd));
      g_auto (Found) found = { 0 };
      g_autoptr (GError) error = NULL;

      walk (archive->data, archive->len, &found, &error);
      g_assert_no_error (error);
      assert_found (&found, wanted);
      g_assert_cmpuint (found.begun, ==, G_N_ELEMENTS (wanted) - 1 + 1);
    }
}

#define CYRILLIC "\xD0\x9F\xD1\x80\xD0\xBE\xD1\x88\xD0\xB8\xD0\xB2\xD0\xBA\xD0\xB0.bin"

/* Names in other scripts: the file must be seen, and, where the locale has the
 * letters, under its name. */
static void
check_foreign_names (const char *locale)
{
  static const MakerEntry foreign[]
      = { { CYRILLIC, "x", 1, NULL, NULL, 0, 0 }, { "plain", "y", 1, NULL, NULL, 0, 0 } };

  for (gsize i = 0; i < N_KINDS; i++)
    {
      /* Some cannot be written without the letters. */
      gboolean letters = setlocale (LC_ALL, "C.UTF-8") != NULL;
      g_autoptr (GByteArray) archive = letters ? make_nth (i, foreign, 2) : NULL;
      g_auto (Found) found = { 0 };
      g_autoptr (GError) error = NULL;

      if (archive == NULL)
        continue;
      letters = setlocale (LC_ALL, locale) != NULL && !g_str_equal (locale, "C");
      g_test_message ("%s in %s", name_of_nth (i), locale);
      walk (archive->data, archive->len, &found, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (found.files->len, ==, 2);
      if (letters)
        g_assert_cmpstr (found.files->pdata[0], ==, CYRILLIC "=x");
      g_assert_true (g_str_has_suffix (found.files->pdata[0], "=x"));
      g_assert_cmpuint (strlen (found.files->pdata[0]), >, 2);
    }
}

static void
test_foreign_names (void)
{
  check_foreign_names ("C");
  check_foreign_names ("C.UTF-8");
  setlocale (LC_ALL, "C");
}

static void
test_links (void)
{
  static const MakerEntry links[] = {
    { "real", "content", 7, NULL, NULL, 0, 0 },
    { "soft", NULL, 0, "/etc/passwd", NULL, 0, 0 },
    { "hard", NULL, 0, NULL, "real", 0, 0 },
    { "last", "x", 1, NULL, NULL, 0, 0 },
  };
  static const char *const wanted[] = { "real=content", "last=x", NULL };

  for (gsize i = 7; i < 10; i++)
    {
      g_autoptr (GByteArray) archive = maker_make (&kinds[i], links, G_N_ELEMENTS (links));
      g_auto (Found) found = { 0 };
      g_autoptr (GError) error = NULL;

      walk (archive->data, archive->len, &found, &error);
      g_assert_no_error (error);
      assert_found (&found, wanted);
    }
}

/* A hole has no checksum and no limit: what is downloaded has none. */
static void
test_holes (void)
{
  static const gsize places[] = { 0, 4096, 8192 };
  guint8 content[12288];

  memset (content, 'x', sizeof content);
  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    {
      MakerEntry entry = { .name = "holes",
                           .content = content,
                           .size = sizeof content,
                           .data_at = places[i],
                           .data_size = 4096 };
      g_autoptr (GByteArray) archive = maker_make (&kinds[8], &entry, 1);

      g_assert_cmpuint (archive->len, <, sizeof content);
      assert_refused (archive, SMITH_ERROR_BAD_FILE, "damaged");
    }
}

static void
test_many (void)
{
  for (guint more = 0; more < 2; more++)
    {
      guint n = SMITH_ARCHIVE_ENTRIES_MAX + more;
      g_autofree MakerEntry *list = g_new0 (MakerEntry, n);
      g_autoptr (GByteArray) archive = NULL;
      g_auto (Found) found = { 0 };

      for (guint i = 0; i < n; i++)
        list[i].name = "x";
      archive = maker_make (&kinds[7], list, n);
      if (more > 0)
        assert_refused (archive, SMITH_ERROR_BAD_FILE, "more than 4096 files");
      else
        g_assert_true (walk (archive->data, archive->len, &found, NULL));
    }
}

/* Far more than its size. */
static void
test_ratio (void)
{
  gsize size = 40 << 20;
  g_autofree guint8 *zeros = g_malloc0 (size);
  MakerEntry bomb = { "bomb", zeros, size, NULL, NULL, 0, 0 };
  static const gsize which[] = { 0, 3, 10, 12 };

  for (gsize i = 0; i < G_N_ELEMENTS (which); i++)
    {
      g_autoptr (GByteArray) archive = maker_make (&kinds[which[i]], &bomb, 1);

      assert_refused (archive, SMITH_ERROR_BAD_FILE, "far more than its size");
    }
  /* A little of it is no bomb. */
  {
    MakerEntry small = { "small", zeros, 4 << 20, NULL, NULL, 0, 0 };
    g_autoptr (GByteArray) archive = maker_make (&kinds[0], &small, 1);
    g_auto (Found) found = { 0 };

    g_assert_true (walk (archive->data, archive->len, &found, NULL));
  }
}

static void
put_tar_header (guint8 *header, guint64 size)
{
  guint sum = 0;

  g_strlcpy ((char *) header, "large.skip", 100);
  g_strlcpy ((char *) header + 100, "0000644", 8);
  g_snprintf ((char *) header + 124, 12, "%011" G_GINT64_MODIFIER "o", size);
  header[156] = '0';
  memcpy (header + 257, "ustar\00000", 8);
  memset (header + 148, ' ', 8);
  for (guint i = 0; i < 512; i++)
    sum += header[i];
  g_snprintf ((char *) header + 148, 7, "%06o", sum);
}

/* A tar archive of which only the pages with a header are touched. */
static void
check_sizes (const guint64 *sizes, guint n, gboolean fits)
{
  g_auto (Found) found = { 0 };
  g_autoptr (GError) error = NULL;
  gsize whole = 1024;
  gsize pos = 0;
  guint8 *archive;

  for (guint i = 0; i < n; i++)
    whole += 512 + (gsize) (sizes[i] + 511) / 512 * 512;
  archive = mmap (NULL, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                  -1, 0);
  g_assert_true (archive != MAP_FAILED);
  for (guint i = 0; i < n; i++)
    {
      put_tar_header (archive + pos, sizes[i]);
      pos += 512 + (gsize) (sizes[i] + 511) / 512 * 512;
    }
  g_assert_true (walk (archive, whole, &found, &error) == fits);
  g_assert_cmpuint (found.begun, ==, n);
  if (!fits)
    {
      g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE);
      g_assert_nonnull (strstr (error->message, "more than any firmware"));
    }
  munmap (archive, whole);
}

static void
test_sizes (void)
{
  static const guint64 sizes[]
      = { SMITH_ARCHIVE_ENTRY_SIZE_MAX, SMITH_ARCHIVE_TOTAL_MAX - SMITH_ARCHIVE_ENTRY_SIZE_MAX, 1 };
  static const guint64 too_large[] = { SMITH_ARCHIVE_ENTRY_SIZE_MAX + 1 };

  check_sizes (sizes, 1, TRUE);
  check_sizes (too_large, 1, FALSE);
  check_sizes (sizes, 2, TRUE);
  check_sizes (sizes, 3, FALSE);
}

/* What nobody wants is expanded all the same wherever something may stand behind
 * it: it counts as what is wanted does. */
static void
test_ratio_passed_over (void)
{
  static const char *const names[] = { "../bomb", "bomb.skip" };
  gsize size = 12 << 20;
  g_autofree guint8 *zeros = g_malloc0 (size);
  static const gsize which[] = { 0, 3, 10, 11, 12, 13 };

  for (gsize i = 0; i < 2 * G_N_ELEMENTS (which); i++)
    {
      MakerEntry list[] = { { names[i % 2], zeros, size, NULL, NULL, 0, 0 }, entries[1] };
      g_autoptr (GByteArray) archive = maker_make (&kinds[which[i / 2]], list, 2);

      g_test_message ("%s in %s", names[i % 2], kinds[which[i / 2]].name);
      assert_refused (archive, SMITH_ERROR_BAD_FILE, "far more than its size");
    }
}

/* It can be stopped there, too, and while a gzip file is expanded for the second time. */
static void
test_stopped_passed_over (void)
{
  MakerEntry list[] = { { "a.skip", content_a, sizeof content_a - 1, NULL, NULL, 0, 0 } };

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (GByteArray) archive = maker_make (&kinds[i], list, 1);
      g_autoptr (GByteArray) wanted = maker_make (&kinds[i], entries, 2);
      g_auto (Found) found = { .stop = TRUE };
      g_auto (Found) other = { 0 };
      g_autoptr (GError) error = NULL;

      g_assert_false (walk (archive->data, archive->len, &found, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpuint (found.passed, ==, 1);
      g_assert_true (walk (wanted->data, wanted->len, &other, NULL));
      g_assert_cmpint (other.passed > 0, ==, kinds[i].filter == ARCHIVE_FILTER_GZIP);
    }
}

static void
test_stopped (void)
{
  g_autoptr (GByteArray) archive = maker_make (&kinds[0], entries, 2);
  g_auto (Found) found = { .stop = TRUE };
  g_autoptr (GError) error = NULL;

  g_assert_false (walk (archive->data, archive->len, &found, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_empty (void)
{
  for (gsize i = 0; i < N_KINDS; i++)
    {
      g_autoptr (GByteArray) archive = make_nth (i, NULL, 0);
      g_auto (Found) found = { 0 };
      g_autoptr (GError) error = NULL;

      if (archive == NULL || !smith_archive_detect (archive->data, archive->len))
        continue;
      g_test_message ("%s: %u bytes", name_of_nth (i), archive->len);
      if (walk (archive->data, archive->len, &found, &error))
        g_assert_cmpuint (found.files->len, <=, 1);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/archive/kinds", test_kinds);
  g_test_add_func ("/archive/single", test_single);
  g_test_add_func ("/archive/truncated", test_truncated);
  g_test_add_func ("/archive/flipped", test_flipped);
  g_test_add_func ("/archive/encrypted", test_encrypted);
  g_test_add_func ("/archive/paths", test_paths);
  g_test_add_func ("/archive/foreign-names", test_foreign_names);
  g_test_add_func ("/archive/links", test_links);
  g_test_add_func ("/archive/holes", test_holes);
  g_test_add_func ("/archive/many", test_many);
  g_test_add_func ("/archive/sizes", test_sizes);
  g_test_add_func ("/archive/ratio", test_ratio);
  g_test_add_func ("/archive/ratio-passed-over", test_ratio_passed_over);
  g_test_add_func ("/archive/stopped", test_stopped);
  g_test_add_func ("/archive/stopped-passed-over", test_stopped_passed_over);
  g_test_add_func ("/archive/empty", test_empty);
  return g_test_run ();
}
