/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "package-private.h"

#include <glib/gi18n.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "format/archive.h"
#include "format/bytes.h"
#include "format/error.h"

/* So much of a file tells whether it can be of use. */
#define SNIFF_SIZE 512

/* Walking through an archive: what is of use goes into files without a name,
 * so that nothing is left behind however the program ends. */
typedef struct
{
  GCancellable *cancellable;
  GPtrArray *items;
  GPtrArray *images;      /* SmithMappedFile, of partition images */
  GPtrArray *image_names; /* their paths */
  char *path;
  GByteArray *head;
  int fd; /* -1 until the file proves useful */
  gboolean judged;
  char *unusable; /* why the first file that looked useful is not */
} Walk;

static void
walk_clear (Walk *walk)
{
  g_ptr_array_unref (walk->items);
  g_ptr_array_unref (walk->images);
  g_ptr_array_unref (walk->image_names);
  g_byte_array_unref (walk->head);
  g_free (walk->path);
  g_free (walk->unusable);
  if (walk->fd >= 0)
    close (walk->fd);
}

static gboolean
is_image_path (const char *path)
{
  g_autofree char *base = g_path_get_basename (path);
  guint index;
  guint32 id;

  return smith_image_name_parse (base, &index, &id);
}

/* Whether a file that begins so may be firmware, an updater, a loader or an image. */
static gboolean
may_be_useful (const char *path, const guint8 *head, gsize size)
{
  if (is_image_path (path))
    return TRUE;
  if (size >= 2 && head[0] == 'M' && head[1] == 'Z')
    return TRUE;
  if (size >= 4 && smith_get_u32_le (head) == SMITH_LOADER_MAGIC)
    return TRUE;
  return size >= SMITH_FIRMWARE_PREFIX_SIZE + 4
         && memcmp (head + SMITH_FIRMWARE_PREFIX_SIZE, "\x55\xAA\x5A\xA5", 4) == 0;
}

static int
open_nameless (GError **error)
{
  const char *folder = g_get_tmp_dir ();
  int fd = open (folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

  if (fd < 0)
    {
      g_autofree char *name = g_build_filename (folder, "sticksmith-XXXXXX", NULL);

      fd = g_mkstemp_full (name, O_RDWR | O_CLOEXEC, 0600);
      if (fd >= 0)
        unlink (name);
    }
  if (fd < 0)
    g_set_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE,
                 _ ("The archive cannot be unpacked to %s: %s"), folder, g_strerror (errno));
  return fd;
}

static gboolean
write_all (int fd, const guint8 *data, gsize size, GError **error)
{
  while (size > 0)
    {
      gssize n = write (fd, data, size);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        {
          g_set_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE,
                       _ ("The archive cannot be unpacked: %s"), g_strerror (errno));
          return FALSE;
        }
      data += n;
      size -= (gsize) n;
    }
  return TRUE;
}

static gboolean
on_begin (const char *path, gpointer user_data)
{
  Walk *walk = user_data;

  g_free (walk->path);
  walk->path = g_strdup (path);
  walk->judged = FALSE;
  g_byte_array_set_size (walk->head, 0);
  return TRUE;
}

/* Decides with the first bytes; returns: FALSE only with @error. */
static gboolean
judge_head (Walk *walk, GError **error)
{
  walk->judged = TRUE;
  if (!may_be_useful (walk->path, walk->head->data, walk->head->len))
    return TRUE;
  walk->fd = open_nameless (error);
  return walk->fd >= 0 && write_all (walk->fd, walk->head->data, walk->head->len, error);
}

static gboolean
on_data (const guint8 *data, gsize size, gpointer user_data, GError **error)
{
  Walk *walk = user_data;

  if (g_cancellable_set_error_if_cancelled (walk->cancellable, error))
    return FALSE;
  if (!walk->judged)
    {
      gsize n = MIN (size, SNIFF_SIZE - walk->head->len);

      g_byte_array_append (walk->head, data, (guint) n);
      data += n;
      size -= n;
      if (walk->head->len == SNIFF_SIZE && !judge_head (walk, error))
        return FALSE;
    }
  return walk->fd < 0 || write_all (walk->fd, data, size, error);
}

