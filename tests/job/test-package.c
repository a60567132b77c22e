/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/package.h"

#include <archive.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/archive-maker.h"
#include "format/error.h"
#include "format/helper.h"
#include "simulator/fixture.h"

#define LOADER                                                                                     \
  "[file]\nshape=loader\n[loader]\nroutine=v7r1\nraminit=64\nflasher=300\nroutine-offset=8\n"

typedef struct
{
  char *folder;
  char *path;       /* nothing there yet */
  GBytes *firmware; /* small and good */
  GBytes *loader;
} Fixture;

static void
set_up (Fixture *f, gconstpointer user_data)
{
  f->folder = g_dir_make_tmp ("sticksmith-XXXXXX", NULL);
  g_assert_nonnull (f->folder);
  f->path = g_build_filename (f->folder, "it", NULL);
  f->firmware = helper_build_named ("tiny");
  f->loader = helper_build (LOADER);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  if (folder == NULL || g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    {
      g_unlink (path);
      return;
    }
  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_assert_cmpint (g_rmdir (path), ==, 0);
}

static void
tear_down (Fixture *f, gconstpointer user_data)
{
  remove_tree (f->folder);
  g_free (f->folder);
  g_free (f->path);
  g_bytes_unref (f->firmware);
  g_bytes_unref (f->loader);
}

static void
write_data (const char *path, const void *data, gsize size)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, data, (gssize) size, &error);
  g_assert_no_error (error);
}

