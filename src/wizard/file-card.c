/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "file-card.h"

#include <glib/gi18n.h>

#include "stick-text.h"

struct _SmithFileCard
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkImage *icon;
  GtkLabel *title;
  GtkLabel *text;
  GtkButton *choose;
  GtkWidget *progress;
  GtkLabel *verdict;
  GtkWidget *details;
  GtkGrid *contents;
  SmithSlot slot;
  SmithSession *session;
  SmithItem *shown; /* whose contents are listed; not owned, compared only */
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
on_chosen (GtkNativeDialog *dialog, int response, SmithFileCard *card)
{
  g_autoptr (GFile) file = NULL;
  g_autofree char *path = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  path = file != NULL ? g_file_get_path (file) : NULL;
  if (path != NULL)
    smith_session_take_file (card->session, path, texts[card->slot].want);
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

static void
on_choose (SmithFileCard *card)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (card));
  GtkFileChooserNative *dialog
      = gtk_file_chooser_native_new (_ (texts[card->slot].chooser), GTK_WINDOW (root),
                                     GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Choose"), _ ("_Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_chosen), card, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
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

  if (item == NULL || item->firmware == NULL)
    return g_strdup (name);
  if (item->firmware->version[0] == '\0')
    return g_strdup_printf ("%s\n%s", name, item->firmware->product);
  /* Translators: file name, then version and model of the firmware in it */
  return g_strdup_printf (_ ("%s\nVersion %s for %s"), name, item->firmware->version,
                          item->firmware->product);
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

static void
show_check (SmithFileCard *card, SmithFileCheck *check)
{
  SmithFileState state = smith_file_check_get_state (check);
  g_autofree char *text = describe_item (card, check);
  g_autofree char *verdict = NULL;
  gboolean over = state != SMITH_FILE_CHECKING;

  verdict = over ? make_verdict (card, check) : g_strdup (_ ("Checking the file…"));
  gtk_label_set_label (card->text, text);
  gtk_label_set_label (card->verdict, verdict);
  gtk_widget_set_visible (GTK_WIDGET (card->verdict), TRUE);
  gtk_widget_set_visible (card->progress, !over);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (card->progress),
                                 smith_file_check_get_fraction (check));
  gtk_widget_set_visible (card->details, over && smith_file_check_get_item (check) != NULL);
  gtk_image_set_from_icon_name (card->icon, state == SMITH_FILE_GOOD  ? "smith-good-symbolic"
                                            : state == SMITH_FILE_BAD ? "smith-attention-symbolic"
                                                                      : "smith-file-symbolic");
  list_contents (card, over ? smith_file_check_get_item (check) : NULL);
  set_css (card->box, "good", state == SMITH_FILE_GOOD);
  set_css (card->box, "bad", state == SMITH_FILE_BAD);
}

/**
 * smith_file_card_show:
 *
 * Shows the file that the session holds for this card, or what is wanted.
 */
void
smith_file_card_show (SmithFileCard *card, SmithSession *session)
{
  SmithFileCheck *check = smith_session_get_file (session, card->slot);

  g_set_object (&card->session, session);
  if (check != NULL)
    {
      show_check (card, check);
      return;
    }
  gtk_label_set_label (card->text, _ (texts[card->slot].help));
  gtk_image_set_from_icon_name (card->icon, "smith-file-symbolic");
  gtk_widget_set_visible (card->progress, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (card->verdict), FALSE);
  gtk_widget_set_visible (card->details, FALSE);
  list_contents (card, NULL);
  set_css (card->box, "good", FALSE);
  set_css (card->box, "bad", FALSE);
}

static void
smith_file_card_dispose (GObject *object)
{
  SmithFileCard *card = SMITH_FILE_CARD (object);

  g_clear_pointer (&card->box, gtk_widget_unparent);
  g_clear_object (&card->session);
  G_OBJECT_CLASS (smith_file_card_parent_class)->dispose (object);
}

static void
smith_file_card_class_init (SmithFileCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smith_file_card_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sticksmith/Sticksmith/file-card.ui");
  gtk_widget_class_bind_template_child (widget_class, SmithFileCard, box);
  gtk_widget_class_bind_template_child (widget_class, SmithFileCard, icon);
  gtk_widget_class_bind_template_child (widget_class, SmithFileCard, title);
  gtk_widget_class_bind_template_child (widget_class, SmithFileCard, text);
  gtk_widget_class_bind_template_child (widget_class, SmithFileCard, choose);
  gtk_widget_class_bind_template_child (widget_class, SmithFileCard, progress);
  gtk_widget_class_bind_template_child (widget_class, SmithFileCard, verdict);
  gtk_widget_class_bind_template_child (widget_class, SmithFileCard, details);
  gtk_widget_class_bind_template_child (widget_class, SmithFileCard, contents);
  gtk_widget_class_bind_template_callback (widget_class, on_choose);
}

static void
smith_file_card_init (SmithFileCard *card)
{
  gtk_widget_init_template (GTK_WIDGET (card));
}
