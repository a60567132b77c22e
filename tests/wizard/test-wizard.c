/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "steps.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "wizard/file-card.h"
#include "wizard/help-texts.h"
#include "wizard/outcome.h"
#include "wizard/page.h"
#include "wizard/stop-dialog.h"

/* What the list at the side says of a step. */
static const char *
caption_of (SmithWindow *window, SmithPageId page)
{
  GtkWidget *row = gtk_widget_get_first_child (harness_find (GTK_WIDGET (window), "steps"));

  while (page-- > 0)
    row = gtk_widget_get_next_sibling (row);
  return gtk_label_get_label (
      GTK_LABEL (gtk_widget_get_last_child (gtk_widget_get_last_child (row))));
}

/* Returns: where the widget ends, in pixels from the top of the window */
static int
bottom_of (GtkWidget *window, const char *id)
{
  graphene_rect_t bounds;

  g_assert_true (gtk_widget_compute_bounds (harness_find (window, id), window, &bounds));
  return (int) (bounds.origin.y + bounds.size.height);
}

static void
assert_help (GtkWidget *button, const char *topic)
{
  GVariant *target = gtk_actionable_get_action_target_value (GTK_ACTIONABLE (button));

  g_assert_cmpstr (gtk_actionable_get_action_name (GTK_ACTIONABLE (button)), ==, "app.help");
  g_assert_cmpstr (g_variant_get_string (target, NULL), ==, topic);
  g_assert_nonnull (smith_help_find (topic));
}

/* How one goes online is to be seen without scrolling. */
static void
assert_online_in_sight (GtkWidget *window)
{
  if (harness_is_ordinary (window))
    g_assert_cmpint (bottom_of (window, "online"), <=, bottom_of (window, "stack"));
  else
    harness_find (window, "online");
}

/* The whole way at a pace at which every state can be seen, with the needle:
 * that is the way with all steps. */
static void
test_whole_way (void)
{
  SmithWindow *window = harness_practise ("needle", 0.25);
  GtkWidget *widget = GTK_WIDGET (window);

  steps_assert_heading_has_focus (window);
  harness_shoot (widget, "1-detect");
  steps_next (window);
  harness_settle ();
  steps_assert_heading_has_focus (window);
  g_assert_false (gtk_widget_is_sensitive (harness_find (widget, "primary")));
  assert_help (harness_find (harness_find (widget, "firmware"), "more"), "which-firmware");
  harness_shoot (widget, "2-files");
  harness_press (widget, "back");
  g_assert_cmpint (smith_session_get_page (steps_session_of (window)), ==, SMITH_PAGE_DETECT);
  steps_next (window);
  harness_settle ();
  harness_press (widget, "use_practice");
  harness_wait_ready (window);
  harness_shoot (widget, "2-files-good");
  steps_open_expander (window, "details");
  harness_shoot (widget, "2-files-contents");
  steps_next (window);
  harness_settle ();
  steps_assert_heading_has_focus (window);
  harness_shoot (widget, "3-boot-ask");
  steps_next (window);
  harness_shoot (widget, "3-boot-asking");
  harness_wait (window, steps_is_refused, "the stick refuses");
  harness_settle ();
  harness_shoot (widget, "3-boot-needle");
  harness_press (widget, "plug_needle");
  harness_wait (window, steps_is_in_boot_mode, "the stick is in boot mode");
  harness_shoot (widget, "3-boot-ready");
  steps_next (window);
  harness_wait_page (window, SMITH_PAGE_LOADER);
  harness_shoot (widget, "4-loader");
  harness_wait (window, steps_is_asking, "the job asks");
  harness_settle ();
  steps_assert_heading_has_focus (window);
  harness_shoot (widget, "5-flash-question");
  steps_next (window);
  harness_wait (window, steps_is_writing, "it writes");
  harness_shoot (widget, "5-flash-writing");
  g_assert_false (gtk_widget_is_sensitive (harness_find (widget, "primary")));
  g_assert_cmpuint (gtk_application_get_window_by_id (GTK_APPLICATION (harness_start ()), 1)
                        != NULL,
                    ==, TRUE);
  g_action_group_activate_action (G_ACTION_GROUP (window), "show-log", NULL);
  harness_settle ();
  harness_shoot (widget, "5-flash-log");
  g_action_group_activate_action (G_ACTION_GROUP (window), "show-log", NULL);
  harness_wait_page (window, SMITH_PAGE_NETWORK);
  harness_shoot (widget, "6-network-waiting");
  harness_wait (window, steps_is_over, "the job is over");
  harness_settle ();
  steps_assert_done (window);
  steps_assert_heading_has_focus (window);
  for (SmithPageId page = 0; page < SMITH_N_WIZARD_STEPS; page++)
    g_assert_cmpstr (caption_of (window, page), ==, _ ("Done"));
  harness_shoot (widget, "6-network-done");
  assert_online_in_sight (widget);
  steps_next (window);
  harness_settle ();
}

