/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "files-page.h"

#include <glib/gi18n.h>

#include "file-card.h"
#include "naming.h"

#define N_COLUMNS 2

struct _SmithFilesPage
{
  SmithPage parent_instance;

  GtkGrid *choices;
  GtkLabel *aim_help;
  GtkWidget *practice;
  GtkBox *queue;
  SmithFileCard *firmware; /* says what is wanted, while there is none */
  GtkLabel *loader_hint;
  SmithFileCard *loader;

  GtkCheckButton *aims[SMITH_N_AIM_CHOICES];
  GPtrArray *cards; /* SmithFileCard, as in the queue; not owned */
  gboolean updating;
};

G_DEFINE_FINAL_TYPE (SmithFilesPage, smith_files_page, SMITH_TYPE_PAGE)

static gboolean
is_state (SmithFileCheck *check, SmithFileState state)
{
  return check != NULL && smith_file_check_get_state (check) == state;
}

/* Returns: whether any file of the queue is as bad as that */
static gboolean
has_bad (SmithSession *session)
{
  SmithFileQueue *queue = smith_session_get_queue (session);

  for (guint i = 0; i < smith_file_queue_get_n (queue); i++)
    if (is_state (smith_file_queue_get (queue, i), SMITH_FILE_BAD))
      return TRUE;
  return is_state (smith_session_get_file (session, SMITH_SLOT_LOADER), SMITH_FILE_BAD);
}

/* Returns: whether a file is known not to be for the stick */
static gboolean
has_unfit (SmithSession *session)
{
  SmithFileQueue *queue = smith_session_get_queue (session);

  for (guint i = 0; i < smith_file_queue_get_n (queue); i++)
    {
      g_autoptr (SmithVerdict) verdict
          = smith_file_card_judge (session, smith_file_queue_get (queue, i));

      if (verdict != NULL && verdict->kind == SMITH_VERDICT_DOES_NOT_FIT)
        return TRUE;
    }
  return FALSE;
}

static void
show_status (SmithPage *page, SmithSession *session, gboolean unfit)
{
  const char *incoming = smith_session_get_incoming (session);
  guint n = smith_file_queue_get_n (smith_session_get_queue (session));
  g_autofree char *text = NULL;

  if (incoming != NULL)
    text = g_strdup_printf (_ ("Looking at %s…"), incoming);
  else if (unfit)
    text = g_strdup (_ ("A file is not meant for this stick. Choose another one."));
  else if (smith_session_has_files (session))
    text = g_strdup (n > 1 ? _ ("All files are there, and are written in this order.")
                           : _ ("All files are there, and in order."));
  else if (has_bad (session))
    text = g_strdup (_ ("A file cannot be used. Choose another one."));
  else if (smith_file_queue_is_good (smith_session_get_queue (session)))
    text = g_strdup (_ ("Now the loader."));
  smith_page_set_status (page, text);
}

static void
show_aim (SmithFilesPage *page, SmithSession *session)
{
  SmithAim aim = smith_session_get_aim (session);

  page->updating = TRUE;
  for (guint i = 0; i < SMITH_N_AIM_CHOICES; i++)
    gtk_check_button_set_active (page->aims[i], smith_aim_choice (i) == aim);
  page->updating = FALSE;
  gtk_label_set_label (page->aim_help, smith_aim_help (aim));
}

/* Returns: (transfer none) (nullable): the card of a file */
static SmithFileCard *
find_card (SmithFilesPage *page, SmithFileCheck *check)
{
  for (guint i = 0; i < page->cards->len; i++)
    if (smith_file_card_get_check (g_ptr_array_index (page->cards, i)) == check)
      return g_ptr_array_index (page->cards, i);
  return NULL;
}

static SmithFileCard *
add_card (SmithFilesPage *page)
{
  SmithFileCard *card = smith_file_card_new ();

  smith_file_card_setup (card, SMITH_SLOT_FIRMWARE);
  gtk_box_append (page->queue, GTK_WIDGET (card));
  g_ptr_array_add (page->cards, card);
  return card;
}

/* The card with the focus may be the one that goes. */
static void
remove_card (SmithFilesPage *page, SmithFileCard *card)
{
  GtkWidget *focus = gtk_widget_get_focus_child (GTK_WIDGET (page->queue));
  gboolean focused = focus == GTK_WIDGET (card);

  g_ptr_array_remove (page->cards, card);
  gtk_box_remove (page->queue, GTK_WIDGET (card));
  if (focused)
    gtk_widget_grab_focus (GTK_WIDGET (page));
}

/* A card stays that of its file, wherever that moves: the focus goes along. */
static void
show_queue (SmithFilesPage *page, SmithSession *session)
{
  SmithFileQueue *queue = smith_session_get_queue (session);
  guint n = smith_file_queue_get_n (queue);
  GtkWidget *before = GTK_WIDGET (page->firmware);

  for (guint i = page->cards->len; i > 0; i--)
    {
      SmithFileCard *card = g_ptr_array_index (page->cards, i - 1);

      if (!smith_file_queue_find (queue, smith_file_card_get_check (card), NULL))
        remove_card (page, card);
    }
  for (guint i = 0; i < n; i++)
    {
      SmithFileCheck *check = smith_file_queue_get (queue, i);
      SmithFileCard *card = find_card (page, check);

      if (card == NULL)
        card = add_card (page);
      smith_file_card_show (card, session, check);
      if (gtk_widget_get_prev_sibling (GTK_WIDGET (card)) != before)
        gtk_box_reorder_child_after (page->queue, GTK_WIDGET (card), before);
      before = GTK_WIDGET (card);
    }
  smith_file_card_show (page->firmware, session, NULL);
  gtk_widget_set_visible (GTK_WIDGET (page->firmware), n == 0);
}

