/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fault-script.h"
#include "format/partition-id.h"
#include "hilink-server.h"
#include "virtual-bus.h"

G_BEGIN_DECLS

/**
 * SmithVirtualStickConfig:
 * @usb_path: where it is plugged in; NULL for "1-1"
 * @start: the mode in which it appears: any but unknown, charging and beyond, as
 *   far as sticks of its family have it
 * @chip: whose partitions it takes; one of another generation is refused
 * @product_id: what it answers to 45 in download mode; NULL: stays silent
 * @hardware: hardware string in Stick mode, such as "CL2E3372HM"
 * @version: the version of the firmware that is on it
 * @demand_signature: DATAMODE is refused until a signature was sent
 * @echo: commands in text mode are echoed
 * @family: SMITH_FAMILY_QUALCOMM: an E1550 or E392 by its @hardware; else a Balong stick
 * @refuses_entry: working firmware does not go to download mode when asked
 * @ignores_entry: it says OK when asked for download mode, and stays
 * @web: (nullable): how its web server behaves; what is on the stick is filled in
 * @shows_cd: after a restart, working firmware first shows the virtual CD for
 *   @restart_ms
 * @download_product: USB id in download mode; 0 for the usual one
 * @no_network: working firmware sees no network until its settings are opened
 * @no_sim: there is no SIM card in it
 * @stays_cd: the virtual CD stays until smith_virtual_stick_eject()
 * @refuses_switch: the web server alone refuses download mode; opening the ports works
 * @refuses_ports: the web server refuses to open the ports
 * @ports: (nullable): what AT^SETPORT? answers at first; NULL for the usual
 * @keeps_ports: says OK to AT^SETPORT=, and leaves all as it was
 * @generic_loader: a Qualcomm stick's download mode without the vendor's commands
 * @all_ports: ports that never answer are there too, as on a real stick; a
 *   Qualcomm stick always has them
 * @forget_content: keep only size and SHA-256 of what is written, not the bytes
 * @restart_ms: how long it is off the bus at each change of mode
 * @faults: (nullable): borrowed; must live as long as the stick
 */
typedef struct
{
  const char *usb_path;
  SmithMode start;
  SmithChip chip;
  const char *product_id;
  const char *hardware;
  const char *version;
  gboolean demand_signature;
  gboolean echo;
  gboolean forget_content;
  guint restart_ms;
  const SmithFaultScript *faults;
  SmithFamily family;
  gboolean refuses_entry;
  gboolean ignores_entry;
  const SmithHilinkServerConfig *web;
  gboolean shows_cd;
  guint16 download_product;
  gboolean no_network;
  gboolean no_sim;
  gboolean stays_cd;
  gboolean refuses_switch;
  gboolean refuses_ports;
  gboolean generic_loader;
  gboolean all_ports;
  const char *ports;
  gboolean keeps_ports;
} SmithVirtualStickConfig;

/* What a stick with a virtual CD calls its drive. */
#define SMITH_VIRTUAL_CD_DRIVE "virtual-cd"

/* The network interface of a stick with HiLink firmware. */
#define SMITH_VIRTUAL_NETWORK "virtual0"

/* Where a fault script's "other-port" and "other-stick" happen. */
#define SMITH_VIRTUAL_OTHER_PLACE "9-1"

/* One line of JSON for each thing that happened; called on the stick's thread. */
typedef void (*SmithVirtualStickEvent) (const char *json, gpointer user_data);

/**
 * SmithVirtualStick:
 *
 * A stick that exists only here: a thread behind pseudo-terminals that speaks
 * the boot ROM's packets, download mode's text and frames, the AT commands of
 * working firmware and a Qualcomm stick's diagnostics, and with HiLink firmware
 * a web server on loopback. It is strict: what a real stick would refuse it
 * refuses, and says why in its events. What would have harmed a real one it
 * counts as an offence.
 *
 * All functions may be called from any thread, also from an event, except that
 * an event must not free its stick.
 */
typedef struct _SmithVirtualStick SmithVirtualStick;

typedef struct
{
  guint32 id;
  guint64 size;
  GBytes *data; /* NULL with forget_content */
  char sha256[65];
} SmithWrittenPartition;

SmithVirtualStick *smith_virtual_stick_new (SmithVirtualBus *bus,
                                            const SmithVirtualStickConfig *config,
                                            SmithVirtualStickEvent event,
                                            gpointer user_data,
                                            GError **error);
void smith_virtual_stick_free (SmithVirtualStick *stick);

GPtrArray *smith_virtual_stick_get_written (SmithVirtualStick *stick);
GBytes *smith_virtual_stick_get_component (SmithVirtualStick *stick, guint index);
guint smith_virtual_stick_get_count (SmithVirtualStick *stick, SmithStage stage);
gboolean smith_virtual_stick_lost_calibration (SmithVirtualStick *stick);
guint smith_virtual_stick_get_refusals (SmithVirtualStick *stick);
guint smith_virtual_stick_get_offences (SmithVirtualStick *stick);
char *smith_virtual_stick_get_log (SmithVirtualStick *stick);
void smith_virtual_stick_eject (SmithVirtualStick *stick);
void smith_virtual_stick_heal (SmithVirtualStick *stick);
void smith_virtual_stick_unplug (SmithVirtualStick *stick);
gboolean smith_virtual_stick_replug (SmithVirtualStick *stick, SmithMode mode, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithVirtualStick, smith_virtual_stick_free)

G_END_DECLS
