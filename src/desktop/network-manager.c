/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network-manager-private.h"

#include <string.h>

#include "system-bus.h"

#define MODEM_MANAGER_NAME "org.freedesktop.ModemManager1"
#define MODEM_MANAGER_PATH "/org/freedesktop/ModemManager1"
#define MODEM_MANAGER_MODEM "org.freedesktop.ModemManager1.Modem"

/* NetworkManager's numbers for a device's type and states. */
#define DEVICE_TYPE_MODEM 8
#define DEVICE_STATE_PREPARE 40
#define DEVICE_STATE_ACTIVATED 100

/* A search that is under way. */
typedef struct
{
  GDBusConnection *bus;
  char *device_path;
  GVariant *devices; /* NetworkManager's objects */
} Search;

static void
search_free (Search *search)
{
  g_clear_object (&search->bus);
  g_free (search->device_path);
  g_clear_pointer (&search->devices, g_variant_unref);
  g_free (search);
}

void
smith_online_modem_free (SmithOnlineModem *modem)
{
  g_clear_object (&modem->bus);
  g_free (modem->path);
  g_free (modem);
}

static void
return_modem (GTask *task, SmithOnlineState state, const char *path)
{
  Search *search = g_task_get_task_data (task);
  SmithOnlineModem *modem = g_new0 (SmithOnlineModem, 1);

  modem->state = state;
  modem->path = g_strdup (path);
  if (search->bus != NULL)
    modem->bus = g_object_ref (search->bus);
  g_task_return_pointer (task, modem, (GDestroyNotify) smith_online_modem_free);
}

/* Whether the sysfs path is the stick or something that belongs to it. */
static gboolean
belongs_to (const char *path, const char *device_path)
{
  gsize length = strlen (device_path);

  return length > 0 && g_str_has_prefix (path, device_path)
         && (path[length] == '\0' || path[length] == '/');
}

/* Whether ModemManager's object of that path is the stick. What sysfs says is
 * newer than the name "Device", which a rule of the system may have changed. */
static gboolean
is_modem_of (GVariant *modems, const char *path, const char *device_path)
{
  static const char *const names[] = { "Physdev", "Device" };
  g_autoptr (GVariant) interfaces
      = g_variant_lookup_value (modems, path, G_VARIANT_TYPE ("a{sa{sv}}"));
  g_autoptr (GVariant) properties = NULL;
  const char *value;

  if (interfaces != NULL)
    properties = g_variant_lookup_value (interfaces, MODEM_MANAGER_MODEM, G_VARIANT_TYPE_VARDICT);
  for (gsize i = 0; properties != NULL && i < G_N_ELEMENTS (names); i++)
    if (g_variant_lookup (properties, names[i], "&s", &value) && belongs_to (value, device_path))
      return TRUE;
  return FALSE;
}

static SmithOnlineState
state_from_device (GVariant *properties)
{
  guint32 state = 0;

  if (!g_variant_lookup (properties, "State", "u", &state) || state < DEVICE_STATE_PREPARE)
    return SMITH_ONLINE_READY;
  if (state < DEVICE_STATE_ACTIVATED)
    return SMITH_ONLINE_CONNECTING;
  return state == DEVICE_STATE_ACTIVATED ? SMITH_ONLINE_CONNECTED : SMITH_ONLINE_READY;
}

/* Looks through NetworkManager's modems for the stick. What it calls "Udi" is
 * ModemManager's object for a modem: an opaque name, which has to be looked up
 * there; @modems NULL: that has not been done.
 * Returns: whether there is a modem that ModemManager has to be asked about */
static gboolean
find_among (Search *search, GVariant *modems, char **path, SmithOnlineState *state)
{
  GVariantIter iter;
  const char *object;
  GVariant *interfaces;
  gboolean to_ask = FALSE;

  g_variant_iter_init (&iter, search->devices);
  while (g_variant_iter_next (&iter, "{&o@a{sa{sv}}}", &object, &interfaces))
    {
      g_autoptr (GVariant) held = interfaces;
      g_autoptr (GVariant) properties
          = g_variant_lookup_value (held, SMITH_NM_DEVICE, G_VARIANT_TYPE_VARDICT);
      guint32 type = 0;
      const char *udi;
      gboolean is_it;

      if (properties == NULL || !g_variant_lookup (properties, "DeviceType", "u", &type)
          || type != DEVICE_TYPE_MODEM || !g_variant_lookup (properties, "Udi", "&s", &udi))
        continue;
      is_it = belongs_to (udi, search->device_path)
              || (modems != NULL && is_modem_of (modems, udi, search->device_path));
      to_ask = to_ask || g_variant_is_object_path (udi);
      if (!is_it || *path != NULL)
        continue;
      *path = g_strdup (object);
      *state = state_from_device (properties);
    }
  return to_ask;
}

