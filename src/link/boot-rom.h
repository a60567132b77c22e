/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "format/loader.h"
#include "port.h"

G_BEGIN_DECLS

/**
 * SmithLinkProgress:
 * @done: bytes that the stick has acknowledged
 *
 * Called on the thread that talks to the stick, after every packet.
 */
typedef void (*SmithLinkProgress) (guint64 done, gpointer user_data);

gboolean smith_boot_rom_handshake (SmithPort *port, GCancellable *cancellable, GError **error);
gboolean smith_boot_rom_upload (SmithPort *port,
                                const SmithLoader *loader,
                                gboolean accept_unsafe,
                                SmithLinkProgress progress,
                                gpointer user_data,
                                GCancellable *cancellable,
                                GError **error);
gboolean smith_boot_rom_upload_full (SmithPort *port,
                                     const SmithLoader *loader,
                                     gboolean accept_unsafe,
                                     SmithLinkProgress progress,
                                     gpointer user_data,
                                     gboolean *silent,
                                     GCancellable *cancellable,
                                     GError **error);

G_END_DECLS
