/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "stick/identity.h"

G_BEGIN_DECLS

/**
 * SmithStickWatch:
 *
 * Asks every stick on a bus what it is, once for each time that it appears, on
 * worker threads, and remembers what it said before it changed its mode. For
 * the main thread, as is its signal:
 *
 * "changed" (no arguments): something has been learned.
 */
#define SMITH_TYPE_STICK_WATCH (smith_stick_watch_get_type ())
G_DECLARE_FINAL_TYPE (SmithStickWatch, smith_stick_watch, SMITH, STICK_WATCH, GObject)

SmithStickWatch *smith_stick_watch_new (SmithBus *bus);
void smith_stick_watch_set_paused (SmithStickWatch *watch, gboolean paused);
void smith_stick_watch_ask_again (SmithStickWatch *watch, const char *usb_path);
SmithIdentity *smith_stick_watch_get_identity (SmithStickWatch *watch, const char *usb_path);
SmithIdentity *smith_stick_watch_get_working (SmithStickWatch *watch, const char *usb_path);
const GError *smith_stick_watch_get_error (SmithStickWatch *watch, const char *usb_path);
gboolean smith_stick_watch_is_young (SmithStickWatch *watch, const char *usb_path);
gboolean smith_stick_watch_is_asking (SmithStickWatch *watch, const char *usb_path);

G_END_DECLS
