/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "line.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "link/deadline.h"

#define PATIENCE_MS 10000

/* Opens a line that is as a terminal is at first: with echo and line editing. */
void
line_open (Line *line)
{
  char name[64];

  line->master = posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  g_assert_cmpint (line->master, >=, 0);
  g_assert_cmpint (grantpt (line->master), ==, 0);
  g_assert_cmpint (unlockpt (line->master), ==, 0);
  g_assert_cmpint (ptsname_r (line->master, name, sizeof name), ==, 0);
  line->slave = open (name, O_RDWR | O_NOCTTY | O_CLOEXEC);
  g_assert_cmpint (line->slave, >=, 0);
  line->device = g_strdup (name);
}

/* As if the stick were pulled out. */
void
line_hang_up (Line *line)
{
  if (line->master >= 0)
    close (line->master);
  if (line->slave >= 0)
    close (line->slave);
  line->master = -1;
  line->slave = -1;
}

void
line_clear (Line *line)
{
  line_hang_up (line);
  g_clear_pointer (&line->device, g_free);
}

void
line_send (Line *line, const void *data, gsize size)
{
  const guint8 *p = data;

  while (size > 0)
    {
      struct pollfd fd = { .fd = line->master, .events = POLLOUT };
      gssize n = write (line->master, p, size);

      if (n > 0)
        {
          p += n;
          size -= (gsize) n;
        }
      else if (errno == EAGAIN)
        g_assert_cmpint (poll (&fd, 1, PATIENCE_MS), ==, 1);
      else
        g_assert_cmpint (errno, ==, EINTR);
    }
}

/* Up to @size bytes; fewer if nothing more comes in time. */
gsize
line_receive (Line *line, void *data, gsize size, int timeout_ms)
{
  guint8 *p = data;
  gsize fill = 0;

  while (fill < size)
    {
      struct pollfd fd = { .fd = line->master, .events = POLLIN };
      int ready = poll (&fd, 1, timeout_ms);
      gssize n;

      if (ready < 0 && errno == EINTR)
        continue;
      if (ready <= 0)
        break;
      n = read (line->master, p + fill, size - fill);
      if (n > 0)
        fill += (gsize) n;
      else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        break;
    }
  return fill;
}

gint64
elapsed_ms (gint64 since)
{
  return (smith_deadline_now () - since) / 1000;
}

static gpointer
cancel_after_a_moment (gpointer cancellable)
{
  g_usleep (50000);
  g_cancellable_cancel (cancellable);
  return NULL;
}

/* Returns: the thread that does it, to be joined */
GThread *
cancel_soon (GCancellable *cancellable)
{
  return g_thread_new ("cancel", cancel_after_a_moment, cancellable);
}
