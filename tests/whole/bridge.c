/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bridge.h"

#include "../stick/fake-usb.h"
#include "door.h"

struct _Bridge
{
  FakeUsb *usb;
  SmithVirtualBus *bus;
  Door *door;
  BridgePlugged plugged; /* or NULL */
  gpointer user_data;
  GHashTable *mirrored;    /* USB path → SmithStick, as it was when it was plugged in */
  GHashTable *appearances; /* product → how often */
  guint pause_ms;
  guint n_children; /* so far: no port or network card has a name twice */
  gboolean is_busy;
};

/* The interfaces of a stick by product, without what their drivers make. */
typedef struct
{
  guint16 product;
  const char *interfaces[5];
} Face;

static const Face faces[] = {
  { 0x1f01, { "08/06/50 b81 b01 driver" } },
  { 0x14fe, { "08/06/50 b81 b01 driver" } },
  { 0x1446, { "08/06/50 b81 b01 driver" } },
  { 0x14dc, { "02/06/00 i81 driver", "0a/06/00 b82 b02 driver" } },
  { 0x1566,
    { "02/06/00 i81 driver", "ff/ff/ff b82 b01 driver", "ff/ff/ff b83 b02 driver",
      "ff/ff/ff b84 b03 driver" } },
  { 0x1443, { "ff/ff/ff b81 b01 driver" } },
  { 0x1442, { "ff/ff/ff b81 b01 driver", "08/06/50 b82 b02 driver" } },
  { 0x1c05, { "ff/ff/ff b81 b01 driver", "08/06/50 b82 b02 driver", "ff/ff/ff b83 b03 driver" } },
  { 0x1506,
    { "ff/03/12 b81 b01 driver", "ff/03/10 i82 b83 b02 driver", "ff/03/16 i84 b85 b03 driver" } },
  { 0x1001,
    { "ff/ff/ff i81 b82 b01 driver", "ff/ff/ff b83 b02 driver", "ff/ff/ff b84 b03 driver" } },
  { 0x1003, { "ff/ff/ff b81 b01 driver", "ff/ff/ff b82 b02 driver" } },
};

static const Face *
find_face (guint16 product)
{
  for (guint i = 0; i < G_N_ELEMENTS (faces); i++)
    if (faces[i].product == product)
      return &faces[i];
  g_error ("Nobody knows what %04x looks like", product);
}

static gboolean
on_time (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/* The time that a kernel or a driver takes. */
static void
take_time (Bridge *bridge)
{
  gboolean is_over = bridge->pause_ms == 0;

  if (!is_over)
    g_timeout_add (bridge->pause_ms, on_time, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

static void
add_child (Bridge *bridge, SmithStick *stick, guint interface, const char *kind, const char *target)
{
  g_autofree char *name = g_strdup_printf ("%s%u%s%s", kind, bridge->n_children++,
                                           target != NULL ? "=" : "", target != NULL ? target : "");

  take_time (bridge);
  fake_usb_add_child (bridge->usb, stick->usb_path, interface, name);
}

/* First the device is there with its interfaces, and then come the drivers, in
 * whatever order. */
static void
plug (Bridge *bridge, SmithStick *stick)
{
  const Face *face = find_face (stick->product);
  gpointer key = GUINT_TO_POINTER (stick->product);
  guint before = GPOINTER_TO_UINT (g_hash_table_lookup (bridge->appearances, key));

  g_hash_table_insert (bridge->mirrored, g_strdup (stick->usb_path), smith_stick_ref (stick));
  g_hash_table_insert (bridge->appearances, key, GUINT_TO_POINTER (before + 1));
  fake_usb_add_device (bridge->usb, stick->usb_path,
                       (guint32) stick->vendor << 16 | stick->product);
  for (guint i = 0; face->interfaces[i] != NULL; i++)
    fake_usb_add_interface (bridge->usb, stick->usb_path, i, face->interfaces[i]);
  for (guint i = stick->ports->len; i > 0; i--)
    {
      SmithStickPort *port = g_ptr_array_index (stick->ports, i - 1);

      add_child (bridge, stick, port->interface_number, "ttyUSB", port->device);
    }
  if (stick->network != NULL)
    add_child (bridge, stick, 0, "usb", NULL);
  if (stick->mode == SMITH_MODE_CD)
    add_child (bridge, stick, 0, "sr", NULL);
  if (stick->web_address != NULL)
    door_lead_to (bridge->door, stick->web_address);
  if (bridge->plugged != NULL)
    bridge->plugged (stick, bridge->user_data);
}

static SmithStick *
find_in (GPtrArray *picture, const char *usb_path)
{
  for (guint i = 0; i < picture->len; i++)
    {
      SmithStick *stick = g_ptr_array_index (picture, i);

      if (g_str_equal (stick->usb_path, usb_path))
        return stick;
    }
  return NULL;
}

/* Returns: whether somebody left, or left and came back */
static gboolean
unplug_one (Bridge *bridge, GPtrArray *picture)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, bridge->mirrored);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      SmithStick *old = value;
      SmithStick *now = find_in (picture, old->usb_path);

      if (now != NULL && now->seen == old->seen)
        continue;
      if (old->web_address != NULL)
        door_lead_to (bridge->door, NULL);
      smith_stick_ref (old);
      g_hash_table_iter_remove (&iter);
      fake_usb_unplug (bridge->usb, old->usb_path);
      smith_stick_unref (old);
      return TRUE;
    }
  return FALSE;
}