typedef struct
{
  const char *scenario;
  const char *outcome; /* NULL: it ends well */
  SmithAction action;
} Ending;

static const Ending endings[] = {
  { "all-well", NULL, 0 },
  { "needle", NULL, 0 },
  { "wrong-file", NULL, 0 },
  { "bad-line", NULL, 0 },
  { "signature", NULL, 0 },
  { "stuck-in-download", NULL, 0 },
  { "loader-does-not-start", "loader-not-started", SMITH_ACTION_CHOOSE_LOADER },
  { "part-refused", "part-refused", SMITH_ACTION_CHOOSE_FILE },
  { "unplugged", "unplugged", SMITH_ACTION_GO_ON },
  { "old-version", "old-version", SMITH_ACTION_START_OVER },
  { "two-sticks", NULL, 0 },
  { "network", NULL, 0 },
  { "no-sim", NULL, 0 },
  { "returns-to-download", "not-started", SMITH_ACTION_GO_ON },
  { "stick-to-hilink", NULL, 0 },
  { "e1550", NULL, 0 },
  { "e392", NULL, 0 },
};

static void
choose_first_stick (SmithWindow *window)
{
  g_assert_null (smith_session_get_usb_path (steps_session_of (window)));
  g_assert_false (gtk_widget_is_sensitive (harness_find (GTK_WIDGET (window), "primary")));
  assert_help (harness_find (GTK_WIDGET (window), "several_help"), "two-sticks");
  g_assert_cmpint (bottom_of (GTK_WIDGET (window), "several"), <,
                   bottom_of (GTK_WIDGET (window), "sticks"));
  harness_shoot (GTK_WIDGET (window), "1-detect-two");
  smith_session_choose_stick (steps_session_of (window), SMITH_PRACTICE_PORT);
}

static void
assert_outcome (SmithWindow *window, const Ending *ending)
{
  SmithSession *session = steps_session_of (window);
  g_autoptr (SmithStick) stick = smith_session_get_stick (session);
  g_autofree char *picture = g_strdup_printf ("7-outcome-%s", ending->outcome);
  SmithOutcome outcome;
  SmithJobStatus status;

  smith_session_get_status (session, &status);
  smith_outcome_for (smith_session_get_error (session), status.step, status.touched,
                     smith_session_waited_before (session), stick, &outcome);
  g_assert_cmpstr (outcome.id, ==, ending->outcome);
  g_assert_cmpint (outcome.action, ==, ending->action);
  g_assert_cmpint (smith_session_get_page (session), ==, SMITH_PAGE_OUTCOME);
  steps_assert_heading_has_focus (window);
  g_assert_cmpstr (gtk_button_get_label (
                       GTK_BUTTON (harness_find (GTK_WIDGET (window), "primary"))),
                   ==, smith_action_label (outcome.action));
  steps_open_expander (window, "technical");
  harness_shoot (GTK_WIDGET (window), picture);
}

