/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "page.h"

#include <glib/gi18n.h>

#include "clamp.h"
#include "heading.h"
#include "naming.h"
#include "wrap-box.h"

typedef struct
{
  GtkWidget *scroller;
  SmithHeading *heading;
  GtkLabel *subtitle;
  GtkLabel *status;
  GtkBox *content; /* NULL until the page's own template is made */
  SmithSession *session;
  char *primary_label;
  gboolean complete;
} SmithPagePrivate;

static void smith_page_buildable_init (GtkBuildableIface *iface);

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (SmithPage,
                                  smith_page,
                                  GTK_TYPE_WIDGET,
                                  G_ADD_PRIVATE (SmithPage)
                                      G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE,
                                                             smith_page_buildable_init))

enum
{
  PROP_0,
  PROP_TITLE,
  PROP_SUBTITLE,
  PROP_COMPLETE,
  PROP_PRIMARY_LABEL,
  N_PROPS
};

static GParamSpec *props[N_PROPS];
static GtkBuildableIface *parent_buildable;

static SmithPagePrivate *
priv_of (SmithPage *page)
{
  return smith_page_get_instance_private (page);
}

static void
smith_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SmithPage *page = SMITH_PAGE (object);
  SmithPagePrivate *priv = priv_of (page);

  switch (id)
    {
    case PROP_TITLE:
      g_value_set_string (value, smith_page_get_title (page));
      break;
    case PROP_SUBTITLE:
      g_value_set_string (value, gtk_label_get_label (priv->subtitle));
      break;
    case PROP_COMPLETE:
      g_value_set_boolean (value, priv->complete);
      break;
    case PROP_PRIMARY_LABEL:
      g_value_set_string (value, priv->primary_label);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
smith_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  SmithPage *page = SMITH_PAGE (object);

  switch (id)
    {
    case PROP_TITLE:
      smith_page_set_title (page, g_value_get_string (value));
      break;
    case PROP_SUBTITLE:
      smith_page_set_subtitle (page, g_value_get_string (value));
      break;
    case PROP_COMPLETE:
      smith_page_set_complete (page, g_value_get_boolean (value));
      break;
    case PROP_PRIMARY_LABEL:
      smith_page_set_primary_label (page, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
smith_page_dispose (GObject *object)
{
  SmithPagePrivate *priv = priv_of (SMITH_PAGE (object));

  g_clear_pointer (&priv->scroller, gtk_widget_unparent);
  g_clear_object (&priv->session);
  g_clear_pointer (&priv->primary_label, g_free);
  G_OBJECT_CLASS (smith_page_parent_class)->dispose (object);
}

/* Focus begins at the heading, so that a screen reader says where one is. */
static gboolean
smith_page_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (priv_of (SMITH_PAGE (widget))->heading));
}

static void
smith_page_class_init (SmithPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = smith_page_get_property;
  object_class->set_property = smith_page_set_property;
  object_class->dispose = smith_page_dispose;
  widget_class->grab_focus = smith_page_grab_focus;
  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, "", flags);
  props[PROP_SUBTITLE] = g_param_spec_string ("subtitle", NULL, NULL, "", flags);
  props[PROP_COMPLETE] = g_param_spec_boolean ("complete", NULL, NULL, FALSE, flags);
  props[PROP_PRIMARY_LABEL] = g_param_spec_string ("primary-label", NULL, NULL, "", flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  g_type_ensure (SMITH_TYPE_CLAMP);
  g_type_ensure (SMITH_TYPE_HEADING);
  g_type_ensure (SMITH_TYPE_WRAP_BOX);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_REGION);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sticksmith/Sticksmith/page.ui");
  gtk_widget_class_bind_template_child_private (widget_class, SmithPage, scroller);
  gtk_widget_class_bind_template_child_private (widget_class, SmithPage, heading);
  gtk_widget_class_bind_template_child_private (widget_class, SmithPage, subtitle);
  gtk_widget_class_bind_template_child_private (widget_class, SmithPage, status);
  gtk_widget_class_bind_template_child_private (widget_class, SmithPage, content);
}

static void
smith_page_init (SmithPage *page)
{
  SmithPagePrivate *priv = priv_of (page);

  gtk_widget_init_template (GTK_WIDGET (page));
  priv->primary_label = g_strdup (_ ("_Continue"));
}

/* What a page's own template adds goes below the heading. */
static void
smith_page_add_child (GtkBuildable *buildable,
                      GtkBuilder *builder,
                      GObject *child,
                      const char *type)
{
  SmithPagePrivate *priv = priv_of (SMITH_PAGE (buildable));

  if (priv->content != NULL && GTK_IS_WIDGET (child))
    gtk_box_append (priv->content, GTK_WIDGET (child));
  else
    parent_buildable->add_child (buildable, builder, child, type);
}

static void
smith_page_buildable_init (GtkBuildableIface *iface)
{
  parent_buildable = g_type_interface_peek_parent (iface);
  iface->add_child = smith_page_add_child;
}

