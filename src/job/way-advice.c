/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "way-in.h"

#include "stick/catalogue.h"

/* Firmware from these versions on usually refuses: of E3372h sticks 22.315.01
 * and 21.315.01; of all, HiLink 22.470, which has lost the way by the web. */
#define NEEDLE_GROUP 315
#define WEB_GONE_GROUP 470
#define HILINK_GROUP 22

static SmithFamily
get_family (SmithStick *stick, const SmithIdentity *identity)
{
  if (identity != NULL && identity->model != NULL
      && identity->model->family != SMITH_FAMILY_UNKNOWN)
    return identity->model->family;
  return stick->family;
}

/* The four first groups of a version; FALSE if it does not look like one. */
static gboolean
read_groups (const char *version, guint64 groups[4])
{
  g_auto (GStrv) words = g_strsplit (version, ".", 6);

  if (g_strv_length (words) < 4)
    return FALSE;
  for (guint i = 0; i < 4; i++)
    if (!g_ascii_string_to_unsigned (words[i], 10, 0, 999999, &groups[i], NULL))
      return FALSE;
  return TRUE;
}

static gboolean
is_likely_to_refuse (const SmithIdentity *identity)
{
  guint64 group[4];

  if (identity == NULL || identity->firmware == NULL || !read_groups (identity->firmware, group))
    return FALSE;
  if (group[0] == HILINK_GROUP && group[1] >= WEB_GONE_GROUP)
    return TRUE;
  /* The E3372h and its relatives of the same hardware. */
  if (identity->model == NULL || identity->model->chip != SMITH_CHIP_V7R11)
    return FALSE;
  return group[1] > NEEDLE_GROUP || (group[1] == NEEDLE_GROUP && group[3] > 0);
}

/* Of the ids that older sticks share with some Balong ones, only an answer tells
 * whose chip it is. */
static gboolean
may_be_older (SmithStick *stick, const SmithIdentity *identity)
{
  const SmithCatalogueId *id;

  if (stick->mode != SMITH_MODE_STICK || get_family (stick, identity) != SMITH_FAMILY_UNKNOWN)
    return FALSE;
  id = smith_catalogue_find_id (smith_catalogue_get_default (), stick->vendor, stick->product);
  return id != NULL && id->by_endpoints;
}

static void
add_way (SmithWayAdvice *advice, SmithWay way)
{
  advice->ways[advice->n_ways++] = way;
}

/**
 * smith_way_advise:
 * @identity: (nullable): what is known about @stick
 * @advice: (out caller-allocates): without any way where there is none: for
 *   what is not at work, or beyond this program
 *
 * Tells by which ways a stick gets to where it takes a loader or firmware. From
 * what owners and the tools made for these sticks tell; whether one works is
 * seen only when it is tried. Any thread.
 */
void
smith_way_advise (SmithStick *stick, const SmithIdentity *identity, SmithWayAdvice *advice)
{
  gboolean is_qualcomm = get_family (stick, identity) == SMITH_FAMILY_QUALCOMM;

  *advice = (SmithWayAdvice){ .n_ways = 0 };
  if (stick->mode == SMITH_MODE_DOWNLOAD || stick->mode == SMITH_MODE_BOOT_ROM)
    {
      add_way (advice, SMITH_WAY_THERE);
      return;
    }
  if (identity != NULL && identity->model != NULL && identity->model->trust == SMITH_TRUST_REFUSED)
    return;
  switch (stick->mode)
    {
    case SMITH_MODE_HILINK:
      add_way (advice, SMITH_WAY_WEB);
      break;
    case SMITH_MODE_DEBUG:
      add_way (advice, SMITH_WAY_AT);
      break;
    case SMITH_MODE_STICK:
      add_way (advice, is_qualcomm ? SMITH_WAY_DIAGNOSTICS : SMITH_WAY_AT);
      break;
    case SMITH_MODE_UNKNOWN:
    case SMITH_MODE_CD:
    case SMITH_MODE_DOWNLOAD:
    case SMITH_MODE_BOOT_ROM:
    case SMITH_MODE_CHARGING:
    case SMITH_MODE_BEYOND:
    case SMITH_N_MODES:
    default:
      return;
    }
  /* Their boot ROM is another, and knows no needle. */
  if (is_qualcomm)
    return;
  add_way (advice, SMITH_WAY_NEEDLE);
  advice->likely_needle = is_likely_to_refuse (identity);
  advice->maybe_no_needle = may_be_older (stick, identity);
}

/**
 * smith_way_name:
 *
 * Returns: a stable lower-case word for machine-readable output
 */
const char *
smith_way_name (SmithWay way)
{
  static const char *const names[] = {
    [SMITH_WAY_THERE] = "there",   [SMITH_WAY_WEB] = "web",
    [SMITH_WAY_AT] = "at",         [SMITH_WAY_DIAGNOSTICS] = "diagnostics",
    [SMITH_WAY_NEEDLE] = "needle",
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (names) == SMITH_N_WAYS);
  return names[way];
}
