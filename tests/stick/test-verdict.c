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
    { NULL, SMITH_CHIP_UNKNOWN },           { "", SMITH_CHIP_UNKNOWN },
    { "BV7R11HS", SMITH_CHIP_V7R11 },       { "V7R11", SMITH_CHIP_V7R11 },
    { "BV7R2S", SMITH_CHIP_V7R2 },          { "BV7R2HS", SMITH_CHIP_V7R2 },
    { "BV7R1S", SMITH_CHIP_V7R1 },          { "BV7R22HS", SMITH_CHIP_UNKNOWN },
    { "BV7R3", SMITH_CHIP_UNKNOWN },        { "bv7r11hs", SMITH_CHIP_UNKNOWN },
    { "HUAWEI E155", SMITH_CHIP_QUALCOMM }, { "HUAWEI V7R11", SMITH_CHIP_QUALCOMM },
    { "HUAWEIE155", SMITH_CHIP_UNKNOWN },   { "E3372", SMITH_CHIP_UNKNOWN },
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
    { SMITH_CHIP_V7R2, "BV7R2HS", "BV7R2HS", SMITH_VERDICT_FITS },
    /* The same chip is not the same product; what is no product id says nothing. */
    { SMITH_CHIP_V7R2, "BV7R2HS", "BV7R2S", SMITH_VERDICT_UNSURE },
    { SMITH_CHIP_V7R11, "BV7R11ROUTER", "BV7R11HS", SMITH_VERDICT_UNSURE },
    { SMITH_CHIP_V7R11, "BV7R11H", "BV7R11HS", SMITH_VERDICT_UNSURE },
    { SMITH_CHIP_V7R11, "BV7R11HS", "BV7R11HSX", SMITH_VERDICT_UNSURE },
    { SMITH_CHIP_V7R11, "E3372", "BV7R11HS", SMITH_VERDICT_FITS },
    { SMITH_CHIP_V7R11, "", "BV7R11HS", SMITH_VERDICT_FITS },
    { SMITH_CHIP_V7R1, NULL, "BV7R1S", SMITH_VERDICT_FITS },
    { SMITH_CHIP_V7R11, "BV7R11HS", "BV7R2S", SMITH_VERDICT_DOES_NOT_FIT },
    { SMITH_CHIP_V7R2, "BV7R2HS", "BV7R11HS", SMITH_VERDICT_DOES_NOT_FIT },
    { SMITH_CHIP_V7R1, NULL, "BV7R11HS", SMITH_VERDICT_DOES_NOT_FIT },
    { SMITH_CHIP_V7R11, NULL, "BV7R1S", SMITH_VERDICT_DOES_NOT_FIT },
    { SMITH_CHIP_QUALCOMM, "HUAWEI E392", "BV7R11HS", SMITH_VERDICT_DOES_NOT_FIT },
    { SMITH_CHIP_UNKNOWN, "BV7R2HS", "BV7R11HS", SMITH_VERDICT_DOES_NOT_FIT },
    { SMITH_CHIP_V7R11, "BV7R11HS", NULL, SMITH_VERDICT_UNSURE },
    { SMITH_CHIP_UNKNOWN, NULL, NULL, SMITH_VERDICT_UNSURE },
    { SMITH_CHIP_UNKNOWN, NULL, "BV7R11HS", SMITH_VERDICT_UNSURE },
    { SMITH_CHIP_UNKNOWN, "BV7R11HS", "BV7R11HS", SMITH_VERDICT_FITS },
    { SMITH_CHIP_UNKNOWN, "BV7R2HS", "BV7R11HS", SMITH_VERDICT_DOES_NOT_FIT },
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

/* A file with parts of two generations is for neither. */
static void
test_mixed (void)
{
  SmithPartition parts[] = { { .id = 0x00220000 }, { .id = 0x00020000 } };
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  SmithFirmware firmware = { .partitions = list, .platform = (char *) "BV7R11HS" };
  g_autoptr (SmithVerdict) verdict = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    g_ptr_array_add (list, &parts[i]);
  verdict = smith_verdict_for_product (&firmware, "BV7R11HS");
  g_assert_cmpint (verdict->kind, ==, SMITH_VERDICT_DOES_NOT_FIT);
}

