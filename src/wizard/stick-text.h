/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "stick/identity.h"

G_BEGIN_DECLS

const char *smith_stick_text_name (const SmithStick *stick);
char *smith_stick_text_full_name (const SmithStick *stick, const SmithIdentity *identity);
const char *smith_stick_text_mode (SmithMode mode);
const char *smith_stick_text_advice (SmithMode mode);
char *smith_stick_text_details (SmithStick *stick, const SmithIdentity *identity);
char *smith_text_bytes (guint64 bytes);
char *smith_text_seconds_left (int seconds);

G_END_DECLS
