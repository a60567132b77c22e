/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "convert.h"

#include "job/saved-state.h"
#include "stick/udev-bus.h"

/**
 * cli_convert_real:
 *
 * The whole job with a stick that is plugged into this machine.
 */
CliStatus
cli_convert_real (Cli *cli, const CliConvertOptions *options)
{
  g_autoptr (SmithUdevBus) bus = smith_udev_bus_new ();
  g_autofree char *state_path = smith_saved_state_default_path ();
  CliTarget target
      = { .cli = cli, .options = options, .bus = SMITH_BUS (bus), .state_path = state_path };

  if (options->web_address != NULL)
    smith_udev_bus_set_web_address (bus, options->web_address);
  return cli_convert_target (&target);
}
