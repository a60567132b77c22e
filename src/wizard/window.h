/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "session.h"

G_BEGIN_DECLS

/**
 * SmithWindow:
 *
 * The one window: the list of steps, the page at hand, and below it Back,
 * Cancel and the suggested button, always in the same places.
 */
#define SMITH_TYPE_WINDOW (smith_window_get_type ())
G_DECLARE_FINAL_TYPE (SmithWindow, smith_window, SMITH, WINDOW, GtkApplicationWindow)

SmithWindow *smith_window_new (GtkApplication *application);
void smith_window_set_session (SmithWindow *window, SmithSession *session);
SmithSession *smith_window_get_session (SmithWindow *window);
void smith_window_stay (SmithWindow *window);

G_END_DECLS
