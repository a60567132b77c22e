/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The udev rule that lets the person at the machine use a stick's ports. */
#define SMITH_ACCESS_RULE_NAME "70-sticksmith.rules"

GBytes *smith_access_get_rule (void);
gboolean smith_access_is_installed (void);
char *smith_access_get_command (const char *saved_path);

/* Copies the rule to where it belongs, through GVfs's admin backend, which
 * shows the desktop's own password dialog. Not root, no pkexec. */
void smith_access_install_async (GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean smith_access_install_finish (GAsyncResult *result, GError **error);
void smith_access_save_async (GFile *file,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean smith_access_save_finish (GAsyncResult *result, GError **error);

G_END_DECLS
