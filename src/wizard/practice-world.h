/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "simulator/practice.h"
#include "simulator/scenario.h"

G_BEGIN_DECLS

/**
 * SmithPracticeWorld:
 *
 * What there is to practise with: a virtual bus, the virtual sticks of one
 * scenario on it, and the practice files. For the main thread; whatever takes
 * time is done on workers.
 */
#define SMITH_TYPE_PRACTICE_WORLD (smith_practice_world_get_type ())
G_DECLARE_FINAL_TYPE (SmithPracticeWorld, smith_practice_world, SMITH, PRACTICE_WORLD, GObject)

/* Where the practice sticks are plugged in. */
#define SMITH_PRACTICE_PORT "1-1"
#define SMITH_PRACTICE_SECOND_PORT "1-2"
#define SMITH_PRACTICE_OLD_VERSION "22.180.05.00.00"

SmithPracticeWorld *
smith_practice_world_new (const SmithScenario *scenario, double pace, GError **error);
SmithBus *smith_practice_world_get_bus (SmithPracticeWorld *world);
const SmithScenario *smith_practice_world_get_scenario (SmithPracticeWorld *world);
char *smith_practice_world_make_state_path (void);

void smith_practice_world_plug_in (SmithPracticeWorld *world, const char *usb_path, SmithMode mode);
void smith_practice_world_make_files_async (SmithPracticeWorld *world,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer user_data);
gboolean smith_practice_world_make_files_finish (SmithPracticeWorld *world,
                                                 GAsyncResult *result,
                                                 char **firmware,
                                                 char **loader,
                                                 GError **error);

G_END_DECLS
