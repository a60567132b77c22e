/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * SmithHeading:
 *
 * The title of a page. It takes the focus when the page comes into sight, so
 * that a screen reader says where one is; a GtkLabel would not take it.
 */
#define SMITH_TYPE_HEADING (smith_heading_get_type ())
G_DECLARE_FINAL_TYPE (SmithHeading, smith_heading, SMITH, HEADING, GtkWidget)

void smith_heading_set_text (SmithHeading *heading, const char *text);
const char *smith_heading_get_text (SmithHeading *heading);

G_END_DECLS
