/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader.h"

#include <glib/gi18n.h>

#include "bytes.h"
#include "digest.h"
#include "error.h"

#define DESCRIPTORS_OFFSET 36
#define DESCRIPTOR_SIZE 16

/* A mode goes out as one byte. */
#define LOADER_MODE_MAX 0xFF

/* What a kernel image in a loader begins with, and what is put over its first
 * byte so that the loader's boot part does not find it. */
#define KERNEL_MAGIC "ANDROID!"
#define KERNEL_MAGIC_SIZE 8
#define KERNEL_MAGIC_BROKEN 0x55

/* Component 0 initialises the RAM; the flasher comes behind it. No loader is
 * known to have more than these two: should one have, each is a flasher that
 * must be safe. */
#define FIRST_FLASHER 1

static void
set_bad (GError **error, const char *text)
{
  g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE, text);
}

static gboolean
judge_component (const SmithLoaderComponent *c, guint64 table_end, gsize file_size, GError **error)
{
  if (c->mode > LOADER_MODE_MAX)
    set_bad (error, _ ("The loader is damaged: one of its parts is of no known kind"));
  else if (c->size == 0)
    set_bad (error, _ ("The loader is damaged: one of its parts is empty"));
  else if (c->offset > file_size || file_size - c->offset < c->size)
    set_bad (error, _ ("The loader is cut short. Get it again."));
  else if (c->offset < table_end)
    set_bad (error, _ ("The loader is damaged: one of its parts overlaps its beginning"));
  else if ((guint64) c->address + c->size > G_MAXUINT32)
    set_bad (error, _ ("The loader is damaged: one of its parts fits in no memory"));
  else
    return TRUE;
  return FALSE;
}

static gboolean
judge_overlaps (const SmithLoader *loader, GError **error)
{
  for (guint i = 0; i < loader->n_components; i++)
    for (guint j = 0; j < i; j++)
      {
        const SmithLoaderComponent *a = &loader->components[i];
        const SmithLoaderComponent *b = &loader->components[j];

        if ((guint64) a->offset < (guint64) b->offset + b->size
            && (guint64) b->offset < (guint64) a->offset + a->size)
          {
            set_bad (error, _ ("The loader is damaged: its parts overlap"));
            return FALSE;
          }
      }
  return TRUE;
}

static gboolean
read_descriptors (SmithLoader *loader, const guint8 *data, gsize size, GError **error)
{
  SmithReader r = smith_reader (data, size);
  guint64 table_end;

  smith_read_bytes (&r, DESCRIPTORS_OFFSET);
  while (loader->n_components < SMITH_LOADER_COMPONENTS_MAX)
    {
      SmithLoaderComponent *c = &loader->components[loader->n_components];

      c->mode = smith_read_u32_le (&r);
      if (c->mode == 0)
        break;
      c->size = smith_read_u32_le (&r);
      c->address = smith_read_u32_le (&r);
      c->offset = smith_read_u32_le (&r);
      loader->n_components++;
    }
  if (r.overrun)
    {
      set_bad (error, _ ("The loader is cut short. Get it again."));
      return FALSE;
    }
  if (loader->n_components == 0)
    {
      set_bad (error, _ ("The loader is damaged: it has no parts"));
      return FALSE;
    }
  table_end = DESCRIPTORS_OFFSET + (guint64) loader->n_components * DESCRIPTOR_SIZE;
  for (guint i = 0; i < loader->n_components; i++)
    if (!judge_component (&loader->components[i], table_end, size, error))
      return FALSE;
  return judge_overlaps (loader, error);
}

/* Whether no erase call in any component is live. */
static gboolean
is_harmless (const SmithLoader *loader)
{
  for (guint i = 0; i < loader->n_components; i++)
    {
      gsize size;
      const guint8 *data = g_bytes_get_data (loader->components[i].image, &size);

      if (!smith_erase_guard_is_harmless (data, size, NULL))
        return FALSE;
    }
  return TRUE;
}

/* @unproven: how many flashers there are in which no erase routine was found; at
 *   least one where there is no flasher
 * @changed: how many erase calls had to be replaced */
static void
judge_guard (SmithLoader *loader, guint unproven, guint changed)
{
  loader->known_file = smith_erase_guard_known_file (loader->sha256);
  if (!is_harmless (loader))
    loader->guard_state = SMITH_GUARD_UNSAFE;
  else if (unproven == 0)
    loader->guard_state = changed > 0 ? SMITH_GUARD_MADE_SAFE : SMITH_GUARD_SAFE;
  else if (loader->known_file != NULL)
    loader->guard_state = SMITH_GUARD_KNOWN_SAFE;
  else
    loader->guard_state = SMITH_GUARD_UNSAFE;
}

