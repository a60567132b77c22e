/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli.h"

#include <glib/gi18n.h>

#include <stdio.h>

#include "table.h"

static void
add_strings (JsonBuilder *builder, const char *name, GPtrArray *strings)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (guint i = 0; i < strings->len; i++)
    json_builder_add_string_value (builder, g_ptr_array_index (strings, i));
  json_builder_end_array (builder);
}

static void
add_content (JsonBuilder *builder, guint content)
{
  json_builder_set_member_name (builder, "content");
  json_builder_begin_array (builder);
  if (content & SMITH_CONTENT_FIRMWARE)
    json_builder_add_string_value (builder, "firmware");
  if (content & SMITH_CONTENT_ISO)
    json_builder_add_string_value (builder, "iso");
  if (content & SMITH_CONTENT_WEBUI)
    json_builder_add_string_value (builder, "webui");
  json_builder_end_array (builder);
}

static void
add_partition (JsonBuilder *builder, const SmithPartition *partition)
{
  json_builder_begin_object (builder);
  cli_add_int (builder, "index", partition->index);
  cli_add_hex (builder, "id", partition->id);
  cli_add_string (builder, "name", partition->name);
  cli_add_int (builder, "offset", (gint64) partition->offset);
  cli_add_int (builder, "stored", (gint64) partition->stored);
  if (partition->expanded_known)
    cli_add_int (builder, "expanded", (gint64) partition->expanded);
  else
    cli_add_string (builder, "expanded", NULL);
  cli_add_string (builder, "compression", smith_compression_name (partition->compression));
  cli_add_bool (builder, "header_ok", partition->header_ok);
  cli_add_bool (builder, "data_ok", partition->data_ok == SMITH_CHECK_GOOD);
  json_builder_end_object (builder);
}

static void
add_signature (JsonBuilder *builder, const SmithSignature *signature)
{
  if (signature == NULL)
    {
      cli_add_string (builder, "signature", NULL);
      return;
    }
  json_builder_set_member_name (builder, "signature");
  json_builder_begin_object (builder);
  cli_add_int (builder, "type", signature->type);
  cli_add_int (builder, "size", signature->size);
  cli_add_string (builder, "key_sha256", signature->key_sha256);
  json_builder_end_object (builder);
}

/* Of a folder there is none that anybody could compare it with. */
static const char *
file_digest (const SmithFirmware *firmware)
{
  return firmware->kind == SMITH_FIRMWARE_FOLDER ? NULL : firmware->sha256;
}

static void
describe_firmware (JsonBuilder *builder, SmithFirmware *firmware)
{
  cli_add_string (builder, "kind", smith_firmware_kind_name (firmware->kind));
  cli_add_int (builder, "size", (gint64) firmware->size);
  cli_add_string (builder, "sha256", file_digest (firmware));
  if (firmware->has_prefix)
    cli_add_int (builder, "download_id", firmware->download_id);
  else
    cli_add_string (builder, "download_id", NULL);
  add_content (builder, firmware->content);
  cli_add_bool (builder, "signed", firmware->signed_flag);
  cli_add_string (builder, "version", firmware->version);
  cli_add_string (builder, "platform", firmware->platform);
  cli_add_string (builder, "product", firmware->product);
  cli_add_string (builder, "chip", smith_chip_name (firmware->chip));
  cli_add_string (builder, "built", firmware->built);
  json_builder_set_member_name (builder, "partitions");
  json_builder_begin_array (builder);
  for (guint i = 0; i < firmware->partitions->len; i++)
    add_partition (builder, g_ptr_array_index (firmware->partitions, i));
  json_builder_end_array (builder);
  add_signature (builder, firmware->signature);
  cli_add_bool (builder, "ok", smith_firmware_is_good (firmware));
  add_strings (builder, "problems", firmware->problems);
  add_strings (builder, "warnings", firmware->warnings);
}

