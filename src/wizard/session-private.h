/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desktop/keeper.h"
#include "session.h"
#include "stick-watch.h"

G_BEGIN_DECLS

struct _SmithSession
{
  GObject parent_instance;

  SmithBus *bus;
  SmithPracticeWorld *world; /* NULL with real sticks */
  SmithStickWatch *watch;
  SmithNetworkCare *care;
  SmithKeeper *keeper; /* of others off the stick */
  SmithLog *log;
  char *state_path;
  GCancellable *cancellable; /* of all that the session does on workers */
  SmithPageId page;          /* while the person chooses */

  char *usb_path; /* of the chosen stick, or NULL */
  SmithEntry entry;
  SmithMode entry_mode;            /* in which the stick was when the entry was chosen, or since */
  gboolean needle_unsure;          /* the stick that was asked may be one that knows no needle */
  GCancellable *entry_cancellable; /* while a stick is asked to switch */
  SmithMode home_mode;   /* of the stick before anything was done with it, if it was seen */
  guint64 home_seen;     /* the last appearance that is sure to be of that same stick */
  gboolean may_not_work; /* half written by a job that failed, or came as one that is
                          * in boot ROM; and not seen at work since */
  SmithAim aim;          /* SMITH_AIM_ANY until the person chose one */

  SmithFileQueue *queue;                /* firmware */
  SmithFileCheck *files[SMITH_N_SLOTS]; /* that of firmware is in the queue */
  GPtrArray *incoming;                  /* SmithFileCheck: their kind is not known yet */

  SmithPhase phase;
  SmithJob *job;
  SmithIdentity *before; /* what the job found, which the stick no longer is after it; or NULL */
  SmithVerdict *verdict; /* while "question" has no answer */
  GError *error;         /* of the last job, or of what should have become one */
  char *file_names;      /* of the job's firmware */
  char *target_version;
  char *new_version;
  SmithMode new_mode; /* in which the stick was back */

  GPtrArray *kept;         /* SmithSavedState: found on the disk, one of each place */
  guint look_serial;       /* of the last look at it: an older one does not count */
  SmithSavedState *wanted; /* what is, or was, to be gone on with; NULL once it became a job */
  SmithPlan *resume;       /* made from it */
  gboolean preparing;      /* which takes a moment */
  gboolean had_job;
};

void smith_session_changed (SmithSession *session);
void smith_session_choose_only_stick (SmithSession *session);
void smith_session_drop_resume (SmithSession *session);
void smith_session_note_home_mode (SmithSession *session);
void smith_session_look_for_unfinished (SmithSession *session);
void smith_session_drop_kept (SmithSession *session, const char *usb_path);
void smith_session_clear_job (SmithSession *session);
void smith_session_reconsider_entry (SmithSession *session);
void smith_session_note_entry_mode (SmithSession *session);

G_END_DECLS
