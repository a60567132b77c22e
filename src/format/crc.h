/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * CRC-16/X-25 guards firmware files and download frames: polynomial 0x8408
 * (reflected), initial value 0xFFFF, final xor 0xFFFF.
 * CRC-16/XMODEM guards boot ROM packets: polynomial 0x1021, initial value 0,
 * not reflected, no final xor.
 *
 * All functions are pure and may be called from any thread.
 */
#define SMITH_CRC_X25_START 0xFFFF

guint16 smith_crc_x25 (const guint8 *data, gsize size);
guint16 smith_crc_x25_update (guint16 state, const guint8 *data, gsize size);
guint16 smith_crc_xmodem (const guint8 *data, gsize size);

/* The ways behind smith_crc_x25_update(), for tests and benchmarks. */
guint16 smith_crc_x25_update_portable (guint16 state, const guint8 *data, gsize size);
gboolean smith_crc_has_clmul (void);
guint16 smith_crc_x25_update_clmul (guint16 state, const guint8 *data, gsize size);

G_END_DECLS
