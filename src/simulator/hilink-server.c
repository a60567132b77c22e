/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hilink-server.h"

#include <libsoup/soup.h>

#include <string.h>

#include "format/hilink-answer.h"

#define GARBAGE_SIZE (10 * 1000 * 1000)
#define GARBAGE_SEED 3372

#define TOKEN_SIZE 32
#define SESSION_SIZE 128

#define COOKIE_NAME "SessionID="
#define TOKEN_HEADER "__RequestVerificationToken"

/* What a wrong token is answered with: never seen, seen before, wrong session. */
#define CODE_UNKNOWN_TOKEN 125001
#define CODE_USED_TOKEN 125002
#define CODE_WRONG_SESSION 125003

struct _SmithHilinkServer
{
  SmithHilinkServerConfig config; /* its texts are copies */
  SoupServer *soup;
  GMainContext *context;
  GMainLoop *loop;
  GThread *thread;
  char *address;
  gint n_requests;

  /* On the server's thread only. */
  GRand *rand;
  char *session;
  char *token;
  char *used_token;
  gboolean had_error;
  SmithHilinkFault fault; /* of the request at hand */
  GPtrArray *kept; /* GIOStream: connections that are left waiting */
};

/* What a request is answered with. */
typedef struct
{
  GString *body;
  gboolean is_gone; /* no answer: the connection drops */
} Answer;

static char *
random_text (SmithHilinkServer *server, guint size)
{
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  char *text = g_malloc (size + 1);

  for (guint i = 0; i < size; i++)
    text[i] = letters[g_rand_int_range (server->rand, 0, (gint32) strlen (letters))];
  text[size] = '\0';
  return text;
}

static void
answer_error (Answer *answer, guint code)
{
  g_string_printf (answer->body,
                   "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n"
                   "<error>\r\n<code>%u</code>\r\n<message></message>\r\n</error>\r\n",
                   code);
}

static void
begin_response (Answer *answer)
{
  g_string_assign (answer->body, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<response>\r\n");
}

static void
add_element (Answer *answer, const char *name, const char *value)
{
  g_autofree char *text
      = g_markup_printf_escaped ("<%s>%s</%s>\r\n", name, value != NULL ? value : "", name);

  g_string_append (answer->body, text);
}

static void
end_response (Answer *answer)
{
  g_string_append (answer->body, "</response>\r\n");
}

static void
close_kept (gpointer stream)
{
  g_io_stream_close (stream, NULL, NULL);
  g_object_unref (stream);
}

static void
renew (char **text, char *value)
{
  g_free (*text);
  *text = value;
}

static gboolean
hands_out_sessions (SmithHilinkServer *server)
{
  return server->config.tokens == SMITH_HILINK_TOKENS_SINGLE
         || server->config.tokens == SMITH_HILINK_TOKENS_SESSION;
}

/* What the client gets to see as the token; it need not be a good one. */
static char *
shown_token (SmithHilinkServer *server)
{
  if (server->fault == SMITH_HILINK_FAULT_WRONG_TOKEN)
    return random_text (server, TOKEN_SIZE);
  return g_strdup (server->token);
}

static void
answer_session (SmithHilinkServer *server, Answer *answer)
{
  g_autofree char *token = NULL;
  g_autofree char *session = NULL;

  if (!hands_out_sessions (server))
    {
      answer_error (answer, SMITH_HILINK_NOT_SUPPORTED);
      return;
    }
  renew (&server->session, random_text (server, SESSION_SIZE));
  renew (&server->token, random_text (server, TOKEN_SIZE));
  renew (&server->used_token, NULL);
  token = shown_token (server);
  /* Builds differ in whether the cookie's name is there already. */
  session = g_strconcat (server->config.tokens == SMITH_HILINK_TOKENS_SINGLE ? COOKIE_NAME : "",
                         server->session, NULL);
  begin_response (answer);
  add_element (answer, "SesInfo", session);
  add_element (answer, "TokInfo", token);
  end_response (answer);
}

static void
answer_token (SmithHilinkServer *server, Answer *answer)
{
  g_autofree char *token = NULL;

  if (server->config.tokens != SMITH_HILINK_TOKENS_OLD)
    {
      answer_error (answer, SMITH_HILINK_NOT_SUPPORTED);
      return;
    }
  renew (&server->token, random_text (server, TOKEN_SIZE));
  token = shown_token (server);
  begin_response (answer);
  add_element (answer, "token", token);
  end_response (answer);
}

/* Returns: 0 if the request may go on; a good single-use token is used up then,
 * and the next one put into the answer's headers */
static guint
check_token (SmithHilinkServer *server, SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *cookie = soup_message_headers_get_one (headers, "Cookie");
  const char *token = soup_message_headers_get_one (headers, TOKEN_HEADER);

  if (server->config.tokens == SMITH_HILINK_TOKENS_NONE)
    return 0;
  if (hands_out_sessions (server)
      && (cookie == NULL || server->session == NULL || !g_str_has_prefix (cookie, COOKIE_NAME)
          || strcmp (cookie + strlen (COOKIE_NAME), server->session) != 0))
    return CODE_WRONG_SESSION;
  if (token != NULL && g_strcmp0 (token, server->used_token) == 0)
    return CODE_USED_TOKEN;
  if (token == NULL || g_strcmp0 (token, server->token) != 0)
    return CODE_UNKNOWN_TOKEN;
  if (server->config.tokens == SMITH_HILINK_TOKENS_SINGLE)
    {
      renew (&server->used_token, g_steal_pointer (&server->token));
      renew (&server->token, random_text (server, TOKEN_SIZE));
      soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                    TOKEN_HEADER, server->token);
    }
  return 0;
}

