/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hilink-private.h"

#include <glib/gi18n.h>
#include <libsoup/soup.h>

#include <string.h>

#include "deadline.h"
#include "format/error.h"

/* A stick that is busy, for instance because it just started, is asked again
 * after a pause, which grows. */
#define BUSY_TRIES 5
#define BUSY_PAUSE_MS 500

/* A stick that was asked to change its mode may leave without a word: its
 * network card goes, and nobody closes the connection. */
#define LEAVING_MS 10000

#define LOGIN_FIRST 108000 /* to 108999: a log-in is missing, or failed */
#define LOGIN_LAST 108999

/* The one document that web servers of this kind take for going to download
 * mode. */
#define DOWNLOAD_DOCUMENT                                                                          \
  "<?xml version=\"1.0\" encoding=\"UTF-8\"?><api version=\"1.0\"><header>"                        \
  "<function>switchMode</function></header><body><request><switchType>0</switchType></request>"    \
  "</body></api>"

#define XML_DECLARATION "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"

/* What mode 0 would do is told differently by everybody who wrote about it: so
 * the mode is no parameter, and 0 is never sent. */
#define PORTS_DOCUMENT XML_DECLARATION "<request><mode>1</mode></request>"
#define RESTART_DOCUMENT XML_DECLARATION "<request><Control>1</Control></request>"

struct _SmithHilink
{
  char *address;
  guint card;         /* through which it is reached, or 0 */
  gboolean has_asked; /* for tokens: they are known, or known not to be needed */
  char *cookie;
  GQueue tokens;
};

/**
 * smith_hilink_new:
 * @address: host and perhaps port: "192.168.8.1", "127.0.0.1:8080"
 *
 * For an address that somebody named: whatever is there is asked. Connects to
 * nothing yet. Any thread.
 */
SmithHilink *
smith_hilink_new (const char *address)
{
  SmithHilink *hilink = g_new0 (SmithHilink, 1);

  hilink->address = g_strdup (address);
  g_queue_init (&hilink->tokens);
  return hilink;
}

/**
 * smith_hilink_new_for_card:
 * @card: the kernel's number of a stick's own network card; 0 where it has none
 *
 * For the server of the stick that makes that network, and of no other device,
 * even one at the same address. Connects to nothing yet. Any thread.
 *
 * Returns: (transfer full): or NULL with SMITH_ERROR_DISCONNECTED where the card
 *   or its address is not there yet: to be tried again
 */
SmithHilink *
smith_hilink_new_for_card (guint card, GError **error)
{
  g_autofree char *address = card != 0 ? smith_hilink_find_address (card) : NULL;
  SmithHilink *hilink;

  if (address == NULL)
    {
      g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED,
                           _ ("The network that the stick makes is not there yet"));
      return NULL;
    }
  hilink = smith_hilink_new (address);
  hilink->card = card;
  return hilink;
}

static void
forget_tokens (SmithHilink *hilink)
{
  hilink->has_asked = FALSE;
  g_clear_pointer (&hilink->cookie, g_free);
  g_queue_clear_full (&hilink->tokens, g_free);
}

void
smith_hilink_free (SmithHilink *hilink)
{
  forget_tokens (hilink);
  g_free (hilink->address);
  g_free (hilink);
}

static gboolean
is_login_code (int code)
{
  return code == SMITH_HILINK_LOGIN_NEEDED || (code >= LOGIN_FIRST && code <= LOGIN_LAST);
}

static void
set_unsupported (GError **error)
{
  g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_UNSUPPORTED,
                       _ ("The stick's web server does not know this request"));
}

static gboolean
set_server_error (GError **error, int code)
{
  if (code == SMITH_HILINK_NOT_SUPPORTED)
    set_unsupported (error);
  else if (is_login_code (code))
    smith_set_refusal (error, code, _ ("The stick's web server wants somebody to log in first"));
  else if (code == SMITH_HILINK_BUSY)
    smith_set_refusal (error, code, _ ("The stick's web server is busy"));
  else
    smith_set_refusal (error, code, _ ("The stick's web server refused with code %d"), code);
  return FALSE;
}

/* An answer without a word says yes: some builds close the matter so. */
static SmithHilinkAnswer *
read_reply (const SmithHilinkReply *reply, gboolean may_be_empty, GError **error)
{
  static const char nothing[] = "<response/>";

  if (reply->status == SOUP_STATUS_NOT_FOUND)
    set_unsupported (error);
  else if (reply->status != SOUP_STATUS_OK)
    g_set_error (error, SMITH_ERROR, SMITH_ERROR_PROTOCOL,
                 _ ("The stick's web server answered with HTTP status %u"), reply->status);
  else if (reply->body->len == 0 && may_be_empty)
    return smith_hilink_answer_parse (nothing, strlen (nothing), error);
  else
    return smith_hilink_answer_parse (reply->body->str, reply->body->len, error);
  return NULL;
}

/* The last token stays: where none follows it is good for the whole session. */
static char *
take_token (SmithHilink *hilink)
{
  if (g_queue_get_length (&hilink->tokens) > 1)
    return g_queue_pop_head (&hilink->tokens);
  return g_strdup (g_queue_peek_head (&hilink->tokens));
}

