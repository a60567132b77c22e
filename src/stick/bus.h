/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SmithMode:
 *
 * What a stick is at the moment; one stick goes through several of them.
 */
typedef enum
{
  SMITH_MODE_UNKNOWN,
  SMITH_MODE_CD,       /* virtual CD, just plugged in */
  SMITH_MODE_HILINK,   /* HiLink firmware at work: a network card */
  SMITH_MODE_STICK,    /* Stick firmware at work: AT ports */
  SMITH_MODE_DOWNLOAD, /* waits for firmware */
  SMITH_MODE_BOOT_ROM, /* waits for a loader */
  SMITH_MODE_DEBUG,    /* HiLink firmware with its AT port open: network card and ports */
  SMITH_MODE_CHARGING, /* takes power only and answers nothing */
  SMITH_MODE_BEYOND,   /* known, and beyond this program: the stick's note says why */
  SMITH_N_MODES
} SmithMode;

/* Whose chip a stick has, as far as it is known from outside. */
typedef enum
{
  SMITH_FAMILY_UNKNOWN,
  SMITH_FAMILY_BALONG,
  SMITH_FAMILY_QUALCOMM,
} SmithFamily;

/* Why a stick is beyond this program; stable, each with a text for a person. */
typedef enum
{
  SMITH_NOTE_NONE,
  SMITH_NOTE_BROVI,        /* E3372-325: cannot be converted */
  SMITH_NOTE_EMERGENCY,    /* Qualcomm emergency mode */
  SMITH_NOTE_FASTBOOT,     /* recovery only */
  SMITH_NOTE_LATER_ROUTER, /* download mode of later routers */
} SmithNote;

typedef enum
{
  SMITH_PORT_UNKNOWN,
  SMITH_PORT_AT,
  SMITH_PORT_MODEM,
  SMITH_PORT_DIAGNOSTICS,
  SMITH_PORT_DOWNLOAD,
  SMITH_PORT_BOOT,
} SmithPortRole;

typedef struct
{
  char *device; /* such as /dev/ttyUSB0 */
  guint interface_number;
  SmithPortRole role;
  gboolean denied; /* the person may not open it */
} SmithStickPort;

/**
 * SmithStick:
 *
 * A stick as it is on the bus at one moment; immutable and counted. The same
 * stick is told by @usb_path (such as "1-2.3"), never by a port's name and
 * never by its serial number: both change with the mode.
 */
typedef struct
{
  char *usb_path;
  guint16 vendor;
  guint16 product;
  SmithMode mode;
  GPtrArray *ports; /* SmithStickPort, by interface number */
  guint64 seen;     /* grows with every appearance on the bus: tells a return from staying */

  SmithFamily family;
  SmithNote note;
  gboolean unproven;    /* looks like download mode, which only its answers can prove */
  gboolean behind_hub;  /* plugged into a hub, not into the computer */
  char *device_path;    /* sysfs path of the USB device, or NULL */
  char *network;        /* network interface of a HiLink stick, such as "usb0", or NULL */
  char *web_address;    /* host[:port] of its web server where that is known, or NULL */
  char *cd_drive;       /* block device of the virtual CD, such as /dev/sr1, or NULL */
  char *missing_driver; /* kernel module whose ports ought to be there by now, or NULL */
} SmithStick;

SmithStick *smith_stick_new (const char *usb_path, guint16 vendor, guint16 product, SmithMode mode);
void smith_stick_add_port (SmithStick *stick,
                           const char *device,
                           guint interface_number,
                           SmithPortRole role);
SmithStick *smith_stick_ref (SmithStick *stick);
void smith_stick_unref (SmithStick *stick);
const char *smith_stick_find_port (SmithStick *stick, SmithPortRole role);
const char *smith_mode_name (SmithMode mode);
gboolean smith_mode_is_working (SmithMode mode);
const char *smith_port_role_name (SmithPortRole role);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithStick, smith_stick_unref)

/**
 * SmithBus:
 *
 * What is plugged in. An implementation finds the sticks and hands each new
 * picture of them to smith_bus_publish(); everything else is done here.
 *
 * smith_bus_list() and smith_bus_wait() may be called from any thread. The
 * signal "changed" (no arguments) is emitted, coalesced, in the main context
 * that was the thread default when the bus was made.
 */
#define SMITH_TYPE_BUS (smith_bus_get_type ())
G_DECLARE_DERIVABLE_TYPE (SmithBus, smith_bus, SMITH, BUS, GObject)

struct _SmithBusClass
{
  GObjectClass parent_class;

  /* Look again and publish; called about once a second while somebody waits,
   * on the waiting thread. Optional. */
  void (*rescan) (SmithBus *bus);

  /* Whether the character device @number is what the system now calls @device
   * and has made of @stick, of what rescan has just found. Any thread. Optional:
   * where the system knows nothing of the sticks, the picture is the proof. */
  gboolean (*owns_port) (SmithBus *bus, SmithStick *stick, const char *device, guint64 number);
};

/* Tells whether @stick is what somebody waits for. Called with the bus locked:
 * it must be quick and must not call the bus. */
typedef gboolean (*SmithStickFunc) (SmithStick *stick, gpointer user_data);

GPtrArray *smith_bus_list (SmithBus *bus);
SmithStick *smith_bus_find (SmithBus *bus, const char *usb_path);
void smith_bus_rescan (SmithBus *bus);
gboolean smith_bus_owns_port (SmithBus *bus, SmithStick *stick, const char *device, guint64 number);
SmithStick *smith_bus_wait (SmithBus *bus,
                            const char *usb_path,
                            SmithStickFunc func,
                            gpointer user_data,
                            gint64 deadline,
                            GCancellable *cancellable,
                            GError **error);
void smith_bus_publish (SmithBus *bus, GPtrArray *sticks);

G_END_DECLS
