/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stick-port.h"

#include <glib/gi18n.h>

#include "format/error.h"

typedef struct
{
  SmithBus *bus;
  SmithStick *stick;
  const char *device;
  SmithPortBusyFunc busy;
  gpointer user_data;
} Opening;

static const SmithStickPort *
find_port (SmithStick *stick, const char *device)
{
  for (guint i = 0; i < stick->ports->len; i++)
    {
      const SmithStickPort *port = g_ptr_array_index (stick->ports, i);

      if (g_str_equal (port->device, device))
        return port;
    }
  return NULL;
}

/* What @now shows has to be what somebody saw in @then and relies upon. */
static gboolean
has_same_port (SmithStick *now, SmithStick *then, const char *device)
{
  const SmithStickPort *a = find_port (now, device);
  const SmithStickPort *b = find_port (then, device);

  return a != NULL && b != NULL && a->role == b->role && a->interface_number == b->interface_number;
}

/* Returns: (transfer full) (nullable): the stick, if it has stayed */
static SmithStick *
find_now (SmithBus *bus, SmithStick *then)
{
  g_autoptr (SmithStick) now = NULL;

  smith_bus_rescan (bus);
  now = smith_bus_find (bus, then->usb_path);
  return now != NULL && now->seen == then->seen ? g_steal_pointer (&now) : NULL;
}

/* A name says nothing: when a stick leaves, its names go to whoever comes next. */
static gboolean
is_still_its_port (const struct stat *node, gpointer user_data, GError **error)
{
  const Opening *opening = user_data;
  SmithStick *then = opening->stick;
  g_autoptr (SmithStick) now = find_now (opening->bus, then);

  if (now == NULL)
    {
      g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED, _ ("The stick has left"));
      return FALSE;
    }
  if (has_same_port (now, then, opening->device)
      && smith_bus_owns_port (opening->bus, now, opening->device, node->st_rdev))
    return TRUE;
  g_set_error (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED,
               _ ("The port %s is not the stick's any more"), opening->device);
  return FALSE;
}

static void
on_busy (gpointer user_data)
{
  const Opening *opening = user_data;

  if (opening->busy != NULL)
    opening->busy (opening->user_data);
}

/**
 * smith_stick_port_open:
 * @stick: as it was when the caller decided to speak to it
 * @device: one of its ports
 * @deadline: until when a port that another program holds is tried again
 * @busy: (nullable): called once, on this thread, when it has to be
 *
 * Opens a port of a stick, and of no other one: every try asks the bus anew, and
 * once more when it is open, whether the stick has stayed all the time and what
 * was opened is its port. A stick that left and came back is not spoken to. To
 * the port of another stick nothing is done; at the most it is opened and closed
 * again, if it took over the name in between. Blocks: for worker threads.
 *
 * Returns: (transfer full): the port, or NULL with SMITH_ERROR_DISCONNECTED if
 *   the stick or the port has gone, or the errors of smith_port_open_checked()
 */
SmithPort *
smith_stick_port_open (SmithBus *bus,
                       SmithStick *stick,
                       const char *device,
                       gint64 deadline,
                       SmithPortBusyFunc busy,
                       gpointer user_data,
                       GCancellable *cancellable,
                       GError **error)
{
  Opening opening = { bus, stick, device, busy, user_data };

  return smith_port_open_checked (device, deadline, is_still_its_port, on_busy, &opening,
                                  cancellable, error);
}

/* Returns: whether @stick is no longer there, or came anew. */
gboolean
smith_stick_has_left (SmithBus *bus, SmithStick *stick)
{
  g_autoptr (SmithStick) now = find_now (bus, stick);

  return now == NULL;
}
