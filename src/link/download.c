/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "download-private.h"

#include <glib/gi18n.h>

#include "deadline.h"
#include "format/bytes.h"
#include "format/error.h"

#define BLOCK_HEAD 7
#define BEGIN_SIZE 12
#define END_SIZE 23

/* Sticks were promised at least half of these, and some take longer. */
#define BEGIN_MS 60000 /* may erase flash */
#define BLOCK_MS 10000
#define END_MS 120000 /* may program the tail and verify it */
#define RESTART_MS 5000

/* After a repeat, two answers may come: the late one and the repeat's. A stick
 * that was too slow for the first may be as slow for the second. */
#define OWED_MS (2 * BLOCK_MS)

/* An answer that came twice may have been taken for the next one: then that is
 * still on its way when everything seems to be answered. */
#define STRAY_MS 100
#define STRAY_MAX 16 /* so many are borne with at once */

#define BLOCK_TRIES 2

/**
 * smith_download_new:
 * @port: (transfer none): must outlive the conversation
 */
SmithDownload *
smith_download_new (SmithPort *port)
{
  SmithDownload *download = g_new0 (SmithDownload, 1);

  download->port = port;
  download->frames = smith_frame_channel_new (port);
  return download;
}

void
smith_download_free (SmithDownload *download)
{
  smith_frame_channel_free (download->frames);
  g_free (download->version);
  g_free (download->product);
  g_free (download);
}

/* Whatever is not the answer to a question says yes or, in any other way, no. */
gboolean
smith_download_is_ack_or_nak (const guint8 *body, gsize size)
{
  return body[0] != VERSION_ANSWER && body[0] != PRODUCT;
}

/* Whether the last answer, to @command, is ACK; a NAK is put into @error. The code is
 * the third byte. */
gboolean
smith_download_check_ack (SmithDownload *download, SmithRefusedCommand command, GError **error)
{
  gsize size;
  const guint8 *body = smith_frame_get_answer (download->frames, &size);
  g_autofree char *text = NULL;
  int code = SMITH_NO_REFUSAL;

  if (body[0] == ACK)
    return TRUE;
  if (size >= 2)
    code = size >= 3 ? body[2] : body[1];
  text = smith_refusal_describe (code, command, smith_download_is_balong (download));
  smith_set_refusal (error, code, "%s", text);
  return FALSE;
}

/* Returns: (transfer none) (nullable): what the stick calls its loader */
const char *
smith_download_get_version (SmithDownload *download)
{
  return download->version;
}

/* Returns: (transfer none) (nullable): the stick's product id; NULL if it told none */
const char *
smith_download_get_product (SmithDownload *download)
{
  return download->product;
}

/* Answers that nobody asked for: while something is written, none is dropped
 * unread, since it may be the true one to what another was taken for. Looks
 * until none came for @quiet_ms. Returns: FALSE if one is a no (to @command), or
 * there are more than @max. */
static gboolean
take_stray (SmithDownload *download,
            SmithRefusedCommand command,
            guint quiet_ms,
            guint max,
            GCancellable *cancellable,
            GError **error)
{
  for (guint n = 0; n <= max; n++)
    {
      SmithFrameResult result = smith_frame_look (download->frames, quiet_ms,
                                                  smith_download_is_ack_or_nak, cancellable, error);

      if (result != SMITH_FRAME_ANSWER)
        return result == SMITH_FRAME_LOST;
      if (!smith_download_check_ack (download, command, error))
        return FALSE;
      g_info ("an answer too many");
    }
  g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_PROTOCOL,
                       _ ("The stick has answered more often than it was asked: it is not certain "
                          "that everything was written"));
  return FALSE;
}

/* The last look at what was written before something else follows: a no that
 * comes late is one to that. */
gboolean
smith_download_check_written (SmithDownload *download, GCancellable *cancellable, GError **error)
{
  if (!download->written
      || take_stray (download, SMITH_REFUSED_END, 0, STRAY_MAX, cancellable, error))
    return TRUE;
  download->failed = TRUE;
  return FALSE;
}

/* Sends begin or end, which must never be repeated: done or failed. */
static gboolean
command_once (SmithDownload *download,
              SmithRefusedCommand command,
              const guint8 *body,
              gsize size,
              guint timeout_ms,
              GCancellable *cancellable,
              GError **error)
{
  SmithFrameResult result = smith_frame_exchange (download->frames, body, size, timeout_ms,
                                                  smith_download_is_ack_or_nak, cancellable, error);

  if (result == SMITH_FRAME_LOST)
    g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT,
                         _ ("The stick does not answer, or its answer arrived damaged"));
  return result == SMITH_FRAME_ANSWER && smith_download_check_ack (download, command, error);
}

static gboolean
begin_partition (SmithDownload *download,
                 guint32 id,
                 guint64 size,
                 GCancellable *cancellable,
                 GError **error)
{
  guint8 body[BEGIN_SIZE] = { BEGIN };
  SmithRefusedCommand command
      = download->written || download->goes_on ? SMITH_REFUSED_BEGIN : SMITH_REFUSED_FIRST_BEGIN;

  if (!download->written)
    smith_port_discard (download->port);
  smith_put_u32_be (body + 1, id);
  smith_put_u32_be (body + 5, (guint32) size);
  return command_once (download, command, body, sizeof body, BEGIN_MS, cancellable, error);
}

