/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "diagnostics.h"

#include <glib/gi18n.h>

#include "deadline.h"
#include "format/at-answer.h"
#include "format/bytes.h"
#include "format/error.h"
#include "frame-channel.h"
#include "trace.h"

#define TEXT_MS 5000
#define AFTER_TEXT_MS 1000 /* the port has become another: it may answer or not */
#define QUIET_MS 100
#define FRAME_MS 2000
#define QUESTION_TRIES 3

/* The few commands that mean the same to a stick at work and in download mode,
 * or nothing. All others mean something else there and must not be sent. */
#define VERSION 0x0C
#define SUBSYSTEM 0x4B
#define DOWNLOAD 0x3A

#define VERSION_ANSWER 0x0D /* of a loader; a stick at work does not know VERSION */
#define NAK 0x03
#define BAD_COMMAND 0x13 /* and 14, 15: bad values, bad length; behind it the command */
#define BAD_LENGTH 0x15

/* Huawei's question for the versions, and how long each text is in the answer. */
static const guint8 identify_question[] = { SUBSYSTEM, 0xC9, 0x03, 0xFF };
#define FIRMWARE_SIZE 31
#define HARDWARE_SIZE 32

static gboolean
is_refusal (const guint8 *body, gsize size, guint8 command)
{
  return size >= 2 && body[0] >= BAD_COMMAND && body[0] <= BAD_LENGTH && body[1] == command;
}

static gboolean
is_version_answer (const guint8 *body, gsize size)
{
  return body[0] == VERSION_ANSWER || is_refusal (body, size, VERSION);
}

static gboolean
is_identity (const guint8 *body, gsize size)
{
  return is_refusal (body, size, SUBSYSTEM)
         || (size > sizeof identify_question
             && memcmp (body, identify_question, sizeof identify_question) == 0);
}

static gboolean
is_download_answer (const guint8 *body, gsize size)
{
  return body[0] == DOWNLOAD || body[0] == NAK || is_refusal (body, size, DOWNLOAD);
}

/* Sends a line of text as these sticks take it and waits for the answer.
 * Returns: the answer; NULL without an error if nothing came that is one */
static SmithAtAnswer *
ask_text (SmithPort *port,
          const char *command,
          guint timeout_ms,
          GCancellable *cancellable,
          GError **error)
{
  g_autoptr (SmithAtParser) parser = smith_at_parser_new (command);
  g_autofree char *line = g_strconcat (command, "\r\n", NULL);
  gint64 deadline = smith_deadline_in (timeout_ms);
  g_autoptr (GError) local = NULL;
  SmithAtAnswer *answer = NULL;
  guint8 buffer[1024];

  smith_port_discard (port);
  smith_trace_command (command);
  if (!smith_port_write (port, (const guint8 *) line, strlen (line), deadline, cancellable, error))
    return NULL;
  while (answer == NULL && !smith_deadline_passed (deadline))
    {
      gssize n = smith_port_read (port, buffer, sizeof buffer, deadline, cancellable, &local);

      if (n < 0 || !smith_at_parser_feed (parser, buffer, (gsize) n, &local))
        break;
      answer = smith_at_parser_take (parser);
    }
  smith_trace_answer (answer);
  if (local != NULL && !g_error_matches (local, SMITH_ERROR, SMITH_ERROR_TIMEOUT)
      && !g_error_matches (local, SMITH_ERROR, SMITH_ERROR_PROTOCOL))
    g_propagate_error (error, g_steal_pointer (&local));
  return answer;
}

/* Makes the AT port a diagnostics port. One that is silent may be one already,
 * from an earlier attempt: what comes next tells. */
static gboolean
open_diagnostics (SmithPort *port, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (SmithAtAnswer) answer = NULL;
  g_autoptr (SmithAtAnswer) ignored = NULL;

  answer = ask_text (port, "AT$QCDMG", TEXT_MS, cancellable, &local);
  if (answer != NULL && answer->result != SMITH_AT_OK)
    {
      g_autofree char *why = smith_at_answer_describe (answer);

      g_set_error (error, SMITH_ERROR, SMITH_ERROR_UNSUPPORTED,
                   _ ("The stick does not open its diagnostics port: %s"), why);
      return FALSE;
    }
  if (local == NULL)
    ignored = ask_text (port, "AT^DISLOG=255", AFTER_TEXT_MS, cancellable, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  return smith_port_settle (port, QUIET_MS, cancellable, error);
}

/* A question that changes nothing is asked up to three times. */
static gboolean
ask (SmithFrameChannel *channel,
     const guint8 *question,
     gsize size,
     SmithFrameFunc wanted,
     GCancellable *cancellable,
     GError **error)
{
  SmithFrameResult result = SMITH_FRAME_LOST;

  for (guint try = 0; try < QUESTION_TRIES && result == SMITH_FRAME_LOST; try++)
    result = smith_frame_exchange (channel, question, size, FRAME_MS, wanted, cancellable, error);
  if (result == SMITH_FRAME_LOST)
    g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT,
                         _ ("The stick does not answer on its diagnostics port"));
  return result == SMITH_FRAME_ANSWER;
}

