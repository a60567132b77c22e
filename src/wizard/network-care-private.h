/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "job/cd-stage.h"
#include "network-care.h"

G_BEGIN_DECLS

/* What a worker is at. */
typedef enum
{
  SMITH_CARE_LOOK, /* the network is looked for */
  SMITH_CARE_SET,  /* settings of the network are changed, and then it is looked for */
  SMITH_CARE_CD,   /* what the stick shows when it is plugged in is changed */
} SmithCareTask;

struct _SmithNetworkCare
{
  GObject parent_instance;

  SmithBus *bus;
  SmithLog *log;
  gboolean practice; /* the system knows nothing of a stick that only exists here */
  char *usb_path;
  guint64 seen; /* when the stick appeared there; 0 if it was not there */
  guint era;    /* grows with every other stick */

  SmithNetworkState state;
  gboolean had_settings;
  SmithNetworkSettings before;
  gboolean changed; /* the stick's settings are not those from before, as far as is known */
  SmithNetworkSettings now;
  gboolean had_ports;
  SmithPortSetting ports; /* as they are */
  GPtrArray *kept_ports;  /* SmithPortSetting: with which sticks showed a CD; oldest first */

  char *problem;
  char *hitch;        /* why it looks again by itself */
  GCancellable *work; /* while a worker is at it */
  SmithCareTask task; /* which it is */
  guint n_changing;   /* workers that change what the stick shows, also for whoever has left */
  gboolean resume;    /* to look again after it */
  guint retry;        /* source: until it looks again by itself */
  guint n_hitches;    /* in a row */

  GPtrArray *apns;        /* SmithApn; never NULL */
  char operator_code[8];  /* for which they were looked up */
  GCancellable *partners; /* of all that is asked of the system */
  SmithOnlineState online;
  gboolean connecting;
  char *online_problem;
  guint again;    /* source */
  guint n_misses; /* in a row */
};

void smith_network_care_changed (SmithNetworkCare *care);
void smith_network_care_look_up_apns (SmithNetworkCare *care);
void smith_network_care_look_at_system (SmithNetworkCare *care);
void smith_network_care_take_settings (SmithNetworkCare *care, const SmithReactivateReport *report);
void smith_network_care_take_ports (SmithNetworkCare *care, const SmithPortSetting *ports);
void smith_network_care_keep_ports (SmithNetworkCare *care, const SmithPortSetting *ports);
void smith_network_care_take_cd_report (SmithNetworkCare *care,
                                        const SmithCdStageReport *report,
                                        gboolean is_current);
const SmithPortSetting *smith_network_care_find_old_ports (SmithNetworkCare *care);

G_END_DECLS
