/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "erase-guard.h"

#include <string.h>

/* How the place of the erase call is made harmless. */
typedef enum
{
  REPLACE_CALL,  /* by mov r0,#0 */
  ALWAYS_BRANCH, /* the condition of the branch around it becomes "always" */
} Remedy;

typedef struct
{
  const char *name;
  const char *signature; /* hex, words separated */
  int displacement;      /* from the end of the signature to the place */
  Remedy remedy;
} Routine;

/* The erase routines of the vendor's loaders, by chip generation. They were
 * found by taking loaders apart; the words are ARM instructions around the one
 * call that erases everything. */
static const Routine routines[] = {
  { "v7r1", "3DE2E0E3 00E09EE5 5CC39FE5 0C005EE1 0000000A", 0, REPLACE_CALL },
  { "v7r2",
    "0030A0E3 9A3F07EE FF2F0FE3 E12F44E3 073002E5 9A3F07EE 0040A0E3 E04F44E3 4E3604E3 4C3444E3 "
    "303384E5",
    16, REPLACE_CALL },
  { "v7r11",
    "000050E3 7080BD08 0030A0E3 4E2604E3 E03F44E3 552244E3 4C019FE5 4EC604E3 48419FE5 0210A0E1 "
    "4CC444E3 5C2383E5 00008FE0 40C383E5",
    4, REPLACE_CALL },
  { "v7r22", "123BA0E3 4A354AE3 0020A0E3 7820C3E5 7920C3E5 7A20C3E5 7B20C3E5 0000A0E3", -37,
    ALWAYS_BRANCH },
  { "v7r22_2", "183094E5 102094E5 0D00A0E1 304084E2 14308DE5 10208DE5", 0, REPLACE_CALL },
  { "v7r22_3", "103094E5 0D00A0E1 10308DE5 183094E5 14308DE5", 0, REPLACE_CALL },
};

/* Where a loader skips bad blocks while it erases; an expert may have it not to. */
static const Routine bad_blocks = { "bad-blocks", "04108DE2 0400A0E1", 0, REPLACE_CALL };

static const guint8 harmless_call[4] = { 0x00, 0x00, 0xA0, 0xE3 }; /* mov r0,#0 */
/* The condition of an ARM instruction is the upper half of its last byte. None
 * but this one is always true: with 0xF the word is another instruction. */
#define CONDITION 0xF0
#define CONDITION_ALWAYS 0xE0

/* Loaders whose erase call is known to be gone, by the SHA-256 of the file. */
static const struct
{
  const char *sha256;
  const char *name;
} known_files[] = {
  { "8e0939823f26ca09ba95335df32a8d830c8898b0a1b566c9d153237a8f346805", "usblsafe-327x.bin" },
  { "08e3ebda4c0b1061d010d377d993454eabe49e99bdaf888a21efbb0ade5fea50", "usblsafe-8278.bin" },
  { "8764cc39bc5dbd594109f7065934659b6e4872ac2dae582022331e753f9814b7", "usblsafe-5330bs.bin" },
  { "d2d31fec3b434430b2b19d1ce69943455ab27632448314b07eca708a9aa93b3e", "usblsafe-e303.bin" },
};

#define SIGNATURE_MAX 64
#define SEARCH_START 8
#define SEARCH_STEP 4

/* A signature as bytes, and its first word to find it by. */
typedef struct
{
  guint8 bytes[SIGNATURE_MAX];
  gsize size;
  guint32 word;
} Pattern;

/* An erase call that was found: whose, and where the bytes to replace are. */
typedef struct
{
  const Routine *routine;
  gsize place;
} Hit;

static Pattern
make_pattern (const Routine *routine)
{
  Pattern pattern = { .size = 0 };

  for (const char *p = routine->signature; p[0] != '\0' && pattern.size < SIGNATURE_MAX; p += 2)
    {
      if (p[0] == ' ')
        p++;
      pattern.bytes[pattern.size++]
          = (guint8) (g_ascii_xdigit_value (p[0]) << 4 | g_ascii_xdigit_value (p[1]));
    }
  memcpy (&pattern.word, pattern.bytes, sizeof pattern.word);
  return pattern;
}

/* The place that belongs to a signature at @pos, or 0 where it lies outside. */
static gsize
place_of (const Routine *routine, gsize pos, gsize signature_size, gsize size)
{
  gssize place = (gssize) (pos + signature_size) + routine->displacement;
  gsize length = routine->remedy == REPLACE_CALL ? sizeof harmless_call : 1;

  if (place <= 0 || (gsize) place + length > size)
    return 0;
  return (gsize) place;
}

static void
check_hit (const Routine *routine,
           const Pattern *pattern,
           const guint8 *data,
           gsize size,
           gsize pos,
           GArray *hits)
{
  Hit hit = { routine, 0 };

  if (size - pos < pattern->size || memcmp (data + pos, pattern->bytes, pattern->size) != 0)
    return;
  hit.place = place_of (routine, pos, pattern->size, size);
  if (hit.place > 0)
    g_array_append_val (hits, hit);
}

/* A slot for a word in a table of 256: most words of a loader end there. */
static inline guint8
slot_of (guint32 word)
{
  return (guint8) (word * 0x9E3779B1u >> 24);
}

