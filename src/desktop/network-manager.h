/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "apn.h"

G_BEGIN_DECLS

typedef enum
{
  SMITH_ONLINE_ABSENT,   /* there is no NetworkManager */
  SMITH_ONLINE_NO_MODEM, /* it does not list the stick (yet) */
  SMITH_ONLINE_READY,    /* it lists it; no connection yet */
  SMITH_ONLINE_CONNECTING,
  SMITH_ONLINE_CONNECTED,
} SmithOnlineState;

/*
 * All for the main thread, without blocking; they time out by themselves.
 * @system_bus NULL: connects by itself. @device_path: sysfs path of the stick's
 * USB device. Errors are G_IO_ERROR or what came over the bus, stripped.
 */
void smith_online_look_async (GDBusConnection *system_bus,
                              const char *device_path,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
SmithOnlineState smith_online_look_finish (GAsyncResult *result, GError **error);

void smith_online_connect_async (GDBusConnection *system_bus,
                                 const char *device_path,
                                 const SmithApn *apn,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean smith_online_connect_finish (GAsyncResult *result, GError **error);

G_END_DECLS
