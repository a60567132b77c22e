/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "stick/verdict.h"

static void
test_chip (void)
{
  static const struct
  {
    const char *product;
    SmithChip chip;
  } cases[] = {
    { NULL, SMITH_CHIP_UNKNOWN },
    { "", SMITH_CHIP_UNKNOWN },
    { "BV7R11HS", SMITH_CHIP_V7R11 },
    { "V7R11", SMITH_CHIP_V7R11 },
    { "BV7R2S", SMITH_CHIP_V7R2 },
    { "BV7R2HS", SMITH_CHIP_V7R2 },
    { "BV7R1S", SMITH_CHIP_V7R1 },
    { "BV7R22HS", SMITH_CHIP_UNKNOWN },
    { "BV7R3", SMITH_CHIP_UNKNOWN },
    { "bv7r11hs", SMITH_CHIP_UNKNOWN },
    { "HUAWEI E155", SMITH_CHIP_QUALCOMM },
    { "HUAWEI V7R11", SMITH_CHIP_QUALCOMM },
    { "HUAWEIE155", SMITH_CHIP_UNKNOWN },
    { "E3372", SMITH_CHIP_UNKNOWN },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (smith_product_chip (cases[i].product), ==, cases[i].chip);
}

static void
test_verdict (void)
{
  static const struct
  {
    SmithChip file;
    const char *platform;
    const char *product;
    SmithVerdictKind kind;
  } cases[] = {
    { SMITH_CHIP_V7R11, "BV7R11HS", "BV7R11HS", SMITH_VERDICT_FITS },
    { SMITH_CHIP_V7R11, NULL, "BV7R11HS", SMITH_VERDICT_FITS },
    { SMITH_CHIP_V7R2, "BV7R2HS", "BV7R2S", SMITH_VERDICT_FITS },
    { SMITH_CHIP_V7R1, NULL, "BV7R1S", SMITH_VERDICT_FITS },
    { SMITH_CHIP_V7R11, "BV7R11HS", "BV7R2S", SMITH_VERDICT_DOES_NOT_FIT },
    { SMITH_CHIP_V7R2, "BV7R2HS", "BV7R11HS", SMITH_VERDICT_DOES_NOT_FIT },
    { SMITH_CHIP_V7R1, NULL, "BV7R11HS", SMITH_VERDICT_DOES_NOT_FIT },
    { SMITH_CHIP_V7R11, NULL, "BV7R1S", SMITH_VERDICT_DOES_NOT_FIT },
    { SMITH_CHIP_QUALCOMM, "HUAWEI E392", "BV7R11HS", SMITH_VERDICT_DOES_NOT_FIT },
    { SMITH_CHIP_V7R11, "BV7R11HS", NULL, SMITH_VERDICT_UNSURE },
    { SMITH_CHIP_UNKNOWN, NULL, NULL, SMITH_VERDICT_UNSURE },
    { SMITH_CHIP_UNKNOWN, NULL, "BV7R11HS", SMITH_VERDICT_UNSURE },
    { SMITH_CHIP_V7R11, "BV7R11HS", "BV7R22HS", SMITH_VERDICT_UNSURE },
    { SMITH_CHIP_V7R2, "BV7R2HS", "BV7R22HS", SMITH_VERDICT_UNSURE },
    { SMITH_CHIP_V7R11, "BV7R11HS", "", SMITH_VERDICT_UNSURE },
    { SMITH_CHIP_V7R11, "BV7R11HS", "\xff?", SMITH_VERDICT_UNSURE },
    { SMITH_CHIP_QUALCOMM, "HUAWEI E155", "HUAWEI E155", SMITH_VERDICT_FITS },
    { SMITH_CHIP_QUALCOMM, "HUAWEI E1550", "HUAWEI E155", SMITH_VERDICT_DOES_NOT_FIT },
    { SMITH_CHIP_QUALCOMM, "HUAWEI E155", "HUAWEI E1550", SMITH_VERDICT_DOES_NOT_FIT },
    { SMITH_CHIP_QUALCOMM, "huawei e155", "HUAWEI E155", SMITH_VERDICT_DOES_NOT_FIT },
    { SMITH_CHIP_QUALCOMM, NULL, "HUAWEI E155", SMITH_VERDICT_DOES_NOT_FIT },
    { SMITH_CHIP_V7R11, "BV7R11HS", "HUAWEI E155", SMITH_VERDICT_DOES_NOT_FIT },
    { SMITH_CHIP_QUALCOMM, "HUAWEI E155", NULL, SMITH_VERDICT_UNSURE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      char platform[32] = "";
      SmithFirmware firmware = { .chip = cases[i].file };
      g_autoptr (SmithVerdict) verdict = NULL;

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      g_strlcpy (platform, cases[i].platform != NULL ? cases[i].platform : "", sizeof platform);
      firmware.platform = cases[i].platform != NULL ? platform : NULL;
      verdict = smith_verdict_for_product (&firmware, cases[i].product);
      g_assert_cmpint (verdict->kind, ==, cases[i].kind);
      g_assert_cmpuint (verdict->reasons->len, ==, 1);
      g_assert_cmpstr (g_ptr_array_index (verdict->reasons, 0), !=, "");
    }
}

static void
test_names (void)
{
  g_assert_cmpstr (smith_verdict_name (SMITH_VERDICT_FITS), ==, "fits");
  g_assert_cmpstr (smith_verdict_name (SMITH_VERDICT_UNSURE), ==, "unsure");
  g_assert_cmpstr (smith_verdict_name (SMITH_VERDICT_DOES_NOT_FIT), ==, "does-not-fit");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stick/verdict/chip", test_chip);
  g_test_add_func ("/stick/verdict/verdict", test_verdict);
  g_test_add_func ("/stick/verdict/names", test_names);
  return g_test_run ();
}
