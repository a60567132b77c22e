/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network-manager-private.h"

#include <glib/gi18n.h>

#include "system-bus.h"

#define ACTIVE "org.freedesktop.NetworkManager.Connection.Active"
#define PROFILE "org.freedesktop.NetworkManager.Settings.Connection"
#define PROPERTIES "org.freedesktop.DBus.Properties"

/* NetworkManager's numbers for the states of an active connection and a device. */
#define ACTIVE_STATE_ACTIVATED 2
#define ACTIVE_STATE_DEACTIVATED 4
#define DEVICE_STATE_FAILED 120

/* Searching for a network, asking it in and getting an address: NetworkManager
 * itself gives up sooner. */
#define CONNECT_MS (150 * 1000)
#define CALL_MS (60 * 1000)

/* Making a connection. Counted: each call that is under way holds it, so that
 * a profile that comes into being too late can be taken away again. */
typedef struct
{
  GTask *task; /* NULL once it is answered */
  GDBusConnection *bus;
  GVariant *settings;
  char *profile; /* object of the settings that were added, or NULL */
  char *active;  /* object of the connection that is being made, or NULL */
  guint32 reason;
  guint device_watch;
  guint active_watch;
  guint name_watch;
  guint timer;
  GSource *cancelled;
} Attempt;

/* NetworkManager's reasons for a device that failed, as far as a person can do
 * something about them. */
static const struct
{
  guint32 reason;
  const char *text;
} failures[] = {
  { 7, N_ ("The network asks for a user name and a password") },
  { 27, N_ ("The stick could not dial in: the access point name may be the wrong one") },
  { 29, N_ ("The stick does not take this access point name") },
  { 30, N_ ("The stick is not looking for a network") },
  { 31, N_ ("The network does not let this SIM card in") },
  { 32, N_ ("No network was found in time") },
  { 33, N_ ("The network that was asked for could not be joined") },
  { 34, N_ ("The PIN of the SIM card was not accepted") },
  { 36, N_ ("The stick was unplugged") },
  { 39, N_ ("The connection was ended by somebody") },
  { 45, N_ ("There is no SIM card in the stick") },
  { 46, N_ ("The SIM card asks for its PIN") },
  { 47, N_ ("The SIM card asks for its PUK") },
  { 48, N_ ("This is the wrong SIM card for the stick") },
};

static void
attempt_clear (gpointer data)
{
  Attempt *attempt = data;

  g_clear_object (&attempt->bus);
  g_variant_unref (attempt->settings);
  g_free (attempt->profile);
  g_free (attempt->active);
}

static void
attempt_release (Attempt *attempt)
{
  g_rc_box_release_full (attempt, attempt_clear);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Attempt, attempt_release)

static void
stop_watching (Attempt *attempt)
{
  if (attempt->device_watch != 0)
    g_dbus_connection_signal_unsubscribe (attempt->bus, attempt->device_watch);
  if (attempt->active_watch != 0)
    g_dbus_connection_signal_unsubscribe (attempt->bus, attempt->active_watch);
  attempt->device_watch = attempt->active_watch = 0;
  g_clear_handle_id (&attempt->name_watch, g_bus_unwatch_name);
  g_clear_handle_id (&attempt->timer, g_source_remove);
  if (attempt->cancelled != NULL)
    g_source_destroy (attempt->cancelled);
  g_clear_pointer (&attempt->cancelled, g_source_unref);
}

/* A profile that did not work would be in the way of the next try. */
static void
remove_profile (Attempt *attempt)
{
  g_dbus_connection_call (attempt->bus, SMITH_NM_NAME, attempt->profile, PROFILE, "Delete", NULL,
                          NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL, NULL);
}

