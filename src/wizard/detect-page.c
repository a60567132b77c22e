/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "detect-page.h"

#include <glib/gi18n.h>

#include "stick-text.h"

struct _SmithDetectPage
{
  SmithPage parent_instance;

  GtkWidget *unfinished;
  GtkLabel *unfinished_text;
  GtkWidget *go_on;
  GtkWidget *sticks;
  GtkWidget *empty;
  GtkWidget *practise;
  char *shown; /* which sticks the cards are of */
};

G_DEFINE_FINAL_TYPE (SmithDetectPage, smith_detect_page, SMITH_TYPE_PAGE)

static void
on_chosen (GtkCheckButton *button, SmithDetectPage *page)
{
  if (gtk_check_button_get_active (button))
    smith_session_choose_stick (smith_page_get_session (SMITH_PAGE (page)),
                                g_object_get_data (G_OBJECT (button), "usb-path"));
}

static GtkWidget *
make_label (const char *text, const char *css)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  if (css != NULL)
    gtk_widget_add_css_class (label, css);
  return label;
}

/* Of several sticks, each says where it is: else nobody could tell them apart. */
static GtkWidget *
make_texts (SmithStick *stick, gboolean several)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  g_autofree char *place = NULL;

  gtk_box_append (GTK_BOX (box), make_label (smith_stick_text_name (stick), "card-title"));
  gtk_box_append (GTK_BOX (box), make_label (smith_stick_text_mode (stick->mode), NULL));
  gtk_box_append (GTK_BOX (box), make_label (smith_stick_text_advice (stick->mode), "quiet"));
  if (several)
    {
      /* Translators: where a stick is plugged in, such as 1-2.3 */
      place = g_strdup_printf (_ ("USB place %s"), stick->usb_path);
      gtk_box_append (GTK_BOX (box), make_label (place, "quiet"));
    }
  gtk_widget_set_hexpand (box, TRUE);
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  return box;
}

/* The button by which one of several sticks is chosen. */
static GtkWidget *
make_choice (SmithDetectPage *page, SmithStick *stick, GtkCheckButton **group)
{
  SmithSession *session = smith_page_get_session (SMITH_PAGE (page));
  GtkWidget *button = g_object_new (GTK_TYPE_CHECK_BUTTON, "label", _ ("Take this one"),
                                    "accessible-role", GTK_ACCESSIBLE_ROLE_RADIO, NULL);
  g_autofree char *name = NULL;

  /* Translators: names a button for a screen reader: which stick, and what it does */
  name = g_strdup_printf (_ ("Take the %s at %s, %s"), smith_stick_text_name (stick),
                          stick->usb_path, smith_stick_text_mode (stick->mode));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_check_button_set_group (GTK_CHECK_BUTTON (button), *group);
  *group = GTK_CHECK_BUTTON (button);
  g_object_set_data_full (G_OBJECT (button), "usb-path", g_strdup (stick->usb_path), g_free);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (button),
                               g_strcmp0 (stick->usb_path, smith_session_get_usb_path (session))
                                   == 0);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_signal_connect (button, "toggled", G_CALLBACK (on_chosen), page);
  return button;
}

static GtkWidget *
make_details (SmithStick *stick)
{
  g_autofree char *text = smith_stick_text_details (stick);
  GtkWidget *details = gtk_expander_new (_ ("Details"));
  GtkWidget *label = make_label (text, "technical");

  gtk_accessible_update_property (GTK_ACCESSIBLE (details), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Details"), -1);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_expander_set_child (GTK_EXPANDER (details), label);
  return details;
}

static void
add_card (SmithDetectPage *page, SmithStick *stick, gboolean several, GtkCheckButton **group)
{
  GtkWidget *card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *icon = g_object_new (GTK_TYPE_IMAGE, "icon-name", "smith-stick", "accessible-role",
                                  GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);

  gtk_widget_add_css_class (card, "card");
  gtk_widget_add_css_class (head, "card-head");
  gtk_widget_add_css_class (icon, "stick-icon");
  gtk_box_append (GTK_BOX (head), icon);
  gtk_box_append (GTK_BOX (head), make_texts (stick, several));
  if (several)
    gtk_box_append (GTK_BOX (head), make_choice (page, stick, group));
  gtk_box_append (GTK_BOX (card), head);
  gtk_box_append (GTK_BOX (card), make_details (stick));
  gtk_box_append (GTK_BOX (page->sticks), card);
}

static char *
describe (GPtrArray *sticks)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < sticks->len; i++)
    {
      SmithStick *stick = g_ptr_array_index (sticks, i);

      g_string_append_printf (text, "%s %" G_GUINT64_FORMAT "\n", stick->usb_path, stick->seen);
    }
  return g_string_free (text, FALSE);
}

