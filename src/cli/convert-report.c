/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "convert-report.h"

#include <glib/gi18n.h>

#include <string.h>

#include "job/report.h"

/**
 * cli_report_begin:
 * @path: (nullable): where it is to be saved; NULL if nobody wants one
 *
 * Makes sure, before anything is done, that there is a place for the report. No
 * older file gives way: the report on a first attempt is what a second one, by
 * the same command, must not destroy.
 *
 * Returns: FALSE with a G_IO_ERROR
 */
gboolean
cli_report_begin (CliReport *report, const char *path, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autofree char *name = NULL;

  if (path == NULL)
    return TRUE;
  report->file = g_file_new_for_path (path);
  report->stream = G_OUTPUT_STREAM (g_file_create (report->file, G_FILE_CREATE_NONE, NULL, &cause));
  if (report->stream != NULL)
    return TRUE;
  g_clear_object (&report->file);
  name = g_filename_display_name (path);
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_EXISTS))
    g_set_error (error, cause->domain, cause->code,
                 _ ("“%s” is there already: name another file for the report"), name);
  else
    g_set_error (error, cause->domain, cause->code, _ ("The report could not be saved: %s"),
                 cause->message);
  return FALSE;
}

void
cli_report_note_identity (CliReport *report, const SmithIdentity *identity)
{
  g_free (report->old_version);
  report->old_version = identity != NULL ? g_strdup (identity->firmware) : NULL;
}

/* Why it came to nothing; the first reason counts. */
void
cli_report_note_error (CliReport *report, const GError *error)
{
  if (report->error == NULL && error != NULL)
    report->error = g_error_copy (error);
}

/* To be called when the job is over; of several jobs, the last one counts. */
void
cli_report_note_job (CliReport *report, SmithJob *job)
{
  SmithPlan *plan = smith_job_get_plan (job);
  SmithJobStatus status;

  smith_job_get_status (job, &status);
  report->step = status.step;
  report->touched = status.touched;
  g_free (report->files);
  report->files = smith_plan_list_names (plan);
  g_free (report->wanted_version);
  report->wanted_version = g_strdup (smith_plan_get_version (plan));
  g_free (report->new_version);
  report->new_version = g_strdup (smith_job_get_report (job)->version);
}

static char *
make_text (CliReport *report, CliStatus status, SmithLog *log, gboolean practice)
{
  const SmithReport facts = {
    .program = "sticksmith-cli",
    .practice = practice,
    .result = cli_result_name (status),
    .last_step = report->step,
    .touched = report->touched,
    .files = report->files,
    .old_version = report->old_version,
    .wanted_version = report->wanted_version,
    .new_version = report->new_version,
    .error = report->error,
    .log = log,
  };

  return smith_report_to_text (&facts);
}

/* What is only half there is worse than nothing. */
static void
save (CliReport *report, const char *text)
{
  g_autoptr (GError) error = NULL;

  if (g_output_stream_write_all (report->stream, text, strlen (text), NULL, NULL, &error)
      && g_output_stream_close (report->stream, NULL, &error))
    return;
  g_printerr (_ ("The report could not be saved: %s"), error->message);
  g_printerr ("\n");
  g_file_delete (report->file, NULL, NULL);
}

/**
 * cli_report_end:
 * @status: with which the command ends
 *
 * Saves the report, if one is wanted, and forgets all about it. That it cannot
 * be saved is said, and changes nothing of how the conversion ended.
 */
void
cli_report_end (CliReport *report, CliStatus status, SmithLog *log, gboolean practice)
{
  if (report->stream != NULL)
    {
      g_autofree char *text = make_text (report, status, log, practice);

      save (report, text);
    }
  g_clear_object (&report->stream);
  g_clear_object (&report->file);
  g_free (report->files);
  g_free (report->old_version);
  g_free (report->wanted_version);
  g_free (report->new_version);
  g_clear_error (&report->error);
}
