/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "stick/bus.h"

G_BEGIN_DECLS

gboolean cli_check_takes_commands (const SmithStick *stick, GError **error);
gboolean cli_check_takes_text (const SmithStick *stick, GError **error);
gboolean cli_await_loader (SmithBus *bus,
                           const SmithStick *before,
                           gboolean silent,
                           SmithStick **now,
                           GCancellable *cancellable,
                           GError **error);

G_END_DECLS
