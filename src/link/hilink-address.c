/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hilink.h"

#include <string.h>

#define ROUTE_TABLE "/proc/net/route"

/* Columns of the kernel's table of IPv4 routes. */
enum
{
  COLUMN_NETWORK,
  COLUMN_DESTINATION,
  COLUMN_GATEWAY,
  COLUMN_FLAGS,
  COLUMN_USERS,
  COLUMN_USES,
  COLUMN_METRIC,
  N_COLUMNS
};

#define ROUTE_UP 0x1
#define ROUTE_GATEWAY 0x2

static gboolean
read_number (const char *text, guint base, guint32 *number)
{
  guint64 value;

  if (!g_ascii_string_to_unsigned (text, base, 0, G_MAXUINT32, &value, NULL))
    return FALSE;
  *number = (guint32) value;
  return TRUE;
}

/* The kernel prints the number that the four bytes make in memory. */
static char *
address_to_text (guint32 number)
{
  guint8 bytes[sizeof number];
  g_autoptr (GInetAddress) address = NULL;

  memcpy (bytes, &number, sizeof number);
  address = g_inet_address_new_from_bytes (bytes, G_SOCKET_FAMILY_IPV4);
  return g_inet_address_to_string (address);
}

/* Returns: whether @line is a default route of @network by way of a gateway */
static gboolean
read_route (const char *line, const char *network, guint32 *gateway, guint32 *metric)
{
  g_auto (GStrv) columns = g_strsplit_set (line, "\t ", -1);
  guint32 destination;
  guint32 flags;
  guint n = 0;

  /* Blanks fill the columns up. */
  for (guint i = 0; columns[i] != NULL; i++)
    if (columns[i][0] != '\0')
      {
        char *column = columns[i];

        columns[i] = columns[n];
        columns[n++] = column;
      }
  return n >= N_COLUMNS && strcmp (columns[COLUMN_NETWORK], network) == 0
         && read_number (columns[COLUMN_DESTINATION], 16, &destination) && destination == 0
         && read_number (columns[COLUMN_FLAGS], 16, &flags) && (flags & ROUTE_UP) != 0
         && (flags & ROUTE_GATEWAY) != 0 && read_number (columns[COLUMN_GATEWAY], 16, gateway)
         && *gateway != 0 && read_number (columns[COLUMN_METRIC], 10, metric);
}

/**
 * smith_hilink_parse_gateway:
 * @table: as the kernel gives it in /proc/net/route
 * @network: name of a network interface
 *
 * Any thread.
 *
 * Returns: (transfer full) (nullable): the gateway of the interface's default
 *   route, the one with the lowest metric if there are several
 */
char *
smith_hilink_parse_gateway (const char *table, const char *network)
{
  g_auto (GStrv) lines = g_strsplit (table, "\n", -1);
  guint32 best = 0;
  guint32 best_metric = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      guint32 gateway;
      guint32 metric;

      if (!read_route (lines[i], network, &gateway, &metric))
        continue;
      if (best == 0 || metric < best_metric)
        {
          best = gateway;
          best_metric = metric;
        }
    }
  return best != 0 ? address_to_text (best) : NULL;
}

/**
 * smith_hilink_find_address:
 * @network: (nullable): name of the stick's own network interface
 *
 * A stick in HiLink mode is the router of its own network: its address is the
 * gateway there, wherever somebody has moved it. Any thread; reads a file of
 * the kernel's.
 *
 * Returns: (transfer full): that address, or SMITH_HILINK_DEFAULT_ADDRESS where
 *   it is not known
 */
char *
smith_hilink_find_address (const char *network)
{
  g_autofree char *table = NULL;
  char *address = NULL;

  if (network != NULL && g_file_get_contents (ROUTE_TABLE, &table, NULL, NULL))
    address = smith_hilink_parse_gateway (table, network);
  return address != NULL ? address : g_strdup (SMITH_HILINK_DEFAULT_ADDRESS);
}
