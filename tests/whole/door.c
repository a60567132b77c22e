/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "door.h"

#include <poll.h>
#include <unistd.h>

#define MAX_VISITORS 16
#define TICK_MS 20

struct _Door
{
  GSocketService *service;
  char *address;
  GMutex lock; /* for what follows; visitors have threads of their own */
  GCond cond;
  char *target; /* or NULL */
  guint n_visitors;
  gboolean is_closing;
};

static char *
get_target (Door *door)
{
  char *target;

  g_mutex_lock (&door->lock);
  target = door->is_closing ? NULL : g_strdup (door->target);
  g_mutex_unlock (&door->lock);
  return target;
}

static gboolean
is_closing (Door *door)
{
  gboolean closing;

  g_mutex_lock (&door->lock);
  closing = door->is_closing;
  g_mutex_unlock (&door->lock);
  return closing;
}

/* Returns: FALSE if one of them is through */
static gboolean
pass_on (GSocketConnection *from, GSocketConnection *to)
{
  char buffer[16384];
  gssize n = g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (from)), buffer,
                                  sizeof buffer, NULL, NULL);

  return n > 0
         && g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (to)), buffer,
                                       (gsize) n, NULL, NULL, NULL);
}

static void
pass_both_ways (Door *door, GSocketConnection *visitor, GSocketConnection *server)
{
  GSocketConnection *const ends[] = { visitor, server };
  struct pollfd fds[2];
  gboolean is_open = TRUE;

  for (guint i = 0; i < 2; i++)
    fds[i]
        = (struct pollfd){ g_socket_get_fd (g_socket_connection_get_socket (ends[i])), POLLIN, 0 };
  while (is_open && !is_closing (door))
    {
      if (poll (fds, 2, TICK_MS) <= 0)
        continue;
      for (guint i = 0; i < 2; i++)
        if (fds[i].revents != 0)
          is_open = is_open && pass_on (ends[i], ends[1 - i]);
    }
}

/* On a thread of its own. */
static gboolean
on_visitor (GThreadedSocketService *service,
            GSocketConnection *visitor,
            GObject *source,
            gpointer user_data)
{
  Door *door = user_data;
  g_autofree char *target = NULL;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) server = NULL;

  g_mutex_lock (&door->lock);
  door->n_visitors++;
  g_mutex_unlock (&door->lock);
  target = get_target (door);
  g_socket_client_set_enable_proxy (client, FALSE);
  if (target != NULL)
    server = g_socket_client_connect_to_host (client, target, 80, NULL, NULL);
  if (server != NULL)
    pass_both_ways (door, visitor, server);
  g_io_stream_close (G_IO_STREAM (visitor), NULL, NULL);
  g_mutex_lock (&door->lock);
  door->n_visitors--;
  g_cond_broadcast (&door->cond);
  g_mutex_unlock (&door->lock);
  return TRUE;
}

Door *
door_new (void)
{
  Door *door = g_new0 (Door, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) given = NULL;
  g_autoptr (GError) error = NULL;

  g_mutex_init (&door->lock);
  g_cond_init (&door->cond);
  door->service = g_threaded_socket_service_new (MAX_VISITORS);
  g_socket_listener_add_address (G_SOCKET_LISTENER (door->service), any, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &given, &error);
  g_assert_no_error (error);
  door->address = g_strdup_printf ("127.0.0.1:%u",
                                   g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (given)));
  g_signal_connect (door->service, "run", G_CALLBACK (on_visitor), door);
  return door;
}

void
door_free (Door *door)
{
  g_socket_service_stop (door->service);
  g_socket_listener_close (G_SOCKET_LISTENER (door->service));
  g_mutex_lock (&door->lock);
  door->is_closing = TRUE;
  while (door->n_visitors > 0)
    g_cond_wait (&door->cond, &door->lock);
  g_mutex_unlock (&door->lock);
  g_object_unref (door->service);
  g_mutex_clear (&door->lock);
  g_cond_clear (&door->cond);
  g_free (door->target);
  g_free (door->address);
  g_free (door);
}

const char *
door_get_address (Door *door)
{
  return door->address;
}

/* @address: (nullable): host:port; NULL: nobody is there */
void
door_lead_to (Door *door, const char *address)
{
  g_mutex_lock (&door->lock);
  g_free (door->target);
  door->target = g_strdup (address);
  g_mutex_unlock (&door->lock);
}
