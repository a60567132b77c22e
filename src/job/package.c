/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "package-private.h"

#include <glib/gi18n.h>

#include <stdlib.h>
#include <string.h>

#include "format/archive.h"
#include "format/bytes.h"
#include "format/error.h"

SmithItem *
smith_item_new (const char *name)
{
  SmithItem *item = g_atomic_rc_box_new0 (SmithItem);

  item->name = g_strdup (name);
  item->files = g_ptr_array_new_with_free_func ((GDestroyNotify) smith_mapped_file_unref);
  return item;
}

SmithItem *
smith_item_ref (SmithItem *item)
{
  return g_atomic_rc_box_acquire (item);
}

static void
item_clear (gpointer data)
{
  SmithItem *item = data;

  g_clear_pointer (&item->firmware, smith_firmware_free);
  g_clear_pointer (&item->loader, smith_loader_free);
  g_ptr_array_unref (item->files);
  g_free (item->name);
  g_free (item->path);
}

void
smith_item_unref (SmithItem *item)
{
  g_atomic_rc_box_release_full (item, item_clear);
}

/* A file that is firmware or a loader by itself. */
SmithItem *
smith_item_from_file (SmithMappedFile *file, const char *name, GError **error)
{
  g_autoptr (SmithItem) item = smith_item_new (name);
  g_autoptr (GBytes) bytes = smith_mapped_file_get_bytes (file);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  g_ptr_array_add (item->files, smith_mapped_file_ref (file));
  if (size >= 4 && smith_get_u32_le (data) == SMITH_LOADER_MAGIC)
    item->loader = smith_loader_parse (bytes, error);
  else
    item->firmware = smith_firmware_parse (bytes, error);
  if (item->loader == NULL && item->firmware == NULL)
    return NULL;
  return g_steal_pointer (&item);
}

typedef struct
{
  char *name;
  SmithMappedFile *file;
} NamedFile;

static int
by_name (const void *a, const void *b)
{
  return strcmp (((const NamedFile *) a)->name, ((const NamedFile *) b)->name);
}

/* @files and @names belong together; they are put in the order of the names. */
SmithItem *
smith_item_from_images (GPtrArray *files, GPtrArray *names, const char *name, GError **error)
{
  g_autoptr (SmithItem) item = smith_item_new (name);
  g_autofree NamedFile *sorted = g_new0 (NamedFile, files->len);
  g_autofree SmithImage *images = g_new0 (SmithImage, files->len);

  for (guint i = 0; i < files->len; i++)
    {
      sorted[i].name = g_path_get_basename (g_ptr_array_index (names, i));
      sorted[i].file = g_ptr_array_index (files, i);
    }
  /* None at all is for the format to refuse; qsort() takes no NULL. */
  if (files->len > 0)
    qsort (sorted, files->len, sizeof *sorted, by_name);
  for (guint i = 0; i < files->len; i++)
    {
      images[i].name = sorted[i].name;
      images[i].data = smith_mapped_file_get_bytes (sorted[i].file);
      g_ptr_array_add (item->files, smith_mapped_file_ref (sorted[i].file));
    }
  item->firmware = smith_firmware_from_images (images, files->len, error);
  for (guint i = 0; i < files->len; i++)
    {
      g_bytes_unref (images[i].data);
      g_free (sorted[i].name);
    }
  return item->firmware != NULL ? g_steal_pointer (&item) : NULL;
}

static gboolean
add_image (GPtrArray *files, GPtrArray *names, const char *folder, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  SmithMappedFile *file = smith_mapped_file_open (path, error);

  if (file == NULL)
    return FALSE;
  g_ptr_array_add (files, file);
  g_ptr_array_add (names, g_strdup (name));
  return TRUE;
}

