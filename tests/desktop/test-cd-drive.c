/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "desktop/cd-drive.h"

#include "partner.h"

#include <glib/gstdio.h>

#include <string.h>

#include "desktop/system-bus.h"

#define UDISKS "org.freedesktop.UDisks2"
#define BLOCK "/org/freedesktop/UDisks2/block_devices/sr1"
#define DRIVE "/org/freedesktop/UDisks2/drives/Mass_Storage"
#define FAILED UDISKS ".Error.Failed"

/* A desktop with one volume or one drive, as the test wants. */
static char *desktop_volume; /* device, or NULL */
static char *desktop_drive;
static gboolean can_eject;
static guint n_ejected;
static gint eject_answer; /* a code of G_IO_ERROR, or -1 */

static void
answer_eject (gpointer source,
              GCancellable *cancellable,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (source, cancellable, callback, user_data);

  n_ejected++;
  if (eject_answer < 0)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, G_IO_ERROR, eject_answer, "The drive says no");
}

#define TEST_TYPE_DRIVE (test_drive_get_type ())
G_DECLARE_FINAL_TYPE (TestDrive, test_drive, TEST, DRIVE, GObject)

struct _TestDrive
{
  GObject parent_instance;
};

static char *
test_drive_get_identifier (GDrive *drive, const char *kind)
{
  return g_strcmp0 (kind, G_DRIVE_IDENTIFIER_KIND_UNIX_DEVICE) == 0 ? g_strdup (desktop_drive)
                                                                    : NULL;
}

static gboolean
test_drive_can_eject (GDrive *drive)
{
  return can_eject;
}

static void
test_drive_eject (GDrive *drive,
                  GMountUnmountFlags flags,
                  GMountOperation *operation,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  answer_eject (drive, cancellable, callback, user_data);
}

