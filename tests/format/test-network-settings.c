/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "format/network-settings.h"

#include <string.h>

#define LTE_ALL G_GUINT64_CONSTANT (0x7FFFFFFFFFFFFFFF)

/* What sticks answer, tidy and ugly. */
static const struct
{
  const char *line;
  SmithNetworkSettings settings;
  const char *command;
} lines[] = {
  { "^SYSCFG:2,2,3FFFFFFF,1,2",
    { SMITH_SYSCFG, 2, "2", 0x3FFFFFFF, 1, 2, 0x40000000 },
    "AT^SYSCFG=2,2,3FFFFFFF,1,2" },
  { "^SYSCFG:13,0,80380,0,3",
    { SMITH_SYSCFG, 13, "0", 0x80380, 0, 3, 0x40000000 },
    "AT^SYSCFG=13,0,80380,0,3" },
  { "  ^syscfg : 14 , 1 , 0x3fffffff , 2 , 4  ",
    { SMITH_SYSCFG, 14, "1", 0x3FFFFFFF, 2, 4, 0x40000000 },
    "AT^SYSCFG=14,1,3FFFFFFF,2,4" },
  { "^SYSCFG:2,0",
    { SMITH_SYSCFG, 2, "0", 0x40000000, -1, -1, 0x40000000 },
    "AT^SYSCFG=2,0,40000000,2,4" },
  { "^SYSCFG:16,,,,",
    { SMITH_SYSCFG, 16, "", 0x40000000, -1, -1, 0x40000000 },
    "AT^SYSCFG=16,3,40000000,2,4" },
  { "^SYSCFGEX:\"00\",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF,\"\",\"\"",
    { SMITH_SYSCFGEX, -1, "00", 0x3FFFFFFF, 1, 2, LTE_ALL },
    "AT^SYSCFGEX=\"00\",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF,," },
  { "^SYSCFGEX: \"030201\",400000,0,2,800C5",
    { SMITH_SYSCFGEX, -1, "030201", 0x400000, 0, 2, 0x800C5 },
    "AT^SYSCFGEX=\"030201\",400000,0,2,800C5,," },
  { "^SYSCFGEX:00,3fffffff,1,2,7fffffffffffffff,,",
    { SMITH_SYSCFGEX, -1, "00", 0x3FFFFFFF, 1, 2, LTE_ALL },
    "AT^SYSCFGEX=\"00\",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF,," },
  { "^SYSCFGEX:\" 03 \",\"3FFFFFFF\",\"1\",\"2\",\"7FFFFFFFFFFFFFFF\",1,2,3,4,5,6,7,8,9,10,11,12",
    { SMITH_SYSCFGEX, -1, "03", 0x3FFFFFFF, 1, 2, LTE_ALL },
    "AT^SYSCFGEX=\"03\",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF,," },
  { "^SYSCFGEX:\"\",3FFFFFFF,,,",
    { SMITH_SYSCFGEX, -1, "", 0x3FFFFFFF, -1, -1, 0x40000000 },
    "AT^SYSCFGEX=\"99\",3FFFFFFF,2,4,40000000,," },
  { "AT^SYSCFGEX=\"0302\",FFFFFFFFFFFFFFFF,0,1,0,,",
    { SMITH_SYSCFGEX, -1, "0302", G_MAXUINT64, 0, 1, 0 },
    "AT^SYSCFGEX=\"0302\",FFFFFFFFFFFFFFFF,0,1,0,," },
};

