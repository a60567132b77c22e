/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "at-actor.h"

#include <string.h>
#include <termios.h>

#include "../link/line.h"

#define POLL_MS 5

struct _AtActor
{
  Line line;
  AtActorFunc func;
  gpointer user_data;
  GThread *thread;
  gint stop;
  GMutex lock;
  GPtrArray *commands; /* char * */
};

static void
take_command (AtActor *actor, const char *command)
{
  const char *answer;

  g_mutex_lock (&actor->lock);
  g_ptr_array_add (actor->commands, g_strdup (command));
  g_mutex_unlock (&actor->lock);
  answer = actor->func (actor, command, actor->user_data);
  if (answer != NULL)
    line_send (&actor->line, answer, strlen (answer));
}

static gpointer
run (gpointer data)
{
  AtActor *actor = data;
  g_autoptr (GString) text = g_string_new (NULL);

  while (!g_atomic_int_get (&actor->stop))
    {
      char c;

      if (line_receive (&actor->line, &c, 1, POLL_MS) == 0)
        continue;
      if (c != '\r')
        g_string_append_c (text, c);
      else
        {
          take_command (actor, text->str);
          g_string_truncate (text, 0);
        }
    }
  return NULL;
}

AtActor *
at_actor_new (AtActorFunc func, gpointer user_data)
{
  AtActor *actor = g_new0 (AtActor, 1);
  struct termios state;

  line_open (&actor->line);
  g_assert_cmpint (tcgetattr (actor->line.slave, &state), ==, 0);
  cfmakeraw (&state);
  g_assert_cmpint (tcsetattr (actor->line.slave, TCSANOW, &state), ==, 0);
  actor->func = func;
  actor->user_data = user_data;
  g_mutex_init (&actor->lock);
  actor->commands = g_ptr_array_new_with_free_func (g_free);
  actor->thread = g_thread_new ("actor", run, actor);
  return actor;
}

void
at_actor_free (AtActor *actor)
{
  g_atomic_int_set (&actor->stop, TRUE);
  g_thread_join (actor->thread);
  line_clear (&actor->line);
  g_mutex_clear (&actor->lock);
  g_ptr_array_unref (actor->commands);
  g_free (actor);
}

void
at_actor_hang_up (AtActor *actor)
{
  line_hang_up (&actor->line);
}

const char *
at_actor_get_device (AtActor *actor)
{
  return actor->line.device;
}

/* How often @command came so far. */
guint
at_actor_count (AtActor *actor, const char *command)
{
  guint n = 0;

  g_mutex_lock (&actor->lock);
  for (guint i = 0; i < actor->commands->len; i++)
    n += g_str_equal (g_ptr_array_index (actor->commands, i), command);
  g_mutex_unlock (&actor->lock);
  return n;
}

/* All that came so far, with a space between: for comparing. */
char *
at_actor_list (AtActor *actor)
{
  GString *list = g_string_new (NULL);

  g_mutex_lock (&actor->lock);
  for (guint i = 0; i < actor->commands->len; i++)
    g_string_append_printf (list, "%s%s", i > 0 ? " " : "",
                            (const char *) g_ptr_array_index (actor->commands, i));
  g_mutex_unlock (&actor->lock);
  return g_string_free (list, FALSE);
}
