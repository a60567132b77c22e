/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sticksmith-stick"

#include "udev-scan.h"

#include <string.h>
#include <unistd.h>

#include "udev-device.h"
#include "udev-sysfs.h"

typedef struct
{
  const char *root;
  SmithCatalogue *catalogue;
  GPtrArray *ttys; /* SmithUdevChild */
  GPtrArray *nets;
  GPtrArray *drives;
  gboolean unsettled;
} Scan;

void
smith_udev_stick_free (gpointer data)
{
  SmithUdevStick *found = data;

  smith_stick_unref (found->stick);
  g_free (found);
}

/* A Huawei stick with a Qualcomm chip may show the same id in ordinary mode and
 * in download mode. In download mode each interface is the vendor's with one
 * bulk IN and one bulk OUT: there is no interrupt endpoint and no drive.
 * Interfaces appear one by one, so that their number has to be right first.
 *
 * Returns: SMITH_MODE_UNKNOWN if it cannot be told yet */
static SmithMode
judge_endpoints (const SmithUdevDevice *device)
{
  const GPtrArray *interfaces = device->interfaces;
  gboolean complete = interfaces->len > 0;
  SmithUdevInterface *interface = NULL;

  for (guint i = 0; i < interfaces->len; i++)
    {
      interface = g_ptr_array_index (interfaces, i);
      if (interface->class != SMITH_USB_CLASS_VENDOR
          || (interface->complete && !interface->bulk_pair))
        return device->id->mode;
      complete = complete && interface->complete;
    }
  if (!complete
      || interfaces->len < smith_sysfs_count_interfaces (device->folder, interface->configuration))
    return SMITH_MODE_UNKNOWN;
  return SMITH_MODE_DOWNLOAD;
}

static void
decide (Scan *scan, const SmithUdevDevice *device, SmithStick *stick)
{
  const SmithCatalogueId *id = device->id;
  SmithPortRole role;

  if (id == NULL)
    return;
  stick->family = id->family;
  stick->note = id->note;
  stick->unproven = id->unproven;
  if (id->by_endpoints)
    {
      stick->mode = judge_endpoints (device);
      scan->unsettled = scan->unsettled || stick->mode == SMITH_MODE_UNKNOWN;
      if (stick->mode == SMITH_MODE_DOWNLOAD)
        {
          stick->unproven = TRUE;
          stick->family = SMITH_FAMILY_QUALCOMM;
        }
    }
  for (guint i = 0;
       id->by_class && stick->family == SMITH_FAMILY_UNKNOWN && i < device->interfaces->len; i++)
    {
      SmithUdevInterface *interface = g_ptr_array_index (device->interfaces, i);

      if (interface->class == SMITH_USB_CLASS_VENDOR
          && smith_catalogue_find_protocol (scan->catalogue, (guint8) interface->protocol, &role))
        stick->family
            = smith_catalogue_find_subclass (scan->catalogue, (guint8) interface->subclass);
    }
}

static SmithPortRole
find_role (Scan *scan,
           const SmithUdevDevice *device,
           const SmithStick *stick,
           const SmithUdevInterface *interface)
{
  const SmithCatalogueId *id = device->id;
  SmithPortRole role;

  if (id == NULL || stick->mode == SMITH_MODE_UNKNOWN || interface->class != SMITH_USB_CLASS_VENDOR)
    return SMITH_PORT_UNKNOWN;
  if (id->by_endpoints && stick->mode == SMITH_MODE_DOWNLOAD)
    return interface == g_ptr_array_index (device->interfaces, device->interfaces->len - 1)
               ? SMITH_PORT_DOWNLOAD
               : SMITH_PORT_UNKNOWN;
  if (id->by_class
      && smith_catalogue_find_protocol (scan->catalogue, (guint8) interface->protocol, &role))
    return role;
  return interface->number < id->n_roles ? id->roles[interface->number] : SMITH_PORT_UNKNOWN;
}

static gboolean
is_below (const char *path, const char *parent)
{
  gsize length = strlen (parent);

  return strncmp (path, parent, length) == 0 && path[length] == '/';
}

/* Returns: whether the interface has a port */
static gboolean
add_ports (Scan *scan, SmithStick *stick, const SmithUdevInterface *interface, SmithPortRole role)
{
  gboolean any = FALSE;

  for (guint i = 0; i < scan->ttys->len; i++)
    {
      SmithUdevChild *tty = g_ptr_array_index (scan->ttys, i);
      g_autofree char *node = g_build_filename (scan->root, "dev", tty->name, NULL);
      SmithStickPort *port;

      if (!is_below (tty->path, interface->path) || access (node, F_OK) != 0)
        continue;
      smith_stick_add_port (stick, node, interface->number, role);
      port = g_ptr_array_index (stick->ports, stick->ports->len - 1);
      port->denied = access (node, R_OK | W_OK) != 0;
      any = TRUE;
    }
  return any;
}

/* The port without which nothing can be done in a mode. */
static SmithPortRole
get_needed_role (SmithMode mode)
{
  switch (mode)
    {
    case SMITH_MODE_BOOT_ROM:
      return SMITH_PORT_BOOT;
    case SMITH_MODE_DOWNLOAD:
      return SMITH_PORT_DOWNLOAD;
    case SMITH_MODE_STICK:
    case SMITH_MODE_DEBUG:
      return SMITH_PORT_AT;
    case SMITH_MODE_UNKNOWN:
    case SMITH_MODE_CD:
    case SMITH_MODE_HILINK:
    case SMITH_MODE_CHARGING:
    case SMITH_MODE_BEYOND:
    case SMITH_N_MODES:
    default:
      return SMITH_PORT_UNKNOWN;
    }
}

