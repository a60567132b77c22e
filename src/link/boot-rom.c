/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "boot-rom.h"

#include <glib/gi18n.h>

#include "deadline.h"
#include "format/bytes.h"
#include "format/crc.h"
#include "format/error.h"
#include "trace.h"

/*
 * The Balong boot ROM. 'A' is answered by 'U'. A component of a loader is one
 * head packet, its data packets and one end packet, each closed by a
 * CRC-16/XMODEM (big-endian) and answered by one byte: AA, or anything else
 * for a refusal. A packet that was refused or not answered may be sent again
 * with the same sequence number; a new head makes the boot ROM forget the
 * component that was begun.
 */

#define HELLO 0x41
#define HELLO_ANSWER 0x55
#define ACCEPTED 0xAA

#define DATA 0xDA

#define HEAD_SIZE 14
#define DATA_MAX 1024
#define DATA_OVERHEAD 5
#define END_SIZE 5

#define TRIES 3
#define COMPONENT_TRIES 2

#define HELLO_MS 1000
#define PACKET_MS 3000
#define SETTLE_MS 50

typedef struct
{
  SmithPort *port;
  GCancellable *cancellable;
  SmithLinkProgress progress;
  gpointer user_data;
  guint64 done_before; /* bytes of the components that are through */
  guint owed;          /* packets that were not answered in time, and may be yet */
  guint n_packets;     /* of data, that were accepted */
  gboolean silent;     /* at the last packet */
} Upload;

typedef enum
{
  PACKET_ACCEPTED,
  PACKET_REFUSED, /* three times */
  PACKET_SILENCE, /* three times, or refused and silent in turns */
  PACKET_FAILED,  /* an error was set; no point in going on */
} PacketResult;

/* Waits for @n bytes that may come late, so that they are not taken for the
 * answer to what is sent next. A stick that was too slow once may be so again:
 * each may take twice as long as it should have. */
static gboolean
await_late (SmithPort *port, guint n, guint ms, GCancellable *cancellable, GError **error)
{
  while (n > 0)
    {
      g_autoptr (GError) local = NULL;
      guint8 byte;

      if (smith_port_read (port, &byte, 1, smith_deadline_in (2 * ms), cancellable, &local) == 1)
        n--;
      else if (g_error_matches (local, SMITH_ERROR, SMITH_ERROR_TIMEOUT))
        break;
      else
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
    }
  return TRUE;
}

/**
 * smith_boot_rom_handshake:
 *
 * Asks whether the boot ROM is at the other end. Anything may be sent to a
 * port that does not answer so, but nothing should be. Blocks, for some seconds.
 *
 * Returns: FALSE with SMITH_ERROR_WRONG_DEVICE (not in boot mode, or the wrong
 *   one of its ports), DISCONNECTED, PROTOCOL or G_IO_ERROR_CANCELLED
 */
gboolean
smith_boot_rom_handshake (SmithPort *port, GCancellable *cancellable, GError **error)
{
  const guint8 hello = HELLO;
  guint owed = 0;

  for (guint try = 0; try < TRIES; try++)
    {
      g_autoptr (GError) local = NULL;
      gint64 deadline = smith_deadline_in (HELLO_MS);
      guint8 answer[16];
      gssize n;

      if (!smith_port_settle (port, SETTLE_MS, cancellable, error)
          || !smith_port_write (port, &hello, 1, deadline, cancellable, error))
        return FALSE;
      n = smith_port_read (port, answer, sizeof answer, deadline, cancellable, &local);
      if (n == 1 && answer[0] == HELLO_ANSWER)
        return await_late (port, owed, HELLO_MS, cancellable, error);
      owed += n < 0;
      if (n < 0 && !g_error_matches (local, SMITH_ERROR, SMITH_ERROR_TIMEOUT))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
    }
  g_set_error (error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE,
               _ ("The stick is not in boot mode, or %s is not the port for it"),
               smith_port_get_device (port));
  return FALSE;
}

