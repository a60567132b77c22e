/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "format/at-answer.h"

#include <string.h>

#include "format/error.h"

/* Lines are joined by '|'. @result is -1 where the answer does not end. */
typedef struct
{
  const char *name;
  const char *command;
  const char *bytes;
  int result;
  int code;
  const char *lines;
  const char *unsolicited;
} Case;

static const Case cases[] = {
  { "plain", "AT", "\r\nOK\r\n", SMITH_AT_OK, -1, "", "" },
  { "echo", "AT", "AT\r\r\nOK\r\n", SMITH_AT_OK, -1, "", "" },
  { "echo in another case", "at^version?", "AT^VERSION?\r\r\nOK\r\n", SMITH_AT_OK, -1, "", "" },
  { "echo with blanks", "AT", " AT \r\r\nOK\r\n", SMITH_AT_OK, -1, "", "" },
  { "only line feeds", "AT", "AT\nOK\n", SMITH_AT_OK, -1, "", "" },
  { "only carriage returns", "AT", "AT\rOK\r", SMITH_AT_OK, -1, "", "" },
  { "no end of line", "AT", "\r\nOK", -1, -1, "", "" },
  { "silence", "AT", "", -1, -1, "", "" },
  { "echo alone", "AT", "AT\r\r\n", -1, -1, "", "" },
  { "error", "AT^FOO", "\r\nERROR\r\n", SMITH_AT_ERROR, -1, "", "" },
  { "lower-case result", "AT", "\r\nok\r\n", SMITH_AT_OK, -1, "", "" },
  { "not supported", "AT^GODLOAD", "AT^GODLOAD\r\r\nCOMMAND NOT SUPPORT\r\n",
    SMITH_AT_NOT_SUPPORTED, -1, "", "" },
  { "too many", "AT^SETPORT=\"A1,A2;1,2,3\"", "\r\nTOO MANY PARAMETERS\r\n",
    SMITH_AT_TOO_MANY_PARAMETERS, -1, "", "" },
  { "no carrier", "ATD*99#", "\r\nNO CARRIER\r\n", SMITH_AT_ERROR, -1, "", "" },
  { "CME 10", "AT+CPIN?", "\r\n+CME ERROR: 10\r\n", SMITH_AT_CME_ERROR, 10, "", "" },
  { "CME without blank", "AT+CPIN?", "\r\n+CME ERROR:13\r\n", SMITH_AT_CME_ERROR, 13, "", "" },
  { "CME with words", "AT+CPIN?", "\r\n+CME ERROR: SIM not inserted\r\n", SMITH_AT_CME_ERROR, -1,
    "", "" },
  { "CME with nothing", "AT+CPIN?", "\r\n+CME ERROR:\r\n", SMITH_AT_CME_ERROR, -1, "", "" },
  { "CME with a minus", "AT+CPIN?", "\r\n+CME ERROR: -5\r\n", SMITH_AT_CME_ERROR, -1, "", "" },
  { "CME beyond all numbers", "AT+CPIN?", "\r\n+CME ERROR: 99999999999999999999999\r\n",
    SMITH_AT_CME_ERROR, 9999, "", "" },
  { "CMS", "AT+CMGS=\"1\"", "\r\n+CMS ERROR: 500\r\n", SMITH_AT_CMS_ERROR, 500, "", "" },
  { "version of a stick", "AT^VERSION?",
    "AT^VERSION?\r\r\n^VERSION:BDT:Jun 21 2017, 08:30:00\r\n^VERSION:EXTS:21.333.64.01.00\r\n"
    "^VERSION:INTS:\r\n^VERSION:EXTD:WEBUI_17.100.13.01.03\r\n^VERSION:INTD:\r\n"
    "^VERSION:EXTH:CL2E3372HM Ver.A\r\n^VERSION:INTH:\r\n^VERSION:EXTU:E3372h-153\r\n"
    "^VERSION:INTU:\r\n^VERSION:CFG:1004\r\n^VERSION:PRL:\r\n^VERSION:INI:\r\n\r\nOK\r\n",
    SMITH_AT_OK, -1,
    "^VERSION:BDT:Jun 21 2017, 08:30:00|^VERSION:EXTS:21.333.64.01.00|^VERSION:INTS:|"
    "^VERSION:EXTD:WEBUI_17.100.13.01.03|^VERSION:INTD:|^VERSION:EXTH:CL2E3372HM Ver.A|"
    "^VERSION:INTH:|^VERSION:EXTU:E3372h-153|^VERSION:INTU:|^VERSION:CFG:1004|^VERSION:PRL:|"
    "^VERSION:INI:",
    "" },
  { "identity", "ATI",
    "ATI\r\r\nManufacturer: huawei\r\nModel: E3372\r\nRevision: 21.180.01.00.00\r\n"
    "IMEI: 000000000000000\r\n+GCAP: +CGSM,+DS,+ES\r\n\r\nOK\r\n",
    SMITH_AT_OK, -1,
    "Manufacturer: huawei|Model: E3372|Revision: 21.180.01.00.00|IMEI: 000000000000000|"
    "+GCAP: +CGSM,+DS,+ES",
    "" },
  { "unasked before, between and behind the echo", "AT^DLOADVER?",
    "\r\n^RSSI: 20\r\nAT^DLOADVER?\r\r\n^HCSQ:\"LTE\",45,35,121,22\r\n2.0\r\n\r\n"
    "^MODE: 5,7\r\n\r\nOK\r\n",
    SMITH_AT_OK, -1, "2.0", "^RSSI: 20|^HCSQ:\"LTE\",45,35,121,22|^MODE: 5,7" },
  { "unasked with blank lines", "AT", "\r\n\r\n\r\n^BOOT:123456,0,0,0,75\r\n\r\n\r\nOK\r\n",
    SMITH_AT_OK, -1, "", "^BOOT:123456,0,0,0,75" },
  { "a call", "AT", "\r\nRING\r\n\r\n+CRING: VOICE\r\n\r\nOK\r\n", SMITH_AT_OK, -1, "",
    "RING|+CRING: VOICE" },
  { "signal, unasked", "AT^VERSION?", "\r\n^RSSI: 20\r\n\r\nOK\r\n", SMITH_AT_OK, -1, "",
    "^RSSI: 20" },
  { "signal, asked for", "AT^RSSI?", "\r\n^RSSI: 20\r\n\r\nOK\r\n", SMITH_AT_OK, -1, "^RSSI: 20",
    "" },
  { "signal, asked for in lower case", "at^rssi?", "\r\n^RSSI: 20\r\n^MODE:5,7\r\nOK\r\n",
    SMITH_AT_OK, -1, "^RSSI: 20", "^MODE:5,7" },
  { "registration, asked for", "AT+CREG?", "\r\n+CREG: 0,1\r\n\r\n+CGREG: 1\r\n\r\nOK\r\n",
    SMITH_AT_OK, -1, "+CREG: 0,1", "+CGREG: 1" },
  /* A longer word that begins alike is something else. */
  { "signal's relative", "AT^RSSI?", "\r\n^RSSIX: 1\r\n^RSSI:2\r\nOK\r\n", SMITH_AT_OK, -1,
    "^RSSIX: 1|^RSSI:2", "" },
  { "a relative of what comes unasked", "AT^X", "\r\n^RSSIX: 1\r\n^RSSI:2\r\nRINGS\r\nOK\r\n",
    SMITH_AT_OK, -1, "^RSSIX: 1|RINGS", "^RSSI:2" },
  { "ports", "AT^SETPORT?", "\r\n^SETPORT:A1,A2;12,16,A1,A2\r\n\r\nOK\r\n", SMITH_AT_OK, -1,
    "^SETPORT:A1,A2;12,16,A1,A2", "" },
  { "free text", "AT+CGSN", "\r\n000000000000000\r\n\r\nOK\r\n", SMITH_AT_OK, -1, "000000000000000",
    "" },
  { "OK within a line", "AT^X", "\r\nOKAY\r\nit is OK\r\nERRORS\r\nOK\r\n", SMITH_AT_OK, -1,
    "OKAY|it is OK|ERRORS", "" },
  { "a second answer behind it", "AT", "\r\nOK\r\n\r\nERROR\r\n^LATE\r\n", SMITH_AT_OK, -1, "",
    "" },
  { "garbage before", "AT", "\x01\xFF\x7E\x1B[31m\r\nOK\r\n", SMITH_AT_OK, -1, "??~?[31m", "" },
  { "tabs", "AT^X", "\r\n\ta\tb \t\r\nOK\r\n", SMITH_AT_OK, -1, "a\tb", "" },
  { "lines of blanks", "AT", "  \r\n \t \r\nOK\r\n", SMITH_AT_OK, -1, "", "" },
  { "echo twice", "AT", "AT\rAT\r\r\nOK\r\n", SMITH_AT_OK, -1, "", "" },
  { "result with blanks", "AT", "\r\n OK \r\n", SMITH_AT_OK, -1, "", "" },
};

