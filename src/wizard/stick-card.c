/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stick-card.h"

#include <glib/gi18n.h>

#include "matter-row.h"
#include "naming.h"
#include "stick-text.h"

struct _SmithStickCard
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkLabel *name;
  GtkLabel *mode;
  GtkLabel *advice;
  GtkLabel *place;
  GtkCheckButton *choice;
  GtkWidget *asking;
  GtkSpinner *spinner;
  GtkGrid *facts;
  GtkBox *matters;
  GtkWidget *signs;
  GtkLabel *details_text;
  GtkWidget *care;

  char *usb_path;
  SmithSession *session;
  char *shown_facts;   /* what the grid and the rows were made of */
  char *shown_matters; /* the same */
};

G_DEFINE_FINAL_TYPE (SmithStickCard, smith_stick_card, GTK_TYPE_WIDGET)

static void
on_choice (SmithStickCard *card)
{
  if (card->session != NULL && gtk_check_button_get_active (card->choice))
    smith_session_choose_stick (card->session, card->usb_path);
}

static void
on_care (SmithStickCard *card)
{
  if (card->session != NULL)
    smith_session_care_for_network (card->session, card->usb_path);
}

static void
add_fact (SmithStickCard *card, int *row, const char *title, const char *value)
{
  GtkWidget *left;
  GtkWidget *right;

  if (value == NULL || *value == '\0')
    return;
  left = gtk_label_new (title);
  right = gtk_label_new (value);
  gtk_label_set_xalign (GTK_LABEL (left), 0);
  gtk_label_set_xalign (GTK_LABEL (right), 0);
  gtk_label_set_wrap (GTK_LABEL (right), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (right), PANGO_WRAP_WORD_CHAR);
  gtk_widget_set_hexpand (right, TRUE);
  gtk_widget_set_valign (left, GTK_ALIGN_START);
  gtk_widget_add_css_class (left, "quiet");
  gtk_accessible_update_relation (GTK_ACCESSIBLE (right), GTK_ACCESSIBLE_RELATION_LABELLED_BY, left,
                                  NULL, -1);
  gtk_grid_attach (card->facts, left, 0, *row, 1, 1);
  gtk_grid_attach (card->facts, right, 1, *row, 1, 1);
  (*row)++;
}

/* Made anew only if something is new: somebody may be selecting text in it. */
static gboolean
is_new (char **shown, char *now)
{
  if (g_strcmp0 (*shown, now) == 0)
    {
      g_free (now);
      return FALSE;
    }
  g_free (*shown);
  *shown = now;
  return TRUE;
}

static void
show_facts (SmithStickCard *card, SmithIdentity *identity)
{
  GtkWidget *child;
  int row = 0;

  if (!is_new (&card->shown_facts,
               identity != NULL
                   ? g_strjoin ("\n", identity->hardware != NULL ? identity->hardware : "",
                                identity->firmware != NULL ? identity->firmware : "",
                                identity->webui != NULL ? identity->webui : "", NULL)
                   : g_strdup ("")))
    return;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (card->facts))) != NULL)
    gtk_grid_remove (card->facts, child);
  if (identity != NULL)
    {
      add_fact (card, &row, _ ("Hardware"), identity->hardware);
      add_fact (card, &row, _ ("Firmware"), identity->firmware);
      add_fact (card, &row, _ ("Web interface"), identity->webui);
    }
  gtk_widget_set_visible (GTK_WIDGET (card->facts), row > 0);
}

static char *
describe_matters (const SmithMatter *matters, guint n)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s %d\n%s\n", matters[i].id, matters[i].cure, matters[i].text);
  return g_string_free (text, FALSE);
}

/* Of a stick that has just come it is too early to say. */
static guint
drop_denied (SmithMatter *matters, guint n, gboolean too_early)
{
  guint kept = 0;

  for (guint i = 0; i < n; i++)
    if (!too_early || matters[i].cure != SMITH_CURE_ACCESS)
      matters[kept++] = matters[i];
  return kept;
}

static void
show_matters (SmithStickCard *card, SmithStick *stick, gboolean cd_stays)
{
  SmithMatter matters[SMITH_MATTERS_MAX];
  guint n
      = smith_stick_list_matters (stick, smith_session_get_identity (card->session, card->usb_path),
                                  smith_session_get_identity_error (card->session, card->usb_path),
                                  cd_stays, matters);
  GtkWidget *child;

  n = drop_denied (matters, n, smith_session_is_settling (card->session, card->usb_path));
  if (!is_new (&card->shown_matters, describe_matters (matters, n)))
    return;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (card->matters))) != NULL)
    gtk_box_remove (card->matters, child);
  for (guint i = 0; i < n; i++)
    gtk_box_append (card->matters,
                    smith_matter_row_new (&matters[i], card->session, card->usb_path));
  gtk_widget_set_visible (GTK_WIDGET (card->matters), n > 0);
}

