/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What the files of this folder share; for them and their tests only. */

guint smith_patience (guint ms);
void smith_patience_set_scale (double scale);

void smith_system_bus_get_async (GDBusConnection *given,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
GDBusConnection *smith_system_bus_get_finish (GAsyncResult *result, GError **error);
void smith_system_bus_get_objects (GDBusConnection *bus,
                                   const char *name,
                                   const char *path,
                                   GDBusCallFlags flags,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
GVariant *
smith_system_bus_get_objects_finish (GDBusConnection *bus, GAsyncResult *result, GError **error);
gboolean smith_system_bus_is_out_of_reach (const GError *error);

G_END_DECLS
