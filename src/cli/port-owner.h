/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "link/port.h"
#include "stick/bus.h"

G_BEGIN_DECLS

/* Whether @stick may be sent what a command is going to send. */
typedef gboolean (*CliPortCheck) (const SmithStick *stick, GError **error);

SmithStick *cli_port_owner (GPtrArray *sticks, const char *device);
SmithPort *cli_open_port (SmithBus *bus,
                          const char *device,
                          CliPortCheck check,
                          SmithPortBusyFunc busy,
                          gpointer user_data,
                          SmithStick **owner,
                          GCancellable *cancellable,
                          GError **error);

G_END_DECLS
