/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "frame-channel.h"

#include "deadline.h"
#include "format/error.h"
#include "format/hdlc.h"
#include "trace.h"

#define READ_SIZE 1024

/* After a frame that makes no sense a good one may follow at once (a stray line
 * in front of the answer looks like one); if not, none will. */
#define AFTER_NONSENSE_MS 1000

struct _SmithFrameChannel
{
  SmithPort *port;
  SmithHdlcDecoder *decoder;
  guint8 in[READ_SIZE]; /* what came */
  gsize in_size;
  gsize in_used;
  gboolean damaged; /* a frame came that could not be read */
  guint8 out[SMITH_HDLC_ENCODED_MAX (SMITH_FRAME_BODY_MAX)];
};

/**
 * smith_frame_channel_new:
 * @port: must outlive the channel
 */
SmithFrameChannel *
smith_frame_channel_new (SmithPort *port)
{
  SmithFrameChannel *channel = g_new0 (SmithFrameChannel, 1);

  channel->port = port;
  channel->decoder = smith_hdlc_decoder_new ();
  return channel;
}

void
smith_frame_channel_free (SmithFrameChannel *channel)
{
  smith_hdlc_decoder_free (channel->decoder);
  g_free (channel);
}

/* Looks for a wanted frame in what came; what comes behind it stays. Returns:
 * whether there is one; @nonsense is set if there was a frame that cannot be read. */
static gboolean
look (SmithFrameChannel *channel, SmithFrameFunc wanted, gboolean *nonsense)
{
  while (channel->in_used < channel->in_size)
    {
      gsize used;
      gsize body_size;
      const guint8 *body;
      SmithHdlcEvent event
          = smith_hdlc_decoder_feed (channel->decoder, channel->in + channel->in_used,
                                     channel->in_size - channel->in_used, &used);

      channel->in_used += used;
      if (event == SMITH_HDLC_BAD)
        *nonsense = TRUE;
      if (event == SMITH_HDLC_BAD)
        smith_trace_note ("< a frame that cannot be read");
      if (event != SMITH_HDLC_FRAME)
        continue;
      body = smith_hdlc_decoder_get_body (channel->decoder, &body_size);
      smith_trace_frame_received (body, body_size);
      if (wanted (body, body_size))
        return TRUE;
      g_debug ("passed over a frame of kind %02X", body[0]);
    }
  return FALSE;
}

/* Waits for more. Returns: whether it came; if not, @lost tells silence from failure,
 * which is worth a note where something was @expected. */
static gboolean
fill (SmithFrameChannel *channel,
      gboolean expected,
      gint64 deadline,
      gboolean *lost,
      GCancellable *cancellable,
      GError **error)
{
  g_autoptr (GError) local = NULL;
  gssize n = smith_port_read (channel->port, channel->in, sizeof channel->in, deadline, cancellable,
                              &local);

  *lost = n < 0 && g_error_matches (local, SMITH_ERROR, SMITH_ERROR_TIMEOUT);
  if (n < 0 && (expected || !*lost))
    smith_trace_note ("< %s", *lost ? "no answer" : local->message);
  if (n < 0 && !*lost)
    g_propagate_error (error, g_steal_pointer (&local));
  channel->in_size = n > 0 ? (gsize) n : 0;
  channel->in_used = 0;
  return n > 0;
}

static SmithFrameResult
await (SmithFrameChannel *channel,
       gboolean expected,
       gint64 deadline,
       SmithFrameFunc wanted,
       GCancellable *cancellable,
       GError **error)
{
  while (TRUE)
    {
      gboolean nonsense = FALSE;
      gboolean lost;

      if (look (channel, wanted, &nonsense))
        return SMITH_FRAME_ANSWER;
      if (nonsense)
        {
          g_info ("an answer that cannot be read");
          channel->damaged = TRUE;
          deadline = smith_deadline_sooner (deadline, AFTER_NONSENSE_MS);
        }
      if (!fill (channel, expected, deadline, &lost, cancellable, error))
        return lost ? SMITH_FRAME_LOST : SMITH_FRAME_FAILED;
      /* A port that never stops sending would never let a read time out. */
      if (smith_deadline_passed (deadline))
        return look (channel, wanted, &nonsense) ? SMITH_FRAME_ANSWER : SMITH_FRAME_LOST;
    }
}

/**
 * smith_frame_exchange:
 * @body: @size bytes, at most SMITH_FRAME_BODY_MAX
 * @timeout_ms: for the answer
 *
 * Sends a frame and waits for the answer to it. A frame with a wrong checksum
 * counts as lost. Blocks. The answer stays until the next call.
 */
SmithFrameResult
smith_frame_exchange (SmithFrameChannel *channel,
                      const guint8 *body,
                      gsize size,
                      guint timeout_ms,
                      SmithFrameFunc wanted,
                      GCancellable *cancellable,
                      GError **error)
{
  gsize length = smith_hdlc_encode (body, size, channel->out);
  gint64 deadline = smith_deadline_in (timeout_ms);

  smith_hdlc_decoder_reset (channel->decoder);
  channel->in_size = channel->in_used = 0;
  channel->damaged = FALSE;
  smith_trace_frame_sent (body, size);
  if (!smith_port_write (channel->port, channel->out, length, deadline, cancellable, error))
    return SMITH_FRAME_FAILED;
  return await (channel, TRUE, deadline, wanted, cancellable, error);
}

/**
 * smith_frame_await:
 *
 * Waits for one more answer, with nothing sent. Blocks.
 */
SmithFrameResult
smith_frame_await (SmithFrameChannel *channel,
                   guint timeout_ms,
                   SmithFrameFunc wanted,
                   GCancellable *cancellable,
                   GError **error)
{
  return await (channel, TRUE, smith_deadline_in (timeout_ms), wanted, cancellable, error);
}

/**
 * smith_frame_look:
 * @quiet_ms: how long to look; 0 for what has come already
 *
 * Looks for an answer that nobody waits for: the next exchange would drop it
 * unread. Blocks.
 *
 * Returns: SMITH_FRAME_LOST if there is none, which is as it should be
 */
SmithFrameResult
smith_frame_look (SmithFrameChannel *channel,
                  guint quiet_ms,
                  SmithFrameFunc wanted,
                  GCancellable *cancellable,
                  GError **error)
{
  return await (channel, FALSE, smith_deadline_in (quiet_ms), wanted, cancellable, error);
}

/* Returns: whether a frame came since the last was sent that could not be read */
gboolean
smith_frame_was_damaged (SmithFrameChannel *channel)
{
  return channel->damaged;
}

/* Returns: (transfer none): the body of the last answer */
const guint8 *
smith_frame_get_answer (SmithFrameChannel *channel, gsize *size)
{
  return smith_hdlc_decoder_get_body (channel->decoder, size);
}