static void
keep_tokens (SmithHilink *hilink, const SmithHilinkReply *reply)
{
  if (reply->cookie != NULL)
    {
      g_free (hilink->cookie);
      hilink->cookie = g_strdup (reply->cookie);
    }
  if (reply->tokens == NULL || reply->tokens->len == 0)
    return;
  g_queue_clear_full (&hilink->tokens, g_free);
  for (guint i = 0; i < reply->tokens->len; i++)
    g_queue_push_tail (&hilink->tokens, g_strdup (g_ptr_array_index (reply->tokens, i)));
}

/* What one request is, and what is true of its answer. */
typedef struct
{
  const char *path;
  const char *body;
  gboolean leaves; /* the stick goes away over it: no answer is an answer */
} Request;

/* One exchange. Returns: (nullable): NULL without an error where the stick left */
static SmithHilinkAnswer *
ask_once (SmithHilink *hilink,
          const Request *request,
          gint64 deadline,
          GCancellable *cancellable,
          GError **error)
{
  g_autofree char *token = take_token (hilink);
  const SmithHilinkAsk ask = { hilink->card, request->path, request->body, hilink->cookie, token };
  g_auto (SmithHilinkReply) reply = { 0 };
  g_autoptr (GError) wrong = NULL;

  if (request->leaves)
    deadline = smith_deadline_sooner (deadline, LEAVING_MS);
  if (smith_hilink_exchange (hilink->address, &ask, &reply, deadline, cancellable, &wrong))
    {
      keep_tokens (hilink, &reply);
      return read_reply (&reply, request->leaves, error);
    }
  if (request->leaves && reply.sent
      && (reply.cut
          || (reply.status == 0 && g_error_matches (wrong, SMITH_ERROR, SMITH_ERROR_TIMEOUT))))
    {
      g_info ("%s: the stick left without an answer", request->path);
      return NULL;
    }
  g_propagate_error (error, g_steal_pointer (&wrong));
  return NULL;
}

static gboolean
wait_while_busy (guint *n_tries, gint64 deadline, GCancellable *cancellable)
{
  guint pause = BUSY_PAUSE_MS * (*n_tries + 1);

  if (++*n_tries >= BUSY_TRIES || smith_deadline_in (pause) >= deadline)
    return FALSE;
  smith_deadline_sleep (pause, cancellable);
  return TRUE;
}

/* Asks until the server is no longer busy. */
static SmithHilinkAnswer *
ask_patiently (SmithHilink *hilink,
               const Request *request,
               gint64 deadline,
               GCancellable *cancellable,
               GError **error)
{
  guint n_tries = 0;

  while (TRUE)
    {
      SmithHilinkAnswer *answer = ask_once (hilink, request, deadline, cancellable, error);

      if (answer == NULL || answer->error != SMITH_HILINK_BUSY
          || !wait_while_busy (&n_tries, deadline, cancellable))
        return answer;
      smith_hilink_answer_free (answer);
    }
}

/* Builds with this question give a cookie and a token. */
static void
keep_session (SmithHilink *hilink, const SmithHilinkAnswer *answer)
{
  const char *session = smith_hilink_answer_get (answer, "SesInfo");
  const char *token = smith_hilink_answer_get (answer, "TokInfo");

  if (token == NULL)
    token = smith_hilink_answer_get (answer, "token");
  if (session != NULL && session[0] != '\0')
    {
      g_free (hilink->cookie);
      hilink->cookie = g_str_has_prefix (session, SMITH_HILINK_COOKIE)
                           ? g_strdup (session)
                           : g_strconcat (SMITH_HILINK_COOKIE, session, NULL);
    }
  if (token != NULL && token[0] != '\0')
    {
      g_queue_clear_full (&hilink->tokens, g_free);
      g_queue_push_tail (&hilink->tokens, g_strdup (token));
    }
}

/* The newer question, then the older; builds older still want no token. */
static gboolean
fetch_tokens (SmithHilink *hilink, gint64 deadline, GCancellable *cancellable, GError **error)
{
  static const Request questions[] = {
    { .path = "/api/webserver/SesTokInfo" },
    { .path = "/api/webserver/token" },
  };

  forget_tokens (hilink);
  for (guint i = 0; i < G_N_ELEMENTS (questions); i++)
    {
      g_autoptr (GError) wrong = NULL;
      g_autoptr (SmithHilinkAnswer) answer
          = ask_patiently (hilink, &questions[i], deadline, cancellable, &wrong);

      if (answer != NULL && answer->error == 0)
        {
          keep_session (hilink, answer);
          break;
        }
      if (answer != NULL)
        set_server_error (&wrong, answer->error);
      if (!g_error_matches (wrong, SMITH_ERROR, SMITH_ERROR_UNSUPPORTED))
        {
          g_propagate_error (error, g_steal_pointer (&wrong));
          return FALSE;
        }
    }
  hilink->has_asked = TRUE;
  return TRUE;
}

