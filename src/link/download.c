/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "download.h"

#include <glib/gi18n.h>

#include "at-channel.h"
#include "deadline.h"
#include "format/bytes.h"
#include "format/error.h"
#include "frame-channel.h"

/* Commands of the binary stage; what a stick answers begins with ACK or NAK,
 * or for a question with a byte of its own. */
enum
{
  ACK = 0x02,
  NAK = 0x03,
  LEAVE = 0x01,
  RESTART = 0x0A,
  VERSION = 0x0C,
  VERSION_ANSWER = 0x0D,
  BEGIN = 0x41,
  BLOCK = 0x42,
  END = 0x43,
  PRODUCT = 0x45,
};

#define PROTOCOL "2.0"

#define BLOCK_HEAD 7
#define BEGIN_SIZE 12
#define END_SIZE 23

#define SETTLE_MS 50
#define PROBE_MS 1500  /* as text first: a stick that is in the binary stage is silent */
#define TEXT_MS 5000
#define QUESTION_MS 2000
#define BEGIN_MS 60000 /* may erase flash */
#define BLOCK_MS 10000
#define END_MS 120000  /* may program the tail and verify it */
#define RESTART_MS 5000

/* After a repeat, two answers may come: the late one and the repeat's. A stick
 * that was too slow for the first may be as slow for the second. */
#define REPEAT_SETTLE_MS 300
#define OWED_MS (2 * BLOCK_MS)

#define QUESTION_TRIES 3
#define BLOCK_TRIES 2

/* What a Balong stick's answer to VERSION begins with. Only those know LEAVE;
 * to others the same byte means "write". */
#define BALONG_VERSION "7200"

struct _SmithDownload
{
  SmithPort *port;
  SmithFrameChannel *frames;
  gboolean binary;
  gboolean written; /* something may have been written */
  gboolean failed;  /* a partition was begun and not ended */
  char *version;
  char *product;
};

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

static const char *
describe_nak (int code)
{
  static const char *const meanings[] = {
    [0x1] = N_ ("the data arrived damaged"),
    [0x2] = N_ ("this part is not for this stick"),
    [0x3] = N_ ("wrong length"),
    [0x4] = N_ ("too short"),
    [0x5] = N_ ("too large"),
    [0x6] = N_ ("it does not know this command"),
    [0x7] = N_ ("writing failed"),
    [0x8] = N_ ("another kind of flash memory"),
    [0x9] = N_ ("its voltage is too low for writing"),
    [0xA] = N_ ("the check after writing failed"),
    [0xB] = N_ ("it wants a security code"),
    [0xC] = N_ ("the signature is wrong, or the part was altered"),
    [0xE] = N_ ("not permitted"),
    [0xF] = N_ ("a wrong address"),
  };

  if (code < 0 || code >= (int) G_N_ELEMENTS (meanings) || meanings[code] == NULL)
    return NULL;
  return _ (meanings[code]);
}

static void
set_nak (int code, GError **error)
{
  const char *meaning = describe_nak (code);

  if (meaning != NULL)
    smith_set_refusal (error, code, _ ("The stick said no: %s (code %X)"), meaning, code);
  else if (code == SMITH_NO_REFUSAL)
    smith_set_refusal (error, code, _ ("The stick said no"));
  else
    smith_set_refusal (error, code, _ ("The stick said no (code %X)"), code);
}

static gboolean
is_ack_or_nak (const guint8 *body, gsize size)
{
  return body[0] == ACK || body[0] == NAK;
}

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

/* Whether the last answer is ACK; a NAK is put into @error. */
static gboolean
check_ack (SmithDownload *download, GError **error)
{
  gsize size;
  const guint8 *body = smith_frame_get_answer (download->frames, &size);

  if (body[0] == ACK)
    return TRUE;
  set_nak (size >= 3 ? smith_get_u16_be (body + 1) : size == 2 ? body[1] : SMITH_NO_REFUSAL, error);
  return FALSE;
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
    result = smith_frame_exchange (download->frames, &question, 1, QUESTION_MS, wanted,
                                   cancellable, error);
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
  return TEXT_YES;
}

static gboolean
is_balong (SmithDownload *download)
{
  return download->version != NULL && g_str_has_prefix (download->version, BALONG_VERSION);
}

/* Back from frames to text, where the stick knows how to. Returns: FALSE only
 * with @error; whether it worked is in download->binary. */