static void
check_answer (const Case *c, SmithAtAnswer *answer)
{
  g_autofree char *lines = NULL;
  g_autofree char *unsolicited = NULL;
  g_autofree char *why = NULL;

  if (c->result < 0)
    {
      g_assert_null (answer);
      return;
    }
  g_assert_nonnull (answer);
  lines = g_strjoinv ("|", answer->lines);
  unsolicited = g_strjoinv ("|", answer->unsolicited);
  why = smith_at_answer_describe (answer);
  g_assert_cmpint (answer->result, ==, c->result);
  g_assert_cmpint (answer->code, ==, c->code);
  g_assert_cmpstr (lines, ==, c->lines);
  g_assert_cmpstr (unsolicited, ==, c->unsolicited);
  g_assert_true ((why == NULL) == (c->result == SMITH_AT_OK));
}

static void
run_case (const Case *c, gsize piece)
{
  g_autoptr (SmithAtParser) parser = smith_at_parser_new (c->command);
  g_autoptr (SmithAtAnswer) answer = NULL;
  gsize size = strlen (c->bytes);

  g_assert_false (smith_at_parser_got_anything (parser));
  for (gsize pos = 0; pos < size; pos += piece)
    {
      g_autoptr (GError) error = NULL;

      smith_at_parser_feed (parser, (const guint8 *) c->bytes + pos, MIN (piece, size - pos),
                            &error);
      g_assert_no_error (error);
    }
  g_assert_true (smith_at_parser_got_anything (parser) == (size > 0));
  answer = smith_at_parser_take (parser);
  check_answer (c, answer);
}

