/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report.h"

#include <glib/gi18n.h>

#include "config.h"
#include "file-chooser.h"

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

static void
add_line (GString *text, const char *what, const char *value)
{
  if (value != NULL)
    g_string_append_printf (text, "%-16s%s\n", what, value);
}

/**
 * smith_report_make:
 *
 * What somebody who helps wants to know. Not translated: it is read by others
 * than by whom it is saved. Numbers that tell a stick or a person apart are
 * masked.
 *
 * Returns: (transfer full)
 */
char *
smith_report_make (SmithSession *session)
{
  g_autoptr (GString) text = g_string_new ("Sticksmith report\n\n");
  g_autofree char *os = g_get_os_info (G_OS_INFO_KEY_PRETTY_NAME);
  g_autofree char *gtk = g_strdup_printf ("%u.%u.%u", gtk_get_major_version (),
                                          gtk_get_minor_version (), gtk_get_micro_version ());
  g_autofree char *log = smith_log_to_text (smith_session_get_log (session), SMITH_LOG_DETAIL);
  const GError *error = smith_session_get_error (session);
  SmithJobStatus status;

  smith_session_get_status (session, &status);
  add_line (text, "Sticksmith", SMITH_VERSION);
  add_line (text, "GTK", gtk);
  add_line (text, "System", os);
  add_line (text, "Practice", smith_session_get_world (session) != NULL ? "yes" : "no");
  add_line (text, "Result", result_name (session));
  add_line (text, "Last step", smith_step_name (status.step));
  add_line (text, "Stick written", status.touched ? "yes" : "no");
  add_line (text, "File", smith_session_get_file_names (session));
  add_line (text, "Old version", smith_session_get_old_version (session));
  add_line (text, "Wanted version", smith_session_get_target_version (session));
  add_line (text, "New version", smith_session_get_new_version (session));
  add_line (text, "Error", error != NULL ? error->message : NULL);
  g_string_append_printf (text, "\nLog\n%s", log);
  return smith_log_mask (text->str);
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
 * smith_report_save:
 * @window: (nullable): whose log is opened if it does not work
 *
 * Saves the report, without making anybody wait.
 */
void
smith_report_save (SmithSession *session, GFile *file, GtkWindow *window)
{
  char *text = smith_report_make (session);
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

  smith_report_save (smith_window_get_session (window), file, GTK_WINDOW (window));
}

/* Asks for a place and saves the report of the window's session there. */
void
smith_report_save_as (SmithWindow *window)
{
  smith_choose_file (GTK_WINDOW (window), GTK_FILE_CHOOSER_ACTION_SAVE, _ ("Save report"),
                     "sticksmith-report.txt", on_chosen, window);
}
