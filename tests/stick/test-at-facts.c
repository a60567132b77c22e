/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "stick/at-facts.h"

/* Reads one answer, as it comes from a stick, into what is known. */
static void
read_answer (SmithIdentity *identity, const char *command, const char *raw)
{
  g_autoptr (SmithAtParser) parser = smith_at_parser_new (command);
  g_autoptr (SmithAtAnswer) answer = NULL;

  smith_at_parser_feed (parser, (const guint8 *) raw, strlen (raw), NULL);
  answer = smith_at_parser_take (parser);
  g_assert_nonnull (answer);
  smith_at_facts_read (command, answer, identity);
}

/* What sticks say about themselves, the ugly included; NULL: nothing is told. */
static void
test_texts (void)
{
  static const struct
  {
    const char *command;
    const char *raw;
    const char *name;
    const char *hardware;
    const char *firmware;
    const char *webui;
    const char *product;
    const char *imei;
  } cases[] = {
    { "ATI",
      "\r\nManufacturer: huawei\r\nModel: E3372\r\nRevision: 21.180.01.00.00\r\n"
      "IMEI: 350000000000014\r\n+GCAP: +CGSM,+DS,+ES\r\n\r\nOK\r\n",
      "E3372", NULL, "21.180.01.00.00", NULL, NULL, "350000000000014" },
    { "ATI",
      "ATI\r\r\nManufacturer: Huawei Technologies Co., Ltd.\r\nModel: E3372h-153\r\n"
      "^RSSI:20\r\nRevision: 22.200.05.00.00\r\n\r\n^HCSQ:\"LTE\",50,40,121,20\r\n"
      "IMEI: 35000000000001412\r\n\r\nOK\r\n",
      "E3372h-153", NULL, "22.200.05.00.00", NULL, NULL, NULL },
    { "ATI", "\r\nmodel:e1550\r\nREVISION:11.608.12.04.21\r\nIMEI:350000000000014\r\nOK\r\n",
      "e1550", NULL, "11.608.12.04.21", NULL, NULL, "350000000000014" },
    { "ATI", "\r\nModel: \r\nRevision: \r\nIMEI: \r\n\r\nOK\r\n", NULL, NULL, NULL, NULL, NULL,
      NULL },
    { "ATI", "\r\nModel: \x01\x02\r\nIMEI: 3500000000\xff\xff\xff\x31\x34\r\n\r\nOK\r\n", "??",
      NULL, NULL, NULL, NULL, NULL },
    { "ATI", "\r\nModel: E3372\r\nERROR\r\n", NULL, NULL, NULL, NULL, NULL, NULL },
    { "ATI", "\r\nOK\r\n", NULL, NULL, NULL, NULL, NULL, NULL },
    { "ATI", "\r\nModel: E3372\r\nModel: other\r\n\r\nOK\r\n", "E3372", NULL, NULL, NULL, NULL,
      NULL },
    { "AT^HWVER", "\r\n^HWVER:\"CL2E3372HM\"\r\n\r\nOK\r\n", NULL, "CL2E3372HM", NULL, NULL, NULL,
      NULL },
    { "AT^HWVER", "\r\n^HWVER: CL1E3372SM Ver.A\r\n\r\nOK\r\n", NULL, "CL1E3372SM Ver.A", NULL,
      NULL, NULL, NULL },
    { "AT^HWVER", "\r\n^HWVER:\"CL2E\x83\x37HM\"\r\n\r\nOK\r\n", NULL, NULL, NULL, NULL, NULL,
      NULL },
    { "AT^HWVER", "\r\n^HWVER:\"\"\r\n\r\nOK\r\n", NULL, NULL, NULL, NULL, NULL, NULL },
    { "AT^VERSION?",
      "\r\n^VERSION:BDT:Jun 21 2017, 08:30:00\r\n^VERSION:EXTS:21.200.07.01.26\r\n"
      "^VERSION:INTS:\r\n^VERSION:EXTD:WEBUI_17.100.08.00.03\r\n^VERSION:INTD:\r\n"
      "^VERSION:EXTH:CL2E3372HM Ver.A\r\n^VERSION:INTH:\r\n^VERSION:EXTU:E3372\r\n"
      "^VERSION:INTU:\r\n^VERSION:CFG:1004\r\n^VERSION:PRL:\r\n^VERSION:INI:\r\n\r\nOK\r\n",
      NULL, "CL2E3372HM Ver.A", "21.200.07.01.26", "WEBUI_17.100.08.00.03", "E3372", NULL },
    { "AT^VERSION?",
      "\r\n^VERSION:EXTS:21.180.01.00.00\r\n^VERSION:EXTD:00.000.00.00.000\r\n"
      "^VERSION:EXTH:\r\n^VERSION:EXTU:NULL\r\n\r\nOK\r\n",
      NULL, NULL, "21.180.01.00.00", NULL, NULL, NULL },
    { "AT^FHVER", "\r\n^FHVER:\"E3372s-153 21.180.01.00.00,CL1E3372SM Ver.A\"\r\n\r\nOK\r\n",
      "E3372s-153", "CL1E3372SM Ver.A", "21.180.01.00.00", NULL, NULL, NULL },
    { "AT^FHVER", "\r\n^FHVER:\"21.180.01.00.00,CL1E3372SM\"\r\n\r\nOK\r\n", NULL, "CL1E3372SM",
      NULL, NULL, NULL, NULL },
    { "AT^FHVER", "\r\n^FHVER:\"E3372\"\r\n\r\nOK\r\n", NULL, NULL, NULL, NULL, NULL, NULL },
    { "AT^FHVER", "\r\n^FHVER:\",\"\r\n\r\nOK\r\n", NULL, NULL, NULL, NULL, NULL, NULL },
    { "AT^FHVER", "\r\n^FHVER:\" , \"\r\n\r\nOK\r\n", NULL, NULL, NULL, NULL, NULL, NULL },
    { "AT^DLOADINFO?",
      "\r\nswver:22.180.05.00.00\r\n\r\nisover:00.000.00.00.000\r\n\r\n"
      "webuiver:17.100.06.00.03\r\n\r\nproduct name:E3372h\r\n\r\ndload type:1\r\n\r\nOK\r\n",
      NULL, NULL, "22.180.05.00.00", "17.100.06.00.03", "E3372h", NULL },
    { "AT^DLOADINFO?", "\r\nswver: 21.180.01.00.00\r\nisover: 23.015.02.00.00\r\n\r\nOK\r\n", NULL,
      NULL, "21.180.01.00.00", "23.015.02.00.00", NULL, NULL },
    { "AT^UNKNOWN", "\r\nModel: E3372\r\n^HWVER:\"CL2E3372HM\"\r\n\r\nOK\r\n", NULL, NULL, NULL,
      NULL, NULL, NULL },
    /* An answer to another question tells nothing here. */
    { "AT^HWVER", "\r\nModel: E3372\r\nIMEI: 350000000000014\r\n\r\nOK\r\n", NULL, NULL, NULL, NULL,
      NULL, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SmithIdentity) identity = smith_identity_new ();

      g_test_message ("case %" G_GSIZE_FORMAT ": %s", i, cases[i].command);
      read_answer (identity, cases[i].command, cases[i].raw);
      g_assert_cmpstr (identity->name, ==, cases[i].name);
      g_assert_cmpstr (identity->hardware, ==, cases[i].hardware);
      g_assert_cmpstr (identity->firmware, ==, cases[i].firmware);
      g_assert_cmpstr (identity->webui, ==, cases[i].webui);
      g_assert_cmpstr (identity->product, ==, cases[i].product);
      g_assert_cmpstr (identity->imei, ==, cases[i].imei);
    }
}

