/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "conversion.h"
#include "link/port.h"

G_BEGIN_DECLS

/* One run of a plan; the steps share it. */
typedef struct
{
  SmithPlan *plan;
  SmithBus *bus;
  const SmithConversionFuncs *funcs;
  gpointer user_data;
  SmithConversionReport *report;
  GCancellable *cancellable;
  SmithStick *stick; /* as it was last seen, or NULL */
  gboolean loaded;   /* its loader is the plan's */
} SmithConversion;

void smith_conversion_take_stick (SmithConversion *c, SmithStick *stick);
SmithPort *smith_conversion_open_port (SmithConversion *c, SmithPortRole role, GError **error);
gboolean smith_conversion_come_back (SmithConversion *c, GError **error);
gboolean smith_conversion_reactivate (SmithConversion *c, GError **error);

G_END_DECLS
