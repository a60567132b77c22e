/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "package.h"

G_BEGIN_DECLS

SmithItem *smith_item_new (const char *name);
SmithItem *smith_item_from_file (SmithMappedFile *file, const char *name, GError **error);
SmithItem *
smith_item_from_images (GPtrArray *files, GPtrArray *names, const char *name, GError **error);
GPtrArray *smith_archive_items (SmithMappedFile *file, GCancellable *cancellable, GError **error);

G_END_DECLS
