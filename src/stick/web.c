/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "web.h"

#include <net/if.h>

#include "udev-sysfs.h"

/* Returns: the number of the first network card of a USB interface; 0 if none */
static guint
find_card_of_interface (const char *folder)
{
  g_autofree char *nets = g_build_filename (folder, "net", NULL);
  g_autoptr (GPtrArray) names = smith_sysfs_list (nets);
  guint card = 0;

  for (guint i = 0; i < names->len && card == 0; i++)
    {
      g_autofree char *net = g_build_filename (nets, g_ptr_array_index (names, i), NULL);

      smith_sysfs_read_number (net, "ifindex", 10, &card);
    }
  return card;
}

/* The card's name is no guide: the system gives a card another one after it has
 * come, and the old one to the next stick's. What is below the stick is its own. */
static guint
find_card (SmithStick *stick)
{
  g_autofree char *prefix = g_strconcat (stick->usb_path, ":", NULL);
  g_autoptr (GPtrArray) names = NULL;
  guint card = 0;

  if (stick->device_path == NULL)
    return stick->network != NULL ? if_nametoindex (stick->network) : 0;
  names = smith_sysfs_list (stick->device_path);
  for (guint i = 0; i < names->len && card == 0; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      g_autofree char *folder = g_build_filename (stick->device_path, name, NULL);

      if (g_str_has_prefix (name, prefix))
        card = find_card_of_interface (folder);
    }
  return card;
}

/**
 * smith_stick_open_web:
 *
 * Finds the web server of a stick with HiLink firmware: at its web address where
 * somebody named one, else behind the network card that it has at this moment,
 * and nowhere else. Connects to nothing yet. Any thread; asks the kernel only.
 *
 * Returns: (transfer full): or NULL with SMITH_ERROR_DISCONNECTED while the card
 *   is not there or has no address: to be tried again
 */
SmithHilink *
smith_stick_open_web (SmithStick *stick, GError **error)
{
  if (stick->web_address != NULL)
    return smith_hilink_new (stick->web_address);
  return smith_hilink_new_for_card (find_card (stick), error);
}
