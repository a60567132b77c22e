/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mask.h"

#include <string.h>

/* IMEI and IMSI have 15 digits, with a software version 16; a SIM card's
 * number has 18 to 20. Shorter runs are versions, sizes and dates. */
#define IDENTITY_MIN 14
#define IDENTITY_MAX 22
#define KEEP_START 3
#define KEEP_END 2

#define HIDDEN "****"

/* Between the lines of one answer where they are told in one. */
#define LINES_JOINT " | "

/* A registration has no more states. */
#define STATE_MAX 11
#define NUMBER_MAX 65535
#define FIELDS_MAX 8

typedef enum
{
  HIDE_WORD,   /* a number of the stick's own */
  HIDE_REST,   /* of the line */
  HIDE_VALUES, /* of the line, behind the number of what they are the values of */
  HIDE_PLACE,  /* of the line, where a registration tells it */
} Hide;

static const struct
{
  const char *word; /* in any case */
  Hide hide;
} words[] = {
  { "^SN:", HIDE_WORD },
  { "S/N:", HIDE_WORD },
  { "SN:", HIDE_WORD },
  { "Serial Number:", HIDE_WORD },
  { "ESN:", HIDE_WORD },
  { "MEID:", HIDE_WORD },
  /* Numbers of the stick and of the card that need not be of digits alone. */
  { "^MSN:", HIDE_REST },
  { "^PHYNUM:", HIDE_REST },
  { "^ICCID:", HIDE_REST },
  { "+ICCID:", HIDE_REST },
  { "+CCID:", HIDE_REST },
  { "+CRSM:", HIDE_REST },
  { "+CSIM:", HIDE_REST },
  { "^NVRD:", HIDE_VALUES },
  { "^NVRDEX:", HIDE_VALUES },
  { "^NVWR=", HIDE_VALUES },
  { "^NVWREX=", HIDE_VALUES },
  /* Where it is. */
  { "+CREG:", HIDE_PLACE },
  { "+CGREG:", HIDE_PLACE },
  { "+CEREG:", HIDE_PLACE },
  { "^LOCINFO:", HIDE_REST },
  { "^CELLINFO:", HIDE_REST },
  { "^LTERSRP:", HIDE_REST },
  { "^MONSC:", HIDE_REST },
  { "^MONNC:", HIDE_REST },
  { "+CGPADDR:", HIDE_VALUES },
  { "+CGCONTRDP:", HIDE_VALUES },
  { "^DHCP:", HIDE_REST },
  { "^DHCPV6:", HIDE_REST },
  /* Whose it is, who calls, and what they write. */
  { "+CNUM:", HIDE_REST },
  { "+CLIP:", HIDE_REST },
  { "+CLCC:", HIDE_REST },
  { "+CCWA:", HIDE_REST },
  { "+COLP:", HIDE_REST },
  { "+CMT:", HIDE_REST },
  { "+CMGL:", HIDE_REST },
  { "+CMGR:", HIDE_REST },
  { "+CPBR:", HIDE_REST },
  { "+CPBF:", HIDE_REST },
  { "+CUSD:", HIDE_REST },
  /* Codes. */
  { "+CPIN=", HIDE_REST },
  { "^CPIN=", HIDE_REST },
  { "+CPWD=", HIDE_REST },
  { "+CLCK=", HIDE_REST },
  { "^CARDLOCK=", HIDE_REST },
  { "^DATALOCK=", HIDE_REST },
};

/* Of a HiLink stick's web server, in XML or JSON; with numbers behind them too. */
static const char *const fields[] = {
  "Imei",         "Imsi",           "Iccid",   "SerialNumber", "Msisdn", "MacAddress",
  "WanIPAddress", "WanIPv6Address", "cell_id", "CellId",       "lac",    "tac",
};

static gsize
count_digits (const char *p)
{
  gsize n = 0;

  while (g_ascii_isdigit (p[n]))
    n++;
  return n;
}

static const char *
mask_digits (GString *out, const char *p, gsize n)
{
  g_string_append_len (out, p, KEEP_START);
  for (gsize i = KEEP_START; i < n - KEEP_END; i++)
    g_string_append_c (out, '*');
  g_string_append_len (out, p + n - KEEP_END, KEEP_END);
  return p + n;
}

static gboolean
is_line_end (const char *p)
{
  return *p == '\0' || *p == '\n' || *p == '\r' || g_str_has_prefix (p, LINES_JOINT);
}

static const char *
find_line_end (const char *p)
{
  while (!is_line_end (p))
    p++;
  return p;
}

static const char *
copy_spaces (GString *out, const char *p)
{
  while (*p == ' ')
    g_string_append_c (out, *p++);
  return p;
}

static const char *
hide_word (GString *out, const char *p)
{
  p = copy_spaces (out, p);
  for (; g_ascii_isalnum (*p) || *p == '-'; p++)
    g_string_append_c (out, '*');
  return p;
}

static const char *
hide_rest (GString *out, const char *p)
{
  const char *end = find_line_end (p);

  p = copy_spaces (out, p);
  if (p < end)
    g_string_append (out, HIDDEN);
  return MAX (p, end);
}

/* Finds the fields of a line. Returns: how many there are, at most FIELDS_MAX */
static guint
split (const char *p, const char *starts[FIELDS_MAX])
{
  const char *end = find_line_end (p);
  guint n = 0;

  while (n < FIELDS_MAX)
    {
      while (p < end && *p == ' ')
        p++;
      starts[n++] = p;
      p = memchr (p, ',', (gsize) (end - p));
      if (p == NULL)
        break;
      p++;
    }
  return n;
}

