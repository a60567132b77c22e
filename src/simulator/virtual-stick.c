/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sticksmith-simulator"

#include "virtual-stick-private.h"

#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "format/error.h"

#define VENDOR 0x12d1
#define READ_SIZE 65536

/* The first part of AT^SETPORT, which holds while the virtual CD is shown: none. */
#define NO_CD_SETTING "FF"

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
static void
appear (SmithVirtualStick *stick)
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
static void
withdraw_locked (SmithVirtualStick *stick)
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
static void
log_appearance (SmithVirtualStick *stick)
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

static void
log_mode (SmithVirtualStick *stick, const char *name)
{
  JsonBuilder *event = smith_stick_event (name);

  smith_stick_event_add_text (event, "mode", smith_mode_name (stick->face->mode));
  if (stick->port != NULL)
    smith_stick_event_add_text (event, "port", smith_virtual_port_get_name (stick->port));
  smith_stick_event_add_text (event, "usb_path", stick->usb_path);
  smith_stick_log_add (stick->log, event);
}

static void
close_ports (SmithVirtualPort *ports[SMITH_FACE_PORTS_MAX])
{
  for (guint i = 0; i < SMITH_FACE_PORTS_MAX; i++)
    g_clear_pointer (&ports[i], smith_virtual_port_free);
}

/* Only served ports, unless it is a stick that shows all. */
static gboolean
open_ports (SmithVirtualStick *stick,
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
            close_ports (ports);
            return FALSE;
          }
      }
  return TRUE;
}

