/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "network-manager.h"

G_BEGIN_DECLS

#define SMITH_NM_NAME "org.freedesktop.NetworkManager"
#define SMITH_NM_PATH "/org/freedesktop/NetworkManager"
#define SMITH_NM_DEVICE "org.freedesktop.NetworkManager.Device"

/* The stick as NetworkManager sees it. */
typedef struct
{
  SmithOnlineState state;
  GDBusConnection *bus; /* NULL where there is none */
  char *path;           /* of NetworkManager's device; NULL unless it lists the stick */
} SmithOnlineModem;

void smith_online_find_async (GDBusConnection *system_bus,
                              const char *device_path,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
SmithOnlineModem *smith_online_find_finish (GAsyncResult *result, GError **error);
void smith_online_modem_free (SmithOnlineModem *modem);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithOnlineModem, smith_online_modem_free)

G_END_DECLS
