/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network-settings.h"

#include <glib/gi18n.h>

#include <string.h>

/* Nothing that a stick says here is longer. */
#define LINE_MAX_LENGTH 256

/* Fields behind those that are known are passed over: some sticks repeat the
 * bands there. */
#define FIELDS_MAX 16

/* "As it is", as the two commands call it. */
#define MODE_NO_CHANGE 16
#define ORDER_NO_CHANGE "3"
#define ORDER_EX_NO_CHANGE "99"
#define ROAMING_NO_CHANGE 2
#define DOMAIN_NO_CHANGE 4

static gboolean
read_int (const char *text, int *value)
{
  gsize n = strspn (text, "0123456789");

  *value = -1;
  if (n == 0)
    return text[0] == '\0';
  if (n > 3 || text[n] != '\0')
    return FALSE;
  *value = (int) g_ascii_strtoull (text, NULL, 10);
  return TRUE;
}

static gboolean
read_bands (const char *text, guint64 *value)
{
  gsize n;

  if (g_ascii_strncasecmp (text, "0x", 2) == 0 && text[2] != '\0')
    text += 2;
  n = strspn (text, "0123456789ABCDEFabcdef");
  *value = SMITH_BANDS_NO_CHANGE;
  if (n == 0)
    return text[0] == '\0';
  if (n > 16 || text[n] != '\0')
    return FALSE;
  *value = g_ascii_strtoull (text, NULL, 16);
  return TRUE;
}

static gboolean
read_order (const char *text, SmithNetworkSettings *settings)
{
  gsize n = strspn (text, "0123456789");
  gboolean is_ex = settings->kind == SMITH_SYSCFGEX;

  if (text[n] != '\0' || n >= sizeof settings->acquisition || (is_ex && n % 2 != 0)
      || (!is_ex && n > 3))
    return FALSE;
  g_strlcpy (settings->acquisition, text, sizeof settings->acquisition);
  return TRUE;
}

/* Cuts spaces and one pair of quotation marks off each field. */
static char **
split_fields (const char *text)
{
  char **fields = g_strsplit (text, ",", FIELDS_MAX);

  for (guint i = 0; fields[i] != NULL; i++)
    {
      char *field = g_strstrip (fields[i]);
      gsize n = strlen (field);

      if (n >= 2 && field[0] == '"' && field[n - 1] == '"')
        {
          field[n - 1] = '\0';
          memmove (field, field + 1, n - 1);
          g_strstrip (field);
        }
    }
  return fields;
}

/* Returns: what stands behind the command's name, or NULL if it is another */
static const char *
skip_name (const char *line, SmithSyscfgKind *kind)
{
  static const struct
  {
    const char *name;
    SmithSyscfgKind kind;
  } names[] = { { "^SYSCFGEX", SMITH_SYSCFGEX }, { "^SYSCFG", SMITH_SYSCFG } };

  line += strspn (line, " \t");
  if (g_ascii_strncasecmp (line, "AT", 2) == 0)
    line += 2;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      gsize n = strlen (names[i].name);

      if (g_ascii_strncasecmp (line, names[i].name, n) != 0)
        continue;
      line += n;
      line += strspn (line, " \t");
      *kind = names[i].kind;
      return line[0] == ':' || line[0] == '=' ? line + 1 : NULL;
    }
  return NULL;
}

static gboolean
is_complete (const SmithNetworkSettings *s)
{
  if (s->kind == SMITH_SYSCFG)
    return s->mode >= 0;
  return s->acquisition[0] != '\0' || s->bands != SMITH_BANDS_NO_CHANGE;
}

/**
 * smith_network_settings_parse:
 * @line: such as ^SYSCFG:2,2,3FFFFFFF,1,2 or
 *   ^SYSCFGEX:"00",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF,"",""; also the command that
 *   sets them
 * @settings: (out caller-allocates): left alone if it returns FALSE
 *
 * Reads what a stick said, or a person typed. Spaces, missing quotation marks
 * and small letters do no harm, fields may be missing at the end, and further
 * ones are passed over; but a field with anything else in it makes the whole
 * line none.
 *
 * Returns: whether it is one
 */
