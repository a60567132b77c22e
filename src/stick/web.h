/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bus.h"
#include "link/hilink.h"

G_BEGIN_DECLS

SmithHilink *smith_stick_open_web (SmithStick *stick, GError **error);

G_END_DECLS
