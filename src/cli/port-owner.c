/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "port-owner.h"

#include <glib/gi18n.h>
#include <sys/stat.h>

#include "format/error.h"
#include "job/open-port.h"

static gboolean
has_port (SmithStick *stick, guint64 number)
{
  for (guint i = 0; i < stick->ports->len; i++)
    {
      SmithStickPort *port = g_ptr_array_index (stick->ports, i);
      struct stat info;

      if (stat (port->device, &info) == 0 && S_ISCHR (info.st_mode) && info.st_rdev == number)
        return TRUE;
    }
  return FALSE;
}

/* Returns: (transfer full) (nullable) */
static SmithStick *
find_owner (GPtrArray *sticks, guint64 number)
{
  for (guint i = 0; i < sticks->len; i++)
    if (has_port (g_ptr_array_index (sticks, i), number))
      return smith_stick_ref (g_ptr_array_index (sticks, i));
  return NULL;
}

/**
 * cli_port_owner:
 * @sticks: (element-type SmithStick): what is on the bus
 * @device: a port as somebody named it, maybe through a link
 *
 * Returns: (transfer full) (nullable): the stick whose port it is
 */
SmithStick *
cli_port_owner (GPtrArray *sticks, const char *device)
{
  struct stat named;

  if (stat (device, &named) != 0 || !S_ISCHR (named.st_mode))
    return NULL;
  return find_owner (sticks, named.st_rdev);
}

static SmithStick *
find_owner_now (SmithBus *bus, SmithPort *port)
{
  g_autoptr (GPtrArray) sticks = NULL;

  smith_bus_rescan (bus);
  sticks = smith_bus_list (bus);
  return find_owner (sticks, smith_port_get_number (port));
}

static gboolean
is_same_stick (const SmithStick *before, const SmithStick *now)
{
  return now != NULL && now->seen == before->seen && g_str_equal (now->usb_path, before->usb_path);
}

/**
 * cli_open_port:
 * @device: a port as somebody named it
 * @check: (nullable): asked about a stick on @bus that has the port, before it is opened
 *   and again when it is open
 * @busy: (nullable): as for smith_open_device()
 * @owner: (out) (transfer full) (nullable): the stick whose port it is, also where @check
 *   is against it; NULL for a port that no stick on @bus has
 *
 * Opens a port that somebody named. Whose port a name stands for may have changed until
 * it was open, and which it is that was opened, its number tells: a stick that left
 * meanwhile, or another one, is not spoken to. Blocks.
 *
 * Returns: (transfer full): NULL with what @check set, SMITH_ERROR_DISCONNECTED or the
 *   errors of smith_open_device()
 */
SmithPort *
cli_open_port (SmithBus *bus,
               const char *device,
               CliPortCheck check,
               SmithPortBusyFunc busy,
               gpointer user_data,
               SmithStick **owner,
               GCancellable *cancellable,
               GError **error)
{
  g_autoptr (GPtrArray) sticks = smith_bus_list (bus);
  g_autoptr (SmithStick) before = cli_port_owner (sticks, device);
  g_autoptr (SmithPort) port = NULL;

  *owner = NULL;
  if (before != NULL && check != NULL && !check (before, error))
    {
      *owner = g_steal_pointer (&before);
      return NULL;
    }
  port = smith_open_device (device, busy, user_data, cancellable, error);
  if (port == NULL)
    return NULL;
  *owner = find_owner_now (bus, port);
  if (before != NULL && !is_same_stick (before, *owner))
    g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED, _ ("The stick has left"));
  else if (*owner == NULL || check == NULL || check (*owner, error))
    return g_steal_pointer (&port);
  return NULL;
}
