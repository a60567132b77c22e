/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "simulator/fault-script.h"

#include <string.h>

#include "format/error.h"

static void
check_empty (const SmithFaultScript *script)
{
  guint argument = 99;

  g_assert_cmpint (smith_fault_script_look_up (script, SMITH_STAGE_BOOT, 1, &argument), ==,
                   SMITH_FAULT_NONE);
  g_assert_cmpuint (argument, ==, 0);
  g_assert_cmpint (smith_fault_script_after_load (script), ==, SMITH_RETURN_RIGHT);
  g_assert_cmpint (smith_fault_script_after_flash (script), ==, SMITH_RETURN_RIGHT);
}

static void
test_empty (void)
{
  const char *const texts[] = { "", "\n", "  \t\r\n\n", "# nothing\n   # at all", "#" };

  check_empty (NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SmithFaultScript) script = smith_fault_script_parse (texts[i], &error);

      g_assert_no_error (error);
      g_assert_nonnull (script);
      check_empty (script);
    }
}

typedef struct
{
  const char *text;
  SmithStage stage;
  SmithFault fault;
  guint argument;
  guint before; /* not struck yet; 0: there is no such message */
  guint first;
  guint last;
  guint after; /* not struck any more; 0: there is no such message */
} GoodLine;

static const GoodLine good_lines[] = {
  { "boot 1 lost", SMITH_STAGE_BOOT, SMITH_FAULT_LOST, 0, 0, 1, 1, 2 },
  { "boot 3 refuse", SMITH_STAGE_BOOT, SMITH_FAULT_REFUSE, 7, 2, 3, 3, 4 },
  { "binary 3 refuse 12", SMITH_STAGE_BINARY, SMITH_FAULT_REFUSE, 12, 2, 3, 3, 4 },
  { "binary 3 refuse 0xC", SMITH_STAGE_BINARY, SMITH_FAULT_REFUSE, 12, 2, 3, 3, 4 },
  { "text 2 refuse 12 times 3", SMITH_STAGE_TEXT, SMITH_FAULT_REFUSE, 12, 1, 2, 4, 5 },
  { "text 2 refuse always", SMITH_STAGE_TEXT, SMITH_FAULT_REFUSE, 7, 1, 2, G_MAXUINT, 0 },
  { "at 2 garbage times always", SMITH_STAGE_AT, SMITH_FAULT_GARBAGE, 0, 1, 2, G_MAXUINT, 0 },
  { "at 2 bad-checksum always", SMITH_STAGE_AT, SMITH_FAULT_BAD_CHECKSUM, 0, 1, 2, G_MAXUINT, 0 },
  { "\tbinary  5\tsingle-bytes times 1 # slow", SMITH_STAGE_BINARY, SMITH_FAULT_SINGLE_BYTES, 0, 4,
    5, 5, 6 },
  { "binary 5 delay 1500\r", SMITH_STAGE_BINARY, SMITH_FAULT_DELAY, 1500, 4, 5, 5, 6 },
  { "binary 5 delay 0 times 2", SMITH_STAGE_BINARY, SMITH_FAULT_DELAY, 0, 4, 5, 6, 7 },
  { "at 1 half", SMITH_STAGE_AT, SMITH_FAULT_HALF, 0, 0, 1, 1, 2 },
  { "at 1 unsolicited", SMITH_STAGE_AT, SMITH_FAULT_UNSOLICITED, 0, 0, 1, 1, 2 },
  { "boot 1000000000 gone times 1000000000", SMITH_STAGE_BOOT, SMITH_FAULT_GONE, 0, 999999999,
    1000000000, 1999999999, 2000000000 },
  { "binary 7 twice", SMITH_STAGE_BINARY, SMITH_FAULT_TWICE, 0, 6, 7, 7, 8 },
  { "binary 7 twice 20 times 2", SMITH_STAGE_BINARY, SMITH_FAULT_TWICE, 20, 6, 7, 8, 9 },
  { "binary 7 replug", SMITH_STAGE_BINARY, SMITH_FAULT_REPLUG, 0, 6, 7, 7, 8 },
};

static void
check_number (const SmithFaultScript *script, const GoodLine *line, guint number, gboolean struck)
{
  guint argument;
  SmithFault fault = smith_fault_script_look_up (script, line->stage, number, &argument);

  g_assert_cmpstr (smith_fault_name (fault), ==,
                   smith_fault_name (struck ? line->fault : SMITH_FAULT_NONE));
  g_assert_cmpuint (argument, ==, struck ? line->argument : 0);
}

