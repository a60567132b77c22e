/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "bridge.h"
#include "partner.h"
#include "simulator/practice.h"
#include "simulator/virtual-stick.h"

G_BEGIN_DECLS

/* Where the stick that is converted is plugged in, and where another one is. */
#define RIG_PLACE "1-2"
#define RIG_OTHER_PLACE "1-4.1"
#define RIG_DEVICE_PATH "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-2"

/* How a service on the system bus takes what it is asked. */
typedef enum
{
  RIG_ABSENT,
  RIG_PRESENT,
  RIG_REFUSING,
  RIG_SLOW, /* answers when it is too late */
} RigService;

/**
 * Rig:
 *
 * A machine with a stick in it, files to write and a system bus, for programs
 * that know of none of it.
 */
typedef struct
{
  char *folder;
  SmithPracticeFiles files;
  Bridge *bridge;
  SmithVirtualStick *stick;
  SmithVirtualStick *other; /* or NULL */
  Partner *modem_manager;   /* or NULL */
  Partner *login;           /* or NULL */
  guint eject;              /* source */
  int awake;                /* our end of what keeps the machine awake, or -1 */
} Rig;

void rig_set_up (Rig *rig, gboolean with_events, RigService modem_manager);
void rig_tear_down (Rig *rig);
void rig_remove_tree (const char *path);
void rig_plug (Rig *rig, const SmithVirtualStickConfig *config);
void rig_plug_other (Rig *rig, const SmithVirtualStickConfig *config);
SmithMode rig_get_mode (Rig *rig);
void rig_assert_modem_manager (Rig *rig, RigService modem_manager);
void rig_assert_awake (Rig *rig);
void rig_assert_untouched (SmithVirtualStick *stick);

/* Sticks as they are known: an E3372h, and an E1550. */
extern const SmithVirtualStickConfig rig_hilink;
extern const SmithVirtualStickConfig rig_stick;
extern const SmithVirtualStickConfig rig_e1550;

G_END_DECLS
