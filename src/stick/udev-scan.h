/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalogue.h"

G_BEGIN_DECLS

/**
 * SmithUdevStick:
 * @stick: without "seen" and "missing_driver", which need a memory
 * @device_number: another one with every enumeration
 * @lacks_driver: what should be the port that the mode needs has no driver
 *
 * A stick as one look at sysfs shows it.
 */
typedef struct
{
  SmithStick *stick;
  guint device_number;
  gboolean lacks_driver;
} SmithUdevStick;

GPtrArray *smith_udev_scan (const char *root, SmithCatalogue *catalogue, gboolean *unsettled);
void smith_udev_stick_free (gpointer data);

G_END_DECLS