static void
test_cases (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].name);
      for (gsize piece = 1; piece <= MAX (strlen (cases[i].bytes), 1); piece++)
        run_case (&cases[i], piece);
    }
}

static SmithAtAnswer *
parse (const char *command, const char *bytes)
{
  g_autoptr (SmithAtParser) parser = smith_at_parser_new (command);
  g_autoptr (GError) error = NULL;

  smith_at_parser_feed (parser, (const guint8 *) bytes, strlen (bytes), &error);
  g_assert_no_error (error);
  return smith_at_parser_take (parser);
}

static void
test_find (void)
{
  g_autoptr (SmithAtAnswer) answer
      = parse ("AT^VERSION?", "^VERSION:EXTS:  22.1\r\n^VERSION:EXTS:later\r\n^VERSION:INTS:\r\n"
                              "^version:exth:\tX\r\n^RSSI: 5\r\nOK\r\n");

  g_assert_cmpstr (smith_at_answer_find (answer, "^VERSION:EXTS:"), ==, "22.1");
  g_assert_cmpstr (smith_at_answer_find (answer, "^version:exts:"), ==, "22.1");
  g_assert_cmpstr (smith_at_answer_find (answer, "^VERSION:INTS:"), ==, "");
  g_assert_cmpstr (smith_at_answer_find (answer, "^VERSION:EXTH:"), ==, "X");
  g_assert_null (smith_at_answer_find (answer, "^VERSION:EXTU:"));
  /* Not an answer. */
  g_assert_null (smith_at_answer_find (answer, "^RSSI:"));
  /* Longer than any line. */
  g_assert_null (smith_at_answer_find (answer, "^VERSION:EXTS:  22.1 and so on"));
}

