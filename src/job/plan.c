/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan.h"

#include <glib/gi18n.h>

#include "format/error.h"
#include "format/version.h"
#include "judge.h"

SmithPlan *
smith_plan_new (const char *usb_path)
{
  SmithPlan *plan = g_new0 (SmithPlan, 1);

  plan->usb_path = g_strdup (usb_path);
  plan->firmware = g_ptr_array_new_with_free_func ((GDestroyNotify) smith_item_unref);
  return plan;
}

void
smith_plan_free (SmithPlan *plan)
{
  g_free (plan->usb_path);
  g_free (plan->attempt);
  g_free (plan->former_place);
  g_free (plan->former_attempt);
  g_clear_pointer (&plan->before, smith_identity_unref);
  g_free (plan->override);
  g_free (plan->version_before);
  g_free (plan->imei_digest);
  g_clear_pointer (&plan->loader, smith_item_unref);
  g_ptr_array_unref (plan->firmware);
  g_free (plan);
}

/**
 * smith_plan_begin_anew:
 *
 * Forgets how far an earlier job was: writing everything is always right, going
 * on in the middle only for the stick that was left there.
 */
void
smith_plan_begin_anew (SmithPlan *plan)
{
  plan->first_file = plan->first_partition = 0;
  plan->all_written = FALSE;
  g_clear_pointer (&plan->version_before, g_free);
  g_clear_pointer (&plan->imei_digest, g_free);
}

/**
 * smith_plan_set_place:
 *
 * Carries the plan out with the stick at @usb_path. At another place than the
 * plan's it may be another stick, which has nothing of it yet. Of the place where
 * something was written last it is remembered that something is kept of it.
 */
void
smith_plan_set_place (SmithPlan *plan, const char *usb_path)
{
  if (g_strcmp0 (plan->usb_path, usb_path) == 0)
    return;
  smith_plan_begin_anew (plan);
  if (plan->goes_on)
    {
      g_free (plan->former_place);
      plan->former_place = g_strdup (plan->usb_path);
      g_free (plan->former_attempt);
      plan->former_attempt = g_strdup (plan->attempt);
    }
  plan->goes_on = FALSE;
  g_free (plan->usb_path);
  plan->usb_path = g_strdup (usb_path);
}

/**
 * smith_plan_get_version:
 *
 * Returns: (transfer none) (nullable): the version that the stick must show
 *   afterwards: that of the last file with the stick's own firmware
 */
const char *
smith_plan_get_version (SmithPlan *plan)
{
  const char *version = NULL;

  for (guint i = 0; i < plan->firmware->len; i++)
    {
      SmithItem *item = g_ptr_array_index (plan->firmware, i);

      if (item->firmware->content & SMITH_CONTENT_FIRMWARE && item->firmware->version[0] != '\0')
        version = item->firmware->version;
    }
  return version;
}

/**
 * smith_plan_get_version_before:
 *
 * Returns: (transfer none) (nullable): the version that the stick had before anything
 *   was written; NULL where it is not known
 */
const char *
smith_plan_get_version_before (SmithPlan *plan)
{
  gboolean begun = plan->all_written || plan->first_file > 0 || plan->first_partition > 0;

  /* What it says of itself in the middle of a job may be new already. */
  if (plan->version_before != NULL || begun || plan->before == NULL)
    return plan->version_before;
  return plan->before->firmware;
}

/* Returns: whether the stick's own firmware is among what is written, and not only
 *   a web interface or a dashboard for it */
gboolean
smith_plan_holds_firmware (SmithPlan *plan)
{
  for (guint i = 0; i < plan->firmware->len; i++)
    {
      SmithItem *item = g_ptr_array_index (plan->firmware, i);

      if (item->firmware->content & SMITH_CONTENT_FIRMWARE)
        return TRUE;
    }
  return FALSE;
}

static SmithAim
kind_before (SmithPlan *plan)
{
  SmithVersion version;

  smith_version_parse (smith_plan_get_version_before (plan), &version);
  return version.family == SMITH_VERSION_STICK    ? SMITH_AIM_STICK
         : version.family == SMITH_VERSION_HILINK ? SMITH_AIM_HILINK
                                                  : SMITH_AIM_ANY;
}

