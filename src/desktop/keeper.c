/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "keeper.h"

#include <gio/gunixfdlist.h>
#include <glib/gstdio.h>

#include "system-bus.h"

#define MODEM_MANAGER_NAME "org.freedesktop.ModemManager1"
#define MODEM_MANAGER_PATH "/org/freedesktop/ModemManager1"

/* How long somebody may want to know whether there was an answer. */
#define SETTLED_MS 3000

/* A late answer still counts. */
#define ANSWER_MS 60000

typedef enum
{
  MODEM,
  AWAKE,
  N_KINDS
} Kind;

typedef enum
{
  ANSWER_NONE,
  ANSWER_OVERDUE,
  ANSWER_NO,
  ANSWER_YES,
} Answer;

/* One thing that was asked for. It outlives its keeper as long as a call is
 * under way, so that a late yes can be given back. */
typedef struct
{
  SmithKeeper *keeper; /* NULL when it is no longer wanted */
  Kind kind;
  char *text; /* the stick's path, or why to stay awake */
  GDBusConnection *bus;
  Answer answer;
  gboolean under_way;
  guint timer;
  int fd; /* logind's: it is held for as long as this is open; or -1 */
} Ward;

struct _SmithKeeper
{
  GObject parent_instance;
  GDBusConnection *system_bus;
  Ward *wards[N_KINDS];
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_TYPE (SmithKeeper, smith_keeper, G_TYPE_OBJECT)

static void
ward_free (Ward *ward)
{
  g_clear_handle_id (&ward->timer, g_source_remove);
  if (ward->fd >= 0)
    g_close (ward->fd, NULL);
  g_clear_object (&ward->bus);
  g_free (ward->text);
  g_free (ward);
}

/* Nobody waits for the answer; ModemManager also forgets us with the connection. */
static void
give_modem_back (Ward *ward)
{
  g_dbus_connection_call (ward->bus, MODEM_MANAGER_NAME, MODEM_MANAGER_PATH, MODEM_MANAGER_NAME,
                          "InhibitDevice", g_variant_new ("(sb)", ward->text, FALSE), NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL, NULL);
}

/* The last thing a callback does: a handler may release the keeper. */
static void
settle (Ward *ward, Answer answer)
{
  g_clear_handle_id (&ward->timer, g_source_remove);
  ward->answer = answer;
  g_signal_emit (ward->keeper, signals[CHANGED], 0);
}

static gboolean
on_overdue (gpointer data)
{
  Ward *ward = data;

  ward->timer = 0;
  g_debug ("%s: no answer yet", ward->kind == MODEM ? "ModemManager" : "logind");
  settle (ward, ANSWER_OVERDUE);
  return G_SOURCE_REMOVE;
}

static void
on_modem_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Ward *ward = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  ward->under_way = FALSE;
  if (reply == NULL)
    g_debug ("ModemManager does not leave the stick alone: %s", error->message);
  if (ward->keeper != NULL)
    {
      settle (ward, reply != NULL ? ANSWER_YES : ANSWER_NO);
      return;
    }
  if (reply != NULL)
    give_modem_back (ward);
  ward_free (ward);
}

/* Returns: the file descriptor that the reply names, or -1 */
static int
take_fd (GVariant *reply, GUnixFDList *fds)
{
  gint32 handle;

  g_variant_get (reply, "(h)", &handle);
  if (fds == NULL || handle < 0 || handle >= g_unix_fd_list_get_length (fds))
    return -1;
  return g_unix_fd_list_get (fds, handle, NULL);
}

static void
on_awake_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Ward *ward = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GUnixFDList) fds = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_with_unix_fd_list_finish (G_DBUS_CONNECTION (source), &fds, result,
                                                         &error);

  ward->under_way = FALSE;
  if (reply == NULL)
    g_debug ("logind does not keep the machine awake: %s", error->message);
  if (ward->keeper == NULL)
    {
      ward_free (ward); /* and with the list goes what it holds */
      return;
    }
  if (reply != NULL)
    ward->fd = take_fd (reply, fds);
  settle (ward, ward->fd >= 0 ? ANSWER_YES : ANSWER_NO);
}

