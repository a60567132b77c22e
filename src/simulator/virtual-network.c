/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sticksmith-simulator"

#include "virtual-network.h"

#include <string.h>

/* The states that AT+CREG? tells. */
#define NOT_SEARCHING 0
#define HOME 1
#define SEARCHING 2

#define ALL_BANDS G_GUINT64_CONSTANT (0x3FFFFFFF)
#define ALL_LTE_BANDS G_GUINT64_CONSTANT (0x7FFFFFFFFFFFFFFF)
#define SAME_BANDS G_GUINT64_CONSTANT (0x40000000)

#define SYSCFG_AUTOMATIC "2"
#define SYSCFG_SAME_MODE "16"
#define SYSCFG_SAME_ORDER 3
#define SYSCFGEX_AUTOMATIC "00"
#define SYSCFGEX_SAME "99"
#define SAME_ROAMING 2
#define SAME_DOMAIN 4

/* Mode, order, bands, roaming, domain; or order, bands, roaming, domain, LTE
 * bands and two that are left empty. */
#define SYSCFG_FIELDS 5
#define SYSCFGEX_FIELDS 7

/**
 * smith_virtual_network_init:
 *
 * A stick that is registered already, if it has a SIM card.
 */
void
smith_virtual_network_init (SmithVirtualNetwork *network, gboolean is_lte, gboolean has_sim)
{
  memset (network, 0, sizeof *network);
  network->is_lte = is_lte;
  network->has_sim = has_sim;
  network->radio = TRUE;
  g_strlcpy (network->acquisition, is_lte ? SYSCFGEX_AUTOMATIC : SYSCFG_AUTOMATIC,
             sizeof network->acquisition);
  network->order = 2;
  network->bands = ALL_BANDS;
  network->roaming = 1;
  network->domain = 2;
  network->lte_bands = ALL_LTE_BANDS;
}

/**
 * smith_virtual_network_close:
 *
 * What fresh firmware may come with: a few bands only, of which none is on the
 * air here. An LTE stick's radio is off, too.
 */
void
smith_virtual_network_close (SmithVirtualNetwork *network)
{
  g_strlcpy (network->acquisition, network->is_lte ? "03" : "14", sizeof network->acquisition);
  network->order = 2;
  network->bands = 0x400000;
  network->roaming = 0;
  network->domain = 1;
  network->lte_bands = 0x40;
  network->radio = !network->is_lte;
}

static gboolean
is_open (const SmithVirtualNetwork *network)
{
  const char *automatic = network->is_lte ? SYSCFGEX_AUTOMATIC : SYSCFG_AUTOMATIC;

  return g_str_equal (network->acquisition, automatic) && network->bands == ALL_BANDS
         && (!network->is_lte || network->lte_bands == ALL_LTE_BANDS);
}

/* An empty field changes nothing. */
static gboolean
parse (const char *text, guint base, guint64 max, guint64 same, guint64 *value)
{
  guint64 number;

  if (*text == '\0')
    return TRUE;
  if (!g_ascii_string_to_unsigned (text, base, 0, max, &number, NULL))
    return FALSE;
  if (number != same)
    *value = number;
  return TRUE;
}

static gboolean
parse_small (const char *text, guint same, guint *value)
{
  guint64 number = *value;

  if (!parse (text, 10, same, same, &number))
    return FALSE;
  *value = (guint) number;
  return TRUE;
}

static gboolean
is_syscfg_mode (const char *text)
{
  static const char *const modes[] = { "2", "13", "14", SYSCFG_SAME_MODE, NULL };

  return g_strv_contains (modes, text);
}

static gboolean
set_syscfg (SmithVirtualNetwork *network, char **fields)
{
  if (!is_syscfg_mode (fields[0]) || !parse_small (fields[1], SYSCFG_SAME_ORDER, &network->order)
      || !parse (fields[2], 16, ALL_LTE_BANDS, SAME_BANDS, &network->bands)
      || !parse_small (fields[3], SAME_ROAMING, &network->roaming)
      || !parse_small (fields[4], SAME_DOMAIN, &network->domain))
    return FALSE;
  if (!g_str_equal (fields[0], SYSCFG_SAME_MODE))
    g_strlcpy (network->acquisition, fields[0], sizeof network->acquisition);
  return TRUE;
}

