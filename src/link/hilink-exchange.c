/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hilink-private.h"

#include <glib/gi18n.h>
#include <libsoup/soup.h>

#include <string.h>

#include "deadline.h"
#include "format/error.h"
#include "trace.h"

#define READ_SIZE 4096

/* An honest server sends one "continue" at most before its answer. */
#define INTERIM_MAX 8

/* Headers this large are no answer that was cut, but none at all. */
#define HEADERS_MAX (32 * 1024)

/* Tokens are some thirty characters long, cookies less than two hundred. */
#define HEADER_VALUE_MAX 512
#define TOKENS_MAX 8

#define TOKEN_HEADER "__RequestVerificationToken"

/*
 * Ends an exchange at its deadline: a thread of its own does it, since every
 * call of the exchange may block, or be kept busy by a server that never stops.
 */
typedef struct
{
  GMutex mutex;
  GCond cond;
  GThread *thread;
  gint64 deadline;
  gboolean done;
  gboolean fired;
  GCancellable *end;
} Watchdog;

static gpointer
watch (gpointer data)
{
  Watchdog *dog = data;

  g_mutex_lock (&dog->mutex);
  while (!dog->done && !dog->fired)
    dog->fired = !smith_deadline_wait (&dog->cond, &dog->mutex, dog->deadline);
  g_mutex_unlock (&dog->mutex);
  if (dog->fired)
    g_cancellable_cancel (dog->end);
  return NULL;
}

static void
watchdog_start (Watchdog *dog, gint64 deadline, GCancellable *end)
{
  g_mutex_init (&dog->mutex);
  g_cond_init (&dog->cond);
  dog->deadline = deadline;
  dog->end = end;
  dog->thread = g_thread_new ("hilink-deadline", watch, dog);
}

/* Returns: whether it was the deadline that ended the exchange */
static gboolean
watchdog_stop (Watchdog *dog)
{
  g_mutex_lock (&dog->mutex);
  dog->done = TRUE;
  g_cond_signal (&dog->cond);
  g_mutex_unlock (&dog->mutex);
  g_thread_join (dog->thread);
  g_mutex_clear (&dog->mutex);
  g_cond_clear (&dog->cond);
  return dog->fired;
}

typedef struct
{
  SmithHilinkReply *reply;
  GCancellable *end;
  const char *address;
  guint card;
  GError *astray; /* why it might have reached another device, had it gone on */
  guint n_interim;
  gboolean is_nonsense;
} Progress;

/* Before the first byte goes out. A socket that was closed is connected to nothing. */
static void
on_network_event (SoupMessage *message,
                  GSocketClientEvent event,
                  GIOStream *connection,
                  gpointer data)
{
  Progress *progress = data;
  GSocket *socket;

  if (event != G_SOCKET_CLIENT_CONNECTING)
    return;
  g_clear_error (&progress->astray);
  socket = g_socket_connection_get_socket (G_SOCKET_CONNECTION (connection));
  if (!smith_hilink_bind_to_card (socket, progress->card, progress->address, &progress->astray))
    {
      g_socket_close (socket, NULL);
      g_cancellable_cancel (progress->end);
    }
}

static void
on_wrote_body (SoupMessage *message, gpointer data)
{
  Progress *progress = data;

  progress->reply->sent = TRUE;
}

/* These may be repeated without end, and come before anything that is counted. */
static void
on_interim (SoupMessage *message, gpointer data)
{
  Progress *progress = data;

  if (++progress->n_interim <= INTERIM_MAX)
    return;
  progress->is_nonsense = TRUE;
  g_cancellable_cancel (progress->end);
}

static gboolean
set_nonsense (GError **error)
{
  g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_PROTOCOL,
                       _ ("The stick's web server gave an answer that makes no sense"));
  return FALSE;
}

/* A header value that came from the stick goes back to it: nothing but plain
 * characters may. */
static gboolean
is_plain (const char *value)
{
  gsize n = strlen (value);

  for (gsize i = 0; i < n; i++)
    if (!g_ascii_isgraph (value[i]))
      return FALSE;
  return n > 0 && n <= HEADER_VALUE_MAX;
}

/* After a log-in there are several tokens in one header. */
static void
take_tokens (SmithHilinkReply *reply, const char *value)
{
  g_auto (GStrv) tokens = NULL;

  if (value == NULL)
    return;
  tokens = g_strsplit (value, "#", TOKENS_MAX + 1);
  for (guint i = 0; tokens[i] != NULL && reply->tokens->len < TOKENS_MAX; i++)
    if (is_plain (tokens[i]))
      g_ptr_array_add (reply->tokens, g_strdup (tokens[i]));
}

