/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firmware-private.h"

#include <glib/gi18n.h>

#include "bytes.h"
#include "error.h"
#include "loader.h"

#define CONTENT_MASK 0x07
#define SIGNED_BIT 0x08
#define DOWNLOAD_ID_MAX 0x0F

/* The partition table of a Qualcomm stick's package has this very size. */
#define QUALCOMM_TABLE_ID 0x00010000u
#define QUALCOMM_TABLE_SIZE 0x1D0

void
smith_partition_free (SmithPartition *partition)
{
  g_clear_pointer (&partition->data, g_bytes_unref);
  g_clear_pointer (&partition->checksums, g_bytes_unref);
  g_free (partition);
}

static SmithFirmware *
firmware_new (SmithFirmwareKind kind)
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

static SmithPartition *
partition_new (const SmithHeader *header, guint index, guint64 offset)
{
  SmithPartition *partition = g_new0 (SmithPartition, 1);

  partition->index = index;
  partition->id = header->id;
  smith_partition_id_name (header->id, partition->name);
  partition->offset = offset;
  partition->stored = header->data_size;
  partition->header_ok = header->magic_ok && header->crc_ok;
  partition->header_version = header->version;
  partition->block_size = header->block_size;
  g_strlcpy (partition->product, g_strchomp ((char *) header->product), sizeof partition->product);
  g_strlcpy (partition->date, g_strchomp ((char *) header->date), sizeof partition->date);
  g_strlcpy (partition->time, g_strchomp ((char *) header->time), sizeof partition->time);
  g_strlcpy (partition->version, header->text, sizeof partition->version);
  return partition;
}

static void
partition_set_data (SmithPartition *partition, GBytes *file, guint64 offset, gsize size)
{
  const guint8 *data;

  partition->data = g_bytes_new_from_bytes (file, offset, size);
  data = g_bytes_get_data (partition->data, NULL);
  partition->compression = smith_compression_detect (data, size);
  if (partition->compression == SMITH_COMPRESSION_NONE)
    {
      partition->expanded = size;
      partition->expanded_known = TRUE;
    }
}

/* Says what is wrong with a header; returns: whether its partition can be found at all. */
static gboolean
judge_header (SmithFirmware *firmware, const SmithHeader *header, guint index)
{
  if (!header->magic_ok || !header->crc_ok)
    smith_firmware_add_problem (firmware, _ ("The header of part %u is damaged"), index);
  else if (header->data_size == 0)
    smith_firmware_add_problem (firmware, _ ("Part %u is empty"), index);
  else if (!header->sizes_agree)
    smith_firmware_add_problem (firmware, _ ("The header of part %u contradicts itself"), index);
  return header->sizes_agree;
}

/* Takes the partition whose header stands at @offset; returns: where the next
 * one may stand, or 0 if the chain cannot be followed any further. */
static guint64
take_partition (SmithFirmware *firmware, const SmithHeader *header, guint64 offset)
{
  guint index = firmware->partitions->len;
  SmithPartition *partition = partition_new (header, index, offset);
  gboolean findable = judge_header (firmware, header, index);
  guint64 data_offset = offset + header->size;
  gsize table_size = 2 * (gsize) smith_header_n_checksums (header);

  g_ptr_array_add (firmware->partitions, partition);
  if (!findable)
    {
      partition->data = g_bytes_new_static ("", 0);
      partition->data_ok = SMITH_CHECK_BAD;
      return 0;
    }
  if (data_offset > firmware->size || firmware->size - data_offset < header->data_size)
    {
      partition->data = g_bytes_new_static ("", 0);
      partition->data_ok = SMITH_CHECK_BAD;
      smith_firmware_add_problem (
          firmware, _ ("The file is cut short: part %u (%s) is not complete. Download it again."),
          index, partition->name);
      return 0;
    }
  partition->checksums
      = g_bytes_new_from_bytes (firmware->file, offset + SMITH_HEADER_SIZE, table_size);
  partition_set_data (partition, firmware->file, data_offset, header->data_size);
  return data_offset + header->data_size;
}

/* A header that stands at @offset or behind up to three bytes of padding; one
 * that is damaged counts, or what follows would be lost without a word. */
