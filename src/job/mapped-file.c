/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mapped-file.h"

#include <glib/gi18n.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/error.h"
#include "sigbus-guard.h"

struct _SmithMappedFile
{
  char *path; /* NULL for a file without a name */
  char *name;
  int fd;
  struct stat stamp;
  void *data;
  gint broken;
};

static void
set_errno (GError **error, const char *name, int saved)
{
  SmithErrorCode code
      = saved == EACCES || saved == EPERM ? SMITH_ERROR_PERMISSION : SMITH_ERROR_BAD_FILE;

  g_set_error (error, SMITH_ERROR, code, _ ("“%s” cannot be opened: %s"), name, g_strerror (saved));
}

static gboolean
check_kind (const struct stat *info, const char *name, GError **error)
{
  if (S_ISDIR (info->st_mode))
    g_set_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE, _ ("“%s” is a folder"), name);
  else if (!S_ISREG (info->st_mode))
    g_set_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE, _ ("“%s” is not a file"), name);
  else if (info->st_size == 0)
    g_set_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE, _ ("“%s” is empty"), name);
  else if ((guint64) info->st_size > SMITH_FILE_SIZE_MAX)
    g_set_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE,
                 _ ("“%s” is larger than any firmware file"), name);
  else
    return TRUE;
  return FALSE;
}

static void
mapped_file_clear (gpointer data)
{
  SmithMappedFile *file = data;

  if (file->data != NULL)
    {
      smith_sigbus_guard_remove (file->data);
      munmap (file->data, (gsize) file->stamp.st_size);
    }
  if (file->fd >= 0)
    close (file->fd);
  g_free (file->path);
  g_free (file->name);
}

/**
 * smith_mapped_file_adopt:
 * @fd: (transfer full): of a file, open for reading
 * @name: for messages
 *
 * Returns: (transfer full): the file, or NULL with SMITH_ERROR_BAD_FILE
 */
SmithMappedFile *
smith_mapped_file_adopt (int fd, const char *name, GError **error)
{
  g_autoptr (SmithMappedFile) file = g_atomic_rc_box_new0 (SmithMappedFile);
  void *data;

  file->fd = fd;
  file->name = g_strdup (name);
  if (fstat (fd, &file->stamp) != 0)
    {
      set_errno (error, name, errno);
      return NULL;
    }
  if (!check_kind (&file->stamp, name, error))
    return NULL;
  data = mmap (NULL, (gsize) file->stamp.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (data == MAP_FAILED)
    {
      set_errno (error, name, errno);
      return NULL;
    }
  if (!smith_sigbus_guard_add (data, (gsize) file->stamp.st_size, &file->broken))
    {
      munmap (data, (gsize) file->stamp.st_size);
      set_errno (error, name, EMFILE);
      return NULL;
    }
  file->data = data;
  return g_steal_pointer (&file);
}

/**
 * smith_mapped_file_open:
 *
 * Opens and maps a regular file; a pipe, a device or a folder is refused
 * without waiting for anything.
 *
 * Returns: (transfer full): the file, or NULL with SMITH_ERROR_PERMISSION or BAD_FILE
 */
SmithMappedFile *
smith_mapped_file_open (const char *path, GError **error)
{
  g_autofree char *name = g_filename_display_basename (path);
  SmithMappedFile *file;
  int fd = open (path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

  if (fd < 0)
    {
      set_errno (error, name, errno);
      return NULL;
    }
  file = smith_mapped_file_adopt (fd, name, error);
  if (file != NULL)
    file->path = g_canonicalize_filename (path, NULL);
  return file;
}

SmithMappedFile *
smith_mapped_file_ref (SmithMappedFile *file)
{
  return g_atomic_rc_box_acquire (file);
}

void
smith_mapped_file_unref (SmithMappedFile *file)
{
  g_atomic_rc_box_release_full (file, mapped_file_clear);
}

/**
 * smith_mapped_file_get_bytes:
 *
 * Returns: (transfer full): the content; it keeps the file
 */
GBytes *
smith_mapped_file_get_bytes (SmithMappedFile *file)
{
  return g_bytes_new_with_free_func (file->data, (gsize) file->stamp.st_size,
                                     (GDestroyNotify) smith_mapped_file_unref,
                                     smith_mapped_file_ref (file));
}

static gboolean
is_same (const struct stat *a, const struct stat *b)
{
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size
         && a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec
         && a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/**
 * smith_mapped_file_check_unchanged:
 *
 * Tells whether the file is still the one that was opened: the same file at
 * the same place, untouched and whole.
 *
 * Returns: FALSE with SMITH_ERROR_BAD_FILE
 */
gboolean
smith_mapped_file_check_unchanged (SmithMappedFile *file, GError **error)
{
  struct stat now;
  gboolean same = fstat (file->fd, &now) == 0 && is_same (&now, &file->stamp);

  if (same && file->path != NULL)
    same = stat (file->path, &now) == 0 && is_same (&now, &file->stamp);
  if (same && !__atomic_load_n (&file->broken, __ATOMIC_ACQUIRE))
    return TRUE;
  g_set_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE,
               _ ("“%s” has changed since it was checked. Choose it again."), file->name);
  return FALSE;
}
