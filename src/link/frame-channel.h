/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "port.h"

G_BEGIN_DECLS

/* A block: command, number, length, data. Nothing longer is ever sent. */
#define SMITH_FRAME_BODY_MAX (7 + 4096)

/**
 * SmithFrameResult:
 * @SMITH_FRAME_ANSWER: an answer of the wanted kind came
 * @SMITH_FRAME_LOST: nothing that makes sense came in time
 * @SMITH_FRAME_FAILED: the stick left, or it was cancelled; the error says which
 */
typedef enum
{
  SMITH_FRAME_ANSWER,
  SMITH_FRAME_LOST,
  SMITH_FRAME_FAILED,
} SmithFrameResult;

/* Tells whether a body is an answer to what was sent; others are passed over. */
typedef gboolean (*SmithFrameFunc) (const guint8 *body, gsize size);

/**
 * SmithFrameChannel:
 *
 * Frames over a port, one command and its answer at a time.
 */
typedef struct _SmithFrameChannel SmithFrameChannel;

SmithFrameChannel *smith_frame_channel_new (SmithPort *port);
void smith_frame_channel_free (SmithFrameChannel *channel);
SmithFrameResult smith_frame_exchange (SmithFrameChannel *channel,
                                       const guint8 *body,
                                       gsize size,
                                       guint timeout_ms,
                                       SmithFrameFunc wanted,
                                       GCancellable *cancellable,
                                       GError **error);
SmithFrameResult smith_frame_await (SmithFrameChannel *channel,
                                    guint timeout_ms,
                                    SmithFrameFunc wanted,
                                    GCancellable *cancellable,
                                    GError **error);
SmithFrameResult smith_frame_look (SmithFrameChannel *channel,
                                   guint quiet_ms,
                                   SmithFrameFunc wanted,
                                   GCancellable *cancellable,
                                   GError **error);
gboolean smith_frame_was_damaged (SmithFrameChannel *channel);
const guint8 *smith_frame_get_answer (SmithFrameChannel *channel, gsize *size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithFrameChannel, smith_frame_channel_free)

G_END_DECLS
