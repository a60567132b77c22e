/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "stick/verdict.h"

G_BEGIN_DECLS

#define SMITH_N_AIM_CHOICES 4

SmithAim smith_aim_choice (guint index);
SmithAim smith_aim_default (SmithMode mode);
const char *smith_aim_title (SmithAim aim);
const char *smith_aim_help (SmithAim aim);

G_END_DECLS
