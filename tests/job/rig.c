/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rig.h"

#include <glib/gstdio.h>
#include <string.h>

#include "format/expander.h"
#include "link/deadline.h"
#include "simulator/fixture.h"

#define PATIENCE_US (60 * G_USEC_PER_SEC)

void
rig_start (Rig *rig, const SmithVirtualStickConfig *config, const char *faults)
{
  SmithVirtualStickConfig with_faults = *config;
  g_autoptr (GError) error = NULL;

  rig->bus = smith_virtual_bus_new ();
  rig->faults = smith_fault_script_parse (faults != NULL ? faults : "", &error);
  g_assert_no_error (error);
  with_faults.faults = rig->faults;
  rig->stick = smith_virtual_stick_new (rig->bus, &with_faults, NULL, NULL, &error);
  g_assert_no_error (error);
}

void
rig_start_plain (Rig *rig, SmithMode mode, const char *faults)
{
  const SmithVirtualStickConfig config = {
    .start = mode,
    .chip = SMITH_CHIP_V7R11,
    .product_id = "BV7R11HS",
    .version = RIG_VERSION_BEFORE,
    .restart_ms = 5,
  };

  rig_start (rig, &config, faults);
}

void
rig_clear (Rig *rig)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_US;

  if (rig->stick != NULL)
    g_assert_cmpuint (smith_virtual_stick_get_offences (rig->stick), ==, rig->offences);
  g_clear_pointer (&rig->stick, smith_virtual_stick_free);
  g_clear_pointer (&rig->faults, smith_fault_script_free);
  if (rig->bus == NULL)
    return;
  /* The worker lets go of a job that is over only after its end was told. */
  while (g_atomic_int_get (&G_OBJECT (rig->bus)->ref_count) > 1 && g_get_monotonic_time () < end)
    g_usleep (1000);
  g_assert_finalize_object (g_steal_pointer (&rig->bus));
}

/* The only port of the stick. */
SmithPort *
rig_open_port (Rig *rig)
{
  g_autoptr (SmithStick) stick = smith_bus_find (SMITH_BUS (rig->bus), "1-1");
  SmithStickPort *port;
  g_autoptr (GError) error = NULL;
  SmithPort *opened;

  g_assert_nonnull (stick);
  g_assert_cmpuint (stick->ports->len, ==, 1);
  port = g_ptr_array_index (stick->ports, 0);
  opened = smith_port_open (port->device, 0, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return opened;
}

static gboolean
has_mode (SmithStick *stick, gpointer user_data)
{
  return stick->mode == GPOINTER_TO_UINT (user_data);
}

void
rig_wait_for (Rig *rig, SmithMode mode)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithStick) stick
      = smith_bus_wait (SMITH_BUS (rig->bus), "1-1", has_mode, GUINT_TO_POINTER (mode),
                        smith_deadline_now () + PATIENCE_US, NULL, &error);

  g_assert_no_error (error);
}

/* In how many lines of what happened to the stick @text stands. */
guint
rig_count_log (Rig *rig, const char *text)
{
  g_autofree char *log = smith_virtual_stick_get_log (rig->stick);
  g_auto (GStrv) lines = g_strsplit (log, "\n", -1);
  guint n = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    n += strstr (lines[i], text) != NULL;
  return n;
}

/* Returns: whether what the stick holds is what @partition expands to */
gboolean
rig_is_same (const SmithWrittenPartition *written, const SmithPartition *partition)
{
  gsize stored;
  const guint8 *data = g_bytes_get_data (partition->data, &stored);
  g_autoptr (SmithExpander) expander
      = smith_expander_new (partition->compression, data, stored);
  const guint8 *got = g_bytes_get_data (written->data, NULL);
  gsize done = 0;
  guint8 piece[1000];
  gssize n;

  if (written->id != partition->id || g_bytes_get_size (written->data) != written->size)
    return FALSE;
  while ((n = smith_expander_read (expander, piece, sizeof piece, NULL)) > 0)
    {
      if (done + (gsize) n > written->size || memcmp (got + done, piece, (gsize) n) != 0)
        return FALSE;
      done += (gsize) n;
    }
  return n == 0 && done == written->size;
}

/**
 * rig_compare:
 *
 * Compares what the stick holds with the expanded partitions of all @items, in
 * their order.
 *
 * Returns: (nullable): what differs
 */
