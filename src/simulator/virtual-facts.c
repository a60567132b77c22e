/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sticksmith-simulator"

#include "virtual-stick-private.h"

/**
 * smith_virtual_stick_get_written:
 *
 * Returns: (transfer full) (element-type SmithWrittenPartition): the partitions
 *   that were begun, filled and ended so far, in the order in which they were
 *   ended; one that was written twice is there twice. The array frees them.
 */
GPtrArray *
smith_virtual_stick_get_written (SmithVirtualStick *stick)
{
  return smith_virtual_flash_get_written (stick->flash);
}

/**
 * smith_virtual_stick_get_component:
 * @index: 0 for the first component that the boot ROM got completely
 *
 * Returns: (transfer full) (nullable): its bytes, or NULL if there are not so many
 */
GBytes *
smith_virtual_stick_get_component (SmithVirtualStick *stick, guint index)
{
  GBytes *component = NULL;

  g_mutex_lock (&stick->lock);
  if (index < stick->components->len)
    component = g_bytes_ref (g_ptr_array_index (stick->components, index));
  g_mutex_unlock (&stick->lock);
  return component;
}

/**
 * smith_virtual_stick_get_count:
 *
 * Returns: how many messages of @stage have come completely, good or bad
 */
guint
smith_virtual_stick_get_count (SmithVirtualStick *stick, SmithStage stage)
{
  guint count;

  g_return_val_if_fail ((guint) stage < SMITH_N_STAGES, 0);

  g_mutex_lock (&stick->lock);
  count = stick->counts[stage];
  g_mutex_unlock (&stick->lock);
  return count;
}

/**
 * smith_virtual_stick_lost_calibration:
 *
 * Returns: TRUE once a loader was started that erases the whole flash
 */
gboolean
smith_virtual_stick_lost_calibration (SmithVirtualStick *stick)
{
  gboolean lost;

  g_mutex_lock (&stick->lock);
  lost = stick->lost_calibration;
  g_mutex_unlock (&stick->lock);
  return lost;
}

/**
 * smith_virtual_stick_get_refusals:
 *
 * Returns: how often the stick refused something by its own judgement in boot
 *   ROM and download mode; refusals that the script asked for don't count, and
 *   neither do unknown commands to working firmware
 */
guint
smith_virtual_stick_get_refusals (SmithVirtualStick *stick)
{
  guint refusals;

  g_mutex_lock (&stick->lock);
  refusals = stick->refusals;
  g_mutex_unlock (&stick->lock);
  return refusals;
}

/**
 * smith_virtual_stick_get_offences:
 *
 * Returns: how often something came that would have done harm to a real stick:
 *   commands of download mode to a Qualcomm stick that had not yet said that it
 *   is in download mode, that family's write command, and anything at all for
 *   the stick of a fault script's "other-stick"
 */
guint
smith_virtual_stick_get_offences (SmithVirtualStick *stick)
{
  guint offences;

  g_mutex_lock (&stick->lock);
  offences = stick->offences;
  if (stick->bystander != NULL && smith_virtual_port_is_touched (stick->bystander))
    offences++;
  g_mutex_unlock (&stick->lock);
  return offences;
}

/**
 * smith_virtual_stick_get_log:
 *
 * Returns: (transfer full): the last events, a line of JSON each, at most 10000
 */
char *
smith_virtual_stick_get_log (SmithVirtualStick *stick)
{
  return smith_stick_log_get_text (stick->log);
}
