/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "link/at-channel.h"

G_BEGIN_DECLS

void smith_at_ask_async (const char *device,
                         const char *command,
                         guint timeout_ms,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data);
SmithAtAnswer *smith_at_ask_finish (GAsyncResult *result, GError **error);

G_END_DECLS
