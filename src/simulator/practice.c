/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "simulator/practice.h"

#include "fixture.h"
#include "format/error.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#define STICK_VERSION "21.299.01.00.77"
#define HILINK_VERSION "22.299.05.00.77"

/* clang-format off */
static const char loader_description[] =
  "[file]\n"
  "shape=loader\n"
  "[loader]\n"
  "components=2\n"
  "raminit=20K\n"
  "flasher=400K\n"
  "raminit-address=0x00000000\n"
  "flasher-address=0x57700000\n"
  "routine=v7r11\n"
  "safe=false\n"
  "routine-offset=0x8A40\n"
  "bad-blocks=true\n"
  "table-offset=0x42000\n"
  "[table]\n"
  "product=H6921CS_PRACTICE\n"
  "version=PRACTICE 1.0\n"
  "end-name=T\n"
  "entry 0=m3boot,0x0,0x20000,0x20000,0x0,0x0,0x0,0x0,0x0\n"
  "entry 1=fastboot,0x20000,0x80000,0x200000,0x0,0x0,0x0,0x0,0x0\n"
  "entry 2=nvbacklte,0x220000,0x0,0x400000,0x0,0x0,0x0,0x0,0x0\n"
  "entry 3=nvimg,0x620000,0x0,0x600000,0x0,0x0,0x0,0x0,0x0\n"
  "entry 4=kernel,0xC20000,0x0,0xA00000,0x0,0x0,0x0,0x0,0x0\n"
  "entry 5=vxworks,0x1620000,0x0,0x2000000,0x0,0x0,0x0,0x0,0x0\n"
  "entry 6=system,0x3620000,0x0,0x2E00000,0x0,0x0,0x0,0x0,0x0\n";

static const char stick_description[] =
  "[file]\n"
  "shape=bin\n"
  "[firmware]\n"
  "download-id=0x0B\n"
  "product=BV7R11HS\n"
  "version=:BV7R11HS:SIM:" STICK_VERSION "\n"
  "signature-size=2958\n"
  "prefix-text=STICKSMITH PRACTICE FILE\n"
  "[partition 0]\n"
  "id=0x00010000\n"
  "content=pattern:2K:practice-table.\n"
  "[partition 1]\n"
  "id=0x00200000\n"
  "content=random:96K:1\n"
  "[partition 2]\n"
  "id=0x00090000\n"
  "content=mixed:1100K:2\n"
  "compression=zlib\n"
  "[partition 3]\n"
  "id=0x00220000\n"
  "content=marker:1600K:3:" STICK_VERSION "\n"
  "compression=lzma\n"
  "[partition 4]\n"
  "id=0x00230000\n"
  "content=mixed:300K:4\n"
  "compression=zlib\n"
  "[partition 5]\n"
  "id=0x00240000\n"
  "content=random:400K:5\n"
  "[partition 6]\n"
  "id=0x00250000\n"
  "content=mixed:200K:6\n"
  "compression=zlib\n"
  "[partition 7]\n"
  "id=0x00590000\n"
  "content=mixed:1500K:7\n"
  "compression=zlib\n"
  "[partition 8]\n"
  "id=0x000B0000\n"
  "content=mixed:900K:8\n";

static const char hilink_description[] =
  "[file]\n"
  "shape=bin\n"
  "[firmware]\n"
  "download-id=0x0F\n"
  "product=BV7R11HS\n"
  "version=:BV7R11HS:SIM:" HILINK_VERSION "\n"
  "signature-size=3750\n"
  "prefix-text=STICKSMITH PRACTICE FILE\n"
  "[partition 0]\n"
  "id=0x00010000\n"
  "content=pattern:2K:practice-table.\n"
  "[partition 1]\n"
  "id=0x00200000\n"
  "content=random:96K:11\n"
  "[partition 2]\n"
  "id=0x00090000\n"
  "content=mixed:1100K:12\n"
  "compression=zlib\n"
  "[partition 3]\n"
  "id=0x00220000\n"
  "content=marker:1600K:13:" HILINK_VERSION "\n"
  "compression=lzma\n"
  "[partition 4]\n"
  "id=0x00240000\n"
  "content=random:400K:14\n"
  "[partition 5]\n"
  "id=0x00590000\n"
  "content=mixed:1500K:15\n"
  "compression=zlib\n"
  "[partition 6]\n"
  "id=0x000B0000\n"
  "content=mixed:400K:16\n"
  "[partition 7]\n"
  "id=0x00560000\n"
  "content=mixed:900K:17\n"
  "compression=zlib\n";

/* Sound, but for sticks of an older chip. */
static const char wrong_description[] =
  "[file]\n"
  "shape=bin\n"
  "[firmware]\n"
  "download-id=0x01\n"
  "product=BV7R2HS\n"
  "version=:BV7R2HS:E3272:21.180.01.00.77\n"
  "prefix-text=STICKSMITH PRACTICE FILE\n"
  "[partition 0]\n"
  "id=0x00010000\n"
  "content=pattern:2048:practice-table.\n"
  "[partition 1]\n"
  "id=0x00020000\n"
  "content=random:64K:21\n"
  "[partition 2]\n"
  "id=0x00030000\n"
  "content=mixed:900K:22\n"
  "compression=zlib\n"
  "[partition 3]\n"
  "id=0x00040000\n"
  "content=marker:700K:23:21.180.01.00.77\n"
  "compression=lzma\n";
