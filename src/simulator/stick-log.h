/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "virtual-stick.h"

G_BEGIN_DECLS

/* How many events are kept; older ones are forgotten. */
#define SMITH_STICK_LOG_MAX 10000

/**
 * SmithStickLog:
 *
 * What happened to a virtual stick, one line of JSON for each event. Events are
 * made with smith_stick_event() and the functions that add to it, on any one
 * thread; smith_stick_log_add() and smith_stick_log_get_text() may be called
 * from any thread.
 */
typedef struct _SmithStickLog SmithStickLog;

SmithStickLog *smith_stick_log_new (SmithVirtualStickEvent func, gpointer user_data);
void smith_stick_log_free (SmithStickLog *log);
void smith_stick_log_add (SmithStickLog *log, JsonBuilder *event);
char *smith_stick_log_get_text (SmithStickLog *log);

JsonBuilder *smith_stick_event (const char *name);
void smith_stick_event_add_text (JsonBuilder *event, const char *key, const char *text);
void smith_stick_event_add_number (JsonBuilder *event, const char *key, gint64 number);
void smith_stick_event_add_hex (JsonBuilder *event, const char *key, guint32 value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithStickLog, smith_stick_log_free)

G_END_DECLS
