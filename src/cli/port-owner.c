/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "port-owner.h"

#include <sys/stat.h>

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

/**
 * cli_number_owner:
 * @sticks: (element-type SmithStick): what is on the bus
 * @number: of a character device (st_rdev)
 *
 * Returns: (transfer full) (nullable): the stick whose port it is
 */
SmithStick *
cli_number_owner (GPtrArray *sticks, guint64 number)
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
  return cli_number_owner (sticks, named.st_rdev);
}
