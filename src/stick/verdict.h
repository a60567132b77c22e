/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "format/firmware.h"

G_BEGIN_DECLS

typedef enum
{
  SMITH_VERDICT_FITS,
  SMITH_VERDICT_UNSURE,       /* needs a second, explicit yes */
  SMITH_VERDICT_DOES_NOT_FIT, /* is refused */
} SmithVerdictKind;

/* Whether a file fits a stick, with reasons that a person understands. */
typedef struct
{
  SmithVerdictKind kind;
  GPtrArray *reasons; /* char * */
} SmithVerdict;

SmithVerdict *smith_verdict_for_product (const SmithFirmware *firmware, const char *product);
SmithChip smith_product_chip (const char *product);
const char *smith_verdict_name (SmithVerdictKind kind);
void smith_verdict_free (SmithVerdict *verdict);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithVerdict, smith_verdict_free)

G_END_DECLS
