/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stick/identity.h"

#include <string.h>

#include "line.h"
#include "peer.h"
#include "format/error.h"
#include "link/deadline.h"
#include "link/port.h"
#include "simulator/virtual-bus.h"
#include "stick/at-facts.h"

#define OK "\r\n\r\nOK\r\n"
#define ERROR "\r\nERROR\r\n"
#define HUSH "AT^CURC=0"

/* Waiting is shortened to this where a peer is silent. */
#define SCALE 0.1

/* And to this where it also answers, which on a busy machine may take a while. */
#define PART 0.5

#define ASK_VERSION "7E 0C 14 3A 7E"
#define ASK_PRODUCT "7E 45 D1 E5 7E"
#define BALONG "0D 0F 37 32 30 30 42 2D 2D 53 4B 43 42 41 44 5A 4D"
#define QUALCOMM "0D 0C 4D 36 32 78 78 2D 4F 45 4D 53 42 4C"
#define PRODUCT_V7R11 "45 42 56 37 52 31 31 48 53 00 00 00 00"
#define PRODUCT_E1550 "45 48 55 41 57 45 49 20 45 31 35 35 00 00 00 00 00 00 00 00 00 00"

typedef struct
{
  const char *command;
  const char *answer;
} Answer;

static SmithStick *
stick_with (guint16 product, SmithMode mode, Peer *peer, SmithPortRole role)
{
  SmithStick *stick = smith_stick_new ("1-1", 0x12d1, product, mode);

  if (peer != NULL)
    smith_stick_add_port (stick, peer_get_device (peer), 0, role);
  return stick;
}

/* Asks @stick on a bus on which there is nothing else. */
static SmithIdentity *
identify (SmithStick *stick, GCancellable *cancellable, GError **error)
{
  g_autoptr (SmithVirtualBus) bus = smith_virtual_bus_new ();

  smith_virtual_bus_set (bus, stick);
  return smith_identify (SMITH_BUS (bus), stick, NULL, cancellable, error);
}

/* Asks the stick at the other end of @peer; @code is -1 for success. Whatever is
 * sent beyond the peer's steps fails the test. */
static SmithIdentity *
ask (Peer *peer, SmithStick *stick, int code)
{
  g_autoptr (GError) error = NULL;
  gint64 start = smith_deadline_now ();
  SmithIdentity *identity;

  if (peer != NULL)
    peer_start (peer);
  identity = identify (stick, NULL, &error);
  g_assert_cmpint (elapsed_ms (start), <, HARD_BOUND_MS);
  if (code < 0)
    g_assert_no_error (error);
  else
    {
      g_assert_error (error, SMITH_ERROR, code);
      g_assert_cmpuint (strlen (error->message), >, 10);
    }
  g_assert_true ((identity != NULL) == (code < 0));
  if (peer != NULL)
    peer_finish (peer);
  smith_deadline_set_scale (1);
  return identity;
}

static SmithIdentity *
ask_at (Peer *peer, int code)
{
  g_autoptr (SmithStick) stick = stick_with (0x1506, SMITH_MODE_STICK, peer, SMITH_PORT_AT);

  return ask (peer, stick, code);
}

static const char *
find_answer (const Answer *answers, const char *command)
{
  for (guint i = 0; answers[i].command != NULL; i++)
    if (g_str_equal (answers[i].command, command))
      return answers[i].answer;
  return ERROR;
}

/* All questions, in their order; what is not in the list is an error. */
static void
steps_ask (Peer *peer, const Answer *answers)
{
  guint n;
  const char *const *questions = smith_at_facts_list_questions (&n);

  peer_answer_text (peer, HUSH, find_answer (answers, HUSH));
  for (guint i = 0; i < n; i++)
    peer_answer_text (peer, questions[i], find_answer (answers, questions[i]));
}