static gboolean
plug_one (Bridge *bridge, GPtrArray *picture)
{
  for (guint i = 0; i < picture->len; i++)
    {
      SmithStick *stick = g_ptr_array_index (picture, i);

      if (g_hash_table_contains (bridge->mirrored, stick->usb_path))
        continue;
      plug (bridge, stick);
      return TRUE;
    }
  return FALSE;
}

/* Returns: whether there was something to do */
static gboolean
mirror_one (Bridge *bridge)
{
  g_autoptr (GPtrArray) picture = smith_bus_list (SMITH_BUS (bridge->bus));

  return unplug_one (bridge, picture) || plug_one (bridge, picture);
}

/* While it is at it the main loop goes on, and with it everything else. */
static void
mirror (Bridge *bridge)
{
  if (bridge->is_busy)
    return;
  bridge->is_busy = TRUE;
  while (mirror_one (bridge))
    continue;
  bridge->is_busy = FALSE;
}

/**
 * bridge_new:
 * @with_events: whether udev tells of what happens
 * @plugged: (nullable): told of every stick that is there
 */
Bridge *
bridge_new (gboolean with_events, BridgePlugged plugged, gpointer user_data)
{
  Bridge *bridge = g_new0 (Bridge, 1);

  bridge->plugged = plugged;
  bridge->user_data = user_data;
  bridge->usb = fake_usb_new (TRUE);
  if (!with_events)
    fake_usb_hush (bridge->usb);
  bridge->bus = smith_virtual_bus_new ();
  bridge->door = door_new ();
  bridge->mirrored
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) smith_stick_unref);
  bridge->appearances = g_hash_table_new (NULL, NULL);
  g_signal_connect_swapped (bridge->bus, "changed", G_CALLBACK (mirror), bridge);
  return bridge;
}

/* Not while it is at work. The sticks must be gone already. */
void
bridge_free (Bridge *bridge)
{
  g_assert_false (bridge->is_busy);
  mirror (bridge);
  g_signal_handlers_disconnect_by_data (bridge->bus, bridge);
  g_object_unref (bridge->bus);
  door_free (bridge->door);
  g_hash_table_unref (bridge->mirrored);
  g_hash_table_unref (bridge->appearances);
  fake_usb_free (bridge->usb);
  g_free (bridge);
}

/* Returns: (transfer none): the bus for virtual sticks */
SmithVirtualBus *
bridge_get_bus (Bridge *bridge)
{
  return bridge->bus;
}

/* Returns: (transfer none): where the web server of whatever stick has one is */
const char *
bridge_get_web_address (Bridge *bridge)
{
  return door_get_address (bridge->door);
}

/**
 * bridge_set_pause:
 * @pause_ms: how long each driver takes
 */
void
bridge_set_pause (Bridge *bridge, guint pause_ms)
{
  bridge->pause_ms = pause_ms;
}

/* Returns when everything on the virtual bus has been plugged in. */
void
bridge_settle (Bridge *bridge)
{
  while (bridge->is_busy)
    g_main_context_iteration (NULL, TRUE);
  mirror (bridge);
}

/* Returns: how often a stick showed that product id */
guint
bridge_get_appearances (Bridge *bridge, guint16 product)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (bridge->appearances, GUINT_TO_POINTER (product)));
}
