/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "naming.h"

/**
 * smith_show_text:
 * @text: (nullable): what it is to say
 *
 * Hides a label that has nothing to say: a screen reader would stop at it.
 */
void
smith_show_text (GtkLabel *label, const char *text)
{
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

/**
 * smith_name_button:
 *
 * Has a button named by the label in it. What it tells besides still has the
 * mnemonic's underscore in it, which a screen reader would speak.
 */
void
smith_name_button (GtkButton *button)
{
  gtk_accessible_reset_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL);
}

static void
name_check_button (GtkCheckButton *button)
{
  g_auto (GStrv) parts = g_strsplit (gtk_check_button_get_label (button), "_", 2);
  g_autofree char *name = g_strjoinv ("", parts);

  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/* Does so for every button with a mnemonic in @widget. */
void
smith_name_buttons (GtkWidget *widget)
{
  if (GTK_IS_BUTTON (widget) && gtk_button_get_use_underline (GTK_BUTTON (widget))
      && gtk_button_get_label (GTK_BUTTON (widget)) != NULL)
    smith_name_button (GTK_BUTTON (widget));
  else if (GTK_IS_CHECK_BUTTON (widget)
           && gtk_check_button_get_use_underline (GTK_CHECK_BUTTON (widget)))
    name_check_button (GTK_CHECK_BUTTON (widget));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    smith_name_buttons (child);
}

/* A long label of a button, or one in another language, wants a second line. */
void
smith_wrap_check_label (GtkCheckButton *button)
{
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (button)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_LABEL (child))
      gtk_label_set_wrap (GTK_LABEL (child), TRUE);
}
