/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session.h"

G_BEGIN_DECLS

/* A port that takes commands, and whose it is. */
typedef struct
{
  SmithStick *stick;
  char *device;
} SmithAtPort;

GPtrArray *smith_at_ports_list (SmithSession *session);
gboolean smith_at_ports_are_same (GPtrArray *a, GPtrArray *b);
guint smith_at_ports_choose (GPtrArray *ports, const char *before, const char *of_session);

G_END_DECLS
