/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "erase-guard.h"
#include "partition-table.h"

G_BEGIN_DECLS

#define SMITH_LOADER_MAGIC 0x00020000u
#define SMITH_LOADER_COMPONENTS_MAX 5
#define SMITH_LOADER_SIZE_MAX (16u << 20)

/* Mode 1 runs at once and returns (the RAM initialiser); 2 is the flasher. */
typedef struct
{
  guint32 mode;
  guint32 size;    /* bytes that are sent; less than in the file after --fastboot-only */
  guint32 address; /* where in the stick's memory it is put */
  guint32 offset;  /* in the file */
  GBytes *image;   /* what is sent; a flasher's with the erase guard applied */
} SmithLoaderComponent;

/**
 * SmithLoader:
 *
 * A loader file for the boot ROM. What its flashers' images hold has been
 * through the erase guard: they are what may be sent, not what the file says.
 */
typedef struct
{
  guint64 size;
  char sha256[65];
  guint n_components;
  SmithLoaderComponent components[SMITH_LOADER_COMPONENTS_MAX];
  SmithPtable *table;        /* NULL if there is none */
  guint table_component;     /* the one that holds the table */
  const char *erase_routine; /* the first in a flasher; NULL if none was found */
  SmithGuardState guard_state;
  const char *known_file; /* its usual name if its SHA-256 is a known safe loader's */
  char *product;          /* from the table; NULL if there is none */
} SmithLoader;

/**
 * SmithLoaderChanges:
 *
 * What an expert may have changed in a loader before it is sent.
 */
typedef struct
{
  const guint8 *table; /* SMITH_PTABLE_SIZE bytes, or NULL */
  gboolean fastboot_only;
  gboolean ignore_bad_blocks;
  guint64 file_flags; /* bit n: set the file flag of partition n */
} SmithLoaderChanges;

SmithLoader *smith_loader_parse (GBytes *file, GError **error);
gboolean
smith_loader_change (SmithLoader *loader, const SmithLoaderChanges *changes, GError **error);
gboolean smith_loader_check_calls (const SmithLoader *loader, GError **error);
gboolean smith_loader_may_send (const SmithLoader *loader, GError **error);
guint64 smith_loader_get_total (const SmithLoader *loader);
void smith_loader_free (SmithLoader *loader);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithLoader, smith_loader_free)

G_END_DECLS
