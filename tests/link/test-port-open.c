/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>
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
  gint64 start = smith_deadline_now ();

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
  start = smith_deadline_now ();
  g_assert_null (
      smith_port_open (line.device, smith_deadline_in (600), count_busy, &busy, NULL, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BUSY);
  g_clear_error (&error);
  g_assert_cmpint (busy, ==, 1);
  g_assert_cmpint (elapsed_ms (start), >=, 600);
  g_assert_cmpint (elapsed_ms (start), <, HARD_BOUND_MS);

  thread = cancel_soon (cancellable);
  g_assert_null (
      smith_port_open (line.device, smith_deadline_in (FAR_MS), NULL, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_thread_join (thread);

  thread = g_thread_new ("close", close_soon, first);
  second
      = smith_port_open (line.device, smith_deadline_in (FAR_MS), count_busy, &busy, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (busy, ==, 2);
  g_thread_join (thread);
  smith_port_close (second);
}

typedef struct
{
  guint n_asked;
  guint refuse_at; /* counted from 1 */
  const char *link;
  const char *next; /* where @link leads from the first answer on, or NULL */
  SmithPort *holder;
} Check;

static gboolean
check_node (const struct stat *node, gpointer user_data, GError **error)
{
  Check *check = user_data;

  g_assert_true (S_ISCHR (node->st_mode));
  if (++check->n_asked != check->refuse_at)
    return TRUE;
  g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE, "another one");
  return FALSE;
}

static void
lead_elsewhere (Check *check)
{
  g_assert_cmpint (g_unlink (check->link), ==, 0);
  g_assert_cmpint (symlink (check->next, check->link), ==, 0);
}

static gboolean
check_then_lead_elsewhere (const struct stat *node, gpointer user_data, GError **error)
{
  Check *check = user_data;

  g_assert_cmpuint (check->n_asked, ==, 0);
  check->n_asked++;
  lead_elsewhere (check);
  return TRUE;
}

static void
busy_then_lead_elsewhere (gpointer user_data)
{
  Check *check = user_data;

  lead_elsewhere (check);
  g_clear_pointer (&check->holder, smith_port_close);
}

static void
assert_untouched (Line *line)
{
  struct termios settings;

  g_assert_cmpint (tcgetattr (line->slave, &settings), ==, 0);
  g_assert_true (settings.c_lflag & ECHO);
  g_assert_cmpint (flock (line->slave, LOCK_EX | LOCK_NB), ==, 0);
  g_assert_cmpint (flock (line->slave, LOCK_UN), ==, 0);
}

/* Asked before it is opened and after; a port that is not meant stays as it was. */
static void
test_check (void)
{
  for (guint refuse_at = 1; refuse_at <= 3; refuse_at++)
    {
      g_auto (Line) line = { 0 };
      g_autoptr (SmithPort) port = NULL;
      g_autoptr (GError) error = NULL;
      Check check = { .refuse_at = refuse_at };

      line_open (&line);
      port = smith_port_open_checked (line.device, 0, check_node, NULL, &check, NULL, &error);
      g_assert_cmpuint (check.n_asked, ==, MIN (refuse_at, 2));
      if (refuse_at == 3)
        {
          struct stat info;

          g_assert_no_error (error);
          g_assert_cmpint (fstat (line.slave, &info), ==, 0);
          g_assert_cmpuint (smith_port_get_number (port), ==, info.st_rdev);
          continue;
        }
      g_assert_error (error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE);
      g_assert_null (port);
      assert_untouched (&line);
    }
}

/* The name passes to another port: between the look at it and the opening, and
 * while it was busy. */
static void
test_passed_on (void)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *dir = g_dir_make_tmp ("sticksmith-port-XXXXXX", NULL);
      g_autofree char *link = g_build_filename (dir, "ttyUSB0", NULL);
      g_auto (Line) line = { 0 };
      g_auto (Line) other = { 0 };
      g_autoptr (GError) error = NULL;
      Check check = { .link = link };

      line_open (&line);
      line_open (&other);
      check.next = other.device;
      g_assert_cmpint (symlink (line.device, link), ==, 0);
      if (i == 1)
        check.holder = open_port (&line);
      g_assert_null (smith_port_open_checked (link, smith_deadline_in (FAR_MS),
                                              i == 0 ? check_then_lead_elsewhere : NULL,
                                              busy_then_lead_elsewhere, &check, NULL, &error));
      g_assert_error (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED);
      assert_untouched (&other);
      g_assert_cmpint (g_unlink (link), ==, 0);
      g_assert_cmpint (g_rmdir (dir), ==, 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/link/port-open/no-port", test_no_port);
  g_test_add_func ("/link/port-open/dead-line", test_dead_line);
  g_test_add_func ("/link/port-open/busy", test_busy);
  g_test_add_func ("/link/port-open/check", test_check);
  g_test_add_func ("/link/port-open/passed-on", test_passed_on);
  return g_test_run ();
}
