/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "format/version.h"
#include "verdict.h"

G_BEGIN_DECLS

/**
 * SmithReasons:
 *
 * What speaks for and against a file, as it is found. An @override of a reason
 * is the name by which an expert may set it aside; without one nobody may.
 */
typedef struct _SmithReasons SmithReasons;

SmithReasons *smith_reasons_new (void);
void smith_reasons_add (SmithReasons *reasons,
                        SmithVerdictKind kind,
                        const char *override,
                        const char *format,
                        ...) G_GNUC_PRINTF (4, 5);
SmithVerdict *smith_reasons_to_verdict (SmithReasons *reasons);

SmithChip smith_firmware_other_chip (const SmithFirmware *firmware, SmithChip stick);
char *smith_describe_other_product (const SmithFirmware *firmware, const char *product);
void smith_firmware_read_version (const SmithFirmware *firmware, SmithVersion *version);

G_END_DECLS