static gboolean
next_header (const guint8 *file, gsize size, guint64 *offset, SmithHeader *header)
{
  for (guint pad = 0; pad < 4; pad++)
    {
      if (!smith_header_read (file, size, *offset + pad, header))
        return FALSE;
      if (header->magic_ok || (header->magic_close && header->crc_ok))
        {
          *offset += pad;
          return TRUE;
        }
    }
  return FALSE;
}

/* Whether what is left is the beginning of one more header, cut off. */
static gboolean
is_cut_header (const guint8 *rest, gsize size)
{
  static const guint8 magic[4] = { 0x55, 0xAA, 0x5A, 0xA5 };

  /* A program goes on behind the chain; with this much, it is that. */
  if (size >= SMITH_HEADER_SIZE + 3)
    return FALSE;
  for (gsize pad = 0; pad < 4 && pad < size; pad++)
    if (memcmp (rest + pad, magic, MIN (size - pad, 4)) == 0)
      return TRUE;
  return FALSE;
}

static void
judge_rest (SmithFirmware *firmware, guint64 end)
{
  const guint8 *file = g_bytes_get_data (firmware->file, NULL);
  gsize rest = (gsize) (firmware->size - end);
  guint64 further;

  if (smith_chain_find (file, firmware->size, end, &further))
    smith_firmware_add_problem (
        firmware, _ ("More parts stand apart from the others: something between them is damaged"));
  else if (is_cut_header (file + end, rest))
    smith_firmware_add_problem (
        firmware, _ ("The file is cut short: a further part only begins. Download it again."));
  else if (firmware->kind == SMITH_FIRMWARE_PLAIN && rest > 3)
    smith_firmware_add_warning (
        firmware, _ ("%" G_GSIZE_FORMAT " bytes behind the last part belong to nothing"), rest);
}

static void
walk_chain (SmithFirmware *firmware, guint64 offset)
{
  const guint8 *file = g_bytes_get_data (firmware->file, NULL);
  SmithHeader header;

  while (next_header (file, firmware->size, &offset, &header))
    {
      guint64 next;

      if (firmware->partitions->len == SMITH_FIRMWARE_PARTITIONS_MAX)
        {
          smith_firmware_add_problem (firmware, _ ("The file has more parts than any stick"));
          return;
        }
      next = take_partition (firmware, &header, offset);
      if (next == 0)
        return;
      offset = next;
    }
  judge_rest (firmware, offset);
}

static void
judge_duplicates (SmithFirmware *firmware)
{
  for (guint i = 0; i < firmware->partitions->len; i++)
    {
      SmithPartition *a = g_ptr_array_index (firmware->partitions, i);

      for (guint j = 0; j < i; j++)
        {
          SmithPartition *b = g_ptr_array_index (firmware->partitions, j);

          if (a->id == b->id)
            {
              smith_firmware_add_problem (firmware, _ ("Part %s is in the file twice"), a->name);
              return;
            }
        }
    }
}

static gboolean
has_role (SmithFirmware *firmware, SmithPartitionRole role)
{
  for (guint i = 0; i < firmware->partitions->len; i++)
    {
      SmithPartition *partition = g_ptr_array_index (firmware->partitions, i);

      if (smith_partition_id_role (partition->id) == role)
        return TRUE;
    }
  return FALSE;
}

/* A package that was cut between two parts is a sound chain; that it does not
 * hold what it says it holds is how that shows. */
static void
judge_content (SmithFirmware *firmware)
{
  if (firmware->download_id > DOWNLOAD_ID_MAX || firmware->content == 0)
    {
      smith_firmware_add_problem (firmware,
                                  _ ("The beginning of the file is damaged: it does not say what "
                                     "kind of firmware follows (0x%02X)"),
                                  firmware->download_id);
      return;
    }
  if (firmware->content & SMITH_CONTENT_FIRMWARE && !has_role (firmware, SMITH_ROLE_FIRMWARE))
    smith_firmware_add_problem (
        firmware, _ ("The file is not complete: it says that it holds the stick's firmware, but "
                     "there is none in it"));
  if (firmware->content & SMITH_CONTENT_ISO && !has_role (firmware, SMITH_ROLE_ISO))
    smith_firmware_add_problem (firmware,
                                _ ("The file is not complete: it says that it holds a CD image, "
                                   "but there is none in it"));
  if (firmware->content & SMITH_CONTENT_WEBUI && !has_role (firmware, SMITH_ROLE_WEBUI))
    smith_firmware_add_problem (
        firmware, _ ("The file is not complete: it says that it holds a web interface, but there "
                     "is none in it"));
}

