/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "format/hilink-answer.h"

G_BEGIN_DECLS

/* Where a HiLink stick's web server is unless somebody has moved it. */
#define SMITH_HILINK_DEFAULT_ADDRESS "192.168.8.1"

/* No answer of a stick's web server is longer. */
#define SMITH_HILINK_ANSWER_MAX (256 * 1024)

/**
 * SmithHilink:
 *
 * A conversation with the web server of a stick with HiLink firmware. Every
 * call blocks, with a deadline (of smith_deadline_in()) and a cancellable: for
 * worker threads; one thread at a time. Tokens are fetched and renewed as the
 * server asks for them. Redirects are not followed, and no
 * more than SMITH_HILINK_ANSWER_MAX is read. Each request has a connection of
 * its own, which nothing else uses.
 *
 * Errors: SMITH_ERROR_TIMEOUT; DISCONNECTED where nobody answers at that
 * address, or the stick's network card is gone; WRONG_DEVICE where another
 * device might be reached instead of the stick; REFUSED with the server's code; PROTOCOL for an
 * answer that is none (a login page, a redirect, half a document); UNSUPPORTED where the server
 * does not know the request (its code 100002, or HTTP 404).
 */
typedef struct _SmithHilink SmithHilink;

SmithHilink *smith_hilink_new (const char *address);
SmithHilink *smith_hilink_new_for_card (guint card, GError **error);
void smith_hilink_free (SmithHilink *hilink);

char *smith_hilink_find_address (guint card);
char *smith_hilink_parse_gateway (const char *table, const char *network);
gboolean smith_hilink_is_only_way (const char *table, const char *network, const char *address);
char *smith_hilink_guess_gateway (const char *address, const char *mask);

SmithHilinkInfo *smith_hilink_get_information (SmithHilink *hilink,
                                               gint64 deadline,
                                               GCancellable *cancellable,
                                               GError **error);
gboolean smith_hilink_enter_download_mode (SmithHilink *hilink,
                                           gint64 deadline,
                                           GCancellable *cancellable,
                                           GError **error);
gboolean smith_hilink_open_ports (SmithHilink *hilink,
                                  gint64 deadline,
                                  GCancellable *cancellable,
                                  GError **error);
gboolean smith_hilink_restart (SmithHilink *hilink,
                               gint64 deadline,
                               GCancellable *cancellable,
                               GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithHilink, smith_hilink_free)

G_END_DECLS
