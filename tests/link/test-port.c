/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <pthread.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include "format/error.h"
#include "line.h"
#include "link/deadline.h"
#include "link/port.h"

#define FAR_MS 60000
#define BIG (512 * 1024)

static SmithPort *
open_port (Line *line)
{
  g_autoptr (GError) error = NULL;
  SmithPort *port = smith_port_open (line->device, 0, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (smith_port_get_device (port), ==, line->device);
  return port;
}

static void
fill_pattern (guint8 *data, gsize size)
{
  for (gsize i = 0; i < size; i++)
    data[i] = (guint8) (i ^ i >> 8 ^ i >> 13);
}

static void
test_raw (void)
{
  g_auto (Line) line = { 0 };
  g_autoptr (SmithPort) port = NULL;
  struct termios state;
  guint8 all[256];
  guint8 got[256];
  gsize fill = 0;

  line_open (&line);
  g_assert_cmpint (tcgetattr (line.slave, &state), ==, 0);
  g_assert_true (state.c_lflag & ICANON);
  port = open_port (&line);
  g_assert_cmpint (tcgetattr (line.slave, &state), ==, 0);
  g_assert_cmphex (state.c_iflag, ==, 0);
  g_assert_false (state.c_oflag & OPOST);
  g_assert_cmphex (state.c_lflag & (ICANON | ECHO | ECHONL | ISIG | IEXTEN), ==, 0);
  g_assert_cmphex (state.c_cflag & (CSIZE | PARENB | CSTOPB | CRTSCTS), ==, CS8);
  g_assert_true (state.c_cflag & CLOCAL && state.c_cflag & CREAD);
  g_assert_cmpuint (cfgetospeed (&state), ==, B115200);
  g_assert_cmpuint (cfgetispeed (&state), ==, B115200);
  g_assert_cmpuint (state.c_cc[VMIN], ==, 1);
  g_assert_cmpuint (state.c_cc[VTIME], ==, 0);

  for (guint i = 0; i < 256; i++)
    all[i] = (guint8) i;
  g_assert_true (smith_port_write (port, all, 256, smith_deadline_in (FAR_MS), NULL, NULL));
  g_assert_cmpuint (line_receive (&line, got, 256, 1000), ==, 256);
  g_assert_cmpmem (got, 256, all, 256);
  line_send (&line, all, 256);
  while (fill < 256)
    {
      gssize n = smith_port_read (port, got + fill, 256 - fill, smith_deadline_in (FAR_MS), NULL,
                                  NULL);

      g_assert_cmpint (n, >, 0);
      fill += (gsize) n;
    }
  g_assert_cmpmem (got, 256, all, 256);
}

/* Takes what comes in small pieces, and stores it. */
typedef struct
{
  Line *line;
  gsize wanted;
  GByteArray *got;
} Reader;

static gpointer
read_slowly (gpointer data)
{
  Reader *reader = data;
  guint8 piece[777];

  while (reader->got->len < reader->wanted)
    {
      gsize n = line_receive (reader->line, piece,
                              MIN (sizeof piece, reader->wanted - reader->got->len), 5000);

      g_byte_array_append (reader->got, piece, (guint) n);
      if (n == 0)
        break;
      if (reader->got->len % 16 == 0)
        g_usleep (500);
    }
  return NULL;
}

static void
check_slow_reader (gsize size)
{
  g_auto (Line) line = { 0 };
  g_autoptr (SmithPort) port = NULL;
  g_autofree guint8 *data = g_malloc (size);
  Reader reader = { &line, size, g_byte_array_new () };
  g_autoptr (GError) error = NULL;
  GThread *thread;

  line_open (&line);
  port = open_port (&line);
  fill_pattern (data, size);
  thread = g_thread_new ("reader", read_slowly, &reader);
  smith_port_write (port, data, size, smith_deadline_in (FAR_MS), NULL, &error);
  g_assert_no_error (error);
  g_thread_join (thread);
  g_assert_cmpmem (reader.got->data, reader.got->len, data, size);
  g_byte_array_unref (reader.got);
}

static void
test_slow_reader (void)
{
  check_slow_reader (1);
  check_slow_reader (BIG);
}

/* Sends in pieces of all lengths. */
typedef struct
{
  Line *line;
  const guint8 *data;
  gsize size;
} Writer;

static gpointer
write_in_pieces (gpointer data)
{
  Writer *writer = data;

  for (gsize pos = 0, n = 1; pos < writer->size; pos += n, n = n * 3 % 4001 + 1)
    {
      n = MIN (n, writer->size - pos);
      line_send (writer->line, writer->data + pos, n);
      g_usleep (100);
    }
  return NULL;
}

static void
read_all (SmithPort *port, guint8 *got, gsize size)
{
  gsize fill = 0;

  while (fill < size)
    {
      g_autoptr (GError) error = NULL;
      gssize n = smith_port_read (port, got + fill, size - fill, smith_deadline_in (FAR_MS), NULL,
                                  &error);

      g_assert_no_error (error);
      g_assert_cmpint (n, >, 0);
      fill += (gsize) n;
    }
}

static void
test_pieces (void)
{
  g_auto (Line) line = { 0 };
  g_autoptr (SmithPort) port = NULL;
  g_autofree guint8 *data = g_malloc (BIG);
  g_autofree guint8 *got = g_malloc (BIG);
  Writer writer = { &line, data, BIG };
  GThread *thread;

  line_open (&line);
  port = open_port (&line);
  fill_pattern (data, BIG);
  thread = g_thread_new ("writer", write_in_pieces, &writer);
  read_all (port, got, BIG);
  g_thread_join (thread);
  g_assert_cmpmem (got, BIG, data, BIG);
}

static void
test_deadline (void)
{
  g_auto (Line) line = { 0 };
  g_autoptr (SmithPort) port = NULL;
  g_autofree guint8 *data = g_malloc0 (BIG);
  g_autoptr (GError) error = NULL;
  guint8 byte;
  gint64 start;

  line_open (&line);
  port = open_port (&line);
  start = smith_deadline_now ();
  g_assert_cmpint (smith_port_read (port, &byte, 1, smith_deadline_in (100), NULL, &error), ==, -1);
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT);
  g_clear_error (&error);
  g_assert_cmpint (elapsed_ms (start), >=, 100);
  g_assert_cmpint (elapsed_ms (start), <, HARD_BOUND_MS);

  start = smith_deadline_now ();
  g_assert_false (smith_port_write (port, data, BIG, smith_deadline_in (100), NULL, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT);
  g_clear_error (&error);
  g_assert_cmpint (elapsed_ms (start), >=, 100);
  g_assert_cmpint (elapsed_ms (start), <, HARD_BOUND_MS);

  /* What is there is given even when it is late; then nothing is waited for. */
  line_send (&line, "x", 1);
  g_usleep (20000);
  g_assert_cmpint (smith_port_read (port, &byte, 1, 0, NULL, &error), ==, 1);
  g_assert_cmpint (smith_port_read (port, &byte, 1, 0, NULL, &error), ==, -1);
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT);
}

