/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "at-history.h"

struct _SmithAtHistory
{
  GPtrArray *commands; /* oldest first */
  guint at;            /* the one that is shown; their number: none */
  char *typed;         /* what stood there before */
};

SmithAtHistory *
smith_at_history_new (void)
{
  SmithAtHistory *history = g_new0 (SmithAtHistory, 1);

  history->commands = g_ptr_array_new_with_free_func (g_free);
  return history;
}

void
smith_at_history_free (SmithAtHistory *history)
{
  g_ptr_array_unref (history->commands);
  g_free (history->typed);
  g_free (history);
}

/* Keeps a command, unless it is the same as the last one, and goes to the end. */
void
smith_at_history_add (SmithAtHistory *history, const char *command)
{
  GPtrArray *commands = history->commands;

  if (commands->len == 0 || !g_str_equal (g_ptr_array_index (commands, commands->len - 1), command))
    g_ptr_array_add (commands, g_strdup (command));
  if (commands->len > SMITH_AT_HISTORY_MAX)
    g_ptr_array_remove_index (commands, 0);
  history->at = commands->len;
  g_clear_pointer (&history->typed, g_free);
}

/**
 * smith_at_history_older:
 * @typed: what stands there now, to come back to
 *
 * Returns: (transfer none) (nullable): the command before; NULL if there is none
 */
const char *
smith_at_history_older (SmithAtHistory *history, const char *typed)
{
  if (history->at == 0)
    return NULL;
  if (history->at == history->commands->len)
    {
      g_free (history->typed);
      history->typed = g_strdup (typed);
    }
  return g_ptr_array_index (history->commands, --history->at);
}

/**
 * smith_at_history_newer:
 *
 * Returns: (transfer none) (nullable): the command after, and behind the last
 *   what was being typed; NULL if that stands there already
 */
const char *
smith_at_history_newer (SmithAtHistory *history)
{
  if (history->at == history->commands->len)
    return NULL;
  if (++history->at == history->commands->len)
    return history->typed;
  return g_ptr_array_index (history->commands, history->at);
}
