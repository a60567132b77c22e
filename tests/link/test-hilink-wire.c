/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "format/error.h"
#include "line.h"
#include "link/deadline.h"
#include "link/hilink-private.h"
#include "web-peer.h"

/* What goes over the wire to the byte, and what only a broken server sends. */

#define PATIENCE_MS 15000

/* Long enough for the request to get there on a busy machine. */
#define SILENCE_SCALE 0.2

#define INFORMATION "<response><DeviceName>E3372</DeviceName></response>"
#define SESSION "<response><SesInfo>SessionID=abc</SesInfo><TokInfo>first</TokInfo></response>"
#define UNKNOWN "<error><code>100002</code></error>"
#define OK "<response>OK</response>"
#define HEAD "HTTP/1.1 200 OK\r\n"

static SmithHilinkInfo *
get_information (SmithHilink *hilink, GError **error)
{
  return smith_hilink_get_information (
      hilink, smith_deadline_now () + PATIENCE_MS * G_TIME_SPAN_MILLISECOND, NULL, error);
}

/* Asks a peer that has all its answers. Returns: the device's name */
static char *
ask (WebPeer *peer, guint times, GError **error)
{
  g_autoptr (SmithHilink) hilink = smith_hilink_new (web_peer_start (peer));
  char *name = NULL;

  for (guint i = 0; i < times; i++)
    {
      g_autoptr (SmithHilinkInfo) info = get_information (hilink, error);

      g_clear_pointer (&name, g_free);
      if (info == NULL)
        break;
      name = g_strdup (info->device_name);
    }
  return name;
}

static void
assert_line (const char *request, const char *line)
{
  g_autofree char *whole = g_strconcat ("\r\n", line, "\r\n", NULL);

  if (strstr (request, whole) == NULL)
    g_error ("No line \"%s\" in:\n%s", line, request);
}

static void
assert_begins (const char *request, const char *begin)
{
  if (!g_str_has_prefix (request, begin))
    g_error ("Does not begin with \"%s\":\n%s", begin, request);
}

static void
assert_no_token (const char *request)
{
  g_assert_null (strstr (request, "__RequestVerificationToken"));
}

