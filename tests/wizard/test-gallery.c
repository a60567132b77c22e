/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "steps.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "format/error.h"
#include "layout-check.h"
#include "wizard/access-offer.h"
#include "wizard/file-card.h"
#include "wizard/fold.h"
#include "wizard/help-texts.h"
#include "wizard/help-window.h"
#include "wizard/outcome-page.h"
#include "wizard/page.h"
#include "wizard/session-private.h"
#include "wizard/step-bar.h"
#include "wizard/step-list.h"
#include "wizard/stick-matter.h"
#include "wizard/stop-dialog.h"

/* Every page in the states that an ordinary run does not come by. */

#define PLACE "1-2"

typedef struct
{
  const char *name;
  SmithMode mode;
  SmithNote note;
  const char *port; /* NULL: it has none */
  gboolean denied;
  gboolean hub;
  const char *cd;
  const char *driver;
  const char *matter; /* the first that is told, or NULL */
  const char *button; /* that it comes with, or NULL */
  gboolean ready;
  guint16 product;
} DetectState;

static const DetectState detect_states[] = {
  { "charging", SMITH_MODE_CHARGING, .matter = "charging" },
  { "unknown", SMITH_MODE_UNKNOWN, .matter = "unknown" },
  { "brovi", SMITH_MODE_BEYOND, SMITH_NOTE_BROVI, .matter = "beyond" },
  { "emergency", SMITH_MODE_BEYOND, SMITH_NOTE_EMERGENCY, .matter = "beyond" },
  { "fastboot", SMITH_MODE_BEYOND, SMITH_NOTE_FASTBOOT, .matter = "beyond" },
  { "later-router", SMITH_MODE_BEYOND, SMITH_NOTE_LATER_ROUTER, .matter = "beyond" },
  { "cd", SMITH_MODE_CD, .cd = "/dev/sr1", .matter = "cd", .button = "eject" },
  { "cd-without-drive", SMITH_MODE_CD, .matter = "cd" },
  { "no-driver", SMITH_MODE_STICK, .driver = "option", .matter = "no-driver", .button = "driver" },
  { "denied", SMITH_MODE_STICK, .port = "/dev/null", .denied = TRUE, .matter = "denied",
    .button = "install" },
  { "denied-boot", SMITH_MODE_BOOT_ROM, .port = "/dev/null", .denied = TRUE, .matter = "denied",
    .button = "install" },
  { "hub", SMITH_MODE_BOOT_ROM, .port = "/dev/null", .hub = TRUE, .matter = "hub", .ready = TRUE },
  { "waiting", SMITH_MODE_DOWNLOAD, .port = "/dev/null", .hub = TRUE, .matter = "waiting",
    .ready = TRUE },
  { "debug", SMITH_MODE_DEBUG, .port = "/dev/null", .matter = "silent", .button = "ask_again",
    .ready = TRUE },
  { "older", SMITH_MODE_STICK, .port = "/dev/null", .matter = "silent-older", .button = "ask_again",
    .ready = TRUE, .product = 0x1001 },
};

static SmithStick *
make_stick (const DetectState *state)
{
  SmithStick *stick
      = smith_stick_new (PLACE, 0x12d1, state->product != 0 ? state->product : 0x1442, state->mode);

  stick->note = state->note;
  stick->seen = 1;
  stick->behind_hub = state->hub;
  stick->cd_drive = g_strdup (state->cd);
  stick->missing_driver = g_strdup (state->driver);
  if (state->port != NULL)
    {
      smith_stick_add_port (stick, state->port, 0, SMITH_PORT_AT);
      ((SmithStickPort *) g_ptr_array_index (stick->ports, 0))->denied = state->denied;
    }
  return stick;
}

static gboolean
has_matter (SmithWindow *window)
{
  const DetectState *state = g_object_get_data (G_OBJECT (window), "state");
  SmithSession *session = steps_session_of (window);
  g_autoptr (SmithStick) stick = smith_session_get_stick (session);
  SmithMatter matters[SMITH_MATTERS_MAX];

  return stick != NULL
         && smith_stick_list_matters (stick, smith_session_get_identity (session, PLACE),
                                      smith_session_get_identity_error (session, PLACE), TRUE,
                                      matters)
                > 0
         && g_str_equal (matters[0].id, state->matter)
         && !smith_session_is_identifying (session, PLACE);
}

