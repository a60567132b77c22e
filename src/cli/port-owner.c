/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "port-owner.h"

#include <sys/stat.h>

static gboolean
has_port (SmithStick *stick, const struct stat *named)
{
  for (guint i = 0; i < stick->ports->len; i++)
    {
      SmithStickPort *port = g_ptr_array_index (stick->ports, i);
      struct stat info;

      if (stat (port->device, &info) == 0 && S_ISCHR (info.st_mode)
          && info.st_rdev == named->st_rdev)
        return TRUE;
    }
  return FALSE;
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
  for (guint i = 0; i < sticks->len; i++)
    if (has_port (g_ptr_array_index (sticks, i), &named))
      return smith_stick_ref (g_ptr_array_index (sticks, i));
  return NULL;
}
