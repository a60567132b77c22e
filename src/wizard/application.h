/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "stick/bus.h"

G_BEGIN_DECLS

/**
 * SmithApplication:
 *
 * The program: one instance, one window, one session at a time.
 */
#define SMITH_TYPE_APPLICATION (smith_application_get_type ())
G_DECLARE_FINAL_TYPE (SmithApplication, smith_application, SMITH, APPLICATION, GtkApplication)

SmithApplication *smith_application_new (void);
void smith_application_set_bus (SmithApplication *application, SmithBus *bus);
void smith_application_set_pace (SmithApplication *application, double pace);

G_END_DECLS
