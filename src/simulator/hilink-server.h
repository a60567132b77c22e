/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What the server does wrong on purpose. */
typedef enum
{
  SMITH_HILINK_FAULT_NONE,
  SMITH_HILINK_FAULT_ERROR, /* every answer but tokens is <error> with the argument as its code */
  SMITH_HILINK_FAULT_ERROR_ONCE,  /* the first only */
  SMITH_HILINK_FAULT_WRONG_TOKEN, /* hands out tokens that it does not take */
  SMITH_HILINK_FAULT_HALF,        /* half an answer, then closes */
  SMITH_HILINK_FAULT_REDIRECT,    /* 307 to its start page */
  SMITH_HILINK_FAULT_LOGIN_PAGE,  /* HTML instead of XML */
  SMITH_HILINK_FAULT_GARBAGE,     /* 10 MB of random bytes */
  SMITH_HILINK_FAULT_SILENT,      /* takes the request and never answers */
  SMITH_HILINK_FAULT_SLOW,        /* one byte each argument ms, from the first of the headers */
  SMITH_HILINK_FAULT_NOT_FOUND,   /* HTTP 404 for everything */
} SmithHilinkFault;

/* How a build hands out its tokens. */
typedef enum
{
  SMITH_HILINK_TOKENS_SINGLE,  /* SesTokInfo; each token once, the next in the answer's header */
  SMITH_HILINK_TOKENS_SESSION, /* SesTokInfo; one token for the session */
  SMITH_HILINK_TOKENS_OLD,     /* /api/webserver/token */
  SMITH_HILINK_TOKENS_NONE,
} SmithHilinkTokens;

typedef enum
{
  SMITH_HILINK_REQUEST_DOWNLOAD, /* POST /CGI switchMode 0: to download mode */
  SMITH_HILINK_REQUEST_PORTS,    /* POST /api/device/mode 1: to debug mode */
  SMITH_HILINK_REQUEST_RESTART,
} SmithHilinkRequest;

/**
 * SmithHilinkServerConfig:
 * @fault_first: the request from which on @fault strikes, from 1; 0: the first
 * @fault_times: how many requests suffer from it; 0: all that follow
 * @request: (nullable): asked for; called on the server's thread, so it must not
 *   free the server. Returns: FALSE to have it answered with error 100002
 * @drop_on_request: a request that was granted gets no answer: the stick is gone
 */
typedef struct
{
  const char *device_name;
  const char *hardware;
  const char *software;
  const char *webui;
  const char *imei;
  SmithHilinkTokens tokens;
  gboolean needs_login; /* device/information answers 100003; basic_information works */
  SmithHilinkFault fault;
  guint fault_argument;
  guint fault_first;
  guint fault_times;
  gboolean (*request) (SmithHilinkRequest request, gpointer user_data);
  gpointer user_data;
  gboolean drop_on_request;
} SmithHilinkServerConfig;

/**
 * SmithHilinkServer:
 *
 * The web server of a HiLink stick, on a loopback port of its own choosing, on
 * a thread of its own. Strict with tokens. The config is copied.
 */
typedef struct _SmithHilinkServer SmithHilinkServer;

SmithHilinkServer *smith_hilink_server_new (const SmithHilinkServerConfig *config, GError **error);
void smith_hilink_server_free (SmithHilinkServer *server);
const char *smith_hilink_server_get_address (SmithHilinkServer *server);
guint smith_hilink_server_get_n_requests (SmithHilinkServer *server);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithHilinkServer, smith_hilink_server_free)

G_END_DECLS
