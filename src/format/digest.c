/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "digest.h"

#include <nettle/sha2.h>

struct _SmithDigest
{
  struct sha256_ctx context;
};

/* One thread at a time. */
SmithDigest *
smith_digest_new (void)
{
  SmithDigest *digest = g_new0 (SmithDigest, 1);

  sha256_init (&digest->context);
  return digest;
}

void
smith_digest_free (SmithDigest *digest)
{
  g_free (digest);
}

void
smith_digest_update (SmithDigest *digest, const guint8 *data, gsize size)
{
  sha256_update (&digest->context, size, data);
}

/**
 * smith_digest_finish:
 * @hex: (out): the digest of all that came; @digest then begins anew
 */
void
smith_digest_finish (SmithDigest *digest, char hex[SMITH_SHA256_SIZE])
{
  guint8 raw[SHA256_DIGEST_SIZE];

  sha256_digest (&digest->context, sizeof raw, raw);
  for (guint i = 0; i < sizeof raw; i++)
    g_snprintf (hex + 2 * i, 3, "%02x", raw[i]);
}
