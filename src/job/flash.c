/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "flash.h"

#include <glib/gi18n.h>

#include "format/error.h"
#include "judge.h"

typedef struct
{
  SmithDownload *download;
  GPtrArray *items;
  const SmithFlashOptions *options;
  const SmithFlashFuncs *funcs;
  gpointer user_data;
  SmithFlashReport *report;
  GCancellable *cancellable;
  guint64 total;
  guint64 done_before; /* bytes of the partitions that are through */
  SmithItem *item;     /* what is being written */
  SmithPartition *partition;
} Flash;

SmithFlashReport *
smith_flash_report_new (void)
{
  SmithFlashReport *report = g_new0 (SmithFlashReport, 1);

  report->partitions = g_array_new (FALSE, FALSE, sizeof (SmithFlashedPartition));
  return report;
}

void
smith_flash_report_free (SmithFlashReport *report)
{
  g_array_unref (report->partitions);
  g_free (report->product);
  g_free (report);
}

static const SmithSignature *
signature_for (Flash *flash, SmithItem *item)
{
  if (item->firmware->signature != NULL || !flash->options->known_signature)
    return item->firmware->signature;
  return smith_signature_known_for (item->firmware->content, item->firmware->chip);
}

/* Of the family with a Qualcomm chip, files name the very product, and nothing else
 * tells one stick from another: it must say what it is. A loader that knows no text is
 * of that family, unless it says that it is none. */
static gboolean
must_name_itself (Flash *flash, SmithItem *item)
{
  return item->firmware->chip == SMITH_CHIP_QUALCOMM
         || (flash->options->frames_only && !smith_download_is_balong (flash->download));
}

static SmithVerdict *
judge_item (Flash *flash, SmithItem *item)
{
  const char *product = smith_download_get_product (flash->download);
  SmithVerdict *verdict = smith_verdict_for_product (item->firmware, product);

  if (verdict->kind == SMITH_VERDICT_DOES_NOT_FIT || !must_name_itself (flash, item)
      || smith_product_chip (product) == SMITH_CHIP_QUALCOMM)
    return verdict;
  verdict->kind = SMITH_VERDICT_DOES_NOT_FIT;
  verdict->n_doubts++;
  g_ptr_array_insert (
      verdict->reasons, 0,
      product == NULL
          ? g_strdup (_ ("The stick does not say what it is; of this family, nothing "
                         "is written to such a stick"))
          : g_strdup_printf (_ ("The stick calls itself “%s”, which is no name of a "
                                "stick of this family; nothing is written to such a stick"),
                             product));
  return verdict;
}

/* By what it said before and what it says now. To one that knows text its loader's
 * name, which comes in frames, adds nothing: that tells the family already. */
static SmithVerdict *
judge_by_identity (Flash *flash)
{
  SmithDownload *download = flash->download;
  g_autoptr (SmithIdentity) now
      = smith_identity_with_download (flash->options->before,
                                      smith_download_knows_text (download)
                                          ? NULL
                                          : smith_download_get_version (download),
                                      smith_download_get_product (download));

  return smith_judge_items (flash->items, now, SMITH_MODE_DOWNLOAD, flash->options->aim,
                            flash->options->override);
}

/* The worst verdict decides: of all files, and of what else is used. */
static SmithVerdict *
judge (Flash *flash)
{
  SmithVerdict *worst
      = flash->options->verdict != NULL ? smith_verdict_copy (flash->options->verdict) : NULL;

  for (guint i = 0; i < flash->items->len; i++)
    {
      SmithItem *item = g_ptr_array_index (flash->items, i);

      worst = smith_verdict_join (worst, judge_item (flash, item));
    }
  return smith_verdict_join (worst, judge_by_identity (flash));
}

static gboolean
get_consent (Flash *flash, GError **error)
{
  g_autoptr (SmithVerdict) verdict = judge (flash);

  if (verdict->kind == SMITH_VERDICT_DOES_NOT_FIT)
    {
      g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_WRONG_FILE,
                           g_ptr_array_index (verdict->reasons, 0));
      return FALSE;
    }
  if (flash->funcs->confirm == NULL || !flash->funcs->confirm (verdict, flash->user_data))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                           flash->options->goes_on ? _ ("Not confirmed; nothing more was written")
                                                   : _ ("Not confirmed; nothing was written"));
      return FALSE;
    }
  return TRUE;
}

static void
on_progress (guint64 done, gpointer user_data)
{
  Flash *flash = user_data;

  if (flash->funcs->progress != NULL)
    flash->funcs->progress (flash->done_before + done, flash->total, flash->user_data);
}

static void
record (Flash *flash, const SmithPartition *partition)
{
  SmithFlashedPartition done = { .id = partition->id, .bytes = partition->expanded };

  g_strlcpy (done.name, partition->name, sizeof done.name);
  done.blocks
      = (guint) ((partition->expanded + SMITH_DOWNLOAD_BLOCK_MAX - 1) / SMITH_DOWNLOAD_BLOCK_MAX);
  g_array_append_val (flash->report->partitions, done);
  flash->report->bytes += partition->expanded;
  flash->done_before += partition->expanded;
}

/* The checks of long ago count only if the bytes are still the same: asked
 * before a partition is begun and, since it may change meanwhile, before it is
 * ended. */
