/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text-port.h"

#include "boot-mode.h"
#include "job/open-port.h"
#include "port-owner.h"
#include "stick/udev-bus.h"

/**
 * cli_open_text_port:
 * @device: a port as somebody named it
 *
 * Opens a port for AT commands, unless it is known to be the boot ROM's.
 *
 * Returns: (transfer full): NULL with SMITH_ERROR_WRONG_DEVICE or the errors of
 *   smith_open_device()
 */
SmithPort *
cli_open_text_port (Cli *cli, const char *device, SmithPortBusyFunc busy, GError **error)
{
  g_autoptr (SmithUdevBus) bus = smith_udev_bus_new ();
  g_autoptr (GPtrArray) sticks = smith_bus_list (SMITH_BUS (bus));
  g_autoptr (SmithStick) stick = cli_port_owner (sticks, device);

  if (stick != NULL && !cli_check_takes_commands (stick, error))
    return NULL;
  return smith_open_device (device, busy, cli, cli->cancellable, error);
}
