/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "restart.h"

#include "link/deadline.h"
#include "stick/stick-port.h"

#define LEAVE_MS 10000
#define LOOK_MS 250
#define RETURN_MS 90000 /* first boots are slow */

static gboolean
has_left (SmithBus *bus, SmithStick *before, GCancellable *cancellable)
{
  gint64 deadline = smith_deadline_in (LEAVE_MS);

  while (!g_cancellable_is_cancelled (cancellable))
    {
      if (smith_stick_has_left (bus, before))
        return TRUE;
      if (smith_deadline_passed (deadline))
        return FALSE;
      smith_deadline_sleep (LOOK_MS, cancellable);
    }
  return FALSE;
}

static gboolean
has_come_back (SmithStick *stick, gpointer user_data)
{
  const SmithStick *before = user_data;

  return stick->seen > before->seen && stick->mode != SMITH_MODE_UNKNOWN;
}

/**
 * cli_await_restart:
 * @before: the stick in download mode, when it was told to restart
 *
 * Whether a stick that did not confirm its restart restarts all the same: it leaves the
 * bus within seconds, and comes back as something else within one and a half minutes. One
 * that is in download mode again may have been unplugged just as well. Blocks.
 *
 * Returns: FALSE also if nobody wants to wait any more
 */
gboolean
cli_await_restart (SmithBus *bus, SmithStick *before, GCancellable *cancellable)
{
  g_autoptr (SmithStick) now = NULL;

  if (!has_left (bus, before, cancellable))
    return FALSE;
  now = smith_bus_wait (bus, before->usb_path, has_come_back, before, smith_deadline_in (RETURN_MS),
                        cancellable, NULL);
  return now != NULL && now->mode != SMITH_MODE_DOWNLOAD && now->mode != SMITH_MODE_BOOT_ROM;
}