/* After a bad ending its button leads on, and to a good one where one can be reached. */
static void
follow_up (SmithWindow *window, const Ending *ending)
{
  steps_next (window);
  if (ending->action == SMITH_ACTION_CHOOSE_FILE || ending->action == SMITH_ACTION_CHOOSE_LOADER)
    harness_wait_page (window, SMITH_PAGE_FILES);
  else if (ending->action == SMITH_ACTION_START_OVER)
    harness_wait_page (window, SMITH_PAGE_DETECT);
  else
    harness_wait_page (window, SMITH_PAGE_BOOT);
  harness_settle ();
  if (g_str_equal (ending->scenario, "unplugged"))
    {
      harness_shoot (GTK_WIDGET (window), "3-boot-absent");
      /* It waits for the rest by itself, and nobody has to open it. */
      g_assert_false (smith_session_wants_needle (steps_session_of (window)));
      g_assert_cmpstr (gtk_button_get_label (
                           GTK_BUTTON (harness_find (GTK_WIDGET (window), "plug_needle"))),
                       ==, "_Practise: plug it in");
      harness_press (GTK_WIDGET (window), "plug_needle");
      harness_wait (window, steps_is_in_boot_mode, "the stick is in boot mode");
      steps_run_to_end (window);
      steps_assert_done (window);
    }
  else if (g_str_equal (ending->scenario, "part-refused"))
    {
      harness_press (GTK_WIDGET (window), "use_practice");
      steps_next (window);
      harness_wait_page (window, SMITH_PAGE_BOOT);
      steps_run_to_end (window);
      steps_assert_done (window);
    }
}

static gboolean
is_unfit (SmithWindow *window)
{
  SmithFileCheck *check = smith_session_get_file (steps_session_of (window), SMITH_SLOT_FIRMWARE);
  g_autoptr (SmithVerdict) verdict
      = check != NULL ? smith_file_card_judge (steps_session_of (window), check) : NULL;

  return verdict != NULL && verdict->kind == SMITH_VERDICT_DOES_NOT_FIT;
}

/* A file for another stick is told at once, and another one leads on. */
static void
refuse_wrong_file (SmithWindow *window)
{
  GtkWidget *widget = GTK_WIDGET (window);

  steps_begin (window);
  harness_settle ();
  harness_press (widget, "use_practice");
  harness_wait (window, is_unfit, "the file is found not to fit");
  harness_settle ();
  g_assert_false (gtk_widget_is_sensitive (harness_find (widget, "primary")));
  harness_find (widget, "fit_reasons");
  assert_help (harness_find (widget, "more"), "wrong-model");
  harness_shoot (widget, "2-files-unfit");
  harness_press (widget, "use_practice");
  steps_next (window);
  harness_wait_page (window, SMITH_PAGE_BOOT);
  harness_settle ();
}

static SmithCdState
get_cd (SmithWindow *window)
{
  return smith_network_care_get_cd (smith_session_get_network_care (steps_session_of (window)));
}

static gboolean
is_cd_hidden (SmithWindow *window)
{
  return get_cd (window) == SMITH_CD_HIDDEN
         && gtk_widget_is_sensitive (harness_find (GTK_WIDGET (window), "cd_button"));
}

static gboolean
is_cd_shown (SmithWindow *window)
{
  return get_cd (window) == SMITH_CD_SHOWN
         && gtk_widget_is_sensitive (harness_find (GTK_WIDGET (window), "cd_button"));
}

/* The stick can do without its CD, and can show it again. */
static void
hide_cd_and_show_it (SmithWindow *window)
{
  GtkWidget *widget = GTK_WIDGET (window);

  harness_wait (window, is_cd_shown, "the CD can be done without");
  gtk_widget_grab_focus (harness_find (widget, "cd_button"));
  harness_press (widget, "cd_button");
  harness_wait (window, is_cd_hidden, "the CD is done without");
  harness_settle ();
  g_assert_nonnull (
      strstr (gtk_label_get_label (GTK_LABEL (harness_find (widget, "cd_text"))), "works at once"));
  /* Whoever pressed it is still there. */
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (window)) == harness_find (widget, "cd_button"));
  harness_shoot (widget, "6-network-no-cd");
  harness_squeeze (widget, "6-network-no-cd");
  harness_press (widget, "cd_button");
  harness_wait (window, is_cd_shown, "the CD is shown again");
  harness_settle ();
}

