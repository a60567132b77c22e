/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sticksmith-simulator"

#include "virtual-stick-private.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "format/error.h"

#define READ_SIZE 65536

/* The first part of AT^SETPORT, which holds while the virtual CD is shown: none. */
#define NO_CD_SETTING "FF"

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
        {
          if (talk->quiet != NULL)
            talk->quiet (state);
        }
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

static gboolean
skips_cd (const SmithVirtualStick *stick)
{
  return g_str_has_prefix (stick->port_setting, NO_CD_SETTING);
}

/* What it comes back as: working firmware may show its virtual CD first. */
static const SmithFace *
choose_next_face (SmithVirtualStick *stick)
{
  gboolean cd = stick->shows_cd && stick->face->mode != SMITH_MODE_CD
                && is_working (stick->next_mode) && !skips_cd (stick);

  if (stick->departure != SMITH_RESTART)
    return NULL;
  return smith_virtual_stick_find_face (stick, cd ? SMITH_MODE_CD : stick->next_mode);
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
    smith_virtual_stick_show_bystander (stick, next);
  if (!smith_virtual_stick_sleep (stick, stick->restart_ms))
    return FALSE;
  if (manner == SMITH_RETURN_OTHER_PORT)
    move_away (stick);
  stick->departure = SMITH_STAY;
  if (!smith_virtual_stick_wear (stick, next, ports, error))
    return FALSE;
  smith_virtual_stick_log_mode (stick, "restarted");
  smith_virtual_stick_appear (stick);
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
  gboolean ready = next != NULL && smith_virtual_stick_open_ports (stick, next, ports, &error);

  if (stick->port != NULL)
    smith_virtual_port_drain (stick->port, stick->wake);
  smith_virtual_stick_disappear (stick);
  if (ready)
    ready = come_back (stick, next, ports, &error);
  if (error != NULL)
    g_info ("The virtual stick cannot come back: %s", error->message);
  smith_face_close_ports (ports);
  return ready;
}

static gpointer
run (gpointer data)
{
  SmithVirtualStick *stick = data;
  g_autofree guint8 *buffer = g_malloc (READ_SIZE);

  do
    {
      smith_virtual_stick_log_appearance (stick);
      smith_virtual_stick_log_mode (stick, "ready");
      serve (stick, buffer);
    }
  while (change_face (stick));
  smith_virtual_stick_undress (stick);
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
  stick->keeps_ports = config->keeps_ports;
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
  stick->port_setting = g_strdup (config->ports != NULL ? config->ports : SMITH_PORT_SETTING);
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
                   _ ("The virtual stick cannot be made: %s"), g_strerror (code));
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
                           _ ("A virtual stick cannot start in this mode"));
      return FALSE;
    }
  if (!open_wakes (stick, error)
      || !smith_virtual_stick_open_ports (stick, stick->face, ports, error)
      || !smith_virtual_stick_wear (stick, stick->face, ports, error))
    return FALSE;
  smith_virtual_stick_appear (stick);
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
      smith_virtual_stick_withdraw_locked (stick);
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
 * smith_virtual_stick_heal:
 *
 * Unplugs the stick and forgets its fault script: plugged in again, it and its
 * web server do everything right. Not to be called from an event, nor by two
 * threads at once.
 */
void
smith_virtual_stick_heal (SmithVirtualStick *stick)
{
  stop (stick);
  stick->faults = NULL;
  stick->web_config.fault = SMITH_HILINK_FAULT_NONE;
}

/**
 * smith_virtual_stick_replug:
 * @mode: the mode in which it comes up, such as boot ROM when it is plugged in
 *   with its two contacts connected
 *
 * Pulls the stick out, if it is still in, and plugs it in again, in that very
 * mode: not as a virtual CD first. Only one that is to come up as a virtual CD
 * works at once if AT^SETPORT says so. What is on its flash stays; so do the
 * numbers by which a fault script counts messages. Blocks until the stick's
 * thread has ended, which takes some milliseconds. Not to be called from an
 * event, nor by two threads at once.
 *
 * Returns: FALSE with the errors of smith_virtual_stick_new(); the stick is
 *   then unplugged
 */
gboolean
smith_virtual_stick_replug (SmithVirtualStick *stick, SmithMode mode, GError **error)
{
  stop (stick);
  smith_virtual_stick_undress (stick);
  close_wakes (stick);
  g_mutex_lock (&stick->presence);
  stick->unplugged = FALSE;
  g_mutex_unlock (&stick->presence);
  stick->departure = SMITH_STAY;
  stick->manner = SMITH_RETURN_RIGHT;
  choose_kind (stick, mode);
  if (mode == SMITH_MODE_CD && skips_cd (stick))
    mode = smith_virtual_stick_working_mode (stick);
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
  smith_virtual_stick_undress (stick);
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
