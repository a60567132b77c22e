/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What an archive may hold at the most, so that a small one cannot fill memory or disk. */
#define SMITH_ARCHIVE_ENTRIES_MAX 4096
#define SMITH_ARCHIVE_ENTRY_SIZE_MAX (G_GUINT64_CONSTANT (1) << 30)
#define SMITH_ARCHIVE_TOTAL_MAX (G_GUINT64_CONSTANT (2) << 30)
#define SMITH_ARCHIVE_RATIO_MAX 200

/**
 * SmithArchiveVisitor:
 * @begin: a regular file begins; returns: FALSE to pass over its content
 * @data: the next piece of it; returns: FALSE with @error set to stop
 * @end: the file is complete
 * @pass_over: now and then while content is expanded that nobody wants; returns:
 *   FALSE with @error set to stop
 *
 * Called by smith_archive_walk() on its caller's thread. @path is relative,
 * without "..", valid UTF-8 and borrowed.
 */
typedef struct
{
  gboolean (*begin) (const char *path, gpointer user_data);
  gboolean (*data) (const guint8 *data, gsize size, gpointer user_data, GError **error);
  gboolean (*end) (gpointer user_data, GError **error);
  gboolean (*pass_over) (gpointer user_data, GError **error);
} SmithArchiveVisitor;

gboolean smith_archive_detect (const guint8 *data, gsize size);
gboolean smith_archive_walk (GBytes *file,
                             const SmithArchiveVisitor *visitor,
                             gpointer user_data,
                             GError **error);

G_END_DECLS
