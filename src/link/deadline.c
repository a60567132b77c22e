/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "deadline.h"

#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define SCALE_UNIT 1000

/* How often it is seen whether this process gets to run, in µs, and how late
 * that may be on a machine which has nothing else to do. */
#define BEAT_US 2000
#define BEAT_LATE_US 1000
#define BEAT_NICE 10

static gint scale = SCALE_UNIT;

/* In tests, the clock goes on by no more than a beat with each beat. */
static gint is_beating;
static GMutex lock;
static gint64 beaten; /* µs: when the last beat came */
static gint64 clock_then;

static gint64
look_locked (gint64 now)
{
  return clock_then + MIN (now - beaten, BEAT_US + BEAT_LATE_US);
}

/* Less urgent than any other thread: until it had its turn, they had theirs. */
static gpointer
beat (gpointer data)
{
  const struct timespec pause = { .tv_nsec = BEAT_US * 1000 };

  setpriority (PRIO_PROCESS, (id_t) gettid (), BEAT_NICE);
  for (;;)
    {
      gint64 now;

      nanosleep (&pause, NULL);
      g_mutex_lock (&lock);
      now = g_get_monotonic_time ();
      clock_then = look_locked (now);
      beaten = now;
      g_mutex_unlock (&lock);
    }
  return NULL;
}

static void
start_beating (void)
{
  beaten = g_get_monotonic_time ();
  clock_then = beaten;
  g_atomic_int_set (&is_beating, TRUE);
  g_thread_unref (g_thread_new ("deadline-beat", beat, NULL));
}

/**
 * smith_deadline_set_scale:
 * @factor: above 0; 1 for the real thing, 0.1 for a tenth of all waiting
 *
 * For tests: scales every deadline that is made from now on, in all threads.
 * From the first one that is not 1 on the clock of deadlines stands still while the machine
 * does not let this process run, so that a short wait is not over before the
 * other side had its turn.
 */
void
smith_deadline_set_scale (double factor)
{
  static gsize beating = 0;

  /* Who shortens nothing has the real clock. */
  if (factor != 1 && g_once_init_enter (&beating))
    {
      start_beating ();
      g_once_init_leave (&beating, 1);
    }
  g_atomic_int_set (&scale, MAX (1, (gint) (CLAMP (factor, 0, 1000) * SCALE_UNIT)));
}

/**
 * smith_deadline_now:
 *
 * Any thread.
 *
 * Returns: µs, on the clock of deadlines: that of g_get_monotonic_time(), but in tests
 */
gint64
smith_deadline_now (void)
{
  gint64 now;

  if (!g_atomic_int_get (&is_beating))
    return g_get_monotonic_time ();
  g_mutex_lock (&lock);
  now = look_locked (g_get_monotonic_time ());
  g_mutex_unlock (&lock);
  return now;
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
  return smith_deadline_now () + (gint64) ms * 1000 * g_atomic_int_get (&scale) / SCALE_UNIT;
}

gboolean
smith_deadline_passed (gint64 deadline)
{
  return smith_deadline_now () >= deadline;
}

/**
 * smith_deadline_left:
 *
 * Returns: milliseconds until @deadline, rounded up and at most G_MAXINT, as
 *   poll() wants them; 0 once it has passed
 */
guint
smith_deadline_left (gint64 deadline)
{
  gint64 left = deadline - smith_deadline_now ();

  return left <= 0 ? 0 : (guint) MIN ((left + 999) / 1000, G_MAXINT);
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
 * smith_deadline_wait:
 * @mutex: locked by the caller
 *
 * Waits for @cond, like g_cond_wait_until(): may return for no reason, too.
 *
 * Returns: FALSE once @deadline has passed
 */
gboolean
smith_deadline_wait (GCond *cond, GMutex *mutex, gint64 deadline)
{
  gint64 left;

  while ((left = deadline - smith_deadline_now ()) > 0)
    if (g_cond_wait_until (cond, mutex, g_get_monotonic_time () + left))
      return TRUE;
  return FALSE;
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
  guint left;
  GPollFD fd;
  gboolean watched = g_cancellable_make_pollfd (cancellable, &fd);

  while ((left = smith_deadline_left (end)) > 0 && !g_cancellable_is_cancelled (cancellable))
    g_poll (&fd, watched ? 1 : 0, (gint) left);
  if (watched)
    g_cancellable_release_fd (cancellable);
}
