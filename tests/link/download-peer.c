/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "download-peer.h"

/* Starts the peer and opens its port. */
void
host_open (Host *host, Peer *peer)
{
  g_autoptr (GError) error = NULL;

  peer_start (peer);
  host->port = smith_port_open (peer_get_device (peer), 0, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  host->download = smith_download_new (host->port);
}

void
host_clear (Host *host)
{
  g_clear_pointer (&host->download, smith_download_free);
  g_clear_pointer (&host->port, smith_port_close);
}

/* For a peer that begins with steps_enter(). */
void
host_enter (Host *host, Peer *peer)
{
  g_autoptr (GError) error = NULL;

  host_open (host, peer);
  smith_download_enter (host->download, NULL, NULL, &error);
  g_assert_no_error (error);
}

/* A partition that is stored as it is. */
gboolean
host_write (Host *host, guint32 id, const guint8 *data, gsize size, GError **error)
{
  static const SmithDownloadFuncs funcs = { NULL, NULL };
  g_autoptr (SmithExpander) expander = smith_expander_new (SMITH_COMPRESSION_NONE, data, size);

  return smith_download_write_partition (host->download, id, size, expander, &funcs, NULL, NULL,
                                         error);
}

/* The first question. */
void
steps_probe (Peer *peer)
{
  peer_answer_text (peer, "AT^DLOADVER?", TEXT_VERSION);
}

/* What is asked once the binary stage is there. */
void
steps_questions (Peer *peer)
{
  peer_expect_hex (peer, ASK_VERSION);
  peer_send_frame (peer, BALONG);
  peer_expect_hex (peer, ASK_PRODUCT);
  peer_send_frame (peer, PRODUCT_V7R11);
}

void
steps_enter (Peer *peer)
{
  steps_probe (peer);
  peer_answer_text (peer, "AT^DATAMODE", OK);
  steps_questions (peer);
}
