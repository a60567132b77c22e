/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "peer.h"

#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "line.h"
#include "link/deadline.h"

#define PATIENCE_MS 10000

/* How long after the last step something unexpected may still come. */
#define AFTERWARDS_MS 30

typedef enum
{
  STEP_EXPECT,
  STEP_SILENCE,
  STEP_SEND,
  STEP_WAIT,
  STEP_HANG_UP,
  STEP_FLOOD,
} StepKind;

typedef struct
{
  StepKind kind;
  GByteArray *data;
  guint ms;
} Step;

struct _Peer
{
  Line line;
  GArray *steps;
  GThread *thread;
  gint stop;
  char *failure;
};

static void
step_clear (gpointer data)
{
  Step *step = data;

  g_clear_pointer (&step->data, g_byte_array_unref);
}

Peer *
peer_new (void)
{
  Peer *peer = g_new0 (Peer, 1);
  struct termios state;

  line_open (&peer->line);
  /* What a peer says before anybody has opened the port must not be echoed. */
  g_assert_cmpint (tcgetattr (peer->line.slave, &state), ==, 0);
  cfmakeraw (&state);
  g_assert_cmpint (tcsetattr (peer->line.slave, TCSANOW, &state), ==, 0);
  peer->steps = g_array_new (FALSE, TRUE, sizeof (Step));
  g_array_set_clear_func (peer->steps, step_clear);
  return peer;
}

const char *
peer_get_device (Peer *peer)
{
  return peer->line.device;
}

static void
add_step (Peer *peer, StepKind kind, const void *data, gsize size, guint ms)
{
  Step step = { .kind = kind, .data = g_byte_array_new (), .ms = ms };

  g_assert_null (peer->thread);
  g_byte_array_append (step.data, data, (guint) size);
  g_array_append_val (peer->steps, step);
}

static GByteArray *
from_hex (const char *hex)
{
  GByteArray *bytes = g_byte_array_new ();

  while (*hex != '\0')
    {
      guint8 byte;

      if (*hex == ' ')
        {
          hex++;
          continue;
        }
      g_assert_true (g_ascii_isxdigit (hex[0]) && g_ascii_isxdigit (hex[1]));
      byte = (guint8) (g_ascii_xdigit_value (hex[0]) << 4 | g_ascii_xdigit_value (hex[1]));
      g_byte_array_append (bytes, &byte, 1);
      hex += 2;
    }
  return bytes;
}

/* Bit by bit, as the definition says. */
static guint16
crc_x25 (const guint8 *data, gsize size)
{
  guint crc = 0xFFFF;

  for (gsize i = 0; i < size; i++)
    {
      crc ^= data[i];
      for (guint bit = 0; bit < 8; bit++)
        crc = crc & 1 ? crc >> 1 ^ 0x8408 : crc >> 1;
    }
  return (guint16) (crc ^ 0xFFFF);
}

static guint16
crc_xmodem (const guint8 *data, gsize size)
{
  guint crc = 0;

  for (gsize i = 0; i < size; i++)
    {
      crc ^= (guint) data[i] << 8;
      for (guint bit = 0; bit < 8; bit++)
        crc = crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1;
    }
  return (guint16) crc;
}

static GByteArray *
make_frame (const guint8 *body, gsize size, guint16 spoil)
{
  g_autoptr (GByteArray) plain = g_byte_array_new ();
  GByteArray *frame = g_byte_array_new ();
  guint16 crc = crc_x25 (body, size) ^ spoil;
  guint8 sum[2] = { crc & 0xFF, crc >> 8 };

  g_byte_array_append (plain, body, (guint) size);
  g_byte_array_append (plain, sum, 2);
  g_byte_array_append (frame, (const guint8 *) "\x7E", 1);
  for (guint i = 0; i < plain->len; i++)
    if (plain->data[i] == 0x7E)
      g_byte_array_append (frame, (const guint8 *) "\x7D\x5E", 2);
    else if (plain->data[i] == 0x7D)
      g_byte_array_append (frame, (const guint8 *) "\x7D\x5D", 2);
    else
      g_byte_array_append (frame, plain->data + i, 1);
  g_byte_array_append (frame, (const guint8 *) "\x7E", 1);
  return frame;
}

