/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "flow.h"

G_BEGIN_DECLS

/**
 * SmithStepList:
 *
 * The six steps at the side, each with its state as icon and word.
 */
#define SMITH_TYPE_STEP_LIST (smith_step_list_get_type ())
G_DECLARE_FINAL_TYPE (SmithStepList, smith_step_list, SMITH, STEP_LIST, GtkWidget)

void
smith_step_list_show (SmithStepList *list, SmithPageId current, SmithPhase phase, gboolean loaded);

G_END_DECLS
