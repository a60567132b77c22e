/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "port.h"

#include <glib/gi18n.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/serial.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

#include "deadline.h"
#include "format/error.h"

#define BUSY_RETRY_MS 250

/* A port that never stops talking is left alone after this many bytes, or
 * when it was not quiet for so long. */
#define DISCARD_MAX (1u << 20)
#define SETTLE_MAX_MS 5000

struct _SmithPort
{
  int fd;
  char *device;
  dev_t number;
  GCancellable *watched; /* whose descriptor is in cancel_fd */
  GPollFD cancel_fd;
  gboolean has_cancel_fd;
};

static void
set_open_error (int saved, const char *device, GError **error)
{
  SmithErrorCode code = SMITH_ERROR_DISCONNECTED;

  if (saved == EACCES || saved == EPERM)
    code = SMITH_ERROR_PERMISSION;
  else if (saved == EBUSY || saved == EWOULDBLOCK)
    code = SMITH_ERROR_BUSY;
  else if (saved == ENOTTY)
    code = SMITH_ERROR_WRONG_DEVICE;
  if (code == SMITH_ERROR_WRONG_DEVICE)
    g_set_error (error, SMITH_ERROR, code, _ ("%s is not a serial port"), device);
  else if (code == SMITH_ERROR_PERMISSION)
    g_set_error (error, SMITH_ERROR, code, _ ("You may not use the port %s"), device);
  else if (code == SMITH_ERROR_BUSY)
    g_set_error (error, SMITH_ERROR, code, _ ("Another program uses the port %s"), device);
  else
    g_set_error (error, SMITH_ERROR, code, _ ("The port %s cannot be opened: %s"), device,
                 g_strerror (saved));
}

static void
set_gone (GError **error)
{
  g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED, _ ("The stick has left"));
}

/* Raw 115200 8N1. That some of it fails on a port made for a test is no harm. */
static void
set_up_line (int fd)
{
  struct termios line;
  struct serial_struct serial;

  if (tcgetattr (fd, &line) == 0)
    {
      cfmakeraw (&line);
      line.c_cflag = CS8 | CLOCAL | CREAD;
      line.c_iflag = 0;
      line.c_cc[VMIN] = 1;
      line.c_cc[VTIME] = 0;
      cfsetispeed (&line, B115200);
      cfsetospeed (&line, B115200);
      tcsetattr (fd, TCSANOW, &line);
    }
  ioctl (fd, TIOCEXCL);
  /* Without this, closing waits up to 30 s for a stalled stick. */
  if (ioctl (fd, TIOCGSERIAL, &serial) == 0)
    {
      serial.closing_wait = ASYNC_CLOSING_WAIT_NONE;
      ioctl (fd, TIOCSSERIAL, &serial);
    }
}

static int
give_up (int fd, int reason)
{
  close (fd);
  errno = reason;
  return -1;
}

/* A port that a test made may not know that it is a terminal, but its number
 * tells. Else errno says why not; a line that broke just now says EIO. */
static gboolean
is_serial (int fd)
{
  static const guint majors[] = { 4, 136, 137, 138, 139, 140, 141, 142, 143, 166, 188, 204 };
  struct stat info;
  int saved;

  if (isatty (fd))
    return TRUE;
  saved = errno;
  if (fstat (fd, &info) == 0 && S_ISCHR (info.st_mode))
    for (guint i = 0; i < G_N_ELEMENTS (majors); i++)
      if (major (info.st_rdev) == majors[i] && saved != EIO)
        return TRUE;
  errno = saved;
  return FALSE;
}

typedef struct
{
  const char *device;
  SmithPortCheckFunc check; /* or NULL */
  gpointer user_data;
  struct stat first; /* what the name led to at the first try */
  gboolean has_first;
} Opening;

/**
 * smith_port_is_same_node:
 *
 * Whether a name still leads to what it did: a port that leaves takes its node
 * with it, and the next one gets a new node even if it gets the same name and
 * the same number.
 */
gboolean
smith_port_is_same_node (const struct stat *a, const struct stat *b)
{
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_rdev == b->st_rdev;
}

static gboolean
is_meant (const Opening *opening, const struct stat *node, GError **error)
{
  return opening->check == NULL || opening->check (node, opening->user_data, error);
}

/* Returns: the descriptor, or -1 with errno: EBUSY where another holds it,
 * ENOTTY for what is no serial port; or with @error where it is not the one that
 * is meant */