static void
answer_information (SmithHilinkServer *server, Answer *answer)
{
  const SmithHilinkServerConfig *config = &server->config;

  if (config->needs_login)
    {
      answer_error (answer, SMITH_HILINK_LOGIN_NEEDED);
      return;
    }
  begin_response (answer);
  add_element (answer, "DeviceName", config->device_name);
  add_element (answer, "SerialNumber", "");
  add_element (answer, "Imei", config->imei);
  add_element (answer, "HardwareVersion", config->hardware);
  add_element (answer, "SoftwareVersion", config->software);
  add_element (answer, "WebUIVersion", config->webui);
  add_element (answer, "ProductFamily", "LTE");
  add_element (answer, "Classify", "hilink");
  end_response (answer);
}

/* Names of its own, as builds have them. */
static void
answer_basic_information (SmithHilinkServer *server, Answer *answer)
{
  begin_response (answer);
  add_element (answer, "productfamily", "LTE");
  add_element (answer, "classify", "hilink");
  add_element (answer, "devicename", server->config.device_name);
  add_element (answer, "SoftwareVersion", server->config.software);
  add_element (answer, "WebUIVersion", server->config.webui);
  end_response (answer);
}

static gboolean
has_value (const SmithHilinkAnswer *document, const char *name, const char *value)
{
  return g_strcmp0 (smith_hilink_answer_get (document, name), value) == 0;
}

/* Returns: whether the body of the request asks for what is known at @path */
static gboolean
read_request (const char *path, SoupServerMessage *message, SmithHilinkRequest *request)
{
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  g_autoptr (GBytes) bytes = soup_message_body_flatten (body);
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  g_autoptr (SmithHilinkAnswer) document
      = smith_hilink_answer_parse (data != NULL ? data : "", size, NULL);

  if (document == NULL)
    return FALSE;
  if (strcmp (path, "/CGI") == 0)
    {
      *request = SMITH_HILINK_REQUEST_DOWNLOAD;
      return has_value (document, "function", "switchMode")
             && has_value (document, "switchType", "0");
    }
  if (strcmp (path, "/api/device/mode") == 0)
    {
      *request = SMITH_HILINK_REQUEST_PORTS;
      return has_value (document, "mode", "1");
    }
  *request = SMITH_HILINK_REQUEST_RESTART;
  return has_value (document, "Control", "1");
}

