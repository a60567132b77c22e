/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "system-bus.h"

#define SCALE_UNIT 1000

/* Nobody who answers at all takes longer to list what he has. */
#define OBJECTS_MS 10000

static gint scale = SCALE_UNIT;

/**
 * smith_patience_set_scale:
 * @factor: 1 for the real thing, 0.1 for a tenth of all waiting
 *
 * For tests: scales all waiting for partners on D-Bus that begins from now on.
 */
void
smith_patience_set_scale (double factor)
{
  g_atomic_int_set (&scale, MAX (1, (gint) (CLAMP (factor, 0, 1000) * SCALE_UNIT)));
}

/**
 * smith_patience:
 * @ms: milliseconds, up to an hour
 *
 * Returns: as many milliseconds to wait for an answer, at least one
 */
guint
smith_patience (guint ms)
{
  return (guint) MAX (1, (gint64) ms * g_atomic_int_get (&scale) / SCALE_UNIT);
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  GDBusConnection *bus = g_bus_get_finish (result, &error);

  if (bus == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  /* A restarted bus must not end a program that is writing to a stick. */
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  g_task_return_pointer (task, bus, g_object_unref);
}

/**
 * smith_system_bus_get_async:
 * @given: (nullable): a connection that is to be used; NULL for the system bus
 *
 * For the main thread; nothing blocks.
 */
void
smith_system_bus_get_async (GDBusConnection *given,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, smith_system_bus_get_async);
  if (given == NULL)
    {
      g_bus_get (G_BUS_TYPE_SYSTEM, cancellable, on_bus, task);
      return;
    }
  g_task_return_pointer (task, g_object_ref (given), g_object_unref);
  g_object_unref (task);
}

/**
 * smith_system_bus_get_finish:
 *
 * Returns: (transfer full): the connection, or NULL with an error where there is no bus
 */
GDBusConnection *
smith_system_bus_get_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * smith_system_bus_get_objects:
 * @path: of the object manager
 *
 * Asks a service for everything it has.
 */
void
smith_system_bus_get_objects (GDBusConnection *bus,
                              const char *name,
                              const char *path,
                              GDBusCallFlags flags,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_dbus_connection_call (bus, name, path, "org.freedesktop.DBus.ObjectManager",
                          "GetManagedObjects", NULL, G_VARIANT_TYPE ("(a{oa{sa{sv}}})"), flags,
                          (gint) smith_patience (OBJECTS_MS), cancellable, callback, user_data);
}

/**
 * smith_system_bus_get_objects_finish:
 *
 * Returns: (transfer full): a dictionary of the type a{oa{sa{sv}}}, or NULL with an error
 */
GVariant *
smith_system_bus_get_objects_finish (GDBusConnection *bus, GAsyncResult *result, GError **error)
{
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (bus, result, error);

  return reply != NULL ? g_variant_get_child_value (reply, 0) : NULL;
}

/**
 * smith_system_bus_is_out_of_reach:
 *
 * Whether a question failed because nobody of that name is there, or because
 * the bus or a sandbox keeps us from asking.
 */
gboolean
smith_system_bus_is_out_of_reach (const GError *error)
{
  static const GDBusError out_of_reach[]
      = { G_DBUS_ERROR_SERVICE_UNKNOWN,     G_DBUS_ERROR_NAME_HAS_NO_OWNER,
          G_DBUS_ERROR_ACCESS_DENIED,       G_DBUS_ERROR_NO_SERVER,
          G_DBUS_ERROR_DISCONNECTED,        G_DBUS_ERROR_SPAWN_SERVICE_NOT_FOUND,
          G_DBUS_ERROR_SPAWN_FAILED,        G_DBUS_ERROR_SPAWN_CHILD_EXITED,
          G_DBUS_ERROR_SPAWN_EXEC_FAILED,   G_DBUS_ERROR_SPAWN_PERMISSIONS_INVALID,
          G_DBUS_ERROR_SPAWN_CONFIG_INVALID };

  for (gsize i = 0; i < G_N_ELEMENTS (out_of_reach); i++)
    if (g_error_matches (error, G_DBUS_ERROR, (gint) out_of_reach[i]))
      return TRUE;
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
}
