/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What was chosen; @object is what it was chosen for. */
typedef void (*SmithFileChosenFunc) (GFile *file, gpointer object);

void smith_choose_file (GtkWindow *parent,
                        GtkFileChooserAction action,
                        const char *title,
                        const char *name,
                        SmithFileChosenFunc func,
                        gpointer object);

G_END_DECLS
