/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sticksmith-simulator"

#include "virtual-stick-private.h"

#include <string.h>

#include "format/hdlc.h"

#define UNSOLICITED "\r\n^RSSI:17\r\n"

/* Between two bytes that are sent singly, so that the host reads them singly. */
#define SINGLE_BYTE_MS 1

/* Neither an answer of any stage nor the beginning or end of one. */
static const guint8 garbage[] = { 0x00, 0x13, 0x37, 0xC3, 0x5B };

/**
 * smith_message_begin:
 * @message: (out): the message, counted
 *
 * To be called for every message that has arrived completely, before it is
 * judged: counts it and asks the script what goes wrong with it.
 *
 * Returns: FALSE if the stick leaves at once, without carrying it out
 */
gboolean
smith_message_begin (SmithVirtualStick *stick, SmithStage stage, SmithMessage *message)
{
  JsonBuilder *event;

  message->stage = stage;
  g_mutex_lock (&stick->lock);
  message->number = ++stick->counts[stage];
  g_mutex_unlock (&stick->lock);
  message->fault
      = smith_fault_script_look_up (stick->faults, stage, message->number, &message->argument);
  if (message->fault == SMITH_FAULT_NONE)
    return TRUE;

  event = smith_message_event (message, "fault");
  smith_stick_event_add_text (event, "fault", smith_fault_name (message->fault));
  smith_stick_log_add (stick->log, event);
  if (message->fault == SMITH_FAULT_GONE)
    smith_virtual_stick_depart (stick, SMITH_LEAVE, SMITH_MODE_UNKNOWN);
  else if (message->fault == SMITH_FAULT_REPLUG)
    smith_virtual_stick_depart (stick, SMITH_RESTART, stick->face->mode);
  return stick->departure == SMITH_STAY;
}

/* Whether the script wants this message refused, whatever it says. */
gboolean
smith_message_is_refused (const SmithMessage *message)
{
  return message->fault == SMITH_FAULT_REFUSE;
}

/**
 * smith_message_event:
 *
 * Returns: (transfer full): an event that is about @message
 */
JsonBuilder *
smith_message_event (const SmithMessage *message, const char *name)
{
  JsonBuilder *event = smith_stick_event (name);

  smith_stick_event_add_text (event, "stage", smith_stage_name (message->stage));
  smith_stick_event_add_number (event, "message", message->number);
  return event;
}

/* Counts and logs a refusal by the stick's own judgement; answering is the caller's. */
void
smith_message_refuse (SmithVirtualStick *stick, const SmithMessage *message, const char *why)
{
  JsonBuilder *event = smith_message_event (message, "refused");

  g_mutex_lock (&stick->lock);
  stick->refusals++;
  g_mutex_unlock (&stick->lock);
  smith_stick_event_add_text (event, "why", why);
  smith_stick_log_add (stick->log, event);
}

/* Counts and logs what would have harmed a real stick. */
void
smith_message_offend (SmithVirtualStick *stick, const SmithMessage *message, const char *why)
{
  JsonBuilder *event = smith_message_event (message, "offence");

  g_mutex_lock (&stick->lock);
  stick->offences++;
  g_mutex_unlock (&stick->lock);
  smith_stick_event_add_text (event, "why", why);
  smith_stick_log_add (stick->log, event);
}

static void
deliver (SmithVirtualStick *stick, const SmithMessage *message, const guint8 *data, gsize size)
{
  switch (message->fault)
    {
    case SMITH_FAULT_LOST:
      return;
    case SMITH_FAULT_HALF:
      smith_virtual_port_write (stick->port, stick->wake, data, size / 2);
      return;
    case SMITH_FAULT_SINGLE_BYTES:
      for (gsize i = 0; i < size; i++)
        if (!smith_virtual_port_write (stick->port, stick->wake, data + i, 1)
            || !smith_virtual_stick_sleep (stick, SINGLE_BYTE_MS))
          return;
      return;
    case SMITH_FAULT_DELAY:
      if (!smith_virtual_stick_sleep (stick, message->argument))
        return;
      break;
    case SMITH_FAULT_TWICE:
      if (!smith_virtual_port_write (stick->port, stick->wake, data, size)
          || !smith_virtual_stick_sleep (stick, message->argument))
        return;
      break;
    default:
      break;
    }
  smith_virtual_port_write (stick->port, stick->wake, data, size);
}

