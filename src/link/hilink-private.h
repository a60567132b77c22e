/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "hilink.h"

G_BEGIN_DECLS

/* How the session's cookie begins. */
#define SMITH_HILINK_COOKIE "SessionID="

/**
 * SmithHilinkAsk:
 * @card: number of the network card through which it goes; 0: any
 * @path: on the server, beginning with a slash
 * @body: (nullable): an XML document: the request is a POST; NULL: a GET
 * @cookie: (nullable): value of the header of that name
 * @token: (nullable): value of the header for the request's token
 */
typedef struct
{
  guint card;
  const char *path;
  const char *body;
  const char *cookie;
  const char *token;
} SmithHilinkAsk;

/**
 * SmithHilinkReply:
 * @sent: the request went out whole; set even where no answer came
 * @cut: the connection ended where more was to come; set with an error only
 * @status: of HTTP
 * @tokens: for the next requests, as they stood in the headers; may be empty
 * @cookie: (nullable): a new cookie of the session, "SessionID=…"
 */
typedef struct
{
  gboolean sent;
  gboolean cut;
  guint status;
  GString *body;
  GPtrArray *tokens;
  char *cookie;
} SmithHilinkReply;

gboolean smith_hilink_exchange (const char *address,
                                const SmithHilinkAsk *ask,
                                SmithHilinkReply *reply,
                                gint64 deadline,
                                GCancellable *cancellable,
                                GError **error);
gboolean
smith_hilink_bind_to_card (GSocket *socket, guint card, const char *address, GError **error);
void smith_hilink_reply_clear (SmithHilinkReply *reply);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SmithHilinkReply, smith_hilink_reply_clear)

G_END_DECLS
