/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/hilink.h"

#include "format/error.h"
#include "line.h"
#include "link/deadline.h"
#include "web-server.h"

/* For what is answered: only against hangs. */
#define PATIENCE_MS 15000

/* For what is never answered. */
#define SHORT_MS 150

#define REPEATS 3

static const SmithHilinkServerConfig e3372 = {
  .device_name = "E3372",
  .hardware = "CL2E3372HM",
  .software = "22.328.62.00.1081",
  .webui = "17.100.18.03.1081",
  .imei = "000000000000000",
};

static SmithHilink *
visit (SmithHilinkServer *server)
{
  return smith_hilink_new (smith_hilink_server_get_address (server));
}

static SmithHilinkInfo *
get_information (SmithHilink *hilink, guint ms, GError **error)
{
  return smith_hilink_get_information (hilink, smith_deadline_now () + ms * G_TIME_SPAN_MILLISECOND,
                                       NULL, error);
}

static void
check_full (const SmithHilinkInfo *info)
{
  g_assert_nonnull (info);
  g_assert_cmpstr (info->device_name, ==, "E3372");
  g_assert_cmpstr (info->hardware, ==, "CL2E3372HM");
  g_assert_cmpstr (info->software, ==, "22.328.62.00.1081");
  g_assert_cmpstr (info->webui, ==, "17.100.18.03.1081");
  g_assert_cmpstr (info->imei, ==, "000000000000000");
  g_assert_cmpstr (info->product_family, ==, "LTE");
  g_assert_cmpstr (info->classify, ==, "hilink");
  g_assert_false (info->is_basic);
}

/* Tokens are fetched once, whatever the build; then each question is one request. */
static void
test_token_builds (void)
{
  static const struct
  {
    SmithHilinkTokens tokens;
    guint n_before;
  } builds[] = {
    { SMITH_HILINK_TOKENS_SINGLE, 1 },
    { SMITH_HILINK_TOKENS_SESSION, 1 },
    { SMITH_HILINK_TOKENS_OLD, 2 },
    { SMITH_HILINK_TOKENS_NONE, 2 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (builds); i++)
    {
      SmithHilinkServerConfig config = e3372;
      g_autoptr (SmithHilinkServer) server = NULL;
      g_autoptr (SmithHilink) hilink = NULL;

      config.tokens = builds[i].tokens;
      server = web_server_start (&config);
      hilink = visit (server);
      for (guint n = 1; n <= REPEATS; n++)
        {
          g_autoptr (GError) error = NULL;
          g_autoptr (SmithHilinkInfo) info = get_information (hilink, PATIENCE_MS, &error);

          g_assert_no_error (error);
          check_full (info);
          g_assert_cmpuint (smith_hilink_server_get_n_requests (server), ==,
                            builds[i].n_before + n);
        }
    }
}

/* Somebody else's page in a browser takes the session over. */
static void
test_session_lost (void)
{
  SmithHilinkServerConfig config = e3372;
  g_autoptr (SmithHilinkServer) server = web_server_start (&config);
  g_autoptr (SmithHilink) one = visit (server);
  g_autoptr (SmithHilink) other = visit (server);

  for (guint n = 0; n < REPEATS; n++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SmithHilinkInfo) info = get_information (one, PATIENCE_MS, &error);
      g_autoptr (SmithHilinkInfo) again = NULL;

      g_assert_no_error (error);
      check_full (info);
      again = get_information (other, PATIENCE_MS, &error);
      g_assert_no_error (error);
      check_full (again);
    }
}

static void
test_basic (void)
{
  SmithHilinkServerConfig config = e3372;
  g_autoptr (SmithHilinkServer) server = NULL;
  g_autoptr (SmithHilink) hilink = NULL;
  g_autoptr (SmithHilinkInfo) info = NULL;
  g_autoptr (GError) error = NULL;

  config.needs_login = TRUE;
  server = web_server_start (&config);
  hilink = visit (server);
  info = get_information (hilink, PATIENCE_MS, &error);
  g_assert_no_error (error);
  g_assert_true (info->is_basic);
  g_assert_cmpstr (info->device_name, ==, "E3372");
  g_assert_cmpstr (info->software, ==, "22.328.62.00.1081");
  g_assert_cmpstr (info->webui, ==, "17.100.18.03.1081");
  g_assert_null (info->hardware);
  g_assert_null (info->imei);
}

