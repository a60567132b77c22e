/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "steps.h"

#include "wizard/outcome.h"

SmithSession *
steps_session_of (SmithWindow *window)
{
  return smith_window_get_session (window);
}

void
steps_next (SmithWindow *window)
{
  harness_wait_ready (window);
  harness_press (GTK_WIDGET (window), "primary");
}

gboolean
steps_is_asking (SmithWindow *window)
{
  return smith_session_is_asking (steps_session_of (window));
}

gboolean
steps_is_writing (SmithWindow *window)
{
  SmithJobStatus status;

  smith_session_get_status (steps_session_of (window), &status);
  return status.touched && status.bytes_done > 0;
}

gboolean
steps_is_over (SmithWindow *window)
{
  SmithPhase phase = smith_session_get_phase (steps_session_of (window));

  return phase == SMITH_PHASE_DONE || phase == SMITH_PHASE_FAILED;
}

gboolean
steps_is_refused (SmithWindow *window)
{
  return smith_session_get_entry (steps_session_of (window)) == SMITH_ENTRY_REFUSED;
}

gboolean
steps_is_in_boot_mode (SmithWindow *window)
{
  return smith_session_is_in_boot_mode (steps_session_of (window));
}

gboolean
steps_has_unfinished (SmithWindow *window)
{
  return smith_session_get_unfinished (steps_session_of (window)) != NULL;
}

gboolean
steps_has_question_or_end (SmithWindow *window)
{
  return steps_is_asking (window) || steps_is_over (window);
}

static gboolean
suggests_going_on (SmithWindow *window)
{
  GtkWidget *primary = harness_find (GTK_WIDGET (window), "primary");

  return g_strcmp0 (gtk_button_get_label (GTK_BUTTON (primary)),
                    smith_action_label (SMITH_ACTION_GO_ON))
         == 0;
}

static gboolean
can_begin (SmithWindow *window)
{
  return gtk_widget_is_sensitive (
      harness_find (GTK_WIDGET (window), suggests_going_on (window) ? "start_new" : "primary"));
}

/* From the first page to the files, whatever an earlier job has left behind. */
void
steps_begin (SmithWindow *window)
{
  harness_wait (window, can_begin, "a conversion can be begun");
  harness_press (GTK_WIDGET (window), suggests_going_on (window) ? "start_new" : "primary");
  harness_wait_page (window, SMITH_PAGE_FILES);
}

/* From the page for files to the next. */
void
steps_choose_practice_files (SmithWindow *window)
{
  harness_settle ();
  harness_press (GTK_WIDGET (window), "use_practice");
  steps_next (window);
  harness_wait_page (window, SMITH_PAGE_BOOT);
  harness_settle ();
}

/* From the first page to the files, and with them to boot mode. */
void
steps_go_to_boot_page (SmithWindow *window)
{
  steps_begin (window);
  steps_choose_practice_files (window);
}

/* From the first page, with the job that was not finished: that is what is suggested. */
void
steps_go_on (SmithWindow *window)
{
  harness_wait (window, steps_has_unfinished, "the unfinished job is found");
  harness_settle ();
  harness_find (GTK_WIDGET (window), "start_new");
  g_assert_true (suggests_going_on (window));
  steps_next (window);
}

/* Over the boot page, by asking the stick or by the needle, until the job runs. */
void
steps_start_job (SmithWindow *window)
{
  if (!steps_is_in_boot_mode (window) && !steps_is_refused (window))
    steps_next (window);
  if (!steps_is_in_boot_mode (window))
    {
      gint64 end = g_get_monotonic_time () + G_USEC_PER_SEC;

      while (!steps_is_in_boot_mode (window) && !steps_is_refused (window)
             && g_get_monotonic_time () < end)
        harness_settle ();
      if (steps_is_refused (window))
        {
          harness_settle ();
          harness_press (GTK_WIDGET (window), "plug_needle");
        }
    }
  harness_wait (window, steps_is_in_boot_mode, "the stick is in boot mode");
  harness_settle ();
  steps_next (window);
}

/* Yes, write; and yes, really, where that is asked as well. */
void
steps_say_yes (SmithWindow *window)
{
  GtkWidget *page = harness_find (GTK_WIDGET (window), "question");
  SmithSession *session = steps_session_of (window);

  if (smith_session_get_verdict (session)->kind == SMITH_VERDICT_UNSURE)
    gtk_check_button_set_active (GTK_CHECK_BUTTON (harness_find (page, "sure")), TRUE);
  steps_next (window);
}

/* To the end of a scenario, saying yes on the way. */
void
steps_run_to_end (SmithWindow *window)
{
  steps_start_job (window);
  harness_wait (window, steps_has_question_or_end, "the job asks or ends");
  if (steps_is_asking (window))
    {
      harness_settle ();
      steps_say_yes (window);
    }
  harness_wait (window, steps_is_over, "the job is over");
  harness_settle ();
}

void
steps_assert_heading_has_focus (SmithWindow *window)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (window));

  g_assert_nonnull (focus);
  g_assert_cmpstr (gtk_buildable_get_buildable_id (GTK_BUILDABLE (focus)), ==, "heading");
}

void
steps_assert_done (SmithWindow *window)
{
  g_assert_no_error (smith_session_get_error (steps_session_of (window)));
  g_assert_cmpint (smith_session_get_phase (steps_session_of (window)), ==, SMITH_PHASE_DONE);
  g_assert_cmpstr (smith_session_get_new_version (steps_session_of (window)), ==,
                   smith_session_get_target_version (steps_session_of (window)));
  harness_find (GTK_WIDGET (window), "versions");
}

void
steps_open_expander (SmithWindow *window, const char *id)
{
  gtk_expander_set_expanded (GTK_EXPANDER (harness_find (GTK_WIDGET (window), id)), TRUE);
}
