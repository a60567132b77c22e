/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fault-job ROUTE DIR STATE: a job of that route in a process of its own, with
 * files that are in DIR already, to be killed. What is plugged in comes by
 * standard input, a line each: "gone PATH" or "here PATH VENDOR PRODUCT MODE
 * FAMILY UNPROVEN WEB [DEVICE INTERFACE ROLE]...". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cases.h"
#include "job/job.h"
#include "link/deadline.h"

#define WORDS_HEAD 8
#define WORDS_PORT 3

static GMainLoop *loop;
static SmithVirtualBus *bus;
static int status = 1;

static void
take_stick (char **words, guint n)
{
  g_autoptr (SmithStick) stick
      = smith_stick_new (words[1], (guint16) atoi (words[2]), (guint16) atoi (words[3]),
                         (SmithMode) atoi (words[4]));

  stick->family = (SmithFamily) atoi (words[5]);
  stick->unproven = atoi (words[6]);
  if (strcmp (words[7], "-") != 0)
    {
      stick->web_address = g_strdup (words[7]);
      stick->network = g_strdup (SMITH_VIRTUAL_NETWORK);
    }
  for (guint i = WORDS_HEAD; i + WORDS_PORT <= n; i += WORDS_PORT)
    smith_stick_add_port (stick, words[i], (guint) atoi (words[i + 1]),
                          (SmithPortRole) atoi (words[i + 2]));
  smith_virtual_bus_set (bus, stick);
}

/* A thread of its own. Without who started it, a job is of no use. */
static gpointer
hear (gpointer data)
{
  char line[1024];

  while (fgets (line, sizeof line, stdin) != NULL)
    {
      g_auto (GStrv) words = g_strsplit (g_strchomp (line), " ", -1);
      guint n = g_strv_length (words);

      if (n == 2)
        smith_virtual_bus_remove (bus, words[1]);
      else if (n >= WORDS_HEAD)
        take_stick (words, n);
    }
  _exit (3);
}

static void
on_question (SmithJob *job, const SmithVerdict *verdict, gpointer data)
{
  smith_job_answer (job, TRUE);
}

static void
on_done (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (smith_job_run_finish (SMITH_JOB (object), result, &error))
    status = 0;
  else
    g_printerr ("fault-job: %s\n", error->message);
  g_main_loop_quit (loop);
}

static gboolean
is_there (SmithStick *stick, gpointer data)
{
  return TRUE;
}

int
main (int argc, char *argv[])
{
  g_autoptr (SmithLog) log = smith_log_new ();
  g_autoptr (SmithJob) job = NULL;
  g_autoptr (SmithStick) stick = NULL;
  Route route;
  RouteId id;

  if (argc != 4 || !route_find_id (argv[1], &id))
    return 2;
  route_init (&route, id);
  route_find_files (&route, argv[2]);
  smith_deadline_set_scale (CASE_KILL_SCALE);
  loop = g_main_loop_new (NULL, FALSE);
  bus = smith_virtual_bus_new ();
  g_thread_unref (g_thread_new ("hear", hear, NULL));
  stick = smith_bus_wait (SMITH_BUS (bus), "1-1", is_there, NULL,
                          smith_deadline_now () + 20 * G_USEC_PER_SEC, NULL, NULL);
  job = smith_job_new (route_make_plan (&route), SMITH_BUS (bus), log, argv[3]);
  g_signal_connect (job, "question", G_CALLBACK (on_question), NULL);
  smith_job_run_async (job, on_done, NULL);
  g_main_loop_run (loop);
  g_main_loop_unref (loop);
  route_clear (&route);
  return status;
}
