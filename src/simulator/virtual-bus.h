/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "stick/bus.h"

G_BEGIN_DECLS

/**
 * SmithVirtualBus:
 *
 * A bus on which virtual sticks appear. smith_virtual_bus_set() and
 * smith_virtual_bus_remove() may be called from any thread.
 */
#define SMITH_TYPE_VIRTUAL_BUS (smith_virtual_bus_get_type ())
G_DECLARE_FINAL_TYPE (SmithVirtualBus, smith_virtual_bus, SMITH, VIRTUAL_BUS, SmithBus)

SmithVirtualBus *smith_virtual_bus_new (void);
void smith_virtual_bus_set (SmithVirtualBus *bus, SmithStick *stick);
void smith_virtual_bus_remove (SmithVirtualBus *bus, const char *usb_path);

G_END_DECLS
