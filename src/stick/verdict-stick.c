/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verdict-private.h"

#include <glib/gi18n.h>

#include <string.h>

#define FITS SMITH_VERDICT_FITS, NULL
#define REFUSE SMITH_VERDICT_DOES_NOT_FIT, NULL
#define REFUSE_BUT(name) SMITH_VERDICT_DOES_NOT_FIT, name
#define UNSURE(name) SMITH_VERDICT_UNSURE, name

/* What a Balong stick's answer to the version question in frames begins with. */
#define BALONG_LOADER "7200"

typedef struct
{
  SmithReasons *reasons;
  const SmithFirmware *file;
  GPtrArray *queue; /* SmithFirmware; @file is one of them */
  const SmithIdentity *stick;
  SmithMode mode;
  SmithAim aim;

  SmithVersion file_version;
  SmithVersion stick_version;
  SmithAim file_kind;
  SmithAim stick_kind; /* ANY where it is not known */
  SmithChip by_hardware;
  SmithChip by_product;
  gboolean qualcomm_stick;
  gboolean qualcomm_file;
} Case;

static SmithAim
find_stick_kind (const Case *c)
{
  if (c->stick_version.family == SMITH_VERSION_STICK)
    return SMITH_AIM_STICK;
  if (c->stick_version.family == SMITH_VERSION_HILINK)
    return SMITH_AIM_HILINK;
  if (c->stick->sources & SMITH_SOURCE_WEB)
    return SMITH_AIM_HILINK;
  switch (c->mode)
    {
    case SMITH_MODE_STICK:
      return SMITH_AIM_STICK;
    case SMITH_MODE_HILINK:
    case SMITH_MODE_DEBUG:
      return SMITH_AIM_HILINK;
    default:
      return SMITH_AIM_ANY;
    }
}

static void
look_at_stick (Case *c)
{
  const SmithIdentity *stick = c->stick;

  smith_version_parse (stick->firmware, &c->stick_version);
  c->by_hardware = stick->model != NULL ? stick->model->chip : SMITH_CHIP_UNKNOWN;
  c->by_product = smith_product_chip (stick->download_id);
  c->qualcomm_stick
      = c->by_hardware == SMITH_CHIP_QUALCOMM || c->by_product == SMITH_CHIP_QUALCOMM
        || (stick->loader_version != NULL
            && !g_str_has_prefix (stick->loader_version, BALONG_LOADER)
            && c->by_hardware == SMITH_CHIP_UNKNOWN && c->by_product == SMITH_CHIP_UNKNOWN);
  /* Of that family there is no HiLink firmware. */
  c->stick_kind = c->qualcomm_stick ? SMITH_AIM_STICK : find_stick_kind (c);
}

static void
look_at_file (Case *c)
{
  smith_firmware_read_version (c->file, &c->file_version);
  c->file_kind = smith_firmware_aim (c->file);
  c->qualcomm_file = c->file->chip == SMITH_CHIP_QUALCOMM
                     || smith_product_chip (c->file->platform) == SMITH_CHIP_QUALCOMM;
}

static gboolean
holds_firmware (const SmithFirmware *file)
{
  return (file->content & SMITH_CONTENT_FIRMWARE) != 0;
}

/* What is on the stick when the whole queue is written. */
static gboolean
find_main_file (const Case *c, SmithAim *kind)
{
  gboolean found = FALSE;

  *kind = c->stick_kind;
  for (guint i = 0; i < c->queue->len; i++)
    {
      const SmithFirmware *file = g_ptr_array_index (c->queue, i);

      if (!holds_firmware (file))
        continue;
      found = TRUE;
      *kind = smith_firmware_aim (file);
    }
  return found;
}

static void
check_file (Case *c)
{
  if (c->file->problems != NULL && c->file->problems->len > 0)
    smith_reasons_add (c->reasons, REFUSE, _ ("The file is damaged or not complete: %s"),
                       (const char *) g_ptr_array_index (c->file->problems, 0));
  if (c->file_version.family == SMITH_VERSION_LATER)
    smith_reasons_add (c->reasons, REFUSE,
                       _ ("The file is for a later stick of the same name, which Sticksmith cannot "
                          "write"));
}

