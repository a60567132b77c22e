/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The table that a loader carries: where on the flash what begins. */
#define SMITH_PTABLE_SIZE 2048
#define SMITH_PTABLE_ENTRIES_MAX 41
#define SMITH_NAND_BLOCK 0x20000

/* "start" and "length" are bytes on the flash. */
typedef struct
{
  char name[17];
  guint32 start;
  guint32 load_size;
  guint32 length;
  guint32 load_address;
  guint32 entry;
  guint32 type;
  guint32 properties;
  guint32 count;
} SmithPtableEntry;

typedef struct
{
  gsize offset; /* of the table in the bytes that were searched */
  char version[17];
  char product[17];
  guint n_entries;
  SmithPtableEntry entries[SMITH_PTABLE_ENTRIES_MAX];
} SmithPtable;

SmithPtable *smith_ptable_find (const guint8 *data, gsize size);
SmithPtable *smith_ptable_parse (const guint8 *data, gsize size, GError **error);
void smith_ptable_set_file_flag (guint8 *table, guint entry);
void smith_ptable_free (SmithPtable *table);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithPtable, smith_ptable_free)

G_END_DECLS