/* A CD image alone is no proof: either kind has one. */
static SmithAim
kind_of_files (SmithPlan *plan)
{
  SmithAim kind = SMITH_AIM_ANY;

  for (guint i = 0; i < plan->firmware->len && kind == SMITH_AIM_ANY; i++)
    {
      SmithItem *item = g_ptr_array_index (plan->firmware, i);

      if (item->firmware->content != SMITH_CONTENT_ISO)
        kind = smith_firmware_aim (item->firmware);
    }
  return kind;
}

/**
 * smith_plan_get_kind:
 *
 * Returns: SMITH_AIM_STICK or SMITH_AIM_HILINK, what the stick must be afterwards,
 *   by what is wanted or else by what the files make of it; SMITH_AIM_ANY where
 *   neither tells
 */
SmithAim
smith_plan_get_kind (SmithPlan *plan)
{
  gboolean set_aside = g_strcmp0 (plan->override, "direction") == 0;

  if (plan->aim == SMITH_AIM_SAME || !smith_plan_holds_firmware (plan))
    return kind_before (plan);
  if ((plan->aim == SMITH_AIM_STICK || plan->aim == SMITH_AIM_HILINK) && !set_aside)
    return plan->aim;
  return kind_of_files (plan);
}

/* Returns: (transfer full): the names of the firmware files, for a person */
char *
smith_plan_list_names (SmithPlan *plan)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; i < plan->firmware->len; i++)
    g_ptr_array_add (names, ((SmithItem *) g_ptr_array_index (plan->firmware, i))->name);
  g_ptr_array_add (names, NULL);
  return g_strjoinv (", ", (char **) names->pdata);
}

/* Returns: whether what is written makes a HiLink stick of it */
gboolean
smith_plan_becomes_hilink (SmithPlan *plan)
{
  for (guint i = 0; i < plan->firmware->len; i++)
    {
      SmithItem *item = g_ptr_array_index (plan->firmware, i);

      if (smith_firmware_aim (item->firmware) == SMITH_AIM_HILINK)
        return TRUE;
    }
  return FALSE;
}

/**
 * smith_plan_judge:
 * @mode: that the stick is in
 *
 * Judges the files by what the stick said about itself, or by themselves where it
 * has not said anything yet.
 *
 * Returns: (transfer full) (nullable): the worst verdict of all files with the
 *   reasons of all that deserve it, an expert's override applied; NULL without
 *   any file
 */
SmithVerdict *
smith_plan_judge (SmithPlan *plan, SmithMode mode)
{
  return smith_judge_items (plan->firmware, plan->before, mode, plan->aim, plan->override);
}

static gboolean
check_fit (SmithPlan *plan, SmithMode mode, GError **error)
{
  g_autoptr (SmithVerdict) verdict = smith_plan_judge (plan, mode);

  if (verdict == NULL || verdict->kind != SMITH_VERDICT_DOES_NOT_FIT)
    return TRUE;
  g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_WRONG_FILE,
                       g_ptr_array_index (verdict->reasons, 0));
  return FALSE;
}

/**
 * smith_plan_check:
 * @mode: that the stick is in now
 *
 * Refuses what can be refused before the stick is touched.
 *
 * Returns: FALSE with SMITH_ERROR_BAD_FILE, WRONG_FILE, UNSUPPORTED or UNSAFE_LOADER
 */
gboolean
smith_plan_check (SmithPlan *plan, SmithMode mode, GError **error)
{
  if (plan->firmware->len == 0)
    {
      g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_WRONG_FILE,
                           _ ("There is no firmware to write"));
      return FALSE;
    }
  if (plan->firmware->len > SMITH_PLAN_FILES_MAX)
    {
      g_set_error (error, SMITH_ERROR, SMITH_ERROR_UNSUPPORTED,
                   _ ("These are %u firmware files, and at most %d can be written one after "
                      "another. Leave out what this stick does not need."),
                   plan->firmware->len, SMITH_PLAN_FILES_MAX);
      return FALSE;
    }
  for (guint i = 0; i < plan->firmware->len; i++)
    if (!smith_item_may_write (g_ptr_array_index (plan->firmware, i), error))
      return FALSE;
  if (!check_fit (plan, mode, error))
    return FALSE;
  return plan->loader == NULL
         || (smith_item_check_unchanged (plan->loader, error)
             && smith_loader_may_send (plan->loader->loader, error));
}
