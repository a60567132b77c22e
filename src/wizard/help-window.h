/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * SmithHelpWindow:
 *
 * What can go wrong, and what to do then: the troubles at the side, a page for
 * each. Beside the main window, so that both can be read.
 */
#define SMITH_TYPE_HELP_WINDOW (smith_help_window_get_type ())
G_DECLARE_FINAL_TYPE (SmithHelpWindow, smith_help_window, SMITH, HELP_WINDOW, GtkWindow)

SmithHelpWindow *smith_help_window_new (GtkApplication *application);
void smith_help_window_show_topic (SmithHelpWindow *window, const char *id);

G_END_DECLS