/* Nothing that belongs to a block may be taken for the answer to this, nor
 * another behind it be overheard. */
static gboolean
end_partition (SmithDownload *download,
               guint32 id,
               guint64 size,
               GCancellable *cancellable,
               GError **error)
{
  guint8 body[END_SIZE] = { END };
  g_autoptr (GError) local = NULL;

  smith_put_u32_be (body + 1, (guint32) size);
  smith_put_u32_be (body + 8, id);
  if (!take_stray (download, SMITH_REFUSED_BLOCK, STRAY_MS, 0, cancellable, error)
      || !command_once (download, SMITH_REFUSED_END, body, sizeof body, END_MS, cancellable, error))
    return FALSE;
  /* It has said yes: that it leaves then, or that somebody cancels, changes nothing. */
  if (take_stray (download, SMITH_REFUSED_END, STRAY_MS, STRAY_MAX, cancellable, &local)
      || local->domain != SMITH_ERROR || local->code == SMITH_ERROR_DISCONNECTED)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* No answer to an earlier try may be taken for that to the next command. */
static gboolean
await_owed (SmithDownload *download, guint owed, GCancellable *cancellable, GError **error)
{
  if (owed == 0)
    return take_stray (download, SMITH_REFUSED_BLOCK, SMITH_DOWNLOAD_REPEAT_SETTLE_MS, STRAY_MAX,
                       cancellable, error);
  switch (smith_frame_await (download->frames, OWED_MS, smith_download_is_ack_or_nak, cancellable,
                             error))
    {
    case SMITH_FRAME_ANSWER:
      /* One of the two was refused: what the stick holds is not known any more. */
      return smith_download_check_ack (download, SMITH_REFUSED_BLOCK, error);
    case SMITH_FRAME_LOST:
      return TRUE;
    case SMITH_FRAME_FAILED:
    default:
      return FALSE;
    }
}

/* A lost answer lets the same block go out once more: the stick knows its
 * number and does not write it twice. */
static gboolean
write_block (SmithDownload *download,
             guint8 *body,
             guint32 number,
             gsize size,
             GCancellable *cancellable,
             GError **error)
{
  SmithFrameResult result = SMITH_FRAME_LOST;
  guint owed = 0;
  guint tries = 0;

  body[0] = BLOCK;
  smith_put_u32_be (body + 1, number);
  smith_put_u16_be (body + 5, (guint16) size);
  if (!take_stray (download, SMITH_REFUSED_BLOCK, 0, STRAY_MAX, cancellable, error))
    return FALSE;
  for (; tries < BLOCK_TRIES && result == SMITH_FRAME_LOST; tries++)
    {
      result = smith_frame_exchange (download->frames, body, BLOCK_HEAD + size, BLOCK_MS,
                                     smith_download_is_ack_or_nak, cancellable, error);
      if (result == SMITH_FRAME_FAILED)
        return FALSE;
      if (result == SMITH_FRAME_ANSWER)
        continue;
      g_info ("block %u: no answer that can be read", number);
      if (!smith_frame_was_damaged (download->frames))
        owed++;
    }
  if (result == SMITH_FRAME_LOST)
    {
      g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT,
                           _ ("The stick stopped answering"));
      return FALSE;
    }
  if (!smith_download_check_ack (download, SMITH_REFUSED_BLOCK, error))
    return FALSE;
  return tries == 1 || await_owed (download, owed, cancellable, error);
}

static gboolean
write_blocks (SmithDownload *download,
              guint64 size,
              SmithExpander *data,
              const SmithDownloadFuncs *funcs,
              gpointer user_data,
              GCancellable *cancellable,
              GError **error)
{
  guint8 body[BLOCK_HEAD + SMITH_DOWNLOAD_BLOCK_MAX];
  guint64 done = 0;
  guint32 number = 0;
  gssize n;

  while ((n = smith_expander_read (data, body + BLOCK_HEAD, SMITH_DOWNLOAD_BLOCK_MAX, error)) > 0)
    {
      if (done + (guint64) n > size)
        break;
      if (!write_block (download, body, ++number, (gsize) n, cancellable, error))
        return FALSE;
      done += (guint64) n;
      if (funcs->progress != NULL)
        funcs->progress (done, user_data);
    }
  if (n < 0)
    return FALSE;
  if (n > 0 || done != size)
    {
      g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE,
                           _ ("The file has changed while it was being written"));
      return FALSE;
    }
  return funcs->check == NULL || funcs->check (user_data, error);
}