static void
add_frame (Peer *peer, StepKind kind, const char *hex, guint16 spoil)
{
  g_autoptr (GByteArray) body = from_hex (hex);
  g_autoptr (GByteArray) frame = make_frame (body->data, body->len, spoil);

  add_step (peer, kind, frame->data, frame->len, 0);
}

void
peer_expect (Peer *peer, const void *data, gsize size)
{
  add_step (peer, STEP_EXPECT, data, size, 0);
}

void
peer_expect_text (Peer *peer, const char *text)
{
  peer_expect (peer, text, strlen (text));
}

void
peer_expect_hex (Peer *peer, const char *hex)
{
  g_autoptr (GByteArray) bytes = from_hex (hex);

  peer_expect (peer, bytes->data, bytes->len);
}

void
peer_expect_frame (Peer *peer, const char *hex)
{
  add_frame (peer, STEP_EXPECT, hex, 0);
}

/* A block of a partition: command 42, number, length, data. */
void
peer_expect_block (Peer *peer, guint32 number, const guint8 *data, gsize size)
{
  g_autoptr (GByteArray) body = g_byte_array_new ();
  g_autoptr (GByteArray) frame = NULL;
  const guint8 head[7] = {
    0x42,         number >> 24,       number >> 16 & 0xFF, number >> 8 & 0xFF,
    number & 0xFF, size >> 8 & 0xFF, size & 0xFF,
  };

  g_byte_array_append (body, head, sizeof head);
  g_byte_array_append (body, data, (guint) size);
  frame = make_frame (body->data, body->len, 0);
  peer_expect (peer, frame->data, frame->len);
}

/* A packet of the boot ROM; its checksum is added. */
void
peer_expect_packet (Peer *peer, const guint8 *packet, gsize size)
{
  g_autoptr (GByteArray) whole = g_byte_array_new ();
  guint16 crc = crc_xmodem (packet, size);
  guint8 sum[2] = { crc >> 8, crc & 0xFF };

  g_byte_array_append (whole, packet, (guint) size);
  g_byte_array_append (whole, sum, 2);
  peer_expect (peer, whole->data, whole->len);
}

/* Nothing may come for @ms. */
void
peer_expect_silence (Peer *peer, guint ms)
{
  add_step (peer, STEP_SILENCE, NULL, 0, ms);
}

void
peer_send (Peer *peer, const void *data, gsize size)
{
  add_step (peer, STEP_SEND, data, size, 0);
}

void
peer_send_text (Peer *peer, const char *text)
{
  peer_send (peer, text, strlen (text));
}

void
peer_send_hex (Peer *peer, const char *hex)
{
  g_autoptr (GByteArray) bytes = from_hex (hex);

  peer_send (peer, bytes->data, bytes->len);
}

void
peer_send_frame (Peer *peer, const char *hex)
{
  add_frame (peer, STEP_SEND, hex, 0);
}

/* As it should be but for its checksum. */
void
peer_send_bad_frame (Peer *peer, const char *hex)
{
  add_frame (peer, STEP_SEND, hex, 0x1111);
}

void
peer_wait (Peer *peer, guint ms)
{
  add_step (peer, STEP_WAIT, NULL, 0, ms);
}

void
peer_hang_up (Peer *peer)
{
  add_step (peer, STEP_HANG_UP, NULL, 0, 0);
}

void
peer_await_unread (Peer *peer)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_MS * 1000;
  int n = 0;

  while (n == 0 && g_get_monotonic_time () < end)
    {
      g_usleep (1000);
      g_assert_cmpint (ioctl (peer->line.slave, FIONREAD, &n), ==, 0);
    }
  g_assert_cmpint (n, >, 0);
}

void
peer_flood (Peer *peer, const void *data, gsize size)
{
  add_step (peer, STEP_FLOOD, data, size, 0);
}

/* @command without its CR. */
void
peer_answer_text (Peer *peer, const char *command, const char *answer)
{
  peer_expect_text (peer, command);
  peer_expect_text (peer, "\r");
  peer_send_text (peer, answer);
}

void
peer_answer_frame (Peer *peer, const char *question, const char *answer)
{
  peer_expect_frame (peer, question);
  peer_send_frame (peer, answer);
}