/* Ends the attempt, the first time. Takes @error; NULL: connected. */
static void
finish (Attempt *attempt, GError *error)
{
  g_autoptr (GError) owned = error;
  g_autoptr (GTask) task = g_steal_pointer (&attempt->task);

  if (task == NULL)
    return;
  stop_watching (attempt);
  if (owned == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (attempt->profile != NULL)
    remove_profile (attempt);
  g_task_return_error (task, g_steal_pointer (&owned));
}

static GError *
make_failure (Attempt *attempt)
{
  const char *text = N_ ("The connection could not be made");

  for (gsize i = 0; i < G_N_ELEMENTS (failures); i++)
    if (failures[i].reason == attempt->reason)
      text = failures[i].text;
  return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, _ (text));
}

static void
take_state (Attempt *attempt, guint32 state)
{
  g_debug ("State of the connection: %u", state);
  if (state == ACTIVE_STATE_ACTIVATED)
    finish (attempt, NULL);
  else if (state == ACTIVE_STATE_DEACTIVATED)
    finish (attempt, make_failure (attempt));
}

static void
on_active_changed (GDBusConnection *bus,
                   const char *sender,
                   const char *path,
                   const char *interface,
                   const char *name,
                   GVariant *parameters,
                   gpointer user_data)
{
  Attempt *attempt = user_data;
  g_autoptr (GVariant) changed = NULL;
  guint32 state;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(sa{sv}as)")))
    return;
  changed = g_variant_get_child_value (parameters, 1);
  if (g_variant_lookup (changed, "State", "u", &state))
    take_state (attempt, state);
}

/* The device says why, and before the connection says that. */
static void
on_device_changed (GDBusConnection *bus,
                   const char *sender,
                   const char *path,
                   const char *interface,
                   const char *name,
                   GVariant *parameters,
                   gpointer user_data)
{
  Attempt *attempt = user_data;
  guint32 state, before, reason;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(uuu)")))
    return;
  g_variant_get (parameters, "(uuu)", &state, &before, &reason);
  if (state == DEVICE_STATE_FAILED)
    attempt->reason = reason;
}

static void
on_name_vanished (GDBusConnection *bus, const char *name, gpointer user_data)
{
  finish (user_data, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                                          _ ("NetworkManager has stopped")));
}

static GError *
make_timeout (void)
{
  return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                              _ ("The connection was not made in time"));
}

static gboolean
on_timeout (gpointer user_data)
{
  Attempt *attempt = user_data;

  attempt->timer = 0;
  finish (attempt, make_timeout ());
  return G_SOURCE_REMOVE;
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  GError *error = NULL;

  g_cancellable_set_error_if_cancelled (cancellable, &error);
  finish (user_data, error);
  return G_SOURCE_REMOVE;
}

/* What the state was before anybody listened to its changes. */
static void
on_first_state (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Attempt) attempt = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_autoptr (GVariant) state = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    {
      finish (attempt, make_timeout ());
      return;
    }
  if (reply == NULL)
    {
      /* A connection that failed does not stay in NetworkManager's list. */
      g_debug ("The connection has gone: %s", error->message);
      finish (attempt, make_failure (attempt));
      return;
    }
  g_variant_get (reply, "(v)", &state);
  if (g_variant_is_of_type (state, G_VARIANT_TYPE_UINT32))
    take_state (attempt, g_variant_get_uint32 (state));
  else
    finish (attempt, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                                          _ ("NetworkManager’s answer makes no sense")));
}

