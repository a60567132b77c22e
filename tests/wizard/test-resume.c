/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was kept of a job that did not end, and what the window makes of it with
 * the stick as it is now. */
#include "steps.h"

#include <glib/gstdio.h>

#include <string.h>

#include "link/deadline.h"
#include "wizard/heading.h"
#include "wizard/outcome.h"

#define PLACE "1-1"
#define OTHER_PLACE "1-2"
#define SCALE 0.1

static SmithPracticeFiles made;

typedef struct
{
  SmithWindow *window;
  SmithSession *session;
  SmithVirtualBus *bus;
  SmithVirtualStick *stick;
  SmithFaultScript *faults;
  char *folder;
  char *path;  /* any in the folder of the states */
  char *state; /* of the stick at PLACE */
  gboolean refuses_entry;
} Rig;

static void
rig_init (Rig *rig)
{
  *rig = (Rig){ .bus = smith_virtual_bus_new () };
  rig->folder = g_dir_make_tmp ("sticksmith-XXXXXX", NULL);
  rig->path = g_build_filename (rig->folder, "job.ini", NULL);
  rig->state = smith_saved_states_path_for (rig->path, PLACE);
}

static void
plug (Rig *rig, SmithMode mode, const char *version, const char *faults)
{
  g_autoptr (GError) error = NULL;
  SmithVirtualStickConfig config = {
    .usb_path = PLACE,
    .start = mode,
    .chip = SMITH_CHIP_V7R11,
    .product_id = "BV7R11HS",
    .hardware = "CL2E3372HM",
    .version = version,
    .restart_ms = 50,
    .refuses_entry = rig->refuses_entry,
  };

  rig->faults = smith_fault_script_parse (faults, &error);
  g_assert_no_error (error);
  config.faults = rig->faults;
  rig->stick = smith_virtual_stick_new (rig->bus, &config, NULL, NULL, &error);
  g_assert_no_error (error);
}

static SmithItem *
open_firmware (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithPackage) package = smith_package_open (path, NULL, &error);
  SmithItem *item;

  g_assert_no_error (error);
  item = smith_package_pick (package, SMITH_WANT_FIRMWARE, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (smith_item_verify (item, NULL, NULL, NULL, &error));
  return smith_item_ref (item);
}

/* As an earlier job left it behind. */
static void
keep (Rig *rig, const char *usb_path, const char *firmware, SmithStep step, guint partition)
{
  g_autoptr (SmithPlan) plan = smith_plan_new (usb_path);
  g_autofree char *path = smith_saved_states_path_for (rig->path, usb_path);
  g_autoptr (SmithSavedState) state = NULL;
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (plan->firmware, open_firmware (firmware));
  state = smith_saved_state_for_plan (plan);
  state->step = step;
  state->partition = partition;
  state->touched = TRUE;
  smith_saved_state_save (state, path, &error);
  g_assert_no_error (error);
}

static void
show (Rig *rig)
{
  rig->window = harness_practise (NULL, 0);
  rig->session = smith_session_new (SMITH_BUS (rig->bus), NULL, rig->path);
  smith_window_set_session (rig->window, rig->session);
  harness_settle ();
}