/* Returns: whether it stands anywhere in what is to be seen */
static gboolean
has_text (GtkWidget *widget, const char *text)
{
  if (!gtk_widget_get_visible (widget))
    return FALSE;
  if (GTK_IS_LABEL (widget) && strstr (gtk_label_get_label (GTK_LABEL (widget)), text) != NULL)
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (has_text (child, text))
      return TRUE;
  return FALSE;
}

static gboolean
has_saved_rule (SmithWindow *window)
{
  GtkWidget *offer = harness_find_type (GTK_WIDGET (window), SMITH_TYPE_ACCESS_OFFER);

  return gtk_widget_get_mapped (
      GTK_WIDGET (gtk_widget_get_template_child (offer, SMITH_TYPE_ACCESS_OFFER, "by_hand")));
}

/* The rule in a file, and the command that puts it where it belongs. */
static void
save_rule (SmithWindow *window)
{
  GtkWidget *offer = harness_find_type (GTK_WIDGET (window), SMITH_TYPE_ACCESS_OFFER);
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "sticksmith rule.rules", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autofree char *rule = NULL;

  smith_access_offer_save (SMITH_ACCESS_OFFER (offer), file);
  harness_wait (window, has_saved_rule, "the rule is saved");
  harness_settle ();
  g_assert_true (g_file_get_contents (path, &rule, NULL, NULL));
  g_assert_nonnull (strstr (rule, "uaccess"));
  g_assert_nonnull (
      strstr (gtk_label_get_label (GTK_LABEL (harness_find (GTK_WIDGET (window), "command"))),
              path));
  harness_press (GTK_WIDGET (window), "copy");
  harness_shoot (GTK_WIDGET (window), "1-detect-denied-saved");
  g_unlink (path);
}

static void
shoot (SmithWindow *window, const char *prefix, const char *name)
{
  g_autofree char *picture = g_strdup_printf ("%s-%s", prefix, name);

  harness_shoot (GTK_WIDGET (window), picture);
  harness_squeeze (GTK_WIDGET (window), picture);
}

/* Sessions come and go; the window stays. */
static SmithSession *
show_session (SmithWindow *window, SmithBus *bus)
{
  g_autoptr (SmithSession) session = smith_session_new (bus, NULL, NULL);

  smith_window_set_session (window, session);
  harness_settle ();
  return session;
}

static void
test_detect (gconstpointer data)
{
  const DetectState *state = data;
  SmithWindow *window = harness_practise (NULL, 0);
  GtkWidget *widget = GTK_WIDGET (window);
  g_autoptr (SmithVirtualBus) bus = smith_virtual_bus_new ();
  g_autoptr (SmithStick) stick = make_stick (state);

  smith_virtual_bus_set (bus, stick);
  show_session (window, SMITH_BUS (bus));
  g_object_set_data (G_OBJECT (window), "state", (gpointer) state);
  harness_wait (window, has_matter, "what matters is found");
  /* Some things are given the time to mend themselves before they are told. */
  harness_wait_for (window, "matters");
  harness_settle ();
  g_assert_cmpint (gtk_widget_is_sensitive (harness_find (widget, "primary")), ==, state->ready);
  if (state->button != NULL)
    g_assert_true (gtk_widget_is_sensitive (harness_find (widget, state->button)));
  if (g_strcmp0 (state->button, "driver") == 0)
    {
      harness_press (widget, "driver");
      g_assert_true (has_text (widget, "sudo modprobe option\n"));
    }
  gtk_expander_set_expanded (GTK_EXPANDER (harness_find (widget, "details")), TRUE);
  if (state->mode == SMITH_MODE_DOWNLOAD)
    steps_open_expander (window, "signs");
  shoot (window, "1-detect", state->name);
  if (g_str_equal (state->name, "denied"))
    save_rule (window);
  harness_close (window);
}

static char *
find_fixture (const char *name)
{
  return g_strdup_printf ("%s/made-%s", g_getenv ("SMITH_FIXTURES"), name);
}

static gboolean
has_two_good (SmithWindow *window)
{
  SmithFileQueue *queue = smith_session_get_queue (steps_session_of (window));

  return smith_file_queue_get_n (queue) == 2 && smith_file_queue_is_good (queue);
}

static SmithFileCard *
find_nth_card (SmithWindow *window, guint n)
{
  GtkWidget *card = gtk_widget_get_first_child (harness_find (GTK_WIDGET (window), "queue"));

  while (card != NULL && (smith_file_card_get_check (SMITH_FILE_CARD (card)) == NULL || n-- > 0))
    card = gtk_widget_get_next_sibling (card);
  g_assert_nonnull (card);
  return SMITH_FILE_CARD (card);
}