static void
send_question (Ward *ward)
{
  gint timeout = (gint) smith_patience (ANSWER_MS);

  if (ward->kind == MODEM)
    g_dbus_connection_call (ward->bus, MODEM_MANAGER_NAME, MODEM_MANAGER_PATH, MODEM_MANAGER_NAME,
                            "InhibitDevice", g_variant_new ("(sb)", ward->text, TRUE),
                            G_VARIANT_TYPE_UNIT, G_DBUS_CALL_FLAGS_NO_AUTO_START, timeout, NULL,
                            on_modem_answer, ward);
  else
    g_dbus_connection_call_with_unix_fd_list (ward->bus, "org.freedesktop.login1",
                                              "/org/freedesktop/login1",
                                              "org.freedesktop.login1.Manager", "Inhibit",
                                              g_variant_new ("(ssss)",
                                                             "sleep:shutdown:handle-lid-switch",
                                                             "Sticksmith", ward->text, "block"),
                                              G_VARIANT_TYPE ("(h)"),
                                              G_DBUS_CALL_FLAGS_NO_AUTO_START, timeout, NULL, NULL,
                                              on_awake_answer, ward);
}

static void
on_bus (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Ward *ward = user_data;
  g_autoptr (GError) error = NULL;

  ward->bus = smith_system_bus_get_finish (result, &error);
  ward->under_way = ward->bus != NULL && ward->keeper != NULL;
  if (ward->under_way)
    {
      send_question (ward);
      return;
    }
  if (ward->keeper == NULL)
    {
      ward_free (ward);
      return;
    }
  g_debug ("No system bus: %s", error->message);
  settle (ward, ANSWER_NO);
}

static void
ask (SmithKeeper *self, Kind kind, const char *text)
{
  Ward *ward = g_new0 (Ward, 1);

  ward->keeper = self;
  ward->kind = kind;
  ward->text = g_utf8_make_valid (text, -1);
  ward->fd = -1;
  ward->timer = g_timeout_add (smith_patience (SETTLED_MS), on_overdue, ward);
  ward->under_way = TRUE;
  self->wards[kind] = ward;
  smith_system_bus_get_async (self->system_bus, NULL, on_bus, ward);
}

/* Returns: whether something was held */
static gboolean
drop (SmithKeeper *self, Kind kind)
{
  Ward *ward = g_steal_pointer (&self->wards[kind]);
  gboolean held;

  if (ward == NULL)
    return FALSE;
  held = ward->answer == ANSWER_YES;
  ward->keeper = NULL;
  g_clear_handle_id (&ward->timer, g_source_remove);
  /* Where the question is on its way the answer may be a yes; a "no longer"
   * that overtakes it is repeated when it comes. */
  if (kind == MODEM && ward->bus != NULL && ward->answer != ANSWER_NO)
    give_modem_back (ward);
  if (!ward->under_way)
    ward_free (ward);
  return held;
}

static void
smith_keeper_dispose (GObject *object)
{
  SmithKeeper *self = SMITH_KEEPER (object);

  for (Kind kind = 0; kind < N_KINDS; kind++)
    drop (self, kind);
  g_clear_object (&self->system_bus);
  G_OBJECT_CLASS (smith_keeper_parent_class)->dispose (object);
}

