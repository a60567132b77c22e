/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "open-port.h"

#include <glib/gi18n.h>

#include "format/error.h"
#include "link/deadline.h"

#define OPEN_TRIES 5
#define OPEN_PAUSE_MS 500

/**
 * smith_open_stick_port:
 * @busy: (nullable): told when another program holds the port, which is tried
 *   again for SMITH_PORT_BUSY_MS
 *
 * Opens the stick's port for @role. Just after it appeared it may not be quite
 * there, and is root's until udev has given it its permissions: it is tried
 * again. Blocks: for worker threads.
 *
 * Returns: (transfer full): the port, or NULL with SMITH_ERROR_WRONG_DEVICE if
 *   there is no such port, or the errors of smith_port_open()
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
  g_autoptr (GError) problem = NULL;
  SmithPort *port = NULL;

  if (device == NULL)
    {
      g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE,
                           _ ("The stick has no port that could be used"));
      return NULL;
    }
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
