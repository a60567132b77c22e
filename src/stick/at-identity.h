/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "identity.h"
#include "link/port.h"

G_BEGIN_DECLS

gboolean smith_at_identity_ask (SmithPort *port,
                                SmithIdentity *identity,
                                gint64 deadline,
                                GCancellable *cancellable,
                                GError **error);

G_END_DECLS
