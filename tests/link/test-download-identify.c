/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "download-peer.h"
#include "format/error.h"
#include "line.h"
#include "link/deadline.h"

#define INFORMATION "\r\nswver:22.180.05.00.00\r\n\r\ndload type: 1\r\n\r\nOK\r\n"
#define PRODUCT_E1550 "45 48 55 41 57 45 49 20 45 31 35 35 00 00 00 00 00 00 00 00 00 00"

/* @code is -1 for success. Asks, and checks what came of it; whatever is sent
 * beyond the peer's steps fails the test when it ends. */
static void
identify (Peer *peer,
          gboolean as_text,
          int code,
          const char *information,
          const char *version,
          const char *product)
{
  g_auto (Host) host = { 0 };
  g_autoptr (SmithAtAnswer) answer = NULL;
  g_autoptr (GError) error = NULL;
  gint64 start = smith_deadline_now ();
  gboolean ok;

  host_open (&host, peer);
  ok = smith_download_identify (host.download, as_text, &answer, NULL, &error);
  if (code < 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, SMITH_ERROR, code);
  g_assert_cmpint (ok, ==, code < 0);
  g_assert_cmpint (elapsed_ms (start), <, HARD_BOUND_MS);
  g_assert_cmpstr (answer != NULL ? smith_at_answer_find (answer, "swver:") : NULL, ==,
                   information);
  g_assert_cmpstr (smith_download_get_version (host.download), ==, version);
  g_assert_cmpstr (smith_download_get_product (host.download), ==, product);
  g_assert_false (smith_download_has_written (host.download));
  peer_finish (peer);
  smith_deadline_set_scale (1);
}

/* In the text stage: two questions, and the stage is not left. */
static void
test_text (void)
{
  Peer *peer = peer_new ();

  steps_probe (peer);
  peer_answer_text (peer, "AT^DLOADINFO?", INFORMATION);
  identify (peer, TRUE, -1, "22.180.05.00.00", NULL, NULL);

  /* An echo, and lines that nobody asked for. */
  peer = peer_new ();
  peer_answer_text (peer, "AT^DLOADVER?", "AT^DLOADVER?\r\r\n^RSSI:9\r\n" TEXT_VERSION);
  peer_answer_text (peer, "AT^DLOADINFO?", "AT^DLOADINFO?\r" INFORMATION);
  identify (peer, TRUE, -1, "22.180.05.00.00", NULL, NULL);

  peer = peer_new ();
  steps_probe (peer);
  peer_answer_text (peer, "AT^DLOADINFO?", ERROR);
  identify (peer, TRUE, -1, NULL, NULL, NULL);
}

/* The second question may stay without an answer. */
static void
test_text_silent_later (void)
{
  Peer *peer = peer_new ();

  steps_probe (peer);
  peer_expect_text (peer, "AT^DLOADINFO?\r");
  smith_deadline_set_scale (0.5);
  identify (peer, TRUE, -1, NULL, NULL, NULL);
}

/* In the binary stage, which is not left either. */
static void
test_binary (void)
{
  Peer *peer = peer_new ();

  peer_expect_text (peer, "AT^DLOADVER?\r");
  steps_questions (peer);
  smith_deadline_set_scale (0.5);
  identify (peer, TRUE, -1, NULL, "7200B--SKCBADZM", "BV7R11HS");
}

/* It need not say what it is. */
static void
test_binary_silent_later (void)
{
  Peer *peer = peer_new ();

  peer_expect_hex (peer, ASK_VERSION);
  peer_send_frame (peer, BALONG);
  peer_expect_hex (peer, ASK_PRODUCT);
  peer_expect_hex (peer, ASK_PRODUCT);
  smith_deadline_set_scale (0.5);
  identify (peer, FALSE, -1, NULL, "7200B--SKCBADZM", NULL);
}

