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

/* Where a partition goes in the end, and under what name until all are there.
 * Some of them alone would pass for a complete folder. */
static GFile *
final_file (GFile *folder, const SmithPartition *partition)
{
  g_autofree char *name = smith_partition_file_name (partition);

  return g_file_get_child (folder, name);
}

static GFile *
part_file (GFile *folder, const SmithPartition *partition)
{
  g_autofree char *name = smith_partition_file_name (partition);
  g_autofree char *part = g_strconcat (".part-", name, NULL);

  return g_file_get_child (folder, part);
}

static gboolean
save (Cli *cli, const SmithPartition *partition, GFile *folder, GError **error)
{
  g_autoptr (GFile) file = part_file (folder, partition);
  g_autoptr (GFile) final = final_file (folder, partition);
  g_autoptr (GFileOutputStream) out = NULL;

  if (g_file_query_exists (final, NULL))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS, _ ("“%s” exists already"),
                   g_file_peek_path (final));
      return FALSE;
    }
  out = g_file_replace (file, NULL, FALSE, G_FILE_CREATE_NONE, cli->cancellable, error);
  return out != NULL && copy_out (cli, partition, G_OUTPUT_STREAM (out), error);
}

static void
remove_parts (SmithItem *item, GFile *folder)
{
  for (guint i = 0; i < item->firmware->partitions->len; i++)
    {
      g_autoptr (GFile) file
          = part_file (folder, g_ptr_array_index (item->firmware->partitions, i));

      g_file_delete (file, NULL, NULL);
    }
}

/* From the last to the first: without number 00 a folder is none. Nothing is
 * overwritten. */
static gboolean
give_names (SmithItem *item, GFile *folder, GError **error)
{
  for (guint i = item->firmware->partitions->len; i > 0; i--)
    {
      SmithPartition *partition = g_ptr_array_index (item->firmware->partitions, i - 1);
      g_autoptr (GFile) file = part_file (folder, partition);
      g_autoptr (GFile) final = final_file (folder, partition);

      if (!g_file_move (file, final, G_FILE_COPY_NONE, NULL, NULL, NULL, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
save_all (Cli *cli, SmithItem *item, GFile *folder, GError **error)
{
  for (guint i = 0; i < item->firmware->partitions->len; i++)
    {
      SmithPartition *partition = g_ptr_array_index (item->firmware->partitions, i);

      if (!save (cli, partition, folder, error))
        return FALSE;
      cli_say (cli, "%02u  %08X  %s", partition->index, partition->id, partition->name);
    }
  return smith_item_check_unchanged (item, error) && give_names (item, folder, error);
}

static gboolean
extract (Cli *cli, SmithItem *item, const char *path, GError **error)
{
  g_autoptr (GFile) folder = g_file_new_for_commandline_arg (path);
  g_autoptr (GError) local = NULL;
  gboolean made = g_file_make_directory_with_parents (folder, cli->cancellable, &local);

  if (!made && !g_error_matches (local, G_IO_ERROR, G_IO_ERROR_EXISTS))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (save_all (cli, item, folder, error))
    return TRUE;
  remove_parts (item, folder);
  if (made)
    g_file_delete (folder, NULL, NULL);
  return FALSE;
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
    return cli_fail_as (cli, error, CLI_FAILED);
  if (cli->json)
    report (cli, item);
  return CLI_DONE;
}
