/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "port-setting.h"

#include <stdlib.h>
#include <string.h>

/* Nothing that a stick says here is longer. */
#define LINE_MAX_LENGTH 128

/* What stands for the CD drive, and for nothing at all. Other codes are those of
 * a port's USB interface protocol. */
#define CODE_CD 0xA1
#define CODE_NONE 0xFF

typedef struct
{
  guint8 codes[SMITH_PORT_CODES_MAX];
  guint n;
} Codes;

/* One or two hexadecimal digits each, with commas between; nothing else. */
static gboolean
read_codes (const char *text, Codes *codes)
{
  codes->n = 0;
  while (codes->n < SMITH_PORT_CODES_MAX)
    {
      gsize digits = strspn (text, "0123456789ABCDEFabcdef");

      if (digits < 1 || digits > 2)
        return FALSE;
      codes->codes[codes->n++] = (guint8) strtoul (text, NULL, 16);
      text += digits;
      if (*text == '\0')
        return TRUE;
      if (*text++ != ',')
        return FALSE;
    }
  return FALSE;
}

static gboolean
has_code (const Codes *codes, guint8 code)
{
  return memchr (codes->codes, code, codes->n) != NULL;
}

static gboolean
is_equal (const char *a, const char *b)
{
  Codes one;
  Codes other;

  return read_codes (a, &one) && read_codes (b, &other) && one.n == other.n
         && memcmp (one.codes, other.codes, one.n) == 0;
}

/* The port for AT commands, by its USB interface protocol: the second digit is
 * the same in all of the vendor's families of sticks. */
static gboolean
has_at_port (const Codes *codes)
{
  static const guint8 at_ports[] = { 0x02, 0x12, 0x32, 0x62, 0x72 };

  for (guint i = 0; i < G_N_ELEMENTS (at_ports); i++)
    if (has_code (codes, at_ports[i]))
      return TRUE;
  return FALSE;
}

/* Returns: what stands behind the command's name, or NULL if it is another */
static const char *
skip_name (const char *line)
{
  static const char name[] = "^SETPORT";

  if (g_ascii_strncasecmp (line, "AT", 2) == 0)
    line += 2;
  if (g_ascii_strncasecmp (line, name, strlen (name)) != 0)
    return NULL;
  line += strlen (name);
  return *line == ':' || *line == '=' ? line + 1 : NULL;
}

/* Blanks around the whole, and one pair of quotation marks. */
static char *
strip (const char *text)
{
  gsize n;

  text += strspn (text, " ");
  n = strlen (text);
  while (n > 0 && text[n - 1] == ' ')
    n--;
  if (n >= 2 && text[0] == '"' && text[n - 1] == '"')
    return g_strndup (text + 1, n - 2);
  return g_strndup (text, n);
}

/**
 * smith_port_setting_parse:
 * @line: such as ^SETPORT:A1,A2;12,10,16,A1,A2; also the command that sets it
 * @setting: (out caller-allocates): left alone if it returns FALSE
 *
 * Reads what a stick said, or a person typed. Strict, since a wrong setting
 * can leave a stick without the port on which to put it right: two parts with a
 * semicolon between them, in each one to %SMITH_PORT_CODES_MAX codes of one or
 * two hexadecimal digits with commas between them.
 *
 * Returns: whether it is one
 */
gboolean
smith_port_setting_parse (const char *line, SmithPortSetting *setting)
{
  g_autofree char *text = NULL;
  char *second;
  Codes codes;

  if (strlen (line) > LINE_MAX_LENGTH || (line = skip_name (line)) == NULL)
    return FALSE;
  text = strip (line);
  second = strchr (text, ';');
  if (second == NULL)
    return FALSE;
  *second++ = '\0';
  /* What was read is no longer than the fields. */
  if (!read_codes (text, &codes) || !read_codes (second, &codes))
    return FALSE;
  g_strlcpy (setting->first, text, sizeof setting->first);
  g_strlcpy (setting->second, second, sizeof setting->second);
  return TRUE;
}

/* Returns: (transfer full): the command that sets it; it holds from when the
 * stick is plugged in next */
char *
smith_port_setting_to_command (const SmithPortSetting *setting)
{
  return g_strdup_printf ("AT^SETPORT=\"%s;%s\"", setting->first, setting->second);
}

/* Whether they mean the same, also where one is written with a leading zero or
 * with small letters. */
gboolean
smith_port_setting_equal (const SmithPortSetting *a, const SmithPortSetting *b)
{
  return is_equal (a->first, b->first) && is_equal (a->second, b->second);
}

/* Whether the stick shows a CD drive when it is plugged in. */
gboolean
smith_port_setting_shows_cd (const SmithPortSetting *setting)
{
  Codes codes;

  return read_codes (setting->first, &codes) && has_code (&codes, CODE_CD)
         && !has_code (&codes, CODE_NONE);
}

/**
 * smith_port_setting_can_hide_cd:
 *
 * Returns: whether it shows a CD drive that it can do without: a stick at work
 *   has a port for AT commands, on which the CD drive can be had again
 */
gboolean
smith_port_setting_can_hide_cd (const SmithPortSetting *setting)
{
  Codes codes;

  return smith_port_setting_shows_cd (setting) && read_codes (setting->second, &codes)
         && has_at_port (&codes) && !has_code (&codes, CODE_NONE);
}

/* @hidden: (out caller-allocates): @setting without the CD drive at first, and
 * what the stick shows at work to the letter as it was */
void
smith_port_setting_hide_cd (const SmithPortSetting *setting, SmithPortSetting *hidden)
{
  *hidden = *setting;
  g_strlcpy (hidden->first, "FF", sizeof hidden->first);
}

/**
 * smith_port_setting_brings_cd_back:
 * @old: what was there before
 * @now: what is there
 *
 * Returns: whether with @old the stick that has @now would show its CD drive
 *   again, and all else would stay as it is
 */
gboolean
smith_port_setting_brings_cd_back (const SmithPortSetting *old, const SmithPortSetting *now)
{
  return smith_port_setting_shows_cd (old) && !smith_port_setting_shows_cd (now)
         && is_equal (old->second, now->second);
}
