/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "settings.h"

#include "config.h"

#define LAST_FOLDER "last-folder"
#define WIDTH "window-width"
#define HEIGHT "window-height"
#define MAXIMIZED "window-maximized"
#define PORTS "port-settings"

/* g_settings_new() ends the program where the schema is missing. One that an
 * older version left behind may lack a key, which would end it as well. */
static GSettings *
make_settings (void)
{
  const char *const keys[] = { LAST_FOLDER, WIDTH, HEIGHT, MAXIMIZED, PORTS };
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;

  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, SMITH_APP_ID, TRUE);
  if (schema == NULL)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (!g_settings_schema_has_key (schema, keys[i]))
      return NULL;
  return g_settings_new_full (schema, NULL, NULL);
}

/* Returns: (transfer none) (nullable) */
static GSettings *
get_settings (void)
{
  static gsize once;
  static GSettings *settings;

  if (g_once_init_enter (&once))
    {
      settings = make_settings ();
      g_once_init_leave (&once, 1);
    }
  return settings;
}

/* Returns: whether there is a schema, so that anything is kept at all */
gboolean
smith_settings_are_kept (void)
{
  return get_settings () != NULL;
}

/* Returns: (transfer full) (nullable): where a file was last chosen or saved */
GFile *
smith_settings_get_last_folder (void)
{
  g_autofree char *uri = NULL;

  if (get_settings () == NULL)
    return NULL;
  uri = g_settings_get_string (get_settings (), LAST_FOLDER);
  return *uri != '\0' ? g_file_new_for_uri (uri) : NULL;
}

/* What the document portal hands out lies in a folder that only it knows. */
static gboolean
is_of_portal (GFile *folder)
{
  g_autofree char *path = g_build_filename (g_get_user_runtime_dir (), "doc", NULL);
  g_autoptr (GFile) documents = g_file_new_for_path (path);

  return g_file_has_prefix (folder, documents) || g_file_equal (folder, documents);
}

/**
 * smith_settings_set_last_folder:
 * @file: the file that was chosen
 *
 * Remembers in which folder it is.
 */
void
smith_settings_set_last_folder (GFile *file)
{
  g_autoptr (GFile) folder = g_file_get_parent (file);
  g_autofree char *uri = NULL;

  if (get_settings () == NULL || folder == NULL || is_of_portal (folder))
    return;
  uri = g_file_get_uri (folder);
  g_settings_set_string (get_settings (), LAST_FOLDER, uri);
}

/* Returns: FALSE if the person never changed it; sizes in pixels */
gboolean
smith_settings_get_window_size (int *width, int *height, gboolean *maximized)
{
  if (get_settings () == NULL)
    return FALSE;
  *width = g_settings_get_int (get_settings (), WIDTH);
  *height = g_settings_get_int (get_settings (), HEIGHT);
  *maximized = g_settings_get_boolean (get_settings (), MAXIMIZED);
  return *width > 0 && *height > 0;
}

void
smith_settings_set_window_size (int width, int height, gboolean maximized)
{
  if (get_settings () == NULL)
    return;
  g_settings_set_int (get_settings (), WIDTH, width);
  g_settings_set_int (get_settings (), HEIGHT, height);
  g_settings_set_boolean (get_settings (), MAXIMIZED, maximized);
}

/* Returns: (transfer full) (nullable): what was set last */
char **
smith_settings_get_port_settings (void)
{
  return get_settings () != NULL ? g_settings_get_strv (get_settings (), PORTS) : NULL;
}

/* With which sticks showed their CD, so that they can show it again. */
void
smith_settings_set_port_settings (const char *const *lines)
{
  if (get_settings () != NULL)
    g_settings_set_strv (get_settings (), PORTS, lines);
}

/**
 * smith_settings_sync:
 *
 * Waits until all that was set is on the disk, as far as the system's service
 * does that. From any thread; blocks.
 */
void
smith_settings_sync (void)
{
  if (get_settings () != NULL)
    g_settings_sync ();
}
