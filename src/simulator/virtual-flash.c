/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sticksmith-simulator"

#include "virtual-flash.h"

#include <string.h>

#include "fixture.h"
#include "format/expander.h"
#include "virtual-stick.h"

/* Practice firmware has its version behind a marker, in any of its partitions. */
#define MARKER_LENGTH (sizeof SMITH_FIXTURE_MARKER - 1)
#define VERSION_MAX 32

#define QUALCOMM_ID_MIN 0x00010000
#define QUALCOMM_ID_MAX 0x000F0000

/* So much of what came before may be needed to see a marker across blocks. */
#define OVERLAP (MARKER_LENGTH + VERSION_MAX)

typedef struct
{
  guint32 id;
  guint32 size;
  guint64 done;        /* bytes */
  guint32 last_block;  /* number; 0 before the first */
  GByteArray *content; /* NULL where it is not kept */
  GChecksum *checksum; /* NULL where the content is kept */
  char *version;       /* from the first marker, NULL until it is seen */
  guint8 window[OVERLAP + SMITH_FLASH_BLOCK_MAX];
  gsize window_fill;
} OpenPartition;

struct _SmithVirtualFlash
{
  SmithChip chip;
  gboolean keep_content;
  OpenPartition *open; /* NULL between partitions */
  GHashTable *failed;  /* ids of those begun and not completed since */
  guint n_done;        /* since the last start of the firmware */
  char *version;       /* that the completed partitions carry, or NULL */

  GMutex lock;
  GPtrArray *written; /* SmithWrittenPartition */
};

static void
open_partition_free (OpenPartition *open)
{
  g_clear_pointer (&open->content, g_byte_array_unref);
  g_clear_pointer (&open->checksum, g_checksum_free);
  g_free (open->version);
  g_free (open);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OpenPartition, open_partition_free)

static void
written_free (gpointer data)
{
  SmithWrittenPartition *written = data;

  g_clear_pointer (&written->data, g_bytes_unref);
  g_free (written);
}

/**
 * smith_virtual_flash_new:
 * @chip: whose partitions it takes; unknown: everybody's
 * @keep_content: keep what is written, not only its size and SHA-256
 */
SmithVirtualFlash *
smith_virtual_flash_new (SmithChip chip, gboolean keep_content)
{
  SmithVirtualFlash *flash = g_new0 (SmithVirtualFlash, 1);

  flash->chip = chip;
  flash->keep_content = keep_content;
  flash->failed = g_hash_table_new (NULL, NULL);
  flash->written = g_ptr_array_new_with_free_func (written_free);
  g_mutex_init (&flash->lock);
  return flash;
}

void
smith_virtual_flash_free (SmithVirtualFlash *flash)
{
  g_clear_pointer (&flash->open, open_partition_free);
  g_hash_table_unref (flash->failed);
  g_ptr_array_unref (flash->written);
  g_mutex_clear (&flash->lock);
  g_free (flash->version);
  g_free (flash);
}

static SmithNak
refuse (const char **why, SmithNak code, const char *reason)
{
  *why = reason;
  return code;
}

static gboolean
is_for_other_chip (SmithVirtualFlash *flash, guint32 id)
{
  SmithChip chip = smith_partition_id_chip (id);

  /* Qualcomm's few sections are numbered; their ids mean other things elsewhere. */
  if (flash->chip == SMITH_CHIP_QUALCOMM)
    return id < QUALCOMM_ID_MIN || id > QUALCOMM_ID_MAX || (id & 0xFFFF) != 0;
  return chip != SMITH_CHIP_UNKNOWN && flash->chip != SMITH_CHIP_UNKNOWN && chip != flash->chip;
}

/**
 * smith_virtual_flash_begin:
 * @size: of the whole partition in bytes
 */
