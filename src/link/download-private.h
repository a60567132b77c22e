/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "download.h"
#include "frame-channel.h"
#include "refusal.h"

G_BEGIN_DECLS

/* Commands of the binary stage; what a stick answers begins with ACK or NAK,
 * or for a question with a byte of its own. */
enum
{
  ACK = 0x02,
  NAK = 0x03,
  LEAVE = 0x01,
  RESTART = 0x0A,
  VERSION = 0x0C,
  VERSION_ANSWER = 0x0D,
  BEGIN = 0x41,
  BLOCK = 0x42,
  END = 0x43,
  PRODUCT = 0x45,
};

#define SMITH_DOWNLOAD_SETTLE_MS 50
#define SMITH_DOWNLOAD_QUESTION_MS 2000

/* After a repeat, a late answer to the first time may come, too. */
#define SMITH_DOWNLOAD_REPEAT_SETTLE_MS 300

struct _SmithDownload
{
  SmithPort *port;
  SmithFrameChannel *frames;
  gboolean frames_only; /* it knows no text */
  gboolean knows_text;  /* it has answered in text */
  gboolean binary;
  gboolean has_signature; /* the binary stage was entered with a file's signature */
  gboolean written;       /* something may have been written */
  gboolean goes_on;       /* and something was before */
  gboolean failed;        /* a partition was begun and not ended */
  gboolean restarts;      /* it said so */
  char *version;
  char *product;
};

gboolean smith_download_is_ack_or_nak (const guint8 *body, gsize size);
gboolean
smith_download_check_ack (SmithDownload *download, SmithRefusedCommand command, GError **error);
gboolean
smith_download_check_written (SmithDownload *download, GCancellable *cancellable, GError **error);
gboolean
smith_download_leave_binary (SmithDownload *download, GCancellable *cancellable, GError **error);

G_END_DECLS
