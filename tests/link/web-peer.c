/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "web-peer.h"

#include <stdlib.h>
#include <string.h>

#define READ_SIZE 4096

/* Against a test that hangs: nothing here takes that long. */
#define PATIENCE_S 60

/* The system lets one more wait than it is told to. */
#define BACKLOG 1
#define CROWD 8

typedef struct
{
  char *answer;
  char *tail;
  WebPeerEnd end;
} Step;

struct _WebPeer
{
  GSocket *socket;
  GSocketAddress *bound;
  char *address;
  GPtrArray *steps;    /* Step */
  GPtrArray *requests; /* char * */
  GPtrArray *held;     /* GSocket */
  GThread *thread;
};

static void
step_free (gpointer data)
{
  Step *step = data;

  g_free (step->answer);
  g_free (step->tail);
  g_free (step);
}

WebPeer *
web_peer_new (void)
{
  WebPeer *peer = g_new0 (WebPeer, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);

  peer->socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                               G_SOCKET_PROTOCOL_DEFAULT, &error);
  g_assert_no_error (error);
  g_socket_bind (peer->socket, any, TRUE, &error);
  g_assert_no_error (error);
  g_socket_set_listen_backlog (peer->socket, BACKLOG);
  g_socket_listen (peer->socket, &error);
  g_assert_no_error (error);
  g_socket_set_timeout (peer->socket, PATIENCE_S);
  peer->bound = g_socket_get_local_address (peer->socket, &error);
  g_assert_no_error (error);
  peer->address
      = g_strdup_printf ("127.0.0.1:%u",
                         g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (peer->bound)));
  peer->steps = g_ptr_array_new_with_free_func (step_free);
  peer->requests = g_ptr_array_new_with_free_func (g_free);
  peer->held = g_ptr_array_new_with_free_func (g_object_unref);
  return peer;
}

/* @tail: (nullable): sent once behind @answer, or without end */
void
web_peer_add (WebPeer *peer, const char *answer, const char *tail, WebPeerEnd end)
{
  Step *step = g_new0 (Step, 1);

  step->answer = g_strdup (answer);
  step->tail = g_strdup (tail != NULL ? tail : "");
  step->end = end;
  g_ptr_array_add (peer->steps, step);
}

/* @headers: each ended by CR LF; a good answer with this body */
void
web_peer_add_xml (WebPeer *peer, const char *headers, const char *body)
{
  g_autofree char *answer = g_strdup_printf ("HTTP/1.1 200 OK\r\n%sContent-Length: %zu\r\n\r\n",
                                             headers, strlen (body));

  web_peer_add (peer, answer, body, WEB_PEER_CLOSE);
}

/* Returns: 0 until the request's headers are there, then the size of the whole */
static gsize
request_size (const GString *request)
{
  static const char name[] = "\r\nContent-Length:";
  const char *end = strstr (request->str, "\r\n\r\n");
  const char *length;

  if (end == NULL)
    return 0;
  length = g_strstr_len (request->str, end - request->str, name);
  return (gsize) (end + 4 - request->str)
         + (length != NULL ? strtoul (length + strlen (name), NULL, 10) : 0);
}

static void
read_request (WebPeer *peer, GSocket *connection)
{
  GString *request = g_string_new (NULL);
  char buffer[READ_SIZE];
  gssize n;

  while (request_size (request) == 0 || request->len < request_size (request))
    {
      n = g_socket_receive (connection, buffer, sizeof buffer, NULL, NULL);
      if (n <= 0)
        break;
      g_string_append_len (request, buffer, n);
    }
  g_ptr_array_add (peer->requests, g_string_free (request, FALSE));
}

static gboolean
send_all (GSocket *connection, const char *text)
{
  gsize size = strlen (text);

  while (size > 0)
    {
      gssize n = g_socket_send (connection, text, size, NULL, NULL);

      if (n <= 0)
        return FALSE;
      text += n;
      size -= (gsize) n;
    }
  return TRUE;
}

static gpointer
serve (gpointer data)
{
  WebPeer *peer = data;

  for (guint i = 0; i < peer->steps->len; i++)
    {
      const Step *step = g_ptr_array_index (peer->steps, i);
      g_autoptr (GError) error = NULL;
      g_autoptr (GSocket) connection = g_socket_accept (peer->socket, NULL, &error);

      g_assert_no_error (error);
      g_socket_set_timeout (connection, PATIENCE_S);
      read_request (peer, connection);
      if (send_all (connection, step->answer) && send_all (connection, step->tail)
          && step->end == WEB_PEER_ENDLESS)
        while (send_all (connection, step->tail))
          ;
      if (step->end == WEB_PEER_HOLD)
        g_ptr_array_add (peer->held, g_steal_pointer (&connection));
      else
        g_socket_close (connection, NULL);
    }
  return NULL;
}

/* Waits until every answer was given, then lets callers queue up until the
 * system takes no more of them. */
void
web_peer_crowd (WebPeer *peer)
{
  g_thread_join (g_steal_pointer (&peer->thread));
  for (guint i = 0; i < CROWD; i++)
    {
      GSocket *caller = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_DEFAULT, NULL);

      g_socket_set_blocking (caller, FALSE);
      g_socket_connect (caller, peer->bound, NULL, NULL);
      g_ptr_array_add (peer->held, caller);
    }
}

/* Returns: (transfer none): where it listens */
const char *
web_peer_start (WebPeer *peer)
{
  peer->thread = g_thread_new ("web-peer", serve, peer);
  return peer->address;
}

/* Waits until every answer was asked for, and frees the peer.
 * Returns: (transfer full): the requests as they came */
GPtrArray *
web_peer_finish (WebPeer *peer)
{
  GPtrArray *requests = g_steal_pointer (&peer->requests);

  if (peer->thread != NULL)
    g_thread_join (peer->thread);
  g_ptr_array_unref (peer->held);
  g_ptr_array_unref (peer->steps);
  g_object_unref (peer->socket);
  g_object_unref (peer->bound);
  g_free (peer->address);
  g_free (peer);
  return requests;
}
