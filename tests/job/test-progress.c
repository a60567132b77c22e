/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/progress.h"

static gint64 fake_time;

static gint64
fake_clock (void)
{
  return fake_time;
}

static void
pass (double seconds)
{
  fake_time += (gint64) (seconds * G_USEC_PER_SEC);
}

static SmithProgress *
make (void)
{
  static const guint weights[] = { 0, 10, 80, 10 };

  fake_time = G_USEC_PER_SEC;
  return smith_progress_new (weights, G_N_ELEMENTS (weights), fake_clock);
}

static void
test_weights (void)
{
  g_autoptr (SmithProgress) progress = make ();

  g_assert_cmpfloat (smith_progress_get (progress), ==, 0);
  smith_progress_begin (progress, 1);
  smith_progress_set (progress, 0.5);
  g_assert_cmpfloat_with_epsilon (smith_progress_get (progress), 0.05, 1e-9);
  smith_progress_begin (progress, 2);
  g_assert_cmpfloat_with_epsilon (smith_progress_get (progress), 0.1, 1e-9);
  smith_progress_set (progress, 1);
  g_assert_cmpfloat_with_epsilon (smith_progress_get (progress), 0.9, 1e-9);
  smith_progress_begin (progress, 3);
  smith_progress_set (progress, 7);
  g_assert_cmpfloat_with_epsilon (smith_progress_get (progress), 1, 1e-9);
}

static void
test_never_back (void)
{
  g_autoptr (SmithProgress) progress = make ();

  smith_progress_begin (progress, 2);
  smith_progress_set (progress, 0.5);
  g_assert_cmpfloat_with_epsilon (smith_progress_get (progress), 0.5, 1e-9);
  smith_progress_set (progress, 0.1);
  g_assert_cmpfloat_with_epsilon (smith_progress_get (progress), 0.5, 1e-9);
  smith_progress_set (progress, -1);
  smith_progress_begin (progress, 1);
  g_assert_cmpfloat_with_epsilon (smith_progress_get (progress), 0.5, 1e-9);
}

static void
test_time_left (void)
{
  g_autoptr (SmithProgress) progress = make ();
  int last = G_MAXINT;

  smith_progress_begin (progress, 2);
  g_assert_cmpint (smith_progress_get_seconds_left (progress), ==, SMITH_SECONDS_UNKNOWN);
  for (guint i = 1; i <= 6; i++)
    {
      pass (0.5);
      smith_progress_set (progress, i / 200.0);
      /* Too early to say. */
      g_assert_cmpint (smith_progress_get_seconds_left (progress), ==, SMITH_SECONDS_UNKNOWN);
    }
  for (guint i = 7; i <= 200; i++)
    {
      pass (0.5);
      smith_progress_set (progress, i / 200.0);
      if (i < 10)
        continue;
      /* Even speed: 100 s for the step and 10 for what comes behind it. */
      g_assert_cmpint (smith_progress_get_seconds_left (progress), >=, 10);
      g_assert_cmpint (smith_progress_get_seconds_left (progress), <=, last);
      last = smith_progress_get_seconds_left (progress);
      g_assert_cmpint (ABS (last - (int) (10 + (200 - i) * 0.5)), <=, 1);
    }
}

static void
test_speed_changes (void)
{
  g_autoptr (SmithProgress) progress = make ();

  smith_progress_begin (progress, 2);
  for (guint i = 1; i <= 40; i++)
    {
      pass (0.5);
      smith_progress_set (progress, i / 100.0);
    }
  /* 0.4 in 20 s: 30 s to go, and 10. */
  g_assert_cmpint (ABS (smith_progress_get_seconds_left (progress) - 40), <=, 1);
  for (guint i = 1; i <= 40; i++)
    {
      pass (0.5);
      smith_progress_set (progress, 0.4 + i / 1000.0);
    }
  /* Ten times slower since 20 s: only that counts. 0.56 at 0.002 a second. */
  g_assert_cmpint (ABS (smith_progress_get_seconds_left (progress) - 290), <=, 3);
}

static void
test_idle (void)
{
  g_autoptr (SmithProgress) progress = make ();

  smith_progress_begin (progress, 2);
  pass (12);
  g_assert_cmpint (smith_progress_get_seconds_idle (progress), ==, 12);
  smith_progress_set (progress, 0.1);
  g_assert_cmpint (smith_progress_get_seconds_idle (progress), ==, 0);
  pass (3);
  smith_progress_set (progress, 0.1);
  g_assert_cmpint (smith_progress_get_seconds_idle (progress), ==, 3);
  smith_progress_begin (progress, 3);
  g_assert_cmpint (smith_progress_get_seconds_idle (progress), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/progress/weights", test_weights);
  g_test_add_func ("/progress/never-back", test_never_back);
  g_test_add_func ("/progress/time-left", test_time_left);
  g_test_add_func ("/progress/speed-changes", test_speed_changes);
  g_test_add_func ("/progress/idle", test_idle);
  return g_test_run ();
}
