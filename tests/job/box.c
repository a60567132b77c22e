/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "box.h"

#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE_S 90
#define READ_SIZE 4096

/* Of two cards in the same network, answers may come in by either. */
#define REVERSE_PATHS "/proc/sys/net/ipv4/conf/all/rp_filter"

typedef enum
{
  UNBORN,
  HAS_NETWORK, /* in which its end of the card is wanted */
  HAS_CARD,
  SERVES,
} State;

struct _Box
{
  char *card;
  char *address;
  char *hardware;
  GThread *thread;
  GCancellable *end;

  GMutex mutex;
  GCond cond;
  State state;
  pid_t thread_id;
  GPtrArray *requests;
  BoxFunc on_switch;
  gpointer user_data;
};

static gboolean
run_ip (const char *const *words)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  int status = -1;

  g_ptr_array_add (argv, (gpointer) "ip");
  for (guint i = 0; words[i] != NULL; i++)
    g_ptr_array_add (argv, (gpointer) words[i]);
  g_ptr_array_add (argv, NULL);
  return g_spawn_sync (NULL, (char **) argv->pdata, NULL,
                       G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL
                           | G_SPAWN_STDERR_TO_DEV_NULL,
                       NULL, NULL, NULL, NULL, &status, NULL)
         && g_spawn_check_wait_status (status, NULL);
}

/* In the network of the calling thread. */
#define IP(...) g_assert_true (run_ip ((const char *const[]){ __VA_ARGS__, NULL }))
#define IP_MAY(...) run_ip ((const char *const[]){ __VA_ARGS__, NULL })

static gboolean
write_text (const char *path, const char *text)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC);
  gboolean ok = fd >= 0 && write (fd, text, strlen (text)) == (gssize) strlen (text);

  if (fd >= 0)
    close (fd);
  return ok;
}

static gboolean
become_root_of_nothing (void)
{
  g_autofree char *uids = g_strdup_printf ("0 %u 1", getuid ());
  g_autofree char *gids = g_strdup_printf ("0 %u 1", getgid ());

  if (unshare (CLONE_NEWUSER | CLONE_NEWNET) != 0)
    return FALSE;
  write_text ("/proc/self/setgroups", "deny");
  return write_text ("/proc/self/uid_map", uids) && write_text ("/proc/self/gid_map", gids);
}

static gboolean
is_lenient (void)
{
  g_autofree char *value = NULL;

  write_text (REVERSE_PATHS, "2");
  return g_file_get_contents (REVERSE_PATHS, &value, NULL, NULL) && value[0] != '1';
}

/**
 * box_enter_world:
 *
 * Leaves the computer's network for an empty one. To be called while there is
 * one thread only.
 *
 * Returns: FALSE where that is not allowed or not possible
 */
gboolean
box_enter_world (void)
{
  return become_root_of_nothing () && is_lenient () && IP_MAY ("link", "set", "lo", "up")
         && IP_MAY ("link", "add", "trial0", "type", "veth", "peer", "name", "trial1")
         && IP_MAY ("link", "del", "trial0");
}

static void
set_state (Box *box, State state)
{
  g_mutex_lock (&box->mutex);
  box->state = state;
  g_cond_broadcast (&box->cond);
  g_mutex_unlock (&box->mutex);
}

static void
wait_for_state (Box *box, State state)
{
  g_mutex_lock (&box->mutex);
  while (box->state < state)
    g_cond_wait (&box->cond, &box->mutex);
  g_mutex_unlock (&box->mutex);
}

static GSocket *
listen_at (const char *address)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) bound = g_inet_socket_address_new_from_string (address, 80);
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                                  G_SOCKET_PROTOCOL_DEFAULT, &error);

  g_assert_no_error (error);
  g_socket_bind (socket, bound, TRUE, &error);
  g_assert_no_error (error);
  g_socket_listen (socket, &error);
  g_assert_no_error (error);
  return socket;
}

/* Returns: whether @request is all there */
static gboolean
is_whole (const char *request)
{
  static const char name[] = "\r\nContent-Length: ";
  const char *body = strstr (request, "\r\n\r\n");
  const char *length = strstr (request, name);

  return body != NULL
         && (length == NULL || length > body
             || strlen (body + 4) >= strtoul (length + strlen (name), NULL, 10));
}

static char *
answer_to (Box *box, const char *request)
{
  g_autofree char *xml = NULL;

  if (g_str_has_prefix (request, "GET /api/device/information "))
    xml = g_strdup_printf ("<response><DeviceName>E3372</DeviceName><HardwareVersion>%s"
                           "</HardwareVersion><SoftwareVersion>22.1.of.%s</SoftwareVersion>"
                           "</response>",
                           box->hardware, box->hardware);
  else if (g_str_has_prefix (request, "POST "))
    xml = g_strdup ("<response>OK</response>");
  else
    xml = g_strdup ("<error><code>100002</code></error>");
  return g_strdup_printf ("HTTP/1.1 200 OK\r\nContent-Length: %u\r\nConnection: close\r\n\r\n%s",
                          (guint) strlen (xml), xml);
}

