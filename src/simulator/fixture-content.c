/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture-private.h"

#include "fixture.h"
#include "format/bytes.h"

typedef struct
{
  guint64 seed;
  const char *text;
} ContentSpec;

typedef struct
{
  const char *name;
  gboolean has_seed;
  gboolean has_text;
  void (*fill) (guint8 *data, gsize size, const ContentSpec *spec);
} ContentKind;

/* Seeds are small numbers: spread them, and never begin xorshift at zero. */
static guint64
random_start (guint64 seed)
{
  guint64 z = seed + G_GUINT64_CONSTANT (0x9E3779B97F4A7C15);

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xBF58476D1CE4E5B9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94D049BB133111EB);
  z ^= z >> 31;
  return z != 0 ? z : 1;
}

static inline guint64
random_next (guint64 *state)
{
  *state ^= *state >> 12;
  *state ^= *state << 25;
  *state ^= *state >> 27;
  return *state * G_GUINT64_CONSTANT (0x2545F4914F6CDD1D);
}

static void
random_bytes (guint8 *data, gsize size, guint64 *state)
{
  guint8 last[8];

  for (; size >= 8; data += 8, size -= 8)
    {
      guint64 word = random_next (state);

      smith_put_u32_le (data, word & G_MAXUINT32);
      smith_put_u32_le (data + 4, word >> 32);
    }
  if (size == 0)
    return;
  random_bytes (last, sizeof last, state);
  memcpy (data, last, size);
}

static void
fill_random (guint8 *data, gsize size, const ContentSpec *spec)
{
  guint64 state = random_start (spec->seed);

  random_bytes (data, size, &state);
}

static void
fill_zeros (guint8 *data, gsize size, const ContentSpec *spec)
{
  memset (data, 0, size);
}

static void
fill_pattern (guint8 *data, gsize size, const ContentSpec *spec)
{
  gsize done = MIN (strlen (spec->text), size);

  memcpy (data, spec->text, done);
  while (done < size)
    {
      gsize n = MIN (done, size - done);

      memcpy (data + done, data, n);
      done += n;
    }
}

/* Short runs of new bytes, and longer ones that stood a little before: what a
 * compressor makes of it is about half as large, in steps as small as those
 * that programs give. */
static void
fill_mixed (guint8 *data, gsize size, const ContentSpec *spec)
{
  guint64 state = random_start (spec->seed);
  gsize pos = 0;

  while (pos < size)
    {
      guint64 dice = random_next (&state);
      gsize fresh = MIN (4 + (dice & 15), size - pos);
      gsize again = 6 + (dice >> 4 & 31);
      gsize back = again + (dice >> 16 & 0x3fff);

      random_bytes (data + pos, fresh, &state);
      pos += fresh;
      if (back > pos)
        continue;
      again = MIN (again, size - pos);
      memcpy (data + pos, data + pos - back, again);
      pos += again;
    }
}

static void
fill_marker (guint8 *data, gsize size, const ContentSpec *spec)
{
  g_autofree char *marker = g_strconcat (SMITH_FIXTURE_MARKER, spec->text, NULL);

  fill_mixed (data, size, spec);
  memcpy (data + size / 3, marker, strlen (marker) + 1);
}

static const ContentKind kinds[] = {
  { "random", TRUE, FALSE, fill_random }, { "pattern", FALSE, TRUE, fill_pattern },
  { "zeros", FALSE, FALSE, fill_zeros },  { "mixed", TRUE, FALSE, fill_mixed },
  { "marker", TRUE, TRUE, fill_marker },
};

static const ContentKind *
find_kind (const char *text)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      gsize length = strlen (kinds[i].name);

      if (strncmp (text, kinds[i].name, length) == 0 && text[length] == ':')
        return &kinds[i];
    }
  return NULL;
}

/* What is wrong with the fields, or NULL. @fields[0] is the kind's name. */
static const char *
read_fields (const ContentKind *kind, char **fields, guint64 *size, ContentSpec *spec)
{
  gsize text = kind->has_seed ? 3 : 2;

  if (g_strv_length (fields) != text + (kind->has_text ? 1 : 0))
    return "does not have the fields of its kind";
  if (!smith_fixture_parse_number (fields[1], size))
    return "has no proper size";
  if (kind->has_seed && !smith_fixture_parse_number (fields[2], &spec->seed))
    return "has no proper seed";
  if (!kind->has_text)
    return NULL;
  spec->text = fields[text];
  if (spec->text[0] == '\0')
    return "has no text";
  if (kind->fill == fill_marker
      && *size - *size / 3 <= strlen (SMITH_FIXTURE_MARKER) + strlen (spec->text))
    return "is too small for its text";
  return NULL;
}

/*
 * Makes what the key "content" of @group says: random:SIZE:SEED,
 * pattern:SIZE:TEXT, zeros:SIZE, mixed:SIZE:SEED or marker:SIZE:SEED:VERSION.
 * @max: bytes that it may have; @extra: room behind it, not set.
 *
 * Returns: (transfer full): @size + @extra bytes
 */
guint8 *
smith_fixture_get_content (GKeyFile *keys,
                           const char *group,
                           guint64 max,
                           gsize extra,
                           gsize *size,
                           GError **error)
{
  g_autofree char *text = smith_fixture_get_string (keys, group, "content", error);
  g_auto (GStrv) fields = NULL;
  const ContentKind *kind;
  ContentSpec spec = { 0 };
  const char *wrong;
  guint64 wanted = 0;
  guint8 *data;

  if (text == NULL)
    return NULL;
  kind = find_kind (text);
  if (kind == NULL)
    {
      smith_fixture_fail (error, group, "content", "“%s” is no kind of content", text);
      return NULL;
    }
  /* A text may have colons of its own. */
  fields = g_strsplit (text, ":", 2 + (kind->has_seed ? 1 : 0) + (kind->has_text ? 1 : 0));
  wrong = read_fields (kind, fields, &wanted, &spec);
  if (wrong == NULL && wanted > MIN (max, SMITH_FIXTURE_TOTAL_MAX))
    wrong = "is too large";
  if (wrong != NULL)
    {
      smith_fixture_fail (error, group, "content", "“%s” %s", text, wrong);
      return NULL;
    }
  data = g_malloc (wanted + extra + 1);
  kind->fill (data, wanted, &spec);
  *size = wanted;
  return data;
}

/*
 * Fills with bytes from 80 to 9F: they look like nothing that a reader
 * searches for. Every magic, every routine's signature and every text has at
 * least one byte outside that range.
 */
void
smith_fixture_fill_neutral (guint8 *data, gsize size, guint64 seed)
{
  guint64 state = random_start (seed);

  random_bytes (data, size, &state);
  for (gsize i = 0; i < size; i++)
    data[i] = 0x80 | (data[i] & 0x1f);
}
