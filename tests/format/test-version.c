/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "format/version.h"

static void
test_families (void)
{
  static const struct
  {
    const char *text;
    SmithVersionFamily family;
    guint n_groups;
    guint second;
    gboolean factory;
  } cases[] = {
    { NULL, SMITH_VERSION_UNKNOWN, 0, 0, FALSE },
    { "", SMITH_VERSION_UNKNOWN, 0, 0, FALSE },
    { "free text", SMITH_VERSION_UNKNOWN, 0, 0, FALSE },
    { "21.180.01.00.00", SMITH_VERSION_STICK, 5, 180, FALSE },
    { "22.333.01.00.99", SMITH_VERSION_HILINK, 5, 333, FALSE },
    { "22.180.05.00.00", SMITH_VERSION_HILINK, 5, 180, FALSE },
    { "21.110.99.02.00", SMITH_VERSION_STICK, 5, 110, TRUE },
    { "22.99.01.00.00", SMITH_VERSION_HILINK, 5, 99, FALSE },
    { "17.100.06.00.03", SMITH_VERSION_WEBUI, 5, 100, FALSE },
    { "17.100.99.00.03", SMITH_VERSION_WEBUI, 5, 100, FALSE },
    { "11.608.12.04.21", SMITH_VERSION_OLDER, 5, 608, FALSE },
    { "11.433.57.00.260", SMITH_VERSION_OLDER, 5, 433, FALSE },
    { "10.0.5.1(H697SP1C983)", SMITH_VERSION_LATER, 4, 0, FALSE },
    { "11.0.1.1(H697SP1C983)", SMITH_VERSION_LATER, 4, 0, FALSE },
    { "10.0.5.1", SMITH_VERSION_OLDER, 4, 0, FALSE },
    { "21.0.5.1(H697)", SMITH_VERSION_STICK, 4, 0, FALSE },
    { "23.015.02.00.00", SMITH_VERSION_UNKNOWN, 5, 15, FALSE },
    { "E3372h_UPDATE_22.180.05.00.00_B1", SMITH_VERSION_HILINK, 5, 180, FALSE },
    { "E3372 21.180.01.00.00", SMITH_VERSION_STICK, 5, 180, FALSE },
    { "1.2.3 then 21.180.01", SMITH_VERSION_STICK, 3, 180, FALSE },
    /* Too short, inside another number, or not a version at all. */
    { "21.180", SMITH_VERSION_UNKNOWN, 0, 0, FALSE },
    { "121.180.01.00.00", SMITH_VERSION_UNKNOWN, 0, 0, FALSE },
    { "V21.180.01.00.00", SMITH_VERSION_UNKNOWN, 0, 0, FALSE },
    { "1.21.180.01", SMITH_VERSION_UNKNOWN, 0, 0, FALSE },
    { "21.99999999999999999999.1.1", SMITH_VERSION_UNKNOWN, 0, 0, FALSE },
    { "21..180.01", SMITH_VERSION_UNKNOWN, 0, 0, FALSE },
    { "2017.06.21", SMITH_VERSION_UNKNOWN, 0, 0, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SmithVersion version;

      g_test_message ("%s", cases[i].text);
      g_assert_true (smith_version_parse (cases[i].text, &version) == (cases[i].n_groups > 0));
      g_assert_cmpint (version.family, ==, cases[i].family);
      g_assert_cmpuint (version.n_groups, ==, cases[i].n_groups);
      g_assert_cmpuint (version.groups[1], ==, cases[i].second);
      g_assert_true (version.factory == cases[i].factory);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/format/version/families", test_families);
  return g_test_run ();
}
