/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* What one run of a program or a function took. */
typedef struct
{
  double wall; /* seconds */
  double user;
  double system;
  double peak_anon; /* MB of memory of its own, beyond mapped files */
} Cost;

Cost measure_process (const char *const *argv);
double measure_best (double (*run) (gpointer data), gpointer data, guint runs);
double seconds_now (void);
Cost thread_cost (void);
Cost cost_since (Cost before);
