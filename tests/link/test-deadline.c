/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "link/deadline.h"

#define STOPPED_MS 400
#define HOUR_US (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)

static void
test_left (void)
{
  gint64 now = smith_deadline_now ();

  g_assert_cmpuint (smith_deadline_left (0), ==, 0);
  g_assert_cmpuint (smith_deadline_left (now), ==, 0);
  g_assert_true (smith_deadline_passed (now));
  g_assert_cmpuint (smith_deadline_left (smith_deadline_now () + HOUR_US), >, 0);
  g_assert_cmpuint (smith_deadline_left (smith_deadline_now () + HOUR_US), <=,
                    3600 * 1000);
  g_assert_cmpuint (smith_deadline_left (G_MAXINT64), ==, G_MAXINT);
}

static void
test_sooner (void)
{
  gint64 deadline = smith_deadline_in (1000);

  g_assert_cmpint (smith_deadline_sooner (deadline, 100000), ==, deadline);
  g_assert_cmpint (smith_deadline_sooner (deadline, 0), <, deadline);
}

static gpointer
signal_soon (gpointer data)
{
  GMutex *mutex = ((gpointer *) data)[0];
  GCond *cond = ((gpointer *) data)[1];

  g_mutex_lock (mutex);
  g_cond_signal (cond);
  g_mutex_unlock (mutex);
  return NULL;
}

static void
test_wait (void)
{
  GMutex mutex;
  GCond cond;
  gpointer both[] = { &mutex, &cond };
  GThread *thread;

  g_mutex_init (&mutex);
  g_cond_init (&cond);
  g_mutex_lock (&mutex);
  g_assert_false (smith_deadline_wait (&cond, &mutex, 0));
  while (smith_deadline_wait (&cond, &mutex, smith_deadline_now () + 1000))
    ;
  thread = g_thread_new ("signal", signal_soon, both);
  g_assert_true (smith_deadline_wait (&cond, &mutex, smith_deadline_in (60000)));
  g_mutex_unlock (&mutex);
  g_thread_join (thread);
  g_cond_clear (&cond);
  g_mutex_clear (&mutex);
}

static void
test_sleep (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  gint64 deadline = smith_deadline_in (5);

  smith_deadline_sleep (5, cancellable);
  g_assert_true (smith_deadline_passed (deadline));
  g_cancellable_cancel (cancellable);
  deadline = smith_deadline_in (600000);
  smith_deadline_sleep (600000, cancellable);
  g_assert_false (smith_deadline_passed (deadline));
}

/* Stops itself; the parent lets it go on. Returns: 0 if the clock stood still */
static int
be_stopped (void)
{
  gint64 before;
  gint64 real;

  smith_deadline_set_scale (0.1);
  g_usleep (50000);
  before = smith_deadline_now ();
  real = g_get_monotonic_time ();
  raise (SIGSTOP);
  real = g_get_monotonic_time () - real;
  return real >= STOPPED_MS * 1000 && smith_deadline_now () - before < STOPPED_MS * 1000 / 2 ? 0 : 1;
}

/* A shortened wait is not over before the other side had its turn. */
static void
test_stands_still (void)
{
  int status;
  pid_t pid = fork ();

  if (pid == 0)
    _exit (be_stopped ());
  g_assert_cmpint (waitpid (pid, &status, WUNTRACED), ==, pid);
  g_assert_true (WIFSTOPPED (status));
  g_usleep (STOPPED_MS * 1000);
  kill (pid, SIGCONT);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  /* First, while there is no other thread. */
  g_test_add_func ("/deadline/stands-still", test_stands_still);
  g_test_add_func ("/deadline/left", test_left);
  g_test_add_func ("/deadline/sooner", test_sooner);
  g_test_add_func ("/deadline/wait", test_wait);
  g_test_add_func ("/deadline/sleep", test_sleep);
  return g_test_run ();
}