static void
smith_keeper_class_init (SmithKeeperClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = smith_keeper_dispose;
  signals[CHANGED] = g_signal_new ("changed", SMITH_TYPE_KEEPER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
smith_keeper_init (SmithKeeper *self)
{
}

/**
 * smith_keeper_new:
 * @system_bus: (nullable): NULL to connect to the system bus when needed; where
 *   there is none, nothing is kept
 *
 * Returns: (transfer full): a keeper that holds nothing yet
 */
SmithKeeper *
smith_keeper_new (GDBusConnection *system_bus)
{
  SmithKeeper *self = g_object_new (SMITH_TYPE_KEEPER, NULL);

  g_set_object (&self->system_bus, system_bus);
  return self;
}

/**
 * smith_keeper_hold:
 * @device_path: sysfs path of the stick's USB device, which is what
 *   ModemManager knows it by; the stick may come and go on this port
 * @why: (nullable): for a person who wonders why the machine does not sleep;
 *   NULL to leave that alone
 *
 * Keeps ModemManager off the stick, and the machine awake. Asks each once: to
 * hold the same again does nothing, and another stick takes the place of the first.
 */
void
smith_keeper_hold (SmithKeeper *self, const char *device_path, const char *why)
{
  Ward *ward;

  g_return_if_fail (SMITH_IS_KEEPER (self));
  g_return_if_fail (device_path != NULL);

  ward = self->wards[MODEM];
  if (ward == NULL || g_strcmp0 (ward->text, device_path) != 0)
    {
      drop (self, MODEM);
      ask (self, MODEM, device_path);
    }
  if (why != NULL)
    smith_keeper_hold_awake (self, why);
}

/**
 * smith_keeper_hold_awake:
 * @why: for a person who wonders why the machine does not sleep
 *
 * Keeps the machine awake, and nothing else. Does nothing if that was asked already.
 */
void
smith_keeper_hold_awake (SmithKeeper *self, const char *why)
{
  g_return_if_fail (SMITH_IS_KEEPER (self));
  g_return_if_fail (why != NULL);

  if (self->wards[AWAKE] == NULL)
    ask (self, AWAKE, why);
}

/**
 * smith_keeper_release:
 *
 * Gives everything back, also what has not been answered yet. The keeper can
 * hold again.
 */
void
smith_keeper_release (SmithKeeper *self)
{
  gboolean held = FALSE;

  g_return_if_fail (SMITH_IS_KEEPER (self));

  for (Kind kind = 0; kind < N_KINDS; kind++)
    held = drop (self, kind) || held;
  if (held)
    g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * smith_keeper_release_at_end:
 *
 * The same for a program that ends next: returns when the bus has taken what is
 * to be said, which otherwise might never be sent.
 */
void
smith_keeper_release_at_end (SmithKeeper *self)
{
  g_autoptr (GDBusConnection) bus = NULL;

  g_return_if_fail (SMITH_IS_KEEPER (self));

  if (self->wards[MODEM] != NULL && self->wards[MODEM]->bus != NULL)
    bus = g_object_ref (self->wards[MODEM]->bus);
  smith_keeper_release (self);
  if (bus != NULL)
    g_dbus_connection_flush_sync (bus, NULL, NULL);
}

static Answer
get_answer (SmithKeeper *self, Kind kind, Answer otherwise)
{
  return self->wards[kind] != NULL ? self->wards[kind]->answer : otherwise;
}

/**
 * smith_keeper_is_settled:
 *
 * Returns: whether every question was answered or took too long (3 seconds)
 */
gboolean
smith_keeper_is_settled (SmithKeeper *self)
{
  g_return_val_if_fail (SMITH_IS_KEEPER (self), TRUE);

  return get_answer (self, MODEM, ANSWER_NO) != ANSWER_NONE
         && get_answer (self, AWAKE, ANSWER_NO) != ANSWER_NONE;
}

/**
 * smith_keeper_has_modem:
 *
 * Returns: whether ModemManager leaves the stick alone
 */
gboolean
smith_keeper_has_modem (SmithKeeper *self)
{
  g_return_val_if_fail (SMITH_IS_KEEPER (self), FALSE);

  return get_answer (self, MODEM, ANSWER_NO) == ANSWER_YES;
}

/**
 * smith_keeper_is_awake:
 *
 * Returns: whether logind keeps the machine awake
 */
gboolean
smith_keeper_is_awake (SmithKeeper *self)
{
  g_return_val_if_fail (SMITH_IS_KEEPER (self), FALSE);

  return get_answer (self, AWAKE, ANSWER_NO) == ANSWER_YES;
}
