/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "window.h"

G_BEGIN_DECLS

char *smith_report_make (SmithSession *session);
void smith_report_save (SmithSession *session, GFile *file, GtkWindow *window);
void smith_report_save_as (SmithWindow *window);

G_END_DECLS
