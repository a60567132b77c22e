/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include <gio/gio.h>
#include <string.h>

#include "format/archive.h"

/* More than this is not worth the time here. */
#define UNPACKED_MAX (4u << 20)

typedef struct
{
  gboolean open;
  gsize total;
} Seen;

static gboolean
on_begin (const char *path, gpointer user_data)
{
  Seen *seen = user_data;
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);

  g_assert_false (seen->open);
  g_assert_true (g_utf8_validate (path, -1, NULL));
  g_assert_false (path[0] == '/');
  g_assert_false (g_strv_contains ((const char *const *) parts, ".."));
  for (const char *p = path; *p != '\0'; p++)
    g_assert_false (g_ascii_iscntrl (*p));
  /* Some are passed over, so that this way is taken too. */
  seen->open = !g_str_has_suffix (path, "~");
  return seen->open;
}

static gboolean
on_data (const guint8 *data, gsize size, gpointer user_data, GError **error)
{
  Seen *seen = user_data;

  g_assert_true (seen->open);
  g_assert_true (data != NULL || size == 0);
  seen->total += size;
  if (seen->total <= UNPACKED_MAX)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "enough");
  return FALSE;
}

static gboolean
on_end (gpointer user_data, GError **error)
{
  Seen *seen = user_data;

  g_assert_true (seen->open);
  seen->open = FALSE;
  return TRUE;
}

static gboolean
on_pass_over (gpointer user_data, GError **error)
{
  return TRUE;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const SmithArchiveVisitor visitor = { on_begin, on_data, on_end, on_pass_over };
  g_autoptr (GBytes) file = g_bytes_new_static (data, size);
  g_autoptr (GError) error = NULL;
  Seen seen = { 0 };
  gboolean ok;

  smith_archive_detect (data, size);
  if (size == 0)
    return 0;
  ok = smith_archive_walk (file, &visitor, &seen, &error);
  g_assert_true (ok == (error == NULL));
  if (ok)
    g_assert_false (seen.open);
  return 0;
}
