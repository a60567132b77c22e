/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SmithKeeper:
 *
 * Keeps others off a stick and the machine awake while a job runs:
 * ModemManager is asked, once and quietly, to leave the stick alone (which an
 * ordinary user is usually denied: never an error), and logind not to sleep.
 * Both end with the keeper. For the main thread; nothing blocks.
 *
 * "changed" (no arguments): what is kept has changed, or a question is settled.
 */
#define SMITH_TYPE_KEEPER (smith_keeper_get_type ())
G_DECLARE_FINAL_TYPE (SmithKeeper, smith_keeper, SMITH, KEEPER, GObject)

SmithKeeper *smith_keeper_new (GDBusConnection *system_bus);
void smith_keeper_hold (SmithKeeper *keeper, const char *device_path, const char *why);
void smith_keeper_hold_awake (SmithKeeper *keeper, const char *why);
void smith_keeper_release (SmithKeeper *keeper);
void smith_keeper_release_at_end (SmithKeeper *keeper);
gboolean smith_keeper_is_settled (SmithKeeper *keeper);
gboolean smith_keeper_has_modem (SmithKeeper *keeper);
gboolean smith_keeper_is_awake (SmithKeeper *keeper);

G_END_DECLS
