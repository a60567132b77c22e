/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "file-card.h"

#include <glib/gi18n.h>

#include "file-chooser.h"
#include "naming.h"
#include "stick-text.h"
#include "wrap-box.h"

struct _SmithFileCard
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkImage *icon;
  GtkLabel *title;
  GtkLabel *text;
  GtkWidget *order;
  GtkWidget *up;
  GtkWidget *down;
  GtkWidget *remove;
  GtkButton *choose;
  GtkWidget *folder;
  GtkWidget *buttons;
  GtkWidget *more;
  GtkWidget *progress;
  GtkLabel *verdict;
  GtkWidget *fit;
  GtkImage *fit_icon;
  GtkLabel *fit_title;
  GtkLabel *fit_reasons;
  GtkWidget *details;
  GtkGrid *contents;
  SmithSlot slot;
  SmithSession *session;
  SmithFileCheck *check; /* NULL while a file is wanted */
  SmithItem *shown;      /* whose contents are listed; not owned, compared only */
};

G_DEFINE_FINAL_TYPE (SmithFileCard, smith_file_card, GTK_TYPE_WIDGET)

static const struct
{
  SmithWant want;
  const char *title;
  const char *help;
  const char *choose;
  const char *chooser;
} texts[] = {
  [SMITH_SLOT_FIRMWARE] = { SMITH_WANT_FIRMWARE, N_ ("Firmware"),
                            N_ ("What the stick is going to run: a .bin, an updater .exe, or an "
                                "archive with one of them in it."),
                            N_ ("Choose _firmware…"), N_ ("Choose a firmware file") },
  [SMITH_SLOT_LOADER] = { SMITH_WANT_LOADER, N_ ("Loader"),
                          N_ ("A small helper that lets the stick take firmware. It has to fit the "
                              "stick, too."),
                          N_ ("Choose _loader…"), N_ ("Choose a loader file") },
};

G_STATIC_ASSERT (G_N_ELEMENTS (texts) == SMITH_N_SLOTS);

static void
on_chosen (GFile *file, gpointer object)
{
  SmithFileCard *card = object;
  g_autofree char *path = g_file_get_path (file);

  if (path != NULL && card->session != NULL)
    smith_session_take_file (card->session, path, texts[card->slot].want);
}

static void
on_choose (SmithFileCard *card)
{
  smith_choose_file (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (card))),
                     GTK_FILE_CHOOSER_ACTION_OPEN, _ (texts[card->slot].chooser), NULL, on_chosen,
                     card);
}

static void
on_folder (SmithFileCard *card)
{
  smith_choose_file (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (card))),
                     GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _ ("Choose a folder with firmware"),
                     NULL, on_chosen, card);
}

/* At an end of the queue the button that brought it there is of no more use,
 * and the focus goes to the other one. */
static void
move (SmithFileCard *card, int by)
{
  GtkWidget *own = by < 0 ? card->up : card->down;
  GtkWidget *other = by < 0 ? card->down : card->up;
  gboolean focused = gtk_widget_has_focus (own);

  if (card->check == NULL
      || !smith_file_queue_move (smith_session_get_queue (card->session), card->check, by))
    return;
  if (focused && !gtk_widget_is_sensitive (own))
    gtk_widget_grab_focus (other);
}

static void
on_up (GtkWidget *widget, const char *action, GVariant *parameter)
{
  move (SMITH_FILE_CARD (widget), -1);
}

static void
on_down (GtkWidget *widget, const char *action, GVariant *parameter)
{
  move (SMITH_FILE_CARD (widget), 1);
}

static void
on_remove (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_autoptr (SmithFileCard) card = g_object_ref (SMITH_FILE_CARD (widget));

  if (card->check != NULL && card->slot == SMITH_SLOT_FIRMWARE)
    smith_session_remove_file (card->session, card->check);
}

/**
 * smith_file_card_setup:
 *
 * Says what the card is for; once.
 */
void
smith_file_card_setup (SmithFileCard *card, SmithSlot slot)
{
  card->slot = slot;
  gtk_label_set_label (card->title, _ (texts[slot].title));
  gtk_button_set_label (card->choose, _ (texts[slot].choose));
}

/* Returns: (transfer none) (nullable): whose card it is */
SmithFileCheck *
smith_file_card_get_check (SmithFileCard *card)
{
  return card->check;
}

