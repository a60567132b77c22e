/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "link/at-channel.h"
#include "stick/bus.h"

G_BEGIN_DECLS

void smith_at_ask_async (SmithBus *bus,
                         SmithStick *stick,
                         const char *device,
                         const char *command,
                         guint timeout_ms,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data);
SmithAtAnswer *smith_at_ask_finish (GAsyncResult *result, GError **error);

G_END_DECLS
