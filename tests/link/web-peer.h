/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What becomes of a connection once the answer was sent. */
typedef enum
{
  WEB_PEER_CLOSE,
  WEB_PEER_HOLD,    /* it stays open, silent, until web_peer_finish() */
  WEB_PEER_ENDLESS, /* the answer's tail is repeated until nobody takes it any more */
} WebPeerEnd;

/**
 * WebPeer:
 *
 * A bare server on the loopback, which sends what it was told to, byte for
 * byte, be it HTTP or not: one answer per connection, in the order in which
 * they were added. Behind the last one it takes no more connections: they wait
 * for an answer, and after web_peer_crowd() even for somebody to connect to.
 */
typedef struct _WebPeer WebPeer;

WebPeer *web_peer_new (void);
void web_peer_add (WebPeer *peer, const char *answer, const char *tail, WebPeerEnd end);
void web_peer_add_xml (WebPeer *peer, const char *headers, const char *body);
const char *web_peer_start (WebPeer *peer);
void web_peer_crowd (WebPeer *peer);
GPtrArray *web_peer_finish (WebPeer *peer);

G_END_DECLS
