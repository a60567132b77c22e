/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bus.h"
#include "link/port.h"

G_BEGIN_DECLS

SmithPort *smith_stick_port_open (SmithBus *bus,
                                  SmithStick *stick,
                                  const char *device,
                                  gint64 deadline,
                                  SmithPortBusyFunc busy,
                                  gpointer user_data,
                                  GCancellable *cancellable,
                                  GError **error);
gboolean smith_stick_has_left (SmithBus *bus, SmithStick *stick);

G_END_DECLS
