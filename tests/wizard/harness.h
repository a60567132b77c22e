/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "wizard/application.h"
#include "wizard/window.h"

G_BEGIN_DECLS

/*
 * Drives the window as a person would, by its buttons, and makes pictures of
 * it. Whatever does not come about in time ends the test.
 */
typedef gboolean (*HarnessFunc) (SmithWindow *window);

void harness_init (int *argc, char ***argv);
SmithApplication *harness_start (void);
SmithWindow *harness_practise (const char *scenario, double pace);
void harness_close (SmithWindow *window);
void harness_settle (void);
void harness_wait (SmithWindow *window, HarnessFunc func, const char *what);
void harness_wait_page (SmithWindow *window, SmithPageId page);
void harness_wait_ready (SmithWindow *window);
void harness_wait_for (SmithWindow *window, const char *id);
GtkWidget *harness_find (GtkWidget *root, const char *id);
GtkWidget *harness_find_type (GtkWidget *root, GType type);
void harness_press (GtkWidget *root, const char *id);
void harness_check_layout (GtkWidget *window, const char *name);
void harness_squeeze (GtkWidget *window, const char *name);
void harness_shoot (GtkWidget *window, const char *name);
gboolean harness_is_ordinary (GtkWidget *window);

G_END_DECLS
