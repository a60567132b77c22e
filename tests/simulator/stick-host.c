/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stick-host.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "format/bytes.h"
#include "format/crc.h"
#include "format/hdlc.h"
#include "link/deadline.h"

#define PATIENCE_MS 10000
#define SILENCE_MS 60

typedef struct
{
  SmithMode mode;
  guint64 seen;
} Wanted;

void
host_start (Host *host, const SmithVirtualStickConfig *config, const char *faults)
{
  SmithVirtualStickConfig with_faults = *config;
  g_autoptr (GError) error = NULL;

  memset (host, 0, sizeof *host);
  host->fd = -1;
  host->bus = smith_virtual_bus_new ();
  host->faults = smith_fault_script_parse (faults != NULL ? faults : "", &error);
  g_assert_no_error (error);
  with_faults.faults = host->faults;
  host->stick = smith_virtual_stick_new (host->bus, &with_faults, NULL, NULL, &error);
  g_assert_no_error (error);
  host_open (host);
}

void
host_start_plain (Host *host, SmithMode mode, const char *faults)
{
  const SmithVirtualStickConfig config = {
    .start = mode,
    .chip = SMITH_CHIP_V7R11,
    .product_id = "BV7R11HS",
    .hardware = "CL2E3372HM",
    .version = "22.200.03.00.00",
    .restart_ms = 5,
  };

  host_start (host, &config, faults);
}

void
host_clear (Host *host)
{
  smith_virtual_stick_free (host->stick);
  smith_fault_script_free (host->faults);
  if (host->fd >= 0)
    close (host->fd);
  g_free (host->device);
  g_assert_finalize_object (host->bus);
}

/* The one that answers. */
static const char *
port_of (SmithStick *stick)
{
  static const SmithPortRole roles[] = { SMITH_PORT_AT, SMITH_PORT_DOWNLOAD, SMITH_PORT_BOOT };

  for (gsize i = 0; i < G_N_ELEMENTS (roles); i++)
    if (smith_stick_find_port (stick, roles[i]) != NULL)
      return smith_stick_find_port (stick, roles[i]);
  return NULL;
}

/* Opens the port that the stick has now; the one before must be another. */
void
host_open (Host *host)
{
  g_autoptr (SmithStick) stick = smith_bus_find (SMITH_BUS (host->bus), "1-1");

  g_assert_nonnull (stick);
  if (host->fd >= 0)
    close (host->fd);
  host->fd = -1;
  host->seen = stick->seen;
  if (port_of (stick) == NULL)
    return;
  g_assert_cmpstr (host->device, !=, port_of (stick));
  g_free (host->device);
  host->device = g_strdup (port_of (stick));
  host->fd = open (host->device, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  g_assert_cmpint (host->fd, >=, 0);
}

static gboolean
has_returned (SmithStick *stick, gpointer user_data)
{
  Wanted *wanted = user_data;

  return stick->mode == wanted->mode && stick->seen > wanted->seen;
}

/* The stick must come back, and is opened again. */
void
host_expect_return (Host *host, SmithMode mode)
{
  Wanted wanted = { .mode = mode, .seen = host->seen };
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithStick) stick = NULL;

  stick = smith_bus_wait (SMITH_BUS (host->bus), "1-1", has_returned, &wanted,
                          smith_deadline_now () + PATIENCE_MS * 1000, NULL, &error);
  g_assert_no_error (error);
  if (host->fd >= 0)
    host_expect_hang_up (host);
  host_open (host);
}

/* The stick must leave, and stay away. */
void
host_expect_gone (Host *host)
{
  g_autoptr (SmithStick) stick = NULL;

  if (host->fd >= 0)
    host_expect_hang_up (host);
  g_usleep (30000);
  stick = smith_bus_find (SMITH_BUS (host->bus), "1-1");
  g_assert_null (stick);
}

static gboolean
wait_until (Host *host, short events, int timeout_ms)
{
  struct pollfd fd = { .fd = host->fd, .events = events };

  return poll (&fd, 1, timeout_ms) > 0;
}

