/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli.h"

#include <glib/gi18n.h>

#include <stdio.h>

static gboolean
is_good (SmithItem *item)
{
  if (item->loader != NULL)
    return item->loader->guard_state != SMITH_GUARD_UNSAFE;
  return smith_firmware_is_good (item->firmware);
}

/* An archive with several usable things: all of them, since none was chosen. */
static void
print_archive (Cli *cli, SmithPackage *package)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  if (!cli->json)
    {
      printf (_ ("%s: an archive; usable in it:\n\n"), package->path);
      for (guint i = 0; i < package->items->len; i++)
        {
          cli_print_item (g_ptr_array_index (package->items, i));
          putchar ('\n');
        }
      return;
    }
  json_builder_begin_object (builder);
  cli_add_string (builder, "kind", "archive");
  json_builder_set_member_name (builder, "entries");
  json_builder_begin_array (builder);
  for (guint i = 0; i < package->items->len; i++)
    json_builder_add_value (builder, cli_describe_item (g_ptr_array_index (package->items, i)));
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  cli_print_json (root);
}

static void
print_one (Cli *cli, SmithItem *item)
{
  g_autoptr (JsonNode) node = NULL;

  if (!cli->json)
    {
      cli_print_item (item);
      return;
    }
  node = cli_describe_item (item);
  cli_print_json (node);
}

static gboolean
verify_all (Cli *cli, SmithPackage *package, gboolean *good, GError **error)
{
  *good = TRUE;
  for (guint i = 0; i < package->items->len; i++)
    {
      SmithItem *item = g_ptr_array_index (package->items, i);

      if (package->is_archive && cli->entry != NULL && !g_str_equal (item->name, cli->entry))
        continue;
      if (!smith_item_verify (item, NULL, NULL, cli->cancellable, error)
          || !smith_item_check_unchanged (item, error))
        return FALSE;
      *good = *good && is_good (item);
    }
  return TRUE;
}

/**
 * cli_inspect:
 *
 * What a firmware, updater, folder, loader or archive is. Exit 0 only for a
 * good one.
 */
CliStatus
cli_inspect (Cli *cli, int argc, char *argv[])
{
  g_autoptr (SmithPackage) package = NULL;
  g_autoptr (GError) error = NULL;
  SmithItem *item;
  gboolean good;

  if (!cli_parse (cli, &argc, &argv, "inspect FILE",
                  _ ("Tells what a firmware file, an updater, a folder of images, a loader or an "
                     "archive with such in it is."),
                  CLI_TAKES_JSON | CLI_TAKES_ENTRY, NULL, 1, 1))
    return CLI_USAGE;
  package = smith_package_open (argv[1], cli->cancellable, &error);
  if (package == NULL || !verify_all (cli, package, &good, &error))
    return cli_fail_as (cli, error, CLI_FAILED);
  if (cli->entry == NULL && package->items->len > 1)
    {
      print_archive (cli, package);
      return good ? CLI_DONE : CLI_FAILED;
    }
  item = smith_package_pick (package, SMITH_WANT_ANY, cli->entry, &error);
  if (item == NULL)
    return cli_fail_as (cli, error, CLI_FAILED);
  print_one (cli, item);
  return good ? CLI_DONE : CLI_FAILED;
}