/* What a server does that never stops, and how the question ends. @refusal is
 * the code that the error remembers. */
typedef struct
{
  const char *name;
  SmithHilinkFault fault;
  guint argument;
  int error; /* -1: none */
  int refusal;
  guint n_requests;
} Wrong;

static const Wrong wrongs[] = {
  { "not supported", SMITH_HILINK_FAULT_ERROR, 100002, SMITH_ERROR_UNSUPPORTED, -1, 2 },
  { "log-in needed", SMITH_HILINK_FAULT_ERROR, 100003, SMITH_ERROR_REFUSED, 100003, 3 },
  { "busy", SMITH_HILINK_FAULT_ERROR, 100004, SMITH_ERROR_REFUSED, 100004, 6 },
  { "malformed", SMITH_HILINK_FAULT_ERROR, 100005, SMITH_ERROR_REFUSED, 100005, 3 },
  { "unknown code", SMITH_HILINK_FAULT_ERROR, 100001, SMITH_ERROR_REFUSED, 100001, 2 },
  { "token 1", SMITH_HILINK_FAULT_ERROR, 125001, SMITH_ERROR_REFUSED, 125001, 4 },
  { "token 2", SMITH_HILINK_FAULT_ERROR, 125002, SMITH_ERROR_REFUSED, 125002, 4 },
  { "token 3", SMITH_HILINK_FAULT_ERROR, 125003, SMITH_ERROR_REFUSED, 125003, 4 },
  { "log-in 1", SMITH_HILINK_FAULT_ERROR, 108001, SMITH_ERROR_REFUSED, 108001, 3 },
  { "log-in 2", SMITH_HILINK_FAULT_ERROR, 108002, SMITH_ERROR_REFUSED, 108002, 3 },
  { "log-in 6", SMITH_HILINK_FAULT_ERROR, 108006, SMITH_ERROR_REFUSED, 108006, 3 },
  { "log-in 7", SMITH_HILINK_FAULT_ERROR, 108007, SMITH_ERROR_REFUSED, 108007, 3 },
  { "not supported, once", SMITH_HILINK_FAULT_ERROR_ONCE, 100002, SMITH_ERROR_UNSUPPORTED, -1, 2 },
  { "busy, once", SMITH_HILINK_FAULT_ERROR_ONCE, 100004, -1, -1, 3 },
  { "malformed, once", SMITH_HILINK_FAULT_ERROR_ONCE, 100005, -1, -1, 3 },
  { "token 1, once", SMITH_HILINK_FAULT_ERROR_ONCE, 125001, -1, -1, 4 },
  { "token 2, once", SMITH_HILINK_FAULT_ERROR_ONCE, 125002, -1, -1, 4 },
  { "token 3, once", SMITH_HILINK_FAULT_ERROR_ONCE, 125003, -1, -1, 4 },
  { "wrong tokens", SMITH_HILINK_FAULT_WRONG_TOKEN, 0, SMITH_ERROR_REFUSED, 125001, 4 },
  { "half an answer", SMITH_HILINK_FAULT_HALF, 0, SMITH_ERROR_PROTOCOL, -1, 1 },
  { "redirect", SMITH_HILINK_FAULT_REDIRECT, 0, SMITH_ERROR_PROTOCOL, -1, 1 },
  { "log-in page", SMITH_HILINK_FAULT_LOGIN_PAGE, 0, SMITH_ERROR_PROTOCOL, -1, 1 },
  { "garbage", SMITH_HILINK_FAULT_GARBAGE, 0, SMITH_ERROR_PROTOCOL, -1, 1 },
  { "not found", SMITH_HILINK_FAULT_NOT_FOUND, 0, SMITH_ERROR_UNSUPPORTED, -1, 3 },
  { "byte by byte", SMITH_HILINK_FAULT_SLOW, 0, -1, -1, 2 },
};