static void
answer_request (SmithHilinkServer *server,
                SoupServerMessage *message,
                const char *path,
                Answer *answer)
{
  SmithHilinkRequest request;

  if (!read_request (path, message, &request))
    answer_error (answer, SMITH_HILINK_MALFORMED);
  else if (server->config.request != NULL
           && !server->config.request (request, server->config.user_data))
    answer_error (answer, SMITH_HILINK_NOT_SUPPORTED);
  else if (server->config.drop_on_request)
    answer->is_gone = TRUE;
  else
    g_string_assign (answer->body,
                     "<?xml version=\"1.0\" encoding=\"UTF-8\"?><response>OK</response>");
}

static gboolean
has_error_fault (SmithHilinkServer *server)
{
  if (server->fault == SMITH_HILINK_FAULT_ERROR_ONCE && !server->had_error)
    {
      server->had_error = TRUE;
      return TRUE;
    }
  return server->fault == SMITH_HILINK_FAULT_ERROR;
}

static gboolean
is_request_path (const char *path)
{
  static const char *const paths[] = { "/CGI", "/api/device/mode", "/api/device/control", NULL };

  return g_strv_contains (paths, path);
}

static void
make_answer (SmithHilinkServer *server,
             SoupServerMessage *message,
             const char *path,
             Answer *answer)
{
  gboolean is_get = soup_server_message_get_method (message) == SOUP_METHOD_GET;
  guint code;

  if (is_get && strcmp (path, "/api/webserver/SesTokInfo") == 0)
    answer_session (server, answer);
  else if (is_get && strcmp (path, "/api/webserver/token") == 0)
    answer_token (server, answer);
  else if (has_error_fault (server))
    answer_error (answer, server->config.fault_argument);
  else if ((code = check_token (server, message)) != 0)
    answer_error (answer, code);
  else if (is_get && strcmp (path, "/api/device/information") == 0)
    answer_information (server, answer);
  else if (is_get && strcmp (path, "/api/device/basic_information") == 0)
    answer_basic_information (server, answer);
  else if (!is_get && is_request_path (path))
    answer_request (server, message, path, answer);
  else
    answer_error (answer, SMITH_HILINK_NOT_SUPPORTED);
}

/* The bare bytes of an answer, for what no well-behaved server can send. */
static GBytes *
make_bare (const Answer *answer)
{
  g_autofree char *head = g_strdup_printf ("HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
                                           "Content-Length: %" G_GSIZE_FORMAT "\r\n"
                                           "Connection: close\r\n\r\n",
                                           answer->body->len);
  GString *all = g_string_new (head);

  g_string_append_len (all, answer->body->str, (gssize) answer->body->len);
  return g_string_free_to_bytes (all);
}

static void
send_half (SoupServerMessage *message, const Answer *answer)
{
  g_autoptr (GIOStream) stream = soup_server_message_steal_connection (message);
  g_autoptr (GBytes) bytes = make_bare (answer);
  gsize size = g_bytes_get_size (bytes) - answer->body->len / 2;

  g_output_stream_write_all (g_io_stream_get_output_stream (stream), g_bytes_get_data (bytes, NULL),
                             size, NULL, NULL, NULL);
  g_io_stream_close (stream, NULL, NULL);
}

typedef struct
{
  GIOStream *stream;
  GBytes *bytes;
  gsize sent;
} Trickle;

static void
trickle_free (gpointer data)
{
  Trickle *trickle = data;

  g_io_stream_close (trickle->stream, NULL, NULL);
  g_object_unref (trickle->stream);
  g_bytes_unref (trickle->bytes);
  g_free (trickle);
}

