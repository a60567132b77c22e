/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "archive.h"

G_BEGIN_DECLS

/* Stands for the CRC-32 of an entry whose content was passed over. */
#define SMITH_ARCHIVE_NO_CRC G_MAXUINT64

/**
 * SmithArchiveTold:
 * @visitor: is asked while it takes long
 * @format: libarchive's number, as @filter is
 * @crcs: a guint64 for each entry: the CRC-32 of what was read of it, or
 *   SMITH_ARCHIVE_NO_CRC
 *
 * What is known of an archive that was read to its end.
 */
typedef struct
{
  const SmithArchiveVisitor *visitor;
  gpointer user_data;
  int format;
  int filter;
  const GArray *crcs;
} SmithArchiveTold;

gboolean smith_archive_is_whole (const SmithArchiveTold *told,
                                 const guint8 *data,
                                 gsize size,
                                 GError **error);

G_END_DECLS