/* Puts on @face, with @ports, which are taken over. */
static gboolean
wear (SmithVirtualStick *stick,
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
static void
undress (SmithVirtualStick *stick)
{
  stick->port = NULL;
  close_ports (stick->ports);
  g_clear_pointer (&stick->web, smith_hilink_server_free);
}

/* From the bus first: whoever sees the line break finds the stick gone. */
static void
disappear (SmithVirtualStick *stick)
{
  g_mutex_lock (&stick->presence);
  withdraw_locked (stick);
  g_mutex_unlock (&stick->presence);
  undress (stick);
  log_mode (stick, "left");
}

/**
 * smith_virtual_stick_depart:
 *
 * The stick leaves the bus once the message at hand is dealt with.
 */
void
smith_virtual_stick_depart (SmithVirtualStick *stick, SmithDeparture departure, SmithMode next_mode)
{
  stick->departure = departure;
  stick->next_mode = next_mode;
}

/**
 * smith_virtual_stick_sleep:
 *
 * Returns: FALSE if the stick was unplugged meanwhile
 */
gboolean
smith_virtual_stick_sleep (SmithVirtualStick *stick, guint ms)
{
  gint64 end = g_get_monotonic_time () + (gint64) ms * 1000;
  struct pollfd fd = { .fd = stick->wake, .events = POLLIN };
  gint64 left;

  do
    {
      left = end - g_get_monotonic_time ();
      if (poll (&fd, 1, (int) CLAMP ((left + 999) / 1000, 0, G_MAXINT)) > 0)
        return FALSE;
    }
  while (left > 0);
  return TRUE;
}

/**
 * smith_virtual_stick_wish:
 * @wishes: SmithWish bits
 *
 * Has the stick's thread look after something soon. Any thread.
 */
void
smith_virtual_stick_wish (SmithVirtualStick *stick, guint wishes)
{
  guint64 one = 1;

  g_mutex_lock (&stick->lock);
  if (stick->nudge >= 0)
    {
      stick->wishes |= wishes;
      if (write (stick->nudge, &one, sizeof one) < 0)
        g_warning ("Could not nudge the virtual stick: %s", g_strerror (errno));
    }
  g_mutex_unlock (&stick->lock);
}

/* Does what was wished for meanwhile; FALSE if it was nothing. */
static gboolean
fulfil (SmithVirtualStick *stick)
{
  guint64 nudges;
  guint wishes = 0;

  g_mutex_lock (&stick->lock);
  if (read (stick->nudge, &nudges, sizeof nudges) > 0)
    wishes = stick->wishes;
  stick->wishes = 0;
  g_mutex_unlock (&stick->lock);

  if ((wishes & SMITH_WISH_EJECT) != 0 && stick->face->mode == SMITH_MODE_CD)
    smith_virtual_stick_depart (stick, SMITH_RESTART, smith_virtual_stick_working_mode (stick));
  if (stick->face->has_web)
    smith_virtual_web_fulfil (stick, wishes);
  return wishes != 0;
}

/* Lets the face talk until the stick wants to leave or is unplugged. */
static void
serve_port (SmithVirtualStick *stick, guint8 *buffer)
{
  const SmithTalk *talk = stick->face->talk;
  gpointer state = talk->enter (stick);
  gboolean heard = FALSE;

  while (stick->departure == SMITH_STAY)
    {
      int timeout = heard && talk->quiet != NULL ? SMITH_QUIET_MS : -1;
      SmithPortEvent event;
      gsize n;

      event = smith_virtual_port_read (stick->port, stick->both, timeout, buffer, READ_SIZE, &n);
      heard = event == SMITH_PORT_READ;
      if (event == SMITH_PORT_READ)
        talk->feed (state, buffer, n);
      else if (event == SMITH_PORT_QUIET)
        talk->quiet (state);
      else if (!fulfil (stick))
        smith_virtual_stick_depart (stick, SMITH_LEAVE, SMITH_MODE_UNKNOWN);
    }
  talk->leave (state);
}

/* Without a port there is nothing to do but wait; a virtual CD has an end. */
static void
serve_nobody (SmithVirtualStick *stick)
{
  gboolean ends = stick->face->mode == SMITH_MODE_CD && !stick->stays_cd;
  gint64 end = g_get_monotonic_time () + (gint64) stick->restart_ms * 1000;

  while (stick->departure == SMITH_STAY)
    {
      struct pollfd fd = { .fd = stick->both, .events = POLLIN };
      gint64 left = (end - g_get_monotonic_time () + 999) / 1000;
      int ready = poll (&fd, 1, ends ? (int) CLAMP (left, 0, G_MAXINT) : -1);

      if (ready > 0 && !fulfil (stick))
        smith_virtual_stick_depart (stick, SMITH_LEAVE, SMITH_MODE_UNKNOWN);
      else if (ready == 0 && left <= 0)
        smith_virtual_stick_depart (stick, SMITH_RESTART, smith_virtual_stick_working_mode (stick));
    }
}

static void
serve (SmithVirtualStick *stick, guint8 *buffer)
{
  if (stick->port != NULL)
    serve_port (stick, buffer);
  else
    serve_nobody (stick);
}

static gboolean
is_working (SmithMode mode)
{
  return mode == SMITH_MODE_STICK || mode == SMITH_MODE_HILINK;
}

/* What it comes back as: working firmware may show its virtual CD first. */
static const SmithFace *
choose_next_face (SmithVirtualStick *stick)
{
  gboolean cd = stick->shows_cd && stick->face->mode != SMITH_MODE_CD
                && is_working (stick->next_mode)
                && !g_str_has_prefix (stick->port_setting, NO_CD_SETTING);

  if (stick->departure != SMITH_RESTART)
    return NULL;
  return smith_virtual_stick_find_face (stick, cd ? SMITH_MODE_CD : stick->next_mode);
}

/* Another stick, which looks just like what somebody may be waiting for. */
static void
show_bystander (SmithVirtualStick *stick, const SmithFace *face)
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

static void
move_away (SmithVirtualStick *stick)
{
  g_mutex_lock (&stick->presence);
  g_free (stick->usb_path);
  stick->usb_path = g_strdup (SMITH_VIRTUAL_OTHER_PLACE);
  g_mutex_unlock (&stick->presence);
}

/* Comes back as @next, in the manner that the script wants. */
static gboolean
come_back (SmithVirtualStick *stick,
           const SmithFace *next,
           SmithVirtualPort *ports[SMITH_FACE_PORTS_MAX],
           GError **error)
{
  SmithReturn manner = stick->manner;

  stick->manner = SMITH_RETURN_RIGHT;
  if (manner == SMITH_RETURN_OTHER_STICK)
    show_bystander (stick, next);
  if (!smith_virtual_stick_sleep (stick, stick->restart_ms))
    return FALSE;
  if (manner == SMITH_RETURN_OTHER_PORT)
    move_away (stick);
  stick->departure = SMITH_STAY;
  if (!wear (stick, next, ports, error))
    return FALSE;
  log_mode (stick, "restarted");
  appear (stick);
  return TRUE;
}

/* Leaves, and comes back as what it wants to be next; FALSE if it does not. The
 * ports of the next mode are made while the last ones are still open, so that
 * they cannot get the same names. */
static gboolean
change_face (SmithVirtualStick *stick)
{
  const SmithFace *next = choose_next_face (stick);
  SmithVirtualPort *ports[SMITH_FACE_PORTS_MAX] = { NULL };
  g_autoptr (GError) error = NULL;
  gboolean ready = next != NULL && open_ports (stick, next, ports, &error);

  if (stick->port != NULL)
    smith_virtual_port_drain (stick->port, stick->wake);
  disappear (stick);
  if (ready)
    ready = come_back (stick, next, ports, &error);
  if (error != NULL)
    g_info ("The virtual stick cannot come back: %s", error->message);
  close_ports (ports);
  return ready;
}

static gpointer
run (gpointer data)
{
  SmithVirtualStick *stick = data;
  g_autofree guint8 *buffer = g_malloc (READ_SIZE);

  do
    {
      log_appearance (stick);
      log_mode (stick, "ready");
      serve (stick, buffer);
    }
  while (change_face (stick));
  undress (stick);
  return NULL;
}

/* Whether HiLink or Stick firmware is on it, and works, follows from the mode;
 * else from the version. */
static void
choose_kind (SmithVirtualStick *stick, SmithMode mode)
{
  if (mode == SMITH_MODE_HILINK || mode == SMITH_MODE_DEBUG)
    stick->is_hilink = TRUE;
  else if (mode == SMITH_MODE_STICK)
    stick->is_hilink = FALSE;
  if (is_working (mode) || mode == SMITH_MODE_DEBUG || mode == SMITH_MODE_CD)
    stick->is_sound = TRUE;
}

static void
copy_config (SmithVirtualStick *stick, const SmithVirtualStickConfig *config)
{
  stick->usb_path = g_strdup (config->usb_path != NULL ? config->usb_path : "1-1");
  stick->product_id = g_strdup (config->product_id);
  stick->hardware = g_strdup (config->hardware != NULL ? config->hardware : "CL2E3372HM");
  stick->first_version = g_strdup (config->version != NULL ? config->version : "21.000.00.00.00");
  stick->demand_signature = config->demand_signature;
  stick->echo = config->echo;
  stick->refuses_entry = config->refuses_entry;
  stick->refuses_switch = config->refuses_switch;
  stick->refuses_ports = config->refuses_ports;
  stick->ignores_entry = config->ignores_entry;
  stick->shows_cd = config->shows_cd;
  stick->stays_cd = config->stays_cd;
  stick->generic_loader = config->generic_loader;
  stick->all_ports = config->all_ports;
  stick->no_network = config->no_network;
  stick->download_product = config->download_product;
  stick->restart_ms = config->restart_ms;
  stick->faults = config->faults;
  smith_virtual_web_configure (stick, config->web);
}

static SmithVirtualStick *
make_stick (SmithVirtualBus *bus,
            const SmithVirtualStickConfig *config,
            SmithVirtualStickEvent event,
            gpointer user_data)
{
  SmithVirtualStick *stick = g_new0 (SmithVirtualStick, 1);

  stick->bus = g_object_ref (bus);
  copy_config (stick, config);
  stick->version = g_strdup (stick->first_version);
  stick->port_setting = g_strdup (SMITH_PORT_SETTING);
  stick->model = smith_virtual_model_find (config->family, stick->hardware);
  stick->is_hilink = g_str_has_prefix (stick->version, "22.");
  choose_kind (stick, config->start);
  stick->face = smith_virtual_stick_find_face (stick, config->start);
  smith_virtual_network_init (&stick->network, stick->model != SMITH_MODEL_E1550, !config->no_sim);
  if (config->no_network)
    smith_virtual_network_close (&stick->network);
  stick->log = smith_stick_log_new (event, user_data);
  stick->flash
      = smith_virtual_flash_new (config->family == SMITH_FAMILY_QUALCOMM ? SMITH_CHIP_QUALCOMM
                                                                         : config->chip,
                                 !config->forget_content);
  stick->components = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  stick->wake = stick->nudge = stick->both = -1;
  g_mutex_init (&stick->presence);
  g_mutex_init (&stick->lock);
  return stick;
}

static gboolean
listen_to (int both, int fd)
{
  struct epoll_event event = { .events = EPOLLIN };

  return fd >= 0 && epoll_ctl (both, EPOLL_CTL_ADD, fd, &event) == 0;
}

static gboolean
open_wakes (SmithVirtualStick *stick, GError **error)
{
  stick->wake = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  stick->nudge = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  stick->both = epoll_create1 (EPOLL_CLOEXEC);
  if (!listen_to (stick->both, stick->wake) || !listen_to (stick->both, stick->nudge))
    {
      int code = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
                   "Could not make a virtual stick: %s", g_strerror (code));
      return FALSE;
    }
  return TRUE;
}

