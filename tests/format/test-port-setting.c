/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "format/port-setting.h"

#include <string.h>

#define SIXTEEN "1,2,3,4,5,6,7,8,9,A,B,C,D,E,F,10"
#define LONGEST "01,02,03,04,05,06,07,08,09,0A,0B,0C,0D,0E,0F,10"

/* What sticks answer, and what can be done with it. */
static const struct
{
  const char *line;
  const char *first;
  const char *second;
  gboolean shows_cd;
  const char *hidden; /* the command; NULL: must not be offered */
} lines[] = {
  { "^SETPORT:A1,A2;12,10,16,A1,A2", "A1,A2", "12,10,16,A1,A2", TRUE,
    "AT^SETPORT=\"FF;12,10,16,A1,A2\"" },
  { "^SETPORT:A1,A2;12,16,A1,A2", "A1,A2", "12,16,A1,A2", TRUE, "AT^SETPORT=\"FF;12,16,A1,A2\"" },
  { "^SETPORT: \"A1;1,16,3,2,A2\" ", "A1", "1,16,3,2,A2", TRUE, "AT^SETPORT=\"FF;1,16,3,2,A2\"" },
  { "at^setport=\"a1,a2;61,62,76\"", "a1,a2", "61,62,76", TRUE, "AT^SETPORT=\"FF;61,62,76\"" },
  { "AT^SETPORT=A1;32", "A1", "32", TRUE, "AT^SETPORT=\"FF;32\"" },
  { "^SETPORT:A1;72,2", "A1", "72,2", TRUE, "AT^SETPORT=\"FF;72,2\"" },
  { "^SETPORT:A1;02", "A1", "02", TRUE, "AT^SETPORT=\"FF;02\"" },
  { "^SETPORT:A1;" LONGEST, "A1", LONGEST, TRUE, "AT^SETPORT=\"FF;" LONGEST "\"" },
  /* It skips the CD drive already. */
  { "^SETPORT:FF;12,10,16,A1,A2", "FF", "12,10,16,A1,A2", FALSE, NULL },
  { "^SETPORT:ff;12,16", "ff", "12,16", FALSE, NULL },
  { "^SETPORT:FF,A1;12,16", "FF,A1", "12,16", FALSE, NULL },
  /* It shows something else at first, of which nothing is known. */
  { "^SETPORT:A2;12,16", "A2", "12,16", FALSE, NULL },
  { "^SETPORT:1;12,16", "1", "12,16", FALSE, NULL },
  /* Nobody could ask it any more. */
  { "^SETPORT:A1,A2;10,16,A1,A2", "A1,A2", "10,16,A1,A2", TRUE, NULL },
  { "^SETPORT:A1,A2;A1,A2", "A1,A2", "A1,A2", TRUE, NULL },
  { "^SETPORT:A1;22,42,52", "A1", "22,42,52", TRUE, NULL },
  { "^SETPORT:A1;FF", "A1", "FF", TRUE, NULL },
  { "^SETPORT:A1;12,FF", "A1", "12,FF", TRUE, NULL },
};

static const char *const no_settings[] = {
  "",
  "^",
  "OK",
  "ERROR",
  "A1,A2;12,10",
  "^SETPORT",
  "^SETPORT:",
  "^SETPORT:;",
  "^SETPORT:A1",
  "^SETPORT:A1;",
  "^SETPORT:;12",
  "^SETPORT:A1,A2",
  "^SETPORT:A1,A2,12",
  "^SETPORT:A1;12;16",
  "^SETPORT:A1;;12",
  "^SETPORT:A1,;12",
  "^SETPORT:,A1;12",
  "^SETPORT:A1,,A2;12",
  "^SETPORT:A1;12,",
  "^SETPORT:A1;,12",
  "^SETPORT:A1;12,,16",
  "^SETPORT:A1;123",
  "^SETPORT:A1;1G",
  "^SETPORT:A1;-1",
  "^SETPORT:A1;+2",
  "^SETPORT:A1;0x2",
  "^SETPORT:A1;12, 16",
  "^SETPORT:A1 ;12",
  "^SETPORT:A1; 12",
  "^SETPORT:\"A1;12",
  "^SETPORT:A1;12\"",
  "^SETPORT:\"\"A1;12\"\"",
  "^SETPORT:\"A1\";\"12\"",
  "^SETPORT:\"A1;12\";+CFUN=0",
  "^SETPORT:A1;12\r",
  "^SETPORT:A1;12\x80",
  "^SETPORT:A1;" SIXTEEN ",11",
  "^SETPORT:" SIXTEEN ",11;12",
  "^SETPORTX:A1;12",
  "^SETPORT A1;12",
  " ^SETPORT:A1;12",
  "AT^SETPORT?",
  "AT^SETPORT=?",
  "^SETPORT:(A1,A2);(12,16)",
  "+CREG: 0,1",
};

