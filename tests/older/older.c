/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "older.h"

#include <string.h>

const SmithVirtualStickConfig older_e1550 = {
  .start = SMITH_MODE_DOWNLOAD,
  .family = SMITH_FAMILY_QUALCOMM,
  .chip = SMITH_CHIP_QUALCOMM,
  .hardware = "E1550",
  .product_id = E1550_PRODUCT,
  .version = "11.608.10.00.00",
  .restart_ms = 5,
};

/* Returns: (transfer full): the path of a firmware for @product */
char *
older_make_file (Files *files, const char *product, const char *more)
{
  g_autofree char *description = g_strdup_printf (E1550_FILE, product, more);

  return files_make (files, "older.bin", description);
}

/* Of several ports the one for @role. */
SmithPort *
older_open_port (Rig *rig, SmithPortRole role)
{
  g_autoptr (SmithStick) stick = smith_bus_find (SMITH_BUS (rig->bus), "1-1");
  g_autoptr (GError) error = NULL;
  SmithPort *port
      = smith_port_open (smith_stick_find_port (stick, role), 0, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  return port;
}

void
older_expect_word (const GError *error, const char *word)
{
  if (strstr (error->message, word) == NULL)
    g_error ("“%s” is not in: %s", word, error->message);
}