static void
take_headers (SmithHilinkReply *reply, SoupMessageHeaders *headers)
{
  const char *cookies = soup_message_headers_get_list (headers, "Set-Cookie");

  take_tokens (reply, soup_message_headers_get_one (headers, TOKEN_HEADER));
  take_tokens (reply, soup_message_headers_get_one (headers, TOKEN_HEADER "one"));
  take_tokens (reply, soup_message_headers_get_one (headers, TOKEN_HEADER "two"));
  if (cookies != NULL && g_str_has_prefix (cookies, SMITH_HILINK_COOKIE))
    {
      reply->cookie = g_strndup (cookies, strcspn (cookies, "; ,"));
      if (!is_plain (reply->cookie))
        g_clear_pointer (&reply->cookie, g_free);
    }
}

/* Returns: NULL where @address is not just a host, or a host and a port */
static GUri *
make_uri (const char *address, const char *path)
{
  g_autofree char *text = g_strconcat ("http://", address, path, NULL);
  g_autoptr (GUri) uri = g_uri_parse (text, SOUP_HTTP_URI_FLAGS, NULL);

  if (uri == NULL || g_uri_get_host (uri) == NULL || g_uri_get_host (uri)[0] == '\0'
      || g_uri_get_userinfo (uri) != NULL || strcmp (g_uri_get_path (uri), path) != 0)
    return NULL;
  return g_steal_pointer (&uri);
}

/* Returns: (transfer full) (nullable) */
static SoupMessage *
make_message (const char *address, const SmithHilinkAsk *ask)
{
  g_autoptr (GUri) uri = make_uri (address, ask->path);
  SoupMessage *message;
  SoupMessageHeaders *headers;

  if (uri == NULL)
    return NULL;
  message = soup_message_new_from_uri (ask->body != NULL ? "POST" : "GET", uri);
  headers = soup_message_get_request_headers (message);
  soup_message_headers_replace (headers, "Connection", "close");
  if (ask->cookie != NULL && is_plain (ask->cookie))
    soup_message_headers_replace (headers, "Cookie", ask->cookie);
  if (ask->token != NULL && is_plain (ask->token))
    soup_message_headers_replace (headers, TOKEN_HEADER, ask->token);
  if (ask->body != NULL)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (ask->body, strlen (ask->body));

      /* As the stick's own pages send it. */
      soup_message_set_request_body_from_bytes (message,
                                                "application/x-www-form-urlencoded; charset=UTF-8",
                                                bytes);
    }
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT | SOUP_MESSAGE_NEW_CONNECTION
                                       | SOUP_MESSAGE_DO_NOT_USE_AUTH_CACHE
                                       | SOUP_MESSAGE_COLLECT_METRICS);
  return message;
}

static gboolean
read_body (GInputStream *stream,
           SoupMessageHeaders *headers,
           SmithHilinkReply *reply,
           GCancellable *end,
           GError **error)
{
  char buffer[READ_SIZE];
  gssize n;

  while ((n = g_input_stream_read (stream, buffer, sizeof buffer, end, error)) > 0)
    {
      if (reply->body->len + (gsize) n > SMITH_HILINK_ANSWER_MAX)
        return set_nonsense (error);
      g_string_append_len (reply->body, buffer, n);
    }
  if (n < 0)
    return FALSE;
  /* The library does not mind where the connection ends. */
  if (soup_message_headers_get_encoding (headers) != SOUP_ENCODING_CONTENT_LENGTH
      || (goffset) reply->body->len >= soup_message_headers_get_content_length (headers))
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT, "The answer was cut");
  return FALSE;
}

static gboolean
transfer (SoupMessage *message, Progress *progress, GError **error)
{
  /* A stick is never behind a proxy, and nothing is to be expanded on the way. */
  g_autoptr (SoupSession) session
      = soup_session_new_with_options ("proxy-resolver", NULL, "timeout", 0, NULL);
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  SmithHilinkReply *reply = progress->reply;
  g_autoptr (GInputStream) stream = NULL;
  gboolean ok = FALSE;

  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);
  stream = soup_session_send (session, message, progress->end, error);
  /* Even where it failed the headers may have come. */
  reply->status = soup_message_get_status (message);
  if (stream != NULL)
    {
      take_headers (reply, headers);
      ok = reply->status != SOUP_STATUS_OK
           || read_body (stream, headers, reply, progress->end, error);
    }
  soup_session_abort (session);
  return ok;
}

/* The other end closed the connection, or the way to it went: a stick that
 * leaves takes its network card along. */
static gboolean
is_cut (const GError *wrong)
{
  static const int codes[] = {
    G_IO_ERROR_PARTIAL_INPUT,    G_IO_ERROR_CONNECTION_CLOSED,   G_IO_ERROR_BROKEN_PIPE,
    G_IO_ERROR_HOST_UNREACHABLE, G_IO_ERROR_NETWORK_UNREACHABLE, G_IO_ERROR_NOT_CONNECTED,
  };

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_error_matches (wrong, G_IO_ERROR, codes[i]))
      return TRUE;
  return FALSE;
}