gboolean
smith_network_settings_parse (const char *line, SmithNetworkSettings *settings)
{
  SmithNetworkSettings s
      = { .mode = -1, .roaming = -1, .domain = -1, .lte_bands = SMITH_BANDS_NO_CHANGE };
  g_auto (GStrv) fields = NULL;
  static const char *const nothing = "";
  const char *field[5];
  guint first = 0;
  gboolean ok;

  if (strlen (line) > LINE_MAX_LENGTH || (line = skip_name (line, &s.kind)) == NULL)
    return FALSE;
  fields = split_fields (line);
  for (guint i = 0, n = g_strv_length (fields); i < G_N_ELEMENTS (field); i++)
    field[i] = i < n ? fields[i] : nothing;
  if (s.kind == SMITH_SYSCFG)
    {
      if (!read_int (field[0], &s.mode))
        return FALSE;
      first = 1;
    }
  ok = read_order (field[first], &s) && read_bands (field[first + 1], &s.bands)
       && read_int (field[first + 2], &s.roaming) && read_int (field[first + 3], &s.domain);
  if (ok && s.kind == SMITH_SYSCFGEX)
    ok = read_bands (field[4], &s.lte_bands);
  if (!ok || !is_complete (&s))
    return FALSE;
  *settings = s;
  return TRUE;
}

static int
or_else (int value, int missing)
{
  return value >= 0 ? value : missing;
}

/**
 * smith_network_settings_to_command:
 *
 * Returns: (transfer full): the command that sets them; what was left out is
 *   said to stay as it is
 */
char *
smith_network_settings_to_command (const SmithNetworkSettings *s)
{
  int roaming = or_else (s->roaming, ROAMING_NO_CHANGE);
  int domain = or_else (s->domain, DOMAIN_NO_CHANGE);

  if (s->kind == SMITH_SYSCFG)
    return g_strdup_printf ("AT^SYSCFG=%d,%s,%" G_GINT64_MODIFIER "X,%d,%d",
                            or_else (s->mode, MODE_NO_CHANGE),
                            s->acquisition[0] != '\0' ? s->acquisition : ORDER_NO_CHANGE, s->bands,
                            roaming, domain);
  return g_strdup_printf ("AT^SYSCFGEX=\"%s\",%" G_GINT64_MODIFIER "X,%d,%d,%" G_GINT64_MODIFIER
                          "X,,",
                          s->acquisition[0] != '\0' ? s->acquisition : ORDER_EX_NO_CHANGE, s->bands,
                          roaming, domain, s->lte_bands);
}

/* The generation behind a two-digit code of SYSCFGEX; NULL if it is not known. */
static const char *
generation (const char *code)
{
  static const char *const names[] = { "2G", "3G", "4G" };
  guint n = (guint) (code[0] - '0') * 10 + (guint) (code[1] - '0');

  return n >= 1 && n <= G_N_ELEMENTS (names) ? names[n - 1] : NULL;
}

static char *
describe_order_ex (const char *codes)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (codes[0] == '\0' || g_str_equal (codes, ORDER_EX_NO_CHANGE))
    return g_strdup (_ ("as they are"));
  if (g_str_equal (codes, "00"))
    return g_strdup (_ ("automatic"));
  for (const char *code = codes; code[0] != '\0' && code[1] != '\0'; code += 2)
    {
      const char *name = generation (code);

      if (name == NULL)
        /* Translators: %s is a row of digits that the stick gave. */
        return g_strdup_printf (_ ("setting %s"), codes);
      if (text->len > 0)
        /* Translators: between networks in the order they are tried: "4G, then 3G". */
        g_string_append (text, _ (", then "));
      g_string_append (text, name);
    }
  /* Translators: %s is the only kind of network that is used, such as "4G". */
  return codes[2] == '\0' ? g_strdup_printf (_ ("%s only"), text->str)
                          : g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
