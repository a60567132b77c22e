/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "clamp.h"

#define WIDTH_CHARS 104

struct _SmithClamp
{
  GtkWidget parent_instance;
};

static void smith_clamp_buildable_init (GtkBuildableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SmithClamp,
                               smith_clamp,
                               GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE,
                                                      smith_clamp_buildable_init))

static int
widest (GtkWidget *clamp)
{
  PangoContext *context = gtk_widget_get_pango_context (clamp);
  PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);
  int width = WIDTH_CHARS * pango_font_metrics_get_approximate_char_width (metrics);

  pango_font_metrics_unref (metrics);
  return width / PANGO_SCALE;
}

static GtkSizeRequestMode
smith_clamp_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
smith_clamp_measure (GtkWidget *widget,
                     GtkOrientation orientation,
                     int for_size,
                     int *minimum,
                     int *natural,
                     int *minimum_baseline,
                     int *natural_baseline)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);

  *minimum_baseline = *natural_baseline = -1;
  *minimum = *natural = 0;
  if (child == NULL)
    return;
  if (orientation == GTK_ORIENTATION_VERTICAL && for_size >= 0)
    {
      int least;

      gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
      for_size = MAX (least, MIN (for_size, widest (widget)));
    }
  gtk_widget_measure (child, orientation, for_size, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *natural = MAX (*minimum, MIN (*natural, widest (widget)));
}

static void
smith_clamp_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GtkWidget *child = gtk_widget_get_first_child (widget);
  GtkAllocation place = { 0, 0, width, height };
  int least;

  if (child == NULL)
    return;
  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  place.width = MAX (least, MIN (width, widest (widget)));
  place.x = MAX (0, (width - place.width) / 2);
  gtk_widget_size_allocate (child, &place, -1);
}

static void
smith_clamp_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (smith_clamp_parent_class)->dispose (object);
}

static void
smith_clamp_class_init (SmithClampClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smith_clamp_dispose;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  widget_class->get_request_mode = smith_clamp_get_request_mode;
  widget_class->measure = smith_clamp_measure;
  widget_class->size_allocate = smith_clamp_size_allocate;
}

static void
smith_clamp_init (SmithClamp *clamp)
{
}

static void
smith_clamp_add_child (GtkBuildable *buildable,
                       GtkBuilder *builder,
                       GObject *child,
                       const char *type)
{
  gtk_widget_set_parent (GTK_WIDGET (child), GTK_WIDGET (buildable));
}

static void
smith_clamp_buildable_init (GtkBuildableIface *iface)
{
  iface->add_child = smith_clamp_add_child;
}