char *
rig_compare (Rig *rig, GPtrArray *items)
{
  g_autoptr (GPtrArray) written = smith_virtual_stick_get_written (rig->stick);
  guint n = 0;

  for (guint i = 0; i < items->len; i++)
    {
      SmithItem *item = g_ptr_array_index (items, i);

      for (guint p = 0; p < item->firmware->partitions->len; p++, n++)
        {
          if (n >= written->len)
            return g_strdup_printf ("only %u partitions were written", written->len);
          if (!rig_is_same (g_ptr_array_index (written, n),
                            g_ptr_array_index (item->firmware->partitions, p)))
            return g_strdup_printf ("partition %u of file %u differs", p, i);
        }
    }
  if (n != written->len)
    return g_strdup_printf ("%u partitions were written instead of %u", written->len, n);
  return NULL;
}

void
rig_expect_written (Rig *rig, GPtrArray *items)
{
  g_autofree char *difference = rig_compare (rig, items);

  g_assert_cmpstr (difference, ==, NULL);
}

void
rig_expect_nothing_written (Rig *rig)
{
  g_autoptr (GPtrArray) written = smith_virtual_stick_get_written (rig->stick);

  g_assert_cmpuint (written->len, ==, 0);
  g_assert_cmpuint (rig_count_log (rig, "\"partition-begun\""), ==, 0);
}

void
files_start (Files *files)
{
  g_autoptr (GError) error = NULL;

  files->dir = g_dir_make_tmp ("sticksmith-job-XXXXXX", &error);
  g_assert_no_error (error);
}

/* Folders of images have no folders in them. */
static void
empty_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        empty_folder (path);
      g_remove (path);
    }
}

void
files_clear (Files *files)
{
  if (files->dir != NULL)
    {
      empty_folder (files->dir);
      g_rmdir (files->dir);
    }
  g_clear_pointer (&files->dir, g_free);
}

/* Returns: (transfer full): the path of a file that was made */
char *
files_make (Files *files, const char *name, const char *description)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) content = smith_fixture_build (description, &error);
  char *path = g_build_filename (files->dir, name, NULL);

  g_assert_no_error (error);
  g_file_set_contents (path, g_bytes_get_data (content, NULL), g_bytes_get_size (content), &error);
  g_assert_no_error (error);
  return path;
}

/* Returns: (transfer full): the path of a folder of images, in place of what was in it */
char *
files_make_folder (Files *files, const char *name, const char *description)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) images = smith_fixture_build_folder (description, &error);
  char *path = g_build_filename (files->dir, name, NULL);
  GHashTableIter iter;
  gpointer image;
  gpointer content;

  g_assert_no_error (error);
  g_mkdir_with_parents (path, 0700);
  empty_folder (path);
  g_hash_table_iter_init (&iter, images);
  while (g_hash_table_iter_next (&iter, &image, &content))
    {
      g_autofree char *file = g_build_filename (path, image, NULL);

      g_file_set_contents (file, g_bytes_get_data (content, NULL),
                           (gssize) g_bytes_get_size (content), &error);
      g_assert_no_error (error);
    }
  return path;
}

char *
tiny_description (const char *version, guint signature_size)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "fixtures",
                                                 "tiny.fixture", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GString) made = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  made = g_string_new (text);
  g_assert_cmpuint (g_string_replace (made, "22.1.1.1.1", version, 0), ==, 2);
  if (signature_size > 0)
    {
      g_autofree char *line = g_strdup_printf ("block-size=256\nsignature-size=%u",
                                               signature_size);

      g_assert_cmpuint (g_string_replace (made, "block-size=256", line, 0), ==, 1);
    }
  return g_string_free (g_steal_pointer (&made), FALSE);
}

/* Returns: (transfer full): what is in a file, verified */
SmithItem *
item_open (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithPackage) package = smith_package_open (path, NULL, &error);
  SmithItem *item;

  g_assert_no_error (error);
  item = smith_package_pick (package, SMITH_WANT_ANY, NULL, &error);
  g_assert_no_error (error);
  smith_item_verify (item, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  if (item->firmware != NULL)
    smith_item_may_write (item, &error);
  g_assert_no_error (error);
  return smith_item_ref (item);
}

/* Returns: (transfer full): the items, each of which is (transfer full) */
GPtrArray *
items_new (SmithItem *first, ...)
{
  GPtrArray *items = g_ptr_array_new_with_free_func ((GDestroyNotify) smith_item_unref);
  va_list more;

  va_start (more, first);
  for (SmithItem *item = first; item != NULL; item = va_arg (more, SmithItem *))
    g_ptr_array_add (items, item);
  va_end (more);
  return items;
}