/* What the last page says of the network, beside that all is done. */
static void
assert_network (SmithWindow *window, const Ending *ending)
{
  SmithSession *session = steps_session_of (window);
  SmithNetworkCare *care = smith_session_get_network_care (session);
  const SmithNetworkState *state = smith_network_care_get_state (care);
  g_autofree char *picture = g_strdup_printf ("6-network-%s", ending->scenario);
  gboolean hilink = g_str_equal (ending->scenario, "stick-to-hilink");
  gboolean opened
      = g_str_equal (ending->scenario, "network") || g_str_equal (ending->scenario, "e1550");
  gboolean no_sim = g_str_equal (ending->scenario, "no-sim");

  g_assert_cmpint (smith_session_is_hilink_now (session), ==, hilink);
  if (!hilink)
    {
      g_assert_cmpint (state->sim, ==, no_sim ? SMITH_SIM_MISSING : SMITH_SIM_READY);
      g_assert_cmpint (state->registration == SMITH_REGISTRATION_HOME, ==, !no_sim);
      g_assert_cmpint (smith_network_care_get_old_settings (care) != NULL, ==, opened);
      /* An older stick cannot be told. */
      g_assert_cmpint (get_cd (window), ==,
                       g_str_equal (ending->scenario, "e1550") ? SMITH_CD_FIXED : SMITH_CD_SHOWN);
    }
  if (opened || no_sim || hilink)
    harness_shoot (GTK_WIDGET (window), picture);
}

static gboolean
is_restored (SmithWindow *window)
{
  SmithNetworkCare *care = smith_session_get_network_care (steps_session_of (window));

  return !smith_network_care_is_working (care)
         && smith_network_care_get_old_settings (care) == NULL;
}

/* The old settings can be had back, and the network is lost with them again. */
static void
put_settings_back (SmithWindow *window)
{
  harness_press (GTK_WIDGET (window), "restore");
  harness_wait (window, is_restored, "the old settings are back");
  harness_settle ();
  harness_shoot (GTK_WIDGET (window), "6-network-restored");
}

static void
test_scenario (gconstpointer data)
{
  const Ending *ending = data;
  SmithWindow *window = harness_practise (ending->scenario, 0);

  if (g_str_equal (ending->scenario, "two-sticks"))
    choose_first_stick (window);
  if (g_str_equal (ending->scenario, "wrong-file"))
    refuse_wrong_file (window);
  else
    steps_go_to_boot_page (window);
  if (g_str_equal (ending->scenario, "needle"))
    {
      steps_next (window);
      harness_wait (window, steps_is_refused, "the stick refused");
      harness_shoot (GTK_WIDGET (window), "3-boot-needle");
    }
  steps_run_to_end (window);
  if (ending->outcome == NULL)
    {
      steps_assert_done (window);
      assert_network (window, ending);
      if (g_str_equal (ending->scenario, "network"))
        put_settings_back (window);
      else if (g_str_equal (ending->scenario, "all-well"))
        hide_cd_and_show_it (window);
    }
  else
    {
      assert_outcome (window, ending);
      follow_up (window, ending);
    }
  harness_close (window);
}

static gboolean
is_known (SmithWindow *window)
{
  return smith_session_get_identity (steps_session_of (window), SMITH_PRACTICE_PORT) != NULL;
}

static gboolean
is_registered (SmithWindow *window)
{
  SmithNetworkCare *care = smith_session_get_network_care (steps_session_of (window));

  return !smith_network_care_is_working (care)
         && smith_network_care_get_state (care)->registration == SMITH_REGISTRATION_HOME;
}

