/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "layout-check.h"

/* Pixels by which rounding may be off. */
#define SLACK 1.0

typedef struct
{
  GtkWidget *window;
  GString *faults;
} Check;

static void
add_fault (Check *check, GtkWidget *widget, const char *what)
{
  const char *id = gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget));

  g_string_append_printf (check->faults, "%s “%s” %s%s%s\n", G_OBJECT_TYPE_NAME (widget),
                          id != NULL ? id : "", what, GTK_IS_LABEL (widget) ? ": " : "",
                          GTK_IS_LABEL (widget) ? gtk_label_get_text (GTK_LABEL (widget)) : "");
}

/* What GTK itself draws into its controls is its own affair. */
static gboolean
is_free (GtkWidget *widget)
{
  return GTK_IS_TEXT_VIEW (widget) || GTK_IS_EDITABLE (widget) || GTK_IS_PROGRESS_BAR (widget)
         || GTK_IS_SCROLLBAR (widget) || GTK_IS_SPINNER (widget) || GTK_IS_POPOVER (widget);
}

static void
check_label (Check *check, GtkWidget *label)
{
  int least_width;
  int least_height;

  if (pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (label))))
    add_fault (check, label, "is shortened");
  gtk_widget_measure (label, GTK_ORIENTATION_HORIZONTAL, -1, &least_width, NULL, NULL, NULL);
  if (gtk_widget_get_allocated_width (label) < least_width)
    add_fault (check, label, "is too narrow");
  gtk_widget_measure (label, GTK_ORIENTATION_VERTICAL, gtk_widget_get_allocated_width (label),
                      &least_height, NULL, NULL, NULL);
  if (gtk_widget_get_allocated_height (label) < least_height)
    add_fault (check, label, "is not high enough");
  if (*gtk_label_get_text (GTK_LABEL (label)) == '\0'
      && gtk_buildable_get_buildable_id (GTK_BUILDABLE (label)) != NULL)
    add_fault (check, label, "is empty, and yet there for a screen reader");
}

/* Returns: whether @widget may be larger than what it stands in: it can be scrolled */
static gboolean
is_scrolled (GtkWidget *widget, GtkOrientation orientation)
{
  GtkWidget *scroller = gtk_widget_get_ancestor (widget, GTK_TYPE_SCROLLED_WINDOW);
  GtkPolicyType policies[2];

  if (scroller == NULL)
    return FALSE;
  gtk_scrolled_window_get_policy (GTK_SCROLLED_WINDOW (scroller), &policies[0], &policies[1]);
  return policies[orientation == GTK_ORIENTATION_VERTICAL] != GTK_POLICY_NEVER;
}

/* Inside of its parent, and so, by and by, inside of the window. */
static void
check_place (Check *check, GtkWidget *widget)
{
  GtkWidget *parent = gtk_widget_get_parent (widget);
  graphene_rect_t bounds;

  if (parent == NULL || !gtk_widget_compute_bounds (widget, parent, &bounds)
      || bounds.size.width <= 0)
    return;
  if (!is_scrolled (widget, GTK_ORIENTATION_HORIZONTAL)
      && (bounds.origin.x < -SLACK
          || bounds.origin.x + bounds.size.width > gtk_widget_get_width (parent) + SLACK))
    add_fault (check, widget, "sticks out at the side");
  if (!is_scrolled (widget, GTK_ORIENTATION_VERTICAL)
      && (bounds.origin.y < -SLACK
          || bounds.origin.y + bounds.size.height > gtk_widget_get_height (parent) + SLACK))
    add_fault (check, widget, "sticks out at the top or the bottom");
}

/* Bounds take padding in, whose box begins outside of the parent's content. */
static void
check_widget (Check *check, GtkWidget *widget)
{
  if (!gtk_widget_get_mapped (widget))
    return;
  if (GTK_IS_LABEL (widget))
    check_label (check, widget);
  if (GTK_IS_LABEL (widget) || GTK_IS_BUTTON (widget) || GTK_IS_IMAGE (widget)
      || GTK_IS_CHECK_BUTTON (widget))
    {
      graphene_rect_t bounds;

      if (gtk_widget_compute_bounds (widget, check->window, &bounds) && bounds.size.width > 0
          && !is_scrolled (widget, GTK_ORIENTATION_HORIZONTAL)
          && (bounds.origin.x < -SLACK
              || bounds.origin.x + bounds.size.width
                     > gtk_widget_get_width (check->window) + SLACK))
        add_fault (check, widget, "is outside of the window");
      check_place (check, widget);
    }
  if (is_free (widget))
    return;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    check_widget (check, child);
}

/**
 * layout_check:
 *
 * Looks whether all of the text in a window can be read: nothing shortened,
 * nothing cut off, nothing outside of the window.
 *
 * Returns: (transfer full) (nullable): what is wrong, line by line; NULL if
 *   nothing is
 */
char *
layout_check (GtkWidget *window)
{
  Check check = { window, g_string_new (NULL) };

  check_widget (&check, window);
  if (check.faults->len > 0)
    return g_string_free (check.faults, FALSE);
  g_string_free (check.faults, TRUE);
  return NULL;
}
