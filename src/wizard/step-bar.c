/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "step-bar.h"

#include <glib/gi18n.h>

#include "naming.h"

struct _SmithStepBar
{
  GtkWidget parent_instance;

  GtkLabel *label;
};

G_DEFINE_FINAL_TYPE (SmithStepBar, smith_step_bar, GTK_TYPE_WIDGET)

static void
smith_step_bar_dispose (GObject *object)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (object));

  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (smith_step_bar_parent_class)->dispose (object);
}

static void
smith_step_bar_class_init (SmithStepBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smith_step_bar_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_css_name (widget_class, "stepbar");
}

static void
smith_step_bar_init (SmithStepBar *bar)
{
  bar->label = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (bar->label, 0);
  gtk_label_set_wrap (bar->label, TRUE);
  gtk_widget_set_name (GTK_WIDGET (bar->label), "where");
  gtk_widget_set_parent (GTK_WIDGET (bar->label), GTK_WIDGET (bar));
  gtk_accessible_update_property (GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Steps"),
                                  -1);
}

/**
 * smith_step_bar_show:
 * @current: the step that is at hand, or in which the job ended
 */
void
smith_step_bar_show (SmithStepBar *bar, SmithPageId current, SmithPhase phase)
{
  g_autofree char *text = NULL;

  if (phase == SMITH_PHASE_FAILED)
    /* Translators: where the list of steps has no room; the last is the step's name */
    text = g_strdup_printf (_ ("Stopped in step %u of %u: %s"), current + 1u, SMITH_N_WIZARD_STEPS,
                            smith_flow_step_title (current));
  else
    /* Translators: where the list of steps has no room; the last is the step's name */
    text = g_strdup_printf (_ ("Step %u of %u: %s"), current + 1u, SMITH_N_WIZARD_STEPS,
                            smith_flow_step_title (current));
  if (phase == SMITH_PHASE_FAILED)
    gtk_widget_add_css_class (GTK_WIDGET (bar), "trouble");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (bar), "trouble");
  smith_show_text (bar->label, text);
}
