/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "partner.h"

#include <gio/gunixfdlist.h>

/* Only against hangs. */
#define HARD_BOUND_US (90 * G_USEC_PER_SEC)

typedef struct
{
  GVariant *value;
  char *error_name;
  int fd; /* or -1 */
} Reply;

struct _Partner
{
  GDBusConnection *bus;
  guint filter;
  GMutex lock;         /* calls arrive on a thread of their own */
  GHashTable *replies; /* by member; NULL: holds back */
  GPtrArray *calls;
  GPtrArray *waiting; /* calls that are held back */
};

static GTestDBus *test_bus;

void
bus_up (void)
{
  test_bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (test_bus);
}

void
bus_down (void)
{
  g_test_dbus_down (test_bus);
  g_clear_object (&test_bus);
}

const char *
bus_get_address (void)
{
  return g_test_dbus_get_bus_address (test_bus);
}

GDBusConnection *
bus_connect (void)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *bus = g_dbus_connection_new_for_address_sync (
      bus_get_address (),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);

  g_assert_no_error (error);
  return bus;
}

static void
reply_free (gpointer data)
{
  Reply *reply = data;

  if (reply == NULL)
    return;
  g_clear_pointer (&reply->value, g_variant_unref);
  g_free (reply->error_name);
  if (reply->fd >= 0)
    close (reply->fd);
  g_free (reply);
}

static void
send_reply (GDBusConnection *bus, GDBusMessage *call, Reply *reply)
{
  g_autoptr (GDBusMessage) answer = NULL;

  if (g_dbus_message_get_flags (call) & G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED)
    return;
  if (reply->error_name != NULL)
    answer = g_dbus_message_new_method_error_literal (call, reply->error_name, "Not this time");
  else
    answer = g_dbus_message_new_method_reply (call);
  if (reply->value != NULL)
    g_dbus_message_set_body (answer, reply->value);
  if (reply->fd >= 0)
    {
      g_autoptr (GUnixFDList) fds = g_unix_fd_list_new ();

      g_assert_cmpint (g_unix_fd_list_append (fds, reply->fd, NULL), ==, 0);
      g_dbus_message_set_unix_fd_list (answer, fds);
    }
  g_dbus_connection_send_message (bus, answer, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, NULL);
}

static char *
describe (GDBusMessage *call)
{
  GVariant *body = g_dbus_message_get_body (call);
  g_autofree char *arguments = body != NULL ? g_variant_print (body, FALSE) : g_strdup ("()");

  return g_strconcat (g_dbus_message_get_member (call), arguments, NULL);
}

static GDBusMessage *
on_message (GDBusConnection *bus, GDBusMessage *message, gboolean incoming, gpointer data)
{
  Partner *partner = data;
  gpointer reply;
  const char *member = g_dbus_message_get_member (message);

  if (!incoming || g_dbus_message_get_message_type (message) != G_DBUS_MESSAGE_TYPE_METHOD_CALL
      || g_strcmp0 (g_dbus_message_get_interface (message), "org.freedesktop.DBus.Peer") == 0)
    return message;
  g_mutex_lock (&partner->lock);
  g_ptr_array_add (partner->calls, describe (message));
  if (!g_hash_table_lookup_extended (partner->replies, member, NULL, &reply))
    {
      Reply unknown = { NULL, (char *) "org.freedesktop.DBus.Error.UnknownMethod", -1 };

      send_reply (bus, message, &unknown);
    }
  else if (reply != NULL)
    send_reply (bus, message, reply);
  else
    g_ptr_array_add (partner->waiting, g_object_ref (message));
  g_mutex_unlock (&partner->lock);
  g_object_unref (message);
  return NULL;
}

Partner *
partner_new (const char *name)
{
  Partner *partner = g_new0 (Partner, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) owned = NULL;

  g_mutex_init (&partner->lock);
  partner->replies = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, reply_free);
  partner->calls = g_ptr_array_new_with_free_func (g_free);
  partner->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  partner->bus = bus_connect ();
  partner->filter = g_dbus_connection_add_filter (partner->bus, on_message, partner, NULL);
  owned
      = g_dbus_connection_call_sync (partner->bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                     "org.freedesktop.DBus", "RequestName",
                                     g_variant_new ("(su)", name, 0), NULL, 0, -1, NULL, &error);
  g_assert_no_error (error);
  return partner;
}

void
partner_free (Partner *partner)
{
  g_autoptr (GError) error = NULL;

  g_dbus_connection_remove_filter (partner->bus, partner->filter);
  g_dbus_connection_close_sync (partner->bus, NULL, &error);
  g_object_unref (partner->bus);
  g_hash_table_unref (partner->replies);
  g_ptr_array_unref (partner->calls);
  g_ptr_array_unref (partner->waiting);
  g_mutex_clear (&partner->lock);
  g_free (partner);
}

