/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive-maker.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>
#include <zlib.h>

#include "format/bytes.h"

static gssize
on_write (struct archive *writer, void *user_data, const void *data, size_t size)
{
  g_byte_array_append (user_data, data, (guint) size);
  return (gssize) size;
}

/* Some formats have Unicode names: they are given so, whatever the locale is. */
static void
put_name (struct archive *writer, struct archive_entry *info, const char *name)
{
  int format = archive_format (writer);

  if (format == ARCHIVE_FORMAT_7ZIP || format == ARCHIVE_FORMAT_TAR_PAX_INTERCHANGE)
    archive_entry_set_pathname_utf8 (info, name);
  else
    archive_entry_set_pathname (info, name);
}

static void
put_entry (struct archive *writer, const MakerEntry *entry)
{
  struct archive_entry *info = archive_entry_new ();

  put_name (writer, info, entry->name);
  archive_entry_set_perm (info, 0644);
  archive_entry_set_filetype (info, entry->symlink != NULL ? AE_IFLNK : AE_IFREG);
  archive_entry_set_size (info, (gint64) entry->size);
  if (entry->symlink != NULL)
    archive_entry_set_symlink (info, entry->symlink);
  if (entry->hardlink != NULL)
    archive_entry_set_hardlink (info, entry->hardlink);
  if (entry->data_size > 0)
    archive_entry_sparse_add_entry (info, (gint64) entry->data_at, (gint64) entry->data_size);
  if (archive_write_header (writer, info) != ARCHIVE_OK)
    g_error ("%s", archive_error_string (writer));
  if (entry->size > 0)
    g_assert_cmpint (archive_write_data (writer, entry->content, entry->size), ==,
                     (gssize) entry->size);
  archive_entry_free (info);
}

/* NULL where libarchive was built without what @kind needs. */
GByteArray *
maker_make (const MakerKind *kind, const MakerEntry *entries, guint n)
{
  struct archive *writer = archive_write_new ();
  g_autoptr (GByteArray) out = g_byte_array_new ();
  gboolean can = archive_write_set_format (writer, kind->format) == ARCHIVE_OK
                 && archive_write_add_filter (writer, kind->filter) == ARCHIVE_OK
                 && (kind->options == NULL
                     || archive_write_set_options (writer, kind->options) == ARCHIVE_OK)
                 && archive_write_set_passphrase (writer, "secret") == ARCHIVE_OK;

  archive_write_set_bytes_in_last_block (writer, 1);
  if (can && archive_write_open (writer, out, NULL, on_write, NULL) == ARCHIVE_OK)
    {
      for (guint i = 0; i < n; i++)
        put_entry (writer, &entries[i]);
      g_assert_cmpint (archive_write_close (writer), ==, ARCHIVE_OK);
    }
  else
    g_test_message ("%s: %s", kind->name, archive_error_string (writer));
  archive_write_free (writer);
  return out->len > 0 ? g_steal_pointer (&out) : NULL;
}

static guint32
crc32_of (const void *data, gsize size)
{
  return (guint32) crc32 (0, data, (uInt) size);
}

static void
put (GByteArray *out, guint64 value, guint bytes)
{
  for (guint i = 0; i < bytes; i++)
    {
      guint8 byte = (guint8) (value >> 8 * i);

      g_byte_array_append (out, &byte, 1);
    }
}

/* A block of RAR 2.9 to 4: the low half of the CRC-32 of the header, the header. */
static void
put_rar4_block (GByteArray *out, guint8 type, guint16 flags, const GByteArray *fields)
{
  g_autoptr (GByteArray) header = g_byte_array_new ();

  put (header, type, 1);
  put (header, flags, 2);
  put (header, 7 + fields->len, 2);
  g_byte_array_append (header, fields->data, fields->len);
  put (out, crc32_of (header->data, header->len) & 0xFFFF, 2);
  g_byte_array_append (out, header->data, header->len);
}

/* Files are stored, not compressed: only its owner may compress RAR. */
GByteArray *
maker_make_rar4 (const MakerEntry *entries, guint n)
{
  GByteArray *out = g_byte_array_new ();
  g_autoptr (GByteArray) main_fields = g_byte_array_new ();
  g_autoptr (GByteArray) none = g_byte_array_new ();

  g_byte_array_append (out, (const guint8 *) "Rar!\x1A\x07", 7);
  put (main_fields, 0, 6);
  put_rar4_block (out, 0x73, 0, main_fields);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GByteArray) fields = g_byte_array_new ();

      put (fields, entries[i].size, 4);
      put (fields, entries[i].size, 4);
      put (fields, 3, 1); /* Unix */
      put (fields, crc32_of (entries[i].content, entries[i].size), 4);
      put (fields, 0, 4);    /* time */
      put (fields, 29, 1);   /* version to unpack it */
      put (fields, 0x30, 1); /* stored */
      put (fields, strlen (entries[i].name), 2);
      put (fields, 0100644, 4);
      g_byte_array_append (fields, (const guint8 *) entries[i].name,
                           (guint) strlen (entries[i].name));
      put_rar4_block (out, 0x74, 0x8000, fields);
      g_byte_array_append (out, entries[i].content, (guint) entries[i].size);
    }
  put_rar4_block (out, 0x7B, 0x4000, none);
  return out;
}

static void
put_vint (GByteArray *out, guint64 value)
{
  for (; value > 0x7F; value >>= 7)
    put (out, (value & 0x7F) | 0x80, 1);
  put (out, value, 1);
}

/* A block of RAR 5: CRC-32 of what follows, its size, type, flags, fields. */
static void
put_rar5_block (GByteArray *out, guint type, guint flags, gsize data_size, const GByteArray *fields)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();
  g_autoptr (GByteArray) header = g_byte_array_new ();

  put_vint (body, type);
  put_vint (body, flags);
  if (flags & 2)
    put_vint (body, data_size);
  g_byte_array_append (body, fields->data, fields->len);
  put_vint (header, body->len);
  g_byte_array_append (header, body->data, body->len);
  put (out, crc32_of (header->data, header->len), 4);
  g_byte_array_append (out, header->data, header->len);
}

GByteArray *
maker_make_rar5 (const MakerEntry *entries, guint n)
{
  GByteArray *out = g_byte_array_new ();
  g_autoptr (GByteArray) zero = g_byte_array_new ();

  put_vint (zero, 0);
  g_byte_array_append (out, (const guint8 *) "Rar!\x1A\x07\x01", 8);
  put_rar5_block (out, 1, 0, 0, zero);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GByteArray) fields = g_byte_array_new ();

      put_vint (fields, 4); /* has a CRC */
      put_vint (fields, entries[i].size);
      put_vint (fields, 0100644);
      put (fields, crc32_of (entries[i].content, entries[i].size), 4);
      put_vint (fields, 0); /* stored */
      put_vint (fields, 1); /* Unix */
      put_vint (fields, strlen (entries[i].name));
      g_byte_array_append (fields, (const guint8 *) entries[i].name,
                           (guint) strlen (entries[i].name));
      put_rar5_block (out, 2, 2, entries[i].size, fields);
      g_byte_array_append (out, entries[i].content, (guint) entries[i].size);
    }
  put_rar5_block (out, 5, 0, 0, zero);
  return out;
}
