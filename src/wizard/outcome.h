/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "job/job.h"

G_BEGIN_DECLS

/* What the button of an ending does. */
typedef enum
{
  SMITH_ACTION_GO_ON,         /* with the same files, where the job stopped */
  SMITH_ACTION_TRY_AGAIN,     /* the same, from the beginning */
  SMITH_ACTION_CHOOSE_FILE,   /* other firmware */
  SMITH_ACTION_CHOOSE_LOADER, /* another loader */
  SMITH_ACTION_START_OVER,    /* from the first page */
  SMITH_ACTION_ASK_AGAIN,     /* the stick, which holds everything, for its version */
  SMITH_N_ACTIONS
} SmithAction;

/**
 * SmithOutcome:
 * @id: a stable lower-case word
 * @title: in one line
 * @what: what happened
 * @stick: what state the stick is in
 * @next: what to do now
 * @action: what the suggested button does
 * @help: (nullable): the topic of help that tells more; see smith_help_find()
 * @harmless: nothing is wrong: the person stopped it
 * @keeps: whoever starts over may still go on with it later
 *
 * How a job ended that did not end well, for a person. The texts are
 * translated and live as long as the program.
 */
typedef struct
{
  const char *id;
  const char *title;
  const char *what;
  const char *stick;
  const char *next;
  SmithAction action;
  const char *help;
  gboolean harmless;
  gboolean keeps;
} SmithOutcome;

void smith_outcome_for (const GError *error,
                        SmithStep step,
                        gboolean touched,
                        gboolean waited,
                        const SmithStick *stick,
                        SmithOutcome *outcome);
void smith_outcome_for_status (const GError *error,
                               const SmithJobStatus *status,
                               gboolean waited,
                               const SmithStick *stick,
                               SmithOutcome *outcome);
const char *smith_action_label (SmithAction action);

G_END_DECLS
