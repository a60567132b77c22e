/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fault-matrix [OPTIONS]: the whole fault matrix, or a share of it, with the
 * table at the end. Exit status 0 only if nothing was wrong. */
#include "matrix.h"

#include <stdlib.h>
#include <string.h>

static char *route_name;
static int n_workers = 6;
static int share = 1;
static int n_shares = 1;
static int only_message;
static char *what = "faults,persons,kills,returns,web";
static gboolean quick;
static gboolean loud;

static const GOptionEntry options[] = {
  { "route", 'r', 0, G_OPTION_ARG_STRING, &route_name, "only this route", "NAME" },
  { "workers", 'j', 0, G_OPTION_ARG_INT, &n_workers, "so many at a time", "N" },
  { "share", 's', 0, G_OPTION_ARG_INT, &share, "which of the shares", "K" },
  { "shares", 'n', 0, G_OPTION_ARG_INT, &n_shares, "in how many it is cut", "N" },
  { "what", 'w', 0, G_OPTION_ARG_STRING, &what, "which of: faults,persons,kills,returns,web",
    "LIST" },
  { "message", 'm', 0, G_OPTION_ARG_INT, &only_message, "only messages with this number", "N" },
  { "quick", 'q', 0, G_OPTION_ARG_NONE, &quick, "the quick cut", NULL },
  { "loud", 'l', 0, G_OPTION_ARG_NONE, &loud, "a line for each run", NULL },
  { NULL, 0, 0, 0, NULL, NULL, NULL },
};

static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n, gpointer data)
{
  if ((level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING)) == 0)
    return G_LOG_WRITER_HANDLED;
  return g_log_writer_standard_streams (level, fields, n, data);
}

/* Every n-th case, so that each share has some of everything. */
static GPtrArray *
take_share (GPtrArray *cases)
{
  GPtrArray *taken = g_ptr_array_new ();
  guint n = 0;

  for (guint i = 0; i < cases->len; i++)
    {
      const FaultCase *one = g_ptr_array_index (cases, i);

      if (only_message != 0 && one->number != (guint) only_message)
        continue;
      if (n++ % (guint) n_shares == (guint) share - 1)
        g_ptr_array_add (taken, g_ptr_array_index (cases, i));
    }
  return taken;
}

static void
add_cases (GPtrArray *cases, const Route *route)
{
  static const struct
  {
    const char *name;
    void (*add) (GPtrArray *cases, const Route *route, gboolean full);
  } sorts[] = {
    { "faults", cases_add_faults }, { "persons", cases_add_persons },
    { "kills", cases_add_kills },   { "returns", cases_add_returns },
    { "web", cases_add_web },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (sorts); i++)
    if (strstr (what, sorts[i].name) != NULL)
      sorts[i].add (cases, route, !quick);
}

static void
on_progress (const char *text)
{
  if (loud || strstr (text, "WRONG") != NULL || strstr (text, "again, alone") != NULL)
    g_print ("%s\n", text);
}

static guint
run_all (Matrix *matrix)
{
  g_autoptr (GPtrArray) cases = cases_new ();
  g_autoptr (GPtrArray) taken = NULL;
  RouteId only = N_ROUTES;

  if (route_name != NULL && !route_find_id (route_name, &only))
    g_error ("There is no route “%s”", route_name);
  for (RouteId id = 0; id < N_ROUTES; id++)
    if (only == N_ROUTES || only == id)
      {
        matrix_learn (matrix, id);
        add_cases (cases, &matrix->routes[id]);
      }
  taken = take_share (cases);
  g_print ("%u runs\n", taken->len);
  matrix->progress = on_progress;
  return matrix_run (matrix, taken);
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("- the fault matrix");
  g_autoptr (GError) error = NULL;
  g_autofree char *here = NULL;
  g_autofree char *program = NULL;
  g_autofree char *table = NULL;
  Matrix matrix;
  guint n_wrong;

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("%s\n", error->message);
      return 2;
    }
  g_log_set_writer_func (write_log, NULL, NULL);
  here = g_path_get_dirname (argv[0]);
  program = g_build_filename (here, "fault-job", NULL);
  matrix_start (&matrix, program, (guint) n_workers);
  n_wrong = run_all (&matrix);
  table = matrix_table (&matrix);
  g_print ("%s", table);
  matrix_end (&matrix);
  return n_wrong > 0;
}