static const char *const no_settings[] = {
  "",
  "^",
  "OK",
  "ERROR",
  "^SYSCFG",
  "^SYSCFG:",
  "^SYSCFGEX",
  "^SYSCFGEX:",
  "^SYSCFGEX:,,,,",
  "AT^SYSCFGEX?",
  "AT^SYSCFGEX=?",
  "^SYSCFG2:2,2,3FFFFFFF,1,2",
  "^SYSCFG:,2,3FFFFFFF,1,2",
  "^SYSCFG:-2,2,3FFFFFFF,1,2",
  "^SYSCFG:2,2,3FFFFFFG,1,2",
  "^SYSCFG:2,2,3FFFFFFF,1x,2",
  "^SYSCFG:2222,2,3FFFFFFF,1,2",
  "^SYSCFG:2,2222,3FFFFFFF,1,2",
  "^SYSCFG:2,2,0x,1,2",
  "^SYSCFG:2 2,3FFFFFFF,1,2",
  "^SYSCFGEX:\"0\",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF",
  "^SYSCFGEX:\"00,3FFFFFFF,1,2,7FFFFFFFFFFFFFFF",
  "^SYSCFGEX:\"000000000000000000\",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF",
  "^SYSCFGEX:\"00\",3FFFFFFF,1,2,17FFFFFFFFFFFFFFF",
  "^SYSCFGEX: (\"00\",\"01\",\"02\",\"03\",\"99\"),((2000000400380,\"GSM\")),(0-2),(0-4)",
  "^SYSCFGEX:\"00\",3FFFFFFF;+CFUN=0,1,2",
  "+CREG: 0,1",
};

static void
check_same (const SmithNetworkSettings *a, const SmithNetworkSettings *b)
{
  g_assert_cmpint (a->kind, ==, b->kind);
  g_assert_cmpint (a->mode, ==, b->mode);
  g_assert_cmpstr (a->acquisition, ==, b->acquisition);
  g_assert_cmphex (a->bands, ==, b->bands);
  g_assert_cmpint (a->roaming, ==, b->roaming);
  g_assert_cmpint (a->domain, ==, b->domain);
  g_assert_cmphex (a->lte_bands, ==, b->lte_bands);
  g_assert_true (smith_network_settings_equal (a, b));
}

static void
test_lines (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autofree char *command = NULL;
      g_autofree char *again = NULL;
      SmithNetworkSettings settings;

      g_test_message ("%s", lines[i].line);
      g_assert_true (smith_network_settings_parse (lines[i].line, &settings));
      check_same (&settings, &lines[i].settings);
      command = smith_network_settings_to_command (&settings);
      g_assert_cmpstr (command, ==, lines[i].command);
      /* A command that was written down can be read again. */
      g_assert_true (smith_network_settings_parse (command, &settings));
      again = smith_network_settings_to_command (&settings);
      g_assert_cmpstr (again, ==, command);
    }
}

static void
test_no_settings (void)
{
  g_autofree char *longest = g_strnfill (100000, ',');
  g_autofree char *too_long = g_strconcat ("^SYSCFG:2,2,3FFFFFFF,1,2", longest, NULL);
  SmithNetworkSettings settings = { .mode = 77 };

  for (guint i = 0; i < G_N_ELEMENTS (no_settings); i++)
    {
      g_test_message ("%s", no_settings[i]);
      g_assert_false (smith_network_settings_parse (no_settings[i], &settings));
      g_assert_cmpint (settings.mode, ==, 77);
    }
  g_assert_false (smith_network_settings_parse (too_long, &settings));
}

/* Every single field counts. */
static void
test_equal (void)
{
  SmithNetworkSettings a;
  SmithNetworkSettings b;

  for (guint i = 0; i <= 7; i++)
    {
      smith_network_settings_open (SMITH_SYSCFGEX, TRUE, &a);
      b = a;
      if (i == 1)
        b.kind = SMITH_SYSCFG;
      else if (i == 2)
        b.mode = 2;
      else if (i == 3)
        b.acquisition[1] = '3';
      else if (i == 4)
        b.bands ^= 1;
      else if (i == 5)
        b.roaming = 0;
      else if (i == 6)
        b.domain = 1;
      else if (i == 7)
        b.lte_bands ^= G_GUINT64_CONSTANT (1) << 62;
      g_assert_cmpint (smith_network_settings_equal (&a, &b), ==, i == 0);
      g_assert_cmpint (smith_network_settings_equal (&b, &a), ==, i == 0);
    }
}

