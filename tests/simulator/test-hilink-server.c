/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "simulator/hilink-server.h"

#include <string.h>

#include "link/deadline.h"
#include "link/hilink-private.h"
#include "web-server.h"

#define PATIENCE_MS 15000

/* One exchange, by hand. Returns: the error's code; 0 without one */
static int
ask (SmithHilinkServer *server, const SmithHilinkAsk *question, char **next_token)
{
  g_auto (SmithHilinkReply) reply = { 0 };
  g_autoptr (SmithHilinkAnswer) answer = NULL;
  g_autoptr (GError) error = NULL;

  smith_hilink_exchange (smith_hilink_server_get_address (server), question, &reply,
                         smith_deadline_now () + PATIENCE_MS * G_TIME_SPAN_MILLISECOND, NULL,
                         &error);
  g_assert_no_error (error);
  g_assert_cmpuint (reply.status, ==, 200);
  answer = smith_hilink_answer_parse (reply.body->str, reply.body->len, &error);
  g_assert_no_error (error);
  if (next_token != NULL)
    {
      g_clear_pointer (next_token, g_free);
      if (reply.tokens->len > 0)
        *next_token = g_strdup (reply.tokens->pdata[0]);
    }
  return answer->error;
}

/* Fetches what a build with sessions hands out. */
static void
open_session (SmithHilinkServer *server, char **cookie, char **token)
{
  const SmithHilinkAsk question = { .path = "/api/webserver/SesTokInfo" };
  g_auto (SmithHilinkReply) reply = { 0 };
  g_autoptr (SmithHilinkAnswer) answer = NULL;
  g_autoptr (GError) error = NULL;

  smith_hilink_exchange (smith_hilink_server_get_address (server), &question, &reply,
                         smith_deadline_now () + PATIENCE_MS * G_TIME_SPAN_MILLISECOND, NULL,
                         &error);
  g_assert_no_error (error);
  answer = smith_hilink_answer_parse (reply.body->str, reply.body->len, &error);
  g_assert_no_error (error);
  *cookie = g_strdup (smith_hilink_answer_get (answer, "SesInfo"));
  *token = g_strdup (smith_hilink_answer_get (answer, "TokInfo"));
}

static SmithHilinkServer *
start (SmithHilinkTokens tokens, gboolean (*request) (SmithHilinkRequest, gpointer), gpointer data)
{
  const SmithHilinkServerConfig config = {
    .device_name = "<E3372> & more",
    .tokens = tokens,
    .request = request,
    .user_data = data,
  };

  return web_server_start (&config);
}

static void
test_single_use (void)
{
  g_autoptr (SmithHilinkServer) server = start (SMITH_HILINK_TOKENS_SINGLE, NULL, NULL);
  g_autofree char *cookie = NULL;
  g_autofree char *token = NULL;
  g_autofree char *next = NULL;
  SmithHilinkAsk question = { .path = "/api/device/information" };

  open_session (server, &cookie, &token);
  g_assert_true (g_str_has_prefix (cookie, "SessionID="));
  g_assert_cmpint (ask (server, &question, NULL), ==, 125003);
  question.token = token;
  g_assert_cmpint (ask (server, &question, NULL), ==, 125003);
  question.cookie = "SessionID=another";
  g_assert_cmpint (ask (server, &question, NULL), ==, 125003);
  question.cookie = cookie;
  question.token = NULL;
  g_assert_cmpint (ask (server, &question, NULL), ==, 125001);
  question.token = "another";
  g_assert_cmpint (ask (server, &question, &next), ==, 125001);
  g_assert_null (next);
  question.token = token;
  g_assert_cmpint (ask (server, &question, &next), ==, 0);
  g_assert_nonnull (next);
  g_assert_cmpstr (next, !=, token);
  g_assert_cmpint (ask (server, &question, NULL), ==, 125002);
  question.token = next;
  g_assert_cmpint (ask (server, &question, NULL), ==, 0);
  g_assert_cmpint (ask (server, &question, NULL), ==, 125002);
  g_assert_cmpuint (smith_hilink_server_get_n_requests (server), ==, 10);
}