/* One that may be a Qualcomm stick is sent two frames and not a byte of text. */
static void
test_no_text (void)
{
  Peer *peer = peer_new ();

  peer_expect_hex (peer, ASK_VERSION);
  peer_send_frame (peer, QUALCOMM);
  peer_expect_hex (peer, ASK_PRODUCT);
  peer_send_frame (peer, PRODUCT_E1550);
  identify (peer, FALSE, -1, NULL, "M62xx-OEMSBL", "HUAWEI E155");
}

/* What a Qualcomm stick's own firmware says: it is not asked anything more. */
static void
test_no_text_application (void)
{
  Peer *peer = peer_new ();

  for (guint i = 0; i < 2; i++)
    {
      peer_expect_hex (peer, ASK_VERSION);
      peer_send_hex (peer, "13 0C D2 7A 7E");
    }
  smith_deadline_set_scale (0.1);
  identify (peer, FALSE, SMITH_ERROR_WRONG_DEVICE, NULL, NULL, NULL);

  peer = peer_new ();
  peer_expect_hex (peer, ASK_VERSION);
  peer_expect_hex (peer, ASK_VERSION);
  smith_deadline_set_scale (0.1);
  identify (peer, FALSE, SMITH_ERROR_WRONG_DEVICE, NULL, NULL, NULL);
}

/* A stick that was too slow for the first time. */
static void
test_late_text (void)
{
  Peer *peer = peer_new ();

  peer_expect_text (peer, "AT^DLOADVER?\r");
  peer_expect_hex (peer, ASK_VERSION);
  peer_expect_text (peer, "\r");
  steps_probe (peer);
  peer_answer_text (peer, "AT^DLOADINFO?", INFORMATION);
  smith_deadline_set_scale (0.5);
  identify (peer, TRUE, -1, "22.180.05.00.00", NULL, NULL);
}

static void
test_wrong_port (void)
{
  static const struct
  {
    const char *answer;
    int code;
  } cases[] = {
    { "\r\n3.0\r\n\r\nOK\r\n", SMITH_ERROR_UNSUPPORTED },
    { OK, SMITH_ERROR_WRONG_DEVICE },
    { ERROR, SMITH_ERROR_WRONG_DEVICE },
  };
  Peer *peer;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      peer = peer_new ();
      peer_answer_text (peer, "AT^DLOADVER?", cases[i].answer);
      identify (peer, TRUE, cases[i].code, NULL, NULL, NULL);
    }
  peer = peer_new ();
  peer_expect_text (peer, "AT^DLOADVER?\r");
  peer_expect_hex (peer, ASK_VERSION);
  peer_expect_text (peer, "\rAT^DLOADVER?\r");
  smith_deadline_set_scale (0.1);
  identify (peer, TRUE, SMITH_ERROR_WRONG_DEVICE, NULL, NULL, NULL);
}

static void
test_gone (void)
{
  for (guint i = 0; i < 2; i++)
    {
      Peer *peer = peer_new ();

      if (i > 0)
        steps_probe (peer);
      peer_expect_text (peer, i == 0 ? "AT^DLOADVER?\r" : "AT^DLOADINFO?\r");
      peer_hang_up (peer);
      identify (peer, TRUE, SMITH_ERROR_DISCONNECTED, NULL, NULL, NULL);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/link/download-identify/text", test_text);
  g_test_add_func ("/link/download-identify/no-text", test_no_text);
  g_test_add_func ("/link/download-identify/gone", test_gone);
  g_test_add_func ("/link/download-identify/text-silent-later", test_text_silent_later);
  g_test_add_func ("/link/download-identify/binary", test_binary);
  g_test_add_func ("/link/download-identify/late-text", test_late_text);
  g_test_add_func ("/link/download-identify/binary-silent-later", test_binary_silent_later);
  g_test_add_func ("/link/download-identify/no-text-application", test_no_text_application);
  g_test_add_func ("/link/download-identify/wrong-port", test_wrong_port);
  return g_test_run ();
}
