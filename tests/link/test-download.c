/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "download-peer.h"
#include "format/error.h"
#include "line.h"
#include "link/deadline.h"

static const SmithSignature signature = { .type = 1, .size = 2958, .key_sha256 = KEY };
static const SmithSignature other = { .type = 4, .size = 3750, .key_sha256 = KEY };

#define SIGNVER "AT^SIGNVER=1,0," KEY ",2958"
#define SIGNVER_OTHER "AT^SIGNVER=4,0," KEY ",3750"
#define SIGNED "\r\n0\r\n\r\nOK\r\n"

/* @code is -1 for success. */
static void
enter (Peer *peer, const SmithSignature *sign, int code)
{
  g_auto (Host) host = { 0 };
  g_autoptr (GError) error = NULL;
  gint64 start = smith_deadline_now ();
  gboolean ok;

  host_open (&host, peer);
  ok = smith_download_enter (host.download, sign, NULL, &error);
  if (code < 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, SMITH_ERROR, code);
  g_assert_cmpint (ok, ==, code < 0);
  g_assert_false (smith_download_has_written (host.download));
  g_assert_cmpint (elapsed_ms (start), <, HARD_BOUND_MS);
  peer_finish (peer);
}

static void
test_enter (void)
{
  Peer *peer = peer_new ();
  g_auto (Host) host = { 0 };

  steps_enter (peer);
  host_enter (&host, peer);
  g_assert_cmpstr (smith_download_get_version (host.download), ==, "7200B--SKCBADZM");
  g_assert_cmpstr (smith_download_get_product (host.download), ==, "BV7R11HS");
  g_assert_false (smith_download_has_written (host.download));
  peer_finish (peer);
}

static void
test_signature (void)
{
  Peer *peer = peer_new ();

  steps_probe (peer);
  peer_answer_text (peer, SIGNVER, SIGNED);
  peer_answer_text (peer, "AT^DATAMODE", OK);
  steps_questions (peer);
  enter (peer, &signature, -1);
}

static void
test_signature_refused (void)
{
  static const struct
  {
    const char *answer;
    int refusal;
  } cases[] = {
    { "\r\n7\r\n\r\nOK\r\n", 7 },
    { "\r\n^RSSI:1\r\n\r\n12\r\n\r\nOK\r\n", 12 },
    { "\r\n7\r\n\r\nERROR\r\n", SMITH_NO_REFUSAL },
    { ERROR, SMITH_NO_REFUSAL },
    { OK, SMITH_NO_REFUSAL },
    { "\r\n-1\r\n\r\nOK\r\n", SMITH_NO_REFUSAL },
    { "\r\nzero\r\n\r\nOK\r\n", SMITH_NO_REFUSAL },
    { "\r\n0x\r\n\r\nOK\r\n", SMITH_NO_REFUSAL },
    { "\r\nCOMMAND NOT SUPPORT\r\n", SMITH_NO_REFUSAL },
  };

  /* In real time: everything is answered, on a busy machine a little later. */
  smith_deadline_set_scale (1);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Peer *peer = peer_new ();
      g_auto (Host) host = { 0 };
      g_autoptr (GError) error = NULL;

      steps_probe (peer);
      peer_answer_text (peer, SIGNVER, cases[i].answer);
      host_open (&host, peer);
      g_assert_false (smith_download_enter (host.download, &signature, NULL, &error));
      g_assert_error (error, SMITH_ERROR, SMITH_ERROR_REFUSED);
      g_assert_cmpint (smith_error_get_refusal (error), ==, cases[i].refusal);
      peer_finish (peer);
    }
  smith_deadline_set_scale (SCALE);
}

static void
test_datamode_refused (void)
{
  for (guint i = 0; i < 2; i++)
    {
      Peer *peer = peer_new ();
      g_auto (Host) host = { 0 };
      g_autoptr (GError) error = NULL;

      steps_probe (peer);
      if (i == 1)
        peer_answer_text (peer, SIGNVER, SIGNED);
      peer_answer_text (peer, "AT^DATAMODE", ERROR);
      host_open (&host, peer);
      g_assert_false (smith_download_enter (host.download, i == 1 ? &signature : NULL, NULL,
                                            &error));
      g_assert_error (error, SMITH_ERROR, SMITH_ERROR_REFUSED);
      g_assert_cmpint (smith_error_get_refusal (error), ==, SMITH_NO_REFUSAL);
      g_assert_cmpint (strstr (error->message, "signed") != NULL, ==, i == 0);
      peer_finish (peer);
    }
}