static SmithFileCheck *
nth_check (SmithWindow *window, guint n)
{
  return smith_file_queue_get (smith_session_get_queue (steps_session_of (window)), n);
}

/* Firmware and the web interface that belongs to it: put in order by themselves,
 * then by the person, by button and by key. */
static void
test_two_files (void)
{
  SmithWindow *window = harness_practise ("all-well", 0);
  SmithSession *session = steps_session_of (window);
  SmithFileQueue *queue = smith_session_get_queue (session);
  g_autofree char *firmware = find_fixture ("firmware-v7r11-hilink");
  g_autofree char *webui = find_fixture ("webui-v7r11");
  GPtrArray *items;
  SmithFileCheck *second;
  GtkWidget *up;

  steps_begin (window);
  g_assert_cmpint (smith_session_get_aim (session), ==, SMITH_AIM_STICK);
  smith_session_set_aim (session, SMITH_AIM_HILINK);
  smith_session_take_file (session, firmware, SMITH_WANT_FIRMWARE);
  smith_session_take_file (session, webui, SMITH_WANT_ANY);
  harness_wait (window, has_two_good, "both files are good");
  harness_settle ();
  g_assert_false (smith_file_queue_is_firmware (nth_check (window, 0)));
  g_assert_true (smith_file_queue_is_firmware (nth_check (window, 1)));
  items = g_ptr_array_new_with_free_func ((GDestroyNotify) smith_item_unref);
  smith_file_queue_list_items (queue, items);
  g_assert_cmpuint (items->len, ==, 2);
  g_assert_true (g_ptr_array_index (items, 1) == smith_file_check_get_item (nth_check (window, 1)));
  g_ptr_array_unref (items);
  shoot (window, "2-files", "two");

  /* The second goes up; the focus stays with its card. */
  second = nth_check (window, 1);
  up = GTK_WIDGET (gtk_widget_get_template_child (GTK_WIDGET (find_nth_card (window, 1)),
                                                  SMITH_TYPE_FILE_CARD, "up"));
  gtk_widget_grab_focus (up);
  g_signal_emit_by_name (up, "clicked");
  harness_settle ();
  g_assert_true (nth_check (window, 0) == second);
  g_assert_false (gtk_widget_is_sensitive (up));
  g_assert_true (gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (window)),
                                         GTK_WIDGET (find_nth_card (window, 0))));
  g_assert_false (smith_file_queue_move (queue, second, -1));

  /* By key, and the order that a person made is kept when a file is exchanged. */
  gtk_widget_activate_action (GTK_WIDGET (find_nth_card (window, 0)), "file.down", NULL);
  g_assert_true (nth_check (window, 1) == second);
  gtk_widget_activate_action (GTK_WIDGET (find_nth_card (window, 0)), "file.down", NULL);
  smith_session_take_file (session, webui, SMITH_WANT_FIRMWARE);
  harness_wait (window, has_two_good, "the exchanged file is good");
  g_assert_true (nth_check (window, 0) == second);

  gtk_widget_activate_action (GTK_WIDGET (find_nth_card (window, 1)), "file.remove", NULL);
  harness_settle ();
  g_assert_cmpuint (smith_file_queue_get_n (queue), ==, 1);
  smith_file_queue_remove (queue, nth_check (window, 0));
  harness_settle ();
  g_assert_cmpuint (smith_file_queue_get_n (queue), ==, 0);
  shoot (window, "2-files", "none");
  harness_close (window);
}

/* What is wanted is likely from what the stick is, and the person's choice counts. */
static void
test_aim (void)
{
  SmithWindow *window = harness_practise ("all-well", 0);
  SmithSession *session = steps_session_of (window);

  g_assert_cmpint (smith_aim_default (SMITH_MODE_STICK), ==, SMITH_AIM_HILINK);
  g_assert_cmpint (smith_aim_default (SMITH_MODE_DOWNLOAD), ==, SMITH_AIM_RESCUE);
  g_assert_cmpint (smith_aim_default (SMITH_MODE_DEBUG), ==, SMITH_AIM_STICK);
  smith_practice_world_plug_in (smith_session_get_world (session), SMITH_PRACTICE_PORT,
                                SMITH_MODE_BOOT_ROM);
  harness_wait (window, steps_is_in_boot_mode, "the stick is in boot mode");
  g_assert_cmpint (smith_session_get_aim (session), ==, SMITH_AIM_STICK);
  steps_begin (window);
  for (guint i = 0; i < SMITH_N_AIM_CHOICES; i++)
    {
      SmithAim aim = smith_aim_choice (i);
      GtkWidget *choices = harness_find (GTK_WIDGET (window), "choices");

      smith_session_set_aim (session, aim);
      harness_settle ();
      g_assert_cmpint (smith_session_get_aim (session), ==, aim);
      g_assert_true (gtk_check_button_get_active (
          GTK_CHECK_BUTTON (gtk_grid_get_child_at (GTK_GRID (choices), (int) i % 2, (int) i / 2))));
      shoot (window, "2-files-aim", smith_aim_name (aim));
    }
  harness_close (window);
}

