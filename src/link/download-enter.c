/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "download-private.h"

#include <glib/gi18n.h>

#include "at-channel.h"
#include "deadline.h"
#include "format/bytes.h"
#include "format/error.h"

#define PROTOCOL "2.0"

#define PROBE_MS 1500 /* as text first: a stick that is in the binary stage is silent */
#define TEXT_MS 5000
#define QUESTION_TRIES 3

/* What a Balong stick's answer to VERSION begins with. Only those know LEAVE;
 * to others the same byte means "write". */
#define BALONG_VERSION "7200"

static gboolean
is_version (const guint8 *body, gsize size)
{
  return body[0] == VERSION_ANSWER;
}

static gboolean
is_product (const guint8 *body, gsize size)
{
  return body[0] == PRODUCT || body[0] == NAK;
}

/* Asks a question that changes nothing, up to @tries times. */
static SmithFrameResult
ask (SmithDownload *download,
     guint8 question,
     SmithFrameFunc wanted,
     guint tries,
     GCancellable *cancellable,
     GError **error)
{
  SmithFrameResult result = SMITH_FRAME_LOST;

  for (guint try = 0; try < tries && result == SMITH_FRAME_LOST; try++)
    result = smith_frame_exchange (download->frames, &question, 1, SMITH_DOWNLOAD_QUESTION_MS,
                                   wanted, cancellable, error);
  return result;
}

/* The text in an answer, from byte @from on, up to its first NUL. */
static char *
answer_text (SmithDownload *download, gsize from)
{
  gsize size;
  const guint8 *body = smith_frame_get_answer (download->frames, &size);
  SmithReader r = smith_reader (body, size);
  char text[64] = "";

  smith_read_bytes (&r, from);
  if (!r.overrun)
    smith_read_text (&r, MIN (size - from, sizeof text - 1), text);
  return g_strdup (g_strstrip (text));
}

static SmithFrameResult
ask_version (SmithDownload *download, guint tries, GCancellable *cancellable, GError **error)
{
  SmithFrameResult result = ask (download, VERSION, is_version, tries, cancellable, error);

  if (result == SMITH_FRAME_ANSWER)
    {
      g_free (download->version);
      download->version = answer_text (download, 2);
    }
  return result;
}

/* The product id stands behind one or two bytes; it may not be told at all. */
static gboolean
ask_product (SmithDownload *download, GCancellable *cancellable, GError **error)
{
  SmithFrameResult result = ask (download, PRODUCT, is_product, 2, cancellable, error);
  gsize size;
  const guint8 *body;

  g_clear_pointer (&download->product, g_free);
  if (result == SMITH_FRAME_FAILED)
    return FALSE;
  if (result == SMITH_FRAME_LOST)
    return TRUE;
  body = smith_frame_get_answer (download->frames, &size);
  if (body[0] == PRODUCT && size > 1)
    download->product
        = answer_text (download, size > 2 && !g_ascii_isprint ((char) body[1]) ? 2 : 1);
  if (download->product != NULL && download->product[0] == '\0')
    g_clear_pointer (&download->product, g_free);
  return TRUE;
}

static void
set_not_download_mode (SmithDownload *download, GError **error)
{
  g_set_error (error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE,
               _ ("The stick is not in download mode, or %s is not the port for it"),
               smith_port_get_device (download->port));
}

/* The line of an answer that holds a value. What a stick says of its own accord
 * begins with a letter or a sign, and not all of that is known. */
static const char *
find_value (const SmithAtAnswer *answer)
{
  for (guint i = 0; answer->lines[i] != NULL; i++)
    if (g_ascii_isdigit (answer->lines[i][0]))
      return answer->lines[i];
  return NULL;
}

typedef enum
{
  TEXT_YES,
  TEXT_SILENT,
  TEXT_FAILED,
} TextResult;

