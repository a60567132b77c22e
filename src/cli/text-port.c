/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text-port.h"

#include "boot-mode.h"
#include "port-owner.h"
#include "stick/udev-bus.h"

/**
 * cli_open_text_port:
 * @device: a port as somebody named it
 *
 * Opens a port for AT commands, unless it is known that its stick takes none now.
 *
 * Returns: (transfer full): NULL with the errors of cli_check_takes_text() or
 *   cli_open_port()
 */
SmithPort *
cli_open_text_port (Cli *cli, const char *device, SmithPortBusyFunc busy, GError **error)
{
  g_autoptr (SmithUdevBus) bus = smith_udev_bus_new ();
  g_autoptr (SmithStick) owner = NULL;

  return cli_open_port (SMITH_BUS (bus), device, cli_check_takes_text, busy, cli, &owner,
                        cli->cancellable, error);
}