static void
test_wrong_answers (void)
{
  /* The pauses of a busy server. */
  smith_deadline_set_scale (0.01);
  for (gsize i = 0; i < G_N_ELEMENTS (wrongs); i++)
    {
      SmithHilinkServerConfig config = e3372;
      g_autoptr (SmithHilinkServer) server = NULL;
      g_autoptr (SmithHilink) hilink = NULL;
      g_autoptr (SmithHilinkInfo) info = NULL;
      g_autoptr (GError) error = NULL;
      gint64 begin = smith_deadline_now ();

      g_test_message ("%s", wrongs[i].name);
      config.fault = wrongs[i].fault;
      config.fault_argument = wrongs[i].argument;
      server = web_server_start (&config);
      hilink = visit (server);
      info = get_information (hilink, PATIENCE_MS, &error);
      if (wrongs[i].error < 0)
        {
          g_assert_no_error (error);
          check_full (info);
        }
      else
        {
          g_assert_null (info);
          g_assert_error (error, SMITH_ERROR, wrongs[i].error);
          g_assert_cmpint (smith_error_get_refusal (error), ==, wrongs[i].refusal);
        }
      g_assert_cmpuint (smith_hilink_server_get_n_requests (server), ==, wrongs[i].n_requests);
      g_assert_cmpint (elapsed_ms (begin), <, HARD_BOUND_MS);
    }
  smith_deadline_set_scale (1);
}

