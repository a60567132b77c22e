/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "package.h"
#include "stick/verdict.h"
#include "way-in.h"

G_BEGIN_DECLS

/* With more firmware files than that a job could not be gone on with. */
#define SMITH_PLAN_FILES_MAX 16

/**
 * SmithPlan:
 * @usb_path: the stick, by where it is plugged in
 * @before: (nullable): what the stick said about itself while it still worked
 * @aim: what is to become of it
 * @override: (nullable): the one reason against a file that an expert overrides,
 *   by its name; see SmithVerdict
 * @way: how working firmware is brought to take new one; SMITH_WAY_THERE or
 *   SMITH_WAY_NEEDLE: boot mode or download mode is waited for
 * @boot_wait_ms: for how long; 0 for the ordinary 30 s
 * @loader: (nullable): none is needed if the stick is in download mode
 * @firmware: (element-type SmithItem): in the order in which it is written
 * @first_file: to go on where a job stopped; else 0
 * @first_partition: of that file
 * @all_written: only the stick's return is still missing
 * @version_before: (nullable): to go on: what was on the stick before the job began
 * @imei_digest: (nullable): to go on: of the stick that the job began with, made by
 *   smith_imei_digest(); it counts for more than @before, which may be of the one
 *   that was plugged in when it was gone on with
 * @goes_on: what was kept of an earlier job that wrote is carried on: the stick
 *   may hold a part of the firmware already, and wait for the rest
 * @resumes: it was made of what was kept of an earlier job, be that one that wrote
 *   or not: that stays kept until there is something newer to keep
 * @attempt: (nullable): the attempt at a job of which it was kept
 * @former_place: (nullable): where what is carried on was kept of, if it is elsewhere
 * @former_attempt: (nullable): that of which it was kept there
 * @skip_network: leave the network alone afterwards
 * @roaming: may the stick use foreign networks, where settings have to be opened
 *
 * What is going to be done, fixed before anything is written. Everything that
 * can be refused is refused by smith_plan_check().
 */
typedef struct
{
  char *usb_path;
  SmithIdentity *before;
  SmithAim aim;
  char *override;
  SmithWay way;
  guint boot_wait_ms;
  SmithItem *loader;
  GPtrArray *firmware;
  gboolean known_signature;
  guint first_file;
  guint first_partition;
  gboolean all_written;
  char *version_before;
  char *imei_digest;
  gboolean goes_on;
  gboolean resumes;
  char *attempt;
  char *former_place;
  char *former_attempt;
  gboolean skip_network;
  gboolean roaming;
} SmithPlan;

SmithPlan *smith_plan_new (const char *usb_path);
void smith_plan_free (SmithPlan *plan);
SmithVerdict *smith_plan_judge (SmithPlan *plan, SmithMode mode);
gboolean smith_plan_check (SmithPlan *plan, SmithMode mode, GError **error);
void smith_plan_begin_anew (SmithPlan *plan);
void smith_plan_set_place (SmithPlan *plan, const char *usb_path);
const char *smith_plan_get_version (SmithPlan *plan);
const char *smith_plan_get_version_before (SmithPlan *plan);
SmithAim smith_plan_get_kind (SmithPlan *plan);
gboolean smith_plan_holds_firmware (SmithPlan *plan);
char *smith_plan_list_names (SmithPlan *plan);
gboolean smith_plan_becomes_hilink (SmithPlan *plan);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithPlan, smith_plan_free)

G_END_DECLS