static gboolean
check_again (gpointer user_data, GError **error)
{
  Flash *flash = user_data;

  if (!smith_item_check_unchanged (flash->item, error))
    return FALSE;
  if (smith_partition_check_sums (flash->partition))
    return TRUE;
  g_set_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE,
               _ ("“%s” has changed since it was checked. Choose it again."), flash->item->name);
  return FALSE;
}

static gboolean
write_partition (Flash *flash, SmithItem *item, SmithPartition *partition, GError **error)
{
  static const SmithDownloadFuncs funcs = { on_progress, check_again };
  gsize size;
  const guint8 *data = g_bytes_get_data (partition->data, &size);
  g_autoptr (SmithExpander) expander = smith_expander_new (partition->compression, data, size);

  flash->item = item;
  flash->partition = partition;
  if (!check_again (flash, error))
    return FALSE;
  if (flash->funcs->partition != NULL
      && !flash->funcs->partition (item, partition, flash->user_data, error))
    return FALSE;
  g_info ("partition %s: %" G_GUINT64_FORMAT " bytes", partition->name, partition->expanded);
  if (!smith_download_write_partition (flash->download, partition->id, partition->expanded,
                                       expander, &funcs, flash, flash->cancellable, error))
    {
      g_prefix_error (error, _ ("Part %u (%s): "), partition->index, partition->name);
      return FALSE;
    }
  record (flash, partition);
  return TRUE;
}

static gboolean
write_item (Flash *flash, guint file, SmithItem *item, GError **error)
{
  guint first = file == flash->options->first_file ? flash->options->first_partition : 0;

  for (guint i = first; i < item->firmware->partitions->len; i++)
    {
      SmithPartition *partition = g_ptr_array_index (item->firmware->partitions, i);

      if (!write_partition (flash, item, partition, error))
        return FALSE;
      if (flash->funcs->partition_done != NULL)
        flash->funcs->partition_done (file, partition, flash->user_data);
    }
  return TRUE;
}

static gboolean
write_items (Flash *flash, GError **error)
{
  for (guint i = flash->options->first_file; i < flash->items->len; i++)
    {
      SmithItem *item = g_ptr_array_index (flash->items, i);

      if (i > flash->options->first_file
          && !smith_download_sign_next (flash->download, signature_for (flash, item),
                                        flash->cancellable, error))
        return FALSE;
      if (!write_item (flash, i, item, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
flash_all (Flash *flash, GError **error)
{
  SmithItem *first = g_ptr_array_index (flash->items, flash->options->first_file);

  if (!smith_download_enter (flash->download, signature_for (flash, first), flash->cancellable,
                             error))
    return FALSE;
  flash->report->product = g_strdup (smith_download_get_product (flash->download));
  if (!get_consent (flash, error))
    return FALSE;
  if (!write_items (flash, error))
    return FALSE;
  return !flash->options->restart
         || smith_download_restart (flash->download, flash->cancellable, error);
}

static gboolean
check_items (Flash *flash, GError **error)
{
  for (guint i = 0; i < flash->items->len; i++)
    {
      SmithItem *item = g_ptr_array_index (flash->items, i);

      if (!smith_item_may_write (item, error))
        return FALSE;
      for (guint p = 0; p < item->firmware->partitions->len; p++)
        {
          SmithPartition *partition = g_ptr_array_index (item->firmware->partitions, p);

          flash->total += partition->expanded;
          if (i < flash->options->first_file
              || (i == flash->options->first_file && p < flash->options->first_partition))
            flash->done_before += partition->expanded;
        }
    }
  if (flash->options->first_file < flash->items->len)
    return TRUE;
  g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_WRONG_FILE,
                       _ ("There is nothing left to write"));
  return FALSE;
}

/**
 * smith_flash_run:
 * @port: of a stick in download mode
 * @items: (element-type SmithItem): verified firmware, in the order in which it is written
 * @report: filled in as far as it goes, also on an error
 *
 * Writes files to a stick: enters download mode's binary stage, judges the files
 * by what the stick says it is now and said before, asks for consent, writes and verifies
 * every answer, restarts. The files are looked at again before and after each
 * partition. Blocks: for worker threads.
 *
 * Returns: FALSE with the first error; @report->touched tells whether the
 *   stick's content may have changed
 */
gboolean
smith_flash_run (SmithPort *port,
                 GPtrArray *items,
                 const SmithFlashOptions *options,
                 const SmithFlashFuncs *funcs,
                 gpointer user_data,
                 SmithFlashReport *report,
                 GCancellable *cancellable,
                 GError **error)
{
  gint64 start = g_get_monotonic_time ();
  g_autoptr (SmithDownload) download = smith_download_new (port);
  Flash flash = {
    .download = download,
    .items = items,
    .options = options,
    .funcs = funcs,
    .user_data = user_data,
    .report = report,
    .cancellable = cancellable,
  };
  gboolean ok;

  if (options->frames_only)
    smith_download_set_frames_only (download);
  if (options->goes_on)
    smith_download_set_goes_on (download);
  ok = check_items (&flash, error) && flash_all (&flash, error);

  report->touched = smith_download_has_written (download);
  report->restarts = smith_download_is_restarting (download);
  report->duration = g_get_monotonic_time () - start;
  /* With nothing written, the next attempt should find the stick as it was. */
  if (!ok && !report->touched)
    smith_download_leave (download, NULL);
  return ok;
}