static gboolean
send_next_byte (gpointer data)
{
  Trickle *trickle = data;
  gsize size;
  const guint8 *bytes = g_bytes_get_data (trickle->bytes, &size);
  GOutputStream *out = g_io_stream_get_output_stream (trickle->stream);

  if (g_output_stream_write (out, bytes + trickle->sent, 1, NULL, NULL) != 1)
    return G_SOURCE_REMOVE;
  return ++trickle->sent < size ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
send_slowly (SmithHilinkServer *server, SoupServerMessage *message, const Answer *answer)
{
  g_autoptr (GSource) source = g_timeout_source_new (server->config.fault_argument);
  Trickle *trickle = g_new0 (Trickle, 1);

  trickle->stream = soup_server_message_steal_connection (message);
  trickle->bytes = make_bare (answer);
  g_source_set_callback (source, send_next_byte, trickle, trickle_free);
  g_source_attach (source, server->context);
}

static void
drop (SoupServerMessage *message)
{
  g_autoptr (GIOStream) stream = soup_server_message_steal_connection (message);

  g_io_stream_close (stream, NULL, NULL);
}

static void
send_garbage (SoupServerMessage *message)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (GARBAGE_SEED);
  guint32 *words = g_new (guint32, GARBAGE_SIZE / sizeof (guint32));

  for (gsize i = 0; i < GARBAGE_SIZE / sizeof (guint32); i++)
    words[i] = g_rand_int (rand);
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "text/xml", SOUP_MEMORY_TAKE, (char *) words,
                                    GARBAGE_SIZE);
}

/* Returns: whether the fault is such that the request does not matter */
static gboolean
answer_with_fault (SmithHilinkServer *server, SoupServerMessage *message)
{
  static const char page[] = "<!DOCTYPE html>\r\n<html><head><title>Login</title>"
                             "<meta charset=\"utf-8\"></head><body>Log in<br></body></html>";

  switch (server->fault)
    {
    case SMITH_HILINK_FAULT_REDIRECT:
      soup_server_message_set_redirect (message, SOUP_STATUS_TEMPORARY_REDIRECT,
                                        "/html/index.html");
      return TRUE;
    case SMITH_HILINK_FAULT_LOGIN_PAGE:
      soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
      soup_server_message_set_response (message, "text/html", SOUP_MEMORY_STATIC, page,
                                        strlen (page));
      return TRUE;
    case SMITH_HILINK_FAULT_GARBAGE:
      send_garbage (message);
      return TRUE;
    case SMITH_HILINK_FAULT_SILENT:
      g_ptr_array_add (server->kept, soup_server_message_steal_connection (message));
      return TRUE;
    case SMITH_HILINK_FAULT_NOT_FOUND:
      soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
      return TRUE;
    case SMITH_HILINK_FAULT_NONE:
    case SMITH_HILINK_FAULT_ERROR:
    case SMITH_HILINK_FAULT_ERROR_ONCE:
    case SMITH_HILINK_FAULT_WRONG_TOKEN:
    case SMITH_HILINK_FAULT_HALF:
    case SMITH_HILINK_FAULT_SLOW:
    default:
      return FALSE;
    }
}

/* What goes wrong with request @number. */
static SmithHilinkFault
choose_fault (SmithHilinkServer *server, guint number)
{
  const SmithHilinkServerConfig *config = &server->config;
  guint first = MAX (config->fault_first, 1);

  if (number < first || (config->fault_times > 0 && number - first >= config->fault_times))
    return SMITH_HILINK_FAULT_NONE;
  return config->fault;
}

static void
handle (SoupServer *soup,
        SoupServerMessage *message,
        const char *path,
        GHashTable *query,
        gpointer user_data)
{
  SmithHilinkServer *server = user_data;
  Answer answer = { 0 };

  server->fault = choose_fault (server, (guint) g_atomic_int_add (&server->n_requests, 1) + 1);
  g_debug ("%s %s", soup_server_message_get_method (message), path);
  if (answer_with_fault (server, message))
    return;
  answer.body = g_string_new (NULL);
  make_answer (server, message, path, &answer);
  if (answer.is_gone)
    drop (message);
  else if (server->fault == SMITH_HILINK_FAULT_HALF)
    send_half (message, &answer);
  else if (server->fault == SMITH_HILINK_FAULT_SLOW)
    send_slowly (server, message, &answer);
  else
    {
      soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
      /* Real ones call their XML so. */
      soup_server_message_set_response (message, "text/html", SOUP_MEMORY_COPY, answer.body->str,
                                        answer.body->len);
    }
  g_string_free (answer.body, TRUE);
}

