/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "aim.h"
#include "file-check.h"
#include "file-queue.h"
#include "flow.h"
#include "job/job.h"
#include "job/saved-states.h"
#include "network-care.h"
#include "practice-world.h"

G_BEGIN_DECLS

typedef enum
{
  SMITH_SLOT_FIRMWARE,
  SMITH_SLOT_LOADER,
  SMITH_N_SLOTS
} SmithSlot;

/* Whether a file is needed. */
typedef enum
{
  SMITH_NEED_NONE,
  SMITH_NEED_MAYBE, /* good to have at hand */
  SMITH_NEED_SURE,
} SmithNeed;

/* Whether the stick has been asked to go to boot mode by itself. */
typedef enum
{
  SMITH_ENTRY_NONE,
  SMITH_ENTRY_ASKING,
  SMITH_ENTRY_REFUSED, /* it answered no */
  SMITH_ENTRY_BY_HAND, /* the person would rather take the needle */
} SmithEntry;

/**
 * SmithSession:
 *
 * What the pages share, so that they need not know of each other: the bus and
 * the chosen stick, the files, the job, the log, and which page is to be seen.
 * For the main thread, as are its signals:
 *
 * "changed" (no arguments): anything but the job's progress.
 * "progress" (no arguments): the job's status; up to some twenty times a second.
 * "log-wanted" (no arguments): something went wrong of which only the log tells.
 */
#define SMITH_TYPE_SESSION (smith_session_get_type ())
G_DECLARE_FINAL_TYPE (SmithSession, smith_session, SMITH, SESSION, GObject)

SmithSession *smith_session_new (SmithBus *bus, SmithPracticeWorld *world, const char *state_path);
SmithPracticeWorld *smith_session_get_world (SmithSession *session);
SmithLog *smith_session_get_log (SmithSession *session);
SmithPhase smith_session_get_phase (SmithSession *session);
SmithPageId smith_session_get_page (SmithSession *session);
SmithPageId smith_session_get_step_page (SmithSession *session);
void smith_session_set_page (SmithSession *session, SmithPageId page);

SmithBus *smith_session_get_bus (SmithSession *session);
GPtrArray *smith_session_list_sticks (SmithSession *session);
SmithStick *smith_session_get_stick (SmithSession *session);
SmithStick *smith_session_find_stick (SmithSession *session, const char *usb_path);
const char *smith_session_get_usb_path (SmithSession *session);
void smith_session_choose_stick (SmithSession *session, const char *usb_path);
const char *smith_session_get_old_version (SmithSession *session);
SmithIdentity *smith_session_get_identity (SmithSession *session, const char *usb_path);
const GError *smith_session_get_identity_error (SmithSession *session, const char *usb_path);
gboolean smith_session_is_identifying (SmithSession *session, const char *usb_path);
gboolean smith_session_is_settling (SmithSession *session, const char *usb_path);
void smith_session_identify_again (SmithSession *session, const char *usb_path);
SmithIdentity *smith_session_get_before (SmithSession *session);

void smith_session_take_file (SmithSession *session, const char *path, SmithWant want);
void smith_session_drop_file (SmithSession *session, SmithSlot slot);
void smith_session_use_practice_files (SmithSession *session);
void smith_session_remove_file (SmithSession *session, SmithFileCheck *check);
SmithFileQueue *smith_session_get_queue (SmithSession *session);
SmithAim smith_session_get_aim (SmithSession *session);
void smith_session_set_aim (SmithSession *session, SmithAim aim);
SmithMode smith_session_get_home_mode (SmithSession *session);
gboolean smith_session_waited_before (SmithSession *session);
SmithFileCheck *smith_session_get_file (SmithSession *session, SmithSlot slot);
const char *smith_session_get_incoming (SmithSession *session);
SmithNeed smith_session_get_loader_need (SmithSession *session);
gboolean smith_session_has_files (SmithSession *session);

void smith_session_enter_boot_mode (SmithSession *session);
void smith_session_get_ways (SmithSession *session, SmithWayAdvice *advice);
gboolean smith_session_can_switch (SmithSession *session);
SmithEntry smith_session_get_entry (SmithSession *session);
gboolean smith_session_knows_needle (SmithSession *session);
gboolean smith_session_wants_needle (SmithSession *session);
gboolean smith_session_is_resuming (SmithSession *session);
void smith_session_take_needle (SmithSession *session);
void smith_session_leave_needle (SmithSession *session);
gboolean smith_session_is_in_boot_mode (SmithSession *session);
gboolean smith_session_is_all_written (SmithSession *session);
gboolean smith_session_is_only_to_be_asked (SmithSession *session);

void smith_session_start (SmithSession *session);
void smith_session_cancel (SmithSession *session);
void smith_session_answer (SmithSession *session, gboolean yes);
gboolean smith_session_leaves_boot_mode (SmithSession *session);
gboolean smith_session_stop_choosing (SmithSession *session);
void smith_session_try_again (SmithSession *session);
void smith_session_go_on (SmithSession *session);
void smith_session_start_over (SmithSession *session, SmithPageId page);
void smith_session_get_status (SmithSession *session, SmithJobStatus *status);
gboolean smith_session_is_asking (SmithSession *session);
const SmithVerdict *smith_session_get_verdict (SmithSession *session);
const GError *smith_session_get_error (SmithSession *session);
const char *smith_session_get_target_version (SmithSession *session);
const char *smith_session_get_file_names (SmithSession *session);
const char *smith_session_get_new_version (SmithSession *session);

void smith_session_keep_awake (SmithSession *session);
gboolean smith_session_is_hilink_now (SmithSession *session);
SmithNetworkCare *smith_session_get_network_care (SmithSession *session);
void smith_session_care_for_network (SmithSession *session, const char *usb_path);

const SmithSavedState *smith_session_get_unfinished (SmithSession *session);
void smith_session_forget_unfinished (SmithSession *session);
void smith_session_forget_ended (SmithSession *session);
gboolean smith_session_is_preparing (SmithSession *session);

G_END_DECLS
