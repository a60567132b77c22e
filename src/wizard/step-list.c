/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "step-list.h"

#include <glib/gi18n.h>

typedef enum
{
  STATE_NONE,
  STATE_COMING,
  STATE_CURRENT,
  STATE_DONE,
  STATE_UNNEEDED,
  STATE_TROUBLE,
} State;

typedef struct
{
  GtkWidget *row;
  GtkLabel *number;
  GtkImage *icon;
  GtkLabel *caption;
  State state;
} Step;

struct _SmithStepList
{
  GtkWidget parent_instance;

  Step steps[SMITH_N_WIZARD_STEPS];
};

G_DEFINE_FINAL_TYPE (SmithStepList, smith_step_list, GTK_TYPE_WIDGET)

static const struct
{
  const char *css;
  const char *icon;
  const char *caption;
} looks[] = {
  [STATE_NONE] = { "", NULL, "" },
  [STATE_COMING] = { "coming", NULL, N_ ("To come") },
  [STATE_CURRENT] = { "current", NULL, N_ ("Now") },
  [STATE_DONE] = { "done", "smith-done-symbolic", N_ ("Done") },
  [STATE_UNNEEDED] = { "coming", NULL, N_ ("Not needed") },
  [STATE_TROUBLE] = { "trouble", "smith-attention-symbolic", N_ ("Stopped here") },
};

static void
smith_step_list_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (smith_step_list_parent_class)->dispose (object);
}

static void
smith_step_list_class_init (SmithStepListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smith_step_list_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST);
  gtk_widget_class_set_css_name (widget_class, "steplist");
}

static GtkWidget *
make_marker (Step *step, guint number)
{
  g_autofree char *text = g_strdup_printf ("%u", number);
  const GtkAccessibleRole role = GTK_ACCESSIBLE_ROLE_PRESENTATION; /* the row has the name */
  GtkWidget *marker = g_object_new (GTK_TYPE_OVERLAY, "accessible-role", role, NULL);

  step->number = g_object_new (GTK_TYPE_LABEL, "label", text, "accessible-role", role, NULL);
  step->icon = g_object_new (GTK_TYPE_IMAGE, "accessible-role", role, NULL);
  gtk_overlay_set_child (GTK_OVERLAY (marker), GTK_WIDGET (step->number));
  gtk_overlay_add_overlay (GTK_OVERLAY (marker), GTK_WIDGET (step->icon));
  gtk_widget_set_valign (marker, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (marker, "marker");
  return marker;
}

static void
make_step (SmithStepList *list, SmithPageId page)
{
  Step *step = &list->steps[page];
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *title = gtk_label_new (smith_flow_step_title (page));

  step->row = g_object_new (GTK_TYPE_BOX, "accessible-role", GTK_ACCESSIBLE_ROLE_LIST_ITEM, NULL);
  step->caption = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_xalign (step->caption, 0);
  gtk_label_set_wrap (GTK_LABEL (title), TRUE);
  gtk_label_set_wrap (step->caption, TRUE);
  gtk_label_set_width_chars (GTK_LABEL (title), 18);
  gtk_widget_add_css_class (title, "step-title");
  gtk_widget_add_css_class (GTK_WIDGET (step->caption), "step-caption");
  gtk_widget_set_hexpand (texts, TRUE);
  gtk_widget_set_valign (texts, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (texts), title);
  gtk_box_append (GTK_BOX (texts), GTK_WIDGET (step->caption));
  gtk_box_append (GTK_BOX (step->row), make_marker (step, page + 1u));
  gtk_box_append (GTK_BOX (step->row), texts);
  gtk_widget_add_css_class (step->row, "step");
  gtk_widget_set_parent (step->row, GTK_WIDGET (list));
}

static void
smith_step_list_init (SmithStepList *list)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (list));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Steps"),
                                  -1);
  for (SmithPageId page = 0; page < SMITH_N_WIZARD_STEPS; page++)
    make_step (list, page);
}

static void
show_state (Step *step, SmithPageId page, State state)
{
  g_autofree char *name = NULL;

  if (step->state == state)
    return;
  if (step->state != STATE_NONE)
    gtk_widget_remove_css_class (step->row, looks[step->state].css);
  gtk_widget_add_css_class (step->row, looks[state].css);
  step->state = state;
  gtk_label_set_label (step->caption, _ (looks[state].caption));
  gtk_image_set_from_icon_name (step->icon, looks[state].icon);
  gtk_widget_set_visible (GTK_WIDGET (step->icon), looks[state].icon != NULL);
  /* It keeps its place, so that the circle keeps its size. */
  gtk_widget_set_opacity (GTK_WIDGET (step->number), looks[state].icon == NULL ? 1 : 0);
  /* Translators: a step of the list and its state, such as "Flash: done" */
  name = g_strdup_printf (_ ("%s: %s"), smith_flow_step_title (page), _ (looks[state].caption));
  gtk_accessible_update_property (GTK_ACCESSIBLE (step->row), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  -1);
}

/* Whoever came for the network alone has come by a stick, and by nothing else. */
static gboolean
is_needed (SmithPageId page, SmithPageId current, SmithPhase phase, gboolean loaded)
{
  if (phase == SMITH_PHASE_CHOOSING && current == SMITH_PAGE_NETWORK)
    return page == SMITH_PAGE_DETECT;
  return page != SMITH_PAGE_LOADER || loaded;
}

/**
 * smith_step_list_show:
 * @current: the step that is at hand, or in which the job ended; that of the
 *   network while the person chooses means that there is no job and none comes
 * @loaded: whether a loader was sent; a stick that switches by itself takes none
 */
void
smith_step_list_show (SmithStepList *list, SmithPageId current, SmithPhase phase, gboolean loaded)
{
  for (SmithPageId page = 0; page < SMITH_N_WIZARD_STEPS; page++)
    {
      State state = page < current ? STATE_DONE : STATE_COMING;

      if (state == STATE_DONE && !is_needed (page, current, phase, loaded))
        state = STATE_UNNEEDED;
      if (page == current)
        state = phase == SMITH_PHASE_FAILED ? STATE_TROUBLE
                : phase == SMITH_PHASE_DONE ? STATE_DONE
                                            : STATE_CURRENT;
      show_state (&list->steps[page], page, state);
    }
}