static void
keep_request (Box *box, char *request)
{
  BoxFunc func = NULL;

  g_mutex_lock (&box->mutex);
  g_ptr_array_add (box->requests, request);
  if (g_str_has_prefix (request, "POST /CGI "))
    func = box->on_switch;
  g_mutex_unlock (&box->mutex);
  if (func != NULL)
    func (box->user_data);
}

static void
serve_one (Box *box, GSocket *connection)
{
  g_autofree char *answer = NULL;
  GString *request = g_string_new (NULL);
  char buffer[READ_SIZE];
  gssize n;

  g_socket_set_timeout (connection, PATIENCE_S);
  while (!is_whole (request->str)
         && (n = g_socket_receive (connection, buffer, sizeof buffer, box->end, NULL)) > 0)
    g_string_append_len (request, buffer, n);
  answer = answer_to (box, request->str);
  keep_request (box, g_string_free (request, FALSE));
  g_socket_send (connection, answer, strlen (answer), box->end, NULL);
  g_socket_close (connection, NULL);
}

static gpointer
live (gpointer data)
{
  Box *box = data;
  g_autofree char *network = g_strconcat (box->address, "/24", NULL);
  g_autoptr (GSocket) socket = NULL;
  GSocket *connection;

  g_assert_cmpint (unshare (CLONE_NEWNET), ==, 0);
  box->thread_id = gettid ();
  set_state (box, HAS_NETWORK);
  wait_for_state (box, HAS_CARD);
  IP ("addr", "add", network, "dev", "inside");
  IP ("link", "set", "inside", "up");
  socket = listen_at (box->address);
  set_state (box, SERVES);
  while ((connection = g_socket_accept (socket, box->end, NULL)) != NULL)
    {
      serve_one (box, connection);
      g_object_unref (connection);
    }
  return NULL;
}

/**
 * box_plug:
 * @card: its name on this side
 * @address: the box's own
 * @hardware: what it says that it is; its version is "22.1.of." with that
 */
Box *
box_plug (const char *card, const char *address, const char *hardware)
{
  Box *box = g_new0 (Box, 1);
  g_autofree char *thread_id = NULL;

  box->card = g_strdup (card);
  box->address = g_strdup (address);
  box->hardware = g_strdup (hardware);
  box->end = g_cancellable_new ();
  box->requests = g_ptr_array_new_with_free_func (g_free);
  g_mutex_init (&box->mutex);
  g_cond_init (&box->cond);
  box->thread = g_thread_new ("box", live, box);
  wait_for_state (box, HAS_NETWORK);
  thread_id = g_strdup_printf ("%d", box->thread_id);
  IP ("link", "add", card, "type", "veth", "peer", "name", "inside", "netns", thread_id);
  set_state (box, HAS_CARD);
  wait_for_state (box, SERVES);
  return box;
}

/* From now on. */
void
box_on_switch (Box *box, BoxFunc func, gpointer user_data)
{
  g_mutex_lock (&box->mutex);
  box->on_switch = func;
  box->user_data = user_data;
  g_mutex_unlock (&box->mutex);
}

void
box_unplug (Box *box)
{
  g_cancellable_cancel (box->end);
  g_thread_join (box->thread);
  IP_MAY ("link", "del", box->card);
  g_ptr_array_unref (box->requests);
  g_object_unref (box->end);
  g_mutex_clear (&box->mutex);
  g_cond_clear (&box->cond);
  g_free (box->card);
  g_free (box->address);
  g_free (box->hardware);
  g_free (box);
}

/* Returns: how many requests came that begin with @text */
guint
box_count (Box *box, const char *text)
{
  guint n = 0;

  g_mutex_lock (&box->mutex);
  for (guint i = 0; i < box->requests->len; i++)
    n += g_str_has_prefix (g_ptr_array_index (box->requests, i), text) ? 1 : 0;
  g_mutex_unlock (&box->mutex);
  return n;
}

/**
 * box_card_up:
 * @address: with the length of its network, "192.168.8.100/24"
 * @gateway: (nullable): the way out goes there
 *
 * What the system does when the box has told it its address. The way out by
 * the card that comes up last is the best one.
 */
void
box_card_up (const char *card, const char *address, const char *gateway)
{
  static guint metric = 1000;
  g_autofree char *text = g_strdup_printf ("%u", --metric);

  IP ("link", "set", card, "up");
  IP ("addr", "add", address, "dev", card);
  if (gateway != NULL)
    IP ("route", "add", "default", "via", gateway, "dev", card, "metric", text);
}

/* The card must be down, as one is that has just come. */
void
box_card_rename (const char *card, const char *name)
{
  IP ("link", "set", card, "name", name);
}