/* Asks as text for the protocol's version. */
static TextResult
ask_as_text (SmithDownload *download, guint timeout_ms, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (SmithAtAnswer) answer
      = smith_at_exchange (download->port, "AT^DLOADVER?", timeout_ms, cancellable, &local);
  const char *version;

  if (answer == NULL)
    {
      if (g_error_matches (local, SMITH_ERROR, SMITH_ERROR_TIMEOUT))
        return TEXT_SILENT;
      g_propagate_error (error, g_steal_pointer (&local));
      return TEXT_FAILED;
    }
  version = find_value (answer);
  if (answer->result != SMITH_AT_OK || version == NULL)
    {
      set_not_download_mode (download, error);
      return TEXT_FAILED;
    }
  if (!g_str_equal (version, PROTOCOL))
    {
      g_set_error (error, SMITH_ERROR, SMITH_ERROR_UNSUPPORTED,
                   _ ("The stick speaks version %s of the download protocol; only %s is known"),
                   version, PROTOCOL);
      return TEXT_FAILED;
    }
  download->knows_text = TRUE;
  return TEXT_YES;
}

/**
 * smith_download_is_balong:
 *
 * Returns: whether the loader has said that it is one of a Balong chip; FALSE
 *   also while it has not said anything
 */
gboolean
smith_download_is_balong (SmithDownload *download)
{
  return download->version != NULL && g_str_has_prefix (download->version, BALONG_VERSION);
}

/**
 * smith_download_knows_text:
 *
 * Returns: whether the stick has answered in text, which loaders of Qualcomm
 *   chips do not know
 */
gboolean
smith_download_knows_text (SmithDownload *download)
{
  return download->knows_text;
}

/* Back from frames to text, where the stick knows how to. Returns: FALSE only
 * with @error; whether it worked is in download->binary. */
gboolean
smith_download_leave_binary (SmithDownload *download, GCancellable *cancellable, GError **error)
{
  const guint8 leave = LEAVE;
  SmithFrameResult result;

  if (!smith_download_is_balong (download))
    return TRUE;
  result = smith_frame_exchange (download->frames, &leave, 1, SMITH_DOWNLOAD_QUESTION_MS,
                                 smith_download_is_ack_or_nak, cancellable, error);
  if (result == SMITH_FRAME_FAILED)
    return FALSE;
  if (result == SMITH_FRAME_ANSWER)
    download->binary = !smith_download_check_ack (download, SMITH_REFUSED_OTHER, NULL);
  else
    {
      /* It may have left, and just its answer got lost. */
      TextResult text = ask_as_text (download, TEXT_MS, cancellable, error);

      if (text == TEXT_SILENT)
        g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT,
                             _ ("The stick stopped answering"));
      if (text != TEXT_YES)
        return FALSE;
      download->binary = FALSE;
    }
  return TRUE;
}

/* Asks as text once more, after frames were tried. */
static gboolean
ask_as_text_again (SmithDownload *download,
                   guint timeout_ms,
                   GCancellable *cancellable,
                   GError **error)
{
  TextResult text;

  /* What stands of a frame in its line buffer is ended by an empty line. */
  if (!smith_port_write (download->port, (const guint8 *) "\r", 1, smith_deadline_in (TEXT_MS),
                         cancellable, error)
      || !smith_port_settle (download->port, 2 * SMITH_DOWNLOAD_SETTLE_MS, cancellable, error))
    return FALSE;
  text = ask_as_text (download, timeout_ms, cancellable, error);
  if (text == TEXT_SILENT)
    set_not_download_mode (download, error);
  /* A late answer to the first time must not be taken for the next command's. */
  return text == TEXT_YES
         && smith_port_settle (download->port, SMITH_DOWNLOAD_REPEAT_SETTLE_MS, cancellable, error);
}

/**
 * smith_download_set_frames_only:
 *
 * For sticks with a Qualcomm chip, whose loader knows frames from the start
 * and no text: none is sent to it, neither to find out what it is nor to have
 * it restart. To be called before anything else.
 */
void
smith_download_set_frames_only (SmithDownload *download)
{
  download->frames_only = TRUE;
}

/* The question whose answer tells a loader from a working modem, for which the
 * bytes that write mean something else. */
static gboolean
find_loader (SmithDownload *download, GCancellable *cancellable, GError **error)
{
  SmithFrameResult version = ask_version (download, QUESTION_TRIES, cancellable, error);

  download->binary = version == SMITH_FRAME_ANSWER;
  if (version == SMITH_FRAME_LOST)
    set_not_download_mode (download, error);
  return download->binary;
}

/* Finds out in which of its two languages the stick is; afterwards it is in
 * text wherever that can be had. An earlier attempt may have left it in the
 * binary stage. */