/* One packet, one answer. Returns: PACKET_FAILED only with @error set. */
static PacketResult
exchange (Upload *upload, const guint8 *packet, gsize size, GError **error)
{
  g_autoptr (GError) local = NULL;
  gint64 deadline = smith_deadline_in (PACKET_MS);
  guint8 answer[64];
  gssize n;

  /* A late answer to an earlier packet must not be taken for this one's. */
  smith_port_discard (upload->port);
  if (!smith_port_write (upload->port, packet, size, deadline, upload->cancellable, error))
    return PACKET_FAILED;
  n = smith_port_read (upload->port, answer, sizeof answer, deadline, upload->cancellable, &local);
  if (n < 0 && g_error_matches (local, SMITH_ERROR, SMITH_ERROR_TIMEOUT))
    return PACKET_SILENCE;
  if (n < 0)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return PACKET_FAILED;
    }
  for (gssize i = 0; i < n; i++)
    if (answer[i] != ACCEPTED)
      return PACKET_REFUSED;
  return PACKET_ACCEPTED;
}

static PacketResult
send_once (Upload *upload, const guint8 *packet, gsize size, GError **error)
{
  static const char *const results[] = {
    [PACKET_ACCEPTED] = "taken",
    [PACKET_REFUSED] = "refused",
    [PACKET_SILENCE] = "no answer",
    [PACKET_FAILED] = "broken off",
  };
  PacketResult result = exchange (upload, packet, size, error);

  if (packet[0] == DATA && result == PACKET_ACCEPTED)
    smith_trace_piece ("packet", ++upload->n_packets, size - DATA_OVERHEAD);
  else
    smith_trace_note ("> packet %02X, %" G_GSIZE_FORMAT " bytes: %s", packet[0], size,
                      results[result]);
  return result;
}

static gboolean
await_owed (Upload *upload, GError **error)
{
  guint owed = upload->owed;

  upload->owed = 0;
  return await_late (upload->port, owed, PACKET_MS, upload->cancellable, error);
}

static PacketResult
send_packet (Upload *upload, guint8 *packet, gsize size, GError **error)
{
  PacketResult result = PACKET_REFUSED;

  smith_put_u16_be (packet + size - 2, smith_crc_xmodem (packet, size - 2));
  for (guint try = 0; try < TRIES; try++)
    {
      result = send_once (upload, packet, size, error);
      if (result == PACKET_FAILED || (result == PACKET_ACCEPTED && try == 0))
        return result;
      if (result == PACKET_ACCEPTED && !await_owed (upload, error))
        return PACKET_FAILED;
      if (result == PACKET_SILENCE)
        upload->owed++;
      if (!smith_port_settle (upload->port, SETTLE_MS, upload->cancellable, error))
        return PACKET_FAILED;
      if (result == PACKET_ACCEPTED)
        return result;
      g_info ("packet %02X: %s", packet[0], result == PACKET_REFUSED ? "refused" : "not answered");
    }
  return result;
}

static PacketResult
send_head (Upload *upload, const SmithLoaderComponent *component, GError **error)
{
  guint8 packet[HEAD_SIZE] = { 0xFE, 0x00, 0xFF };

  packet[3] = (guint8) component->mode;
  smith_put_u32_be (packet + 4, component->size);
  smith_put_u32_be (packet + 8, component->address);
  return send_packet (upload, packet, sizeof packet, error);
}

static PacketResult
send_data (Upload *upload, const SmithLoaderComponent *component, guint8 *sequence, GError **error)
{
  const guint8 *image = g_bytes_get_data (component->image, NULL);
  guint8 packet[DATA_MAX + DATA_OVERHEAD];

  for (gsize pos = 0; pos < component->size; pos += DATA_MAX)
    {
      gsize n = MIN (DATA_MAX, component->size - pos);
      PacketResult result;

      packet[0] = DATA;
      packet[1] = *sequence;
      packet[2] = (guint8) ~*sequence;
      memcpy (packet + 3, image + pos, n);
      result = send_packet (upload, packet, n + DATA_OVERHEAD, error);
      if (result != PACKET_ACCEPTED)
        return result;
      (*sequence)++;
      if (upload->progress != NULL)
        upload->progress (upload->done_before + pos + n, upload->user_data);
    }
  return PACKET_ACCEPTED;
}

/* The end of the last component starts the loader: the stick may leave before
 * it answers. Whether the loader runs shows on the bus, not here. */
