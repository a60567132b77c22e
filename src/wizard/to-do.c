/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "to-do.h"

#include <glib/gi18n.h>

static GtkWidget *
make_text (const char *text)
{
  return g_object_new (GTK_TYPE_LABEL, "label", text, "xalign", 0.0, "yalign", 0.0, "wrap", TRUE,
                       NULL);
}

/* One thing to do; the number stands before all of its lines. */
static GtkWidget *
make_step (guint number, const char *text)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  /* Translators: the number of a step in a list of things to do. */
  g_autofree char *count = g_strdup_printf (_ ("%u."), number);
  GtkWidget *label = make_text (count);
  GtkWidget *what = make_text (text);

  gtk_widget_add_css_class (line, "to-do-line");
  gtk_widget_add_css_class (label, "to-do-number");
  gtk_box_append (GTK_BOX (line), label);
  gtk_widget_set_hexpand (what, TRUE);
  gtk_box_append (GTK_BOX (line), what);
  return line;
}

/**
 * smith_to_do_show:
 * @box: a column, which is emptied first
 * @steps: (array zero-terminated=1): English, in their order
 *
 * Lists things to do, one after the other, with their numbers in a column of
 * their own.
 */
void
smith_to_do_show (GtkBox *box, const char *const *steps)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (box))) != NULL)
    gtk_box_remove (box, child);
  for (guint i = 0; steps[i] != NULL; i++)
    gtk_box_append (box, make_step (i + 1, _ (steps[i])));
}
