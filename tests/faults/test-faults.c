/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test-faults FAULT-JOB: the quick cut of the fault matrix: every kind of
 * message of every route, every fault, and what the person does. */
#include "matrix.h"

#include <string.h>

/* Most of a run is waiting, so that several go at once. */
#define N_WORKERS 8

static Matrix matrix;

static void
on_progress (const char *text)
{
  g_test_message ("%s", text);
}

typedef struct
{
  const char *name;
  void (*add) (GPtrArray *cases, const Route *route, gboolean full);
} Sort;

static const Sort sorts[] = {
  { "faults", cases_add_faults },   { "persons", cases_add_persons }, { "kills", cases_add_kills },
  { "returns", cases_add_returns }, { "web", cases_add_web },
};

/* The counts are what the cases are made of: a route that has no message of
 * its own any more would go untested. */
static void
test_learn (gconstpointer data)
{
  static const Kind own[N_ROUTES] = {
    [ROUTE_WEB] = KIND_LEAVE,           [ROUTE_PORTS] = KIND_GODLOAD,
    [ROUTE_NEEDLE] = KIND_LAST_END,     [ROUTE_GODLOAD] = KIND_LEAVE,
    [ROUTE_E1550] = KIND_DIAG_DOWNLOAD, [ROUTE_E392] = KIND_Q_PRODUCT,
    [ROUTE_FOLDER] = KIND_FINISH,
  };
  RouteId id = GPOINTER_TO_UINT (data);
  gboolean found = FALSE;

  matrix_learn (&matrix, id);
  for (SmithStage stage = 0; stage < SMITH_N_STAGES; stage++)
    for (guint i = 0; i < matrix.routes[id].kinds[stage]->len; i++)
      found |= g_array_index (matrix.routes[id].kinds[stage], Kind, i) == own[id];
  g_assert_true (found);
}

/* One sort of cases of all routes at once. */
static void
test_sort (gconstpointer data)
{
  const Sort *sort = data;
  g_autoptr (GPtrArray) cases = cases_new ();

  for (RouteId id = 0; id < N_ROUTES; id++)
    if (matrix.routes[id].kinds[0] != NULL)
      sort->add (cases, &matrix.routes[id], FALSE);
  g_assert_cmpuint (cases->len, >, 0);
  g_assert_cmpuint (matrix_run (&matrix, cases), ==, 0);
}

static void
print_table (void)
{
  g_autofree char *table = matrix_table (&matrix);
  g_auto (GStrv) lines = g_strsplit (table, "\n", -1);

  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++)
    g_test_message ("%s", lines[i]);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  if (argc != 2)
    return 2;
  matrix_start (&matrix, argv[1], N_WORKERS);
  matrix.progress = on_progress;
  for (RouteId id = 0; id < N_ROUTES; id++)
    {
      g_autofree char *path = g_strconcat ("/faults/learn-", matrix.routes[id].name, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (id), test_learn);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (sorts); i++)
    {
      g_autofree char *path = g_strconcat ("/faults/", sorts[i].name, NULL);

      g_test_add_data_func (path, &sorts[i], test_sort);
    }
  g_test_add_func ("/faults/table", print_table);
  result = g_test_run ();
  matrix_end (&matrix);
  return result;
}