/* What is sent, letter by letter. */
static void
test_open (void)
{
  static const struct
  {
    SmithSyscfgKind kind;
    gboolean roaming;
    const char *command;
    const char *answer;
  } cases[] = {
    { SMITH_SYSCFG, FALSE, "AT^SYSCFG=2,2,3FFFFFFF,0,2", "^SYSCFG:2,2,3FFFFFFF,0,2" },
    { SMITH_SYSCFG, TRUE, "AT^SYSCFG=2,2,3FFFFFFF,1,2", "^SYSCFG:2,2,3FFFFFFF,1,2" },
    { SMITH_SYSCFGEX, FALSE, "AT^SYSCFGEX=\"00\",3FFFFFFF,0,2,7FFFFFFFFFFFFFFF,,",
      "^SYSCFGEX:\"00\",3FFFFFFF,0,2,7FFFFFFFFFFFFFFF,\"\",\"\"" },
    { SMITH_SYSCFGEX, TRUE, "AT^SYSCFGEX=\"00\",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF,,",
      "^SYSCFGEX:\"00\",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF,\"\",\"\"" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SmithNetworkSettings made;
      SmithNetworkSettings said;
      g_autofree char *command = NULL;

      smith_network_settings_open (cases[i].kind, cases[i].roaming, &made);
      command = smith_network_settings_to_command (&made);
      g_assert_cmpstr (command, ==, cases[i].command);
      g_assert_true (smith_network_settings_parse (cases[i].answer, &said));
      g_assert_true (smith_network_settings_equal (&made, &said));
    }
}

static void
test_describe (void)
{
  static const struct
  {
    const char *line;
    const char *words;
  } cases[] = {
    { "^SYSCFG:2,2,3FFFFFFF,0,2", "Networks: automatic, 3G first; all bands; roaming off" },
    { "^SYSCFG:2,1,3FFFFFFF,1,2", "Networks: automatic, 2G first; all bands; roaming on" },
    { "^SYSCFG:2,0,7FFFFFFF,2,3", "Networks: automatic; all bands; roaming as it is" },
    { "^SYSCFG:13,1,80380,1,0",
      "Networks: 2G only; only some bands (80380); roaming on; calls only" },
    { "^SYSCFG:14,2,400000,0,1",
      "Networks: 3G only; only some bands (400000); roaming off; data only" },
    { "^SYSCFG:16,3,40000000,2,4", "Networks: as they are; bands as they are; roaming as it is" },
    { "^SYSCFG:77,3,3FFFFFFF,0,2", "Networks: setting 77; all bands; roaming off" },
    { "^SYSCFGEX:\"00\",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF,,",
      "Networks: automatic; all bands; roaming on" },
    { "^SYSCFGEX:\"030201\",3FFFFFFF,0,2,800C5,,",
      "Networks: 4G, then 3G, then 2G; only some bands (3FFFFFFF, 4G 800C5); roaming off" },
    { "^SYSCFGEX:\"03\",3FFFFFFF,0,2,7FFFFFFFFFFFFFFF,,",
      "Networks: 4G only; all bands; roaming off" },
    { "^SYSCFGEX:\"99\",40000000,2,4,40000000,,",
      "Networks: as they are; bands as they are; roaming as it is" },
    { "^SYSCFGEX:\"0204\",3FFFFFFF,0,2,7FFFFFFFFFFFFFFF,,",
      "Networks: setting 0204; all bands; roaming off" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SmithNetworkSettings settings;
      g_autofree char *words = NULL;

      g_assert_true (smith_network_settings_parse (cases[i].line, &settings));
      words = smith_network_settings_describe (&settings);
      g_assert_cmpstr (words, ==, cases[i].words);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/network-settings/lines", test_lines);
  g_test_add_func ("/network-settings/no-settings", test_no_settings);
  g_test_add_func ("/network-settings/equal", test_equal);
  g_test_add_func ("/network-settings/open", test_open);
  g_test_add_func ("/network-settings/describe", test_describe);
  return g_test_run ();
}
