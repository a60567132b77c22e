/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "convert-end.h"

#include <glib/gi18n.h>

#include "cli.h"
#include "job/saved-states.h"

#define GO_ON_COMMAND "sticksmith-cli convert --go-on"

/* What the disk holds counts: what could not be kept cannot be gone on with.
 * Returns: (transfer full) (nullable): NULL if there is nothing */
static SmithSavedState *
find_kept (const CliEnd *end)
{
  if (end->state_path == NULL)
    return NULL;
  return smith_saved_states_find (end->state_path, end->usb_path, NULL);
}

static SmithStick *
find_stick (const CliEnd *end)
{
  return smith_bus_find (end->bus, end->usb_path);
}

/* Returns: (nullable): NULL if it is as it was, or works */
static const char *
describe_stick (const CliEnd *end, const SmithSavedState *kept)
{
  const SmithConversionReport *report = end->report;
  g_autoptr (SmithStick) now = find_stick (end);

  if (report->works)
    return NULL;
  if (report->touched
      && (report->step >= SMITH_STEP_COME_BACK
          || (kept != NULL && smith_saved_state_is_all_written (kept))))
    return _ ("All firmware is written, but the stick has not shown that it works.");
  /* One that works by now may be another one, or was brought back elsewhere. */
  if (report->touched && (now == NULL || !smith_mode_is_working (now->mode)))
    return _ ("The stick is not complete now, and waits for the rest.");
  if (now != NULL && now->mode == SMITH_MODE_DOWNLOAD && end->before != SMITH_MODE_DOWNLOAD)
    return _ ("The stick is in download mode now, with what was on it before: to use it as it "
              "was, unplug it and plug it in again.");
  return NULL;
}

/**
 * cli_end_describe:
 *
 * For a conversion that failed, or was not begun. Reads files.
 *
 * Returns: (transfer full) (nullable): in which state the stick is now, and with
 *   which command to go on, in one line; NULL if nothing needs to be said
 */
char *
cli_end_describe (const CliEnd *end)
{
  g_autoptr (SmithSavedState) kept = find_kept (end);
  const char *stick = describe_stick (end, kept);
  g_autofree char *command
      = kept != NULL ? g_strdup_printf (_ ("Go on with: %s"), GO_ON_COMMAND) : NULL;

  if (stick != NULL && command != NULL)
    return g_strconcat (stick, " ", command, NULL);
  return stick != NULL ? g_strdup (stick) : g_steal_pointer (&command);
}

/* The same for scripts. */
void
cli_end_add (JsonBuilder *builder, const CliEnd *end)
{
  g_autoptr (SmithStick) now = find_stick (end);
  g_autoptr (SmithSavedState) kept = find_kept (end);

  cli_add_string (builder, "mode", now != NULL ? smith_mode_name (now->mode) : NULL);
  cli_add_bool (builder, "touched", end->report->touched);
  cli_add_bool (builder, "go_on", kept != NULL);
}