SmithNak
smith_virtual_flash_begin (SmithVirtualFlash *flash, guint32 id, guint32 size, const char **why)
{
  OpenPartition *open;

  if (flash->open != NULL)
    return refuse (why, SMITH_NAK_FAILED, "another partition is open");
  if (size == 0)
    return refuse (why, SMITH_NAK_LENGTH, "a partition of 0 bytes");
  if (size > SMITH_EXPANDED_MAX)
    return refuse (why, SMITH_NAK_TOO_LARGE, "the partition is too large");
  if (is_for_other_chip (flash, id))
    return refuse (why, SMITH_NAK_DESTINATION, "the partition is meant for another chip");

  open = g_new0 (OpenPartition, 1);
  open->id = id;
  open->size = size;
  if (flash->keep_content)
    open->content = g_byte_array_new ();
  else
    open->checksum = g_checksum_new (G_CHECKSUM_SHA256);
  flash->open = open;
  return SMITH_NAK_NONE;
}

/* What stands behind a marker, up to whatever cannot be part of a version. */
static char *
copy_version (const guint8 *text, gsize size)
{
  gsize n = 0;

  while (n < MIN (size, VERSION_MAX) && g_ascii_isgraph ((char) text[n]))
    n++;
  return g_strndup ((const char *) text, n);
}

/* Looks for the marker in what is new and the end of what came before. A marker
 * whose version may go on in the next block is left for then; @last says that
 * there is none. */
static void
look_for_version (OpenPartition *open, const guint8 *data, gsize size, gboolean last)
{
  const guint8 *found;
  gsize keep;

  if (open->version != NULL)
    return;
  memcpy (open->window + open->window_fill, data, size);
  open->window_fill += size;

  found = memmem (open->window, open->window_fill, SMITH_FIXTURE_MARKER, MARKER_LENGTH);
  if (found != NULL)
    {
      const guint8 *text = found + MARKER_LENGTH;
      gsize left = open->window + open->window_fill - text;

      if (left >= VERSION_MAX || last)
        open->version = copy_version (text, left);
    }
  keep = MIN (open->window_fill, OVERLAP);
  memmove (open->window, open->window + open->window_fill - keep, keep);
  open->window_fill = keep;
}

/**
 * smith_virtual_flash_block:
 * @number: from 1; the same as the last one once more is accepted and ignored
 * @data: @size bytes, 1 to SMITH_FLASH_BLOCK_MAX
 */
SmithNak
smith_virtual_flash_block (SmithVirtualFlash *flash,
                           guint32 number,
                           const guint8 *data,
                           gsize size,
                           const char **why)
{
  OpenPartition *open = flash->open;

  if (open == NULL)
    return refuse (why, SMITH_NAK_FAILED, "no partition is open");
  if (number == open->last_block && number != 0)
    return SMITH_NAK_NONE;
  if (number != open->last_block + 1)
    return refuse (why, SMITH_NAK_FAILED, "a gap in the blocks' numbers");
  if (size > open->size - open->done)
    return refuse (why, SMITH_NAK_FAILED, "more data than was announced");

  open->last_block = number;
  open->done += size;
  if (open->content != NULL)
    g_byte_array_append (open->content, data, size);
  else
    g_checksum_update (open->checksum, data, size);
  look_for_version (open, data, size, open->done == open->size);
  return SMITH_NAK_NONE;
}

static void
add_written (SmithVirtualFlash *flash, OpenPartition *open)
{
  SmithWrittenPartition *written = g_new0 (SmithWrittenPartition, 1);

  written->id = open->id;
  written->size = open->size;
  if (open->content != NULL)
    written->data = g_byte_array_free_to_bytes (g_steal_pointer (&open->content));
  else
    g_strlcpy (written->sha256, g_checksum_get_string (open->checksum), sizeof written->sha256);

  g_mutex_lock (&flash->lock);
  g_ptr_array_add (flash->written, written);
  g_mutex_unlock (&flash->lock);
}

/**
 * smith_virtual_flash_end:
 * @id: @size: the same as at the beginning
 */
