/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "simulator/fixture.h"

#include <errno.h>
#include <glib/gstdio.h>

/* make-fixture DESCRIPTION OUTPUT: makes the file, or the folder, that a
 * description in data/fixtures describes. */

static gboolean
is_folder (const char *description)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_autofree char *shape = NULL;

  if (g_key_file_load_from_data (keys, description, -1, G_KEY_FILE_NONE, NULL))
    shape = g_key_file_get_string (keys, "file", "shape", NULL);
  return g_strcmp0 (shape, "folder") == 0;
}

static gboolean
write_bytes (const char *path, GBytes *bytes, GError **error)
{
  return g_file_set_contents (path, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                              error);
}

static gboolean
write_folder (const char *path, GHashTable *images, GError **error)
{
  GHashTableIter iter;
  gpointer name;
  gpointer bytes;

  if (g_mkdir_with_parents (path, 0777) < 0)
    {
      int number = errno;

      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (number), "%s: %s", path,
                   g_strerror (number));
      return FALSE;
    }
  g_hash_table_iter_init (&iter, images);
  while (g_hash_table_iter_next (&iter, &name, &bytes))
    {
      g_autofree char *file = g_build_filename (path, name, NULL);

      if (!write_bytes (file, bytes, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
make (const char *source, const char *output, GError **error)
{
  g_autofree char *description = NULL;
  g_autoptr (GHashTable) images = NULL;
  g_autoptr (GBytes) file = NULL;

  if (!g_file_get_contents (source, &description, NULL, error))
    return FALSE;
  if (!is_folder (description))
    {
      file = smith_fixture_build (description, error);
      return file != NULL && write_bytes (output, file, error);
    }
  images = smith_fixture_build_folder (description, error);
  return images != NULL && write_folder (output, images, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (argc != 3)
    {
      g_printerr ("Usage: %s DESCRIPTION OUTPUT\n", argv[0]);
      return 2;
    }
  if (!make (argv[1], argv[2], &error))
    {
      g_printerr ("%s: %s\n", argv[1], error->message);
      return 1;
    }
  return 0;
}
