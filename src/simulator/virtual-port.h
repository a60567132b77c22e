/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SmithVirtualPort:
 *
 * The stick's end of one pseudo-terminal. The other end is a raw line without
 * echo from the start, and is held open here too, so that the line stands
 * before and between the visits of its host. Freeing it is unplugging: the host
 * sees a hang-up.
 *
 * Not thread-safe. Where @wake is wanted it is a file descriptor that becomes
 * readable when all waiting must end.
 */
typedef struct _SmithVirtualPort SmithVirtualPort;

typedef enum
{
  SMITH_PORT_READ,  /* bytes came */
  SMITH_PORT_QUIET, /* nothing came in time */
  SMITH_PORT_WOKEN, /* @wake became readable, or the line is broken */
} SmithPortEvent;

SmithVirtualPort *smith_virtual_port_open (GError **error);
void smith_virtual_port_free (SmithVirtualPort *port);
const char *smith_virtual_port_get_name (SmithVirtualPort *port);
SmithPortEvent smith_virtual_port_read (SmithVirtualPort *port,
                                        int wake,
                                        int timeout_ms,
                                        guint8 *buffer,
                                        gsize size,
                                        gsize *n_read);
gboolean
smith_virtual_port_write (SmithVirtualPort *port, int wake, const guint8 *data, gsize size);
gboolean smith_virtual_port_is_touched (SmithVirtualPort *port);
void smith_virtual_port_drain (SmithVirtualPort *port, int wake);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithVirtualPort, smith_virtual_port_free)

G_END_DECLS