static void
test_good_lines (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (good_lines); i++)
    {
      const GoodLine *line = &good_lines[i];
      g_autoptr (GError) error = NULL;
      g_autoptr (SmithFaultScript) script = smith_fault_script_parse (line->text, &error);

      g_assert_no_error (error);
      check_number (script, line, line->first, TRUE);
      check_number (script, line, line->last, TRUE);
      if (line->before > 0)
        check_number (script, line, line->before, FALSE);
      if (line->after > 0)
        check_number (script, line, line->after, FALSE);
      for (guint stage = 0; stage < SMITH_N_STAGES; stage++)
        if (stage != line->stage)
          g_assert_cmpint (smith_fault_script_look_up (script, stage, line->first, NULL), ==,
                           SMITH_FAULT_NONE);
    }
}

static void
test_returns (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithFaultScript) script = NULL;

  script = smith_fault_script_parse ("after load wrong-mode\nafter flash old-version\n", &error);
  g_assert_no_error (error);
  g_assert_cmpint (smith_fault_script_after_load (script), ==, SMITH_RETURN_WRONG_MODE);
  g_assert_cmpint (smith_fault_script_after_flash (script), ==, SMITH_RETURN_OLD_VERSION);

  g_clear_pointer (&script, smith_fault_script_free);
  script = smith_fault_script_parse ("after load other-stick\nafter flash other-port\n", &error);
  g_assert_no_error (error);
  g_assert_cmpint (smith_fault_script_after_load (script), ==, SMITH_RETURN_OTHER_STICK);
  g_assert_cmpint (smith_fault_script_after_flash (script), ==, SMITH_RETURN_OTHER_PORT);

  g_clear_pointer (&script, smith_fault_script_free);
  script = smith_fault_script_parse ("after flash never\n", &error);
  g_assert_no_error (error);
  g_assert_cmpint (smith_fault_script_after_load (script), ==, SMITH_RETURN_RIGHT);
  g_assert_cmpint (smith_fault_script_after_flash (script), ==, SMITH_RETURN_NEVER);
}

static void
test_first_line_counts (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithFaultScript) script = NULL;

  script = smith_fault_script_parse ("boot 2 lost\nboot 1 garbage always\nboot 3 half", &error);
  g_assert_no_error (error);
  g_assert_cmpint (smith_fault_script_look_up (script, SMITH_STAGE_BOOT, 1, NULL), ==,
                   SMITH_FAULT_GARBAGE);
  g_assert_cmpint (smith_fault_script_look_up (script, SMITH_STAGE_BOOT, 2, NULL), ==,
                   SMITH_FAULT_LOST);
  g_assert_cmpint (smith_fault_script_look_up (script, SMITH_STAGE_BOOT, 3, NULL), ==,
                   SMITH_FAULT_GARBAGE);
}

/* The line that is at fault, and a word that the message must have. */
typedef struct
{
  const char *text;
  const char *line;
  const char *word;
} BadScript;

