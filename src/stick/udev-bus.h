/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bus.h"

G_BEGIN_DECLS

/**
 * SmithUdevBus:
 *
 * The real bus: what sysfs shows, looked at again whenever udev, /dev or a
 * timer gives a reason to. Works without a udev database and without udev
 * events, as in a Flatpak. To be made on the main thread.
 */
#define SMITH_TYPE_UDEV_BUS (smith_udev_bus_get_type ())
G_DECLARE_FINAL_TYPE (SmithUdevBus, smith_udev_bus, SMITH, UDEV_BUS, SmithBus)

SmithUdevBus *smith_udev_bus_new (void);

/* For tests: @root is a folder with a sys and a dev of its own, or "/". */
SmithUdevBus *smith_udev_bus_new_at (const char *root);
void smith_udev_bus_set_web_address (SmithUdevBus *bus, const char *address);

G_END_DECLS