/* The cards are only made anew when the sticks are others: the focus may be in one. */
static void
show_sticks (SmithDetectPage *page, GPtrArray *sticks)
{
  g_autofree char *now = describe (sticks);
  GtkCheckButton *group = NULL;
  GtkWidget *child;

  if (g_strcmp0 (now, page->shown) == 0)
    return;
  g_free (page->shown);
  page->shown = g_steal_pointer (&now);
  while ((child = gtk_widget_get_first_child (page->sticks)) != NULL)
    gtk_box_remove (GTK_BOX (page->sticks), child);
  for (guint i = 0; i < sticks->len; i++)
    add_card (page, g_ptr_array_index (sticks, i), sticks->len > 1, &group);
}

static void
show_unfinished (SmithDetectPage *page, SmithSession *session)
{
  const SmithSavedState *state = smith_session_get_unfinished (session);
  g_autofree char *text = NULL;

  gtk_widget_set_visible (page->unfinished, state != NULL);
  gtk_widget_set_sensitive (page->go_on, !smith_session_is_preparing (session));
  if (state == NULL)
    return;
  text = g_strdup_printf (_ ("Firmware %s was being written when Sticksmith ended. It can go on "
                             "with the same files; the stick keeps waiting for them."),
                          state->version != NULL ? state->version : "?");
  gtk_label_set_label (page->unfinished_text, text);
}

static void
show_status (SmithDetectPage *page, guint n, gboolean chosen)
{
  g_autofree char *text = NULL;

  if (n == 0)
    text = g_strdup (_ ("Looking for a stick…"));
  else if (n > 1 && !chosen)
    text = g_strdup (_ ("More than one stick is plugged in. Choose the one to convert."));
  else
    text = g_strdup_printf (ngettext ("%u stick found.", "%u sticks found.", n), n);
  smith_page_set_status (SMITH_PAGE (page), text);
}

static void
smith_detect_page_update (SmithPage *base, SmithSession *session)
{
  SmithDetectPage *page = SMITH_DETECT_PAGE (base);
  g_autoptr (GPtrArray) sticks = smith_session_list_sticks (session);
  g_autoptr (SmithStick) chosen = smith_session_get_stick (session);

  show_sticks (page, sticks);
  show_unfinished (page, session);
  show_status (page, sticks->len, chosen != NULL);
  gtk_widget_set_visible (page->sticks, sticks->len > 0);
  gtk_widget_set_visible (page->empty, sticks->len == 0);
  gtk_widget_set_visible (page->practise, smith_session_get_world (session) == NULL);
  smith_page_set_complete (base, chosen != NULL && chosen->mode != SMITH_MODE_CD
                                     && chosen->mode != SMITH_MODE_UNKNOWN);
}

static void
on_go_on (SmithDetectPage *page)
{
  smith_session_try_again (smith_page_get_session (SMITH_PAGE (page)));
}

static void
on_forget (SmithDetectPage *page)
{
  smith_session_forget_unfinished (smith_page_get_session (SMITH_PAGE (page)));
  gtk_widget_grab_focus (GTK_WIDGET (page));
}

static void
smith_detect_page_finalize (GObject *object)
{
  g_free (SMITH_DETECT_PAGE (object)->shown);
  G_OBJECT_CLASS (smith_detect_page_parent_class)->finalize (object);
}

static void
smith_detect_page_class_init (SmithDetectPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = smith_detect_page_finalize;
  SMITH_PAGE_CLASS (klass)->update = smith_detect_page_update;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sticksmith/Sticksmith/detect-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SmithDetectPage, unfinished);
  gtk_widget_class_bind_template_child (widget_class, SmithDetectPage, unfinished_text);
  gtk_widget_class_bind_template_child (widget_class, SmithDetectPage, go_on);
  gtk_widget_class_bind_template_child (widget_class, SmithDetectPage, sticks);
  gtk_widget_class_bind_template_child (widget_class, SmithDetectPage, empty);
  gtk_widget_class_bind_template_child (widget_class, SmithDetectPage, practise);
  gtk_widget_class_bind_template_callback (widget_class, on_go_on);
  gtk_widget_class_bind_template_callback (widget_class, on_forget);
}

static void
smith_detect_page_init (SmithDetectPage *page)
{
  gtk_widget_init_template (GTK_WIDGET (page));
}
