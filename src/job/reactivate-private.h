/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "link/at-channel.h"
#include "reactivate.h"
#include "stick/bus.h"

G_BEGIN_DECLS

/* For commands that have the stick start its radio anew, or write its settings. */
#define SMITH_REACTIVATION_SLOW_MS 20000

/* One run of smith_reactivate_on_port(); others have no report to fill. */
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
gboolean smith_reactivation_wake (SmithReactivation *r, GError **error);
gboolean smith_reactivation_watch (SmithReactivation *r, GError **error);
gboolean smith_reactivation_read_ports (SmithReactivation *r,
                                        gboolean *found,
                                        SmithPortSetting *setting,
                                        GError **error);
SmithStick *smith_reactivation_find_stick (SmithBus *bus,
                                           const char *usb_path,
                                           GCancellable *cancellable,
                                           GError **error);

static inline gboolean
smith_at_is_ok (const SmithAtAnswer *answer)
{
  return answer != NULL && answer->result == SMITH_AT_OK;
}

G_END_DECLS