static void
on_modems (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Search *search = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) modems = smith_system_bus_get_objects_finish (search->bus, result, &error);
  g_autofree char *path = NULL;
  SmithOnlineState state = SMITH_ONLINE_NO_MODEM;

  if (g_task_return_error_if_cancelled (task))
    return;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    {
      g_prefix_error (&error, "ModemManager: ");
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (modems == NULL)
    g_debug ("ModemManager does not list its modems: %s", error->message);
  else
    find_among (search, modems, &path, &state);
  return_modem (task, state, path);
}

static void
on_devices (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Search *search = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  SmithOnlineState state = SMITH_ONLINE_NO_MODEM;
  gboolean to_ask;

  search->devices = smith_system_bus_get_objects_finish (search->bus, result, &error);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (smith_system_bus_is_out_of_reach (error))
    {
      return_modem (task, SMITH_ONLINE_ABSENT, NULL);
      return;
    }
  if (search->devices == NULL)
    {
      g_dbus_error_strip_remote_error (error);
      g_prefix_error (&error, "NetworkManager: ");
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  to_ask = find_among (search, NULL, &path, &state);
  if (path != NULL || !to_ask)
    {
      return_modem (task, state, path);
      return;
    }
  smith_system_bus_get_objects (search->bus, MODEM_MANAGER_NAME, MODEM_MANAGER_PATH,
                                G_DBUS_CALL_FLAGS_NO_AUTO_START, g_task_get_cancellable (task),
                                on_modems, g_object_ref (task));
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Search *search = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  search->bus = smith_system_bus_get_finish (result, &error);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (search->bus == NULL)
    {
      g_debug ("No system bus: %s", error->message);
      return_modem (task, SMITH_ONLINE_ABSENT, NULL);
      return;
    }
  smith_system_bus_get_objects (search->bus, SMITH_NM_NAME, "/org/freedesktop",
                                G_DBUS_CALL_FLAGS_NO_AUTO_START, g_task_get_cancellable (task),
                                on_devices, g_object_ref (task));
}

/* Finds the stick among NetworkManager's devices; no error where it is not. */
void
smith_online_find_async (GDBusConnection *system_bus,
                         const char *device_path,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Search *search = g_new0 (Search, 1);

  g_task_set_source_tag (task, smith_online_find_async);
  search->device_path = g_strdup (device_path);
  g_task_set_task_data (task, search, (GDestroyNotify) search_free);
  smith_system_bus_get_async (system_bus, cancellable, on_bus, task);
}

SmithOnlineModem *
smith_online_find_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (SmithOnlineModem) modem = smith_online_find_finish (result, &error);

  if (modem != NULL)
    g_task_return_int (task, modem->state);
  else
    g_task_return_error (task, error);
}

/**
 * smith_online_look_async:
 *
 * Asks whether NetworkManager has the stick as a modem, and whether that is
 * connected. Takes seconds at most.
 */
void
smith_online_look_async (GDBusConnection *system_bus,
                         const char *device_path,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task;

  g_return_if_fail (device_path != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, smith_online_look_async);
  smith_online_find_async (system_bus, device_path, cancellable, on_looked, task);
}

/**
 * smith_online_look_finish:
 *
 * Returns: what was found; SMITH_ONLINE_ABSENT with an error set if nothing
 *   could be found out
 */
SmithOnlineState
smith_online_look_finish (GAsyncResult *result, GError **error)
{
  gssize state;

  g_return_val_if_fail (g_task_is_valid (result, NULL), SMITH_ONLINE_ABSENT);

  state = g_task_propagate_int (G_TASK (result), error);
  return state < 0 ? SMITH_ONLINE_ABSENT : (SmithOnlineState) state;
}