/* What a person makes of a refusal to begin with. */
static GError *
make_refusal (const GError *cause)
{
  g_autofree char *remote = g_dbus_error_get_remote_error (cause);
  g_autoptr (GError) error = g_error_copy (cause);

  if (g_error_matches (cause, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED)
      || g_strcmp0 (remote, SMITH_NM_NAME ".PermissionDenied") == 0
      || g_strcmp0 (remote, SMITH_NM_NAME ".Settings.PermissionDenied") == 0)
    return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                                _ ("You are not allowed to make network connections"));
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT))
    return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                                _ ("NetworkManager’s answer makes no sense"));
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return make_timeout ();
  g_dbus_error_strip_remote_error (error);
  return g_error_new (G_IO_ERROR, G_IO_ERROR_FAILED,
                      /* Translators: %s is what NetworkManager says */
                      _ ("NetworkManager does not make the connection: %s"), error->message);
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Attempt) attempt = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (reply == NULL)
    {
      finish (attempt, make_refusal (error));
      return;
    }
  g_variant_get (reply, "(oo)", &attempt->profile, &attempt->active);
  if (attempt->task == NULL)
    {
      remove_profile (attempt);
      return;
    }
  attempt->active_watch
      = g_dbus_connection_signal_subscribe (attempt->bus, SMITH_NM_NAME, PROPERTIES,
                                            "PropertiesChanged", attempt->active, ACTIVE,
                                            G_DBUS_SIGNAL_FLAGS_NONE, on_active_changed,
                                            g_rc_box_acquire (attempt),
                                            (GDestroyNotify) attempt_release);
  g_dbus_connection_call (attempt->bus, SMITH_NM_NAME, attempt->active, PROPERTIES, "Get",
                          g_variant_new ("(ss)", ACTIVE, "State"), G_VARIANT_TYPE ("(v)"),
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, (gint) smith_patience (CALL_MS), NULL,
                          on_first_state, g_rc_box_acquire (attempt));
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Attempt) attempt = user_data;
  GError *error = NULL;
  g_autoptr (SmithOnlineModem) modem = smith_online_find_finish (result, &error);

  if (attempt->task == NULL)
    {
      g_clear_error (&error);
      return;
    }
  if (modem != NULL && modem->state == SMITH_ONLINE_ABSENT)
    error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                                 _ ("There is no NetworkManager on this computer"));
  else if (modem != NULL && modem->path == NULL)
    error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                                 _ ("NetworkManager does not know the stick yet"));
  if (error != NULL)
    {
      finish (attempt, error);
      return;
    }
  g_assert (modem != NULL);
  attempt->bus = g_object_ref (modem->bus);
  attempt->name_watch
      = g_bus_watch_name_on_connection (attempt->bus, SMITH_NM_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                        NULL, on_name_vanished, g_rc_box_acquire (attempt),
                                        (GDestroyNotify) attempt_release);
  attempt->device_watch
      = g_dbus_connection_signal_subscribe (attempt->bus, SMITH_NM_NAME, SMITH_NM_DEVICE,
                                            "StateChanged", modem->path, NULL,
                                            G_DBUS_SIGNAL_FLAGS_NONE, on_device_changed,
                                            g_rc_box_acquire (attempt),
                                            (GDestroyNotify) attempt_release);
  /* Not to be cancelled: whether a profile was made must be known. */
  g_dbus_connection_call (attempt->bus, SMITH_NM_NAME, SMITH_NM_PATH, SMITH_NM_NAME,
                          "AddAndActivateConnection",
                          g_variant_new ("(@a{sa{sv}}oo)", attempt->settings, modem->path, "/"),
                          G_VARIANT_TYPE ("(oo)"),
                          G_DBUS_CALL_FLAGS_NO_AUTO_START
                              | G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION,
                          (gint) smith_patience (CALL_MS), NULL, on_added,
                          g_rc_box_acquire (attempt));
}

static void
add_text (GVariantBuilder *builder, const char *key, const char *value)
{
  if (value != NULL && *value != '\0')
    g_variant_builder_add (builder, "{sv}", key, g_variant_new_string (value));
}

static void
add_section (GVariantBuilder *settings, const char *name, GVariantBuilder *section)
{
  g_variant_builder_add (settings, "{s@a{sv}}", name, g_variant_builder_end (section));
}

static void
add_addresses (GVariantBuilder *settings, const char *name)
{
  GVariantBuilder section = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);

  add_text (&section, "method", "auto");
  add_section (settings, name, &section);
}