static void
add_components (JsonBuilder *builder, const SmithLoader *loader)
{
  json_builder_set_member_name (builder, "components");
  json_builder_begin_array (builder);
  for (guint i = 0; i < loader->n_components; i++)
    {
      const SmithLoaderComponent *component = &loader->components[i];

      json_builder_begin_object (builder);
      cli_add_int (builder, "mode", component->mode);
      cli_add_int (builder, "address", component->address);
      cli_add_int (builder, "size", component->size);
      cli_add_int (builder, "offset", component->offset);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_table (JsonBuilder *builder, const SmithPtable *table)
{
  json_builder_set_member_name (builder, "table");
  json_builder_begin_array (builder);
  for (guint i = 0; table != NULL && i < table->n_entries; i++)
    {
      const SmithPtableEntry *entry = &table->entries[i];

      json_builder_begin_object (builder);
      cli_add_string (builder, "name", entry->name);
      cli_add_int (builder, "start", entry->start);
      cli_add_int (builder, "length", entry->length);
      cli_add_int (builder, "load_size", entry->load_size);
      cli_add_int (builder, "load_address", entry->load_address);
      cli_add_int (builder, "entry", entry->entry);
      cli_add_int (builder, "type", entry->type);
      cli_add_int (builder, "properties", entry->properties);
      cli_add_int (builder, "count", entry->count);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
describe_loader (JsonBuilder *builder, const SmithLoader *loader)
{
  cli_add_string (builder, "kind", "loader");
  cli_add_int (builder, "size", (gint64) loader->size);
  cli_add_string (builder, "sha256", loader->sha256);
  add_components (builder, loader);
  cli_add_string (builder, "product", loader->product);
  cli_add_string (builder, "table_version", loader->table != NULL ? loader->table->version : NULL);
  add_table (builder, loader->table);
  json_builder_set_member_name (builder, "erase_guard");
  json_builder_begin_object (builder);
  cli_add_string (builder, "routine", loader->erase_routine);
  cli_add_string (builder, "state", smith_guard_state_name (loader->guard_state));
  cli_add_string (builder, "known_file", loader->known_file);
  json_builder_end_object (builder);
  cli_add_bool (builder, "ok", loader->guard_state != SMITH_GUARD_UNSAFE);
}

/**
 * cli_describe_item:
 * @item: verified
 *
 * Returns: (transfer full): one object that tells all about it
 */
JsonNode *
cli_describe_item (const SmithItem *item)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  cli_add_string (builder, "name", item->name);
  if (item->firmware != NULL)
    describe_firmware (builder, item->firmware);
  else
    describe_loader (builder, item->loader);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

/* Returns: (transfer full) */
static char *
list_content (const SmithFirmware *firmware)
{
  g_autofree char *list
      = g_strconcat (firmware->content & SMITH_CONTENT_FIRMWARE ? _ (" firmware") : "",
                     firmware->content & SMITH_CONTENT_ISO ? _ (" CD-image") : "",
                     firmware->content & SMITH_CONTENT_WEBUI ? _ (" web-interface") : "", NULL);

  return g_strdup (g_strchug (list));
}

static void
print_facts (const SmithFirmware *firmware)
{
  g_autoptr (CliTable) facts = cli_table_new ("ll");
  g_autofree char *size = g_format_size (firmware->size);
  g_autofree char *content = list_content (firmware);

  cli_table_add_fact (facts, _ ("version"), firmware->version);
  cli_table_add_fact (facts, _ ("platform"), firmware->platform);
  cli_table_add_fact (facts, _ ("product"), firmware->product);
  cli_table_add_fact (facts, _ ("chip"), smith_chip_name (firmware->chip));
  cli_table_add_fact (facts, _ ("built"), firmware->built);
  cli_table_add_fact (facts, _ ("size"), size);
  cli_table_add_fact (facts, "SHA-256", file_digest (firmware));
  cli_table_add_fact (facts, _ ("content"), content);
  cli_table_add_fact (facts, _ ("signed"), firmware->signed_flag ? _ ("yes") : _ ("no"));
  cli_table_print (facts);
}

static void
add_row (CliTable *table, const SmithPartition *partition)
{
  g_autofree char *index = g_strdup_printf ("%02u", partition->index);
  g_autofree char *id = g_strdup_printf ("%08X", partition->id);
  g_autofree char *offset = g_strdup_printf ("%" G_GUINT64_FORMAT, partition->offset);
  g_autofree char *stored = g_strdup_printf ("%" G_GSIZE_FORMAT, partition->stored);
  g_autofree char *expanded = partition->expanded_known
                                  ? g_strdup_printf ("%" G_GUINT64_FORMAT, partition->expanded)
                                  : g_strdup ("?");
  gboolean good = partition->header_ok && partition->data_ok == SMITH_CHECK_GOOD;

  cli_table_add (table, index, id, partition->name, offset, stored, expanded,
                 smith_compression_name (partition->compression), good ? _ ("good") : _ ("DAMAGED"),
                 NULL);
}

static void
print_firmware (SmithFirmware *firmware)
{
  g_autoptr (CliTable) table = cli_table_new ("rllrrrll");

  print_facts (firmware);
  cli_table_add (table, "#", _ ("id"), _ ("name"), _ ("offset"), _ ("stored"), _ ("expanded"),
                 _ ("packed"), _ ("checked"), NULL);
  for (guint i = 0; i < firmware->partitions->len; i++)
    add_row (table, g_ptr_array_index (firmware->partitions, i));
  putchar ('\n');
  cli_table_print (table);
  for (guint i = 0; i < firmware->warnings->len; i++)
    printf ("\n%s: %s\n", _ ("Note"), (char *) g_ptr_array_index (firmware->warnings, i));
  for (guint i = 0; i < firmware->problems->len; i++)
    printf ("\n%s: %s\n", _ ("Problem"), (char *) g_ptr_array_index (firmware->problems, i));
}

/* What the erase guard found, for a person. */
const char *
cli_describe_guard (const SmithLoader *loader)
{
  switch (loader->guard_state)
    {
    case SMITH_GUARD_SAFE:
      return _ ("safe: the routine that erases everything had been disarmed already");
    case SMITH_GUARD_MADE_SAFE:
      return loader->known_file != NULL
                 ? _ ("a known safe loader; its erase call is replaced all the same before it is "
                      "sent")
                 : _ ("made safe: the call that erases everything is replaced before it is sent");
    case SMITH_GUARD_KNOWN_SAFE:
      return _ ("a known safe loader");
    case SMITH_GUARD_UNSAFE:
    default:
      return _ ("UNSAFE: it cannot be told whether it erases everything; it is refused");
    }
}

static void
add_part (CliTable *facts, const SmithLoaderComponent *component, guint index)
{
  /* Translators: a loader has several parts; %u is the number of one of them */
  g_autofree char *title = g_strdup_printf (_ ("part %u"), index);
  g_autofree char *text
      = g_strdup_printf (_ ("mode %u, %u bytes at 0x%08X, from byte %u of the file"),
                         component->mode, component->size, component->address, component->offset);

  cli_table_add_fact (facts, title, text);
}

static void
print_table (const SmithPtable *ptable)
{
  g_autoptr (CliTable) table = cli_table_new ("lrrl");
  g_autofree char *units = g_strdup_printf ("(%s, %s)", _ ("blocks of 128 KiB"), _ ("hexadecimal"));

  cli_table_add (table, ptable->version, _ ("start"), _ ("length"), units, NULL);
  for (guint i = 0; i < ptable->n_entries; i++)
    {
      const SmithPtableEntry *entry = &ptable->entries[i];
      g_autofree char *start = g_strdup_printf ("%x", entry->start / SMITH_NAND_BLOCK);
      g_autofree char *length = g_strdup_printf ("%x", entry->length / SMITH_NAND_BLOCK);

      cli_table_add (table, entry->name, start, length, NULL);
    }
  putchar ('\n');
  cli_table_print (table);
}

static void
print_loader (const SmithLoader *loader)
{
  g_autoptr (CliTable) facts = cli_table_new ("ll");

  cli_table_add_fact (facts, _ ("product"), loader->product);
  cli_table_add_fact (facts, _ ("known as"), loader->known_file);
  cli_table_add_fact (facts, "SHA-256", loader->sha256);
  cli_table_add_fact (facts, _ ("erase guard"), cli_describe_guard (loader));
  cli_table_add_fact (facts, _ ("routine"), loader->erase_routine);
  for (guint i = 0; i < loader->n_components; i++)
    add_part (facts, &loader->components[i], i);
  cli_table_print (facts);
  if (loader->table != NULL)
    print_table (loader->table);
}

/**
 * cli_print_item:
 * @item: verified
 *
 * Tells all about it on standard output, for a person.
 */
void
cli_print_item (const SmithItem *item)
{
  printf ("%s: %s\n", item->name,
          item->loader != NULL                             ? _ ("a loader")
          : item->firmware->kind == SMITH_FIRMWARE_UPDATER ? _ ("firmware in an updater")
          : item->firmware->kind == SMITH_FIRMWARE_FOLDER  ? _ ("a folder of images")
                                                           : _ ("firmware"));
  if (item->loader != NULL)
    print_loader (item->loader);
  else
    print_firmware (item->firmware);
}
