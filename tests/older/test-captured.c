/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "format/error.h"
#include "job/flash.h"
#include "link/deadline.h"
#include "link/diagnostics.h"
#include "link/peer.h"
#include "older.h"

/* As it was seen on the wire of an E1550, and worked out for the rest: literally, with
 * checksums that are not this program's. */
#define ASK_VERSION "7E 0C 14 3A 7E"
#define AT_WORK "13 0C D2 7A 7E"
#define IDENTIFY "7E 4B C9 03 FF E8 99 7E"
#define TO_DOWNLOAD "7E 3A A1 6E 7E"
#define LOADER "0D 0C 4D 36 32 78 78 2D 4F 45 4D 53 42 4C"
#define ASK_PRODUCT "7E 45 D1 E5 7E"
#define PRODUCT "45 48 55 41 57 45 49 20 45 31 35 35 00 00 00 00 00 00 00 00 00"
#define ACK "7E 02 6A D3 7E"
#define RESTART "7E 0A 22 5F 7E"

static SmithPort *
open_port (Peer *peer)
{
  g_autoptr (GError) error = NULL;
  SmithPort *port;

  peer_start (peer);
  port = smith_port_open (peer_get_device (peer), 0, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return port;
}

static void
send_identity (Peer *peer)
{
  g_autoptr (GString) hex = g_string_new (NULL);
  guint8 body[4 + 31 + 32] = { 0x4B, 0xC9, 0x03, 0xFF };

  strcpy ((char *) body + 4, E1550_VERSION);
  strcpy ((char *) body + 35, "E1550");
  for (guint i = 0; i < sizeof body; i++)
    g_string_append_printf (hex, "%02X", body[i]);
  peer_send_frame (peer, hex->str);
}

/* From working firmware to download mode. */
static void
play_way_in (void)
{
  Peer *peer = peer_new ();
  g_autoptr (SmithPort) port = NULL;
  g_autoptr (GError) error = NULL;
  SmithDiagnosticsInfo info;

  peer_expect_text (peer, "AT$QCDMG\r\n");
  peer_send_text (peer, "\r\nOK\r\n");
  peer_expect_text (peer, "AT^DISLOG=255\r\n");
  peer_send_text (peer, "\r\nOK\r\n");
  peer_expect_hex (peer, ASK_VERSION);
  peer_send_hex (peer, AT_WORK);
  peer_expect_hex (peer, IDENTIFY);
  send_identity (peer);
  peer_expect_hex (peer, TO_DOWNLOAD);
  peer_send_hex (peer, TO_DOWNLOAD);
  peer_wait (peer, 5);
  peer_hang_up (peer);
  port = open_port (peer);
  smith_diagnostics_enter_download_mode (port, &info, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (info.firmware, ==, E1550_VERSION);
  g_assert_cmpstr (info.hardware, ==, "E1550");
  peer_finish (peer);
}

static gboolean
say_yes (const SmithVerdict *verdict, gpointer user_data)
{
  return TRUE;
}

static void
expect_part (Peer *peer, const char *begin, const guint8 *data, gsize size, const char *finish)
{
  guint32 number = 0;

  peer_expect_frame (peer, begin);
  peer_send_hex (peer, ACK);
  for (gsize pos = 0; pos < size; pos += 4096)
    {
      peer_expect_block (peer, ++number, data + pos, MIN (4096, size - pos));
      peer_send_hex (peer, ACK);
    }
  peer_expect_frame (peer, finish);
  peer_send_hex (peer, ACK);
}

/* In download mode, up to the restart. */
static void
play_download (SmithItem *item)
{
  static const SmithFlashFuncs funcs = { .confirm = say_yes };
  static const SmithFlashOptions options = { .restart = TRUE, .frames_only = TRUE };
  static const char *const begins[]
      = { "41 00 01 00 00 00 00 01 D0 00 00 00", "41 00 02 00 00 00 00 23 28 00 00 00",
          "41 00 03 00 00 00 00 4E 20 00 00 00" };
  static const char *const ends[]
      = { "43 00 00 01 D0 00 00 00 00 01 00 00 00 00 00 00 00 00 00 00 00 00 00",
          "43 00 00 23 28 00 00 00 00 02 00 00 00 00 00 00 00 00 00 00 00 00 00",
          "43 00 00 4E 20 00 00 00 00 03 00 00 00 00 00 00 00 00 00 00 00 00 00" };
  Peer *peer = peer_new ();
  g_autoptr (GPtrArray) items = items_new (smith_item_ref (item), NULL);
  g_autoptr (SmithFlashReport) report = smith_flash_report_new ();
  g_autoptr (SmithPort) port = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 2; i++)
    {
      peer_expect_hex (peer, ASK_VERSION);
      peer_send_frame (peer, LOADER);
    }
  peer_expect_hex (peer, ASK_PRODUCT);
  peer_send_frame (peer, PRODUCT);
  g_assert_cmpuint (item->firmware->partitions->len, ==, G_N_ELEMENTS (begins));
  for (guint i = 0; i < G_N_ELEMENTS (begins); i++)
    {
      SmithPartition *partition = g_ptr_array_index (item->firmware->partitions, i);
      gsize size;
      const guint8 *data = g_bytes_get_data (partition->data, &size);

      expect_part (peer, begins[i], data, size, ends[i]);
    }
  peer_expect_hex (peer, RESTART);
  peer_send_hex (peer, ACK);
  peer_wait (peer, 5);
  peer_hang_up (peer);
  port = open_port (peer);
  smith_flash_run (port, items, &options, &funcs, NULL, report, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (report->product, ==, E1550_PRODUCT);
  peer_finish (peer);
}

static void
test_captured (void)
{
  g_auto (Files) files = { 0 };
  g_autofree char *path = NULL;
  SmithItem *item;

  files_start (&files);
  path = older_make_file (&files, E1550_PRODUCT, "");
  item = item_open (path);
  play_way_in ();
  play_download (item);
  smith_item_unref (item);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/older/captured", test_captured);
  return g_test_run ();
}