static void
rig_clear (Rig *rig)
{
  g_autoptr (GDir) dir = NULL;
  const char *name;

  harness_close (rig->window);
  g_object_unref (rig->session);
  smith_virtual_stick_free (rig->stick);
  smith_fault_script_free (rig->faults);
  g_object_unref (rig->bus);
  dir = g_dir_open (rig->folder, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (rig->folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (rig->folder);
  g_free (rig->folder);
  g_free (rig->path);
  g_free (rig->state);
}

static gboolean
is_kept (Rig *rig)
{
  return g_file_test (rig->state, G_FILE_TEST_EXISTS);
}

static guint
count_frames (Rig *rig)
{
  return smith_virtual_stick_get_count (rig->stick, SMITH_STAGE_BINARY);
}

static guint
count_parts (Rig *rig)
{
  g_autoptr (GPtrArray) written = smith_virtual_stick_get_written (rig->stick);

  return written->len;
}

static const char *
text_of (Rig *rig, const char *id)
{
  return gtk_label_get_label (GTK_LABEL (harness_find (GTK_WIDGET (rig->window), id)));
}

static const char *
heading_of (Rig *rig)
{
  return smith_heading_get_text (
      SMITH_HEADING (harness_find (GTK_WIDGET (rig->window), "heading")));
}

static void
assert_says (const char *text, const char *word)
{
  g_test_message ("%s", text);
  g_assert_nonnull (strstr (text, word));
}

static void
assert_outcome (Rig *rig, const char *id, SmithAction action)
{
  g_autoptr (SmithStick) stick = smith_session_get_stick (rig->session);
  SmithJobStatus status;
  SmithOutcome outcome;

  harness_settle ();
  smith_session_get_status (rig->session, &status);
  smith_outcome_for_status (smith_session_get_error (rig->session), &status,
                            smith_session_waited_before (rig->session), stick, &outcome);
  g_assert_cmpint (smith_session_get_page (rig->session), ==, SMITH_PAGE_OUTCOME);
  g_assert_cmpstr (outcome.id, ==, id);
  g_assert_cmpint (outcome.action, ==, action);
  g_assert_cmpstr (gtk_button_get_label (
                       GTK_BUTTON (harness_find (GTK_WIDGET (rig->window), "primary"))),
                   ==, smith_action_label (action));
  g_assert_null (strstr (text_of (rig, "stick"), "unchanged"));
  g_assert_null (strstr (text_of (rig, "stick"), "as before"));
}

static void
assert_done (Rig *rig)
{
  harness_wait (rig->window, steps_is_over, "the job is over");
  harness_settle ();
  steps_assert_done (rig->window);
  g_assert_false (is_kept (rig));
  g_assert_false (steps_has_unfinished (rig->window));
}

/* All was written, and the stick is at work: it is asked at once, and goes nowhere
 * for it. One that refuses to switch is not sent to the needle either. */
static void
test_back (gconstpointer refuses)
{
  Rig rig;

  rig_init (&rig);
  rig.refuses_entry = refuses != NULL;
  plug (&rig, SMITH_MODE_STICK, made.stick_version, "");
  keep (&rig, PLACE, made.stick, SMITH_STEP_COME_BACK, 9);
  show (&rig);
  harness_wait (rig.window, steps_has_unfinished, "the unfinished job is found");
  harness_settle ();
  assert_says (text_of (&rig, "unfinished_text"), "the stick works");
  g_assert_null (strstr (text_of (&rig, "unfinished_text"), "waiting"));
  harness_shoot (GTK_WIDGET (rig.window), "1-detect-written");
  steps_go_on (rig.window);
  assert_done (&rig);
  g_assert_cmpuint (count_frames (&rig), ==, 0);
  /* What is done stays done. */
  smith_session_enter_boot_mode (rig.session);
  g_assert_cmpint (smith_session_get_entry (rig.session), ==, SMITH_ENTRY_NONE);
  rig_clear (&rig);
}

/* Plugged in only when the page waits for it. */
static void
test_back_later (void)
{
  Rig rig;
  g_autoptr (GError) error = NULL;

  rig_init (&rig);
  plug (&rig, SMITH_MODE_STICK, made.stick_version, "");
  smith_virtual_stick_unplug (rig.stick);
  keep (&rig, PLACE, made.stick, SMITH_STEP_COME_BACK, 9);
  show (&rig);
  steps_go_on (rig.window);
  harness_wait_page (rig.window, SMITH_PAGE_BOOT);
  harness_settle ();
  assert_says (heading_of (&rig), "Plug the stick in again");
  g_assert_false (gtk_widget_is_sensitive (harness_find (GTK_WIDGET (rig.window), "primary")));
  harness_shoot (GTK_WIDGET (rig.window), "3-boot-away");
  smith_virtual_stick_replug (rig.stick, SMITH_MODE_STICK, &error);
  g_assert_no_error (error);
  harness_wait_ready (rig.window);
  harness_settle ();
  assert_says (heading_of (&rig), "The stick is back");
  harness_shoot (GTK_WIDGET (rig.window), "3-boot-back");
  /* Not even who insists gets it out of its firmware. */
  smith_session_enter_boot_mode (rig.session);
  g_assert_cmpint (smith_session_get_entry (rig.session), ==, SMITH_ENTRY_NONE);
  harness_press (GTK_WIDGET (rig.window), "primary");
  assert_done (&rig);
  g_assert_cmpuint (count_frames (&rig), ==, 0);
  rig_clear (&rig);
}

static void
start_and_refuse (Rig *rig)
{
  harness_wait_page (rig->window, SMITH_PAGE_BOOT);
  harness_settle ();
  steps_next (rig->window);
  harness_wait (rig->window, steps_is_asking, "the job asks");
  harness_settle ();
  g_assert_null (strstr (text_of (rig, "subtitle"), "nothing was changed"));
  harness_press (GTK_WIDGET (rig->window), "cancel");
  harness_wait (rig->window, steps_is_over, "the job is over");
}

/* Half written, and stopped before anything more is: it is still half written,
 * and goes on from where it was. */
static void
test_stops_early (void)
{
  Rig rig;
  guint all;

  rig_init (&rig);
  plug (&rig, SMITH_MODE_DOWNLOAD, SMITH_PRACTICE_OLD_VERSION, "");
  keep (&rig, PLACE, made.stick, SMITH_STEP_FLASH, 3);
  {
    g_autoptr (SmithItem) item = open_firmware (made.stick);

    all = item->firmware->partitions->len;
  }
  show (&rig);
  steps_go_on (rig.window);
  for (guint i = 0; i < 2; i++)
    {
      start_and_refuse (&rig);
      assert_outcome (&rig, "cancelled-midway", SMITH_ACTION_GO_ON);
      g_assert_true (is_kept (&rig));
      g_assert_cmpuint (count_parts (&rig), ==, 0);
      steps_next (rig.window);
    }
  harness_wait_page (rig.window, SMITH_PAGE_BOOT);
  harness_settle ();
  steps_run_to_end (rig.window);
  assert_done (&rig);
  g_assert_cmpuint (count_parts (&rig), ==, all - 3);
  rig_clear (&rig);
}

/* At work, and silent: that is what is said, and what is done about it is to ask
 * again. */
static void
test_ask_again (void)
{
  Rig rig;
  g_autoptr (GError) error = NULL;

  rig_init (&rig);
  plug (&rig, SMITH_MODE_STICK, made.stick_version, "at 1 lost always\n");
  keep (&rig, PLACE, made.stick, SMITH_STEP_COME_BACK, 9);
  show (&rig);
  steps_go_on (rig.window);
  for (guint i = 0; i < 2; i++)
    {
      harness_wait (rig.window, steps_is_over, "the job is over");
      assert_outcome (&rig, "no-answer", SMITH_ACTION_ASK_AGAIN);
      g_assert_true (is_kept (&rig));
      if (i == 1)
        {
          smith_virtual_stick_heal (rig.stick);
          smith_virtual_stick_replug (rig.stick, SMITH_MODE_STICK, &error);
          g_assert_no_error (error);
          harness_settle ();
        }
      steps_next (rig.window);
      harness_wait_page (rig.window, SMITH_PAGE_NETWORK);
    }
  assert_done (&rig);
  g_assert_cmpuint (count_frames (&rig), ==, 0);
  rig_clear (&rig);
}

/* Nobody has seen the stick: it is not forgotten because somebody starts over. */
static void
test_not_back (void)
{
  Rig rig;

  smith_deadline_set_scale (SCALE / 5);
  rig_init (&rig);
  keep (&rig, PLACE, made.stick, SMITH_STEP_COME_BACK, 9);
  plug (&rig, SMITH_MODE_DOWNLOAD, SMITH_PRACTICE_OLD_VERSION, "after flash never\n");
  show (&rig);
  steps_go_on (rig.window);
  harness_wait_page (rig.window, SMITH_PAGE_BOOT);
  harness_settle ();
  steps_run_to_end (rig.window);
  assert_outcome (&rig, "not-back", SMITH_ACTION_START_OVER);
  steps_next (rig.window);
  harness_wait_page (rig.window, SMITH_PAGE_DETECT);
  harness_wait (rig.window, steps_has_unfinished, "it is offered to go on");
  harness_settle ();
  g_assert_true (is_kept (&rig));
  assert_says (text_of (&rig, "unfinished_text"), "was not seen yet");
  rig_clear (&rig);
  smith_deadline_set_scale (SCALE);
}

static gboolean
can_start_new (SmithWindow *window)
{
  return gtk_widget_is_sensitive (harness_find (GTK_WIDGET (window), "start_new"));
}

static gboolean
is_known (SmithWindow *window)
{
  return smith_session_get_identity (steps_session_of (window), PLACE) != NULL;
}

static gboolean
offers_first (SmithWindow *window)
{
  const SmithSavedState *state = smith_session_get_unfinished (steps_session_of (window));

  return state != NULL && g_str_equal (state->usb_path, PLACE);
}

static gboolean
offers_nothing (SmithWindow *window)
{
  return !steps_has_unfinished (window);
}

/* The one that is plugged in comes first, and one after the other is offered. */
static void
test_two_places (void)
{
  Rig rig;
  g_autofree char *other = NULL;

  rig_init (&rig);
  other = smith_saved_states_path_for (rig.path, OTHER_PLACE);
  plug (&rig, SMITH_MODE_DOWNLOAD, SMITH_PRACTICE_OLD_VERSION, "");
  keep (&rig, PLACE, made.stick, SMITH_STEP_FLASH, 3);
  keep (&rig, OTHER_PLACE, made.hilink, SMITH_STEP_FLASH, 1);
  show (&rig);
  harness_wait (rig.window, offers_first, "the job of the stick is found");
  harness_settle ();
  assert_says (text_of (&rig, "unfinished_text"), made.stick_version);
  assert_says (text_of (&rig, "unfinished_text"), "keeps waiting");
  harness_press (GTK_WIDGET (rig.window), "forget");
  harness_settle ();
  g_assert_true (steps_has_unfinished (rig.window));
  assert_says (text_of (&rig, "unfinished_text"), made.hilink_version);
  assert_says (text_of (&rig, "unfinished_text"), "where it was");
  g_assert_true (g_file_test (other, G_FILE_TEST_EXISTS));
  harness_press (GTK_WIDGET (rig.window), "forget");
  harness_wait (rig.window, offers_nothing, "nothing is left");
  harness_settle ();
  while (is_kept (&rig) || g_file_test (other, G_FILE_TEST_EXISTS))
    harness_settle ();
  rig_clear (&rig);
}

/* What is suggested, and what is in the card instead of it. */
static void
assert_suggests (Rig *rig, gboolean goes_on)
{
  GtkWidget *widget = GTK_WIDGET (rig->window);

  harness_settle ();
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (harness_find (widget, "primary"))), ==,
                   goes_on ? "_Go on" : "_Continue");
  harness_find (widget, goes_on ? "start_new" : "go_on");
}

