/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SmithChip:
 *
 * The generation of chip that a partition, a file or a stick belongs to.
 */
typedef enum
{
  SMITH_CHIP_UNKNOWN,
  SMITH_CHIP_V7R1,
  SMITH_CHIP_V7R2,
  SMITH_CHIP_V7R11,
  SMITH_CHIP_QUALCOMM,
} SmithChip;

/**
 * SmithPartitionRole:
 *
 * What a person would call the content of a partition.
 */
typedef enum
{
  SMITH_ROLE_FIRMWARE,
  SMITH_ROLE_ISO,
  SMITH_ROLE_WEBUI,
} SmithPartitionRole;

/* "U", eight hex digits, NUL; no known name is longer. */
#define SMITH_PARTITION_NAME_SIZE 20

void smith_partition_id_name (guint32 id, char name[SMITH_PARTITION_NAME_SIZE]);
SmithPartitionRole smith_partition_id_role (guint32 id);
SmithChip smith_partition_id_chip (guint32 id);
const char *smith_chip_name (SmithChip chip);

G_END_DECLS