static gboolean
test_drive_eject_finish (GDrive *drive, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
test_drive_iface_init (GDriveIface *iface)
{
  iface->get_identifier = test_drive_get_identifier;
  iface->can_eject = test_drive_can_eject;
  iface->eject_with_operation = test_drive_eject;
  iface->eject_with_operation_finish = test_drive_eject_finish;
}

G_DEFINE_TYPE_WITH_CODE (TestDrive,
                         test_drive,
                         G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (G_TYPE_DRIVE, test_drive_iface_init))

static void
test_drive_class_init (TestDriveClass *klass)
{
}

static void
test_drive_init (TestDrive *drive)
{
}

#define TEST_TYPE_VOLUME (test_volume_get_type ())
G_DECLARE_FINAL_TYPE (TestVolume, test_volume, TEST, VOLUME, GObject)

struct _TestVolume
{
  GObject parent_instance;
};

static char *
test_volume_get_identifier (GVolume *volume, const char *kind)
{
  return g_strcmp0 (kind, G_VOLUME_IDENTIFIER_KIND_UNIX_DEVICE) == 0 ? g_strdup (desktop_volume)
                                                                     : NULL;
}

static GDrive *
test_volume_get_drive (GVolume *volume)
{
  return desktop_drive != NULL ? g_object_new (TEST_TYPE_DRIVE, NULL) : NULL;
}

static gboolean
test_volume_can_eject (GVolume *volume)
{
  return can_eject && desktop_drive == NULL;
}

static void
test_volume_eject (GVolume *volume,
                   GMountUnmountFlags flags,
                   GMountOperation *operation,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  answer_eject (volume, cancellable, callback, user_data);
}

static gboolean
test_volume_eject_finish (GVolume *volume, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
test_volume_iface_init (GVolumeIface *iface)
{
  iface->get_identifier = test_volume_get_identifier;
  iface->get_drive = test_volume_get_drive;
  iface->can_eject = test_volume_can_eject;
  iface->eject_with_operation = test_volume_eject;
  iface->eject_with_operation_finish = test_volume_eject_finish;
}

G_DEFINE_TYPE_WITH_CODE (TestVolume,
                         test_volume,
                         G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (G_TYPE_VOLUME, test_volume_iface_init))

static void
test_volume_class_init (TestVolumeClass *klass)
{
}

static void
test_volume_init (TestVolume *volume)
{
}

typedef GVolumeMonitor TestMonitor;
typedef GVolumeMonitorClass TestMonitorClass;
static GType test_monitor_get_type (void);
G_DEFINE_TYPE_WITH_CODE (TestMonitor,
                         test_monitor,
                         G_TYPE_VOLUME_MONITOR,
                         g_io_extension_point_implement (G_VOLUME_MONITOR_EXTENSION_POINT_NAME,
                                                         g_define_type_id,
                                                         "test",
                                                         1000))

static gboolean
test_monitor_is_supported (void)
{
  return TRUE;
}

static GList *
test_monitor_get_volumes (GVolumeMonitor *monitor)
{
  return desktop_volume != NULL ? g_list_prepend (NULL, g_object_new (TEST_TYPE_VOLUME, NULL))
                                : NULL;
}

static GList *
test_monitor_get_drives (GVolumeMonitor *monitor)
{
  return desktop_drive != NULL ? g_list_prepend (NULL, g_object_new (TEST_TYPE_DRIVE, NULL)) : NULL;
}

static GList *
test_monitor_get_mounts (GVolumeMonitor *monitor)
{
  return NULL;
}

static void
test_monitor_class_init (TestMonitorClass *klass)
{
  klass->is_supported = test_monitor_is_supported;
  klass->get_volumes = test_monitor_get_volumes;
  klass->get_connected_drives = test_monitor_get_drives;
  klass->get_mounts = test_monitor_get_mounts;
}

static void
test_monitor_init (TestMonitor *monitor)
{
}

typedef struct
{
  GDBusConnection *bus;
  Partner *udisks;
  char *device; /* a file in the place of the block device */
  GCancellable *cancellable;
  GAsyncResult *result;
} World;

/* A dictionary of the interfaces that UDisks has for our drive. */
static GVariant *
objects_with (const char *interfaces)
{
  return parse ("({objectpath '/org/freedesktop/UDisks2/Manager': {'" UDISKS ".Manager': "
                "@a{sv} {}}, "
                "'/org/freedesktop/UDisks2/block_devices/sda': {'" UDISKS ".Block': "
                "{'Device': <b'/dev/sda'>, 'Drive': <objectpath '/x'>}}, "
                "'" BLOCK "': %s},)",
                interfaces);
}

static void
set_drive (World *world, const char *more)
{
  g_autofree char *interfaces
      = g_strdup_printf ("{'" UDISKS ".Block': {'Device': <b'%s'>, 'Drive': <objectpath '" DRIVE
                         "'>}%s}",
                         world->device, more);

  partner_reply (world->udisks, "GetManagedObjects", objects_with (interfaces));
}

static void
set_up (World *world, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  int fd = g_file_open_tmp ("smith-cd-XXXXXX", &world->device, &error);

  g_assert_no_error (error);
  g_close (fd, NULL);
  smith_patience_set_scale (1);
  world->bus = bus_connect ();
  world->cancellable = g_cancellable_new ();
  world->udisks = partner_new (UDISKS);
  set_drive (world, "");
  partner_reply (world->udisks, "Eject", NULL);
  partner_reply (world->udisks, "Unmount", NULL);
  can_eject = TRUE;
  n_ejected = 0;
  eject_answer = -1;
}

static void
tear_down (World *world, gconstpointer data)
{
  g_clear_object (&world->result);
  run_through (world->bus);
  g_clear_pointer (&world->udisks, partner_free);
  g_object_unref (world->bus);
  g_object_unref (world->cancellable);
  g_unlink (world->device);
  g_free (world->device);
  g_clear_pointer (&desktop_volume, g_free);
  g_clear_pointer (&desktop_drive, g_free);
}

static void
begin (World *world)
{
  g_clear_object (&world->result);
  smith_cd_drive_eject_async (world->bus, world->device, world->cancellable, keep_result,
                              &world->result);
}

static void
assert_ejected (World *world)
{
  g_autoptr (GError) error = NULL;

  begin (world);
  g_assert_true (smith_cd_drive_eject_finish (await_result (&world->result), &error));
  g_assert_no_error (error);
}

static void
assert_fails (World *world, GIOErrorEnum code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (smith_cd_drive_eject_finish (await_result (&world->result), &error));
  g_assert_error (error, G_IO_ERROR, (int) code);
  g_assert_null (strstr (error->message, "GDBus.Error"));
}

static void
test_udisks (World *world, gconstpointer data)
{
  g_autofree char *calls = NULL;

  assert_ejected (world);
  calls = partner_get_calls (world->udisks);
  g_assert_cmpstr (calls, ==, "GetManagedObjects()\nEject({},)\n");
  g_assert_cmpuint (n_ejected, ==, 0);
}

static void
test_mounted (World *world, gconstpointer data)
{
  g_autofree char *calls = NULL;

  set_drive (world, ", '" UDISKS ".Filesystem': {'MountPoints': <[b'/media/cd']>}");
  assert_ejected (world);
  calls = partner_get_calls (world->udisks);
  g_assert_cmpstr (calls, ==, "GetManagedObjects()\nUnmount({},)\nEject({},)\n");

  /* Not mounted now; and what cannot be unmounted may be ejected all the same. */
  set_drive (world, ", '" UDISKS ".Filesystem': {'MountPoints': <@aay []>}");
  assert_ejected (world);
  g_assert_cmpuint (partner_count (world->udisks, "Unmount"), ==, 1);
  set_drive (world, ", '" UDISKS ".Filesystem': {'MountPoints': <[b'/media/cd']>}");
  partner_refuse (world->udisks, "Unmount", FAILED);
  assert_ejected (world);
  g_assert_cmpuint (partner_count (world->udisks, "Eject"), ==, 3);
}

static void
test_refused (World *world, gconstpointer data)
{
  partner_refuse (world->udisks, "Eject", FAILED);
  begin (world);
  assert_fails (world, G_IO_ERROR_FAILED);
  /* The drive that is not there any more was ejected. */
  g_unlink (world->device);
  assert_ejected (world);
}

static void
test_cancelled (World *world, gconstpointer data)
{
  partner_hold_back (world->udisks, "Eject");
  begin (world);
  partner_await (world->udisks, "Eject");
  g_unlink (world->device);
  g_cancellable_cancel (world->cancellable);
  assert_fails (world, G_IO_ERROR_CANCELLED);
}

static void
test_volume (World *world, gconstpointer data)
{
  g_clear_pointer (&world->udisks, partner_free);
  desktop_volume = g_strdup (world->device);
  assert_ejected (world);
  g_assert_cmpuint (n_ejected, ==, 1);
  /* Through the drive where the volume itself cannot. */
  desktop_drive = g_strdup ("/dev/other");
  assert_ejected (world);
  g_assert_cmpuint (n_ejected, ==, 2);
  can_eject = FALSE;
  begin (world);
  assert_fails (world, G_IO_ERROR_NOT_SUPPORTED);
  g_assert_cmpuint (n_ejected, ==, 2);
}

static void
test_drive (World *world, gconstpointer data)
{
  g_clear_pointer (&world->udisks, partner_free);
  desktop_drive = g_strdup (world->device);
  assert_ejected (world);
  g_assert_cmpuint (n_ejected, ==, 1);
  eject_answer = G_IO_ERROR_BUSY;
  begin (world);
  assert_fails (world, G_IO_ERROR_BUSY);
}

/* Another drive is never touched. */
static void
test_other_drive (World *world, gconstpointer data)
{
  g_clear_pointer (&world->udisks, partner_free);
  desktop_volume = g_strdup ("/dev/sr0");
  desktop_drive = g_strdup ("/dev/sr0");
  begin (world);
  assert_fails (world, G_IO_ERROR_NOT_SUPPORTED);
  g_assert_cmpuint (n_ejected, ==, 0);
}

/* UDisks does not know the drive, or says something strange: the desktop may know. */
static void
test_garbage (World *world, gconstpointer data)
{
  static const char *const interfaces[] = {
    "@a{sa{sv}} {}",
    "{'" UDISKS ".Block': @a{sv} {}}",
    "{'" UDISKS ".Block': {'Device': <b'%s'>, 'Drive': <objectpath '/'>}}",
    "{'" UDISKS ".Block': {'Device': <b'%s'>, 'Drive': <'/drive'>}}",
    "{'" UDISKS ".Block': {'Device': <'%s'>, 'Drive': <objectpath '" DRIVE "'>}}",
    "{'" UDISKS ".Block': {'Device': <@ay []>, 'Drive': <objectpath '" DRIVE "'>}}",
    "{'" UDISKS ".Block': {'Device': <[byte 47]>, 'Drive': <objectpath '" DRIVE "'>}}",
  };
  static const char *const whole[] = { "('x',)", "(@as [],)", "(uint32 3, 4)" };

  for (gsize i = 0; i < G_N_ELEMENTS (interfaces); i++)
    {
      g_auto (GStrv) parts = g_strsplit (interfaces[i], "%s", 0);
      g_autofree char *filled = g_strjoinv (world->device, parts);

      partner_reply (world->udisks, "GetManagedObjects", objects_with (filled));
      begin (world);
      assert_fails (world, G_IO_ERROR_NOT_SUPPORTED);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (whole); i++)
    {
      partner_reply (world->udisks, "GetManagedObjects", parse ("%s", whole[i]));
      begin (world);
      assert_fails (world, G_IO_ERROR_NOT_SUPPORTED);
    }
  g_assert_cmpuint (partner_count (world->udisks, "Eject"), ==, 0);
  set_drive (world, ", '" UDISKS ".Filesystem': {'MountPoints': <'/media/cd'>}");
  partner_reply (world->udisks, "Eject", parse ("('yes',)"));
  begin (world);
  assert_fails (world, G_IO_ERROR_FAILED);
}

int
main (int argc, char *argv[])
{
  int status;

  g_setenv ("GIO_USE_VOLUME_MONITOR", "unix", TRUE);
  g_test_init (&argc, &argv, NULL);
  bus_up ();
  /* GIO makes its extension points when one of them is first asked for. */
  g_object_unref (g_volume_monitor_get ());
  g_type_ensure (test_monitor_get_type ());
#define ADD(name, function) g_test_add ("/cd-drive/" name, World, NULL, set_up, function, tear_down)
  ADD ("udisks", test_udisks);
  ADD ("mounted", test_mounted);
  ADD ("refused", test_refused);
  ADD ("cancelled", test_cancelled);
  ADD ("volume", test_volume);
  ADD ("drive", test_drive);
  ADD ("other-drive", test_other_drive);
  ADD ("garbage", test_garbage);
#undef ADD
  status = g_test_run ();
  bus_down ();
  return status;
}
