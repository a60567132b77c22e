/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

gboolean smith_key_file_load (GKeyFile *file, const char *text, gsize size, GError **error);
