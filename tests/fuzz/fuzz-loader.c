/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "format/bytes.h"
#include "format/error.h"
#include "format/loader.h"

/* Behind the guard nothing may be live, and a second pass has nothing to do. */
static void
check_guard (const guint8 *data, gsize size)
{
  g_autofree guint8 *once = g_memdup2 (data, size);
  g_autofree guint8 *twice = NULL;
  SmithGuardResult first = smith_erase_guard_apply (once, size);
  SmithGuardResult second;
  gboolean found;

  g_assert_true ((first.found > 0) == (first.routine != NULL));
  g_assert_cmpuint (first.changed, <=, first.found);
  g_assert_true (smith_erase_guard_is_harmless (once, size, &found));
  g_assert_true (!found || first.found > 0);
  twice = g_memdup2 (once, size);
  second = smith_erase_guard_apply (twice, size);
  g_assert_cmpuint (second.changed, ==, 0);
  g_assert_cmpmem (once, size, twice, size);
}

static void
check_loader (const SmithLoader *loader)
{
  guint64 total = 0;

  g_assert_cmpuint (loader->n_components, >=, 1);
  g_assert_cmpuint (loader->n_components, <=, SMITH_LOADER_COMPONENTS_MAX);
  for (guint i = 0; i < loader->n_components; i++)
    {
      const SmithLoaderComponent *c = &loader->components[i];
      gsize size;
      const guint8 *image = g_bytes_get_data (c->image, &size);

      g_assert_cmpuint (size, ==, c->size);
      g_assert_cmpuint (size, >, 0);
      g_assert_true (i == 0 || smith_erase_guard_is_harmless (image, size, NULL));
      total += size;
    }
  g_assert_cmpuint (smith_loader_get_total (loader), ==, total);
  if (loader->table != NULL)
    g_assert_cmpuint (loader->table->n_entries, <=, SMITH_PTABLE_ENTRIES_MAX);
}

static void
change (SmithLoader *loader, guint8 what, const guint8 *data, gsize size)
{
  g_autofree guint8 *table = NULL;
  g_autoptr (GError) error = NULL;
  SmithLoaderChanges changes = {
    .fastboot_only = (what & 1) != 0,
    .ignore_bad_blocks = (what & 2) != 0,
    .file_flags = what & 4 ? G_GUINT64_CONSTANT (0x8000010000000103) : 0,
  };

  if (what & 8 && size >= SMITH_PTABLE_SIZE)
    changes.table = table = g_memdup2 (data + size - SMITH_PTABLE_SIZE, SMITH_PTABLE_SIZE);
  if (smith_loader_change (loader, &changes, &error))
    check_loader (loader);
  else
    g_assert_nonnull (error);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) file = g_bytes_new_static (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) refusal = NULL;
  g_autoptr (SmithLoader) loader = NULL;

  if (size > 0)
    check_guard (data, size);
  loader = smith_loader_parse (file, &error);
  g_assert_true ((loader == NULL) == (error != NULL));
  if (loader == NULL)
    return 0;
  check_loader (loader);
  g_assert_true (smith_loader_may_send (loader, &refusal) == (refusal == NULL));
  g_assert_true ((refusal != NULL) == (loader->guard_state == SMITH_GUARD_UNSAFE));
  /* Byte 4 of the file means nothing to the format: it chooses the changes. */
  if (size > 4)
    {
      change (loader, data[4] & 0x0f, data, size);
      change (loader, data[4] >> 4, data, size);
    }
  return 0;
}