static void
close_wakes (SmithVirtualStick *stick)
{
  int *const fds[] = { &stick->wake, &stick->nudge, &stick->both };

  g_mutex_lock (&stick->presence);
  g_mutex_lock (&stick->lock);
  for (gsize i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      if (*fds[i] >= 0)
        close (*fds[i]);
      *fds[i] = -1;
    }
  stick->wishes = 0;
  g_mutex_unlock (&stick->lock);
  g_mutex_unlock (&stick->presence);
}

static gboolean
start (SmithVirtualStick *stick, GError **error)
{
  SmithVirtualPort *ports[SMITH_FACE_PORTS_MAX] = { NULL };

  if (stick->face == NULL)
    {
      g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_UNSUPPORTED,
                           "A virtual stick cannot start in this mode");
      return FALSE;
    }
  if (!open_wakes (stick, error) || !open_ports (stick, stick->face, ports, error)
      || !wear (stick, stick->face, ports, error))
    return FALSE;
  appear (stick);
  stick->thread = g_thread_try_new ("virtual-stick", run, stick, error);
  return stick->thread != NULL;
}

/**
 * smith_virtual_stick_new:
 * @bus: where it appears; a reference is kept
 * @config: copied, but for its faults
 * @event: (nullable): called for every event, on the stick's thread, also
 *   before this function returns; it must not free the stick
 *
 * When this returns the stick is on the bus.
 *
 * Returns: (transfer full): the stick; NULL with SMITH_ERROR_UNSUPPORTED for a
 *   mode in which it cannot start, or with the reason why the machine does not
 *   give what it needs
 */