/* Copies the first @keep fields and hides what is behind them. */
static const char *
hide_behind (GString *out, const char *p, guint keep)
{
  const char *starts[FIELDS_MAX];
  guint n = split (p, starts);

  if (n <= keep)
    {
      const char *end = find_line_end (p);

      g_string_append_len (out, p, end - p);
      return end;
    }
  g_string_append_len (out, p, starts[keep] - p);
  return hide_rest (out, starts[keep]);
}

/* Returns: whether a field is a decimal number without quotes, up to @max */
static gboolean
is_number (const char *field, guint max)
{
  gsize n = count_digits (field);
  const char *p = field + n;

  while (*p == ' ' && !is_line_end (p))
    p++;
  return n >= 1 && n <= 5 && (*p == ',' || is_line_end (p))
         && g_ascii_strtoull (field, NULL, 10) <= max;
}

/* "+CREG: 2,1,7C8,C5A2,7" was asked for; sent of its own accord it begins with the state:
 * "+CREG: 1,7C8,C5A2,7". The place is in quotes or not, and a short one may look like a
 * state: in doubt it is not told. */
static const char *
hide_place (GString *out, const char *p)
{
  const char *starts[FIELDS_MAX];
  guint n = split (p, starts);
  guint keep = 0;

  if (is_number (starts[0], STATE_MAX))
    keep = 1;
  if (keep == 1 && n >= 2 && is_number (starts[1], STATE_MAX)
      && (n == 2 || *starts[2] == '"' || *starts[2] == '*'
          || (n > 3 && !is_number (starts[3], STATE_MAX))))
    keep = 2;
  return hide_behind (out, p, keep);
}

static const char *
hide_values (GString *out, const char *p)
{
  const char *starts[FIELDS_MAX];

  split (p, starts);
  return hide_behind (out, p, is_number (starts[0], NUMBER_MAX) ? 1 : 0);
}

static const char *
hide_behind_word (GString *out, const char *p, Hide hide)
{
  switch (hide)
    {
    case HIDE_WORD:
      return hide_word (out, p);
    case HIDE_VALUES:
      return hide_values (out, p);
    case HIDE_PLACE:
      return hide_place (out, p);
    case HIDE_REST:
    default:
      return hide_rest (out, p);
    }
}

/* Returns: (nullable): what follows, if a word stood at @p and what it announces was hidden */
static const char *
mask_word (GString *out, const char *p)
{
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      gsize n = strlen (words[i].word);

      if (g_ascii_strncasecmp (p, words[i].word, n) != 0)
        continue;
      g_string_append_len (out, p, (gssize) n);
      return hide_behind_word (out, p + n, words[i].hide);
    }
  return NULL;
}

/* Returns: the length of a field's name at @p; 0 if there is none */
static gsize
field_length (const char *p)
{
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      gsize n = strlen (fields[i]);

      if (g_ascii_strncasecmp (p, fields[i], n) == 0)
        return n + count_digits (p + n);
    }
  return 0;
}

/* Returns: the length of what stands between a field's name and its value; 0 if it is none */
static gsize
mark_length (const char *p)
{
  gsize n = 1;

  if (*p == '>')
    return 1;
  if (*p != '"')
    return 0;
  n += strspn (p + n, " ");
  if (p[n] != ':')
    return 0;
  n++;
  n += strspn (p + n, " ");
  return p[n] == '"' ? n + 1 : n;
}

/* Returns: (nullable): what follows, if a field stood at @p and its value was hidden */
static const char *
mask_field (GString *out, const char *p)
{
  gsize name = field_length (p);
  gsize mark = name > 0 ? mark_length (p + name) : 0;

  if (mark == 0)
    return NULL;
  g_string_append_len (out, p, (gssize) (name + mark));
  p += name + mark;
  for (; *p != '\0' && strchr ("<\"\r\n,}", *p) == NULL; p++)
    g_string_append_c (out, g_ascii_isalnum (*p) ? '*' : *p);
  return p;
}

/* What begins in the midst of a word is none of those. */
static gboolean
may_begin (const char *text, const char *p)
{
  if (*p == '^' || *p == '+')
    return TRUE;
  return g_ascii_isalpha (*p) && (p == text || !g_ascii_isalnum (p[-1]));
}

/**
 * smith_mask:
 * @text: what was said to a stick, or heard from it
 *
 * Masks what tells one stick, SIM card or person from another or where they are: IMEI,
 * IMSI, the SIM card's number, the stick's serial number, cells, addresses and telephone
 * numbers, codes that were typed. What was masked stays as it is when it is masked again.
 * Any thread.
 *
 * Returns: (transfer full): @text without them
 */
char *
smith_mask (const char *text)
{
  GString *out = g_string_sized_new (strlen (text));
  const char *p = text;

  while (*p != '\0')
    {
      const char *next = NULL;
      gsize n = count_digits (p);

      if (may_begin (text, p))
        next = mask_word (out, p);
      if (next == NULL && may_begin (text, p))
        next = mask_field (out, p);
      if (next == NULL && n >= IDENTITY_MIN && n <= IDENTITY_MAX)
        next = mask_digits (out, p, n);
      if (next == NULL)
        {
          next = p + MAX (n, 1);
          g_string_append_len (out, p, next - p);
        }
      p = next;
    }
  return g_string_free (out, FALSE);
}