/* A stick that was written elsewhere may come for its network alone. */
static void
test_network_alone (void)
{
  SmithWindow *window = harness_practise ("stick-to-hilink", 0);
  GtkWidget *widget = GTK_WIDGET (window);

  harness_wait (window, is_known, "the stick said what it is");
  harness_settle ();
  harness_press (widget, "care");
  harness_wait_page (window, SMITH_PAGE_NETWORK);
  harness_wait (window, is_registered, "the stick is in its network");
  harness_settle ();
  steps_assert_heading_has_focus (window);
  harness_shoot (widget, "6-network-alone");
  /* Nothing else was done with it. */
  g_assert_cmpstr (caption_of (window, SMITH_PAGE_DETECT), ==, _ ("Done"));
  for (SmithPageId page = SMITH_PAGE_FILES; page <= SMITH_PAGE_FLASH; page++)
    g_assert_cmpstr (caption_of (window, page), ==, _ ("Not needed"));
  g_assert_cmpstr (caption_of (window, SMITH_PAGE_NETWORK), ==, _ ("Now"));
  /* What would close the window stands there once. */
  g_assert_false (gtk_widget_get_visible (
      GTK_WIDGET (gtk_widget_get_template_child (widget, SMITH_TYPE_WINDOW, "cancel"))));
  harness_press (widget, "open");
  harness_wait (window, is_registered, "the stick is in its network again");
  harness_settle ();
  harness_press (widget, "cd_button");
  harness_wait (window, is_cd_hidden, "the CD is done without");
  harness_press (widget, "back");
  harness_wait_page (window, SMITH_PAGE_DETECT);
  harness_settle ();
  g_assert_cmpstr (caption_of (window, SMITH_PAGE_FLASH), ==, _ ("To come"));
  /* That it can be had again is not forgotten. */
  harness_press (widget, "care");
  harness_wait_page (window, SMITH_PAGE_NETWORK);
  harness_wait (window, is_registered, "the stick is in its network");
  harness_settle ();
  harness_press (widget, "cd_button");
  harness_wait (window, is_cd_shown, "the CD is shown again");
  harness_press (widget, "back");
  harness_wait_page (window, SMITH_PAGE_DETECT);
  harness_close (window);
}

/* Whoever asks for the CD to be left out and closes the window at once, has left
 * it out, and what brings it back is known: it waits for that. */
static void
test_close_while_changing (void)
{
  SmithWindow *window = harness_practise ("stick-to-hilink", 0);
  g_autoptr (GtkWidget) widget = g_object_ref (GTK_WIDGET (window));
  g_autoptr (SmithLog) log = g_object_ref (smith_session_get_log (steps_session_of (window)));
  g_autofree char *text = NULL;

  harness_wait (window, is_known, "the stick said what it is");
  harness_settle ();
  harness_press (widget, "care");
  harness_wait_page (window, SMITH_PAGE_NETWORK);
  harness_wait (window, is_cd_shown, "the CD can be done without");
  harness_press (widget, "cd_button");
  gtk_window_close (GTK_WINDOW (window));
  g_assert_false (gtk_widget_get_visible (widget));
  harness_close (window);
  text = smith_log_to_text (log, SMITH_LOG_NOTICE);
  g_assert_nonnull (strstr (text, "AT^SETPORT="));
}

static GtkWidget *
find_stop_dialog (SmithWindow *window)
{
  g_autoptr (GListModel) windows = g_object_ref (gtk_window_get_toplevels ());

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) other = g_list_model_get_item (windows, i);

      if (SMITH_IS_STOP_DIALOG (other)
          && gtk_window_get_transient_for (other) == GTK_WINDOW (window))
        return GTK_WIDGET (other);
    }
  return NULL;
}

static SmithWindow *
write_a_little (void)
{
  SmithWindow *window = harness_practise ("all-well", 0.4);

  steps_go_to_boot_page (window);
  steps_start_job (window);
  harness_wait (window, steps_is_asking, "the job asks");
  harness_settle ();
  steps_next (window);
  harness_wait (window, steps_is_writing, "it writes");
  return window;
}

