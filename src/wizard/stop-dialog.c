/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stop-dialog.h"

#include <glib/gi18n.h>

struct _SmithStopDialog
{
  GtkWindow parent_instance;

  GtkLabel *heading;
  GtkLabel *text;
  GtkWidget *keep;
};

G_DEFINE_FINAL_TYPE (SmithStopDialog, smith_stop_dialog, GTK_TYPE_WINDOW)

enum
{
  STOP,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
on_stop (SmithStopDialog *dialog)
{
  g_signal_emit (dialog, signals[STOP], 0);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
on_keep (SmithStopDialog *dialog)
{
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
smith_stop_dialog_class_init (SmithStopDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  signals[STOP] = g_signal_new ("stop", SMITH_TYPE_STOP_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sticksmith/Sticksmith/stop-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SmithStopDialog, heading);
  gtk_widget_class_bind_template_child (widget_class, SmithStopDialog, text);
  gtk_widget_class_bind_template_child (widget_class, SmithStopDialog, keep);
  gtk_widget_class_bind_template_callback (widget_class, on_stop);
  gtk_widget_class_bind_template_callback (widget_class, on_keep);
}

static void
smith_stop_dialog_init (SmithStopDialog *dialog)
{
  gtk_widget_init_template (GTK_WIDGET (dialog));
  gtk_window_set_default_widget (GTK_WINDOW (dialog), dialog->keep);
  gtk_window_set_focus (GTK_WINDOW (dialog), dialog->keep);
}

/**
 * smith_stop_dialog_new:
 * @all_written: everything is on the stick already, which is starting
 */
SmithStopDialog *
smith_stop_dialog_new (GtkWindow *parent, gboolean all_written)
{
  SmithStopDialog *dialog = g_object_new (SMITH_TYPE_STOP_DIALOG, "transient-for", parent, NULL);

  if (all_written)
    gtk_label_set_label (dialog->heading, _ ("Stop waiting for the stick?"));
  gtk_label_set_label (
      dialog->text,
      all_written
          ? _ ("Everything is written, and the stick is starting. If you stop now, Sticksmith "
               "cannot check whether the new firmware really runs.")
          : _ ("The stick is only partly written. If you stop now, it does not work until it is "
               "written completely. It is not damaged: it keeps waiting for firmware, and you can "
               "go on later."));
  return dialog;
}
