/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "key-file.h"

#include <string.h>

#include <glib/gi18n.h>

#include "error.h"

/* Whether a line ends in the middle of an escape. GLib 2.74 warns of itself, as
 * of a fault in the program, when such a value holds another wrong escape. */
static gboolean
has_open_escape (const char *text, gsize size)
{
  gboolean open = FALSE;

  for (gsize i = 0; i < size; i++)
    {
      if (open && (text[i] == '\n' || text[i] == '\r' || text[i] == '\0'))
        return TRUE;
      open = text[i] == '\\' && !open;
    }
  return open;
}

/**
 * smith_key_file_load:
 * @text: of anybody's; need not end in a NUL
 * @size: of @text, in bytes
 *
 * g_key_file_load_from_data() for a text that is not trusted. Any thread.
 *
 * Returns: FALSE with SMITH_ERROR_BAD_FILE, or a G_KEY_FILE_ERROR that tells what
 *   is wrong
 */
gboolean
smith_key_file_load (GKeyFile *file, const char *text, gsize size, GError **error)
{
  if (has_open_escape (text, size))
    {
      g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE,
                           _ ("A line ends with a single “\\”"));
      return FALSE;
    }
  return g_key_file_load_from_data (file, text, size, G_KEY_FILE_NONE, error);
}
