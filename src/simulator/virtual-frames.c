/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sticksmith-simulator"

#include "virtual-stick-private.h"

#include <string.h>

#include "format/bytes.h"
#include "format/hdlc.h"

#define LEAVE 0x01
#define ACK 0x02
#define NAK 0x03
#define RESTART 0x0A
#define VERSION 0x0C
#define VERSION_ANSWER 0x0D
#define BEGIN 0x41
#define BLOCK 0x42
#define FINISH 0x43
#define PRODUCT_ID 0x45
#define SOFTWARE 0x46

#define BEGIN_SIZE 12
#define BLOCK_HEAD_SIZE 7
#define FINISH_SIZE 23
#define PRODUCT_ID_LENGTH 20
#define SOFTWARE_LENGTH 24

/* How a Qualcomm stick's product id begins. */
#define MAKER "HUAWEI "

/* What the loaders call themselves. That of the E392 is not known: made up. */
static const char *const loader_names[SMITH_N_MODELS] = {
  [SMITH_MODEL_E3372] = "7200B--SKCBADZM",
  [SMITH_MODEL_E1550] = "M62xx-OEMSBL",
  [SMITH_MODEL_E392] = "M92xx-OEMSBL",
};

/* Some hosts send it behind the restart command, to a port that may be gone. */
static const char reset_command[] = "AT^RESET\r";

struct _SmithFrames
{
  SmithVirtualStick *stick;
  SmithHdlcDecoder *decoder;
  gboolean between;   /* no byte of the next frame has come yet */
  gsize reset_length; /* so much of the reset command stands between frames */
  gboolean left;      /* back to text */
  gboolean is_proven; /* the host has asked what it talks to */
};

SmithFrames *
smith_frames_new (SmithVirtualStick *stick)
{
  SmithFrames *frames = g_new0 (SmithFrames, 1);

  frames->stick = stick;
  frames->decoder = smith_hdlc_decoder_new ();
  frames->between = TRUE;
  return frames;
}

/* Logs that the partition that is open, if there is one, will not be completed. */
static void
fail_open_partition (SmithFrames *frames)
{
  JsonBuilder *event;
  guint32 id;

  if (!smith_virtual_flash_fail_open (frames->stick->flash, &id))
    return;
  event = smith_stick_event ("partition-failed");
  smith_stick_event_add_hex (event, "id", id);
  smith_stick_log_add (frames->stick->log, event);
}

/* A partition that is open when the stick leaves stays half written. */
void
smith_frames_free (SmithFrames *frames)
{
  fail_open_partition (frames);
  smith_hdlc_decoder_free (frames->decoder);
  g_free (frames);
}

static gboolean
is_qualcomm (SmithFrames *frames)
{
  return frames->stick->model != SMITH_MODEL_E3372;
}

/* A refusal in the middle of a partition spoils it. */
static gboolean
is_about_partition (guint8 command)
{
  return command == BEGIN || command == BLOCK || command == FINISH;
}

static gboolean
is_zero (const guint8 *data, gsize size)
{
  for (gsize i = 0; i < size; i++)
    if (data[i] != 0)
      return FALSE;
  return TRUE;
}

static SmithNak
refuse (const char **why, SmithNak code, const char *reason)
{
  *why = reason;
  return code;
}

static void
log_partition (SmithFrames *frames,
               const SmithMessage *message,
               const char *name,
               guint32 id,
               guint32 size)
{
  JsonBuilder *event = smith_message_event (message, name);

  smith_stick_event_add_hex (event, "id", id);
  smith_stick_event_add_number (event, "size", size);
  smith_stick_log_add (frames->stick->log, event);
}

static SmithNak
take_begin (SmithFrames *frames,
            const SmithMessage *message,
            const guint8 *body,
            gsize size,
            const char **why)
{
  SmithReader r = smith_reader (body + 1, size - 1);
  guint32 id = smith_read_u32_be (&r);
  guint32 bytes = smith_read_u32_be (&r);
  SmithNak nak;

  if (size != BEGIN_SIZE || !is_zero (body + 9, size - 9))
    return refuse (why, SMITH_NAK_LENGTH, "a begin command of the wrong length or form");
  nak = smith_virtual_flash_begin (frames->stick->flash, id, bytes, why);
  if (nak == SMITH_NAK_NONE)
    log_partition (frames, message, "partition-begun", id, bytes);
  return nak;
}

static SmithNak
take_block (SmithFrames *frames, const guint8 *body, gsize size, const char **why)
{
  SmithReader r = smith_reader (body + 1, size - 1);
  guint32 number = smith_read_u32_be (&r);
  guint16 length = smith_read_u16_be (&r);

  if (r.overrun || length == 0 || length > SMITH_FLASH_BLOCK_MAX
      || length != size - BLOCK_HEAD_SIZE)
    return refuse (why, SMITH_NAK_LENGTH, "a block of the wrong length");
  return smith_virtual_flash_block (frames->stick->flash, number, body + BLOCK_HEAD_SIZE, length,
                                    why);
}

