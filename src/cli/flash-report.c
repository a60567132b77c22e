/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "flash-report.h"

#include <glib/gi18n.h>

#include <stdio.h>

/* A terminal need not hear of every block. */
#define LIVE_INTERVAL_US 50000

void
cli_flash_progress (Cli *cli, guint64 done, guint64 total)
{
  static gint64 last = 0;
  gint64 now = g_get_monotonic_time ();

  if (now - last < LIVE_INTERVAL_US && done < total)
    return;
  last = now;
  cli_live (cli, _ ("Written: %.1f of %.1f MB (%u %%)"), (double) done / 1e6, (double) total / 1e6,
            (guint) (done * 100 / MAX (total, 1)));
}

/**
 * cli_flash_confirm:
 * @what: the question
 *
 * Tells the verdict and asks. --yes answers also where it is unsure.
 */
gboolean
cli_flash_confirm (Cli *cli, const SmithVerdict *verdict, const char *what)
{
  for (guint i = 0; i < verdict->reasons->len; i++)
    cli_say (cli, "%s", (const char *) g_ptr_array_index (verdict->reasons, i));
  if (verdict->kind == SMITH_VERDICT_UNSURE
      && !cli_ask (cli, _ ("It is not sure that this file fits the stick. Go on all the same?")))
    return FALSE;
  return cli_ask (cli, what);
}

/* Adds what was written to the object that a command ends with. */
void
cli_add_flash_report (JsonBuilder *builder, const SmithFlashReport *report)
{
  cli_add_string (builder, "product", report->product);
  cli_add_int (builder, "bytes", (gint64) report->bytes);
  json_builder_set_member_name (builder, "seconds");
  json_builder_add_double_value (builder, (double) report->duration / G_USEC_PER_SEC);
  json_builder_set_member_name (builder, "partitions");
  json_builder_begin_array (builder);
  for (guint i = 0; i < report->partitions->len; i++)
    {
      SmithFlashedPartition *done = &g_array_index (report->partitions, SmithFlashedPartition, i);

      json_builder_begin_object (builder);
      cli_add_hex (builder, "id", done->id);
      cli_add_string (builder, "name", done->name);
      cli_add_int (builder, "bytes", (gint64) done->bytes);
      cli_add_int (builder, "blocks", done->blocks);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

void
cli_say_flash_report (Cli *cli, const SmithFlashReport *report)
{
  cli_say (cli, _ ("%u parts, %.1f MB in %.1f s"), report->partitions->len,
           (double) report->bytes / 1e6, (double) report->duration / G_USEC_PER_SEC);
}

/* For a report: what is going to be written, whatever its files are called. */
void
cli_log_items (SmithLog *log, GPtrArray *items)
{
  for (guint i = 0; i < items->len; i++)
    {
      const SmithItem *item = g_ptr_array_index (items, i);
      const SmithFirmware *firmware = item->firmware;

      smith_log_add (log, SMITH_LOG_DETAIL, "file: %s, for %s, version %s, %u parts, SHA-256 %s",
                     smith_firmware_kind_name (firmware->kind),
                     firmware->platform != NULL ? firmware->platform : firmware->product,
                     firmware->version, firmware->partitions->len,
                     firmware->sha256 != NULL ? firmware->sha256 : "-");
    }
}
