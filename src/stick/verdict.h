/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "format/firmware.h"
#include "format/loader.h"
#include "identity.h"

G_BEGIN_DECLS

typedef enum
{
  SMITH_VERDICT_FITS,
  SMITH_VERDICT_UNSURE,       /* needs a second, explicit yes */
  SMITH_VERDICT_DOES_NOT_FIT, /* is refused */
} SmithVerdictKind;

/* What a file is to make of a stick. */
typedef enum
{
  SMITH_AIM_ANY,
  SMITH_AIM_STICK,
  SMITH_AIM_HILINK,
  SMITH_AIM_SAME,   /* another version of the kind that is on it */
  SMITH_AIM_RESCUE, /* whatever makes it start again */
} SmithAim;

/* Whether a file fits a stick, with reasons that a person understands. */
typedef struct
{
  SmithVerdictKind kind;
  GPtrArray *reasons; /* char *, the weightiest first */
  guint n_doubts;     /* as many of them, from the first on, speak against it */
  char *override;     /* name of the one reason that an expert may override, or NULL */
} SmithVerdict;

SmithVerdict *smith_verdict_for_product (const SmithFirmware *firmware, const char *product);
SmithVerdict *smith_verdict_for_stick (const SmithFirmware *firmware,
                                       const SmithIdentity *identity,
                                       SmithMode mode,
                                       SmithAim aim);
SmithVerdict *smith_verdict_for_queue (GPtrArray *queue,
                                       guint index,
                                       const SmithIdentity *identity,
                                       SmithMode mode,
                                       SmithAim aim);
SmithVerdict *smith_verdict_for_loader (const SmithLoader *loader,
                                        const SmithIdentity *identity,
                                        SmithChip chip);
SmithVerdict *smith_verdict_copy (const SmithVerdict *verdict);
SmithVerdict *smith_verdict_join (SmithVerdict *one, SmithVerdict *other);
SmithChip smith_product_chip (const char *product);
SmithAim smith_firmware_aim (const SmithFirmware *firmware);
const char *smith_verdict_name (SmithVerdictKind kind);
const char *smith_aim_name (SmithAim aim);
void smith_verdict_free (SmithVerdict *verdict);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithVerdict, smith_verdict_free)

G_END_DECLS
