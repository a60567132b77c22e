/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/*
 * A second, plain reader of the vendor's formats, so that what the fixtures
 * write is not judged by the code that they are there to test.
 */

typedef struct
{
  gsize offset;
  guint32 header_size;
  guint32 header_version;
  guint32 id;
  guint32 size;
  guint32 block_size;
  char product[9];
  char date[17];
  char time[17];
  char version[33];
  gboolean header_ok;
  guint n_blocks;
  guint n_bad;
  guint last_bad;
  const guint8 *data;
} RereadPartition;

guint32 reread_u32 (const guint8 *p);
guint16 reread_crc (const guint8 *data, gsize size);
gsize reread_find (const guint8 *data, gsize size, gsize from, const void *what, gsize what_size);
guint reread_count (const guint8 *data, gsize size, const void *what, gsize what_size, gsize *last);
GArray *reread_chain (const guint8 *data, gsize size, gsize first, gsize align_base, gsize *end);
guint8 *reread_expand (const guint8 *data, gsize size, gsize *expanded);
char *reread_data_path (const char *name);
char *reread_description (const char *name);