/* At work, in place of a stick that was half written: that is another one, most
 * likely, and what is suggested is not to write over it. */
static void
test_other_stick (void)
{
  Rig rig;
  g_autoptr (GError) error = NULL;

  rig_init (&rig);
  plug (&rig, SMITH_MODE_STICK, SMITH_PRACTICE_OLD_VERSION, "");
  keep (&rig, PLACE, made.stick, SMITH_STEP_FLASH, 3);
  show (&rig);
  harness_wait (rig.window, steps_has_unfinished, "the unfinished job is found");
  assert_suggests (&rig, FALSE);
  assert_says (text_of (&rig, "unfinished_text"), "may be another one");
  harness_shoot (GTK_WIDGET (rig.window), "1-detect-other-stick");
  /* Whoever is on the button that goes is not lost. */
  gtk_widget_grab_focus (harness_find (GTK_WIDGET (rig.window), "go_on"));
  smith_virtual_stick_replug (rig.stick, SMITH_MODE_DOWNLOAD, &error);
  g_assert_no_error (error);
  harness_wait (rig.window, steps_is_in_boot_mode, "the stick waits for firmware");
  assert_suggests (&rig, TRUE);
  steps_assert_heading_has_focus (rig.window);
  harness_wait_ready (rig.window);
  /* Something new leaves what is kept alone. */
  harness_wait (rig.window, can_start_new, "something new can be started");
  harness_press (GTK_WIDGET (rig.window), "start_new");
  harness_wait_page (rig.window, SMITH_PAGE_FILES);
  harness_settle ();
  g_assert_false (smith_session_is_resuming (rig.session));
  g_assert_true (is_kept (&rig));
  harness_press (GTK_WIDGET (rig.window), "back");
  assert_suggests (&rig, TRUE);
  rig_clear (&rig);
}

