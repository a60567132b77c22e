/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "at-ports.h"

static void
port_free (gpointer data)
{
  SmithAtPort *port = data;

  smith_stick_unref (port->stick);
  g_free (port->device);
  g_free (port);
}

static void
add_ports (GPtrArray *ports, SmithStick *stick)
{
  for (guint i = 0; i < stick->ports->len; i++)
    {
      const SmithStickPort *found = g_ptr_array_index (stick->ports, i);
      SmithAtPort *port;

      if (found->role != SMITH_PORT_AT)
        continue;
      port = g_new0 (SmithAtPort, 1);
      port->stick = smith_stick_ref (stick);
      port->device = g_strdup (found->device);
      g_ptr_array_add (ports, port);
    }
}

/* Returns: (transfer full) (element-type SmithAtPort): the AT ports of all sticks */
GPtrArray *
smith_at_ports_list (SmithSession *session)
{
  g_autoptr (GPtrArray) sticks = smith_session_list_sticks (session);
  GPtrArray *ports = g_ptr_array_new_with_free_func (port_free);

  for (guint i = 0; i < sticks->len; i++)
    add_ports (ports, g_ptr_array_index (sticks, i));
  return ports;
}

/* Not where a stick has left and come back: it is another one to whoever wants
 * to speak to it. */
gboolean
smith_at_ports_are_same (GPtrArray *a, GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    {
      const SmithAtPort *one = g_ptr_array_index (a, i);
      const SmithAtPort *other = g_ptr_array_index (b, i);

      if (one->stick->seen != other->stick->seen
          || !g_str_equal (one->stick->usb_path, other->stick->usb_path)
          || !g_str_equal (one->device, other->device))
        return FALSE;
    }
  return TRUE;
}

static guint
find_by_path (GPtrArray *ports, const char *usb_path)
{
  for (guint i = 0; i < ports->len; i++)
    {
      const SmithAtPort *port = g_ptr_array_index (ports, i);

      if (g_strcmp0 (port->stick->usb_path, usb_path) == 0)
        return i;
    }
  return ports->len;
}

/**
 * smith_at_ports_choose:
 * @before: (nullable): where the stick is plugged in that was chosen before
 * @of_session: (nullable): and the one of the conversion
 *
 * Returns: the index of the first of the two that is there, else 0
 */
guint
smith_at_ports_choose (GPtrArray *ports, const char *before, const char *of_session)
{
  guint index = find_by_path (ports, before);

  if (index == ports->len)
    index = find_by_path (ports, of_session);
  return index == ports->len ? 0 : index;
}
