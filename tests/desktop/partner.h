/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/*
 * Services on a private bus that answer what a test tells them to, of whatever
 * type. Every call is noted as "Member(arguments)".
 */
typedef struct _Partner Partner;

/* Starts a bus without any services. */
void bus_up (void);
void bus_down (void);
const char *bus_get_address (void);
GDBusConnection *bus_connect (void);

Partner *partner_new (const char *name);
void partner_free (Partner *partner);
/* The answer to @member from now on. @value is the tuple of return values. */
void partner_reply (Partner *partner, const char *member, GVariant *value);
void partner_reply_with_fd (Partner *partner, const char *member, GVariant *value, int fd);
void partner_refuse (Partner *partner, const char *member, const char *error_name);
/* Calls of @member wait until there is an answer to it. */
void partner_hold_back (Partner *partner, const char *member);
void partner_emit (Partner *partner,
                   const char *path,
                   const char *interface,
                   const char *name,
                   GVariant *parameters);
gboolean partner_was_called (Partner *partner, const char *call);
guint partner_count (Partner *partner, const char *prefix);
/* Calls so far, one in a line. */
char *partner_get_calls (Partner *partner);
void partner_await (Partner *partner, const char *call);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Partner, partner_free)

/* Runs the main loop until the condition holds; fails the test after long. */
typedef gboolean (*Condition) (gpointer data);
void run_until (Condition condition, gpointer data);
/* Runs the main loop until everything sent so far was handled by everybody. */
void run_through (GDBusConnection *bus);

/* For asynchronous functions: keeps the result until it is asked for. */
void keep_result (GObject *source, GAsyncResult *result, gpointer user_data);
GAsyncResult *await_result (GAsyncResult **result);

/* A variant in text form, of the type it says. */
GVariant *parse (const char *format, ...) G_GNUC_PRINTF (1, 2);
