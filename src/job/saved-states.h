/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "saved-state.h"

G_BEGIN_DECLS

/* More jobs than this that did not end are not looked at; the newest count. */
#define SMITH_SAVED_STATES_MAX 32

/*
 * Of every place with a stick that waits there is a file of its own, so that no
 * job can write over what was kept of another stick's. They stand side by side
 * in one folder; the one name that there was before is still found.
 */
char *smith_saved_states_path_for (const char *path, const char *usb_path);
char *
smith_saved_states_choose_path (const char *path, const char *usb_path, SmithSavedState **there);
GPtrArray *smith_saved_states_list (const char *path);
SmithSavedState *smith_saved_states_find (const char *path, const char *usb_path, GError **error);

G_END_DECLS
