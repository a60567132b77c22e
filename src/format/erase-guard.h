/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Huawei's own loaders erase the whole flash when they start, calibration data
 * and IMEI included, which nobody can bring back. A "safe" loader has that one
 * call replaced. The guard knows the six erase routines that exist, replaces
 * the call, and can tell afterwards whether bytes are harmless.
 */

/**
 * SmithGuardState:
 * @SMITH_GUARD_SAFE: the erase call had been replaced already; nothing was changed
 * @SMITH_GUARD_MADE_SAFE: the erase call was there and has been replaced
 * @SMITH_GUARD_KNOWN_SAFE: no known routine, but the file is a known safe loader
 * @SMITH_GUARD_UNSAFE: no known routine in a flasher and not a known file, or a
 *   live call where none can be replaced: must not be sent
 */
typedef enum
{
  SMITH_GUARD_SAFE,
  SMITH_GUARD_MADE_SAFE,
  SMITH_GUARD_KNOWN_SAFE,
  SMITH_GUARD_UNSAFE,
} SmithGuardState;

typedef struct
{
  const char *routine; /* name of the first that was found, NULL if none */
  guint found;         /* how many erase calls were found in all */
  guint changed;       /* how many of them had to be replaced */
} SmithGuardResult;

SmithGuardResult smith_erase_guard_apply (guint8 *data, gsize size);
gboolean smith_erase_guard_is_harmless (const guint8 *data, gsize size, gboolean *found);
gboolean smith_erase_guard_ignore_bad_blocks (guint8 *data, gsize size);
const char *smith_erase_guard_known_file (const char *sha256);
const char *smith_guard_state_name (SmithGuardState state);

G_END_DECLS
