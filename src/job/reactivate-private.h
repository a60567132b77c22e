/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "link/at-channel.h"
#include "reactivate.h"

G_BEGIN_DECLS

/* One run of smith_reactivate_on_port(). */
typedef struct
{
  SmithPort *port;
  const SmithReactivateOptions *options;
  SmithReactivateFunc func;
  gpointer user_data;
  SmithReactivateReport *report;
  GCancellable *cancellable;
} SmithReactivation;

gboolean smith_reactivation_ask (SmithReactivation *r,
                                 const char *command,
                                 guint timeout_ms,
                                 SmithAtAnswer **answer,
                                 GError **error);
gboolean smith_reactivation_watch (SmithReactivation *r, GError **error);

static inline gboolean
smith_at_is_ok (const SmithAtAnswer *answer)
{
  return answer != NULL && answer->result == SMITH_AT_OK;
}

G_END_DECLS
