/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "download-peer.h"
#include "format/error.h"
#include "line.h"
#include "link/deadline.h"

/* The longest waits are those for begin, blocks and end. */
#define WRITE_SCALE 0.04

#define ID 0x00090000
#define BEGIN_5 "41 00 09 00 00 00 00 00 05 00 00 00"
#define END_5 "43 00 00 00 05 00 00 00 00 09 00 00 00 00 00 00 00 00 00 00 00 00 00"

static const guint8 five[] = { 0x01, 0x7E, 0x7D, 0x5E, 0xFF };

/* All of a partition, to the byte, with its checksums as others work them out. */
static void
test_bytes (void)
{
  Peer *peer = peer_new ();
  g_auto (Host) host = { 0 };
  g_autoptr (GError) error = NULL;

  steps_enter (peer);
  peer_expect_hex (peer, "7E 41 00 09 00 00 00 00 00 05 00 00 00 B2 99 7E");
  peer_send_hex (peer, "7E 02 6A D3 7E");
  peer_expect_hex (peer, "7E 42 00 00 00 01 00 05 01 7D 5E 7D 5D 5E FF 46 66 7E");
  peer_send_hex (peer, "02 6A D3 7E");
  peer_expect_hex (peer, "7E 43 00 00 00 05 00 00 00 00 09 00 00 00 00 00 00 00 00 00 00 00 00 00 "
                         "43 30 7E");
  peer_send_hex (peer, "7E 7E 02 6A D3 7E");
  peer_expect_hex (peer, RESTART);
  peer_send_hex (peer, "7E 02 6A D3 7E");
  peer_wait (peer, 5);
  peer_hang_up (peer);
  host_enter (&host, peer);
  host_write (&host, ID, five, sizeof five, &error);
  g_assert_no_error (error);
  g_assert_true (smith_download_has_written (host.download));
  smith_download_restart (host.download, NULL, &error);
  g_assert_no_error (error);
  peer_finish (peer);
}

typedef struct
{
  GArray *progress;
  guint n_checks;
  gboolean refuse;
} Seen;

static void
on_progress (guint64 done, gpointer user_data)
{
  Seen *seen = user_data;

  g_assert_cmpuint (seen->n_checks, ==, 0);
  g_array_append_val (seen->progress, done);
}

static gboolean
on_check (gpointer user_data, GError **error)
{
  Seen *seen = user_data;

  seen->n_checks++;
  if (seen->refuse)
    g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE, "not any more");
  return !seen->refuse;
}

/* Writes @size bytes of @data as a partition of @announced bytes. */
static gboolean
write_with (Host *host, const guint8 *data, gsize size, guint64 announced, Seen *seen,
            GCancellable *cancellable, GError **error)
{
  static const SmithDownloadFuncs funcs = { on_progress, on_check };
  g_autoptr (SmithExpander) expander = smith_expander_new (SMITH_COMPRESSION_NONE, data, size);

  return smith_download_write_partition (host->download, ID, announced, expander, &funcs, seen,
                                         cancellable, error);
}

static void
test_blocks (void)
{
  static const guint64 expected[] = { 4096, 8192, 8193 };
  g_autofree guint8 *data = g_malloc (8193);
  g_autoptr (GArray) progress = g_array_new (FALSE, FALSE, sizeof (guint64));
  Seen seen = { .progress = progress };
  Peer *peer = peer_new ();
  g_auto (Host) host = { 0 };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 8193; i++)
    data[i] = (guint8) (i * 7 + i / 256);
  steps_enter (peer);
  peer_answer_frame (peer, "41 00 09 00 00 00 00 20 01 00 00 00", ACK);
  peer_expect_block (peer, 1, data, 4096);
  peer_send_frame (peer, ACK);
  peer_expect_block (peer, 2, data + 4096, 4096);
  peer_send_frame (peer, ACK);
  peer_expect_block (peer, 3, data + 8192, 1);
  peer_send_frame (peer, ACK);
  peer_answer_frame (peer, "43 00 00 20 01 00 00 00 00 09 00 00 00 00 00 00 00 00 00 00 00 00 00",
                     ACK);
  host_enter (&host, peer);
  write_with (&host, data, 8193, 8193, &seen, NULL, &error);
  g_assert_no_error (error);
  peer_finish (peer);
  g_assert_cmpuint (seen.n_checks, ==, 1);
  g_assert_cmpmem (progress->data, progress->len * sizeof (guint64), expected, sizeof expected);
}

