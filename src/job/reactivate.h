/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "format/network-settings.h"
#include "format/port-setting.h"
#include "link/port.h"
#include "stick/identity.h"

G_BEGIN_DECLS

/* The network as a stick sees it; refreshed while somebody watches. */
typedef struct
{
  SmithSimState sim;
  SmithRegistration registration;
  int signal; /* AT+CSQ, 0 to 31; -1 unknown */
  char operator_name[64];
  char operator_code[8]; /* MCC and MNC of the SIM, such as "26201"; "" unknown */
} SmithNetworkState;

/**
 * SmithReactivateOptions:
 * @roaming: may it use foreign networks
 * @restore: (nullable): set these settings again instead of opening all networks
 * @leave_settings: touch no settings; only switch the radio on and watch
 * @wait_ms: how long registration is waited for; 0 for the ordinary two minutes
 * @before: (nullable): called on the working thread with the settings that the
 *   stick has, just before it is told other ones
 * @before_data: for that
 */
typedef struct
{
  gboolean roaming;
  const SmithNetworkSettings *restore;
  gboolean leave_settings;
  guint wait_ms;
  void (*before) (const SmithNetworkSettings *before, gpointer before_data);
  gpointer before_data;
} SmithReactivateOptions;

/* What was found and done; complete as far as it went, also after an error. */
typedef struct
{
  gboolean answered; /* it can be talked to */
  gboolean had_settings;
  SmithNetworkSettings before;
  gboolean changed;
  SmithNetworkSettings now;
  gboolean unsure; /* maybe not changed: it was not learnt what the stick has now */
  gboolean radio_was_off;
  gboolean had_ports; /* it tells what it shows when it is plugged in, which is not touched */
  SmithPortSetting ports;
  SmithNetworkState state;
} SmithReactivateReport;

/* Called on the working thread whenever the state has changed. */
typedef void (*SmithReactivateFunc) (const SmithNetworkState *state, gpointer user_data);

gboolean smith_reactivate_on_port (SmithPort *port,
                                   const SmithReactivateOptions *options,
                                   SmithReactivateFunc func,
                                   gpointer user_data,
                                   SmithReactivateReport *report,
                                   GCancellable *cancellable,
                                   GError **error);
gboolean smith_reactivate_run (SmithBus *bus,
                               const char *usb_path,
                               const SmithReactivateOptions *options,
                               SmithReactivateFunc func,
                               gpointer user_data,
                               SmithReactivateReport *report,
                               GCancellable *cancellable,
                               GError **error);

G_END_DECLS