static void
test_protocol (void)
{
  static const struct
  {
    const char *answer;
    int code;
  } cases[] = {
    { "\r\n3.0\r\n\r\nOK\r\n", SMITH_ERROR_UNSUPPORTED },
    { "\r\n2.01\r\n\r\nOK\r\n", SMITH_ERROR_UNSUPPORTED },
    { "\r\n1.0\r\n\r\nOK\r\n", SMITH_ERROR_UNSUPPORTED },
    { OK, SMITH_ERROR_WRONG_DEVICE },
    { ERROR, SMITH_ERROR_WRONG_DEVICE },
    { "\r\n2.0\r\n\r\nERROR\r\n", SMITH_ERROR_WRONG_DEVICE },
    { "\r\n+CME ERROR: 50\r\n", SMITH_ERROR_WRONG_DEVICE },
    { "\r\nCOMMAND NOT SUPPORT\r\n", SMITH_ERROR_WRONG_DEVICE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Peer *peer = peer_new ();

      peer_answer_text (peer, "AT^DLOADVER?", cases[i].answer);
      enter (peer, NULL, cases[i].code);
    }
}

/* An echo, lines that nobody asked for, pieces: all of it is still version 2.0. */
static void
test_ugly_text (void)
{
  static const char *const answers[] = {
    "AT^DLOADVER?\r\r\n2.0\r\n\r\nOK\r\n",
    "\r\n^RSSI:17\r\n\r\n2.0\r\n\r\n^RSSI:17\r\n\r\nOK\r\n",
    "\r\n^WHATEVER:1,2\r\n\r\n2.0\r\n\r\nOK\r\n",
    "\n2.0\n\nOK\n",
    "\r\n 2.0 \r\n\r\nOK\r\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      Peer *peer = peer_new ();

      peer_send_text (peer, "\r\n^BOOT:1,0\r\n");
      peer_expect_text (peer, "AT^DLOADVER?\r");
      peer_send (peer, answers[i], 4);
      peer_wait (peer, 5);
      peer_send_text (peer, answers[i] + 4);
      peer_answer_text (peer, "AT^DATAMODE", OK);
      steps_questions (peer);
      enter (peer, NULL, -1);
    }
}

/* An earlier attempt left a Balong stick in the binary stage. */
static void
test_already_binary (void)
{
  for (guint i = 0; i < 2; i++)
    {
      Peer *peer = peer_new ();

      /* The text is an unfinished frame to it. */
      peer_expect_text (peer, "AT^DLOADVER?\r");
      peer_expect_hex (peer, ASK_VERSION);
      if (i == 1)
        peer_send_frame (peer, "03 00 01");
      peer_send_frame (peer, BALONG);
      peer_answer_frame (peer, LEAVE, ACK);
      peer_expect_text (peer, "\r");
      steps_probe (peer);
      peer_answer_text (peer, SIGNVER, SIGNED);
      peer_answer_text (peer, "AT^DATAMODE", OK);
      steps_questions (peer);
      enter (peer, &signature, -1);
    }
}

/* A stick whose answer to leaving got lost has left all the same. */
static void
test_leave_lost (void)
{
  Peer *peer = peer_new ();

  peer_expect_text (peer, "AT^DLOADVER?\r");
  peer_expect_hex (peer, ASK_VERSION);
  peer_send_frame (peer, BALONG);
  peer_expect_frame (peer, LEAVE);
  steps_probe (peer);
  peer_expect_text (peer, "\r");
  steps_probe (peer);
  peer_answer_text (peer, "AT^DATAMODE", OK);
  steps_questions (peer);
  enter (peer, NULL, -1);
}

/* To a stick of another maker's chip the command to leave means "write". */
static void
test_never_leave (void)
{
  static const char *const versions[] = { QUALCOMM, "0D 00", "0D", "0D 04 37 31 30 30" };

  for (gsize i = 0; i < G_N_ELEMENTS (versions); i++)
    {
      Peer *peer = peer_new ();
      g_auto (Host) host = { 0 };
      g_autoptr (GError) error = NULL;

      peer_expect_text (peer, "AT^DLOADVER?\r");
      for (guint k = 0; k < 2; k++)
        {
          peer_expect_hex (peer, ASK_VERSION);
          peer_send_frame (peer, versions[i]);
        }
      peer_expect_hex (peer, ASK_PRODUCT);
      peer_send_frame (peer, "45 48 55 41 57 45 49 20 45 31 35 35 00 00 00 00 00 00 00 00 00 00");
      /* Asked once more for the second file, and never to leave. */
      peer_expect_hex (peer, ASK_VERSION);
      peer_send_frame (peer, versions[i]);
      peer_expect_hex (peer, ASK_PRODUCT);
      peer_expect_hex (peer, ASK_PRODUCT);
      host_open (&host, peer);
      smith_download_enter (host.download, NULL, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (smith_download_get_product (host.download), ==, "HUAWEI E155");
      smith_download_leave (host.download, NULL);
      smith_download_sign_next (host.download, NULL, NULL, &error);
      g_assert_no_error (error);
      g_assert_null (smith_download_get_product (host.download));
      g_assert_false (smith_download_sign_next (host.download, &signature, NULL, &error));
      g_assert_error (error, SMITH_ERROR, SMITH_ERROR_REFUSED);
      peer_finish (peer);
    }
}

/* Nothing that makes sense comes, whatever is asked. */
static void
test_wrong_port (void)
{
  Peer *peer = peer_new ();

  peer_expect_text (peer, "AT^DLOADVER?\r");
  peer_expect_hex (peer, ASK_VERSION);
  peer_expect_text (peer, "\rAT^DLOADVER?\r");
  enter (peer, NULL, SMITH_ERROR_WRONG_DEVICE);

  /* What a Qualcomm stick's own firmware says to the version question. */
  peer = peer_new ();
  peer_expect_text (peer, "AT^DLOADVER?\r");
  peer_expect_hex (peer, ASK_VERSION);
  peer_send_hex (peer, "13 0C D2 7A 7E");
  peer_expect_text (peer, "\rAT^DLOADVER?\r");
  enter (peer, NULL, SMITH_ERROR_WRONG_DEVICE);
}

/* Late text is neither an answer to the next command nor a frame. */
static void
test_late_text (void)
{
  Peer *peer = peer_new ();

  /* Comes while the version question is out; its repeat is answered as well. */
  peer_expect_text (peer, "AT^DLOADVER?\r");
  peer_expect_hex (peer, ASK_VERSION);
  peer_send_text (peer, TEXT_VERSION);
  peer_expect_text (peer, "\r");
  steps_probe (peer);
  peer_wait (peer, 3);
  peer_send_text (peer, TEXT_VERSION);
  peer_answer_text (peer, SIGNVER, SIGNED);
  peer_expect_text (peer, "AT^DATAMODE\r");
  peer_expect_hex (peer, ASK_VERSION);
  peer_send_text (peer, OK);
  peer_send_frame (peer, BALONG);
  peer_expect_hex (peer, ASK_PRODUCT);
  peer_send_frame (peer, PRODUCT_V7R11);
  enter (peer, &signature, -1);
}

static void
test_questions_repeated (void)
{
  Peer *peer = peer_new ();

  steps_probe (peer);
  peer_answer_text (peer, "AT^DATAMODE", OK);
  peer_expect_hex (peer, ASK_VERSION);
  peer_expect_hex (peer, ASK_VERSION);
  peer_send_bad_frame (peer, BALONG);
  peer_expect_hex (peer, ASK_VERSION);
  peer_send_frame (peer, BALONG);
  /* The late answers are no product id. */
  peer_send_frame (peer, BALONG);
  peer_expect_hex (peer, ASK_PRODUCT);
  peer_send_frame (peer, BALONG);
  peer_send_frame (peer, PRODUCT_V7R11);
  enter (peer, NULL, -1);

  peer = peer_new ();
  steps_probe (peer);
  peer_answer_text (peer, "AT^DATAMODE", OK);
  for (guint i = 0; i < 3; i++)
    peer_expect_hex (peer, ASK_VERSION);
  enter (peer, NULL, SMITH_ERROR_TIMEOUT);
}

static void
test_product (void)
{
  static const struct
  {
    const char *answer;
    const char *product;
  } cases[] = {
    { PRODUCT_V7R11, "BV7R11HS" },
    { "45 08 42 56 37 52 31 31 48 53", "BV7R11HS" },
    { "45 00 42 56 37 52 31 31 48 53 00", "BV7R11HS" },
    { "45 41", "A" },
    { "45", NULL },
    { "45 00", NULL },
    { "45 00 00 00", NULL },
    { "45 20 20 20 00", NULL },
    { "45 42 1B 5B 33 31 6D 37 FF", "B?[31m7?" },
    { "03 00 06", NULL },
    { "45 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41"
      "41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41"
      "41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41",
      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Peer *peer = peer_new ();
      g_auto (Host) host = { 0 };

      steps_probe (peer);
      peer_answer_text (peer, "AT^DATAMODE", OK);
      peer_expect_hex (peer, ASK_VERSION);
      peer_send_frame (peer, BALONG);
      peer_expect_hex (peer, ASK_PRODUCT);
      peer_send_frame (peer, cases[i].answer);
      host_enter (&host, peer);
      g_assert_cmpstr (smith_download_get_product (host.download), ==, cases[i].product);
      peer_finish (peer);
    }
}

/* A stick that does not tell what it is may be one all the same. */
static void
test_product_silent (void)
{
  Peer *peer = peer_new ();
  g_auto (Host) host = { 0 };

  steps_probe (peer);
  peer_answer_text (peer, "AT^DATAMODE", OK);
  peer_expect_hex (peer, ASK_VERSION);
  peer_send_frame (peer, BALONG);
  peer_expect_hex (peer, ASK_PRODUCT);
  peer_expect_hex (peer, ASK_PRODUCT);
  host_enter (&host, peer);
  g_assert_null (smith_download_get_product (host.download));
  peer_finish (peer);
}

static void
test_next_file (void)
{
  Peer *peer = peer_new ();
  g_auto (Host) host = { 0 };
  g_autoptr (GError) error = NULL;

  steps_probe (peer);
  peer_answer_text (peer, SIGNVER, SIGNED);
  peer_answer_text (peer, "AT^DATAMODE", OK);
  steps_questions (peer);
  /* A signature of its own. */
  peer_answer_frame (peer, LEAVE, ACK);
  peer_answer_text (peer, SIGNVER_OTHER, SIGNED);
  peer_answer_text (peer, "AT^DATAMODE", OK);
  steps_questions (peer);
  /* None, and not that of the file before. */
  peer_answer_frame (peer, LEAVE, ACK);
  peer_answer_text (peer, "AT^DATAMODE", OK);
  steps_questions (peer);
  /* Leaving is refused: no other signature can be handed over. */
  peer_answer_frame (peer, LEAVE, "03 00 06");
  host_open (&host, peer);
  smith_download_enter (host.download, &signature, NULL, &error);
  g_assert_no_error (error);
  smith_download_sign_next (host.download, &other, NULL, &error);
  g_assert_no_error (error);
  smith_download_sign_next (host.download, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (smith_download_sign_next (host.download, &other, NULL, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_REFUSED);
  peer_finish (peer);
}

/* A stick that stays in the binary stage keeps the first file's signature, whether
 * it refuses to leave or is not even asked to. Nothing goes out under that. */
static void
test_signature_kept (void)
{
  for (guint is_balong = 0; is_balong < 2; is_balong++)
    for (guint has_other = 0; has_other < 2; has_other++)
      {
        Peer *peer = peer_new ();
        g_auto (Host) host = { 0 };
        g_autoptr (GError) error = NULL;

        steps_probe (peer);
        peer_answer_text (peer, SIGNVER, SIGNED);
        peer_answer_text (peer, "AT^DATAMODE", OK);
        peer_expect_hex (peer, ASK_VERSION);
        peer_send_frame (peer, is_balong ? BALONG : "0D 04 37 31 30 30");
        peer_expect_hex (peer, ASK_PRODUCT);
        peer_send_frame (peer, PRODUCT_V7R11);
        if (is_balong)
          peer_answer_frame (peer, LEAVE, "03 00 06");
        peer_expect_silence (peer, 20);
        host_open (&host, peer);
        smith_download_enter (host.download, &signature, NULL, &error);
        g_assert_no_error (error);
        g_assert_false (
            smith_download_sign_next (host.download, has_other ? &other : NULL, NULL, &error));
        g_assert_error (error, SMITH_ERROR, SMITH_ERROR_REFUSED);
        g_assert_nonnull (strstr (error->message, "signature of the file before"));
        peer_finish (peer);
      }
}

/* Without a signature there is none to be kept: the next file may follow. */
static void
test_no_signature_kept (void)
{
  Peer *peer = peer_new ();
  g_auto (Host) host = { 0 };
  g_autoptr (GError) error = NULL;

  steps_enter (peer);
  peer_answer_frame (peer, LEAVE, "03 00 06");
  steps_questions (peer);
  host_enter (&host, peer);
  smith_download_sign_next (host.download, NULL, NULL, &error);
  g_assert_no_error (error);
  peer_finish (peer);
}

static void
test_leave (void)
{
  Peer *peer = peer_new ();
  g_auto (Host) host = { 0 };

  steps_enter (peer);
  peer_answer_frame (peer, LEAVE, ACK);
  host_enter (&host, peer);
  smith_download_leave (host.download, NULL);
  smith_download_leave (host.download, NULL);
  peer_finish (peer);
}

static void
test_gone (void)
{
  for (guint i = 0; i < 5; i++)
    {
      Peer *peer = peer_new ();

      if (i > 0)
        steps_probe (peer);
      if (i > 1)
        peer_answer_text (peer, SIGNVER, SIGNED);
      if (i > 2)
        peer_answer_text (peer, "AT^DATAMODE", OK);
      if (i > 3)
        {
          peer_expect_hex (peer, ASK_VERSION);
          peer_send_frame (peer, BALONG);
        }
      peer_expect_hex (peer, i < 3 ? "41 54 5E" : i == 3 ? ASK_VERSION : ASK_PRODUCT);
      peer_hang_up (peer);
      enter (peer, &signature, SMITH_ERROR_DISCONNECTED);
    }
}

/* A port that talks all the time is not the right one, and holds nobody up. */
static void
test_chatty (void)
{
  Peer *peer = peer_new ();

  /* In real time: on a busy machine a shorter pause need not be the peer's. */
  smith_deadline_set_scale (1);
  peer_flood (peer, "\r\n^RSSI:17\r\n", 12);
  enter (peer, NULL, SMITH_ERROR_PROTOCOL);
  smith_deadline_set_scale (SCALE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  smith_deadline_set_scale (SCALE);
  g_test_add_func ("/link/download/enter", test_enter);
  g_test_add_func ("/link/download/signature", test_signature);
  g_test_add_func ("/link/download/signature-refused", test_signature_refused);
  g_test_add_func ("/link/download/datamode-refused", test_datamode_refused);
  g_test_add_func ("/link/download/protocol", test_protocol);
  g_test_add_func ("/link/download/ugly-text", test_ugly_text);
  g_test_add_func ("/link/download/already-binary", test_already_binary);
  g_test_add_func ("/link/download/leave-lost", test_leave_lost);
  g_test_add_func ("/link/download/never-leave", test_never_leave);
  g_test_add_func ("/link/download/wrong-port", test_wrong_port);
  g_test_add_func ("/link/download/late-text", test_late_text);
  g_test_add_func ("/link/download/questions-repeated", test_questions_repeated);
  g_test_add_func ("/link/download/product", test_product);
  g_test_add_func ("/link/download/product-silent", test_product_silent);
  g_test_add_func ("/link/download/next-file", test_next_file);
  g_test_add_func ("/link/download/signature-kept", test_signature_kept);
  g_test_add_func ("/link/download/no-signature-kept", test_no_signature_kept);
  g_test_add_func ("/link/download/leave", test_leave);
  g_test_add_func ("/link/download/gone", test_gone);
  g_test_add_func ("/link/download/chatty", test_chatty);
  return g_test_run ();
}
