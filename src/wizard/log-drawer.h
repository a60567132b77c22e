/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "job/log.h"

G_BEGIN_DECLS

/**
 * SmithLogDrawer:
 *
 * What was done so far, to read, copy and save.
 */
#define SMITH_TYPE_LOG_DRAWER (smith_log_drawer_get_type ())
G_DECLARE_FINAL_TYPE (SmithLogDrawer, smith_log_drawer, SMITH, LOG_DRAWER, GtkWidget)

void smith_log_drawer_set_log (SmithLogDrawer *drawer, SmithLog *log);
void smith_log_drawer_set_open (SmithLogDrawer *drawer, gboolean open);
void smith_log_drawer_save (SmithLogDrawer *drawer, const char *path);

G_END_DECLS
