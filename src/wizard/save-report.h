/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "window.h"

G_BEGIN_DECLS

char *smith_save_report_text (SmithSession *session);
void smith_save_report (SmithSession *session, GFile *file, GtkWindow *window);
void smith_save_report_as (SmithWindow *window);

G_END_DECLS
