/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bus.h"
#include "format/partition-id.h"

G_BEGIN_DECLS

/**
 * SmithCatalogueId:
 * @role: of the port at each interface number; SMITH_PORT_UNKNOWN beyond @n_roles
 * @by_class: ports tell their role by the interface's class and protocol where
 *   that is meaningful; @roles holds for those of which it is not
 * @by_endpoints: the id does not tell ordinary mode from download mode; the
 *   endpoints do
 * @unproven: the id has other meanings beside @mode; only the port's answers can prove it
 *
 * What is known about one USB id.
 */
typedef struct
{
  guint16 vendor;
  guint16 product;
  SmithMode mode;
  SmithFamily family;
  SmithNote note;
  SmithPortRole *roles;
  guint n_roles;
  gboolean by_class;
  gboolean by_endpoints;
  gboolean unproven;
  gboolean safe_port_mode; /* AT^GETPORTMODE does not crash it */
} SmithCatalogueId;

/* How sure it is that the program works with a model. */
typedef enum
{
  SMITH_TRUST_CONFIRMED, /* owners did it */
  SMITH_TRUST_EXPECTED,  /* by all that is known; not yet confirmed on this model */
  SMITH_TRUST_REFUSED,   /* known not to work: never written, whatever is asked for */
} SmithTrust;

/**
 * SmithModel:
 *
 * A model of stick, told by its hardware string; rebranded ones too.
 */
typedef struct
{
  char *id;       /* stable, such as "e3372h" */
  char *name;     /* for a person, such as "E3372h" */
  char *hardware; /* a pattern with * and ?, such as "CL2E3372HM*" */
  SmithFamily family;
  SmithChip chip;
  char *loader;      /* file name by which people know its loader, or NULL */
  char *download_id; /* its answer to 45, or NULL */
  SmithTrust trust;
  char *reason;          /* of a refused one, for a person; English, translatable */
  gboolean takes_sfm;    /* AT^SFM=1 belongs before AT^GODLOAD */
  gboolean needs_syscfg; /* a 3G stick: AT^SYSCFG, not AT^SYSCFGEX */
} SmithModel;

/**
 * SmithCatalogue:
 *
 * All that is known about sticks, from data/sticks.ini, which is compiled in,
 * and from a file of the person's own, read over it group by group. Immutable;
 * any thread. What it returns lives as long as it does.
 */
typedef struct _SmithCatalogue SmithCatalogue;

/* Stable words for machine-readable output; "unknown" and NULL for what is not known. */
const char *smith_family_name (SmithFamily family);
const char *smith_note_name (SmithNote note);

/* Why a stick is beyond this program, for a person, in its language; NULL for SMITH_NOTE_NONE. */
const char *smith_note_text (SmithNote note);

SmithCatalogue *smith_catalogue_get_default (void);
SmithCatalogue *smith_catalogue_new (const char *override_path, GError **error);
void smith_catalogue_free (SmithCatalogue *catalogue);
const SmithCatalogueId *
smith_catalogue_find_id (SmithCatalogue *catalogue, guint16 vendor, guint16 product);
gboolean
smith_catalogue_find_protocol (SmithCatalogue *catalogue, guint8 protocol, SmithPortRole *role);
SmithFamily smith_catalogue_find_subclass (SmithCatalogue *catalogue, guint8 subclass);
const SmithModel *smith_catalogue_find_model (SmithCatalogue *catalogue, const char *hardware);
const SmithModel *smith_catalogue_find_model_by_download_id (SmithCatalogue *catalogue,
                                                             const char *download_id);
const SmithModel *const *smith_catalogue_list_models (SmithCatalogue *catalogue, guint *n);
const SmithCatalogueId *const *smith_catalogue_list_ids (SmithCatalogue *catalogue, guint *n);

gboolean smith_stick_knows_text (const SmithStick *stick);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithCatalogue, smith_catalogue_free)

G_END_DECLS
