/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "job/conversion.h"

G_BEGIN_DECLS

/**
 * CliEnd:
 * @bus: where the stick is, if it is there
 * @usb_path: the stick's place
 * @state_path: (nullable): any file in the folder of the kept states
 * @before: the stick's mode before all began
 * @report: how far the job was
 *
 * What tells in which state a conversion left the stick.
 */
typedef struct
{
  SmithBus *bus;
  const char *usb_path;
  const char *state_path;
  SmithMode before;
  const SmithConversionReport *report;
} CliEnd;

char *cli_end_describe (const CliEnd *end);
void cli_end_add (JsonBuilder *builder, const CliEnd *end);

G_END_DECLS