static const Answer healthy[] = {
  { HUSH, OK },
  { "ATI", "\r\nManufacturer: huawei\r\nModel: E3372\r\nRevision: 21.180.01.00.00\r\n"
           "IMEI: 350000000000014\r\n+GCAP: +CGSM,+DS,+ES" OK },
  { "AT^HWVER", "\r\n^HWVER:\"CL2E3372HM\"" OK },
  { "AT^VERSION?", "\r\n^VERSION:EXTS:21.180.01.00.00\r\n^VERSION:EXTD:23.015.02.00.00\r\n"
                   "^VERSION:EXTH:CL2E3372HM Ver.A\r\n^VERSION:EXTU:E3372" OK },
  { "AT^DLOADINFO?", "\r\nswver:21.180.01.00.00\r\ndload type: 0" OK },
  { "AT^CARDLOCK?", "\r\n^CARDLOCK: 2,10,0" OK },
  { "AT+CPIN?", "\r\n+CPIN: READY" OK },
  { "AT+CSQ", "\r\n+CSQ: 17,99" OK },
  { "AT+COPS?", "\r\n+COPS: 0,0,\"Practice\",7" OK },
  { "AT+CREG?", "\r\n+CREG: 0,3" OK },
  { "AT+CEREG?", "\r\n+CEREG: 0,1" OK },
  { NULL },
};

static void
check_healthy (const SmithIdentity *identity)
{
  g_assert_cmpuint (identity->sources, ==, SMITH_SOURCE_AT);
  g_assert_cmpint (ABS (g_get_real_time () - identity->when), <, 600 * G_USEC_PER_SEC);
  g_assert_cmpstr (identity->name, ==, "E3372");
  g_assert_cmpstr (identity->hardware, ==, "CL2E3372HM");
  g_assert_cmpstr (identity->firmware, ==, "21.180.01.00.00");
  g_assert_cmpstr (identity->webui, ==, "23.015.02.00.00");
  g_assert_cmpstr (identity->product, ==, "E3372");
  g_assert_cmpstr (identity->imei, ==, "350000000000014");
  g_assert_cmpint (identity->download_type, ==, 0);
  g_assert_cmpint (identity->sim, ==, SMITH_SIM_READY);
  g_assert_cmpint (identity->lock, ==, SMITH_LOCK_OPEN);
  g_assert_cmpint (identity->registration, ==, SMITH_REGISTRATION_HOME);
  g_assert_cmpint (identity->signal, ==, 17);
  g_assert_cmpstr (identity->operator_name, ==, "Practice");
  g_assert_nonnull (identity->model);
  g_assert_cmpstr (identity->model->id, ==, "e3372h");
}

static void
test_healthy (void)
{
  Peer *peer = peer_new ();
  g_autoptr (SmithIdentity) identity = NULL;
  g_autoptr (SmithIdentity) again = NULL;
  g_autofree char *masked = NULL;

  steps_ask (peer, healthy);
  identity = ask_at (peer, -1);
  check_healthy (identity);
  again = smith_identity_ref (identity);
  g_assert_true (again == identity);
  masked = smith_identity_mask_imei (identity);
  g_assert_cmpstr (masked, ==, "350**********14");
}

typedef enum
{
  UGLY_ECHO,
  UGLY_UNASKED,
  UGLY_PIECES,
  UGLY_GARBAGE,
  UGLY_NEWLINES,
  N_UGLY
} Ugly;

/* Unasked lines around and between those of the answer, also of a kind that is
 * asked for later. */
static char *
with_unasked (const char *answer)
{
  g_auto (GStrv) lines = g_strsplit (answer, "\r\n", -1);
  g_autofree char *joined
      = g_strjoinv ("\r\n^RSSI:20\r\n\r\n^HCSQ:\"LTE\",50,40,121,20\r\n", lines);

  return g_strconcat ("\r\n+CREG: 5\r\n\r\n^BOOT:12345,0,0,0,6\r\n", joined, NULL);
}

static void
step_ugly (Peer *peer, Ugly ugly, const char *command, const char *answer)
{
  g_autofree char *unasked = with_unasked (answer);
  g_auto (GStrv) lines = g_strsplit (answer, "\r\n", -1);
  g_autofree char *bare = g_strjoinv ("\n", lines);

  peer_expect_text (peer, command);
  peer_expect_text (peer, "\r");
  if (ugly == UGLY_ECHO)
    {
      peer_send_text (peer, command);
      peer_send_text (peer, "\r\r\n");
    }
  if (ugly == UGLY_GARBAGE)
    peer_send_hex (peer, "00 FF 7E 13 37 C3 5B 7F 80 0D");
  if (ugly == UGLY_PIECES)
    for (const char *p = answer; *p != '\0'; p += MIN (strlen (p), 7))
      {
        peer_send (peer, p, MIN (strlen (p), 7));
        peer_wait (peer, 1);
      }
  else
    peer_send_text (peer, ugly == UGLY_UNASKED ? unasked : ugly == UGLY_NEWLINES ? bare : answer);
}

