/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SMITH_AT_HISTORY_MAX 200

/**
 * SmithAtHistory:
 *
 * The commands that were typed, to be gone through with Up and Down. What is
 * being typed is kept meanwhile. One thread.
 */
typedef struct _SmithAtHistory SmithAtHistory;

SmithAtHistory *smith_at_history_new (void);
void smith_at_history_free (SmithAtHistory *history);
void smith_at_history_add (SmithAtHistory *history, const char *command);
const char *smith_at_history_older (SmithAtHistory *history, const char *typed);
const char *smith_at_history_newer (SmithAtHistory *history);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithAtHistory, smith_at_history_free)

G_END_DECLS
