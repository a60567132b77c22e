/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "format/firmware.h"

#define HELPER_HEADER_SIZE 98

char *helper_description (const char *name);
GKeyFile *helper_keys (const char *name);
GBytes *helper_build (const char *description);
GBytes *helper_build_named (const char *name);
GBytes *helper_load_made (const char *name);
GByteArray *helper_copy (GBytes *bytes);

SmithFirmware *helper_parse (const guint8 *data, gsize size);
gboolean helper_is_good (const guint8 *data, gsize size);
GArray *helper_headers (const guint8 *data, gsize size);
void helper_fix_header (guint8 *header);
void helper_fix_sums (guint8 *header);
gsize helper_nth_header (const GByteArray *file, guint n);
void helper_assert_bad (const GByteArray *file, const char *problem);
void helper_assert_problem (SmithFirmware *firmware, const char *text);
GByteArray *helper_expand (const SmithPartition *partition);
