/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "package.h"
#include "stick/verdict.h"

G_BEGIN_DECLS

SmithVerdict *smith_judge_items (GPtrArray *items,
                                 const SmithIdentity *identity,
                                 SmithMode mode,
                                 SmithAim aim,
                                 const char *override);

G_END_DECLS
