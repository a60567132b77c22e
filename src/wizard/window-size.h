/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void smith_size_window (GtkWindow *window, int width, int height);
void smith_restore_window_size (GtkWindow *window);
void smith_keep_window_size (GtkWindow *window);

G_END_DECLS
