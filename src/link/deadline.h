/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Deadlines are points on the clock of smith_deadline_now(), in µs. All
 * waiting of the conversations is measured by them, so that tests can shorten
 * it in one place.
 */

gint64 smith_deadline_now (void);
gint64 smith_deadline_in (guint ms);
guint smith_deadline_left (gint64 deadline);
gboolean smith_deadline_passed (gint64 deadline);
gint64 smith_deadline_sooner (gint64 deadline, guint ms);
gboolean smith_deadline_wait (GCond *cond, GMutex *mutex, gint64 deadline);
void smith_deadline_sleep (guint ms, GCancellable *cancellable);
void smith_deadline_set_scale (double scale);

G_END_DECLS
