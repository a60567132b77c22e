/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A job in a process of its own, which is killed at the moment of the fault, as
 * a crash or a power cut would do it. The stick lives on here. */
#include "run.h"

#include <string.h>

#include "job/saved-state.h"

static void
add_ports (GString *line, SmithStick *stick)
{
  for (guint i = 0; i < stick->ports->len; i++)
    {
      SmithStickPort *port = g_ptr_array_index (stick->ports, i);

      g_string_append_printf (line, " %s %u %u", port->device, port->interface_number, port->role);
    }
}

static void
tell (Run *run, const char *line)
{
  g_output_stream_write_all (g_subprocess_get_stdin_pipe (run->process), line, strlen (line), NULL,
                             NULL, NULL);
}

/* Tells the job what is plugged in, if that is new. */
static void
tell_stick (Run *run, const char *place, guint *sent)
{
  g_autoptr (SmithStick) stick = smith_bus_find (SMITH_BUS (run->rig.bus), place);
  g_autoptr (GString) line = g_string_new (NULL);
  guint seen = stick != NULL ? (guint) stick->seen : 0;

  if (seen == *sent)
    return;
  *sent = seen;
  if (stick == NULL)
    g_string_printf (line, "gone %s", place);
  else
    {
      g_string_printf (line, "here %s %u %u %u %u %u %s", place, stick->vendor, stick->product,
                       stick->mode, stick->family, stick->unproven,
                       stick->web_address != NULL ? stick->web_address : "-");
      add_ports (line, stick);
    }
  g_string_append_c (line, '\n');
  tell (run, line->str);
}

static void
on_changed (SmithBus *bus, Run *run)
{
  tell_stick (run, "1-1", &run->sent_seen[0]);
  tell_stick (run, "1-2", &run->sent_seen[1]);
}

static void
on_gone (GObject *object, GAsyncResult *result, gpointer data)
{
  Run *run = data;

  g_subprocess_wait_finish (G_SUBPROCESS (object), result, NULL);
  run->over = TRUE;
}

static void
start_job (Run *run, const char *program)
{
  const Route *route = run->one->route;
  g_autofree char *dir = g_path_get_dirname (route->files[0]);
  const char *argv[] = { program, route->name, dir, run->state_path, NULL };
  g_autoptr (GError) error = NULL;
  const char *pid;

  run->process
      = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE,
                           &error);
  g_assert_no_error (error);
  pid = g_subprocess_get_identifier (run->process);
  g_assert_nonnull (pid);
  g_atomic_int_set (&run->pid, atoi (pid));
  g_subprocess_wait_async (run->process, NULL, on_gone, run);
  g_signal_connect (run->rig.bus, "changed", G_CALLBACK (on_changed), run);
  on_changed (SMITH_BUS (run->rig.bus), run);
}

/* The state tells what the stick has seen, or one partition less: that was
 * ended, and not yet noted. */
static void
check_state (Run *run)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithSavedState) state = smith_saved_state_load (run->state_path, &error);
  guint done = check_count_done (run);
  guint noted = 0;

  if (state == NULL)
    {
      run_set_wrong (run, FLAW_REPORT, "killed, and nothing was kept: %s", error->message);
      return;
    }
  for (guint i = 0; i < run->items->len && i < state->file; i++)
    noted += ((SmithItem *) g_ptr_array_index (run->items, i))->firmware->partitions->len;
  noted += state->partition;
  if (noted > done || noted + 1 < done)
    run_set_wrong (run, FLAW_REPORT, "%u partitions are noted, %u were ended", noted, done);
}

/**
 * kill_run:
 * @program: what does the job
 *
 * Has another process do the job, and kills it when the fault strikes.
 */
void
kill_run (Run *run, const char *program)
{
  start_job (run, program);
  while (!run->over || (g_atomic_int_get (&run->struck) && !run->gave_way))
    g_main_context_iteration (run->context, TRUE);
  g_signal_handlers_disconnect_by_func (run->rig.bus, on_changed, run);
  g_atomic_int_set (&run->pid, 0);
  run->killed = g_subprocess_get_if_signaled (run->process);
  if (!run->killed)
    run_set_wrong (run, FLAW_END, "it was over before it could be killed");
  else
    check_state (run);
  g_clear_object (&run->process);
}