static SmithNak
take_finish (SmithFrames *frames,
             const SmithMessage *message,
             const guint8 *body,
             gsize size,
             const char **why)
{
  guint32 bytes;
  guint32 id;
  SmithNak nak;

  if (size != FINISH_SIZE || !is_zero (body + 5, 3) || !is_zero (body + 12, 11))
    return refuse (why, SMITH_NAK_LENGTH, "an end command of the wrong length or form");
  bytes = smith_get_u32_be (body + 1);
  id = smith_get_u32_be (body + 8);
  nak = smith_virtual_flash_end (frames->stick->flash, id, bytes, why);
  if (nak == SMITH_NAK_NONE)
    log_partition (frames, message, "partition-done", id, bytes);
  return nak;
}

static SmithNak
refuse_length (const char **why)
{
  return refuse (why, SMITH_NAK_LENGTH, "a command of the wrong length");
}

/* To leave the binary stage; but the other family has none, and writes instead. */
static SmithNak
take_leave (SmithFrames *frames, const char **why)
{
  if (is_qualcomm (frames))
    return refuse (why, SMITH_NAK_LENGTH, "write command");
  return SMITH_NAK_NONE;
}

/* The other family is not known to have this question. */
static SmithNak
take_software (SmithFrames *frames, const char **why)
{
  if (is_qualcomm (frames))
    return refuse (why, SMITH_NAK_COMMAND, "unknown command");
  return SMITH_NAK_NONE;
}

/* Carries out a command that is answered by ACK or NAK alone. */
static SmithNak
take (SmithFrames *frames,
      const SmithMessage *message,
      const guint8 *body,
      gsize size,
      const char **why)
{
  if (is_about_partition (body[0]) && frames->stick->generic_loader)
    return refuse (why, SMITH_NAK_COMMAND, "a command of another maker");
  switch (body[0])
    {
    case BEGIN:
      return take_begin (frames, message, body, size, why);
    case BLOCK:
      return take_block (frames, body, size, why);
    case FINISH:
      return take_finish (frames, message, body, size, why);
    case LEAVE:
      return size == 1 || is_qualcomm (frames) ? take_leave (frames, why) : refuse_length (why);
    case SOFTWARE:
      return size == 1 ? take_software (frames, why) : refuse_length (why);
    case RESTART:
    case VERSION:
    case PRODUCT_ID:
      return size == 1 ? SMITH_NAK_NONE : refuse_length (why);
    default:
      return refuse (why, SMITH_NAK_COMMAND, "unknown command");
    }
}

static void
answer_nak (SmithFrames *frames, const SmithMessage *message, guint code)
{
  guint8 body[3] = { NAK };

  smith_put_u16_be (body + 1, code);
  smith_message_answer_frame (frames->stick, message, body, sizeof body);
}

static void
answer_ack (SmithFrames *frames, const SmithMessage *message)
{
  static const guint8 body[] = { ACK };

  smith_message_answer_frame (frames->stick, message, body, sizeof body);
}

static void
answer_version (SmithFrames *frames, const SmithMessage *message)
{
  const char *name = loader_names[frames->stick->model];
  gsize length = strlen (name);
  guint8 body[SMITH_ANSWER_MAX] = { VERSION_ANSWER, (guint8) length };

  frames->is_proven = TRUE;
  memcpy (body + 2, name, length);
  smith_message_answer_frame (frames->stick, message, body, 2 + length);
}

static void
answer_product_id (SmithFrames *frames, const SmithMessage *message)
{
  const char *id = frames->stick->product_id;
  gboolean says_maker = is_qualcomm (frames) && id != NULL && !g_str_has_prefix (id, MAKER);
  g_autofree char *text = g_strconcat (says_maker ? MAKER : "", id, NULL);
  guint8 body[1 + PRODUCT_ID_LENGTH] = { PRODUCT_ID };

  if (id == NULL)
    return;
  memcpy (body + 1, text, MIN (strlen (text), PRODUCT_ID_LENGTH));
  smith_message_answer_frame (frames->stick, message, body, sizeof body);
}

static void
answer_software (SmithFrames *frames, const SmithMessage *message)
{
  const char *version = frames->stick->version;
  guint8 body[2 + SOFTWARE_LENGTH] = { SOFTWARE, SOFTWARE_LENGTH };

  memcpy (body + 2, version, MIN (strlen (version), SOFTWARE_LENGTH));
  smith_message_answer_frame (frames->stick, message, body, sizeof body);
}

