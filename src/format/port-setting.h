/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* In either part; sticks have three to eight. */
#define SMITH_PORT_CODES_MAX 16

/**
 * SmithPortSetting:
 *
 * What a stick answers to AT^SETPORT?, part by part and to the letter:
 * @first: what it shows while it poses as a CD drive, just after it was plugged
 *   in, such as "A1,A2"; "FF" where it skips that
 * @second: what it shows at work, such as "12,10,16,A1,A2"
 */
typedef struct
{
  char first[SMITH_PORT_CODES_MAX * 3];
  char second[SMITH_PORT_CODES_MAX * 3];
} SmithPortSetting;

gboolean smith_port_setting_parse (const char *line, SmithPortSetting *setting);
char *smith_port_setting_to_command (const SmithPortSetting *setting);
gboolean smith_port_setting_equal (const SmithPortSetting *a, const SmithPortSetting *b);
gboolean smith_port_setting_shows_cd (const SmithPortSetting *setting);
gboolean smith_port_setting_can_hide_cd (const SmithPortSetting *setting);
void smith_port_setting_hide_cd (const SmithPortSetting *setting, SmithPortSetting *hidden);
gboolean smith_port_setting_brings_cd_back (const SmithPortSetting *old,
                                            const SmithPortSetting *now);

G_END_DECLS
