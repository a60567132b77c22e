/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli.h"
#include "link/port.h"

G_BEGIN_DECLS

SmithPort *
cli_open_text_port (Cli *cli, const char *device, SmithPortBusyFunc busy, GError **error);

G_END_DECLS
