/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "conversion.h"
#include "log.h"

G_BEGIN_DECLS

/**
 * SmithReport:
 * @program: (nullable): which of the programs it was
 * @gtk: (nullable): the version of GTK, where there is a window
 * @practice: the stick was a virtual one
 * @result: what became of it, in a word or two
 * @last_step: the last that was begun
 * @touched: something was written to the stick, by this job or the one that it goes on with
 * @files: (nullable): the names of the firmware files
 * @old_version: (nullable): what was on the stick
 * @wanted_version: (nullable): what the files bring
 * @new_version: (nullable): what the stick showed when it was back
 * @error: (nullable): why it did not end well
 * @log: all that happened
 *
 * What somebody who helps wants to know. Everything is the caller's.
 */
typedef struct
{
  const char *program;
  const char *gtk;
  gboolean practice;
  const char *result;
  SmithStep last_step;
  gboolean touched;
  const char *files;
  const char *old_version;
  const char *wanted_version;
  const char *new_version;
  const GError *error;
  SmithLog *log;
} SmithReport;

char *smith_report_to_text (const SmithReport *report);

G_END_DECLS