static gboolean
is_token_code (int code)
{
  return code >= SMITH_HILINK_TOKEN_FIRST && code <= SMITH_HILINK_TOKEN_LAST;
}

/* Returns: (nullable): as ask_once(); the answer may be an error of the server's */
static SmithHilinkAnswer *
converse (SmithHilink *hilink,
          const Request *request,
          gint64 deadline,
          GCancellable *cancellable,
          GError **error)
{
  gboolean has_renewed = FALSE;
  gboolean has_repeated = FALSE;

  while (TRUE)
    {
      SmithHilinkAnswer *answer;

      if (!hilink->has_asked && !fetch_tokens (hilink, deadline, cancellable, error))
        return NULL;
      answer = ask_patiently (hilink, request, deadline, cancellable, error);
      if (answer != NULL && is_token_code (answer->error) && !has_renewed)
        {
          has_renewed = TRUE;
          forget_tokens (hilink);
        }
      else if (answer != NULL && answer->error == SMITH_HILINK_MALFORMED && !has_repeated)
        has_repeated = TRUE;
      else
        return answer;
      g_info ("%s: error %d, asking again", request->path, answer->error);
      smith_hilink_answer_free (answer);
    }
}

static SmithHilinkInfo *
make_info (const SmithHilinkAnswer *answer, GError **error)
{
  g_autoptr (SmithHilinkInfo) info = smith_hilink_info_new (answer);

  if (info->device_name != NULL || info->hardware != NULL || info->software != NULL)
    return g_steal_pointer (&info);
  g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_PROTOCOL,
                       _ ("The stick's web server says nothing about the stick"));
  return NULL;
}

/**
 * smith_hilink_get_information:
 *
 * Asks what the stick is. Where the full answer needs a log-in, what is told
 * without one is taken.
 *
 * Returns: (transfer full): with one of device name, hardware and software at
 *   least; or NULL with an error of those named at SmithHilink
 */
SmithHilinkInfo *
smith_hilink_get_information (SmithHilink *hilink,
                              gint64 deadline,
                              GCancellable *cancellable,
                              GError **error)
{
  static const Request full = { .path = "/api/device/information" };
  static const Request basic = { .path = "/api/device/basic_information" };
  g_autoptr (SmithHilinkAnswer) answer = converse (hilink, &full, deadline, cancellable, error);
  g_autoptr (SmithHilinkAnswer) less = NULL;
  SmithHilinkInfo *info;

  if (answer == NULL)
    return NULL;
  if (answer->error == 0)
    return make_info (answer, error);
  if (is_login_code (answer->error))
    {
      less = converse (hilink, &basic, deadline, cancellable, error);
      if (less == NULL)
        return NULL;
    }
  if (less == NULL || less->error != 0)
    {
      set_server_error (error, answer->error);
      return NULL;
    }
  info = make_info (less, error);
  if (info != NULL)
    info->is_basic = TRUE;
  return info;
}

static gboolean
send_request (SmithHilink *hilink,
              const char *path,
              const char *body,
              gint64 deadline,
              GCancellable *cancellable,
              GError **error)
{
  const Request request = { .path = path, .body = body, .leaves = TRUE };
  g_autoptr (GError) wrong = NULL;
  g_autoptr (SmithHilinkAnswer) answer = converse (hilink, &request, deadline, cancellable, &wrong);

  if (wrong != NULL)
    g_propagate_error (error, g_steal_pointer (&wrong));
  else if (answer != NULL && answer->error != 0)
    set_server_error (error, answer->error);
  else
    return TRUE;
  return FALSE;
}

/**
 * smith_hilink_enter_download_mode:
 *
 * Asks the stick to restart in download mode. Newer firmware refuses.
 *
 * Returns: TRUE if it did not say no: it said yes, its connection dropped, or
 *   it fell silent once the request was there. Whether it really goes shows on
 *   the bus. FALSE with an error of those named at SmithHilink
 */
gboolean
smith_hilink_enter_download_mode (SmithHilink *hilink,
                                  gint64 deadline,
                                  GCancellable *cancellable,
                                  GError **error)
{
  return send_request (hilink, "/CGI", DOWNLOAD_DOCUMENT, deadline, cancellable, error);
}

/**
 * smith_hilink_open_ports:
 *
 * Asks the stick to restart with an AT port beside its network card.
 *
 * Returns: as smith_hilink_enter_download_mode()
 */
gboolean
smith_hilink_open_ports (SmithHilink *hilink,
                         gint64 deadline,
                         GCancellable *cancellable,
                         GError **error)
{
  return send_request (hilink, "/api/device/mode", PORTS_DOCUMENT, deadline, cancellable, error);
}

/**
 * smith_hilink_restart:
 *
 * Asks the stick to restart as it is.
 *
 * Returns: as smith_hilink_enter_download_mode()
 */
gboolean
smith_hilink_restart (SmithHilink *hilink,
                      gint64 deadline,
                      GCancellable *cancellable,
                      GError **error)
{
  return send_request (hilink, "/api/device/control", RESTART_DOCUMENT, deadline, cancellable,
                       error);
}