static void
add_row (SmithFileCard *card, int row, const char *name, const char *value, gboolean bad)
{
  GtkWidget *left = gtk_label_new (name);
  GtkWidget *right = gtk_label_new (value);

  gtk_label_set_xalign (GTK_LABEL (left), 0);
  gtk_label_set_xalign (GTK_LABEL (right), 0);
  gtk_label_set_wrap (GTK_LABEL (right), TRUE);
  gtk_widget_set_hexpand (right, TRUE);
  gtk_widget_add_css_class (bad ? right : left, bad ? "bad-text" : "quiet");
  gtk_grid_attach (card->contents, left, 0, row, 1, 1);
  gtk_grid_attach (card->contents, right, 1, row, 1, 1);
}

static void
list_firmware (SmithFileCard *card, SmithFirmware *firmware)
{
  int row = 0;

  if (firmware->product[0] != '\0')
    add_row (card, row++, _ ("Made for"), firmware->product, FALSE);
  if (firmware->chip != SMITH_CHIP_UNKNOWN)
    add_row (card, row++, _ ("Chip"), smith_chip_name (firmware->chip), FALSE);
  if (firmware->built != NULL)
    add_row (card, row++, _ ("Made"), firmware->built, FALSE);
  for (guint i = 0; i < firmware->partitions->len; i++)
    {
      SmithPartition *partition = g_ptr_array_index (firmware->partitions, i);
      gboolean bad = !partition->header_ok || partition->data_ok == SMITH_CHECK_BAD;
      g_autofree char *size = smith_text_bytes (partition->expanded);
      g_autofree char *value = bad ? g_strdup_printf (_ ("%s, damaged"), size) : g_strdup (size);

      add_row (card, row++, partition->name, value, bad);
    }
}

static void
list_loader (SmithFileCard *card, SmithLoader *loader)
{
  g_autofree char *components = g_strdup_printf ("%u", loader->n_components);
  g_autofree char *size = smith_text_bytes (smith_loader_get_total (loader));

  add_row (card, 0, _ ("Parts"), components, FALSE);
  add_row (card, 1, _ ("Size"), size, FALSE);
  if (loader->product != NULL)
    add_row (card, 2, _ ("Made for"), loader->product, FALSE);
}

static void
list_contents (SmithFileCard *card, SmithItem *item)
{
  GtkWidget *child;

  if (card->shown == item)
    return;
  card->shown = item;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (card->contents))) != NULL)
    gtk_grid_remove (card->contents, child);
  if (item != NULL && item->firmware != NULL)
    list_firmware (card, item->firmware);
  else if (item != NULL)
    list_loader (card, item->loader);
}

static char *
describe_item (SmithFileCard *card, SmithFileCheck *check)
{
  SmithItem *item = smith_file_check_get_item (check);
  const char *name = smith_file_check_get_name (check);

  if (item == NULL || item->firmware == NULL || item->firmware->version[0] == '\0')
    return g_strdup (name);
  /* Translators: file name, then version of the firmware in it */
  return g_strdup_printf (_ ("%s\nVersion %s"), name, item->firmware->version);
}

/* Returns: (transfer full): what the checks say, for a person */
static char *
make_verdict (SmithFileCard *card, SmithFileCheck *check)
{
  SmithItem *item = smith_file_check_get_item (check);
  const char *problem = smith_file_check_get_problem (check);

  if (problem != NULL)
    return g_strdup (*problem != '\0' ? problem : _ ("The file did not pass all checks."));
  if (item->firmware != NULL)
    return item->firmware->warnings->len > 0
               ? g_strdup_printf (_ ("Complete and undamaged. Note: %s"),
                                  (const char *) g_ptr_array_index (item->firmware->warnings, 0))
               : g_strdup (_ ("Complete and undamaged: every checksum is right."));
  switch (item->loader->guard_state)
    {
    case SMITH_GUARD_MADE_SAFE:
      return g_strdup (_ ("Safe to use: it would have erased the stick’s calibration, and "
                          "Sticksmith has taken that out of what it sends."));
    case SMITH_GUARD_KNOWN_SAFE:
      return g_strdup (_ ("Safe to use: this loader is known."));
    default:
      return g_strdup (_ ("Safe to use: it leaves the stick’s calibration alone."));
    }
}

