/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "link/download.h"
#include "peer.h"

G_BEGIN_DECLS

/*
 * What a stick in download mode is asked and says, as steps of a peer, and the
 * conversation under test at the other end.
 */

#define ACK "02"
#define OK "\r\nOK\r\n"
#define ERROR "\r\nERROR\r\n"
#define TEXT_VERSION "\r\n2.0\r\n\r\nOK\r\n"

#define ASK_VERSION "7E 0C 14 3A 7E"
#define ASK_PRODUCT "7E 45 D1 E5 7E"
#define RESTART "7E 0A 22 5F 7E"
#define LEAVE "01"

#define BALONG "0D 0F 37 32 30 30 42 2D 2D 53 4B 43 42 41 44 5A 4D"
#define QUALCOMM "0D 0C 4D 36 32 78 78 2D 4F 45 4D 53 42 4C"
#define PRODUCT_V7R11 "45 42 56 37 52 31 31 48 53 00 00 00 00"

#define KEY "3CB2F66A9D0B2B6B3C6E9D1B7F7A1F0C5E24D8A79B60417FD2C8E5A3196B0D4E"

/* Waiting is shortened to this. */
#define SCALE 0.1

typedef struct
{
  SmithPort *port;
  SmithDownload *download;
} Host;

void host_open (Host *host, Peer *peer);
void host_clear (Host *host);
void host_enter (Host *host, Peer *peer);
gboolean host_write (Host *host, guint32 id, const guint8 *data, gsize size, GError **error);

void steps_probe (Peer *peer);
void steps_questions (Peer *peer);
void steps_enter (Peer *peer);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Host, host_clear)

G_END_DECLS