/* A short answer may end before the field does. */
static void
read_text (SmithReader *r, gsize size, char *text)
{
  smith_read_text (r, MIN (size, r->size - r->pos), text);
  g_strstrip (text);
}

/* Asks the stick at work what it is. One that does not know this question is
 * none that this program knows. */
static gboolean
identify (SmithFrameChannel *channel,
          SmithDiagnosticsInfo *info,
          GCancellable *cancellable,
          GError **error)
{
  const guint8 *body;
  SmithReader r;
  gsize size;

  if (!ask (channel, identify_question, sizeof identify_question, is_identity, cancellable, error))
    return FALSE;
  body = smith_frame_get_answer (channel, &size);
  if (body[0] != SUBSYSTEM)
    {
      g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_UNSUPPORTED,
                           _ ("The stick does not say what it is on its diagnostics port"));
      return FALSE;
    }
  r = smith_reader (body, size);
  smith_read_bytes (&r, sizeof identify_question);
  read_text (&r, FIRMWARE_SIZE, info->firmware);
  read_text (&r, HARDWARE_SIZE, info->hardware);
  g_info ("a stick at work: firmware %s, hardware %s", info->firmware, info->hardware);
  return TRUE;
}

/* Sent once: a stick that leaves instead of answering has done as told. */
static gboolean
demand_download (SmithFrameChannel *channel, GCancellable *cancellable, GError **error)
{
  const guint8 command = DOWNLOAD;
  g_autoptr (GError) local = NULL;
  SmithFrameResult result = smith_frame_exchange (channel, &command, 1, FRAME_MS,
                                                  is_download_answer, cancellable, &local);
  const guint8 *body;
  gsize size;

  if (result == SMITH_FRAME_FAILED
      && g_error_matches (local, SMITH_ERROR, SMITH_ERROR_DISCONNECTED))
    return TRUE;
  if (result == SMITH_FRAME_FAILED)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (result == SMITH_FRAME_LOST)
    {
      g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT,
                           _ ("The stick does not say whether it goes to download mode"));
      return FALSE;
    }
  body = smith_frame_get_answer (channel, &size);
  if (body[0] == DOWNLOAD)
    return TRUE;
  smith_set_refusal (error, body[0] == NAK && size >= 3 ? smith_get_u16_be (body + 1) : body[0],
                     _ ("The stick refuses to go to download mode"));
  return FALSE;
}

/**
 * smith_diagnostics_enter_download_mode:
 * @port: the AT port of a Qualcomm stick at work
 * @info: (out caller-allocates): what it told about itself; complete as far as
 *   it went also after an error
 *
 * Asks an older Qualcomm stick (E1550 and its like) to restart in download
 * mode. The AT port becomes a diagnostics port; the version question of
 * download mode is refused there by a stick at work (13 0C) and answered (0D)
 * by one whose loader runs already: that one is left as it is. Only a stick at
 * work that says its versions is sent the command, once. As seen on the wire of
 * an E1550. None of the commands that write is ever sent: at work the same
 * bytes mean other things. Blocks; no longer than half a minute.
 *
 * Whether it really restarts is seen on the bus only.
 *
 * Returns: whether it said yes, or left at once; else FALSE with
 *   SMITH_ERROR_UNSUPPORTED where it does not know the way, REFUSED with its
 *   code, TIMEOUT, DISCONNECTED, PROTOCOL for a port that does not stop
 *   sending, or G_IO_ERROR_CANCELLED
 */
gboolean
smith_diagnostics_enter_download_mode (SmithPort *port,
                                       SmithDiagnosticsInfo *info,
                                       GCancellable *cancellable,
                                       GError **error)
{
  const guint8 version = VERSION;
  g_autoptr (SmithFrameChannel) channel = NULL;
  gsize size;

  *info = (SmithDiagnosticsInfo){ .loader_runs = FALSE };
  if (!open_diagnostics (port, cancellable, error))
    return FALSE;
  channel = smith_frame_channel_new (port);
  if (!ask (channel, &version, 1, is_version_answer, cancellable, error))
    return FALSE;
  if (smith_frame_get_answer (channel, &size)[0] == VERSION_ANSWER)
    {
      info->loader_runs = TRUE;
      return TRUE;
    }
  if (!identify (channel, info, cancellable, error))
    return FALSE;
  info->told = TRUE;
  return demand_download (channel, cancellable, error);
}
