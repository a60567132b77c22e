/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "at-ask.h"

#include "job/open-port.h"

typedef struct
{
  SmithBus *bus;
  SmithStick *stick;
  char *device;
  char *command;
  guint timeout_ms;
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  g_object_unref (question->bus);
  smith_stick_unref (question->stick);
  g_free (question->device);
  g_free (question->command);
  g_free (question);
}

/* On a thread of its own: the port is open for this one exchange only. */
static void
ask_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Question *question = data;
  g_autoptr (SmithPort) port = NULL;
  SmithAtAnswer *answer = NULL;
  GError *error = NULL;

  if (smith_at_command_check (question->command, &error))
    port = smith_open_stick_device (question->bus, question->stick, question->device, NULL, NULL,
                                    cancellable, &error);
  if (port != NULL)
    answer = smith_at_exchange (port, question->command, question->timeout_ms, cancellable, &error);
  g_clear_pointer (&port, smith_port_close);
  if (answer != NULL)
    g_task_return_pointer (task, answer, (GDestroyNotify) smith_at_answer_free);
  else
    g_task_return_error (task, error);
}

/**
 * smith_at_ask_async:
 * @stick: as it was when it was offered
 * @device: its port, such as /dev/ttyUSB0
 * @command: what somebody typed
 * @timeout_ms: how long to wait for the answer, once the port is open
 * @callback: called in the thread default main context of the caller, when the
 *   port is closed again
 *
 * Opens a port, sends one command if it may be sent at all, and takes the
 * answer, on a worker.
 */
void
smith_at_ask_async (SmithBus *bus,
                    SmithStick *stick,
                    const char *device,
                    const char *command,
                    guint timeout_ms,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Question *question = g_new0 (Question, 1);

  question->bus = g_object_ref (bus);
  question->stick = smith_stick_ref (stick);
  question->device = g_strdup (device);
  question->command = g_strdup (command);
  question->timeout_ms = timeout_ms;
  g_task_set_source_tag (task, smith_at_ask_async);
  g_task_set_task_data (task, question, question_free);
  g_task_run_in_thread (task, ask_work);
}

/**
 * smith_at_ask_finish:
 *
 * Returns: (transfer full): the answer, whatever its result; or NULL with
 *   SMITH_ERROR_UNSUPPORTED for a command that is not sent, or with what
 *   smith_open_stick_device() and smith_at_exchange() tell
 */
SmithAtAnswer *
smith_at_ask_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