/* It is the flasher that erases: what looks like an erase routine in the RAM
 * initialiser says nothing about it, and is no place to change code in. */
static void
take_images (SmithLoader *loader, const guint8 *data)
{
  guint unproven = loader->n_components > FIRST_FLASHER ? 0 : 1;
  guint changed = 0;

  for (guint i = 0; i < loader->n_components; i++)
    {
      SmithLoaderComponent *c = &loader->components[i];
      guint8 *image = g_memdup2 (data + c->offset, c->size);

      if (i >= FIRST_FLASHER)
        {
          SmithGuardResult result = smith_erase_guard_apply (image, c->size);

          if (loader->erase_routine == NULL)
            loader->erase_routine = result.routine;
          unproven += result.found == 0 ? 1 : 0;
          changed += result.changed;
        }
      if (loader->table == NULL && i >= FIRST_FLASHER)
        {
          loader->table = smith_ptable_find (image, c->size);
          loader->table_component = i;
        }
      c->image = g_bytes_new_take (image, c->size);
    }
  if (loader->table != NULL)
    loader->product = g_strdup (loader->table->product);
  judge_guard (loader, unproven, changed);
}

/**
 * smith_loader_parse:
 * @file: the file's bytes; not kept
 *
 * Reads a loader file: u32 LE magic 0x00020000, at offset 36 up to five
 * descriptors of 16 bytes (mode, size, load address, offset; mode 0 ends the
 * list). Component 0 initialises the RAM; those behind it are flashers and go
 * through the erase guard, which must find its routine in each of them unless
 * the whole file is known. Any thread.
 *
 * Returns: (transfer full): the loader, or NULL with SMITH_ERROR_BAD_FILE
 */
SmithLoader *
smith_loader_parse (GBytes *file, GError **error)
{
  g_autoptr (SmithLoader) loader = NULL;
  g_autoptr (SmithDigest) digest = smith_digest_new ();
  gsize size;
  const guint8 *data = g_bytes_get_data (file, &size);

  if (size < 4 || smith_get_u32_le (data) != SMITH_LOADER_MAGIC)
    {
      set_bad (error, _ ("This is not a loader for a Huawei stick"));
      return NULL;
    }
  if (size > SMITH_LOADER_SIZE_MAX)
    {
      set_bad (error, _ ("The file is too large to be a loader"));
      return NULL;
    }
  loader = g_new0 (SmithLoader, 1);
  loader->size = size;
  if (!read_descriptors (loader, data, size, error))
    return NULL;
  smith_digest_update (digest, data, size);
  smith_digest_finish (digest, loader->sha256);
  take_images (loader, data);
  return g_steal_pointer (&loader);
}

void
smith_loader_free (SmithLoader *loader)
{
  for (guint i = 0; i < SMITH_LOADER_COMPONENTS_MAX; i++)
    g_clear_pointer (&loader->components[i].image, g_bytes_unref);
  g_clear_pointer (&loader->table, smith_ptable_free);
  g_free (loader->product);
  g_free (loader);
}

/* Where the last kernel in the flasher begins, or 0. */
static gsize
find_kernel (const guint8 *data, gsize size)
{
  for (gsize pos = size >= KERNEL_MAGIC_SIZE ? size - KERNEL_MAGIC_SIZE : 0; pos > 0; pos--)
    if (memcmp (data + pos, KERNEL_MAGIC, KERNEL_MAGIC_SIZE) == 0)
      return pos;
  return 0;
}

static gboolean
change_table (SmithLoader *loader, guint8 *image, const SmithLoaderChanges *changes, GError **error)
{
  guint8 *table;

  if (changes->table == NULL && changes->file_flags == 0)
    return TRUE;
  if (loader->table == NULL)
    {
      g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_WRONG_FILE,
                           _ ("This loader has no partition table that could be changed"));
      return FALSE;
    }
  table = image + loader->table->offset;
  if (changes->table != NULL)
    memcpy (table, changes->table, SMITH_PTABLE_SIZE);
  for (guint i = 0; i < SMITH_PTABLE_ENTRIES_MAX; i++)
    if (changes->file_flags & G_GUINT64_CONSTANT (1) << i)
      smith_ptable_set_file_flag (table, i);
  return TRUE;
}

/* @size: (inout): of @image; less once the kernel is cut off */
static gboolean
change_code (guint8 *image, guint32 *size, const SmithLoaderChanges *changes, GError **error)
{
  if (changes->fastboot_only)
    {
      gsize kernel = find_kernel (image, *size);

      if (kernel == 0)
        {
          g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_WRONG_FILE,
                               _ ("This loader has no kernel: its boot part cannot be started "
                                  "alone"));
          return FALSE;
        }
      image[kernel] = KERNEL_MAGIC_BROKEN;
      *size = (guint32) kernel + KERNEL_MAGIC_SIZE;
    }
  if (changes->ignore_bad_blocks && !smith_erase_guard_ignore_bad_blocks (image, *size))
    {
      g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_WRONG_FILE,
                           _ ("The place where this loader handles bad blocks was not found"));
      return FALSE;
    }
  return TRUE;
}

