/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "partition-id.h"

typedef struct
{
  guint32 id;
  const char *name;
  SmithChip chip;
  SmithPartitionRole role;
} PartitionId;

#define ANY SMITH_CHIP_UNKNOWN
#define R1 SMITH_CHIP_V7R1
#define R2 SMITH_CHIP_V7R2
#define R11 SMITH_CHIP_V7R11
#define FW SMITH_ROLE_FIRMWARE
#define ISO SMITH_ROLE_ISO
#define WEB SMITH_ROLE_WEBUI

/* The ids of Balong firmware files, as the vendor's loaders know them. Names
 * that exist in two generations tell which chip the file was made for; those
 * that every generation shares tell nothing. */
static const PartitionId table[] = {
  { 0x00000066, "Nvimage_R1", R1, FW },    { 0x00000100, "Ptable_R1", R1, FW },
  { 0x00000101, "Bootloader_R1", R1, FW }, { 0x00000102, "Bootrom_R1", R1, FW },
  { 0x00000104, "Fastboot_R1", R1, FW },   { 0x00000105, "Kernel_R1", R1, FW },
  { 0x00000107, "System_R1", R1, FW },     { 0x00000109, "APP_R1", R1, FW },
  { 0x00000113, "WEBUI_R1", R1, WEB },     { 0x00010000, "Ptable", ANY, FW },
  { 0x00020000, "M3Boot", R2, FW },        { 0x00030000, "Kernel", R2, FW },
  { 0x00040000, "VxWorks", R2, FW },       { 0x00050000, "M3Image", R2, FW },
  { 0x00060000, "DSP", R2, FW },           { 0x00070000, "Nvdload", R2, FW },
  { 0x00080000, "Nvimg", ANY, FW },        { 0x00090000, "Kernel_R11", R11, FW },
  { 0x000A0000, "Oeminfo", ANY, FW },      { 0x000B0000, "CDROMISO", ANY, ISO },
  { 0x00100000, "System", ANY, FW },       { 0x00110000, "Fastboot", ANY, FW },
  { 0x00130000, "Logo", ANY, FW },         { 0x00170000, "Wimaxcfg", ANY, FW },
  { 0x00180000, "Wimaxcrf", ANY, FW },     { 0x00190000, "Userdata", ANY, FW },
  { 0x001A0000, "Oeminfo", ANY, FW },      { 0x001B0000, "Online", ANY, FW },
  { 0x001E0000, "Modem_fw", ANY, FW },     { 0x00200000, "M3Boot_R11", R11, FW },
  { 0x00220000, "VxWorks_R11", R11, FW },  { 0x00230000, "M3Image_R11", R11, FW },
  { 0x00240000, "DSP_R11", R11, FW },      { 0x00250000, "Nvdload_R11", R11, FW },
  { 0x00270000, "DTS_R11", R11, FW },      { 0x00280000, "HIFI_R11", R11, FW },
  { 0x00290000, "Teeos", ANY, FW },        { 0x00450000, "APP_EXT_A", ANY, FW },
  { 0x00460000, "APP_EXT_B", ANY, FW },    { 0x00480000, "Ptable_ext_A", ANY, FW },
  { 0x00490000, "Ptable_ext_B", ANY, FW }, { 0x00510000, "Oeminfo", ANY, FW },
  { 0x00550000, "Oeminfo", ANY, FW },      { 0x00550103, "VxWorks_R1", R1, FW },
  { 0x00560000, "WEBUI", ANY, WEB },       { 0x00570000, "APP", ANY, FW },
  { 0x00590000, "System", ANY, FW },       { 0x005A0000, "APP", ANY, FW },
  { 0x005B0000, "WEBUI", ANY, WEB },       { 0x005D0000, "Online", ANY, FW },
  { 0x005E0000, "Online", ANY, FW },
};

static const PartitionId *
lookup (guint32 id)
{
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (table[i].id == id)
      return &table[i];
  return NULL;
}

/**
 * smith_partition_id_name:
 * @name: (out): the vendor's name, or "U" and eight hex digits; an unknown id is no error
 */
void
smith_partition_id_name (guint32 id, char name[SMITH_PARTITION_NAME_SIZE])
{
  const PartitionId *known = lookup (id);

  if (known != NULL)
    g_strlcpy (name, known->name, SMITH_PARTITION_NAME_SIZE);
  else
    g_snprintf (name, SMITH_PARTITION_NAME_SIZE, "U%08X", id);
}

/**
 * smith_partition_id_role:
 *
 * Returns: what the partition holds; an unknown one counts as firmware
 */
SmithPartitionRole
smith_partition_id_role (guint32 id)
{
  const PartitionId *known = lookup (id);

  return known != NULL ? known->role : SMITH_ROLE_FIRMWARE;
}

/**
 * smith_partition_id_chip:
 *
 * Returns: the chip generation that alone uses @id, or SMITH_CHIP_UNKNOWN
 *   where several do or the id is not known
 */
SmithChip
smith_partition_id_chip (guint32 id)
{
  const PartitionId *known = lookup (id);

  return known != NULL ? known->chip : SMITH_CHIP_UNKNOWN;
}

/**
 * smith_chip_name:
 *
 * Returns: the vendor's name of the generation, NULL for an unknown one
 */
const char *
smith_chip_name (SmithChip chip)
{
  static const char *const names[] = {
    [SMITH_CHIP_UNKNOWN] = NULL,        [SMITH_CHIP_V7R1] = "Balong V7R1",
    [SMITH_CHIP_V7R2] = "Balong V7R2",  [SMITH_CHIP_V7R11] = "Balong V7R11",
    [SMITH_CHIP_QUALCOMM] = "Qualcomm",
  };

  return (guint) chip < G_N_ELEMENTS (names) ? names[chip] : NULL;
}
