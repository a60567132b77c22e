/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "format/firmware.h"
#include "format/loader.h"
#include "mapped-file.h"

G_BEGIN_DECLS

typedef enum
{
  SMITH_WANT_ANY,
  SMITH_WANT_FIRMWARE,
  SMITH_WANT_LOADER,
} SmithWant;

/**
 * SmithItem:
 *
 * One usable thing that a person chose: a firmware package or a loader, with
 * the files behind it. Counted through smith_item_ref().
 */
typedef struct
{
  char *name;              /* of the file, or its path inside an archive */
  SmithFirmware *firmware; /* either this */
  SmithLoader *loader;     /* or this */
  GPtrArray *files;        /* SmithMappedFile */
  char *path;              /* absolute, of what was opened; @name may be inside it */
} SmithItem;

/**
 * SmithPackage:
 *
 * What a path turned out to hold: a file, a folder of images, or an archive
 * with one or more usable things in it.
 */
typedef struct
{
  char *path;
  gboolean is_archive;
  GPtrArray *items; /* SmithItem, at least one */
} SmithPackage;

SmithPackage *smith_package_open (const char *path, GCancellable *cancellable, GError **error);
void smith_package_free (SmithPackage *package);
SmithItem *
smith_package_pick (SmithPackage *package, SmithWant want, const char *entry, GError **error);

SmithItem *smith_item_ref (SmithItem *item);
void smith_item_unref (SmithItem *item);
gboolean smith_item_check_unchanged (SmithItem *item, GError **error);
gboolean smith_item_verify (SmithItem *item,
                            SmithVerifyFunc progress,
                            gpointer user_data,
                            GCancellable *cancellable,
                            GError **error);
gboolean smith_item_may_write (SmithItem *item, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithPackage, smith_package_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithItem, smith_item_unref)

G_END_DECLS
