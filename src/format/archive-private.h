/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Stands for the CRC-32 of an entry whose content was passed over. */
#define SMITH_ARCHIVE_NO_CRC G_MAXUINT64

gboolean
smith_archive_is_whole (int format, int filter, const GArray *crcs, const guint8 *data, gsize size);

G_END_DECLS
