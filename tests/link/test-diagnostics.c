/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/diagnostics.h"

#include <string.h>

#include "format/error.h"
#include "line.h"
#include "link/deadline.h"
#include "peer.h"

/* Where a stick is silent for long, that is shortened, but not by so much that
 * a busy machine looks like one. */
#define SILENT_SCALE 0.25
#define SUCCESS (-1)

#define FIRMWARE "11.608.12.04.21"
#define HARDWARE "CD6E1550M Ver.A"

#define VERSION "7E 0C 14 3A 7E"
#define AT_WORK "13 0C D2 7A 7E"
#define IDENTIFY "7E 4B C9 03 FF E8 99 7E"
#define DOWNLOAD "7E 3A A1 6E 7E"

static void
start_text (Peer *peer, const char *answer)
{
  peer_expect_text (peer, "AT$QCDMG\r\n");
  peer_send_text (peer, answer);
}

static void
expect_log_off (Peer *peer, const char *answer)
{
  peer_expect_text (peer, "AT^DISLOG=255\r\n");
  if (answer != NULL)
    peer_send_text (peer, answer);
}

/* As far as the stick's first frame. */
static void
start (Peer *peer)
{
  start_text (peer, "\r\nOK\r\n");
  expect_log_off (peer, "\r\nOK\r\n");
  peer_expect_hex (peer, VERSION);
}

/* The body of the answer with the versions, in hexadecimal. */
static char *
identity_hex (const char *firmware, const char *hardware)
{
  guint8 body[4 + 31 + 32] = { 0x4B, 0xC9, 0x03, 0xFF };
  GString *hex = g_string_new (NULL);

  memcpy (body + 4, firmware, MIN (strlen (firmware), 31));
  memcpy (body + 35, hardware, MIN (strlen (hardware), 32));
  for (guint i = 0; i < sizeof body; i++)
    g_string_append_printf (hex, "%02X", body[i]);
  return g_string_free (hex, FALSE);
}

static void
send_identity (Peer *peer)
{
  g_autofree char *hex = identity_hex (FIRMWARE, HARDWARE);

  peer_send_frame (peer, hex);
}

/* Plays the peer's part against it. @code may be SUCCESS; cancelling is checked elsewhere. */
static void
enter (Peer *peer, double scale, int code, SmithDiagnosticsInfo *info, int *refusal)
{
  g_autoptr (SmithPort) port = NULL;
  g_autoptr (GError) error = NULL;
  gboolean ok;
  gint64 start = smith_deadline_now ();

  smith_deadline_set_scale (scale);
  peer_start (peer);
  port = smith_port_open (peer_get_device (peer), 0, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  memset (info, 0x55, sizeof *info);
  ok = smith_diagnostics_enter_download_mode (port, info, NULL, &error);
  g_assert_cmpint (ok, ==, error == NULL);
  g_assert_true (info->told || info->loader_runs || !ok);
  if (code == SUCCESS)
    g_assert_no_error (error);
  else
    g_assert_error (error, SMITH_ERROR, code);
  if (refusal != NULL)
    *refusal = smith_error_get_refusal (error);
  g_assert_cmpint (elapsed_ms (start), <, HARD_BOUND_MS);
  peer_finish (peer);
}

/* As it was seen on the wire, byte by byte; the stick's frames without their
 * opening flag, as some send them. */
static void
test_captured (void)
{
  Peer *peer = peer_new ();
  SmithDiagnosticsInfo info;

  start (peer);
  peer_send_hex (peer, AT_WORK);
  peer_expect_hex (peer, IDENTIFY);
  send_identity (peer);
  peer_expect_hex (peer, DOWNLOAD);
  peer_send_hex (peer, DOWNLOAD);
  enter (peer, 1, SUCCESS, &info, NULL);
  g_assert_cmpstr (info.firmware, ==, FIRMWARE);
  g_assert_cmpstr (info.hardware, ==, HARDWARE);
  g_assert_false (info.loader_runs);
}

/* The port is another after the first command; what it says to the second, if
 * anything, means nothing. */
static void
test_talk_around (void)
{
  static const char *const answers[] = { NULL, "\r\nERROR\r\n", "\r\n^RSSI:17\r\n\x7E\x01\x02" };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      Peer *peer = peer_new ();
      SmithDiagnosticsInfo info;

      start_text (peer, "AT$QCDMG\r\r\n^BOOT:1,0,0\r\n\r\nOK\r\n");
      expect_log_off (peer, answers[i]);
      peer_expect_hex (peer, VERSION);
      /* Frames that nobody asked for. */
      peer_send_frame (peer, "10 00 11 22 33");
      peer_send_frame (peer, "13 41");
      peer_send_hex (peer, AT_WORK);
      peer_expect_hex (peer, IDENTIFY);
      peer_send_frame (peer, "4B C9 03");
      peer_send_frame (peer, "4B 12 00 00 01");
      send_identity (peer);
      peer_expect_hex (peer, DOWNLOAD);
      peer_send_frame (peer, "60 00");
      peer_send_hex (peer, DOWNLOAD);
      enter (peer, 1, SUCCESS, &info, NULL);
      g_assert_cmpstr (info.firmware, ==, FIRMWARE);
    }
}

