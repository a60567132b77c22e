/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firmware-private.h"

#include <glib/gi18n.h>

#include "bytes.h"
#include "error.h"

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
  g_autofree char *name = g_utf8_make_valid (image->name, -1);

  if (!smith_image_name_parse (image->name, &index, id))
    g_set_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE,
                 _ ("“%s” is not named as a partition image is (such as 00-00110000-Fastboot.bin)"),
                 name);
  else if (index != expected)
    g_set_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE,
                 _ ("The images are not numbered without a gap: number %02u is missing or doubled"),
                 expected);
  else if (size == 0)
    g_set_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE, _ ("The image “%s” is empty"), name);
  else if (size > SMITH_EXPANDED_MAX)
    g_set_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE,
                 _ ("The image “%s” is larger than any partition"), name);
  else if (size >= 4 && smith_get_u32_le (data) == SMITH_HEADER_MAGIC)
    g_set_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE,
                 _ ("“%s” still has its firmware header. A folder holds bare images: take the "
                    "firmware file as a whole, or extract it again."),
                 name);
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
  g_autoptr (SmithFirmware) firmware = smith_firmware_new (SMITH_FIRMWARE_FOLDER);
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
  smith_firmware_find_chip (firmware);
  smith_firmware_judge_duplicates (firmware);
  smith_firmware_describe (firmware);
  smith_firmware_note_early_signature (firmware);
  firmware->signed_flag = firmware->signature != NULL;
  return g_steal_pointer (&firmware);
}
