/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void smith_to_do_show (GtkBox *box, const char *const *steps);

G_END_DECLS
