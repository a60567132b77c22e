/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "virtual-stick.h"

G_BEGIN_DECLS

/**
 * SmithScenario:
 * @name: a stable lower-case word
 * @summary: what it is to practise, for a person; translatable
 * @start: the mode in which the stick appears
 * @demand_signature: whether it takes signed firmware only
 * @faults: a fault script; see SmithFaultScript
 *
 * A way in which a practice run can go.
 */
typedef struct
{
  const char *name;
  const char *summary;
  SmithMode start;
  gboolean demand_signature;
  const char *faults;
} SmithScenario;

const SmithScenario *smith_scenario_find (const char *name);
const SmithScenario *smith_scenario_list (guint *n);

G_END_DECLS
