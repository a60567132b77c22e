/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * Peer:
 *
 * The other end of a port, played from a list of steps by a thread of its own:
 * it expects exactly these bytes and sends exactly those. Checksums and framing
 * are its own, so that what it expects does not come from what is tested.
 *
 * Steps are added before peer_start(). Hexadecimal text may have spaces. A
 * frame is given by its body, a packet without its checksum.
 */
typedef struct _Peer Peer;

Peer *peer_new (void);
const char *peer_get_device (Peer *peer);
void peer_start (Peer *peer);
void peer_finish (Peer *peer);

void peer_expect (Peer *peer, const void *data, gsize size);
void peer_expect_text (Peer *peer, const char *text);
void peer_expect_hex (Peer *peer, const char *hex);
void peer_expect_frame (Peer *peer, const char *hex);
void peer_expect_block (Peer *peer, guint32 number, const guint8 *data, gsize size);
void peer_expect_packet (Peer *peer, const guint8 *packet, gsize size);
void peer_expect_silence (Peer *peer, guint ms);

void peer_send (Peer *peer, const void *data, gsize size);
void peer_send_text (Peer *peer, const char *text);
void peer_send_hex (Peer *peer, const char *hex);
void peer_send_frame (Peer *peer, const char *hex);
void peer_send_bad_frame (Peer *peer, const char *hex);

void peer_wait (Peer *peer, guint ms);
void peer_hang_up (Peer *peer);
/* Not a step: waits until the host has something that it has not read yet. */
void peer_await_unread (Peer *peer);
/* The last step: sends @data again and again, and does not listen any more. */
void peer_flood (Peer *peer, const void *data, gsize size);

/* One question and its answer. */
void peer_answer_text (Peer *peer, const char *command, const char *answer);
void peer_answer_frame (Peer *peer, const char *question, const char *answer);

G_END_DECLS