/* Every ending that there is, whatever brings it about. */
static GHashTable *
collect_outcomes (void)
{
  GHashTable *outcomes = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  const SmithMode modes[] = { SMITH_MODE_UNKNOWN, SMITH_MODE_DOWNLOAD, SMITH_MODE_STICK };

  for (int code = -1; code < SMITH_N_ERRORS; code++)
    for (guint step = 0; step < SMITH_N_STEPS; step++)
      for (guint touched = 0; touched < 2; touched++)
        for (guint m = 0; m < 2 * G_N_ELEMENTS (modes); m++)
          {
            gboolean waited = m >= G_N_ELEMENTS (modes);
            SmithMode mode = modes[m % G_N_ELEMENTS (modes)];
            g_autoptr (SmithStick) stick = smith_stick_new (PLACE, 1, 2, mode);
            g_autoptr (GError) error
                = g_error_new_literal (code < 0 ? G_IO_ERROR : SMITH_ERROR,
                                       code < 0 ? G_IO_ERROR_CANCELLED : code, "why");
            SmithOutcome *outcome = g_new0 (SmithOutcome, 1);

            smith_outcome_for (error, (SmithStep) step, touched, waited,
                               mode != SMITH_MODE_UNKNOWN ? stick : NULL, outcome);
            g_hash_table_insert (outcomes, (gpointer) outcome->id, outcome);
          }
  return outcomes;
}

static void
test_outcomes (void)
{
  SmithWindow *window = harness_practise ("all-well", 0);
  SmithSession *session = steps_session_of (window);
  GtkWidget *page = harness_find_type (GTK_WIDGET (window), SMITH_TYPE_OUTCOME_PAGE);
  g_autoptr (GHashTable) outcomes = collect_outcomes ();
  GHashTableIter iter;
  gpointer id;
  gpointer outcome;

  session->phase = SMITH_PHASE_FAILED;
  g_set_error_literal (&session->error, SMITH_ERROR, SMITH_ERROR_PROTOCOL,
                       "The stick’s answer to a frame of 2048 bytes was 03 00 02");
  smith_session_changed (session);
  harness_settle ();
  g_assert_cmpuint (g_hash_table_size (outcomes), >, 20);
  g_hash_table_iter_init (&iter, outcomes);
  while (g_hash_table_iter_next (&iter, &id, &outcome))
    {
      smith_outcome_page_show (SMITH_OUTCOME_PAGE (page), outcome, session->error->message);
      steps_open_expander (window, "technical");
      shoot (window, "7-outcome-of", id);
    }
  session->phase = SMITH_PHASE_CHOOSING;
  harness_close (window);
}

/* The check finds what it is there for: a shortened text, and one that nothing says. */
static void
test_check (void)
{
  SmithWindow *window = harness_practise ("all-well", 0);
  GtkLabel *title
      = GTK_LABEL (gtk_widget_get_first_child (harness_find (GTK_WIDGET (window), "heading")));
  g_autofree char *shortened = NULL;
  g_autofree char *empty = NULL;

  harness_check_layout (GTK_WIDGET (window), "check");
  gtk_label_set_ellipsize (title, PANGO_ELLIPSIZE_END);
  gtk_label_set_wrap (title, FALSE);
  gtk_label_set_label (title, "A title that is so long that no window of any size could show it, "
                              "and of which only the beginning is to be seen therefore");
  harness_settle ();
  shortened = layout_check (GTK_WIDGET (window));
  g_assert_nonnull (strstr (shortened, "is shortened"));
  gtk_label_set_label (GTK_LABEL (harness_find (GTK_WIDGET (window), "subtitle")), "");
  harness_settle ();
  empty = layout_check (GTK_WIDGET (window));
  g_assert_nonnull (strstr (empty, "is empty"));
  harness_close (window);
}

