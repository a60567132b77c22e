/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "job/rig.h"

G_BEGIN_DECLS

/* Sticks with a Qualcomm chip as they are known, in download mode, and files for them. */

#define E1550_PRODUCT "HUAWEI E155"
#define E1550_VERSION "11.608.12.04.21"

/* As printf() takes them: the product, and more lines for the part in the middle. */
#define E1550_FILE                                                                                 \
  "[file]\nshape=bin\n[firmware]\ndownload-id=0x31\nproduct=E1550\n"                               \
  "version=:%s:" E1550_VERSION "\nblock-size=4096\n"                                               \
  "[partition 0]\nid=0x00010000\ncontent=pattern:0x1D0:table.\n"                                   \
  "[partition 1]\nid=0x00020000\ncontent=mixed:9000:1\n%s"                                         \
  "[partition 2]\nid=0x00030000\ncontent=marker:20000:2:" E1550_VERSION "\n"

extern const SmithVirtualStickConfig older_e1550;

char *older_make_file (Files *files, const char *product, const char *more);
SmithPort *older_open_port (Rig *rig, SmithPortRole role);
void older_expect_word (const GError *error, const char *word);

G_END_DECLS
