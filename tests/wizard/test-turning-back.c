/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Before anything is written somebody stops, or must not get into it unawares: what
 * is said of the stick then must be true for every stick. */
#include "steps.h"

#include <string.h>

#include "wizard/outcome.h"

static const char *
text_of (SmithWindow *window, const char *id)
{
  return gtk_label_get_label (GTK_LABEL (harness_find (GTK_WIDGET (window), id)));
}

static void
assert_says (SmithWindow *window, const char *id, const char *words)
{
  const char *text = text_of (window, id);

  g_test_message ("%s", text);
  g_assert_nonnull (strstr (text, words));
}

static void
assert_does_not_say (SmithWindow *window, const char *id, const char *words)
{
  const char *text = text_of (window, id);

  g_test_message ("%s", text);
  g_assert_null (strstr (text, words));
}

static const char *
text_of_button (SmithWindow *window, const char *id)
{
  return gtk_button_get_label (GTK_BUTTON (harness_find (GTK_WIDGET (window), id)));
}

static void
go_to_question (SmithWindow *window)
{
  harness_wait_page (window, SMITH_PAGE_BOOT);
  harness_settle ();
  steps_start_job (window);
  harness_wait (window, steps_is_asking, "the job asks");
  harness_settle ();
}

static void
cancel_job (SmithWindow *window)
{
  g_assert_cmpstr (text_of_button (window, "cancel"), ==, "_Cancel");
  harness_press (GTK_WIDGET (window), "cancel");
  harness_wait (window, steps_is_over, "the job is over");
  harness_settle ();
  g_assert_cmpint (smith_session_get_page (steps_session_of (window)), ==, SMITH_PAGE_OUTCOME);
}

/* It waits for firmware, and did so before: nothing makes it work but firmware. */
static void
assert_keeps_waiting (SmithWindow *window, const char *picture)
{
  cancel_job (window);
  assert_says (window, "stick", "still waits for firmware");
  assert_does_not_say (window, "stick", "works");
  assert_does_not_say (window, "next", "as it was");
  harness_shoot (GTK_WIDGET (window), picture);
}

/* A stick that is to be brought back to life does not live before that is done. */
static void
test_rescue (void)
{
  SmithWindow *window = harness_practise ("stuck-in-download", 0);

  steps_go_to_boot_page (window);
  go_to_question (window);
  assert_does_not_say (window, "subtitle", "nothing was changed");
  harness_shoot (GTK_WIDGET (window), "5-flash-question-rescue");
  assert_keeps_waiting (window, "7-outcome-cancelled-rescue");
  steps_next (window);
  harness_wait_page (window, SMITH_PAGE_BOOT);
  harness_settle ();
  steps_run_to_end (window);
  steps_assert_done (window);
  harness_close (window);
}

/* Nor does one that an earlier job has half written, wherever it came from. */
static void
test_half_written (void)
{
  SmithWindow *window = harness_practise ("part-refused", 0);
  SmithSession *session = steps_session_of (window);

  steps_go_to_boot_page (window);
  g_assert_false (smith_session_waited_before (session));
  go_to_question (window);
  assert_says (window, "subtitle", "nothing was changed");
  steps_say_yes (window);
  harness_wait (window, steps_is_over, "a part is refused");
  harness_settle ();
  steps_next (window);
  harness_wait_page (window, SMITH_PAGE_FILES);
  harness_settle ();
  harness_press (GTK_WIDGET (window), "use_practice");
  steps_next (window);
  go_to_question (window);
  assert_does_not_say (window, "subtitle", "nothing was changed");
  assert_keeps_waiting (window, "7-outcome-cancelled-again");
  /* Until it is seen at work. */
  smith_session_start_over (session, SMITH_PAGE_DETECT);
  g_assert_true (smith_session_waited_before (session));
  smith_practice_world_plug_in (smith_session_get_world (session), SMITH_PRACTICE_PORT,
                                SMITH_MODE_HILINK);
  while (smith_session_waited_before (session))
    harness_settle ();
  harness_close (window);
}