/**
 * smith_message_answer_byte:
 *
 * An answer of the boot ROM. It has no checksum, and no other text comes on
 * that line.
 */
void
smith_message_answer_byte (SmithVirtualStick *stick, const SmithMessage *message, guint8 byte)
{
  if (message->fault == SMITH_FAULT_GARBAGE || message->fault == SMITH_FAULT_BAD_CHECKSUM)
    deliver (stick, message, garbage, sizeof garbage);
  else
    deliver (stick, message, &byte, 1);
}

/* Changes the last byte of the checksum, whether it was escaped or not, into
 * one that needs no escape. */
static void
spoil_checksum (guint8 *frame, gsize size)
{
  guint8 *last = frame + size - 2;
  guint8 changed = *last ^ 0x01;

  if (changed == SMITH_HDLC_FLAG || changed == SMITH_HDLC_ESCAPE)
    changed = *last ^ 0x10;
  *last = changed;
}

/**
 * smith_message_answer_frame:
 * @body: @size bytes, at most SMITH_ANSWER_MAX
 *
 * An answer in the binary stage of download mode.
 */
void
smith_message_answer_frame (SmithVirtualStick *stick,
                            const SmithMessage *message,
                            const guint8 *body,
                            gsize size)
{
  guint8 out[sizeof UNSOLICITED + SMITH_HDLC_ENCODED_MAX (SMITH_ANSWER_MAX)];
  gsize fill = 0;

  g_return_if_fail (size > 0 && size <= SMITH_ANSWER_MAX);

  if (message->fault == SMITH_FAULT_GARBAGE)
    {
      deliver (stick, message, garbage, sizeof garbage);
      return;
    }
  if (message->fault == SMITH_FAULT_UNSOLICITED)
    {
      memcpy (out, UNSOLICITED, strlen (UNSOLICITED));
      fill = strlen (UNSOLICITED);
    }
  fill += smith_hdlc_encode (body, size, out + fill);
  if (message->fault == SMITH_FAULT_BAD_CHECKSUM)
    spoil_checksum (out, fill);
  deliver (stick, message, out, fill);
}

static void
append_with_unsolicited (GString *out, const char *answer)
{
  g_auto (GStrv) lines = g_strsplit (answer, "\r\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    if (*lines[i] != '\0')
      g_string_append_printf (out, UNSOLICITED "\r\n%s\r\n", lines[i]);
}

/**
 * smith_message_answer_text:
 * @command: what is answered, without its CR; for the echo
 * @answer: with its line ends
 *
 * An answer to a command in text.
 */
void
smith_message_answer_text (SmithVirtualStick *stick,
                           const SmithMessage *message,
                           const char *command,
                           const char *answer)
{
  g_autoptr (GString) out = g_string_new (NULL);

  if (stick->echo)
    g_string_append_printf (out, "%s\r", command);
  if (message->fault == SMITH_FAULT_GARBAGE || message->fault == SMITH_FAULT_BAD_CHECKSUM)
    g_string_append_len (out, (const char *) garbage, sizeof garbage);
  else if (message->fault == SMITH_FAULT_UNSOLICITED)
    append_with_unsolicited (out, answer);
  else
    g_string_append (out, answer);
  deliver (stick, message, (const guint8 *) out->str, out->len);
}

/* Returns: TRUE when @byte completes a command. Empty lines are passed over. */
gboolean
smith_line_push (SmithLine *line, guint8 byte)
{
  if (byte == '\r')
    {
      line->text[line->length] = '\0';
      return line->length > 0;
    }
  if (byte == '\n')
    return FALSE;
  /* What is too long is cut, and so is no command that anybody knows. */
  if (line->length < SMITH_LINE_MAX)
    line->text[line->length++] = g_ascii_isprint ((char) byte) ? (char) byte : '?';
  return FALSE;
}

void
smith_line_clear (SmithLine *line)
{
  line->length = 0;
}
