/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "version.h"

#include <string.h>

#define GROUP_DIGITS_MAX 4
#define GROUPS_MIN 3
#define FACTORY 99

static const struct
{
  guint first;
  SmithVersionFamily family;
} families[] = {
  { 10, SMITH_VERSION_OLDER }, { 11, SMITH_VERSION_OLDER },  { 17, SMITH_VERSION_WEBUI },
  { 21, SMITH_VERSION_STICK }, { 22, SMITH_VERSION_HILINK },
};

/* Numbers with dots between them, from @p on. Returns: what follows. */
static const char *
read_groups (const char *p, SmithVersion *version)
{
  version->n_groups = 0;
  while (version->n_groups < G_N_ELEMENTS (version->groups))
    {
      gsize n = strspn (p, "0123456789");

      if (n == 0 || n > GROUP_DIGITS_MAX)
        break;
      version->groups[version->n_groups++] = (guint) g_ascii_strtoull (p, NULL, 10);
      p += n;
      if (*p != '.')
        break;
      p++;
    }
  return p;
}

static void
find_family (SmithVersion *version, const char *rest)
{
  version->family = SMITH_VERSION_UNKNOWN;
  for (gsize i = 0; i < G_N_ELEMENTS (families); i++)
    if (families[i].first == version->groups[0])
      version->family = families[i].family;
  if (version->family == SMITH_VERSION_OLDER && g_str_has_prefix (rest, "(H"))
    version->family = SMITH_VERSION_LATER;
  version->factory
      = version->groups[2] == FACTORY
        && (version->family == SMITH_VERSION_STICK || version->family == SMITH_VERSION_HILINK);
}

/**
 * smith_version_parse:
 * @text: (nullable): a stick's or a file's version, or a text that one stands in
 * @version: (out): all zero where there is none
 *
 * Reads the first thing in @text that looks like a version: two digits and at
 * least two more groups. As owners know these sticks, the first group is 21
 * for Stick firmware, 22 for HiLink, 17 for a web interface and 10 or 11 for
 * older sticks; a third group of 99 marks a factory version. What begins 10.
 * or 11. and goes on with "(H" is of the E3372h-320. Any thread.
 *
 * Returns: whether there is one
 */
gboolean
smith_version_parse (const char *text, SmithVersion *version)
{
  memset (version, 0, sizeof *version);
  for (const char *p = text; p != NULL && *p != '\0'; p++)
    {
      gboolean inside = p > text && (g_ascii_isalnum (p[-1]) || p[-1] == '.');
      const char *rest;

      if (inside || strspn (p, "0123456789") != 2 || p[2] != '.')
        continue;
      rest = read_groups (p, version);
      if (version->n_groups >= GROUPS_MIN)
        {
          find_family (version, rest);
          return TRUE;
        }
    }
  memset (version, 0, sizeof *version);
  return FALSE;
}
