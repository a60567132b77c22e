/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "simulator/virtual-bus.h"
#include "stick/udev-bus.h"

G_BEGIN_DECLS

/* Called when all of @stick is there. */
typedef void (*BridgePlugged) (SmithStick *stick, gpointer user_data);

/**
 * Bridge:
 *
 * Plugs virtual sticks into a machine that is made up: what appears on its
 * virtual bus appears in the machine's sysfs and /dev, with udev telling of it
 * or not, and behind the nodes are the virtual stick's own ports. A program
 * under test takes it for real. For the main thread, whose main context must
 * run.
 */
typedef struct _Bridge Bridge;

Bridge *bridge_new (gboolean with_events, BridgePlugged plugged, gpointer user_data);
void bridge_free (Bridge *bridge);
SmithVirtualBus *bridge_get_bus (Bridge *bridge);
const char *bridge_get_web_address (Bridge *bridge);
void bridge_set_pause (Bridge *bridge, guint pause_ms);
void bridge_settle (Bridge *bridge);
guint bridge_get_appearances (Bridge *bridge, guint16 product);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Bridge, bridge_free)

G_END_DECLS
