/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "helper.h"

#include "format/bytes.h"
#include "format/crc.h"
#include "format/error.h"
#include "simulator/fixture.h"

/* The text of data/fixtures/@name.fixture. */
char *
helper_description (const char *name)
{
  g_autofree char *file = g_strconcat (name, ".fixture", NULL);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "fixtures", file, NULL);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

GKeyFile *
helper_keys (const char *name)
{
  g_autofree char *text = helper_description (name);
  g_autoptr (GError) error = NULL;
  GKeyFile *keys = g_key_file_new ();

  g_key_file_load_from_data (keys, text, -1, G_KEY_FILE_NONE, &error);
  g_assert_no_error (error);
  return keys;
}

GBytes *
helper_build (const char *description)
{
  g_autoptr (GError) error = NULL;
  GBytes *file = smith_fixture_build (description, &error);

  g_assert_no_error (error);
  g_assert_nonnull (file);
  return file;
}

GBytes *
helper_build_named (const char *name)
{
  g_autofree char *text = helper_description (name);

  return helper_build (text);
}

/* The file that the build made of data/fixtures/@name.fixture. */
GBytes *
helper_load_made (const char *name)
{
  g_autofree char *file = g_strconcat ("made-", name, NULL);
  g_autofree char *path = g_build_filename (g_getenv ("SMITH_FIXTURES"), file, NULL);
  g_autoptr (GError) error = NULL;
  char *content = NULL;
  gsize size = 0;

  g_file_get_contents (path, &content, &size, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (content, size);
}

GByteArray *
helper_copy (GBytes *bytes)
{
  GByteArray *copy = g_byte_array_new ();
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  g_byte_array_append (copy, data, (guint) size);
  return copy;
}

/* NULL where there is no chain; a firmware exactly if there is no error. */
SmithFirmware *
helper_parse (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) file = g_bytes_new_static (data, size);
  g_autoptr (GError) error = NULL;
  SmithFirmware *firmware = smith_firmware_parse (file, &error);

  if (firmware == NULL)
    g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE);
  else
    g_assert_no_error (error);
  return firmware;
}

/* Whether the file is good after every check. Threads are spared where it
 * cannot become good any more. */
gboolean
helper_is_good (const guint8 *data, gsize size)
{
  g_autoptr (SmithFirmware) firmware = helper_parse (data, size);

  if (firmware == NULL)
    return FALSE;
  for (guint i = 0; i < firmware->partitions->len && firmware->problems->len == 0; i++)
    if (!smith_partition_check_sums (g_ptr_array_index (firmware->partitions, i)))
      {
        g_assert_true (smith_firmware_check_sums (firmware, NULL, NULL));
        g_assert_cmpuint (firmware->problems->len, >, 0);
      }
  if (firmware->problems->len == 0)
    g_assert_true (smith_firmware_verify (firmware, NULL, NULL));
  return smith_firmware_is_good (firmware);
}

/* The offsets (gsize) of all sound headers. */
GArray *
helper_headers (const guint8 *data, gsize size)
{
  GArray *offsets = g_array_new (FALSE, FALSE, sizeof (gsize));

  for (gsize pos = 0; pos + HELPER_HEADER_SIZE <= size; pos++)
    {
      guint8 copy[HELPER_HEADER_SIZE];

      if (memcmp (data + pos, "\x55\xAA\x5A\xA5", 4) != 0)
        continue;
      memcpy (copy, data + pos, sizeof copy);
      helper_fix_header (copy);
      if (memcmp (copy, data + pos, sizeof copy) == 0)
        g_array_append_val (offsets, pos);
    }
  return offsets;
}

void
helper_fix_header (guint8 *header)
{
  smith_put_u16_le (header + 92, 0);
  smith_put_u16_le (header + 92, smith_crc_x25 (header, HELPER_HEADER_SIZE));
}

/* Makes the checksum table of the part at @header right, then the header. */
void
helper_fix_sums (guint8 *header)
{
  guint32 header_size = smith_get_u32_le (header + 4);
  guint32 size = smith_get_u32_le (header + 24);
  guint32 block = smith_get_u32_le (header + 94);
  guint8 *sum = header + HELPER_HEADER_SIZE;

  for (gsize pos = 0; pos < size; pos += block, sum += 2)
    smith_put_u16_le (sum, smith_crc_x25 (header + header_size + pos, MIN (block, size - pos)));
  helper_fix_header (header);
}

/* One of the problems must have @text in it. */
void
helper_assert_problem (SmithFirmware *firmware, const char *text)
{
  for (guint i = 0; i < firmware->problems->len; i++)
    if (strstr (g_ptr_array_index (firmware->problems, i), text) != NULL)
      {
        g_assert_false (smith_firmware_is_good (firmware));
        return;
      }
  for (guint i = 0; i < firmware->problems->len; i++)
    g_test_message ("%s", (const char *) g_ptr_array_index (firmware->problems, i));
  g_error ("no problem says “%s”", text);
}

GByteArray *
helper_expand (const SmithPartition *partition)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (partition->data, &size);
  g_autoptr (SmithExpander) expander = smith_expander_new (partition->compression, data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) out = g_byte_array_new ();
  guint8 buffer[16384];
  gssize n;

  while ((n = smith_expander_read (expander, buffer, sizeof buffer, &error)) > 0)
    g_byte_array_append (out, buffer, (guint) n);
  g_assert_no_error (error);
  g_assert_cmpint (n, ==, 0);
  g_assert_cmpuint (smith_expander_get_total (expander), ==, out->len);
  return g_steal_pointer (&out);
}

gsize
helper_nth_header (const GByteArray *file, guint n)
{
  g_autoptr (GArray) headers = helper_headers (file->data, file->len);

  g_assert_cmpuint (n, <, headers->len);
  return g_array_index (headers, gsize, n);
}

/* A file must not be good, and must say why. */
void
helper_assert_bad (const GByteArray *file, const char *problem)
{
  g_autoptr (SmithFirmware) firmware = helper_parse (file->data, file->len);

  g_assert_nonnull (firmware);
  g_assert_true (smith_firmware_verify (firmware, NULL, NULL));
  helper_assert_problem (firmware, problem);
}
