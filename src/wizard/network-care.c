/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network-care.h"

#include <glib/gi18n.h>

#include <string.h>

/* The system's own services take a while to see a stick that is back. */
#define LOOK_AGAIN_S 3

struct _SmithNetworkCare
{
  GObject parent_instance;

  SmithBus *bus;
  SmithLog *log;
  gboolean practice; /* the system knows nothing of a stick that only exists here */
  char *usb_path;

  SmithNetworkState state;
  gboolean had_settings;
  SmithNetworkSettings before;
  gboolean changed; /* the stick's settings are not those from before */
  SmithNetworkSettings now;
  char *problem;
  GCancellable *work; /* while a worker is at it */

  GPtrArray *apns;        /* SmithApn; never NULL */
  char operator_code[8];  /* for which they were looked up */
  GCancellable *partners; /* of all that is asked of the system */
  SmithOnlineState online;
  gboolean connecting;
  char *online_problem;
  guint again; /* source */
};

G_DEFINE_FINAL_TYPE (SmithNetworkCare, smith_network_care, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
changed (SmithNetworkCare *care)
{
  g_signal_emit (care, signals[CHANGED], 0);
}

static void
smith_network_care_dispose (GObject *object)
{
  SmithNetworkCare *care = SMITH_NETWORK_CARE (object);

  smith_network_care_stop (care);
  g_cancellable_cancel (care->partners);
  g_clear_handle_id (&care->again, g_source_remove);
  G_OBJECT_CLASS (smith_network_care_parent_class)->dispose (object);
}

static void
smith_network_care_finalize (GObject *object)
{
  SmithNetworkCare *care = SMITH_NETWORK_CARE (object);

  g_object_unref (care->bus);
  g_object_unref (care->log);
  g_object_unref (care->partners);
  g_clear_object (&care->work);
  g_ptr_array_unref (care->apns);
  g_free (care->usb_path);
  g_free (care->problem);
  g_free (care->online_problem);
  G_OBJECT_CLASS (smith_network_care_parent_class)->finalize (object);
}

static void
smith_network_care_class_init (SmithNetworkCareClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = smith_network_care_dispose;
  object_class->finalize = smith_network_care_finalize;
  signals[CHANGED] = g_signal_new ("changed", SMITH_TYPE_NETWORK_CARE, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
smith_network_care_init (SmithNetworkCare *care)
{
  care->partners = g_cancellable_new ();
  care->apns = g_ptr_array_new_with_free_func ((GDestroyNotify) smith_apn_free);
  care->state.signal = -1;
}

/**
 * smith_network_care_new:
 * @practice: the system is left out of it
 */
SmithNetworkCare *
smith_network_care_new (SmithBus *bus, SmithLog *log, gboolean practice)
{
  SmithNetworkCare *care = g_object_new (SMITH_TYPE_NETWORK_CARE, NULL);

  care->bus = g_object_ref (bus);
  care->log = g_object_ref (log);
  care->practice = practice;
  return care;
}

static void
look_up_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  GPtrArray *apns = smith_apn_look_up (NULL, data, cancellable, &error);

  if (apns != NULL)
    g_task_return_pointer (task, apns, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static void
on_looked_up (GObject *object, GAsyncResult *result, gpointer user_data)
{
  SmithNetworkCare *care = SMITH_NETWORK_CARE (object);
  const char *code = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  GPtrArray *apns = g_task_propagate_pointer (G_TASK (result), &error);

  if (error != NULL)
    g_info ("no access points: %s", error->message);
  if (apns == NULL)
    return;
  if (!g_str_equal (code, care->operator_code))
    {
      g_ptr_array_unref (apns);
      return;
    }
  g_ptr_array_unref (care->apns);
  care->apns = apns;
  changed (care);
}

static void
look_up_apns (SmithNetworkCare *care)
{
  g_autoptr (GTask) task = NULL;

  if (care->state.operator_code[0] == '\0'
      || g_str_equal (care->state.operator_code, care->operator_code))
    return;
  g_strlcpy (care->operator_code, care->state.operator_code, sizeof care->operator_code);
  task = g_task_new (care, care->partners, on_looked_up, NULL);
  g_task_set_task_data (task, g_strdup (care->operator_code), g_free);
  g_task_run_in_thread (task, look_up_work);
}

/* Who asked the system, and under which of the care's cancellables: an answer
 * for a stick that has been left is no answer. */
typedef struct
{
  SmithNetworkCare *care;
  GCancellable *partners;
} Asked;

static Asked *
asked_new (SmithNetworkCare *care)
{
  Asked *asked = g_new0 (Asked, 1);

  asked->care = g_object_ref (care);
  asked->partners = g_object_ref (care->partners);
  return asked;
}

static gboolean
asked_is_current (Asked *asked)
{
  return asked->partners == asked->care->partners && !g_cancellable_is_cancelled (asked->partners);
}

static void
asked_free (Asked *asked)
{
  g_object_unref (asked->care);
  g_object_unref (asked->partners);
  g_free (asked);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Asked, asked_free)

static void look_at_system (SmithNetworkCare *care);

static gboolean
on_again (gpointer data)
{
  SmithNetworkCare *care = data;

  care->again = 0;
  look_at_system (care);
  return G_SOURCE_REMOVE;
}

static void
on_online_looked (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Asked) asked = user_data;
  SmithNetworkCare *care = asked->care;
  g_autoptr (GError) error = NULL;
  SmithOnlineState state = smith_online_look_finish (result, &error);

  if (!asked_is_current (asked))
    return;
  if (error == NULL && state != care->online)
    {
      care->online = state;
      changed (care);
    }
  if (state != SMITH_ONLINE_ABSENT && state != SMITH_ONLINE_CONNECTED && care->again == 0)
    care->again = g_timeout_add_seconds (LOOK_AGAIN_S, on_again, care);
}

/* Whether the system lists the stick, and is connected through it. */
static void
look_at_system (SmithNetworkCare *care)
{
  g_autoptr (SmithStick) stick
      = care->usb_path != NULL ? smith_bus_find (care->bus, care->usb_path) : NULL;

  if (care->practice || stick == NULL || stick->device_path == NULL || care->connecting)
    return;
  smith_online_look_async (NULL, stick->device_path, care->partners, on_online_looked,
                           asked_new (care));
}

static void
take_state (SmithNetworkCare *care, const SmithNetworkState *state)
{
  care->state = *state;
  look_up_apns (care);
}

/* Takes over what a job has found out on the way. */
void
smith_network_care_take_state (SmithNetworkCare *care, const SmithNetworkState *state)
{
  if (memcmp (&care->state, state, sizeof *state) == 0)
    return;
  take_state (care, state);
  changed (care);
}

/* Takes over what a job, or a worker, has done: the settings from before the
 * first change are the ones to go back to. */
void
smith_network_care_take_report (SmithNetworkCare *care, const SmithReactivateReport *report)
{
  take_state (care, &report->state);
  if (report->had_settings)
    {
      if (!care->had_settings)
        care->before = report->before;
      care->had_settings = TRUE;
      care->now = report->changed ? report->now : report->before;
      care->changed = !smith_network_settings_equal (&care->before, &care->now);
    }
  look_at_system (care);
  changed (care);
}

/**
 * smith_network_care_set_stick:
 *
 * Begins with another stick; what was known of the last one is forgotten.
 */
void
smith_network_care_set_stick (SmithNetworkCare *care, const char *usb_path)
{
  smith_network_care_stop (care);
  /* What was asked of the system was for the other stick. */
  g_cancellable_cancel (care->partners);
  g_object_unref (care->partners);
  care->partners = g_cancellable_new ();
  g_free (care->usb_path);
  care->usb_path = g_strdup (usb_path);
  care->state = (SmithNetworkState){ .signal = -1 };
  care->had_settings = care->changed = care->connecting = FALSE;
  care->online = SMITH_ONLINE_ABSENT;
  care->operator_code[0] = '\0';
  g_ptr_array_unref (care->apns);
  care->apns = g_ptr_array_new_with_free_func ((GDestroyNotify) smith_apn_free);
  g_clear_pointer (&care->problem, g_free);
  g_clear_pointer (&care->online_problem, g_free);
  g_clear_handle_id (&care->again, g_source_remove);
  look_at_system (care);
}

/* One piece of work for a worker. What it sees on the way is brought to the
 * main thread through the lock, coalesced. */
typedef struct
{
  SmithNetworkCare *care; /* the task keeps it alive */
  char *usb_path;
  SmithReactivateOptions options;
  SmithNetworkSettings restore;
  SmithReactivateReport report;
} Work;

static void
work_free (gpointer data)
{
  Work *work = data;

  g_free (work->usb_path);
  g_free (work);
}

typedef struct
{
  SmithNetworkCare *care;
  GCancellable *work;
  SmithNetworkState state;
} Update;

static void
update_free (gpointer data)
{
  Update *update = data;

  g_object_unref (update->care);
  g_object_unref (update->work);
  g_free (update);
}

static gboolean
on_update (gpointer data)
{
  Update *update = data;

  if (update->care->work == update->work)
    smith_network_care_take_state (update->care, &update->state);
  return G_SOURCE_REMOVE;
}

static void
on_state (const SmithNetworkState *state, gpointer user_data)
{
  GTask *task = user_data;
  Work *work = g_task_get_task_data (task);
  g_autoptr (GSource) source = g_idle_source_new ();
  Update *update = g_new0 (Update, 1);

  update->care = g_object_ref (work->care);
  update->work = g_object_ref (g_task_get_cancellable (task));
  update->state = *state;
  g_source_set_callback (source, on_update, update, update_free);
  g_source_attach (source, g_task_get_context (task));
}

static void
do_work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Work *work = data;
  GError *error = NULL;

  if (smith_reactivate_run (work->care->bus, work->usb_path, &work->options, on_state, task,
                            &work->report, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_worked (GObject *object, GAsyncResult *result, gpointer user_data)
{
  SmithNetworkCare *care = SMITH_NETWORK_CARE (object);
  Work *work = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  g_task_propagate_boolean (G_TASK (result), &error);
  if (care->work != g_task_get_cancellable (G_TASK (result)))
    {
      /* The page was left: what was changed can still be put back. */
      if (care->work == NULL && g_strcmp0 (care->usb_path, work->usb_path) == 0
          && work->report.changed)
        smith_network_care_take_report (care, &work->report);
      return;
    }
  g_clear_object (&care->work);
  g_free (care->problem);
  care->problem = error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
                      ? g_strdup (error->message)
                      : NULL;
  if (care->problem != NULL)
    smith_log_add (care->log, SMITH_LOG_NOTICE, "%s", care->problem);
  smith_network_care_take_report (care, &work->report);
}

static void
start (SmithNetworkCare *care, const SmithReactivateOptions *options, const char *what)
{
  g_autoptr (GTask) task = NULL;
  Work *work;

  if (care->usb_path == NULL)
    return;
  smith_network_care_stop (care);
  work = g_new0 (Work, 1);
  work->care = care;
  work->usb_path = g_strdup (care->usb_path);
  work->options = *options;
  if (options->restore != NULL)
    {
      work->restore = *options->restore;
      work->options.restore = &work->restore;
    }
  g_clear_pointer (&care->problem, g_free);
  care->work = g_cancellable_new ();
  smith_log_add (care->log, SMITH_LOG_STEP, "%s", what);
  task = g_task_new (care, care->work, on_worked, NULL);
  g_task_set_task_data (task, work, work_free);
  g_task_run_in_thread (task, do_work);
  changed (care);
}

/* Looks for the network with the settings as they are. */
void
smith_network_care_look (SmithNetworkCare *care)
{
  const SmithReactivateOptions options = { .leave_settings = TRUE };

  start (care, &options, _ ("Looking for the network"));
}

/* Has the stick look for all networks there are. */
void
smith_network_care_open (SmithNetworkCare *care, gboolean roaming)
{
  const SmithReactivateOptions options = { .roaming = roaming };

  start (care, &options, _ ("Opening the stick’s network settings"));
}

/* Puts the settings from before back. */
void
smith_network_care_restore (SmithNetworkCare *care)
{
  const SmithReactivateOptions options = { .restore = &care->before };

  if (care->had_settings)
    start (care, &options, _ ("Putting the old network settings back"));
}

void
smith_network_care_stop (SmithNetworkCare *care)
{
  if (care->work == NULL)
    return;
  g_cancellable_cancel (care->work);
  g_clear_object (&care->work);
}

static void
on_connected (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Asked) asked = user_data;
  SmithNetworkCare *care = asked->care;
  g_autoptr (GError) error = NULL;
  gboolean ok = smith_online_connect_finish (result, &error);

  if (!asked_is_current (asked))
    return;
  care->connecting = FALSE;
  care->online = ok ? SMITH_ONLINE_CONNECTED : SMITH_ONLINE_READY;
  if (error != NULL)
    {
      care->online_problem = g_strdup (error->message);
      smith_log_add (care->log, SMITH_LOG_NOTICE, _ ("The system could not connect: %s"),
                     error->message);
    }
  else
    smith_log_add (care->log, SMITH_LOG_NOTICE, "%s", _ ("The system is connected"));
  look_at_system (care);
  changed (care);
}

/**
 * smith_network_care_connect:
 * @apn: which of smith_network_care_get_apns()
 *
 * Has NetworkManager connect, for this person only.
 */
void
smith_network_care_connect (SmithNetworkCare *care, guint apn)
{
  g_autoptr (SmithStick) stick
      = care->usb_path != NULL ? smith_bus_find (care->bus, care->usb_path) : NULL;

  if (stick == NULL || stick->device_path == NULL || care->connecting || apn >= care->apns->len)
    return;
  care->connecting = TRUE;
  care->online = SMITH_ONLINE_CONNECTING;
  g_clear_pointer (&care->online_problem, g_free);
  smith_online_connect_async (NULL, stick->device_path, g_ptr_array_index (care->apns, apn),
                              care->partners, on_connected, asked_new (care));
  changed (care);
}

gboolean
smith_network_care_is_working (SmithNetworkCare *care)
{
  return care->work != NULL;
}

/* Returns: (transfer none): what the stick sees of the network */
const SmithNetworkState *
smith_network_care_get_state (SmithNetworkCare *care)
{
  return &care->state;
}

/* Returns: (transfer none) (nullable): the settings from before, if they are others now */
const SmithNetworkSettings *
smith_network_care_get_old_settings (SmithNetworkCare *care)
{
  return care->changed ? &care->before : NULL;
}

/* Returns: (transfer none) (nullable): the settings as they are */
const SmithNetworkSettings *
smith_network_care_get_settings (SmithNetworkCare *care)
{
  return care->had_settings ? &care->now : NULL;
}

/* Returns: (transfer none) (nullable): why the last attempt did not find a network */
const char *
smith_network_care_get_problem (SmithNetworkCare *care)
{
  return care->problem;
}

/* Returns: (transfer none) (element-type SmithApn): of the SIM card's operator */
GPtrArray *
smith_network_care_get_apns (SmithNetworkCare *care)
{
  return care->apns;
}

SmithOnlineState
smith_network_care_get_online (SmithNetworkCare *care)
{
  return care->online;
}

/* Returns: (transfer none) (nullable): why the system could not connect */
const char *
smith_network_care_get_online_problem (SmithNetworkCare *care)
{
  return care->online_problem;
}