/* The E3372h-320 and its like share a name with sticks that do work. */
static void
check_model (Case *c)
{
  const SmithModel *model = c->stick->model;

  if (c->mode == SMITH_MODE_BEYOND)
    smith_reasons_add (c->reasons, REFUSE, _ ("This stick is beyond what Sticksmith can do"));
  else if (model != NULL && model->trust == SMITH_TRUST_REFUSED)
    smith_reasons_add (c->reasons, REFUSE, _ ("The stick is an %s. %s"), model->name,
                       model->reason != NULL ? _ (model->reason)
                                             : _ ("Sticksmith cannot write its firmware."));
  else if (c->stick_version.family == SMITH_VERSION_LATER)
    smith_reasons_add (c->reasons, REFUSE,
                       _ ("The stick's firmware %s shows that it is a later one of the same name, "
                          "which needs other firmware than Sticksmith can write"),
                       c->stick->firmware);
  else if (model != NULL && model->trust == SMITH_TRUST_EXPECTED)
    smith_reasons_add (c->reasons, UNSURE ("unconfirmed"),
                       _ ("By all that is known this works with an %s, but nobody has confirmed it "
                          "yet"),
                       model->name);
  if (c->stick->hardware != NULL && model == NULL)
    smith_reasons_add (c->reasons, UNSURE ("model-unknown"),
                       _ ("The stick's hardware is “%s”, which is not known here"),
                       c->stick->hardware);
}

static gboolean
refuse_by_chip (Case *c, SmithChip of_stick)
{
  SmithChip of_file = smith_firmware_other_chip (c->file, of_stick);

  if (of_file == SMITH_CHIP_UNKNOWN)
    return FALSE;
  smith_reasons_add (c->reasons, REFUSE,
                     _ ("The file is for sticks with the chip %s; this one has %s"),
                     smith_chip_name (of_file), smith_chip_name (of_stick));
  return TRUE;
}

static SmithChip
find_file_chip (const Case *c)
{
  if (c->file->chip != SMITH_CHIP_UNKNOWN)
    return c->file->chip;
  if (smith_product_chip (c->file->platform) != SMITH_CHIP_UNKNOWN)
    return smith_product_chip (c->file->platform);
  return smith_product_chip (c->file->product);
}

/* Returns: whether that question is settled */
static gboolean
check_stick_is_known (Case *c)
{
  const SmithIdentity *stick = c->stick;

  if (stick->download_id != NULL && c->by_product == SMITH_CHIP_UNKNOWN)
    smith_reasons_add (c->reasons, UNSURE ("product-unknown"),
                       _ ("The stick calls itself “%s”, which is not known here"),
                       stick->download_id);
  if (c->by_hardware != SMITH_CHIP_UNKNOWN || c->by_product != SMITH_CHIP_UNKNOWN)
    return TRUE;
  if (stick->hardware == NULL && stick->download_id == NULL)
    smith_reasons_add (c->reasons, UNSURE ("model-unknown"),
                       _ ("The stick does not say what it is, so it cannot be checked whether the "
                          "file is for it"));
  return FALSE;
}

/* Its hardware says one thing and what it calls itself another. Returns: whether so */
static gboolean
refuse_contradiction (Case *c)
{
  const SmithIdentity *stick = c->stick;
  const char *expected = stick->model != NULL ? stick->model->download_id : NULL;
  gboolean chips = stick->model != NULL && c->by_hardware != SMITH_CHIP_UNKNOWN
                   && c->by_product != SMITH_CHIP_UNKNOWN && c->by_hardware != c->by_product;
  gboolean names = c->qualcomm_stick && stick->download_id != NULL && expected != NULL
                   && !g_str_equal (stick->download_id, expected);

  if (chips || names)
    smith_reasons_add (
        c->reasons, REFUSE,
        _ ("The stick contradicts itself: its hardware is an %s, but it calls itself "
           "“%s”"),
        stick->model->name, stick->download_id);
  return chips || names;
}

/* What it calls itself in download mode, also while it cannot be asked. */
static const char *
find_product (const Case *c)
{
  const SmithIdentity *stick = c->stick;

  if (stick->download_id != NULL)
    return stick->download_id;
  return stick->model != NULL ? stick->model->download_id : NULL;
}

static void
check_chip (Case *c)
{
  SmithChip file = find_file_chip (c);
  const char *product = find_product (c);
  g_autofree char *other = product != NULL ? smith_describe_other_product (c->file, product) : NULL;

  if (refuse_contradiction (c) || refuse_by_chip (c, c->by_hardware)
      || refuse_by_chip (c, c->by_product))
    return;
  if (c->qualcomm_stick || !check_stick_is_known (c))
    return;
  if (file == SMITH_CHIP_UNKNOWN)
    smith_reasons_add (c->reasons, UNSURE ("file-unknown"),
                       _ ("The file does not say for which kind of stick it is made"));
  else if (other != NULL)
    smith_reasons_add (c->reasons, UNSURE ("product"), "%s", other);
  else
    smith_reasons_add (c->reasons, FITS, _ ("The file is made for the chip that the stick has"));
}