/* One that came working works again, and that is said. */
static void
test_working (void)
{
  SmithWindow *window = harness_practise ("all-well", 0);

  steps_go_to_boot_page (window);
  go_to_question (window);
  assert_says (window, "subtitle", "nothing was changed");
  cancel_job (window);
  assert_says (window, "stick", "works as before");
  assert_says (window, "next", "as it was");
  harness_close (window);
}

static GtkWidget *
get_default (SmithWindow *window)
{
  return gtk_window_get_default_widget (GTK_WINDOW (window));
}

/* What Enter does, wherever the focus is that has no use for it. */
static void
press_enter (SmithWindow *window)
{
  steps_assert_heading_has_focus (window);
  gtk_widget_activate_default (gtk_window_get_focus (GTK_WINDOW (window)));
  harness_settle ();
}

/* Enter leads from page to page, but does not write. */
static void
test_enter (void)
{
  SmithWindow *window = harness_practise ("all-well", 0);
  GtkWidget *primary = harness_find (GTK_WIDGET (window), "primary");

  g_assert_true (get_default (window) == primary);
  steps_go_to_boot_page (window);
  press_enter (window);
  harness_wait (window, steps_is_in_boot_mode, "the stick is in boot mode");
  harness_wait_ready (window);
  press_enter (window);
  harness_wait (window, steps_is_asking, "the job asks");
  harness_wait_ready (window);
  harness_settle ();
  g_assert_null (get_default (window));
  press_enter (window);
  g_assert_true (steps_is_asking (window));
  /* Whoever goes to the button and presses it means it. */
  gtk_widget_grab_focus (primary);
  gtk_widget_activate (primary);
  harness_wait (window, steps_is_over, "the job is over");
  harness_settle ();
  steps_assert_done (window);
  g_assert_true (get_default (window) == primary);
  harness_close (window);
}

static gboolean
shows_end (SmithWindow *window)
{
  return smith_session_get_page (steps_session_of (window)) == SMITH_PAGE_OUTCOME;
}

/* What only closes is called so. */
static void
press_close (SmithWindow *window)
{
  g_assert_cmpstr (text_of_button (window, "cancel"), ==, "_Close");
  harness_press (GTK_WIDGET (window), "cancel");
}

static void
press_cancel (SmithWindow *window)
{
  g_assert_cmpstr (text_of_button (window, "cancel"), ==, "_Cancel");
  harness_press (GTK_WIDGET (window), "cancel");
  harness_wait (window, shows_end, "the end is to be seen");
  harness_settle ();
  g_assert_cmpstr (text_of_button (window, "cancel"), ==, "_Close");
}

/* What the list at the side says of a step. */
static void
assert_caption (SmithWindow *window, SmithPageId page, const char *caption)
{
  GtkWidget *row = gtk_widget_get_first_child (harness_find (GTK_WIDGET (window), "steps"));

  while (page-- > 0)
    row = gtk_widget_get_next_sibling (row);
  g_assert_cmpstr (gtk_label_get_label (
                       GTK_LABEL (gtk_widget_get_last_child (gtk_widget_get_last_child (row)))),
                   ==, caption);
}

static void
assert_closes (SmithWindow *window)
{
  g_object_add_weak_pointer (G_OBJECT (window), (gpointer *) &window);
  press_close (window);
  while (window != NULL)
    g_main_context_iteration (NULL, TRUE);
}

/* Before there is a job: a stick that was sent to boot mode is not left there
 * without a word, and nothing that was chosen is lost. */
static void
test_close_at_boot_mode (void)
{
  SmithWindow *window = harness_practise ("all-well", 0);
  SmithSession *session = steps_session_of (window);

  steps_go_to_boot_page (window);
  steps_next (window);
  harness_wait (window, steps_is_in_boot_mode, "the stick is in boot mode");
  harness_settle ();
  press_cancel (window);
  steps_assert_heading_has_focus (window);
  assert_says (window, "stick", "works as before");
  assert_says (window, "next", "as it was");
  harness_shoot (GTK_WIDGET (window), "7-outcome-cancelled-at-boot-mode");
  g_assert_cmpstr (text_of_button (window, "primary"), ==, "_Try again");
  steps_next (window);
  harness_wait_page (window, SMITH_PAGE_BOOT);
  harness_settle ();
  g_assert_true (smith_session_has_files (session));
  /* It is told on every page, and the way back leads there. */
  harness_press (GTK_WIDGET (window), "back");
  harness_wait_page (window, SMITH_PAGE_FILES);
  press_cancel (window);
  assert_caption (window, SMITH_PAGE_DETECT, "Done");
  assert_caption (window, SMITH_PAGE_FILES, "Stopped here");
  assert_caption (window, SMITH_PAGE_BOOT, "To come");
  steps_next (window);
  harness_wait_page (window, SMITH_PAGE_FILES);
  steps_next (window);
  harness_wait_page (window, SMITH_PAGE_BOOT);
  harness_settle ();
  press_cancel (window);
  assert_closes (window);
}

