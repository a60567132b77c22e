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
#define BRANCH_ALWAYS 0xE0

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

static gsize
signature_bytes (const Routine *routine, guint8 out[SIGNATURE_MAX])
{
  gsize n = 0;

  for (const char *p = routine->signature; p[0] != '\0' && n < SIGNATURE_MAX; p += 2)
    {
      if (p[0] == ' ')
        p++;
      out[n++] = (guint8) (g_ascii_xdigit_value (p[0]) << 4 | g_ascii_xdigit_value (p[1]));
    }
  return n;
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

/* The next place of @routine from @from on; @from is left behind its signature. */
static gsize
next_place (const Routine *routine, const guint8 *data, gsize size, gsize *from)
{
  guint8 signature[SIGNATURE_MAX];
  gsize n = signature_bytes (routine, signature);

  while (*from < size && size - *from >= n)
    {
      const guint8 *hit = memmem (data + *from, size - *from, signature, n);
      gsize pos;
      gsize place;

      if (hit == NULL)
        return 0;
      pos = (gsize) (hit - data);
      *from = pos + 1;
      place = pos % SEARCH_STEP == 0 ? place_of (routine, pos, n, size) : 0;
      if (place > 0)
        return place;
    }
  return 0;
}

static gboolean
is_harmless_at (const Routine *routine, const guint8 *data, gsize place)
{
  if (routine->remedy == ALWAYS_BRANCH)
    return (data[place] & BRANCH_ALWAYS) == BRANCH_ALWAYS;
  return memcmp (data + place, harmless_call, sizeof harmless_call) == 0;
}

static void
make_harmless_at (const Routine *routine, guint8 *data, gsize place)
{
  if (routine->remedy == ALWAYS_BRANCH)
    data[place] |= BRANCH_ALWAYS;
  else
    memcpy (data + place, harmless_call, sizeof harmless_call);
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

  for (guint i = 0; i < G_N_ELEMENTS (routines); i++)
    {
      gsize from = SEARCH_START;
      gsize place;

      while ((place = next_place (&routines[i], data, size, &from)) > 0)
        {
          if (result.routine == NULL)
            result.routine = routines[i].name;
          result.found++;
          if (is_harmless_at (&routines[i], data, place))
            continue;
          make_harmless_at (&routines[i], data, place);
          result.changed++;
        }
    }
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
  gboolean harmless = TRUE;
  gboolean any = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (routines); i++)
    {
      gsize from = SEARCH_START;
      gsize place;

      while ((place = next_place (&routines[i], data, size, &from)) > 0)
        {
          any = TRUE;
          harmless = harmless && is_harmless_at (&routines[i], data, place);
        }
    }
  if (found != NULL)
    *found = any;
  return harmless;
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
  gsize from = SEARCH_START;
  gsize place = next_place (&bad_blocks, data, size, &from);

  if (place == 0)
    return FALSE;
  make_harmless_at (&bad_blocks, data, place);
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
