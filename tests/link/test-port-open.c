/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "format/error.h"
#include "line.h"
#include "link/deadline.h"
#include "link/port.h"

#define FAR_MS 60000

static SmithPort *
open_port (Line *line)
{
  g_autoptr (GError) error = NULL;
  SmithPort *port = smith_port_open (line->device, 0, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  return port;
}

static void
expect_refused (const char *device, SmithErrorCode code)
{
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_monotonic_time ();

  g_assert_null (smith_port_open (device, smith_deadline_in (FAR_MS), NULL, NULL, NULL, &error));
  g_assert_error (error, SMITH_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, device));
  g_assert_cmpint (elapsed_ms (start), <, HARD_BOUND_MS);
}

static void
make_socket (const char *path)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_strlcpy (address.sun_path, path, sizeof address.sun_path);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  close (fd);
}

static void
test_no_port (void)
{
  g_autofree char *dir = g_dir_make_tmp ("sticksmith-port-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (dir, "file", NULL);
  g_autofree char *fifo = g_build_filename (dir, "fifo", NULL);
  g_autofree char *socket_path = g_build_filename (dir, "socket", NULL);
  g_autofree char *link = g_build_filename (dir, "link", NULL);
  g_autofree char *missing = g_build_filename (dir, "missing", NULL);
  g_autofree char *below = g_build_filename (file, "below", NULL);
  g_autofree char *text = NULL;
  struct stat before;
  struct stat after;
  guint8 byte;
  int reader;

  g_assert_true (g_file_set_contents (file, "untouched", -1, NULL));
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  g_assert_cmpint (symlink (file, link), ==, 0);
  make_socket (socket_path);
  g_assert_cmpint (stat (file, &before), ==, 0);
  reader = open (fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

  expect_refused (file, SMITH_ERROR_WRONG_DEVICE);
  expect_refused (link, SMITH_ERROR_WRONG_DEVICE);
  expect_refused (fifo, SMITH_ERROR_WRONG_DEVICE);
  expect_refused (socket_path, SMITH_ERROR_WRONG_DEVICE);
  expect_refused (dir, SMITH_ERROR_WRONG_DEVICE);
  expect_refused ("/dev/null", SMITH_ERROR_WRONG_DEVICE);
  expect_refused ("/dev/zero", SMITH_ERROR_WRONG_DEVICE);
  expect_refused (missing, SMITH_ERROR_DISCONNECTED);
  expect_refused (below, SMITH_ERROR_DISCONNECTED);

  g_assert_true (g_file_get_contents (file, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "untouched");
  g_assert_cmpint (stat (file, &after), ==, 0);
  g_assert_cmpint (before.st_mtim.tv_nsec, ==, after.st_mtim.tv_nsec);
  g_assert_cmpint (read (reader, &byte, 1), <=, 0);
  close (reader);
  g_unlink (link);
  g_unlink (file);
  g_unlink (fifo);
  g_unlink (socket_path);
  g_rmdir (dir);
}

/* A line whose stick has just left is gone, not something else. */
static void
test_dead_line (void)
{
  g_auto (Line) line = { 0 };
  g_autoptr (GError) error = NULL;

  line_open (&line);
  close (line.master);
  line.master = -1;
  g_assert_null (smith_port_open (line.device, 0, NULL, NULL, NULL, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED);
}

static void
count_busy (gpointer user_data)
{
  g_atomic_int_inc ((gint *) user_data);
}

static gpointer
close_soon (gpointer data)
{
  g_usleep (600000);
  smith_port_close (data);
  return NULL;
}

static void
test_busy (void)
{
  g_auto (Line) line = { 0 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  SmithPort *first;
  SmithPort *second;
  GThread *thread;
  gint busy = 0;
  gint64 start;

  line_open (&line);
  first = open_port (&line);
  g_assert_null (smith_port_open (line.device, 0, count_busy, &busy, NULL, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BUSY);
  g_clear_error (&error);
  g_assert_cmpint (busy, ==, 0);

  /* Long enough for several tries; said once. */
  start = g_get_monotonic_time ();
  g_assert_null (smith_port_open (line.device, smith_deadline_in (600), count_busy, &busy, NULL,
                                  &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BUSY);
  g_clear_error (&error);
  g_assert_cmpint (busy, ==, 1);
  g_assert_cmpint (elapsed_ms (start), >=, 600);
  g_assert_cmpint (elapsed_ms (start), <, HARD_BOUND_MS);

  thread = cancel_soon (cancellable);
  g_assert_null (smith_port_open (line.device, smith_deadline_in (FAR_MS), NULL, NULL, cancellable,
                                  &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_thread_join (thread);

  thread = g_thread_new ("close", close_soon, first);
  second = smith_port_open (line.device, smith_deadline_in (FAR_MS), count_busy, &busy, NULL,
                            &error);
  g_assert_no_error (error);
  g_assert_cmpint (busy, ==, 2);
  g_thread_join (thread);
  smith_port_close (second);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/link/port-open/no-port", test_no_port);
  g_test_add_func ("/link/port-open/dead-line", test_dead_line);
  g_test_add_func ("/link/port-open/busy", test_busy);
  return g_test_run ();
}
