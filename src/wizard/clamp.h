/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * SmithClamp:
 *
 * Holds one child in the middle and lets it become no wider than lines of text
 * can comfortably be, whatever the size of the font.
 */
#define SMITH_TYPE_CLAMP (smith_clamp_get_type ())
G_DECLARE_FINAL_TYPE (SmithClamp, smith_clamp, SMITH, CLAMP, GtkWidget)

G_END_DECLS