/* Neither silence nor one byte now and then keeps anybody beyond the deadline. */
static void
test_too_late (void)
{
  static const struct
  {
    SmithHilinkFault fault;
    guint argument;
  } cases[] = {
    { SMITH_HILINK_FAULT_SILENT, 0 },
    { SMITH_HILINK_FAULT_SLOW, 40 },
    { SMITH_HILINK_FAULT_SLOW, 1000000 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SmithHilinkServerConfig config = e3372;
      g_autoptr (SmithHilinkServer) server = NULL;
      g_autoptr (SmithHilink) hilink = NULL;
      g_autoptr (GError) error = NULL;
      gint64 begin = smith_deadline_now ();

      config.fault = cases[i].fault;
      config.fault_argument = cases[i].argument;
      server = web_server_start (&config);
      hilink = visit (server);
      g_assert_null (get_information (hilink, SHORT_MS, &error));
      g_assert_error (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT);
      g_assert_cmpint (elapsed_ms (begin), >=, SHORT_MS);
      g_assert_cmpint (elapsed_ms (begin), <, HARD_BOUND_MS);
    }
}

/* A deadline that has passed is one too; and being busy is told as such. */
static void
test_short_deadlines (void)
{
  SmithHilinkServerConfig config = e3372;
  g_autoptr (SmithHilinkServer) server = NULL;
  g_autoptr (SmithHilink) hilink = NULL;
  g_autoptr (GError) error = NULL;

  smith_deadline_set_scale (1000);
  config.fault = SMITH_HILINK_FAULT_ERROR;
  config.fault_argument = SMITH_HILINK_BUSY;
  server = web_server_start (&config);
  hilink = visit (server);
  g_assert_null (get_information (hilink, PATIENCE_MS, &error));
  g_assert_cmpint (smith_error_get_refusal (error), ==, SMITH_HILINK_BUSY);
  g_assert_cmpuint (smith_hilink_server_get_n_requests (server), ==, 2);
  g_clear_error (&error);

  g_assert_null (smith_hilink_get_information (hilink, 0, NULL, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT);
  smith_deadline_set_scale (1);
}

static void
test_nobody (void)
{
  static const char *const addresses[]
      = { "", "no address/", "127.0.0.1:99999", "[::1", "x@127.0.0.1", "127.0.0.1/x", NULL };
  g_autofree char *deserted = NULL;

  {
    g_autoptr (SmithHilinkServer) server = web_server_start (&e3372);

    deserted = g_strdup (smith_hilink_server_get_address (server));
  }
  for (guint i = 0; i <= G_N_ELEMENTS (addresses); i++)
    {
      const char *address = i < G_N_ELEMENTS (addresses) ? addresses[i] : deserted;
      g_autoptr (SmithHilink) hilink = NULL;
      g_autoptr (GError) error = NULL;

      if (address == NULL)
        continue;
      hilink = smith_hilink_new (address);
      g_assert_null (get_information (hilink, PATIENCE_MS, &error));
      g_assert_error (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED);
    }
}

/* The stick is pulled while it answers. */
static gpointer
pull (gpointer server)
{
  while (smith_hilink_server_get_n_requests (server) == 0)
    g_usleep (1000);
  smith_hilink_server_free (server);
  return NULL;
}

static void
test_pulled (void)
{
  SmithHilinkServerConfig config = e3372;
  SmithHilinkServer *server;
  g_autoptr (SmithHilink) hilink = NULL;
  g_autoptr (GError) error = NULL;
  GThread *thread;

  config.fault = SMITH_HILINK_FAULT_SILENT;
  server = web_server_start (&config);
  hilink = visit (server);
  thread = g_thread_new ("pull", pull, server);
  g_assert_null (get_information (hilink, PATIENCE_MS, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED);
  g_thread_join (thread);
}

/* Before, while it waits for an answer, for the next byte, and in a pause. */
static void
test_cancel (void)
{
  static const struct
  {
    SmithHilinkFault fault;
    guint argument;
    double scale;
  } cases[] = {
    { SMITH_HILINK_FAULT_NONE, 0, 1 },
    { SMITH_HILINK_FAULT_SILENT, 0, 1 },
    { SMITH_HILINK_FAULT_SLOW, 30, 1 },
    { SMITH_HILINK_FAULT_ERROR, SMITH_HILINK_BUSY, 100 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SmithHilinkServerConfig config = e3372;
      g_autoptr (SmithHilinkServer) server = NULL;
      g_autoptr (SmithHilink) hilink = NULL;
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;
      gint64 begin = smith_deadline_now ();
      GThread *thread = NULL;

      smith_deadline_set_scale (cases[i].scale);
      config.fault = cases[i].fault;
      config.fault_argument = cases[i].argument;
      server = web_server_start (&config);
      hilink = visit (server);
      if (cases[i].fault == SMITH_HILINK_FAULT_NONE)
        g_cancellable_cancel (cancellable);
      else
        thread = cancel_soon (cancellable);
      g_assert_null (smith_hilink_get_information (
          hilink, begin + 10 * HARD_BOUND_MS * G_TIME_SPAN_MILLISECOND, cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpint (elapsed_ms (begin), <, HARD_BOUND_MS);
      if (thread != NULL)
        g_thread_join (thread);
      else
        g_assert_cmpuint (smith_hilink_server_get_n_requests (server), ==, 0);
    }
  smith_deadline_set_scale (1);
}

typedef gboolean (*RequestFunc) (SmithHilink *hilink,
                                 gint64 deadline,
                                 GCancellable *cancellable,
                                 GError **error);

static const RequestFunc requests[] = {
  [SMITH_HILINK_REQUEST_DOWNLOAD] = smith_hilink_enter_download_mode,
  [SMITH_HILINK_REQUEST_PORTS] = smith_hilink_open_ports,
  [SMITH_HILINK_REQUEST_RESTART] = smith_hilink_restart,
};

/* What the server was asked for; written on its thread. */
typedef struct
{
  gboolean grants;
  gint counts[G_N_ELEMENTS (requests)];
} Asked;

static gboolean
on_request (SmithHilinkRequest request, gpointer user_data)
{
  Asked *asked = user_data;

  g_atomic_int_inc (&asked->counts[request]);
  return asked->grants;
}

static void
try_request (SmithHilinkRequest request, SmithHilinkTokens tokens, gboolean grants, gboolean drops)
{
  Asked asked = { .grants = grants };
  SmithHilinkServerConfig config = e3372;
  g_autoptr (SmithHilinkServer) server = NULL;
  g_autoptr (SmithHilink) hilink = NULL;
  g_autoptr (GError) error = NULL;
  gboolean ok;

  config.tokens = tokens;
  config.request = on_request;
  config.user_data = &asked;
  config.drop_on_request = drops;
  server = web_server_start (&config);
  hilink = visit (server);
  ok = requests[request](hilink, smith_deadline_now () + PATIENCE_MS * G_TIME_SPAN_MILLISECOND,
                         NULL, &error);
  if (grants)
    g_assert_no_error (error);
  else
    g_assert_error (error, SMITH_ERROR, SMITH_ERROR_UNSUPPORTED);
  g_assert_true (ok == grants);
  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    g_assert_cmpint (g_atomic_int_get (&asked.counts[i]), ==, i == request ? 1 : 0);
}

/* Each is made once and no other with it; the stick may say yes, no, or go. */
static void
test_requests (void)
{
  for (guint request = 0; request < G_N_ELEMENTS (requests); request++)
    for (guint tokens = SMITH_HILINK_TOKENS_SINGLE; tokens <= SMITH_HILINK_TOKENS_NONE; tokens++)
      {
        try_request (request, tokens, TRUE, FALSE);
        try_request (request, tokens, TRUE, TRUE);
        try_request (request, tokens, FALSE, FALSE);
      }
}

/* A stick that fell silent before the request is not one that left over it. */
static void
test_request_not_there (void)
{
  static const struct
  {
    SmithHilinkFault fault;
    int error;
  } cases[] = {
    { SMITH_HILINK_FAULT_SILENT, SMITH_ERROR_TIMEOUT },
    { SMITH_HILINK_FAULT_HALF, SMITH_ERROR_PROTOCOL },
    { SMITH_HILINK_FAULT_LOGIN_PAGE, SMITH_ERROR_PROTOCOL },
    { SMITH_HILINK_FAULT_REDIRECT, SMITH_ERROR_PROTOCOL },
    { SMITH_HILINK_FAULT_NOT_FOUND, SMITH_ERROR_UNSUPPORTED },
    { SMITH_HILINK_FAULT_WRONG_TOKEN, SMITH_ERROR_REFUSED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SmithHilinkServerConfig config = e3372;
      g_autoptr (SmithHilinkServer) server = NULL;
      g_autoptr (SmithHilink) hilink = NULL;
      g_autoptr (GError) error = NULL;
      Asked asked = { .grants = TRUE };
      guint ms = cases[i].fault == SMITH_HILINK_FAULT_SILENT ? SHORT_MS : PATIENCE_MS;

      config.fault = cases[i].fault;
      config.request = on_request;
      config.user_data = &asked;
      server = web_server_start (&config);
      hilink = visit (server);
      g_assert_false (smith_hilink_enter_download_mode (
          hilink, smith_deadline_now () + ms * G_TIME_SPAN_MILLISECOND, NULL, &error));
      g_assert_error (error, SMITH_ERROR, cases[i].error);
      g_assert_cmpint (g_atomic_int_get (&asked.counts[SMITH_HILINK_REQUEST_DOWNLOAD]), ==, 0);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hilink/token-builds", test_token_builds);
  g_test_add_func ("/hilink/session-lost", test_session_lost);
  g_test_add_func ("/hilink/basic", test_basic);
  g_test_add_func ("/hilink/wrong-answers", test_wrong_answers);
  g_test_add_func ("/hilink/too-late", test_too_late);
  g_test_add_func ("/hilink/short-deadlines", test_short_deadlines);
  g_test_add_func ("/hilink/nobody", test_nobody);
  g_test_add_func ("/hilink/pulled", test_pulled);
  g_test_add_func ("/hilink/cancel", test_cancel);
  g_test_add_func ("/hilink/requests", test_requests);
  g_test_add_func ("/hilink/request-not-there", test_request_not_there);
  return g_test_run ();
}
