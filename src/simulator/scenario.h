/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "practice.h"
#include "virtual-stick.h"

G_BEGIN_DECLS

/**
 * SmithScenario:
 * @name: a stable lower-case word
 * @summary: what it is to practise, for a person; translatable
 * @plugged: the mode in which the stick is when nothing has been done with it yet
 * @start: the mode in which it is when a job begins that was not to find its way
 *   in by itself
 * @refuses_entry: working firmware does not go to boot mode when asked: it takes the needle
 * @demand_signature: whether it takes signed firmware only
 * @wrong_file: the first file that is offered is meant for another stick
 * @two_sticks: a second stick is plugged in beside it
 * @faults: a fault script; see SmithFaultScript
 * @firmware: which of the practice files belongs to it
 * @family: @chip: @hardware: @product_id: @version: of the stick; see
 *   #SmithVirtualStickConfig, and smith_scenario_fill_config()
 * @no_network: @no_sim: @shows_cd: as in #SmithVirtualStickConfig
 *
 * A way in which a practice run can go.
 */
typedef struct
{
  const char *name;
  const char *summary;
  SmithMode plugged;
  SmithMode start;
  gboolean refuses_entry;
  gboolean demand_signature;
  gboolean wrong_file;
  gboolean two_sticks;
  const char *faults;
  SmithPracticeKind firmware;
  SmithFamily family;
  SmithChip chip;
  const char *hardware;
  const char *product_id;
  const char *version;
  gboolean no_network;
  gboolean no_sim;
  gboolean shows_cd;
} SmithScenario;

const SmithScenario *smith_scenario_find (const char *name);
const SmithScenario *smith_scenario_list (guint *n);
void smith_scenario_fill_config (const SmithScenario *scenario, SmithVirtualStickConfig *config);

G_END_DECLS
