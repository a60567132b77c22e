/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sticksmith-stick"

#include "udev-device.h"

#include <string.h>

#include "udev-sysfs.h"

#define HUAWEI 0x12d1
#define CLASS_HUB 0x09

static void
child_free (gpointer data)
{
  SmithUdevChild *child = data;

  g_free (child->name);
  g_free (child->path);
  g_free (child);
}

static void
interface_free (gpointer data)
{
  SmithUdevInterface *interface = data;

  g_free (interface->path);
  g_free (interface->folder);
  g_free (interface);
}

static void
device_free (gpointer data)
{
  SmithUdevDevice *device = data;

  g_free (device->name);
  g_free (device->path);
  g_free (device->folder);
  g_clear_pointer (&device->interfaces, g_ptr_array_unref);
  g_free (device);
}

/* Returns: FALSE if the device is not there (any more) */
static gboolean
read_identity (const char *folder, guint *vendor, guint *product, guint *number)
{
  return smith_sysfs_read_hex (folder, "idVendor", vendor)
         && smith_sysfs_read_hex (folder, "idProduct", product)
         && smith_sysfs_read_number (folder, "devnum", 10, number);
}

static gboolean
is_hub (const char *folder)
{
  guint class;

  return smith_sysfs_read_hex (folder, "bDeviceClass", &class) && class == CLASS_HUB;
}

static SmithUdevDevice *
read_device (const char *root, SmithCatalogue *catalogue, const char *name)
{
  g_autofree char *link = g_build_filename (root, "sys/bus/usb/devices", name, NULL);
  g_autofree char *path = smith_sysfs_resolve (link);
  g_autofree char *folder = path != NULL ? g_build_filename (root, "sys", path, NULL) : NULL;
  SmithUdevDevice found = { 0 };

  if (folder == NULL || !read_identity (folder, &found.vendor, &found.product, &found.number))
    return NULL;
  found.id = smith_catalogue_find_id (catalogue, (guint16) found.vendor, (guint16) found.product);
  if (found.id == NULL && (found.vendor != HUAWEI || is_hub (folder)))
    return NULL;
  found.name = g_strdup (name);
  found.path = g_steal_pointer (&path);
  found.folder = g_steal_pointer (&folder);
  return g_memdup2 (&found, sizeof found);
}

/* By number where there are numbers: 1-2 before 1-10. */
static int
compare_devices (gconstpointer a, gconstpointer b)
{
  return strverscmp ((*(SmithUdevDevice *const *) a)->name, (*(SmithUdevDevice *const *) b)->name);
}

/**
 * smith_udev_list_devices:
 *
 * Returns: (transfer full) (element-type SmithUdevDevice): what may be a stick, by place
 */
GPtrArray *
smith_udev_list_devices (const char *root, SmithCatalogue *catalogue)
{
  g_autofree char *folder = g_build_filename (root, "sys/bus/usb/devices", NULL);
  g_autoptr (GPtrArray) names = smith_sysfs_list (folder);
  GPtrArray *devices = g_ptr_array_new_with_free_func (device_free);

  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      SmithUdevDevice *device = NULL;

      /* Beside devices there are root hubs ("usb1") and interfaces ("1-2:1.0"). */
      if (g_ascii_isdigit (name[0]) && strchr (name, ':') == NULL)
        device = read_device (root, catalogue, name);
      if (device != NULL)
        g_ptr_array_add (devices, device);
    }
  g_ptr_array_sort (devices, compare_devices);
  return devices;
}

/**
 * smith_udev_list_children:
 * @class: a class of devices, such as "tty"
 *
 * Returns: (transfer full) (element-type SmithUdevChild): all there are on the machine
 */
GPtrArray *
smith_udev_list_children (const char *root, const char *class)
{
  g_autofree char *folder = g_build_filename (root, "sys/class", class, NULL);
  g_autoptr (GPtrArray) names = smith_sysfs_list (folder);
  GPtrArray *children = g_ptr_array_new_with_free_func (child_free);

  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      g_autofree char *link = g_build_filename (folder, name, NULL);
      char *path = smith_sysfs_resolve (link);

      if (path != NULL)
        g_ptr_array_add (children, g_memdup2 (&(SmithUdevChild){ g_strdup (name), path },
                                              sizeof (SmithUdevChild)));
    }
  return children;
}

