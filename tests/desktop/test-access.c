/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "desktop/access.h"

#include "partner.h"

#include <glib/gstdio.h>

#include <string.h>
#include <unistd.h>

#include "desktop/access-private.h"

static char *folder;

/* A file behind a backend that has to be mounted first, as GVfs's are. */
#define TEST_TYPE_FILE (test_file_get_type ())
G_DECLARE_FINAL_TYPE (TestFile, test_file, TEST, FILE, GObject)

struct _TestFile
{
  GObject parent_instance;
  GFile *file; /* what it is in truth */
};

static gboolean is_mounted;
static guint n_mounts;
static gint mount_answer; /* a code of G_IO_ERROR, or -1 */

static GFile *
test_file_dup (GFile *file)
{
  return g_object_ref (file);
}

static gboolean
test_file_is_native (GFile *file)
{
  return FALSE;
}

static GFileOutputStream *
test_file_replace (GFile *file,
                   const char *etag,
                   gboolean make_backup,
                   GFileCreateFlags flags,
                   GCancellable *cancellable,
                   GError **error)
{
  if (!is_mounted)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_MOUNTED, "Not mounted");
      return NULL;
    }
  return g_file_replace (TEST_FILE (file)->file, etag, make_backup, flags, cancellable, error);
}

static void
test_file_mount (GFile *file,
                 GMountMountFlags flags,
                 GMountOperation *operation,
                 GCancellable *cancellable,
                 GAsyncReadyCallback callback,
                 gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (file, cancellable, callback, user_data);

  n_mounts++;
  is_mounted = mount_answer < 0 || mount_answer == G_IO_ERROR_ALREADY_MOUNTED;
  if (mount_answer < 0)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, G_IO_ERROR, mount_answer, "No");
}