/* Plugged in nowhere, then at another place. */
static void
test_stick_is_away (void)
{
  Rig rig;
  g_autoptr (GError) error = NULL;

  rig_init (&rig);
  plug (&rig, SMITH_MODE_DOWNLOAD, SMITH_PRACTICE_OLD_VERSION, "");
  smith_virtual_stick_unplug (rig.stick);
  keep (&rig, OTHER_PLACE, made.stick, SMITH_STEP_FLASH, 3);
  show (&rig);
  harness_wait (rig.window, steps_has_unfinished, "the unfinished job is found");
  assert_suggests (&rig, TRUE);
  harness_wait_ready (rig.window);
  g_assert_false (gtk_widget_is_sensitive (harness_find (GTK_WIDGET (rig.window), "start_new")));
  harness_shoot (GTK_WIDGET (rig.window), "1-detect-unfinished-away");
  /* One that works there is another one, and one that waits may be the same. */
  smith_virtual_stick_replug (rig.stick, SMITH_MODE_STICK, &error);
  g_assert_no_error (error);
  harness_wait (rig.window, is_known, "the other stick is known");
  assert_suggests (&rig, FALSE);
  assert_says (text_of (&rig, "unfinished_text"), OTHER_PLACE);
  harness_wait_ready (rig.window);
  harness_shoot (GTK_WIDGET (rig.window), "1-detect-unfinished-elsewhere");
  harness_press (GTK_WIDGET (rig.window), "primary");
  harness_wait_page (rig.window, SMITH_PAGE_FILES);
  harness_settle ();
  g_assert_cmpstr (smith_session_get_usb_path (rig.session), ==, PLACE);
  harness_press (GTK_WIDGET (rig.window), "back");
  harness_settle ();
  smith_virtual_stick_replug (rig.stick, SMITH_MODE_DOWNLOAD, &error);
  g_assert_no_error (error);
  harness_wait (rig.window, steps_is_in_boot_mode, "the stick waits for firmware");
  assert_suggests (&rig, TRUE);
  rig_clear (&rig);
}

