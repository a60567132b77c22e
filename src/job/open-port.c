/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "open-port.h"

#include <glib/gi18n.h>

#include "format/error.h"
#include "link/deadline.h"
#include "stick/stick-port.h"

#define OPEN_TRIES 5
#define OPEN_PAUSE_MS 500

/* A driver that has to be loaded first takes seconds. */
#define PORT_COMES_MS 10000

typedef struct
{
  guint64 seen;
  SmithPortRole role;
} Awaited;

static gboolean
has_port_or_is_another (SmithStick *stick, gpointer user_data)
{
  const Awaited *awaited = user_data;

  return stick->seen != awaited->seen || smith_stick_find_port (stick, awaited->role) != NULL;
}

/**
 * smith_wait_for_port:
 * @stick: as it was seen, maybe before its drivers were there
 *
 * A stick is on the bus before its ports are, by some tenths of a second: waits
 * for the one for @role, up to ten seconds. Blocks: for worker threads.
 *
 * Returns: (transfer full): the stick as it is now, without the port if none
 *   came, which smith_open_stick_port() explains; NULL with
 *   SMITH_ERROR_DISCONNECTED if it left meanwhile, or G_IO_ERROR_CANCELLED
 */
SmithStick *
smith_wait_for_port (SmithBus *bus,
                     SmithStick *stick,
                     SmithPortRole role,
                     GCancellable *cancellable,
                     GError **error)
{
  Awaited awaited = { stick->seen, role };
  g_autoptr (SmithStick) now
      = smith_bus_wait (bus, stick->usb_path, has_port_or_is_another, &awaited,
                        smith_deadline_in (PORT_COMES_MS), cancellable, NULL);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (now == NULL)
    now = smith_bus_find (bus, stick->usb_path);
  if (now != NULL && now->seen == stick->seen)
    return g_steal_pointer (&now);
  g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED, _ ("The stick has left"));
  return NULL;
}

typedef struct
{
  const char *device;
  SmithPortBusyFunc busy;
  gpointer user_data;
  GCancellable *cancellable;
  SmithBus *bus; /* and whose port it is; both NULL for a port that somebody named */
  SmithStick *stick;
  struct stat node; /* of a named port: what the name first led to */
  gboolean has_node;
  gboolean is_lost; /* it leads elsewhere now */
} Opening;

/* Of a port that somebody named, nothing is known but this. */
static gboolean
is_still_the_named_one (const struct stat *node, gpointer user_data, GError **error)
{
  Opening *opening = user_data;

  if (!opening->has_node)
    opening->node = *node;
  opening->has_node = TRUE;
  opening->is_lost = !smith_port_is_same_node (node, &opening->node);
  if (opening->is_lost)
    g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED, _ ("The stick has left"));
  return !opening->is_lost;
}

static void
on_busy (gpointer user_data)
{
  const Opening *opening = user_data;

  if (opening->busy != NULL)
    opening->busy (opening->user_data);
}

static SmithPort *
open_once (Opening *opening, GError **error)
{
  gint64 deadline = smith_deadline_in (SMITH_PORT_BUSY_MS);

  if (opening->stick != NULL)
    return smith_stick_port_open (opening->bus, opening->stick, opening->device, deadline,
                                  opening->busy, opening->user_data, opening->cancellable, error);
  return smith_port_open_checked (opening->device, deadline, is_still_the_named_one, on_busy,
                                  opening, opening->cancellable, error);
}

static gboolean
may_still_come (Opening *opening, const GError *problem)
{
  if (g_error_matches (problem, SMITH_ERROR, SMITH_ERROR_PERMISSION))
    return TRUE;
  if (!g_error_matches (problem, SMITH_ERROR, SMITH_ERROR_DISCONNECTED))
    return FALSE;
  return opening->stick != NULL ? !smith_stick_has_left (opening->bus, opening->stick)
                                : !opening->is_lost;
}

static SmithPort *
open_patiently (Opening *opening, GError **error)
{
  g_autoptr (GError) problem = NULL;
  SmithPort *port = NULL;

  for (guint try = 0; try < OPEN_TRIES && port == NULL; try++)
    {
      if (try > 0)
        smith_deadline_sleep (OPEN_PAUSE_MS, opening->cancellable);
      if (g_cancellable_set_error_if_cancelled (opening->cancellable, error))
        return NULL;
      g_clear_error (&problem);
      port = open_once (opening, &problem);
      if (port == NULL && !may_still_come (opening, problem))
        break;
    }
  if (port == NULL)
    g_propagate_error (error, g_steal_pointer (&problem));
  return port;
}

/**
 * smith_open_device:
 * @device: a port that a person named, such as /dev/ttyUSB0
 * @busy: (nullable): told when another program holds the port, which is tried
 *   again for SMITH_PORT_BUSY_MS
 *
 * Opens a port of which it is not known whose it is. Just after it appeared it
 * may not be quite there, and is root's until udev has given it its permissions:
 * it is tried again, but once it was there, only as long as it stays. For a port
 * of a stick on the bus, use smith_open_stick_device(). Blocks: for worker
 * threads.
 *
 * Returns: (transfer full): the port, or NULL with the errors of
 *   smith_port_open_checked()
 */
SmithPort *
smith_open_device (const char *device,
                   SmithPortBusyFunc busy,
                   gpointer user_data,
                   GCancellable *cancellable,
                   GError **error)
{
  Opening opening
      = { .device = device, .busy = busy, .user_data = user_data, .cancellable = cancellable };

  return open_patiently (&opening, error);
}

/**
 * smith_open_stick_device:
 * @stick: as it was when the caller decided to speak to it
 * @device: one of its ports
 * @busy: (nullable): as for smith_open_device()
 *
 * Opens this port of this stick; see smith_stick_port_open() for what is
 * checked. While the stick stays, it is tried again as in smith_open_device().
 * Blocks: for worker threads.
 *
 * Returns: (transfer full): the port, or NULL with the errors of
 *   smith_stick_port_open()
 */
SmithPort *
smith_open_stick_device (SmithBus *bus,
                         SmithStick *stick,
                         const char *device,
                         SmithPortBusyFunc busy,
                         gpointer user_data,
                         GCancellable *cancellable,
                         GError **error)
{
  Opening opening = { .device = device,
                      .busy = busy,
                      .user_data = user_data,
                      .cancellable = cancellable,
                      .bus = bus,
                      .stick = stick };

  return open_patiently (&opening, error);
}

/**
 * smith_open_stick_port:
 *
 * Opens the stick's first port for @role; see smith_open_stick_device().
 *
 * Returns: (transfer full): the port, or NULL with SMITH_ERROR_WRONG_DEVICE if
 *   there is no such port or its driver is missing, or the errors of
 *   smith_stick_port_open()
 */
SmithPort *
smith_open_stick_port (SmithBus *bus,
                       SmithStick *stick,
                       SmithPortRole role,
                       SmithPortBusyFunc busy,
                       gpointer user_data,
                       GCancellable *cancellable,
                       GError **error)
{
  const char *device = smith_stick_find_port (stick, role);

  if (device != NULL)
    return smith_open_stick_device (bus, stick, device, busy, user_data, cancellable, error);
  if (stick->missing_driver != NULL)
    g_set_error (error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE,
                 _ ("The stick has no serial port, since the kernel module “%s” is missing"),
                 stick->missing_driver);
  else
    g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE,
                         _ ("The stick has no port that could be used"));
  return NULL;
}
