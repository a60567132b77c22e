/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sticksmith-simulator"

#include "virtual-stick-private.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "format/error.h"

#define VENDOR 0x12d1
#define READ_SIZE 65536

const SmithFace smith_face_hilink = {
  .mode = SMITH_MODE_HILINK,
  .product = 0x14dc,
};

static const SmithFace *
find_face (SmithMode mode)
{
  static const SmithFace *const faces[] = {
    &smith_face_boot_rom,
    &smith_face_download,
    &smith_face_modem,
    &smith_face_hilink,
  };

  for (gsize i = 0; i < G_N_ELEMENTS (faces); i++)
    if (faces[i]->mode == mode)
      return faces[i];
  return NULL;
}

/* Puts the stick on the bus as it is now, unless it has been unplugged. */
static void
appear (SmithVirtualStick *stick)
{
  const SmithFace *face = stick->face;
  g_autoptr (SmithStick) picture = NULL;

  picture = smith_stick_new (stick->usb_path, VENDOR, face->product, face->mode);
  if (stick->port != NULL)
    smith_stick_add_port (picture, smith_virtual_port_get_name (stick->port),
                          face->interface_number, face->role);
  g_mutex_lock (&stick->presence);
  if (!stick->unplugged)
    {
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
log_mode (SmithVirtualStick *stick, const char *name)
{
  JsonBuilder *event = smith_stick_event (name);

  smith_stick_event_add_text (event, "mode", smith_mode_name (stick->face->mode));
  if (stick->port != NULL)
    smith_stick_event_add_text (event, "port", smith_virtual_port_get_name (stick->port));
  smith_stick_log_add (stick->log, event);
}

/* From the bus first: whoever sees the line break finds the stick gone. */
static void
disappear (SmithVirtualStick *stick)
{
  g_mutex_lock (&stick->presence);
  withdraw_locked (stick);
  g_mutex_unlock (&stick->presence);
  g_clear_pointer (&stick->port, smith_virtual_port_free);
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

/* Lets the face talk until the stick wants to leave or is unplugged. */
static void
serve_port (SmithVirtualStick *stick, guint8 *buffer)
{
  const SmithFace *face = stick->face;
  gpointer state = face->enter (stick);
  gboolean heard = FALSE;

  while (stick->departure == SMITH_STAY)
    {
      int timeout = heard && face->quiet != NULL ? SMITH_QUIET_MS : -1;
      SmithPortEvent event;
      gsize n;

      event = smith_virtual_port_read (stick->port, stick->wake, timeout, buffer, READ_SIZE, &n);
      heard = event == SMITH_PORT_READ;
      if (event == SMITH_PORT_READ)
        face->feed (state, buffer, n);
      else if (event == SMITH_PORT_QUIET)
        face->quiet (state);
      else
        smith_virtual_stick_depart (stick, SMITH_LEAVE, SMITH_MODE_UNKNOWN);
    }
  face->leave (state);
}

static void
serve (SmithVirtualStick *stick, guint8 *buffer)
{
  if (stick->face->enter != NULL)
    serve_port (stick, buffer);
  else
    {
      while (smith_virtual_stick_sleep (stick, G_MAXINT))
        continue;
      smith_virtual_stick_depart (stick, SMITH_LEAVE, SMITH_MODE_UNKNOWN);
    }
}

/* The port of the next mode; made while the last one is still open, so that it
 * cannot get the same name. */
static SmithVirtualPort *
open_next_port (SmithVirtualStick *stick)
{
  g_autoptr (GError) error = NULL;
  SmithVirtualPort *port;

  if (stick->departure != SMITH_RESTART || find_face (stick->next_mode)->enter == NULL)
    return NULL;
  port = smith_virtual_port_open (&error);
  if (port == NULL)
    {
      g_info ("The virtual stick cannot come back: %s", error->message);
      smith_virtual_stick_depart (stick, SMITH_LEAVE, SMITH_MODE_UNKNOWN);
    }
  return port;
}

/* Leaves, and comes back as what it wants to be next; FALSE if it does not. */
static gboolean
change_face (SmithVirtualStick *stick)
{
  g_autoptr (SmithVirtualPort) next = open_next_port (stick);

  if (stick->port != NULL)
    smith_virtual_port_drain (stick->port, stick->wake);
  disappear (stick);
  if (stick->departure != SMITH_RESTART || !smith_virtual_stick_sleep (stick, stick->restart_ms))
    return FALSE;

  stick->departure = SMITH_STAY;
  stick->face = find_face (stick->next_mode);
  stick->port = g_steal_pointer (&next);
  log_mode (stick, "restarted");
  appear (stick);
  return TRUE;
}

static gpointer
run (gpointer data)
{
  SmithVirtualStick *stick = data;
  g_autofree guint8 *buffer = g_malloc (READ_SIZE);

  do
    {
      log_mode (stick, "ready");
      serve (stick, buffer);
    }
  while (change_face (stick));
  g_clear_pointer (&stick->port, smith_virtual_port_free);
  return NULL;
}

static SmithVirtualStick *
make_stick (SmithVirtualBus *bus,
            const SmithVirtualStickConfig *config,
            SmithVirtualStickEvent event,
            gpointer user_data)
{
  SmithVirtualStick *stick = g_new0 (SmithVirtualStick, 1);

  stick->bus = g_object_ref (bus);
  stick->usb_path = g_strdup (config->usb_path != NULL ? config->usb_path : "1-1");
  stick->product_id = g_strdup (config->product_id);
  stick->hardware = g_strdup (config->hardware != NULL ? config->hardware : "CL2E3372HM");
  stick->first_version = g_strdup (config->version != NULL ? config->version : "21.000.00.00.00");
  stick->version = g_strdup (stick->first_version);
  stick->demand_signature = config->demand_signature;
  stick->echo = config->echo;
  stick->restart_ms = config->restart_ms;
  stick->faults = config->faults;
  stick->face = find_face (config->start);
  stick->log = smith_stick_log_new (event, user_data);
  stick->flash = smith_virtual_flash_new (config->chip, !config->forget_content);
  stick->components = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  stick->wake = -1;
  g_mutex_init (&stick->presence);
  g_mutex_init (&stick->lock);
  return stick;
}

static gboolean
start (SmithVirtualStick *stick, GError **error)
{
  if (stick->face == NULL)
    {
      g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_UNSUPPORTED,
                           "A virtual stick cannot start in this mode");
      return FALSE;
    }
  stick->wake = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (stick->wake < 0)
    {
      int code = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
                   "Could not make a virtual stick: %s", g_strerror (code));
      return FALSE;
    }
  if (stick->face->enter != NULL)
    {
      stick->port = smith_virtual_port_open (error);
      if (stick->port == NULL)
        return FALSE;
    }
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
 * Pulls the stick out, if it is still in, and plugs it in again. What is on its
 * flash stays; so do the numbers by which a fault script counts messages.
 * Blocks until the stick's thread has ended, which takes some milliseconds. Not
 * to be called from an event, nor by two threads at once.
 *
 * Returns: FALSE with the errors of smith_virtual_stick_new(); the stick is
 *   then unplugged
 */
gboolean
smith_virtual_stick_replug (SmithVirtualStick *stick, SmithMode mode, GError **error)
{
  stop (stick);
  if (stick->wake >= 0)
    close (stick->wake);
  g_clear_pointer (&stick->port, smith_virtual_port_free);
  g_mutex_lock (&stick->presence);
  stick->wake = -1;
  stick->unplugged = FALSE;
  g_mutex_unlock (&stick->presence);
  stick->departure = SMITH_STAY;
  stick->face = find_face (mode);
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
  if (stick->wake >= 0)
    close (stick->wake);
  g_clear_pointer (&stick->port, smith_virtual_port_free);
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
 * smith_virtual_stick_get_log:
 *
 * Returns: (transfer full): the last events, a line of JSON each, at most 10000
 */
char *
smith_virtual_stick_get_log (SmithVirtualStick *stick)
{
  return smith_stick_log_get_text (stick->log);
}
