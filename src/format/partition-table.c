/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "partition-table.h"

#include <glib/gi18n.h>

#include "bytes.h"
#include "error.h"

#define MAGIC_SIZE 16
#define ENTRIES_OFFSET 48
#define ENTRY_SIZE 48
#define PROPERTIES_OFFSET 40
#define FILE_FLAG 0x01

static const guint8 magic[MAGIC_SIZE] = "pTableHead\0\0\0\0\0\x80";

static void
read_entry (SmithReader *r, SmithPtableEntry *entry)
{
  smith_read_text (r, 16, entry->name);
  entry->start = smith_read_u32_le (r);
  entry->load_size = smith_read_u32_le (r);
  entry->length = smith_read_u32_le (r);
  entry->load_address = smith_read_u32_le (r);
  entry->entry = smith_read_u32_le (r);
  entry->type = smith_read_u32_le (r);
  entry->properties = smith_read_u32_le (r);
  entry->count = smith_read_u32_le (r);
}

/**
 * smith_ptable_parse:
 * @data: at least SMITH_PTABLE_SIZE bytes that begin with the table's magic
 *
 * Layout: magic[16], version[16], product[16], 41 entries of 48 bytes,
 * tail[32]. The list ends at an empty name or at the name "T". Any thread.
 *
 * Returns: (transfer full): the table, or NULL with SMITH_ERROR_BAD_FILE
 */
SmithPtable *
smith_ptable_parse (const guint8 *data, gsize size, GError **error)
{
  g_autoptr (SmithPtable) table = NULL;
  SmithReader r = smith_reader (data, size);

  if (size < SMITH_PTABLE_SIZE || memcmp (data, magic, MAGIC_SIZE) != 0)
    {
      g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE,
                           _ ("This is not a partition table"));
      return NULL;
    }
  table = g_new0 (SmithPtable, 1);
  smith_read_bytes (&r, MAGIC_SIZE);
  smith_read_text (&r, 16, table->version);
  smith_read_text (&r, 16, table->product);
  while (table->n_entries < SMITH_PTABLE_ENTRIES_MAX)
    {
      SmithPtableEntry *entry = &table->entries[table->n_entries];

      read_entry (&r, entry);
      if (entry->name[0] == '\0' || g_str_equal (entry->name, "T"))
        break;
      table->n_entries++;
    }
  return g_steal_pointer (&table);
}

/**
 * smith_ptable_find:
 * @data: @size bytes of a loader's component
 *
 * Looks for the table at every 4-byte boundary. Any thread.
 *
 * Returns: (transfer full) (nullable): the first table, with its offset
 */
SmithPtable *
smith_ptable_find (const guint8 *data, gsize size)
{
  gsize pos = 0;

  while (pos < size)
    {
      const guint8 *hit = memmem (data + pos, size - pos, magic, MAGIC_SIZE);
      SmithPtable *table;

      if (hit == NULL)
        return NULL;
      pos = (gsize) (hit - data);
      table = pos % 4 == 0 ? smith_ptable_parse (hit, size - pos, NULL) : NULL;
      if (table != NULL)
        {
          table->offset = pos;
          return table;
        }
      pos++;
    }
  return NULL;
}

/**
 * smith_ptable_set_file_flag:
 * @table: (inout): SMITH_PTABLE_SIZE bytes
 * @entry: number of the entry, below SMITH_PTABLE_ENTRIES_MAX
 *
 * Marks a partition as one that holds files.
 */
void
smith_ptable_set_file_flag (guint8 *table, guint entry)
{
  guint8 *properties = table + ENTRIES_OFFSET + entry * ENTRY_SIZE + PROPERTIES_OFFSET;

  g_return_if_fail (entry < SMITH_PTABLE_ENTRIES_MAX);
  smith_put_u32_le (properties, smith_get_u32_le (properties) | FILE_FLAG);
}

void
smith_ptable_free (SmithPtable *table)
{
  g_free (table);
}