/* The button by which one of several sticks is chosen. */
static void
show_choice (SmithStickCard *card, SmithStick *stick, const char *name, gboolean several)
{
  g_autofree char *label = NULL;
  gboolean chosen = g_strcmp0 (card->usb_path, smith_session_get_usb_path (card->session)) == 0;

  /* Translators: names a button for a screen reader: which stick, and what it does */
  label = g_strdup_printf (_ ("Take the %s at %s, %s"), name, card->usb_path,
                           smith_stick_text_mode (stick->mode));
  gtk_accessible_update_property (GTK_ACCESSIBLE (card->choice), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label, -1);
  gtk_check_button_set_active (card->choice, chosen);
  gtk_widget_set_visible (GTK_WIDGET (card->choice), several);
  gtk_widget_set_visible (GTK_WIDGET (card->place), several);
}

/**
 * smith_stick_card_show:
 * @several: there are others, too: it has to be chosen, and says where it is
 * @cd_stays: a CD drive that still shows has been there too long
 */
void
smith_stick_card_show (SmithStickCard *card,
                       SmithSession *session,
                       SmithStick *stick,
                       gboolean several,
                       gboolean cd_stays)
{
  SmithIdentity *identity = smith_session_get_identity (session, card->usb_path);
  gboolean asking = smith_session_is_identifying (session, card->usb_path);
  g_autofree char *name = smith_stick_text_full_name (stick, identity);
  g_autofree char *place = NULL;
  g_autofree char *details = smith_stick_text_details (stick, identity);

  g_set_object (&card->session, session);
  /* Translators: where a stick is plugged in, such as 1-2.3 */
  place = g_strdup_printf (_ ("USB place %s"), card->usb_path);
  smith_show_text (card->name, name);
  smith_show_text (card->mode, smith_stick_text_mode (stick->mode));
  smith_show_text (card->advice, cd_stays && stick->mode == SMITH_MODE_CD
                                     ? NULL
                                     : smith_stick_text_advice (stick->mode));
  smith_show_text (card->place, place);
  gtk_accessible_update_property (GTK_ACCESSIBLE (card), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_widget_set_visible (card->asking, asking && identity == NULL);
  gtk_spinner_set_spinning (card->spinner, asking && identity == NULL);
  gtk_widget_set_visible (card->signs, stick->mode == SMITH_MODE_DOWNLOAD);
  gtk_widget_set_visible (card->care, stick->mode == SMITH_MODE_STICK && identity != NULL);
  if (g_strcmp0 (gtk_label_get_label (card->details_text), details) != 0)
    gtk_label_set_label (card->details_text, details);
  show_choice (card, stick, name, several);
  show_facts (card, identity);
  show_matters (card, stick, cd_stays);
}

const char *
smith_stick_card_get_usb_path (SmithStickCard *card)
{
  return card->usb_path;
}

static void
smith_stick_card_dispose (GObject *object)
{
  SmithStickCard *card = SMITH_STICK_CARD (object);

  g_clear_object (&card->session);
  g_clear_pointer (&card->box, gtk_widget_unparent);
  G_OBJECT_CLASS (smith_stick_card_parent_class)->dispose (object);
}

static void
smith_stick_card_finalize (GObject *object)
{
  SmithStickCard *card = SMITH_STICK_CARD (object);

  g_free (card->usb_path);
  g_free (card->shown_facts);
  g_free (card->shown_matters);
  G_OBJECT_CLASS (smith_stick_card_parent_class)->finalize (object);
}

static void
smith_stick_card_class_init (SmithStickCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smith_stick_card_dispose;
  G_OBJECT_CLASS (klass)->finalize = smith_stick_card_finalize;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sticksmith/Sticksmith/stick-card.ui");
  gtk_widget_class_bind_template_child (widget_class, SmithStickCard, box);
  gtk_widget_class_bind_template_child (widget_class, SmithStickCard, name);
  gtk_widget_class_bind_template_child (widget_class, SmithStickCard, mode);
  gtk_widget_class_bind_template_child (widget_class, SmithStickCard, advice);
  gtk_widget_class_bind_template_child (widget_class, SmithStickCard, place);
  gtk_widget_class_bind_template_child (widget_class, SmithStickCard, choice);
  gtk_widget_class_bind_template_child (widget_class, SmithStickCard, asking);
  gtk_widget_class_bind_template_child (widget_class, SmithStickCard, spinner);
  gtk_widget_class_bind_template_child (widget_class, SmithStickCard, facts);
  gtk_widget_class_bind_template_child (widget_class, SmithStickCard, matters);
  gtk_widget_class_bind_template_child (widget_class, SmithStickCard, signs);
  gtk_widget_class_bind_template_child (widget_class, SmithStickCard, details_text);
  gtk_widget_class_bind_template_child (widget_class, SmithStickCard, care);
  gtk_widget_class_bind_template_callback (widget_class, on_choice);
  gtk_widget_class_bind_template_callback (widget_class, on_care);
}

static void
smith_stick_card_init (SmithStickCard *card)
{
  gtk_widget_init_template (GTK_WIDGET (card));
}

/**
 * smith_stick_card_new:
 * @other: (nullable): the card of another stick; of all of them, one is chosen
 */
SmithStickCard *
smith_stick_card_new (const char *usb_path, SmithStickCard *other)
{
  SmithStickCard *card = g_object_new (SMITH_TYPE_STICK_CARD, NULL);

  card->usb_path = g_strdup (usb_path);
  gtk_check_button_set_group (card->choice, other != NULL ? other->choice : NULL);
  return card;
}
