/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * SmithWrapBox:
 *
 * A row of buttons that goes on in the next line where the window is narrow.
 * Who expands gets what is left of its line. A child is added by
 * gtk_widget_set_parent(), and goes with the box.
 */
#define SMITH_TYPE_WRAP_BOX (smith_wrap_box_get_type ())
G_DECLARE_FINAL_TYPE (SmithWrapBox, smith_wrap_box, SMITH, WRAP_BOX, GtkWidget)

G_END_DECLS