/* What surrounds the answers does not matter. */
static void
test_ugly (void)
{
  for (Ugly ugly = UGLY_ECHO; ugly < N_UGLY; ugly++)
    {
      Peer *peer = peer_new ();
      g_autoptr (SmithIdentity) identity = NULL;
      guint n;
      const char *const *questions = smith_at_facts_list_questions (&n);

      g_test_message ("case %d", ugly);
      step_ugly (peer, ugly, HUSH, OK);
      for (guint i = 0; i < n; i++)
        step_ugly (peer, ugly, questions[i], find_answer (healthy, questions[i]));
      identity = ask_at (peer, -1);
      check_healthy (identity);
    }
}

/* A stick that says no to all of it is one that answers, of which nothing is known. */
static void
test_nothing_known (void)
{
  static const char *const answers[] = {
    ERROR,
    "\r\nCOMMAND NOT SUPPORT\r\n",
    "\r\nTOO MANY PARAMETERS\r\n",
    "\r\n+CME ERROR: 100\r\n",
    "\r\n+CME ERROR: unknown\r\n",
    OK,
    "\r\nfoo: bar\r\n\x01\x02\r\n" OK,
  };

  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      Peer *peer = peer_new ();
      g_autoptr (SmithIdentity) identity = NULL;
      guint n;
      const char *const *questions = smith_at_facts_list_questions (&n);

      peer_answer_text (peer, HUSH, answers[i]);
      for (guint q = 0; q < n; q++)
        peer_answer_text (peer, questions[q], answers[i]);
      identity = ask_at (peer, -1);
      g_assert_cmpuint (identity->sources, ==, SMITH_SOURCE_AT);
      g_assert_null (identity->name);
      g_assert_null (identity->hardware);
      g_assert_null (identity->firmware);
      g_assert_null (identity->imei);
      g_assert_null (identity->model);
      g_assert_null (smith_identity_mask_imei (identity));
      g_assert_cmpint (identity->sim, ==, SMITH_SIM_UNKNOWN);
      g_assert_cmpint (identity->signal, ==, -1);
      g_assert_cmpint (identity->download_type, ==, -1);
    }
}

