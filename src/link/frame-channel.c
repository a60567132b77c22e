/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "frame-channel.h"

#include "deadline.h"
#include "format/error.h"
#include "format/hdlc.h"

#define READ_SIZE 1024

/* After a frame that makes no sense a good one may follow at once (a stray line
 * in front of the answer looks like one); if not, none will. */
#define AFTER_NONSENSE_MS 1000

struct _SmithFrameChannel
{
  SmithPort *port;
  SmithHdlcDecoder *decoder;
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

/* Looks for a wanted frame in what came. Returns: whether there is one;
 * @nonsense is set if a frame came that could not be read. */
static gboolean
look (SmithFrameChannel *channel,
      const guint8 *data,
      gsize size,
      SmithFrameFunc wanted,
      gboolean *nonsense)
{
  while (size > 0)
    {
      gsize used;
      gsize body_size;
      const guint8 *body;
      SmithHdlcEvent event = smith_hdlc_decoder_feed (channel->decoder, data, size, &used);

      data += used;
      size -= used;
      if (event == SMITH_HDLC_BAD)
        *nonsense = TRUE;
      if (event != SMITH_HDLC_FRAME)
        continue;
      body = smith_hdlc_decoder_get_body (channel->decoder, &body_size);
      if (wanted (body, body_size))
        return TRUE;
      g_debug ("passed over a frame of kind %02X", body[0]);
    }
  return FALSE;
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
  g_autoptr (GError) local = NULL;
  guint8 buffer[READ_SIZE];

  smith_hdlc_decoder_reset (channel->decoder);
  if (!smith_port_write (channel->port, channel->out, length, deadline, cancellable, &local))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return SMITH_FRAME_FAILED;
    }
  while (TRUE)
    {
      gboolean nonsense = FALSE;
      gssize n
          = smith_port_read (channel->port, buffer, sizeof buffer, deadline, cancellable, &local);

      if (n < 0 && g_error_matches (local, SMITH_ERROR, SMITH_ERROR_TIMEOUT))
        return SMITH_FRAME_LOST;
      if (n < 0)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return SMITH_FRAME_FAILED;
        }
      if (look (channel, buffer, (gsize) n, wanted, &nonsense))
        return SMITH_FRAME_ANSWER;
      if (nonsense)
        {
          g_info ("an answer that cannot be read");
          deadline = smith_deadline_sooner (deadline, AFTER_NONSENSE_MS);
        }
    }
}

/* Returns: (transfer none): the body of the last answer */
const guint8 *
smith_frame_get_answer (SmithFrameChannel *channel, gsize *size)
{
  return smith_hdlc_decoder_get_body (channel->decoder, size);
}
