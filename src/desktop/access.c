/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "access-private.h"

#include "desktop-resources.h"

#define RULE_RESOURCE "/io/github/sticksmith/Sticksmith/desktop/" SMITH_ACCESS_RULE_NAME
#define RULE_PATH "/etc/udev/rules.d/" SMITH_ACCESS_RULE_NAME

/**
 * smith_access_get_rule:
 *
 * Returns: (transfer full): the text of the rule
 */
GBytes *
smith_access_get_rule (void)
{
  GBytes *rule = g_resource_lookup_data (smith_desktop_get_resource (), RULE_RESOURCE,
                                         G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

  g_assert (rule != NULL); /* it is built in */
  return rule;
}

/* Of several rules of one name udev takes the first in this order; an empty
 * file or a link to nothing there switches off those behind it. */
gboolean
smith_access_is_installed_below (const char *root)
{
  static const char *const folders[]
      = { "etc/udev/rules.d", "run/udev/rules.d", "usr/local/lib/udev/rules.d",
          "usr/lib/udev/rules.d", "lib/udev/rules.d" };

  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *path = g_build_filename (root, folders[i], SMITH_ACCESS_RULE_NAME, NULL);
      g_autoptr (GFile) file = g_file_new_for_path (path);
      g_autoptr (GFileInfo) info
          = g_file_query_info (file,
                               G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE,
                               G_FILE_QUERY_INFO_NONE, NULL, NULL);

      if (info != NULL)
        return g_file_info_get_file_type (info) == G_FILE_TYPE_REGULAR
               && g_file_info_get_size (info) > 0;
    }
  return FALSE;
}

/**
 * smith_access_is_installed:
 *
 * Whether the rule is there. From inside a Flatpak the system's rules cannot
 * be seen: then FALSE.
 */
gboolean
smith_access_is_installed (void)
{
  return !g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS)
         && smith_access_is_installed_below ("/");
}

/**
 * smith_access_get_command:
 * @saved_path: where the person saved the rule, whatever the name
 *
 * For a terminal. The file is opened by the person and not by root, who may
 * not see folders that only the person has (the document portal's, some of
 * a network's).
 *
 * Returns: (transfer full): the line to paste
 */
char *
smith_access_get_command (const char *saved_path)
{
  g_autofree char *quoted = g_shell_quote (saved_path);

  return g_strdup_printf ("sudo tee " RULE_PATH " < %s", quoted);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
write_rule (GFile *file,
            GCancellable *cancellable,
            GAsyncReadyCallback callback,
            gpointer user_data)
{
  g_autoptr (GBytes) rule = smith_access_get_rule ();

  g_file_replace_contents_bytes_async (file, rule, NULL, FALSE, G_FILE_CREATE_NONE, cancellable,
                                       callback, user_data);
}

static void
on_mounted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (!g_file_mount_enclosing_volume_finish (G_FILE (source), result, &error)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_ALREADY_MOUNTED))
    {
      g_task_return_error (task, error);
      return;
    }
  g_clear_error (&error);
  write_rule (G_FILE (source), g_task_get_cancellable (task), on_written, g_object_ref (task));
}

/* GVfs does not mount this backend by itself: mounting is what asks for the password. */
static void
on_first_try (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    g_task_return_boolean (task, TRUE);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_MOUNTED))
    g_task_return_error (task, error);
  else
    {
      g_clear_error (&error);
      g_file_mount_enclosing_volume (G_FILE (source), G_MOUNT_MOUNT_NONE, NULL,
                                     g_task_get_cancellable (task), on_mounted,
                                     g_object_ref (task));
    }
}

/**
 * smith_access_install_async:
 *
 * Puts the rule where udev finds it; udev notices by itself, and the stick has
 * to be plugged in again. The desktop asks for a password meanwhile. For the
 * main thread; nothing blocks.
 */
void
smith_access_install_async (GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GFile) file = g_file_new_for_uri ("admin://" RULE_PATH);

  g_task_set_source_tag (task, smith_access_install_async);
  write_rule (file, cancellable, on_first_try, task);
}

/**
 * smith_access_install_finish:
 *
 * Errors: G_IO_ERROR_NOT_SUPPORTED where the desktop cannot do this (save the
 * rule and show the command then), PERMISSION_DENIED or CANCELLED if the person
 * or the system says no, or those of writing a file.
 */
gboolean
smith_access_install_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * smith_access_save_async:
 * @file: where the person wants it; replaced if it is there
 *
 * Saves the rule, for smith_access_get_command(). Nothing blocks.
 */
void
smith_access_save_async (GFile *file,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task;

  g_return_if_fail (G_IS_FILE (file));

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, smith_access_save_async);
  write_rule (file, cancellable, on_written, task);
}

/**
 * smith_access_save_finish:
 *
 * Errors: those of writing a file.
 */
gboolean
smith_access_save_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
