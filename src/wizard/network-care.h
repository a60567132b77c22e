/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desktop/network-manager.h"
#include "job/log.h"
#include "job/reactivate.h"

G_BEGIN_DECLS

/**
 * SmithNetworkCare:
 *
 * What can be done for the network of a stick that works as a modem, without
 * writing firmware: look for it, open the stick's settings or put the old ones
 * back, find the access point by the SIM card's operator, and have the system
 * connect; and whether the stick shows a CD each time it is plugged in. For the main thread, as is
 * its signal; the work is on workers.
 *
 * "changed" (no arguments): anything of it.
 */
#define SMITH_TYPE_NETWORK_CARE (smith_network_care_get_type ())
G_DECLARE_FINAL_TYPE (SmithNetworkCare, smith_network_care, SMITH, NETWORK_CARE, GObject)

/* What can be done about the CD that a stick shows when it is plugged in. */
typedef enum
{
  SMITH_CD_FIXED,  /* nothing, or it is not known */
  SMITH_CD_SHOWN,  /* it shows it, and can do without */
  SMITH_CD_HIDDEN, /* it shows none, and can show it again */
} SmithCdState;

SmithNetworkCare *smith_network_care_new (SmithBus *bus, SmithLog *log, gboolean practice);
void smith_network_care_set_stick (SmithNetworkCare *care, const char *usb_path);
void smith_network_care_take_report (SmithNetworkCare *care, const SmithReactivateReport *report);
void smith_network_care_take_state (SmithNetworkCare *care, const SmithNetworkState *state);

void smith_network_care_look (SmithNetworkCare *care);
void smith_network_care_open (SmithNetworkCare *care, gboolean roaming);
void smith_network_care_restore (SmithNetworkCare *care);
void smith_network_care_hide_cd (SmithNetworkCare *care);
void smith_network_care_show_cd (SmithNetworkCare *care);
void smith_network_care_stop (SmithNetworkCare *care);
void smith_network_care_connect (SmithNetworkCare *care, guint apn);

gboolean smith_network_care_is_working (SmithNetworkCare *care);
gboolean smith_network_care_is_looking (SmithNetworkCare *care);
gboolean smith_network_care_is_changing (SmithNetworkCare *care);
gboolean smith_network_care_may_begin_cd (SmithNetworkCare *care);
SmithCdState smith_network_care_get_cd (SmithNetworkCare *care);
const SmithNetworkState *smith_network_care_get_state (SmithNetworkCare *care);
const SmithNetworkSettings *smith_network_care_get_old_settings (SmithNetworkCare *care);
const SmithNetworkSettings *smith_network_care_get_settings (SmithNetworkCare *care);
const char *smith_network_care_get_problem (SmithNetworkCare *care);
const char *smith_network_care_get_hitch (SmithNetworkCare *care);
GPtrArray *smith_network_care_get_apns (SmithNetworkCare *care);
SmithOnlineState smith_network_care_get_online (SmithNetworkCare *care);
const char *smith_network_care_get_online_problem (SmithNetworkCare *care);

G_END_DECLS
