/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter-row.h"

#include <glib/gi18n.h>

#include "access-offer.h"
#include "desktop/cd-drive.h"
#include "naming.h"

/* What a button of a row needs; owned by the button. */
typedef struct
{
  SmithSession *session;
  SmithStick *stick;
  GWeakRef status; /* GtkLabel */
} Cure;

static void
cure_free (gpointer data, GClosure *closure)
{
  Cure *cure = data;

  g_object_unref (cure->session);
  smith_stick_unref (cure->stick);
  g_weak_ref_clear (&cure->status);
  g_free (cure);
}

static GtkWidget *
make_label (const char *text, const char *css)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  if (css != NULL)
    gtk_widget_add_css_class (label, css);
  return label;
}

static void
show_status (GtkLabel *label, const char *text)
{
  gtk_label_set_label (label, text);
  gtk_widget_set_visible (GTK_WIDGET (label), TRUE);
}

static void
on_ejected (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkLabel) status = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (smith_cd_drive_eject_finish (result, &error))
    text = g_strdup (_ ("Ejected. Give the stick a few seconds."));
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
    text = g_strdup (_ ("This desktop cannot eject it. Unplug the stick, install the package "
                        "“usb_modeswitch”, and plug it in again."));
  else
    text = g_strdup_printf (_ ("It did not work: %s"), error->message);
  show_status (status, text);
}

static void
on_eject (GtkButton *button, Cure *cure)
{
  g_autoptr (GtkLabel) status = g_weak_ref_get (&cure->status);

  if (status == NULL)
    return;
  show_status (status, _ ("Ejecting…"));
  smith_cd_drive_eject_async (NULL, cure->stick->cd_drive, NULL, on_ejected, g_object_ref (status));
}

static void
on_copy_driver (GtkButton *button, Cure *cure)
{
  g_autoptr (GtkLabel) status = g_weak_ref_get (&cure->status);
  g_autofree char *command = g_strdup_printf ("sudo modprobe %s", cure->stick->missing_driver);
  g_autofree char *text = NULL;

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (button)), command);
  /* Translators: a command for a terminal */
  text = g_strdup_printf (_ ("Copied: %s"), command);
  if (status != NULL)
    show_status (status, text);
}

static void
on_ask_again (GtkButton *button, Cure *cure)
{
  smith_session_identify_again (cure->session, cure->stick->usb_path);
}

static const struct
{
  const char *label;
  const char *id;
  void (*clicked) (GtkButton *button, Cure *cure);
} cures[] = {
  [SMITH_CURE_EJECT] = { N_ ("_Eject the CD"), "eject", on_eject },
  [SMITH_CURE_LOAD_DRIVER] = { N_ ("_Copy the command that loads it"), "driver", on_copy_driver },
  [SMITH_CURE_ASK_AGAIN] = { N_ ("_Ask it again"), "ask_again", on_ask_again },
};

/* The button that does something about it. */
static GtkWidget *
make_cure (SmithCure kind, SmithSession *session, SmithStick *stick, GtkWidget *status)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (_ (cures[kind].label));
  Cure *cure = g_new0 (Cure, 1);

  cure->session = g_object_ref (session);
  cure->stick = smith_stick_ref (stick);
  g_weak_ref_init (&cure->status, status);
  gtk_widget_set_name (button, cures[kind].id);
  smith_name_button (GTK_BUTTON (button));
  g_signal_connect_data (button, "clicked", G_CALLBACK (cures[kind].clicked), cure, cure_free, 0);
  return button;
}

static GtkWidget *
make_help (const char *topic)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (_ ("_More about this"));

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "app.help");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", topic);
  gtk_widget_add_css_class (button, "flat");
  smith_name_button (GTK_BUTTON (button));
  return button;
}

static GtkWidget *
make_buttons (const SmithMatter *matter,
              SmithSession *session,
              SmithStick *stick,
              GtkWidget *status)
{
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_widget_add_css_class (buttons, "buttons");
  if (matter->cure != SMITH_CURE_NONE && matter->cure != SMITH_CURE_ACCESS)
    gtk_box_append (GTK_BOX (buttons), make_cure (matter->cure, session, stick, status));
  if (matter->help != NULL)
    gtk_box_append (GTK_BOX (buttons), make_help (matter->help));
  gtk_widget_set_visible (buttons, gtk_widget_get_first_child (buttons) != NULL);
  return buttons;
}

/**
 * smith_matter_row_new:
 *
 * What a person should know about a stick, with what can be done about it.
 */
GtkWidget *
smith_matter_row_new (const SmithMatter *matter, SmithSession *session, SmithStick *stick)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *status = make_label ("", "matter-status");
  GtkWidget *icon = g_object_new (GTK_TYPE_IMAGE, "icon-name",
                                  matter->calm ? "smith-good-symbolic" : "smith-attention-symbolic",
                                  "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, "valign",
                                  GTK_ALIGN_START, NULL);

  gtk_widget_set_visible (status, FALSE);
  gtk_widget_add_css_class (row, "matter");
  gtk_widget_add_css_class (row, matter->calm ? "calm" : matter->blocks ? "blocks" : "care");
  gtk_widget_add_css_class (texts, "matter-text");
  gtk_widget_set_hexpand (texts, TRUE);
  gtk_box_append (GTK_BOX (texts), make_label (matter->title, "matter-title"));
  gtk_box_append (GTK_BOX (texts), make_label (matter->text, NULL));
  if (matter->cure == SMITH_CURE_ACCESS)
    gtk_box_append (GTK_BOX (texts), smith_access_offer_new ());
  gtk_box_append (GTK_BOX (texts), status);
  gtk_box_append (GTK_BOX (texts), make_buttons (matter, session, stick, status));
  gtk_box_append (GTK_BOX (row), icon);
  gtk_box_append (GTK_BOX (row), texts);
  return row;
}
