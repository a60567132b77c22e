/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "simulator/fixture.h"

#include <string.h>

#include "fixture-private.h"
#include "format/error.h"
#include "format/key-file.h"

static const char *const shape_names[] = {
  [SMITH_FIXTURE_BIN] = "bin",       [SMITH_FIXTURE_UPDATER] = "updater",
  [SMITH_FIXTURE_FOLDER] = "folder", [SMITH_FIXTURE_LOADER] = "loader",
  [SMITH_FIXTURE_LOADER + 1] = NULL,
};

static gboolean
get_shape (GKeyFile *keys, SmithFixtureShape *shape, GError **error)
{
  static const char *const required[] = { "shape", NULL };
  static const char *const optional[] = { NULL };
  g_autofree char *name = NULL;

  if (!smith_fixture_check_keys (keys, "file", required, optional, error))
    return FALSE;
  name = smith_fixture_get_string (keys, "file", "shape", error);
  if (name == NULL)
    return FALSE;
  for (guint i = 0; shape_names[i] != NULL; i++)
    if (g_str_equal (name, shape_names[i]))
      {
        *shape = i;
        return TRUE;
      }
  smith_fixture_fail (error, "file", "shape", "“%s” is no shape", name);
  return FALSE;
}

static GKeyFile *
load (const char *description, SmithFixtureShape *shape, GError **error)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_autoptr (GError) local_error = NULL;

  if (!smith_key_file_load (keys, description, strlen (description), &local_error))
    {
      g_set_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE, "Not a description of a file: %s",
                   local_error->message);
      return NULL;
    }
  if (!get_shape (keys, shape, error))
    return NULL;
  return g_steal_pointer (&keys);
}

/**
 * smith_fixture_build:
 * @description: key file text; its group [file] has "shape", the rest depends on it
 *
 * Makes one file.
 *
 * With shape=bin, [firmware] describes the package and [partition 0],
 * [partition 1] and so on its partitions in the order of the file.
 * shape=updater puts the same behind the stub that [updater] describes. With
 * shape=loader, [loader] and optionally [table] describe a loader for the boot
 * ROM. A key that is not known is an error, so that a typing error is seen.
 *
 * Sizes are bytes, decimal or hexadecimal with 0x, and may end in K or M. What
 * comes out depends on @description and, where it is compressed, on the
 * versions of zlib and liblzma. Takes as long as compressing takes; any thread.
 *
 * Returns: (transfer full): the file's bytes, at most 1 GiB; NULL with
 *   SMITH_ERROR_BAD_FILE, which names group and key, if @description is wrong
 */
GBytes *
smith_fixture_build (const char *description, GError **error)
{
  SmithFixtureShape shape;
  g_autoptr (GKeyFile) keys = load (description, &shape, error);

  if (keys == NULL)
    return NULL;
  switch (shape)
    {
    case SMITH_FIXTURE_BIN:
      return smith_fixture_make_firmware (keys, FALSE, error);
    case SMITH_FIXTURE_UPDATER:
      return smith_fixture_make_firmware (keys, TRUE, error);
    case SMITH_FIXTURE_LOADER:
      return smith_fixture_make_loader (keys, error);
    case SMITH_FIXTURE_FOLDER:
    default:
      smith_fixture_fail (error, "file", "shape", "a folder is not one file");
      return NULL;
    }
}

/**
 * smith_fixture_build_folder:
 * @description: key file text with shape=folder
 *
 * Makes a folder of raw images from the same partition groups that
 * smith_fixture_build() takes, without compression. Any thread.
 *
 * Returns: (transfer full) (element-type utf8 GBytes): the files by name,
 *   NN-XXXXXXXX-name.bin; NULL with SMITH_ERROR_BAD_FILE as smith_fixture_build()
 */
GHashTable *
smith_fixture_build_folder (const char *description, GError **error)
{
  SmithFixtureShape shape;
  g_autoptr (GKeyFile) keys = load (description, &shape, error);

  if (keys == NULL)
    return NULL;
  if (shape != SMITH_FIXTURE_FOLDER)
    {
      smith_fixture_fail (error, "file", "shape", "“%s” is not a folder", shape_names[shape]);
      return NULL;
    }
  return smith_fixture_make_folder (keys, error);
}
