/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sticksmith-simulator"

#include "virtual-stick-private.h"

#include <string.h>

#include "format/hdlc.h"

#define OK "\r\nOK\r\n"
#define ERROR "\r\nERROR\r\n"
#define NOT_SUPPORTED "\r\nCOMMAND NOT SUPPORT\r\n"

/* A SIGNVER that makes no sense; the codes of a real stick are not known. */
#define SIGNATURE_MALFORMED 1

#define KEY_HASH_LENGTH 64
#define SIGNVER "AT^SIGNVER="

/* Download mode: text at first, frames after AT^DATAMODE; of a Qualcomm stick
 * frames only. */
typedef struct
{
  SmithVirtualStick *stick;
  SmithLine line;
  SmithHdlcDecoder *stray; /* a frame that came as if this were the binary stage */
  gboolean in_stray;
  SmithFrames *frames;
  gboolean binary;
  gboolean signature_known;
} Download;

static gpointer
download_enter (SmithVirtualStick *stick)
{
  Download *download = g_new0 (Download, 1);

  download->stick = stick;
  download->stray = smith_hdlc_decoder_new ();
  download->frames = smith_frames_new (stick);
  /* That family has no text stage. */
  download->binary = stick->model != SMITH_MODEL_E3372;
  return download;
}

static void
download_leave (gpointer self)
{
  Download *download = self;

  smith_hdlc_decoder_free (download->stray);
  smith_frames_free (download->frames);
  g_free (download);
}

/* What was written becomes what is on it. */
static void
boot_what_was_written (SmithVirtualStick *stick)
{
  g_autofree char *version = smith_virtual_flash_boot (stick->flash);

  stick->is_hilink = version != NULL && g_str_has_prefix (version, "22.");
  if (version == NULL || *version == '\0' || stick->manner == SMITH_RETURN_OLD_VERSION)
    {
      g_free (version);
      version = g_strdup (stick->first_version);
    }
  g_free (stick->version);
  stick->version = g_steal_pointer (&version);
  stick->is_sound = TRUE;
  stick->sfm = FALSE;
  /* An E1550 is known to see nothing before it is told to. */
  if (stick->no_network || stick->model == SMITH_MODEL_E1550)
    smith_virtual_network_close (&stick->network);
}

/**
 * smith_virtual_stick_restart:
 *
 * Restarts the stick: into new firmware if something was written and all of it
 * is complete, into what was on it if nothing was begun, else into download
 * mode again.
 */
void
smith_virtual_stick_restart (SmithVirtualStick *stick)
{
  SmithReturn manner = smith_fault_script_after_flash (stick->faults);

  if (smith_virtual_flash_is_untouched (stick->flash) && stick->is_sound)
    {
      smith_virtual_stick_depart (stick, SMITH_RESTART, smith_virtual_stick_working_mode (stick));
      return;
    }
  if (!smith_virtual_flash_is_bootable (stick->flash) || manner == SMITH_RETURN_WRONG_MODE)
    {
      smith_virtual_stick_depart (stick, SMITH_RESTART, SMITH_MODE_DOWNLOAD);
      return;
    }
  stick->manner = manner;
  if (manner == SMITH_RETURN_NEVER)
    {
      smith_virtual_stick_depart (stick, SMITH_LEAVE, SMITH_MODE_UNKNOWN);
      return;
    }
  boot_what_was_written (stick);
  smith_virtual_stick_depart (stick, SMITH_RESTART, smith_virtual_stick_working_mode (stick));
}

static gboolean
is_number (const char *text)
{
  guint64 number;

  return g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT32, &number, NULL);
}

static gboolean
is_key_hash (const char *text)
{
  return strlen (text) == KEY_HASH_LENGTH && strspn (text, "0123456789ABCDEF") == KEY_HASH_LENGTH;
}

/* type, 0, hash of the key, size of the signature */
static gboolean
is_signature (const char *arguments)
{
  g_auto (GStrv) parts = g_strsplit (arguments, ",", -1);

  return g_strv_length (parts) == 4 && is_number (parts[0]) && g_str_equal (parts[1], "0")
         && is_key_hash (parts[2]) && is_number (parts[3]);
}

static void
answer_signature (Download *download, const SmithMessage *message, guint code)
{
  g_autofree char *answer = g_strdup_printf ("\r\n%u\r\n" OK, code);

  smith_message_answer_text (download->stick, message, download->line.text, answer);
}