/* Returns: whether the needed port is missing for want of a driver */
static gboolean
find_ports (Scan *scan, const SmithUdevDevice *device, SmithStick *stick)
{
  SmithPortRole needed = get_needed_role (stick->mode);
  gboolean unbound = FALSE;

  for (guint i = 0; i < device->interfaces->len; i++)
    {
      SmithUdevInterface *interface = g_ptr_array_index (device->interfaces, i);
      SmithPortRole role = find_role (scan, device, stick, interface);
      gboolean has_port = add_ports (scan, stick, interface, role);

      if (needed != SMITH_PORT_UNKNOWN && role == needed && !has_port && !interface->bound)
        unbound = TRUE;
    }
  return unbound && smith_stick_find_port (stick, needed) == NULL;
}

/* Returns: (transfer full) (nullable): the name of the first of @children that
 * belongs to @device and whose name begins with @prefix */
static char *
find_child (GPtrArray *children, const SmithUdevDevice *device, const char *prefix)
{
  for (guint i = 0; i < children->len; i++)
    {
      SmithUdevChild *child = g_ptr_array_index (children, i);

      for (guint k = 0; k < device->interfaces->len; k++)
        {
          SmithUdevInterface *interface = g_ptr_array_index (device->interfaces, k);

          if (is_below (child->path, interface->path) && g_str_has_prefix (child->name, prefix))
            return g_strdup (child->name);
        }
    }
  return NULL;
}

static char *
find_cd_drive (Scan *scan, const SmithUdevDevice *device)
{
  g_autofree char *name = find_child (scan->drives, device, "sr");
  g_autofree char *node = name != NULL ? g_build_filename (scan->root, "dev", name, NULL) : NULL;

  return node != NULL && access (node, F_OK) == 0 ? g_steal_pointer (&node) : NULL;
}

/* Hubs that are built into the computer do not count, where the kernel knows. */
static gboolean
is_behind_hub (Scan *scan, const SmithUdevDevice *device)
{
  for (const char *dot = strchr (device->name, '.'); dot != NULL; dot = strchr (dot + 1, '.'))
    {
      g_autofree char *hub = g_strndup (device->name, (gsize) (dot - device->name));
      g_autofree char *folder = g_build_filename (scan->root, "sys/bus/usb/devices", hub, NULL);
      char removable[16];

      if (!smith_sysfs_read (folder, "removable", removable, sizeof removable)
          || !g_str_equal (removable, "fixed"))
        return TRUE;
    }
  return FALSE;
}

/* Returns: NULL if it left, or another came, while it was looked at */
static SmithUdevStick *
look_at (Scan *scan, SmithUdevDevice *device)
{
  SmithMode mode = device->id != NULL ? device->id->mode : SMITH_MODE_UNKNOWN;
  g_autoptr (SmithStick) stick
      = smith_stick_new (device->name, (guint16) device->vendor, (guint16) device->product, mode);
  gboolean lacks_driver;

  if (!smith_udev_device_read_interfaces (device, scan->root))
    scan->unsettled = TRUE;
  decide (scan, device, stick);
  lacks_driver = find_ports (scan, device, stick);
  stick->behind_hub = is_behind_hub (scan, device);
  stick->device_path = g_strdup (device->folder);
  if (stick->mode == SMITH_MODE_HILINK || stick->mode == SMITH_MODE_DEBUG)
    stick->network = find_child (scan->nets, device, "");
  if (stick->mode == SMITH_MODE_CD)
    stick->cd_drive = find_cd_drive (scan, device);
  if (!smith_udev_device_is_still_there (device))
    {
      scan->unsettled = TRUE;
      return NULL;
    }
  return g_memdup2 (&(SmithUdevStick){ g_steal_pointer (&stick), device->number, lacks_driver },
                    sizeof (SmithUdevStick));
}

/**
 * smith_udev_scan:
 * @root: "/", or a folder in which a test keeps its own sys and dev
 * @unsettled: (out): whether something was on the move: look again soon
 *
 * Looks at all sticks, in the order of their places. Opens no device and waits
 * for nothing. Any thread.
 *
 * Returns: (transfer full) (element-type SmithUdevStick): the sticks
 */
GPtrArray *
smith_udev_scan (const char *root, SmithCatalogue *catalogue, gboolean *unsettled)
{
  Scan scan = { .root = root, .catalogue = catalogue };
  g_autoptr (GPtrArray) devices = smith_udev_list_devices (root, catalogue);
  GPtrArray *sticks = g_ptr_array_new_with_free_func (smith_udev_stick_free);

  if (devices->len > 0)
    {
      /* After the devices: what is below one that stays is its own. */
      scan.ttys = smith_udev_list_children (root, "tty");
      scan.nets = smith_udev_list_children (root, "net");
      scan.drives = smith_udev_list_children (root, "block");
    }
  for (guint i = 0; i < devices->len; i++)
    {
      SmithUdevStick *found = look_at (&scan, g_ptr_array_index (devices, i));

      if (found != NULL)
        g_ptr_array_add (sticks, found);
    }
  g_clear_pointer (&scan.ttys, g_ptr_array_unref);
  g_clear_pointer (&scan.nets, g_ptr_array_unref);
  g_clear_pointer (&scan.drives, g_ptr_array_unref);
  *unsettled = scan.unsettled;
  return sticks;
}
