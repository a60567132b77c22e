/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Tells the time in µs; g_get_monotonic_time() but in tests. */
typedef gint64 (*SmithClock) (void);

/* What smith_progress_get_seconds_left() says while it does not know. */
#define SMITH_SECONDS_UNKNOWN (-1)

/**
 * SmithProgress:
 *
 * How far a job of several steps is, as one fraction that never goes back, and
 * how long it will take. One thread at a time.
 */
typedef struct _SmithProgress SmithProgress;

SmithProgress *smith_progress_new (const guint *weights, guint n_steps, SmithClock clock);
void smith_progress_free (SmithProgress *progress);

void smith_progress_begin (SmithProgress *progress, guint step);
void smith_progress_set (SmithProgress *progress, double fraction);
double smith_progress_get (SmithProgress *progress);
int smith_progress_get_seconds_left (SmithProgress *progress);
int smith_progress_get_seconds_idle (SmithProgress *progress);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithProgress, smith_progress_free)

G_END_DECLS
