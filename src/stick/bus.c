/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sticksmith-stick"

#include "bus.h"

#include "format/error.h"
#include "link/deadline.h"
#include "soon.h"

/* How long a wait sleeps before it looks again by itself. */
#define RESCAN_US G_USEC_PER_SEC

typedef struct
{
  GMutex lock;
  GCond cond;
  GPtrArray *sticks; /* SmithStick; replaced as a whole, never changed */
  SmithSoon *changed;
} SmithBusPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (SmithBus, smith_bus, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
stick_port_free (gpointer data)
{
  SmithStickPort *port = data;

  g_free (port->device);
  g_free (port);
}

/**
 * smith_stick_new:
 * @usb_path: where it is plugged in, such as "1-2.3"
 *
 * Returns: (transfer full): a stick without ports
 */
SmithStick *
smith_stick_new (const char *usb_path, guint16 vendor, guint16 product, SmithMode mode)
{
  SmithStick *stick = g_atomic_rc_box_new0 (SmithStick);

  stick->usb_path = g_strdup (usb_path);
  stick->vendor = vendor;
  stick->product = product;
  stick->mode = mode;
  stick->ports = g_ptr_array_new_with_free_func (stick_port_free);
  return stick;
}

/**
 * smith_stick_add_port:
 *
 * Only for who makes the stick, before anybody else sees it.
 */
void
smith_stick_add_port (SmithStick *stick,
                      const char *device,
                      guint interface_number,
                      SmithPortRole role)
{
  SmithStickPort *port = g_new0 (SmithStickPort, 1);

  port->device = g_strdup (device);
  port->interface_number = interface_number;
  port->role = role;
  g_ptr_array_add (stick->ports, port);
}

SmithStick *
smith_stick_ref (SmithStick *stick)
{
  return g_atomic_rc_box_acquire (stick);
}

static void
stick_clear (gpointer data)
{
  SmithStick *stick = data;

  g_free (stick->usb_path);
  g_ptr_array_unref (stick->ports);
  g_free (stick->device_path);
  g_free (stick->network);
  g_free (stick->web_address);
  g_free (stick->cd_drive);
  g_free (stick->missing_driver);
}

void
smith_stick_unref (SmithStick *stick)
{
  g_atomic_rc_box_release_full (stick, stick_clear);
}

/**
 * smith_stick_find_port:
 *
 * Returns: (transfer none) (nullable): the device of the first port with @role
 */
const char *
smith_stick_find_port (SmithStick *stick, SmithPortRole role)
{
  for (guint i = 0; i < stick->ports->len; i++)
    {
      SmithStickPort *port = g_ptr_array_index (stick->ports, i);

      if (port->role == role)
        return port->device;
    }
  return NULL;
}

/**
 * smith_mode_name:
 *
 * Returns: a stable lower-case word for machine-readable output
 */
const char *
smith_mode_name (SmithMode mode)
{
  static const char *const names[] = {
    [SMITH_MODE_UNKNOWN] = "unknown",   [SMITH_MODE_CD] = "cd",
    [SMITH_MODE_HILINK] = "hilink",     [SMITH_MODE_STICK] = "stick",
    [SMITH_MODE_DOWNLOAD] = "download", [SMITH_MODE_BOOT_ROM] = "boot-rom",
    [SMITH_MODE_DEBUG] = "debug",       [SMITH_MODE_CHARGING] = "charging",
    [SMITH_MODE_BEYOND] = "beyond",
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (names) == SMITH_N_MODES);

  return (guint) mode < G_N_ELEMENTS (names) ? names[mode] : names[SMITH_MODE_UNKNOWN];
}

/* Returns: whether firmware runs on a stick in that mode that can be asked */
gboolean
smith_mode_is_working (SmithMode mode)
{
  return mode == SMITH_MODE_STICK || mode == SMITH_MODE_HILINK || mode == SMITH_MODE_DEBUG;
}

/**
 * smith_port_role_name:
 *
 * Returns: a stable lower-case word for machine-readable output
 */
const char *
smith_port_role_name (SmithPortRole role)
{
  static const char *const names[] = {
    [SMITH_PORT_UNKNOWN] = "unknown",   [SMITH_PORT_AT] = "at",
    [SMITH_PORT_MODEM] = "modem",       [SMITH_PORT_DIAGNOSTICS] = "diagnostics",
    [SMITH_PORT_DOWNLOAD] = "download", [SMITH_PORT_BOOT] = "boot",
  };

  return (guint) role < G_N_ELEMENTS (names) ? names[role] : names[SMITH_PORT_UNKNOWN];
}

static void
smith_bus_finalize (GObject *object)
{
  SmithBusPrivate *priv = smith_bus_get_instance_private (SMITH_BUS (object));

  g_ptr_array_unref (priv->sticks);
  smith_soon_free (priv->changed);
  g_cond_clear (&priv->cond);
  g_mutex_clear (&priv->lock);
  G_OBJECT_CLASS (smith_bus_parent_class)->finalize (object);
}

static void
smith_bus_class_init (SmithBusClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = smith_bus_finalize;
  signals[CHANGED] = g_signal_new ("changed", SMITH_TYPE_BUS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
smith_bus_init (SmithBus *bus)
{
  SmithBusPrivate *priv = smith_bus_get_instance_private (bus);

  g_mutex_init (&priv->lock);
  g_cond_init (&priv->cond);
  priv->sticks = g_ptr_array_new_with_free_func ((GDestroyNotify) smith_stick_unref);
  priv->changed = smith_soon_new (bus, signals[CHANGED], 0);
}

/**
 * smith_bus_publish:
 * @sticks: (transfer full) (element-type SmithStick): all sticks there are now
 *
 * For implementations: the new picture. Wakes who waits and has "changed"
 * emitted. Any thread.
 */
void
smith_bus_publish (SmithBus *bus, GPtrArray *sticks)
{
  SmithBusPrivate *priv = smith_bus_get_instance_private (bus);
  g_autoptr (GPtrArray) old = NULL;

  g_mutex_lock (&priv->lock);
  old = g_steal_pointer (&priv->sticks);
  priv->sticks = sticks;
  g_cond_broadcast (&priv->cond);
  g_mutex_unlock (&priv->lock);
  smith_soon_request (priv->changed);
}

/**
 * smith_bus_list:
 *
 * Any thread.
 *
 * Returns: (transfer full) (element-type SmithStick): the sticks of the moment; not to be changed
 */
GPtrArray *
smith_bus_list (SmithBus *bus)
{
  SmithBusPrivate *priv = smith_bus_get_instance_private (bus);
  GPtrArray *sticks;

  g_mutex_lock (&priv->lock);
  sticks = g_ptr_array_ref (priv->sticks);
  g_mutex_unlock (&priv->lock);
  return sticks;
}

static SmithStick *
find_in (GPtrArray *sticks, const char *usb_path)
{
  for (guint i = 0; i < sticks->len; i++)
    {
      SmithStick *stick = g_ptr_array_index (sticks, i);

      if (g_str_equal (stick->usb_path, usb_path))
        return stick;
    }
  return NULL;
}

/**
 * smith_bus_find:
 *
 * Any thread.
 *
 * Returns: (transfer full) (nullable): the stick at @usb_path, if one is there
 */
SmithStick *
smith_bus_find (SmithBus *bus, const char *usb_path)
{
  g_autoptr (GPtrArray) sticks = smith_bus_list (bus);
  SmithStick *stick = find_in (sticks, usb_path);

  return stick != NULL ? smith_stick_ref (stick) : NULL;
}

/**
 * smith_bus_rescan:
 *
 * Looks again now, so that smith_bus_list() and smith_bus_find() show what there
 * is. Any thread; may take some milliseconds.
 */
void
smith_bus_rescan (SmithBus *bus)
{
  SmithBusClass *klass = SMITH_BUS_GET_CLASS (bus);

  if (klass->rescan != NULL)
    klass->rescan (bus);
}

/**
 * smith_bus_owns_port:
 * @stick: of the present picture
 * @device: one of its ports
 * @number: a character device (st_rdev)
 *
 * Whether @number is that port, and not what had, or will have, the same name.
 * Any thread.
 */
gboolean
smith_bus_owns_port (SmithBus *bus, SmithStick *stick, const char *device, guint64 number)
{
  SmithBusClass *klass = SMITH_BUS_GET_CLASS (bus);

  return klass->owns_port == NULL || klass->owns_port (bus, stick, device, number);
}

static void
wake_on_cancel (GCancellable *cancellable, gpointer data)
{
  SmithBusPrivate *priv = smith_bus_get_instance_private (data);

  g_mutex_lock (&priv->lock);
  g_cond_broadcast (&priv->cond);
  g_mutex_unlock (&priv->lock);
}

static SmithStick *
wait_locked (SmithBus *bus,
             const char *usb_path,
             SmithStickFunc func,
             gpointer user_data,
             gint64 deadline,
             GCancellable *cancellable)
{
  SmithBusPrivate *priv = smith_bus_get_instance_private (bus);
  SmithBusClass *klass = SMITH_BUS_GET_CLASS (bus);

  while (!g_cancellable_is_cancelled (cancellable))
    {
      SmithStick *stick = find_in (priv->sticks, usb_path);
      gint64 look = MIN (deadline, smith_deadline_now () + RESCAN_US);

      if (stick != NULL && func (stick, user_data))
        return smith_stick_ref (stick);
      if (smith_deadline_passed (deadline))
        return NULL;
      if (!smith_deadline_wait (&priv->cond, &priv->lock, look) && klass->rescan != NULL)
        {
          g_mutex_unlock (&priv->lock);
          klass->rescan (bus);
          g_mutex_lock (&priv->lock);
        }
    }
  return NULL;
}

/**
 * smith_bus_wait:
 * @usb_path: the port at which the stick is plugged in
 * @func: what is waited for
 * @deadline: of smith_deadline_in()
 *
 * Waits until a stick at @usb_path is what @func wants; what is there already
 * is asked first. Blocks: for worker threads.
 *
 * Returns: (transfer full): that stick, or NULL with SMITH_ERROR_TIMEOUT or
 *   G_IO_ERROR_CANCELLED
 */
SmithStick *
smith_bus_wait (SmithBus *bus,
                const char *usb_path,
                SmithStickFunc func,
                gpointer user_data,
                gint64 deadline,
                GCancellable *cancellable,
                GError **error)
{
  SmithBusPrivate *priv = smith_bus_get_instance_private (bus);
  SmithStick *stick;
  gulong handler = 0;

  /* Not connected under the lock: an already cancelled one calls back at once. */
  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (wake_on_cancel), bus, NULL);
  g_mutex_lock (&priv->lock);
  stick = wait_locked (bus, usb_path, func, user_data, deadline, cancellable);
  g_mutex_unlock (&priv->lock);
  g_cancellable_disconnect (cancellable, handler);

  if (stick == NULL && !g_cancellable_set_error_if_cancelled (cancellable, error))
    g_set_error (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT,
                 "The stick did not come back at its place (%s) in time", usb_path);
  return stick;
}
