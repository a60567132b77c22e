/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "session.h"

G_BEGIN_DECLS

void smith_notice_update (GtkWindow *window, SmithSession *session);

G_END_DECLS
