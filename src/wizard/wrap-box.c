/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wrap-box.h"

/* Between two children and between two lines; of the size of the text. */
#define GAP_EM 0.7

struct _SmithWrapBox
{
  GtkWidget parent_instance;
};

/* Children that stand beside each other. */
typedef struct
{
  GtkWidget *first;
  GtkWidget *end; /* the first that is not in it any more; NULL: none */
  guint n;
  guint n_expanding;
  int width; /* with the gaps */
  int least_height;
  int height;
} Line;

static void smith_wrap_box_buildable_init (GtkBuildableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SmithWrapBox,
                               smith_wrap_box,
                               GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE,
                                                      smith_wrap_box_buildable_init))

static int
find_gap (GtkWidget *box)
{
  PangoContext *context = gtk_widget_get_pango_context (box);
  const PangoFontDescription *font = pango_context_get_font_description (context);
  double size = (double) pango_font_description_get_size (font) / PANGO_SCALE;

  if (!pango_font_description_get_size_is_absolute (font))
    size *= pango_cairo_context_get_resolution (context) / 72;
  return (int) (size * GAP_EM + 0.5);
}

/* Returns: (nullable): the next that has a place, @child itself if it has one */
static GtkWidget *
skip_hidden (GtkWidget *child)
{
  while (child != NULL && !gtk_widget_should_layout (child))
    child = gtk_widget_get_next_sibling (child);
  return child;
}

/* Returns: what a child gets where there is so much for a line */
static int
width_of (GtkWidget *child, int most)
{
  int least;
  int natural;

  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &least, &natural, NULL, NULL);
  return MAX (least, MIN (natural, most));
}

/* Takes as many as there is room for, and one at least. */
static void
take_line (GtkWidget *child, int most, int gap, Line *line)
{
  *line = (Line){ .first = child };
  while (child != NULL)
    {
      int width = width_of (child, most);
      int least;
      int natural;

      if (line->n > 0 && line->width + gap + width > most)
        break;
      gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, width, &least, &natural, NULL, NULL);
      line->width += width + (line->n > 0 ? gap : 0);
      line->least_height = MAX (line->least_height, least);
      line->height = MAX (line->height, natural);
      line->n++;
      line->n_expanding += gtk_widget_compute_expand (child, GTK_ORIENTATION_HORIZONTAL) ? 1 : 0;
      child = skip_hidden (gtk_widget_get_next_sibling (child));
    }
  line->end = child;
}

static GtkSizeRequestMode
smith_wrap_box_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
measure_width (GtkWidget *box, int *minimum, int *natural)
{
  GtkWidget *child = skip_hidden (gtk_widget_get_first_child (box));
  int gap = find_gap (box);

  for (guint n = 0; child != NULL; n++)
    {
      int least;
      int wanted;

      gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &least, &wanted, NULL, NULL);
      *minimum = MAX (*minimum, least);
      *natural += wanted + (n > 0 ? gap : 0);
      child = skip_hidden (gtk_widget_get_next_sibling (child));
    }
}

static void
smith_wrap_box_measure (GtkWidget *widget,
                        GtkOrientation orientation,
                        int for_size,
                        int *minimum,
                        int *natural,
                        int *minimum_baseline,
                        int *natural_baseline)
{
  GtkWidget *child = skip_hidden (gtk_widget_get_first_child (widget));
  int gap = find_gap (widget);
  int most = for_size >= 0 ? for_size : G_MAXINT;
  Line line;

  *minimum_baseline = *natural_baseline = -1;
  *minimum = *natural = 0;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      measure_width (widget, minimum, natural);
      return;
    }
  for (; child != NULL; child = line.end)
    {
      take_line (child, most, gap, &line);
      *minimum += line.least_height + (line.end != NULL ? gap : 0);
      *natural += line.height + (line.end != NULL ? gap : 0);
    }
}

static void
place_line (GtkWidget *box, const Line *line, int width, int gap, int y)
{
  gboolean mirrored = gtk_widget_get_direction (box) == GTK_TEXT_DIR_RTL;
  GtkAllocation place = { 0, y, 0, line->height };
  int left = MAX (0, width - line->width);
  guint n_expanding = line->n_expanding;
  int x = 0;

  for (GtkWidget *child = line->first; child != line->end;
       child = skip_hidden (gtk_widget_get_next_sibling (child)))
    {
      place.width = width_of (child, width);
      if (gtk_widget_compute_expand (child, GTK_ORIENTATION_HORIZONTAL))
        {
          int more = left / (int) n_expanding--;

          place.width += more;
          left -= more;
        }
      place.x = mirrored ? width - x - place.width : x;
      gtk_widget_size_allocate (child, &place, -1);
      x += place.width + gap;
    }
}

static void
smith_wrap_box_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GtkWidget *child = skip_hidden (gtk_widget_get_first_child (widget));
  int gap = find_gap (widget);
  int y = 0;
  Line line;

  for (; child != NULL; child = line.end)
    {
      take_line (child, width, gap, &line);
      place_line (widget, &line, width, gap, y);
      y += line.height + gap;
    }
}

static void
smith_wrap_box_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (smith_wrap_box_parent_class)->dispose (object);
}

/* Whether it expands is its children's affair; it is in a column. */
static void
smith_wrap_box_compute_expand (GtkWidget *widget, gboolean *hexpand, gboolean *vexpand)
{
  *hexpand = FALSE;
  *vexpand = FALSE;
}

static void
smith_wrap_box_class_init (SmithWrapBoxClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smith_wrap_box_dispose;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  widget_class->get_request_mode = smith_wrap_box_get_request_mode;
  widget_class->measure = smith_wrap_box_measure;
  widget_class->size_allocate = smith_wrap_box_size_allocate;
  widget_class->compute_expand = smith_wrap_box_compute_expand;
}

static void
smith_wrap_box_init (SmithWrapBox *box)
{
}

static void
smith_wrap_box_add_child (GtkBuildable *buildable,
                          GtkBuilder *builder,
                          GObject *child,
                          const char *type)
{
  gtk_widget_set_parent (GTK_WIDGET (child), GTK_WIDGET (buildable));
}

static void
smith_wrap_box_buildable_init (GtkBuildableIface *iface)
{
  iface->add_child = smith_wrap_box_add_child;
}
