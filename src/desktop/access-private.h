/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "access.h"

G_BEGIN_DECLS

/* For access.c and its tests: smith_access_is_installed() below another root. */
gboolean smith_access_is_installed_below (const char *root);

G_END_DECLS
