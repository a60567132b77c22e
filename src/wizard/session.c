/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session-private.h"

#include <glib/gi18n.h>

G_DEFINE_FINAL_TYPE (SmithSession, smith_session, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void on_file_changed (SmithFileCheck *check, SmithSession *session);
static void log_check (SmithSession *session, SmithFileCheck *check);

static void
clear_file (SmithSession *session, SmithFileCheck **file)
{
  if (*file == NULL)
    return;
  g_signal_handlers_disconnect_by_data (*file, session);
  smith_file_check_cancel (*file);
  g_clear_object (file);
}

static void
drop_incoming (SmithSession *session, guint index)
{
  SmithFileCheck *check = g_ptr_array_steal_index (session->incoming, index);

  clear_file (session, &check);
}

static void
smith_session_dispose (GObject *object)
{
  SmithSession *session = SMITH_SESSION (object);

  g_cancellable_cancel (session->cancellable);
  g_cancellable_cancel (session->entry_cancellable);
  if (session->care != NULL)
    smith_network_care_stop (session->care);
  smith_session_clear_job (session);
  for (guint i = 0; i < SMITH_N_SLOTS; i++)
    clear_file (session, &session->files[i]);
  while (session->incoming->len > 0)
    drop_incoming (session, 0);
  smith_file_queue_clear (session->queue);
  G_OBJECT_CLASS (smith_session_parent_class)->dispose (object);
}

static void
smith_session_finalize (GObject *object)
{
  SmithSession *session = SMITH_SESSION (object);

  g_object_unref (session->bus);
  g_clear_object (&session->watch);
  g_clear_object (&session->care);
  g_object_unref (session->keeper);
  g_clear_object (&session->world);
  g_object_unref (session->log);
  g_object_unref (session->cancellable);
  g_clear_object (&session->entry_cancellable);
  g_ptr_array_unref (session->incoming);
  g_object_unref (session->queue);
  g_ptr_array_unref (session->kept);
  g_clear_pointer (&session->wanted, smith_saved_state_free);
  g_clear_pointer (&session->resume, smith_plan_free);
  g_clear_pointer (&session->before, smith_identity_unref);
  g_free (session->state_path);
  g_free (session->usb_path);
  G_OBJECT_CLASS (smith_session_parent_class)->finalize (object);
}

static void
smith_session_class_init (SmithSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = smith_session_dispose;
  object_class->finalize = smith_session_finalize;
  signals[CHANGED] = g_signal_new ("changed", SMITH_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
  g_signal_new ("progress", SMITH_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                0);
  /* Something that was asked for went wrong, and only the log tells what. */
  g_signal_new ("log-wanted", SMITH_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 0);
}

static void
smith_session_init (SmithSession *session)
{
  session->cancellable = g_cancellable_new ();
  session->keeper = smith_keeper_new (NULL);
  session->log = smith_log_new ();
  session->incoming = g_ptr_array_new_with_free_func (g_object_unref);
  session->queue = smith_file_queue_new ();
  session->kept = g_ptr_array_new_with_free_func ((GDestroyNotify) smith_saved_state_free);
  g_signal_connect_object (session->queue, "changed", G_CALLBACK (smith_session_changed), session,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session->queue, "checked", G_CALLBACK (log_check), session,
                           G_CONNECT_SWAPPED);
}

/* From the way in to the end of the job the stick is this program's alone, and
 * then the system's again. Practice sticks have no place in sysfs. */
static void
keep_others_off (SmithSession *session)
{
  g_autoptr (SmithStick) stick = smith_session_get_stick (session);

  if (session->entry_cancellable == NULL && session->phase != SMITH_PHASE_RUNNING
      && (session->phase != SMITH_PHASE_CHOOSING || session->page != SMITH_PAGE_BOOT))
    smith_keeper_release (session->keeper);
  else if (stick != NULL && stick->device_path != NULL)
    smith_keeper_hold (session->keeper, stick->device_path, NULL);
}

/* Where the desktop itself cannot be asked to, until the job is over. */
void
smith_session_keep_awake (SmithSession *session)
{
  if (session->world == NULL)
    smith_keeper_hold_awake (session->keeper, _ ("A stick is being converted"));
}

void
smith_session_changed (SmithSession *session)
{
  keep_others_off (session);
  g_signal_emit (session, signals[CHANGED], 0);
}

/* What was known of, and wanted with, the one before is not this one's.
 * Returns: whether it is another one */
static gboolean
take_stick (SmithSession *session, const char *usb_path)
{
  if (g_strcmp0 (session->usb_path, usb_path) == 0)
    return FALSE;
  g_free (session->usb_path);
  session->usb_path = g_strdup (usb_path);
  g_cancellable_cancel (session->entry_cancellable);
  session->entry = SMITH_ENTRY_NONE;
  session->home_mode = SMITH_MODE_UNKNOWN;
  session->may_not_work = FALSE;
  session->aim = SMITH_AIM_ANY;
  return TRUE;
}

/* One stick is chosen by itself; of two, the person chooses. */
void
smith_session_choose_only_stick (SmithSession *session)
{
  g_autoptr (GPtrArray) sticks = smith_bus_list (session->bus);
  gboolean at_start = session->phase == SMITH_PHASE_CHOOSING && session->page == SMITH_PAGE_DETECT;

  if (sticks->len == 1 && (session->usb_path == NULL || at_start))
    take_stick (session, ((SmithStick *) g_ptr_array_index (sticks, 0))->usb_path);
}

static void
on_bus_changed (SmithBus *bus, SmithSession *session)
{
  smith_session_choose_only_stick (session);
  smith_session_note_home_mode (session);
  smith_session_note_entry_mode (session);
  smith_session_changed (session);
}

/**
 * smith_session_new:
 * @world: (nullable): what to practise with; its bus is @bus then
 * @state_path: a file in the folder where the state of a job is kept
 */
SmithSession *
smith_session_new (SmithBus *bus, SmithPracticeWorld *world, const char *state_path)
{
  SmithSession *session = g_object_new (SMITH_TYPE_SESSION, NULL);

  session->bus = g_object_ref (bus);
  session->watch = smith_stick_watch_new (bus);
  g_signal_connect_object (session->watch, "changed", G_CALLBACK (smith_session_changed), session,
                           G_CONNECT_SWAPPED);
  session->care = smith_network_care_new (bus, session->log, world != NULL);
  g_signal_connect_object (session->care, "changed", G_CALLBACK (smith_session_changed), session,
                           G_CONNECT_SWAPPED);
  session->world = world != NULL ? g_object_ref (world) : NULL;
  session->state_path = g_strdup (state_path);
  g_signal_connect_object (bus, "changed", G_CALLBACK (on_bus_changed), session, 0);
  on_bus_changed (bus, session);
  smith_session_look_for_unfinished (session);
  return session;
}

/* Returns: (transfer none) (nullable): NULL with real sticks */
SmithPracticeWorld *
smith_session_get_world (SmithSession *session)
{
  return session->world;
}

/* Returns: (transfer none) */
SmithLog *
smith_session_get_log (SmithSession *session)
{
  return session->log;
}

/* Returns: what is going on; it changes with "changed". Main thread, as all of it. */
SmithPhase
smith_session_get_phase (SmithSession *session)
{
  return session->phase;
}

/**
 * smith_session_get_page:
 *
 * Returns: the page that is to be seen: the job's while there is one, else the
 *   one that the person went to
 */
SmithPageId
smith_session_get_page (SmithSession *session)
{
  SmithJobStatus status;

  switch (session->phase)
    {
    case SMITH_PHASE_RUNNING:
      smith_session_get_status (session, &status);
      return smith_flow_page_for_step (status.step);
    case SMITH_PHASE_DONE:
      return SMITH_PAGE_NETWORK;
    case SMITH_PHASE_FAILED:
      return SMITH_PAGE_OUTCOME;
    default:
      return session->page;
    }
}

/* Goes to a page, which only works while there is no job. */
void
smith_session_set_page (SmithSession *session, SmithPageId page)
{
  if (session->phase != SMITH_PHASE_CHOOSING || session->page == page)
    return;
  /* Who came for the network alone goes back to where that was chosen. */
  if (session->page == SMITH_PAGE_NETWORK)
    page = SMITH_PAGE_DETECT;
  if (page == SMITH_PAGE_DETECT)
    smith_session_reconsider_entry (session);
  session->page = page;
  smith_session_note_home_mode (session);
  smith_session_changed (session);
}

/* Returns: (transfer full) (element-type SmithStick) */
GPtrArray *
smith_session_list_sticks (SmithSession *session)
{
  return smith_bus_list (session->bus);
}

/* Returns: (transfer none) */
SmithBus *
smith_session_get_bus (SmithSession *session)
{
  return session->bus;
}

/* Returns: (transfer full) (nullable): the chosen stick as it is now, if it is there */
SmithStick *
smith_session_get_stick (SmithSession *session)
{
  return session->usb_path != NULL ? smith_bus_find (session->bus, session->usb_path) : NULL;
}

/* Returns: (transfer full) (nullable): the stick at @usb_path as it is now, chosen or not */
SmithStick *
smith_session_find_stick (SmithSession *session, const char *usb_path)
{
  return smith_bus_find (session->bus, usb_path);
}

/* Returns: (transfer none) (nullable): where the chosen stick is or was, such as 1-2.3;
 *   NULL while none is chosen. Good until another one is. */
const char *
smith_session_get_usb_path (SmithSession *session)
{
  return session->usb_path;
}

void
smith_session_choose_stick (SmithSession *session, const char *usb_path)
{
  if (!take_stick (session, usb_path))
    return;
  smith_session_note_home_mode (session);
  smith_session_changed (session);
}

/* Returns: (transfer none) (nullable): the firmware that was on the stick before, if known */
const char *
smith_session_get_old_version (SmithSession *session)
{
  SmithIdentity *before = smith_session_get_before (session);

  return before != NULL ? before->firmware : NULL;
}

/* Returns: (transfer none) (nullable): what the stick at @usb_path says of itself now */
SmithIdentity *
smith_session_get_identity (SmithSession *session, const char *usb_path)
{
  return smith_stick_watch_get_identity (session->watch, usb_path);
}

/* Returns: (transfer none) (nullable): why the stick at @usb_path does not say anything */
const GError *
smith_session_get_identity_error (SmithSession *session, const char *usb_path)
{
  return smith_stick_watch_get_error (session->watch, usb_path);
}

/* Returns: whether the stick at @usb_path is being asked at the moment */
gboolean
smith_session_is_identifying (SmithSession *session, const char *usb_path)
{
  return smith_stick_watch_is_asking (session->watch, usb_path);
}

/* Returns: whether the stick at @usb_path came a moment ago: what the system
 *   still keeps from the person then, it is about to give */
gboolean
smith_session_is_settling (SmithSession *session, const char *usb_path)
{
  return smith_stick_watch_is_young (session->watch, usb_path);
}

/* Asks once more, after something was mended. */
void
smith_session_identify_again (SmithSession *session, const char *usb_path)
{
  smith_stick_watch_ask_again (session->watch, usb_path);
}

/* Returns: (transfer none) (nullable): what the chosen stick said when its own
 *   firmware last worked: what files are judged by */
SmithIdentity *
smith_session_get_before (SmithSession *session)
{
  SmithIdentity *before = smith_stick_watch_get_working (session->watch, session->usb_path);

  if (session->phase != SMITH_PHASE_CHOOSING)
    return session->before;
  return before != NULL ? before
                        : smith_stick_watch_get_identity (session->watch, session->usb_path);
}

/* Takes over the reference to @check. A loader is what the needle needs, and
 * says nothing against it. */
static void
put_file (SmithSession *session, SmithSlot slot, SmithFileCheck *check)
{
  if (slot == SMITH_SLOT_FIRMWARE)
    {
      smith_session_reconsider_entry (session);
      smith_file_queue_add (session->queue, check);
      return;
    }
  clear_file (session, &session->files[slot]);
  session->files[slot] = check;
  g_signal_connect (check, "changed", G_CALLBACK (on_file_changed), session);
}

/* Where a file goes that could not be read: to where one is missing. */
static SmithSlot
find_slot (SmithSession *session, SmithFileCheck *check)
{
  SmithItem *item = smith_file_check_get_item (check);

  if (item != NULL)
    return item->loader != NULL ? SMITH_SLOT_LOADER : SMITH_SLOT_FIRMWARE;
  return smith_file_queue_get_n (session->queue) == 0 || session->files[SMITH_SLOT_LOADER] != NULL
             ? SMITH_SLOT_FIRMWARE
             : SMITH_SLOT_LOADER;
}

static void
log_check (SmithSession *session, SmithFileCheck *check)
{
  const char *problem = smith_file_check_get_problem (check);

  /* Translators: the name of a file, and what the check of it said */
  smith_log_add (session->log, SMITH_LOG_STEP, _ ("File %s: %s"), smith_file_check_get_name (check),
                 problem != NULL ? problem : _ ("good"));
}

static void
on_file_changed (SmithFileCheck *check, SmithSession *session)
{
  gboolean over = smith_file_check_get_state (check) != SMITH_FILE_CHECKING;
  guint index;

  if (over)
    log_check (session, check);
  if (over && g_ptr_array_find (session->incoming, check, &index))
    {
      SmithSlot slot = find_slot (session, check);

      g_ptr_array_steal_index (session->incoming, index);
      g_signal_handlers_disconnect_by_data (check, session);
      put_file (session, slot, check);
    }
  smith_session_changed (session);
}

/* What was found on the disk is no longer what is wanted. */
void
smith_session_drop_resume (SmithSession *session)
{
  session->preparing = FALSE;
  g_clear_pointer (&session->resume, smith_plan_free);
}

/**
 * smith_session_take_file:
 * @want: %SMITH_WANT_ANY if its content is to tell what it is for
 *
 * Has a file opened and checked, in place of the one before it of its kind.
 */
void
smith_session_take_file (SmithSession *session, const char *path, SmithWant want)
{
  SmithFileCheck *check;

  if (session->phase == SMITH_PHASE_RUNNING)
    return;
  check = smith_file_check_new (path, want);
  if (want == SMITH_WANT_ANY)
    {
      g_signal_connect (check, "changed", G_CALLBACK (on_file_changed), session);
      g_ptr_array_add (session->incoming, check);
    }
  else
    put_file (session, want == SMITH_WANT_LOADER ? SMITH_SLOT_LOADER : SMITH_SLOT_FIRMWARE, check);
  smith_session_drop_resume (session);
  smith_session_changed (session);
}

/* Forgets a file that turned out to be of no use. */
void
smith_session_drop_file (SmithSession *session, SmithSlot slot)
{
  if (slot == SMITH_SLOT_FIRMWARE)
    {
      smith_file_queue_clear (session->queue);
      smith_session_reconsider_entry (session);
    }
  clear_file (session, &session->files[slot]);
  smith_session_drop_resume (session);
  smith_session_changed (session);
}

/* Takes one file of firmware out of the queue. */
void
smith_session_remove_file (SmithSession *session, SmithFileCheck *check)
{
  smith_session_drop_resume (session);
  smith_session_reconsider_entry (session);
  smith_file_queue_remove (session->queue, check);
}

static void
on_practice_files (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmithSession) session = user_data;
  g_autofree char *firmware = NULL;
  g_autofree char *loader = NULL;
  g_autoptr (GError) error = NULL;

  if (!smith_practice_world_make_files_finish (SMITH_PRACTICE_WORLD (object), result, &firmware,
                                               &loader, &error))
    {
      smith_log_add (session->log, SMITH_LOG_ERROR, "%s", error->message);
      g_signal_emit_by_name (session, "log-wanted");
      return;
    }
  smith_session_take_file (session, firmware, SMITH_WANT_FIRMWARE);
  if (loader != NULL)
    smith_session_take_file (session, loader, SMITH_WANT_LOADER);
}

/* Makes the practice files if need be, and takes them. */
void
smith_session_use_practice_files (SmithSession *session)
{
  if (session->world != NULL)
    smith_practice_world_make_files_async (session->world, session->cancellable, on_practice_files,
                                           g_object_ref (session));
}

/* Returns: (transfer none): the firmware files */
SmithFileQueue *
smith_session_get_queue (SmithSession *session)
{
  return session->queue;
}

/* Returns: (transfer none) (nullable): of firmware, the first in the queue */
SmithFileCheck *
smith_session_get_file (SmithSession *session, SmithSlot slot)
{
  return slot == SMITH_SLOT_FIRMWARE ? smith_file_queue_get (session->queue, 0)
                                     : session->files[slot];
}

/* Returns: what the stick was when it was first seen, as far as that is known */
SmithMode
smith_session_get_home_mode (SmithSession *session)
{
  return session->home_mode;
}

/* Returns: whether the stick waits for firmware also when it is left alone: it
 *   did when it was first seen, a job has left it half written, or nobody knows */
gboolean
smith_session_waited_before (SmithSession *session)
{
  return session->may_not_work
         || !(smith_mode_is_working (session->home_mode) || session->home_mode == SMITH_MODE_CD);
}

/* Of that family there are modems only. */
static gboolean
is_qualcomm (SmithSession *session)
{
  SmithIdentity *before = smith_session_get_before (session);

  return before != NULL && before->model != NULL && before->model->family == SMITH_FAMILY_QUALCOMM;
}

/* Returns: what the stick is to become: what the person chose, else what is likely */
SmithAim
smith_session_get_aim (SmithSession *session)
{
  if (session->aim == SMITH_AIM_ANY && session->home_mode == SMITH_MODE_STICK
      && is_qualcomm (session))
    return SMITH_AIM_SAME;
  return session->aim != SMITH_AIM_ANY ? session->aim : smith_aim_default (session->home_mode);
}

void
smith_session_set_aim (SmithSession *session, SmithAim aim)
{
  if (session->phase == SMITH_PHASE_RUNNING || smith_session_get_aim (session) == aim)
    return;
  session->aim = aim;
  smith_session_reconsider_entry (session);
  smith_session_changed (session);
}

/* Whether a job, or the page from which one is begun, has to do with the modes
 * that the stick goes through. */
static gboolean
is_on_the_way (SmithSession *session)
{
  return session->phase == SMITH_PHASE_RUNNING || session->entry_cancellable != NULL
         || (session->phase == SMITH_PHASE_CHOOSING
             && (session->page == SMITH_PAGE_BOOT || session->entry != SMITH_ENTRY_NONE));
}

/* A stick that goes to boot mode on the way does not change what is wanted. One
 * that comes and waits while nothing was begun may be another one at the same
 * place: then nobody knows of it that it ever worked. The needle brings any stick
 * to the boot ROM: what is wanted is likely the same as before then. */
static void
note_home_mode_of (SmithSession *session, SmithStick *stick)
{
  gboolean waits = stick->mode == SMITH_MODE_BOOT_ROM || stick->mode == SMITH_MODE_DOWNLOAD;
  gboolean stranger = waits && stick->seen != session->home_seen && !is_on_the_way (session)
                      && session->page == SMITH_PAGE_DETECT;

  if (session->phase == SMITH_PHASE_CHOOSING
      && (session->home_mode == SMITH_MODE_UNKNOWN || !waits
          || (stranger && stick->mode == SMITH_MODE_DOWNLOAD)))
    session->home_mode = stick->mode;
  else if (session->phase == SMITH_PHASE_CHOOSING && stranger)
    session->may_not_work = TRUE;
  else if (waits && !is_on_the_way (session))
    return;
  session->home_seen = stick->seen;
}

void
smith_session_note_home_mode (SmithSession *session)
{
  g_autoptr (SmithStick) stick = smith_session_get_stick (session);

  if (stick != NULL)
    note_home_mode_of (session, stick);
  if (stick != NULL && session->phase == SMITH_PHASE_CHOOSING
      && smith_mode_is_working (stick->mode))
    session->may_not_work = FALSE;
  /* The way to boot mode begins here: the job itself sees no more of it. */
  if (stick != NULL && session->resume != NULL && !session->resume->all_written
      && smith_mode_is_working (stick->mode))
    smith_plan_begin_anew (session->resume);
}

/* Returns: (transfer none) (nullable): the name of a file that is being looked at */
const char *
smith_session_get_incoming (SmithSession *session)
{
  return session->incoming->len > 0
             ? smith_file_check_get_name (g_ptr_array_index (session->incoming, 0))
             : NULL;
}

/**
 * smith_session_get_loader_need:
 *
 * A stick that switches by itself takes firmware at once, and one with a
 * Qualcomm chip knows no boot mode; a loader is what a stick takes that is
 * started with the needle, as those end up that do not switch.
 */
SmithNeed
smith_session_get_loader_need (SmithSession *session)
{
  g_autoptr (SmithStick) stick = smith_session_get_stick (session);
  SmithWayAdvice advice;

  smith_session_get_ways (session, &advice);
  if (stick != NULL
      && (stick->mode == SMITH_MODE_DOWNLOAD || stick->family == SMITH_FAMILY_QUALCOMM
          || advice.ways[0] == SMITH_WAY_DIAGNOSTICS))
    return SMITH_NEED_NONE;
  /* While it is away it cannot be asked; when it is back it can be, most likely. */
  if (stick == NULL && !smith_session_wants_needle (session))
    return smith_session_knows_needle (session) ? SMITH_NEED_MAYBE : SMITH_NEED_NONE;
  return smith_session_can_switch (session) && !advice.likely_needle ? SMITH_NEED_MAYBE
                                                                     : SMITH_NEED_SURE;
}

static gboolean
is_good (SmithFileCheck *check)
{
  return check != NULL && smith_file_check_get_state (check) == SMITH_FILE_GOOD;
}

/* Returns: whether all files that are needed are there and good */
gboolean
smith_session_has_files (SmithSession *session)
{
  return session->resume != NULL
         || (smith_file_queue_is_good (session->queue)
             && (smith_session_get_loader_need (session) != SMITH_NEED_SURE
                 || is_good (session->files[SMITH_SLOT_LOADER])));
}
