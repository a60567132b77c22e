/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "open-port.h"

#include <glib/gi18n.h>

#include "format/error.h"
#include "link/deadline.h"

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

/**
 * smith_open_device:
 * @device: a port of a stick, such as /dev/ttyUSB0
 * @busy: (nullable): told when another program holds the port, which is tried
 *   again for SMITH_PORT_BUSY_MS
 *
 * Opens a port. Just after it appeared it may not be quite there, and is root's
 * until udev has given it its permissions: it is tried again. Blocks: for worker
 * threads.
 *
 * Returns: (transfer full): the port, or NULL with the errors of smith_port_open()
 */
SmithPort *
smith_open_device (const char *device,
                   SmithPortBusyFunc busy,
                   gpointer user_data,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autoptr (GError) problem = NULL;
  SmithPort *port = NULL;

  for (guint try = 0; try < OPEN_TRIES && port == NULL; try++)
    {
      if (try > 0)
        smith_deadline_sleep (OPEN_PAUSE_MS, cancellable);
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      g_clear_error (&problem);
      port = smith_port_open (device, smith_deadline_in (SMITH_PORT_BUSY_MS), busy, user_data,
                              cancellable, &problem);
      if (port == NULL && !g_error_matches (problem, SMITH_ERROR, SMITH_ERROR_DISCONNECTED)
          && !g_error_matches (problem, SMITH_ERROR, SMITH_ERROR_PERMISSION))
        break;
    }
  if (port == NULL)
    g_propagate_error (error, g_steal_pointer (&problem));
  return port;
}

/**
 * smith_open_stick_port:
 *
 * Opens the stick's first port for @role; see smith_open_device().
 *
 * Returns: (transfer full): the port, or NULL with SMITH_ERROR_WRONG_DEVICE if
 *   there is no such port, UNSUPPORTED if its driver is missing, or the errors of
 *   smith_port_open()
 */
SmithPort *
smith_open_stick_port (SmithStick *stick,
                       SmithPortRole role,
                       SmithPortBusyFunc busy,
                       gpointer user_data,
                       GCancellable *cancellable,
                       GError **error)
{
  const char *device = smith_stick_find_port (stick, role);

  if (device != NULL)
    return smith_open_device (device, busy, user_data, cancellable, error);
  if (stick->missing_driver != NULL)
    g_set_error (error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE,
                 _ ("The stick has no serial port, since the kernel module “%s” is missing"),
                 stick->missing_driver);
  else
    g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE,
                         _ ("The stick has no port that could be used"));
  return NULL;
}
