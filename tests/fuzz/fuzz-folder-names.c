/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include <string.h>

#include "format/firmware.h"

#define IMAGES_MAX 128

static void
check_name (const char *name)
{
  guint index = G_MAXUINT;
  guint32 id;

  if (smith_image_name_parse (name, &index, &id))
    g_assert_cmpuint (index, <, 100);
}

/* The name under which a partition is saved must lead back to it. */
static void
check_partition (const SmithPartition *partition, guint expected)
{
  g_autofree char *name = smith_partition_file_name (partition);
  guint index;
  guint32 id;

  g_assert_cmpuint (partition->index, ==, expected);
  g_assert_cmpuint (partition->expanded, >, 0);
  g_assert_true (smith_image_name_parse (name, &index, &id));
  g_assert_cmpuint (index, ==, partition->index);
  g_assert_cmpuint (id, ==, partition->id);
}

/* Lines, each a name, and its content behind an equals sign. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_auto (GStrv) lines = g_strsplit (text, "\n", IMAGES_MAX);
  guint n = g_strv_length (lines);
  g_autofree SmithImage *images = g_new0 (SmithImage, n + 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithFirmware) firmware = NULL;

  for (guint i = 0; i < n; i++)
    {
      char *equals = strchr (lines[i], '=');
      const char *content = equals != NULL ? equals + 1 : "";

      if (equals != NULL)
        *equals = '\0';
      check_name (lines[i]);
      images[i].name = lines[i];
      images[i].data = g_bytes_new (content, strlen (content));
    }
  firmware = smith_firmware_from_images (images, n, &error);
  g_assert_true ((firmware == NULL) == (error != NULL));
  if (firmware != NULL)
    {
      g_assert_cmpuint (firmware->partitions->len, ==, n);
      for (guint i = 0; i < n; i++)
        check_partition (g_ptr_array_index (firmware->partitions, i), i);
      g_assert_true (smith_firmware_verify (firmware, NULL, NULL));
      g_assert_true (smith_firmware_is_good (firmware) == (firmware->problems->len == 0));
    }
  for (guint i = 0; i < n; i++)
    g_bytes_unref (images[i].data);
  return 0;
}
