/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "format/port-setting.h"
#include "link/port.h"
#include "stick/bus.h"

G_BEGIN_DECLS

/* What was found and done; complete as far as it went, also after an error. */
typedef struct
{
  gboolean had_setting;
  SmithPortSetting before;
  gboolean changed; /* or maybe so, where the stick left before it could be asked */
  SmithPortSetting now;
} SmithCdStageReport;

/* Called on the working thread with the setting that the stick has, just
 * before it is told another one; what has to be done for that is done when this
 * returns. */
typedef void (*SmithCdStageFunc) (const SmithPortSetting *before, gpointer user_data);

gboolean smith_cd_stage_set_on_port (SmithPort *port,
                                     const SmithPortSetting *old,
                                     SmithCdStageFunc func,
                                     gpointer user_data,
                                     SmithCdStageReport *report,
                                     GCancellable *cancellable,
                                     GError **error);
gboolean smith_cd_stage_set (SmithBus *bus,
                             const char *usb_path,
                             const SmithPortSetting *old,
                             SmithCdStageFunc func,
                             gpointer user_data,
                             SmithCdStageReport *report,
                             GCancellable *cancellable,
                             GError **error);

G_END_DECLS
