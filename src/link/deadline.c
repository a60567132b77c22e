/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "deadline.h"

#define SCALE_UNIT 1000

static gint scale = SCALE_UNIT;

/**
 * smith_deadline_set_scale:
 * @factor: above 0; 1 for the real thing, 0.1 for a tenth of all waiting
 *
 * For tests: scales every deadline that is made from now on, in all threads.
 */
void
smith_deadline_set_scale (double factor)
{
  g_atomic_int_set (&scale, MAX (1, (gint) (CLAMP (factor, 0, 1000) * SCALE_UNIT)));
}

/**
 * smith_deadline_in:
 * @ms: milliseconds from now
 *
 * Any thread.
 */
gint64
smith_deadline_in (guint ms)
{
  return g_get_monotonic_time () + (gint64) ms * 1000 * g_atomic_int_get (&scale) / SCALE_UNIT;
}

gboolean
smith_deadline_passed (gint64 deadline)
{
  return g_get_monotonic_time () >= deadline;
}

/**
 * smith_deadline_sooner:
 *
 * Returns: @deadline, or the one @ms milliseconds from now if that is sooner
 */
gint64
smith_deadline_sooner (gint64 deadline, guint ms)
{
  return MIN (deadline, smith_deadline_in (ms));
}

/**
 * smith_deadline_sleep:
 * @cancellable: (nullable): ends it at once
 *
 * Sleeps for @ms milliseconds, scaled like every deadline. Blocks.
 */
void
smith_deadline_sleep (guint ms, GCancellable *cancellable)
{
  gint64 end = smith_deadline_in (ms);
  gint64 left;
  GPollFD fd;
  gboolean watched = g_cancellable_make_pollfd (cancellable, &fd);

  while ((left = end - g_get_monotonic_time ()) > 0 && !g_cancellable_is_cancelled (cancellable))
    g_poll (&fd, watched ? 1 : 0, (gint) MIN ((left + 999) / 1000, G_MAXINT));
  if (watched)
    g_cancellable_release_fd (cancellable);
}