static gboolean
find_stage (SmithDownload *download, GCancellable *cancellable, GError **error)
{
  SmithFrameResult version;
  TextResult text;

  if (download->frames_only)
    return find_loader (download, cancellable, error);
  text = ask_as_text (download, PROBE_MS, cancellable, error);
  if (text != TEXT_SILENT)
    return text == TEXT_YES;
  version = ask_version (download, 1, cancellable, error);
  if (version == SMITH_FRAME_FAILED)
    return FALSE;
  if (version == SMITH_FRAME_ANSWER)
    {
      g_info ("the stick is in the binary stage already");
      download->binary = TRUE;
      if (!smith_download_leave_binary (download, cancellable, error))
        return FALSE;
    }
  return download->binary || ask_as_text_again (download, TEXT_MS, cancellable, error);
}

static gboolean
send_signature (SmithDownload *download,
                const SmithSignature *signature,
                GCancellable *cancellable,
                GError **error)
{
  g_autofree char *command = g_strdup_printf ("AT^SIGNVER=%u,0,%s,%u", signature->type,
                                              signature->key_sha256, signature->size);
  g_autoptr (SmithAtAnswer) answer
      = smith_at_exchange (download->port, command, TEXT_MS, cancellable, error);
  gint64 code;

  if (answer == NULL)
    return FALSE;
  if (answer->result != SMITH_AT_OK || find_value (answer) == NULL
      || !g_ascii_string_to_signed (find_value (answer), 10, 0, G_MAXINT32, &code, NULL))
    {
      smith_set_refusal (error, SMITH_NO_REFUSAL, _ ("The stick refuses the file's signature"));
      return FALSE;
    }
  if (code != 0)
    smith_set_refusal (error, (int) code, _ ("The stick refuses the file's signature (code %d)"),
                       (int) code);
  return code == 0;
}

static gboolean
enter_binary (SmithDownload *download,
              gboolean has_signature,
              GCancellable *cancellable,
              GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (SmithAtAnswer) answer
      = smith_at_exchange (download->port, "AT^DATAMODE", TEXT_MS, cancellable, &local);

  if (answer == NULL && !g_error_matches (local, SMITH_ERROR, SMITH_ERROR_TIMEOUT))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  /* Of a lost answer the first question in frames will tell. */
  if (answer != NULL && answer->result != SMITH_AT_OK)
    {
      smith_set_refusal (error, answer->code,
                         has_signature
                             ? _ ("The stick does not let itself be written")
                             : _ ("The stick does not let itself be written: it wants a signed "
                                  "file, and this one carries no signature"));
      return FALSE;
    }
  download->binary = TRUE;
  return TRUE;
}

/* Proves that frames work before anything that changes the stick is sent. */
static gboolean
prove_binary (SmithDownload *download, GCancellable *cancellable, GError **error)
{
  SmithFrameResult result = ask_version (download, QUESTION_TRIES, cancellable, error);

  if (result == SMITH_FRAME_LOST)
    g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT,
                         _ ("The stick said that it is ready to be written, but does not answer"));
  return result == SMITH_FRAME_ANSWER && ask_product (download, cancellable, error);
}

static gboolean
sign_and_enter (SmithDownload *download,
                const SmithSignature *signature,
                GCancellable *cancellable,
                GError **error)
{
  /* A signature is handed over as text. Who knows no text knows no signatures. */
  if (download->frames_only)
    signature = NULL;
  if (download->binary && (signature != NULL || download->has_signature))
    {
      smith_set_refusal (
          error, SMITH_NO_REFUSAL,
          download->has_signature
              ? _ ("The stick still goes by the signature of the file before, and this file must "
                   "not be written under it. Unplug the stick, plug it in again, and write this "
                   "file by itself.")
              : _ ("The stick takes no signature in the state it is in. Unplug it, plug it "
                   "in again, and try once more."));
      return FALSE;
    }
  if (!download->binary)
    {
      download->has_signature = signature != NULL;
      if (signature != NULL && !send_signature (download, signature, cancellable, error))
        return FALSE;
      if (!enter_binary (download, signature != NULL, cancellable, error))
        return FALSE;
    }
  return prove_binary (download, cancellable, error);
}

