/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Reading sysfs, of which every file may vanish at any time: what is not there
 * is FALSE or NULL, and no error. Nothing here waits: of a USB device only
 * those attributes may be read for which the kernel does not take the device's
 * lock (not its texts, not bNumInterfaces), since a driver may hold it for
 * seconds.
 */

gboolean smith_sysfs_read (const char *folder, const char *name, char *text, gsize size);
gboolean smith_sysfs_read_number (const char *folder, const char *name, guint base, guint *value);
gboolean smith_sysfs_read_hex (const char *folder, const char *name, guint *value);
guint smith_sysfs_count_interfaces (const char *folder, guint configuration);
char *smith_sysfs_resolve (const char *link);
GPtrArray *smith_sysfs_list (const char *folder);

G_END_DECLS
