/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What must hold however a run goes, told by the stick, not by the program. */
#include "run.h"

#include <string.h>

#include "format/error.h"

#define IMEI "350000000000014"

/* The parts of all files, in their order. */
static guint
count_parts (Run *run)
{
  guint n = 0;

  for (guint i = 0; i < run->items->len; i++)
    n += ((SmithItem *) g_ptr_array_index (run->items, i))->firmware->partitions->len;
  return n;
}

static SmithPartition *
nth_part (Run *run, guint n)
{
  for (guint i = 0; i < run->items->len; i++)
    {
      GPtrArray *parts = ((SmithItem *) g_ptr_array_index (run->items, i))->firmware->partitions;

      if (n < parts->len)
        return g_ptr_array_index (parts, n);
      n -= parts->len;
    }
  return NULL;
}

/* Every part has an id of its own. Returns: its index, or G_MAXUINT */
static guint
find_part (Run *run, guint32 id)
{
  for (guint i = 0; i < count_parts (run); i++)
    if (nth_part (run, i)->id == id)
      return i;
  return G_MAXUINT;
}

guint
check_count_begun (Run *run)
{
  return rig_count_log (&run->rig, "\"partition-begun\"");
}

guint
check_count_done (Run *run)
{
  g_autoptr (GPtrArray) written = smith_virtual_stick_get_written (run->rig.stick);

  return written->len;
}

static gboolean
read_id (const char *line, guint32 *id)
{
  const char *text = strstr (line, "\"id\":\"");

  if (text == NULL)
    return FALSE;
  text += strlen ("\"id\":\"");
  *id = (guint32) g_ascii_strtoull (text, NULL, 16);
  return TRUE;
}

/* One after the other, each from its beginning, none left out, none twice; but
 * that whoever goes on may have to repeat the last one. */
static void
check_order (Run *run)
{
  g_autofree char *log = smith_virtual_stick_get_log (run->rig.stick);
  g_auto (GStrv) lines = g_strsplit (log, "\n", -1);
  gboolean again = run->kept;
  guint last_begun = G_MAXUINT;
  guint next = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      gboolean begun = strstr (lines[i], "\"partition-begun\"") != NULL;
      gboolean done = strstr (lines[i], "\"partition-done\"") != NULL;
      guint32 id;
      guint part;

      if ((!begun && !done) || !read_id (lines[i], &id))
        continue;
      part = find_part (run, id);
      if (part == G_MAXUINT)
        run_set_wrong (run, FLAW_WRITE, "partition %08X is in none of the files", id);
      else if (done && part == last_begun)
        next = MAX (next, part + 1);
      else if (begun && part == next && (again || part != last_begun))
        last_begun = part;
      else if (begun && again && part + 1 == next)
        last_begun = part;
      else
        run_set_wrong (run, FLAW_WRITE, "partition %u was %s out of turn", part,
                       begun ? "begun" : "ended");
    }
}

static void
check_content (Run *run)
{
  g_autoptr (GPtrArray) written = smith_virtual_stick_get_written (run->rig.stick);

  for (guint i = 0; i < written->len; i++)
    {
      const SmithWrittenPartition *one = g_ptr_array_index (written, i);
      guint part = find_part (run, one->id);

      if (part != G_MAXUINT && !rig_is_same (one, nth_part (run, part)))
        run_set_wrong (run, FLAW_WRITE, "partition %u is not what the file says", part);
    }
}

static void
check_others (Run *run)
{
  for (SmithStage stage = 0; run->other != NULL && stage < SMITH_N_STAGES; stage++)
    if (smith_virtual_stick_get_count (run->other, stage) > 0)
      run_set_wrong (run, FLAW_HARM, "the stick beside it was spoken to");
}

/* Whoever goes on asks as text first, which a stick that is still in its binary
 * stage takes for one damaged frame. And a person may stop a packet half way. */
static guint
count_excused (Run *run)
{
  guint damaged = rig_count_log (&run->rig, "\"why\":\"bad checksum\"");
  guint cut = rig_count_log (&run->rig, "\"why\":\"bytes that are no packet\"");
  guint stopped = run->one->person != PERSON_NOTHING;

  return MIN (damaged, run->n_left_in + stopped) + MIN (cut, stopped);
}

static void
check_conduct (Run *run)
{
  if (smith_virtual_stick_lost_calibration (run->rig.stick))
    run_set_wrong (run, FLAW_HARM, "the calibration data was lost");
  if (smith_virtual_stick_get_offences (run->rig.stick) > 0)
    run_set_wrong (run, FLAW_HARM, "a real stick would have suffered");
  if (smith_virtual_stick_get_refusals (run->rig.stick) > count_excused (run))
    run_set_wrong (run, FLAW_WRITE, "the stick found something to refuse by itself");
  check_others (run);
  check_order (run);
  check_content (run);
}

/* Whether every part stands on the stick, as it was written last. */
static gboolean
is_complete (Run *run)
{
  g_autoptr (GPtrArray) written = smith_virtual_stick_get_written (run->rig.stick);

  for (guint part = 0; part < count_parts (run); part++)
    {
      const SmithWrittenPartition *last = NULL;

      for (guint i = 0; i < written->len; i++)
        {
          const SmithWrittenPartition *one = g_ptr_array_index (written, i);

          if (one->id == nth_part (run, part)->id)
            last = one;
        }
      if (last == NULL || !rig_is_same (last, nth_part (run, part)))
        return FALSE;
    }
  return TRUE;
}

