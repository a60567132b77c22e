/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * SmithStopDialog:
 *
 * Asks whether to stop a stick that is being written. "stop" (no arguments) is
 * emitted for a yes; closing it, also by Escape, means no.
 */
#define SMITH_TYPE_STOP_DIALOG (smith_stop_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SmithStopDialog, smith_stop_dialog, SMITH, STOP_DIALOG, GtkWindow)

SmithStopDialog *smith_stop_dialog_new (GtkWindow *parent, gboolean all_written);

G_END_DECLS
