/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cases.h"
#include "job/job.h"

G_BEGIN_DECLS

/* What must never be, and two that may come from a busy machine. */
typedef enum
{
  FLAW_NONE,
  FLAW_END,           /* an end that is not right for the fault */
  FLAW_GO_ON,         /* what was kept could not be gone on with */
  FLAW_FALSE_SUCCESS, /* it was not all there */
  FLAW_WRITE,         /* something was written that should not have been */
  FLAW_HARM,          /* what would have harmed a real stick, or another one was touched */
  FLAW_REPORT,        /* the report or the kept state is not the truth */
  N_FLAWS
} Flaw;

/* One job, as it was told when it was over. */
typedef struct
{
  gboolean ok;
  GError *error;
  SmithStep step;
  gboolean touched;
  gboolean works;
  guint n_partitions;
  char *version;
  char *imei;
} Outcome;

/**
 * Run:
 *
 * One case of the matrix, from plugging in to the last attempt to go on. It
 * belongs to the thread that runs it, but for @started and @done, which the
 * matrix guards.
 */
typedef struct
{
  const FaultCase *one;
  const char *folder; /* for what is kept of the job */
  gint64 started;
  gboolean done;

  GMainContext *context;
  Rig rig;
  SmithVirtualStick *other; /* plugged in when the fault strikes */
  char *state_path;
  GPtrArray *items; /* SmithItem: the files, for comparing */
  SmithJob *job;    /* NULL once it is closed */
  GSubprocess *process;
  gint pid;    /* of a process to be killed; 0 none */
  gint struck; /* atomic */
  gboolean over;
  gboolean confirmed;
  gboolean gave_way; /* the person has acted */
  guint sent_seen[2];
  guint n_left_in; /* attempts to go on with the stick as it was left */

  /* Out. */
  Outcome first;
  gboolean killed;
  gboolean kept;     /* there was something to go on with */
  gboolean resumed;  /* and that went well */
  gboolean retried;  /* more messages than a run without faults has */
  guint first_begun; /* partitions that were begun in the first attempt */
  Flaw flaw;
  char *wrong;
} Run;

void run_case (Run *run, const char *kill_program);
void run_clear (Run *run);
void run_set_wrong (Run *run, Flaw flaw, const char *format, ...) G_GNUC_PRINTF (3, 4);
void outcome_clear (Outcome *outcome);

/* Checks; each sets what is wrong, if nothing was before. */
void check_first (Run *run);
void check_kept (Run *run, gboolean exists);
void check_end (Run *run);
guint check_count_begun (Run *run);
guint check_count_done (Run *run);
gboolean check_stick_works (Run *run);

/* A job in a process of its own. */
void kill_run (Run *run, const char *program);

G_END_DECLS
