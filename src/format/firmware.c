/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firmware-private.h"

#include <glib/gi18n.h>

#include <inttypes.h>

#include "bytes.h"
#include "error.h"
#include "loader.h"

#define CONTENT_MASK 0x07
#define SIGNED_BIT 0x08

void
smith_partition_free (SmithPartition *partition)
{
  g_clear_pointer (&partition->data, g_bytes_unref);
  g_clear_pointer (&partition->checksums, g_bytes_unref);
  g_free (partition);
}

/* An empty one of that kind. */
SmithFirmware *
smith_firmware_new (SmithFirmwareKind kind)
{
  SmithFirmware *firmware = g_new0 (SmithFirmware, 1);

  firmware->kind = kind;
  firmware->version = "";
  firmware->product = "";
  firmware->partitions = g_ptr_array_new_with_free_func ((GDestroyNotify) smith_partition_free);
  firmware->problems = g_ptr_array_new_with_free_func (g_free);
  firmware->warnings = g_ptr_array_new_with_free_func (g_free);
  return firmware;
}

void
smith_firmware_free (SmithFirmware *firmware)
{
  g_clear_pointer (&firmware->file, g_bytes_unref);
  g_ptr_array_unref (firmware->partitions);
  g_ptr_array_unref (firmware->problems);
  g_ptr_array_unref (firmware->warnings);
  g_free (firmware->sha256);
  g_free (firmware->platform);
  g_free (firmware->built);
  g_free (firmware->signature);
  g_free (firmware);
}

void
smith_firmware_add_problem (SmithFirmware *firmware, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (firmware->problems, g_strdup_vprintf (format, args));
  va_end (args);
}

void
smith_firmware_add_warning (SmithFirmware *firmware, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (firmware->warnings, g_strdup_vprintf (format, args));
  va_end (args);
}

/**
 * smith_firmware_kind_name:
 *
 * Returns: a stable lower-case word for machine-readable output
 */
const char *
smith_firmware_kind_name (SmithFirmwareKind kind)
{
  static const char *const names[] = {
    [SMITH_FIRMWARE_PLAIN] = "firmware",
    [SMITH_FIRMWARE_UPDATER] = "updater",
    [SMITH_FIRMWARE_FOLDER] = "folder",
  };

  return names[kind];
}

static void
read_prefix (SmithFirmware *firmware, guint64 chain)
{
  const guint8 *file = g_bytes_get_data (firmware->file, NULL);

  firmware->has_prefix = TRUE;
  firmware->download_id = file[chain - SMITH_FIRMWARE_PREFIX_SIZE];
  if (firmware->chip == SMITH_CHIP_QUALCOMM)
    {
      /* On this family the first byte need not mean anything. */
      firmware->content = SMITH_CONTENT_FIRMWARE;
      smith_firmware_name_sections (firmware);
      return;
    }
  firmware->content = firmware->download_id & CONTENT_MASK;
  firmware->signed_flag = (firmware->download_id & SIGNED_BIT) != 0;
  smith_firmware_judge_content (firmware);
}

/* Where the chain begins: behind the prefix at the start of the file, good or
 * damaged; else at the first good header anywhere. */
static gboolean
find_start (GBytes *file, SmithFirmwareKind *kind, guint64 *offset)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (file, &size);
  gboolean program = size >= 2 && data[0] == 'M' && data[1] == 'Z';
  SmithHeader header;

  *kind = SMITH_FIRMWARE_PLAIN;
  *offset = SMITH_FIRMWARE_PREFIX_SIZE;
  if (smith_header_read (data, size, *offset, &header)
      && ((header.magic_ok && (header.crc_ok || !program))
          || (header.magic_close && header.crc_ok)))
    return TRUE;
  *kind = SMITH_FIRMWARE_UPDATER;
  return smith_chain_find (data, size, SMITH_FIRMWARE_PREFIX_SIZE, offset);
}