/**
 * smith_download_enter:
 * @signature: (nullable): of the file that comes first
 *
 * Finds out that download mode is at the other end, whatever an earlier
 * attempt left it in, hands over the signature and enters the binary stage;
 * then asks for version and product id. Nothing is written. Up to half a
 * minute.
 *
 * Returns: FALSE with SMITH_ERROR_WRONG_DEVICE, UNSUPPORTED (another protocol),
 *   REFUSED (signature, or binary stage), TIMEOUT, DISCONNECTED, PROTOCOL or
 *   G_IO_ERROR_CANCELLED
 */
gboolean
smith_download_enter (SmithDownload *download,
                      const SmithSignature *signature,
                      GCancellable *cancellable,
                      GError **error)
{
  return smith_port_settle (download->port, SMITH_DOWNLOAD_SETTLE_MS, cancellable, error)
         && find_stage (download, cancellable, error)
         && sign_and_enter (download, signature, cancellable, error);
}

/**
 * smith_download_sign_next:
 * @signature: (nullable): of the file that comes next in the same session
 *
 * Prepares for a further file: a signature of its own needs the text stage
 * again; a file without one must not go out under that of the file before. On a
 * stick that cannot or will not go back to text, only files without a signature
 * may follow each other.
 *
 * Returns: FALSE with the errors of smith_download_enter()
 */
gboolean
smith_download_sign_next (SmithDownload *download,
                          const SmithSignature *signature,
                          GCancellable *cancellable,
                          GError **error)
{
  if (!smith_download_check_written (download, cancellable, error))
    return FALSE;
  if (!smith_download_leave_binary (download, cancellable, error))
    return FALSE;
  return sign_and_enter (download, signature, cancellable, error);
}

/* Not every loader knows it; that it does not is no reason to give up. */
static gboolean
ask_information (SmithDownload *download,
                 SmithAtAnswer **information,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autoptr (GError) local = NULL;

  *information = smith_at_exchange (download->port, "AT^DLOADINFO?", SMITH_DOWNLOAD_QUESTION_MS,
                                    cancellable, &local);
  if (*information != NULL || g_error_matches (local, SMITH_ERROR, SMITH_ERROR_TIMEOUT)
      || g_error_matches (local, SMITH_ERROR, SMITH_ERROR_PROTOCOL))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/**
 * smith_download_identify:
 * @as_text: whether the stick may be asked in text at all. One with a Qualcomm
 *   chip may not: it is asked in frames only
 * @information: (out) (transfer full) (nullable): its answer to AT^DLOADINFO?,
 *   which there is in the text stage only
 *
 * Asks a stick in download mode what it is, and nothing else: no stage is
 * entered or left, so that it stays as it was found. In the text stage
 * @information is what it says; in the binary stage version and product id
 * are. Up to ten seconds.
 *
 * Returns: FALSE with SMITH_ERROR_WRONG_DEVICE (nothing of that kind answers),
 *   UNSUPPORTED (another protocol), DISCONNECTED, PROTOCOL or
 *   G_IO_ERROR_CANCELLED
 */
gboolean
smith_download_identify (SmithDownload *download,
                         gboolean as_text,
                         SmithAtAnswer **information,
                         GCancellable *cancellable,
                         GError **error)
{
  TextResult text = TEXT_SILENT;
  SmithFrameResult version;

  *information = NULL;
  if (!smith_port_settle (download->port, SMITH_DOWNLOAD_SETTLE_MS, cancellable, error))
    return FALSE;
  if (as_text)
    text = ask_as_text (download, PROBE_MS, cancellable, error);
  if (text == TEXT_FAILED)
    return FALSE;
  if (text == TEXT_YES)
    return ask_information (download, information, cancellable, error);
  version = ask_version (download, as_text ? 1 : 2, cancellable, error);
  if (version == SMITH_FRAME_FAILED)
    return FALSE;
  if (version == SMITH_FRAME_ANSWER)
    {
      download->binary = TRUE;
      return ask_product (download, cancellable, error);
    }
  if (as_text)
    return ask_as_text_again (download, SMITH_DOWNLOAD_QUESTION_MS, cancellable, error)
           && ask_information (download, information, cancellable, error);
  set_not_download_mode (download, error);
  return FALSE;
}
