/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "stick/udev-bus.h"

G_BEGIN_DECLS

/**
 * FakeUsb:
 *
 * A machine's sys and dev in a temporary folder, laid out as Linux does it.
 * With events it is an umockdev testbed, which the program under test sees as
 * /sys and /dev, and udev tells of every change. Without, it is a folder that
 * udev knows nothing of: what a Flatpak without udev events has.
 */
typedef struct _FakeUsb FakeUsb;

FakeUsb *fake_usb_new (gboolean with_events);
void fake_usb_free (FakeUsb *usb);
const char *fake_usb_get_bus_root (FakeUsb *usb);
char *fake_usb_get_file (FakeUsb *usb, const char *usb_path, const char *name);
char *fake_usb_get_node (FakeUsb *usb, const char *name);

/*
 * @interface describes one in words: "ff/02/12", class, subclass and protocol
 * in hexadecimal; endpoints such as "b81" (bulk) and "i82" (interrupt);
 * "driver" for a driver that makes nothing; "@ttyUSB0", "@usb0" or "@sr0" for
 * what its driver makes of it; "@ttyUSB0=/dev/pts/7" for a port whose node leads
 * there, and which is known by that one's number. They are numbered from 0.
 */
void fake_usb_plug (FakeUsb *usb, const char *usb_path, guint32 id, const char *const *interfaces);
void fake_usb_add_device (FakeUsb *usb, const char *usb_path, guint32 id);
void
fake_usb_add_interface (FakeUsb *usb, const char *usb_path, guint number, const char *interface);
void fake_usb_add_child (FakeUsb *usb, const char *usb_path, guint number, const char *child);
void fake_usb_unplug (FakeUsb *usb, const char *usb_path);
void fake_usb_set_mode (FakeUsb *usb, const char *node, guint mode);

/* From now on nobody is told of anything. */
void fake_usb_hush (FakeUsb *usb);

/* Ordinary permissions mean nothing to root. Returns: whether they mean something now */
gboolean fake_usb_give_up_root (void);
gboolean fake_usb_has_umockdev (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeUsb, fake_usb_free)

G_END_DECLS
