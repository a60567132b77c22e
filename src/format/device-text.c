/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "device-text.h"

#include <string.h>

/* IMEI: 15 digits; without its check digit 14, with a software version 16. */
#define IMEI_MIN 14
#define IMEI_MAX 16

/* What a bad byte becomes in an AT answer. */
#define DAMAGE '?'

static gboolean
is_shown (gunichar c)
{
  return g_unichar_isprint (c) && g_unichar_type (c) != G_UNICODE_FORMAT;
}

/* Control characters, and such as turn the reading order, become spaces; of
 * several, one stays. */
static char *
clean (const char *valid)
{
  GString *out = g_string_new (NULL);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      gboolean space = !is_shown (c) || g_unichar_isspace (c);

      if (space && (out->len == 0 || out->str[out->len - 1] == ' '))
        continue;
      if (out->len + (gsize) (g_utf8_next_char (p) - p) > SMITH_DEVICE_TEXT_MAX)
        break;
      if (space)
        g_string_append_c (out, ' ');
      else
        g_string_append_unichar (out, c);
    }
  return g_strchomp (g_string_free (out, FALSE));
}

/**
 * smith_device_text:
 * @text: (nullable): as a stick sent it, in whatever bytes
 * @length: in bytes, or -1 where @text ends with a NUL
 *
 * Makes a text of a stick's fit to be kept and shown: valid UTF-8 of at most
 * SMITH_DEVICE_TEXT_MAX bytes, without control characters and spaces at its
 * ends. Any thread.
 *
 * Returns: (transfer full) (nullable): NULL where nothing is left
 */
char *
smith_device_text (const char *text, gssize length)
{
  g_autofree char *valid = NULL;
  char *cleaned;

  if (text == NULL)
    return NULL;
  /* Of a very long text the end is not even looked at. */
  length = (gssize) strnlen (text, length < 0 ? 4 * SMITH_DEVICE_TEXT_MAX
                                              : MIN ((gsize) length, 4 * SMITH_DEVICE_TEXT_MAX));
  valid = g_utf8_make_valid (text, length);
  cleaned = clean (valid);
  if (cleaned[0] == '\0')
    g_clear_pointer (&cleaned, g_free);
  return cleaned;
}

/**
 * smith_device_word:
 *
 * The same for what decides something, such as a hardware string: quotes
 * around it are taken off, and a damaged one is none. "NULL" and version
 * numbers of nothing but zeros are how sticks say that they have none.
 *
 * Returns: (transfer full) (nullable)
 */
char *
smith_device_word (const char *text, gssize length)
{
  g_autofree char *whole = smith_device_text (text, length);
  char *inner = whole;
  gsize n;

  if (whole == NULL)
    return NULL;
  n = strlen (whole);
  if (n >= 2 && whole[0] == '"' && whole[n - 1] == '"')
    {
      whole[n - 1] = '\0';
      inner = g_strstrip (whole + 1);
    }
  if (inner[0] == '\0' || !g_str_is_ascii (inner) || strchr (inner, DAMAGE) != NULL
      || strchr (inner, '"') != NULL || g_ascii_strcasecmp (inner, "NULL") == 0
      || inner[strspn (inner, "0. ")] == '\0')
    return NULL;
  return g_strdup (inner);
}

/**
 * smith_device_imei:
 *
 * Returns: (transfer full) (nullable): @text if it is nothing but the 14 to 16
 *   digits of an IMEI, quotes and spaces around it apart
 */
char *
smith_device_imei (const char *text, gssize length)
{
  g_autofree char *word = smith_device_word (text, length);
  gsize n = word != NULL ? strlen (word) : 0;

  if (n < IMEI_MIN || n > IMEI_MAX || strspn (word, "0123456789") != n)
    return NULL;
  return g_steal_pointer (&word);
}
