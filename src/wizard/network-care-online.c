/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>

#include "network-care-private.h"

/* The system's own services take a while to see a stick that is back. */
#define LOOK_AGAIN_S 3

/* So often in a row they may fail to answer. */
#define MISSES_MOST 10

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
  smith_network_care_changed (care);
}

/* Once for each operator. */
void
smith_network_care_look_up_apns (SmithNetworkCare *care)
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

static gboolean on_again (gpointer data);

static void
look_again_soon (SmithNetworkCare *care)
{
  if (care->again == 0)
    care->again = g_timeout_add_seconds (LOOK_AGAIN_S, on_again, care);
}

/* The system did not answer, or the stick was not there: either may be so only
 * for a moment. */
static void
take_miss (SmithNetworkCare *care)
{
  if (++care->n_misses < MISSES_MOST)
    look_again_soon (care);
}

static gboolean
on_again (gpointer data)
{
  SmithNetworkCare *care = data;
  g_autoptr (SmithStick) stick = smith_bus_find (care->bus, care->usb_path);

  care->again = 0;
  if (stick != NULL)
    smith_network_care_look_at_system (care);
  else
    take_miss (care);
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
  if (error != NULL)
    {
      g_info ("The system does not tell of the stick: %s", error->message);
      take_miss (care);
      return;
    }
  care->n_misses = 0;
  if (state != care->online)
    {
      care->online = state;
      smith_network_care_changed (care);
    }
  if (state != SMITH_ONLINE_ABSENT && state != SMITH_ONLINE_CONNECTED)
    look_again_soon (care);
}

/* Whether the system lists the stick, and is connected through it. */
void
smith_network_care_look_at_system (SmithNetworkCare *care)
{
  g_autoptr (SmithStick) stick
      = care->usb_path != NULL ? smith_bus_find (care->bus, care->usb_path) : NULL;

  if (care->practice || stick == NULL || stick->device_path == NULL || care->connecting)
    return;
  smith_online_look_async (NULL, stick->device_path, care->partners, on_online_looked,
                           asked_new (care));
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
  smith_network_care_look_at_system (care);
  smith_network_care_changed (care);
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
  smith_network_care_changed (care);
}
