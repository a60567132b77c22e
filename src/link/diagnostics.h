/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "port.h"

G_BEGIN_DECLS

/* What an older Qualcomm stick tells on its diagnostics port. */
typedef struct
{
  char firmware[32]; /* such as 11.608.12.04.21; "" if it does not say */
  char hardware[33];
  gboolean loader_runs; /* it was in download mode already, and was told nothing */
  gboolean told;        /* the command to go there was sent, or tried to */
} SmithDiagnosticsInfo;

gboolean smith_diagnostics_enter_download_mode (SmithPort *port,
                                                SmithDiagnosticsInfo *info,
                                                GCancellable *cancellable,
                                                GError **error);

G_END_DECLS