static void
expect_command (const SmithPortSetting *setting, const char *command)
{
  g_autofree char *made = smith_port_setting_to_command (setting);

  g_assert_cmpstr (made, ==, command);
}

static void
test_lines (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      SmithPortSetting setting;
      SmithPortSetting again;
      SmithPortSetting hidden;
      g_autofree char *command = NULL;

      g_test_message ("%s", lines[i].line);
      memset (&setting, 0x55, sizeof setting);
      g_assert_true (smith_port_setting_parse (lines[i].line, &setting));
      g_assert_cmpstr (setting.first, ==, lines[i].first);
      g_assert_cmpstr (setting.second, ==, lines[i].second);
      g_assert_cmpint (smith_port_setting_shows_cd (&setting), ==, lines[i].shows_cd);
      g_assert_cmpint (smith_port_setting_can_hide_cd (&setting), ==, lines[i].hidden != NULL);
      command = smith_port_setting_to_command (&setting);
      g_assert_true (smith_port_setting_parse (command, &again));
      g_assert_true (smith_port_setting_equal (&setting, &again));
      if (lines[i].hidden == NULL)
        continue;
      smith_port_setting_hide_cd (&setting, &hidden);
      expect_command (&hidden, lines[i].hidden);
      g_assert_false (smith_port_setting_shows_cd (&hidden));
      g_assert_false (smith_port_setting_equal (&setting, &hidden));
      g_assert_true (smith_port_setting_brings_cd_back (&setting, &hidden));
      g_assert_false (smith_port_setting_brings_cd_back (&hidden, &setting));
      g_assert_false (smith_port_setting_brings_cd_back (&setting, &setting));
    }
}

static void
test_no_settings (void)
{
  g_autofree char *endless = g_strnfill (100000, '1');
  g_autofree char *long_line = g_strconcat ("^SETPORT:A1;", endless, NULL);
  SmithPortSetting setting;
  SmithPortSetting before;

  memset (&setting, 0x55, sizeof setting);
  before = setting;
  for (gsize i = 0; i < G_N_ELEMENTS (no_settings); i++)
    if (smith_port_setting_parse (no_settings[i], &setting))
      g_error ("taken for a setting: %s", no_settings[i]);
  g_assert_false (smith_port_setting_parse (long_line, &setting));
  g_assert_cmpmem (&setting, sizeof setting, &before, sizeof before);
}

static SmithPortSetting
make (const char *value)
{
  g_autofree char *line = g_strconcat ("^SETPORT:", value, NULL);
  SmithPortSetting setting;

  g_assert_true (smith_port_setting_parse (line, &setting));
  return setting;
}

/* By what they mean, not by how they are written. */
static void
test_equal (void)
{
  static const struct
  {
    const char *a;
    const char *b;
    gboolean equal;
  } cases[] = {
    { "A1,A2;12,2", "a1,a2;12,02", TRUE }, { "FF;0A", "ff;a", TRUE },
    { "A1;12", "A1;12,12", FALSE },        { "A1;12,16", "A1;16,12", FALSE },
    { "A1;12", "A2;12", FALSE },           { "A1;12", "A1;2", FALSE },
    { "A1,A2;12", "A1;12", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SmithPortSetting a = make (cases[i].a);
      SmithPortSetting b = make (cases[i].b);

      g_assert_cmpint (smith_port_setting_equal (&a, &b), ==, cases[i].equal);
      g_assert_cmpint (smith_port_setting_equal (&b, &a), ==, cases[i].equal);
    }
}

/* Only the CD drive comes back; whatever would change more does not. */
static void
test_back (void)
{
  static const struct
  {
    const char *old;
    const char *now;
    gboolean back;
  } cases[] = {
    { "A1,A2;12,10,16", "FF;12,10,16", TRUE },
    { "A1;2,10", "ff;02,10", TRUE },
    { "A1;12,10,16", "FF;12,16", FALSE },
    { "A1;12,10,16", "FF;12,10,16,A1", FALSE },
    { "A1;12", "A1,A2;12", FALSE },
    { "FF;12", "FF;12", FALSE },
    { "A2;12", "FF;12", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SmithPortSetting old = make (cases[i].old);
      SmithPortSetting now = make (cases[i].now);

      g_assert_cmpint (smith_port_setting_brings_cd_back (&old, &now), ==, cases[i].back);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/port-setting/lines", test_lines);
  g_test_add_func ("/port-setting/no-settings", test_no_settings);
  g_test_add_func ("/port-setting/equal", test_equal);
  g_test_add_func ("/port-setting/back", test_back);
  return g_test_run ();
}
