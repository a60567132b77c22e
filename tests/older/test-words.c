/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person is told of a refusal, and what others are told of a conversation. */
#include <string.h>

#include "format/error.h"
#include "job/log.h"
#include "link/refusal.h"
#include "link/trace.h"

static void
expect_in (const char *text, const char *word)
{
  if (strstr (text, word) == NULL)
    g_error ("“%s” is not in: %s", word, text);
}

static void
test_refusals (void)
{
  static const struct
  {
    int code;
    SmithRefusedCommand command;
    gboolean is_balong;
    const char *words[2];
  } cases[] = {
    { 0x1, SMITH_REFUSED_BLOCK, FALSE, { "arrived damaged", "another USB port" } },
    { 0x2, SMITH_REFUSED_FIRST_BEGIN, TRUE, { "meant for another stick", "Nothing was written" } },
    { 0x2, SMITH_REFUSED_BEGIN, FALSE, { "no place for this part", "exactly this model" } },
    { 0x3, SMITH_REFUSED_BLOCK, FALSE, { "wrong length", "without a hub" } },
    { 0x4, SMITH_REFUSED_BLOCK, FALSE, { "too short", "without a hub" } },
    { 0x5, SMITH_REFUSED_BEGIN, FALSE, { "too large", "exactly this model" } },
    { 0x6, SMITH_REFUSED_FIRST_BEGIN, FALSE, { "plain one", "Nothing was written" } },
    { 0x6, SMITH_REFUSED_FIRST_BEGIN, TRUE, { "does not know this command", "report" } },
    { 0x7, SMITH_REFUSED_BLOCK, FALSE, { "writing failed", "again" } },
    { 0x8, SMITH_REFUSED_BEGIN, FALSE, { "another kind of flash memory", "exactly this model" } },
    { 0x9, SMITH_REFUSED_BLOCK, FALSE, { "voltage", "another USB port" } },
    { 0xA, SMITH_REFUSED_END, FALSE, { "does not pass its check", "again" } },
    { 0xB, SMITH_REFUSED_BEGIN, FALSE, { "security code", "guesses none" } },
    { 0xC, SMITH_REFUSED_END, TRUE, { "altered or is wrongly signed", "original source" } },
    { 0xD, SMITH_REFUSED_BLOCK, FALSE, { "not known", "report" } },
    { 0xE, SMITH_REFUSED_BEGIN, FALSE, { "not permitted", "(code E)" } },
    { 0xF, SMITH_REFUSED_BLOCK, FALSE, { "address", "(code F)" } },
    { 0x41, SMITH_REFUSED_OTHER, FALSE, { "(code 41)", "report" } },
    { SMITH_NO_REFUSAL, SMITH_REFUSED_END, FALSE, { "without a reason", "report" } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text
          = smith_refusal_describe (cases[i].code, cases[i].command, cases[i].is_balong);

      expect_in (text, cases[i].words[0]);
      expect_in (text, cases[i].words[1]);
    }
}

/* Whatever comes: sentences, with the code, and the comfort only where it is true. */
static void
test_all_refusals (void)
{
  for (int code = -1; code < 300; code++)
    for (guint command = 0; command <= SMITH_REFUSED_OTHER; command++)
      for (guint balong = 0; balong < 2; balong++)
        {
          g_autofree char *text
              = smith_refusal_describe (code, (SmithRefusedCommand) command, (gboolean) balong);
          g_autofree char *named = g_strdup_printf ("(code %X)", (guint) code);

          g_assert_true (g_str_has_prefix (text, "The stick said no"));
          g_assert_true (g_str_has_suffix (text, "."));
          if (code >= 0)
            expect_in (text, named);
          g_assert_cmpint (strstr (text, "Nothing was written") != NULL, ==,
                           command == SMITH_REFUSED_FIRST_BEGIN);
        }
}

static void
on_line (const char *line, gpointer user_data)
{
  smith_log_add (user_data, SMITH_LOG_DETAIL, "%s", line);
}

static void
send_block (guint number, gsize size)
{
  g_autofree guint8 *body = g_malloc (7 + size);

  memset (body, 'S', 7 + size);
  memcpy (body, "\x42\0\0\0", 4);
  body[4] = (guint8) number;
  smith_trace_frame_sent (body, 7 + size);
}

static void
ack (void)
{
  smith_trace_frame_received ((const guint8 *) "\x02", 1);
}

static void
answer (SmithAtResult result, int code, const char *first, const char *second)
{
  char *lines[] = { (char *) first, (char *) second, NULL };
  SmithAtAnswer made = { .result = result, .code = code, .lines = lines };

  smith_trace_answer (&made);
}

/* Runs of blocks are folded; what breaks one stands behind it. */
static void
talk_frames (void)
{
  for (guint i = 1; i <= 3; i++)
    {
      send_block (i, 100);
      ack ();
    }
  send_block (4, 50);
  smith_trace_note ("< no answer");
  send_block (4, 50);
  ack ();
  ack ();
  send_block (5, 9);
  smith_trace_frame_received ((const guint8 *) "\x03\x00\x0C", 3);
  send_block (6, 1);
}

static void
talk_text (void)
{
  smith_trace_command ("AT+CPIN=\"1234\"");
  smith_trace_command ("AT^SYSCFG=2,2,3FFFFFFF,1,2");
  answer (SMITH_AT_CME_ERROR, 10, NULL, NULL);
  smith_trace_command ("ATI");
  answer (SMITH_AT_OK, -1, "Model: E1550", "IMEI: 350000000000014");
  smith_trace_command ("AT+CIMI");
  answer (SMITH_AT_OK, -1, "262017418529639", NULL);
  smith_trace_command ("AT+CREG?");
  answer (SMITH_AT_OK, -1, "+CREG: 2,1,\"1A2B\",\"00C3F17D\"", NULL);
  smith_trace_answer (NULL);
  /* A number in a frame, as text. */
  smith_trace_frame_received ((const guint8 *) "\x4B\x00"
                                               "350000000000014",
                              17);
}

static void
test_trace (void)
{
  static const char *const expected[] = {
    "> 42 block 1 to 3, 300 bytes: each taken\n",
    "> 42 block 4, 50 bytes\n",
    "< no answer\n",
    "> 42 block 4, 50 bytes: taken\n",
    "< 02\n",
    "> 42 block 5, 9 bytes\n",
    "< 03 00 0C\n",
    "> 42 block 6, 1 bytes\n",
    "> AT+CPIN=****\n",
    "> AT^SYSCFG=2,2,3FFFFFFF,1,2\n",
    "< +CME ERROR 10\n",
    "> ATI\n",
    "< Model: E1550 | IMEI: 350**********14 | OK\n",
    "> AT+CIMI\n",
    "< 262**********39 | OK\n",
    "> AT+CREG?\n",
    "< +CREG: 2,1,**** | OK\n",
    "< no answer\n",
    "< 4B 00 33 35 … (17 bytes) \"350**********14\"\n",
  };
  g_autoptr (SmithLog) log = smith_log_new ();
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  smith_trace_set (on_line, log);
  talk_frames ();
  talk_text ();
  smith_trace_set (NULL, NULL);
  /* Nobody listens any more. */
  talk_frames ();
  text = smith_log_to_text (log, SMITH_LOG_DETAIL);
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, G_N_ELEMENTS (expected) + 1);
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autofree char *line = g_strconcat (lines[i], "\n", NULL);

      g_assert_true (g_str_has_suffix (line, expected[i]));
    }
}

/* What is left over when it ends is told; other threads are not listened to. */
static gpointer
talk_apart (gpointer data)
{
  talk_text ();
  return NULL;
}

static void
test_trace_ends (void)
{
  g_autoptr (SmithLog) log = smith_log_new ();
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  smith_trace_set (on_line, log);
  send_block (1, 10);
  ack ();
  send_block (2, 10);
  g_thread_join (g_thread_new ("apart", talk_apart, NULL));
  smith_trace_set (NULL, NULL);
  text = smith_log_to_text (log, SMITH_LOG_DETAIL);
  /* Two, and what is behind the end of the second. */
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 3);
  expect_in (text, "block 1, 10 bytes: taken\n");
  expect_in (text, "block 2, 10 bytes\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/older/words/refusals", test_refusals);
  g_test_add_func ("/older/words/all-refusals", test_all_refusals);
  g_test_add_func ("/older/words/trace", test_trace);
  g_test_add_func ("/older/words/trace-ends", test_trace_ends);
  return g_test_run ();
}
