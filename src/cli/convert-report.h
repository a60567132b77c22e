/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli.h"
#include "job/job.h"

G_BEGIN_DECLS

/**
 * CliReport:
 *
 * The report on a conversion that is saved on request. Zero-initialised it is
 * one that nobody wants: the functions then do nothing.
 */
typedef struct
{
  GFile *file;
  GOutputStream *stream;
  SmithStep step;
  gboolean touched;
  char *files;
  char *old_version;
  char *wanted_version;
  char *new_version;
  GError *error;
} CliReport;

gboolean cli_report_begin (CliReport *report, const char *path, GError **error);
void cli_report_note_identity (CliReport *report, const SmithIdentity *identity);
void cli_report_note_error (CliReport *report, const GError *error);
void cli_report_note_job (CliReport *report, SmithJob *job);
void cli_report_end (CliReport *report, CliStatus status, SmithLog *log, gboolean practice);

G_END_DECLS