static void
test_describe (void)
{
  static const struct
  {
    const char *bytes;
    const char *expected;
  } whys[] = {
    { "+CME ERROR: 10\r", "SIM card" },
    { "+CME ERROR: 11\r", "PIN" },
    { "+CME ERROR: 12\r", "PUK" },
    { "+CME ERROR: 13\r", "does not work" },
    { "+CME ERROR: 30\r", "no network" },
    { "+CME ERROR: 50\r", "wrong" },
    { "+CME ERROR: 3\r", "error 3" },
    { "+CME ERROR: busy\r", "said no" },
    { "+CMS ERROR: 305\r", "error 305" },
    { "+CMS ERROR: x\r", "said no" },
    { "ERROR\r", "said no" },
    { "COMMAND NOT SUPPORT\r", "does not know" },
    { "TOO MANY PARAMETERS\r", "too many" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (whys); i++)
    {
      g_autoptr (SmithAtAnswer) answer = parse ("AT", whys[i].bytes);
      g_autofree char *why = smith_at_answer_describe (answer);

      g_assert_nonnull (why);
      g_test_message ("%s", why);
      g_assert_nonnull (strstr (why, whys[i].expected));
    }
}

/* One byte less than the limit is taken, one more is not, whatever the lines are. */
static void
test_too_long (void)
{
  static const char *const chatter[] = { "x", "^RSSI: 1\r\n", "\r", "line\r\n" };
  const gsize tail = strlen ("\r\nOK\r\n");

  for (gsize i = 0; i < G_N_ELEMENTS (chatter); i++)
    for (guint more = 0; more < 2; more++)
      {
        g_autoptr (SmithAtParser) parser = smith_at_parser_new ("AT");
        g_autoptr (GString) bytes = g_string_new (NULL);
        g_autoptr (GError) error = NULL;
        g_autoptr (SmithAtAnswer) answer = NULL;
        gboolean ok;

        while (bytes->len < SMITH_AT_ANSWER_MAX)
          g_string_append (bytes, chatter[i]);
        g_string_truncate (bytes, SMITH_AT_ANSWER_MAX - tail + 1 + more);
        g_string_append (bytes, "\r\nOK\r\n");
        ok = smith_at_parser_feed (parser, (const guint8 *) bytes->str, bytes->len, &error);
        answer = smith_at_parser_take (parser);
        g_assert_true (ok == (more == 0));
        g_assert_true ((answer != NULL) == ok);
        if (!ok)
          g_assert_error (error, SMITH_ERROR, SMITH_ERROR_PROTOCOL);
      }
}

static void
test_zero_bytes (void)
{
  g_autoptr (SmithAtParser) parser = smith_at_parser_new ("AT");
  g_autoptr (SmithAtAnswer) answer = NULL;
  g_autoptr (GError) error = NULL;

  smith_at_parser_feed (parser, (const guint8 *) "a\0b\r\n\r\nOK\r\n", 11, &error);
  g_assert_no_error (error);
  answer = smith_at_parser_take (parser);
  g_assert_nonnull (answer);
  g_assert_cmpstr (answer->lines[0], ==, "a?b");
  g_assert_null (answer->lines[1]);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/at-answer/cases", test_cases);
  g_test_add_func ("/at-answer/find", test_find);
  g_test_add_func ("/at-answer/describe", test_describe);
  g_test_add_func ("/at-answer/too-long", test_too_long);
  g_test_add_func ("/at-answer/zero-bytes", test_zero_bytes);
  return g_test_run ();
}
