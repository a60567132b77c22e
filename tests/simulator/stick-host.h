/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "simulator/virtual-stick.h"

G_BEGIN_DECLS

/*
 * The host's side of a virtual stick, for tests: bytes made by hand over an
 * open port. Whatever goes wrong ends the test.
 */
typedef struct
{
  SmithVirtualBus *bus;
  SmithFaultScript *faults;
  SmithVirtualStick *stick;
  char *device; /* of the port that is open */
  int fd;       /* -1: none */
  guint64 seen;
} Host;

void host_start (Host *host, const SmithVirtualStickConfig *config, const char *faults);
void host_start_plain (Host *host, SmithMode mode, const char *faults);
void host_clear (Host *host);
void host_open (Host *host);
void host_expect_return (Host *host, SmithMode mode);
void host_expect_gone (Host *host);

void host_send (Host *host, const void *data, gsize size);
gsize host_receive (Host *host, guint8 *data, gsize size, int timeout_ms);
void host_expect (Host *host, const void *data, gsize size);
void host_expect_silence (Host *host);
void host_expect_hang_up (Host *host);
void host_drain (Host *host);
void host_expect_log (Host *host, const char *text);
guint host_count_log (Host *host, const char *text);
SmithStick *host_find (Host *host);

/* Text. */
void host_ask (Host *host, const char *command, const char *answer);

/* Boot ROM; the answer is one byte. */
guint8 host_packet (Host *host, const guint8 *packet, gsize size);
guint8 host_head (Host *host, guint8 mode, guint32 size, guint32 address);
guint8 host_data (Host *host, guint8 seq, const guint8 *data, gsize size);
guint8 host_end (Host *host, guint8 seq);
gsize host_make_packet (guint8 *out, const guint8 *body, gsize size);
void host_upload (Host *host, guint8 mode, const guint8 *data, gsize size);

/* Frames; the answer is 0 for ACK or the NAK's code. */
void host_enter_binary (Host *host);
gsize host_receive_frame (Host *host, guint8 *body, gsize size);
void host_send_frame (Host *host, const guint8 *body, gsize size);
guint host_frame (Host *host, const guint8 *body, gsize size);
guint host_begin (Host *host, guint32 id, guint32 size);
gsize host_make_block (guint8 *out, guint32 number, const guint8 *data, gsize size);
guint host_block (Host *host, guint32 number, const guint8 *data, gsize size);
guint host_finish (Host *host, guint32 id, guint32 size);
void host_write_partition (Host *host, guint32 id, const guint8 *data, gsize size);

G_END_DECLS
