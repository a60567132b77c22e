/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "matter-row.h"

#include <glib/gi18n.h>

#include "access-offer.h"
#include "desktop/cd-drive.h"
#include "naming.h"
#include "wrap-box.h"

/* What a button of a row needs; owned by the button. The stick itself is looked
 * up when the button is clicked: a row lives longer than what it was made of. */
typedef struct
{
  SmithCure kind;
  SmithSession *session;
  char *usb_path;
  GWeakRef status; /* GtkLabel */
} Cure;

static void
cure_free (gpointer data, GClosure *closure)
{
  Cure *cure = data;

  g_object_unref (cure->session);
  g_free (cure->usb_path);
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

static gboolean
eject (GtkWidget *button, SmithSession *session, SmithStick *stick, GtkLabel *status)
{
  if (stick->cd_drive == NULL)
    return FALSE;
  show_status (status, _ ("Ejecting…"));
  smith_cd_drive_eject_async (NULL, stick->cd_drive, NULL, on_ejected, g_object_ref (status));
  return TRUE;
}

static gboolean
copy_driver (GtkWidget *button, SmithSession *session, SmithStick *stick, GtkLabel *status)
{
  g_autofree char *command = NULL;
  g_autofree char *text = NULL;

  if (stick->missing_driver == NULL)
    return FALSE;
  command = g_strdup_printf ("sudo modprobe %s", stick->missing_driver);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (button), command);
  /* Translators: a command for a terminal */
  text
      = g_strdup_printf (_ ("Copied: %s\nPaste it in a terminal, then unplug the stick and plug it "
                            "in again."),
                         command);
  show_status (status, text);
  return TRUE;
}

static gboolean
ask_again (GtkWidget *button, SmithSession *session, SmithStick *stick, GtkLabel *status)
{
  smith_session_identify_again (session, stick->usb_path);
  return TRUE;
}

/* Each cures the stick as it is now. Returns: FALSE if there is nothing to cure any more */
typedef gboolean (*CureFunc) (GtkWidget *button,
                              SmithSession *session,
                              SmithStick *stick,
                              GtkLabel *status);

static const struct
{
  const char *label;
  const char *id;
  CureFunc func;
} cures[] = {
  [SMITH_CURE_EJECT] = { N_ ("_Eject the CD"), "eject", eject },
  [SMITH_CURE_LOAD_DRIVER] = { N_ ("_Copy the command that loads it"), "driver", copy_driver },
  [SMITH_CURE_ASK_AGAIN] = { N_ ("_Ask it again"), "ask_again", ask_again },
};

static void
on_cure (GtkButton *button, Cure *cure)
{
  g_autoptr (GtkLabel) status = g_weak_ref_get (&cure->status);
  g_autoptr (SmithStick) stick = smith_session_find_stick (cure->session, cure->usb_path);

  if (status == NULL)
    return;
  if (stick == NULL)
    show_status (status, _ ("The stick is no longer plugged in here, so nothing was done."));
  else if (!cures[cure->kind].func (GTK_WIDGET (button), cure->session, stick, status))
    show_status (status, _ ("This is no longer needed: the stick has changed meanwhile."));
}

/* The button that does something about it. */
static GtkWidget *
make_cure (SmithCure kind, SmithSession *session, const char *usb_path, GtkWidget *status)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (_ (cures[kind].label));
  Cure *cure = g_new0 (Cure, 1);

  cure->kind = kind;
  cure->session = g_object_ref (session);
  cure->usb_path = g_strdup (usb_path);
  g_weak_ref_init (&cure->status, status);
  gtk_widget_set_name (button, cures[kind].id);
  smith_name_button (GTK_BUTTON (button));
  g_signal_connect_data (button, "clicked", G_CALLBACK (on_cure), cure, cure_free, 0);
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
              const char *usb_path,
              GtkWidget *status)
{
  GtkWidget *buttons = g_object_new (SMITH_TYPE_WRAP_BOX, NULL);

  if (matter->cure != SMITH_CURE_NONE && matter->cure != SMITH_CURE_ACCESS)
    gtk_widget_set_parent (make_cure (matter->cure, session, usb_path, status), buttons);
  if (matter->help != NULL)
    gtk_widget_set_parent (make_help (matter->help), buttons);
  gtk_widget_set_visible (buttons, gtk_widget_get_first_child (buttons) != NULL);
  return buttons;
}

/**
 * smith_matter_row_new:
 * @usb_path: where the stick is
 *
 * What a person should know about a stick, with what can be done about it. What
 * is done then is done with the stick that is there at that time.
 */
GtkWidget *
smith_matter_row_new (const SmithMatter *matter, SmithSession *session, const char *usb_path)
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
  gtk_box_append (GTK_BOX (texts), make_buttons (matter, session, usb_path, status));
  gtk_box_append (GTK_BOX (row), icon);
  gtk_box_append (GTK_BOX (row), texts);
  return row;
}
