/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "network-care.h"

G_BEGIN_DECLS

/* The network in words for a person. */
char *smith_network_text_registration (const SmithNetworkState *state, gboolean looking);
const char *smith_network_text_sim (SmithSimState sim);
char *smith_network_text_signal (int signal);
guint smith_network_text_bars (int signal);
const char *smith_network_text_cd (SmithCdState state);
char *smith_network_text_online (SmithOnlineState state, guint n_apns, const char *problem);

G_END_DECLS