static const BadScript bad_scripts[] = {
  { "usb 1 lost", "Line 1: ", "“usb”" },
  { "# one\n\nbooty 1 lost", "Line 3: ", "“booty”" },
  { "BOOT 1 lost", "Line 1: ", "“BOOT”" },
  { "boot", "Line 1: ", "“boot”" },
  { "boot 1", "Line 1: ", "“boot”" },
  { "boot 0 lost", "Line 1: ", "“0”" },
  { "boot -1 lost", "Line 1: ", "“-1”" },
  { "boot +1 lost", "Line 1: ", "“+1”" },
  { "boot 1x lost", "Line 1: ", "“1x”" },
  { "boot 0x lost", "Line 1: ", "“0x”" },
  { "boot 1000000001 lost", "Line 1: ", "“1000000001”" },
  { "boot 99999999999999999999999 lost", "Line 1: ", "from 1 to" },
  { "boot lost 1", "Line 1: ", "“lost”" },
  { "boot 1 none", "Line 1: ", "“none”" },
  { "boot 1 vanish", "Line 1: ", "“vanish”" },
  { "boot 1 lost 5", "Line 1: ", "“5”" },
  { "boot 1 refuse x", "Line 1: ", "“x”" },
  { "boot 1 refuse 0", "Line 1: ", "“0”" },
  { "boot 1 refuse 65536", "Line 1: ", "“65536”" },
  { "boot 1 delay", "Line 1: ", "milliseconds" },
  { "boot 1 delay always", "Line 1: ", "milliseconds" },
  { "boot 1 delay 600001", "Line 1: ", "“600001”" },
  { "boot 1 lost times", "Line 1: ", "“times”" },
  { "boot 1 lost times 0", "Line 1: ", "“0”" },
  { "boot 1 lost times x", "Line 1: ", "“x”" },
  { "boot 1 lost times 2 3", "Line 1: ", "“3”" },
  { "boot 1 lost always 3", "Line 1: ", "“3”" },
  { "boot 1 refuse 1 times 2 3", "Line 1: ", "Too many words" },
  { "a b c d e f g h", "Line 1: ", "Too many words" },
  { "after", "Line 1: ", "“after”" },
  { "after load", "Line 1: ", "“after”" },
  { "after load never again", "Line 1: ", "“after”" },
  { "after lunch never", "Line 1: ", "“lunch”" },
  { "after load right", "Line 1: ", "“right”" },
  { "after load old-version", "Line 1: ", "“old-version”" },
  { "after load never\nafter load never", "Line 2: ", "“load”" },
  { "boot 1 \033[31m", "Line 1: ", "“?[31m”" },
  { "boot 1 \xff\xfe", "", "not a text file" },
};

static void
check_bad (const char *text, const char *line, const char *word)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithFaultScript) script = smith_fault_script_parse (text, &error);

  g_assert_null (script);
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE);
  g_assert_true (g_str_has_prefix (error->message, line));
  g_assert_nonnull (strstr (error->message, word));
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

static void
test_bad_scripts (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad_scripts); i++)
    check_bad (bad_scripts[i].text, bad_scripts[i].line, bad_scripts[i].word);
}

static void
test_bounds (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *huge = g_strnfill (70000, '#');
  g_autofree char *word = g_strnfill (60000, 'x');
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithFaultScript) script = NULL;

  check_bad (huge, "", "at most");
  check_bad (word, "Line 1: ", "xxxxxxxx");

  for (guint i = 0; i < 1000; i++)
    g_string_append (text, "boot 1 lost\n");
  script = smith_fault_script_parse (text->str, &error);
  g_assert_no_error (error);
  g_string_append (text, "boot 1 lost\n");
  check_bad (text->str, "Line 1001: ", "1000");
}

/* Whatever the bytes are: a result or an error, never both and never neither. */
static void
test_random (void)
{
  static const char *const words[]
      = { "boot",  "text",   "binary", "at",        "after", "load",     "flash",
          "never", "1",      "0x7",    "999999999", "lost",  "refuse",   "delay",
          "times", "always", "#",      "\n",        "\t",    "\xc3\xa4", "\xff" };
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  for (guint i = 0; i < 20000; i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (SmithFaultScript) script = NULL;

      for (gint n = g_rand_int_range (rand, 0, 10); n > 0; n--)
        g_string_append_printf (text, "%s ",
                                words[g_rand_int_range (rand, 0, G_N_ELEMENTS (words))]);
      script = smith_fault_script_parse (text->str, &error);
      g_assert_true ((script == NULL) == (error != NULL));
    }
}

static void
test_names (void)
{
  g_assert_cmpstr (smith_stage_name (SMITH_STAGE_AT), ==, "at");
  g_assert_cmpstr (smith_stage_name (SMITH_N_STAGES), ==, "unknown");
  g_assert_cmpstr (smith_fault_name (SMITH_FAULT_NONE), ==, "none");
  g_assert_cmpstr (smith_fault_name (SMITH_FAULT_REPLUG), ==, "replug");
  g_assert_cmpstr (smith_fault_name (99), ==, "unknown");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/simulator/fault-script/empty", test_empty);
  g_test_add_func ("/simulator/fault-script/good-lines", test_good_lines);
  g_test_add_func ("/simulator/fault-script/returns", test_returns);
  g_test_add_func ("/simulator/fault-script/first-line-counts", test_first_line_counts);
  g_test_add_func ("/simulator/fault-script/bad-scripts", test_bad_scripts);
  g_test_add_func ("/simulator/fault-script/bounds", test_bounds);
  g_test_add_func ("/simulator/fault-script/random", test_random);
  g_test_add_func ("/simulator/fault-script/names", test_names);
  return g_test_run ();
}
