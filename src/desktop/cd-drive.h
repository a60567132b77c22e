/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Ejects the virtual CD of a stick, through UDisks or GIO's volume monitor, so
 * that it shows its other face. For the main thread; nothing blocks.
 * Errors are G_IO_ERROR; NOT_SUPPORTED where the desktop has
 * neither, and usb_modeswitch is to be recommended. */
void smith_cd_drive_eject_async (GDBusConnection *system_bus,
                                 const char *block_device,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean smith_cd_drive_eject_finish (GAsyncResult *result, GError **error);

G_END_DECLS