/* All images of a folder; what is not named like one does not count. */
static SmithItem *
item_from_folder (const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) files
      = g_ptr_array_new_with_free_func ((GDestroyNotify) smith_mapped_file_unref);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *display = g_filename_display_basename (path);
  g_autoptr (GDir) folder = NULL;
  g_autoptr (GError) local = NULL;
  const char *name;

  folder = g_dir_open (path, 0, &local);
  if (folder == NULL)
    {
      gboolean denied = g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_ACCES);

      g_set_error (error, SMITH_ERROR, denied ? SMITH_ERROR_PERMISSION : SMITH_ERROR_BAD_FILE,
                   _ ("The folder “%s” cannot be read"), display);
      return NULL;
    }
  while ((name = g_dir_read_name (folder)) != NULL)
    {
      guint index;
      guint32 id;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      if (!smith_image_name_parse (name, &index, &id))
        continue;
      if (files->len == SMITH_FIRMWARE_PARTITIONS_MAX)
        {
          g_set_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE,
                       _ ("The folder “%s” holds more images than any stick"), display);
          return NULL;
        }
      if (!add_image (files, names, path, name, error))
        return NULL;
    }
  return smith_item_from_images (files, names, display, error);
}

/* Two files of one name in an archive must be told apart. */
static void
make_names_unique (GPtrArray *items)
{
  for (guint i = 1; i < items->len; i++)
    {
      SmithItem *item = g_ptr_array_index (items, i);
      guint same = 1;

      for (guint j = 0; j < i; j++)
        same += g_str_equal (((SmithItem *) g_ptr_array_index (items, j))->name, item->name);
      if (same > 1)
        {
          char *unique = g_strdup_printf ("%s (%u)", item->name, same);

          g_free (item->name);
          item->name = unique;
        }
    }
}

static gboolean
open_file (SmithPackage *package, const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (SmithMappedFile) file = smith_mapped_file_open (path, error);
  g_autofree char *name = g_filename_display_basename (path);
  g_autoptr (GBytes) bytes = NULL;
  gsize size;
  const guint8 *data;
  SmithItem *item;

  if (file == NULL)
    return FALSE;
  bytes = smith_mapped_file_get_bytes (file);
  data = g_bytes_get_data (bytes, &size);
  if (smith_archive_detect (data, size))
    {
      GPtrArray *items = smith_archive_items (file, cancellable, error);

      if (items == NULL)
        return FALSE;
      package->is_archive = TRUE;
      g_ptr_array_unref (package->items);
      package->items = items;
      make_names_unique (items);
      return TRUE;
    }
  item = smith_item_from_file (file, name, error);
  if (item != NULL)
    g_ptr_array_add (package->items, item);
  return item != NULL;
}

/**
 * smith_package_open:
 * @path: a firmware file, an updater, a loader, an archive with such in it, or
 *   a folder of partition images
 *
 * Opens whatever it is. Nothing is verified yet; an archive is unpacked to
 * nameless files. Blocks: for worker threads.
 *
 * Returns: (transfer full): what was found, or NULL with SMITH_ERROR_BAD_FILE,
 *   WRONG_FILE, PERMISSION, UNSUPPORTED or G_IO_ERROR_CANCELLED
 */
SmithPackage *
smith_package_open (const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (SmithPackage) package = g_new0 (SmithPackage, 1);

  package->path = g_strdup (path);
  package->items = g_ptr_array_new_with_free_func ((GDestroyNotify) smith_item_unref);
  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      SmithItem *item = item_from_folder (path, cancellable, error);

      if (item == NULL)
        return NULL;
      g_ptr_array_add (package->items, item);
    }
  else if (!open_file (package, path, cancellable, error))
    return NULL;
  for (guint i = 0; i < package->items->len; i++)
    ((SmithItem *) g_ptr_array_index (package->items, i))->path
        = g_canonicalize_filename (path, NULL);
  return g_steal_pointer (&package);
}

void
smith_package_free (SmithPackage *package)
{
  g_ptr_array_unref (package->items);
  g_free (package->path);
  g_free (package);
}

static gboolean
is_wanted (SmithItem *item, SmithWant want, const char *entry)
{
  if (want == SMITH_WANT_FIRMWARE && item->firmware == NULL)
    return FALSE;
  if (want == SMITH_WANT_LOADER && item->loader == NULL)
    return FALSE;
  return entry == NULL || g_str_equal (item->name, entry);
}

