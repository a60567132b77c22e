/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalogue.h"

G_BEGIN_DECLS

#define SMITH_CATALOGUE_PROTOCOLS "protocols"
#define SMITH_CATALOGUE_SUBCLASSES "subclasses"

/* A model with its pattern made ready. */
typedef struct
{
  SmithModel model;
  GPatternSpec *pattern; /* in capitals */
  gsize literal;         /* characters of the pattern that are no wildcards */
} SmithCatalogueModel;

struct _SmithCatalogue
{
  GPtrArray *ids;       /* SmithCatalogueId */
  GPtrArray *models;    /* SmithCatalogueModel: also a SmithModel, its first member */
  gint8 protocols[256]; /* a SmithPortRole, or -1 */
  SmithFamily subclasses[256];
};

/* Words of the file and their meaning; ended by a NULL word. */
typedef struct
{
  const char *word;
  int value;
} SmithCatalogueWord;

extern const SmithCatalogueWord smith_family_words[];
extern const SmithCatalogueWord smith_note_words[];

const char *smith_catalogue_get_reason (const char *word);
gboolean smith_catalogue_parse_group (SmithCatalogue *catalogue,
                                      GKeyFile *file,
                                      const char *group,
                                      GError **error);
void smith_catalogue_id_free (gpointer data);
void smith_catalogue_model_free (gpointer data);

G_END_DECLS
