/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli.h"

#include <glib/gi18n.h>

#include "format/error.h"

#define CHUNK (256 * 1024)

static gboolean
copy_out (Cli *cli, const SmithPartition *partition, GOutputStream *out, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (partition->data, &size);
  g_autoptr (SmithExpander) expander = smith_expander_new (partition->compression, data, size);
  g_autofree guint8 *buffer = g_malloc (CHUNK);
  gssize n;

  while ((n = smith_expander_read (expander, buffer, CHUNK, error)) > 0)
    if (!g_output_stream_write_all (out, buffer, (gsize) n, NULL, cli->cancellable, error))
      return FALSE;
  return n == 0 && g_output_stream_close (out, cli->cancellable, error);
}

/* Nothing is overwritten; a file that could not be completed is removed. */
static gboolean
save (Cli *cli, const SmithPartition *partition, GFile *folder, GError **error)
{
  g_autofree char *name = smith_partition_file_name (partition);
  g_autoptr (GFile) file = g_file_get_child (folder, name);
  g_autoptr (GFileOutputStream) out
      = g_file_create (file, G_FILE_CREATE_NONE, cli->cancellable, error);

  if (out == NULL)
    return FALSE;
  if (!copy_out (cli, partition, G_OUTPUT_STREAM (out), error))
    {
      g_file_delete (file, NULL, NULL);
      return FALSE;
    }
  cli_say (cli, "%s", name);
  return TRUE;
}

static gboolean
extract (Cli *cli, SmithItem *item, const char *path, GError **error)
{
  g_autoptr (GFile) folder = g_file_new_for_commandline_arg (path);
  g_autoptr (GError) local = NULL;

  if (!g_file_make_directory_with_parents (folder, cli->cancellable, &local)
      && !g_error_matches (local, G_IO_ERROR, G_IO_ERROR_EXISTS))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  for (guint i = 0; i < item->firmware->partitions->len; i++)
    if (!save (cli, g_ptr_array_index (item->firmware->partitions, i), folder, error))
      return FALSE;
  return smith_item_check_unchanged (item, error);
}

/* One object with what was written, for scripts. */
static void
report (Cli *cli, SmithItem *item)
{
  g_autoptr (JsonBuilder) builder = cli_result_begin ("done");

  json_builder_set_member_name (builder, "files");
  json_builder_begin_array (builder);
  for (guint i = 0; i < item->firmware->partitions->len; i++)
    {
      SmithPartition *partition = g_ptr_array_index (item->firmware->partitions, i);
      g_autofree char *name = smith_partition_file_name (partition);

      json_builder_begin_object (builder);
      cli_add_string (builder, "file", name);
      cli_add_hex (builder, "id", partition->id);
      cli_add_int (builder, "bytes", (gint64) partition->expanded);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  cli_result_end (builder);
}

/**
 * cli_extract:
 *
 * Takes a firmware file apart into expanded images, which make a folder that
 * can be flashed again.
 */
CliStatus
cli_extract (Cli *cli, int argc, char *argv[])
{
  g_autoptr (SmithPackage) package = NULL;
  g_autoptr (GError) error = NULL;
  SmithItem *item = NULL;

  if (!cli_parse (cli, &argc, &argv, "extract FILE DIR",
                  _ ("Takes a firmware file apart: each partition, expanded, to "
                     "NN-XXXXXXXX-name.bin in a folder."),
                  CLI_TAKES_JSON | CLI_TAKES_ENTRY, NULL, 2, 2))
    return CLI_USAGE;
  package = smith_package_open (argv[1], cli->cancellable, &error);
  if (package != NULL)
    item = smith_package_pick (package, SMITH_WANT_FIRMWARE, cli->entry, &error);
  if (item == NULL || !smith_item_verify (item, NULL, NULL, cli->cancellable, &error)
      || !smith_item_may_write (item, &error) || !extract (cli, item, argv[2], &error))
    {
      cli_fail (cli, error, FALSE);
      return CLI_FAILED;
    }
  if (cli->json)
    report (cli, item);
  return CLI_DONE;
}
