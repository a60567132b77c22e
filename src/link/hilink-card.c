/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hilink-private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib/gi18n.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

#include "format/error.h"

#define ROUTE_TABLE "/proc/net/route"

static char *
find_gateway (const char *network)
{
  g_autofree char *table = NULL;

  return g_file_get_contents (ROUTE_TABLE, &table, NULL, NULL)
             ? smith_hilink_parse_gateway (table, network)
             : NULL;
}

static gboolean
is_usable (const struct ifaddrs *entry)
{
  return entry->ifa_addr != NULL && entry->ifa_addr->sa_family == AF_INET
         && entry->ifa_netmask != NULL && (entry->ifa_flags & IFF_UP) != 0;
}

static void
to_text (const struct sockaddr *address, char text[INET_ADDRSTRLEN])
{
  const struct sockaddr_in *in = (const struct sockaddr_in *) address;

  inet_ntop (AF_INET, &in->sin_addr, text, INET_ADDRSTRLEN);
}

static char *
guess_gateway (const char *network)
{
  struct ifaddrs *all;
  char *found = NULL;

  if (getifaddrs (&all) != 0)
    return NULL;
  for (struct ifaddrs *entry = all; entry != NULL && found == NULL; entry = entry->ifa_next)
    if (is_usable (entry) && strcmp (entry->ifa_name, network) == 0)
      {
        char address[INET_ADDRSTRLEN];
        char mask[INET_ADDRSTRLEN];

        to_text (entry->ifa_addr, address);
        to_text (entry->ifa_netmask, mask);
        found = smith_hilink_guess_gateway (address, mask);
      }
  freeifaddrs (all);
  return found;
}

static gboolean
is_own_address (const char *address)
{
  struct ifaddrs *all;
  gboolean is_own = FALSE;

  if (getifaddrs (&all) != 0)
    return TRUE;
  for (struct ifaddrs *entry = all; entry != NULL && !is_own; entry = entry->ifa_next)
    if (is_usable (entry))
      {
        char text[INET_ADDRSTRLEN];

        to_text (entry->ifa_addr, text);
        is_own = g_str_equal (text, address);
      }
  freeifaddrs (all);
  return is_own;
}

/**
 * smith_hilink_find_address:
 * @card: the kernel's number of the stick's own network card
 *
 * A stick in HiLink mode is the router of its own network: its address is the
 * gateway there, wherever somebody has moved it. Never just the usual address:
 * without that network it would be the server of some other box. Any thread;
 * asks the kernel only.
 *
 * Returns: (transfer full) (nullable): that address, or NULL while the card has
 *   none itself
 */
char *
smith_hilink_find_address (guint card)
{
  char name[IF_NAMESIZE];
  char *address;

  if (if_indextoname (card, name) == NULL)
    return NULL;
  address = find_gateway (name);
  return address != NULL ? address : guess_gateway (name);
}

/* For systems on which a program may not choose the card. */
static gboolean
is_only_way (guint card, const char *address)
{
  g_autofree char *table = NULL;
  char name[IF_NAMESIZE];

  return if_indextoname (card, name) != NULL
         && g_file_get_contents (ROUTE_TABLE, &table, NULL, NULL)
         && smith_hilink_is_only_way (table, name, address) && !is_own_address (address);
}

/**
 * smith_hilink_bind_to_card:
 * @socket: not connected yet
 * @card: as for smith_hilink_find_address()
 * @address: what it will be connected to
 *
 * Sees to it that the socket reaches what is behind that card and nothing else.
 * The address alone does not: every stick has the same one, and gives the same
 * one to this computer. Kernels before 5.7 leave the choice of a card to root;
 * there it is enough that the address is reached through no other card.
 *
 * Returns: FALSE with SMITH_ERROR_DISCONNECTED if the card is gone, or
 *   WRONG_DEVICE if another device might be reached instead
 */
gboolean
smith_hilink_bind_to_card (GSocket *socket, guint card, const char *address, GError **error)
{
  char name[IF_NAMESIZE];

  if (if_indextoname (card, name) == NULL)
    {
      g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED,
                           _ ("The stick's network card is gone"));
      return FALSE;
    }
  if (g_socket_set_option (socket, SOL_SOCKET, SO_BINDTOIFINDEX, (int) card, NULL))
    return TRUE;
  g_info ("the card cannot be chosen: %s", g_strerror (errno));
  if (is_only_way (card, address))
    return TRUE;
  g_set_error (error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE,
               /* TRANSLATORS: %s is an address such as 192.168.8.1 */
               _ ("This computer reaches more than one device at %s, and this system does not let "
                  "Sticksmith tell them apart. Unplug other sticks of this kind, leave other "
                  "networks for a while, and try again."),
               address);
  return FALSE;
}