static void
set_reply (Partner *partner, const char *member, Reply *reply)
{
  g_mutex_lock (&partner->lock);
  for (guint i = 0; reply != NULL && i < partner->waiting->len;)
    {
      GDBusMessage *call = partner->waiting->pdata[i];

      if (g_strcmp0 (g_dbus_message_get_member (call), member) == 0)
        {
          send_reply (partner->bus, call, reply);
          g_ptr_array_remove_index (partner->waiting, i);
        }
      else
        i++;
    }
  g_hash_table_replace (partner->replies, g_strdup (member), reply);
  g_mutex_unlock (&partner->lock);
}

static Reply *
new_reply (GVariant *value, const char *error_name, int fd)
{
  Reply *reply = g_new0 (Reply, 1);

  if (value != NULL)
    reply->value = g_variant_ref_sink (value);
  reply->error_name = g_strdup (error_name);
  reply->fd = fd;
  return reply;
}

void
partner_reply (Partner *partner, const char *member, GVariant *value)
{
  set_reply (partner, member, new_reply (value, NULL, -1));
}

void
partner_reply_with_fd (Partner *partner, const char *member, GVariant *value, int fd)
{
  set_reply (partner, member, new_reply (value, NULL, fd));
}

void
partner_refuse (Partner *partner, const char *member, const char *error_name)
{
  set_reply (partner, member, new_reply (NULL, error_name, -1));
}

void
partner_hold_back (Partner *partner, const char *member)
{
  set_reply (partner, member, NULL);
}

void
partner_emit (Partner *partner,
              const char *path,
              const char *interface,
              const char *name,
              GVariant *parameters)
{
  g_autoptr (GError) error = NULL;

  g_dbus_connection_emit_signal (partner->bus, NULL, path, interface, name, parameters, &error);
  g_assert_no_error (error);
}

guint
partner_count (Partner *partner, const char *prefix)
{
  guint n = 0;

  g_mutex_lock (&partner->lock);
  for (guint i = 0; i < partner->calls->len; i++)
    n += g_str_has_prefix (partner->calls->pdata[i], prefix);
  g_mutex_unlock (&partner->lock);
  return n;
}

gboolean
partner_was_called (Partner *partner, const char *call)
{
  return partner_count (partner, call) > 0;
}

char *
partner_get_calls (Partner *partner)
{
  GString *all = g_string_new (NULL);

  g_mutex_lock (&partner->lock);
  for (guint i = 0; i < partner->calls->len; i++)
    g_string_append_printf (all, "%s\n", (char *) partner->calls->pdata[i]);
  g_mutex_unlock (&partner->lock);
  return g_string_free (all, FALSE);
}

typedef struct
{
  Partner *partner;
  const char *call;
} Awaited;

static gboolean
has_come (gpointer data)
{
  Awaited *awaited = data;

  return partner_was_called (awaited->partner, awaited->call);
}

void
partner_await (Partner *partner, const char *call)
{
  Awaited awaited = { partner, call };

  run_until (has_come, &awaited);
}

static gboolean
on_tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

void
run_until (Condition condition, gpointer data)
{
  gint64 end = g_get_monotonic_time () + HARD_BOUND_US;
  guint tick = g_timeout_add (5, on_tick, NULL);

  while (!condition (data))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (tick);
}

static gboolean
is_set (gpointer data)
{
  return *(gpointer *) data != NULL;
}

/* The bus keeps the order of messages, so an answer from it comes after what
 * was sent to us before; what is idle then runs as well. */
void
run_through (GDBusConnection *bus)
{
  for (int i = 0; i < 3; i++)
    {
      GAsyncResult *result = NULL;
      g_autoptr (GVariant) reply = NULL;
      g_autoptr (GError) error = NULL;

      g_dbus_connection_call (bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                              "org.freedesktop.DBus", "GetId", NULL, NULL, 0, -1, NULL, keep_result,
                              &result);
      await_result (&result);
      reply = g_dbus_connection_call_finish (bus, result, &error);
      g_assert_no_error (error);
      g_object_unref (result);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
}

void
keep_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **kept = user_data;

  g_assert_null (*kept);
  *kept = g_object_ref (result);
}

GAsyncResult *
await_result (GAsyncResult **result)
{
  run_until (is_set, result);
  return *result;
}

GVariant *
parse (const char *format, ...)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  GVariant *value;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  value = g_variant_parse (NULL, text, NULL, NULL, &error);
  g_assert_no_error (error);
  return value;
}