static void
test_states (void)
{
  static const struct
  {
    const char *command;
    const char *raw;
    SmithSimState sim;
    SmithLockState lock;
    SmithRegistration registration;
    int signal;
    int download_type;
  } cases[] = {
    { "AT+CPIN?", "\r\n+CPIN: READY\r\n\r\nOK\r\n", SMITH_SIM_READY, 0, 0, -1, -1 },
    { "AT+CPIN?", "\r\n+CPIN:SIM PIN\r\n\r\nOK\r\n", SMITH_SIM_PIN, 0, 0, -1, -1 },
    { "AT+CPIN?", "\r\n+CPIN: SIM PUK\r\n\r\nOK\r\n", SMITH_SIM_PUK, 0, 0, -1, -1 },
    { "AT+CPIN?", "\r\n+CPIN: SIM PIN2\r\n\r\nOK\r\n", SMITH_SIM_READY, 0, 0, -1, -1 },
    { "AT+CPIN?", "\r\n+CPIN: PH-NET PIN\r\n\r\nOK\r\n", 0, 0, 0, -1, -1 },
    { "AT+CPIN?", "\r\n+CPIN: \r\n\r\nOK\r\n", 0, 0, 0, -1, -1 },
    { "AT+CPIN?", "\r\n+CME ERROR: 10\r\n", SMITH_SIM_MISSING, 0, 0, -1, -1 },
    { "AT+CPIN?", "\r\n+CME ERROR: 11\r\n", SMITH_SIM_PIN, 0, 0, -1, -1 },
    { "AT+CPIN?", "\r\n+CME ERROR: 12\r\n", SMITH_SIM_PUK, 0, 0, -1, -1 },
    { "AT+CPIN?", "\r\n+CME ERROR: 13\r\n", SMITH_SIM_FAILED, 0, 0, -1, -1 },
    { "AT+CPIN?", "\r\n+CME ERROR: 14\r\n", 0, 0, 0, -1, -1 },
    { "AT+CPIN?", "\r\n+CME ERROR: 100\r\n", 0, 0, 0, -1, -1 },
    { "AT+CPIN?", "\r\n+CME ERROR: SIM not inserted\r\n", 0, 0, 0, -1, -1 },
    { "AT+CPIN?", "\r\nERROR\r\n", 0, 0, 0, -1, -1 },
    { "AT+CSQ", "\r\n+CME ERROR: 10\r\n", 0, 0, 0, -1, -1 },
    { "AT^CARDLOCK?", "\r\n^CARDLOCK: 1,10,0\r\n\r\nOK\r\n", 0, SMITH_LOCK_LOCKED, 0, -1, -1 },
    { "AT^CARDLOCK?", "\r\n^CARDLOCK:2,10,0\r\n\r\nOK\r\n", 0, SMITH_LOCK_OPEN, 0, -1, -1 },
    { "AT^CARDLOCK?", "\r\n^CARDLOCK: 3,0,0\r\n\r\nOK\r\n", 0, SMITH_LOCK_FOR_GOOD, 0, -1, -1 },
    { "AT^CARDLOCK?", "\r\n^CARDLOCK: 12,0\r\n\r\nOK\r\n", 0, 0, 0, -1, -1 },
    { "AT^CARDLOCK?", "\r\n^CARDLOCK: 1x\r\n\r\nOK\r\n", 0, 0, 0, -1, -1 },
    { "AT^CARDLOCK?", "\r\n^CARDLOCK:\r\n\r\nOK\r\n", 0, 0, 0, -1, -1 },
    { "AT+CSQ", "\r\n+CSQ: 17,99\r\n\r\nOK\r\n", 0, 0, 0, 17, -1 },
    { "AT+CSQ", "\r\n+CSQ: 0,0\r\n\r\nOK\r\n", 0, 0, 0, 0, -1 },
    { "AT+CSQ", "\r\n+CSQ: 31\r\n\r\nOK\r\n", 0, 0, 0, 31, -1 },
    { "AT+CSQ", "\r\n+CSQ: 99,99\r\n\r\nOK\r\n", 0, 0, 0, -1, -1 },
    { "AT+CSQ", "\r\n+CSQ: 32,99\r\n\r\nOK\r\n", 0, 0, 0, -1, -1 },
    { "AT+CSQ", "\r\n+CSQ: -1\r\n\r\nOK\r\n", 0, 0, 0, -1, -1 },
    { "AT+CSQ", "\r\n+CSQ: 99999999999999999999\r\n\r\nOK\r\n", 0, 0, 0, -1, -1 },
    { "AT+CREG?", "\r\n+CREG: 0,1\r\n\r\nOK\r\n", 0, 0, SMITH_REGISTRATION_HOME, -1, -1 },
    { "AT+CREG?", "\r\n+CREG: 2,5,\"00C3\",\"0000A5F1\",7\r\n\r\nOK\r\n", 0, 0,
      SMITH_REGISTRATION_ROAMING, -1, -1 },
    { "AT+CREG?", "\r\n+CREG: 2,0\r\n\r\nOK\r\n", 0, 0, SMITH_REGISTRATION_OFF, -1, -1 },
    { "AT+CREG?", "\r\n+CREG: 1\r\n\r\nOK\r\n", 0, 0, SMITH_REGISTRATION_HOME, -1, -1 },
    { "AT+CREG?", "\r\n+CREG: 5,\"00C3\",\"0000A5F1\"\r\n\r\nOK\r\n", 0, 0,
      SMITH_REGISTRATION_ROAMING, -1, -1 },
    { "AT+CREG?", "\r\n+CREG: 3,1234,5678\r\n\r\nOK\r\n", 0, 0, SMITH_REGISTRATION_DENIED, -1, -1 },
    { "AT+CREG?", "\r\n+CREG: 0,4\r\n\r\nOK\r\n", 0, 0, 0, -1, -1 },
    { "AT+CREG?", "\r\n+CREG:\r\n\r\nOK\r\n", 0, 0, 0, -1, -1 },
    { "AT+CGREG?", "\r\n+CGREG: 0,2\r\n\r\nOK\r\n", 0, 0, SMITH_REGISTRATION_SEARCHING, -1, -1 },
    { "AT+CEREG?", "\r\n+CEREG: 0,3\r\n\r\nOK\r\n", 0, 0, SMITH_REGISTRATION_DENIED, -1, -1 },
    { "AT^DLOADINFO?", "\r\nswver:1\r\ndload type: 1\r\n\r\nOK\r\n", 0, 0, 0, -1, 1 },
    { "AT^DLOADINFO?", "\r\ndload type:0\r\n\r\nOK\r\n", 0, 0, 0, -1, 0 },
    { "AT^DLOADINFO?", "\r\ndload type:\r\n\r\nOK\r\n", 0, 0, 0, -1, -1 },
    { "AT^DLOADINFO?", "\r\nCOMMAND NOT SUPPORT\r\n", 0, 0, 0, -1, -1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SmithIdentity) identity = smith_identity_new ();

      g_test_message ("case %" G_GSIZE_FORMAT ": %s", i, cases[i].raw);
      read_answer (identity, cases[i].command, cases[i].raw);
      g_assert_cmpint (identity->sim, ==, cases[i].sim);
      g_assert_cmpint (identity->lock, ==, cases[i].lock);
      g_assert_cmpint (identity->registration, ==, cases[i].registration);
      g_assert_cmpint (identity->signal, ==, cases[i].signal);
      g_assert_cmpint (identity->download_type, ==, cases[i].download_type);
    }
}