/* The code of compatibility says it as well, as far as it has room. */
static void
test_code (void)
{
  static const struct
  {
    const char *code;
    const char *product;
    SmithVerdictKind kind;
  } cases[] = {
    { "BV7R11HS", "BV7R11HS", SMITH_VERDICT_FITS },
    { "BV7R11RO", "BV7R11ROUTER", SMITH_VERDICT_FITS },
    { "", "BV7R11HS", SMITH_VERDICT_FITS },
    { "WEBUI", "BV7R11HS", SMITH_VERDICT_FITS },
    { "BV7R11RO", "BV7R11HS", SMITH_VERDICT_UNSURE },
    { "BV7R11", "BV7R11HS", SMITH_VERDICT_UNSURE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SmithFirmware firmware = { .chip = SMITH_CHIP_V7R11, .product = cases[i].code };
      g_autoptr (SmithVerdict) verdict = smith_verdict_for_product (&firmware, cases[i].product);

      g_assert_cmpint (verdict->kind, ==, cases[i].kind);
      g_assert_cmpuint (verdict->n_doubts, ==, cases[i].kind == SMITH_VERDICT_UNSURE);
      if (cases[i].kind == SMITH_VERDICT_FITS)
        continue;
      g_assert_nonnull (strstr (g_ptr_array_index (verdict->reasons, 0), cases[i].code));
      g_assert_nonnull (strstr (g_ptr_array_index (verdict->reasons, 0), cases[i].product));
    }
}

/* A loader is doubted where it is known to be another stick's, and not where it
 * only says what nobody has heard of. */
static void
test_loader (void)
{
  static const struct
  {
    const char *hardware;
    const char *download_id;
    SmithChip firmware;
    const char *product;
    const char *known_file;
    gboolean doubt;
  } cases[] = {
    { "CL2E3372HM", NULL, SMITH_CHIP_V7R11, "H6921CS_STICK", NULL, FALSE },
    { "CL2E3372HM", NULL, SMITH_CHIP_V7R11, "V7R11_MBB_STICK", NULL, FALSE },
    { "CL2E3372HM", NULL, SMITH_CHIP_V7R11, "E3372", NULL, FALSE },
    { "CL2E3372HM", NULL, SMITH_CHIP_V7R11, "", NULL, FALSE },
    { "CL2E3372HM", NULL, SMITH_CHIP_V7R11, NULL, NULL, FALSE },
    { "CL1E3372SM", NULL, SMITH_CHIP_V7R2, "H6930CS_STICK", NULL, FALSE },
    { "CL2E3372HM", NULL, SMITH_CHIP_V7R11, "H6930CS_STICK", NULL, TRUE },
    { "CL1E3372SM", NULL, SMITH_CHIP_V7R2, "H6921CS_STICK", NULL, TRUE },
    { "CL2E3372HM", NULL, SMITH_CHIP_V7R11, "V7R22_MBB_STICK", NULL, TRUE },
    { "CL2E3372HM", NULL, SMITH_CHIP_V7R11, "V7R2_MBB_STICK", NULL, TRUE },
    { "CL2E3372HM", NULL, SMITH_CHIP_V7R11, "H6920CS_STICK", "usblsafe-327x.bin", TRUE },
    { "CL2E3372HM", NULL, SMITH_CHIP_V7R11, "V3R3_MBB_STICK", "usblsafe-e303.bin", TRUE },
    { "CL2E3372HM", NULL, SMITH_CHIP_V7R11, NULL, "usblsafe-3372h.bin", FALSE },
    { NULL, "BV7R11HS", SMITH_CHIP_UNKNOWN, "H6930CS_STICK", NULL, TRUE },
    { NULL, "BV7R11HS", SMITH_CHIP_UNKNOWN, "H6921CS_STICK", NULL, FALSE },
    { NULL, NULL, SMITH_CHIP_V7R11, "H6930CS_STICK", NULL, TRUE },
    { NULL, NULL, SMITH_CHIP_V7R11, "H6921CS_STICK", NULL, FALSE },
    { NULL, NULL, SMITH_CHIP_UNKNOWN, "H6930CS_STICK", NULL, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SmithLoader loader
          = { .product = (char *) cases[i].product, .known_file = cases[i].known_file };
      SmithIdentity identity = { .download_id = (char *) cases[i].download_id };
      g_autoptr (SmithVerdict) verdict = NULL;

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      if (cases[i].hardware != NULL)
        identity.model
            = smith_catalogue_find_model (smith_catalogue_get_default (), cases[i].hardware);
      verdict
          = smith_verdict_for_loader (&loader,
                                      cases[i].hardware || cases[i].download_id ? &identity : NULL,
                                      cases[i].firmware);
      g_assert_cmpint (verdict != NULL, ==, cases[i].doubt);
      if (verdict == NULL)
        continue;
      g_assert_cmpint (verdict->kind, ==, SMITH_VERDICT_UNSURE);
      g_assert_cmpuint (verdict->n_doubts, ==, 1);
    }
}

/* @reasons: separated by '|'; the first @n_doubts of them speak against it */
static SmithVerdict *
make_verdict (SmithVerdictKind kind, const char *reasons, guint n_doubts, const char *override)
{
  g_auto (GStrv) texts = g_strsplit (reasons, "|", -1);
  SmithVerdict *verdict = g_new0 (SmithVerdict, 1);

  verdict->kind = kind;
  verdict->reasons = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; texts[i] != NULL; i++)
    g_ptr_array_add (verdict->reasons, g_strdup (texts[i]));
  verdict->n_doubts = n_doubts;
  verdict->override = g_strdup (override);
  return verdict;
}

static void
assert_verdict (const SmithVerdict *verdict,
                SmithVerdictKind kind,
                const char *reasons,
                guint n_doubts,
                const char *override)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new ();
  g_autofree char *joined = NULL;

  for (guint i = 0; i < verdict->reasons->len; i++)
    g_ptr_array_add (texts, g_ptr_array_index (verdict->reasons, i));
  g_ptr_array_add (texts, NULL);
  joined = g_strjoinv ("|", (char **) texts->pdata);
  g_assert_cmpint (verdict->kind, ==, kind);
  g_assert_cmpstr (joined, ==, reasons);
  g_assert_cmpuint (verdict->n_doubts, ==, n_doubts);
  g_assert_cmpstr (verdict->override, ==, override);
}

