/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "stick/identity.h"

G_BEGIN_DECLS

/* How a stick gets to where it takes a loader or firmware. */
typedef enum
{
  SMITH_WAY_THERE,       /* it is in download mode or boot mode already */
  SMITH_WAY_WEB,         /* asked through its web server */
  SMITH_WAY_AT,          /* asked on its AT port */
  SMITH_WAY_DIAGNOSTICS, /* a Qualcomm stick, asked on its diagnostics port */
  SMITH_WAY_NEEDLE,      /* by hand */
  SMITH_N_WAYS
} SmithWay;

/**
 * SmithWayAdvice:
 * @ways: in the order in which they are to be tried; @n_ways of them
 * @likely_needle: firmware this new usually refuses: said before anybody opens a case
 * @maybe_no_needle: it may as well be an older stick with a Qualcomm chip, for which
 *   there is no needle: nothing told whose chip it has
 *
 * The ways in that fit a stick.
 */
typedef struct
{
  SmithWay ways[SMITH_N_WAYS];
  guint n_ways;
  gboolean likely_needle;
  gboolean maybe_no_needle;
} SmithWayAdvice;

void smith_way_advise (SmithStick *stick, const SmithIdentity *identity, SmithWayAdvice *advice);
const char *smith_way_name (SmithWay way);

SmithStick *smith_way_in_run (SmithBus *bus,
                              const char *usb_path,
                              const SmithIdentity *identity,
                              SmithWay way,
                              GCancellable *cancellable,
                              GError **error);

G_END_DECLS
