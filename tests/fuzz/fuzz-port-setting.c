/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include <string.h>

#include "format/port-setting.h"

static SmithPortSetting
read_back (const SmithPortSetting *setting)
{
  g_autofree char *command = smith_port_setting_to_command (setting);
  SmithPortSetting again;

  for (const char *p = command; *p != '\0'; p++)
    g_assert_true (g_ascii_isalnum (*p) || strchr ("^=,;\"", *p) != NULL);
  g_assert_true (smith_port_setting_parse (command, &again));
  g_assert_cmpstr (again.first, ==, setting->first);
  g_assert_cmpstr (again.second, ==, setting->second);
  return again;
}

/* A line as a stick may say it. What can be read goes back to the letter, in a
 * command of plain characters; and without the CD nothing behind it changes. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *line = g_strndup ((const char *) data, size);
  SmithPortSetting setting;
  SmithPortSetting again;
  SmithPortSetting hidden;

  if (!smith_port_setting_parse (line, &setting))
    return 0;
  again = read_back (&setting);
  g_assert_true (smith_port_setting_equal (&setting, &again));
  if (!smith_port_setting_can_hide_cd (&setting))
    return 0;
  g_assert_true (smith_port_setting_shows_cd (&setting));
  smith_port_setting_hide_cd (&setting, &hidden);
  hidden = read_back (&hidden);
  g_assert_cmpstr (hidden.second, ==, setting.second);
  g_assert_false (smith_port_setting_shows_cd (&hidden));
  g_assert_true (smith_port_setting_brings_cd_back (&setting, &hidden));
  return 0;
}
