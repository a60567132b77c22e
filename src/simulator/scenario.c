/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenario.h"

#include <glib/gi18n.h>

/* An E3372h with HiLink firmware. */
#define E3372H                                                                                     \
  .family = SMITH_FAMILY_BALONG, .chip = SMITH_CHIP_V7R11, .hardware = "CL2E3372HM",               \
  .product_id = "BV7R11HS"
#define WITH_HILINK .version = "22.180.05.00.00"
#define WITH_NEEDLE FROM_HILINK, .refuses_entry = TRUE
#define FROM_HILINK E3372H, WITH_HILINK, .plugged = SMITH_MODE_HILINK, .start = SMITH_MODE_BOOT_ROM

static const SmithScenario scenarios[] = {
  { "all-well", N_ ("All goes well"), FROM_HILINK },
  { "needle", N_ ("The stick refuses to switch: the needle is needed"), WITH_NEEDLE },
  { "wrong-file", N_ ("A file for another stick is chosen"), FROM_HILINK, .wrong_file = TRUE },
  { "bad-line", N_ ("A shaky connection: answers get lost and come in pieces"), WITH_NEEDLE,
    .faults = "boot 3 lost\nboot 20 garbage\ntext 1 single-bytes\nbinary 5 lost\n"
              "binary 40 bad-checksum\nbinary 41 single-bytes\n" },
  { "signature", N_ ("The stick takes signed firmware only"), FROM_HILINK,
    .demand_signature = TRUE },
  { "stuck-in-download", N_ ("The stick waits for firmware already"), E3372H, WITH_HILINK,
    .plugged = SMITH_MODE_DOWNLOAD, .start = SMITH_MODE_DOWNLOAD },
  { "loader-does-not-start", N_ ("The stick takes the loader, but does not start it"), WITH_NEEDLE,
    .faults = "after load wrong-mode\n" },
  { "part-refused", N_ ("The stick refuses one part of the firmware"), FROM_HILINK,
    .faults = "binary 33 refuse 2\n" },
  { "unplugged", N_ ("The stick is unplugged while it is being written"), FROM_HILINK,
    .faults = "binary 200 gone\n" },
  { "old-version", N_ ("The stick comes back with its old version"), FROM_HILINK,
    .faults = "after flash old-version\n" },
  { "two-sticks", N_ ("Two sticks are plugged in"), FROM_HILINK, .two_sticks = TRUE },
  { "network", N_ ("The new firmware sees no network until it is told to"), FROM_HILINK,
    .no_network = TRUE },
  { "no-sim", N_ ("There is no SIM card in the stick"), FROM_HILINK, .no_sim = TRUE },
  { "returns-to-download", N_ ("The stick waits for firmware again after all was written"),
    FROM_HILINK, .faults = "after flash wrong-mode\n" },
  { "stick-to-hilink", N_ ("A Stick modem becomes a HiLink stick"), E3372H,
    .version = "21.180.01.00.00", .plugged = SMITH_MODE_STICK, .start = SMITH_MODE_DOWNLOAD,
    .shows_cd = TRUE, .firmware = SMITH_PRACTICE_HILINK },
  { "e1550", N_ ("An older stick, an E1550, gets new firmware"), .plugged = SMITH_MODE_STICK,
    .start = SMITH_MODE_DOWNLOAD, .shows_cd = TRUE, .no_network = TRUE,
    .firmware = SMITH_PRACTICE_E1550, .family = SMITH_FAMILY_QUALCOMM, .chip = SMITH_CHIP_QUALCOMM,
    .hardware = "E1550", .product_id = "HUAWEI E155", .version = "11.608.10.00.00" },
  { "e392", N_ ("An E392 that no longer starts is brought back"), .plugged = SMITH_MODE_DOWNLOAD,
    .start = SMITH_MODE_DOWNLOAD, .shows_cd = TRUE, .firmware = SMITH_PRACTICE_E392,
    .family = SMITH_FAMILY_QUALCOMM, .chip = SMITH_CHIP_QUALCOMM,
    .hardware = "E392u-12 CD1E392M Ver.C", .product_id = "HUAWEI E392",
    .version = "11.433.10.00.00" },
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

/**
 * smith_scenario_fill_config:
 * @config: what the scenario says about the stick is set, plugged in as it is
 *   when nothing has been done with it; all else is left as it is
 *
 * The texts are static. @config's faults are not touched: a script must live as
 * long as the stick, so the caller makes it.
 */
void
smith_scenario_fill_config (const SmithScenario *scenario, SmithVirtualStickConfig *config)
{
  config->start = scenario->plugged;
  config->family = scenario->family;
  config->chip = scenario->chip;
  config->hardware = scenario->hardware;
  config->product_id = scenario->product_id;
  config->version = scenario->version;
  /* Firmware that refuses does not open its ports, either. */
  config->refuses_entry = config->refuses_ports = scenario->refuses_entry;
  config->demand_signature = scenario->demand_signature;
  config->no_network = scenario->no_network;
  config->no_sim = scenario->no_sim;
  config->shows_cd = scenario->shows_cd;
}
