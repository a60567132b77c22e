/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include <sys/stat.h>

G_BEGIN_DECLS

/**
 * SmithPort:
 *
 * A serial port of a stick: raw, 115200 8N1, no flow control (the rate means
 * nothing over USB). Every call has a deadline and can be cancelled; a stick
 * that leaves is SMITH_ERROR_DISCONNECTED at once. One thread at a time.
 */
typedef struct _SmithPort SmithPort;

/* How long another program that just looks at a new port is waited for. */
#define SMITH_PORT_BUSY_MS 30000

/* Tells that the port is held by another program and is tried again. */
typedef void (*SmithPortBusyFunc) (gpointer user_data);

/* Tells whether @node is the port that is meant, or says in @error why not. It is
 * shown first where the name leads to, so that the port of another stick is not
 * even opened, and then what was opened, before anything is done to it. */
typedef gboolean (*SmithPortCheckFunc) (const struct stat *node,
                                        gpointer user_data,
                                        GError **error);

SmithPort *smith_port_open (const char *device,
                            gint64 deadline,
                            SmithPortBusyFunc busy,
                            gpointer user_data,
                            GCancellable *cancellable,
                            GError **error);
SmithPort *smith_port_open_checked (const char *device,
                                    gint64 deadline,
                                    SmithPortCheckFunc check,
                                    SmithPortBusyFunc busy,
                                    gpointer user_data,
                                    GCancellable *cancellable,
                                    GError **error);
void smith_port_close (SmithPort *port);
const char *smith_port_get_device (SmithPort *port);
guint64 smith_port_get_number (SmithPort *port);
gboolean smith_port_is_same_node (const struct stat *a, const struct stat *b);

gssize smith_port_read (SmithPort *port,
                        guint8 *buffer,
                        gsize size,
                        gint64 deadline,
                        GCancellable *cancellable,
                        GError **error);
gboolean smith_port_write (SmithPort *port,
                           const guint8 *data,
                           gsize size,
                           gint64 deadline,
                           GCancellable *cancellable,
                           GError **error);
void smith_port_discard (SmithPort *port);
gboolean
smith_port_settle (SmithPort *port, guint quiet_ms, GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithPort, smith_port_close)

G_END_DECLS