SmithVirtualStick *
smith_virtual_stick_new (SmithVirtualBus *bus,
                         const SmithVirtualStickConfig *config,
                         SmithVirtualStickEvent event,
                         gpointer user_data,
                         GError **error)
{
  g_autoptr (SmithVirtualStick) stick = make_stick (bus, config, event, user_data);

  if (!start (stick, error))
    return NULL;
  return g_steal_pointer (&stick);
}

/**
 * smith_virtual_stick_unplug:
 *
 * Pulls the stick out, for good. It is off the bus when this returns; its port
 * breaks very soon afterwards. Does nothing to a stick that has left already.
 */
void
smith_virtual_stick_unplug (SmithVirtualStick *stick)
{
  g_mutex_lock (&stick->presence);
  if (!stick->unplugged && stick->wake >= 0)
    {
      guint64 one = 1;

      stick->unplugged = TRUE;
      withdraw_locked (stick);
      if (write (stick->wake, &one, sizeof one) < 0)
        g_warning ("Could not wake the virtual stick: %s", g_strerror (errno));
    }
  g_mutex_unlock (&stick->presence);
}

/**
 * smith_virtual_stick_eject:
 *
 * Ejects the virtual CD: the stick goes on to its working mode soon. Does
 * nothing to a stick that shows none.
 */
void
smith_virtual_stick_eject (SmithVirtualStick *stick)
{
  smith_virtual_stick_wish (stick, SMITH_WISH_EJECT);
}

/* Ends the stick's thread, if there is one, with the stick off the bus. */
static void
stop (SmithVirtualStick *stick)
{
  smith_virtual_stick_unplug (stick);
  g_clear_pointer (&stick->thread, g_thread_join);
}

/**
 * smith_virtual_stick_replug:
 * @mode: the mode in which it comes up, such as boot ROM when it is plugged in
 *   with its two contacts connected
 *
 * Pulls the stick out, if it is still in, and plugs it in again, in that very
 * mode: not as a virtual CD first. What is on its flash stays; so do the numbers by which a fault
 * script counts messages. Blocks until the stick's thread has ended, which takes some milliseconds.
 * Not to be called from an event, nor by two threads at once.
 *
 * Returns: FALSE with the errors of smith_virtual_stick_new(); the stick is
 *   then unplugged
 */
gboolean
smith_virtual_stick_replug (SmithVirtualStick *stick, SmithMode mode, GError **error)
{
  stop (stick);
  undress (stick);
  close_wakes (stick);
  g_mutex_lock (&stick->presence);
  stick->unplugged = FALSE;
  g_mutex_unlock (&stick->presence);
  stick->departure = SMITH_STAY;
  stick->manner = SMITH_RETURN_RIGHT;
  choose_kind (stick, mode);
  stick->face = smith_virtual_stick_find_face (stick, mode);
  return start (stick, error);
}

