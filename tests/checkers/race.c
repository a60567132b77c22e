/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shows that the checker of races is awake: "race" has one and must be told of,
 * "ordered" hands things over in all ways that GLib keeps in order, and must
 * not. Many times each, since what is told depends on who comes first.
 */
#include <gio/gio.h>

#define TURNS 200

static GMutex lock;
static GCond changed;
static gboolean done;
static int counter;
static int handed;

static gpointer
count_carelessly (gpointer data)
{
  for (int i = 0; i < TURNS; i++)
    counter++;
  return NULL;
}

static gpointer
count_locked (gpointer data)
{
  for (int i = 0; i < TURNS; i++)
    {
      g_mutex_lock (&lock);
      counter++;
      g_mutex_unlock (&lock);
    }
  g_mutex_lock (&lock);
  done = TRUE;
  g_cond_signal (&changed);
  g_mutex_unlock (&lock);
  return NULL;
}

static void
race (void)
{
  GThread *thread = g_thread_new ("careless", count_carelessly, NULL);

  count_carelessly (NULL);
  g_thread_join (thread);
}

static gboolean
take (gpointer data)
{
  g_assert_cmpint (*(int *) data, ==, handed);
  return G_SOURCE_REMOVE;
}

static gpointer
hand_over (gpointer data)
{
  for (int i = 1; i <= TURNS; i++)
    {
      g_autoptr (GSource) source = g_idle_source_new ();
      int *number = g_new (int, 1);

      *number = handed;
      g_source_set_callback (source, take, number, g_free);
      g_source_attach (source, data);
    }
  return NULL;
}

static void
work (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
  *(int *) data += 1;
  g_task_return_boolean (task, TRUE);
}

static void
on_worked (GObject *object, GAsyncResult *result, gpointer data)
{
  int *number = g_task_get_task_data (G_TASK (result));

  g_assert_cmpint (*number, ==, 2);
  g_main_loop_quit (data);
}

static void
ordered (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_worked, loop);
  GThread *thread = g_thread_new ("locked", count_locked, NULL);
  int *number = g_new (int, 1);

  g_mutex_lock (&lock);
  while (!done)
    g_cond_wait (&changed, &lock);
  g_assert_cmpint (counter, ==, TURNS);
  g_mutex_unlock (&lock);
  g_thread_join (thread);

  handed = 7;
  thread = g_thread_new ("hands over", hand_over, g_main_context_default ());
  for (int i = 0; i < TURNS; i++)
    g_main_context_iteration (NULL, FALSE);
  g_thread_join (thread);
  *number = 1;
  g_task_set_task_data (task, number, g_free);
  g_task_run_in_thread (task, work);
  g_main_loop_run (loop);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

int
main (int argc, char **argv)
{
  if (argc == 2 && g_str_equal (argv[1], "race"))
    race ();
  else
    ordered ();
  return 0;
}
