/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenario.h"

#include <glib/gi18n.h>

static const SmithScenario scenarios[] = {
  { "all-well", N_ ("All goes well"), SMITH_MODE_BOOT_ROM, FALSE, "" },
  { "bad-line", N_ ("A shaky connection: answers get lost and come in pieces"),
    SMITH_MODE_BOOT_ROM, FALSE,
    "boot 3 lost\nboot 20 garbage\ntext 1 single-bytes\nbinary 5 lost\nbinary 40 bad-checksum\n"
    "binary 41 single-bytes\n" },
  { "signature", N_ ("The stick takes signed firmware only"), SMITH_MODE_BOOT_ROM, TRUE, "" },
  { "stuck-in-download", N_ ("The stick waits for firmware already"), SMITH_MODE_DOWNLOAD, FALSE,
    "" },
  { "loader-does-not-start", N_ ("The stick takes the loader, but does not start it"),
    SMITH_MODE_BOOT_ROM, FALSE, "after load wrong-mode\n" },
  { "part-refused", N_ ("The stick refuses one part of the firmware"), SMITH_MODE_BOOT_ROM, FALSE,
    "binary 3 refuse 2\n" },
  { "unplugged", N_ ("The stick is unplugged while it is being written"), SMITH_MODE_BOOT_ROM,
    FALSE, "binary 200 gone\n" },
  { "old-version", N_ ("The stick comes back with its old version"), SMITH_MODE_BOOT_ROM, FALSE,
    "after flash old-version\n" },
};

/**
 * smith_scenario_find:
 *
 * Returns: (nullable): the scenario of that name
 */
const SmithScenario *
smith_scenario_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (scenarios); i++)
    if (g_str_equal (scenarios[i].name, name))
      return &scenarios[i];
  return NULL;
}

/* Returns: (array length=n): all of them; the first is the ordinary one. */
const SmithScenario *
smith_scenario_list (guint *n)
{
  *n = G_N_ELEMENTS (scenarios);
  return scenarios;
}
