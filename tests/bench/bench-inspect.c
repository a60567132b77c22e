/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inspect of a loader of real size, whole process, against a program that does
 * nothing. */
#include <stdio.h>
#include <stdlib.h>

#include "measure.h"

#define RUNS 60

static int
by_value (const void *a, const void *b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return x < y ? -1 : x > y;
}

static void
report (const char *name, const char *const *argv)
{
  double took[RUNS];

  for (guint i = 0; i < RUNS; i++)
    took[i] = measure_process (argv).wall * 1000;
  qsort (took, RUNS, sizeof *took, by_value);
  printf ("%-28s %6.2f ms best  %6.2f ms median of %d\n", name, took[0], took[RUNS / 2], RUNS);
}

int
main (int argc, char *argv[])
{
  const char *inspect[] = { argv[1], "inspect", argv[2], NULL };
  const char *nothing[] = { argv[1], "--version", NULL };

  if (argc != 3)
    return 2;
  report ("inspect LOADER", inspect);
  report ("the program, doing nothing", nothing);
  return 0;
}