static void
test_operator (void)
{
  static const struct
  {
    const char *raw;
    const char *name;
  } cases[] = {
    { "\r\n+COPS: 0,0,\"Practice\",7\r\n\r\nOK\r\n", "Practice" },
    { "\r\n+COPS: 1,2,\"26201\",2\r\n\r\nOK\r\n", "26201" },
    { "\r\n+COPS: 0\r\n\r\nOK\r\n", NULL },
    { "\r\n+COPS: 0,0,\"\"\r\n\r\nOK\r\n", NULL },
    { "\r\n+COPS: 0,0,\"Pract\r\n\r\nOK\r\n", NULL },
    { "\r\n+CME ERROR: 30\r\n", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SmithIdentity) identity = smith_identity_new ();

      read_answer (identity, "AT+COPS?", cases[i].raw);
      g_assert_cmpstr (identity->operator_name, ==, cases[i].name);
    }
}

/* What was told first stays, and of several networks the best counts. */
static void
test_several (void)
{
  g_autoptr (SmithIdentity) identity = smith_identity_new ();

  read_answer (identity, "ATI", "\r\nModel: E3372\r\nRevision: 21.180.01.00.00\r\n\r\nOK\r\n");
  read_answer (identity, "AT^HWVER", "\r\nERROR\r\n");
  read_answer (identity, "AT^VERSION?",
               "\r\n^VERSION:EXTS:21.180.01.00.01\r\n^VERSION:EXTH:CL2E3372HM\r\n\r\nOK\r\n");
  read_answer (identity, "AT^FHVER", "\r\n^FHVER:\"X 1.2.3,CL1E3372SM\"\r\n\r\nOK\r\n");
  read_answer (identity, "AT+CREG?", "\r\n+CREG: 0,3\r\n\r\nOK\r\n");
  read_answer (identity, "AT+CGREG?", "\r\n+CGREG: 0,0\r\n\r\nOK\r\n");
  read_answer (identity, "AT+CEREG?", "\r\n+CEREG: 0,5\r\n\r\nOK\r\n");
  read_answer (identity, "AT+CREG?", "\r\n+CREG: 0,2\r\n\r\nOK\r\n");
  g_assert_cmpstr (identity->name, ==, "E3372");
  g_assert_cmpstr (identity->firmware, ==, "21.180.01.00.00");
  g_assert_cmpstr (identity->hardware, ==, "CL2E3372HM");
  g_assert_cmpint (identity->registration, ==, SMITH_REGISTRATION_ROAMING);
}

/* Every question reads only, and none is the one that makes sticks crash. */
static void
test_questions (void)
{
  guint n;
  const char *const *questions = smith_at_facts_list_questions (&n);

  g_assert_cmpuint (n, >, 0);
  for (guint i = 0; i < n; i++)
    {
      g_assert_true (g_str_has_prefix (questions[i], "AT"));
      g_assert_null (strchr (questions[i], '='));
      g_assert_null (strstr (questions[i], "GETPORTMODE"));
      g_assert_null (strstr (questions[i], "GODLOAD"));
      g_assert_null (strstr (questions[i], "RESET"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stick/at-facts/texts", test_texts);
  g_test_add_func ("/stick/at-facts/states", test_states);
  g_test_add_func ("/stick/at-facts/operator", test_operator);
  g_test_add_func ("/stick/at-facts/several", test_several);
  g_test_add_func ("/stick/at-facts/questions", test_questions);
  return g_test_run ();
}
