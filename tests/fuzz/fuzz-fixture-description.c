/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include <string.h>

#include "simulator/fixture.h"

#define TEXT_MAX 4096
#define DIGITS_MAX 5

/* Whether no number in a line is large: a description may well ask for a
 * gigabyte, which takes its time and tells nothing. Ids have eight digits. */
static gboolean
is_modest_line (const char *line)
{
  guint digits = 0;

  if (strncmp (line, "id", 2) == 0)
    return TRUE;
  for (const char *p = line; *p != '\0'; p++)
    {
      if (digits > 0 && (*p == 'K' || *p == 'M'))
        return FALSE;
      digits = g_ascii_isxdigit (*p) ? digits + 1 : 0;
      if (digits > DIGITS_MAX)
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_modest (const char *text)
{
  /* A backslash may hide a digit. */
  g_auto (GStrv) lines = g_strsplit_set (text, "\r\n", -1);

  if (strchr (text, '\\') != NULL)
    return FALSE;
  for (guint i = 0; lines[i] != NULL; i++)
    if (!is_modest_line (g_strchug (lines[i])))
      return FALSE;
  return TRUE;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, MIN (size, TEXT_MAX));
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) folder_error = NULL;
  g_autoptr (GBytes) file = NULL;
  g_autoptr (GHashTable) folder = NULL;

  if (!is_modest (text))
    return 0;
  file = smith_fixture_build (text, &error);
  g_assert_true ((file == NULL) == (error != NULL));
  folder = smith_fixture_build_folder (text, &folder_error);
  g_assert_true ((folder == NULL) == (folder_error != NULL));
  g_assert_true (file == NULL || folder == NULL);
  return 0;
}