/* A port that a former attempt left as a diagnostics port says nothing to text. */
static void
test_left_open (void)
{
  Peer *peer = peer_new ();
  SmithDiagnosticsInfo info;

  peer_expect_text (peer, "AT$QCDMG\r\nAT^DISLOG=255\r\n");
  peer_expect_hex (peer, VERSION);
  peer_send_hex (peer, AT_WORK);
  peer_expect_hex (peer, IDENTIFY);
  send_identity (peer);
  peer_expect_hex (peer, DOWNLOAD);
  peer_send_hex (peer, DOWNLOAD);
  enter (peer, SILENT_SCALE, SUCCESS, &info, NULL);
}

/* Nothing is to be asked of a loader, which understands the rest differently. */
static void
test_loader_runs (void)
{
  Peer *peer = peer_new ();
  SmithDiagnosticsInfo info;

  start (peer);
  peer_send_frame (peer, "0D 0C 4D 36 32 78 78 2D 4F 45 4D 53 42 4C");
  peer_expect_silence (peer, 300);
  enter (peer, 1, SUCCESS, &info, NULL);
  g_assert_true (info.loader_runs);
  g_assert_false (info.told);
  g_assert_cmpstr (info.firmware, ==, "");
}

static void
test_no_entry (void)
{
  static const char *const answers[]
      = { "\r\nERROR\r\n", "\r\nCOMMAND NOT SUPPORT\r\n", "\r\n+CME ERROR: 100\r\n" };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      Peer *peer = peer_new ();
      SmithDiagnosticsInfo info;

      start_text (peer, answers[i]);
      peer_expect_silence (peer, 100);
      enter (peer, 1, SMITH_ERROR_UNSUPPORTED, &info, NULL);
    }
}

/* Who does not say what it is gets no command. */
static void
test_no_identity (void)
{
  for (guint i = 0; i < 3; i++)
    {
      Peer *peer = peer_new ();
      SmithDiagnosticsInfo info;

      start (peer);
      if (i == 0)
        {
          peer_expect_hex (peer, VERSION);
          peer_expect_hex (peer, VERSION);
        }
      else
        {
          peer_send_hex (peer, AT_WORK);
          peer_expect_hex (peer, IDENTIFY);
          if (i == 1)
            peer_send_frame (peer, "13 4B C9 03 FF");
          else
            {
              peer_expect_hex (peer, IDENTIFY);
              peer_expect_hex (peer, IDENTIFY);
            }
        }
      peer_expect_silence (peer, 300);
      enter (peer, SILENT_SCALE, i == 1 ? SMITH_ERROR_UNSUPPORTED : SMITH_ERROR_TIMEOUT, &info,
             NULL);
      g_assert_cmpstr (info.firmware, ==, "");
      g_assert_false (info.told);
    }
}

/* Questions are asked again; a damaged answer is none. */
static void
test_again (void)
{
  Peer *peer = peer_new ();
  SmithDiagnosticsInfo info;

  start (peer);
  peer_send_bad_frame (peer, "13 0C");
  peer_expect_hex (peer, VERSION);
  peer_send_hex (peer, AT_WORK);
  peer_expect_hex (peer, IDENTIFY);
  peer_expect_hex (peer, IDENTIFY);
  send_identity (peer);
  peer_expect_hex (peer, DOWNLOAD);
  peer_send_hex (peer, DOWNLOAD);
  enter (peer, SILENT_SCALE, SUCCESS, &info, NULL);
}