/* Said before a case is opened: whether a loader will be needed. */
static void
show_loader (SmithFilesPage *page, SmithSession *session)
{
  SmithNeed need = smith_session_get_loader_need (session);
  SmithWayAdvice advice;
  const char *hint = NULL;

  smith_session_get_ways (session, &advice);
  if (need == SMITH_NEED_MAYBE)
    hint = _ ("The stick can usually be switched by itself. Only if it refuses, a loader is needed "
              "as well: you can choose it now, or then.");
  else if (need == SMITH_NEED_SURE && advice.likely_needle)
    hint = _ ("Firmware this new usually refuses to switch by itself: you will most likely need "
              "the needle, and with it a loader.");
  gtk_widget_set_visible (GTK_WIDGET (page->loader_hint), hint != NULL);
  gtk_label_set_label (page->loader_hint, hint != NULL ? hint : "");
  gtk_widget_set_visible (GTK_WIDGET (page->loader), need != SMITH_NEED_NONE);
}

static void
smith_files_page_update (SmithPage *base, SmithSession *session)
{
  SmithFilesPage *page = SMITH_FILES_PAGE (base);
  gboolean unfit = has_unfit (session);

  show_aim (page, session);
  show_queue (page, session);
  smith_file_card_show (page->loader, session, smith_session_get_file (session, SMITH_SLOT_LOADER));
  show_loader (page, session);
  gtk_widget_set_visible (page->practice, smith_session_get_world (session) != NULL
                                              && (unfit || !smith_session_has_files (session)));
  show_status (base, session, unfit);
  smith_page_set_complete (base, smith_session_has_files (session) && !unfit);
}

static void
on_aim (GtkCheckButton *button, SmithFilesPage *page)
{
  if (page->updating || !gtk_check_button_get_active (button))
    return;
  for (guint i = 0; i < SMITH_N_AIM_CHOICES; i++)
    if (page->aims[i] == button)
      smith_session_set_aim (smith_page_get_session (SMITH_PAGE (page)), smith_aim_choice (i));
}

static void
on_use_practice (SmithFilesPage *page)
{
  smith_session_use_practice_files (smith_page_get_session (SMITH_PAGE (page)));
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, SmithFilesPage *page)
{
  SmithSession *session = smith_page_get_session (SMITH_PAGE (page));
  GSList *files = g_value_get_boxed (value);

  for (GSList *l = files; l != NULL; l = l->next)
    {
      g_autofree char *path = g_file_get_path (l->data);

      if (path != NULL)
        smith_session_take_file (session, path, SMITH_WANT_ANY);
    }
  return files != NULL;
}

static void
smith_files_page_finalize (GObject *object)
{
  g_ptr_array_unref (SMITH_FILES_PAGE (object)->cards);
  G_OBJECT_CLASS (smith_files_page_parent_class)->finalize (object);
}

static void
smith_files_page_class_init (SmithFilesPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = smith_files_page_finalize;
  SMITH_PAGE_CLASS (klass)->update = smith_files_page_update;
  g_type_ensure (SMITH_TYPE_FILE_CARD);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sticksmith/Sticksmith/files-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SmithFilesPage, choices);
  gtk_widget_class_bind_template_child (widget_class, SmithFilesPage, aim_help);
  gtk_widget_class_bind_template_child (widget_class, SmithFilesPage, practice);
  gtk_widget_class_bind_template_child (widget_class, SmithFilesPage, queue);
  gtk_widget_class_bind_template_child (widget_class, SmithFilesPage, firmware);
  gtk_widget_class_bind_template_child (widget_class, SmithFilesPage, loader_hint);
  gtk_widget_class_bind_template_child (widget_class, SmithFilesPage, loader);
  gtk_widget_class_bind_template_callback (widget_class, on_use_practice);
}

static void
make_aims (SmithFilesPage *page)
{
  for (guint i = 0; i < SMITH_N_AIM_CHOICES; i++)
    {
      const char *title = smith_aim_title (smith_aim_choice (i));
      GtkWidget *button = g_object_new (GTK_TYPE_CHECK_BUTTON, "label", title, "accessible-role",
                                        GTK_ACCESSIBLE_ROLE_RADIO, NULL);

      page->aims[i] = GTK_CHECK_BUTTON (button);
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                      -1);
      smith_wrap_check_label (page->aims[i]);
      gtk_check_button_set_group (page->aims[i], i > 0 ? page->aims[0] : NULL);
      gtk_grid_attach (page->choices, button, (int) i % N_COLUMNS, (int) i / N_COLUMNS, 1, 1);
      g_signal_connect (button, "toggled", G_CALLBACK (on_aim), page);
    }
}

static void
smith_files_page_init (SmithFilesPage *page)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  page->cards = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (page));
  make_aims (page);
  smith_file_card_setup (page->firmware, SMITH_SLOT_FIRMWARE);
  smith_file_card_setup (page->loader, SMITH_SLOT_LOADER);
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), page);
  gtk_widget_add_controller (GTK_WIDGET (page), GTK_EVENT_CONTROLLER (target));
}
