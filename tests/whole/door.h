/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/**
 * Door:
 *
 * An address on loopback that stays the same, behind which is the web server of
 * a virtual stick, which has another address each time it starts. Where there
 * is none, a visitor is shown out at once.
 */
typedef struct _Door Door;

Door *door_new (void);
void door_free (Door *door);
const char *door_get_address (Door *door);
void door_lead_to (Door *door, const char *address);
