/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job-notes.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include <unistd.h>

#include "saved-states.h"

struct _SmithJobNotes
{
  SmithPlan *plan; /* the job's, as the log is */
  SmithLog *log;
  char *path;             /* chosen when it starts */
  SmithSavedState *state; /* what is true of this job */

  /* What is on the disk. */
  gboolean there;
  gboolean same_files; /* as this job's */
  SmithStep step;
  guint file;
  guint partition;

  SmithSavedState *older; /* what was kept of another job with this place, or NULL */
  char *older_path;       /* beside it, while that one's file may have to come back */
  gboolean is_aside;      /* it is there */
  gboolean waits;         /* that one's is on the disk until this one writes */
  gboolean replaced;      /* that one's is not on the disk any more */

  gboolean has_begun;    /* to write */
  gboolean told;         /* that it cannot be kept */
  gboolean told_nothing; /* that there is nothing to go on with later */
};

/**
 * smith_job_notes_new:
 * @plan: outlives the notes
 * @path: where the state is kept; beside it if something of another stick is there
 */
SmithJobNotes *
smith_job_notes_new (SmithPlan *plan, SmithLog *log, const char *path)
{
  SmithJobNotes *notes = g_new0 (SmithJobNotes, 1);

  notes->plan = plan;
  notes->log = log;
  notes->path = g_strdup (path);
  notes->state = smith_saved_state_for_plan (plan);
  return notes;
}

void
smith_job_notes_free (SmithJobNotes *notes)
{
  g_free (notes->path);
  g_free (notes->older_path);
  smith_saved_state_free (notes->state);
  g_clear_pointer (&notes->older, smith_saved_state_free);
  g_free (notes);
}

/* @state: what is on the disk now */
static void
note_disk (SmithJobNotes *notes, const SmithSavedState *state)
{
  notes->there = TRUE;
  notes->same_files
      = state == notes->state || smith_saved_state_has_same_files (state, notes->state);
  notes->step = state->step;
  notes->file = state->file;
  notes->partition = state->partition;
}

/**
 * smith_job_notes_start:
 *
 * Of a job that did not end, a stick may still wait for the rest. What was kept of
 * one at another place is never touched; nor is that of one at this place for a
 * job that only begins: what counts is which of them wrote last.
 */
void
smith_job_notes_start (SmithJobNotes *notes)
{
  g_autoptr (SmithSavedState) there = NULL;
  char *path = smith_saved_states_choose_path (notes->path, notes->plan->usb_path, &there);

  g_free (notes->path);
  notes->path = path;
  notes->older_path = g_strconcat (path, ".older", NULL);
  smith_saved_state_remove (notes->older_path);
  if (there != NULL)
    note_disk (notes, there);
  else
    /* A file that cannot be read may say anything. */
    notes->there = g_file_test (path, G_FILE_TEST_IS_REGULAR);
  if (there == NULL || !there->touched || notes->plan->goes_on)
    return;
  notes->older = g_steal_pointer (&there);
  notes->waits = TRUE;
}

/* Whether who goes on with what is on the disk would leave out what is still to
 * be written, or write something else. */
static gboolean
is_ahead (SmithJobNotes *notes)
{
  const SmithSavedState *state = notes->state;

  if (!notes->there || !notes->same_files)
    return notes->there;
  if (smith_saved_state_is_all_written (state))
    return FALSE;
  return notes->step >= SMITH_STEP_COME_BACK || notes->file > state->file
         || (notes->file == state->file && notes->partition > state->partition);
}

/* Each of the two once in a job. What was kept before the disk was full is still
 * good for going on. */
static void
tell_it_is_lost (SmithJobNotes *notes, const GError *error)
{
  if (!notes->told)
    smith_log_add (notes->log, SMITH_LOG_NOTICE, _ ("The state of the job cannot be kept: %s"),
                   error->message);
  notes->told = TRUE;
  if (!notes->there && !notes->told_nothing)
    {
      smith_log_add (
          notes->log, SMITH_LOG_NOTICE, "%s",
          _ ("The job goes on all the same. Only if it is interrupted, Sticksmith cannot "
             "pick it up again: choose the same files then, and begin anew."));
      notes->told_nothing = TRUE;
    }
}

static void
set_wrong (GError **error, const GError *why)
{
  g_set_error (error, G_FILE_ERROR, why->code,
               _ ("What was kept of an earlier job can neither be replaced nor removed, and would "
                  "be wrong once this one has written something. So nothing is written. %s"),
               why->message);
}

