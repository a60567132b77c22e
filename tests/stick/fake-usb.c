/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake-usb.h"

#include <glib/gstdio.h>
#include <grp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <umockdev.h>
#include <unistd.h>

#define CONTROLLER "devices/pci0000:00/0000:00:14.0/usb1"
#define NOBODY 65534

typedef struct
{
  char *usb_path;
  char *path; /* from "devices/" on */
  guint number;
  GPtrArray *files; /* links and nodes, to go first */
  GPtrArray *told;  /* what udev was told of */
} Plugged;

struct _FakeUsb
{
  UMockdevTestbed *testbed;
  char *root;
  guint n_enumerations;
  gboolean hushed;
  GPtrArray *plugged;
};

static void
plugged_free (gpointer data)
{
  Plugged *plugged = data;

  g_free (plugged->usb_path);
  g_free (plugged->path);
  g_ptr_array_unref (plugged->files);
  g_ptr_array_unref (plugged->told);
  g_free (plugged);
}

static void
remove_tree (const char *path)
{
  GDir *dir = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_clear_pointer (&dir, g_dir_close);
  g_remove (path);
}

static void
make_folder (FakeUsb *usb, const char *name)
{
  g_autofree char *path = g_build_filename (usb->root, name, NULL);

  g_assert_cmpint (g_mkdir_with_parents (path, 0755), ==, 0);
}

FakeUsb *
fake_usb_new (gboolean with_events)
{
  FakeUsb *usb = g_new0 (FakeUsb, 1);

  usb->plugged = g_ptr_array_new_with_free_func (plugged_free);
  if (with_events)
    {
      usb->testbed = umockdev_testbed_new ();
      g_assert_true (umockdev_in_mock_environment ());
      usb->root = umockdev_testbed_get_root_dir (usb->testbed);
    }
  else
    usb->root = g_dir_make_tmp ("fake-usb-XXXXXX", NULL);
  make_folder (usb, "dev/bus/usb/001");
  make_folder (usb, "dev/.node");
  make_folder (usb, "sys/bus/usb/devices");
  make_folder (usb, "sys/dev/char");
  make_folder (usb, "sys/class/tty");
  make_folder (usb, "sys/class/net");
  make_folder (usb, "sys/class/block");
  return usb;
}

void
fake_usb_free (FakeUsb *usb)
{
  if (usb->testbed == NULL)
    remove_tree (usb->root);
  g_clear_object (&usb->testbed);
  g_ptr_array_unref (usb->plugged);
  g_free (usb->root);
  g_free (usb);
}

/* The root for smith_udev_bus_new_at(). */
const char *
fake_usb_get_bus_root (FakeUsb *usb)
{
  return usb->testbed != NULL ? "/" : usb->root;
}

void
fake_usb_hush (FakeUsb *usb)
{
  usb->hushed = TRUE;
}

static void
tell (FakeUsb *usb, const char *path, const char *action)
{
  g_autofree char *device = g_strconcat ("/sys/", path, NULL);

  if (usb->testbed != NULL && !usb->hushed)
    umockdev_testbed_uevent (usb->testbed, device, action);
  /* Only so many events that nobody takes fit into umockdev's socket. */
  while (usb->testbed != NULL && !usb->hushed && g_main_context_iteration (NULL, FALSE))
    continue;
}

static Plugged *
find (FakeUsb *usb, const char *usb_path)
{
  for (guint i = 0; i < usb->plugged->len; i++)
    {
      Plugged *plugged = g_ptr_array_index (usb->plugged, i);

      if (g_str_equal (plugged->usb_path, usb_path))
        return plugged;
    }
  return NULL;
}

static void write_file (FakeUsb *usb, const char *folder, const char *name, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

static void
write_file (FakeUsb *usb, const char *folder, const char *name, const char *format, ...)
{
  g_autofree char *path = g_build_filename (usb->root, "sys", folder, name, NULL);
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_assert_true (g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0644, NULL));
}

/* Makes @name, in /sys, a link to @target, in /sys. */
static char *
make_link (FakeUsb *usb, const char *name, const char *target)
{
  g_autoptr (GString) text = g_string_new (NULL);
  char *path = g_build_filename (usb->root, "sys", name, NULL);

  for (const char *slash = strchr (name, '/'); slash != NULL; slash = strchr (slash + 1, '/'))
    g_string_append (text, "../");
  g_string_append (text, target);
  g_assert_cmpint (symlink (text->str, path), ==, 0);
  return path;
}

/* A device of sysfs: its folder, what udev wants to find there, and its link
 * in @home, such as "class/tty". */
static void
make_device (FakeUsb *usb,
             Plugged *plugged,
             const char *path,
             const char *subsystem,
             const char *uevent,
             const char *home)
{
  g_autofree char *folder = g_build_filename ("sys", path, NULL);
  g_autofree char *subsystem_link = g_build_filename (path, "subsystem", NULL);
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *link = g_build_filename (home, name, NULL);

  make_folder (usb, folder);
  write_file (usb, path, "uevent", "%s", uevent);
  g_free (make_link (usb, subsystem_link, subsystem));
  g_ptr_array_add (plugged->files, make_link (usb, link, path));
}