static void
compare_product (Case *c, const char *product)
{
  if (g_strcmp0 (c->file->platform, product) == 0)
    smith_reasons_add (c->reasons, FITS,
                       _ ("The file is made for %s, and that is what the stick is"), product);
  else
    smith_reasons_add (c->reasons, REFUSE, _ ("The stick is a %s; the file is made for %s"),
                       product,
                       c->file->platform != NULL ? c->file->platform : _ ("something else"));
}

/* A Qualcomm stick's id must stand in the file's version text to the letter.
 * In ordinary mode it cannot be asked for it; before anything is written it is. */
static void
check_qualcomm (Case *c)
{
  const SmithIdentity *stick = c->stick;
  const char *expected = stick->model != NULL ? stick->model->download_id : NULL;
  gboolean asked = (stick->sources & SMITH_SOURCE_DOWNLOAD) != 0;

  if (!c->qualcomm_stick)
    return;
  if (stick->download_id != NULL || (expected != NULL && !asked))
    compare_product (c, stick->download_id != NULL ? stick->download_id : expected);
  else if (!c->qualcomm_file)
    smith_reasons_add (c->reasons, REFUSE, _ ("The file is for sticks with another kind of chip"));
  else if (asked)
    smith_reasons_add (c->reasons, REFUSE,
                       _ ("The stick does not say what it is; of this family, nothing is written "
                          "then"));
  else
    smith_reasons_add (c->reasons, UNSURE ("product-unknown"),
                       _ ("Whether the file is for this very model, the stick tells in download "
                          "mode only. It is asked there before anything is written."));
}

static void
refuse_direction (Case *c, SmithAim wanted)
{
  smith_reasons_add (c->reasons, REFUSE_BUT ("direction"), "%s",
                     wanted == SMITH_AIM_STICK
                         ? _ ("A Stick modem is wanted, but this is not firmware for one")
                         : _ ("A HiLink stick is wanted, but this is not firmware for one"));
}

/* The file with the stick's own firmware: does it make what is wanted? */
static void
check_direction (Case *c)
{
  SmithAim kind = c->qualcomm_file ? SMITH_AIM_STICK : c->file_kind;
  SmithAim wanted = c->aim == SMITH_AIM_SAME ? c->stick_kind : c->aim;

  if (!holds_firmware (c->file))
    return;
  if (c->aim == SMITH_AIM_SAME && wanted == SMITH_AIM_ANY)
    smith_reasons_add (
        c->reasons, UNSURE ("direction"),
        _ ("The stick does not say whether it is a Stick modem or a HiLink stick, so "
           "it cannot be checked whether it stays what it is"));
  else if (kind == SMITH_AIM_ANY && (wanted == SMITH_AIM_STICK || wanted == SMITH_AIM_HILINK)
           && c->file_version.family == SMITH_VERSION_UNKNOWN)
    smith_reasons_add (
        c->reasons, UNSURE ("direction"),
        _ ("The file does not say whether it makes a Stick modem or a HiLink stick"));
  else if (kind != SMITH_AIM_ANY && (wanted == SMITH_AIM_STICK || wanted == SMITH_AIM_HILINK)
           && kind != wanted)
    refuse_direction (c, wanted);
  else if (kind == SMITH_AIM_STICK)
    smith_reasons_add (c->reasons, FITS, _ ("After that it is a Stick modem"));
  else if (kind == SMITH_AIM_HILINK)
    smith_reasons_add (c->reasons, FITS, _ ("After that it is a HiLink stick"));
}

static void
refuse_side_file (Case *c)
{
  /* One owner was left without port and web page by it. */
  if (c->file_kind == SMITH_AIM_STICK)
    smith_reasons_add (c->reasons, REFUSE,
                       _ ("The file holds only the dashboard of a Stick modem; over HiLink "
                          "firmware, the stick could not be reached any more"));
  else
    smith_reasons_add (c->reasons, REFUSE_BUT ("content"),
                       _ ("The file holds only the web interface of a HiLink stick, and belongs to "
                          "such firmware only"));
}

/* A dashboard or web interface alone goes only where it belongs: onto the kind
 * that is on the stick, or that the same queue brings. */