static gpointer
serve (gpointer data)
{
  SmithHilinkServer *server = data;

  g_main_context_push_thread_default (server->context);
  g_main_loop_run (server->loop);
  soup_server_disconnect (server->soup);
  g_clear_object (&server->soup);
  while (g_main_context_iteration (server->context, FALSE))
    ;
  g_main_context_pop_thread_default (server->context);
  return NULL;
}

static void
copy_config (SmithHilinkServer *server, const SmithHilinkServerConfig *config)
{
  server->config = *config;
  server->config.device_name = g_strdup (config->device_name);
  server->config.hardware = g_strdup (config->hardware);
  server->config.software = g_strdup (config->software);
  server->config.webui = g_strdup (config->webui);
  server->config.imei = g_strdup (config->imei);
}

static gboolean
listen_on_loopback (SmithHilinkServer *server, GError **error)
{
  g_autoslist (GUri) uris = NULL;

  if (!soup_server_listen_local (server->soup, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, error))
    return FALSE;
  uris = soup_server_get_uris (server->soup);
  server->address = g_strdup_printf ("127.0.0.1:%d", g_uri_get_port (uris->data));
  return TRUE;
}

/**
 * smith_hilink_server_new:
 *
 * Returns: (transfer full): a server that answers already, or NULL with a
 *   G_IO_ERROR where no port is to be had
 */
SmithHilinkServer *
smith_hilink_server_new (const SmithHilinkServerConfig *config, GError **error)
{
  g_autoptr (SmithHilinkServer) server = g_new0 (SmithHilinkServer, 1);
  gboolean ok;

  copy_config (server, config);
  server->rand = g_rand_new ();
  server->kept = g_ptr_array_new_with_free_func (close_kept);
  server->context = g_main_context_new ();
  server->loop = g_main_loop_new (server->context, FALSE);

  g_main_context_push_thread_default (server->context);
  server->soup = g_object_new (SOUP_TYPE_SERVER, NULL);
  soup_server_add_handler (server->soup, NULL, handle, server, NULL);
  ok = listen_on_loopback (server, error);
  g_main_context_pop_thread_default (server->context);
  if (!ok)
    return NULL;
  server->thread = g_thread_new ("hilink-server", serve, server);
  return g_steal_pointer (&server);
}

static gboolean
quit (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

/**
 * smith_hilink_server_free:
 *
 * Ends every connection: for who is connected, the stick was pulled. Any thread
 * but the server's own.
 */
void
smith_hilink_server_free (SmithHilinkServer *server)
{
  if (server->thread != NULL)
    {
      g_autoptr (GSource) source = g_idle_source_new ();

      /* Not from here: the loop need not run yet, and then would not hear it. */
      g_source_set_callback (source, quit, server->loop, NULL);
      g_source_attach (source, server->context);
      g_thread_join (server->thread);
    }
  g_clear_object (&server->soup);
  g_main_loop_unref (server->loop);
  /* With it go the sources of slow answers, and their connections. */
  g_main_context_unref (server->context);
  g_ptr_array_unref (server->kept);
  g_rand_free (server->rand);
  g_free (server->session);
  g_free (server->token);
  g_free (server->used_token);
  g_free (server->address);
  g_free ((char *) server->config.device_name);
  g_free ((char *) server->config.hardware);
  g_free ((char *) server->config.software);
  g_free ((char *) server->config.webui);
  g_free ((char *) server->config.imei);
  g_free (server);
}

/**
 * smith_hilink_server_get_address:
 *
 * Returns: (transfer none): for smith_hilink_new(). Any thread.
 */
const char *
smith_hilink_server_get_address (SmithHilinkServer *server)
{
  return server->address;
}

/**
 * smith_hilink_server_get_n_requests:
 *
 * Returns: how many requests came, of any kind. Any thread.
 */
guint
smith_hilink_server_get_n_requests (SmithHilinkServer *server)
{
  return (guint) g_atomic_int_get (&server->n_requests);
}