static void
set_css (GtkWidget *widget, const char *name, gboolean on)
{
  if (on)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

/* All firmware that is to be written together: one file may be right only with
 * another. */
static GPtrArray *
list_queue (SmithSession *session, const SmithFirmware *firmware, guint *index)
{
  SmithFileQueue *queue = smith_session_get_queue (session);
  GPtrArray *files = g_ptr_array_new ();

  for (guint i = 0; i < smith_file_queue_get_n (queue); i++)
    {
      SmithItem *item = smith_file_check_get_item (smith_file_queue_get (queue, i));

      if (item != NULL && item->firmware == firmware)
        *index = files->len;
      if (item != NULL && item->firmware != NULL)
        g_ptr_array_add (files, item->firmware);
    }
  return files;
}

/* Returns: whether the chosen stick has had its time to say what it is */
static gboolean
has_been_asked (SmithSession *session)
{
  g_autoptr (SmithStick) stick = smith_session_get_stick (session);

  return stick != NULL && !smith_session_is_identifying (session, stick->usb_path);
}

/**
 * smith_file_card_judge:
 *
 * Returns: (transfer full) (nullable): whether good firmware fits the chosen
 *   stick and what is wanted of it; NULL while there is no stick, or it is being
 *   asked, unless the file is none that could fit
 */
SmithVerdict *
smith_file_card_judge (SmithSession *session, SmithFileCheck *check)
{
  SmithIdentity *identity = smith_session_get_before (session);
  SmithItem *item = smith_file_check_get_item (check);
  g_autoptr (GPtrArray) files = NULL;
  g_autoptr (SmithVerdict) verdict = NULL;
  guint index = 0;

  if (item == NULL || item->firmware == NULL
      || smith_file_check_get_state (check) != SMITH_FILE_GOOD)
    return NULL;
  files = list_queue (session, item->firmware, &index);
  verdict = smith_verdict_for_queue (files, index, identity, smith_session_get_home_mode (session),
                                     smith_session_get_aim (session));
  if (identity == NULL && verdict->kind != SMITH_VERDICT_DOES_NOT_FIT && !has_been_asked (session))
    return NULL;
  return g_steal_pointer (&verdict);
}

/* Sign and words, since a colour alone tells nothing to some. */
static const struct
{
  const char *title;
  const char *icon;
  const char *css;
} fits[] = {
  [SMITH_VERDICT_FITS] = { N_ ("It fits this stick"), "smith-good-symbolic", "fits" },
  [SMITH_VERDICT_UNSURE]
  = { N_ ("It is not certain that it fits this stick"), "smith-attention-symbolic", "unsure" },
  [SMITH_VERDICT_DOES_NOT_FIT]
  = { N_ ("It does not fit this stick"), "smith-attention-symbolic", "unfit" },
};

static void
show_fit (SmithFileCard *card, const SmithVerdict *verdict)
{
  g_autoptr (GString) reasons = g_string_new (NULL);

  gtk_widget_set_visible (card->fit, verdict != NULL);
  if (verdict == NULL)
    return;
  for (guint i = 0; i < verdict->reasons->len; i++)
    {
      const char *reason = g_ptr_array_index (verdict->reasons, i);

      g_string_append_printf (reasons, "%s%s", i > 0 ? "\n" : "", reason);
    }
  for (guint i = 0; i < G_N_ELEMENTS (fits); i++)
    set_css (card->fit, fits[i].css, i == verdict->kind);
  gtk_image_set_from_icon_name (card->fit_icon, fits[verdict->kind].icon);
  gtk_label_set_label (card->fit_title, _ (fits[verdict->kind].title));
  gtk_label_set_label (card->fit_reasons, reasons->str);
  gtk_widget_set_visible (GTK_WIDGET (card->fit_reasons), reasons->len > 0);
}

/* What the file is, and of several, when it is written. */
static void
show_title (SmithFileCard *card, guint index, guint n)
{
  const char *kind = card->check != NULL && !smith_file_queue_is_firmware (card->check)
                         ? _ ("Web interface")
                         : _ (texts[card->slot].title);
  g_autofree char *title = NULL;

  /* Translators: the place in the order of writing, and what it is */
  title = n > 1 ? g_strdup_printf (_ ("%u. %s"), index + 1, kind) : g_strdup (kind);
  gtk_label_set_label (card->title, title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (card), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
}

/* Buttons of a file that stands in the queue. */
static void
show_place (SmithFileCard *card, SmithFileQueue *queue)
{
  guint n = smith_file_queue_get_n (queue);
  guint index = 0;
  gboolean queued = card->slot == SMITH_SLOT_FIRMWARE && card->check != NULL
                    && smith_file_queue_find (queue, card->check, &index);

  gtk_widget_set_visible (card->order, queued && n > 1);
  gtk_widget_set_visible (card->remove, queued);
  gtk_widget_set_visible (GTK_WIDGET (card->choose), n < 2 || !queued);
  gtk_widget_set_visible (card->folder, card->slot == SMITH_SLOT_FIRMWARE && !queued);
  gtk_widget_set_visible (card->buttons, n < 2 || !queued || gtk_widget_get_visible (card->more));
  gtk_button_set_label (card->choose,
                        queued ? _ ("Choose an_other…") : _ (texts[card->slot].choose));
  smith_name_button (card->choose);
  /* Translators: what happens if another file is chosen */
  gtk_widget_set_tooltip_text (GTK_WIDGET (card->choose),
                               queued ? _ ("One of the same kind takes its place; a web interface "
                                           "joins it")
                                      : NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (card), "file.up", queued && index > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (card), "file.down", queued && index + 1 < n);
  gtk_widget_action_set_enabled (GTK_WIDGET (card), "file.remove", queued);
  show_title (card, index, queued ? n : 1);
}

/* Returns: (nullable): the page of help about what the card shows */
static const char *
find_topic (SmithFileCheck *check, const SmithVerdict *fit)
{
  SmithItem *item = check != NULL ? smith_file_check_get_item (check) : NULL;

  if (check == NULL)
    return "which-firmware";
  if (smith_file_check_get_state (check) == SMITH_FILE_BAD)
    return item != NULL && item->loader != NULL ? "unsafe-loader" : "bad-download";
  if (fit == NULL || fit->kind != SMITH_VERDICT_DOES_NOT_FIT)
    return NULL;
  if ((item->firmware->content & SMITH_CONTENT_FIRMWARE) == 0)
    return "dashboard";
  return g_strcmp0 (fit->override, "direction") == 0 ? "which-firmware" : "wrong-model";
}

static void
show_help (SmithFileCard *card, const SmithVerdict *fit)
{
  const char *topic = find_topic (card->check, fit);

  gtk_widget_set_visible (card->more, topic != NULL);
  if (topic == NULL)
    return;
  gtk_actionable_set_action_target (GTK_ACTIONABLE (card->more), "s", topic);
  gtk_button_set_label (GTK_BUTTON (card->more), card->check != NULL
                                                     ? _ ("_More about this")
                                                     : _ ("_Where do I get it, and which?"));
  smith_name_button (GTK_BUTTON (card->more));
}

static void
show_check (SmithFileCard *card, SmithSession *session)
{
  SmithFileCheck *check = card->check;
  SmithFileState state = smith_file_check_get_state (check);
  g_autofree char *text = describe_item (card, check);
  g_autofree char *verdict = NULL;
  g_autoptr (SmithVerdict) fit = smith_file_card_judge (session, check);
  gboolean over = state != SMITH_FILE_CHECKING;
  gboolean unfit = fit != NULL && fit->kind == SMITH_VERDICT_DOES_NOT_FIT;

  verdict = over ? make_verdict (card, check) : g_strdup (_ ("Checking the file…"));
  gtk_label_set_label (card->text, text);
  gtk_label_set_label (card->verdict, verdict);
  gtk_widget_set_visible (GTK_WIDGET (card->verdict), TRUE);
  gtk_widget_set_visible (card->progress, !over);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (card->progress),
                                 smith_file_check_get_fraction (check));
  gtk_widget_set_visible (card->details, over && smith_file_check_get_item (check) != NULL);
  gtk_image_set_from_icon_name (card->icon, state == SMITH_FILE_BAD || unfit
                                                ? "smith-attention-symbolic"
                                            : state == SMITH_FILE_GOOD ? "smith-good-symbolic"
                                                                       : "smith-file-symbolic");
  list_contents (card, over ? smith_file_check_get_item (check) : NULL);
  show_fit (card, fit);
  show_help (card, fit);
  set_css (card->box, "good", state == SMITH_FILE_GOOD && !unfit);
  set_css (card->box, "bad", state == SMITH_FILE_BAD || unfit);
  set_css (GTK_WIDGET (card->verdict), "sound", state == SMITH_FILE_GOOD);
}

static void
show_wanted (SmithFileCard *card)
{
  gtk_label_set_label (card->text, _ (texts[card->slot].help));
  gtk_image_set_from_icon_name (card->icon, "smith-file-symbolic");
  gtk_widget_set_visible (card->progress, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (card->verdict), FALSE);
  gtk_widget_set_visible (card->details, FALSE);
  list_contents (card, NULL);
  show_fit (card, NULL);
  show_help (card, NULL);
  set_css (card->box, "good", FALSE);
  set_css (card->box, "bad", FALSE);
}

/**
 * smith_file_card_show:
 * @check: (nullable): the file; NULL to show what is wanted
 */
void
smith_file_card_show (SmithFileCard *card, SmithSession *session, SmithFileCheck *check)
{
  g_set_object (&card->session, session);
  g_set_object (&card->check, check);
  if (check != NULL)
    show_check (card, session);
  else
    show_wanted (card);
  show_place (card, smith_session_get_queue (session));
}

static void
smith_file_card_dispose (GObject *object)
{
  SmithFileCard *card = SMITH_FILE_CARD (object);

  g_clear_pointer (&card->box, gtk_widget_unparent);
  g_clear_object (&card->session);
  g_clear_object (&card->check);
  G_OBJECT_CLASS (smith_file_card_parent_class)->dispose (object);
}

static void
add_keys (GtkWidgetClass *widget_class)
{
  static const struct
  {
    guint key;
    GdkModifierType modifiers;
    const char *action;
  } keys[] = {
    { GDK_KEY_Up, GDK_ALT_MASK, "file.up" },     { GDK_KEY_KP_Up, GDK_ALT_MASK, "file.up" },
    { GDK_KEY_Down, GDK_ALT_MASK, "file.down" }, { GDK_KEY_KP_Down, GDK_ALT_MASK, "file.down" },
    { GDK_KEY_Delete, 0, "file.remove" },        { GDK_KEY_KP_Delete, 0, "file.remove" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding_action (widget_class, keys[i].key, keys[i].modifiers,
                                         keys[i].action, NULL);
}

static void
smith_file_card_class_init (SmithFileCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smith_file_card_dispose;
  gtk_widget_class_install_action (widget_class, "file.up", NULL, on_up);
  gtk_widget_class_install_action (widget_class, "file.down", NULL, on_down);
  gtk_widget_class_install_action (widget_class, "file.remove", NULL, on_remove);
  add_keys (widget_class);
  g_type_ensure (SMITH_TYPE_WRAP_BOX);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sticksmith/Sticksmith/file-card.ui");
  gtk_widget_class_bind_template_child (widget_class, SmithFileCard, box);
  gtk_widget_class_bind_template_child (widget_class, SmithFileCard, icon);
  gtk_widget_class_bind_template_child (widget_class, SmithFileCard, title);
  gtk_widget_class_bind_template_child (widget_class, SmithFileCard, text);
  gtk_widget_class_bind_template_child (widget_class, SmithFileCard, order);
  gtk_widget_class_bind_template_child (widget_class, SmithFileCard, up);
  gtk_widget_class_bind_template_child (widget_class, SmithFileCard, down);
  gtk_widget_class_bind_template_child (widget_class, SmithFileCard, remove);
  gtk_widget_class_bind_template_child (widget_class, SmithFileCard, choose);
  gtk_widget_class_bind_template_child (widget_class, SmithFileCard, folder);
  gtk_widget_class_bind_template_child (widget_class, SmithFileCard, buttons);
  gtk_widget_class_bind_template_child (widget_class, SmithFileCard, more);
  gtk_widget_class_bind_template_child (widget_class, SmithFileCard, progress);
  gtk_widget_class_bind_template_child (widget_class, SmithFileCard, verdict);
  gtk_widget_class_bind_template_child (widget_class, SmithFileCard, fit);
  gtk_widget_class_bind_template_child (widget_class, SmithFileCard, fit_icon);
  gtk_widget_class_bind_template_child (widget_class, SmithFileCard, fit_title);
  gtk_widget_class_bind_template_child (widget_class, SmithFileCard, fit_reasons);
  gtk_widget_class_bind_template_child (widget_class, SmithFileCard, details);
  gtk_widget_class_bind_template_child (widget_class, SmithFileCard, contents);
  gtk_widget_class_bind_template_callback (widget_class, on_choose);
  gtk_widget_class_bind_template_callback (widget_class, on_folder);
}

static void
smith_file_card_init (SmithFileCard *card)
{
  gtk_widget_init_template (GTK_WIDGET (card));
}

SmithFileCard *
smith_file_card_new (void)
{
  return g_object_new (SMITH_TYPE_FILE_CARD, NULL);
}
