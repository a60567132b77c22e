/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void smith_show_text (GtkLabel *label, const char *text);
void smith_name_button (GtkButton *button);
void smith_name_buttons (GtkWidget *widget);
void smith_wrap_check_label (GtkCheckButton *button);

G_END_DECLS
