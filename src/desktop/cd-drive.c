/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cd-drive.h"

#include <glib/gi18n.h>

#include "system-bus.h"

#define UDISKS_NAME "org.freedesktop.UDisks2"
#define UDISKS_BLOCK "org.freedesktop.UDisks2.Block"
#define UDISKS_DRIVE "org.freedesktop.UDisks2.Drive"
#define UDISKS_FILESYSTEM "org.freedesktop.UDisks2.Filesystem"

/* A drive that has to spin down first, and a person who is asked for a password. */
#define CALL_MS (60 * 1000)

typedef struct
{
  char *device;
  GDBusConnection *bus;
  char *drive; /* object of the drive that the device is in */
} Ejection;

static void
ejection_free (Ejection *ejection)
{
  g_free (ejection->device);
  g_clear_object (&ejection->bus);
  g_free (ejection->drive);
  g_free (ejection);
}

/* A stick that is on its way to its other face may take the drive away before
 * anybody can say that it was ejected. */
static void
return_ejected (GTask *task, GError *error)
{
  Ejection *ejection = g_task_get_task_data (task);

  if (error == NULL)
    g_task_return_boolean (task, TRUE);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
           && !g_file_test (ejection->device, G_FILE_TEST_EXISTS))
    {
      g_debug ("The drive has gone: %s", error->message);
      g_error_free (error);
      g_task_return_boolean (task, TRUE);
    }
  else
    g_task_return_error (task, error);
}

static void
on_drive_ejected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  g_drive_eject_with_operation_finish (G_DRIVE (source), result, &error);
  return_ejected (task, error);
}

static void
on_volume_ejected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  g_volume_eject_with_operation_finish (G_VOLUME (source), result, &error);
  return_ejected (task, error);
}

static gboolean
eject_volume (GTask *task, GVolume *volume)
{
  Ejection *ejection = g_task_get_task_data (task);
  g_autofree char *device = g_volume_get_identifier (volume, G_VOLUME_IDENTIFIER_KIND_UNIX_DEVICE);
  g_autoptr (GDrive) drive = NULL;

  if (g_strcmp0 (device, ejection->device) != 0)
    return FALSE;
  drive = g_volume_get_drive (volume);
  if (g_volume_can_eject (volume))
    g_volume_eject_with_operation (volume, G_MOUNT_UNMOUNT_NONE, NULL,
                                   g_task_get_cancellable (task), on_volume_ejected,
                                   g_object_ref (task));
  else if (drive != NULL && g_drive_can_eject (drive))
    g_drive_eject_with_operation (drive, G_MOUNT_UNMOUNT_NONE, NULL, g_task_get_cancellable (task),
                                  on_drive_ejected, g_object_ref (task));
  else
    return FALSE;
  return TRUE;
}

static gboolean
eject_drive (GTask *task, GDrive *drive)
{
  Ejection *ejection = g_task_get_task_data (task);
  g_autofree char *device = g_drive_get_identifier (drive, G_DRIVE_IDENTIFIER_KIND_UNIX_DEVICE);

  if (g_strcmp0 (device, ejection->device) != 0 || !g_drive_can_eject (drive))
    return FALSE;
  g_drive_eject_with_operation (drive, G_MOUNT_UNMOUNT_NONE, NULL, g_task_get_cancellable (task),
                                on_drive_ejected, g_object_ref (task));
  return TRUE;
}

/* The other way: what the desktop shows in its file manager. */
static void
eject_by_desktop (GTask *task)
{
  g_autoptr (GVolumeMonitor) monitor = g_volume_monitor_get ();
  g_autolist (GVolume) volumes = g_volume_monitor_get_volumes (monitor);
  g_autolist (GDrive) drives = g_volume_monitor_get_connected_drives (monitor);

  for (GList *link = volumes; link != NULL; link = link->next)
    if (eject_volume (task, link->data))
      return;
  for (GList *link = drives; link != NULL; link = link->next)
    if (eject_drive (task, link->data))
      return;
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "%s",
                           _ ("This computer has nothing that could eject the stick’s CD"));
}

static void
return_refusal (GTask *task, GError *error)
{
  g_autoptr (GError) cause = error;

  g_dbus_error_strip_remote_error (cause);
  return_ejected (task,
                  g_error_new (G_IO_ERROR,
                               g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED)
                                   ? G_IO_ERROR_CANCELLED
                                   : G_IO_ERROR_FAILED,
                               /* Translators: %s is what the system says */
                               _ ("The stick’s CD could not be ejected: %s"), cause->message));
}

static void
on_ejected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply != NULL)
    return_ejected (task, NULL);
  else
    return_refusal (task, error);
}

