/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "file-check.h"

G_BEGIN_DECLS

/**
 * SmithFileQueue:
 *
 * The firmware files of one conversion in the order in which they are written.
 * They put themselves in order, unless the person has done so: a web interface
 * goes before the firmware that it belongs to. Of each of the two kinds there
 * is one at most: a file takes the place of one of its kind and of files that
 * cannot be used.
 *
 * For the main thread, as are its signals: "changed" (no arguments), and
 * "checked" (SmithFileCheck) when the check of a file is over.
 */
#define SMITH_TYPE_FILE_QUEUE (smith_file_queue_get_type ())
G_DECLARE_FINAL_TYPE (SmithFileQueue, smith_file_queue, SMITH, FILE_QUEUE, GObject)

SmithFileQueue *smith_file_queue_new (void);
void smith_file_queue_add (SmithFileQueue *queue, SmithFileCheck *check);
void smith_file_queue_remove (SmithFileQueue *queue, SmithFileCheck *check);
void smith_file_queue_clear (SmithFileQueue *queue);
gboolean smith_file_queue_move (SmithFileQueue *queue, SmithFileCheck *check, int by);
guint smith_file_queue_get_n (SmithFileQueue *queue);
SmithFileCheck *smith_file_queue_get (SmithFileQueue *queue, guint index);
gboolean smith_file_queue_find (SmithFileQueue *queue, SmithFileCheck *check, guint *index);
gboolean smith_file_queue_is_good (SmithFileQueue *queue);
gboolean smith_file_queue_is_firmware (SmithFileCheck *check);
void smith_file_queue_list_items (SmithFileQueue *queue, GPtrArray *items);

G_END_DECLS
