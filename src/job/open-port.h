/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "link/port.h"
#include "stick/bus.h"

G_BEGIN_DECLS

SmithPort *smith_open_device (const char *device,
                              SmithPortBusyFunc busy,
                              gpointer user_data,
                              GCancellable *cancellable,
                              GError **error);
SmithStick *smith_wait_for_port (SmithBus *bus,
                                 SmithStick *stick,
                                 SmithPortRole role,
                                 GCancellable *cancellable,
                                 GError **error);
SmithPort *smith_open_stick_device (SmithBus *bus,
                                    SmithStick *stick,
                                    const char *device,
                                    SmithPortBusyFunc busy,
                                    gpointer user_data,
                                    GCancellable *cancellable,
                                    GError **error);
SmithPort *smith_open_stick_port (SmithBus *bus,
                                  SmithStick *stick,
                                  SmithPortRole role,
                                  SmithPortBusyFunc busy,
                                  gpointer user_data,
                                  GCancellable *cancellable,
                                  GError **error);

G_END_DECLS