static void
handle_signature (Download *download, const SmithMessage *message)
{
  if (!is_signature (download->line.text + strlen (SIGNVER)))
    {
      smith_message_refuse (download->stick, message, "malformed signature");
      answer_signature (download, message, SIGNATURE_MALFORMED);
      return;
    }
  download->signature_known = TRUE;
  answer_signature (download, message, 0);
}

/* Refusals that the script asks for. */
static void
answer_refused (Download *download, const SmithMessage *message)
{
  if (g_str_has_prefix (download->line.text, SIGNVER))
    answer_signature (download, message, message->argument);
  else
    smith_message_answer_text (download->stick, message, download->line.text, ERROR);
}

static void
log_command (Download *download, const SmithMessage *message)
{
  JsonBuilder *event = smith_message_event (message, "accepted");

  smith_stick_event_add_text (event, "what", download->line.text);
  smith_stick_log_add (download->stick->log, event);
}

static char *
describe (SmithVirtualStick *stick)
{
  return g_strdup_printf ("\r\nswver:%s\r\nisover:00.000.00.00.000\r\nproduct name:%s\r\n"
                          "dload type: 1\r\n" OK,
                          stick->version, stick->hardware);
}

static void
handle_command (Download *download, const SmithMessage *message)
{
  SmithVirtualStick *stick = download->stick;
  const char *command = download->line.text;
  g_autofree char *answer = NULL;

  if (g_str_has_prefix (command, SIGNVER))
    {
      handle_signature (download, message);
      return;
    }
  if (g_str_equal (command, "AT^DLOADVER?"))
    answer = g_strdup ("\r\n2.0\r\n" OK);
  else if (g_str_equal (command, "AT^DLOADINFO?"))
    answer = describe (stick);
  else if (g_str_equal (command, "AT^RESET"))
    answer = g_strdup (OK);
  else if (g_str_equal (command, "AT^DATAMODE"))
    {
      download->binary = !stick->demand_signature || download->signature_known;
      answer = g_strdup (download->binary ? OK : ERROR);
      if (!download->binary)
        smith_message_refuse (stick, message, "a signature is wanted first");
    }
  else
    {
      smith_message_refuse (stick, message, "unknown command");
      answer = g_strdup (NOT_SUPPORTED);
    }

  smith_message_answer_text (stick, message, command, answer);
  if (g_str_equal (command, "AT^RESET"))
    smith_virtual_stick_restart (stick);
}

static void
handle_line (Download *download)
{
  SmithMessage message;

  if (!smith_message_begin (download->stick, SMITH_STAGE_TEXT, &message))
    return;
  if (smith_message_is_refused (&message))
    {
      answer_refused (download, &message);
      return;
    }
  log_command (download, &message);
  handle_command (download, &message);
}

static void
log_stray_frame (Download *download)
{
  JsonBuilder *event = smith_stick_event ("ignored");

  smith_stick_event_add_text (event, "stage", smith_stage_name (SMITH_STAGE_TEXT));
  smith_stick_event_add_text (event, "what", "a frame in the text stage");
  smith_stick_log_add (download->stick->log, event);
}

static void
forget_stray_frame (Download *download)
{
  smith_hdlc_decoder_reset (download->stray);
  download->in_stray = FALSE;
}

static gsize
feed_stray_frame (Download *download, const guint8 *data, gsize size)
{
  gsize used;

  if (smith_hdlc_decoder_feed (download->stray, data, size, &used) != SMITH_HDLC_MORE)
    {
      log_stray_frame (download);
      forget_stray_frame (download);
    }
  return used;
}

static gsize
feed_text (Download *download, const guint8 *data, gsize size)
{
  if (download->in_stray)
    return feed_stray_frame (download, data, size);
  if (*data == SMITH_HDLC_FLAG)
    {
      smith_line_clear (&download->line);
      download->in_stray = TRUE;
    }
  else if (smith_line_push (&download->line, *data))
    {
      handle_line (download);
      smith_line_clear (&download->line);
    }
  return 1;
}

static void
download_feed (gpointer self, const guint8 *data, gsize size)
{
  Download *download = self;
  gsize used;

  for (; size > 0 && download->stick->departure == SMITH_STAY; data += used, size -= used)
    {
      if (!download->binary)
        used = feed_text (download, data, size);
      else if (!smith_frames_feed (download->frames, data, size, &used))
        download->binary = FALSE;
    }
}

/* Half a frame must not swallow the commands that follow. */
static void
download_quiet (gpointer self)
{
  forget_stray_frame (self);
}

const SmithTalk smith_talk_download = {
  .enter = download_enter,
  .feed = download_feed,
  .quiet = download_quiet,
  .leave = download_leave,
};