static void
call_udisks (GTask *task,
             const char *path,
             const char *interface,
             const char *method,
             GAsyncReadyCallback callback)
{
  Ejection *ejection = g_task_get_task_data (task);

  g_dbus_connection_call (ejection->bus, UDISKS_NAME, path, interface, method,
                          g_variant_new ("(a{sv})", NULL), G_VARIANT_TYPE_UNIT,
                          G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION,
                          (gint) smith_patience (CALL_MS), g_task_get_cancellable (task), callback,
                          g_object_ref (task));
}

static void
on_unmounted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Ejection *ejection = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (g_task_return_error_if_cancelled (task))
    return;
  /* Somebody may have been quicker: the drive knows whether it can eject. */
  if (reply == NULL)
    g_debug ("Not unmounted: %s", error->message);
  call_udisks (task, ejection->drive, UDISKS_DRIVE, "Eject", on_ejected);
}

static gboolean
is_mounted (GVariant *interfaces)
{
  g_autoptr (GVariant) filesystem
      = g_variant_lookup_value (interfaces, UDISKS_FILESYSTEM, G_VARIANT_TYPE_VARDICT);
  g_autoptr (GVariant) points = NULL;

  if (filesystem != NULL)
    points = g_variant_lookup_value (filesystem, "MountPoints", G_VARIANT_TYPE ("aay"));
  return points != NULL && g_variant_n_children (points) > 0;
}

/* Looks for the block device. Returns: its object's path, or NULL */
static char *
find_block (GVariant *objects, const char *device, char **drive, gboolean *mounted)
{
  GVariantIter iter;
  const char *path;
  GVariant *interfaces;

  g_variant_iter_init (&iter, objects);
  while (g_variant_iter_next (&iter, "{&o@a{sa{sv}}}", &path, &interfaces))
    {
      g_autoptr (GVariant) held = interfaces;
      g_autoptr (GVariant) block
          = g_variant_lookup_value (held, UDISKS_BLOCK, G_VARIANT_TYPE_VARDICT);
      const char *name, *in_drive;

      if (block == NULL || !g_variant_lookup (block, "Device", "^&ay", &name)
          || g_strcmp0 (name, device) != 0 || !g_variant_lookup (block, "Drive", "&o", &in_drive)
          || g_str_equal (in_drive, "/"))
        continue;
      *drive = g_strdup (in_drive);
      *mounted = is_mounted (held);
      return g_strdup (path);
    }
  return NULL;
}

static void
on_objects (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Ejection *ejection = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) objects
      = smith_system_bus_get_objects_finish (ejection->bus, result, &error);
  g_autofree char *block = NULL;
  gboolean mounted = FALSE;

  if (g_task_return_error_if_cancelled (task))
    return;
  if (objects == NULL)
    g_debug ("UDisks does not list its drives: %s", error->message);
  else
    block = find_block (objects, ejection->device, &ejection->drive, &mounted);
  if (block == NULL)
    eject_by_desktop (task);
  else if (mounted)
    call_udisks (task, block, UDISKS_FILESYSTEM, "Unmount", on_unmounted);
  else
    call_udisks (task, ejection->drive, UDISKS_DRIVE, "Eject", on_ejected);
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Ejection *ejection = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  ejection->bus = smith_system_bus_get_finish (result, &error);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (ejection->bus == NULL)
    {
      g_debug ("No system bus: %s", error->message);
      eject_by_desktop (task);
      return;
    }
  /* UDisks comes when it is called; on many desktops nothing else starts it. */
  smith_system_bus_get_objects (ejection->bus, UDISKS_NAME, "/org/freedesktop/UDisks2",
                                G_DBUS_CALL_FLAGS_NONE, g_task_get_cancellable (task), on_objects,
                                g_object_ref (task));
}

/**
 * smith_cd_drive_eject_async:
 * @system_bus: (nullable): NULL to connect to the system bus
 * @block_device: such as "/dev/sr1"
 *
 * Ejects the virtual CD of a stick. Where it is mounted it is unmounted first.
 * That the stick shows its other face has to be seen on the bus; success only
 * says that the drive did as it was told, or has gone.
 */
void
smith_cd_drive_eject_async (GDBusConnection *system_bus,
                            const char *block_device,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task;
  Ejection *ejection;

  g_return_if_fail (block_device != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, smith_cd_drive_eject_async);
  ejection = g_new0 (Ejection, 1);
  ejection->device = g_strdup (block_device);
  g_task_set_task_data (task, ejection, (GDestroyNotify) ejection_free);
  smith_system_bus_get_async (system_bus, cancellable, on_bus, task);
}

/**
 * smith_cd_drive_eject_finish:
 *
 * Errors: G_IO_ERROR_NOT_SUPPORTED where nothing on this computer knows the
 * drive (recommend usb_modeswitch, or to eject it in the file manager),
 * CANCELLED, or FAILED with what the system says.
 */
gboolean
smith_cd_drive_eject_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
