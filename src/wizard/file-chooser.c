/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "file-chooser.h"

#include <glib/gi18n.h>

#include "settings.h"

typedef struct
{
  SmithFileChosenFunc func;
  GWeakRef object;
} Choice;

static void
choice_free (gpointer data, GClosure *closure)
{
  Choice *choice = data;

  g_weak_ref_clear (&choice->object);
  g_free (choice);
}

static void
on_response (GtkNativeDialog *dialog, int response, Choice *choice)
{
  g_autoptr (GObject) object = g_weak_ref_get (&choice->object);
  g_autoptr (GFile) file = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  if (file != NULL && object != NULL)
    {
      smith_settings_set_last_folder (file);
      choice->func (file, object);
    }
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

/**
 * smith_choose_file:
 * @name: (nullable): for saving: the name that is proposed
 * @object: (type GObject): passed to @func; if it goes, nothing is chosen
 *
 * Asks the desktop for a file or a folder, beginning where one was chosen last.
 * @func is called on the main thread, unless the person thinks better of it.
 */
void
smith_choose_file (GtkWindow *parent,
                   GtkFileChooserAction action,
                   const char *title,
                   const char *name,
                   SmithFileChosenFunc func,
                   gpointer object)
{
  gboolean save = action == GTK_FILE_CHOOSER_ACTION_SAVE;
  GtkFileChooserNative *dialog
      = gtk_file_chooser_native_new (title, parent, action, save ? _ ("_Save") : _ ("_Choose"),
                                     _ ("_Cancel"));
  g_autoptr (GFile) folder = smith_settings_get_last_folder ();
  Choice *choice = g_new0 (Choice, 1);

  choice->func = func;
  g_weak_ref_init (&choice->object, object);
  if (folder != NULL && g_file_is_native (folder) && g_file_query_exists (folder, NULL))
    gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (dialog), folder, NULL);
  if (save)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_response), choice, choice_free, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}