static void
set_timeout (GError **error)
{
  g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT,
                       _ ("The stick's web server did not answer in time"));
}

static void
set_nobody (GError **error, const char *address)
{
  g_set_error (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED,
               /* TRANSLATORS: %s is an address such as 192.168.8.1 */
               _ ("No stick's web server answers at %s"), address);
}

/* What went wrong on the way, in this program's terms. */
static void
translate (const GError *wrong,
           const char *address,
           SoupMessage *message,
           SmithHilinkReply *reply,
           GError **error)
{
  SoupMessageMetrics *metrics = soup_message_get_metrics (message);
  guint64 n_headers = soup_message_metrics_get_response_header_bytes_received (metrics);

  if (wrong->domain == SMITH_ERROR)
    g_propagate_error (error, g_error_copy (wrong));
  else if (g_error_matches (wrong, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    set_timeout (error);
  else if (is_cut (wrong) && n_headers <= HEADERS_MAX)
    {
      reply->cut = TRUE;
      if (n_headers > 0)
        g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_PROTOCOL,
                             _ ("The stick's web server stopped in the middle of its answer"));
      else
        set_nobody (error, address);
    }
  else if (reply->sent)
    set_nonsense (error);
  else
    set_nobody (error, address);
}

static void
end_exchange (GCancellable *cancellable, gpointer data)
{
  g_cancellable_cancel (data);
}

/* Whatever is put on a main context during the exchange ends with it, and does
 * not wait for one that others run. */
static gboolean
transfer_apart (SoupMessage *message, Progress *progress, GError **error)
{
  g_autoptr (GMainContext) apart = g_main_context_new ();
  gboolean ok;

  g_main_context_push_thread_default (apart);
  ok = transfer (message, progress, error);
  g_main_context_pop_thread_default (apart);
  return ok;
}

/**
 * smith_hilink_exchange:
 * @address: host and perhaps port
 * @reply: cleared with smith_hilink_reply_clear() in any case
 * @deadline: for everything, from connecting to the last byte
 *
 * One request and its answer on a connection of its own. Any answer is good,
 * whatever its status; the body is read with status 200 only. Blocks;
 * @cancellable ends it at once from any thread.
 *
 * Returns: FALSE with SMITH_ERROR_TIMEOUT, DISCONNECTED, PROTOCOL, WRONG_DEVICE
 *   or G_IO_ERROR_CANCELLED
 */
gboolean
smith_hilink_exchange (const char *address,
                       const SmithHilinkAsk *ask,
                       SmithHilinkReply *reply,
                       gint64 deadline,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (SoupMessage) message = make_message (address, ask);
  g_autoptr (GCancellable) end = g_cancellable_new ();
  g_autoptr (GError) wrong = NULL;
  g_autoptr (GError) astray = NULL;
  Progress progress = { .reply = reply, .end = end, .address = address, .card = ask->card };
  Watchdog dog = { 0 };
  gulong handler = 0;
  gboolean ok;
  gboolean is_late;

  *reply = (SmithHilinkReply){ .body = g_string_new (NULL),
                               .tokens = g_ptr_array_new_with_free_func (g_free) };
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (message == NULL || smith_deadline_passed (deadline))
    {
      if (message == NULL)
        set_nobody (error, address);
      else
        set_timeout (error);
      return FALSE;
    }
  if (ask->card != 0)
    g_signal_connect (message, "network-event", G_CALLBACK (on_network_event), &progress);
  g_signal_connect (message, "wrote-body", G_CALLBACK (on_wrote_body), &progress);
  g_signal_connect (message, "got-informational", G_CALLBACK (on_interim), &progress);
  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (end_exchange), g_object_ref (end),
                                     g_object_unref);
  watchdog_start (&dog, deadline, end);
  ok = transfer_apart (message, &progress, &wrong);
  is_late = watchdog_stop (&dog);
  g_cancellable_disconnect (cancellable, handler);
  g_signal_handlers_disconnect_by_data (message, &progress);
  g_debug ("%s -> %u, %" G_GSIZE_FORMAT " bytes", ask->path, reply->status, reply->body->len);
  smith_trace_note ("> web %s: status %u, %" G_GSIZE_FORMAT " bytes", ask->path, reply->status,
                    reply->body->len);
  astray = progress.astray;
  if (ok)
    return TRUE;
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (astray != NULL)
    g_propagate_error (error, g_steal_pointer (&astray));
  else if (progress.is_nonsense)
    set_nonsense (error);
  else if (is_late)
    set_timeout (error);
  else
    translate (wrong, address, message, reply, error);
  return FALSE;
}

void
smith_hilink_reply_clear (SmithHilinkReply *reply)
{
  if (reply->body != NULL)
    g_string_free (reply->body, TRUE);
  g_clear_pointer (&reply->tokens, g_ptr_array_unref);
  g_clear_pointer (&reply->cookie, g_free);
}