static void
check_side_file (Case *c)
{
  SmithAim kind;
  gboolean with_main;
  gboolean wants_other;

  if (holds_firmware (c->file) || c->qualcomm_file)
    return;
  with_main = find_main_file (c, &kind);
  wants_other = (c->aim == SMITH_AIM_STICK || c->aim == SMITH_AIM_HILINK) && c->aim != c->file_kind;
  if (kind != SMITH_AIM_ANY && kind != c->file_kind)
    refuse_side_file (c);
  else if (c->aim == SMITH_AIM_RESCUE && !with_main)
    smith_reasons_add (c->reasons, REFUSE_BUT ("content"),
                       _ ("The file does not hold the stick's own firmware, without which it does "
                          "not start"));
  else if (wants_other && !with_main)
    smith_reasons_add (c->reasons, REFUSE_BUT ("content"),
                       _ ("The file does not hold the stick's own firmware, so it makes no other "
                          "kind of stick of it"));
  else if (kind == SMITH_AIM_ANY)
    smith_reasons_add (c->reasons, UNSURE ("content"),
                       c->file_kind == SMITH_AIM_STICK
                           ? _ ("The file holds only the dashboard of a Stick modem, and it is not "
                                "known whether the stick is one")
                           : _ ("The file holds only the web interface of a HiLink stick, and it "
                                "is not known whether the stick is one"));
  else
    smith_reasons_add (c->reasons, FITS,
                       c->file_kind == SMITH_AIM_STICK
                           ? _ ("It holds the dashboard of a Stick modem")
                           : _ ("It holds the web interface of a HiLink stick"));
}

static void
check_version (Case *c)
{
  if (c->file_version.factory)
    smith_reasons_add (c->reasons,
                       c->aim == SMITH_AIM_RESCUE ? SMITH_VERDICT_FITS : SMITH_VERDICT_UNSURE,
                       "factory", _ ("Version %s was made for the factory, not for daily use"),
                       c->file->version);
  if (c->file_version.family == SMITH_VERSION_OLDER && !c->qualcomm_file)
    smith_reasons_add (c->reasons, UNSURE ("version"),
                       _ ("Version %s belongs to older or other sticks"), c->file->version);
  if (holds_firmware (c->file) && c->stick->firmware != NULL && c->file->version != NULL
      && g_str_equal (c->stick->firmware, c->file->version))
    smith_reasons_add (c->reasons, FITS, _ ("It is the version that is on the stick already"));
}

/* The package's own flag and what it carries ought to agree. */
static void
check_signature (Case *c)
{
  if (c->qualcomm_file || !c->file->has_prefix)
    return;
  if (c->file->signed_flag && c->file->signature == NULL)
    smith_reasons_add (c->reasons, UNSURE ("signature"),
                       _ ("The file says that it is signed, but holds no signature; the stick may "
                          "refuse it"));
  else if (!c->file->signed_flag && c->file->signature != NULL)
    smith_reasons_add (c->reasons, UNSURE ("signature"),
                       _ ("The file holds a signature, but does not say that it is signed"));
}

/**
 * smith_verdict_for_queue:
 * @queue: (element-type SmithFirmware): verified; all that is to be written, in order
 * @index: of the one to judge
 * @identity: (nullable): what is known about the stick
 * @mode: that the stick is in, or was in when it was asked
 * @aim: what is wanted
 *
 * Judges one file of several that go onto a stick together: a web interface
 * may be part of a conversion if the firmware it belongs to comes with it.
 * What the stick says in download mode is to be judged again before anything
 * is written. Any thread.
 *
 * Returns: (transfer full): the verdict, always with a reason, the weightiest
 *   first. Its override is one of "direction" and "content"; of a verdict of
 *   unsure also "model-unknown", "product-unknown", "product",
 *   "file-unknown", "unconfirmed", "version", "factory" or "signature"
 */
SmithVerdict *
smith_verdict_for_queue (GPtrArray *queue,
                         guint index,
                         const SmithIdentity *identity,
                         SmithMode mode,
                         SmithAim aim)
{
  static const SmithIdentity nothing = { .signal = -1, .download_type = -1 };
  static void (*const checks[]) (Case *) = {
    check_file,      check_model,     check_chip,    check_qualcomm,
    check_direction, check_side_file, check_version, check_signature,
  };
  Case c = {
    .reasons = smith_reasons_new (),
    .file = g_ptr_array_index (queue, index),
    .queue = queue,
    .stick = identity != NULL ? identity : &nothing,
    .mode = mode,
    .aim = aim,
  };

  look_at_stick (&c);
  look_at_file (&c);
  for (gsize i = 0; i < G_N_ELEMENTS (checks); i++)
    checks[i](&c);
  return smith_reasons_to_verdict (c.reasons);
}

/**
 * smith_verdict_for_stick:
 * @firmware: verified; nothing else is written with it
 * @identity: (nullable): what is known about the stick
 *
 * The same for one file alone.
 *
 * Returns: (transfer full): the verdict, always with a reason
 */
SmithVerdict *
smith_verdict_for_stick (const SmithFirmware *firmware,
                         const SmithIdentity *identity,
                         SmithMode mode,
                         SmithAim aim)
{
  g_autoptr (GPtrArray) queue = g_ptr_array_new ();

  g_ptr_array_add (queue, (gpointer) firmware);
  return smith_verdict_for_queue (queue, 0, identity, mode, aim);
}
