/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive.h"

#include <glib/gi18n.h>

#include <archive.h>
#include <archive_entry.h>
#include <string.h>
#include <zlib.h>

#include "archive-private.h"
#include "error.h"

#define TAR_MAGIC_OFFSET 257

/* What a file without a name is called. */
#define NAMELESS "?"

/* Below this much content a high ratio harms nobody. */
#define RATIO_FREE (8u << 20)

typedef struct archive ArchiveReader;

static void
reader_free (ArchiveReader *reader)
{
  archive_read_free (reader);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ArchiveReader, reader_free)

/* What was unpacked so far, against the limits. */
typedef struct
{
  guint64 packed; /* size of the archive */
  guint64 total;
  guint64 entry;
  guint n_entries;
  GArray *crcs; /* guint64 of each entry */
} Count;

/**
 * smith_archive_detect:
 * @data: the first bytes of a file, 512 or more if there are so many
 *
 * Returns: whether they begin a zip, 7z, rar or tar archive, or a compressed
 *   file that may hold one
 */
gboolean
smith_archive_detect (const guint8 *data, gsize size)
{
  static const struct
  {
    const char *magic;
    gsize size;
    gsize offset;
  } kinds[] = {
    { "PK\x03\x04", 4, 0 },
    { "PK\x05\x06", 4, 0 },
    { "7z\xBC\xAF\x27\x1C", 6, 0 },
    { "Rar!\x1A\x07", 6, 0 },
    { "ustar", 5, TAR_MAGIC_OFFSET },
    { "\x1F\x8B\x08", 3, 0 },
    { "BZh", 3, 0 },
    { "\xFD"
      "7zXZ",
      5, 0 },
    { "\x28\xB5\x2F\xFD", 4, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (size >= kinds[i].offset + kinds[i].size
        && memcmp (data + kinds[i].offset, kinds[i].magic, kinds[i].size) == 0)
      return TRUE;
  return FALSE;
}

static void
set_encrypted (GError **error)
{
  g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_UNSUPPORTED,
                       _ ("The archive is encrypted. Unpack it with its password first."));
}

static void
set_unreadable (ArchiveReader *reader, GError **error)
{
  const char *why = archive_error_string (reader);

  g_set_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE,
               _ ("The archive is damaged or cannot be read (%s). Download it again."),
               why != NULL ? why : "?");
}

static void
set_damaged (ArchiveReader *reader, GError **error)
{
  if (archive_read_has_encrypted_entries (reader) > 0)
    set_encrypted (error);
  else
    set_unreadable (reader, error);
}

static ArchiveReader *
open_reader (GBytes *file, GError **error)
{
  g_autoptr (ArchiveReader) reader = archive_read_new ();
  gsize size;
  const guint8 *data = g_bytes_get_data (file, &size);

  archive_read_support_filter_gzip (reader);
  archive_read_support_filter_bzip2 (reader);
  archive_read_support_filter_xz (reader);
  archive_read_support_filter_zstd (reader);
  archive_read_support_format_zip (reader);
  archive_read_support_format_7zip (reader);
  archive_read_support_format_rar (reader);
  archive_read_support_format_rar5 (reader);
  archive_read_support_format_tar (reader);
  /* Firmware that is only compressed, such as firmware.bin.gz. */
  archive_read_support_format_raw (reader);
  if (archive_read_open_memory (reader, data, size) != ARCHIVE_OK)
    {
      /* Without a format, libarchive must not be asked about encryption: it
       * looks for the answer behind the end of its table of formats. */
      set_unreadable (reader, error);
      return NULL;
    }
  return g_steal_pointer (&reader);
}

/* The entry's path as relative UTF-8 without a way out, or NULL. */
static char *
clean_path (struct archive_entry *entry)
{
  const char *raw = archive_entry_pathname_utf8 (entry);
  g_autofree char *path = NULL;
  g_auto (GStrv) parts = NULL;

  if (raw == NULL || raw[0] == '\0')
    raw = archive_entry_pathname (entry);
  /* In a locale that has not the letters both may be missing: no reason not to
   * look into the file. */
  path = g_utf8_make_valid (raw != NULL ? raw : "", -1);
  g_strdelimit (path, "\\", '/');
  parts = g_strsplit (path, "/", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    if (g_str_equal (parts[i], ".."))
      return NULL;
  for (char *p = path; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      *p = '?';
  raw = path + strspn (path, "/");
  return g_strdup (raw[0] != '\0' ? raw : NAMELESS);
}

static gboolean
check_limits (const Count *count, GError **error)
{
  if (count->n_entries > SMITH_ARCHIVE_ENTRIES_MAX)
    g_set_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE,
                 _ ("The archive holds more than %u files: that is no firmware download"),
                 SMITH_ARCHIVE_ENTRIES_MAX);
  else if (count->entry > SMITH_ARCHIVE_ENTRY_SIZE_MAX || count->total > SMITH_ARCHIVE_TOTAL_MAX)
    g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE,
                         _ ("The archive unpacks to more than any firmware"));
  else if (count->total > RATIO_FREE && count->total / SMITH_ARCHIVE_RATIO_MAX > count->packed)
    g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE,
                         _ ("The archive unpacks to far more than its size: it is not what it "
                            "claims to be"));
  else
    return TRUE;
  return FALSE;
}

