/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "measure.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

double
seconds_now (void)
{
  return (double) g_get_monotonic_time () / G_USEC_PER_SEC;
}

static double
to_seconds (struct timeval t)
{
  return (double) t.tv_sec + (double) t.tv_usec / 1e6;
}

/* Memory of the process's own right now, in MB: what it mapped from files does
 * not count. */
static double
anon_now (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/status", (int) pid);
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;
  line = strstr (text, "RssAnon:");
  return line != NULL ? (double) g_ascii_strtoull (line + 8, NULL, 10) * 1024 / 1e6 : 0;
}

/* Runs a program with its output thrown away, and watches its memory. */
Cost
measure_process (const char *const *argv)
{
  double start = seconds_now ();
  Cost cost = { 0 };
  struct rusage usage;
  int status;
  pid_t pid = fork ();

  if (pid == 0)
    {
      int null = open ("/dev/null", O_RDWR);

      dup2 (null, STDOUT_FILENO);
      dup2 (null, STDERR_FILENO);
      execv (argv[0], (char *const *) argv);
      _exit (127);
    }
  while (wait4 (pid, &status, WNOHANG, &usage) == 0)
    {
      cost.peak_anon = MAX (cost.peak_anon, anon_now (pid));
      g_usleep (200);
    }
  cost.wall = seconds_now () - start;
  cost.user = to_seconds (usage.ru_utime);
  cost.system = to_seconds (usage.ru_stime);
  if (!WIFEXITED (status) || WEXITSTATUS (status) != 0)
    {
      fprintf (stderr, "%s failed\n", argv[0]);
      _exit (1);
    }
  return cost;
}

/* The shortest of several runs: the one that was disturbed least. */
double
measure_best (double (*run) (gpointer data), gpointer data, guint runs)
{
  double best = 0;

  for (guint i = 0; i < runs; i++)
    {
      double took = run (data);

      best = i == 0 ? took : MIN (best, took);
    }
  return best;
}

/* What the calling thread has used so far. */
Cost
thread_cost (void)
{
  struct rusage usage;

  getrusage (RUSAGE_THREAD, &usage);
  return (Cost){ seconds_now (), to_seconds (usage.ru_utime), to_seconds (usage.ru_stime), 0 };
}

Cost
cost_since (Cost before)
{
  Cost now = thread_cost ();

  return (Cost){ now.wall - before.wall, now.user - before.user, now.system - before.system, 0 };
}
