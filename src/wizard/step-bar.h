/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "flow.h"

G_BEGIN_DECLS

/**
 * SmithStepBar:
 *
 * In one line what the list of steps says in six: where one is.
 */
#define SMITH_TYPE_STEP_BAR (smith_step_bar_get_type ())
G_DECLARE_FINAL_TYPE (SmithStepBar, smith_step_bar, SMITH, STEP_BAR, GtkWidget)

void smith_step_bar_show (SmithStepBar *bar, SmithPageId current, SmithPhase phase);

G_END_DECLS
