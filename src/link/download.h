/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "boot-rom.h"
#include "format/at-answer.h"
#include "format/expander.h"
#include "format/firmware.h"
#include "port.h"

G_BEGIN_DECLS

#define SMITH_DOWNLOAD_BLOCK_MAX 4096

/**
 * SmithDownload:
 *
 * A conversation with a stick in download mode: first text (AT commands), then
 * binary frames, one command and its answer at a time. Every answer's checksum
 * is verified. All functions block; one thread at a time.
 *
 * The port must outlive it.
 */
typedef struct _SmithDownload SmithDownload;

/**
 * SmithDownloadFuncs:
 * @progress: (nullable): of one partition, in bytes, after every block
 * @check: (nullable): asked when all blocks are written, before the partition
 *   is ended. Returns: FALSE with an error to leave it unfinished
 *
 * Called on the thread that writes.
 */
typedef struct
{
  SmithLinkProgress progress;
  gboolean (*check) (gpointer user_data, GError **error);
} SmithDownloadFuncs;

SmithDownload *smith_download_new (SmithPort *port);
void smith_download_free (SmithDownload *download);
void smith_download_set_frames_only (SmithDownload *download);

gboolean smith_download_enter (SmithDownload *download,
                               const SmithSignature *signature,
                               GCancellable *cancellable,
                               GError **error);
gboolean smith_download_identify (SmithDownload *download,
                                  gboolean as_text,
                                  SmithAtAnswer **information,
                                  GCancellable *cancellable,
                                  GError **error);
gboolean smith_download_sign_next (SmithDownload *download,
                                   const SmithSignature *signature,
                                   GCancellable *cancellable,
                                   GError **error);
gboolean smith_download_is_balong (SmithDownload *download);
gboolean smith_download_knows_text (SmithDownload *download);
const char *smith_download_get_version (SmithDownload *download);
const char *smith_download_get_product (SmithDownload *download);
gboolean smith_download_write_partition (SmithDownload *download,
                                         guint32 id,
                                         guint64 size,
                                         SmithExpander *data,
                                         const SmithDownloadFuncs *funcs,
                                         gpointer user_data,
                                         GCancellable *cancellable,
                                         GError **error);
void smith_download_set_goes_on (SmithDownload *download);
gboolean smith_download_has_written (SmithDownload *download);
gboolean
smith_download_restart (SmithDownload *download, GCancellable *cancellable, GError **error);
gboolean smith_download_is_restarting (SmithDownload *download);
void smith_download_leave (SmithDownload *download, GCancellable *cancellable);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithDownload, smith_download_free)

G_END_DECLS
