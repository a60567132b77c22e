/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "stick/bus.h"

G_BEGIN_DECLS

SmithStick *cli_port_owner (GPtrArray *sticks, const char *device);
SmithStick *cli_number_owner (GPtrArray *sticks, guint64 number);

G_END_DECLS
