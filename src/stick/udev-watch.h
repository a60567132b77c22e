/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "soon.h"

G_BEGIN_DECLS

/**
 * SmithUdevWatch:
 *
 * Tells when device nodes come, go or get other permissions, which a Flatpak
 * sees even where it gets no udev events.
 */
typedef struct _SmithUdevWatch SmithUdevWatch;

SmithUdevWatch *smith_udev_watch_new (const char *root, SmithSoon *soon);
void smith_udev_watch_free (SmithUdevWatch *watch);

G_END_DECLS