/* The worse one decides, whichever comes first. */
static void
test_join (void)
{
  for (SmithVerdictKind kind = SMITH_VERDICT_FITS; kind < SMITH_VERDICT_DOES_NOT_FIT; kind++)
    for (guint turned = 0; turned < 2; turned++)
      {
        SmithVerdict *good = make_verdict (kind, "good", 0, "content");
        SmithVerdict *bad = make_verdict (kind + 1, "bad|but", 1, "direction");
        g_autoptr (SmithVerdict) verdict
            = smith_verdict_join (turned ? bad : good, turned ? good : bad);

        assert_verdict (verdict, kind + 1, "bad|but", 1, "direction");
      }
  {
    g_autoptr (SmithVerdict) verdict
        = smith_verdict_join (NULL, make_verdict (SMITH_VERDICT_UNSURE, "a", 1, "factory"));

    assert_verdict (verdict, SMITH_VERDICT_UNSURE, "a", 1, "factory");
  }
}

/* Of two that are alike, one word sets both aside only where it is the same. */
static void
test_join_alike (void)
{
  static const struct
  {
    const char *one;
    const char *other;
    const char *both;
  } cases[] = {
    { "direction", "direction", "direction" },
    { "direction", "content", NULL },
    { "direction", NULL, NULL },
    { NULL, "direction", NULL },
    { NULL, NULL, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SmithVerdict) verdict = smith_verdict_join (
          make_verdict (SMITH_VERDICT_DOES_NOT_FIT, "a|b|yes", 2, cases[i].one),
          make_verdict (SMITH_VERDICT_DOES_NOT_FIT, "b|c|yes|well", 2, cases[i].other));

      assert_verdict (verdict, SMITH_VERDICT_DOES_NOT_FIT, "a|b|c|yes|well", 3, cases[i].both);
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
  g_test_add_func ("/stick/verdict/mixed", test_mixed);
  g_test_add_func ("/stick/verdict/code", test_code);
  g_test_add_func ("/stick/verdict/loader", test_loader);
  g_test_add_func ("/stick/verdict/join", test_join);
  g_test_add_func ("/stick/verdict/join-alike", test_join_alike);
  g_test_add_func ("/stick/verdict/names", test_names);
  return g_test_run ();
}
