/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hilink-private.h"

#include <arpa/inet.h>
#include <string.h>

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
  COLUMN_MASK,
  N_COLUMNS
};

#define ROUTE_UP 0x1
#define ROUTE_GATEWAY 0x2

#define LINK_LOCAL_NETWORK 0xA9FE /* 169.254 */
#define NARROWEST_MASK 0xFFFFFFFC /* with room for two */

/* The kernel prints the number that the four bytes make in memory, which is
 * also how an address stands in struct in_addr. */
typedef struct
{
  guint32 destination;
  guint32 gateway;
  guint32 flags;
  guint32 metric;
  guint32 mask;
} Route;

static gboolean
read_number (const char *text, guint base, guint32 *number)
{
  guint64 value;

  if (!g_ascii_string_to_unsigned (text, base, 0, G_MAXUINT32, &value, NULL))
    return FALSE;
  *number = (guint32) value;
  return TRUE;
}

static char *
address_to_text (guint32 number)
{
  guint8 bytes[sizeof number];
  g_autoptr (GInetAddress) address = NULL;

  memcpy (bytes, &number, sizeof number);
  address = g_inet_address_new_from_bytes (bytes, G_SOCKET_FAMILY_IPV4);
  return g_inet_address_to_string (address);
}

/* Returns: (transfer full): the columns of @line, between which there may be
 * any number of blanks */
static GStrv
split_line (const char *line)
{
  g_auto (GStrv) pieces = g_strsplit_set (line, "\t ", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; pieces[i] != NULL; i++)
    if (pieces[i][0] != '\0')
      g_strv_builder_add (builder, pieces[i]);
  return g_strv_builder_end (builder);
}

/* Returns: whether @columns are a route that is in use */
static gboolean
read_route (GStrv columns, Route *route)
{
  return g_strv_length (columns) >= N_COLUMNS
         && read_number (columns[COLUMN_DESTINATION], 16, &route->destination)
         && read_number (columns[COLUMN_GATEWAY], 16, &route->gateway)
         && read_number (columns[COLUMN_FLAGS], 16, &route->flags)
         && read_number (columns[COLUMN_METRIC], 10, &route->metric)
         && read_number (columns[COLUMN_MASK], 16, &route->mask) && (route->flags & ROUTE_UP) != 0;
}

static gboolean
is_way_out (const Route *route)
{
  return route->destination == 0 && route->mask == 0 && (route->flags & ROUTE_GATEWAY) != 0
         && route->gateway != 0;
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
  Route best = { 0 };

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) columns = split_line (lines[i]);
      Route route;

      if (read_route (columns, &route) && strcmp (columns[COLUMN_NETWORK], network) == 0
          && is_way_out (&route) && (best.gateway == 0 || route.metric < best.metric))
        best = route;
    }
  return best.gateway != 0 ? address_to_text (best.gateway) : NULL;
}

/**
 * smith_hilink_is_only_way:
 * @table: as the kernel gives it in /proc/net/route
 * @network: name of a network interface
 * @address: an IPv4 address
 *
 * Any thread.
 *
 * Returns: whether the narrowest routes to the address are all that interface's,
 *   so that what is sent there goes no other way. A default route proves nothing
 */
gboolean
smith_hilink_is_only_way (const char *table, const char *network, const char *address)
{
  g_auto (GStrv) lines = g_strsplit (table, "\n", -1);
  struct in_addr wanted;
  gboolean is_only_way = FALSE;
  guint32 narrowest = 0;

  if (inet_pton (AF_INET, address, &wanted) != 1)
    return FALSE;
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) columns = split_line (lines[i]);
      Route route;
      gboolean is_its_own;

      if (!read_route (columns, &route) || (wanted.s_addr & route.mask) != route.destination
          || ntohl (route.mask) < narrowest)
        continue;
      is_its_own = strcmp (columns[COLUMN_NETWORK], network) == 0;
      is_only_way = is_its_own && (is_only_way || ntohl (route.mask) > narrowest);
      narrowest = ntohl (route.mask);
    }
  return is_only_way;
}

/**
 * smith_hilink_guess_gateway:
 * @address: an IPv4 address that this computer has
 * @mask: of the network that the address is in
 *
 * For networks of which the system was told that they lead nowhere else: it
 * keeps no gateway then. Any thread.
 *
 * Returns: (transfer full) (nullable): where the router of that network usually
 *   is: at SMITH_HILINK_DEFAULT_ADDRESS if that belongs to it, else at its first
 *   address; NULL where there is nothing to be guessed
 */
char *
smith_hilink_guess_gateway (const char *address, const char *mask)
{
  struct in_addr own;
  struct in_addr bits;
  struct in_addr usual;
  guint32 network;

  if (inet_pton (AF_INET, address, &own) != 1 || inet_pton (AF_INET, mask, &bits) != 1
      || inet_pton (AF_INET, SMITH_HILINK_DEFAULT_ADDRESS, &usual) != 1)
    return NULL;
  network = ntohl (own.s_addr & bits.s_addr);
  /* What a computer gives itself that found no router. */
  if (network >> 16 == LINK_LOCAL_NETWORK || ntohl (bits.s_addr) > NARROWEST_MASK)
    return NULL;
  if ((usual.s_addr & bits.s_addr) != htonl (network))
    usual.s_addr = htonl (network + 1);
  return usual.s_addr != own.s_addr ? address_to_text (usual.s_addr) : NULL;
}
