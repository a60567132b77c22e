/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * SmithFold:
 *
 * A body with something at its side. Where there is not room for both, a bar
 * above the body stands for what is at the side. In a template these are its
 * three children, of the types "side", "bar" and none.
 */
#define SMITH_TYPE_FOLD (smith_fold_get_type ())
G_DECLARE_FINAL_TYPE (SmithFold, smith_fold, SMITH, FOLD, GtkWidget)

gboolean smith_fold_get_folded (SmithFold *fold);

G_END_DECLS
