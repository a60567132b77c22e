/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "run.h"

G_BEGIN_DECLS

/* What came of the runs of one route. */
typedef struct
{
  guint runs;
  guint well;
  guint well_after_retry;
  guint errors; /* the right ones */
  guint cancelled;
  guint killed;
  guint kept;    /* of those three: there was something to go on with */
  guint resumed; /* and that went well */
  guint missed;  /* tried again alone, since a deadline was missed */
  guint flaws[N_FLAWS];
} Tally;

/**
 * Matrix:
 *
 * Runs cases, several at a time, and counts.
 */
typedef struct
{
  Route routes[N_ROUTES];
  Files files;
  char *folder; /* for what is kept of jobs */
  const char *kill_program;
  guint n_workers;
  Tally tallies[N_ROUTES];
  void (*progress) (const char *text); /* a line for each run */
  GMutex lock;
} Matrix;

void matrix_start (Matrix *matrix, const char *kill_program, guint n_workers);
void matrix_learn (Matrix *matrix, RouteId id);
guint matrix_run (Matrix *matrix, GPtrArray *cases);
char *matrix_table (Matrix *matrix);
void matrix_end (Matrix *matrix);

G_END_DECLS
