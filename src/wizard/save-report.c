/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "save-report.h"

#include <glib/gi18n.h>

#include "file-chooser.h"
#include "job/report.h"

static const char *
result_name (SmithSession *session)
{
  static const char *const names[] = {
    [SMITH_PHASE_CHOOSING] = "nothing was done yet",
    [SMITH_PHASE_RUNNING] = "still running",
    [SMITH_PHASE_DONE] = "done",
    [SMITH_PHASE_FAILED] = "failed",
  };

  return names[smith_session_get_phase (session)];
}

/**
 * smith_save_report_text:
 *
 * Returns: (transfer full): what somebody who helps wants to know of the session
 */
char *
smith_save_report_text (SmithSession *session)
{
  g_autofree char *gtk = g_strdup_printf ("%u.%u.%u", gtk_get_major_version (),
                                          gtk_get_minor_version (), gtk_get_micro_version ());
  SmithJobStatus status;
  SmithReport report = {
    .gtk = gtk,
    .practice = smith_session_get_world (session) != NULL,
    .result = result_name (session),
    .files = smith_session_get_file_names (session),
    .old_version = smith_session_get_old_version (session),
    .wanted_version = smith_session_get_target_version (session),
    .new_version = smith_session_get_new_version (session),
    .error = smith_session_get_error (session),
    .log = smith_session_get_log (session),
  };

  smith_session_get_status (session, &status);
  report.last_step = status.step;
  report.touched = status.touched;
  return smith_report_to_text (&report);
}

typedef struct
{
  SmithSession *session;
  GWeakRef window;
} Save;

static void
save_free (Save *save)
{
  g_object_unref (save->session);
  g_weak_ref_clear (&save->window);
  g_free (save);
}

/* Of a failure the log tells, which is opened then. */
static void
on_saved (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Save *save = user_data;
  g_autoptr (GObject) window = g_weak_ref_get (&save->window);
  g_autoptr (GError) error = NULL;

  if (!g_file_replace_contents_finish (G_FILE (object), result, NULL, &error))
    {
      smith_log_add (smith_session_get_log (save->session), SMITH_LOG_ERROR,
                     _ ("The report could not be saved: %s"), error->message);
      if (window != NULL)
        g_action_group_change_action_state (G_ACTION_GROUP (window), "show-log",
                                            g_variant_new_boolean (TRUE));
    }
  save_free (save);
}

/**
 * smith_save_report:
 * @window: (nullable): whose log is opened if it does not work
 *
 * Saves the report, without making anybody wait.
 */
void
smith_save_report (SmithSession *session, GFile *file, GtkWindow *window)
{
  char *text = smith_save_report_text (session);
  g_autoptr (GBytes) bytes = g_bytes_new_take (text, strlen (text));
  Save *save = g_new0 (Save, 1);

  save->session = g_object_ref (session);
  g_weak_ref_init (&save->window, window);
  g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE, G_FILE_CREATE_NONE, NULL, on_saved,
                                       save);
}

static void
on_chosen (GFile *file, gpointer object)
{
  SmithWindow *window = object;

  smith_save_report (smith_window_get_session (window), file, GTK_WINDOW (window));
}

/* Asks for a place and saves the report of the window's session there. */
void
smith_save_report_as (SmithWindow *window)
{
  smith_choose_file (GTK_WINDOW (window), GTK_FILE_CHOOSER_ACTION_SAVE, _ ("Save report"),
                     "sticksmith-report.txt", on_chosen, window);
}
