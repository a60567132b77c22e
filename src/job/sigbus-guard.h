/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Reading a mapped file behind its end, because it was cut short, raises
 * SIGBUS. The guard puts zero pages in place of what is missing and remembers
 * it. Any thread.
 */
gboolean smith_sigbus_guard_add (gconstpointer start, gsize size, gint *broken);
void smith_sigbus_guard_remove (gconstpointer start);

G_END_DECLS