static void
judge_start (SmithFirmware *firmware, guint64 chain)
{
  const guint8 *data = g_bytes_get_data (firmware->file, NULL);
  guint64 damaged;

  if (firmware->kind != SMITH_FIRMWARE_UPDATER)
    return;
  if (data[0] != 'M' || data[1] != 'Z')
    {
      firmware->kind = SMITH_FIRMWARE_PLAIN;
      smith_firmware_add_problem (
          firmware, _ ("The file does not begin as a firmware file does: its first part is "
                       "missing or damaged"));
    }
  else if (smith_chain_has_damaged_header (data, chain, &damaged))
    smith_firmware_add_problem (
        firmware,
        _ ("A part before the first sound one is damaged (at byte %" PRIu64 ")"),
        damaged);
}

static gboolean
looks_like_web_page (const guint8 *data, gsize size)
{
  g_autofree char *start = g_ascii_strdown ((const char *) data, (gssize) MIN (size, 512));

  return g_strstr_len (start, -1, "<!doctype") != NULL || g_strstr_len (start, -1, "<html") != NULL;
}

static void
set_not_firmware (GBytes *file, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (file, &size);
  const char *why = _ ("This is not a firmware file for a Huawei stick");

  if (size == 0)
    why = _ ("The file is empty");
  else if (looks_like_web_page (data, size))
    why = _ ("This is a web page, not a firmware file: the download went wrong");
  else if (size >= 4 && smith_get_u32_le (data) == SMITH_LOADER_MAGIC)
    why = _ ("This is a loader, not a firmware file");
  else if (size >= 2 && data[0] == 'M' && data[1] == 'Z')
    why = _ ("This Windows program holds no firmware for a Huawei stick");
  else if (size < SMITH_FIRMWARE_PREFIX_SIZE + SMITH_HEADER_SIZE)
    why = _ ("The file is too short to be a firmware file");
  g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE, why);
}

/**
 * smith_firmware_parse:
 * @file: the file's bytes, mapped as a rule; a reference is kept
 *
 * Reads the chain of partitions of a .bin or of a Windows updater that carries
 * one inside. Nothing is expanded and no data is checked yet: that is
 * smith_firmware_verify(). What is wrong with a file that does hold a chain is
 * in its problems. Any thread.
 *
 * Returns: (transfer full): the firmware, or NULL with SMITH_ERROR_BAD_FILE
 *   where no chain is found
 */
SmithFirmware *
smith_firmware_parse (GBytes *file, GError **error)
{
  g_autoptr (SmithFirmware) firmware = NULL;
  SmithFirmwareKind kind;
  guint64 chain;

  if (!find_start (file, &kind, &chain))
    {
      set_not_firmware (file, error);
      return NULL;
    }
  firmware = smith_firmware_new (kind);
  firmware->file = g_bytes_ref (file);
  firmware->size = g_bytes_get_size (file);
  judge_start (firmware, chain);
  smith_firmware_walk_chain (firmware, chain);
  smith_firmware_find_chip (firmware);
  read_prefix (firmware, chain);
  smith_firmware_judge_duplicates (firmware);
  smith_firmware_judge_program (firmware, chain);
  smith_firmware_describe (firmware);
  smith_firmware_note_early_signature (firmware);
  return g_steal_pointer (&firmware);
}

/**
 * smith_partition_file_name:
 *
 * Returns: (transfer full): the name under which an extracted partition is
 *   saved, "NN-XXXXXXXX-name.bin", so that the folder can be flashed again
 */
char *
smith_partition_file_name (const SmithPartition *partition)
{
  return g_strdup_printf ("%02u-%08X-%s.bin", partition->index, partition->id, partition->name);
}

/**
 * smith_firmware_is_good:
 *
 * Returns: whether every check was made and nothing is wrong
 */
gboolean
smith_firmware_is_good (SmithFirmware *firmware)
{
  if (!firmware->verified || firmware->problems->len > 0 || firmware->partitions->len == 0)
    return FALSE;
  for (guint i = 0; i < firmware->partitions->len; i++)
    {
      SmithPartition *partition = g_ptr_array_index (firmware->partitions, i);

      if (!partition->header_ok || partition->data_ok != SMITH_CHECK_GOOD
          || !partition->expanded_known)
        return FALSE;
    }
  return TRUE;
}
