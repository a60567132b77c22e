/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "session.h"
#include "stick-matter.h"

G_BEGIN_DECLS

GtkWidget *
smith_matter_row_new (const SmithMatter *matter, SmithSession *session, const char *usb_path);

G_END_DECLS
