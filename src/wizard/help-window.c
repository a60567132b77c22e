/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "help-window.h"

#include <glib/gi18n.h>

#include "clamp.h"
#include "heading.h"
#include "help-texts.h"
#include "to-do.h"
#include "window-size.h"

struct _SmithHelpWindow
{
  GtkWindow parent_instance;

  GtkListBox *list;
  GtkScrolledWindow *scroller;
  SmithHeading *heading;
  GtkLabel *see;
  GtkLabel *why;
  GtkBox *to_do;
};

G_DEFINE_FINAL_TYPE (SmithHelpWindow, smith_help_window, GTK_TYPE_WINDOW)

static GtkWidget *
make_text (const char *text)
{
  return g_object_new (GTK_TYPE_LABEL, "label", text, "xalign", 0.0, "yalign", 0.0, "wrap", TRUE,
                       NULL);
}

static const SmithHelpTopic *
topic_of (GtkListBoxRow *row)
{
  guint n;

  return &smith_help_list (&n)[gtk_list_box_row_get_index (row)];
}

static void
on_row_selected (SmithHelpWindow *window, GtkListBoxRow *row)
{
  const SmithHelpTopic *topic;

  if (row == NULL)
    return;
  topic = topic_of (row);
  smith_heading_set_text (window->heading, _ (topic->title));
  gtk_label_set_label (window->see, _ (topic->see));
  gtk_label_set_label (window->why, _ (topic->why));
  smith_to_do_show (window->to_do, topic->steps);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (window->scroller), 0);
}

/* Return or a click: on to the page itself. */
static void
on_row_activated (SmithHelpWindow *window, GtkListBoxRow *row)
{
  gtk_widget_grab_focus (GTK_WIDGET (window->heading));
}

static void
fill_list (SmithHelpWindow *window)
{
  guint n;
  const SmithHelpTopic *topics = smith_help_list (&n);

  for (guint i = 0; i < n; i++)
    {
      GtkWidget *label = make_text (_ (topics[i].title));
      GtkWidget *row = gtk_list_box_row_new ();

      gtk_label_set_max_width_chars (GTK_LABEL (label), 26);
      gtk_label_set_width_chars (GTK_LABEL (label), 26);
      gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), label);
      gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      _ (topics[i].title), -1);
      gtk_list_box_append (window->list, row);
    }
}

/**
 * smith_help_window_show_topic:
 * @id: a topic's; one that there is not changes nothing
 *
 * Opens the page of a topic.
 */
void
smith_help_window_show_topic (SmithHelpWindow *window, const char *id)
{
  guint n;
  const SmithHelpTopic *topics = smith_help_list (&n);
  const SmithHelpTopic *topic = smith_help_find (id);
  GtkListBoxRow *row;

  if (topic == NULL)
    return;
  row = gtk_list_box_get_row_at_index (window->list, (int) (topic - topics));
  gtk_list_box_select_row (window->list, row);
  gtk_widget_grab_focus (GTK_WIDGET (row));
}

static void
smith_help_window_class_init (SmithHelpWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (SMITH_TYPE_CLAMP);
  g_type_ensure (SMITH_TYPE_HEADING);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sticksmith/Sticksmith/help-window.ui");
  gtk_widget_class_bind_template_child (widget_class, SmithHelpWindow, list);
  gtk_widget_class_bind_template_child (widget_class, SmithHelpWindow, scroller);
  gtk_widget_class_bind_template_child (widget_class, SmithHelpWindow, heading);
  gtk_widget_class_bind_template_child (widget_class, SmithHelpWindow, see);
  gtk_widget_class_bind_template_child (widget_class, SmithHelpWindow, why);
  gtk_widget_class_bind_template_child (widget_class, SmithHelpWindow, to_do);
  gtk_widget_class_bind_template_callback (widget_class, on_row_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
smith_help_window_init (SmithHelpWindow *window)
{
  gtk_widget_init_template (GTK_WIDGET (window));
  smith_size_window (GTK_WINDOW (window), 900, 640);
  fill_list (window);
  smith_help_window_show_topic (window,
                                topic_of (gtk_list_box_get_row_at_index (window->list, 0))->id);
}

SmithHelpWindow *
smith_help_window_new (GtkApplication *application)
{
  return g_object_new (SMITH_TYPE_HELP_WINDOW, "application", application, NULL);
}