static gboolean
waited (SmithWindow *window)
{
  return smith_session_waited_before (steps_session_of (window));
}

static gboolean
works (SmithWindow *window)
{
  return !waited (window);
}

static void
plug_in (SmithWindow *window, SmithMode mode)
{
  smith_practice_world_plug_in (smith_session_get_world (steps_session_of (window)),
                                SMITH_PRACTICE_PORT, mode);
}

/* One that waits comes to the place of one that worked: it may be another one, and
 * nobody has seen it work. */
static void
test_other_stick (void)
{
  SmithWindow *window = harness_practise ("all-well", 0);
  SmithSession *session = steps_session_of (window);

  harness_wait_ready (window);
  g_assert_true (works (window));
  plug_in (window, SMITH_MODE_DOWNLOAD);
  harness_wait (window, waited, "it waits, and did so when it came");
  g_assert_cmpint (smith_session_get_home_mode (session), ==, SMITH_MODE_DOWNLOAD);
  plug_in (window, SMITH_MODE_HILINK);
  harness_wait (window, works, "it works");
  plug_in (window, SMITH_MODE_BOOT_ROM);
  harness_wait (window, waited, "it waits again");
  harness_settle ();
  assert_closes (window);
}

/* One that was sent to boot mode is still one that works; until another comes. */
static void
test_start_over (void)
{
  SmithWindow *window = harness_practise ("all-well", 0);
  SmithSession *session = steps_session_of (window);

  steps_go_to_boot_page (window);
  steps_next (window);
  harness_wait (window, steps_is_in_boot_mode, "the stick is in boot mode");
  harness_settle ();
  for (guint i = 0; i < 2; i++)
    {
      press_cancel (window);
      /* Where the person was: what is behind that has not been done. */
      assert_caption (window, SMITH_PAGE_DETECT, i == 0 ? "Done" : "Stopped here");
      assert_caption (window, SMITH_PAGE_FILES, i == 0 ? "Done" : "To come");
      assert_caption (window, SMITH_PAGE_BOOT, i == 0 ? "Stopped here" : "To come");
      smith_session_start_over (session, SMITH_PAGE_DETECT);
      harness_wait_page (window, SMITH_PAGE_DETECT);
      harness_settle ();
      g_assert_true (works (window));
      g_assert_cmpint (smith_session_get_home_mode (session), ==, SMITH_MODE_HILINK);
    }
  plug_in (window, SMITH_MODE_DOWNLOAD);
  harness_wait (window, waited, "another one waits");
  harness_settle ();
  assert_closes (window);
}

/* A stick that is as it was needs no words, be it one that waits. */
static void
test_close_at_once (gconstpointer scenario)
{
  SmithWindow *window = harness_practise (scenario, 0);

  steps_go_to_boot_page (window);
  assert_closes (window);
}

int
main (int argc, char *argv[])
{
  harness_init (&argc, &argv);
  g_test_add_func ("/turning-back/rescue", test_rescue);
  g_test_add_func ("/turning-back/half-written", test_half_written);
  g_test_add_func ("/turning-back/working", test_working);
  g_test_add_func ("/turning-back/enter", test_enter);
  g_test_add_func ("/turning-back/close-at-boot-mode", test_close_at_boot_mode);
  g_test_add_func ("/turning-back/other-stick", test_other_stick);
  g_test_add_func ("/turning-back/start-over", test_start_over);
  g_test_add_data_func ("/turning-back/close-at-once", "all-well", test_close_at_once);
  g_test_add_data_func ("/turning-back/close-rescue-at-once", "stuck-in-download",
                        test_close_at_once);
  return g_test_run ();
}
