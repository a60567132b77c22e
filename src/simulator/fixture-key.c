/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture-private.h"

#include <string.h>

#include "format/error.h"

/* @key may be NULL where the whole group is meant. */
void
smith_fixture_fail (GError **error, const char *group, const char *key, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  if (key != NULL)
    g_set_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE, "[%s] %s: %s", group, key, text);
  else
    g_set_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE, "[%s]: %s", group, text);
}

static gboolean
matches_any (const char *const *patterns, const char *text)
{
  for (gsize i = 0; patterns[i] != NULL; i++)
    if (g_pattern_match_simple (patterns[i], text))
      return TRUE;
  return FALSE;
}

/* @allowed: patterns; ends with NULL. */
gboolean
smith_fixture_check_groups (GKeyFile *keys, const char *const *allowed, GError **error)
{
  g_auto (GStrv) groups = g_key_file_get_groups (keys, NULL);

  for (gsize i = 0; groups[i] != NULL; i++)
    if (!matches_any (allowed, groups[i]))
      {
        smith_fixture_fail (error, groups[i], NULL, "has no place in a file of this shape");
        return FALSE;
      }
  return TRUE;
}

/* @required: names, @optional: patterns; both end with NULL. */
gboolean
smith_fixture_check_keys (GKeyFile *keys,
                          const char *group,
                          const char *const *required,
                          const char *const *optional,
                          GError **error)
{
  g_auto (GStrv) names = g_key_file_get_keys (keys, group, NULL, NULL);

  if (names == NULL)
    {
      smith_fixture_fail (error, group, NULL, "is missing");
      return FALSE;
    }
  for (gsize i = 0; required[i] != NULL; i++)
    if (!g_strv_contains ((const char *const *) names, required[i]))
      {
        smith_fixture_fail (error, group, required[i], "is missing");
        return FALSE;
      }
  for (gsize i = 0; names[i] != NULL; i++)
    if (!g_strv_contains (required, names[i]) && !matches_any (optional, names[i]))
      {
        smith_fixture_fail (error, group, names[i], "is no key of this group");
        return FALSE;
      }
  return TRUE;
}

/* Decimal, or hexadecimal with 0x; K and M multiply by 1024. No sign, no blanks. */
gboolean
smith_fixture_parse_number (const char *text, guint64 *value)
{
  gboolean hex = g_str_has_prefix (text, "0x");
  const char *digits = hex ? text + 2 : text;
  guint shift = 0;
  char *end;

  /* g_ascii_strtoull() would take a sign, blanks and a second 0x. */
  if (!(hex ? g_ascii_isxdigit (digits[0]) : g_ascii_isdigit (digits[0]))
      || (hex && g_ascii_tolower (digits[1]) == 'x'))
    return FALSE;
  *value = g_ascii_strtoull (digits, &end, hex ? 16 : 10);
  if (*end == 'K' || *end == 'M')
    shift = *end++ == 'K' ? 10 : 20;
  if (*end != '\0' || *value > G_MAXUINT64 >> 20)
    return FALSE;
  *value <<= shift;
  return TRUE;
}

/* The value without blanks around it, or NULL with @error set. */
char *
smith_fixture_get_string (GKeyFile *keys, const char *group, const char *key, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree char *text = g_key_file_get_string (keys, group, key, &local_error);

  /* A wrong escape gives a text and an error at once. */
  if (local_error != NULL)
    {
      smith_fixture_fail (error, group, key, "%s", local_error->message);
      return NULL;
    }
  return g_strstrip (g_steal_pointer (&text));
}

/* Leaves @value alone where the key is absent. */
gboolean
smith_fixture_get_number (GKeyFile *keys,
                          const char *group,
                          const char *key,
                          guint64 max,
                          guint64 *value,
                          GError **error)
{
  g_autofree char *text = NULL;
  guint64 number;

  if (!g_key_file_has_key (keys, group, key, NULL))
    return TRUE;
  text = smith_fixture_get_string (keys, group, key, error);
  if (text == NULL)
    return FALSE;
  if (!smith_fixture_parse_number (text, &number))
    {
      smith_fixture_fail (error, group, key, "“%s” is not a number", text);
      return FALSE;
    }
  if (number > max)
    {
      smith_fixture_fail (error, group, key, "is more than %" G_GUINT64_FORMAT, max);
      return FALSE;
    }
  *value = number;
  return TRUE;
}

/* Fills @field with the text and NULs; leaves it alone where the key is absent. */
gboolean
smith_fixture_get_text (GKeyFile *keys,
                        const char *group,
                        const char *key,
                        gsize size,
                        guint8 *field,
                        GError **error)
{
  g_autofree char *text = NULL;
  gsize length;

  if (!g_key_file_has_key (keys, group, key, NULL))
    return TRUE;
  text = smith_fixture_get_string (keys, group, key, error);
  if (text == NULL)
    return FALSE;
  length = strlen (text);
  if (length > size)
    {
      smith_fixture_fail (error, group, key, "is longer than %" G_GSIZE_FORMAT " bytes", size);
      return FALSE;
    }
  memcpy (field, text, length);
  memset (field + length, 0, size - length);
  return TRUE;
}

/* Leaves @value alone where the key is absent. */
gboolean
smith_fixture_get_flag (GKeyFile *keys,
                        const char *group,
                        const char *key,
                        gboolean *value,
                        GError **error)
{
  g_autofree char *text = NULL;

  if (!g_key_file_has_key (keys, group, key, NULL))
    return TRUE;
  text = smith_fixture_get_string (keys, group, key, error);
  if (text == NULL)
    return FALSE;
  if (!g_str_equal (text, "true") && !g_str_equal (text, "false"))
    {
      smith_fixture_fail (error, group, key, "“%s” is neither true nor false", text);
      return FALSE;
    }
  *value = g_str_equal (text, "true");
  return TRUE;
}
