/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

#include "expander.h"
#include "partition-id.h"

G_BEGIN_DECLS

typedef enum
{
  SMITH_FIRMWARE_PLAIN,   /* a .bin: the chain begins behind the file prefix */
  SMITH_FIRMWARE_UPDATER, /* a Windows updater that carries the chain inside */
  SMITH_FIRMWARE_FOLDER,  /* a folder of raw images */
} SmithFirmwareKind;

typedef enum
{
  SMITH_CHECK_PENDING,
  SMITH_CHECK_GOOD,
  SMITH_CHECK_BAD,
} SmithCheck;

/* Bits 0 to 2 of the download id: what a package holds. */
typedef enum
{
  SMITH_CONTENT_FIRMWARE = 1 << 0,
  SMITH_CONTENT_ISO = 1 << 1,
  SMITH_CONTENT_WEBUI = 1 << 2,
} SmithContent;

/**
 * SmithPartition:
 *
 * One partition of a firmware file. @stored and @expanded are bytes; @expanded
 * is known (@expanded_known) once smith_firmware_verify() has been through it,
 * and at once where nothing is compressed.
 */
typedef struct
{
  guint index;
  guint32 id;
  char name[SMITH_PARTITION_NAME_SIZE];
  guint64 offset; /* of the header in the file; 0 in a folder */
  gsize stored;
  guint64 expanded;
  gboolean expanded_known;
  SmithCompression compression;
  gboolean header_ok;
  SmithCheck data_ok;
  guint32 header_version;
  guint32 block_size; /* bytes of stored data under one checksum; 0 in a folder */
  char product[9];
  char date[17];
  char time[17];
  char version[33];
  GBytes *data;      /* stored data, a slice of the file */
  GBytes *checksums; /* u16 LE each, a slice of the file; NULL in a folder */
} SmithPartition;

/**
 * SmithSignature:
 *
 * What AT^SIGNVER takes: @type is the content of the package (bits 0 to 2 of
 * the download id), @size that of the signature in bytes.
 */
typedef struct
{
  guint type;
  guint32 size;
  char key_sha256[65]; /* upper-case hex */
} SmithSignature;

/**
 * SmithFirmware:
 *
 * A firmware package: a chain of partitions. Made by smith_firmware_parse() or
 * smith_firmware_from_images(); complete after smith_firmware_verify(). Free
 * with smith_firmware_free(). Not thread-safe, but may be handed from one
 * thread to another.
 */
typedef struct
{
  SmithFirmwareKind kind;
  GBytes *file;
  guint64 size;
  char *sha256;      /* of the file, or of all images of a folder; NULL until verified */
  gboolean verified; /* smith_firmware_verify() was through; good or bad */
  gboolean has_prefix;
  guint8 download_id;
  guint content; /* SmithContent bits */
  gboolean signed_flag;
  SmithChip chip;
  const char *version;   /* what follows the last colon of the version text; may be "" */
  char *platform;        /* what stands between the first two colons, or NULL */
  const char *product;   /* the first partition's compatibility code; may be "" */
  char *built;           /* date and time of the first partition, or NULL */
  GPtrArray *partitions; /* SmithPartition */
  SmithSignature *signature;
  GPtrArray *problems; /* char *: why the package must not be written */
  GPtrArray *warnings; /* char *: what is odd, but no reason to refuse */
} SmithFirmware;

/* One image of a folder: file name and content. */
typedef struct
{
  const char *name;
  GBytes *data;
} SmithImage;

/**
 * SmithVerifyFunc:
 * @done: bytes of stored data that were worked on
 * @total: bytes of all the work
 *
 * Called now and then, from several threads at once. Returns: FALSE to stop.
 */
typedef gboolean (*SmithVerifyFunc) (guint64 done, guint64 total, gpointer user_data);

#define SMITH_FIRMWARE_PREFIX_SIZE 0x5C
#define SMITH_FIRMWARE_EXPANDED_MAX (G_GUINT64_CONSTANT (1) << 30)
/* Two digits number them in a folder. */
#define SMITH_FIRMWARE_PARTITIONS_MAX 100

SmithFirmware *smith_firmware_parse (GBytes *file, GError **error);
SmithFirmware *
smith_firmware_from_images (const SmithImage *images, guint n_images, GError **error);
void smith_firmware_free (SmithFirmware *firmware);

gboolean
smith_firmware_check_sums (SmithFirmware *firmware, SmithVerifyFunc func, gpointer user_data);
gboolean smith_firmware_verify (SmithFirmware *firmware, SmithVerifyFunc func, gpointer user_data);
gboolean smith_firmware_is_good (SmithFirmware *firmware);
gboolean smith_partition_check_sums (const SmithPartition *partition);
char *smith_partition_file_name (const SmithPartition *partition);
gboolean smith_image_name_parse (const char *name, guint *index, guint32 *id);
const char *smith_firmware_kind_name (SmithFirmwareKind kind);
const SmithSignature *smith_signature_known_for (guint content, SmithChip chip);

void smith_partition_free (SmithPartition *partition);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithFirmware, smith_firmware_free)

G_END_DECLS