void
host_send (Host *host, const void *data, gsize size)
{
  const guint8 *p = data;

  while (size > 0)
    {
      gssize n;

      g_assert_true (wait_until (host, POLLOUT, PATIENCE_MS));
      n = write (host->fd, p, size);
      if (n < 0 && errno == EAGAIN)
        continue;
      g_assert_cmpint (n, >, 0);
      p += n;
      size -= n;
    }
}

/* Up to @size bytes; fewer only if nothing more came in time or the line broke. */
gsize
host_receive (Host *host, guint8 *data, gsize size, int timeout_ms)
{
  gsize fill = 0;

  while (fill < size && wait_until (host, POLLIN, timeout_ms))
    {
      gssize n = read (host->fd, data + fill, size - fill);

      if (n < 0 && errno == EAGAIN)
        continue;
      if (n <= 0)
        break;
      fill += n;
    }
  return fill;
}

void
host_expect (Host *host, const void *data, gsize size)
{
  g_autofree guint8 *got = g_malloc (size);
  gsize n = host_receive (host, got, size, PATIENCE_MS);

  g_assert_cmpmem (got, n, data, size);
}

void
host_expect_silence (Host *host)
{
  guint8 byte;

  g_assert_cmpuint (host_receive (host, &byte, 1, SILENCE_MS), ==, 0);
}

/* What a program sees whose stick is pulled out. */
void
host_expect_hang_up (Host *host)
{
  struct pollfd fd = { .fd = host->fd, .events = 0 };
  guint8 data[64];
  gssize n;

  g_assert_cmpint (poll (&fd, 1, PATIENCE_MS), ==, 1);
  g_assert_cmpint (fd.revents & POLLHUP, ==, POLLHUP);
  do
    n = read (host->fd, data, sizeof data);
  while (n > 0);
  g_assert_true (n == 0 || errno == EIO);
  g_assert_cmpint (write (host->fd, "A", 1), ==, -1);
  g_assert_cmpint (errno, ==, EIO);
}

/* Throws away what comes until nothing more does. */
void
host_drain (Host *host)
{
  guint8 data[256];

  while (host_receive (host, data, sizeof data, SILENCE_MS) == sizeof data)
    continue;
}

/* What is on the bus at the stick's ordinary place; it must be there. */
SmithStick *
host_find (Host *host)
{
  SmithStick *stick = smith_bus_find (SMITH_BUS (host->bus), "1-1");

  g_assert_nonnull (stick);
  return stick;
}

/* How often @text stands in the log. */
guint
host_count_log (Host *host, const char *text)
{
  g_autofree char *log = smith_virtual_stick_get_log (host->stick);
  guint n = 0;

  for (char *p = log; (p = strstr (p, text)) != NULL; p++)
    n++;
  return n;
}

void
host_expect_log (Host *host, const char *text)
{
  g_autofree char *log = smith_virtual_stick_get_log (host->stick);

  if (strstr (log, text) == NULL)
    g_error ("Not in the log: %s\n%s", text, log);
}

void
host_ask (Host *host, const char *command, const char *answer)
{
  g_autofree char *line = g_strconcat (command, "\r", NULL);

  host_send (host, line, strlen (line));
  host_expect (host, answer, strlen (answer));
}

/* Adds the checksum to @body; @out has two bytes more. */
gsize
host_make_packet (guint8 *out, const guint8 *body, gsize size)
{
  memmove (out, body, size);
  smith_put_u16_be (out + size, smith_crc_xmodem (out, size));
  return size + 2;
}

guint8
host_packet (Host *host, const guint8 *packet, gsize size)
{
  guint8 answer;

  host_send (host, packet, size);
  g_assert_cmpuint (host_receive (host, &answer, 1, PATIENCE_MS), ==, 1);
  return answer;
}

guint8
host_head (Host *host, guint8 mode, guint32 size, guint32 address)
{
  guint8 packet[14] = { 0xFE, 0x00, 0xFF, mode };

  smith_put_u32_be (packet + 4, size);
  smith_put_u32_be (packet + 8, address);
  return host_packet (host, packet, host_make_packet (packet, packet, 12));
}

guint8
host_data (Host *host, guint8 seq, const guint8 *data, gsize size)
{
  guint8 packet[2048] = { 0xDA, seq, seq ^ 0xFF };

  g_assert_cmpuint (size + 5, <=, sizeof packet);
  memcpy (packet + 3, data, size);
  return host_packet (host, packet, host_make_packet (packet, packet, size + 3));
}