static void
test_no_sim (void)
{
  static const struct
  {
    const char *answer;
    SmithSimState sim;
  } cases[] = {
    { "\r\n+CME ERROR: 10\r\n", SMITH_SIM_MISSING },
    { "\r\n+CME ERROR: 11\r\n", SMITH_SIM_PIN },
    { "\r\n+CME ERROR: 12\r\n", SMITH_SIM_PUK },
    { "\r\n+CME ERROR: 13\r\n", SMITH_SIM_FAILED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Answer answers[] = { { "AT+CPIN?", cases[i].answer }, { NULL } };
      Peer *peer = peer_new ();
      g_autoptr (SmithIdentity) identity = NULL;

      steps_ask (peer, answers);
      identity = ask_at (peer, -1);
      g_assert_cmpint (identity->sim, ==, cases[i].sim);
    }
}

/* Two questions without an answer are enough. */
static void
test_silent (void)
{
  Peer *peer = peer_new ();

  peer_expect_text (peer, HUSH "\r");
  peer_expect_text (peer, "ATI\r");
  smith_deadline_set_scale (SCALE);
  g_assert_null (ask_at (peer, SMITH_ERROR_TIMEOUT));

  /* What is no answer does not count as one. */
  peer = peer_new ();
  peer_expect_text (peer, HUSH "\r");
  peer_send_text (peer, HUSH "\r\r\n^RSSI:1\r\n");
  peer_expect_text (peer, "ATI\r");
  peer_send_hex (peer, "00 01 02 FF");
  smith_deadline_set_scale (SCALE);
  g_assert_null (ask_at (peer, SMITH_ERROR_TIMEOUT));
}

/* One that falls silent is let alone, and what it said is kept. */
static void
test_silent_later (void)
{
  Peer *peer = peer_new ();
  g_autoptr (SmithIdentity) identity = NULL;

  peer_answer_text (peer, HUSH, OK);
  peer_answer_text (peer, "ATI", find_answer (healthy, "ATI"));
  peer_expect_text (peer, "AT^HWVER\rAT^VERSION?\rAT^FHVER\r");
  smith_deadline_set_scale (PART);
  identity = ask_at (peer, -1);
  g_assert_cmpstr (identity->firmware, ==, "21.180.01.00.00");
  g_assert_null (identity->hardware);
}

/* From an answer that comes too late nothing wrong is learned, whichever question
 * is out by then. */
static void
test_late (void)
{
  Peer *peer = peer_new ();
  g_autoptr (SmithIdentity) identity = NULL;
  guint n;
  const char *const *questions = smith_at_facts_list_questions (&n);

  peer_expect_text (peer, HUSH "\r");
  peer_wait (peer, 1050);
  peer_send_text (peer, "\r\n+CME ERROR: 10\r\n");
  for (guint i = 0; i < n; i++)
    peer_answer_text (peer, questions[i], find_answer (healthy, questions[i]));
  smith_deadline_set_scale (PART);
  identity = ask_at (peer, -1);
  g_assert_cmpint (identity->sim, !=, SMITH_SIM_MISSING);
  g_assert_true (identity->hardware == NULL || g_str_has_prefix (identity->hardware, "CL2E3372HM"));
}

/* An answer without an end is given up, and the next question asked. */
static void
test_huge (void)
{
  static const char line[] = "+FILLER: 0123456789012345678901234567890123456789012345678901234\r\n";
  Peer *peer = peer_new ();
  g_autoptr (SmithIdentity) identity = NULL;
  g_autoptr (GString) filler = g_string_new (NULL);
  guint n;
  const char *const *questions = smith_at_facts_list_questions (&n);

  while (filler->len < 80000)
    g_string_append (filler, line);
  peer_expect_text (peer, HUSH "\r");
  peer_send_text (peer, filler->str);
  for (guint i = 0; i < n; i++)
    peer_answer_text (peer, questions[i], find_answer (healthy, questions[i]));
  identity = ask_at (peer, -1);
  check_healthy (identity);
}

static void
test_flood (void)
{
  Peer *peer = peer_new ();
  g_autoptr (SmithStick) stick = stick_with (0x1506, SMITH_MODE_STICK, peer, SMITH_PORT_AT);
  g_autoptr (GError) error = NULL;
  gint64 start = smith_deadline_now ();

  peer_expect_text (peer, HUSH "\r");
  peer_flood (peer, "\r\n^RSSI:1\r\n", 11);
  peer_start (peer);
  g_assert_null (identify (stick, NULL, &error));
  g_assert_true (g_error_matches (error, SMITH_ERROR, SMITH_ERROR_PROTOCOL)
                 || g_error_matches (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT));
  g_assert_cmpint (elapsed_ms (start), <, HARD_BOUND_MS);
  peer_finish (peer);
}

static void
test_gone (void)
{
  for (guint i = 0; i < 2; i++)
    {
      Peer *peer = peer_new ();

      peer_answer_text (peer, HUSH, OK);
      if (i == 1)
        peer_answer_text (peer, "ATI", find_answer (healthy, "ATI"));
      peer_expect_text (peer, i == 1 ? "AT^HWVER\r" : "ATI\r");
      peer_hang_up (peer);
      g_assert_null (ask_at (peer, SMITH_ERROR_DISCONNECTED));
    }
}

static void
test_cancelled (void)
{
  for (guint i = 0; i < 2; i++)
    {
      Peer *peer = peer_new ();
      g_autoptr (SmithStick) stick = stick_with (0x1506, SMITH_MODE_STICK, peer, SMITH_PORT_AT);
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;
      GThread *thread = NULL;

      if (i == 0)
        {
          g_cancellable_cancel (cancellable);
          peer_expect_silence (peer, 50);
        }
      else
        {
          peer_expect_text (peer, HUSH "\r");
          thread = cancel_soon (cancellable);
        }
      peer_start (peer);
      g_assert_null (identify (stick, cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_clear_pointer (&thread, g_thread_join);
      peer_finish (peer);
    }
}

static void
test_busy (void)
{
  Peer *peer = peer_new ();
  g_autoptr (SmithPort) other = smith_port_open (peer_get_device (peer), 0, NULL, NULL, NULL, NULL);

  g_assert_nonnull (other);
  peer_expect_silence (peer, 10);
  smith_deadline_set_scale (0.02);
  g_assert_null (ask_at (peer, SMITH_ERROR_BUSY));
}

/* Of no port, or one that is not there, nothing can be asked. */
static void
test_no_port (void)
{
  g_autoptr (SmithStick) none = stick_with (0x1506, SMITH_MODE_STICK, NULL, 0);
  g_autoptr (SmithStick) driver = stick_with (0x1506, SMITH_MODE_STICK, NULL, 0);
  g_autoptr (SmithStick) gone = stick_with (0x1506, SMITH_MODE_STICK, NULL, 0);
  g_autoptr (SmithStick) router = stick_with (0x14dc, SMITH_MODE_HILINK, NULL, 0);
  Peer *modem = peer_new ();
  g_autoptr (SmithStick) other = stick_with (0x1506, SMITH_MODE_STICK, modem, SMITH_PORT_MODEM);

  driver->missing_driver = g_strdup ("option");
  smith_stick_add_port (gone, "/dev/ttyUSB-none", 0, SMITH_PORT_AT);
  g_assert_null (ask (NULL, none, SMITH_ERROR_WRONG_DEVICE));
  g_assert_null (ask (NULL, driver, SMITH_ERROR_UNSUPPORTED));
  g_assert_null (ask (NULL, gone, SMITH_ERROR_DISCONNECTED));
  /* Never some other box at the usual address. */
  g_assert_null (ask (NULL, router, SMITH_ERROR_DISCONNECTED));
  peer_expect_silence (modem, 30);
  g_assert_null (ask (modem, other, SMITH_ERROR_WRONG_DEVICE));
}

/* In boot mode, and where nothing can be asked, not a byte is sent. */
static void
test_modes (void)
{
  static const struct
  {
    SmithMode mode;
    int code;
  } cases[] = {
    { SMITH_MODE_BOOT_ROM, -1 },
    { SMITH_MODE_CD, SMITH_ERROR_WRONG_DEVICE },
    { SMITH_MODE_CHARGING, SMITH_ERROR_UNSUPPORTED },
    { SMITH_MODE_BEYOND, SMITH_ERROR_UNSUPPORTED },
    { SMITH_MODE_UNKNOWN, SMITH_ERROR_WRONG_DEVICE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (SmithNote note = SMITH_NOTE_NONE; note <= SMITH_NOTE_LATER_ROUTER; note++)
      {
        Peer *peer = peer_new ();
        g_autoptr (SmithStick) stick = stick_with (0x1443, cases[i].mode, peer, SMITH_PORT_BOOT);
        g_autoptr (SmithIdentity) identity = NULL;

        smith_stick_add_port (stick, peer_get_device (peer), 1, SMITH_PORT_AT);
        smith_stick_add_port (stick, peer_get_device (peer), 2, SMITH_PORT_DOWNLOAD);
        stick->note = note;
        peer_expect_silence (peer, 20);
        identity = ask (peer, stick, cases[i].code);
        if (identity != NULL)
          g_assert_cmpuint (identity->sources, ==, SMITH_SOURCE_NONE);
      }
}

static SmithIdentity *
ask_download (Peer *peer, guint16 product, SmithFamily family, gboolean unproven, int code)
{
  g_autoptr (SmithStick) stick
      = stick_with (product, SMITH_MODE_DOWNLOAD, peer, SMITH_PORT_DOWNLOAD);

  stick->family = family;
  stick->unproven = unproven;
  return ask (peer, stick, code);
}

/* In the text stage it is asked as text, and stays there. */
static void
test_download_text (void)
{
  static const struct
  {
    guint16 product;
    SmithFamily family;
    gboolean unproven;
  } cases[] = {
    { 0x1442, SMITH_FAMILY_BALONG, FALSE },
    { 0x1442, SMITH_FAMILY_UNKNOWN, FALSE },
    { 0x1c05, SMITH_FAMILY_UNKNOWN, TRUE },
    { 0x1c05, SMITH_FAMILY_BALONG, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Peer *peer = peer_new ();
      g_autoptr (SmithIdentity) identity = NULL;

      peer_answer_text (peer, "AT^DLOADVER?", "\r\n2.0" OK);
      peer_answer_text (peer, "AT^DLOADINFO?",
                        "\r\nswver:22.180.05.00.00\r\n\r\nisover:00.000.00.00.000\r\n\r\n"
                        "webuiver:17.100.06.00.03\r\n\r\nproduct name:E3372h\r\n\r\n"
                        "dload type:1" OK);
      identity = ask_download (peer, cases[i].product, cases[i].family, cases[i].unproven, -1);
      g_assert_cmpuint (identity->sources, ==, SMITH_SOURCE_DOWNLOAD);
      g_assert_cmpstr (identity->firmware, ==, "22.180.05.00.00");
      g_assert_cmpstr (identity->webui, ==, "17.100.06.00.03");
      g_assert_cmpstr (identity->product, ==, "E3372h");
      g_assert_cmpint (identity->download_type, ==, 1);
      g_assert_null (identity->download_id);
      g_assert_null (identity->loader_version);
    }
}

static void
test_download_binary (void)
{
  Peer *peer = peer_new ();
  g_autoptr (SmithIdentity) identity = NULL;

  peer_expect_text (peer, "AT^DLOADVER?\r");
  peer_expect_hex (peer, ASK_VERSION);
  peer_send_frame (peer, BALONG);
  peer_expect_hex (peer, ASK_PRODUCT);
  peer_send_frame (peer, PRODUCT_V7R11);
  smith_deadline_set_scale (PART);
  identity = ask_download (peer, 0x1c05, SMITH_FAMILY_BALONG, FALSE, -1);
  g_assert_cmpuint (identity->sources, ==, SMITH_SOURCE_DOWNLOAD);
  g_assert_cmpstr (identity->loader_version, ==, "7200B--SKCBADZM");
  g_assert_cmpstr (identity->download_id, ==, "BV7R11HS");
  g_assert_nonnull (identity->model);
  g_assert_cmpstr (identity->model->id, ==, "e3372h");
}

/* What only looks like download mode gets the two questions and no text. */
static void
test_download_suspected (void)
{
  static const struct
  {
    guint16 product;
    SmithFamily family;
    gboolean unproven;
  } cases[] = {
    { 0x1003, SMITH_FAMILY_QUALCOMM, TRUE }, { 0x1003, SMITH_FAMILY_QUALCOMM, FALSE },
    { 0x1001, SMITH_FAMILY_UNKNOWN, TRUE },  { 0x1436, SMITH_FAMILY_BALONG, TRUE },
    { 0xbeef, SMITH_FAMILY_UNKNOWN, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Peer *peer = peer_new ();
      g_autoptr (SmithIdentity) identity = NULL;

      peer_expect_hex (peer, ASK_VERSION);
      peer_send_frame (peer, QUALCOMM);
      peer_expect_hex (peer, ASK_PRODUCT);
      peer_send_frame (peer, PRODUCT_E1550);
      identity = ask_download (peer, cases[i].product, cases[i].family, cases[i].unproven, -1);
      g_assert_cmpstr (identity->loader_version, ==, "M62xx-OEMSBL");
      g_assert_cmpstr (identity->download_id, ==, "HUAWEI E155");
      g_assert_nonnull (identity->model);
      g_assert_cmpstr (identity->model->id, ==, "e1550");

      peer = peer_new ();
      peer_expect_hex (peer, ASK_VERSION ASK_VERSION);
      smith_deadline_set_scale (SCALE);
      g_assert_null (ask_download (peer, cases[i].product, cases[i].family, cases[i].unproven,
                                   SMITH_ERROR_WRONG_DEVICE));
    }
}

static SmithIdentity *
ask_port (Peer *peer, int code)
{
  g_autoptr (GError) error = NULL;
  SmithIdentity *identity;

  peer_start (peer);
  identity = smith_identify_port (peer_get_device (peer), NULL, &error);
  if (code < 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, SMITH_ERROR, code);
  peer_finish (peer);
  smith_deadline_set_scale (1);
  return identity;
}

/* A port of which nothing is known is asked for download mode first. */
static void
test_bare_port (void)
{
  static const char *const modems[]
      = { ERROR, "\r\nCOMMAND NOT SUPPORT\r\n", "\r\n+CME ERROR: 100\r\n", OK };
  Peer *peer;
  SmithIdentity *identity;

  for (gsize i = 0; i < G_N_ELEMENTS (modems); i++)
    {
      peer = peer_new ();
      peer_answer_text (peer, "AT^DLOADVER?", modems[i]);
      steps_ask (peer, healthy);
      identity = ask_port (peer, -1);
      check_healthy (identity);
      smith_identity_unref (identity);
    }

  peer = peer_new ();
  peer_answer_text (peer, "AT^DLOADVER?", "\r\n2.0" OK);
  peer_answer_text (peer, "AT^DLOADVER?", "\r\n2.0" OK);
  peer_answer_text (peer, "AT^DLOADINFO?", ERROR);
  identity = ask_port (peer, -1);
  g_assert_cmpuint (identity->sources, ==, SMITH_SOURCE_DOWNLOAD);
  smith_identity_unref (identity);
}

static void
test_bare_port_silent (void)
{
  Peer *peer = peer_new ();
  SmithIdentity *identity;

  peer_expect_text (peer, "AT^DLOADVER?\rAT^DLOADVER?\r");
  peer_expect_hex (peer, ASK_VERSION);
  peer_send_frame (peer, BALONG);
  peer_expect_hex (peer, ASK_PRODUCT);
  peer_send_frame (peer, PRODUCT_V7R11);
  smith_deadline_set_scale (PART);
  identity = ask_port (peer, -1);
  g_assert_cmpstr (identity->download_id, ==, "BV7R11HS");
  smith_identity_unref (identity);

  /* Nothing at all: some other device, which gets nothing more. */
  peer = peer_new ();
  peer_expect_text (peer, "AT^DLOADVER?\rAT^DLOADVER?\r");
  peer_expect_hex (peer, ASK_VERSION);
  peer_expect_text (peer, "\rAT^DLOADVER?\r");
  smith_deadline_set_scale (SCALE);
  g_assert_null (ask_port (peer, SMITH_ERROR_WRONG_DEVICE));
}

static void
test_mask (void)
{
  static const char *const cases[][2] = {
    { "350000000000014", "350**********14" },
    { "35000000000001", "350*********01" },
    { "3500000000000141", "350***********41" },
    { "12345", "***45" },
    { "12", "12" },
    { NULL, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SmithIdentity identity = { .imei = (char *) cases[i][0] };
      g_autofree char *masked = smith_identity_mask_imei (&identity);

      g_assert_cmpstr (masked, ==, cases[i][1]);
    }
}

static void
test_names (void)
{
  g_assert_cmpstr (smith_sim_state_name (SMITH_SIM_FAILED), ==, "failed");
  g_assert_cmpstr (smith_sim_state_name (99), ==, "unknown");
  g_assert_cmpstr (smith_lock_state_name (SMITH_LOCK_FOR_GOOD), ==, "for-good");
  g_assert_cmpstr (smith_lock_state_name (99), ==, "unknown");
  g_assert_cmpstr (smith_registration_name (SMITH_REGISTRATION_ROAMING), ==, "roaming");
  g_assert_cmpstr (smith_registration_name (99), ==, "unknown");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stick/identity/healthy", test_healthy);
  g_test_add_func ("/stick/identity/ugly", test_ugly);
  g_test_add_func ("/stick/identity/nothing-known", test_nothing_known);
  g_test_add_func ("/stick/identity/no-sim", test_no_sim);
  g_test_add_func ("/stick/identity/silent", test_silent);
  g_test_add_func ("/stick/identity/silent-later", test_silent_later);
  g_test_add_func ("/stick/identity/late", test_late);
  g_test_add_func ("/stick/identity/huge", test_huge);
  g_test_add_func ("/stick/identity/flood", test_flood);
  g_test_add_func ("/stick/identity/gone", test_gone);
  g_test_add_func ("/stick/identity/cancelled", test_cancelled);
  g_test_add_func ("/stick/identity/busy", test_busy);
  g_test_add_func ("/stick/identity/no-port", test_no_port);
  g_test_add_func ("/stick/identity/modes", test_modes);
  g_test_add_func ("/stick/identity/download-text", test_download_text);
  g_test_add_func ("/stick/identity/download-binary", test_download_binary);
  g_test_add_func ("/stick/identity/download-suspected", test_download_suspected);
  g_test_add_func ("/stick/identity/bare-port", test_bare_port);
  g_test_add_func ("/stick/identity/bare-port-silent", test_bare_port_silent);
  g_test_add_func ("/stick/identity/mask", test_mask);
  g_test_add_func ("/stick/identity/names", test_names);
  return g_test_run ();
}
