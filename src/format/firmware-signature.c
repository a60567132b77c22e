/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firmware-private.h"

#include "bytes.h"

#define SIGNATURE_END 0xFFAAAFFAu
#define KEY_HASH_OFFSET 6
#define KEY_HASH_SIZE 32
#define SIGNATURE_MIN (KEY_HASH_OFFSET + KEY_HASH_SIZE + 12)

/* The maker's key for all the signatures that are known to work. */
#define KNOWN_KEY "778A8D175E602B7B779D9E05C330B5279B0661BF2EED99A20445B366D63DD697"

/**
 * smith_signature_find:
 * @tail: the last bytes of partition 0 or 1, expanded
 * @content: bits 0 to 2 of the download id
 *
 * A signed partition ends FA AF AA FF; the size S of the signature stands 12
 * bytes before the end, the SHA-256 of the public key at end - S + 6.
 *
 * Returns: (transfer full) (nullable): the signature; free with g_free()
 */
SmithSignature *
smith_signature_find (const guint8 *tail, gsize size, guint content)
{
  SmithSignature *signature;
  const guint8 *hash;
  guint32 s;

  if (size < SIGNATURE_MIN || smith_get_u32_le (tail + size - 4) != SIGNATURE_END)
    return NULL;
  s = smith_get_u32_le (tail + size - 12);
  if (s < SIGNATURE_MIN || s > size)
    return NULL;

  signature = g_new0 (SmithSignature, 1);
  signature->type = content;
  signature->size = s;
  hash = tail + size - s + KEY_HASH_OFFSET;
  for (guint i = 0; i < KEY_HASH_SIZE; i++)
    g_snprintf (signature->key_sha256 + 2 * i, 3, "%02X", hash[i]);
  return signature;
}

/**
 * smith_signature_known_for:
 * @content: what the package holds
 * @chip: the generation it is for
 *
 * The values that are known to work on a stick that demands a signature for a
 * package that carries none.
 *
 * Returns: (transfer none) (nullable)
 */
const SmithSignature *
smith_signature_known_for (guint content, SmithChip chip)
{
  static const SmithSignature main_firmware = { 1, 2958, KNOWN_KEY };
  static const SmithSignature v7r2_stick = { 1, 2694, KNOWN_KEY };
  static const SmithSignature dashboard = { 2, 846, KNOWN_KEY };
  static const SmithSignature webui = { 6, 1110, KNOWN_KEY };
  static const SmithSignature all = { 7, 3750, KNOWN_KEY };

  switch (content)
    {
    case SMITH_CONTENT_FIRMWARE:
      return chip == SMITH_CHIP_V7R2 ? &v7r2_stick : &main_firmware;
    case SMITH_CONTENT_ISO:
      return &dashboard;
    case SMITH_CONTENT_ISO | SMITH_CONTENT_WEBUI:
      return &webui;
    case SMITH_CONTENT_FIRMWARE | SMITH_CONTENT_ISO | SMITH_CONTENT_WEBUI:
      return &all;
    default:
      return NULL;
    }
}

/* Warns where the package's own flag and what it carries disagree. */
void
smith_firmware_note_signature (SmithFirmware *firmware)
{
  if (firmware->signed_flag && firmware->signature == NULL)
    smith_firmware_add_warning (firmware,
                                "The file says that it is signed, but holds no signature");
  else if (!firmware->signed_flag && firmware->signature != NULL)
    smith_firmware_add_warning (firmware,
                                "The file holds a signature, but does not say that it is signed");
}