/* Where it could not be given a second name. */
static gboolean
move_older_aside (SmithJobNotes *notes)
{
  if (notes->older == NULL || notes->is_aside || notes->replaced)
    return FALSE;
  notes->is_aside = g_rename (notes->path, notes->older_path) == 0;
  return notes->is_aside;
}

/* A job that cannot be gone on with later is better than none; but not one that is
 * gone on with at the wrong place. Returns: FALSE with a G_FILE_ERROR if what is on
 * the disk would lead to that */
static gboolean
save (SmithJobNotes *notes, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (smith_saved_state_save (notes->state, notes->path, &local))
    {
      note_disk (notes, notes->state);
      notes->replaced = TRUE;
      return TRUE;
    }
  /* That needs no room. What is another job's may have to come back. */
  if (is_ahead (notes) && (move_older_aside (notes) || smith_saved_state_remove (notes->path)))
    {
      notes->there = FALSE;
      notes->replaced = TRUE;
    }
  tell_it_is_lost (notes, local);
  if (!is_ahead (notes))
    return TRUE;
  set_wrong (error, local);
  return FALSE;
}

void
smith_job_notes_set_step (SmithJobNotes *notes, SmithStep step)
{
  /* All being written is not forgotten because it is looked at again. */
  notes->state->step = notes->plan->all_written ? MAX (step, SMITH_STEP_COME_BACK) : step;
  /* Only now it is sure where it begins: how the stick comes counts, too. */
  if (step >= SMITH_STEP_BOOT_MODE && step <= SMITH_STEP_FLASH)
    smith_saved_state_set_start (notes->state, notes->plan);
  if (!notes->waits)
    save (notes, NULL);
}

/* A second name of the file: to give it back the first one needs no room. */
static void
put_older_aside (SmithJobNotes *notes)
{
  notes->is_aside = link (notes->path, notes->older_path) == 0;
}

static void
drop_older (SmithJobNotes *notes)
{
  if (notes->is_aside)
    smith_saved_state_remove (notes->older_path);
  notes->is_aside = FALSE;
}

/* Returns: (transfer full) (nullable): what was kept of the attempt @attempt at this
 * job at @place, if nothing has come in its place since */
static SmithSavedState *
find_former (SmithJobNotes *notes, const char *place, const char *attempt)
{
  g_autoptr (SmithSavedState) state
      = place != NULL ? smith_saved_states_find (notes->path, place, NULL) : NULL;

  if (state == NULL || g_strcmp0 (state->usb_path, place) != 0
      || g_strcmp0 (state->attempt, attempt) != 0
      || !smith_saved_state_has_same_files (state, notes->state))
    return NULL;
  return g_steal_pointer (&state);
}

/* The stick that was left at the former place is most likely this one. Should it be
 * there again, it is no longer as far as it was. */
static gboolean
set_former_back (SmithJobNotes *notes, GError **error)
{
  g_autoptr (SmithSavedState) former
      = find_former (notes, notes->plan->former_place, notes->plan->former_attempt);
  g_autoptr (GError) local = NULL;

  if (former == NULL)
    return TRUE;
  former->step = SMITH_STEP_FLASH;
  former->file = former->partition = 0;
  if (smith_saved_state_save (former, former->path, &local)
      || smith_saved_state_remove (former->path))
    return TRUE;
  set_wrong (error, local);
  return FALSE;
}

/**
 * smith_job_notes_begin_part:
 *
 * To be called before the first byte of a part: from then on it is not complete,
 * whatever was before.
 *
 * Returns: FALSE with a G_FILE_ERROR if it must not be written
 */
gboolean
smith_job_notes_begin_part (SmithJobNotes *notes, GError **error)
{
  SmithSavedState *state = notes->state;
  gboolean is_news = !state->touched || notes->waits || smith_saved_state_is_all_written (state);

  if (notes->waits)
    put_older_aside (notes);
  notes->waits = FALSE;
  state->touched = TRUE;
  state->step = SMITH_STEP_FLASH;
  if ((is_news || is_ahead (notes)) && !save (notes, error))
    return FALSE;
  if (!notes->has_begun && !set_former_back (notes, error))
    return FALSE;
  notes->has_begun = TRUE;
  return TRUE;
}

/**
 * smith_job_notes_end_part:
 * @partition: of the file @file, both counted from 0
 */
