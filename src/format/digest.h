/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* 64 lower-case hex digits and NUL. */
#define SMITH_SHA256_SIZE 65

/**
 * SmithDigest:
 *
 * A SHA-256 in the making. By nettle, which uses the processor's own
 * instructions for it: some three times as fast as GLib's, which would take
 * longer over a loader than everything else that is done with it.
 */
typedef struct _SmithDigest SmithDigest;

SmithDigest *smith_digest_new (void);
void smith_digest_free (SmithDigest *digest);
void smith_digest_update (SmithDigest *digest, const guint8 *data, gsize size);
void smith_digest_finish (SmithDigest *digest, char hex[SMITH_SHA256_SIZE]);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithDigest, smith_digest_free)

G_END_DECLS