/* "00", "030201"...: two digits each, in quotes. */
static gboolean
is_acquisition (const char *text)
{
  gsize length = strlen (text);

  return length >= 4 && length <= 18 && length % 2 == 0 && text[0] == '"' && text[length - 1] == '"'
         && strspn (text + 1, "0123456789") == length - 2;
}

static gboolean
set_syscfgex (SmithVirtualNetwork *network, char **fields)
{
  g_autofree char *order = NULL;

  if (!is_acquisition (fields[0])
      || !parse (fields[1], 16, ALL_LTE_BANDS, SAME_BANDS, &network->bands)
      || !parse_small (fields[2], SAME_ROAMING, &network->roaming)
      || !parse_small (fields[3], SAME_DOMAIN, &network->domain)
      || !parse (fields[4], 16, ALL_LTE_BANDS, SAME_BANDS, &network->lte_bands)
      || *fields[5] != '\0' || *fields[6] != '\0')
    return FALSE;
  order = g_strndup (fields[0] + 1, strlen (fields[0]) - 2);
  if (!g_str_equal (order, SYSCFGEX_SAME))
    g_strlcpy (network->acquisition, order, sizeof network->acquisition);
  return TRUE;
}

/* So much is new that the stick begins to search again. */
static void
search_again (SmithVirtualNetwork *network)
{
  network->searching = SMITH_SEARCHING_POLLS;
}

/**
 * smith_virtual_network_set:
 * @arguments: what follows AT^SYSCFG= or AT^SYSCFGEX=
 *
 * Returns: FALSE if they make no sense; nothing is changed then
 */
gboolean
smith_virtual_network_set (SmithVirtualNetwork *network, const char *arguments)
{
  g_auto (GStrv) fields = g_strsplit (arguments, ",", -1);
  guint wanted = network->is_lte ? SYSCFGEX_FIELDS : SYSCFG_FIELDS;
  SmithVirtualNetwork changed = *network;
  gboolean good = g_strv_length (fields) == wanted;

  if (good)
    good = network->is_lte ? set_syscfgex (&changed, fields) : set_syscfg (&changed, fields);
  if (!good)
    return FALSE;
  *network = changed;
  search_again (network);
  return TRUE;
}

/**
 * smith_virtual_network_describe:
 *
 * Returns: (transfer full): the line that answers AT^SYSCFG? or AT^SYSCFGEX?
 */
char *
smith_virtual_network_describe (const SmithVirtualNetwork *network)
{
  if (network->is_lte)
    return g_strdup_printf ("^SYSCFGEX:\"%s\",%" G_GINT64_MODIFIER "X,%u,%u,%" G_GINT64_MODIFIER
                            "X",
                            network->acquisition, network->bands, network->roaming, network->domain,
                            network->lte_bands);
  return g_strdup_printf ("^SYSCFG:%s,%u,%" G_GINT64_MODIFIER "X,%u,%u", network->acquisition,
                          network->order, network->bands, network->roaming, network->domain);
}

void
smith_virtual_network_set_radio (SmithVirtualNetwork *network, gboolean on)
{
  if (on && !network->radio)
    search_again (network);
  network->radio = on;
}

/**
 * smith_virtual_network_is_registered:
 *
 * Without a step forward in the search.
 */
gboolean
smith_virtual_network_is_registered (const SmithVirtualNetwork *network)
{
  return network->has_sim && network->radio && is_open (network) && network->searching == 0;
}

/**
 * smith_virtual_network_ask:
 *
 * One question about registration, each of which is a step in the search.
 *
 * Returns: the number that answers it
 */
guint
smith_virtual_network_ask (SmithVirtualNetwork *network)
{
  if (!network->has_sim || !network->radio)
    return NOT_SEARCHING;
  if (!is_open (network))
    return SEARCHING;
  if (network->searching == 0)
    return HOME;
  network->searching--;
  return SEARCHING;
}
