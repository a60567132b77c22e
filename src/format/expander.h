/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SmithCompression:
 *
 * How a partition is stored in its file. What goes to the stick is always the
 * expanded data.
 */
typedef enum
{
  SMITH_COMPRESSION_NONE,
  SMITH_COMPRESSION_ZLIB,
  SMITH_COMPRESSION_LZMA,
} SmithCompression;

/* No partition of a stick is larger when expanded. */
#define SMITH_EXPANDED_MAX (256u << 20)

/* The largest LZMA dictionary that is accepted; it is what expanding costs in memory. */
#define SMITH_LZMA_DICTIONARY_MAX (24u << 20)

typedef struct _SmithExpander SmithExpander;

SmithCompression smith_compression_detect (const guint8 *data, gsize size);
const char *smith_compression_name (SmithCompression compression);
gsize smith_compression_memory (SmithCompression compression, const guint8 *data, gsize size);

SmithExpander *smith_expander_new (SmithCompression compression, const guint8 *data, gsize size);
void smith_expander_free (SmithExpander *expander);
gssize smith_expander_read (SmithExpander *expander, guint8 *buffer, gsize size, GError **error);
guint64 smith_expander_get_total (SmithExpander *expander);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithExpander, smith_expander_free)

G_END_DECLS