static void
append_hex (GString *text, const guint8 *data, gsize size)
{
  for (gsize i = 0; i < MIN (size, 64); i++)
    g_string_append_printf (text, " %02X", data[i]);
  g_string_append (text, size > 64 ? "…" : size == 0 ? " nothing" : "");
}

/* Said at once too: the other end's test may end before this one is asked. */
static void
fail (Peer *peer, guint index, const Step *step, const guint8 *got, gsize n)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_printf (text, "step %u: expected", index + 1);
  append_hex (text, step->data->data, step->data->len);
  g_string_append (text, ", got");
  append_hex (text, got, n);
  g_printerr ("# peer: %s\n", text->str);
  peer->failure = g_strdup (text->str);
  line_hang_up (&peer->line);
}

static gboolean
expect (Peer *peer, guint index, const Step *step)
{
  g_autofree guint8 *got = g_malloc (step->data->len + 1);
  gsize fill = 0;

  while (fill < step->data->len)
    {
      gsize n = line_receive (&peer->line, got + fill, 1, PATIENCE_MS);

      fill += n;
      if (n > 0 && got[fill - 1] == step->data->data[fill - 1])
        continue;
      /* The rest of what came tells what it was instead. */
      fill += line_receive (&peer->line, got + fill, step->data->len - fill, AFTERWARDS_MS);
      fail (peer, index, step, got, fill);
      return FALSE;
    }
  return TRUE;
}

static gboolean
expect_silence (Peer *peer, guint index, const Step *step, guint ms)
{
  guint8 got[64];
  gsize n = line_receive (&peer->line, got, sizeof got, (int) ms);

  if (n > 0)
    fail (peer, index, step, got, n);
  return n == 0;
}

static void
flood (Peer *peer, const Step *step)
{
  while (!g_atomic_int_get (&peer->stop))
    {
      struct pollfd fd = { .fd = peer->line.master, .events = POLLOUT };

      if (poll (&fd, 1, 10) > 0
          && write (peer->line.master, step->data->data, step->data->len) < 0)
        g_usleep (1000);
    }
}

/* On the clock by which the other side gives up. */
static void
wait_ms (guint ms)
{
  gint64 end = smith_deadline_now () + (gint64) ms * 1000;
  guint left;

  while ((left = smith_deadline_left (end)) > 0)
    g_usleep (left * 1000ul);
}

static gboolean
play (Peer *peer, guint index, const Step *step)
{
  switch (step->kind)
    {
    case STEP_EXPECT:
      return expect (peer, index, step);
    case STEP_SILENCE:
      return expect_silence (peer, index, step, step->ms);
    case STEP_SEND:
      line_send (&peer->line, step->data->data, step->data->len);
      return TRUE;
    case STEP_WAIT:
      wait_ms (step->ms);
      return TRUE;
    case STEP_HANG_UP:
      line_hang_up (&peer->line);
      return TRUE;
    case STEP_FLOOD:
      flood (peer, step);
      return TRUE;
    default:
      g_assert_not_reached ();
    }
}

static gpointer
run (gpointer data)
{
  Peer *peer = data;
  gboolean flooded = FALSE;

  for (guint i = 0; i < peer->steps->len; i++)
    {
      const Step *step = &g_array_index (peer->steps, Step, i);

      flooded = step->kind == STEP_FLOOD;
      if (!play (peer, i, step))
        return NULL;
    }
  if (peer->line.master >= 0 && !flooded)
    {
      Step nothing = { .data = g_byte_array_new () };

      while (!g_atomic_int_get (&peer->stop) && peer->failure == NULL)
        expect_silence (peer, peer->steps->len, &nothing, AFTERWARDS_MS);
      if (peer->failure == NULL)
        expect_silence (peer, peer->steps->len, &nothing, AFTERWARDS_MS);
      step_clear (&nothing);
    }
  return NULL;
}

void
peer_start (Peer *peer)
{
  peer->thread = g_thread_new ("peer", run, peer);
}

/* Every step must have been gone through, and nothing may have come besides. */
void
peer_finish (Peer *peer)
{
  g_atomic_int_set (&peer->stop, TRUE);
  g_thread_join (peer->thread);
  if (peer->failure != NULL)
    g_error ("peer: %s", peer->failure);
  line_clear (&peer->line);
  g_array_unref (peer->steps);
  g_free (peer);
}
