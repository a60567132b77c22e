/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sticksmith-simulator"

#include "virtual-stick-private.h"

#define VENDOR 0x12d1

static const SmithFacePort *
find_served (const SmithFace *face)
{
  for (guint i = 0; i < face->n_ports; i++)
    if (face->ports[i].is_served)
      return &face->ports[i];
  return NULL;
}

/* What the bus sees of the stick as it is now. */
static SmithStick *
make_picture (SmithVirtualStick *stick)
{
  const SmithFace *face = stick->face;
  SmithStick *picture = smith_stick_new (stick->usb_path, VENDOR, face->product, face->mode);

  picture->family = face->family;
  picture->unproven = face->unproven;
  for (guint i = 0; i < face->n_ports; i++)
    if (stick->ports[i] != NULL)
      smith_stick_add_port (picture, smith_virtual_port_get_name (stick->ports[i]),
                            face->ports[i].interface_number, face->ports[i].role);
  if (face->has_web)
    picture->network = g_strdup (SMITH_VIRTUAL_NETWORK);
  if (stick->web != NULL)
    picture->web_address = g_strdup (smith_hilink_server_get_address (stick->web));
  if (face->mode == SMITH_MODE_CD)
    picture->cd_drive = g_strdup (SMITH_VIRTUAL_CD_DRIVE);
  return picture;
}

/* Puts the stick on the bus as it is now, unless it has been unplugged. */
void
smith_virtual_stick_appear (SmithVirtualStick *stick)
{
  g_mutex_lock (&stick->presence);
  if (!stick->unplugged)
    {
      g_autoptr (SmithStick) picture = make_picture (stick);

      smith_virtual_bus_set (stick->bus, picture);
      stick->present = TRUE;
    }
  g_mutex_unlock (&stick->presence);
}

/* Only what this stick put there itself: its place may be another's by now. */
void
smith_virtual_stick_withdraw_locked (SmithVirtualStick *stick)
{
  if (stick->present)
    smith_virtual_bus_remove (stick->bus, stick->usb_path);
  stick->present = FALSE;
}

static void
add_ports (SmithVirtualStick *stick, JsonBuilder *event)
{
  const SmithFace *face = stick->face;

  json_builder_set_member_name (event, "ports");
  json_builder_begin_array (event);
  for (guint i = 0; i < face->n_ports; i++)
    {
      if (stick->ports[i] == NULL)
        continue;
      json_builder_begin_object (event);
      smith_stick_event_add_text (event, "device", smith_virtual_port_get_name (stick->ports[i]));
      smith_stick_event_add_number (event, "interface", face->ports[i].interface_number);
      smith_stick_event_add_text (event, "role", smith_port_role_name (face->ports[i].role));
      json_builder_set_member_name (event, "answers");
      json_builder_add_boolean_value (event, face->ports[i].is_served);
      json_builder_end_object (event);
    }
  json_builder_end_array (event);
}

/* All that a program needs to know that wants to show this stick elsewhere. */
void
smith_virtual_stick_log_appearance (SmithVirtualStick *stick)
{
  const SmithFace *face = stick->face;
  JsonBuilder *event = smith_stick_event ("appeared");
  char id[10];

  g_snprintf (id, sizeof id, "%04x:%04x", VENDOR, face->product);
  smith_stick_event_add_text (event, "usb_path", stick->usb_path);
  smith_stick_event_add_text (event, "usb_id", id);
  smith_stick_event_add_text (event, "mode", smith_mode_name (face->mode));
  add_ports (stick, event);
  if (face->has_web)
    smith_stick_event_add_text (event, "network", SMITH_VIRTUAL_NETWORK);
  if (stick->web != NULL)
    smith_stick_event_add_text (event, "web", smith_hilink_server_get_address (stick->web));
  if (face->mode == SMITH_MODE_CD)
    smith_stick_event_add_text (event, "cd", SMITH_VIRTUAL_CD_DRIVE);
  smith_stick_log_add (stick->log, event);
}

