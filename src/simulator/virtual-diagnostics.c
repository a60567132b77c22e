/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sticksmith-simulator"

#include "virtual-stick-private.h"

#include <string.h>

#include "format/hdlc.h"

#define OK "\r\nOK\r\n"
#define DISLOG "AT^DISLOG=255"

#define WRITE 0x01
#define RESTART 0x0A
#define VERSION 0x0C
#define BAD_COMMAND 0x13
#define TO_DOWNLOAD 0x3A
#define BEGIN 0x41
#define BLOCK 0x42
#define FINISH 0x43

#define FIRMWARE_LENGTH 31
#define HARDWARE_LENGTH 32

/* The vendor's own subsystem: which firmware, which hardware. */
static const guint8 identify[] = { 0x4B, 0xC9, 0x03, 0xFF };

/* Diagnostics of working firmware, on what was the AT port before AT$QCDMG. The
 * frames look like download mode's, and mean other things. */
struct _SmithDiagnostics
{
  SmithVirtualStick *stick;
  SmithHdlcDecoder *decoder;
  gboolean in_frame;
  SmithLine line; /* what comes between frames */
};

SmithDiagnostics *
smith_diagnostics_new (SmithVirtualStick *stick)
{
  SmithDiagnostics *diagnostics = g_new0 (SmithDiagnostics, 1);

  diagnostics->stick = stick;
  diagnostics->decoder = smith_hdlc_decoder_new ();
  return diagnostics;
}

void
smith_diagnostics_free (SmithDiagnostics *diagnostics)
{
  if (diagnostics == NULL)
    return;
  smith_hdlc_decoder_free (diagnostics->decoder);
  g_free (diagnostics);
}

static void
log_command (SmithDiagnostics *diagnostics, const SmithMessage *message, guint8 command)
{
  JsonBuilder *event = smith_message_event (message, "accepted");
  char what[16];

  g_snprintf (what, sizeof what, "frame %02X", command);
  smith_stick_event_add_text (event, "what", what);
  smith_stick_log_add (diagnostics->stick->log, event);
}

/* In download mode these write and restart; here they are something else. */
static gboolean
is_for_download_mode (guint8 command)
{
  return command == WRITE || command == RESTART || command == BEGIN || command == BLOCK
         || command == FINISH;
}

static void
answer_identity (SmithDiagnostics *diagnostics, const SmithMessage *message)
{
  const SmithVirtualStick *stick = diagnostics->stick;
  guint8 body[sizeof identify + FIRMWARE_LENGTH + HARDWARE_LENGTH] = { 0 };
  guint8 *texts = body + sizeof identify;

  memcpy (body, identify, sizeof identify);
  memcpy (texts, stick->version, MIN (strlen (stick->version), FIRMWARE_LENGTH));
  memcpy (texts + FIRMWARE_LENGTH, stick->hardware,
          MIN (strlen (stick->hardware), HARDWARE_LENGTH));
  smith_message_answer_frame (diagnostics->stick, message, body, sizeof body);
}

/* Not known here: the answer says so, and repeats what it was. */
static void
answer_bad_command (SmithDiagnostics *diagnostics,
                    const SmithMessage *message,
                    const guint8 *body,
                    gsize size)
{
  guint8 answer[SMITH_ANSWER_MAX] = { BAD_COMMAND };
  gsize repeated = MIN (size, sizeof answer - 1);

  memcpy (answer + 1, body, repeated);
  smith_message_answer_frame (diagnostics->stick, message, answer, 1 + repeated);
}

static gboolean
goes_to_download (SmithDiagnostics *diagnostics, const guint8 *body, gsize size)
{
  return size == 1 && body[0] == TO_DOWNLOAD && !diagnostics->stick->refuses_entry;
}

static void
handle_frame (SmithDiagnostics *diagnostics)
{
  SmithVirtualStick *stick = diagnostics->stick;
  SmithMessage message;
  const guint8 *body;
  gsize size;

  if (!smith_message_begin (stick, SMITH_STAGE_AT, &message))
    return;
  body = smith_hdlc_decoder_get_body (diagnostics->decoder, &size);
  if (is_for_download_mode (body[0]))
    smith_message_offend (stick, &message, "a command of download mode to working firmware");
  log_command (diagnostics, &message, body[0]);
  if (smith_message_is_refused (&message))
    answer_bad_command (diagnostics, &message, body, size);
  else if (size == sizeof identify && memcmp (body, identify, size) == 0)
    answer_identity (diagnostics, &message);
  else if (goes_to_download (diagnostics, body, size))
    {
      smith_message_answer_frame (stick, &message, body, size);
      if (!stick->ignores_entry)
        smith_virtual_stick_to_download (stick, 0);
    }
  else
    answer_bad_command (diagnostics, &message, body, size);
}

/* The one command in text that is still answered. Others fall silent. */
static void
handle_line (SmithDiagnostics *diagnostics)
{
  SmithVirtualStick *stick = diagnostics->stick;
  const char *text = diagnostics->line.text;
  gboolean known = g_ascii_strcasecmp (text, DISLOG) == 0;
  SmithMessage message;
  JsonBuilder *event;

  if (!smith_message_begin (stick, SMITH_STAGE_AT, &message))
    return;
  event = smith_message_event (&message, known ? "accepted" : "ignored");
  smith_stick_event_add_text (event, "what", text);
  smith_stick_log_add (stick->log, event);
  if (known && !smith_message_is_refused (&message))
    smith_message_answer_text (stick, &message, text, OK);
}

static gsize
feed_frame (SmithDiagnostics *diagnostics, const guint8 *data, gsize size)
{
  SmithHdlcEvent event;
  gsize used;

  event = smith_hdlc_decoder_feed (diagnostics->decoder, data, size, &used);
  if (event == SMITH_HDLC_MORE)
    return used;
  diagnostics->in_frame = FALSE;
  /* What is damaged is passed over in silence. */
  if (event == SMITH_HDLC_FRAME)
    handle_frame (diagnostics);
  return used;
}

/**
 * smith_diagnostics_feed:
 *
 * Takes bytes as they come.
 */
void
smith_diagnostics_feed (SmithDiagnostics *diagnostics, const guint8 *data, gsize size)
{
  while (size > 0 && diagnostics->stick->departure == SMITH_STAY)
    {
      gsize used = 1;

      if (diagnostics->in_frame)
        used = feed_frame (diagnostics, data, size);
      else if (*data == SMITH_HDLC_FLAG)
        {
          smith_line_clear (&diagnostics->line);
          smith_hdlc_decoder_reset (diagnostics->decoder);
          diagnostics->in_frame = TRUE;
        }
      else if (smith_line_push (&diagnostics->line, *data))
        {
          handle_line (diagnostics);
          smith_line_clear (&diagnostics->line);
        }
      data += used;
      size -= used;
    }
}

/* Half a frame must not swallow the next one. */
void
smith_diagnostics_quiet (SmithDiagnostics *diagnostics)
{
  diagnostics->in_frame = FALSE;
}