/**
 * smith_page_set_session:
 * @session: which is kept; another one may come later
 *
 * Gives the page what it is to show. Nothing is shown before smith_page_enter()
 * or smith_page_update(). Main thread, as all of a page.
 */
void
smith_page_set_session (SmithPage *page, SmithSession *session)
{
  g_set_object (&priv_of (page)->session, session);
}

/* Returns: (transfer none) (nullable): what the page shows; NULL before there is any */
SmithSession *
smith_page_get_session (SmithPage *page)
{
  return priv_of (page)->session;
}

/* Tells the page that it is about to be seen, and shows the session as it is now. */
void
smith_page_enter (SmithPage *page)
{
  SmithPageClass *klass = SMITH_PAGE_GET_CLASS (page);

  if (klass->enter != NULL)
    klass->enter (page, priv_of (page)->session);
  smith_page_update (page);
}

/* Tells the page that another one takes its place. */
void
smith_page_leave (SmithPage *page)
{
  SmithPageClass *klass = SMITH_PAGE_GET_CLASS (page);

  if (klass->leave != NULL)
    klass->leave (page, priv_of (page)->session);
}

/* Shows the session as it is now; whenever that has changed, and quickly. */
void
smith_page_update (SmithPage *page)
{
  SmithPageClass *klass = SMITH_PAGE_GET_CLASS (page);

  if (klass->update != NULL)
    klass->update (page, priv_of (page)->session);
}

/* Does what the suggested button is for. Returns: FALSE if the page leaves it to the window what
 * comes next */
gboolean
smith_page_apply (SmithPage *page)
{
  SmithPageClass *klass = SMITH_PAGE_GET_CLASS (page);

  if (klass->apply == NULL)
    return FALSE;
  klass->apply (page, priv_of (page)->session);
  return TRUE;
}

/* Returns: whether the label had another text before */
static gboolean
set_text (GtkLabel *label, const char *text)
{
  if (g_strcmp0 (gtk_label_get_label (label), text != NULL ? text : "") == 0)
    return FALSE;
  smith_show_text (label, text);
  return TRUE;
}

/**
 * smith_page_set_title:
 * @title: (nullable): translated
 *
 * Sets the heading, which is also the page's name for a screen reader.
 */
void
smith_page_set_title (SmithPage *page, const char *title)
{
  SmithHeading *heading = priv_of (page)->heading;

  if (g_strcmp0 (smith_heading_get_text (heading), title != NULL ? title : "") == 0)
    return;
  smith_heading_set_text (heading, title != NULL ? title : "");
  gtk_accessible_update_property (GTK_ACCESSIBLE (page), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  title != NULL ? title : "", -1);
  g_object_notify_by_pspec (G_OBJECT (page), props[PROP_TITLE]);
}

/* Returns: (transfer none): good until it changes */
const char *
smith_page_get_title (SmithPage *page)
{
  return smith_heading_get_text (priv_of (page)->heading);
}

/**
 * smith_page_set_subtitle:
 * @subtitle: (nullable): translated; with none its place is given to the rest
 *
 * Sets the sentence below the heading.
 */
void
smith_page_set_subtitle (SmithPage *page, const char *subtitle)
{
  if (set_text (priv_of (page)->subtitle, subtitle))
    g_object_notify_by_pspec (G_OBJECT (page), props[PROP_SUBTITLE]);
}

/**
 * smith_page_set_status:
 * @status: (nullable): what has just changed, in a few words
 *
 * Says it on the page and to a screen reader: the heading is described by it,
 * and a change of a description is told.
 */
void
smith_page_set_status (SmithPage *page, const char *status)
{
  SmithPagePrivate *priv = priv_of (page);

  if (set_text (priv->status, status))
    gtk_accessible_update_property (GTK_ACCESSIBLE (priv->heading),
                                    GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                    status != NULL ? status : "", -1);
}

/* Whether the suggested button can be pressed. */
void
smith_page_set_complete (SmithPage *page, gboolean complete)
{
  SmithPagePrivate *priv = priv_of (page);

  if (priv->complete == !!complete)
    return;
  priv->complete = !!complete;
  g_object_notify_by_pspec (G_OBJECT (page), props[PROP_COMPLETE]);
}

/* Returns: whether the suggested button can be pressed */
gboolean
smith_page_get_complete (SmithPage *page)
{
  return priv_of (page)->complete;
}

/* What stands on the suggested button; with a mnemonic. */
void
smith_page_set_primary_label (SmithPage *page, const char *label)
{
  SmithPagePrivate *priv = priv_of (page);

  if (g_strcmp0 (priv->primary_label, label) == 0)
    return;
  g_free (priv->primary_label);
  priv->primary_label = g_strdup (label);
  g_object_notify_by_pspec (G_OBJECT (page), props[PROP_PRIMARY_LABEL]);
}

/* Returns: (transfer none): what stands on the suggested button, with a mnemonic */
const char *
smith_page_get_primary_label (SmithPage *page)
{
  return priv_of (page)->primary_label;
}
