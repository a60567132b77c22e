/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "harness.h"

G_BEGIN_DECLS

/*
 * What the tests of the window do again and again: steps of a conversion, and
 * looks at how far it is.
 */
SmithSession *steps_session_of (SmithWindow *window);
void steps_next (SmithWindow *window);
gboolean steps_is_asking (SmithWindow *window);
gboolean steps_is_writing (SmithWindow *window);
gboolean steps_is_over (SmithWindow *window);
gboolean steps_is_refused (SmithWindow *window);
gboolean steps_is_in_boot_mode (SmithWindow *window);
gboolean steps_has_unfinished (SmithWindow *window);
gboolean steps_has_question_or_end (SmithWindow *window);
void steps_begin (SmithWindow *window);
void steps_choose_practice_files (SmithWindow *window);
void steps_go_to_boot_page (SmithWindow *window);
void steps_go_on (SmithWindow *window);
void steps_start_job (SmithWindow *window);
void steps_say_yes (SmithWindow *window);
void steps_run_to_end (SmithWindow *window);
void steps_assert_heading_has_focus (SmithWindow *window);
void steps_assert_done (SmithWindow *window);
void steps_open_expander (SmithWindow *window, const char *id);

G_END_DECLS
