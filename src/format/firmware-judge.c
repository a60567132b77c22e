/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firmware-private.h"

#include <glib/gi18n.h>
#include <string.h>

#define DOWNLOAD_ID_MAX 0x0F

/* The partition table of a Qualcomm stick's package has this very size. */
#define QUALCOMM_TABLE_ID 0x00010000u
#define QUALCOMM_TABLE_SIZE 0x1D0

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
