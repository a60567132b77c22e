/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stick/udev-watch.h"

#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>

#include <sys/resource.h>
#include <unistd.h>

/* Only against hangs. */
#define PATIENCE_US (90 * G_USEC_PER_SEC)

/* A dev of its own, and an object that is told of it: any with a signal without
 * arguments will do. */
typedef struct
{
  char *root;
  GCancellable *told;
  SmithSoon *soon;
  SmithUdevWatch *watch;
  guint n;
} Fixture;

static void
on_told (GCancellable *told, Fixture *f)
{
  f->n++;
}

static void
make_folder (Fixture *f, const char *name)
{
  g_autofree char *path = g_build_filename (f->root, "dev", name, NULL);

  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
}

static void
make_node (Fixture *f, const char *name)
{
  g_autofree char *path = g_build_filename (f->root, "dev", name, NULL);
  int fd = open (path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

  g_assert_cmpint (fd, >=, 0);
  close (fd);
}

static void
remove_it (Fixture *f, const char *name)
{
  g_autofree char *path = g_build_filename (f->root, "dev", name, NULL);

  g_assert_cmpint (g_remove (path), ==, 0);
}

static void
set_up (Fixture *f, gconstpointer without_buses)
{
  f->root = g_dir_make_tmp ("sticksmith-XXXXXX", NULL);
  g_assert_nonnull (f->root);
  make_folder (f, without_buses != NULL ? "." : "bus/usb/001");
  f->told = g_cancellable_new ();
  g_signal_connect (f->told, "cancelled", G_CALLBACK (on_told), f);
  f->soon = smith_soon_new (f->told, g_signal_lookup ("cancelled", G_TYPE_CANCELLABLE), 1);
  f->watch = smith_udev_watch_new (f->root, f->soon);
  g_assert_nonnull (f->watch);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

static void
tear_down (Fixture *f, gconstpointer without_buses)
{
  g_clear_pointer (&f->watch, smith_udev_watch_free);
  smith_soon_free (f->soon);
  g_object_unref (f->told);
  remove_tree (f->root);
  g_free (f->root);
}

static gboolean
give_up (gpointer data)
{
  g_assert_not_reached ();
}

/* Waits until something is told, and then until all is. */
static void
expect_told (Fixture *f)
{
  guint guard = g_timeout_add (PATIENCE_US / 1000, give_up, NULL);
  guint before = f->n;

  while (f->n == before)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (guard);
  /* What was caused is in the kernel's queue by now. */
  for (guint quiet = 0; quiet < 20; quiet++)
    {
      if (g_main_context_iteration (NULL, FALSE))
        quiet = 0;
      g_usleep (1000);
    }
}

static void
test_nodes (Fixture *f, gconstpointer user_data)
{
  g_autofree char *port = g_build_filename (f->root, "dev/ttyUSB0", NULL);

  make_node (f, "ttyUSB0");
  expect_told (f);
  g_assert_cmpint (g_chmod (port, 0666), ==, 0);
  expect_told (f);
  remove_it (f, "ttyUSB0");
  expect_told (f);
  make_node (f, "bus/usb/001/002");
  expect_told (f);
}

/* A bus that comes later is watched, also where all buses had gone. */
static void
test_buses (Fixture *f, gconstpointer user_data)
{
  make_folder (f, "bus/usb/002");
  expect_told (f);
  make_node (f, "bus/usb/002/001");
  expect_told (f);

  remove_it (f, "bus/usb/002/001");
  remove_it (f, "bus/usb/002");
  remove_it (f, "bus/usb/001");
  remove_it (f, "bus/usb");
  remove_it (f, "bus");
  expect_told (f);
  make_folder (f, "bus");
  expect_told (f);
  make_folder (f, "bus/usb");
  expect_told (f);
  make_folder (f, "bus/usb/001");
  expect_told (f);
  make_node (f, "bus/usb/001/001");
  expect_told (f);
}

/* A machine without any, whose first one comes later. */
static void
test_no_buses (Fixture *f, gconstpointer user_data)
{
  make_node (f, "ttyUSB0");
  expect_told (f);
  make_folder (f, "bus");
  expect_told (f);
  make_folder (f, "bus/usb");
  expect_told (f);
  make_folder (f, "bus/usb/001");
  expect_told (f);
  make_node (f, "bus/usb/001/001");
  expect_told (f);
}

static guint
read_queue_length (void)
{
  g_autofree char *text = NULL;

  if (!g_file_get_contents ("/proc/sys/fs/inotify/max_queued_events", &text, NULL, NULL))
    return G_MAXUINT;
  return (guint) g_ascii_strtoull (text, NULL, 10);
}

/* So much at once that the kernel drops the rest: what was among it is found all the
 * same. */
static void
test_overflow (Fixture *f, gconstpointer user_data)
{
  guint length = read_queue_length ();

  if (length > 100000)
    {
      g_test_skip ("The kernel's queue is too long here");
      return;
    }
  /* Each comes and goes, so that no two in a row are alike. */
  for (guint i = 0; i <= length / 2 + 1; i++)
    {
      make_node (f, "ttyUSB0");
      remove_it (f, "ttyUSB0");
    }
  make_folder (f, "bus/usb/002");
  expect_told (f);
  make_node (f, "bus/usb/002/001");
  expect_told (f);
}

/* No descriptor is left for it: it is done without. */
static void
test_limits (Fixture *f, gconstpointer user_data)
{
  struct rlimit before;
  struct rlimit none;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  none = before;
  none.rlim_cur = 0;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &none), ==, 0);
  g_assert_null (smith_udev_watch_new (f->root, f->soon));
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
}

static void
test_nothing_there (Fixture *f, gconstpointer user_data)
{
  g_autofree char *nowhere = g_build_filename (f->root, "nowhere", NULL);
  SmithUdevWatch *watch = smith_udev_watch_new (nowhere, f->soon);

  g_assert_nonnull (watch);
  smith_udev_watch_free (watch);
  /* Taken away under the watch's feet. */
  remove_it (f, "bus/usb/001");
  remove_it (f, "bus/usb");
  remove_it (f, "bus");
  remove_it (f, "");
  expect_told (f);
}

static void
add (const char *path, void (*test) (Fixture *f, gconstpointer user_data), gboolean without_buses)
{
  g_test_add (path, Fixture, GINT_TO_POINTER (without_buses), set_up, test, tear_down);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  add ("/stick/udev-watch/nodes", test_nodes, FALSE);
  add ("/stick/udev-watch/buses", test_buses, FALSE);
  add ("/stick/udev-watch/no-buses", test_no_buses, TRUE);
  add ("/stick/udev-watch/overflow", test_overflow, FALSE);
  add ("/stick/udev-watch/limits", test_limits, FALSE);
  add ("/stick/udev-watch/nothing-there", test_nothing_there, FALSE);
  return g_test_run ();
}
