/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "imei.h"

#include <string.h>

/* The 15th digit is a check digit or left out, and some ask for the version of the
 * software instead: what a stick tells through its web server may be longer than
 * what it tells through its AT port. */
#define DIGITS 14

#define SALT_LENGTH 36 /* a UUID's */
#define SHA256_LENGTH 64

/**
 * smith_imei_is_same:
 *
 * Returns: whether both are of one stick, in however many digits they were told
 */
gboolean
smith_imei_is_same (const char *a, const char *b)
{
  return strncmp (a, b, DIGITS) == 0;
}

static char *
digest_with (const char *salt, const char *imei)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);

  g_checksum_update (sum, (const guchar *) salt, SALT_LENGTH);
  g_checksum_update (sum, (const guchar *) imei, (gssize) strnlen (imei, DIGITS));
  return g_strdup_printf ("%.*s:%s", SALT_LENGTH, salt, g_checksum_get_string (sum));
}

/**
 * smith_imei_digest:
 *
 * Returns: (transfer full): by which the stick is known again, and which is another
 *   one each time; the IMEI is not to be read in it
 */
char *
smith_imei_digest (const char *imei)
{
  g_autofree char *salt = g_uuid_string_random ();

  return digest_with (salt, imei);
}

/* Returns: whether @digest, of anybody's, is one */
gboolean
smith_imei_digest_is_sound (const char *digest)
{
  return strlen (digest) == SALT_LENGTH + 1 + SHA256_LENGTH && digest[SALT_LENGTH] == ':'
         && strspn (digest + SALT_LENGTH + 1, "0123456789abcdef") == SHA256_LENGTH;
}

/**
 * smith_imei_has_digest:
 * @digest: a sound one
 *
 * Returns: whether it was made of this stick's IMEI
 */
gboolean
smith_imei_has_digest (const char *imei, const char *digest)
{
  g_autofree char *now = digest_with (digest, imei);

  return g_str_equal (now, digest);
}
