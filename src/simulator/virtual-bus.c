/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sticksmith-simulator"

#include "virtual-bus.h"

struct _SmithVirtualBus
{
  SmithBus parent_instance;

  GMutex lock;
  GPtrArray *sticks;   /* SmithStick, in the order in which they appeared */
  guint64 appearances; /* so far, of all sticks */
};

G_DEFINE_TYPE (SmithVirtualBus, smith_virtual_bus, SMITH_TYPE_BUS)

static void
smith_virtual_bus_finalize (GObject *object)
{
  SmithVirtualBus *bus = SMITH_VIRTUAL_BUS (object);

  g_ptr_array_unref (bus->sticks);
  g_mutex_clear (&bus->lock);
  G_OBJECT_CLASS (smith_virtual_bus_parent_class)->finalize (object);
}

static void
smith_virtual_bus_class_init (SmithVirtualBusClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = smith_virtual_bus_finalize;
}

static void
smith_virtual_bus_init (SmithVirtualBus *bus)
{
  g_mutex_init (&bus->lock);
  bus->sticks = g_ptr_array_new_with_free_func ((GDestroyNotify) smith_stick_unref);
}

/**
 * smith_virtual_bus_new:
 *
 * "changed" is emitted in the main context that is the caller's thread default.
 *
 * Returns: (transfer full): a bus without sticks
 */
SmithVirtualBus *
smith_virtual_bus_new (void)
{
  return g_object_new (SMITH_TYPE_VIRTUAL_BUS, NULL);
}

static gboolean
find_locked (SmithVirtualBus *bus, const char *usb_path, guint *index)
{
  for (guint i = 0; i < bus->sticks->len; i++)
    {
      SmithStick *stick = g_ptr_array_index (bus->sticks, i);

      if (g_str_equal (stick->usb_path, usb_path))
        {
          *index = i;
          return TRUE;
        }
    }
  return FALSE;
}

/* Published with the lock held, so that pictures cannot overtake each other. */
static void
publish_locked (SmithVirtualBus *bus)
{
  GPtrArray *picture = g_ptr_array_new_full (bus->sticks->len, (GDestroyNotify) smith_stick_unref);

  for (guint i = 0; i < bus->sticks->len; i++)
    g_ptr_array_add (picture, smith_stick_ref (g_ptr_array_index (bus->sticks, i)));
  smith_bus_publish (SMITH_BUS (bus), picture);
}

/**
 * smith_virtual_bus_set:
 * @stick: (transfer none): new, not on any bus yet
 *
 * Lets @stick appear, in place of what was at its USB path before. If its
 * "seen" is still 0 it is filled in, so that every appearance has a higher one
 * than those before it. Any thread.
 */
void
smith_virtual_bus_set (SmithVirtualBus *bus, SmithStick *stick)
{
  guint index;

  g_return_if_fail (SMITH_IS_VIRTUAL_BUS (bus));

  g_mutex_lock (&bus->lock);
  bus->appearances = MAX (bus->appearances + 1, stick->seen);
  if (stick->seen == 0)
    stick->seen = bus->appearances;
  smith_stick_ref (stick);
  if (find_locked (bus, stick->usb_path, &index))
    {
      smith_stick_unref (g_ptr_array_index (bus->sticks, index));
      g_ptr_array_index (bus->sticks, index) = stick;
    }
  else
    g_ptr_array_add (bus->sticks, stick);
  publish_locked (bus);
  g_mutex_unlock (&bus->lock);
}

/**
 * smith_virtual_bus_remove:
 *
 * Lets the stick at @usb_path vanish; nothing happens if there is none. Any
 * thread.
 */
void
smith_virtual_bus_remove (SmithVirtualBus *bus, const char *usb_path)
{
  guint index;

  g_return_if_fail (SMITH_IS_VIRTUAL_BUS (bus));

  g_mutex_lock (&bus->lock);
  if (find_locked (bus, usb_path, &index))
    {
      g_ptr_array_remove_index (bus->sticks, index);
      publish_locked (bus);
    }
  g_mutex_unlock (&bus->lock);
}