static void
set_none_wanted (SmithPackage *package, SmithWant want, const char *entry, GError **error)
{
  const char *text = _ ("There is nothing usable in it");

  if (entry != NULL)
    text = _ ("There is no such file in the archive");
  else if (want == SMITH_WANT_FIRMWARE && !package->is_archive)
    text = _ ("This is a loader; a firmware file is needed here");
  else if (want == SMITH_WANT_LOADER && !package->is_archive)
    text = _ ("This is a firmware file; a loader is needed here");
  else if (want == SMITH_WANT_FIRMWARE)
    text = _ ("There is no firmware in this archive, just a loader");
  else if (want == SMITH_WANT_LOADER)
    text = _ ("There is no loader in this archive, just firmware");
  g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_WRONG_FILE, text);
}

/**
 * smith_package_pick:
 * @entry: (nullable): the name of an item in an archive
 *
 * Picks the one item of the wanted kind.
 *
 * Returns: (transfer none): the item, or NULL with SMITH_ERROR_WRONG_FILE if
 *   there is none or it is not clear which
 */
SmithItem *
smith_package_pick (SmithPackage *package, SmithWant want, const char *entry, GError **error)
{
  SmithItem *found = NULL;
  g_autoptr (GString) names = g_string_new (NULL);
  guint n = 0;

  /* A file that is no archive has nothing to choose from. */
  if (!package->is_archive)
    entry = NULL;

  for (guint i = 0; i < package->items->len; i++)
    {
      SmithItem *item = g_ptr_array_index (package->items, i);

      if (!is_wanted (item, want, entry))
        continue;
      found = item;
      g_string_append_printf (names, "%s“%s”", n++ > 0 ? ", " : "", item->name);
    }
  if (n == 1)
    return found;
  if (n == 0)
    set_none_wanted (package, want, entry, error);
  else
    g_set_error (error, SMITH_ERROR, SMITH_ERROR_WRONG_FILE,
                 _ ("The archive holds several usable files: %s. Choose one of them."), names->str);
  return NULL;
}

/**
 * smith_item_check_unchanged:
 *
 * Returns: FALSE with SMITH_ERROR_BAD_FILE if one of the files behind @item is
 *   no longer what was checked
 */
gboolean
smith_item_check_unchanged (SmithItem *item, GError **error)
{
  for (guint i = 0; i < item->files->len; i++)
    if (!smith_mapped_file_check_unchanged (g_ptr_array_index (item->files, i), error))
      return FALSE;
  return TRUE;
}

typedef struct
{
  SmithVerifyFunc progress;
  gpointer user_data;
  GCancellable *cancellable;
} Verify;

static gboolean
on_verify (guint64 done, guint64 total, gpointer user_data)
{
  Verify *verify = user_data;

  if (g_cancellable_is_cancelled (verify->cancellable))
    return FALSE;
  return verify->progress == NULL || verify->progress (done, total, verify->user_data);
}

/**
 * smith_item_verify:
 * @progress: (nullable): called from several threads
 *
 * Makes every check on a firmware item (a loader's were made when it was
 * opened). Blocks.
 *
 * Returns: FALSE with G_IO_ERROR_CANCELLED if it was stopped; what was found
 *   is in the firmware
 */
gboolean
smith_item_verify (SmithItem *item,
                   SmithVerifyFunc progress,
                   gpointer user_data,
                   GCancellable *cancellable,
                   GError **error)
{
  Verify verify = { progress, user_data, cancellable };

  if (item->firmware == NULL || smith_firmware_verify (item->firmware, on_verify, &verify))
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled"));
  return FALSE;
}

/**
 * smith_item_may_write:
 *
 * Returns: FALSE with SMITH_ERROR_BAD_FILE and the first problem, if the
 *   firmware is not verified and good or has changed since
 */
gboolean
smith_item_may_write (SmithItem *item, GError **error)
{
  SmithFirmware *firmware = item->firmware;

  if (firmware->problems->len > 0 || !smith_firmware_is_good (firmware))
    {
      g_set_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE, "%s: %s", item->name,
                   firmware->problems->len > 0
                       ? (const char *) g_ptr_array_index (firmware->problems, 0)
                       : _ ("the file was not checked"));
      return FALSE;
    }
  return smith_item_check_unchanged (item, error);
}
