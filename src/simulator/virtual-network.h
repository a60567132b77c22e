/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* So many questions about registration are answered by "searching". */
#define SMITH_SEARCHING_POLLS 6

/**
 * SmithVirtualNetwork:
 *
 * The mobile network as a virtual stick sees it: its SIM card, its radio and
 * the settings that say which networks it looks for. It registers only where
 * all networks are allowed.
 */
typedef struct
{
  gboolean is_lte; /* AT^SYSCFGEX; else AT^SYSCFG */
  gboolean has_sim;
  gboolean radio;
  guint searching;      /* so many more questions until it is registered */
  char acquisition[17]; /* mode and order; of SYSCFG the mode */
  guint order;          /* SYSCFG only */
  guint64 bands;
  guint roaming;
  guint domain;
  guint64 lte_bands; /* SYSCFGEX only */
} SmithVirtualNetwork;

void smith_virtual_network_init (SmithVirtualNetwork *network, gboolean is_lte, gboolean has_sim);
void smith_virtual_network_close (SmithVirtualNetwork *network);
gboolean smith_virtual_network_set (SmithVirtualNetwork *network, const char *arguments);
char *smith_virtual_network_describe (const SmithVirtualNetwork *network);
void smith_virtual_network_set_radio (SmithVirtualNetwork *network, gboolean on);
guint smith_virtual_network_ask (SmithVirtualNetwork *network);
gboolean smith_virtual_network_is_registered (const SmithVirtualNetwork *network);

G_END_DECLS