/**
 * smith_download_write_partition:
 * @id: of the partition
 * @size: bytes of the expanded data, at most SMITH_EXPANDED_MAX
 * @data: at its beginning; is read as it is needed
 *
 * Begins a partition, writes it in blocks of up to 4096 bytes and ends it.
 * Begin and end are never repeated; a block once at the most. After an error
 * the partition is not complete and no other may follow.
 *
 * Returns: FALSE with SMITH_ERROR_REFUSED (with the stick's code), TIMEOUT,
 *   DISCONNECTED, PROTOCOL (more answers than commands), BAD_FILE (@data is
 *   damaged or not of @size), G_IO_ERROR_CANCELLED, or what the check set
 */
gboolean
smith_download_write_partition (SmithDownload *download,
                                guint32 id,
                                guint64 size,
                                SmithExpander *data,
                                const SmithDownloadFuncs *funcs,
                                gpointer user_data,
                                GCancellable *cancellable,
                                GError **error)
{
  g_autoptr (GError) local = NULL;

  g_return_val_if_fail (download->binary && !download->failed, FALSE);
  g_return_val_if_fail (size > 0 && size <= SMITH_EXPANDED_MAX, FALSE);

  /* From here on it is not known any more whether nothing was touched. */
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (!smith_download_check_written (download, cancellable, error))
    return FALSE;
  if (!begin_partition (download, id, size, cancellable, &local))
    {
      /* A refusal comes before anything is erased; silence may not. */
      if (!g_error_matches (local, SMITH_ERROR, SMITH_ERROR_REFUSED))
        download->written = download->failed = TRUE;
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  download->failed = TRUE;
  download->written = TRUE;
  if (!write_blocks (download, size, data, funcs, user_data, cancellable, error)
      || !end_partition (download, id, size, cancellable, error))
    return FALSE;
  download->failed = FALSE;
  return TRUE;
}

/**
 * smith_download_set_goes_on:
 *
 * To be told where the stick was written to before, in another conversation:
 * of no partition is it said then that nothing was written before it.
 */
void
smith_download_set_goes_on (SmithDownload *download)
{
  download->goes_on = TRUE;
}

/**
 * smith_download_has_written:
 *
 * Returns: whether the stick's content may have been touched
 */
gboolean
smith_download_has_written (SmithDownload *download)
{
  return download->written;
}

/* Waits until the port dies. Returns: whether it did. */
static gboolean
wait_gone (SmithDownload *download, guint ms, GCancellable *cancellable)
{
  gint64 deadline = smith_deadline_in (ms);
  guint8 buffer[256];

  while (!smith_deadline_passed (deadline))
    {
      g_autoptr (GError) local = NULL;

      if (smith_port_read (download->port, buffer, sizeof buffer, deadline, cancellable, &local)
          < 0)
        return g_error_matches (local, SMITH_ERROR, SMITH_ERROR_DISCONNECTED);
    }
  return FALSE;
}

/**
 * smith_download_restart:
 *
 * Has the stick start its firmware. It may leave without an answer; if it
 * stays, it is asked once more as text. Never after a partition that was not
 * ended. Up to ten seconds.
 *
 * Returns: FALSE with SMITH_ERROR_REFUSED or G_IO_ERROR_CANCELLED. That it
 *   really comes back shows on the bus only
 */
gboolean
smith_download_restart (SmithDownload *download, GCancellable *cancellable, GError **error)
{
  const guint8 restart = RESTART;
  static const char reset[] = "AT^RESET\r";
  g_autoptr (GError) local = NULL;
  SmithFrameResult result;

  g_return_val_if_fail (!download->failed, FALSE);
  if (!smith_download_check_written (download, cancellable, &local))
    {
      if (g_error_matches (local, SMITH_ERROR, SMITH_ERROR_DISCONNECTED))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  smith_port_discard (download->port);
  result = smith_frame_exchange (download->frames, &restart, 1, RESTART_MS,
                                 smith_download_is_ack_or_nak, cancellable, &local);
  if (result == SMITH_FRAME_FAILED)
    {
      if (g_error_matches (local, SMITH_ERROR, SMITH_ERROR_DISCONNECTED))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (result == SMITH_FRAME_ANSWER
      && !smith_download_check_ack (download, SMITH_REFUSED_OTHER, error))
    return FALSE;
  download->restarts = result == SMITH_FRAME_ANSWER;
  if (!wait_gone (download, RESTART_MS / 2, cancellable) && !download->frames_only)
    smith_port_write (download->port, (const guint8 *) reset, sizeof reset - 1,
                      smith_deadline_in (RESTART_MS / 2), cancellable, NULL);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

/**
 * smith_download_is_restarting:
 *
 * Returns: whether the stick confirmed that it restarts; one that did not may
 *   have left for another reason, and wait in download mode still
 */
gboolean
smith_download_is_restarting (SmithDownload *download)
{
  return download->restarts;
}

/**
 * smith_download_leave:
 *
 * Leaves the binary stage where the stick knows how to, so that another
 * program (or the next attempt) finds it in text. Best effort.
 */
void
smith_download_leave (SmithDownload *download, GCancellable *cancellable)
{
  g_autoptr (GError) local = NULL;

  if (download->binary && !download->failed
      && !smith_download_leave_binary (download, cancellable, &local))
    g_info ("leaving the binary stage: %s", local->message);
}