static void
test_for_a_session (void)
{
  g_autoptr (SmithHilinkServer) server = start (SMITH_HILINK_TOKENS_SESSION, NULL, NULL);
  g_autofree char *session = NULL;
  g_autofree char *cookie = NULL;
  g_autofree char *token = NULL;
  g_autofree char *next = NULL;
  SmithHilinkAsk question = { .path = "/api/device/information" };

  open_session (server, &session, &token);
  g_assert_false (g_str_has_prefix (session, "SessionID="));
  cookie = g_strconcat ("SessionID=", session, NULL);
  question.cookie = cookie;
  question.token = token;
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (ask (server, &question, &next), ==, 0);
  g_assert_null (next);
}

static gboolean
count_request (SmithHilinkRequest request, gpointer data)
{
  g_atomic_int_inc ((gint *) data);
  return TRUE;
}

/* Only the very documents that are known count, and only as a POST. */
static void
test_documents (void)
{
  static const struct
  {
    const char *path;
    const char *body;
    int error;
  } cases[] = {
    { "/CGI", "<api><function>switchMode</function><switchType>0</switchType></api>", 0 },
    { "/CGI", "<api><function>switchMode</function><switchType>1</switchType></api>", 100005 },
    { "/CGI", "<api><function>other</function><switchType>0</switchType></api>", 100005 },
    { "/CGI", "switchMode", 100005 },
    { "/CGI", "", 100005 },
    { "/CGI", NULL, 100002 },
    { "/api/device/mode", "<request><mode>1</mode></request>", 0 },
    { "/api/device/mode", "<request><mode>0</mode></request>", 100005 },
    { "/api/device/mode", NULL, 100002 },
    { "/api/device/control", "<request><Control>1</Control></request>", 0 },
    { "/api/device/control", "<request><Control>4</Control></request>", 100005 },
    { "/api/device/information", "<request/>", 100002 },
    { "/api/other", NULL, 100002 },
  };
  gint count = 0;
  gint granted = 0;
  g_autoptr (SmithHilinkServer) server = start (SMITH_HILINK_TOKENS_NONE, count_request, &count);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const SmithHilinkAsk question = { .path = cases[i].path, .body = cases[i].body };

      g_test_message ("%s %s", cases[i].path, cases[i].body != NULL ? cases[i].body : "");
      g_assert_cmpint (ask (server, &question, NULL), ==, cases[i].error);
      granted += cases[i].error == 0 ? 1 : 0;
      g_assert_cmpint (g_atomic_int_get (&count), ==, granted);
    }
}

/* Texts are escaped; two servers do not get into each other's way. */
static void
test_texts (void)
{
  g_autoptr (SmithHilinkServer) server = start (SMITH_HILINK_TOKENS_NONE, NULL, NULL);
  g_autoptr (SmithHilinkServer) other = start (SMITH_HILINK_TOKENS_NONE, NULL, NULL);
  g_autoptr (SmithHilink) hilink = smith_hilink_new (smith_hilink_server_get_address (server));
  g_autoptr (SmithHilinkInfo) info = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (smith_hilink_server_get_address (server), !=,
                   smith_hilink_server_get_address (other));
  info
      = smith_hilink_get_information (hilink,
                                      smith_deadline_now () + PATIENCE_MS * G_TIME_SPAN_MILLISECOND,
                                      NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (info->device_name, ==, "<E3372> & more");
  g_assert_null (info->hardware);
  g_assert_cmpuint (smith_hilink_server_get_n_requests (other), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hilink-server/single-use", test_single_use);
  g_test_add_func ("/hilink-server/for-a-session", test_for_a_session);
  g_test_add_func ("/hilink-server/documents", test_documents);
  g_test_add_func ("/hilink-server/texts", test_texts);
  return g_test_run ();
}