static void
test_cancel (void)
{
  g_auto (Line) line = { 0 };
  g_autoptr (SmithPort) port = NULL;
  g_autofree guint8 *data = g_malloc0 (BIG);

  line_open (&line);
  port = open_port (&line);
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;
      gint64 start = smith_deadline_now ();
      GThread *thread = cancel_soon (cancellable);

      if (i % 2 == 0)
        g_assert_cmpint (smith_port_read (port, data, 1, smith_deadline_in (FAR_MS), cancellable,
                                          &error),
                         ==, -1);
      else
        g_assert_false (smith_port_write (port, data, BIG, smith_deadline_in (FAR_MS), cancellable,
                                          &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpint (elapsed_ms (start), <, HARD_BOUND_MS);
      g_thread_join (thread);
      tcflush (line.slave, TCIOFLUSH);
    }
}

/* Cancelled before: nothing is read, nothing is sent. */
static void
test_cancelled_before (void)
{
  g_auto (Line) line = { 0 };
  g_autoptr (SmithPort) port = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  guint8 byte = 'x';

  line_open (&line);
  port = open_port (&line);
  g_cancellable_cancel (cancellable);
  line_send (&line, "y", 1);
  g_usleep (20000);
  g_assert_cmpint (smith_port_read (port, &byte, 1, smith_deadline_in (FAR_MS), cancellable,
                                    &error),
                   ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_false (smith_port_write (port, &byte, 1, smith_deadline_in (FAR_MS), cancellable,
                                    &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_cmpuint (line_receive (&line, &byte, 1, 30), ==, 0);
  g_assert_false (smith_port_settle (port, 10, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  /* Without it, or with another one, the port works on. */
  g_assert_cmpint (smith_port_read (port, &byte, 1, smith_deadline_in (FAR_MS), NULL, NULL), ==, 1);
  g_assert_cmpint (byte, ==, 'y');
}

static void
on_signal (int number)
{
}

typedef struct
{
  pthread_t target;
  gint stop;
} Storm;

static gpointer
send_signals (gpointer data)
{
  Storm *storm = data;

  while (!g_atomic_int_get (&storm->stop))
    {
      pthread_kill (storm->target, SIGUSR1);
      g_usleep (150);
    }
  return NULL;
}

static void
test_signals (void)
{
  const struct sigaction action = { .sa_handler = on_signal };
  Storm storm = { .target = pthread_self () };
  g_autoptr (GError) error = NULL;
  g_auto (Line) line = { 0 };
  g_autoptr (SmithPort) port = NULL;
  gint64 start;
  GThread *thread;
  guint8 byte;

  g_assert_cmpint (sigaction (SIGUSR1, &action, NULL), ==, 0);
  thread = g_thread_new ("storm", send_signals, &storm);
  test_pieces ();
  check_slow_reader (64 * 1024);
  line_open (&line);
  port = open_port (&line);
  /* Neither cut short nor started anew by each of them. */
  start = smith_deadline_now ();
  g_assert_cmpint (smith_port_read (port, &byte, 1, smith_deadline_in (200), NULL, &error), ==, -1);
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT);
  g_assert_cmpint (elapsed_ms (start), >=, 200);
  g_assert_cmpint (elapsed_ms (start), <, HARD_BOUND_MS);
  g_atomic_int_set (&storm.stop, TRUE);
  g_thread_join (thread);
}

static gpointer
hang_up_soon (gpointer data)
{
  g_usleep (50000);
  line_hang_up (data);
  return NULL;
}

static void
test_hang_up (void)
{
  g_autofree guint8 *data = g_malloc0 (BIG);

  for (guint i = 0; i < 2; i++)
    {
      g_auto (Line) line = { 0 };
      g_autoptr (SmithPort) port = NULL;
      g_autoptr (GError) error = NULL;
      gint64 start = smith_deadline_now ();
      GThread *thread;

      line_open (&line);
      port = open_port (&line);
      thread = g_thread_new ("hang-up", hang_up_soon, &line);
      if (i == 0)
        g_assert_cmpint (smith_port_read (port, data, 1, smith_deadline_in (FAR_MS), NULL, &error),
                         ==, -1);
      else
        g_assert_false (smith_port_write (port, data, BIG, smith_deadline_in (FAR_MS), NULL,
                                          &error));
      g_thread_join (thread);
      g_assert_error (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED);
      g_assert_cmpint (elapsed_ms (start), <, HARD_BOUND_MS);
      /* And so it is with everything that is tried afterwards. */
      g_clear_error (&error);
      g_assert_cmpint (smith_port_read (port, data, 1, smith_deadline_in (FAR_MS), NULL, &error),
                       ==, -1);
      g_assert_error (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED);
      g_clear_error (&error);
      g_assert_false (smith_port_write (port, data, 1, smith_deadline_in (FAR_MS), NULL, &error));
      g_assert_error (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED);
      g_clear_error (&error);
      smith_port_discard (port);
      g_assert_false (smith_port_settle (port, FAR_MS, NULL, &error));
      g_assert_error (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED);
    }
}

typedef struct
{
  Line *line;
  guint pause_us; /* 0: as fast as it goes */
  gint stop;
} Chatter;

static gpointer
chat (gpointer data)
{
  static const guint8 noise[4096] = { 'n' };
  Chatter *chatter = data;

  while (!g_atomic_int_get (&chatter->stop))
    {
      gsize n = chatter->pause_us > 0 ? 1 : sizeof noise;

      if (write (chatter->line->master, noise, n) < 0 || chatter->pause_us > 0)
        g_usleep (MAX (chatter->pause_us, 100));
    }
  return NULL;
}

static void
test_chatty (void)
{
  /* One that floods the line, and one that never lets it fall quiet. */
  static const guint pauses[] = { 0, 2000 };

  smith_deadline_set_scale (0.3);
  for (gsize i = 0; i < G_N_ELEMENTS (pauses); i++)
    {
      g_auto (Line) line = { 0 };
      Chatter chatter = { .line = &line, .pause_us = pauses[i] };
      g_autoptr (SmithPort) port = NULL;
      g_autoptr (GError) error = NULL;
      gint64 start;
      GThread *thread;

      line_open (&line);
      port = open_port (&line);
      thread = g_thread_new ("chatter", chat, &chatter);
      start = smith_deadline_now ();
      smith_port_discard (port);
      g_assert_false (smith_port_settle (port, 500, NULL, &error));
      g_assert_error (error, SMITH_ERROR, SMITH_ERROR_PROTOCOL);
      g_assert_cmpint (elapsed_ms (start), <, HARD_BOUND_MS);
      g_atomic_int_set (&chatter.stop, TRUE);
      g_thread_join (thread);
      g_clear_error (&error);
      g_assert_true (smith_port_settle (port, 50, NULL, &error));
      g_assert_no_error (error);
    }
  smith_deadline_set_scale (1);
}

static void
test_discard (void)
{
  g_auto (Line) line = { 0 };
  g_autoptr (SmithPort) port = NULL;
  g_autoptr (GError) error = NULL;
  guint8 data[3000] = { 0 };
  gint64 start;

  line_open (&line);
  port = open_port (&line);
  start = smith_deadline_now ();
  smith_port_discard (port);
  line_send (&line, data, sizeof data);
  g_usleep (20000);
  smith_port_discard (port);
  g_assert_cmpint (smith_port_read (port, data, 1, 0, NULL, &error), ==, -1);
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT);
  g_assert_cmpint (elapsed_ms (start), <, HARD_BOUND_MS);
}

/* Closing does not wait for a stick that takes nothing any more. */
static void
test_close_stalled (void)
{
  g_auto (Line) line = { 0 };
  g_autofree guint8 *data = g_malloc0 (BIG);
  SmithPort *port;
  gint64 start;

  line_open (&line);
  port = open_port (&line);
  g_assert_false (smith_port_write (port, data, BIG, smith_deadline_in (20), NULL, NULL));
  start = smith_deadline_now ();
  smith_port_close (port);
  g_assert_cmpint (elapsed_ms (start), <, HARD_BOUND_MS);
  port = open_port (&line);
  smith_port_close (port);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/link/port/raw", test_raw);
  g_test_add_func ("/link/port/slow-reader", test_slow_reader);
  g_test_add_func ("/link/port/pieces", test_pieces);
  g_test_add_func ("/link/port/deadline", test_deadline);
  g_test_add_func ("/link/port/cancel", test_cancel);
  g_test_add_func ("/link/port/cancelled-before", test_cancelled_before);
  g_test_add_func ("/link/port/signals", test_signals);
  g_test_add_func ("/link/port/hang-up", test_hang_up);
  g_test_add_func ("/link/port/chatty", test_chatty);
  g_test_add_func ("/link/port/discard", test_discard);
  g_test_add_func ("/link/port/close-stalled", test_close_stalled);
  return g_test_run ();
}