/* clang-format on */

static void
set_file_error (GError **error, const char *path, const GError *cause)
{
  gboolean denied = g_error_matches (cause, G_FILE_ERROR, G_FILE_ERROR_ACCES)
                    || g_error_matches (cause, G_FILE_ERROR, G_FILE_ERROR_PERM)
                    || g_error_matches (cause, G_FILE_ERROR, G_FILE_ERROR_ROFS);

  g_set_error (error, SMITH_ERROR, denied ? SMITH_ERROR_PERMISSION : SMITH_ERROR_BAD_FILE,
               "Cannot write the practice file %s: %s", path, cause->message);
}

/* Compares what is there with what should be, rather than sizes: a practice
 * file that was damaged on purpose last time is whole again this time. */
static gboolean
is_there (const char *path, GBytes *content)
{
  g_autofree char *there = NULL;
  gsize length;
  gsize size;
  gconstpointer data = g_bytes_get_data (content, &size);

  return g_file_get_contents (path, &there, &length, NULL) && length == size
         && memcmp (there, data, size) == 0;
}

/* Returns: the path */
static char *
write_file (const char *dir, const char *name, const char *description, GError **error)
{
  g_autoptr (GBytes) content = smith_fixture_build (description, error);
  g_autofree char *path = g_build_filename (dir, name, NULL);
  g_autoptr (GError) local_error = NULL;

  if (content == NULL)
    {
      g_prefix_error (error, "%s: ", name);
      return NULL;
    }
  if (!is_there (path, content)
      && !g_file_set_contents (path, g_bytes_get_data (content, NULL), g_bytes_get_size (content),
                               &local_error))
    {
      set_file_error (error, path, local_error);
      return NULL;
    }
  return g_steal_pointer (&path);
}

static gboolean
make_folder (const char *dir, GError **error)
{
  g_autoptr (GError) cause = NULL;
  int number;

  if (g_mkdir_with_parents (dir, 0700) == 0)
    return TRUE;
  number = errno;
  cause = g_error_new_literal (G_FILE_ERROR, g_file_error_from_errno (number), g_strerror (number));
  set_file_error (error, dir, cause);
  return FALSE;
}

/**
 * smith_practice_write_files:
 * @dir: a folder; it is made if it is missing
 * @files: (out): paths and versions
 *
 * Writes the practice files into @dir, each at once or not at all. A file that
 * is there already and is the same stays untouched. Takes a moment: call it on
 * a worker thread.
 *
 * Returns: FALSE with SMITH_ERROR_PERMISSION or SMITH_ERROR_BAD_FILE where a
 *   file cannot be written; @files is then cleared
 */
gboolean
smith_practice_write_files (const char *dir, SmithPracticeFiles *files, GError **error)
{
  g_auto (SmithPracticeFiles) made = { 0 };

  memset (files, 0, sizeof *files);
  if (!make_folder (dir, error))
    return FALSE;
  made.loader = write_file (dir, "practice-loader.bin", loader_description, error);
  if (made.loader == NULL)
    return FALSE;
  made.stick = write_file (dir, "practice-stick-" STICK_VERSION ".bin", stick_description, error);
  if (made.stick == NULL)
    return FALSE;
  made.hilink
      = write_file (dir, "practice-hilink-" HILINK_VERSION ".bin", hilink_description, error);
  if (made.hilink == NULL)
    return FALSE;
  made.stick_version = g_strdup (STICK_VERSION);
  made.hilink_version = g_strdup (HILINK_VERSION);
  *files = made;
  made = (SmithPracticeFiles){ 0 };
  return TRUE;
}

/**
 * smith_practice_write_wrong_file:
 * @dir: a folder; it is made if it is missing
 *
 * Writes a file to practise a mistake with: sound Stick firmware, but for
 * sticks of another chip. For worker threads.
 *
 * Returns: (transfer full): its path, or NULL with the errors of
 *   smith_practice_write_files()
 */
char *
smith_practice_write_wrong_file (const char *dir, GError **error)
{
  if (!make_folder (dir, error))
    return NULL;
  return write_file (dir, "practice-for-another-stick.bin", wrong_description, error);
}

/**
 * smith_practice_files_clear:
 *
 * Forgets the paths; the files stay. May be called twice.
 */
void
smith_practice_files_clear (SmithPracticeFiles *files)
{
  g_clear_pointer (&files->loader, g_free);
  g_clear_pointer (&files->stick, g_free);
  g_clear_pointer (&files->hilink, g_free);
  g_clear_pointer (&files->stick_version, g_free);
  g_clear_pointer (&files->hilink_version, g_free);
}