/* Stopping asks first, says what it leaves behind, and can be gone on from. */
static void
test_stop_midway (void)
{
  static const Ending ending = { "all-well", "cancelled-midway", SMITH_ACTION_GO_ON };
  SmithWindow *window = write_a_little ();
  GtkWidget *dialog;

  harness_press (GTK_WIDGET (window), "cancel");
  harness_settle ();
  dialog = find_stop_dialog (window);
  g_assert_nonnull (dialog);
  harness_shoot (dialog, "8-stop");
  harness_press (dialog, "keep");
  harness_settle ();
  g_assert_null (find_stop_dialog (window));
  g_assert_cmpint (smith_session_get_phase (steps_session_of (window)), ==, SMITH_PHASE_RUNNING);

  /* The close button asks as well; a yes to Cancel ends the job only. */
  gtk_window_close (GTK_WINDOW (window));
  harness_settle ();
  harness_press (find_stop_dialog (window), "keep");
  harness_press (GTK_WIDGET (window), "cancel");
  harness_settle ();
  harness_press (find_stop_dialog (window), "stop");
  harness_wait (window, steps_is_over, "the job is over");
  harness_settle ();
  assert_outcome (window, &ending);
  harness_close (window);

  /* The next start finds it, and finishes it; but suggests to practise anew. */
  window = harness_practise ("all-well", 0);
  harness_wait (window, steps_has_unfinished, "the unfinished job is found");
  harness_settle ();
  g_assert_cmpstr (
      gtk_button_get_label (GTK_BUTTON (harness_find (GTK_WIDGET (window), "primary"))), ==,
      _ ("_Continue"));
  harness_shoot (GTK_WIDGET (window), "1-detect-unfinished");
  harness_press (GTK_WIDGET (window), "go_on");
  harness_wait_page (window, SMITH_PAGE_BOOT);
  harness_settle ();
  steps_run_to_end (window);
  steps_assert_done (window);
  harness_close (window);
}

/* A job that did not end is offered still when another one has come to nothing. */
static void
test_older_job_stays (void)
{
  SmithWindow *window = write_a_little ();

  harness_press (GTK_WIDGET (window), "cancel");
  harness_settle ();
  harness_press (find_stop_dialog (window), "stop");
  harness_wait (window, steps_is_over, "the job is over");
  harness_close (window);

  window = harness_practise ("all-well", 0);
  harness_wait (window, steps_has_unfinished, "the unfinished job is found");
  harness_settle ();
  harness_find (GTK_WIDGET (window), "go_on");
  steps_begin (window);
  steps_choose_practice_files (window);
  steps_start_job (window);
  harness_wait (window, steps_is_asking, "the job asks");
  harness_settle ();
  harness_press (GTK_WIDGET (window), "cancel");
  harness_wait (window, steps_is_over, "the job is over");
  harness_settle ();
  g_assert_true (steps_has_unfinished (window));
  smith_session_start_over (steps_session_of (window), SMITH_PAGE_DETECT);
  steps_go_on (window);
  harness_wait_page (window, SMITH_PAGE_BOOT);
  harness_settle ();
  steps_run_to_end (window);
  steps_assert_done (window);
  g_assert_false (steps_has_unfinished (window));
  harness_close (window);
}

/* Before anything is written, Cancel needs no question. */
static void
test_stop_before (void)
{
  static const Ending ending = { "all-well", "cancelled", SMITH_ACTION_TRY_AGAIN };
  SmithWindow *window = harness_practise ("all-well", 0);

  steps_go_to_boot_page (window);
  steps_start_job (window);
  harness_wait (window, steps_is_asking, "the job asks");
  harness_settle ();
  harness_press (GTK_WIDGET (window), "cancel");
  harness_wait (window, steps_is_over, "the job is over");
  harness_settle ();
  assert_outcome (window, &ending);
  steps_next (window);
  harness_settle ();
  steps_run_to_end (window);
  steps_assert_done (window);
  harness_close (window);

  /* Nor does closing the window. */
  window = harness_practise ("all-well", 0);
  steps_go_to_boot_page (window);
  steps_start_job (window);
  harness_wait (window, steps_is_asking, "the job asks");
  harness_close (window);
}

static gboolean
is_file_bad (SmithWindow *window)
{
  SmithFileCheck *check = smith_session_get_file (steps_session_of (window), SMITH_SLOT_FIRMWARE);

  return check != NULL && smith_file_check_get_state (check) == SMITH_FILE_BAD;
}

/* A file that is none is told from one that is, and the page waits for another. */
static void
test_bad_file (void)
{
  SmithWindow *window = harness_practise ("all-well", 0);
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "sticksmith-page.bin", NULL);

  g_assert_true (g_file_set_contents (path, "<!DOCTYPE html><html>Not found</html>", -1, NULL));
  steps_begin (window);
  smith_session_take_file (steps_session_of (window), path, SMITH_WANT_ANY);
  harness_wait (window, is_file_bad, "the file is found to be bad");
  harness_settle ();
  g_assert_false (gtk_widget_is_sensitive (harness_find (GTK_WIDGET (window), "primary")));
  assert_help (harness_find (GTK_WIDGET (window), "more"), "bad-download");
  harness_shoot (GTK_WIDGET (window), "2-files-bad");
  g_unlink (path);
  harness_close (window);
}

