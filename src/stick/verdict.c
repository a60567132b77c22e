/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verdict.h"

#include <glib/gi18n.h>

#include <string.h>

/* Words in a product id that tell the chip; longer ones first, since
 * "V7R1" begins "V7R11" and "V7R2" begins "V7R22", which is another chip. */
static const struct
{
  const char *word;
  SmithChip chip;
} chips[] = {
  { "V7R11", SMITH_CHIP_V7R11 },
  { "V7R22", SMITH_CHIP_UNKNOWN },
  { "V7R2", SMITH_CHIP_V7R2 },
  { "V7R1", SMITH_CHIP_V7R1 },
};

/* What the product id of a Qualcomm stick begins with. */
#define QUALCOMM_PRODUCT "HUAWEI "

/**
 * smith_product_chip:
 * @product: (nullable): what a stick in download mode calls itself, such as "BV7R11HS"
 *
 * Returns: the chip generation that this tells, or SMITH_CHIP_UNKNOWN
 */
SmithChip
smith_product_chip (const char *product)
{
  if (product == NULL)
    return SMITH_CHIP_UNKNOWN;
  if (g_str_has_prefix (product, QUALCOMM_PRODUCT))
    return SMITH_CHIP_QUALCOMM;
  for (guint i = 0; i < G_N_ELEMENTS (chips); i++)
    if (strstr (product, chips[i].word) != NULL)
      return chips[i].chip;
  return SMITH_CHIP_UNKNOWN;
}

const char *
smith_verdict_name (SmithVerdictKind kind)
{
  static const char *const names[] = {
    [SMITH_VERDICT_FITS] = "fits",
    [SMITH_VERDICT_UNSURE] = "unsure",
    [SMITH_VERDICT_DOES_NOT_FIT] = "does-not-fit",
  };

  return names[kind];
}

void
smith_verdict_free (SmithVerdict *verdict)
{
  g_ptr_array_unref (verdict->reasons);
  g_free (verdict->override);
  g_free (verdict);
}

/* Returns: (transfer full) */
SmithVerdict *
smith_verdict_copy (const SmithVerdict *verdict)
{
  SmithVerdict *copy = g_new0 (SmithVerdict, 1);

  copy->kind = verdict->kind;
  copy->reasons = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < verdict->reasons->len; i++)
    g_ptr_array_add (copy->reasons, g_strdup (g_ptr_array_index (verdict->reasons, i)));
  copy->n_doubts = verdict->n_doubts;
  copy->override = g_strdup (verdict->override);
  return copy;
}

/* Takes over from @other the reasons @from up to before @to that are not there yet. */
static guint
take_reasons (SmithVerdict *verdict, const SmithVerdict *other, guint from, guint to, int place)
{
  guint n = 0;

  for (guint i = from; i < to; i++)
    {
      const char *reason = g_ptr_array_index (other->reasons, i);

      if (g_ptr_array_find_with_equal_func (verdict->reasons, reason, g_str_equal, NULL))
        continue;
      g_ptr_array_insert (verdict->reasons, place < 0 ? place : place + (int) n, g_strdup (reason));
      n++;
    }
  return n;
}

/**
 * smith_verdict_join:
 * @one: (transfer full) (nullable)
 * @other: (transfer full)
 *
 * Makes one verdict of two on things that go onto a stick together: the worse
 * one decides; of two that are alike, the reasons of both count, each said
 * once, what speaks against it first.
 *
 * Returns: (transfer full)
 */
SmithVerdict *
smith_verdict_join (SmithVerdict *one, SmithVerdict *other)
{
  SmithVerdict *worse = one != NULL && one->kind >= other->kind ? one : other;
  SmithVerdict *better = worse == one ? other : one;

  if (better == NULL)
    return worse;
  if (worse->kind == better->kind)
    {
      worse->n_doubts += take_reasons (worse, better, 0, better->n_doubts, (int) worse->n_doubts);
      take_reasons (worse, better, better->n_doubts, better->reasons->len, -1);
      /* It would have to be the one reason against either. */
      if (g_strcmp0 (worse->override, better->override) != 0)
        g_clear_pointer (&worse->override, g_free);
    }
  smith_verdict_free (better);
  return worse;
}

/* Returns: a stable lower-case word */
const char *
smith_aim_name (SmithAim aim)
{
  static const char *const names[] = {
    [SMITH_AIM_ANY] = "any",   [SMITH_AIM_STICK] = "stick",   [SMITH_AIM_HILINK] = "hilink",
    [SMITH_AIM_SAME] = "same", [SMITH_AIM_RESCUE] = "rescue",
  };

  return names[(guint) aim < G_N_ELEMENTS (names) ? aim : SMITH_AIM_ANY];
}

static void
conclude (SmithVerdict *verdict, SmithVerdictKind kind, char *reason)
{
  verdict->kind = MAX (verdict->kind, kind);
  if (kind != SMITH_VERDICT_FITS)
    verdict->n_doubts++;
  g_ptr_array_add (verdict->reasons, reason);
}

/* A Qualcomm stick's id must stand in the file's version text to the letter. */
static void
judge_qualcomm (SmithVerdict *verdict, const SmithFirmware *firmware, const char *product)
{
  if (g_strcmp0 (firmware->platform, product) == 0)
    conclude (verdict, SMITH_VERDICT_FITS,
              g_strdup_printf (_ ("The file is made for %s, and that is what the stick is"),
                               product));
  else
    conclude (verdict, SMITH_VERDICT_DOES_NOT_FIT,
              g_strdup_printf (_ ("The stick is a %s; the file is made for %s"), product,
                               firmware->platform != NULL ? firmware->platform
                                                          : _ ("something else")));
}

/**
 * smith_verdict_for_product:
 * @firmware: verified
 * @product: (nullable): the stick's answer in download mode; NULL if it gave none
 *
 * Judges by what a stick in download mode tells about itself. Any thread.
 *
 * Returns: (transfer full): the verdict, always with a reason
 */
SmithVerdict *
smith_verdict_for_product (const SmithFirmware *firmware, const char *product)
{
  SmithVerdict *verdict = g_new0 (SmithVerdict, 1);
  SmithChip stick = smith_product_chip (product);
  SmithChip file = firmware->chip;

  verdict->reasons = g_ptr_array_new_with_free_func (g_free);
  if (product == NULL)
    conclude (verdict, SMITH_VERDICT_UNSURE,
              g_strdup (_ ("The stick does not say what it is, so it cannot be checked whether the "
                           "file is for it")));
  else if (stick == SMITH_CHIP_QUALCOMM)
    judge_qualcomm (verdict, firmware, product);
  else if (stick == SMITH_CHIP_UNKNOWN)
    conclude (verdict, SMITH_VERDICT_UNSURE,
              g_strdup_printf (_ ("The stick calls itself “%s”, which is not known here"),
                               product));
  else if (file == SMITH_CHIP_UNKNOWN)
    conclude (verdict, SMITH_VERDICT_UNSURE,
              g_strdup (_ ("The file does not say for which kind of stick it is made")));
  else if (file != stick)
    conclude (verdict, SMITH_VERDICT_DOES_NOT_FIT,
              g_strdup_printf (_ ("The file is for sticks with the chip %s; this one has %s"),
                               smith_chip_name (file), smith_chip_name (stick)));
  else
    conclude (verdict, SMITH_VERDICT_FITS,
              g_strdup_printf (_ ("The file and the stick are both %s"), smith_chip_name (file)));
  return verdict;
}