static gboolean
is_folded (SmithWindow *window)
{
  return smith_fold_get_folded (
      SMITH_FOLD (harness_find_type (GTK_WIDGET (window), SMITH_TYPE_FOLD)));
}

static gboolean
is_unfolded (SmithWindow *window)
{
  return !is_folded (window);
}

/* In a narrow window a line stands for the list of steps. */
static void
test_fold (void)
{
  SmithWindow *window = harness_practise ("all-well", 0);
  GtkWidget *widget = GTK_WIDGET (window);
  GtkLabel *where;
  g_autofree char *first = NULL;
  int width;
  int height;

  gtk_window_get_default_size (GTK_WINDOW (window), &width, &height);
  gtk_window_set_default_size (GTK_WINDOW (window), 1400, height);
  harness_wait (window, is_unfolded, "the list of steps is to be seen");
  g_assert_true (gtk_widget_get_mapped (harness_find_type (widget, SMITH_TYPE_STEP_LIST)));
  g_assert_false (gtk_widget_get_mapped (harness_find_type (widget, SMITH_TYPE_STEP_BAR)));

  gtk_window_set_default_size (GTK_WINDOW (window), 1, height);
  harness_wait (window, is_folded, "the list of steps has gone");
  harness_settle ();
  g_assert_false (gtk_widget_get_mapped (harness_find_type (widget, SMITH_TYPE_STEP_LIST)));
  where = GTK_LABEL (harness_find (widget, "where"));
  first = g_strdup (gtk_label_get_label (where));
  g_assert_nonnull (strstr (first, smith_flow_step_title (SMITH_PAGE_DETECT)));
  steps_next (window);
  harness_wait_page (window, SMITH_PAGE_FILES);
  g_assert_nonnull (strstr (gtk_label_get_label (where), smith_flow_step_title (SMITH_PAGE_FILES)));
  g_assert_cmpstr (gtk_label_get_label (where), !=, first);
  harness_shoot (widget, "2-files-narrow");

  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  harness_settle ();
  harness_close (window);
}

static void
test_dialogs (void)
{
  SmithWindow *window = harness_practise ("all-well", 0);

  for (int all_written = 0; all_written < 2; all_written++)
    {
      GtkWidget *dialog = GTK_WIDGET (smith_stop_dialog_new (GTK_WINDOW (window), all_written));

      gtk_window_present (GTK_WINDOW (dialog));
      harness_settle ();
      g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (harness_find (dialog, "heading"))), ==,
                       all_written ? _ ("Stop waiting for the stick?") : _ ("Stop in the middle?"));
      harness_shoot (dialog, all_written ? "8-stop-written" : "8-stop-midway");
      gtk_window_destroy (GTK_WINDOW (dialog));
    }
  harness_close (window);
}

static GtkWidget *
find_help (void)
{
  GtkApplication *application = GTK_APPLICATION (harness_start ());

  for (GList *l = gtk_application_get_windows (application); l != NULL; l = l->next)
    if (SMITH_IS_HELP_WINDOW (l->data))
      return l->data;
  g_assert_not_reached ();
}

static void
test_help (void)
{
  SmithWindow *window = harness_practise ("all-well", 0);
  guint n;
  const SmithHelpTopic *topics = smith_help_list (&n);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *picture = g_strdup_printf ("10-help-%s", topics[i].id);

      g_action_group_activate_action (G_ACTION_GROUP (harness_start ()), "help",
                                      g_variant_new_string (topics[i].id));
      harness_settle ();
      harness_shoot (find_help (), picture);
      if (i == 0)
        harness_squeeze (find_help (), picture);
    }
  harness_close (window);
}

int
main (int argc, char *argv[])
{
  harness_init (&argc, &argv);
  for (guint i = 0; i < G_N_ELEMENTS (detect_states); i++)
    {
      g_autofree char *path = g_strdup_printf ("/gallery/detect/%s", detect_states[i].name);

      g_test_add_data_func (path, &detect_states[i], test_detect);
    }
  g_test_add_func ("/gallery/two-files", test_two_files);
  g_test_add_func ("/gallery/aim", test_aim);
  g_test_add_func ("/gallery/outcomes", test_outcomes);
  g_test_add_func ("/gallery/check", test_check);
  g_test_add_func ("/gallery/fold", test_fold);
  g_test_add_func ("/gallery/dialogs", test_dialogs);
  g_test_add_func ("/gallery/help", test_help);
  return g_test_run ();
}