static gboolean
on_end (gpointer user_data, GError **error)
{
  Walk *walk = user_data;
  g_autoptr (SmithMappedFile) file = NULL;
  g_autoptr (GError) local = NULL;
  SmithItem *item;

  /* An empty file has no first bytes, but its name may make it an image. */
  if (!walk->judged && !judge_head (walk, error))
    return FALSE;
  if (walk->fd < 0)
    return TRUE;
  file = smith_mapped_file_adopt (walk->fd, walk->path, error);
  walk->fd = -1;
  if (file == NULL)
    return FALSE;
  if (is_image_path (walk->path))
    {
      g_ptr_array_add (walk->images, g_steal_pointer (&file));
      g_ptr_array_add (walk->image_names, g_strdup (walk->path));
      return TRUE;
    }
  item = smith_item_from_file (file, walk->path, &local);
  if (item != NULL)
    g_ptr_array_add (walk->items, item);
  else
    {
      g_info ("%s: %s", walk->path, local->message);
      /* Of a program nobody claimed that it holds firmware. */
      if (walk->unusable == NULL && walk->head->data[0] != 'M')
        walk->unusable = g_strdup_printf ("%s: %s", walk->path, local->message);
    }
  return TRUE;
}

static gboolean
on_pass_over (gpointer user_data, GError **error)
{
  Walk *walk = user_data;

  return !g_cancellable_set_error_if_cancelled (walk->cancellable, error);
}

/* Images of one folder inside the archive make one package. */
static gboolean
take_images (Walk *walk, GError **error)
{
  g_autofree char *folder = NULL;
  SmithItem *item;

  if (walk->images->len == 0)
    return TRUE;
  folder = g_path_get_dirname (g_ptr_array_index (walk->image_names, 0));
  for (guint i = 0; i < walk->image_names->len; i++)
    {
      const char *path = g_ptr_array_index (walk->image_names, i);
      g_autofree char *own = g_path_get_dirname (path);

      if (!g_str_equal (own, folder))
        {
          g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_WRONG_FILE,
                               _ ("The archive holds more than one folder of partition images. "
                                  "Unpack it and choose one of them."));
          return FALSE;
        }
    }
  item = smith_item_from_images (walk->images, walk->image_names, folder, error);
  if (item == NULL)
    return FALSE;
  g_ptr_array_add (walk->items, item);
  return TRUE;
}

/**
 * smith_archive_items:
 *
 * Unpacks what is usable in an archive to files without a name.
 *
 * Returns: (transfer full) (element-type SmithItem): at least one; or NULL
 *   with SMITH_ERROR_BAD_FILE, WRONG_FILE (nothing usable), UNSUPPORTED
 *   (encrypted) or G_IO_ERROR_CANCELLED
 */
GPtrArray *
smith_archive_items (SmithMappedFile *file, GCancellable *cancellable, GError **error)
{
  static const SmithArchiveVisitor visitor = { on_begin, on_data, on_end, on_pass_over };
  g_autoptr (GBytes) bytes = smith_mapped_file_get_bytes (file);
  g_autoptr (GPtrArray) items = NULL;
  gboolean ok;
  Walk walk = {
    .cancellable = cancellable,
    .items = g_ptr_array_new_with_free_func ((GDestroyNotify) smith_item_unref),
    .images = g_ptr_array_new_with_free_func ((GDestroyNotify) smith_mapped_file_unref),
    .image_names = g_ptr_array_new_with_free_func (g_free),
    .head = g_byte_array_new (),
    .fd = -1,
  };

  ok = smith_archive_walk (bytes, &visitor, &walk, error) && take_images (&walk, error);
  if (ok && walk.items->len == 0)
    g_set_error_literal (error, SMITH_ERROR,
                         walk.unusable != NULL ? SMITH_ERROR_BAD_FILE : SMITH_ERROR_WRONG_FILE,
                         walk.unusable != NULL
                             ? walk.unusable
                             : _ ("There is neither firmware nor a loader in this archive"));
  else if (ok)
    items = g_ptr_array_ref (walk.items);
  walk_clear (&walk);
  return g_steal_pointer (&items);
}
