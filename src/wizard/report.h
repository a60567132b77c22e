/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "session.h"

G_BEGIN_DECLS

char *smith_report_make (SmithSession *session);
void smith_report_save_as (SmithSession *session, GtkWindow *parent);

G_END_DECLS