/* The table as it is in @image now: a flasher that was cut may have lost it. */
static void
refresh_table (SmithLoader *loader, const guint8 *image, gsize size)
{
  gsize offset;

  if (loader->table == NULL)
    return;
  offset = loader->table->offset;
  smith_ptable_free (loader->table);
  loader->table = offset < size ? smith_ptable_parse (image + offset, size - offset, NULL) : NULL;
  if (loader->table != NULL)
    loader->table->offset = offset;
}

/* What was cut off may have been all that the guard knew the flasher by. */
static void
judge_change (SmithLoader *loader, const SmithGuardResult *result)
{
  if (result->found == 0 && loader->known_file == NULL)
    loader->guard_state = SMITH_GUARD_UNSAFE;
  else if (result->changed > 0 && loader->guard_state == SMITH_GUARD_SAFE)
    loader->guard_state = SMITH_GUARD_MADE_SAFE;
}

/**
 * smith_loader_change:
 *
 * Changes what is sent, as an expert wants it; the erase guard is applied and
 * asked again behind it, and the loader's table is that of what is sent. On an
 * error the loader is as it was.
 *
 * Returns: FALSE with SMITH_ERROR_WRONG_FILE where the loader has not what is
 *   to be changed, SMITH_ERROR_BAD_FILE where the new table is none
 */
gboolean
smith_loader_change (SmithLoader *loader, const SmithLoaderChanges *changes, GError **error)
{
  SmithLoaderComponent *flasher = &loader->components[FIRST_FLASHER];
  g_autofree guint8 *image = NULL;
  SmithGuardResult result;
  guint32 size;

  if (loader->n_components <= FIRST_FLASHER)
    {
      g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_WRONG_FILE,
                           _ ("This loader has no flasher that could be changed"));
      return FALSE;
    }
  if (loader->table != NULL && loader->table_component != FIRST_FLASHER)
    flasher = &loader->components[loader->table_component];
  if (changes->table != NULL)
    {
      g_autoptr (SmithPtable) table = smith_ptable_parse (changes->table, SMITH_PTABLE_SIZE, error);

      if (table == NULL)
        return FALSE;
    }
  size = flasher->size;
  image = g_memdup2 (g_bytes_get_data (flasher->image, NULL), size);
  if (!change_table (loader, image, changes, error) || !change_code (image, &size, changes, error))
    return FALSE;
  result = smith_erase_guard_apply (image, size);
  judge_change (loader, &result);
  refresh_table (loader, image, size);
  g_clear_pointer (&flasher->image, g_bytes_unref);
  flasher->image = g_bytes_new_take (g_steal_pointer (&image), size);
  flasher->size = size;
  return TRUE;
}

/**
 * smith_loader_check_calls:
 *
 * The last look, at the very bytes that would go out: no erase call in them
 * may be live, whatever an expert wants. Any thread.
 *
 * Returns: FALSE with SMITH_ERROR_UNSAFE_LOADER
 */
gboolean
smith_loader_check_calls (const SmithLoader *loader, GError **error)
{
  if (is_harmless (loader))
    return TRUE;
  g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_UNSAFE_LOADER,
                       _ ("This loader would erase the stick's calibration data"));
  return FALSE;
}

/**
 * smith_loader_may_send:
 *
 * The last look, and whether it is known at all that the loader is safe. Any
 * thread.
 *
 * Returns: FALSE with SMITH_ERROR_UNSAFE_LOADER
 */
gboolean
smith_loader_may_send (const SmithLoader *loader, GError **error)
{
  if (!smith_loader_check_calls (loader, error))
    return FALSE;
  if (loader->guard_state != SMITH_GUARD_UNSAFE)
    return TRUE;
  g_set_error_literal (
      error, SMITH_ERROR, SMITH_ERROR_UNSAFE_LOADER,
      _ ("It cannot be told whether this loader erases the stick's calibration data: no known "
         "erase routine was found in it, and it is not one of the known safe loaders"));
  return FALSE;
}

/**
 * smith_loader_get_total:
 *
 * Returns: how many bytes of all components are sent
 */
guint64
smith_loader_get_total (const SmithLoader *loader)
{
  guint64 total = 0;

  for (guint i = 0; i < loader->n_components; i++)
    total += loader->components[i].size;
  return total;
}