SmithNak
smith_virtual_flash_end (SmithVirtualFlash *flash, guint32 id, guint32 size, const char **why)
{
  g_autoptr (OpenPartition) open = NULL;

  if (flash->open == NULL)
    return refuse (why, SMITH_NAK_FAILED, "no partition is open");
  if (id != flash->open->id || size != flash->open->size)
    return refuse (why, SMITH_NAK_FAILED, "another id or size than at the beginning");
  if (flash->open->done != size)
    return refuse (why, SMITH_NAK_FAILED, "not all of the data came");

  open = g_steal_pointer (&flash->open);
  add_written (flash, open);
  g_hash_table_remove (flash->failed, GUINT_TO_POINTER (id));
  flash->n_done++;
  if (open->version != NULL)
    {
      g_free (flash->version);
      flash->version = g_steal_pointer (&open->version);
    }
  return SMITH_NAK_NONE;
}

/**
 * smith_virtual_flash_fail_open:
 * @id: (out) (optional): its id
 *
 * Gives up the partition that is open. The stick stays half flashed until a
 * partition with that id is completed.
 *
 * Returns: FALSE if none was open
 */
gboolean
smith_virtual_flash_fail_open (SmithVirtualFlash *flash, guint32 *id)
{
  if (flash->open == NULL)
    return FALSE;
  if (id != NULL)
    *id = flash->open->id;
  g_hash_table_add (flash->failed, GUINT_TO_POINTER (flash->open->id));
  g_clear_pointer (&flash->open, open_partition_free);
  return TRUE;
}

/**
 * smith_virtual_flash_is_bootable:
 *
 * Returns: TRUE if something new was written, all of it completely
 */
gboolean
smith_virtual_flash_is_bootable (SmithVirtualFlash *flash)
{
  return flash->n_done > 0 && flash->open == NULL && g_hash_table_size (flash->failed) == 0;
}

/**
 * smith_virtual_flash_is_untouched:
 *
 * Returns: TRUE if nothing was begun since the last start of the firmware
 */
gboolean
smith_virtual_flash_is_untouched (SmithVirtualFlash *flash)
{
  return flash->n_done == 0 && flash->open == NULL && g_hash_table_size (flash->failed) == 0;
}

/**
 * smith_virtual_flash_boot:
 *
 * Starts what was written: from here on it is not new any more.
 *
 * Returns: (transfer full) (nullable): the version that it carries, if any
 */
char *
smith_virtual_flash_boot (SmithVirtualFlash *flash)
{
  flash->n_done = 0;
  return g_steal_pointer (&flash->version);
}

/* The content's SHA-256 is only worked out here: it would hold up the writing. */
static void
fill_in_checksum (SmithWrittenPartition *written)
{
  g_autofree char *sha256 = NULL;

  if (written->data == NULL)
    return;
  sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, written->data);
  g_strlcpy (written->sha256, sha256, sizeof written->sha256);
}

/**
 * smith_virtual_flash_get_written:
 *
 * Any thread.
 *
 * Returns: (transfer full) (element-type SmithWrittenPartition): all that was
 *   completed so far, in that order; it frees its elements
 */
GPtrArray *
smith_virtual_flash_get_written (SmithVirtualFlash *flash)
{
  GPtrArray *copies = g_ptr_array_new_with_free_func (written_free);

  g_mutex_lock (&flash->lock);
  for (guint i = 0; i < flash->written->len; i++)
    {
      SmithWrittenPartition *written = g_ptr_array_index (flash->written, i);
      SmithWrittenPartition *copy = g_memdup2 (written, sizeof *written);

      if (copy->data != NULL)
        g_bytes_ref (copy->data);
      g_ptr_array_add (copies, copy);
    }
  g_mutex_unlock (&flash->lock);

  for (guint i = 0; i < copies->len; i++)
    fill_in_checksum (g_ptr_array_index (copies, i));
  return copies;
}