static void
find_chip (SmithFirmware *firmware)
{
  SmithPartition *first = g_ptr_array_index (firmware->partitions, 0);

  if (first->id == QUALCOMM_TABLE_ID && first->stored == QUALCOMM_TABLE_SIZE)
    {
      firmware->chip = SMITH_CHIP_QUALCOMM;
      return;
    }
  for (guint i = 0; i < firmware->partitions->len; i++)
    {
      SmithPartition *partition = g_ptr_array_index (firmware->partitions, i);
      SmithChip chip = smith_partition_id_chip (partition->id);

      if (chip == SMITH_CHIP_UNKNOWN)
        continue;
      if (firmware->chip != SMITH_CHIP_UNKNOWN && firmware->chip != chip)
        {
          smith_firmware_add_warning (firmware,
                                      _ ("The file holds parts for different kinds of sticks"));
          firmware->chip = SMITH_CHIP_UNKNOWN;
          return;
        }
      firmware->chip = chip;
    }
}

/* The sections of a Qualcomm stick are numbered; Balong's names would mislead. */
static void
name_qualcomm_sections (SmithFirmware *firmware)
{
  for (guint i = 0; i < firmware->partitions->len; i++)
    {
      SmithPartition *partition = g_ptr_array_index (firmware->partitions, i);

      g_snprintf (partition->name, sizeof partition->name, "Section_%02X", partition->id >> 16);
    }
}

static void
describe (SmithFirmware *firmware)
{
  SmithPartition *first = g_ptr_array_index (firmware->partitions, 0);
  const char *colon = strrchr (first->version, ':');

  firmware->product = first->product;
  firmware->version = colon != NULL ? colon + 1 : first->version;
  if (first->version[0] == ':' && colon != first->version)
    firmware->platform = g_strndup (first->version + 1, strcspn (first->version + 1, ":"));
  if (first->date[0] != '\0')
    firmware->built = g_strchomp (g_strdup_printf ("%s %s", first->date, first->time));
  for (guint i = 1; i < firmware->partitions->len; i++)
    {
      SmithPartition *partition = g_ptr_array_index (firmware->partitions, i);

      if (!g_str_equal (partition->product, first->product))
        {
          smith_firmware_add_warning (firmware, _ ("The parts are made for different products"));
          break;
        }
    }
}

static void
note_early_signature (SmithFirmware *firmware)
{
  for (guint i = 0; i < MIN (firmware->partitions->len, 2) && firmware->signature == NULL; i++)
    {
      SmithPartition *partition = g_ptr_array_index (firmware->partitions, i);
      gsize size;
      const guint8 *data = g_bytes_get_data (partition->data, &size);
      gsize tail = MIN (size, SMITH_SIGNATURE_MAX);

      if (partition->compression == SMITH_COMPRESSION_NONE)
        firmware->signature
            = smith_signature_find (data + size - tail, tail, firmware->content);
    }
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
      name_qualcomm_sections (firmware);
      return;
    }
  firmware->content = firmware->download_id & CONTENT_MASK;
  firmware->signed_flag = (firmware->download_id & SIGNED_BIT) != 0;
  judge_content (firmware);
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
        firmware, _ ("A part before the first sound one is damaged (at byte %" G_GUINT64_FORMAT ")"),
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
  firmware = firmware_new (kind);
  firmware->file = g_bytes_ref (file);
  firmware->size = g_bytes_get_size (file);
  judge_start (firmware, chain);
  walk_chain (firmware, chain);
  find_chip (firmware);
  read_prefix (firmware, chain);
  judge_duplicates (firmware);
  describe (firmware);
  note_early_signature (firmware);
  return g_steal_pointer (&firmware);
}

/**
 * smith_image_name_parse:
 * @name: a file name
 *
 * Reads "NN-XXXXXXXX-name": two digits of order, eight hex digits of the
 * partition's id.
 *
 * Returns: whether @name is of that form
 */