static gboolean
has_files (SmithWindow *window)
{
  return smith_session_has_files (steps_session_of (window));
}

/* Files that come all at once find their places by what is in them. */
static void
test_open_files (void)
{
  SmithWindow *window = harness_practise ("all-well", 0);
  g_autofree char *folder = g_dir_make_tmp ("sticksmith-XXXXXX", NULL);
  g_auto (SmithPracticeFiles) files = { NULL };

  g_assert_true (smith_practice_write_files (folder, &files, NULL));
  smith_session_take_file (steps_session_of (window), files.loader, SMITH_WANT_ANY);
  smith_session_take_file (steps_session_of (window), files.stick, SMITH_WANT_ANY);
  harness_wait (window, has_files, "both files are good");
  harness_close (window);
  g_unlink (files.loader);
  g_unlink (files.stick);
  g_unlink (files.hilink);
  g_rmdir (folder);
}

typedef struct
{
  gint64 last;
  gint64 worst;
} Beat;

static gboolean
on_beat (gpointer data)
{
  Beat *beat = data;
  gint64 now = g_get_monotonic_time ();

  beat->worst = MAX (beat->worst, now - beat->last);
  beat->last = now;
  return G_SOURCE_CONTINUE;
}

/* The main loop stays free while files are checked and written as fast as it
 * goes. The figure counts; what is asserted leaves room for a busy machine. */
static void
test_heartbeat (void)
{
  SmithWindow *window = harness_practise ("all-well", 0);
  Beat beat = { g_get_monotonic_time (), 0 };
  guint source = g_timeout_add_full (G_PRIORITY_HIGH, 1, on_beat, &beat, NULL);

  steps_go_to_boot_page (window);
  steps_run_to_end (window);
  steps_assert_done (window);
  g_source_remove (source);
  g_test_message ("worst gap of the main loop: %.1f ms", (double) beat.worst / 1000);
  g_assert_cmpint (beat.worst, <, G_USEC_PER_SEC / 2);
  harness_close (window);
}

/* Without practice there is nothing to see yet but the way to it. */
static void
test_no_stick (void)
{
  SmithWindow *window = harness_practise (NULL, 0);

  harness_shoot (GTK_WIDGET (window), "1-detect-none");
  g_assert_false (gtk_widget_is_sensitive (harness_find (GTK_WIDGET (window), "primary")));
  harness_press (GTK_WIDGET (window), "practise");
  harness_settle ();
  g_assert_nonnull (smith_session_get_world (steps_session_of (window)));
  harness_wait_ready (window);
  harness_close (window);
}

int
main (int argc, char *argv[])
{
  const char *const looked_at[] = { "needle", "wrong-file", "two-sticks", NULL };

  harness_init (&argc, &argv);
  g_test_add_func ("/wizard/whole-way", test_whole_way);
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autofree char *path = g_strdup_printf ("/wizard/scenario/%s", endings[i].scenario);

      /* In another language the pages are looked at, each of them once. */
      if (g_getenv ("SMITH_LOCALES") != NULL && !g_strv_contains (looked_at, endings[i].scenario))
        continue;
      g_test_add_data_func (path, &endings[i], test_scenario);
    }
  g_test_add_func ("/wizard/stop-midway", test_stop_midway);
  g_test_add_func ("/wizard/older-job-stays", test_older_job_stays);
  g_test_add_func ("/wizard/stop-before", test_stop_before);
  g_test_add_func ("/wizard/bad-file", test_bad_file);
  g_test_add_func ("/wizard/open-files", test_open_files);
  g_test_add_func ("/wizard/heartbeat", test_heartbeat);
  g_test_add_func ("/wizard/network-alone", test_network_alone);
  g_test_add_func ("/wizard/close-while-changing", test_close_while_changing);
  g_test_add_func ("/wizard/no-stick", test_no_stick);
  return g_test_run ();
}
