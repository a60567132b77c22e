/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "firmware.h"

G_BEGIN_DECLS

#define SMITH_HEADER_MAGIC 0xA55AAA55u
#define SMITH_HEADER_SIZE 98

/* The signature block is looked for within the last bytes of a partition. */
#define SMITH_SIGNATURE_MAX 8192

/**
 * SmithHeader:
 *
 * A partition header as it stands in the file, with what can be told from it
 * alone.
 */
typedef struct
{
  guint32 size; /* with the checksum table */
  guint32 version;
  char product[9];
  guint32 id;
  guint32 data_size;
  char date[17];
  char time[17];
  char text[33];
  guint32 block_size;
  gboolean magic_ok;
  gboolean magic_close;   /* three of its four bytes are right */
  gboolean crc_ok;        /* as if the magic were right */
  gboolean sizes_agree;   /* header size, data size and block size fit each other */
  gboolean texts_look_ok; /* all text fields are printable and NUL-padded */
} SmithHeader;

gboolean smith_header_read (const guint8 *file, gsize size, guint64 offset, SmithHeader *header);
guint32 smith_header_n_checksums (const SmithHeader *header);

gboolean smith_chain_find (const guint8 *file, gsize size, guint64 from, guint64 *offset);
gboolean smith_chain_has_damaged_header (const guint8 *file, guint64 end, guint64 *offset);

SmithSignature *smith_signature_find (const guint8 *tail, gsize size, guint content);
void smith_firmware_note_signature (SmithFirmware *firmware);

SmithFirmware *smith_firmware_new (SmithFirmwareKind kind);
void smith_firmware_walk_chain (SmithFirmware *firmware, guint64 offset);
void smith_firmware_judge_duplicates (SmithFirmware *firmware);
void smith_firmware_judge_program (SmithFirmware *firmware, guint64 chain);
void smith_firmware_judge_content (SmithFirmware *firmware);
void smith_firmware_find_chip (SmithFirmware *firmware);
void smith_firmware_name_sections (SmithFirmware *firmware);
void smith_firmware_describe (SmithFirmware *firmware);
void smith_firmware_note_early_signature (SmithFirmware *firmware);

void smith_firmware_add_problem (SmithFirmware *firmware, const char *format, ...)
    G_GNUC_PRINTF (2, 3);
void smith_firmware_add_warning (SmithFirmware *firmware, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

G_END_DECLS