void
smith_job_notes_end_part (SmithJobNotes *notes, guint file, guint partition)
{
  notes->state->file = file;
  notes->state->partition = partition + 1;
  save (notes, NULL);
}

/* The stick refused before it took anything. */
static void
bring_older_back (SmithJobNotes *notes)
{
  g_autoptr (GError) error = NULL;

  if (!notes->replaced)
    drop_older (notes);
  else if ((!notes->is_aside || g_rename (notes->older_path, notes->path) != 0)
           && !smith_saved_state_save (notes->older, notes->path, &error))
    smith_log_add (notes->log, SMITH_LOG_NOTICE,
                   _ ("What was kept of an earlier job with this stick is lost: %s"),
                   error->message);
}

/* Back to what was true before a part was begun that the stick refused at once; or
 * what was to be begun anew, since the stick came as one that works. */
static void
settle_untouched (SmithJobNotes *notes)
{
  SmithSavedState *state = notes->state;
  SmithPlan *plan = notes->plan;

  if (state->file == plan->first_file && state->partition == plan->first_partition
      && smith_saved_state_is_all_written (state) == plan->all_written)
    return;
  smith_saved_state_set_start (state, plan);
  if (plan->all_written)
    state->step = MAX (state->step, SMITH_STEP_COME_BACK);
  save (notes, NULL);
}

/* The rest went to another stick than the beginning: neither is complete. */
static gboolean
is_scattered (SmithJobNotes *notes, const SmithConversionReport *report)
{
  SmithPlan *plan = notes->plan;

  return report->other_stick && !plan->all_written
         && (plan->first_file > 0 || plan->first_partition > 0);
}

static void
settle_scattered (SmithJobNotes *notes)
{
  notes->state->step = SMITH_STEP_FLASH;
  notes->state->file = notes->state->partition = 0;
  /* Whichever of the two it is that all is written to next. */
  g_clear_pointer (&notes->state->imei_digest, g_free);
  save (notes, NULL);
}

/* One that moved more than once has left something at each of its places. */
static void
forget_former (SmithJobNotes *notes, SmithBus *bus)
{
  g_autofree char *place = g_strdup (notes->plan->former_place);
  g_autofree char *attempt = g_strdup (notes->plan->former_attempt);

  for (guint i = 0; place != NULL && i < SMITH_SAVED_STATES_MAX; i++)
    {
      g_autoptr (SmithStick) there = smith_bus_find (bus, place);
      g_autoptr (SmithSavedState) state
          = there == NULL ? find_former (notes, place, attempt) : NULL;

      if (state == NULL)
        return;
      smith_saved_state_remove (state->path);
      g_free (place);
      place = g_steal_pointer (&state->former_place);
      g_free (attempt);
      attempt = g_steal_pointer (&state->former_attempt);
    }
}

/* Nothing was written at this place, and all there is to go on with is kept at the
 * former one. */
static gboolean
has_only_moved (SmithJobNotes *notes)
{
  SmithPlan *plan = notes->plan;
  g_autoptr (SmithSavedState) former
      = plan->goes_on ? NULL : find_former (notes, plan->former_place, plan->former_attempt);

  return former != NULL;
}

/**
 * smith_job_notes_settle:
 *
 * Leaves on the disk what the next attempt needs, and nothing else: that is
 * something only where this job wrote, or the one that it goes on with did.
 */
void
smith_job_notes_settle (SmithJobNotes *notes, SmithBus *bus, const SmithConversionReport *report)
{
  if (notes->waits)
    return;
  if (notes->older != NULL && !report->flash->touched)
    {
      bring_older_back (notes);
      return;
    }
  drop_older (notes);
  if (report->works)
    forget_former (notes, bus);
  if (report->works || !(report->touched || notes->plan->resumes)
      || (!report->flash->touched && has_only_moved (notes)))
    smith_saved_state_remove (notes->path);
  else if (!report->flash->touched)
    settle_untouched (notes);
  else if (is_scattered (notes, report))
    settle_scattered (notes);
}

/**
 * smith_job_notes_forget:
 *
 * The job is through: one that was gone on with is so wherever its stick turned up;
 * but where another one is at its former place, that one may be it.
 */
void
smith_job_notes_forget (SmithJobNotes *notes, SmithBus *bus)
{
  drop_older (notes);
  if (!notes->waits)
    smith_saved_state_remove (notes->path);
  forget_former (notes, bus);
}
