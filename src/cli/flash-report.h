/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli.h"
#include "job/flash.h"
#include "job/log.h"

G_BEGIN_DECLS

/* What flash and convert show alike while they write and at the end. */
void cli_flash_progress (Cli *cli, guint64 done, guint64 total);
gboolean cli_flash_confirm (Cli *cli, const SmithVerdict *verdict, const char *what);
void cli_add_flash_report (JsonBuilder *builder, const SmithFlashReport *report);
void cli_say_flash_report (Cli *cli, const SmithFlashReport *report);
void cli_log_items (SmithLog *log, GPtrArray *items);

G_END_DECLS
