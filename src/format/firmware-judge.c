/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firmware-private.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

#include "program.h"

#define DOWNLOAD_ID_MAX 0x0F

/* The partition table of a Qualcomm stick's package has this very size. */
#define QUALCOMM_TABLE_ID 0x00010000u
#define QUALCOMM_TABLE_SIZE 0x1D0

/* No part is so small, and nothing that stands behind a package so large. */
#define REST_MAX 65536

void
smith_firmware_judge_duplicates (SmithFirmware *firmware)
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

/* Where the last part ends; 0 if it is not complete. */
static guint64
find_end (SmithFirmware *firmware)
{
  SmithPartition *last = g_ptr_array_index (firmware->partitions, firmware->partitions->len - 1);

  if (last->checksums == NULL)
    return 0;
  return last->offset + SMITH_HEADER_SIZE + g_bytes_get_size (last->checksums) + last->stored;
}

/* A resource that is the package and nothing else says how long the package is. */
static void
judge_rest_of_resource (SmithFirmware *firmware, const SmithProgram *program, guint64 chain)
{
  guint64 end = program->resource + program->resource_size;
  guint64 end_of_chain = find_end (firmware);

  if (program->resource_size == 0 || program->resource + SMITH_FIRMWARE_PREFIX_SIZE != chain
      || end_of_chain == 0 || end <= end_of_chain + 3)
    return;
  /* What a Balong package must hold it says itself. */
  if (firmware->chip == SMITH_CHIP_QUALCOMM && end - end_of_chain > REST_MAX)
    smith_firmware_add_problem (
        firmware,
        _ ("The file is not complete: the program says that its firmware has %" PRIu64
           " bytes, but the parts end after %" PRIu64 ". Download it again."),
        program->resource_size, end_of_chain - program->resource);
  else
    smith_firmware_add_warning (firmware,
                                _ ("%" PRIu64 " bytes behind the last part belong to nothing"),
                                end - end_of_chain);
}

/**
 * smith_firmware_judge_program:
 * @chain: where the first part's header stands
 *
 * A chain that was cut between two parts is sound in itself; a Windows program
 * around it tells, since its headers say how long it was.
 */
void
smith_firmware_judge_program (SmithFirmware *firmware, guint64 chain)
{
  const guint8 *file = g_bytes_get_data (firmware->file, NULL);
  SmithProgram program;

  if (firmware->kind != SMITH_FIRMWARE_UPDATER || firmware->problems->len > 0
      || !smith_program_read (file, (gsize) firmware->size, chain, &program))
    return;
  if (MAX (program.needed, program.resource + program.resource_size) > firmware->size)
    smith_firmware_add_problem (firmware,
                                _ ("The file is cut short: %" PRIu64 " bytes of the program are "
                                   "missing. Download it again."),
                                MAX (program.needed, program.resource + program.resource_size)
                                    - firmware->size);
  else
    judge_rest_of_resource (firmware, &program, chain);
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
void
smith_firmware_judge_content (SmithFirmware *firmware)
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

void
smith_firmware_find_chip (SmithFirmware *firmware)
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
void
smith_firmware_name_sections (SmithFirmware *firmware)
{
  for (guint i = 0; i < firmware->partitions->len; i++)
    {
      SmithPartition *partition = g_ptr_array_index (firmware->partitions, i);

      g_snprintf (partition->name, sizeof partition->name, "Section_%02X", partition->id >> 16);
    }
}

void
smith_firmware_describe (SmithFirmware *firmware)
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

void
smith_firmware_note_early_signature (SmithFirmware *firmware)
{
  for (guint i = 0; i < MIN (firmware->partitions->len, 2) && firmware->signature == NULL; i++)
    {
      SmithPartition *partition = g_ptr_array_index (firmware->partitions, i);
      gsize size;
      const guint8 *data = g_bytes_get_data (partition->data, &size);
      gsize tail = MIN (size, SMITH_SIGNATURE_MAX);

      if (partition->compression == SMITH_COMPRESSION_NONE)
        firmware->signature = smith_signature_find (data + size - tail, tail, firmware->content);
    }
}
