/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udev-sysfs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "format/bytes.h"

/* Of the descriptors: a stick has a few hundred bytes of them. */
#define MAX_DESCRIPTORS 4096

#define DEVICE_DESCRIPTOR_SIZE 18
#define CONFIGURATION_DESCRIPTOR_SIZE 9
#define CONFIGURATION_DESCRIPTOR 2

static gssize
read_file (const char *folder, const char *name, void *data, gsize size)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  gsize n = 0;

  if (fd < 0)
    return -1;
  while (n < size)
    {
      gssize got = read (fd, (char *) data + n, size - n);

      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        n = 0;
      if (got <= 0)
        break;
      n += (gsize) got;
    }
  close (fd);
  return (gssize) n;
}

/* The attribute @name without the end of its line. */
gboolean
smith_sysfs_read (const char *folder, const char *name, char *text, gsize size)
{
  gssize n = read_file (folder, name, text, size - 1);

  if (n <= 0)
    return FALSE;
  text[n] = '\0';
  g_strchomp (text);
  return TRUE;
}

gboolean
smith_sysfs_read_number (const char *folder, const char *name, guint base, guint *value)
{
  char text[32];
  guint64 number = 0;

  *value = 0;
  if (!smith_sysfs_read (folder, name, text, sizeof text)
      || !g_ascii_string_to_unsigned (g_strchug (text), base, 0, G_MAXUINT, &number, NULL))
    return FALSE;
  *value = (guint) number;
  return TRUE;
}

gboolean
smith_sysfs_read_hex (const char *folder, const char *name, guint *value)
{
  return smith_sysfs_read_number (folder, name, 16, value);
}

/* How many interfaces the descriptors of the USB device @folder promise for
 * its @configuration; 0 if that is not to be learnt. */
guint
smith_sysfs_count_interfaces (const char *folder, guint configuration)
{
  guint8 data[MAX_DESCRIPTORS];
  gssize n = read_file (folder, "descriptors", data, sizeof data);
  gsize pos = DEVICE_DESCRIPTOR_SIZE;

  while (n > 0 && pos + CONFIGURATION_DESCRIPTOR_SIZE <= (gsize) n)
    {
      const guint8 *p = data + pos;
      gsize total = smith_get_u16_le (p + 2);

      if (p[1] != CONFIGURATION_DESCRIPTOR || total < CONFIGURATION_DESCRIPTOR_SIZE)
        break;
      if (p[5] == configuration)
        return p[4];
      pos += total;
    }
  return 0;
}

/**
 * smith_sysfs_resolve:
 * @link: a link in /sys/bus or /sys/class
 *
 * Returns: (transfer full) (nullable): where it leads, from "devices/" on
 */
char *
smith_sysfs_resolve (const char *link)
{
  g_autofree char *target = g_file_read_link (link, NULL);
  const char *rest = target;

  while (rest != NULL && g_str_has_prefix (rest, "../"))
    rest += 3;
  return rest != NULL && g_str_has_prefix (rest, "devices/") ? g_strdup (rest) : NULL;
}

/* Returns: (transfer full): the names in @folder; none if it is not there */
GPtrArray *
smith_sysfs_list (const char *folder)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  GDir *dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_clear_pointer (&dir, g_dir_close);
  return names;
}