/* The content of an entry that is wanted. */
static gboolean
take_entry (ArchiveReader *reader,
            struct archive_entry *entry,
            const SmithArchiveVisitor *visitor,
            gpointer user_data,
            Count *count,
            GError **error)
{
  guint64 *crc = &g_array_index (count->crcs, guint64, count->crcs->len - 1);
  const void *block;
  gsize size;
  gint64 offset;
  int status;

  *crc = 0;
  count->entry = 0;
  /* A warning here says that the content does not have its checksum. */
  while ((status = archive_read_data_block (reader, &block, &size, &offset)) == ARCHIVE_OK)
    {
      /* A hole would be content that nobody checked. */
      if (offset < 0 || (guint64) offset != count->entry)
        {
          set_damaged (reader, error);
          return FALSE;
        }
      count->entry += size;
      count->total += size;
      *crc = crc32_z ((uLong) *crc, block, size);
      if (!check_limits (count, error) || !visitor->data (block, size, user_data, error))
        return FALSE;
    }
  if (status != ARCHIVE_EOF
      || (archive_entry_size_is_set (entry)
          && (guint64) archive_entry_size (entry) != count->entry))
    {
      set_damaged (reader, error);
      return FALSE;
    }
  return visitor->end (user_data, error);
}

/* Reads an entry that nobody wants: left to itself, libarchive would expand it
 * without a limit, and without an end to it before its end. */
static gboolean
pass_over_entry (ArchiveReader *reader,
                 const SmithArchiveVisitor *visitor,
                 gpointer user_data,
                 Count *count,
                 GError **error)
{
  const void *block;
  gsize size;
  gint64 offset;
  int status;

  count->entry = 0;
  while ((status = archive_read_data_block (reader, &block, &size, &offset)) == ARCHIVE_OK)
    {
      count->entry += size;
      count->total += size;
      if (!check_limits (count, error) || !visitor->pass_over (user_data, error))
        return FALSE;
    }
  /* What cannot be read, such as an encrypted file, is skipped as it is stored. In
   * a compressed archive that would have to be expanded. */
  if (status == ARCHIVE_EOF
      || (status != ARCHIVE_FATAL && archive_filter_code (reader, 0) == ARCHIVE_FILTER_NONE))
    return TRUE;
  set_damaged (reader, error);
  return FALSE;
}

/* Whether the entry is a file whose content can be had; an encrypted one is an error. */
static gboolean
is_wanted (struct archive_entry *entry,
           const char *path,
           const SmithArchiveVisitor *visitor,
           gpointer user_data,
           GError **error)
{
  if (path == NULL || archive_entry_filetype (entry) != AE_IFREG
      || archive_entry_hardlink (entry) != NULL)
    return FALSE;
  if (!visitor->begin (path, user_data))
    return FALSE;
  if (archive_entry_is_encrypted (entry))
    {
      set_encrypted (error);
      return FALSE;
    }
  return TRUE;
}

static gboolean
judge_whole (ArchiveReader *reader,
             const SmithArchiveVisitor *visitor,
             gpointer user_data,
             const Count *count,
             const guint8 *data,
             GError **error)
{
  SmithArchiveTold told = { visitor, user_data, archive_format (reader),
                            archive_filter_code (reader, 0), count->crcs };
  g_autoptr (GError) local = NULL;

  if (smith_archive_is_whole (&told, data, count->packed, &local))
    return TRUE;
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  else
    g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE,
                         _ ("The archive is cut short or damaged. Download it again."));
  return FALSE;
}

/**
 * smith_archive_walk:
 * @file: the archive's bytes, mapped as a rule
 * @visitor: is told of each regular file, in the archive's order
 *
 * Unpacks a zip, 7z, rar or tar archive once, streaming, within the limits
 * above. Links, devices and paths that lead out of it are passed over, but count.
 * Blocks; any thread.
 *
 * Returns: FALSE with SMITH_ERROR_BAD_FILE (damaged, or beyond the limits),
 *   SMITH_ERROR_UNSUPPORTED (encrypted), or what @visitor set
 */
gboolean
smith_archive_walk (GBytes *file,
                    const SmithArchiveVisitor *visitor,
                    gpointer user_data,
                    GError **error)
{
  g_autoptr (ArchiveReader) reader = open_reader (file, error);
  g_autoptr (GArray) crcs = g_array_new (FALSE, FALSE, sizeof (guint64));
  const guint8 *data = g_bytes_get_data (file, NULL);
  struct archive_entry *entry;
  Count count = { .packed = g_bytes_get_size (file), .crcs = crcs };
  int status;

  if (reader == NULL)
    return FALSE;
  while ((status = archive_read_next_header (reader, &entry)) == ARCHIVE_OK
         || status == ARCHIVE_WARN)
    {
      g_autofree char *path = clean_path (entry);
      const guint64 no_crc = SMITH_ARCHIVE_NO_CRC;
      g_autoptr (GError) local = NULL;

      g_array_append_val (crcs, no_crc);
      count.n_entries++;
      if (!check_limits (&count, error))
        return FALSE;
      if (is_wanted (entry, path, visitor, user_data, &local))
        {
          if (!take_entry (reader, entry, visitor, user_data, &count, error))
            return FALSE;
        }
      else if (local != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      else if (!pass_over_entry (reader, visitor, user_data, &count, error))
        return FALSE;
    }
  if (status != ARCHIVE_EOF)
    {
      set_damaged (reader, error);
      return FALSE;
    }
  return judge_whole (reader, visitor, user_data, &count, data, error);
}
