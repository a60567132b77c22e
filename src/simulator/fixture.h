/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Files made from text descriptions, for tests and for practice: firmware
 * packages, updaters and loaders in the vendor's formats whose content is made
 * up. The same description always gives the same bytes.
 *
 * A description is key file text. Sizes are bytes, decimal or 0x hexadecimal,
 * and may end in K or M. [] stands around what may be left out.
 *
 *   [file]         shape=bin|updater|folder|loader
 *
 * For bin and updater:
 *   [firmware]     download-id product version [date time header-version
 *                  block-size prefix-text]
 *                  [signature-size signature-partition]  block behind that
 *                    partition's content (0 unless said)
 *                  [align=file|chain]  whence the multiples of 4 are counted
 *   [updater]      [stub-size chain-offset-misalign=0..3 tail-size]
 *   [partition N]  id (hexadecimal) content
 *                  [compression=none|zlib|zlib-1|zlib-5|zlib-6|zlib-9|lzma]
 *                  [lzma-dictionary] [product version date time]
 *                  and, to make a broken file,
 *                  [break-header-crc=true break-block=K] one wrong checksum
 *                  [cut-stored=N flip-stored=OFFSET] a wrong stream under good
 *                    checksums
 *                  [declared-size declared-header-size declared-block-size]
 *                    fields that lie under a good checksum
 *
 * For folder: [partition N] with id and content, [firmware] with the signature.
 *
 * For loader, with offsets from the first byte of the flasher:
 *   [loader]       routine=none|v7r1|v7r2|v7r11|v7r22|v7r22_2|v7r22_3
 *                  [safe=true|false routine-offset=OFFSET,...]
 *                  [bad-blocks=true bad-blocks-offset] [android-offset]
 *                  [table-offset] [components=2..5] [raminit flasher] sizes
 *                  [raminit-address flasher-address seed]
 *   [table]        product version entry 0, entry 1... [end-name]
 *                  an entry: name,start,load size,length,load address,entry,
 *                  type,properties,count
 *
 * content is one of
 *   zeros:SIZE
 *   random:SIZE:SEED             does not compress
 *   mixed:SIZE:SEED              compresses about two to one
 *   pattern:SIZE:TEXT            the text again and again
 *   marker:SIZE:SEED:VERSION     as mixed; a third of the way in stands
 *                                SMITH_FIXTURE_MARKER, VERSION and a NUL
 */

/* Content of the kind "marker" holds this text, then a version and a NUL. */
#define SMITH_FIXTURE_MARKER "STICKSMITH-PRACTICE VERSION="

/* What every signature block says the SHA-256 of its public key is. */
#define SMITH_FIXTURE_KEY_SHA256 "3CB2F66A9D0B2B6B3C6E9D1B7F7A1F0C5E24D8A79B60417FD2C8E5A3196B0D4E"

GBytes *smith_fixture_build (const char *description, GError **error);
GHashTable *smith_fixture_build_folder (const char *description, GError **error);

G_END_DECLS
