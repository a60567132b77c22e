/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "stick/bus.h"

G_BEGIN_DECLS

gboolean cli_await_restart (SmithBus *bus, SmithStick *before, GCancellable *cancellable);

G_END_DECLS
