/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verdict-private.h"

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

/* A file's code of compatibility has no room for more of a product id. */
#define PRODUCT_CODE_SIZE 8

/* The same of loaders, which go by the chip's own number, or by a generation that
 * no stick of the catalogue has. What a loader for some stick says is not known of
 * all: of other words nothing is concluded. */
static const struct
{
  const char *word;
  SmithChip chip;
} loader_chips[] = {
  { "H6921", SMITH_CHIP_V7R11 },   { "H6930", SMITH_CHIP_V7R2 },   { "H6920", SMITH_CHIP_V7R1 },
  { "V7R22", SMITH_CHIP_UNKNOWN }, { "V3R3", SMITH_CHIP_UNKNOWN },
};

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

static gboolean
is_other (SmithChip file, SmithChip stick)
{
  return file != SMITH_CHIP_UNKNOWN && file != stick;
}

/* By the file as a whole, by its texts, and by each of its parts: a file with
 * parts of two generations has no chip of its own. Returns: what the file is for,
 * where that is another chip than @stick; else unknown, as where @stick is */
SmithChip
smith_firmware_other_chip (const SmithFirmware *firmware, SmithChip stick)
{
  const SmithChip named[] = { firmware->chip, smith_product_chip (firmware->platform),
                              smith_product_chip (firmware->product) };
  gboolean has_sections = named[0] == SMITH_CHIP_QUALCOMM || named[1] == SMITH_CHIP_QUALCOMM;
  guint n = firmware->partitions != NULL && !has_sections ? firmware->partitions->len : 0;

  if (stick == SMITH_CHIP_UNKNOWN)
    return SMITH_CHIP_UNKNOWN;
  for (guint i = 0; i < G_N_ELEMENTS (named); i++)
    if (is_other (named[i], stick))
      return named[i];
  for (guint i = 0; i < n; i++)
    {
      SmithPartition *partition = g_ptr_array_index (firmware->partitions, i);

      if (is_other (smith_partition_id_chip (partition->id), stick))
        return smith_partition_id_chip (partition->id);
    }
  return SMITH_CHIP_UNKNOWN;
}

static gboolean
names_other (const char *text, const char *product, gsize room)
{
  if (smith_product_chip (text) == SMITH_CHIP_UNKNOWN || g_str_equal (text, product))
    return FALSE;
  return strlen (text) != room || !g_str_has_prefix (product, text);
}

/* Returns: (transfer full) (nullable): that the file names another product than
 * @product. A text in it that is no product id names none. */
char *
smith_describe_other_product (const SmithFirmware *firmware, const char *product)
{
  const char *other = NULL;

  if (names_other (firmware->platform, product, G_MAXSIZE))
    other = firmware->platform;
  else if (names_other (firmware->product, product, PRODUCT_CODE_SIZE))
    other = firmware->product;
  if (other == NULL)
    return NULL;
  return g_strdup_printf (_ ("The file is made for “%s”, and the stick is a “%s”: the chip is the "
                             "same, but it may be another kind of device"),
                          other, product);
}

/* Whether a loader that calls itself so is for another chip than @chip. */
static gboolean
is_other_loader (const char *product, SmithChip chip)
{
  if (product == NULL || chip == SMITH_CHIP_UNKNOWN)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (loader_chips); i++)
    if (strstr (product, loader_chips[i].word) != NULL)
      return loader_chips[i].chip != chip;
  return smith_product_chip (product) != SMITH_CHIP_UNKNOWN && smith_product_chip (product) != chip;
}

/**
 * smith_verdict_for_loader:
 * @identity: (nullable): what is known about the stick
 * @chip: that the firmware to follow is for, in case the stick's own is not known
 *
 * Whether a loader may be one for another stick: a known one that goes by
 * another name than the stick's, or one that names another chip. Any thread.
 *
 * Returns: (transfer full) (nullable): the doubt; NULL where there is none
 */
SmithVerdict *
smith_verdict_for_loader (const SmithLoader *loader, const SmithIdentity *identity, SmithChip chip)
{
  const SmithModel *model = identity != NULL ? identity->model : NULL;
  SmithChip by_product = smith_product_chip (identity != NULL ? identity->download_id : NULL);
  g_autoptr (SmithVerdict) verdict = g_new0 (SmithVerdict, 1);

  verdict->reasons = g_ptr_array_new_with_free_func (g_free);
  if (model != NULL && model->chip != SMITH_CHIP_UNKNOWN)
    chip = model->chip;
  else if (by_product != SMITH_CHIP_UNKNOWN)
    chip = by_product;
  if (model != NULL && model->loader != NULL && loader->known_file != NULL
      && !g_str_equal (model->loader, loader->known_file))
    conclude (verdict, SMITH_VERDICT_UNSURE,
              g_strdup_printf (_ ("The loader is known as %s; that for an %s is known as %s"),
                               loader->known_file, model->name, model->loader));
  else if (is_other_loader (loader->product, chip))
    conclude (verdict, SMITH_VERDICT_UNSURE,
              g_strdup_printf (_ ("The loader calls itself “%s”: it is for sticks with another "
                                  "chip than %s"),
                               loader->product, smith_chip_name (chip)));
  return verdict->reasons->len > 0 ? g_steal_pointer (&verdict) : NULL;
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

/* By its parts, and where they tell none, as in a web interface, by its texts. */
static SmithChip
chip_of_file (const SmithFirmware *firmware)
{
  SmithChip chip = firmware->chip;

  if (chip == SMITH_CHIP_UNKNOWN)
    chip = smith_product_chip (firmware->platform);
  return chip != SMITH_CHIP_UNKNOWN ? chip : smith_product_chip (firmware->product);
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
  SmithChip file = smith_firmware_other_chip (firmware, stick);
  char *other;

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
  else if (file != SMITH_CHIP_UNKNOWN)
    conclude (verdict, SMITH_VERDICT_DOES_NOT_FIT,
              g_strdup_printf (_ ("The file is for sticks with the chip %s; this one has %s"),
                               smith_chip_name (file), smith_chip_name (stick)));
  else if (chip_of_file (firmware) == SMITH_CHIP_UNKNOWN)
    conclude (verdict, SMITH_VERDICT_UNSURE,
              g_strdup (_ ("The file does not say for which kind of stick it is made")));
  else if ((other = smith_describe_other_product (firmware, product)) != NULL)
    conclude (verdict, SMITH_VERDICT_UNSURE, other);
  else
    conclude (verdict, SMITH_VERDICT_FITS,
              g_strdup (_ ("The file is made for the chip that the stick has")));
  return verdict;
}
