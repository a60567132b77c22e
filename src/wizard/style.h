/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void smith_style_load (GdkDisplay *display);
void smith_style_follow_desktop (GtkApplication *application);

G_END_DECLS