static gboolean
leave_binary (SmithDownload *download, GCancellable *cancellable, GError **error)
{
  const guint8 leave = LEAVE;
  SmithFrameResult result;

  if (!is_balong (download))
    return TRUE;
  result = smith_frame_exchange (download->frames, &leave, 1, QUESTION_MS, is_ack_or_nak,
                                 cancellable, error);
  if (result == SMITH_FRAME_FAILED)
    return FALSE;
  if (result == SMITH_FRAME_ANSWER)
    download->binary = !check_ack (download, NULL);
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

/* Finds out in which of its two languages the stick is; afterwards it is in
 * text wherever that can be had. An earlier attempt may have left it in the
 * binary stage. */
static gboolean
find_stage (SmithDownload *download, GCancellable *cancellable, GError **error)
{
  SmithFrameResult version;
  TextResult text = ask_as_text (download, PROBE_MS, cancellable, error);

  if (text != TEXT_SILENT)
    return text == TEXT_YES;
  version = ask_version (download, 1, cancellable, error);
  if (version == SMITH_FRAME_FAILED)
    return FALSE;
  if (version == SMITH_FRAME_ANSWER)
    {
      g_info ("the stick is in the binary stage already");
      download->binary = TRUE;
      if (!leave_binary (download, cancellable, error))
        return FALSE;
    }
  if (download->binary)
    return TRUE;
  /* What stands of a frame in its line buffer is ended by an empty line. */
  if (!smith_port_write (download->port, (const guint8 *) "\r", 1, smith_deadline_in (TEXT_MS),
                         cancellable, error)
      || !smith_port_settle (download->port, 2 * SETTLE_MS, cancellable, error))
    return FALSE;
  text = ask_as_text (download, TEXT_MS, cancellable, error);
  if (text == TEXT_SILENT)
    set_not_download_mode (download, error);
  /* A late answer to the first time must not be taken for the next command's. */
  return text == TEXT_YES
         && smith_port_settle (download->port, REPEAT_SETTLE_MS, cancellable, error);
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
  if (!download->binary)
    {
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
  return smith_port_settle (download->port, SETTLE_MS, cancellable, error)
         && find_stage (download, cancellable, error)
         && sign_and_enter (download, signature, cancellable, error);
}

/**
 * smith_download_sign_next:
 * @signature: (nullable): of the file that comes next in the same session
 *
 * Prepares for a further file: a signature of its own needs the text stage
 * again; a file without one must not go out under that of the file before.
 *
 * Returns: FALSE with the errors of smith_download_enter()
 */
gboolean
smith_download_sign_next (SmithDownload *download,
                          const SmithSignature *signature,
                          GCancellable *cancellable,
                          GError **error)
{
  if (!leave_binary (download, cancellable, error))
    return FALSE;
  if (download->binary && signature != NULL)
    {
      smith_set_refusal (error, SMITH_NO_REFUSAL,
                         _ ("The stick takes no second signed file without a restart"));
      return FALSE;
    }
  return sign_and_enter (download, signature, cancellable, error);
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

/* Sends begin or end, which must never be repeated: done or failed. */
static gboolean
command_once (SmithDownload *download,
              const guint8 *body,
              gsize size,
              guint timeout_ms,
              GCancellable *cancellable,
              GError **error)
{
  SmithFrameResult result;

  smith_port_discard (download->port);
  result = smith_frame_exchange (download->frames, body, size, timeout_ms, is_ack_or_nak,
                                 cancellable, error);
  if (result == SMITH_FRAME_LOST)
    g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT,
                         _ ("The stick does not answer, or its answer arrived damaged"));
  return result == SMITH_FRAME_ANSWER && check_ack (download, error);
}

static gboolean
begin_partition (SmithDownload *download,
                 guint32 id,
                 guint64 size,
                 GCancellable *cancellable,
                 GError **error)
{
  guint8 body[BEGIN_SIZE] = { BEGIN };

  smith_put_u32_be (body + 1, id);
  smith_put_u32_be (body + 5, (guint32) size);
  return command_once (download, body, sizeof body, BEGIN_MS, cancellable, error);
}

static gboolean
end_partition (SmithDownload *download,
               guint32 id,
               guint64 size,
               GCancellable *cancellable,
               GError **error)
{
  guint8 body[END_SIZE] = { END };

  smith_put_u32_be (body + 1, (guint32) size);
  smith_put_u32_be (body + 8, id);
  return command_once (download, body, sizeof body, END_MS, cancellable, error);
}

/* No answer to an earlier try may be taken for that to the next command. */
static gboolean
await_owed (SmithDownload *download, guint owed, GCancellable *cancellable, GError **error)
{
  if (owed == 0)
    return smith_port_settle (download->port, REPEAT_SETTLE_MS, cancellable, error);
  return smith_frame_await (download->frames, OWED_MS, is_ack_or_nak, cancellable, error)
         != SMITH_FRAME_FAILED;
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
  for (; tries < BLOCK_TRIES && result == SMITH_FRAME_LOST; tries++)
    {
      result = smith_frame_exchange (download->frames, body, BLOCK_HEAD + size, BLOCK_MS,
                                     is_ack_or_nak, cancellable, error);
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
  if (!check_ack (download, error))
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
 *   DISCONNECTED, BAD_FILE (@data is damaged or not of @size),
 *   G_IO_ERROR_CANCELLED, or what the check set
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
  smith_port_discard (download->port);
  result = smith_frame_exchange (download->frames, &restart, 1, RESTART_MS, is_ack_or_nak,
                                 cancellable, &local);
  if (result == SMITH_FRAME_FAILED)
    {
      if (g_error_matches (local, SMITH_ERROR, SMITH_ERROR_DISCONNECTED))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (result == SMITH_FRAME_ANSWER && !check_ack (download, error))
    return FALSE;
  if (!wait_gone (download, RESTART_MS / 2, cancellable))
    smith_port_write (download->port, (const guint8 *) reset, sizeof reset - 1,
                      smith_deadline_in (RESTART_MS / 2), cancellable, NULL);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
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

  if (download->binary && !download->failed && !leave_binary (download, cancellable, &local))
    g_info ("leaving the binary stage: %s", local->message);
}
