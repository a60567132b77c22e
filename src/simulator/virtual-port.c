/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sticksmith-simulator"

#include "virtual-port.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define NAME_MAX_SIZE 64

/* How long the host may take to fetch a last answer before the line is cut. */
#define DRAIN_MS 500
#define DRAIN_STEP_MS 2

/* The kernel passes bytes on with a delay: once empty need not mean fetched. */
#define DRAIN_EMPTY_STEPS 4

struct _SmithVirtualPort
{
  int master;
  int slave;
  char name[NAME_MAX_SIZE];
};

static gboolean
set_errno (GError **error, const char *what)
{
  int code = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s", what, g_strerror (code));
  return FALSE;
}

static gboolean
open_both (SmithVirtualPort *port, GError **error)
{
  struct termios line;

  port->master = posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  if (port->master < 0 || grantpt (port->master) < 0 || unlockpt (port->master) < 0
      || ptsname_r (port->master, port->name, sizeof port->name) != 0)
    return set_errno (error, _ ("The virtual stick gets no port"));

  port->slave = open (port->name, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (port->slave < 0 || tcgetattr (port->slave, &line) < 0)
    return set_errno (error, _ ("The virtual stick’s port cannot be opened"));
  cfmakeraw (&line);
  if (tcsetattr (port->slave, TCSANOW, &line) < 0)
    return set_errno (error, _ ("The virtual stick’s port cannot be set up"));
  return TRUE;
}

/**
 * smith_virtual_port_open:
 *
 * Returns: (transfer full): a new pseudo-terminal, or NULL with a G_IO_ERROR
 */
SmithVirtualPort *
smith_virtual_port_open (GError **error)
{
  g_autoptr (SmithVirtualPort) port = g_new0 (SmithVirtualPort, 1);

  port->master = -1;
  port->slave = -1;
  if (!open_both (port, error))
    return NULL;
  return g_steal_pointer (&port);
}

void
smith_virtual_port_free (SmithVirtualPort *port)
{
  if (port->master >= 0)
    close (port->master);
  if (port->slave >= 0)
    close (port->slave);
  g_free (port);
}

/**
 * smith_virtual_port_get_name:
 *
 * Returns: (transfer none): the device that the host opens
 */
const char *
smith_virtual_port_get_name (SmithVirtualPort *port)
{
  return port->name;
}

/* Returns: whether @events came before the end of the time and before @wake. */
static SmithPortEvent
wait_for (SmithVirtualPort *port, int wake, short events, int timeout_ms)
{
  struct pollfd fds[] = {
    { .fd = port->master, .events = events },
    { .fd = wake, .events = POLLIN },
  };
  int ready;

  do
    ready = poll (fds, G_N_ELEMENTS (fds), timeout_ms);
  while (ready < 0 && errno == EINTR);

  if (ready == 0)
    return SMITH_PORT_QUIET;
  if (ready < 0 || fds[1].revents != 0 || (fds[0].revents & (POLLERR | POLLNVAL)) != 0)
    return SMITH_PORT_WOKEN;
  return SMITH_PORT_READ;
}

/**
 * smith_virtual_port_read:
 * @timeout_ms: how long to wait for the first byte; -1: as long as it takes
 * @n_read: (out): set with SMITH_PORT_READ only
 */
SmithPortEvent
smith_virtual_port_read (SmithVirtualPort *port,
                         int wake,
                         int timeout_ms,
                         guint8 *buffer,
                         gsize size,
                         gsize *n_read)
{
  while (TRUE)
    {
      SmithPortEvent event = wait_for (port, wake, POLLIN, timeout_ms);
      gssize n;

      if (event != SMITH_PORT_READ)
        return event;
      n = read (port->master, buffer, size);
      if (n > 0)
        {
          *n_read = n;
          return SMITH_PORT_READ;
        }
      if (n == 0 || (errno != EAGAIN && errno != EINTR))
        return SMITH_PORT_WOKEN;
    }
}

/**
 * smith_virtual_port_write:
 *
 * Writes everything. Waits for a host that does not read, as a real port would,
 * but not beyond @wake.
 *
 * Returns: FALSE if it had to stop
 */
gboolean
smith_virtual_port_write (SmithVirtualPort *port, int wake, const guint8 *data, gsize size)
{
  while (size > 0)
    {
      gssize n = write (port->master, data, size);

      if (n > 0)
        {
          data += n;
          size -= n;
        }
      else if (n < 0 && errno != EAGAIN && errno != EINTR)
        return FALSE;
      else if (wait_for (port, wake, POLLOUT, -1) != SMITH_PORT_READ)
        return FALSE;
    }
  return TRUE;
}

/**
 * smith_virtual_port_is_touched:
 *
 * Returns: TRUE if the host has sent something that nobody has read
 */
gboolean
smith_virtual_port_is_touched (SmithVirtualPort *port)
{
  struct pollfd fd = { .fd = port->master, .events = POLLIN };

  return poll (&fd, 1, 0) > 0 && (fd.revents & POLLIN) != 0;
}

/**
 * smith_virtual_port_drain:
 *
 * Gives the host a moment to fetch the last answer: what it has not read when
 * the line is cut is lost. A real stick takes its time before it restarts, too.
 */
void
smith_virtual_port_drain (SmithVirtualPort *port, int wake)
{
  gint64 end = g_get_monotonic_time () + DRAIN_MS * 1000;
  int empty = 0;

  while (empty < DRAIN_EMPTY_STEPS && g_get_monotonic_time () < end)
    {
      struct pollfd fd = { .fd = wake, .events = POLLIN };
      int waiting = 0;

      if (poll (&fd, 1, DRAIN_STEP_MS) > 0 || ioctl (port->slave, FIONREAD, &waiting) < 0)
        return;
      empty = waiting == 0 ? empty + 1 : 0;
    }
}
