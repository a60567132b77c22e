/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "detect-page.h"

#include <glib/gi18n.h>

#include "link/deadline.h"
#include "stick-card.h"
#include "stick-matter.h"

/* A stick that still shows its CD drive by then does not put it away itself. */
#define CD_MS 8000

struct _SmithDetectPage
{
  SmithPage parent_instance;

  GtkWidget *unfinished;
  GtkLabel *unfinished_text;
  GtkWidget *go_on;
  GtkWidget *start_new;
  GtkWidget *several;
  GtkBox *sticks;
  GtkWidget *empty;
  GtkWidget *practise;

  GPtrArray *cards; /* SmithStickCard; not owned */
  guint cd_timer;   /* while a CD drive may still go away by itself */
  gboolean cd_stays;
  gboolean goes_on; /* which is what the suggested button does then */
};

G_DEFINE_FINAL_TYPE (SmithDetectPage, smith_detect_page, SMITH_TYPE_PAGE)

static gboolean
on_cd_time (gpointer data)
{
  SmithDetectPage *page = data;

  page->cd_timer = 0;
  page->cd_stays = TRUE;
  smith_page_update (SMITH_PAGE (page));
  return G_SOURCE_REMOVE;
}

/* Waits as long as any stick shows its CD drive. */
static void
watch_cd (SmithDetectPage *page, GPtrArray *sticks)
{
  gboolean any = FALSE;

  for (guint i = 0; i < sticks->len; i++)
    any = any || ((SmithStick *) g_ptr_array_index (sticks, i))->mode == SMITH_MODE_CD;
  if (any && page->cd_timer == 0 && !page->cd_stays)
    page->cd_timer
        = g_timeout_add (smith_deadline_left (smith_deadline_in (CD_MS)), on_cd_time, page);
  else if (!any)
    {
      g_clear_handle_id (&page->cd_timer, g_source_remove);
      page->cd_stays = FALSE;
    }
}

/* Returns: (transfer none) (nullable) */
static SmithStick *
find_stick (GPtrArray *sticks, const char *usb_path)
{
  for (guint i = 0; i < sticks->len; i++)
    if (g_strcmp0 (((SmithStick *) g_ptr_array_index (sticks, i))->usb_path, usb_path) == 0)
      return g_ptr_array_index (sticks, i);
  return NULL;
}

static SmithStickCard *
find_card (SmithDetectPage *page, const char *usb_path)
{
  for (guint i = 0; i < page->cards->len; i++)
    if (g_strcmp0 (smith_stick_card_get_usb_path (g_ptr_array_index (page->cards, i)), usb_path)
        == 0)
      return g_ptr_array_index (page->cards, i);
  return NULL;
}

static SmithStickCard *
add_card (SmithDetectPage *page, const char *usb_path)
{
  SmithStickCard *other = page->cards->len > 0 ? g_ptr_array_index (page->cards, 0) : NULL;
  SmithStickCard *card = smith_stick_card_new (usb_path, other);

  gtk_box_append (page->sticks, GTK_WIDGET (card));
  g_ptr_array_add (page->cards, card);
  return card;
}

/* The focus may be in the card that goes. */
static void
remove_card (SmithDetectPage *page, SmithStickCard *card)
{
  gboolean focused = gtk_widget_get_focus_child (GTK_WIDGET (page->sticks)) == GTK_WIDGET (card);

  g_ptr_array_remove (page->cards, card);
  gtk_box_remove (page->sticks, GTK_WIDGET (card));
  if (focused)
    gtk_widget_grab_focus (GTK_WIDGET (page));
}

/* A card stays as long as a stick is at its place. */
static void
show_sticks (SmithDetectPage *page, SmithSession *session, GPtrArray *sticks)
{
  for (guint i = page->cards->len; i > 0; i--)
    {
      SmithStickCard *card = g_ptr_array_index (page->cards, i - 1);

      if (find_stick (sticks, smith_stick_card_get_usb_path (card)) == NULL)
        remove_card (page, card);
    }
  for (guint i = 0; i < sticks->len; i++)
    {
      SmithStick *stick = g_ptr_array_index (sticks, i);
      SmithStickCard *card = find_card (page, stick->usb_path);

      if (card == NULL)
        card = add_card (page, stick->usb_path);
      smith_stick_card_show (card, session, stick, sticks->len > 1, page->cd_stays);
    }
}

