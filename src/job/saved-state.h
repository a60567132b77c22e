/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "conversion.h"

G_BEGIN_DECLS

/**
 * SmithSavedState:
 *
 * What it takes to go on with a job after a crash, a power cut or an unplug:
 * the plan, by paths and digests, and how far it was. Kept in the person's
 * state folder while a job runs.
 */
typedef struct
{
  char *path; /* of the file that it was read from, or NULL */
  char *usb_path;
  char *attempt;        /* tells one attempt at a job from all others, or NULL */
  char *former_place;   /* as in SmithPlan, or NULL */
  char *former_attempt; /* likewise */
  char *loader_path;    /* NULL without one */
  char *loader_entry;
  char *loader_sha256;
  guint n_files;
  char **paths;         /* NULL-terminated */
  char **entries;       /* item names, in the same order */
  char **sha256;        /* of each file, or of all images of a folder */
  char *version;        /* that the stick must show afterwards, or NULL */
  char *version_before; /* that it showed before the job, or NULL */
  char *imei_digest;    /* as in SmithPlan: never shown or logged */
  SmithAim aim;         /* as in SmithPlan */
  char *override;       /* as in SmithPlan, or NULL */
  gboolean known_signature;
  gboolean roaming;
  gboolean touched; /* something was written: a stick may wait for the rest */
  SmithStep step;
  guint file;      /* the first that is not complete */
  guint partition; /* the first in it that is not complete */
} SmithSavedState;

SmithSavedState *smith_saved_state_new (void);
SmithSavedState *smith_saved_state_for_plan (SmithPlan *plan);
void smith_saved_state_set_start (SmithSavedState *state, SmithPlan *plan);
SmithPlan *smith_saved_state_to_plan (SmithSavedState *state,
                                      SmithVerifyFunc progress,
                                      gpointer user_data,
                                      GCancellable *cancellable,
                                      GError **error);
gboolean smith_saved_state_is_all_written (const SmithSavedState *state);
gboolean smith_saved_state_has_same_files (const SmithSavedState *a, const SmithSavedState *b);
void smith_saved_state_free (SmithSavedState *state);
SmithSavedState *smith_saved_state_load (const char *path, GError **error);
gboolean smith_saved_state_save (SmithSavedState *state, const char *path, GError **error);
gboolean smith_saved_state_remove (const char *path);
char *smith_saved_state_default_path (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithSavedState, smith_saved_state_free)

G_END_DECLS
