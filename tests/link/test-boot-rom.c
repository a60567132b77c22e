/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "format/error.h"
#include "line.h"
#include "link/boot-rom.h"
#include "link/deadline.h"
#include "peer.h"
#include "simulator/fixture.h"

#define SCALE 0.1

/* Known heads and ends, checksums included. */
#define RAMINIT_SIZE 1500
#define RAMINIT_HEAD "FE 00 FF 01 00 00 05 DC 00 00 00 00 47 68"
#define FLASHER_SIZE 2500
#define FLASHER_HEAD "FE 00 FF 02 00 00 09 C4 57 70 00 00 9B A6"
#define END_3 "ED 03 FC 99 A0"
#define END_4 "ED 04 FB 70 D0"

#define HELLO "A"
#define HELLO_ANSWER "U"
#define GOOD "AA"
#define BAD "55"

static SmithLoader *
make_loader (guint raminit, guint flasher, const char *routine)
{
  g_autofree char *text = g_strdup_printf ("[file]\nshape=loader\n[loader]\ncomponents=2\n"
                                           "raminit=%u\nflasher=%u\nraminit-address=0\n"
                                           "flasher-address=0x57700000\n%s\n",
                                           raminit, flasher, routine);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) file = smith_fixture_build (text, &error);
  SmithLoader *loader;

  g_assert_no_error (error);
  loader = smith_loader_parse (file, &error);
  g_assert_no_error (error);
  return loader;
}

static SmithLoader *
make_small (void)
{
  return make_loader (RAMINIT_SIZE, FLASHER_SIZE, "routine=v7r22_3\nroutine-offset=0x204");
}

/* What comes after a component's head: its data packets; each is accepted. */
static void
expect_data (Peer *peer, const SmithLoader *loader, guint component, guint from, guint to)
{
  gsize size;
  const guint8 *image = g_bytes_get_data (loader->components[component].image, &size);

  for (guint i = from; i <= to; i++)
    {
      guint8 packet[3 + 1024] = { 0xDA, (guint8) i, (guint8) (0xFF - i % 256) };
      gsize n = MIN (1024, size - (gsize) (i - 1) * 1024);

      memcpy (packet + 3, image + (gsize) (i - 1) * 1024, n);
      peer_expect_packet (peer, packet, n + 3);
      peer_send_hex (peer, GOOD);
    }
}

static void
expect_hex (Peer *peer, const char *packet, const char *answer)
{
  peer_expect_hex (peer, packet);
  peer_send_hex (peer, answer);
}

static void
expect_hello (Peer *peer)
{
  peer_expect_text (peer, HELLO);
  peer_send_text (peer, HELLO_ANSWER);
}

static void
expect_raminit (Peer *peer, const SmithLoader *loader)
{
  expect_hello (peer);
  expect_hex (peer, RAMINIT_HEAD, GOOD);
  expect_data (peer, loader, 0, 1, 2);
  expect_hex (peer, END_3, GOOD);
}

static void
expect_flasher (Peer *peer, const SmithLoader *loader)
{
  expect_hex (peer, FLASHER_HEAD, GOOD);
  expect_data (peer, loader, 1, 1, 3);
}

static void
remember (guint64 done, gpointer user_data)
{
  g_array_append_val ((GArray *) user_data, done);
}

/* Uploads to a peer whose steps are there already; @code is -1 for success. */
static void
upload (Peer *peer, const SmithLoader *loader, gboolean accept_unsafe, int code)
{
  g_autoptr (SmithPort) port = smith_port_open (peer_get_device (peer), 0, NULL, NULL, NULL, NULL);
  g_autoptr (GError) error = NULL;
  gboolean ok;

  g_assert_nonnull (port);
  peer_start (peer);
  ok = smith_boot_rom_upload (port, loader, accept_unsafe, NULL, NULL, NULL, &error);
  if (code < 0)
    g_assert_no_error (error);
  else
    g_assert_error (error, SMITH_ERROR, code);
  g_assert_cmpint (ok, ==, code < 0);
  peer_finish (peer);
}