static void
answer (SmithFrames *frames, const SmithMessage *message, guint8 command)
{
  switch (command)
    {
    case VERSION:
      answer_version (frames, message);
      break;
    case PRODUCT_ID:
      answer_product_id (frames, message);
      break;
    case SOFTWARE:
      answer_software (frames, message);
      break;
    case RESTART:
      answer_ack (frames, message);
      smith_virtual_stick_restart (frames->stick);
      break;
    case LEAVE:
      answer_ack (frames, message);
      fail_open_partition (frames);
      frames->left = TRUE;
      break;
    default:
      answer_ack (frames, message);
    }
}

/* What would have done harm if this were not what the host takes it for. */
static void
watch_conduct (SmithFrames *frames, const SmithMessage *message, guint8 command)
{
  if (!is_qualcomm (frames))
    return;
  if (command == LEAVE)
    smith_message_offend (frames->stick, message, "write command");
  else if (!frames->is_proven && (is_about_partition (command) || command == RESTART))
    smith_message_offend (frames->stick, message,
                          "a command before the stick was asked what it is");
}

static void
handle_frame (SmithFrames *frames)
{
  SmithMessage message;
  const char *why = NULL;
  const guint8 *body;
  gsize size;
  guint code;

  if (!smith_message_begin (frames->stick, SMITH_STAGE_BINARY, &message))
    return;
  body = smith_hdlc_decoder_get_body (frames->decoder, &size);
  watch_conduct (frames, &message, body[0]);
  if (smith_message_is_refused (&message))
    code = message.argument;
  else
    code = take (frames, &message, body, size, &why);

  if (why != NULL)
    smith_message_refuse (frames->stick, &message, why);
  if (code != SMITH_NAK_NONE && is_about_partition (body[0]))
    fail_open_partition (frames);
  if (code != SMITH_NAK_NONE)
    answer_nak (frames, &message, code);
  else
    answer (frames, &message, body[0]);
}

static void
handle_bad_frame (SmithFrames *frames)
{
  SmithMessage message;

  if (!smith_message_begin (frames->stick, SMITH_STAGE_BINARY, &message))
    return;
  if (smith_message_is_refused (&message))
    {
      answer_nak (frames, &message, message.argument);
      return;
    }
  smith_message_refuse (frames->stick, &message, "bad checksum");
  answer_nak (frames, &message, SMITH_NAK_CHECKSUM);
}

static void
log_reset (SmithFrames *frames)
{
  JsonBuilder *event = smith_stick_event ("ignored");

  smith_stick_event_add_text (event, "stage", smith_stage_name (SMITH_STAGE_BINARY));
  smith_stick_event_add_text (event, "what", "AT^RESET between frames");
  smith_stick_log_add (frames->stick->log, event);
}

static void
feed_decoder (SmithFrames *frames, const guint8 *data, gsize size, gsize *used)
{
  SmithHdlcEvent event = smith_hdlc_decoder_feed (frames->decoder, data, size, used);

  frames->between = event != SMITH_HDLC_MORE;
  if (event == SMITH_HDLC_FRAME)
    handle_frame (frames);
  else if (event == SMITH_HDLC_BAD)
    handle_bad_frame (frames);
}

/* Between frames, a reset command in text is passed over. A flag that ends a
 * frame may begin the next one, so anything else belongs to that: also the part
 * that looked like the command and was none. */
static gsize
feed_between (SmithFrames *frames, guint8 byte)
{
  gsize length = frames->reset_length;
  gsize used;

  /* The other family waits for a flag, whatever comes. */
  if (is_qualcomm (frames) && byte != SMITH_HDLC_FLAG)
    return 1;
  if (byte == (guint8) reset_command[length])
    {
      if (reset_command[++frames->reset_length] == '\0')
        {
          log_reset (frames);
          frames->reset_length = 0;
        }
      return 1;
    }
  frames->reset_length = 0;
  frames->between = FALSE;
  if (length > 0)
    smith_hdlc_decoder_feed (frames->decoder, (const guint8 *) reset_command, length, &used);
  return 0;
}

/**
 * smith_frames_feed:
 * @used: (out): how many bytes were taken, at least one of them where there is one
 *
 * Takes bytes up to the end of the first frame.
 *
 * Returns: FALSE when the host has left the binary stage
 */
gboolean
smith_frames_feed (SmithFrames *frames, const guint8 *data, gsize size, gsize *used)
{
  if (frames->between)
    *used = feed_between (frames, *data);
  else
    *used = 0;
  if (!frames->between && *used < size)
    {
      gsize more;

      feed_decoder (frames, data + *used, size - *used, &more);
      *used += more;
    }
  if (frames->left)
    {
      frames->left = FALSE;
      return FALSE;
    }
  return TRUE;
}