/* The command itself goes out once, whatever becomes of it. */
static void
test_command_once (void)
{
  static const struct
  {
    const char *answer;
    int code;
    int refusal;
  } cases[] = {
    { NULL, SMITH_ERROR_TIMEOUT, SMITH_NO_REFUSAL },
    { "13 3A", SMITH_ERROR_REFUSED, 0x13 },
    { "03 00 06", SMITH_ERROR_REFUSED, 6 },
    { "gone", SUCCESS, SMITH_NO_REFUSAL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Peer *peer = peer_new ();
      SmithDiagnosticsInfo info;
      int refusal;

      start (peer);
      peer_send_hex (peer, AT_WORK);
      peer_expect_hex (peer, IDENTIFY);
      send_identity (peer);
      peer_expect_hex (peer, DOWNLOAD);
      if (g_strcmp0 (cases[i].answer, "gone") == 0)
        peer_hang_up (peer);
      else
        {
          if (cases[i].answer != NULL)
            peer_send_frame (peer, cases[i].answer);
          peer_expect_silence (peer, 400);
        }
      enter (peer, SILENT_SCALE, cases[i].code, &info, &refusal);
      g_assert_true (info.told);
      g_assert_cmpint (refusal, ==, cases[i].refusal);
      g_assert_cmpstr (info.firmware, ==, FIRMWARE);
    }
}

/* Texts of all lengths, full, cut short and with whatever bytes in them. */
static void
test_texts (void)
{
  static const struct
  {
    const char *body;
    const char *firmware;
    const char *hardware;
  } cases[] = {
    { "4B C9 03 FF 31", "1", "" },
    { "4B C9 03 FF 00 31 32", "", "" },
    { "4B C9 03 FF 20 31 07 1B 80 32 20", "1???2", "" },
    { "4B C9 03 FF 41414141414141414141414141414141414141414141414141414141414141"
      "42424242424242424242424242424242424242424242424242424242424242424343",
      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Peer *peer = peer_new ();
      SmithDiagnosticsInfo info;

      start (peer);
      peer_send_hex (peer, AT_WORK);
      peer_expect_hex (peer, IDENTIFY);
      peer_send_frame (peer, cases[i].body);
      peer_expect_hex (peer, DOWNLOAD);
      peer_send_hex (peer, DOWNLOAD);
      enter (peer, 1, SUCCESS, &info, NULL);
      g_assert_cmpstr (info.firmware, ==, cases[i].firmware);
      g_assert_cmpstr (info.hardware, ==, cases[i].hardware);
    }
}

/* A stick that leaves before it was told to is an error. */
static void
test_leaves_early (void)
{
  for (guint i = 0; i < 3; i++)
    {
      Peer *peer = peer_new ();
      SmithDiagnosticsInfo info;

      if (i == 0)
        peer_expect_text (peer, "AT$QCDMG\r\n");
      else
        start (peer);
      if (i == 2)
        {
          peer_send_hex (peer, AT_WORK);
          peer_expect_hex (peer, IDENTIFY);
        }
      peer_hang_up (peer);
      enter (peer, 1, SMITH_ERROR_DISCONNECTED, &info, NULL);
    }
}

static void
test_cancel (void)
{
  for (guint i = 0; i < 2; i++)
    {
      Peer *peer = peer_new ();
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (SmithPort) port = NULL;
      g_autoptr (GError) error = NULL;
      SmithDiagnosticsInfo info;
      GThread *thread;

      if (i == 0)
        peer_expect_text (peer, "AT$QCDMG\r\n");
      else
        {
          g_cancellable_cancel (cancellable);
          peer_expect_silence (peer, 50);
        }
      peer_start (peer);
      port = smith_port_open (peer_get_device (peer), 0, NULL, NULL, NULL, &error);
      g_assert_no_error (error);
      thread = cancel_soon (cancellable);
      g_assert_false (smith_diagnostics_enter_download_mode (port, &info, cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_thread_join (thread);
      peer_finish (peer);
    }
}

/* A port that never stops talking is sent nothing. */
static void
test_flood (void)
{
  Peer *peer = peer_new ();
  SmithDiagnosticsInfo info;

  peer_flood (peer, "\r\n^RSSI:17\r\n", 12);
  enter (peer, SILENT_SCALE, SMITH_ERROR_PROTOCOL, &info, NULL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/diagnostics/captured", test_captured);
  g_test_add_func ("/diagnostics/talk-around", test_talk_around);
  g_test_add_func ("/diagnostics/left-open", test_left_open);
  g_test_add_func ("/diagnostics/loader-runs", test_loader_runs);
  g_test_add_func ("/diagnostics/no-entry", test_no_entry);
  g_test_add_func ("/diagnostics/no-identity", test_no_identity);
  g_test_add_func ("/diagnostics/again", test_again);
  g_test_add_func ("/diagnostics/command-once", test_command_once);
  g_test_add_func ("/diagnostics/texts", test_texts);
  g_test_add_func ("/diagnostics/leaves-early", test_leaves_early);
  g_test_add_func ("/diagnostics/cancel", test_cancel);
  g_test_add_func ("/diagnostics/flood", test_flood);
  return g_test_run ();
}
