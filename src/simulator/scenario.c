/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenario.h"

#include <glib/gi18n.h>

#define HILINK_TO_BOOT_ROM .plugged = SMITH_MODE_HILINK, .start = SMITH_MODE_BOOT_ROM

static const SmithScenario scenarios[] = {
  { "all-well", N_ ("All goes well"), HILINK_TO_BOOT_ROM },
  { "needle", N_ ("The stick refuses to switch: the needle is needed"), HILINK_TO_BOOT_ROM,
    .refuses_entry = TRUE },
  { "wrong-file", N_ ("A file for another stick is chosen"), HILINK_TO_BOOT_ROM,
    .wrong_file = TRUE },
  { "bad-line", N_ ("A shaky connection: answers get lost and come in pieces"), HILINK_TO_BOOT_ROM,
    .faults = "boot 3 lost\nboot 20 garbage\ntext 1 single-bytes\nbinary 5 lost\n"
              "binary 40 bad-checksum\nbinary 41 single-bytes\n" },
  { "signature", N_ ("The stick takes signed firmware only"), HILINK_TO_BOOT_ROM,
    .demand_signature = TRUE },
  { "stuck-in-download", N_ ("The stick waits for firmware already"),
    .plugged = SMITH_MODE_DOWNLOAD, .start = SMITH_MODE_DOWNLOAD },
  { "loader-does-not-start", N_ ("The stick takes the loader, but does not start it"),
    HILINK_TO_BOOT_ROM, .faults = "after load wrong-mode\n" },
  { "part-refused", N_ ("The stick refuses one part of the firmware"), HILINK_TO_BOOT_ROM,
    .faults = "binary 3 refuse 2\n" },
  { "unplugged", N_ ("The stick is unplugged while it is being written"), HILINK_TO_BOOT_ROM,
    .faults = "binary 200 gone\n" },
  { "old-version", N_ ("The stick comes back with its old version"), HILINK_TO_BOOT_ROM,
    .faults = "after flash old-version\n" },
  { "two-sticks", N_ ("Two sticks are plugged in"), HILINK_TO_BOOT_ROM, .two_sticks = TRUE },
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
