/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench-start WHOLE-WINDOW BARE-WINDOW: from starting a program until its first
 * frame is on the display, against a program with nothing but a window. To be
 * run by with-display. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "first-frame.h"
#include "measure.h"

#define WARM_UPS 3
#define RUNS 25
#define AIM_MS 400
#define AIM_RATIO 2

static void
become (const char *const *argv, const int fds[2])
{
  char number[16];

  close (fds[0]);
  g_snprintf (number, sizeof number, "%d", fds[1]);
  g_setenv (FIRST_FRAME_FD, number, TRUE);
  execv (argv[0], (char **) argv);
  _exit (127);
}

/* Returns: milliseconds */
static double
start_once (const char *const *argv)
{
  int fds[2];
  char byte;
  double start;
  double end;
  pid_t pid;
  gssize n;

  if (pipe (fds) != 0)
    exit (1);
  start = seconds_now ();
  pid = fork ();
  if (pid == 0)
    become (argv, fds);
  close (fds[1]);
  n = read (fds[0], &byte, 1);
  end = seconds_now ();
  close (fds[0]);
  waitpid (pid, NULL, 0);
  if (n != 1)
    {
      fprintf (stderr, "%s showed no window\n", argv[0]);
      exit (1);
    }
  return (end - start) * 1000;
}

static int
by_value (const void *a, const void *b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return x < y ? -1 : x > y;
}

static void
report (const char *name, double *took)
{
  qsort (took, RUNS, sizeof *took, by_value);
  printf ("%-28s %6.1f ms best  %6.1f ms median  %6.1f ms worst of %d\n", name, took[0],
          took[RUNS / 2], took[RUNS - 1], RUNS);
}

int
main (int argc, char *argv[])
{
  const char *whole[] = { argv[1], "--practice", NULL };
  const char *bare[] = { argv[2], NULL };
  double took_whole[RUNS];
  double took_bare[RUNS];

  if (argc != 3)
    return 2;
  for (guint i = 0; i < WARM_UPS; i++)
    {
      start_once (whole);
      start_once (bare);
    }
  /* In turns, so that whatever else the machine does hits both. */
  for (guint i = 0; i < RUNS; i++)
    {
      took_whole[i] = start_once (whole);
      took_bare[i] = start_once (bare);
    }
  report ("sticksmith --practice", took_whole);
  report ("a bare window", took_bare);
  printf ("ratio: %.2f best, %.2f median; wanted: below %d ms and below %d\n",
          took_whole[0] / took_bare[0], took_whole[RUNS / 2] / took_bare[RUNS / 2], AIM_MS,
          AIM_RATIO);
  return 0;
}