static void
test_upload (void)
{
  static const guint64 expected[] = { 1024, 1500, 2524, 3548, 4000 };
  g_autoptr (SmithLoader) loader = make_small ();
  g_autoptr (GArray) progress = g_array_new (FALSE, FALSE, sizeof (guint64));
  Peer *peer = peer_new ();
  g_autoptr (SmithPort) port = smith_port_open (peer_get_device (peer), 0, NULL, NULL, NULL, NULL);
  g_autoptr (GError) error = NULL;

  expect_raminit (peer, loader);
  expect_flasher (peer, loader);
  expect_hex (peer, END_4, GOOD);
  peer_start (peer);
  smith_boot_rom_upload (port, loader, FALSE, remember, progress, NULL, &error);
  g_assert_no_error (error);
  peer_finish (peer);
  g_assert_cmpmem (progress->data, progress->len * sizeof (guint64), expected, sizeof expected);
}

/* Numbers go on after 255 with 0. */
static void
test_sequence (void)
{
  g_autoptr (SmithLoader) loader = make_loader (600, 258 * 1024, "routine=v7r1\nroutine-offset=64");
  const guint8 raminit_head[] = { 0xFE, 0, 0xFF, 1, 0, 0, 2, 0x58, 0, 0, 0, 0 };
  const guint8 flasher_head[] = { 0xFE, 0, 0xFF, 2, 0, 4, 8, 0, 0x57, 0x70, 0, 0 };
  Peer *peer = peer_new ();

  expect_hello (peer);
  peer_expect_packet (peer, raminit_head, sizeof raminit_head);
  peer_send_hex (peer, GOOD);
  expect_data (peer, loader, 0, 1, 1);
  peer_expect_packet (peer, (const guint8 *) "\xED\x02\xFD", 3);
  peer_send_hex (peer, GOOD);
  peer_expect_packet (peer, flasher_head, sizeof flasher_head);
  peer_send_hex (peer, GOOD);
  expect_data (peer, loader, 1, 1, 258);
  peer_expect_packet (peer, (const guint8 *) "\xED\x03\xFC", 3);
  peer_send_hex (peer, GOOD);
  upload (peer, loader, FALSE, -1);
}

/* A packet that is refused or not answered goes out again as it was. */
static void
test_again (void)
{
  g_autoptr (SmithLoader) loader = make_small ();
  Peer *peer = peer_new ();

  expect_hello (peer);
  expect_hex (peer, RAMINIT_HEAD, BAD);
  peer_expect_hex (peer, RAMINIT_HEAD);
  expect_hex (peer, RAMINIT_HEAD, GOOD);
  expect_data (peer, loader, 0, 1, 2);
  expect_hex (peer, END_3, BAD);
  expect_hex (peer, END_3, "00 13 37");
  expect_hex (peer, END_3, GOOD);
  expect_flasher (peer, loader);
  expect_hex (peer, END_4, BAD);
  expect_hex (peer, END_4, GOOD);
  upload (peer, loader, FALSE, -1);
}

/* An answer with a refusal in it is one, whatever stands behind. */
static void
test_mixed_answer (void)
{
  g_autoptr (SmithLoader) loader = make_small ();
  Peer *peer = peer_new ();

  expect_hello (peer);
  expect_hex (peer, RAMINIT_HEAD, BAD GOOD);
  expect_hex (peer, RAMINIT_HEAD, GOOD);
  expect_data (peer, loader, 0, 1, 2);
  expect_hex (peer, END_3, GOOD);
  expect_flasher (peer, loader);
  expect_hex (peer, END_4, GOOD);
  upload (peer, loader, FALSE, -1);
}

/* Both tries are answered in the end; the second answer must not be taken for
 * that to the next packet, which is refused. */
static void
test_double_answer (void)
{
  g_autoptr (SmithLoader) loader = make_small ();
  const guint8 *image = g_bytes_get_data (loader->components[0].image, NULL);
  guint8 packet[3 + 1024] = { 0xDA, 1, 0xFE };
  Peer *peer = peer_new ();

  /* In real time: how late an answer may be is what this is about. */
  smith_deadline_set_scale (1);
  memcpy (packet + 3, image, 1024);
  expect_hello (peer);
  expect_hex (peer, RAMINIT_HEAD, GOOD);
  peer_expect_packet (peer, packet, sizeof packet);
  peer_expect_packet (peer, packet, sizeof packet);
  peer_send_hex (peer, GOOD);
  peer_wait (peer, 300);
  peer_send_hex (peer, GOOD);
  packet[1] = 2;
  packet[2] = 0xFD;
  memcpy (packet + 3, image + 1024, 476);
  peer_expect_packet (peer, packet, 3 + 476);
  peer_send_hex (peer, BAD);
  expect_data (peer, loader, 0, 2, 2);
  expect_hex (peer, END_3, GOOD);
  expect_flasher (peer, loader);
  expect_hex (peer, END_4, GOOD);
  upload (peer, loader, FALSE, -1);
  smith_deadline_set_scale (SCALE);
}