/* One that was there, and has gone, is not waited for where it was. */
static void
test_other_stick_has_gone (void)
{
  Rig rig;
  g_autoptr (SmithStick) right = smith_stick_new (OTHER_PLACE, 0x12d1, 0x1443, SMITH_MODE_DOWNLOAD);

  rig_init (&rig);
  plug (&rig, SMITH_MODE_STICK, SMITH_PRACTICE_OLD_VERSION, "");
  keep (&rig, OTHER_PLACE, made.stick, SMITH_STEP_FLASH, 3);
  show (&rig);
  harness_wait (rig.window, steps_has_unfinished, "the unfinished job is found");
  harness_wait (rig.window, is_known, "the other stick is known");
  smith_virtual_stick_unplug (rig.stick);
  assert_suggests (&rig, TRUE);
  steps_next (rig.window);
  harness_wait_page (rig.window, SMITH_PAGE_BOOT);
  harness_settle ();
  g_assert_cmpstr (smith_session_get_usb_path (rig.session), ==, OTHER_PLACE);
  g_assert_false (steps_is_in_boot_mode (rig.window));
  smith_virtual_bus_set (rig.bus, right);
  harness_wait (rig.window, steps_is_in_boot_mode, "the right one waits for firmware");
  harness_wait_ready (rig.window);
  rig_clear (&rig);
}

