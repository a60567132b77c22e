/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "judge.h"

#include <glib/gi18n.h>

/* With an expert's word a refusal of that very name becomes a doubt. */
static void
apply_override (SmithVerdict *verdict, const char *override)
{
  if (verdict->kind != SMITH_VERDICT_DOES_NOT_FIT || override == NULL
      || g_strcmp0 (override, verdict->override) != 0)
    return;
  verdict->kind = SMITH_VERDICT_UNSURE;
  g_ptr_array_insert (verdict->reasons, (int) verdict->n_doubts++,
                      g_strdup_printf (_ ("This reason was overridden on request: %s"), override));
}

/**
 * smith_judge_items:
 * @items: (element-type SmithItem): verified firmware, all that is to be written, in order
 * @identity: (nullable): what is known about the stick
 * @mode: that it is in, or was in when it was asked
 * @override: (nullable): the one reason that an expert overrides, by its name
 *
 * Judges everything that goes onto a stick together. Of a stick of which nothing
 * is known the files alone may still tell that they must not be written. Any
 * thread.
 *
 * Returns: (transfer full) (nullable): the worst verdict of all files with the
 *   reasons of all that deserve it, the override applied; NULL without any file
 */
SmithVerdict *
smith_judge_items (GPtrArray *items,
                   const SmithIdentity *identity,
                   SmithMode mode,
                   SmithAim aim,
                   const char *override)
{
  g_autoptr (GPtrArray) queue = g_ptr_array_new ();
  SmithVerdict *worst = NULL;

  for (guint i = 0; i < items->len; i++)
    g_ptr_array_add (queue, ((SmithItem *) g_ptr_array_index (items, i))->firmware);
  for (guint i = 0; i < queue->len; i++)
    {
      SmithVerdict *verdict = smith_verdict_for_queue (queue, i, identity, mode, aim);

      apply_override (verdict, override);
      worst = smith_verdict_join (worst, verdict);
    }
  return worst;
}
