/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "log-drawer.h"

#include <glib/gi18n.h>

#include "file-chooser.h"

struct _SmithLogDrawer
{
  GtkWidget parent_instance;

  GtkRevealer *revealer;
  GtkScrolledWindow *scroller;
  GtkTextView *view;
  GtkWidget *copy;
  SmithLog *log;
  gulong appended;
};

G_DEFINE_FINAL_TYPE (SmithLogDrawer, smith_log_drawer, GTK_TYPE_WIDGET)

/* Steps and worse: every frame is for the file that is saved. */
static void
fill (SmithLogDrawer *drawer)
{
  g_autofree char *text = smith_log_to_text (drawer->log, SMITH_LOG_STEP);
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (drawer->view);
  GtkTextIter end;

  gtk_text_buffer_set_text (buffer, text, -1);
  gtk_text_buffer_get_end_iter (buffer, &end);
  gtk_text_buffer_place_cursor (buffer, &end);
  gtk_text_view_scroll_mark_onscreen (drawer->view, gtk_text_buffer_get_insert (buffer));
}

static void
on_appended (SmithLog *log, SmithLogDrawer *drawer)
{
  if (gtk_revealer_get_reveal_child (drawer->revealer))
    fill (drawer);
}

static void
drop_log (SmithLogDrawer *drawer)
{
  if (drawer->log != NULL)
    g_clear_signal_handler (&drawer->appended, drawer->log);
  g_clear_object (&drawer->log);
}

/* Shows another log. */
void
smith_log_drawer_set_log (SmithLogDrawer *drawer, SmithLog *log)
{
  drop_log (drawer);
  drawer->log = g_object_ref (log);
  drawer->appended = g_signal_connect (log, "appended", G_CALLBACK (on_appended), drawer);
  on_appended (log, drawer);
}

void
smith_log_drawer_set_open (SmithLogDrawer *drawer, gboolean open)
{
  gtk_revealer_set_reveal_child (drawer->revealer, open);
  if (open && drawer->log != NULL)
    {
      fill (drawer);
      gtk_widget_grab_focus (GTK_WIDGET (drawer->view));
    }
}

static void
on_copy (SmithLogDrawer *drawer)
{
  g_autofree char *text = smith_log_to_text (drawer->log, SMITH_LOG_STEP);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (drawer)), text);
}

static void
on_close (SmithLogDrawer *drawer)
{
  gtk_widget_activate_action (GTK_WIDGET (drawer), "win.show-log", NULL);
}

typedef struct
{
  SmithLog *log;
  char *path;
} Save;

static void
save_free (gpointer data)
{
  Save *save = data;

  g_object_unref (save->log);
  g_free (save->path);
  g_free (save);
}

static void
save_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Save *save = data;
  GError *error = NULL;

  if (smith_log_save (save->log, save->path, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_saved (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Save *save = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    smith_log_add (save->log, SMITH_LOG_ERROR, _ ("The log could not be saved: %s"),
                   error->message);
}

/**
 * smith_log_drawer_save:
 *
 * Saves the whole log, on a worker; a failure is told in the log itself.
 */
void
smith_log_drawer_save (SmithLogDrawer *drawer, const char *path)
{
  g_autoptr (GTask) task = g_task_new (drawer, NULL, on_saved, NULL);
  Save *save = g_new0 (Save, 1);

  save->log = g_object_ref (drawer->log);
  save->path = g_strdup (path);
  g_task_set_task_data (task, save, save_free);
  g_task_run_in_thread (task, save_work);
}

static void
on_chosen (GFile *file, gpointer object)
{
  g_autofree char *path = g_file_get_path (file);

  if (path != NULL)
    smith_log_drawer_save (object, path);
}

static void
on_save (SmithLogDrawer *drawer)
{
  smith_choose_file (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (drawer))),
                     GTK_FILE_CHOOSER_ACTION_SAVE, _ ("Save log"), "sticksmith-log.txt", on_chosen,
                     drawer);
}

static void
smith_log_drawer_dispose (GObject *object)
{
  SmithLogDrawer *drawer = SMITH_LOG_DRAWER (object);
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (drawer));

  drop_log (drawer);
  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (smith_log_drawer_parent_class)->dispose (object);
}

static void
smith_log_drawer_class_init (SmithLogDrawerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smith_log_drawer_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sticksmith/Sticksmith/log-drawer.ui");
  gtk_widget_class_bind_template_child (widget_class, SmithLogDrawer, revealer);
  gtk_widget_class_bind_template_child (widget_class, SmithLogDrawer, scroller);
  gtk_widget_class_bind_template_child (widget_class, SmithLogDrawer, view);
  gtk_widget_class_bind_template_child (widget_class, SmithLogDrawer, copy);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
  gtk_widget_class_bind_template_callback (widget_class, on_close);
}

static void
smith_log_drawer_init (SmithLogDrawer *drawer)
{
  gtk_widget_init_template (GTK_WIDGET (drawer));
}
