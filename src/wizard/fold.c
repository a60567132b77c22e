/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fold.h"

/* With fewer letters in a line the body is better off without a side. */
#define COMFORTABLE_CHARS 50

struct _SmithFold
{
  GtkWidget parent_instance;

  GtkWidget *side;
  GtkWidget *bar;
  GtkWidget *body;
  gboolean folded; /* as it was last laid out */
};

static void smith_fold_buildable_init (GtkBuildableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SmithFold,
                               smith_fold,
                               GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE,
                                                      smith_fold_buildable_init))

static int
least_width (GtkWidget *widget)
{
  int least;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  return least;
}

static int
least_height (GtkWidget *widget, int width)
{
  int least;

  gtk_widget_measure (widget, GTK_ORIENTATION_VERTICAL, width, &least, NULL, NULL, NULL);
  return least;
}

static int
comfortable_width (SmithFold *fold)
{
  PangoContext *context = gtk_widget_get_pango_context (GTK_WIDGET (fold));
  PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);
  int width = COMFORTABLE_CHARS * pango_font_metrics_get_approximate_char_width (metrics);

  pango_font_metrics_unref (metrics);
  return MAX (width / PANGO_SCALE, least_width (fold->body));
}

/* Returns: what it would like to have, as far as the body stays comfortable */
static int
side_width (SmithFold *fold, int width)
{
  int least;
  int natural;

  gtk_widget_measure (fold->side, GTK_ORIENTATION_HORIZONTAL, -1, &least, &natural, NULL, NULL);
  return CLAMP (width - comfortable_width (fold), least, natural);
}

/* Returns: whether both are too much for that width */
static gboolean
is_too_narrow (SmithFold *fold, int width)
{
  return width < least_width (fold->side) + comfortable_width (fold);
}

static GtkSizeRequestMode
smith_fold_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
measure_width (SmithFold *fold, int *minimum, int *natural)
{
  int side;
  int body;

  gtk_widget_measure (fold->side, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &side, NULL, NULL);
  gtk_widget_measure (fold->body, GTK_ORIENTATION_HORIZONTAL, -1, minimum, &body, NULL, NULL);
  *minimum = MAX (*minimum, least_width (fold->bar));
  *natural = MAX (*minimum, side + body);
}

static void
measure_height (SmithFold *fold, int width, int *minimum, int *natural)
{
  gboolean folded = width >= 0 && is_too_narrow (fold, width);
  int side = folded || width < 0 ? -1 : side_width (fold, width);
  int other = least_height (folded ? fold->bar : fold->side, folded ? width : side);

  gtk_widget_measure (fold->body, GTK_ORIENTATION_VERTICAL,
                      folded || width < 0 ? width : width - side, minimum, natural, NULL, NULL);
  *minimum = folded ? *minimum + other : MAX (*minimum, other);
  *natural = folded ? *natural + other : MAX (*natural, other);
}

static void
smith_fold_measure (GtkWidget *widget,
                    GtkOrientation orientation,
                    int for_size,
                    int *minimum,
                    int *natural,
                    int *minimum_baseline,
                    int *natural_baseline)
{
  *minimum_baseline = *natural_baseline = -1;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    measure_width (SMITH_FOLD (widget), minimum, natural);
  else
    measure_height (SMITH_FOLD (widget), for_size, minimum, natural);
}

/* What is not shown keeps its place in the tree, and is as if it were behind
 * something: nothing reaches it by key or by pointer. */
static void
smith_fold_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  SmithFold *fold = SMITH_FOLD (widget);
  GtkAllocation other = { 0, 0, width, height };
  GtkAllocation body = other;

  fold->folded = is_too_narrow (fold, width);
  gtk_widget_set_child_visible (fold->side, !fold->folded);
  gtk_widget_set_child_visible (fold->bar, fold->folded);
  if (fold->folded)
    {
      other.height = body.y = least_height (fold->bar, width);
      body.height = height - body.y;
    }
  else
    {
      gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;

      other.width = side_width (fold, width);
      body.width = width - other.width;
      other.x = mirrored ? body.width : 0;
      body.x = mirrored ? 0 : other.width;
    }
  gtk_widget_size_allocate (fold->folded ? fold->bar : fold->side, &other, -1);
  gtk_widget_size_allocate (fold->body, &body, -1);
}

static void
smith_fold_dispose (GObject *object)
{
  SmithFold *fold = SMITH_FOLD (object);

  g_clear_pointer (&fold->side, gtk_widget_unparent);
  g_clear_pointer (&fold->bar, gtk_widget_unparent);
  g_clear_pointer (&fold->body, gtk_widget_unparent);
  G_OBJECT_CLASS (smith_fold_parent_class)->dispose (object);
}

static void
smith_fold_class_init (SmithFoldClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smith_fold_dispose;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  widget_class->get_request_mode = smith_fold_get_request_mode;
  widget_class->measure = smith_fold_measure;
  widget_class->size_allocate = smith_fold_size_allocate;
}

static void
smith_fold_init (SmithFold *fold)
{
}

static void
smith_fold_add_child (GtkBuildable *buildable,
                      GtkBuilder *builder,
                      GObject *child,
                      const char *type)
{
  SmithFold *fold = SMITH_FOLD (buildable);

  if (g_strcmp0 (type, "side") == 0)
    fold->side = GTK_WIDGET (child);
  else if (g_strcmp0 (type, "bar") == 0)
    fold->bar = GTK_WIDGET (child);
  else
    fold->body = GTK_WIDGET (child);
  gtk_widget_set_parent (GTK_WIDGET (child), GTK_WIDGET (fold));
}

static void
smith_fold_buildable_init (GtkBuildableIface *iface)
{
  iface->add_child = smith_fold_add_child;
}

/* Returns: whether the bar is shown in place of what is at the side, as it was
 *   last laid out */
gboolean
smith_fold_get_folded (SmithFold *fold)
{
  return fold->folded;
}