void
smith_virtual_stick_log_mode (SmithVirtualStick *stick, const char *name)
{
  JsonBuilder *event = smith_stick_event (name);

  smith_stick_event_add_text (event, "mode", smith_mode_name (stick->face->mode));
  if (stick->port != NULL)
    smith_stick_event_add_text (event, "port", smith_virtual_port_get_name (stick->port));
  smith_stick_event_add_text (event, "usb_path", stick->usb_path);
  smith_stick_log_add (stick->log, event);
}

void
smith_face_close_ports (SmithVirtualPort *ports[SMITH_FACE_PORTS_MAX])
{
  for (guint i = 0; i < SMITH_FACE_PORTS_MAX; i++)
    g_clear_pointer (&ports[i], smith_virtual_port_free);
}

/* Only served ports, unless it is a stick that shows all. */
gboolean
smith_virtual_stick_open_ports (SmithVirtualStick *stick,
                                const SmithFace *face,
                                SmithVirtualPort *ports[SMITH_FACE_PORTS_MAX],
                                GError **error)
{
  gboolean all = stick->all_ports || stick->model != SMITH_MODEL_E3372;

  for (guint i = 0; i < face->n_ports; i++)
    if (all || face->ports[i].is_served)
      {
        ports[i] = smith_virtual_port_open (error);
        if (ports[i] == NULL)
          {
            smith_face_close_ports (ports);
            return FALSE;
          }
      }
  return TRUE;
}

/* Puts on @face, with @ports, which are taken over. */
gboolean
smith_virtual_stick_wear (SmithVirtualStick *stick,
                          const SmithFace *face,
                          SmithVirtualPort *ports[SMITH_FACE_PORTS_MAX],
                          GError **error)
{
  const SmithFacePort *served = find_served (face);

  stick->face = face;
  stick->port = NULL;
  for (guint i = 0; i < SMITH_FACE_PORTS_MAX; i++)
    {
      stick->ports[i] = g_steal_pointer (&ports[i]);
      if (&face->ports[i] == served)
        stick->port = stick->ports[i];
    }
  if (face->has_web)
    {
      stick->web = smith_virtual_web_start (stick, error);
      return stick->web != NULL;
    }
  return TRUE;
}

/* The lines break, and the web server is gone. */
void
smith_virtual_stick_undress (SmithVirtualStick *stick)
{
  stick->port = NULL;
  smith_face_close_ports (stick->ports);
  g_clear_pointer (&stick->web, smith_hilink_server_free);
}

/* From the bus first: whoever sees the line break finds the stick gone. */
void
smith_virtual_stick_disappear (SmithVirtualStick *stick)
{
  g_mutex_lock (&stick->presence);
  smith_virtual_stick_withdraw_locked (stick);
  g_mutex_unlock (&stick->presence);
  smith_virtual_stick_undress (stick);
  smith_virtual_stick_log_mode (stick, "left");
}

/* Another stick, which looks just like what somebody may be waiting for. */
void
smith_virtual_stick_show_bystander (SmithVirtualStick *stick, const SmithFace *face)
{
  const SmithFacePort *served = find_served (face);
  g_autoptr (SmithVirtualPort) port = served != NULL ? smith_virtual_port_open (NULL) : NULL;
  g_autoptr (SmithStick) picture = NULL;

  picture = smith_stick_new (SMITH_VIRTUAL_OTHER_PLACE, VENDOR, face->product, face->mode);
  picture->family = face->family;
  picture->unproven = face->unproven;
  if (port != NULL)
    smith_stick_add_port (picture, smith_virtual_port_get_name (port), served->interface_number,
                          served->role);
  g_mutex_lock (&stick->lock);
  g_clear_pointer (&stick->bystander, smith_virtual_port_free);
  stick->bystander = g_steal_pointer (&port);
  g_mutex_unlock (&stick->lock);
  stick->has_bystander = TRUE;
  smith_virtual_bus_set (stick->bus, picture);
}
