/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "format/partition-id.h"

G_BEGIN_DECLS

/* The codes with which download mode refuses. */
typedef enum
{
  SMITH_NAK_NONE = 0,
  SMITH_NAK_CHECKSUM = 1,
  SMITH_NAK_DESTINATION = 2,
  SMITH_NAK_LENGTH = 3,
  SMITH_NAK_TOO_LARGE = 5,
  SMITH_NAK_COMMAND = 6,
  SMITH_NAK_FAILED = 7,
} SmithNak;

#define SMITH_FLASH_BLOCK_MAX 4096

/**
 * SmithVirtualFlash:
 *
 * The flash memory of a virtual stick: what was written to it, partition by
 * partition, and whether that makes a firmware. It keeps its state over all
 * changes of mode, as a real one does.
 *
 * smith_virtual_flash_get_written() may be called from any thread, everything
 * else on the stick's thread only. What a function refuses it answers with a
 * code, and sets @why, a static text.
 */
typedef struct _SmithVirtualFlash SmithVirtualFlash;

SmithVirtualFlash *smith_virtual_flash_new (SmithChip chip, gboolean keep_content);
void smith_virtual_flash_free (SmithVirtualFlash *flash);

SmithNak
smith_virtual_flash_begin (SmithVirtualFlash *flash, guint32 id, guint32 size, const char **why);
SmithNak smith_virtual_flash_block (SmithVirtualFlash *flash,
                                    guint32 number,
                                    const guint8 *data,
                                    gsize size,
                                    const char **why);
SmithNak
smith_virtual_flash_end (SmithVirtualFlash *flash, guint32 id, guint32 size, const char **why);
gboolean smith_virtual_flash_fail_open (SmithVirtualFlash *flash, guint32 *id);
gboolean smith_virtual_flash_is_bootable (SmithVirtualFlash *flash);
gboolean smith_virtual_flash_is_untouched (SmithVirtualFlash *flash);
char *smith_virtual_flash_boot (SmithVirtualFlash *flash);
GPtrArray *smith_virtual_flash_get_written (SmithVirtualFlash *flash);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithVirtualFlash, smith_virtual_flash_free)

G_END_DECLS
