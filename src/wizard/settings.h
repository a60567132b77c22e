/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * What is kept from one run to the next. Without an installed schema, as in a
 * run from a build folder, nothing is kept and nothing breaks. For the main
 * thread, but for smith_settings_sync().
 */
GFile *smith_settings_get_last_folder (void);
void smith_settings_set_last_folder (GFile *file);
gboolean smith_settings_get_window_size (int *width, int *height, gboolean *maximized);
void smith_settings_set_window_size (int width, int height, gboolean maximized);
char **smith_settings_get_port_settings (void);
void smith_settings_set_port_settings (const char *const *lines);
gboolean smith_settings_are_kept (void);
void smith_settings_sync (void);

G_END_DECLS
