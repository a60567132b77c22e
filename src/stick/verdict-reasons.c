/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "verdict-private.h"

typedef struct
{
  SmithVerdictKind kind;
  const char *override;
  char *text;
} Reason;

struct _SmithReasons
{
  GArray *list; /* Reason */
};

static void
reason_clear (gpointer data)
{
  g_free (((Reason *) data)->text);
}

SmithReasons *
smith_reasons_new (void)
{
  SmithReasons *reasons = g_new0 (SmithReasons, 1);

  reasons->list = g_array_new (FALSE, FALSE, sizeof (Reason));
  g_array_set_clear_func (reasons->list, reason_clear);
  return reasons;
}

/* @override: (nullable): a literal */
void
smith_reasons_add (SmithReasons *reasons,
                   SmithVerdictKind kind,
                   const char *override,
                   const char *format,
                   ...)
{
  Reason reason = { .kind = kind, .override = override };
  va_list args;

  va_start (args, format);
  reason.text = g_strdup_vprintf (format, args);
  va_end (args);
  g_array_append_val (reasons->list, reason);
}

/* Returns: how many there are of that kind, and the last one of them */
static guint
move_reasons (SmithReasons *reasons, SmithVerdictKind kind, GPtrArray *to, const char **override)
{
  guint n = 0;

  for (guint i = 0; i < reasons->list->len; i++)
    {
      Reason *reason = &g_array_index (reasons->list, Reason, i);

      if (reason->kind != kind)
        continue;
      g_ptr_array_add (to, g_steal_pointer (&reason->text));
      *override = reason->override;
      n++;
    }
  return n;
}

/* Uses @reasons up. The worst kind decides and stands first. */
SmithVerdict *
smith_reasons_to_verdict (SmithReasons *reasons)
{
  SmithVerdict *verdict = g_new0 (SmithVerdict, 1);
  static const SmithVerdictKind order[] = {
    SMITH_VERDICT_DOES_NOT_FIT,
    SMITH_VERDICT_UNSURE,
    SMITH_VERDICT_FITS,
  };
  const char *override = NULL;
  const char *ignored;
  gboolean decided = FALSE;

  verdict->reasons = g_ptr_array_new_with_free_func (g_free);
  for (gsize i = 0; i < G_N_ELEMENTS (order); i++)
    {
      guint n = move_reasons (reasons, order[i], verdict->reasons, decided ? &ignored : &override);

      if (order[i] != SMITH_VERDICT_FITS)
        verdict->n_doubts += n;
      if (decided || n == 0)
        continue;
      decided = TRUE;
      verdict->kind = order[i];
      if (n == 1 && order[i] != SMITH_VERDICT_FITS)
        verdict->override = g_strdup (override);
    }
  g_array_unref (reasons->list);
  g_free (reasons);
  return verdict;
}