/* The answer comes after the repeat was sent, and then the repeat's own. */
static void
check_late_answer (gboolean at_once)
{
  g_autofree guint8 *data = g_malloc0 (2 * 4096);
  g_autoptr (GArray) progress = g_array_new (FALSE, FALSE, sizeof (guint64));
  Seen seen = { .progress = progress };
  Peer *peer = peer_new ();
  g_auto (Host) host = { 0 };
  g_autoptr (GError) error = NULL;

  steps_enter (peer);
  peer_answer_frame (peer, "41 00 09 00 00 00 00 20 00 00 00 00", ACK);
  peer_expect_block (peer, 1, data, 4096);
  peer_expect_block (peer, 1, data, 4096);
  peer_send_frame (peer, ACK);
  peer_wait (peer, at_once ? 0 : 300);
  peer_send_frame (peer, ACK);
  peer_expect_block (peer, 2, data, 4096);
  peer_send_frame (peer, "03 00 07");
  host_enter (&host, peer);
  g_assert_false (write_with (&host, data, 8192, 8192, &seen, NULL, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_REFUSED);
  g_assert_cmpint (smith_error_get_refusal (error), ==, 7);
  g_assert_cmpuint (progress->len, ==, 1);
  peer_finish (peer);
}

static void
test_late_answer (void)
{
  check_late_answer (TRUE);
  check_late_answer (FALSE);
}

/* A repeat that is refused means that the partition failed, whichever of the
 * two answers came first. */
static void
test_refused_repeat (void)
{
  g_autofree guint8 *data = g_malloc0 (2 * 4096);
  Peer *peer = peer_new ();
  g_auto (Host) host = { 0 };
  g_autoptr (GError) error = NULL;

  steps_enter (peer);
  peer_answer_frame (peer, "41 00 09 00 00 00 00 20 00 00 00 00", ACK);
  peer_expect_block (peer, 1, data, 4096);
  peer_expect_block (peer, 1, data, 4096);
  peer_send_frame (peer, ACK);
  peer_send_frame (peer, "03 00 03");
  host_enter (&host, peer);
  g_assert_false (write_with (&host, data, 8192, 8192, NULL, NULL, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_REFUSED);
  g_assert_cmpint (smith_error_get_refusal (error), ==, 3);
  peer_finish (peer);
}

/* What is neither yes nor an answer to a question is a no; its third byte is the code. */
static void
test_other_no (void)
{
  Peer *peer = peer_new ();
  g_auto (Host) host = { 0 };
  g_autoptr (GError) error = NULL;

  steps_enter (peer);
  peer_expect_frame (peer, BEGIN_5);
  peer_send_frame (peer, "05 01 02");
  host_enter (&host, peer);
  g_assert_false (write_with (&host, five, 5, 5, NULL, NULL, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_REFUSED);
  g_assert_cmpint (smith_error_get_refusal (error), ==, 2);
  peer_finish (peer);
}

/* Frames of other kinds, stray text and damaged frames are no answers. */
static void
test_passed_over (void)
{
  Peer *peer = peer_new ();
  g_auto (Host) host = { 0 };
  g_autoptr (GError) error = NULL;

  steps_enter (peer);
  /* What came before a command was sent does not answer it. */
  peer_send_frame (peer, "03 00 02");
  peer_wait (peer, 50);
  peer_expect_frame (peer, BEGIN_5);
  peer_send_frame (peer, BALONG);
  peer_send_frame (peer, PRODUCT_V7R11);
  peer_send_text (peer, "\r\n^RSSI:17\r\n");
  peer_send_frame (peer, ACK);
  peer_expect_block (peer, 1, five, 5);
  peer_send_bad_frame (peer, ACK);
  peer_send_frame (peer, ACK);
  peer_expect_frame (peer, END_5);
  peer_send_bad_frame (peer, "03 00 0C");
  peer_wait (peer, 20);
  peer_send_frame (peer, ACK);
  host_enter (&host, peer);
  g_usleep (30000);
  host_write (&host, ID, five, sizeof five, &error);
  g_assert_no_error (error);
  peer_finish (peer);
}

#define TWO_BEGIN "41 00 09 00 00 00 00 10 05 00 00 00"
#define TWO_END "43 00 00 10 05 00 00 00 00 09 00 00 00 00 00 00 00 00 00 00 00 00 00"
#define ACK_FRAME "7E 02 6A D3 7E"
#define NAK_FRAME "7E 03 00 07 17 5D 7E"

static gboolean
await_unread (gpointer peer, GError **error)
{
  peer_await_unread (peer);
  return TRUE;
}

/* Writes a partition of two blocks; checks it once something came that nobody
 * has read yet. */
static gboolean
write_two (Host *host, Peer *peer, GError **error)
{
  static const SmithDownloadFuncs at_once = { NULL, NULL };
  static const SmithDownloadFuncs later = { NULL, await_unread };
  static const guint8 data[4101];
  g_autoptr (SmithExpander) expander
      = smith_expander_new (SMITH_COMPRESSION_NONE, data, sizeof data);

  return smith_download_write_partition (host->download, ID, sizeof data, expander,
                                         peer != NULL ? &later : &at_once, peer, NULL, error);
}

/* As far as the last block, whose answer is the step to follow. */
static void
expect_two (Peer *peer, const char *first)
{
  static const guint8 data[4101];

  steps_enter (peer);
  peer_answer_frame (peer, TWO_BEGIN, ACK);
  peer_expect_block (peer, 1, data, 4096);
  peer_send_hex (peer, first);
  peer_expect_block (peer, 2, data, 5);
}

/* An answer that came twice hides the next one, which is a no: whether that
 * comes with it or later, the partition is not ended. */
static void
test_hidden_no (void)
{
  for (guint later = 0; later < 2; later++)
    {
      Peer *peer = peer_new ();
      g_auto (Host) host = { 0 };
      g_autoptr (GError) error = NULL;

      expect_two (peer, ACK_FRAME);
      peer_send_hex (peer, later ? ACK_FRAME : ACK_FRAME NAK_FRAME);
      if (later)
        {
          peer_wait (peer, 20);
          peer_send_hex (peer, NAK_FRAME);
        }
      peer_expect_silence (peer, 20);
      host_enter (&host, peer);
      g_assert_false (write_two (&host, later ? peer : NULL, &error));
      g_assert_error (error, SMITH_ERROR, SMITH_ERROR_REFUSED);
      g_assert_cmpint (smith_error_get_refusal (error), ==, 7);
      peer_finish (peer);
    }
}

/* The same in the middle of a partition: no further block goes out. */
static void
test_hidden_no_between (void)
{
  static const guint8 data[4096];
  Peer *peer = peer_new ();
  g_auto (Host) host = { 0 };
  g_autoptr (GError) error = NULL;

  steps_enter (peer);
  peer_answer_frame (peer, TWO_BEGIN, ACK);
  peer_expect_block (peer, 1, data, 4096);
  peer_send_hex (peer, ACK_FRAME NAK_FRAME);
  peer_expect_silence (peer, 20);
  host_enter (&host, peer);
  g_assert_false (write_two (&host, NULL, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_REFUSED);
  peer_finish (peer);
}

/* Between blocks, a yes too many does no harm; at the end nobody could tell what
 * the answer to it belongs to. */
static void
test_yes_too_many (void)
{
  for (guint at_end = 0; at_end < 2; at_end++)
    {
      Peer *peer = peer_new ();
      g_auto (Host) host = { 0 };
      g_autoptr (GError) error = NULL;

      expect_two (peer, at_end ? ACK_FRAME : ACK_FRAME ACK_FRAME);
      peer_send_hex (peer, at_end ? ACK_FRAME ACK_FRAME : ACK_FRAME);
      if (!at_end)
        peer_answer_frame (peer, TWO_END, ACK);
      peer_expect_silence (peer, 20);
      host_enter (&host, peer);
      g_assert_cmpint (write_two (&host, NULL, &error), ==, !at_end);
      if (at_end)
        g_assert_error (error, SMITH_ERROR, SMITH_ERROR_PROTOCOL);
      else
        g_assert_no_error (error);
      peer_finish (peer);
    }
}

/* A no behind the yes to the end: the partition failed, and so does what comes
 * next if it is seen then only. */
static void
test_no_after_end (void)
{
  for (guint next = 0; next < 4; next++)
    {
      Peer *peer = peer_new ();
      g_auto (Host) host = { 0 };
      g_autoptr (GError) error = NULL;
      gboolean ok;

      expect_two (peer, ACK_FRAME);
      peer_send_hex (peer, ACK_FRAME);
      peer_expect_frame (peer, TWO_END);
      peer_send_hex (peer, next == 0 ? ACK_FRAME NAK_FRAME : ACK_FRAME);
      if (next > 0)
        {
          peer_wait (peer, 150);
          peer_send_hex (peer, NAK_FRAME);
        }
      peer_expect_silence (peer, 20);
      host_enter (&host, peer);
      ok = write_two (&host, NULL, &error);
      if (next > 0 && ok)
        {
          peer_await_unread (peer);
          ok = next == 1   ? write_two (&host, NULL, &error)
               : next == 2 ? smith_download_sign_next (host.download, NULL, NULL, &error)
                           : smith_download_restart (host.download, NULL, &error);
        }
      g_assert_false (ok);
      g_assert_error (error, SMITH_ERROR, SMITH_ERROR_REFUSED);
      g_assert_cmpint (smith_error_get_refusal (error), ==, 7);
      peer_finish (peer);
    }
}

static void
test_block_again (void)
{
  /* A damaged answer, half of one, and garbage: once more, and only once. */
  static const char *const answers[] = { "7E 02 6A D2 7E", "7E 02", "00 13 37 C3 5B", "7E 7E 02 7E" };

  for (gsize i = 0; i < 2 * G_N_ELEMENTS (answers); i++)
    {
      gboolean twice = i >= G_N_ELEMENTS (answers);
      Peer *peer = peer_new ();
      g_auto (Host) host = { 0 };
      g_autoptr (GError) error = NULL;

      steps_enter (peer);
      peer_answer_frame (peer, BEGIN_5, ACK);
      peer_expect_block (peer, 1, five, 5);
      peer_send_hex (peer, answers[i % G_N_ELEMENTS (answers)]);
      peer_expect_block (peer, 1, five, 5);
      if (!twice)
        {
          peer_send_frame (peer, ACK);
          peer_answer_frame (peer, END_5, ACK);
        }
      host_enter (&host, peer);
      host_write (&host, ID, five, sizeof five, &error);
      if (twice)
        g_assert_error (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT);
      else
        g_assert_no_error (error);
      peer_finish (peer);
    }
}

/* Neither begin nor end goes out a second time, however damaged the answer. */
static void
test_never_again (void)
{
  static const char *const answers[] = { "", "7E 02 6A D2 7E", "7E 02", "00 13 37 C3 5B" };

  for (gsize i = 0; i < 2 * G_N_ELEMENTS (answers); i++)
    {
      gboolean at_end = i >= G_N_ELEMENTS (answers);
      Peer *peer = peer_new ();
      g_auto (Host) host = { 0 };
      g_autoptr (GError) error = NULL;

      smith_deadline_set_scale (WRITE_SCALE);
      steps_enter (peer);
      peer_expect_frame (peer, BEGIN_5);
      if (at_end)
        {
          peer_send_frame (peer, ACK);
          peer_expect_block (peer, 1, five, 5);
          peer_send_frame (peer, ACK);
          peer_expect_frame (peer, END_5);
        }
      peer_send_hex (peer, answers[i % G_N_ELEMENTS (answers)]);
      host_enter (&host, peer);
      smith_deadline_set_scale (0.01);
      g_assert_false (host_write (&host, ID, five, sizeof five, &error));
      g_assert_error (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT);
      g_assert_true (smith_download_has_written (host.download));
      /* A stick in the middle of a partition is not told to leave either. */
      smith_download_leave (host.download, NULL);
      smith_deadline_set_scale (WRITE_SCALE);
      peer_finish (peer);
    }
}

static void
test_refusals (void)
{
  static const struct
  {
    const char *answer;
    int refusal;
  } cases[] = {
    { "03 00 01", 1 },    { "03 00 02", 2 },       { "03 00 03", 3 },   { "03 00 04", 4 },
    { "03 00 05", 5 },    { "03 00 06", 6 },       { "03 00 07", 7 },   { "03 00 08", 8 },
    { "03 00 09", 9 },    { "03 00 0A", 10 },      { "03 00 0B", 11 },  { "03 00 0C", 12 },
    { "03 00 0D", 13 },   { "03 00 0E", 14 },      { "03 00 0F", 15 },  { "03 00 10", 16 },
    { "03 12 34", 0x34 }, { "03 FF FF", 0xFF }, { "03 05", 5 },      { "03 00 07 01 02", 7 },
    { "03", SMITH_NO_REFUSAL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint where = 0; where < 3; where++)
      {
        Peer *peer = peer_new ();
        g_auto (Host) host = { 0 };
        g_autoptr (GError) error = NULL;

        steps_enter (peer);
        peer_answer_frame (peer, BEGIN_5, where == 0 ? cases[i].answer : ACK);
        if (where > 0)
          {
            peer_expect_block (peer, 1, five, 5);
            peer_send_frame (peer, where == 1 ? cases[i].answer : ACK);
          }
        if (where > 1)
          peer_answer_frame (peer, END_5, cases[i].answer);
        host_enter (&host, peer);
        g_assert_false (host_write (&host, ID, five, sizeof five, &error));
        g_assert_error (error, SMITH_ERROR, SMITH_ERROR_REFUSED);
        g_assert_cmpint (smith_error_get_refusal (error), ==, cases[i].refusal);
        g_assert_null (strstr (error->message, "FFFFFFFF"));
        g_assert_cmpint (smith_download_has_written (host.download), ==, where > 0);
        peer_finish (peer);
      }
}

/* After a refused first part nothing was written: the stick is left as it was. */
static void
test_refused_then_left (void)
{
  Peer *peer = peer_new ();
  g_auto (Host) host = { 0 };

  steps_enter (peer);
  peer_answer_frame (peer, BEGIN_5, "03 00 02");
  peer_answer_frame (peer, LEAVE, ACK);
  host_enter (&host, peer);
  g_assert_false (host_write (&host, ID, five, sizeof five, NULL));
  smith_download_leave (host.download, NULL);
  peer_finish (peer);
}

/* Data that is shorter or longer than was announced: the partition stays open. */
static void
test_wrong_size (void)
{
  for (guint announced = 4; announced <= 6; announced += 2)
    {
      g_autoptr (GArray) progress = g_array_new (FALSE, FALSE, sizeof (guint64));
      Seen seen = { .progress = progress };
      Peer *peer = peer_new ();
      g_auto (Host) host = { 0 };
      g_autoptr (GError) error = NULL;

      steps_enter (peer);
      peer_answer_frame (peer, announced == 4 ? "41 00 09 00 00 00 00 00 04 00 00 00"
                                              : "41 00 09 00 00 00 00 00 06 00 00 00",
                         ACK);
      if (announced == 6)
        {
          peer_expect_block (peer, 1, five, 5);
          peer_send_frame (peer, ACK);
        }
      host_enter (&host, peer);
      g_assert_false (write_with (&host, five, 5, announced, &seen, NULL, &error));
      g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE);
      g_assert_cmpuint (seen.n_checks, ==, 0);
      peer_finish (peer);
    }
}

static void
test_check_fails (void)
{
  g_autoptr (GArray) progress = g_array_new (FALSE, FALSE, sizeof (guint64));
  Seen seen = { .progress = progress, .refuse = TRUE };
  Peer *peer = peer_new ();
  g_auto (Host) host = { 0 };
  g_autoptr (GError) error = NULL;

  steps_enter (peer);
  peer_answer_frame (peer, BEGIN_5, ACK);
  peer_expect_block (peer, 1, five, 5);
  peer_send_frame (peer, ACK);
  host_enter (&host, peer);
  g_assert_false (write_with (&host, five, 5, 5, &seen, NULL, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE);
  g_assert_cmpuint (seen.n_checks, ==, 1);
  peer_finish (peer);
}

/* Cancelled before the first command: nothing goes out, and nothing was touched. */
static void
test_cancelled_before (void)
{
  g_autoptr (GArray) progress = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Seen seen = { .progress = progress };
  Peer *peer = peer_new ();
  g_auto (Host) host = { 0 };
  g_autoptr (GError) error = NULL;

  steps_enter (peer);
  peer_answer_frame (peer, LEAVE, ACK);
  host_enter (&host, peer);
  g_cancellable_cancel (cancellable);
  g_assert_false (write_with (&host, five, 5, 5, &seen, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (smith_download_has_written (host.download));
  smith_download_leave (host.download, NULL);
  peer_finish (peer);
}

/* Frames of other kinds, text and garbage without an end: given up in time. */
static void
test_flood (void)
{
  static const guint8 wrong_kind[] = { 0x7E, 0x0D, 0x9D, 0x2B, 0x7E, 0x0D, 0x9D, 0x2B, 0x7E };
  static const guint8 garbage[] = { 0x00, 0x13, 0x37, 0xC3, 0x5B };
  static const guint8 flags[] = { 0x7E, 0x7E, 0x7E, 0x7E };
  static const struct
  {
    const guint8 *data;
    gsize size;
  } floods[] = {
    { wrong_kind, sizeof wrong_kind }, { garbage, sizeof garbage }, { flags, sizeof flags },
  };

  for (gsize i = 0; i < 2 * G_N_ELEMENTS (floods); i++)
    {
      gboolean at_restart = i >= G_N_ELEMENTS (floods);
      Peer *peer = peer_new ();
      g_auto (Host) host = { 0 };
      g_autoptr (GError) error = NULL;
      gint64 start;

      steps_enter (peer);
      if (at_restart)
        peer_expect_hex (peer, RESTART);
      else
        peer_expect_frame (peer, BEGIN_5);
      peer_flood (peer, floods[i % G_N_ELEMENTS (floods)].data,
                  floods[i % G_N_ELEMENTS (floods)].size);
      host_enter (&host, peer);
      start = smith_deadline_now ();
      smith_deadline_set_scale (0.02);
      if (at_restart)
        smith_download_restart (host.download, NULL, NULL);
      else
        {
          g_assert_false (host_write (&host, ID, five, sizeof five, &error));
          g_assert_error (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT);
        }
      smith_deadline_set_scale (WRITE_SCALE);
      g_assert_cmpint (elapsed_ms (start), <, HARD_BOUND_MS);
      peer_finish (peer);
    }
}

static void
test_restart (void)
{
  /* How the stick answers, and whether it goes by itself. */
  static const struct
  {
    const char *answer;
    gboolean goes;
  } cases[] = { { "7E 02 6A D3 7E", TRUE }, { "", TRUE }, { "7E 02 6A D3 7E", FALSE }, { "", FALSE } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Peer *peer = peer_new ();
      g_auto (Host) host = { 0 };
      g_autoptr (GError) error = NULL;

      steps_enter (peer);
      peer_expect_hex (peer, RESTART);
      peer_send_hex (peer, cases[i].answer);
      if (cases[i].goes)
        peer_hang_up (peer);
      else
        peer_expect_text (peer, "AT^RESET\r");
      host_enter (&host, peer);
      smith_download_restart (host.download, NULL, &error);
      g_assert_no_error (error);
      peer_finish (peer);
    }
}

static void
test_restart_refused (void)
{
  Peer *peer = peer_new ();
  g_auto (Host) host = { 0 };
  g_autoptr (GError) error = NULL;

  steps_enter (peer);
  peer_expect_hex (peer, RESTART);
  peer_send_frame (peer, "03 00 0E");
  host_enter (&host, peer);
  g_assert_false (smith_download_restart (host.download, NULL, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_REFUSED);
  g_assert_cmpint (smith_error_get_refusal (error), ==, 14);
  peer_finish (peer);
}

static void
test_gone (void)
{
  for (guint where = 0; where < 3; where++)
    {
      Peer *peer = peer_new ();
      g_auto (Host) host = { 0 };
      g_autoptr (GError) error = NULL;

      steps_enter (peer);
      peer_expect_frame (peer, BEGIN_5);
      if (where > 0)
        {
          peer_send_frame (peer, ACK);
          peer_expect_block (peer, 1, five, 5);
        }
      if (where > 1)
        {
          peer_send_frame (peer, ACK);
          peer_expect_frame (peer, END_5);
        }
      peer_hang_up (peer);
      host_enter (&host, peer);
      g_assert_false (host_write (&host, ID, five, sizeof five, &error));
      g_assert_error (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED);
      g_assert_true (smith_download_has_written (host.download));
      peer_finish (peer);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  smith_deadline_set_scale (WRITE_SCALE);
  g_test_add_func ("/link/write/bytes", test_bytes);
  g_test_add_func ("/link/write/blocks", test_blocks);
  g_test_add_func ("/link/write/late-answer", test_late_answer);
  g_test_add_func ("/link/write/refused-repeat", test_refused_repeat);
  g_test_add_func ("/link/write/other-no", test_other_no);
  g_test_add_func ("/link/write/passed-over", test_passed_over);
  g_test_add_func ("/link/write/hidden-no", test_hidden_no);
  g_test_add_func ("/link/write/hidden-no-between", test_hidden_no_between);
  g_test_add_func ("/link/write/yes-too-many", test_yes_too_many);
  g_test_add_func ("/link/write/no-after-end", test_no_after_end);
  g_test_add_func ("/link/write/block-again", test_block_again);
  g_test_add_func ("/link/write/never-again", test_never_again);
  g_test_add_func ("/link/write/refusals", test_refusals);
  g_test_add_func ("/link/write/refused-then-left", test_refused_then_left);
  g_test_add_func ("/link/write/wrong-size", test_wrong_size);
  g_test_add_func ("/link/write/check-fails", test_check_fails);
  g_test_add_func ("/link/write/cancelled-before", test_cancelled_before);
  g_test_add_func ("/link/write/flood", test_flood);
  g_test_add_func ("/link/write/restart", test_restart);
  g_test_add_func ("/link/write/restart-refused", test_restart_refused);
  g_test_add_func ("/link/write/gone", test_gone);
  return g_test_run ();
}
