/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "catalogue.h"

G_BEGIN_DECLS

#define SMITH_USB_CLASS_VENDOR 0xff

/* Something that a driver made of an interface: a tty, a network card, a drive. */
typedef struct
{
  char *name;
  char *path; /* from "devices/" on */
} SmithUdevChild;

typedef struct
{
  char *path; /* from "devices/" on */
  char *folder;
  guint configuration;
  guint number;
  guint class;
  guint subclass;
  guint protocol;
  gboolean complete;  /* all its endpoints are there to be seen */
  gboolean bulk_pair; /* and they are one bulk IN and one bulk OUT */
  gboolean bound;     /* a driver has taken it */
} SmithUdevInterface;

/* A device that is worth a closer look. */
typedef struct
{
  char *name; /* "1-2.3" */
  char *path; /* from "devices/" on */
  char *folder;
  guint vendor;
  guint product;
  guint number;
  const SmithCatalogueId *id; /* NULL for an unknown one of Huawei's */
  GPtrArray *interfaces;      /* SmithUdevInterface, by number */
} SmithUdevDevice;

GPtrArray *smith_udev_list_devices (const char *root, SmithCatalogue *catalogue);
GPtrArray *smith_udev_list_children (const char *root, const char *class);
gboolean smith_udev_device_read_interfaces (SmithUdevDevice *device, const char *root);
gboolean smith_udev_device_is_still_there (const SmithUdevDevice *device);

G_END_DECLS