/* Returns: (transfer full): what is kept of the job, and what going on comes to
 *   with what the bus shows at its place */
static char *
describe_unfinished (SmithSession *session, const SmithSavedState *state)
{
  g_autoptr (SmithStick) stick = smith_session_find_stick (session, state->usb_path);
  const char *version = state->version != NULL ? state->version : "?";
  gboolean works = stick != NULL && smith_mode_is_working (stick->mode);

  if (!state->touched)
    return g_strdup_printf (_ ("It was to write firmware %s, and had not begun to. It can be begun "
                               "again with the same files."),
                            version);
  if (smith_saved_state_is_all_written (state) && works)
    return g_strdup_printf (_ ("Firmware %s was written completely, and the stick works. Only its "
                               "version was not compared yet: going on asks for it and writes "
                               "nothing."),
                            version);
  if (smith_saved_state_is_all_written (state))
    return g_strdup_printf (
        _ ("Firmware %s was written completely. Whether the stick starts it was "
           "not seen yet."),
        version);
  if (works)
    return g_strdup_printf (_ ("Firmware %s was not written to its end. The stick that is plugged "
                               "in at that place works: it may be another one. Going on writes "
                               "everything from the beginning, with the same files."),
                            version);
  if (stick != NULL)
    return g_strdup_printf (_ ("Firmware %s was not written to its end. It can go on with the same "
                               "files; the stick keeps waiting for them."),
                            version);
  return g_strdup_printf (
      _ ("Firmware %s was not written to its end. Plug that stick in again where "
         "it was: it can go on with the same files. At another place everything "
         "is written from the beginning."),
      version);
}

/* It is told which stick is meant, unless it is the only one. */
static void
show_unfinished_text (SmithDetectPage *page,
                      SmithSession *session,
                      const SmithSavedState *state,
                      gboolean only)
{
  g_autofree char *text = describe_unfinished (session, state);
  g_autofree char *place = g_strdup_printf (_ ("USB place %s"), state->usb_path);
  g_autofree char *both = g_strdup_printf ("%s\n%s", place, text);

  gtk_label_set_label (page->unfinished_text, only ? text : both);
}

static gboolean
is_waiting (SmithStick *stick)
{
  return stick->mode == SMITH_MODE_BOOT_ROM || stick->mode == SMITH_MODE_DOWNLOAD;
}

/* Whether going on is what the person most likely wants, and not something with
 * the stick that is there: not if that may be another one.
 * @chosen: (nullable) */
static gboolean
suggests_going_on (SmithSession *session, const SmithSavedState *state, SmithStick *chosen)
{
  g_autoptr (SmithStick) there = smith_session_find_stick (session, state->usb_path);

  if (chosen != NULL && g_strcmp0 (chosen->usb_path, state->usb_path) != 0)
    return there == NULL && state->touched && is_waiting (chosen);
  /* A stick that is half written does not work. One to practise with does, once the
   * program was ended; what is practised next then has nothing to do with it. */
  return there == NULL || !smith_mode_is_working (there->mode) || !state->touched
         || smith_saved_state_is_all_written (state);
}

/* The focus may be on the one that goes. */
static void
set_button_visible (SmithDetectPage *page, GtkWidget *button, gboolean visible)
{
  gboolean focused = gtk_widget_has_focus (button);

  gtk_widget_set_visible (button, visible);
  if (focused && !visible)
    gtk_widget_grab_focus (GTK_WIDGET (page));
}

/* What is not on the suggested button is in the card.
 * @chosen: (nullable) */
static void
show_unfinished (SmithDetectPage *page,
                 SmithSession *session,
                 SmithStick *chosen,
                 guint n_sticks,
                 gboolean ready)
{
  const SmithSavedState *state = smith_session_get_unfinished (session);
  gboolean preparing = smith_session_is_preparing (session);
  gboolean other
      = state != NULL && chosen != NULL && g_strcmp0 (chosen->usb_path, state->usb_path) != 0;

  page->goes_on = state != NULL && suggests_going_on (session, state, chosen);
  gtk_widget_set_visible (page->unfinished, state != NULL);
  set_button_visible (page, page->go_on, !page->goes_on);
  set_button_visible (page, page->start_new, page->goes_on);
  gtk_widget_set_sensitive (page->go_on, !preparing);
  gtk_widget_set_sensitive (page->start_new, ready && !preparing);
  smith_page_set_primary_label (SMITH_PAGE (page), page->goes_on ? _ ("_Go on") : _ ("_Continue"));
  smith_page_set_complete (SMITH_PAGE (page), page->goes_on ? !preparing : ready);
  if (state != NULL)
    show_unfinished_text (page, session, state, n_sticks <= 1 && !other);
}

