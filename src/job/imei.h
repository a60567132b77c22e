/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean smith_imei_is_same (const char *a, const char *b);
char *smith_imei_digest (const char *imei);
gboolean smith_imei_digest_is_sound (const char *digest);
gboolean smith_imei_has_digest (const char *imei, const char *digest);

G_END_DECLS
