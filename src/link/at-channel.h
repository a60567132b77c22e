/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "format/at-answer.h"
#include "port.h"

G_BEGIN_DECLS

#define SMITH_AT_TIMEOUT_MS 5000
#define SMITH_AT_COMMAND_MAX 512

SmithAtAnswer *smith_at_exchange (SmithPort *port,
                                  const char *command,
                                  guint timeout_ms,
                                  GCancellable *cancellable,
                                  GError **error);
gboolean smith_at_command_check (const char *command, GError **error);

G_END_DECLS
