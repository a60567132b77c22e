/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "boot-mode.h"

#include <glib/gi18n.h>

#include "format/error.h"
#include "link/deadline.h"
#include "stick/catalogue.h"

#define LOADER_START_MS 60000 /* until a loader that was taken must be running */

/* Of what is beyond this program, that which waits for another one's commands. */
static gboolean
waits_for_others (const SmithStick *stick)
{
  return stick->mode == SMITH_MODE_BEYOND
         && (stick->note == SMITH_NOTE_EMERGENCY || stick->note == SMITH_NOTE_FASTBOOT
             || stick->note == SMITH_NOTE_LATER_ROUTER);
}

/**
 * cli_check_takes_commands:
 *
 * Anything that the boot ROM is sent, it takes for a piece of a loader.
 *
 * Returns: FALSE with SMITH_ERROR_WRONG_DEVICE if @stick is in boot mode, or UNSUPPORTED
 *   if it takes only what this program does not know
 */
gboolean
cli_check_takes_commands (const SmithStick *stick, GError **error)
{
  if (stick->mode == SMITH_MODE_BOOT_ROM)
    g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE,
                         _ ("The stick at this port is in boot mode and needs a loader first: "
                            "“sticksmith-cli load”"));
  else if (waits_for_others (stick))
    g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_UNSUPPORTED,
                         smith_note_text (stick->note));
  else
    return TRUE;
  return FALSE;
}

/**
 * cli_check_takes_text:
 *
 * The loader of a stick that may have a Qualcomm chip knows frames only, and the bytes of a
 * text may be commands to it.
 *
 * Returns: FALSE with SMITH_ERROR_WRONG_DEVICE if @stick takes no AT commands now, or the
 *   errors of cli_check_takes_commands()
 */
gboolean
cli_check_takes_text (const SmithStick *stick, GError **error)
{
  if (!cli_check_takes_commands (stick, error))
    return FALSE;
  if (stick->mode != SMITH_MODE_DOWNLOAD || smith_stick_knows_text (stick))
    return TRUE;
  g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE,
                       _ ("The stick at this port is in download mode and takes no AT commands "
                          "there; “sticksmith-cli identify” asks it what it is"));
  return FALSE;
}

static gboolean
has_started (SmithStick *stick, gpointer user_data)
{
  const SmithStick *before = user_data;

  return stick->mode == SMITH_MODE_DOWNLOAD && stick->seen > before->seen;
}

/* A port that belongs to no stick on the bus cannot be watched: there is just what it said. */
static gboolean
judge_unwatched (gboolean silent, GError **error)
{
  if (!silent)
    return TRUE;
  g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT,
                       _ ("The loader is sent, but the stick did not confirm its end, and it "
                          "cannot be seen whether it runs. “sticksmith-cli devices” shows whether "
                          "the stick is in download mode now."));
  return FALSE;
}

/**
 * cli_await_loader:
 * @before: (nullable): the stick that the loader was sent to, as it was then; NULL
 *   if it is none that @bus knows
 * @silent: whether it said nothing to the end of the loader, and stayed
 * @now: (out) (transfer full) (nullable): the stick in download mode; NULL if
 *   @before is
 *
 * Whether a loader that was sent runs: that shows on the bus, within a minute.
 * Blocks.
 *
 * Returns: FALSE with SMITH_ERROR_TIMEOUT (it is not known), DISCONNECTED (the
 *   stick is gone), UNSUPPORTED (it is back, and not in download mode) or
 *   G_IO_ERROR_CANCELLED
 */
gboolean
cli_await_loader (SmithBus *bus,
                  const SmithStick *before,
                  gboolean silent,
                  SmithStick **now,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autoptr (SmithStick) there = NULL;
  g_autoptr (GError) local = NULL;

  *now = NULL;
  if (before == NULL)
    return judge_unwatched (silent, error);
  *now = smith_bus_wait (bus, before->usb_path, has_started, (gpointer) before,
                         smith_deadline_in (LOADER_START_MS), cancellable, &local);
  if (*now != NULL)
    return TRUE;
  there = smith_bus_find (bus, before->usb_path);
  if (!g_error_matches (local, SMITH_ERROR, SMITH_ERROR_TIMEOUT))
    g_propagate_error (error, g_steal_pointer (&local));
  else if (there == NULL)
    g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED,
                         _ ("The stick took the loader, but did not come back. Plug it in again."));
  else
    g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_UNSUPPORTED,
                         _ ("The stick took the loader, but does not start it. Sticks of newer "
                            "batches only start loaders signed by their maker."));
  return FALSE;
}
