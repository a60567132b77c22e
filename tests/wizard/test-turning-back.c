/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Somebody stops before anything is written: what the stick is called then, and
 * what of it was changed, must be true for every stick. */
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

int
main (int argc, char *argv[])
{
  harness_init (&argc, &argv);
  g_test_add_func ("/turning-back/rescue", test_rescue);
  g_test_add_func ("/turning-back/half-written", test_half_written);
  g_test_add_func ("/turning-back/working", test_working);
  return g_test_run ();
}
