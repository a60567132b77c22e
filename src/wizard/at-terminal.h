/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "session.h"

G_BEGIN_DECLS

/**
 * SmithAtTerminal:
 *
 * A window to talk with a stick by hand. It offers the AT ports of the sticks
 * on the session's bus, keeps out of the way of a job, and never waits in the
 * main loop.
 */
#define SMITH_TYPE_AT_TERMINAL (smith_at_terminal_get_type ())
G_DECLARE_FINAL_TYPE (SmithAtTerminal, smith_at_terminal, SMITH, AT_TERMINAL, GtkWindow)

SmithAtTerminal *smith_at_terminal_new (GtkApplication *application);
void smith_at_terminal_set_session (SmithAtTerminal *terminal, SmithSession *session);
void smith_at_terminal_ask (SmithAtTerminal *terminal, const char *command);
gboolean smith_at_terminal_is_asking (SmithAtTerminal *terminal);
char *smith_at_terminal_get_text (SmithAtTerminal *terminal);

G_END_DECLS
