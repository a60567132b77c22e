/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include <string.h>

#include "format/network-settings.h"

/* A line as a stick may say it. What can be read goes back as a command of
 * plain characters, and reading that changes nothing more. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *line = g_strndup ((const char *) data, size);
  SmithNetworkSettings settings;
  SmithNetworkSettings again;
  g_autofree char *command = NULL;
  g_autofree char *second = NULL;
  g_autofree char *words = NULL;

  if (!smith_network_settings_parse (line, &settings))
    return 0;
  g_assert_true (smith_network_settings_equal (&settings, &settings));
  words = smith_network_settings_describe (&settings);
  g_assert_true (g_utf8_validate (words, -1, NULL));
  command = smith_network_settings_to_command (&settings);
  for (const char *p = command; *p != '\0'; p++)
    g_assert_true (g_ascii_isalnum (*p) || strchr ("^=,\"", *p) != NULL);
  g_assert_true (smith_network_settings_parse (command, &again));
  second = smith_network_settings_to_command (&again);
  g_assert_cmpstr (command, ==, second);
  return 0;
}
