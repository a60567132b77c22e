/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Deadlines are points on the clock of g_get_monotonic_time(), in µs. All
 * waiting of the conversations is measured by smith_deadline_in(), so that
 * tests can shorten it in one place.
 */

gint64 smith_deadline_in (guint ms);
gboolean smith_deadline_passed (gint64 deadline);
gint64 smith_deadline_sooner (gint64 deadline, guint ms);
void smith_deadline_sleep (guint ms, GCancellable *cancellable);
void smith_deadline_set_scale (double scale);

G_END_DECLS
