/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plan.h"

#include <glib/gi18n.h>

#include "format/error.h"

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
  g_free (plan->former_place);
  g_clear_pointer (&plan->before, smith_identity_unref);
  g_free (plan->override);
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
}

/**
 * smith_plan_set_place:
 *
 * Carries the plan out with the stick at @usb_path. At another place than the
 * plan's it may be another stick, which has nothing of it yet.
 */
void
smith_plan_set_place (SmithPlan *plan, const char *usb_path)
{
  if (g_strcmp0 (plan->usb_path, usb_path) == 0)
    return;
  smith_plan_begin_anew (plan);
  if (plan->goes_on && plan->former_place == NULL)
    plan->former_place = g_strdup (plan->usb_path);
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

/* With an expert's word a refusal of that very name becomes a doubt. */
static void
apply_override (SmithPlan *plan, SmithVerdict *verdict)
{
  if (verdict->kind != SMITH_VERDICT_DOES_NOT_FIT || plan->override == NULL
      || g_strcmp0 (plan->override, verdict->override) != 0)
    return;
  verdict->kind = SMITH_VERDICT_UNSURE;
  g_ptr_array_insert (verdict->reasons, (int) verdict->n_doubts++,
                      g_strdup_printf (_ ("This reason was overridden on request: %s"),
                                       plan->override));
}

/**
 * smith_plan_judge:
 * @mode: that the stick is in
 *
 * Judges the files by what the stick said about itself.
 *
 * Returns: (transfer full) (nullable): the worst verdict of all files with the
 *   reasons of all that deserve it, an expert's override applied; NULL if nothing
 *   is known about the stick
 */
SmithVerdict *
smith_plan_judge (SmithPlan *plan, SmithMode mode)
{
  g_autoptr (GPtrArray) queue = g_ptr_array_new ();
  SmithVerdict *worst = NULL;

  for (guint i = 0; i < plan->firmware->len; i++)
    g_ptr_array_add (queue, ((SmithItem *) g_ptr_array_index (plan->firmware, i))->firmware);
  for (guint i = 0; plan->before != NULL && i < queue->len; i++)
    {
      SmithVerdict *verdict = smith_verdict_for_queue (queue, i, plan->before, mode, plan->aim);

      apply_override (plan, verdict);
      worst = smith_verdict_join (worst, verdict);
    }
  return worst;
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
 * Returns: FALSE with SMITH_ERROR_BAD_FILE, WRONG_FILE or UNSAFE_LOADER
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
  for (guint i = 0; i < plan->firmware->len; i++)
    if (!smith_item_may_write (g_ptr_array_index (plan->firmware, i), error))
      return FALSE;
  if (!check_fit (plan, mode, error))
    return FALSE;
  return plan->loader == NULL
         || (smith_item_check_unchanged (plan->loader, error)
             && smith_loader_may_send (plan->loader->loader, error));
}
