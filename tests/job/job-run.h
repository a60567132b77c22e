/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "job/job.h"
#include "job/saved-state.h"
#include "simulator/practice.h"
#include "simulator/virtual-bus.h"
#include "simulator/virtual-stick.h"

G_BEGIN_DECLS

/* The frame with which the first part is begun, behind the questions. */
#define RUN_FIRST_BEGIN "binary 3"

/* Jobs, one after the other, with one virtual stick at a time, and what is kept of them. */
typedef struct
{
  char *folder;
  char *state_path;
  const char *usb_path;   /* of the stick; NULL: the usual one */
  const char *product_id; /* NULL: the usual one */
  SmithPracticeFiles files;
  SmithVirtualBus *bus;
  SmithVirtualStick *stick;
  SmithFaultScript *faults;
  SmithLog *log;
  SmithJob *job;
  /* What was seen on the way. */
  gboolean over;
  GError *error;
  double last_fraction;
  guint updates;
  guint questions;
  gboolean answer;
  gboolean skip;
  char *cancel_at; /* name of the partition at which to cancel */
  GThread *main_thread;
} Run;

void run_plug (Run *run, SmithMode start, const char *faults);
void run_unplug (Run *run);
void run_init (Run *run, SmithMode start, const char *faults);
void run_clear (Run *run);
SmithPlan *run_make_plan (Run *run);
void run_on_question (SmithJob *job, const SmithVerdict *verdict, Run *run);
void run_carry_out (Run *run, SmithPlan *plan);
void run_finish (Run *run);
gboolean run_has_state (Run *run);
void run_assert_holds (Run *run);
SmithPlan *run_plan_again (Run *run);
SmithSavedState *run_load_state (Run *run);

G_END_DECLS
