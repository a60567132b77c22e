/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "conversion.h"
#include "log.h"
#include "progress.h"

G_BEGIN_DECLS

/* Nothing moved for so long: the page says that it may take a while. */
#define SMITH_STALLED_SECONDS 10

/**
 * SmithJobStatus:
 * @step: the step that runs, or the last one that did
 * @fraction: of the whole, 0 to 1, never going back
 * @seconds_left: or SMITH_SECONDS_UNKNOWN
 * @seconds_idle: for how long nothing has moved
 * @partition: the part that is being written; "" without one
 * @bytes_done: of @bytes_total, while the firmware is written
 * @busy: the port is held by another program and tried again
 * @writes: this job has begun to write: cancelling leaves the stick unfinished
 * @touched: the stick's content may have changed, be it by an earlier job that
 *   is gone on with
 * @all_written: that one had written everything, and this one has not written
 * @loaded: a loader was sent: the stick was in boot mode
 * @asking: the job waits for the answer to "question"
 * @network: what the stick sees of the network, in the last step
 *
 * A picture of a job at one moment, by value.
 */
typedef struct
{
  SmithStep step;
  double fraction;
  int seconds_left;
  int seconds_idle;
  char partition[SMITH_PARTITION_NAME_SIZE];
  guint64 bytes_done;
  guint64 bytes_total;
  gboolean busy;
  gboolean writes;
  gboolean touched;
  gboolean all_written;
  gboolean loaded;
  gboolean asking;
  SmithNetworkState network;
} SmithJobStatus;

/**
 * SmithJob:
 *
 * One job: a plan carried out by a GTask on a worker thread. Its functions are
 * for the main thread, where its signals are emitted too:
 *
 * "updated" (no arguments): the status has changed; at most some twenty times
 * a second.
 * "question" (SmithVerdict *): may the firmware be written? To be answered by
 * smith_job_answer(); the job waits. The verdict is valid during the signal.
 */
#define SMITH_TYPE_JOB (smith_job_get_type ())
G_DECLARE_FINAL_TYPE (SmithJob, smith_job, SMITH, JOB, GObject)

SmithJob *smith_job_new (SmithPlan *plan, SmithBus *bus, SmithLog *log, const char *state_path);
void smith_job_run_async (SmithJob *job, GAsyncReadyCallback callback, gpointer user_data);
gboolean smith_job_run_finish (SmithJob *job, GAsyncResult *result, GError **error);
void smith_job_answer (SmithJob *job, gboolean yes);
void smith_job_cancel (SmithJob *job);
void smith_job_get_status (SmithJob *job, SmithJobStatus *status);
const SmithConversionReport *smith_job_get_report (SmithJob *job);
SmithPlan *smith_job_get_plan (SmithJob *job);

G_END_DECLS