/**
 * smith_virtual_stick_free:
 * @stick: (nullable): what to free; unplugged first if need be
 *
 * No event comes any more when this returns. Not to be called from an event.
 */
void
smith_virtual_stick_free (SmithVirtualStick *stick)
{
  if (stick == NULL)
    return;
  stop (stick);
  undress (stick);
  close_wakes (stick);
  if (stick->has_bystander)
    smith_virtual_bus_remove (stick->bus, SMITH_VIRTUAL_OTHER_PLACE);
  g_clear_pointer (&stick->bystander, smith_virtual_port_free);
  smith_virtual_web_clear (stick);
  smith_virtual_flash_free (stick->flash);
  smith_stick_log_free (stick->log);
  g_ptr_array_unref (stick->components);
  g_mutex_clear (&stick->presence);
  g_mutex_clear (&stick->lock);
  g_object_unref (stick->bus);
  g_free (stick->usb_path);
  g_free (stick->product_id);
  g_free (stick->hardware);
  g_free (stick->first_version);
  g_free (stick->version);
  g_free (stick->port_setting);
  g_free (stick);
}

/**
 * smith_virtual_stick_get_written:
 *
 * Returns: (transfer full) (element-type SmithWrittenPartition): the partitions
 *   that were begun, filled and ended so far, in the order in which they were
 *   ended; one that was written twice is there twice. The array frees them.
 */
GPtrArray *
smith_virtual_stick_get_written (SmithVirtualStick *stick)
{
  return smith_virtual_flash_get_written (stick->flash);
}

/**
 * smith_virtual_stick_get_component:
 * @index: 0 for the first component that the boot ROM got completely
 *
 * Returns: (transfer full) (nullable): its bytes, or NULL if there are not so many
 */
GBytes *
smith_virtual_stick_get_component (SmithVirtualStick *stick, guint index)
{
  GBytes *component = NULL;

  g_mutex_lock (&stick->lock);
  if (index < stick->components->len)
    component = g_bytes_ref (g_ptr_array_index (stick->components, index));
  g_mutex_unlock (&stick->lock);
  return component;
}

/**
 * smith_virtual_stick_get_count:
 *
 * Returns: how many messages of @stage have come completely, good or bad
 */
guint
smith_virtual_stick_get_count (SmithVirtualStick *stick, SmithStage stage)
{
  guint count;

  g_return_val_if_fail ((guint) stage < SMITH_N_STAGES, 0);

  g_mutex_lock (&stick->lock);
  count = stick->counts[stage];
  g_mutex_unlock (&stick->lock);
  return count;
}

/**
 * smith_virtual_stick_lost_calibration:
 *
 * Returns: TRUE once a loader was started that erases the whole flash
 */
gboolean
smith_virtual_stick_lost_calibration (SmithVirtualStick *stick)
{
  gboolean lost;

  g_mutex_lock (&stick->lock);
  lost = stick->lost_calibration;
  g_mutex_unlock (&stick->lock);
  return lost;
}

/**
 * smith_virtual_stick_get_refusals:
 *
 * Returns: how often the stick refused something by its own judgement in boot
 *   ROM and download mode; refusals that the script asked for don't count, and
 *   neither do unknown commands to working firmware
 */
guint
smith_virtual_stick_get_refusals (SmithVirtualStick *stick)
{
  guint refusals;

  g_mutex_lock (&stick->lock);
  refusals = stick->refusals;
  g_mutex_unlock (&stick->lock);
  return refusals;
}

/**
 * smith_virtual_stick_get_offences:
 *
 * Returns: how often something came that would have done harm to a real stick:
 *   commands of download mode to a Qualcomm stick that had not yet said that it
 *   is in download mode, that family's write command, and anything at all for
 *   the stick of a fault script's "other-stick"
 */
guint
smith_virtual_stick_get_offences (SmithVirtualStick *stick)
{
  guint offences;

  g_mutex_lock (&stick->lock);
  offences = stick->offences;
  if (stick->bystander != NULL && smith_virtual_port_is_touched (stick->bystander))
    offences++;
  g_mutex_unlock (&stick->lock);
  return offences;
}

/**
 * smith_virtual_stick_get_log:
 *
 * Returns: (transfer full): the last events, a line of JSON each, at most 10000
 */
char *
smith_virtual_stick_get_log (SmithVirtualStick *stick)
{
  return smith_stick_log_get_text (stick->log);
}
