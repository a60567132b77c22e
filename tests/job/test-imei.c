/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/imei.h"

#include <string.h>

#define IMEI "350000000000014"

static void
test_same (void)
{
  g_assert_true (smith_imei_is_same (IMEI, IMEI));
  g_assert_true (smith_imei_is_same (IMEI, "35000000000001"));
  g_assert_true (smith_imei_is_same ("3500000000000177", IMEI));
  g_assert_false (smith_imei_is_same (IMEI, "350000000000024"));
  g_assert_false (smith_imei_is_same (IMEI, ""));
}

static void
test_digest (void)
{
  g_autofree char *digest = smith_imei_digest (IMEI);
  g_autofree char *again = smith_imei_digest (IMEI);

  g_assert_true (smith_imei_digest_is_sound (digest));
  g_assert_cmpstr (digest, !=, again);
  g_assert_null (strstr (digest, "35000000"));
  g_assert_true (smith_imei_has_digest (IMEI, digest));
  g_assert_true (smith_imei_has_digest ("3500000000000177", digest));
  g_assert_true (smith_imei_has_digest ("35000000000001", again));
  g_assert_false (smith_imei_has_digest ("350000000000024", digest));
  g_assert_false (smith_imei_has_digest ("", digest));
}

static void
test_unsound (void)
{
  g_autofree char *digest = smith_imei_digest (IMEI);
  g_autofree char *longer = g_strconcat (digest, "0", NULL);
  gsize n = strlen (digest);

  g_assert_false (smith_imei_digest_is_sound (""));
  g_assert_false (smith_imei_digest_is_sound (longer));
  digest[n - 1] = 'x';
  g_assert_false (smith_imei_digest_is_sound (digest));
  digest[n - 1] = '\0';
  g_assert_false (smith_imei_digest_is_sound (digest));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/imei/same", test_same);
  g_test_add_func ("/imei/digest", test_digest);
  g_test_add_func ("/imei/unsound", test_unsound);
  return g_test_run ();
}