/* Of two sticks the chosen one counts; as long as none is, the one that waits. */
static void
test_two_sticks (void)
{
  Rig rig;
  g_autoptr (SmithStick) other = smith_stick_new (OTHER_PLACE, 0x12d1, 0x1f01, SMITH_MODE_HILINK);

  rig_init (&rig);
  plug (&rig, SMITH_MODE_DOWNLOAD, SMITH_PRACTICE_OLD_VERSION, "");
  other->seen = 2;
  smith_virtual_bus_set (rig.bus, other);
  keep (&rig, PLACE, made.stick, SMITH_STEP_FLASH, 3);
  show (&rig);
  harness_wait (rig.window, steps_has_unfinished, "the unfinished job is found");
  g_assert_null (smith_session_get_usb_path (rig.session));
  assert_suggests (&rig, TRUE);
  assert_says (text_of (&rig, "unfinished_text"), PLACE);
  harness_shoot (GTK_WIDGET (rig.window), "1-detect-unfinished-two");
  smith_session_choose_stick (rig.session, OTHER_PLACE);
  assert_suggests (&rig, FALSE);
  smith_session_choose_stick (rig.session, PLACE);
  assert_suggests (&rig, TRUE);
  smith_session_choose_stick (rig.session, OTHER_PLACE);
  assert_suggests (&rig, FALSE);
  harness_press (GTK_WIDGET (rig.window), "go_on");
  harness_wait_page (rig.window, SMITH_PAGE_BOOT);
  g_assert_cmpstr (smith_session_get_usb_path (rig.session), ==, PLACE);
  rig_clear (&rig);
}

/* Without its files it cannot go on; the stick is no better for it. */
static void
test_files_are_gone (void)
{
  Rig rig;
  g_autofree char *copy = NULL;
  g_autofree char *content = NULL;
  gsize size;

  rig_init (&rig);
  copy = g_build_filename (rig.folder, "copy.bin", NULL);
  g_assert_true (g_file_get_contents (made.stick, &content, &size, NULL));
  g_assert_true (g_file_set_contents (copy, content, (gssize) size, NULL));
  plug (&rig, SMITH_MODE_DOWNLOAD, SMITH_PRACTICE_OLD_VERSION, "");
  keep (&rig, PLACE, copy, SMITH_STEP_FLASH, 3);
  g_unlink (copy);
  show (&rig);
  steps_go_on (rig.window);
  harness_wait (rig.window, steps_is_over, "it is said that it cannot go on");
  harness_settle ();
  assert_says (text_of (&rig, "stick"), "only partly written");
  g_assert_true (is_kept (&rig));
  steps_next (rig.window);
  harness_settle ();
  g_assert_true (is_kept (&rig));
  rig_clear (&rig);
}

int
main (int argc, char *argv[])
{
  g_autofree char *folder = NULL;
  int status;

  harness_init (&argc, &argv);
  smith_deadline_set_scale (SCALE);
  folder = g_build_filename (g_get_user_cache_dir (), "resume", NULL);
  g_assert_true (smith_practice_write_files (folder, &made, NULL));
  g_test_add_data_func ("/resume/back", NULL, test_back);
  g_test_add_data_func ("/resume/back-and-refusing", "", test_back);
  g_test_add_func ("/resume/back-later", test_back_later);
  g_test_add_func ("/resume/stops-early", test_stops_early);
  g_test_add_func ("/resume/ask-again", test_ask_again);
  g_test_add_func ("/resume/not-back", test_not_back);
  g_test_add_func ("/resume/two-places", test_two_places);
  g_test_add_func ("/resume/other-stick", test_other_stick);
  g_test_add_func ("/resume/stick-is-away", test_stick_is_away);
  g_test_add_func ("/resume/other-stick-has-gone", test_other_stick_has_gone);
  g_test_add_func ("/resume/two-sticks", test_two_sticks);
  g_test_add_func ("/resume/files-are-gone", test_files_are_gone);
  status = g_test_run ();
  smith_practice_files_clear (&made);
  return status;
}