/* What a node that leads to @target opens is what sysfs tells to be @path; and
 * umockdev takes the number of its nodes from links of its own. */
static void
number_node (FakeUsb *usb, Plugged *plugged, const char *path, const char *target)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *number = NULL;
  g_autofree char *link = NULL;
  g_autofree char *old = NULL;
  char *node;
  struct stat info;

  if (target == NULL || stat (target, &info) != 0 || !S_ISCHR (info.st_mode))
    return;
  number = g_strdup_printf ("%u:%u", major (info.st_rdev), minor (info.st_rdev));
  link = g_build_filename ("dev/char", number, NULL);
  old = g_build_filename (usb->root, "sys", link, NULL);
  g_unlink (old);
  g_ptr_array_add (plugged->files, make_link (usb, link, path));
  node = g_build_filename (usb->root, "dev/.node", name, NULL);
  g_assert_cmpint (symlink (number, node), ==, 0);
  g_ptr_array_add (plugged->files, node);
}

/* @target: (nullable): where it leads; else it is an empty file */
static void
make_node (FakeUsb *usb, Plugged *plugged, const char *name, const char *target)
{
  char *node = fake_usb_get_node (usb, name);

  if (target != NULL)
    g_assert_cmpint (symlink (target, node), ==, 0);
  else
    g_assert_true (g_file_set_contents_full (node, "", 0, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  g_ptr_array_add (plugged->files, node);
}

char *
fake_usb_get_node (FakeUsb *usb, const char *name)
{
  return g_build_filename (usb->root, "dev", name, NULL);
}

/* Returns: (transfer full): where @name of the device is, for mischief */
char *
fake_usb_get_file (FakeUsb *usb, const char *usb_path, const char *name)
{
  return g_build_filename (usb->root, "sys", find (usb, usb_path)->path, name, NULL);
}

/* "1-2.3" is below "1-2", which is a hub then. */
static char *
make_path (const char *usb_path)
{
  g_autoptr (GString) path = g_string_new (CONTROLLER);

  for (const char *dot = strchr (usb_path, '.'); dot != NULL; dot = strchr (dot + 1, '.'))
    g_string_append_printf (path, "/%.*s", (int) (dot - usb_path), usb_path);
  g_string_append_printf (path, "/%s", usb_path);
  return g_string_free (g_steal_pointer (&path), FALSE);
}

void
fake_usb_add_device (FakeUsb *usb, const char *usb_path, guint32 id)
{
  Plugged *plugged = g_new0 (Plugged, 1);
  g_autofree char *folder = NULL;
  g_autofree char *node = NULL;

  g_assert_null (find (usb, usb_path));
  plugged->usb_path = g_strdup (usb_path);
  plugged->path = make_path (usb_path);
  plugged->number = ++usb->n_enumerations;
  plugged->files = g_ptr_array_new_with_free_func (g_free);
  plugged->told = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (usb->plugged, plugged);

  folder = g_build_filename ("sys", plugged->path, NULL);
  make_folder (usb, folder);
  write_file (usb, plugged->path, "idVendor", "%04x\n", id >> 16);
  write_file (usb, plugged->path, "idProduct", "%04x\n", id & 0xffff);
  write_file (usb, plugged->path, "devnum", "%u\n", plugged->number);
  write_file (usb, plugged->path, "bDeviceClass", "00\n");
  make_device (usb, plugged, plugged->path, "bus/usb", "DEVTYPE=usb_device\n", "bus/usb/devices");
  node = g_strdup_printf ("bus/usb/001/%03u", plugged->number);
  make_node (usb, plugged, node, NULL);
  tell (usb, plugged->path, "add");
  g_ptr_array_add (plugged->told, g_strdup (plugged->path));
}

static void
add_endpoint (FakeUsb *usb, const char *path, const char *word)
{
  g_autofree char *folder = g_strdup_printf ("%s/ep_%s", path, word + 1);
  g_autofree char *full = g_build_filename ("sys", folder, NULL);

  make_folder (usb, full);
  write_file (usb, folder, "type", "%s\n", word[0] == 'b' ? "Bulk" : "Interrupt");
}

static gboolean
is_endpoint (const char *word)
{
  return strlen (word) == 3 && (word[0] == 'b' || word[0] == 'i') && g_ascii_isxdigit (word[1]);
}

/* Endpoints first, so that they are never fewer than promised; who wants that
 * takes one away. */
static void
fill_interface (FakeUsb *usb, const char *path, guint number, char **words)
{
  g_autofree char *folder = g_build_filename ("sys", path, NULL);
  g_autofree char *driver = g_build_filename (path, "driver", NULL);
  g_auto (GStrv) class = g_strsplit (words[0], "/", 3);
  gboolean bound = FALSE;
  guint n_endpoints = 0;

  make_folder (usb, folder);
  for (guint i = 1; words[i] != NULL; i++)
    {
      bound = bound || words[i][0] == '@' || g_str_equal (words[i], "driver");
      if (!is_endpoint (words[i]))
        continue;
      add_endpoint (usb, path, words[i]);
      n_endpoints++;
    }
  if (bound)
    g_free (make_link (usb, driver, "bus/usb/drivers/some"));
  write_file (usb, path, "bNumEndpoints", "%02x\n", n_endpoints);
  write_file (usb, path, "bInterfaceClass", "%s\n", class[0]);
  write_file (usb, path, "bInterfaceSubClass", "%s\n", class[1]);
  write_file (usb, path, "bInterfaceProtocol", "%s\n", class[2]);
  write_file (usb, path, "bInterfaceNumber", "%02x\n", number);
}

static char *
get_interface_path (const Plugged *plugged, guint number)
{
  return g_strdup_printf ("%s/%s:1.%u", plugged->path, plugged->usb_path, number);
}

void
fake_usb_add_interface (FakeUsb *usb, const char *usb_path, guint number, const char *interface)
{
  Plugged *plugged = find (usb, usb_path);
  g_auto (GStrv) words = g_strsplit (interface, " ", -1);
  g_autofree char *path = get_interface_path (plugged, number);

  fill_interface (usb, path, number, words);
  make_device (usb, plugged, path, "bus/usb", "DEVTYPE=usb_interface\n", "bus/usb/devices");
  tell (usb, path, "add");
  g_ptr_array_add (plugged->told, g_strdup (path));
  for (guint i = 1; words[i] != NULL; i++)
    if (words[i][0] == '@')
      fake_usb_add_child (usb, usb_path, number, words[i] + 1);
}

/* What a driver makes: the device, its link, its node, and then the event. */
void
fake_usb_add_child (FakeUsb *usb, const char *usb_path, guint number, const char *child)
{
  Plugged *plugged = find (usb, usb_path);
  g_auto (GStrv) words = g_strsplit (child, "=", 2);
  const char *name = words[0];
  g_autofree char *interface = get_interface_path (plugged, number);
  g_autofree char *uevent = g_strdup_printf ("DEVNAME=%s\n", name);
  g_autofree char *path = NULL;

  if (g_str_has_prefix (name, "tty"))
    {
      path = g_strdup_printf ("%s/%s/tty/%s", interface, name, name);
      make_device (usb, plugged, path, "class/tty", uevent, "class/tty");
      number_node (usb, plugged, path, words[1]);
      make_node (usb, plugged, name, words[1]);
    }
  else if (g_str_has_prefix (name, "s"))
    {
      path = g_strdup_printf ("%s/host4/target4:0:0/4:0:0:0/block/%s", interface, name);
      make_device (usb, plugged, path, "class/block", uevent, "class/block");
      make_node (usb, plugged, name, NULL);
    }
  else
    {
      path = g_strdup_printf ("%s/net/%s", interface, name);
      make_device (usb, plugged, path, "class/net", "", "class/net");
    }
  tell (usb, path, "add");
  g_ptr_array_add (plugged->told, g_steal_pointer (&path));
}

void
fake_usb_plug (FakeUsb *usb, const char *usb_path, guint32 id, const char *const *interfaces)
{
  fake_usb_add_device (usb, usb_path, id);
  for (guint i = 0; interfaces != NULL && interfaces[i] != NULL; i++)
    fake_usb_add_interface (usb, usb_path, i, interfaces[i]);
}

/* Latest first, as Linux does; udev hears of it when it is done. */
void
fake_usb_unplug (FakeUsb *usb, const char *usb_path)
{
  Plugged *plugged = find (usb, usb_path);
  g_autofree char *folder = fake_usb_get_file (usb, usb_path, "");

  for (guint i = plugged->files->len; i > 0; i--)
    g_unlink (g_ptr_array_index (plugged->files, i - 1));
  for (guint i = plugged->told->len; i > 0; i--)
    tell (usb, g_ptr_array_index (plugged->told, i - 1), "remove");
  remove_tree (folder);
  g_ptr_array_remove (usb->plugged, plugged);
}

void
fake_usb_set_mode (FakeUsb *usb, const char *node, guint mode)
{
  g_autofree char *path = fake_usb_get_node (usb, node);

  g_assert_cmpint (g_chmod (path, (int) mode), ==, 0);
}

gboolean
fake_usb_give_up_root (void)
{
  if (geteuid () != 0)
    return TRUE;
  if (setgroups (0, NULL) != 0 || setgid (NOBODY) != 0 || setuid (NOBODY) != 0)
    return FALSE;
  /* The leak detector wants to look at its own process. */
  prctl (PR_SET_DUMPABLE, 1);
  return TRUE;
}

/* It has to be loaded before all others. */
gboolean
fake_usb_has_umockdev (void)
{
  const char *preload = g_getenv ("LD_PRELOAD");

  return preload != NULL && strstr (preload, "umockdev") != NULL;
}