/* The cookie from the document, the token from there and then from headers. */
static void
test_tokens_followed (void)
{
  WebPeer *peer = web_peer_new ();
  g_autoptr (GPtrArray) requests = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;

  web_peer_add_xml (peer, "", SESSION);
  web_peer_add_xml (peer, "__RequestVerificationToken: second\r\n", INFORMATION);
  web_peer_add_xml (
      peer, "__RequestVerificationTokenone: third\r\n__RequestVerificationTokentwo: fourth\r\n",
      INFORMATION);
  web_peer_add_xml (peer, "", INFORMATION);
  web_peer_add_xml (peer, "", INFORMATION);
  web_peer_add_xml (peer, "__requestverificationtoken: fifth#sixth\r\n", INFORMATION);
  web_peer_add_xml (peer, "", INFORMATION);
  name = ask (peer, 6, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (name, ==, "E3372");
  requests = web_peer_finish (peer);
  g_assert_cmpuint (requests->len, ==, 7);
  assert_begins (requests->pdata[0], "GET /api/webserver/SesTokInfo HTTP/1.1\r\n");
  assert_no_token (requests->pdata[0]);
  g_assert_null (strstr (requests->pdata[0], "Cookie"));
  for (guint i = 1; i < requests->len; i++)
    {
      assert_begins (requests->pdata[i], "GET /api/device/information HTTP/1.1\r\n");
      assert_line (requests->pdata[i], "Cookie: SessionID=abc");
      assert_line (requests->pdata[i], "Connection: close");
    }
  assert_line (requests->pdata[1], "__RequestVerificationToken: first");
  assert_line (requests->pdata[2], "__RequestVerificationToken: second");
  assert_line (requests->pdata[3], "__RequestVerificationToken: third");
  assert_line (requests->pdata[4], "__RequestVerificationToken: fourth");
  assert_line (requests->pdata[5], "__RequestVerificationToken: fourth");
  assert_line (requests->pdata[6], "__RequestVerificationToken: fifth");
}

static void
test_older_token (void)
{
  WebPeer *peer = web_peer_new ();
  g_autoptr (GPtrArray) requests = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;

  web_peer_add_xml (peer, "", UNKNOWN);
  web_peer_add_xml (peer, "Set-Cookie: SessionID=xyz;path=/;HttpOnly;\r\n",
                    "<response><token>7</token></response>");
  web_peer_add_xml (peer, "Set-Cookie: other=1\r\n", INFORMATION);
  web_peer_add_xml (peer, "", INFORMATION);
  name = ask (peer, 2, &error);
  g_assert_no_error (error);
  requests = web_peer_finish (peer);
  assert_begins (requests->pdata[1], "GET /api/webserver/token HTTP/1.1\r\n");
  for (guint i = 2; i < 4; i++)
    {
      assert_line (requests->pdata[i], "Cookie: SessionID=xyz");
      assert_line (requests->pdata[i], "__RequestVerificationToken: 7");
    }
}

/* New ones are fetched once; the cookie's name is put before where it is missing. */
static void
test_renewed (void)
{
  WebPeer *peer = web_peer_new ();
  g_autoptr (GPtrArray) requests = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;

  web_peer_add_xml (peer, "", SESSION);
  web_peer_add_xml (peer, "__RequestVerificationToken: bad\r\n",
                    "<error><code>125003</code></error>");
  web_peer_add_xml (peer, "", "<response><SesInfo>def</SesInfo><TokInfo>good</TokInfo></response>");
  web_peer_add_xml (peer, "", INFORMATION);
  name = ask (peer, 1, &error);
  g_assert_no_error (error);
  requests = web_peer_finish (peer);
  assert_no_token (requests->pdata[2]);
  assert_line (requests->pdata[3], "Cookie: SessionID=def");
  assert_line (requests->pdata[3], "__RequestVerificationToken: good");
}

/* A token's own text cannot smuggle anything into the next request. */
static void
test_smuggled (void)
{
  WebPeer *peer = web_peer_new ();
  g_autoptr (GPtrArray) requests = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;

  web_peer_add_xml (peer, "",
                    "<response><SesInfo>a&#13;&#10;X-Evil: 1</SesInfo>"
                    "<TokInfo>b&#13;&#10;X-Evil: 2</TokInfo></response>");
  web_peer_add_xml (peer, "__RequestVerificationToken: \xC3\xA4 X-Evil: 3\r\n", INFORMATION);
  web_peer_add_xml (peer, "", INFORMATION);
  name = ask (peer, 2, &error);
  g_assert_no_error (error);
  requests = web_peer_finish (peer);
  for (guint i = 0; i < requests->len; i++)
    g_assert_null (strstr (requests->pdata[i], "X-Evil"));
}

/* No honest server gives one so long: it is not sent back, and the one before stays. */
static void
test_long_token (void)
{
  for (guint more = 0; more < 2; more++)
    {
      WebPeer *peer = web_peer_new ();
      g_autofree char *token = g_strnfill (512 + more, 't');
      g_autofree char *header = g_strconcat ("__RequestVerificationToken: ", token, "\r\n", NULL);
      g_autoptr (GPtrArray) requests = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *name = NULL;

      web_peer_add_xml (peer, "", SESSION);
      web_peer_add_xml (peer, header, INFORMATION);
      web_peer_add_xml (peer, "", INFORMATION);
      name = ask (peer, 2, &error);
      g_assert_no_error (error);
      requests = web_peer_finish (peer);
      g_assert_true ((strstr (requests->pdata[2], token) != NULL) == (more == 0));
      if (more > 0)
        assert_line (requests->pdata[2], "__RequestVerificationToken: first");
    }
}

typedef gboolean (*RequestFunc) (SmithHilink *hilink,
                                 gint64 deadline,
                                 GCancellable *cancellable,
                                 GError **error);

static gboolean
make_request (WebPeer *peer, RequestFunc request, GError **error)
{
  g_autoptr (SmithHilink) hilink = smith_hilink_new (web_peer_start (peer));

  return request (hilink, smith_deadline_now () + PATIENCE_MS * G_TIME_SPAN_MILLISECOND, NULL,
                  error);
}

static void
test_documents (void)
{
  static const struct
  {
    RequestFunc request;
    const char *begin;
    const char *body;
  } cases[] = {
    { smith_hilink_enter_download_mode, "POST /CGI HTTP/1.1\r\n",
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?><api version=\"1.0\"><header><function>"
      "switchMode</function></header><body><request><switchType>0</switchType></request></body>"
      "</api>" },
    { smith_hilink_open_ports, "POST /api/device/mode HTTP/1.1\r\n",
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?><request><mode>1</mode></request>" },
    { smith_hilink_restart, "POST /api/device/control HTTP/1.1\r\n",
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?><request><Control>1</Control></request>" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      WebPeer *peer = web_peer_new ();
      g_autoptr (GPtrArray) requests = NULL;
      g_autoptr (GError) error = NULL;

      web_peer_add_xml (peer, "", SESSION);
      web_peer_add_xml (peer, "", OK);
      g_assert_true (make_request (peer, cases[i].request, &error));
      g_assert_no_error (error);
      requests = web_peer_finish (peer);
      assert_begins (requests->pdata[1], cases[i].begin);
      assert_line (requests->pdata[1], "Cookie: SessionID=abc");
      assert_line (requests->pdata[1], "__RequestVerificationToken: first");
      g_assert_cmpstr (strstr (requests->pdata[1], "\r\n\r\n") + strlen ("\r\n\r\n"), ==,
                       cases[i].body);
    }
}

/* Ways in which a stick that was asked to leave ends the conversation. */
static void
test_leaving (void)
{
  static const struct
  {
    const char *name;
    const char *answer;
    WebPeerEnd end;
    int error; /* -1: none */
  } cases[] = {
    { "not a word", "", WEB_PEER_CLOSE, -1 },
    { "half of the headers", HEAD "Content-Le", WEB_PEER_CLOSE, SMITH_ERROR_PROTOCOL },
    { "half of the body", HEAD "Content-Length: 23\r\n\r\n<response>", WEB_PEER_CLOSE, -1 },
    { "an empty body", HEAD "Content-Length: 0\r\n\r\n", WEB_PEER_CLOSE, -1 },
    { "silence", "", WEB_PEER_HOLD, -1 },
    { "a yes of another kind", HEAD "\r\n<api><body><x>0</x></body></api>", WEB_PEER_CLOSE, -1 },
    { "a page", HEAD "\r\n<html></html>", WEB_PEER_CLOSE, SMITH_ERROR_PROTOCOL },
    { "not known", HEAD "\r\n" UNKNOWN, WEB_PEER_CLOSE, SMITH_ERROR_UNSUPPORTED },
    { "no page there", "HTTP/1.1 404 Not Found\r\n\r\n", WEB_PEER_CLOSE, SMITH_ERROR_UNSUPPORTED },
    { "failure", "HTTP/1.1 500 Sorry\r\n\r\n", WEB_PEER_CLOSE, SMITH_ERROR_PROTOCOL },
    { "endless headers", HEAD, WEB_PEER_ENDLESS, SMITH_ERROR_PROTOCOL },
    { "not HTTP", "SSH-2.0-OpenSSH\r\n\r\n", WEB_PEER_CLOSE, SMITH_ERROR_PROTOCOL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      WebPeer *peer = web_peer_new ();
      g_autoptr (GPtrArray) requests = NULL;
      g_autoptr (GError) error = NULL;
      gboolean ok;

      g_test_message ("%s", cases[i].name);
      web_peer_add_xml (peer, "", SESSION);
      web_peer_add (peer, cases[i].answer,
                    cases[i].end == WEB_PEER_ENDLESS ? "X-Header: something\r\n" : NULL,
                    cases[i].end);
      /* Only silence is waited for. */
      smith_deadline_set_scale (cases[i].end == WEB_PEER_HOLD ? SILENCE_SCALE : 1);
      ok = make_request (peer, smith_hilink_enter_download_mode, &error);
      requests = web_peer_finish (peer);
      if (cases[i].error < 0)
        g_assert_no_error (error);
      else
        g_assert_error (error, SMITH_ERROR, cases[i].error);
      g_assert_true (ok == (cases[i].error < 0));
      g_assert_cmpuint (requests->len, ==, 2);
    }
  smith_deadline_set_scale (1);
}

/* A stick that does not even take the request did not leave over it. */
static void
test_not_taken (void)
{
  WebPeer *peer = web_peer_new ();
  g_autoptr (SmithHilink) hilink = NULL;
  g_autoptr (SmithHilinkInfo) info = NULL;
  g_autoptr (GPtrArray) requests = NULL;
  g_autoptr (GError) error = NULL;

  web_peer_add_xml (peer, "", SESSION);
  web_peer_add_xml (peer, "", INFORMATION);
  hilink = smith_hilink_new (web_peer_start (peer));
  info = get_information (hilink, &error);
  g_assert_no_error (error);
  web_peer_crowd (peer);
  g_assert_false (smith_hilink_enter_download_mode (
      hilink, smith_deadline_now () + 200 * G_TIME_SPAN_MILLISECOND, NULL, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT);
  requests = web_peer_finish (peer);
  g_assert_cmpuint (requests->len, ==, 2);
}

/* All end by themselves, long before the deadline, and nothing grows. */
static void
test_broken_answers (void)
{
  static const struct
  {
    const char *name;
    const char *answer;
    const char *tail;
    WebPeerEnd end;
    int error;
  } cases[] = {
    { "nothing", "", NULL, WEB_PEER_CLOSE, SMITH_ERROR_DISCONNECTED },
    { "half of the headers", HEAD "Content-", NULL, WEB_PEER_CLOSE, SMITH_ERROR_PROTOCOL },
    { "half of a body", HEAD "Content-Length: 99\r\n\r\n<response>", NULL, WEB_PEER_CLOSE,
      SMITH_ERROR_PROTOCOL },
    { "half of a chunk", HEAD "Transfer-Encoding: chunked\r\n\r\n50\r\n<response>", NULL,
      WEB_PEER_CLOSE, SMITH_ERROR_PROTOCOL },
    { "half without a length", HEAD "\r\n<response><DeviceName>E", NULL, WEB_PEER_CLOSE,
      SMITH_ERROR_PROTOCOL },
    { "not HTTP", "220 stick ESMTP\r\n\r\n", NULL, WEB_PEER_HOLD, SMITH_ERROR_PROTOCOL },
    { "bytes", "\x7e\x0c\x14\x3a\x7e\r\n\r\n", NULL, WEB_PEER_HOLD, SMITH_ERROR_PROTOCOL },
    { "endless noise", "", "\x7e\x0c\x14\x3a\x7e", WEB_PEER_ENDLESS, SMITH_ERROR_PROTOCOL },
    { "an endless first line", "HTTP/1.1 200 ", "O", WEB_PEER_ENDLESS, SMITH_ERROR_PROTOCOL },
    { "endless headers", HEAD, "X-Header: something\r\n", WEB_PEER_ENDLESS, SMITH_ERROR_PROTOCOL },
    { "an endless header", HEAD "X-Header: ", "something", WEB_PEER_ENDLESS, SMITH_ERROR_PROTOCOL },
    { "endless promises", "", "HTTP/1.1 102 Processing\r\n\r\n", WEB_PEER_ENDLESS,
      SMITH_ERROR_PROTOCOL },
    { "an endless body", HEAD "\r\n", "<response> ", WEB_PEER_ENDLESS, SMITH_ERROR_PROTOCOL },
    { "an endless body with a length", HEAD "Content-Length: 18446744073709551615\r\n\r\n",
      "<response> ", WEB_PEER_ENDLESS, SMITH_ERROR_PROTOCOL },
    { "endless chunks", HEAD "Transfer-Encoding: chunked\r\n\r\n", "A\r\n<response>\r\n",
      WEB_PEER_ENDLESS, SMITH_ERROR_PROTOCOL },
    { "an endless size of a chunk", HEAD "Transfer-Encoding: chunked\r\n\r\n1;", "x",
      WEB_PEER_ENDLESS, SMITH_ERROR_PROTOCOL },
    { "wrong size of a chunk", HEAD "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n",
      "<response> ", WEB_PEER_ENDLESS, SMITH_ERROR_PROTOCOL },
    { "endless trailers", HEAD "Transfer-Encoding: chunked\r\n\r\n0\r\n", "X-Header: something\r\n",
      WEB_PEER_ENDLESS, SMITH_ERROR_PROTOCOL },
    { "unknown encoding", HEAD "Transfer-Encoding: odd\r\n\r\n", "<response> ", WEB_PEER_ENDLESS,
      SMITH_ERROR_PROTOCOL },
    { "compressed", HEAD "Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08", NULL, WEB_PEER_CLOSE,
      SMITH_ERROR_PROTOCOL },
    { "wants a password", "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"x\"\r\n\r\n", NULL,
      WEB_PEER_CLOSE, SMITH_ERROR_PROTOCOL },
    { "elsewhere", "HTTP/1.1 302 Found\r\nLocation: /html/home.html\r\n\r\n", NULL, WEB_PEER_CLOSE,
      SMITH_ERROR_PROTOCOL },
    { "another protocol", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", NULL,
      WEB_PEER_CLOSE, SMITH_ERROR_PROTOCOL },
    { "says nothing", HEAD "\r\n<response/>", NULL, WEB_PEER_CLOSE, SMITH_ERROR_PROTOCOL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      WebPeer *peer = web_peer_new ();
      g_autoptr (GPtrArray) requests = NULL;
      g_autoptr (GError) error = NULL;
      gint64 begin = smith_deadline_now ();

      g_test_message ("%s", cases[i].name);
      web_peer_add_xml (peer, "", SESSION);
      web_peer_add (peer, cases[i].answer, cases[i].tail, cases[i].end);
      g_assert_null (ask (peer, 1, &error));
      g_assert_error (error, SMITH_ERROR, cases[i].error);
      g_test_message ("%s, after %d ms", error->message, (int) elapsed_ms (begin));
      requests = web_peer_finish (peer);
      g_assert_cmpuint (requests->len, ==, 2);
    }
}

/* As much as may be, and one byte more. */
static void
test_size (void)
{
  for (guint more = 0; more < 2; more++)
    {
      WebPeer *peer = web_peer_new ();
      g_autoptr (GPtrArray) requests = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *name = NULL;
      GString *body = g_string_new (INFORMATION);

      while (body->len < SMITH_HILINK_ANSWER_MAX + more)
        g_string_append_c (body, '\n');
      web_peer_add_xml (peer, "", SESSION);
      web_peer_add_xml (peer, "", body->str);
      name = ask (peer, 1, &error);
      if (more == 0)
        g_assert_cmpstr (name, ==, "E3372");
      else
        g_assert_error (error, SMITH_ERROR, SMITH_ERROR_PROTOCOL);
      requests = web_peer_finish (peer);
      g_string_free (body, TRUE);
    }
}

/* Chunks, no length, and what the first line may look like. */
static void
test_good_answers (void)
{
  static const char *const answers[] = {
    HEAD "Transfer-Encoding: chunked\r\n\r\n5\r\n<resp\r\n2E\r\n"
         "onse><DeviceName>E3372</DeviceName></response>\r\n0\r\n\r\n",
    HEAD "\r\n" INFORMATION,
    "HTTP/1.0 200 OK\r\nServer: x\r\n\r\n" INFORMATION,
    "HTTP/1.1 200\r\n\r\n" INFORMATION,
    "HTTP/1.1 200 OK\n\n" INFORMATION,
    "HTTP/1.1 100 Continue\r\n\r\n" HEAD "\r\n" INFORMATION,
    HEAD "Content-Type: text/plain; charset=none\r\nContent-Length: 51\r\n\r\n" INFORMATION "more",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      WebPeer *peer = web_peer_new ();
      g_autoptr (GPtrArray) requests = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *name = NULL;

      g_test_message ("%u", (guint) i);
      web_peer_add_xml (peer, "", SESSION);
      web_peer_add (peer, answers[i], NULL, WEB_PEER_CLOSE);
      name = ask (peer, 1, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (name, ==, "E3372");
      requests = web_peer_finish (peer);
    }
}

/* Asking for tokens can be refused as well. */
static void
test_no_tokens (void)
{
  WebPeer *peer = web_peer_new ();
  g_autoptr (GPtrArray) requests = NULL;
  g_autoptr (GError) error = NULL;

  web_peer_add_xml (peer, "", "<error><code>100003</code></error>");
  g_assert_null (ask (peer, 1, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_REFUSED);
  g_assert_cmpint (smith_error_get_refusal (error), ==, SMITH_HILINK_LOGIN_NEEDED);
  requests = web_peer_finish (peer);
}

static const char routes[]
    = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
      "wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0   \n"
      "eth1\t00000000\t0109A8C0\t0003\t0\t0\t200\t00000000\t0\t0\t0   \n"
      "eth1\t00000000\t0108A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0   \n"
      "eth1\t00000000\t010AA8C0\t0003\t0\t0\t300\t00000000\t0\t0\t0   \n"
      "eth1\t0008A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0   \n"
      "down0\t00000000\t0108A8C0\t0002\t0\t0\t0\t00000000\t0\t0\t0   \n"
      "direct0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0   \n"
      "part0\t0000000A\t0108A8C0\t0003\t0\t0\t0\t000000FF\t0\t0\t0   \n"
      "odd0\t00000000\t0108A8C0X\t0003\t0\t0\t0\t00000000\t0\t0\t0   \n"
      "short0\t00000000\t0108A8C0\t0003\n"
      "\n"
      "  blank0   00000000 0108A8C0 0003 0 0 0 00000000 0 0 0\n"
      "half0\t00000000\t0108A8C0\t0003\t0\t0\t0\t00000080\t0\t0\t0\n"
      "last0\t00000000\t0107A8C0\t0003\t0\t0\t0\t00000000";

static void
test_gateway (void)
{
  static const struct
  {
    const char *network;
    const char *little_endian; /* the table above was written on such a machine */
  } cases[] = {
    { "wlan0", "192.168.1.1" }, { "eth1", "192.168.8.1" },   { "eth", NULL },   { "eth10", NULL },
    { "down0", NULL },          { "direct0", NULL },         { "part0", NULL }, { "odd0", NULL },
    { "short0", NULL },         { "blank0", "192.168.8.1" }, { "Iface", NULL }, { "", NULL },
    { "half0", NULL },          { "last0", "192.168.7.1" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *gateway = smith_hilink_parse_gateway (routes, cases[i].network);

      g_test_message ("%s", cases[i].network);
      if (G_BYTE_ORDER == G_LITTLE_ENDIAN)
        g_assert_cmpstr (gateway, ==, cases[i].little_endian);
      else
        g_assert_true ((gateway != NULL) == (cases[i].little_endian != NULL));
    }
  g_assert_null (smith_hilink_parse_gateway ("", "eth0"));
}

#define CONNECTED(card) card "\t0008A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n"
#define WAY_OUT(card) card "\t00000000\t0108A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"

/* Whether what is sent to a stick's usual address goes through usb1 and nowhere else. */
static void
test_only_way (void)
{
  static const struct
  {
    const char *what;
    const char *table;
    gboolean is_only_way;
  } cases[] = {
    { "nothing", "", FALSE },
    { "alone", WAY_OUT ("usb1") CONNECTED ("usb1"), TRUE },
    { "no way out", CONNECTED ("usb1"), TRUE },
    { "another stick", CONNECTED ("usb0") CONNECTED ("usb1"), FALSE },
    { "another stick, later", CONNECTED ("usb1") CONNECTED ("usb0"), FALSE },
    { "a router only", WAY_OUT ("wlan0") CONNECTED ("wlan0"), FALSE },
    { "twice its own", CONNECTED ("usb1") CONNECTED ("usb1"), TRUE },
    { "a wider network",
      CONNECTED ("usb1") "wlan0\t0000A8C0\t0\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n", TRUE },
    { "a narrower one", CONNECTED ("usb1") "wlan0\t0108A8C0\t0\t0001\t0\t0\t0\tFFFFFFFF\t0\t0\t0\n",
      FALSE },
    { "a narrower one first",
      "wlan0\t0108A8C0\t0\t0001\t0\t0\t0\tFFFFFFFF\t0\t0\t0\n" CONNECTED ("usb1"), FALSE },
    { "its own is narrower",
      CONNECTED ("wlan0") "usb1\t0108A8C0\t0\t0001\t0\t0\t0\tFFFFFFFF\t0\t0\t0\n", TRUE },
    { "ways out alone", WAY_OUT ("usb1"), FALSE },
    { "down", "usb1\t0008A8C0\t0\t0000\t0\t0\t0\t00FFFFFF\t0\t0\t0\n", FALSE },
    { "elsewhere", "usb1\t0009A8C0\t0\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n", FALSE },
    { "cut", "usb1\t0008A8C0\t0\t0001\t0\t0\t0", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases) && G_BYTE_ORDER == G_LITTLE_ENDIAN; i++)
    {
      g_test_message ("%s", cases[i].what);
      g_assert_cmpint (smith_hilink_is_only_way (cases[i].table, "usb1", "192.168.8.1"), ==,
                       cases[i].is_only_way);
    }
  g_assert_false (smith_hilink_is_only_way (CONNECTED ("usb1"), "usb1", "no address"));
}

/* Where a network's router is that leads nowhere. */
static void
test_guess (void)
{
  static const struct
  {
    const char *address;
    const char *mask;
    const char *gateway;
  } cases[] = {
    { "192.168.8.100", "255.255.255.0", "192.168.8.1" },
    { "192.168.8.100", "255.255.0.0", "192.168.8.1" },
    { "192.168.9.100", "255.255.255.0", "192.168.9.1" },
    { "10.1.2.3", "255.0.0.0", "10.0.0.1" },
    { "192.168.9.2", "255.255.255.252", "192.168.9.1" },
    /* This computer is the router itself. */
    { "192.168.8.1", "255.255.255.0", NULL },
    { "192.168.9.1", "255.255.255.0", NULL },
    { "169.254.7.8", "255.255.0.0", NULL },
    { "192.168.9.2", "255.255.255.254", NULL },
    { "192.168.9.2", "255.255.255.255", NULL },
    { "", "255.255.255.0", NULL },
    { "192.168.8.100", "", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *gateway = smith_hilink_guess_gateway (cases[i].address, cases[i].mask);

      g_test_message ("%s, %s", cases[i].address, cases[i].mask);
      g_assert_cmpstr (gateway, ==, cases[i].gateway);
    }
}

/* Without the stick's own network nothing is asked, however usual its address is. */
static void
test_no_network (void)
{
  static const guint cards[] = { 0, G_MAXINT, G_MAXUINT };

  for (gsize i = 0; i < G_N_ELEMENTS (cards); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *address = smith_hilink_find_address (cards[i]);

      g_assert_null (address);
      g_assert_null (smith_hilink_new_for_card (cards[i], &error));
      g_assert_error (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED);
    }
}

/* What is meant for the stick behind a card does not go another way when that is gone. */
static void
test_card_gone (void)
{
  const SmithHilinkAsk ask = { .card = G_MAXINT, .path = "/api/device/information" };
  WebPeer *peer = web_peer_new ();
  g_autoptr (GPtrArray) requests = NULL;
  g_auto (SmithHilinkReply) reply = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_false (
      smith_hilink_exchange (web_peer_start (peer), &ask, &reply,
                             g_get_monotonic_time () + PATIENCE_MS * G_TIME_SPAN_MILLISECOND, NULL,
                             &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED);
  g_assert_nonnull (strstr (error->message, "card"));
  g_assert_false (reply.sent);
  requests = web_peer_finish (peer);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hilink-wire/tokens-followed", test_tokens_followed);
  g_test_add_func ("/hilink-wire/older-token", test_older_token);
  g_test_add_func ("/hilink-wire/renewed", test_renewed);
  g_test_add_func ("/hilink-wire/smuggled", test_smuggled);
  g_test_add_func ("/hilink-wire/long-token", test_long_token);
  g_test_add_func ("/hilink-wire/documents", test_documents);
  g_test_add_func ("/hilink-wire/leaving", test_leaving);
  g_test_add_func ("/hilink-wire/not-taken", test_not_taken);
  g_test_add_func ("/hilink-wire/broken-answers", test_broken_answers);
  g_test_add_func ("/hilink-wire/size", test_size);
  g_test_add_func ("/hilink-wire/good-answers", test_good_answers);
  g_test_add_func ("/hilink-wire/no-tokens", test_no_tokens);
  g_test_add_func ("/hilink-wire/gateway", test_gateway);
  g_test_add_func ("/hilink-wire/only-way", test_only_way);
  g_test_add_func ("/hilink-wire/guess", test_guess);
  g_test_add_func ("/hilink-wire/no-network", test_no_network);
  g_test_add_func ("/hilink-wire/card-gone", test_card_gone);
  return g_test_run ();
}