/* All places of all @n routines, in one walk through @data, by position. */
static GArray *
find_hits (const Routine *list, guint n, const guint8 *data, gsize size)
{
  GArray *hits = g_array_new (FALSE, FALSE, sizeof (Hit));
  Pattern patterns[G_N_ELEMENTS (routines)];
  gboolean wanted[256] = { FALSE };

  for (guint i = 0; i < n; i++)
    {
      patterns[i] = make_pattern (&list[i]);
      wanted[slot_of (patterns[i].word)] = TRUE;
    }
  for (gsize pos = SEARCH_START; pos + sizeof (guint32) <= size; pos += SEARCH_STEP)
    {
      guint32 word;

      memcpy (&word, data + pos, sizeof word);
      if (!wanted[slot_of (word)])
        continue;
      for (guint i = 0; i < n; i++)
        if (patterns[i].word == word)
          check_hit (&list[i], &patterns[i], data, size, pos, hits);
    }
  return hits;
}

static gboolean
is_harmless_at (const Routine *routine, const guint8 *data, gsize place)
{
  if (routine->remedy == ALWAYS_BRANCH)
    return (data[place] & CONDITION) == CONDITION_ALWAYS;
  return memcmp (data + place, harmless_call, sizeof harmless_call) == 0;
}

static void
make_harmless_at (const Routine *routine, guint8 *data, gsize place)
{
  if (routine->remedy == ALWAYS_BRANCH)
    data[place] = (guint8) ((data[place] & ~CONDITION) | CONDITION_ALWAYS);
  else
    memcpy (data + place, harmless_call, sizeof harmless_call);
}

/* One pass over all routines; adds to @result what had to be changed. Returns:
 * how many calls were found. */
static guint
apply_once (guint8 *data, gsize size, SmithGuardResult *result)
{
  g_autoptr (GArray) hits = find_hits (routines, G_N_ELEMENTS (routines), data, size);

  for (guint i = 0; i < hits->len; i++)
    {
      const Hit *hit = &g_array_index (hits, Hit, i);

      if (result->routine == NULL)
        result->routine = hit->routine->name;
      if (is_harmless_at (hit->routine, data, hit->place))
        continue;
      make_harmless_at (hit->routine, data, hit->place);
      result->changed++;
    }
  return hits->len;
}

/**
 * smith_erase_guard_apply:
 * @data: (inout): @size bytes of a loader's component
 *
 * Looks for every known erase routine, at every place, and makes its call
 * harmless. On bytes that are harmless already nothing changes. Any thread.
 *
 * Returns: what was found and how much of it had to be changed
 */
SmithGuardResult
smith_erase_guard_apply (guint8 *data, gsize size)
{
  SmithGuardResult result = { 0 };
  guint before;

  /* What is put in place of a call may complete the signature of another
   * routine: done when a pass had nothing to do. It comes to an end, since no
   * pass undoes what another did. */
  do
    {
      guint found;

      before = result.changed;
      found = apply_once (data, size, &result);
      result.found = MAX (result.found, found);
    }
  while (result.changed > before);
  result.found = MAX (result.found, result.changed);
  return result;
}

/**
 * smith_erase_guard_is_harmless:
 * @found: (out) (optional): whether any erase routine was found at all
 *
 * The last look at bytes before they go out. Any thread.
 *
 * Returns: FALSE if one of the erase calls would run
 */
gboolean
smith_erase_guard_is_harmless (const guint8 *data, gsize size, gboolean *found)
{
  g_autoptr (GArray) hits = find_hits (routines, G_N_ELEMENTS (routines), data, size);

  if (found != NULL)
    *found = hits->len > 0;
  for (guint i = 0; i < hits->len; i++)
    {
      const Hit *hit = &g_array_index (hits, Hit, i);

      if (!is_harmless_at (hit->routine, data, hit->place))
        return FALSE;
    }
  return TRUE;
}

/**
 * smith_erase_guard_ignore_bad_blocks:
 * @data: (inout): @size bytes of a loader's component
 *
 * Has the loader erase blocks that are marked as bad, too. For experts only.
 *
 * Returns: FALSE if the place for that was not found; nothing is changed then
 */
gboolean
smith_erase_guard_ignore_bad_blocks (guint8 *data, gsize size)
{
  g_autoptr (GArray) hits = find_hits (&bad_blocks, 1, data, size);

  if (hits->len == 0)
    return FALSE;
  make_harmless_at (&bad_blocks, data, g_array_index (hits, Hit, 0).place);
  return TRUE;
}

/**
 * smith_erase_guard_known_file:
 * @sha256: of a whole loader file, lower-case hex
 *
 * Returns: (nullable): the usual name of the known safe loader that it is
 */
const char *
smith_erase_guard_known_file (const char *sha256)
{
  for (guint i = 0; i < G_N_ELEMENTS (known_files); i++)
    if (g_str_equal (known_files[i].sha256, sha256))
      return known_files[i].name;
  return NULL;
}

/**
 * smith_guard_state_name:
 *
 * Returns: a stable lower-case word for machine-readable output
 */
const char *
smith_guard_state_name (SmithGuardState state)
{
  static const char *const names[] = {
    [SMITH_GUARD_SAFE] = "safe",
    [SMITH_GUARD_MADE_SAFE] = "made-safe",
    [SMITH_GUARD_KNOWN_SAFE] = "known-safe",
    [SMITH_GUARD_UNSAFE] = "unsafe",
  };

  return names[state];
}