/* After three tries the component is begun anew, once. */
static void
test_component_again (void)
{
  g_autoptr (SmithLoader) loader = make_small ();
  Peer *peer = peer_new ();

  expect_hello (peer);
  for (guint i = 0; i < 2; i++)
    {
      expect_hex (peer, RAMINIT_HEAD, GOOD);
      expect_data (peer, loader, 0, 1, 2);
      for (guint try = 0; try < 3; try++)
        expect_hex (peer, END_3, i == 1 && try == 2 ? GOOD : BAD);
    }
  expect_flasher (peer, loader);
  expect_hex (peer, END_4, GOOD);
  upload (peer, loader, FALSE, -1);
}

static void
test_refused (void)
{
  g_autoptr (SmithLoader) loader = make_small ();
  Peer *peer = peer_new ();

  expect_raminit (peer, loader);
  for (guint i = 0; i < 6; i++)
    expect_hex (peer, FLASHER_HEAD, BAD);
  upload (peer, loader, FALSE, SMITH_ERROR_REFUSED);

  peer = peer_new ();
  expect_raminit (peer, loader);
  for (guint i = 0; i < 2; i++)
    {
      expect_flasher (peer, loader);
      for (guint try = 0; try < 3; try++)
        expect_hex (peer, END_4, BAD);
    }
  upload (peer, loader, FALSE, SMITH_ERROR_REFUSED);
}

static void
test_silent (void)
{
  g_autoptr (SmithLoader) loader = make_small ();
  Peer *peer = peer_new ();

  expect_raminit (peer, loader);
  for (guint i = 0; i < 6; i++)
    peer_expect_hex (peer, FLASHER_HEAD);
  upload (peer, loader, FALSE, SMITH_ERROR_TIMEOUT);
}

/* The loader starts with the last packet: no answer, or no line any more, is no error;
 * but it is told whether there was an answer. */
static void
test_last_answer (void)
{
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (SmithLoader) loader = make_small ();
      g_autoptr (SmithPort) port = NULL;
      g_autoptr (GError) error = NULL;
      Peer *peer = peer_new ();
      gboolean silent = i != 0;

      /* In real time where nothing is waited for in vain. */
      smith_deadline_set_scale (i == 0 ? 5 * SCALE : 1);
      expect_raminit (peer, loader);
      expect_flasher (peer, loader);
      peer_expect_hex (peer, END_4);
      if (i == 1)
        peer_hang_up (peer);
      if (i == 2)
        peer_send_hex (peer, GOOD);
      port = smith_port_open (peer_get_device (peer), 0, NULL, NULL, NULL, &error);
      g_assert_no_error (error);
      peer_start (peer);
      g_assert_true (
          smith_boot_rom_upload_full (port, loader, FALSE, NULL, NULL, &silent, NULL, &error));
      g_assert_no_error (error);
      g_assert_cmpint (silent, ==, i == 0);
      peer_finish (peer);
    }
  smith_deadline_set_scale (SCALE);
}

/* Anywhere else it is one. */
static void
test_gone (void)
{
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (SmithLoader) loader = make_small ();
      Peer *peer = peer_new ();

      if (i > 0)
        expect_raminit (peer, loader);
      if (i == 0)
        peer_expect_text (peer, HELLO);
      else
        peer_expect_hex (peer, FLASHER_HEAD);
      if (i == 2)
        {
          peer_send_hex (peer, GOOD);
          expect_data (peer, loader, 1, 1, 1);
        }
      peer_hang_up (peer);
      upload (peer, loader, FALSE, SMITH_ERROR_DISCONNECTED);
    }
}

static void
test_handshake (void)
{
  static const char *const wrong[] = { "", "\r\nOK\r\n", "A", "u", "UU", "\xAA" };
  g_autoptr (SmithLoader) loader = make_small ();
  Peer *peer;

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      peer = peer_new ();
      for (guint try = 0; try < 3; try++)
        {
          peer_expect_text (peer, HELLO);
          peer_send_text (peer, wrong[i]);
        }
      upload (peer, loader, FALSE, SMITH_ERROR_WRONG_DEVICE);
    }

  /* The third try is as good as the first; what was said before it does not count. */
  peer = peer_new ();
  peer_send_text (peer, "\r\n^BOOT:1\r\nUUU");
  peer_expect_text (peer, HELLO);
  peer_expect_text (peer, HELLO);
  peer_send_text (peer, "?");
  expect_raminit (peer, loader);
  expect_flasher (peer, loader);
  expect_hex (peer, END_4, GOOD);
  upload (peer, loader, FALSE, -1);
}

