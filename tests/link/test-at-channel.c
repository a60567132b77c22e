/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "format/error.h"
#include "line.h"
#include "link/at-channel.h"
#include "link/deadline.h"
#include "peer.h"

#define PATIENCE_MS 10000

/* One command to a peer whose steps are there already. */
static SmithAtAnswer *
exchange (Peer *peer, const char *command, guint timeout_ms, GError **error)
{
  g_autoptr (SmithPort) port = smith_port_open (peer_get_device (peer), 0, NULL, NULL, NULL, NULL);

  g_assert_nonnull (port);
  peer_start (peer);
  return smith_at_exchange (port, command, timeout_ms, NULL, error);
}

static void
test_answers (void)
{
  /* As a stick sends it, the result, and the lines that are left of it. */
  static const struct
  {
    const char *command;
    const char *answer;
    SmithAtResult result;
    const char *lines;
    guint n_unsolicited;
  } cases[] = {
    { "AT", "\r\nOK\r\n", SMITH_AT_OK, "", 0 },
    { "AT^DLOADVER?", "\r\n2.0\r\n\r\nOK\r\n", SMITH_AT_OK, "2.0", 0 },
    { "AT^NOTHING", "\r\nERROR\r\n", SMITH_AT_ERROR, "", 0 },
    { "AT^NOTHING", "\r\nCOMMAND NOT SUPPORT\r\n", SMITH_AT_NOT_SUPPORTED, "", 0 },
    { "AT+CPIN?", "\r\n+CME ERROR: 10\r\n", SMITH_AT_CME_ERROR, "", 0 },
    { "ATI", "ATI\r\r\nModel: E3372\r\n\r\nOK\r\n", SMITH_AT_OK, "Model: E3372", 0 },
    { "AT+CSQ", "\r\n^RSSI:17\r\n\r\n+CSQ: 17,99\r\n\r\n^RSSI:18\r\n\r\nOK\r\n", SMITH_AT_OK,
      "+CSQ: 17,99", 2 },
    { "AT^RFSWITCH?", "\r\n^RFSWITCH:1,1\r\n\r\nOK\r\n", SMITH_AT_OK, "^RFSWITCH:1,1", 0 },
    { "AT^DLOADVER?", "AT^DLOADVER?\r\r\n^HCSQ:\"LTE\",1\r\n\r\n2.0\r\n\r\nOK\r\n", SMITH_AT_OK,
      "2.0", 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Peer *peer = peer_new ();
      g_autoptr (SmithAtAnswer) answer = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *lines = NULL;

      peer_answer_text (peer, cases[i].command, cases[i].answer);
      answer = exchange (peer, cases[i].command, PATIENCE_MS, &error);
      g_assert_no_error (error);
      peer_finish (peer);
      lines = g_strjoinv ("|", answer->lines);
      g_assert_cmpint (answer->result, ==, cases[i].result);
      g_assert_cmpstr (lines, ==, cases[i].lines);
      g_assert_cmpuint (g_strv_length (answer->unsolicited), ==, cases[i].n_unsolicited);
    }
}

/* Cut at every place there is. */
static void
test_pieces (void)
{
  static const char text[] = "AT^VERSION?\r\r\n^RSSI:9\r\n\r\n^VERSION:EXTS:1\r\n\r\nOK\r\n";

  for (gsize cut = 1; cut < strlen (text) - 1; cut++)
    {
      Peer *peer = peer_new ();
      g_autoptr (SmithAtAnswer) answer = NULL;
      g_autoptr (GError) error = NULL;

      peer_expect_text (peer, "AT^VERSION?\r");
      peer_send (peer, text, cut);
      peer_wait (peer, 2);
      peer_send (peer, text + cut, strlen (text) - cut);
      answer = exchange (peer, "AT^VERSION?", PATIENCE_MS, &error);
      g_assert_no_error (error);
      peer_finish (peer);
      g_assert_cmpuint (g_strv_length (answer->lines), ==, 1);
      g_assert_cmpstr (smith_at_answer_find (answer, "^VERSION:EXTS:"), ==, "1");
    }
}

static void
test_no_answer (void)
{
  /* Nothing, an echo alone, an answer without an end, and only what nobody asked for. */
  static const char *const texts[] = { "", "AT\r", "\r\n2.0\r\n", "\r\n^RSSI:1\r\n", "OK" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      Peer *peer = peer_new ();
      g_autoptr (GError) error = NULL;
      gint64 start = smith_deadline_now ();

      peer_answer_text (peer, "AT", texts[i]);
      g_assert_null (exchange (peer, "AT", 100, &error));
      g_assert_error (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT);
      /* A person need not read the command. */
      g_assert_null (strstr (error->message, "AT"));
      g_assert_cmpint (elapsed_ms (start), <, HARD_BOUND_MS);
      peer_finish (peer);
    }
}

/* Neither lines nor a line without an end may go on for ever. */
static void
test_endless (void)
{
  static const char *const noises[] = { "\r\n^RSSI:1\r\n", "+FILLER: 1234567\r\n", "x", "\r\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (noises); i++)
    {
      Peer *peer = peer_new ();
      g_autoptr (GError) error = NULL;
      gint64 start = smith_deadline_now ();

      peer_expect_text (peer, "AT\r");
      peer_flood (peer, noises[i], strlen (noises[i]));
      g_assert_null (exchange (peer, "AT", 1000, &error));
      g_assert_true (g_error_matches (error, SMITH_ERROR, SMITH_ERROR_PROTOCOL)
                     || g_error_matches (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT));
      g_assert_cmpint (elapsed_ms (start), <, HARD_BOUND_MS);
      peer_finish (peer);
    }
}

/* What comes late, or unasked before a command, is no answer to that command. */
static void
test_late_answer (void)
{
  Peer *peer = peer_new ();
  g_autoptr (SmithPort) port = smith_port_open (peer_get_device (peer), 0, NULL, NULL, NULL, NULL);
  g_autoptr (SmithAtAnswer) answer = NULL;
  g_autoptr (GError) error = NULL;

  peer_expect_text (peer, "AT^FIRST\r");
  peer_wait (peer, 150);
  peer_send_text (peer, "\r\nFIRST\r\n\r\nOK\r\n");
  peer_answer_text (peer, "AT^SECOND", "\r\nSECOND\r\n\r\nOK\r\n");
  peer_start (peer);
  g_assert_null (smith_at_exchange (port, "AT^FIRST", 50, NULL, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT);
  g_clear_error (&error);
  g_usleep (400000);
  answer = smith_at_exchange (port, "AT^SECOND", PATIENCE_MS, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (answer->lines), ==, 1);
  g_assert_cmpstr (answer->lines[0], ==, "SECOND");
  peer_finish (peer);
}

static void
test_gone (void)
{
  Peer *peer = peer_new ();
  g_autoptr (GError) error = NULL;

  peer_expect_text (peer, "AT^RESET\r");
  peer_hang_up (peer);
  g_assert_null (exchange (peer, "AT^RESET", PATIENCE_MS, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED);
  peer_finish (peer);
}

static void
test_cancelled (void)
{
  Peer *peer = peer_new ();
  g_autoptr (SmithPort) port = smith_port_open (peer_get_device (peer), 0, NULL, NULL, NULL, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  peer_expect_silence (peer, 50);
  peer_start (peer);
  g_assert_null (smith_at_exchange (port, "AT", PATIENCE_MS, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  peer_finish (peer);
}

static void
test_check (void)
{
  static const char *const allowed[] = {
    "AT",
    "at",
    "ATI",
    "ATI;+CSQ",
    "AT^VERSION?",
    "AT^GODLOAD",
    "AT^RESET",
    "AT^SETPORT?",
    "AT^SETPORT=\"A1,A2;1,16,3,2\"",
    "AT^SYSCFG=2,2,3FFFFFFF,0,2",
    "AT^SYSCFGEX=\"00\",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF,,",
    "AT+CPIN=\"1234\"",
    "AT+CGSN",
    "AT^FHVER",
    "AT^U2DIAG=0",
    "AT+COPS = 0",
    "AT$QCDMG",
    "AT^CARDLOCK?",
    "AT^DLOADINFO?",
    "AT^NVBACKUP",
  };
  static const char *const refused[] = {
    "",
    "A",
    "BAT",
    " AT",
    "+++",
    "^VERSION?",
    "AT^CIMEI=\"123456789012345\"",
    "at^cimei=1",
    "AT^CIMEI?",
    "AT ^ C I M E I = 1",
    "at^nvwr=550,9,1",
    "AT^NVWREX=550,0,9,1",
    "AT; ^DATALOCK=\"12345678\"",
    "AT^datalock=\"1\"",
    "ATI;^CARDLOCK=\"12345678\"",
    "AT^CARDUNLOCK=1",
    "AT^INFORBU",
    "AT^SIMLOCK=1",
    "AT^SIMUNLOCK=1",
    "AT^UNLOCK=1",
    "AT^SN=1",
    "AT^IMEI=1",
    "AT^PHYNUM=IMEI,1",
    "AT+EGMR=1,7,\"1\"",
    "AT+CLCK=\"PN\",0,\"1\"",
    "AT+CLCK = \"PN\",0,\"1\"",
    "AT$QCIMEI=1",
    "AT\r",
    "AT\rAT^RESET",
    "AT\nAT^RESET",
    "AT\t^RESET",
    "AT\x1a",
    "AT\x7f",
    "AT\x1b[A",
    "ATü",
  };
  g_autofree char *longest = g_strnfill (SMITH_AT_COMMAND_MAX, 'A');
  g_autofree char *too_long = g_strnfill (SMITH_AT_COMMAND_MAX + 1, 'A');

  longest[1] = too_long[1] = 'T';
  g_assert_true (smith_at_command_check (longest, NULL));
  g_assert_false (smith_at_command_check (too_long, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (allowed); i++)
    {
      g_autoptr (GError) error = NULL;

      smith_at_command_check (allowed[i], &error);
      g_assert_no_error (error);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (GError) error = NULL;

      if (smith_at_command_check (refused[i], &error))
        g_error ("allowed: %s", refused[i]);
      g_assert_error (error, SMITH_ERROR, SMITH_ERROR_UNSUPPORTED);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/link/at/answers", test_answers);
  g_test_add_func ("/link/at/pieces", test_pieces);
  g_test_add_func ("/link/at/no-answer", test_no_answer);
  g_test_add_func ("/link/at/endless", test_endless);
  g_test_add_func ("/link/at/late-answer", test_late_answer);
  g_test_add_func ("/link/at/gone", test_gone);
  g_test_add_func ("/link/at/cancelled", test_cancelled);
  g_test_add_func ("/link/at/check", test_check);
  return g_test_run ();
}
