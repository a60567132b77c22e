/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access-offer.h"

#include <glib/gi18n.h>

#include "desktop/access.h"
#include "file-chooser.h"
#include "naming.h"
#include "wrap-box.h"

struct _SmithAccessOffer
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkWidget *install;
  GtkWidget *save;
  GtkLabel *status;
  GtkWidget *by_hand;
  GtkLabel *command;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (SmithAccessOffer, smith_access_offer, GTK_TYPE_WIDGET)

static void
set_busy (SmithAccessOffer *offer, gboolean busy)
{
  gtk_widget_set_sensitive (offer->install, !busy);
  gtk_widget_set_sensitive (offer->save, !busy);
}

static void
show_failure (SmithAccessOffer *offer, const GError *error)
{
  g_autofree char *text = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      smith_show_text (offer->status, _ ("Nothing was changed."));
      return;
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
    text = g_strdup (_ ("This desktop cannot ask for the password here. Save the rule instead; one "
                        "command in a terminal then puts it in its place."));
  else
    text = g_strdup_printf (_ ("It did not work: %s"), error->message);
  smith_show_text (offer->status, text);
}

static void
on_installed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmithAccessOffer) offer = user_data;
  g_autoptr (GError) error = NULL;
  gboolean ok = smith_access_install_finish (result, &error);

  if (offer->box == NULL) /* gone meanwhile */
    return;
  set_busy (offer, FALSE);
  if (ok)
    smith_show_text (offer->status, _ ("Done. Now unplug the stick and plug it in again."));
  else
    show_failure (offer, error);
}

static void
on_install (SmithAccessOffer *offer)
{
  set_busy (offer, TRUE);
  smith_show_text (offer->status, _ ("The system asks for a password…"));
  smith_access_install_async (offer->cancellable, on_installed, g_object_ref (offer));
}

static void
on_saved (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmithAccessOffer) offer = user_data;
  g_autoptr (GError) error = NULL;
  gboolean ok = smith_access_save_finish (result, &error);

  if (offer->box == NULL) /* gone meanwhile */
    return;
  set_busy (offer, FALSE);
  gtk_widget_set_visible (offer->by_hand, ok);
  if (ok)
    smith_show_text (offer->status,
                     _ ("Saved. Enter this line in a terminal, then unplug the stick and plug "
                        "it in again:"));
  else
    show_failure (offer, error);
}

/* Saves the rule and shows the command that puts it in its place. */
void
smith_access_offer_save (SmithAccessOffer *offer, GFile *file)
{
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *command = NULL;

  if (path == NULL)
    {
      smith_show_text (offer->status, _ ("Choose a folder of this computer."));
      return;
    }
  command = smith_access_get_command (path);
  gtk_label_set_label (offer->command, command);
  set_busy (offer, TRUE);
  smith_access_save_async (file, offer->cancellable, on_saved, g_object_ref (offer));
}

static void
on_chosen (GFile *file, gpointer object)
{
  smith_access_offer_save (object, file);
}

static void
on_save (SmithAccessOffer *offer)
{
  smith_choose_file (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (offer))),
                     GTK_FILE_CHOOSER_ACTION_SAVE, _ ("Save rule"), SMITH_ACCESS_RULE_NAME,
                     on_chosen, offer);
}

static void
on_copy (SmithAccessOffer *offer)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (offer)),
                          gtk_label_get_label (offer->command));
}

static void
smith_access_offer_dispose (GObject *object)
{
  SmithAccessOffer *offer = SMITH_ACCESS_OFFER (object);

  g_cancellable_cancel (offer->cancellable);
  g_clear_pointer (&offer->box, gtk_widget_unparent);
  G_OBJECT_CLASS (smith_access_offer_parent_class)->dispose (object);
}

static void
smith_access_offer_finalize (GObject *object)
{
  g_object_unref (SMITH_ACCESS_OFFER (object)->cancellable);
  G_OBJECT_CLASS (smith_access_offer_parent_class)->finalize (object);
}

static void
smith_access_offer_class_init (SmithAccessOfferClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smith_access_offer_dispose;
  G_OBJECT_CLASS (klass)->finalize = smith_access_offer_finalize;
  g_type_ensure (SMITH_TYPE_WRAP_BOX);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sticksmith/Sticksmith/access-offer.ui");
  gtk_widget_class_bind_template_child (widget_class, SmithAccessOffer, box);
  gtk_widget_class_bind_template_child (widget_class, SmithAccessOffer, install);
  gtk_widget_class_bind_template_child (widget_class, SmithAccessOffer, save);
  gtk_widget_class_bind_template_child (widget_class, SmithAccessOffer, status);
  gtk_widget_class_bind_template_child (widget_class, SmithAccessOffer, by_hand);
  gtk_widget_class_bind_template_child (widget_class, SmithAccessOffer, command);
  gtk_widget_class_bind_template_callback (widget_class, on_install);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
}

static void
smith_access_offer_init (SmithAccessOffer *offer)
{
  offer->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (offer));
  smith_name_buttons (GTK_WIDGET (offer));
  /* Somebody did all this and only has to plug the stick in again. */
  if (smith_access_is_installed ())
    smith_show_text (offer->status,
                     _ ("The rule is in its place already. Unplug the stick and plug it in "
                        "again."));
}

GtkWidget *
smith_access_offer_new (void)
{
  return g_object_new (SMITH_TYPE_ACCESS_OFFER, NULL);
}
