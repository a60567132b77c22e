/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kill-job STATE [LOADER FIRMWARE]: a job in a process of its own, to be killed.
 * Without files it goes on with what STATE tells. What is plugged in comes by
 * standard input, a line each: "gone" or "USB-PATH VENDOR PRODUCT MODE ROLE
 * DEVICE"; what the job does goes to standard output. With KILL_JOB_HOLD in the
 * environment it stands still once it has said that. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "job/job.h"
#include "job/saved-state.h"
#include "rig.h"

#define PORT "1-1"

static GMainLoop *loop;
static SmithVirtualBus *bus;
static int status = 1;

static void
say (const char *text)
{
  dprintf (STDOUT_FILENO, "%s\n", text);
  if (g_strcmp0 (text, g_getenv ("KILL_JOB_HOLD")) == 0)
    pause ();
}

/* At once, from whatever thread: who listens may end us at the next line. */
static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n, gpointer data)
{
  for (gsize i = 0; i < n; i++)
    if (strcmp (fields[i].key, "MESSAGE") == 0 && (level & G_LOG_LEVEL_DEBUG) == 0)
      say (fields[i].value);
  return G_LOG_WRITER_HANDLED;
}

static void
take_line (const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 6);
  SmithStick *stick;

  if (g_strv_length (words) != 6)
    {
      smith_virtual_bus_remove (bus, PORT);
      return;
    }
  stick = smith_stick_new (words[0], (guint16) atoi (words[1]), (guint16) atoi (words[2]),
                           (SmithMode) atoi (words[3]));
  smith_stick_add_port (stick, words[5], 0, (SmithPortRole) atoi (words[4]));
  smith_virtual_bus_set (bus, stick);
  smith_stick_unref (stick);
}

/* A thread of its own. Without who started it, a job is of no use. */
static gpointer
hear (gpointer data)
{
  char line[256];

  while (fgets (line, sizeof line, stdin) != NULL)
    take_line (g_strchomp (line));
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
    dprintf (STDOUT_FILENO, "failed: %s\n", error->message);
  g_main_loop_quit (loop);
}

static SmithPlan *
make_plan (int argc, char *argv[])
{
  g_autoptr (SmithSavedState) state = NULL;
  g_autoptr (GError) error = NULL;
  SmithPlan *plan;

  if (argc == 4)
    {
      plan = smith_plan_new (PORT);
      plan->loader = item_open (argv[2]);
      g_ptr_array_add (plan->firmware, item_open (argv[3]));
      return plan;
    }
  state = smith_saved_state_load (argv[1], &error);
  g_assert_no_error (error);
  plan = smith_saved_state_to_plan (state, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return plan;
}

int
main (int argc, char *argv[])
{
  g_autoptr (SmithLog) log = smith_log_new ();
  g_autoptr (SmithJob) job = NULL;

  g_log_set_writer_func (write_log, NULL, NULL);
  loop = g_main_loop_new (NULL, FALSE);
  bus = smith_virtual_bus_new ();
  job = smith_job_new (make_plan (argc, argv), SMITH_BUS (bus), log, argv[1]);
  g_signal_connect (job, "question", G_CALLBACK (on_question), NULL);
  g_thread_unref (g_thread_new ("hear", hear, NULL));
  smith_job_run_async (job, on_done, NULL);
  g_main_loop_run (loop);
  g_main_loop_unref (loop);
  return status;
}