static int
open_once (Opening *opening, struct stat *opened, GError **error)
{
  struct stat named;
  int fd;

  if (stat (opening->device, &named) != 0)
    return -1;
  if (!opening->has_first)
    opening->first = named;
  opening->has_first = TRUE;
  /* Not even opened: that alone may be noticed at the other end of a pipe. */
  if (!S_ISCHR (named.st_mode))
    {
      errno = ENOTTY;
      return -1;
    }
  if (!is_meant (opening, &named, error))
    return -1;
  /* What was waited for has gone, and the name is another's. */
  if (!smith_port_is_same_node (&named, &opening->first))
    {
      set_gone (error);
      return -1;
    }
  fd = open (opening->device, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd < 0)
    return -1;
  if (!is_serial (fd))
    return give_up (fd, errno == EIO ? EIO : ENOTTY);
  /* The name may have passed to another between the two. */
  if (fstat (fd, opened) != 0 || !smith_port_is_same_node (opened, &named))
    {
      set_gone (error);
      return give_up (fd, ENODEV);
    }
  if (!is_meant (opening, opened, error))
    return give_up (fd, ENODEV);
  if (flock (fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    return give_up (fd, EBUSY);
  return fd;
}

/**
 * smith_port_open_checked:
 * @device: such as /dev/ttyUSB0
 * @deadline: until when a port that another program holds is tried again
 * @check: (nullable): asked on this thread at every try, before anything else
 *   is done to the port
 * @busy: (nullable): called once, on this thread, when it has to be tried again
 * @user_data: for both
 *
 * Opens a port for nobody else. What is no serial port is refused, and nothing
 * is written to it.
 *
 * Returns: (transfer full): the port, or NULL with SMITH_ERROR_PERMISSION,
 *   BUSY, DISCONNECTED (there is none), WRONG_DEVICE, G_IO_ERROR_CANCELLED, or
 *   what @check says
 */
SmithPort *
smith_port_open_checked (const char *device,
                         gint64 deadline,
                         SmithPortCheckFunc check,
                         SmithPortBusyFunc busy,
                         gpointer user_data,
                         GCancellable *cancellable,
                         GError **error)
{
  Opening opening = { device, check, user_data, .has_first = FALSE };
  g_autoptr (GError) problem = NULL;
  struct stat opened;
  SmithPort *port;
  int fd;

  while ((fd = open_once (&opening, &opened, &problem)) < 0)
    {
      int saved = errno;

      if (problem != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return NULL;
        }
      if (saved == EINTR)
        continue;
      if (saved != EBUSY || smith_deadline_passed (deadline))
        {
          set_open_error (saved, device, error);
          return NULL;
        }
      if (busy != NULL)
        busy (user_data);
      busy = NULL;
      smith_deadline_sleep (BUSY_RETRY_MS, cancellable);
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
    }
  set_up_line (fd);
  port = g_new0 (SmithPort, 1);
  port->fd = fd;
  port->device = g_strdup (device);
  port->number = opened.st_rdev;
  g_debug ("%s: open", device);
  return port;
}

/**
 * smith_port_open:
 *
 * The same as smith_port_open_checked() for a port of which nothing is expected.
 */
SmithPort *
smith_port_open (const char *device,
                 gint64 deadline,
                 SmithPortBusyFunc busy,
                 gpointer user_data,
                 GCancellable *cancellable,
                 GError **error)
{
  return smith_port_open_checked (device, deadline, NULL, busy, user_data, cancellable, error);
}

static void
forget_cancellable (SmithPort *port)
{
  if (port->has_cancel_fd)
    g_cancellable_release_fd (port->watched);
  port->has_cancel_fd = FALSE;
  g_clear_object (&port->watched);
}

/**
 * smith_port_close:
 *
 * Closes at once: what was not sent yet is dropped.
 */
void
smith_port_close (SmithPort *port)
{
  g_debug ("%s: closed", port->device);
  forget_cancellable (port);
  tcflush (port->fd, TCIOFLUSH);
  ioctl (port->fd, TIOCNXCL);
  close (port->fd);
  g_free (port->device);
  g_free (port);
}

/* Returns: (transfer none) */
const char *
smith_port_get_device (SmithPort *port)
{
  return port->device;
}

/* Returns: the number of the character device that was opened (its st_rdev) */
guint64
smith_port_get_number (SmithPort *port)
{
  return port->number;
}

/* A cancellable's descriptor is asked for once, not for every frame. */
static void
watch_cancellable (SmithPort *port, GCancellable *cancellable)
{
  if (port->watched == cancellable)
    return;
  forget_cancellable (port);
  if (cancellable == NULL)
    return;
  port->watched = g_object_ref (cancellable);
  port->has_cancel_fd = g_cancellable_make_pollfd (cancellable, &port->cancel_fd);
}

/* Waits for @events. Returns: what poll saw on the port, or 0 with @error. */
static short
wait_for (SmithPort *port, short events, gint64 deadline, GCancellable *cancellable, GError **error)
{
  struct pollfd fds[2] = { { .fd = port->fd, .events = events } };
  int n;

  watch_cancellable (port, cancellable);
  fds[1].fd = port->has_cancel_fd ? port->cancel_fd.fd : -1;
  fds[1].events = POLLIN;
  do
    n = poll (fds, 2, (int) smith_deadline_left (deadline));
  while ((n < 0 && errno == EINTR) || (n == 0 && !smith_deadline_passed (deadline)));
  if (fds[1].revents != 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
    return 0;
  if (fds[0].revents != 0)
    return fds[0].revents;
  g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT, _ ("The stick does not answer"));
  return 0;
}

/**
 * smith_port_read:
 * @size: room in @buffer, at least 1
 *
 * Waits for bytes and gives what there is.
 *
 * Returns: how many, at least 1; or -1 with SMITH_ERROR_TIMEOUT, DISCONNECTED
 *   or G_IO_ERROR_CANCELLED
 */
gssize
smith_port_read (SmithPort *port,
                 guint8 *buffer,
                 gsize size,
                 gint64 deadline,
                 GCancellable *cancellable,
                 GError **error)
{
  while (TRUE)
    {
      short seen = wait_for (port, POLLIN, deadline, cancellable, error);
      gssize n;

      if (seen == 0)
        return -1;
      /* What a stick said before it left is still there to be read. */
      n = read (port->fd, buffer, size);
      if (n > 0)
        return n;
      if (n == 0 || (errno != EINTR && errno != EAGAIN) || (seen & (POLLHUP | POLLERR)))
        {
          set_gone (error);
          return -1;
        }
    }
}

/**
 * smith_port_write:
 *
 * Sends all of @data.
 *
 * Returns: FALSE with SMITH_ERROR_TIMEOUT, DISCONNECTED or
 *   G_IO_ERROR_CANCELLED; how much went out before that is not known
 */
gboolean
smith_port_write (SmithPort *port,
                  const guint8 *data,
                  gsize size,
                  gint64 deadline,
                  GCancellable *cancellable,
                  GError **error)
{
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  while (size > 0)
    {
      gssize n = write (port->fd, data, size);
      short seen;

      if (n > 0)
        {
          data += n;
          size -= (gsize) n;
          continue;
        }
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0 && errno != EAGAIN)
        {
          set_gone (error);
          return FALSE;
        }
      seen = wait_for (port, POLLOUT, deadline, cancellable, error);
      if (seen == 0)
        return FALSE;
      if (seen & (POLLHUP | POLLERR))
        {
          set_gone (error);
          return FALSE;
        }
    }
  return TRUE;
}

/**
 * smith_port_discard:
 *
 * Drops what has come and was not read. Does not wait.
 */
void
smith_port_discard (SmithPort *port)
{
  guint8 buffer[4096];
  gsize total = 0;
  gssize n;

  while (total < DISCARD_MAX && (n = read (port->fd, buffer, sizeof buffer)) > 0)
    total += (gsize) n;
}

/**
 * smith_port_settle:
 * @quiet_ms: how long nothing must have come
 *
 * Drops what comes until the line is quiet; gives up on a port that never is.
 *
 * Returns: FALSE with SMITH_ERROR_DISCONNECTED, PROTOCOL (never quiet) or
 *   G_IO_ERROR_CANCELLED
 */
gboolean
smith_port_settle (SmithPort *port, guint quiet_ms, GCancellable *cancellable, GError **error)
{
  gint64 end = smith_deadline_in (MAX (SETTLE_MAX_MS, 4 * quiet_ms));
  guint8 buffer[4096];
  gsize total = 0;

  while (total < DISCARD_MAX && !smith_deadline_passed (end))
    {
      g_autoptr (GError) local = NULL;
      gssize n = smith_port_read (port, buffer, sizeof buffer, smith_deadline_in (quiet_ms),
                                  cancellable, &local);

      if (n < 0 && g_error_matches (local, SMITH_ERROR, SMITH_ERROR_TIMEOUT))
        return TRUE;
      if (n < 0)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      total += (gsize) n;
    }
  g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_PROTOCOL,
                       _ ("The port does not stop sending: it is not the one that is needed"));
  return FALSE;
}
