/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/trace.h"

#include <string.h>

static void
on_line (const char *line, gpointer user_data)
{
  g_ptr_array_add (user_data, g_strdup (line));
}

static GPtrArray *
listen (void)
{
  GPtrArray *told = g_ptr_array_new_with_free_func (g_free);

  smith_trace_set (on_line, told);
  return told;
}

static void
expect_last (GPtrArray *told, const char *line)
{
  g_assert_cmpuint (told->len, >, 0);
  g_assert_cmpstr (g_ptr_array_index (told, told->len - 1), ==, line);
}

static void
answer (const char *first, const char *second)
{
  char *lines[] = { (char *) first, (char *) second, NULL };
  SmithAtAnswer made = { .result = SMITH_AT_OK, .code = -1, .lines = lines };

  smith_trace_answer (&made);
}

/* What the commands of a conversion are answered with. */
static void
test_answers (void)
{
  static const struct
  {
    const char *lines[2];
    const char *told;
  } cases[] = {
    { { "+CREG: 2,1, 7C8, C5A2" }, "< +CREG: 2,1, **** | OK" },
    { { "+CREG: 1, 7C8, C5A2", "+CREG: 0,1" }, "< +CREG: 1, **** | +CREG: 0,1 | OK" },
    { { "+CGREG: 2,1,\"07C8\",\"C5A2\",7" }, "< +CGREG: 2,1,**** | OK" },
    { { "+CEREG: 2,5,7C8,1A2B3C4,7", "+CSQ: 9,99" }, "< +CEREG: 2,5,**** | +CSQ: 9,99 | OK" },
    { { "Model: E3372", "IMEI: 350000000000014" }, "< Model: E3372 | IMEI: 350**********14 | OK" },
    { { "262017418529639" }, "< 262**********39 | OK" },
    { { "+CLIP: \"+491711234567\",145" }, "< +CLIP: **** | OK" },
    { { "^SYSCFGEX:\"00\",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF" },
      "< ^SYSCFGEX:\"00\",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF | OK" },
  };
  g_autoptr (GPtrArray) told = listen ();

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      answer (cases[i].lines[0], cases[i].lines[1]);
      expect_last (told, cases[i].told);
    }
  smith_trace_set (NULL, NULL);
}

static void
test_commands (void)
{
  static const char *const cases[][2] = {
    { "AT+CPIN=\"1234\"", "> AT+CPIN=****" },
    { "AT+CLCK=\"SC\",0,\"1234\"", "> AT+CLCK=****" },
    { "AT^CURC=0;+CPIN=1234", "> AT^CURC=0;+CPIN=****" },
    { "AT^SYSCFG=2,2,3FFFFFFF,1,2", "> AT^SYSCFG=2,2,3FFFFFFF,1,2" },
  };
  g_autoptr (GPtrArray) told = listen ();

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      smith_trace_command (cases[i][0]);
      expect_last (told, cases[i][1]);
    }
  smith_trace_set (NULL, NULL);
}

/* A text that is told in part must not end in half a number, which nobody would know for
 * one. */
static void
test_long_text (void)
{
  g_autoptr (GPtrArray) told = listen ();

  for (gsize lead = 40; lead < 70; lead++)
    {
      g_autofree char *text = g_strnfill (lead, 'x');
      g_autofree char *frame = g_strconcat ("\x4B", text, "350000123456714", NULL);

      smith_trace_frame_received ((const guint8 *) frame, strlen (frame));
      g_assert_null (strstr (g_ptr_array_index (told, told->len - 1), "0000"));
    }
  smith_trace_set (NULL, NULL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trace/answers", test_answers);
  g_test_add_func ("/trace/commands", test_commands);
  g_test_add_func ("/trace/long-text", test_long_text);
  return g_test_run ();
}
