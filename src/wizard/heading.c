/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "heading.h"

struct _SmithHeading
{
  GtkWidget parent_instance;

  GtkWidget *label;
};

G_DEFINE_FINAL_TYPE (SmithHeading, smith_heading, GTK_TYPE_WIDGET)

static void
smith_heading_dispose (GObject *object)
{
  g_clear_pointer (&SMITH_HEADING (object)->label, gtk_widget_unparent);
  G_OBJECT_CLASS (smith_heading_parent_class)->dispose (object);
}

static void
smith_heading_class_init (SmithHeadingClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smith_heading_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_HEADING);
  gtk_widget_class_set_css_name (widget_class, "heading");
}

static void
smith_heading_init (SmithHeading *heading)
{
  heading->label = g_object_new (GTK_TYPE_LABEL, "xalign", 0.0, "wrap", TRUE, "wrap-mode",
                                 PANGO_WRAP_WORD_CHAR, "accessible-role",
                                 GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  gtk_widget_set_parent (heading->label, GTK_WIDGET (heading));
  gtk_widget_set_focusable (GTK_WIDGET (heading), TRUE);
}

void
smith_heading_set_text (SmithHeading *heading, const char *text)
{
  gtk_label_set_label (GTK_LABEL (heading->label), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (heading), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                  -1);
}

/* Returns: (transfer none) */
const char *
smith_heading_get_text (SmithHeading *heading)
{
  return gtk_label_get_label (GTK_LABEL (heading->label));
}