describe_mode (const SmithNetworkSettings *s)
{
  switch (s->mode)
    {
    case 2:
      if (g_str_equal (s->acquisition, "1"))
        return g_strdup (_ ("automatic, 2G first"));
      if (g_str_equal (s->acquisition, "2"))
        return g_strdup (_ ("automatic, 3G first"));
      return g_strdup (_ ("automatic"));
    case 13:
      return g_strdup_printf (_ ("%s only"), "2G");
    case 14:
      return g_strdup_printf (_ ("%s only"), "3G");
    case -1:
    case MODE_NO_CHANGE:
      return g_strdup (_ ("as they are"));
    default:
      return g_strdup_printf (_ ("setting %d"), s->mode);
    }
}

/* Some sticks set further bits besides those of all bands. */
static gboolean
has_all_bands (const SmithNetworkSettings *s)
{
  return (s->bands & SMITH_BANDS_ALL) == SMITH_BANDS_ALL
         && (s->kind == SMITH_SYSCFG || s->lte_bands == SMITH_LTE_BANDS_ALL);
}

static char *
describe_bands (const SmithNetworkSettings *s)
{
  g_autofree char *bands = g_strdup_printf ("%" G_GINT64_MODIFIER "X", s->bands);
  g_autofree char *lte_bands = g_strdup_printf ("%" G_GINT64_MODIFIER "X", s->lte_bands);

  if (has_all_bands (s))
    return g_strdup (_ ("all bands"));
  if (s->bands == SMITH_BANDS_NO_CHANGE && s->lte_bands == SMITH_BANDS_NO_CHANGE)
    return g_strdup (_ ("bands as they are"));
  if (s->kind == SMITH_SYSCFG)
    /* Translators: %s is a number by which the stick tells its bands. */
    return g_strdup_printf (_ ("only some bands (%s)"), bands);
  /* Translators: these are numbers by which the stick tells its bands. */
  return g_strdup_printf (_ ("only some bands (%s, 4G %s)"), bands, lte_bands);
}

static const char *
describe_roaming (int roaming)
{
  return roaming == 0   ? _ ("roaming off")
         : roaming == 1 ? _ ("roaming on")
                        : _ ("roaming as it is");
}

/**
 * smith_network_settings_describe:
 *
 * Returns: (transfer full): what they mean, for a person, such as "Networks:
 *   automatic, 3G first; all bands; roaming off"
 */
char *
smith_network_settings_describe (const SmithNetworkSettings *s)
{
  g_autofree char *networks
      = s->kind == SMITH_SYSCFG ? describe_mode (s) : describe_order_ex (s->acquisition);
  g_autofree char *bands = describe_bands (s);
  g_autoptr (GString) text = g_string_new (NULL);

  /* Translators: which networks, which bands, and whether roaming is on. */
  g_string_printf (text, _ ("Networks: %s; %s; %s"), networks, bands,
                   describe_roaming (s->roaming));
  if (s->domain == 0)
    g_string_append (text, _ ("; calls only"));
  else if (s->domain == 1)
    g_string_append (text, _ ("; data only"));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/**
 * smith_network_settings_open:
 *
 * Fills in what lets a stick look for every network. With these values owners
 * got sticks back to a network that saw none after new firmware.
 */
void
smith_network_settings_open (SmithSyscfgKind kind, gboolean roaming, SmithNetworkSettings *settings)
{
  gboolean is_ex = kind == SMITH_SYSCFGEX;

  *settings = (SmithNetworkSettings){
    .kind = kind,
    .mode = is_ex ? -1 : 2,
    .bands = SMITH_BANDS_ALL,
    .roaming = roaming ? 1 : 0,
    .domain = 2,
    .lte_bands = is_ex ? SMITH_LTE_BANDS_ALL : SMITH_BANDS_NO_CHANGE,
  };
  g_strlcpy (settings->acquisition, is_ex ? "00" : "2", sizeof settings->acquisition);
}

gboolean
smith_network_settings_equal (const SmithNetworkSettings *a, const SmithNetworkSettings *b)
{
  return a->kind == b->kind && a->mode == b->mode && g_str_equal (a->acquisition, b->acquisition)
         && a->bands == b->bands && a->roaming == b->roaming && a->domain == b->domain
         && a->lte_bands == b->lte_bands;
}