static void
test_chatty (void)
{
  g_autoptr (SmithLoader) loader = make_small ();
  Peer *peer = peer_new ();
  gint64 start = smith_deadline_now ();

  /* In real time: on a busy machine a shorter pause need not be the peer's. */
  smith_deadline_set_scale (1);
  peer_flood (peer, "UUUUUUUUUUUUUUUU", 16);
  upload (peer, loader, FALSE, SMITH_ERROR_PROTOCOL);
  smith_deadline_set_scale (SCALE);
  g_assert_cmpint (elapsed_ms (start), <, HARD_BOUND_MS);
}

/* Of a loader that may erase everything not a byte goes out, not even the handshake. */
static void
test_unsafe (void)
{
  g_autoptr (SmithLoader) unknown = make_loader (RAMINIT_SIZE, FLASHER_SIZE, "routine=none");
  g_autoptr (SmithLoader) live = make_small ();
  SmithLoaderComponent *flasher = &live->components[1];
  g_autofree guint8 *image = g_memdup2 (g_bytes_get_data (flasher->image, NULL), FLASHER_SIZE);
  Peer *peer = peer_new ();
  guint8 *call;

  g_assert_cmpint (unknown->guard_state, ==, SMITH_GUARD_UNSAFE);
  peer_expect_silence (peer, 50);
  upload (peer, unknown, FALSE, SMITH_ERROR_UNSAFE_LOADER);

  peer = peer_new ();
  expect_raminit (peer, unknown);
  expect_flasher (peer, unknown);
  expect_hex (peer, END_4, GOOD);
  upload (peer, unknown, TRUE, -1);

  /* Known, but no longer what the guard made of it: no expert is asked. */
  g_assert_cmpint (live->guard_state, ==, SMITH_GUARD_MADE_SAFE);
  call = memmem (image, FLASHER_SIZE, "\x00\x00\xA0\xE3", 4);
  g_assert_nonnull (call);
  call[0] = 0x5A;
  call[3] = 0xEB;
  g_bytes_unref (flasher->image);
  flasher->image = g_bytes_new (image, FLASHER_SIZE);
  for (guint i = 0; i < 2; i++)
    {
      peer = peer_new ();
      peer_expect_silence (peer, 50);
      upload (peer, live, i == 1, SMITH_ERROR_UNSAFE_LOADER);
    }
}

static void
cancel_now (guint64 done, gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

static void
test_cancel (void)
{
  g_autoptr (SmithLoader) loader = make_small ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Peer *peer = peer_new ();
  g_autoptr (SmithPort) port = smith_port_open (peer_get_device (peer), 0, NULL, NULL, NULL, NULL);

  expect_hello (peer);
  expect_hex (peer, RAMINIT_HEAD, GOOD);
  expect_data (peer, loader, 0, 1, 1);
  peer_start (peer);
  g_assert_false (
      smith_boot_rom_upload (port, loader, FALSE, cancel_now, cancellable, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  peer_finish (peer);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  smith_deadline_set_scale (SCALE);
  g_test_add_func ("/link/boot-rom/upload", test_upload);
  g_test_add_func ("/link/boot-rom/sequence", test_sequence);
  g_test_add_func ("/link/boot-rom/again", test_again);
  g_test_add_func ("/link/boot-rom/mixed-answer", test_mixed_answer);
  g_test_add_func ("/link/boot-rom/double-answer", test_double_answer);
  g_test_add_func ("/link/boot-rom/component-again", test_component_again);
  g_test_add_func ("/link/boot-rom/refused", test_refused);
  g_test_add_func ("/link/boot-rom/silent", test_silent);
  g_test_add_func ("/link/boot-rom/last-answer", test_last_answer);
  g_test_add_func ("/link/boot-rom/gone", test_gone);
  g_test_add_func ("/link/boot-rom/handshake", test_handshake);
  g_test_add_func ("/link/boot-rom/chatty", test_chatty);
  g_test_add_func ("/link/boot-rom/unsafe", test_unsafe);
  g_test_add_func ("/link/boot-rom/cancel", test_cancel);
  return g_test_run ();
}