/* Looks at the endpoints: folders such as ep_81, whose number has the highest
 * bit set if it goes to the computer. */
static void
read_endpoints (SmithUdevInterface *interface)
{
  g_autoptr (GPtrArray) names = smith_sysfs_list (interface->folder);
  guint promised;
  guint n_all = 0;
  guint n_in = 0;
  guint n_out = 0;

  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      g_autofree char *folder = g_build_filename (interface->folder, name, NULL);
      char type[16];

      if (!g_str_has_prefix (name, "ep_") || !smith_sysfs_read (folder, "type", type, sizeof type))
        continue;
      n_all++;
      if (!g_str_equal (type, "Bulk"))
        continue;
      if (g_ascii_strtoull (name + strlen ("ep_"), NULL, 16) & 0x80)
        n_in++;
      else
        n_out++;
    }
  interface->complete
      = smith_sysfs_read_hex (interface->folder, "bNumEndpoints", &promised) && promised == n_all;
  interface->bulk_pair = n_all == 2 && n_in == 1 && n_out == 1;
}

/* @name: such as "1-2.3:1.0", of the configuration 1 */
static SmithUdevInterface *
read_interface (const char *root, const SmithUdevDevice *device, const char *name)
{
  g_autofree char *path = g_build_filename (device->path, name, NULL);
  g_autofree char *folder = g_build_filename (root, "sys", path, NULL);
  g_autofree char *driver = g_build_filename (folder, "driver", NULL);
  SmithUdevInterface *interface;
  SmithUdevInterface found = { 0 };

  if (!smith_sysfs_read_hex (folder, "bInterfaceNumber", &found.number)
      || !smith_sysfs_read_hex (folder, "bInterfaceClass", &found.class)
      || !smith_sysfs_read_hex (folder, "bInterfaceSubClass", &found.subclass)
      || !smith_sysfs_read_hex (folder, "bInterfaceProtocol", &found.protocol))
    return NULL;
  found.configuration = (guint) g_ascii_strtoull (strchr (name, ':') + 1, NULL, 10);
  found.bound = g_file_test (driver, G_FILE_TEST_IS_SYMLINK);
  found.path = g_steal_pointer (&path);
  found.folder = g_steal_pointer (&folder);
  interface = g_memdup2 (&found, sizeof found);
  if (device->id != NULL && device->id->by_endpoints)
    read_endpoints (interface);
  return interface;
}

static int
compare_interfaces (gconstpointer a, gconstpointer b)
{
  return (int) (*(SmithUdevInterface *const *) a)->number
         - (int) (*(SmithUdevInterface *const *) b)->number;
}

/**
 * smith_udev_device_read_interfaces:
 *
 * Returns: FALSE if one of them went while it was read
 */
gboolean
smith_udev_device_read_interfaces (SmithUdevDevice *device, const char *root)
{
  g_autoptr (GPtrArray) names = smith_sysfs_list (device->folder);
  g_autofree char *prefix = g_strconcat (device->name, ":", NULL);
  gboolean all = TRUE;

  device->interfaces = g_ptr_array_new_with_free_func (interface_free);
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      SmithUdevInterface *interface;

      if (!g_str_has_prefix (name, prefix))
        continue;
      interface = read_interface (root, device, name);
      if (interface != NULL)
        g_ptr_array_add (device->interfaces, interface);
      else
        all = FALSE;
    }
  g_ptr_array_sort (device->interfaces, compare_interfaces);
  return all;
}

/* Whether it is the very device that it was when it was found. */
gboolean
smith_udev_device_is_still_there (const SmithUdevDevice *device)
{
  guint vendor, product, number;

  return read_identity (device->folder, &vendor, &product, &number) && vendor == device->vendor
         && product == device->product && number == device->number;
}
