/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "format/partition-id.h"

#include <string.h>

/* The vendor's ids, written down a second time. */
static const struct
{
  guint32 id;
  const char *name;
} known[] = {
  { 0x10000, "Ptable" },        { 0x20000, "M3Boot" },      { 0x30000, "Kernel" },
  { 0x40000, "VxWorks" },       { 0x50000, "M3Image" },     { 0x60000, "DSP" },
  { 0x70000, "Nvdload" },       { 0x80000, "Nvimg" },       { 0x90000, "Kernel_R11" },
  { 0xA0000, "Oeminfo" },       { 0x1A0000, "Oeminfo" },    { 0x510000, "Oeminfo" },
  { 0x550000, "Oeminfo" },      { 0xB0000, "CDROMISO" },    { 0x100000, "System" },
  { 0x590000, "System" },       { 0x110000, "Fastboot" },   { 0x130000, "Logo" },
  { 0x170000, "Wimaxcfg" },     { 0x180000, "Wimaxcrf" },   { 0x190000, "Userdata" },
  { 0x1B0000, "Online" },       { 0x5D0000, "Online" },     { 0x5E0000, "Online" },
  { 0x1E0000, "Modem_fw" },     { 0x200000, "M3Boot_R11" }, { 0x220000, "VxWorks_R11" },
  { 0x230000, "M3Image_R11" },  { 0x240000, "DSP_R11" },    { 0x250000, "Nvdload_R11" },
  { 0x270000, "DTS_R11" },      { 0x280000, "HIFI_R11" },   { 0x290000, "Teeos" },
  { 0x450000, "APP_EXT_A" },    { 0x460000, "APP_EXT_B" },  { 0x480000, "Ptable_ext_A" },
  { 0x490000, "Ptable_ext_B" }, { 0x560000, "WEBUI" },      { 0x5B0000, "WEBUI" },
  { 0x570000, "APP" },          { 0x5A0000, "APP" },        { 0x100, "Ptable_R1" },
  { 0x101, "Bootloader_R1" },   { 0x102, "Bootrom_R1" },    { 0x550103, "VxWorks_R1" },
  { 0x104, "Fastboot_R1" },     { 0x105, "Kernel_R1" },     { 0x107, "System_R1" },
  { 0x66, "Nvimage_R1" },       { 0x109, "APP_R1" },        { 0x113, "WEBUI_R1" },
};

static gboolean
is_v7r2_only (guint32 id)
{
  /* Names that V7R11 has too, with _R11. */
  return id >= 0x20000 && id <= 0x70000 && id % 0x10000 == 0;
}

static SmithChip
expected_chip (guint32 id, const char *name)
{
  if (g_str_has_suffix (name, "_R11"))
    return SMITH_CHIP_V7R11;
  if (g_str_has_suffix (name, "_R1"))
    return SMITH_CHIP_V7R1;
  return is_v7r2_only (id) ? SMITH_CHIP_V7R2 : SMITH_CHIP_UNKNOWN;
}

static SmithPartitionRole
expected_role (const char *name)
{
  if (g_str_has_prefix (name, "WEBUI"))
    return SMITH_ROLE_WEBUI;
  return g_str_equal (name, "CDROMISO") ? SMITH_ROLE_ISO : SMITH_ROLE_FIRMWARE;
}

static void
test_known (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    {
      char name[SMITH_PARTITION_NAME_SIZE];

      smith_partition_id_name (known[i].id, name);
      g_assert_cmpstr (name, ==, known[i].name);
      g_assert_cmpint (smith_partition_id_chip (known[i].id), ==,
                       expected_chip (known[i].id, name));
      g_assert_cmpint (smith_partition_id_role (known[i].id), ==, expected_role (name));
    }
}

static gboolean
is_known (guint32 id)
{
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    if (known[i].id == id)
      return TRUE;
  return FALSE;
}

static void
check_unknown (guint32 id)
{
  char name[SMITH_PARTITION_NAME_SIZE];
  char expected[SMITH_PARTITION_NAME_SIZE];

  if (is_known (id))
    return;
  g_snprintf (expected, sizeof expected, "U%08X", id);
  memset (name, 'x', sizeof name);
  smith_partition_id_name (id, name);
  g_assert_cmpstr (name, ==, expected);
  g_assert_cmpint (smith_partition_id_chip (id), ==, SMITH_CHIP_UNKNOWN);
  g_assert_cmpint (smith_partition_id_role (id), ==, SMITH_ROLE_FIRMWARE);
}

/* All of the range in which the known ones lie, and its ends. */
static void
test_unknown (void)
{
  for (guint32 id = 0; id < 0x1000; id++)
    check_unknown (id);
  for (guint32 id = 0; id < 0x1000000; id += 0x10000)
    for (guint32 low = 0; low < 3; low++)
      check_unknown (id + low - 1);
  check_unknown (0xFFFFFFFF);
  check_unknown (0x80000000);
}

static void
test_chip_names (void)
{
  g_assert_null (smith_chip_name (SMITH_CHIP_UNKNOWN));
  g_assert_cmpstr (smith_chip_name (SMITH_CHIP_V7R1), ==, "Balong V7R1");
  g_assert_cmpstr (smith_chip_name (SMITH_CHIP_V7R2), ==, "Balong V7R2");
  g_assert_cmpstr (smith_chip_name (SMITH_CHIP_V7R11), ==, "Balong V7R11");
  g_assert_cmpstr (smith_chip_name (SMITH_CHIP_QUALCOMM), ==, "Qualcomm");
  g_assert_null (smith_chip_name (99));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/partition-id/known", test_known);
  g_test_add_func ("/partition-id/unknown", test_unknown);
  g_test_add_func ("/partition-id/chip-names", test_chip_names);
  return g_test_run ();
}