/* A profile that belongs to the person alone: so nobody asks for a password. */
static GVariant *
make_settings (const SmithApn *apn)
{
  GVariantBuilder settings = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{sa{sv}}"));
  GVariantBuilder connection = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  GVariantBuilder gsm = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE_VARDICT);
  const char *user = g_get_user_name ();

  add_text (&connection, "id",
            apn->provider != NULL && *apn->provider != '\0'
                ? apn->provider
                /* Translators: name of a network connection */
                : _ ("Mobile broadband"));
  add_text (&connection, "type", "gsm");
  if (g_utf8_validate (user, -1, NULL))
    {
      g_autofree char *permission = g_strdup_printf ("user:%s:", user);
      const char *permissions[] = { permission };

      g_variant_builder_add (&connection, "{sv}", "permissions",
                             g_variant_new_strv (permissions, 1));
    }
  add_section (&settings, "connection", &connection);
  add_text (&gsm, "apn", apn->apn);
  add_text (&gsm, "username", apn->user);
  add_text (&gsm, "password", apn->password);
  add_section (&settings, "gsm", &gsm);
  add_addresses (&settings, "ipv4");
  add_addresses (&settings, "ipv6");
  return g_variant_ref_sink (g_variant_builder_end (&settings));
}

static gboolean
is_text (const char *text)
{
  return text == NULL || g_utf8_validate (text, -1, NULL);
}

static gboolean
is_usable (const SmithApn *apn)
{
  return apn->apn != NULL && *apn->apn != '\0' && is_text (apn->apn) && is_text (apn->provider)
         && is_text (apn->user) && is_text (apn->password);
}

static void
watch_cancellable (Attempt *attempt, GCancellable *cancellable)
{
  if (cancellable == NULL)
    return;
  attempt->cancelled = g_cancellable_source_new (cancellable);
  g_source_set_callback (attempt->cancelled, G_SOURCE_FUNC (on_cancelled),
                         g_rc_box_acquire (attempt), (GDestroyNotify) attempt_release);
  g_source_attach (attempt->cancelled, g_main_context_get_thread_default ());
}

/**
 * smith_online_connect_async:
 * @apn: the way into the operator's network; @provider names the connection,
 *   @user and @password may be NULL
 *
 * Has NetworkManager make a connection through the stick and keep it, for this
 * person alone, and waits until it stands. What does not work, takes longer
 * than 150 seconds or is cancelled is taken away again.
 */
void
smith_online_connect_async (GDBusConnection *system_bus,
                            const char *device_path,
                            const SmithApn *apn,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task;
  Attempt *attempt;

  g_return_if_fail (device_path != NULL);
  g_return_if_fail (apn != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, smith_online_connect_async);
  /* What was reached is told even if somebody cancelled at that moment. */
  g_task_set_check_cancellable (task, FALSE);
  if (!is_usable (apn))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "%s",
                               _ ("The name of the access point is missing"));
      g_object_unref (task);
      return;
    }
  attempt = g_rc_box_new0 (Attempt);
  attempt->task = task;
  attempt->settings = make_settings (apn);
  attempt->timer
      = g_timeout_add_full (G_PRIORITY_DEFAULT, smith_patience (CONNECT_MS), on_timeout,
                            g_rc_box_acquire (attempt), (GDestroyNotify) attempt_release);
  watch_cancellable (attempt, cancellable);
  smith_online_find_async (system_bus, device_path, cancellable, on_found, attempt);
}

/**
 * smith_online_connect_finish:
 *
 * Errors: G_IO_ERROR_NOT_SUPPORTED without NetworkManager, NOT_FOUND while it
 * does not list the stick, PERMISSION_DENIED, TIMED_OUT, CANCELLED,
 * INVALID_ARGUMENT for an unusable @apn, else FAILED with a text for the person.
 *
 * Returns: whether the connection stands
 */
gboolean
smith_online_connect_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