static gboolean
test_file_mount_finish (GFile *file, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
test_file_iface_init (GFileIface *iface)
{
  iface->dup = test_file_dup;
  iface->is_native = test_file_is_native;
  iface->replace = test_file_replace;
  iface->mount_enclosing_volume = test_file_mount;
  iface->mount_enclosing_volume_finish = test_file_mount_finish;
}

G_DEFINE_TYPE_WITH_CODE (TestFile,
                         test_file,
                         G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (G_TYPE_FILE, test_file_iface_init))

static void
test_file_finalize (GObject *object)
{
  g_clear_object (&TEST_FILE (object)->file);
  G_OBJECT_CLASS (test_file_parent_class)->finalize (object);
}

static void
test_file_class_init (TestFileClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_file_finalize;
}

static void
test_file_init (TestFile *file)
{
}

static char *
get_target (void)
{
  return g_build_filename (folder, "installed.rules", NULL);
}

static GFile *
look_up_admin (GVfs *vfs, const char *uri, gpointer user_data)
{
  TestFile *file = g_object_new (TEST_TYPE_FILE, NULL);
  g_autofree char *path = get_target ();

  g_assert_cmpstr (uri, ==, "admin:///etc/udev/rules.d/70-sticksmith.rules");
  file->file = g_file_new_for_path (path);
  return G_FILE (file);
}

static void
assert_is_rule (const char *path)
{
  g_autoptr (GBytes) rule = smith_access_get_rule ();
  g_autofree char *content = NULL;
  gsize length;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &content, &length, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (content, length, g_bytes_get_data (rule, NULL), g_bytes_get_size (rule));
}

static void
test_rule (void)
{
  g_autoptr (GBytes) rule = smith_access_get_rule ();
  g_autofree char *source
      = g_test_build_filename (G_TEST_DIST, "..", "data", SMITH_ACCESS_RULE_NAME, NULL);

  g_assert_cmpuint (g_bytes_get_size (rule), >, 100);
  assert_is_rule (source);
}

static void
assert_command (const char *path, const char *expected)
{
  g_autofree char *command = smith_access_get_command (path);

  g_assert_cmpstr (command, ==, expected);
}

static void
test_command (void)
{
  assert_command ("/home/me/x.rules",
                  "sudo tee /etc/udev/rules.d/70-sticksmith.rules < '/home/me/x.rules'");
  assert_command ("/tmp/it's $(here)",
                  "sudo tee /etc/udev/rules.d/70-sticksmith.rules < '/tmp/it'\\''s $(here)'");
  assert_command ("-n", "sudo tee /etc/udev/rules.d/70-sticksmith.rules < '-n'");
}

static void
put (const char *place, const char *content)
{
  g_autofree char *path = g_build_filename (folder, place, SMITH_ACCESS_RULE_NAME, NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_unlink (path);
  if (content == NULL)
    {
      g_assert_cmpint (symlink ("/dev/null", path), ==, 0);
      return;
    }
  g_file_set_contents (path, content, -1, &error);
  g_assert_no_error (error);
}

static void
test_installed (void)
{
  g_assert_false (smith_access_is_installed_below (folder));
  put ("lib/udev/rules.d", "# a rule\n");
  g_assert_true (smith_access_is_installed_below (folder));
  /* Switched off by whoever keeps the machine. */
  put ("etc/udev/rules.d", NULL);
  g_assert_false (smith_access_is_installed_below (folder));
  put ("etc/udev/rules.d", "");
  g_assert_false (smith_access_is_installed_below (folder));
  put ("etc/udev/rules.d", "# a rule\n");
  g_assert_true (smith_access_is_installed_below (folder));
  /* This computer's own may be either. */
  smith_access_is_installed ();
}

static gboolean
save (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GAsyncResult) result = NULL;

  smith_access_save_async (file, NULL, keep_result, &result);
  return smith_access_save_finish (await_result (&result), error);
}

static void
test_save (void)
{
  g_autofree char *path = g_build_filename (folder, "saved.rules", NULL);
  g_autofree char *nowhere = g_build_filename (folder, "no", "such", "folder", NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, "something else, and longer by far than the rule is likely to be", -1,
                       &error);
  g_assert_true (save (path, &error));
  g_assert_no_error (error);
  assert_is_rule (path);
  g_assert_false (save (nowhere, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

static gboolean
install (GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  smith_access_install_async (NULL, keep_result, &result);
  return smith_access_install_finish (await_result (&result), error);
}

/* A desktop without GVfs; before anything is registered. */
static void
test_not_supported (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (install (&error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
}

static void
test_install (void)
{
  static const gint answers[] = { -1, G_IO_ERROR_ALREADY_MOUNTED };
  g_autofree char *path = get_target ();
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      is_mounted = FALSE;
      n_mounts = 0;
      mount_answer = answers[i];
      g_unlink (path);
      g_assert_true (install (&error));
      g_assert_no_error (error);
      assert_is_rule (path);
      g_assert_cmpuint (n_mounts, ==, 1);
    }
  g_unlink (path);
  g_assert_true (install (&error));
  g_assert_no_error (error);
  assert_is_rule (path);
  g_assert_cmpuint (n_mounts, ==, 1);
}

/* The person closes the password dialog, or nobody can show one. */
static void
test_install_refused (void)
{
  static const gint answers[]
      = { G_IO_ERROR_PERMISSION_DENIED, G_IO_ERROR_FAILED_HANDLED, G_IO_ERROR_NOT_SUPPORTED };
  g_autofree char *path = get_target ();

  g_unlink (path);
  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr (GError) error = NULL;

      is_mounted = FALSE;
      mount_answer = answers[i];
      g_assert_false (install (&error));
      g_assert_error (error, G_IO_ERROR, answers[i]);
      g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
    }
}

static void
register_admin (void)
{
  g_assert_true (g_vfs_register_uri_scheme (g_vfs_get_default (), "admin", look_up_admin, NULL,
                                            NULL, look_up_admin, NULL, NULL));
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_unlink (child) != 0)
        remove_tree (child);
    }
  g_rmdir (path);
}

int
main (int argc, char *argv[])
{
  int status;

  /* The real GVfs would ask for a password. */
  g_setenv ("GIO_USE_VFS", "local", TRUE);
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("smith-access-XXXXXX", NULL);
  g_assert_nonnull (folder);
  g_test_add_func ("/access/rule", test_rule);
  g_test_add_func ("/access/command", test_command);
  g_test_add_func ("/access/installed", test_installed);
  g_test_add_func ("/access/save", test_save);
  g_test_add_func ("/access/not-supported", test_not_supported);
  g_test_add_func ("/access/register", register_admin);
  g_test_add_func ("/access/install", test_install);
  g_test_add_func ("/access/install-refused", test_install_refused);
  status = g_test_run ();
  remove_tree (folder);
  g_free (folder);
  return status;
}
