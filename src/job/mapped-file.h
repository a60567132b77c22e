/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Nothing larger is looked at. */
#define SMITH_FILE_SIZE_MAX (G_GUINT64_CONSTANT (2) << 30)

/**
 * SmithMappedFile:
 *
 * A file that is mapped, not read, together with what it takes to notice that
 * it changes while it is in use. If it is cut short meanwhile, the missing
 * bytes read as zero and the file counts as changed; without that the program
 * would die of SIGBUS.
 *
 * Counted; any thread.
 */
typedef struct _SmithMappedFile SmithMappedFile;

SmithMappedFile *smith_mapped_file_open (const char *path, GError **error);
SmithMappedFile *smith_mapped_file_adopt (int fd, const char *name, GError **error);
SmithMappedFile *smith_mapped_file_ref (SmithMappedFile *file);
void smith_mapped_file_unref (SmithMappedFile *file);
GBytes *smith_mapped_file_get_bytes (SmithMappedFile *file);
gboolean smith_mapped_file_check_unchanged (SmithMappedFile *file, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithMappedFile, smith_mapped_file_unref)

G_END_DECLS