/* By its own last word: the mode in which it came up, not what anybody saw. */
gboolean
check_stick_works (Run *run)
{
  g_autofree char *log = smith_virtual_stick_get_log (run->rig.stick);
  const char *last = g_strrstr (log, "\"event\":\"appeared\"");

  return last != NULL
         && (strstr (last, "\"mode\":\"stick\"") != NULL
             || strstr (last, "\"mode\":\"hilink\"") != NULL
             || strstr (last, "\"mode\":\"debug\"") != NULL);
}

static void
check_success (Run *run, const Outcome *outcome)
{
  if (g_strcmp0 (outcome->version, run->one->route->version) != 0)
    run_set_wrong (run, FLAW_FALSE_SUCCESS, "success with version %s", outcome->version);
  if (!is_complete (run))
    run_set_wrong (run, FLAW_FALSE_SUCCESS, "success, and the stick does not hold all");
  if (outcome->imei != NULL && !g_str_equal (outcome->imei, IMEI))
    run_set_wrong (run, FLAW_FALSE_SUCCESS, "success with another IMEI");
  if (g_file_test (run->state_path, G_FILE_TEST_EXISTS))
    run_set_wrong (run, FLAW_REPORT, "success, and still something to go on with");
}

/* What the report says, against what the stick saw. */
static void
check_report (Run *run)
{
  const Outcome *first = &run->first;

  if (!first->touched && run->first_begun > 0)
    run_set_wrong (run, FLAW_REPORT, "a partition was begun, and nothing is said to be touched");
  if (first->touched && !run->confirmed)
    run_set_wrong (run, FLAW_WRITE, "nobody was asked");
  if (run->first_begun > 0 && !run->confirmed)
    run_set_wrong (run, FLAW_WRITE, "nobody was asked");
  if (first->n_partitions > check_count_done (run))
    run_set_wrong (run, FLAW_REPORT, "more partitions reported than were ended");
  if (first->ok && first->n_partitions != count_parts (run))
    run_set_wrong (run, FLAW_REPORT, "the report is not complete");
}

static gboolean
is_cancelled (Run *run)
{
  return g_error_matches (run->first.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Of those, the stick's code is told to the person. */
static gboolean
tells_code (Kind kind)
{
  return kind == KIND_BEGIN || kind == KIND_BLOCK || kind == KIND_FINISH || kind == KIND_RESTART
         || kind == KIND_Q_RESTART;
}

static void
check_right_end (Run *run)
{
  const FaultCase *one = run->one;
  const Outcome *first = &run->first;
  gboolean cancelled = is_cancelled (run);

  if (first->ok && (one->allowed & ENDS_WELL) == 0)
    run_set_wrong (run, FLAW_END, "must not have succeeded");
  if (first->ok)
    return;
  if (cancelled)
    {
      if (one->person == PERSON_NOTHING)
        run_set_wrong (run, FLAW_END, "cancelled by nobody");
      return;
    }
  if (first->error->domain != SMITH_ERROR)
    run_set_wrong (run, FLAW_END, "an error of a strange kind: %s", first->error->message);
  else if ((one->allowed & ENDS_WITH (first->error->code)) == 0)
    run_set_wrong (run, FLAW_END, "ended with “%s” (%s) in “%s”",
                   smith_error_code_name ((SmithErrorCode) first->error->code),
                   first->error->message, smith_step_name (first->step));
  else if (first->error->message[0] == '\0')
    run_set_wrong (run, FLAW_END, "an error without a word");
  else if (one->code != 0 && one->heals && first->error->code == SMITH_ERROR_REFUSED
           && tells_code (one->kind) && smith_error_get_refusal (first->error) != (int) one->code)
    run_set_wrong (run, FLAW_END, "refused with %u, told as %d", one->code,
                   smith_error_get_refusal (first->error));
}

/* After the first attempt, which told its end. */
void
check_first (Run *run)
{
  check_conduct (run);
  check_report (run);
  if (run->first.ok)
    check_success (run, &run->first);
  check_right_end (run);
}

/* What was kept is there exactly when there is something to go on with: something
 * was written, and no version was compared since. That a stick is at work is not
 * enough: it has still to be asked. */
void
check_kept (Run *run, gboolean exists)
{
  /* What the stick does after it was seen at work, with all that it was to
   * hold, is no matter of a job that was cancelled. */
  gboolean compared
      = run->first.works && (check_stick_works (run) || (is_cancelled (run) && is_complete (run)));

  if (run->first.ok && exists)
    run_set_wrong (run, FLAW_REPORT, "success, and still something to go on with");
  if (!run->first.ok && !exists && run->first_begun > 0 && !compared)
    run_set_wrong (run, FLAW_REPORT, "a stick that waits for the rest was forgotten");
  if (!run->killed && exists && compared)
    run_set_wrong (run, FLAW_REPORT, "its version was compared, and still something to go on with");
  if (!run->killed && exists && !run->first.touched)
    run_set_wrong (run, FLAW_REPORT, "nothing was written, and still something to go on with");
}

/* At the very end. */
void
check_end (Run *run)
{
  check_conduct (run);
  if (!run->resumed)
    return;
  if (!is_complete (run))
    run_set_wrong (run, FLAW_FALSE_SUCCESS, "gone on with, and the stick does not hold all");
  if (!check_stick_works (run))
    run_set_wrong (run, FLAW_FALSE_SUCCESS, "gone on with, and the stick is not at work");
}