static void
show_status (SmithDetectPage *page, guint n)
{
  g_autofree char *text = NULL;

  /* Above the cards, which may fill the window. */
  gtk_widget_set_visible (page->several, n > 1);
  if (n == 0)
    text = g_strdup (_ ("Looking for a stick…"));
  else
    text = g_strdup_printf (ngettext ("%u stick found.", "%u sticks found.", n), n);
  smith_page_set_status (SMITH_PAGE (page), text);
}

static gboolean
is_ready (SmithSession *session, SmithStick *chosen)
{
  return chosen != NULL
         && smith_stick_is_ready (chosen, smith_session_get_identity (session, chosen->usb_path),
                                  smith_session_get_identity_error (session, chosen->usb_path));
}

static void
smith_detect_page_update (SmithPage *base, SmithSession *session)
{
  SmithDetectPage *page = SMITH_DETECT_PAGE (base);
  g_autoptr (GPtrArray) sticks = smith_session_list_sticks (session);
  g_autoptr (SmithStick) chosen = smith_session_get_stick (session);

  watch_cd (page, sticks);
  show_sticks (page, session, sticks);
  show_unfinished (page, session, chosen, sticks->len, is_ready (session, chosen));
  show_status (page, sticks->len);
  gtk_widget_set_visible (GTK_WIDGET (page->sticks), sticks->len > 0);
  gtk_widget_set_visible (page->empty, sticks->len == 0);
  gtk_widget_set_visible (page->practise, smith_session_get_world (session) == NULL);
}

static void
smith_detect_page_apply (SmithPage *base, SmithSession *session)
{
  if (SMITH_DETECT_PAGE (base)->goes_on)
    smith_session_go_on (session);
  else
    smith_session_set_page (session, SMITH_PAGE_FILES);
}

static void
on_go_on (SmithDetectPage *page)
{
  smith_session_go_on (smith_page_get_session (SMITH_PAGE (page)));
}

/* What is kept stays kept. */
static void
on_start_new (SmithDetectPage *page)
{
  smith_session_start_over (smith_page_get_session (SMITH_PAGE (page)), SMITH_PAGE_FILES);
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
  SmithDetectPage *page = SMITH_DETECT_PAGE (object);

  g_clear_handle_id (&page->cd_timer, g_source_remove);
  g_ptr_array_unref (page->cards);
  G_OBJECT_CLASS (smith_detect_page_parent_class)->finalize (object);
}

static void
smith_detect_page_class_init (SmithDetectPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = smith_detect_page_finalize;
  SMITH_PAGE_CLASS (klass)->update = smith_detect_page_update;
  SMITH_PAGE_CLASS (klass)->apply = smith_detect_page_apply;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sticksmith/Sticksmith/detect-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SmithDetectPage, unfinished);
  gtk_widget_class_bind_template_child (widget_class, SmithDetectPage, unfinished_text);
  gtk_widget_class_bind_template_child (widget_class, SmithDetectPage, go_on);
  gtk_widget_class_bind_template_child (widget_class, SmithDetectPage, start_new);
  gtk_widget_class_bind_template_child (widget_class, SmithDetectPage, several);
  gtk_widget_class_bind_template_child (widget_class, SmithDetectPage, sticks);
  gtk_widget_class_bind_template_child (widget_class, SmithDetectPage, empty);
  gtk_widget_class_bind_template_child (widget_class, SmithDetectPage, practise);
  gtk_widget_class_bind_template_callback (widget_class, on_go_on);
  gtk_widget_class_bind_template_callback (widget_class, on_start_new);
  gtk_widget_class_bind_template_callback (widget_class, on_forget);
}

static void
smith_detect_page_init (SmithDetectPage *page)
{
  page->cards = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (page));
}