static void
write_bytes (const char *path, GBytes *bytes)
{
  write_data (path, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* A file in the folder that @f->path is. */
static void
write_child (Fixture *f, const char *name, const char *content)
{
  g_autofree char *path = g_build_filename (f->path, name, NULL);

  g_mkdir_with_parents (f->path, 0700);
  write_data (path, content, strlen (content));
}

static SmithPackage *
open_package (const char *path)
{
  g_autoptr (GError) error = NULL;
  SmithPackage *package = smith_package_open (path, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (package->items->len, >, 0);
  return package;
}

static void
assert_refused (const char *path, SmithErrorCode code, const char *why)
{
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_monotonic_time ();

  g_assert_null (smith_package_open (path, NULL, &error));
  g_test_message ("%s", error->message);
  g_assert_error (error, SMITH_ERROR, (gint) code);
  g_assert_nonnull (strstr (error->message, why));
  g_assert_cmpint (g_get_monotonic_time () - start, <, 5 * G_USEC_PER_SEC);
}

static void
test_no_files (Fixture *f, gconstpointer user_data)
{
  assert_refused (f->path, SMITH_ERROR_BAD_FILE, "cannot be opened");
  assert_refused ("", SMITH_ERROR_BAD_FILE, "cannot be opened");
  assert_refused ("/dev/null", SMITH_ERROR_BAD_FILE, "is not a file");
  write_data (f->path, "", 0);
  assert_refused (f->path, SMITH_ERROR_BAD_FILE, "is empty");
  g_assert_cmpint (truncate (f->path, (off_t) 5 << 30), ==, 0);
  assert_refused (f->path, SMITH_ERROR_BAD_FILE, "larger than any firmware");
  g_unlink (f->path);
  g_assert_cmpint (mkfifo (f->path, 0600), ==, 0);
  assert_refused (f->path, SMITH_ERROR_BAD_FILE, "is not a file");
  g_unlink (f->path);
  g_assert_cmpint (symlink ("nowhere", f->path), ==, 0);
  assert_refused (f->path, SMITH_ERROR_BAD_FILE, "cannot be opened");
}

static void
test_permission (Fixture *f, gconstpointer user_data)
{
  if (geteuid () == 0)
    {
      g_test_skip ("root may read everything");
      return;
    }
  write_bytes (f->path, f->firmware);
  g_assert_cmpint (g_chmod (f->path, 0), ==, 0);
  assert_refused (f->path, SMITH_ERROR_PERMISSION, "cannot be opened");
  g_unlink (f->path);
  g_mkdir (f->path, 0);
  assert_refused (f->path, SMITH_ERROR_PERMISSION, "cannot be read");
  g_chmod (f->path, 0700);
}

static void
test_wrong_files (Fixture *f, gconstpointer user_data)
{
  write_data (f->path, "<!DOCTYPE html><html>", 21);
  assert_refused (f->path, SMITH_ERROR_BAD_FILE, "web page");
  write_data (f->path, "MZ and nothing else", 19);
  assert_refused (f->path, SMITH_ERROR_BAD_FILE, "Windows program");
  write_data (f->path, "\0\0\2\0", 4);
  assert_refused (f->path, SMITH_ERROR_BAD_FILE, "cut short");
  write_data (f->path, "PK\3\4 and nothing else", 21);
  assert_refused (f->path, SMITH_ERROR_BAD_FILE, "archive");
}

static void
test_files (Fixture *f, gconstpointer user_data)
{
  g_autoptr (SmithPackage) package = NULL;
  g_autoptr (SmithPackage) loader = NULL;
  g_autoptr (GError) error = NULL;
  SmithItem *item;

  write_bytes (f->path, f->firmware);
  package = open_package (f->path);
  g_assert_false (package->is_archive);
  g_assert_cmpstr (package->path, ==, f->path);
  item = smith_package_pick (package, SMITH_WANT_ANY, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (item == smith_package_pick (package, SMITH_WANT_FIRMWARE, NULL, &error));
  g_assert_cmpstr (item->name, ==, "it");
  g_assert_nonnull (item->firmware);
  g_assert_null (item->loader);
  g_assert_null (smith_package_pick (package, SMITH_WANT_LOADER, NULL, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_WRONG_FILE);
  g_assert_nonnull (strstr (error->message, "a loader is needed"));
  g_clear_error (&error);

  write_bytes (f->path, f->loader);
  loader = open_package (f->path);
  item = smith_package_pick (loader, SMITH_WANT_LOADER, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (item->loader);
  g_assert_null (smith_package_pick (loader, SMITH_WANT_FIRMWARE, NULL, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_WRONG_FILE);
  g_assert_nonnull (strstr (error->message, "a firmware file is needed"));
}

static void
test_folder (Fixture *f, gconstpointer user_data)
{
  g_autofree char *link = g_build_filename (f->path, "02-00230000-linked", NULL);
  g_autoptr (SmithPackage) package = NULL;
  g_autoptr (GError) error = NULL;
  SmithItem *item;

  write_child (f, "01-00220000-b.bin", "second");
  write_child (f, "00-00110000-a.bin", "first");
  write_child (f, "readme.txt", "not one of them");
  g_assert_cmpint (symlink ("00-00110000-a.bin", link), ==, 0);
  package = open_package (f->path);
  item = smith_package_pick (package, SMITH_WANT_FIRMWARE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (item->firmware->kind, ==, SMITH_FIRMWARE_FOLDER);
  g_assert_cmpuint (item->firmware->partitions->len, ==, 3);
  g_assert_cmpuint (item->files->len, ==, 3);
  g_assert_cmpuint (((SmithPartition *) item->firmware->partitions->pdata[1])->stored, ==, 6);
  g_assert_true (smith_item_verify (item, NULL, NULL, NULL, &error));
  g_assert_true (smith_item_may_write (item, &error));
  g_assert_no_error (error);
}

static void
test_bad_folders (Fixture *f, gconstpointer user_data)
{
  g_autofree char *fifo = g_build_filename (f->path, "01-00220000-b.bin", NULL);

  g_mkdir (f->path, 0700);
  assert_refused (f->path, SMITH_ERROR_BAD_FILE, "no partition images");
  write_child (f, "readme.txt", "nothing else");
  assert_refused (f->path, SMITH_ERROR_BAD_FILE, "no partition images");
  write_child (f, "00-00110000-a.bin", "first");
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  assert_refused (f->path, SMITH_ERROR_BAD_FILE, "is not a file");
  g_unlink (fifo);
  g_mkdir (fifo, 0700);
  assert_refused (f->path, SMITH_ERROR_BAD_FILE, "is a folder");
  g_rmdir (fifo);
  write_child (f, "01-00220000-b.bin", "");
  assert_refused (f->path, SMITH_ERROR_BAD_FILE, "is empty");
  g_unlink (fifo);
  write_child (f, "02-00220000-c.bin", "third");
  assert_refused (f->path, SMITH_ERROR_BAD_FILE, "number 01");
}

static void
test_large_folder (Fixture *f, gconstpointer user_data)
{
  g_autoptr (SmithPackage) package = NULL;

  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *name = g_strdup_printf ("%02u-%08X-x", i, 0x1000 + i);

      write_child (f, name, "x");
    }
  package = open_package (f->path);
  write_child (f, "99-00110000-more", "x");
  assert_refused (f->path, SMITH_ERROR_BAD_FILE, "more images");
}

/* What an archive holds is given by letters, in their order. */
static void
write_archive (Fixture *f, const MakerKind *kind, const char *what)
{
  static const MakerKind zip = { "zip", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, NULL };
  g_autoptr (GByteArray) archive = NULL;
  MakerEntry entries[8] = { 0 };
  guint n;

  for (n = 0; what[n] != '\0'; n++)
    {
      MakerEntry *e = &entries[n];
      static const char header[] = "\x55\xAA\x5A\xA5 no image";
      static const char stump[120]
          = { [SMITH_FIRMWARE_PREFIX_SIZE] = '\x55', '\xAA', '\x5A', '\xA5' };

      switch (what[n])
        {
        case 'f':
        case 'g':
          e->name = what[n] == 'f' ? "dir/firmware.bin" : "other.bin";
          e->content = g_bytes_get_data (f->firmware, &e->size);
          break;
        case 'l':
          e->name = "loader.bin";
          e->content = g_bytes_get_data (f->loader, &e->size);
          break;
        case 't':
          *e = (MakerEntry){ .name = "readme.txt", .content = "hello", .size = 5 };
          break;
        case '0':
          *e = (MakerEntry){ .name = "i/00-00110000-a.bin", .content = "first", .size = 5 };
          break;
        case '1':
          *e = (MakerEntry){ .name = "i/01-00220000-b.bin", .content = "second", .size = 6 };
          break;
        case '2':
          *e = (MakerEntry){ .name = "i/02-00230000-c.bin", .content = "third", .size = 5 };
          break;
        case 'e':
          *e = (MakerEntry){ .name = "i/02-00230000-c.bin" };
          break;
        case 'h':
          *e = (MakerEntry){ "i/02-00230000-c.bin", header, sizeof header - 1, NULL, NULL, 0, 0 };
          break;
        case 'o':
          *e = (MakerEntry){ .name = "j/02-00230000-c.bin", .content = "third", .size = 5 };
          break;
        case 'b':
          /* Begins as firmware does, and goes no further. */
          *e = (MakerEntry){ .name = "bad.bin", .content = stump, .size = sizeof stump };
          break;
        case 'k':
          *e = (MakerEntry){ .name = "bad-loader.bin", .content = "\0\0\2\0 short", .size = 10 };
          break;
        case 'm':
          *e = (MakerEntry){ .name = "setup.exe", .content = "MZ no firmware", .size = 14 };
          break;
        default:
          g_assert_not_reached ();
        }
    }
  archive = maker_make (kind != NULL ? kind : &zip, entries, n);
  write_data (f->path, archive->data, archive->len);
}

static void
test_archives (Fixture *f, gconstpointer user_data)
{
  static const MakerKind kinds[] = {
    { "zip", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, NULL },
    { "7z", ARCHIVE_FORMAT_7ZIP, ARCHIVE_FILTER_NONE, NULL },
    { "tar", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE, NULL },
    { "tar.gz", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP, NULL },
    { "tar.xz", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_XZ, NULL },
    { "gz", ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_GZIP, NULL },
    { "xz", ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_XZ, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      gboolean raw = kinds[i].format == ARCHIVE_FORMAT_RAW;
      g_autoptr (SmithPackage) package = NULL;
      g_autoptr (GError) error = NULL;
      SmithItem *item;

      g_test_message ("%s", kinds[i].name);
      write_archive (f, &kinds[i], raw ? "f" : "tfm");
      package = open_package (f->path);
      g_assert_true (package->is_archive);
      g_assert_cmpuint (package->items->len, ==, 1);
      item = smith_package_pick (package, SMITH_WANT_FIRMWARE, NULL, &error);
      g_assert_no_error (error);
      if (!raw)
        g_assert_cmpstr (item->name, ==, "dir/firmware.bin");
      g_assert_true (smith_item_verify (item, NULL, NULL, NULL, &error));
      g_assert_true (smith_item_may_write (item, &error));
      g_assert_no_error (error);
      g_assert_true (g_bytes_equal (item->firmware->file, f->firmware));
    }
}

static void
test_bad_archives (Fixture *f, gconstpointer user_data)
{
  static const struct
  {
    const char *what;
    SmithErrorCode code;
    const char *why;
  } cases[] = {
    { "t", SMITH_ERROR_WRONG_FILE, "neither firmware nor a loader" },
    { "tm", SMITH_ERROR_WRONG_FILE, "neither firmware nor a loader" },
    { "", SMITH_ERROR_WRONG_FILE, "neither firmware nor a loader" },
    { "02", SMITH_ERROR_BAD_FILE, "number 01" },
    { "12", SMITH_ERROR_BAD_FILE, "number 00" },
    { "00", SMITH_ERROR_BAD_FILE, "number 01" },
    { "01h", SMITH_ERROR_BAD_FILE, "header" },
    { "01e", SMITH_ERROR_BAD_FILE, "empty" },
    { "01o", SMITH_ERROR_WRONG_FILE, "more than one folder" },
    /* The first one that looked like something says why it is nothing. */
    { "tbk", SMITH_ERROR_BAD_FILE, "bad.bin: " },
    { "mkb", SMITH_ERROR_BAD_FILE, "bad-loader.bin: " },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      write_archive (f, NULL, cases[i].what);
      assert_refused (f->path, cases[i].code, cases[i].why);
    }
}

static void
test_cut_archive (Fixture *f, gconstpointer user_data)
{
  static const MakerKind tar = { "tar", ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE, NULL };

  /* Cut behind the second of three images: two of them are no package. */
  write_archive (f, &tar, "012");
  g_assert_cmpint (truncate (f->path, 4 * 512), ==, 0);
  assert_refused (f->path, SMITH_ERROR_BAD_FILE, "cut short");
}

/* One that is of no use says nothing about the others. */
static void
test_bad_beside_good (Fixture *f, gconstpointer user_data)
{
  g_autoptr (SmithPackage) package = NULL;

  write_archive (f, NULL, "bfk");
  package = open_package (f->path);
  g_assert_cmpuint (package->items->len, ==, 1);
  g_assert_cmpstr (((SmithItem *) package->items->pdata[0])->name, ==, "dir/firmware.bin");
}

/* A disk that takes no more while it is unpacked, for the first bytes and for later ones. */
static void
test_full_disk (Fixture *f, gconstpointer user_data)
{
  static const rlim_t limits[] = { 0, 100, 600 };
  struct rlimit before;

  write_archive (f, NULL, "tf");
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      struct rlimit full = before;

      full.rlim_cur = limits[i];
      g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &full), ==, 0);
      assert_refused (f->path, SMITH_ERROR_BAD_FILE, "cannot be unpacked: ");
      g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
    }
  /* With room again, nothing of it is left. */
  smith_package_free (open_package (f->path));
}

/* No folder for what is unpacked. That is asked for once in the life of a program. */
static void
test_no_temporary_folder (void)
{
  Fixture f = { 0 };

  if (g_test_subprocess ())
    {
      g_autoptr (GError) error = NULL;

      g_setenv ("TMPDIR", "/nowhere/at/all", TRUE);
      g_assert_null (smith_package_open (g_getenv ("SMITH_TEST_ARCHIVE"), NULL, &error));
      g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE);
      g_assert_nonnull (strstr (error->message, "/nowhere/at/all"));
      return;
    }
  set_up (&f, NULL);
  write_archive (&f, NULL, "f");
  g_setenv ("SMITH_TEST_ARCHIVE", f.path, TRUE);
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_unsetenv ("SMITH_TEST_ARCHIVE");
  tear_down (&f, NULL);
}

static void
test_encrypted (Fixture *f, gconstpointer user_data)
{
  static const MakerKind kind
      = { "zip", ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, "zip:encryption=traditional" };

  write_archive (f, &kind, "f");
  assert_refused (f->path, SMITH_ERROR_UNSUPPORTED, "encrypted");
}

static void
test_images_in_archive (Fixture *f, gconstpointer user_data)
{
  g_autoptr (SmithPackage) package = NULL;
  g_autoptr (GError) error = NULL;
  SmithItem *item;

  /* In whatever order they are packed. */
  write_archive (f, NULL, "2t01");
  package = open_package (f->path);
  item = smith_package_pick (package, SMITH_WANT_FIRMWARE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (item->name, ==, "i");
  g_assert_cmpuint (item->firmware->partitions->len, ==, 3);
  g_assert_cmphex (((SmithPartition *) item->firmware->partitions->pdata[2])->id, ==, 0x230000);
  g_assert_true (smith_item_verify (item, NULL, NULL, NULL, &error));
  g_assert_true (smith_item_may_write (item, &error));
  g_assert_no_error (error);
}

static void
assert_pick (SmithPackage *package, SmithWant want, const char *entry, const char *expected)
{
  g_autoptr (GError) error = NULL;
  SmithItem *item = smith_package_pick (package, want, entry, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (item->name, ==, expected);
}

static void
assert_no_pick (SmithPackage *package, SmithWant want, const char *entry, const char *why)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (smith_package_pick (package, want, entry, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_WRONG_FILE);
  g_assert_nonnull (strstr (error->message, why));
}

static void
test_pick (Fixture *f, gconstpointer user_data)
{
  g_autoptr (SmithPackage) both = NULL;
  g_autoptr (SmithPackage) two = NULL;
  g_autoptr (SmithPackage) loader = NULL;

  write_archive (f, NULL, "fl");
  both = open_package (f->path);
  assert_pick (both, SMITH_WANT_FIRMWARE, NULL, "dir/firmware.bin");
  assert_pick (both, SMITH_WANT_LOADER, NULL, "loader.bin");
  assert_pick (both, SMITH_WANT_ANY, "loader.bin", "loader.bin");
  assert_no_pick (both, SMITH_WANT_ANY, NULL, "“dir/firmware.bin”, “loader.bin”");
  assert_no_pick (both, SMITH_WANT_ANY, "firmware.bin", "no such file");
  assert_no_pick (both, SMITH_WANT_FIRMWARE, "loader.bin", "no such file");

  write_archive (f, NULL, "fg");
  two = open_package (f->path);
  assert_no_pick (two, SMITH_WANT_FIRMWARE, NULL, "several usable files");
  assert_pick (two, SMITH_WANT_FIRMWARE, "other.bin", "other.bin");
  assert_no_pick (two, SMITH_WANT_LOADER, NULL, "no loader in this archive");

  write_archive (f, NULL, "l");
  loader = open_package (f->path);
  assert_no_pick (loader, SMITH_WANT_FIRMWARE, NULL, "no firmware in this archive");
  assert_pick (loader, SMITH_WANT_ANY, NULL, "loader.bin");
}

/* Only what was checked, is good and is still the same may be written. */
static void
test_may_write (Fixture *f, gconstpointer user_data)
{
  g_autoptr (SmithPackage) package = NULL;
  g_autoptr (SmithPackage) bad = NULL;
  g_autoptr (GByteArray) damaged = helper_copy (f->firmware);
  g_autoptr (GError) error = NULL;
  SmithItem *item;

  write_bytes (f->path, f->firmware);
  package = open_package (f->path);
  item = package->items->pdata[0];
  g_assert_false (smith_item_may_write (item, &error));
  g_assert_nonnull (strstr (error->message, "not checked"));
  g_clear_error (&error);
  g_assert_true (smith_item_verify (item, NULL, NULL, NULL, &error));
  g_assert_true (smith_item_may_write (item, &error));
  g_usleep (20000);
  write_bytes (f->path, f->firmware);
  g_assert_false (smith_item_may_write (item, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE);
  g_assert_nonnull (strstr (error->message, "changed"));
  g_clear_error (&error);

  damaged->data[damaged->len - 1] ^= 1;
  write_data (f->path, damaged->data, damaged->len);
  bad = open_package (f->path);
  item = bad->items->pdata[0];
  g_assert_true (smith_item_verify (item, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (smith_item_may_write (item, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE);
  g_assert_nonnull (strstr (error->message, "checksum is wrong"));
}

static void
test_cancelled (Fixture *f, gconstpointer user_data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (SmithPackage) package = NULL;
  g_autoptr (GError) error = NULL;

  write_bytes (f->path, f->firmware);
  package = open_package (f->path);
  g_cancellable_cancel (cancellable);
  g_assert_false (smith_item_verify (package->items->pdata[0], NULL, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (smith_firmware_is_good (((SmithItem *) package->items->pdata[0])->firmware));
  g_clear_error (&error);
  write_archive (f, NULL, "f");
  g_assert_null (smith_package_open (f->path, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* An item outlives its package. */
static void
test_counted (Fixture *f, gconstpointer user_data)
{
  SmithPackage *package;
  g_autoptr (SmithItem) item = NULL;
  g_autoptr (GError) error = NULL;

  write_archive (f, NULL, "f");
  package = open_package (f->path);
  item = smith_item_ref (package->items->pdata[0]);
  smith_package_free (package);
  g_unlink (f->path);
  g_assert_true (smith_item_verify (item, NULL, NULL, NULL, &error));
  g_assert_true (smith_item_may_write (item, &error));
  g_assert_no_error (error);
}

int
main (int argc, char *argv[])
{
#define ADD(name, func) g_test_add ("/package/" name, Fixture, NULL, set_up, func, tear_down)
  g_test_init (&argc, &argv, NULL);
  ADD ("no-files", test_no_files);
  ADD ("permission", test_permission);
  ADD ("wrong-files", test_wrong_files);
  ADD ("files", test_files);
  ADD ("folder", test_folder);
  ADD ("bad-folders", test_bad_folders);
  ADD ("large-folder", test_large_folder);
  ADD ("archives", test_archives);
  ADD ("bad-archives", test_bad_archives);
  ADD ("cut-archive", test_cut_archive);
  ADD ("bad-beside-good", test_bad_beside_good);
  ADD ("full-disk", test_full_disk);
  g_test_add_func ("/package/no-temporary-folder", test_no_temporary_folder);
  ADD ("encrypted", test_encrypted);
  ADD ("images-in-archive", test_images_in_archive);
  ADD ("pick", test_pick);
  ADD ("may-write", test_may_write);
  ADD ("cancelled", test_cancelled);
  ADD ("counted", test_counted);
  return g_test_run ();
}
