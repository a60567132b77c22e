/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sticksmith-stick"

#include "udev-watch.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "udev-sysfs.h"

/* A GFileMonitor would wake up for every write to every port as well, and can
 * be late by 100 ms. */
#define WANTED (IN_CREATE | IN_DELETE | IN_ATTRIB | IN_MOVED_FROM | IN_MOVED_TO)

struct _SmithUdevWatch
{
  char *root;
  SmithSoon *soon;
  int fd;
  int usb_wd; /* of the folder of buses, or -1 */
  GSource *source;
};

static void
watch_clear (gpointer data)
{
  SmithUdevWatch *watch = data;

  smith_soon_unref (watch->soon);
  close (watch->fd);
  g_free (watch->root);
}

static void
watch_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, watch_clear);
}

static int
add_folder (SmithUdevWatch *watch, const char *name)
{
  g_autofree char *folder = g_build_filename (watch->root, "dev", name, NULL);

  return inotify_add_watch (watch->fd, folder, WANTED | IN_ONLYDIR);
}

/* Each bus has a folder with a node for each device on it: network cards have
 * no other. Watching one twice changes nothing. */
static void
add_buses (SmithUdevWatch *watch)
{
  g_autofree char *folder = g_build_filename (watch->root, "dev/bus/usb", NULL);
  g_autoptr (GPtrArray) names = smith_sysfs_list (folder);

  watch->usb_wd = add_folder (watch, "bus/usb");
  /* Until that is there, what it will stand in. */
  if (watch->usb_wd < 0)
    add_folder (watch, "bus");
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *name
          = g_build_filename ("bus/usb", (char *) g_ptr_array_index (names, i), NULL);

      add_folder (watch, name);
    }
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer data)
{
  SmithUdevWatch *watch = data;
  char buffer[4096] __attribute__ ((aligned (__alignof__(struct inotify_event))));
  gssize n = read (fd, buffer, sizeof buffer);
  gboolean buses_changed = watch->usb_wd < 0;

  if (n <= 0)
    return errno == EINTR || errno == EAGAIN ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
  for (gssize pos = 0; pos < n;)
    {
      const struct inotify_event *event = (const struct inotify_event *) (buffer + pos);

      /* Where the queue ran over, a bus may be among what was lost. */
      buses_changed
          = buses_changed || event->wd == watch->usb_wd || (event->mask & IN_Q_OVERFLOW) != 0;
      pos += (gssize) sizeof *event + event->len;
    }
  if (buses_changed)
    add_buses (watch);
  smith_soon_request (watch->soon);
  return G_SOURCE_CONTINUE;
}

/**
 * smith_udev_watch_new:
 * @root: "/", or a folder in which a test keeps its own dev
 * @soon: asked for whenever something happened
 *
 * Watches from the main context that is the caller's thread default.
 *
 * Returns: (transfer full) (nullable): NULL where the kernel has no more of them
 */
SmithUdevWatch *
smith_udev_watch_new (const char *root, SmithSoon *soon)
{
  int fd = inotify_init1 (IN_CLOEXEC | IN_NONBLOCK);
  SmithUdevWatch *watch;

  if (fd < 0)
    {
      g_info ("Cannot watch /dev: %s", g_strerror (errno));
      return NULL;
    }
  watch = g_atomic_rc_box_new0 (SmithUdevWatch);
  watch->root = g_strdup (root);
  watch->soon = smith_soon_ref (soon);
  watch->fd = fd;
  watch->source = g_unix_fd_source_new (fd, G_IO_IN);
  g_source_set_callback (watch->source, G_SOURCE_FUNC (on_readable),
                         g_atomic_rc_box_acquire (watch), watch_unref);
  add_folder (watch, "");
  add_buses (watch);
  g_source_attach (watch->source, g_main_context_get_thread_default ());
  return watch;
}

/* Any thread. */
void
smith_udev_watch_free (SmithUdevWatch *watch)
{
  g_source_destroy (watch->source);
  g_source_unref (watch->source);
  watch_unref (watch);
}