guint8
host_end (Host *host, guint8 seq)
{
  guint8 packet[5] = { 0xED, seq, seq ^ 0xFF };

  return host_packet (host, packet, host_make_packet (packet, packet, 3));
}

/* A whole component, all of it accepted. */
void
host_upload (Host *host, guint8 mode, const guint8 *data, gsize size)
{
  guint8 seq = 1;

  g_assert_cmphex (host_head (host, mode, size, 0x10000), ==, 0xAA);
  for (gsize done = 0; done < size; done += 1024)
    g_assert_cmphex (host_data (host, seq++, data + done, MIN (1024, size - done)), ==, 0xAA);
  g_assert_cmphex (host_end (host, seq), ==, 0xAA);
}

void
host_enter_binary (Host *host)
{
  host_ask (host, "AT^DATAMODE", "\r\nOK\r\n");
}

void
host_send_frame (Host *host, const guint8 *body, gsize size)
{
  g_autofree guint8 *frame = g_malloc (SMITH_HDLC_ENCODED_MAX (size));

  host_send (host, frame, smith_hdlc_encode (body, size, frame));
}

/* One answer, whose flags and checksum must be right. */
gsize
host_receive_frame (Host *host, guint8 *body, gsize size)
{
  g_autoptr (SmithHdlcDecoder) decoder = smith_hdlc_decoder_new ();
  SmithHdlcEvent event = SMITH_HDLC_MORE;
  const guint8 *got;
  guint8 byte;
  gsize used;
  gsize n;

  while (event == SMITH_HDLC_MORE)
    {
      g_assert_cmpuint (host_receive (host, &byte, 1, PATIENCE_MS), ==, 1);
      event = smith_hdlc_decoder_feed (decoder, &byte, 1, &used);
    }
  g_assert_cmpint (event, ==, SMITH_HDLC_FRAME);
  got = smith_hdlc_decoder_get_body (decoder, &n);
  g_assert_cmpuint (n, <=, size);
  memcpy (body, got, n);
  return n;
}

guint
host_frame (Host *host, const guint8 *body, gsize size)
{
  guint8 answer[64];
  gsize n;

  host_send_frame (host, body, size);
  n = host_receive_frame (host, answer, sizeof answer);
  if (answer[0] == 0x02)
    {
      g_assert_cmpuint (n, ==, 1);
      return 0;
    }
  g_assert_cmphex (answer[0], ==, 0x03);
  g_assert_cmpuint (n, ==, 3);
  return smith_get_u16_be (answer + 1);
}

guint
host_begin (Host *host, guint32 id, guint32 size)
{
  guint8 body[12] = { 0x41 };

  smith_put_u32_be (body + 1, id);
  smith_put_u32_be (body + 5, size);
  return host_frame (host, body, sizeof body);
}

gsize
host_make_block (guint8 *out, guint32 number, const guint8 *data, gsize size)
{
  out[0] = 0x42;
  smith_put_u32_be (out + 1, number);
  smith_put_u16_be (out + 5, size);
  memcpy (out + 7, data, size);
  return size + 7;
}

guint
host_block (Host *host, guint32 number, const guint8 *data, gsize size)
{
  guint8 body[8192];

  g_assert_cmpuint (size + 7, <=, sizeof body);
  return host_frame (host, body, host_make_block (body, number, data, size));
}

guint
host_finish (Host *host, guint32 id, guint32 size)
{
  guint8 body[23] = { 0x43 };

  smith_put_u32_be (body + 1, size);
  smith_put_u32_be (body + 8, id);
  return host_frame (host, body, sizeof body);
}

/* A whole partition, all of it accepted. */
void
host_write_partition (Host *host, guint32 id, const guint8 *data, gsize size)
{
  guint32 number = 1;

  g_assert_cmpuint (host_begin (host, id, size), ==, 0);
  for (gsize done = 0; done < size; done += 4096)
    g_assert_cmpuint (host_block (host, number++, data + done, MIN (4096, size - done)), ==, 0);
  g_assert_cmpuint (host_finish (host, id, size), ==, 0);
}