static PacketResult
send_last_end (Upload *upload, guint8 *packet, GError **error)
{
  PacketResult result = PACKET_REFUSED;

  smith_put_u16_be (packet + END_SIZE - 2, smith_crc_xmodem (packet, END_SIZE - 2));
  for (guint try = 0; try < TRIES && result == PACKET_REFUSED; try++)
    {
      g_autoptr (GError) local = NULL;

      result = send_once (upload, packet, END_SIZE, &local);
      if (result == PACKET_SILENCE)
        upload->silent = TRUE;
      if (result == PACKET_SILENCE)
        return PACKET_ACCEPTED;
      if (result == PACKET_FAILED && g_error_matches (local, SMITH_ERROR, SMITH_ERROR_DISCONNECTED))
        {
          g_info ("the stick left with the last packet");
          return PACKET_ACCEPTED;
        }
      if (result == PACKET_FAILED)
        g_propagate_error (error, g_steal_pointer (&local));
    }
  return result;
}

static PacketResult
send_component (Upload *upload,
                const SmithLoaderComponent *component,
                gboolean last,
                GError **error)
{
  guint8 sequence = 1;
  guint8 end[END_SIZE] = { 0xED };
  PacketResult result = PACKET_FAILED;

  if (await_owed (upload, error))
    result = send_head (upload, component, error);
  if (result == PACKET_ACCEPTED)
    result = send_data (upload, component, &sequence, error);
  if (result != PACKET_ACCEPTED)
    return result;
  end[1] = sequence;
  end[2] = (guint8) ~sequence;
  return last ? send_last_end (upload, end, error) : send_packet (upload, end, END_SIZE, error);
}

static gboolean
upload_component (Upload *upload, const SmithLoader *loader, guint index, GError **error)
{
  const SmithLoaderComponent *component = &loader->components[index];
  PacketResult result = PACKET_REFUSED;

  for (guint try = 0; try < COMPONENT_TRIES; try++)
    {
      result = send_component (upload, component, index + 1 == loader->n_components, error);
      if (result == PACKET_ACCEPTED || result == PACKET_FAILED)
        break;
      g_info ("component %u: not taken", index);
    }
  if (result == PACKET_SILENCE)
    g_set_error (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT,
                 _ ("The stick stopped answering in the middle of the loader (part %u)"), index);
  else if (result == PACKET_REFUSED)
    smith_set_refusal (error, SMITH_NO_REFUSAL, _ ("The stick refuses the loader (part %u)"),
                       index);
  return result == PACKET_ACCEPTED;
}

/**
 * smith_boot_rom_upload_full:
 * @loader: its images are looked at once more before the first byte goes out
 * @accept_unsafe: an expert has confirmed a loader of which nothing is known
 * @progress: (nullable)
 * @silent: (out): whether the stick said nothing to the last packet, and stayed: it
 *   may have started the loader, or have missed the packet
 *
 * Shakes hands and sends all components of a loader; then the stick leaves and
 * comes back in download mode at another port. Blocks.
 *
 * Returns: FALSE with SMITH_ERROR_UNSAFE_LOADER (nothing was sent),
 *   WRONG_DEVICE, REFUSED, TIMEOUT, DISCONNECTED or G_IO_ERROR_CANCELLED
 */
gboolean
smith_boot_rom_upload_full (SmithPort *port,
                            const SmithLoader *loader,
                            gboolean accept_unsafe,
                            SmithLinkProgress progress,
                            gpointer user_data,
                            gboolean *silent,
                            GCancellable *cancellable,
                            GError **error)
{
  Upload upload = { port, cancellable, progress, user_data, 0, 0, 0, FALSE };

  *silent = FALSE;
  if (accept_unsafe ? !smith_loader_check_calls (loader, error)
                    : !smith_loader_may_send (loader, error))
    return FALSE;
  if (!smith_boot_rom_handshake (port, cancellable, error))
    return FALSE;
  for (guint i = 0; i < loader->n_components; i++)
    {
      if (!upload_component (&upload, loader, i, error))
        return FALSE;
      upload.done_before += loader->components[i].size;
      g_info ("component %u is loaded", i);
    }
  *silent = upload.silent;
  return TRUE;
}

/**
 * smith_boot_rom_upload:
 *
 * The same for who looks on the bus for what becomes of it.
 */
gboolean
smith_boot_rom_upload (SmithPort *port,
                       const SmithLoader *loader,
                       gboolean accept_unsafe,
                       SmithLinkProgress progress,
                       gpointer user_data,
                       GCancellable *cancellable,
                       GError **error)
{
  gboolean silent;

  return smith_boot_rom_upload_full (port, loader, accept_unsafe, progress, user_data, &silent,
                                     cancellable, error);
}
