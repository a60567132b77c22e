/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* No text that a stick gives about itself is longer, in bytes. */
#define SMITH_DEVICE_TEXT_MAX 128

char *smith_device_text (const char *text, gssize length);
char *smith_device_word (const char *text, gssize length);
char *smith_device_imei (const char *text, gssize length);

G_END_DECLS
