/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "progress.h"

/* A guess about the rest of a step is worth telling once it has run for so
 * long and come so far. */
#define KNOWN_AFTER_US (4 * G_USEC_PER_SEC)
#define KNOWN_AFTER_FRACTION 0.02

/* The rate is that of the last seconds: erasing and writing go at different
 * speeds, and what was long ago tells little. */
#define N_SAMPLES 16
#define SAMPLE_US (G_USEC_PER_SEC / 2)

typedef struct
{
  gint64 time;
  double fraction; /* of the step */
} Sample;

struct _SmithProgress
{
  SmithClock clock;
  guint n_steps;
  guint *weights;
  guint total_weight;
  guint step;
  double fraction; /* of the step */
  double told;     /* the most that was ever told */
  gint64 begun;    /* when the step began */
  gint64 moved;    /* when something moved last */
  Sample samples[N_SAMPLES];
  guint n_samples; /* in all; the ring holds the last N_SAMPLES */
};

/**
 * smith_progress_new:
 * @weights: (array length=n_steps): how much of the whole each step is; at
 *   least one above 0. Roughly seconds make good weights
 * @clock: (nullable): NULL for the monotonic clock
 */
SmithProgress *
smith_progress_new (const guint *weights, guint n_steps, SmithClock clock)
{
  SmithProgress *progress = g_new0 (SmithProgress, 1);

  progress->clock = clock != NULL ? clock : g_get_monotonic_time;
  progress->n_steps = n_steps;
  progress->weights = g_memdup2 (weights, n_steps * sizeof *weights);
  for (guint i = 0; i < n_steps; i++)
    progress->total_weight += weights[i];
  progress->begun = progress->moved = progress->clock ();
  return progress;
}

void
smith_progress_free (SmithProgress *progress)
{
  g_free (progress->weights);
  g_free (progress);
}

/**
 * smith_progress_begin:
 *
 * A step begins: all before it count as done.
 */
void
smith_progress_begin (SmithProgress *progress, guint step)
{
  g_return_if_fail (step < progress->n_steps);
  progress->step = step;
  progress->fraction = 0;
  progress->n_samples = 0;
  progress->begun = progress->moved = progress->clock ();
}

/**
 * smith_progress_set:
 * @fraction: of the step, 0 to 1; a smaller one than before is passed over
 */
void
smith_progress_set (SmithProgress *progress, double fraction)
{
  gint64 now = progress->clock ();
  Sample *last
      = progress->n_samples > 0 ? &progress->samples[(progress->n_samples - 1) % N_SAMPLES] : NULL;

  fraction = CLAMP (fraction, 0, 1);
  if (fraction <= progress->fraction)
    return;
  progress->fraction = fraction;
  progress->moved = now;
  if (last == NULL || now - last->time >= SAMPLE_US)
    progress->samples[progress->n_samples++ % N_SAMPLES] = (Sample){ now, fraction };
}

/**
 * smith_progress_get:
 *
 * Returns: how much of the whole is done, 0 to 1; never less than before
 */
double
smith_progress_get (SmithProgress *progress)
{
  double done = progress->weights[progress->step] * progress->fraction;

  for (guint i = 0; i < progress->step; i++)
    done += progress->weights[i];
  progress->told = MAX (progress->told, done / progress->total_weight);
  return progress->told;
}

/* Fractions of the step in a second, or 0 while that is not known. */
static double
get_rate (SmithProgress *progress)
{
  const Sample *newest;
  const Sample *oldest;

  if (progress->n_samples < 2
      || progress->samples[(progress->n_samples - 1) % N_SAMPLES].time - progress->begun
             < KNOWN_AFTER_US
      || progress->fraction < KNOWN_AFTER_FRACTION)
    return 0;
  newest = &progress->samples[(progress->n_samples - 1) % N_SAMPLES];
  oldest
      = &progress->samples[progress->n_samples > N_SAMPLES ? progress->n_samples % N_SAMPLES : 0];
  return (newest->fraction - oldest->fraction) * G_USEC_PER_SEC
         / (double) (newest->time - oldest->time);
}

/**
 * smith_progress_get_seconds_left:
 *
 * Returns: how many seconds the step and what comes behind it will take, or
 *   SMITH_SECONDS_UNKNOWN. The steps behind count by their weights, as seconds
 */
int
smith_progress_get_seconds_left (SmithProgress *progress)
{
  double rate = get_rate (progress);
  double seconds;

  if (rate <= 0)
    return SMITH_SECONDS_UNKNOWN;
  seconds = (1 - progress->fraction) / rate;
  for (guint i = progress->step + 1; i < progress->n_steps; i++)
    seconds += progress->weights[i];
  return (int) MIN (seconds, 24 * 3600);
}

/**
 * smith_progress_get_seconds_idle:
 *
 * Returns: for how many seconds nothing has moved
 */
int
smith_progress_get_seconds_idle (SmithProgress *progress)
{
  return (int) ((progress->clock () - progress->moved) / G_USEC_PER_SEC);
}
