/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "fault-script.h"
#include "format/partition-id.h"
#include "virtual-bus.h"

G_BEGIN_DECLS

/**
 * SmithVirtualStickConfig:
 * @usb_path: where it is plugged in; NULL for "1-1"
 * @start: the mode in which it appears: boot ROM, download, Stick or HiLink
 * @chip: whose partitions it takes; one of another generation is refused
 * @product_id: what it answers to 45 in download mode; NULL: stays silent
 * @hardware: hardware string in Stick mode, such as "CL2E3372HM"
 * @version: the version of the firmware that is on it
 * @demand_signature: DATAMODE is refused until a signature was sent
 * @echo: commands in text mode are echoed
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
} SmithVirtualStickConfig;

/* One line of JSON for each thing that happened; called on the stick's thread. */
typedef void (*SmithVirtualStickEvent) (const char *json, gpointer user_data);

/**
 * SmithVirtualStick:
 *
 * A stick that exists only here: a thread behind pseudo-terminals that speaks
 * the boot ROM's packets, download mode's text and frames, and a few AT
 * commands of working firmware. It is strict: what a real stick would refuse
 * it refuses, and says why in its events.
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
char *smith_virtual_stick_get_log (SmithVirtualStick *stick);
void smith_virtual_stick_unplug (SmithVirtualStick *stick);
gboolean smith_virtual_stick_replug (SmithVirtualStick *stick, SmithMode mode, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithVirtualStick, smith_virtual_stick_free)

G_END_DECLS