gboolean
smith_image_name_parse (const char *name, guint *index, guint32 *id)
{
  g_autofree char *hex = NULL;

  if (strlen (name) < 12 || !g_ascii_isdigit (name[0]) || !g_ascii_isdigit (name[1])
      || name[2] != '-' || name[11] != '-')
    return FALSE;
  for (guint i = 3; i < 11; i++)
    if (!g_ascii_isxdigit (name[i]))
      return FALSE;
  hex = g_strndup (name + 3, 8);
  *index = (guint) ((name[0] - '0') * 10 + (name[1] - '0'));
  *id = (guint32) g_ascii_strtoull (hex, NULL, 16);
  return TRUE;
}

static gboolean
judge_image (const SmithImage *image, guint expected, guint32 *id, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (image->data, &size);
  guint index = 0;

  if (!smith_image_name_parse (image->name, &index, id))
    g_set_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE,
                 _ ("“%s” is not named as a partition image is (such as 00-00110000-Fastboot.bin)"),
                 image->name);
  else if (index != expected)
    g_set_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE,
                 _ ("The images are not numbered without a gap: number %02u is missing or doubled"),
                 expected);
  else if (size == 0)
    g_set_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE, _ ("The image “%s” is empty"),
                 image->name);
  else if (size > SMITH_EXPANDED_MAX)
    g_set_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE,
                 _ ("The image “%s” is larger than any partition"), image->name);
  else if (size >= 4 && smith_get_u32_le (data) == SMITH_HEADER_MAGIC)
    g_set_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE,
                 _ ("“%s” still has its firmware header. A folder holds bare images: take the "
                    "firmware file as a whole, or extract it again."),
                 image->name);
  else
    return TRUE;
  return FALSE;
}

static void
add_image (SmithFirmware *firmware, const SmithImage *image, guint32 id)
{
  SmithPartition *partition = g_new0 (SmithPartition, 1);

  partition->index = firmware->partitions->len;
  partition->id = id;
  smith_partition_id_name (id, partition->name);
  partition->data = g_bytes_ref (image->data);
  partition->stored = g_bytes_get_size (image->data);
  partition->expanded = partition->stored;
  partition->expanded_known = TRUE;
  partition->header_ok = TRUE;
  partition->data_ok = SMITH_CHECK_GOOD;
  g_ptr_array_add (firmware->partitions, partition);
  firmware->size += partition->stored;
}

/**
 * smith_firmware_from_images:
 * @images: (array length=n_images): in the order of their names
 *
 * Makes a package from a folder of raw images named "NN-XXXXXXXX-name". The
 * images' bytes are kept by reference. Any thread.
 *
 * Returns: (transfer full): the firmware, or NULL with SMITH_ERROR_BAD_FILE
 */
SmithFirmware *
smith_firmware_from_images (const SmithImage *images, guint n_images, GError **error)
{
  g_autoptr (SmithFirmware) firmware = firmware_new (SMITH_FIRMWARE_FOLDER);
  static const SmithContent bits[] = {
    [SMITH_ROLE_FIRMWARE] = SMITH_CONTENT_FIRMWARE,
    [SMITH_ROLE_ISO] = SMITH_CONTENT_ISO,
    [SMITH_ROLE_WEBUI] = SMITH_CONTENT_WEBUI,
  };

  if (n_images == 0 || n_images > SMITH_FIRMWARE_PARTITIONS_MAX)
    {
      g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE,
                           n_images == 0 ? _ ("The folder holds no partition images")
                                         : _ ("The folder holds more images than any stick"));
      return NULL;
    }
  for (guint i = 0; i < n_images; i++)
    {
      guint32 id;

      if (!judge_image (&images[i], i, &id, error))
        return NULL;
      add_image (firmware, &images[i], id);
      firmware->content |= bits[smith_partition_id_role (id)];
    }
  if (firmware->size > SMITH_FIRMWARE_EXPANDED_MAX)
    smith_firmware_add_problem (firmware, _ ("The images are larger than any stick"));
  find_chip (firmware);
  judge_duplicates (firmware);
  describe (firmware);
  note_early_signature (firmware);
  firmware->signed_flag = firmware->signature != NULL;
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
