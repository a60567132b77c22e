/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "simulator/practice.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "fixture.h"
#include "format/error.h"

#define STICK_VERSION "21.299.01.00.77"
#define HILINK_VERSION "22.299.05.00.77"
#define E1550_VERSION "11.608.12.04.77"
#define E392_VERSION "11.433.57.00.77"

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

/* A Windows updater, as the firmware of these older sticks comes. */
static const char e1550_description[] =
  "[file]\n"
  "shape=updater\n"
  "[firmware]\n"
  "download-id=0x31\n"
  "product=E1550\n"
  "version=:HUAWEI E155:" E1550_VERSION "\n"
  "prefix-text=STICKSMITH PRACTICE FILE\n"
  "[updater]\n"
  "stub-size=60001\n"
  "tail-size=5000\n"
  "[partition 0]\n"
  "id=0x00010000\n"
  "content=pattern:0x1D0:practice-table.\n"
  "[partition 1]\n"
  "id=0x00020000\n"
  "content=mixed:0x5F90:31\n"
  "[partition 2]\n"
  "id=0x00030000\n"
  "content=mixed:0x42A14:32\n"
  "[partition 3]\n"
  "id=0x00040000\n"
  "content=marker:0x180000:33:" E1550_VERSION "\n"
  "[partition 4]\n"
  "id=0x00050000\n"
  "content=mixed:0x40001:34\n";

/* Eight sections as a real rescue has them, but for the largest, which is a
 * tenth of its size: practising need not take five minutes. */
static const char e392_description[] =
  "[file]\n"
  "shape=bin\n"
  "[firmware]\n"
  "download-id=0x31\n"
  "product=E392\n"
  "version=:HUAWEI E392:" E392_VERSION "\n"
  "prefix-text=STICKSMITH PRACTICE FILE\n"
  "block-size=4096\n"
  "[partition 0]\n"
  "id=0x00010000\n"
  "content=pattern:0x1D0:practice-table.\n"
  "[partition 1]\n"
  "id=0x00020000\n"
  "content=mixed:0x9F94:41\n"
  "[partition 2]\n"
  "id=0x00030000\n"
  "content=mixed:0x71828:42\n"
  "[partition 3]\n"
  "id=0x00040000\n"
  "content=mixed:0x1C4000:43\n"
  "[partition 4]\n"
  "id=0x00050000\n"
  "content=mixed:0x247390:44\n"
  "[partition 5]\n"
  "id=0x00060000\n"
  "content=marker:3004K:45:" E392_VERSION "\n"
  "[partition 6]\n"
  "id=0x00070000\n"
  "content=mixed:0x7FB67:46\n"
  "[partition 7]\n"
  "id=0x00080000\n"
  "content=mixed:0x4C000:47\n";

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
  g_autofree char *name = g_filename_display_name (path);
  gboolean denied = g_error_matches (cause, G_FILE_ERROR, G_FILE_ERROR_ACCES)
                    || g_error_matches (cause, G_FILE_ERROR, G_FILE_ERROR_PERM)
                    || g_error_matches (cause, G_FILE_ERROR, G_FILE_ERROR_ROFS);

  g_set_error (error, SMITH_ERROR, denied ? SMITH_ERROR_PERMISSION : SMITH_ERROR_BAD_FILE,
               _ ("The practice file %s cannot be written: %s"), name, cause->message);
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

static gboolean
write_others (const char *dir, SmithPracticeFiles *made, GError **error)
{
  made->e1550 = write_file (dir, "practice-e1550-" E1550_VERSION ".exe", e1550_description, error);
  if (made->e1550 == NULL)
    return FALSE;
  made->e392 = write_file (dir, "practice-e392-" E392_VERSION ".bin", e392_description, error);
  return made->e392 != NULL;
}

static void
name_versions (SmithPracticeFiles *made)
{
  made->stick_version = g_strdup (STICK_VERSION);
  made->hilink_version = g_strdup (HILINK_VERSION);
  made->e1550_version = g_strdup (E1550_VERSION);
  made->e392_version = g_strdup (E392_VERSION);
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
  if (made.hilink == NULL || !write_others (dir, &made, error))
    return FALSE;
  name_versions (&made);
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
 * smith_practice_files_get_firmware:
 *
 * Returns: (transfer none): path of the firmware file of that kind
 */
const char *
smith_practice_files_get_firmware (const SmithPracticeFiles *files, SmithPracticeKind kind)
{
  const char *const paths[] = {
    [SMITH_PRACTICE_STICK] = files->stick,
    [SMITH_PRACTICE_HILINK] = files->hilink,
    [SMITH_PRACTICE_E1550] = files->e1550,
    [SMITH_PRACTICE_E392] = files->e392,
  };

  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (paths), NULL);
  return paths[kind];
}

/**
 * smith_practice_files_get_version:
 *
 * Returns: (transfer none): the version that the firmware file of that kind brings
 */
const char *
smith_practice_files_get_version (const SmithPracticeFiles *files, SmithPracticeKind kind)
{
  const char *const versions[] = {
    [SMITH_PRACTICE_STICK] = files->stick_version,
    [SMITH_PRACTICE_HILINK] = files->hilink_version,
    [SMITH_PRACTICE_E1550] = files->e1550_version,
    [SMITH_PRACTICE_E392] = files->e392_version,
  };

  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (versions), NULL);
  return versions[kind];
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
  g_clear_pointer (&files->e1550, g_free);
  g_clear_pointer (&files->e392, g_free);
  g_clear_pointer (&files->e1550_version, g_free);
  g_clear_pointer (&files->e392_version, g_free);
}
