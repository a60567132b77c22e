/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "link/port.h"
#include "stick/bus.h"

G_BEGIN_DECLS

SmithPort *smith_open_stick_port (SmithStick *stick,
                                  SmithPortRole role,
                                  SmithPortBusyFunc busy,
                                  gpointer user_data,
                                  GCancellable *cancellable,
                                  GError **error);

G_END_DECLS
