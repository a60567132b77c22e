/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pe-maker.h"

#include <string.h>

#include "format/bytes.h"

#define HEADER 0x80
#define CODE 0x200
#define FOLDERS 0x400
#define ADDRESS 0x2000 /* of the section with the resources, in memory */
#define ALIGNMENT 0x200

static void
put_section (guint8 *p, const char *name, guint32 address, guint32 size, guint32 pointer)
{
  memcpy (p, name, strlen (name));
  smith_put_u32_le (p + 8, size);
  smith_put_u32_le (p + 12, address);
  smith_put_u32_le (p + 16, size);
  smith_put_u32_le (p + 20, pointer);
}

/* A folder with one entry, which is a folder or, with the top bit clear, the resource. */
static guint8 *
put_folder (guint8 *p, guint32 number, guint32 entry)
{
  smith_put_u16_le (p + 14, 1);
  smith_put_u32_le (p + 16, number);
  smith_put_u32_le (p + 20, entry);
  return p + 24;
}

/* Kind, name, language, and where the resource stands. */
static void
put_folders (guint8 *folders, guint32 size)
{
  guint8 *p = put_folder (folders, 10, 0x80000000u | 24);

  p = put_folder (p, 101, 0x80000000u | 48);
  p = put_folder (p, 1033, 72);
  smith_put_u32_le (p, ADDRESS + PE_RESOURCE - FOLDERS);
  smith_put_u32_le (p + 4, size);
}

/* The same for two; the second one in a language of its own. */
static void
put_two (guint8 *folders, guint32 size, guint32 second, guint32 second_size)
{
  guint8 *p = put_folder (folders, 10, 0x80000000u | 24);
  guint8 *languages = put_folder (p, 101, 0x80000000u | 48);

  smith_put_u16_le (languages + 14, 2);
  smith_put_u32_le (languages + 16, 1033);
  smith_put_u32_le (languages + 20, 80);
  smith_put_u32_le (languages + 24, 2052);
  smith_put_u32_le (languages + 28, 96);
  smith_put_u32_le (folders + 80, ADDRESS + PE_RESOURCE - FOLDERS);
  smith_put_u32_le (folders + 84, size);
  smith_put_u32_le (folders + 96, ADDRESS + second - FOLDERS);
  smith_put_u32_le (folders + 100, second_size);
}

static void
put_headers (guint8 *file, const PeShape *shape, guint32 size, guint32 stored)
{
  guint optional_size = shape->is_64 ? 240 : 224;
  guint8 *optional = file + HEADER + 24;
  guint8 *directories = optional + (shape->is_64 ? 112 : 96);

  memcpy (file, "MZ", 2);
  smith_put_u32_le (file + 0x3C, HEADER);
  memcpy (file + HEADER, "PE\0\0", 4);
  smith_put_u16_le (file + HEADER + 6, 2);
  smith_put_u16_le (file + HEADER + 20, optional_size);
  smith_put_u16_le (optional, shape->is_64 ? 0x20B : 0x10B);
  smith_put_u32_le (directories - 4, 16);
  smith_put_u32_le (directories + 2 * 8, ADDRESS);
  smith_put_u32_le (directories + 2 * 8 + 4, PE_RESOURCE - FOLDERS + size);
  if (shape->certificate > 0)
    {
      smith_put_u32_le (directories + 4 * 8, FOLDERS + stored);
      smith_put_u32_le (directories + 4 * 8 + 4, shape->certificate);
    }
  put_section (optional + optional_size, ".text", 0x1000, CODE, CODE);
  put_section (optional + optional_size + 40, ".rsrc", ADDRESS, stored, FOLDERS);
}

/**
 * pe_make:
 * @package: what the resource holds: a .bin
 *
 * Returns: (transfer full): the program
 */
GBytes *
pe_make (GBytes *package, const PeShape *shape)
{
  gsize package_size;
  const guint8 *data = g_bytes_get_data (package, &package_size);
  guint32 size = (guint32) (shape->before + package_size + shape->more);
  guint32 second = (PE_RESOURCE + size + 15) / 16 * 16;
  guint32 second_size = shape->second != NULL ? (guint32) g_bytes_get_size (shape->second) : 0;
  guint32 used = second_size > 0 ? second + second_size : PE_RESOURCE + size;
  guint32 end = (used + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  gsize whole = end + shape->certificate;
  guint8 *file = g_malloc0 (whole);
  guint8 *resource = file + PE_RESOURCE;

  put_headers (file, shape, used - PE_RESOURCE, end - FOLDERS);
  put_folders (file + FOLDERS, size);
  if (second_size > 0)
    {
      put_two (file + FOLDERS, size, second, second_size);
      memcpy (file + second, g_bytes_get_data (shape->second, NULL), second_size);
    }
  memset (resource, 0x11, shape->before);
  memcpy (resource + shape->before, data, package_size);
  memset (resource + shape->before + package_size, shape->more_value, shape->more);
  return g_bytes_new_take (file, whole);
}
