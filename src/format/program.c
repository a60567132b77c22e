/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "program.h"

#include "bytes.h"

/* Microsoft's "PE/COFF" format, as its public description has it. */
#define HEADER_POINTER 0x3C
#define SIGNATURE 0x00004550u /* "PE" */
#define MAGIC_32 0x10B
#define MAGIC_64 0x20B
#define SECTION_SIZE 40
#define SECTIONS_MAX 96
#define RESOURCES 2
#define CERTIFICATES 4
#define IN_SUBFOLDER 0x80000000u

/* Kind, name and language. */
#define LEVELS 3
#define ENTRIES_MAX 4096 /* of all folders together */

typedef struct
{
  const guint8 *file;
  gsize size;
  guint64 sections; /* where the table stands */
  guint n_sections;
  guint64 resources; /* where the folders begin in the file */
  guint64 place;
  guint n_entries;
  SmithProgram *program;
} Reading;

typedef struct
{
  guint32 address;
  guint32 size;
} Directory;

static SmithReader
read_at (const Reading *reading, guint64 offset)
{
  SmithReader r = smith_reader (reading->file, reading->size);

  if (offset > reading->size)
    r.overrun = TRUE;
  else
    r.pos = (gsize) offset;
  return r;
}

static void
need (Reading *reading, guint64 end)
{
  reading->program->needed = MAX (reading->program->needed, end);
}

/* What stands in the file for an address of the running program. */
static gboolean
find_in_file (const Reading *reading, guint32 address, guint64 *offset)
{
  for (guint i = 0; i < reading->n_sections; i++)
    {
      SmithReader r = read_at (reading, reading->sections + i * SECTION_SIZE + 12);
      guint32 start = smith_read_u32_le (&r);
      guint32 stored = smith_read_u32_le (&r);
      guint32 pointer = smith_read_u32_le (&r);

      if (r.overrun || address < start || address - start >= stored)
        continue;
      *offset = (guint64) pointer + (address - start);
      return TRUE;
    }
  return FALSE;
}

static void
take_resource (Reading *reading, guint64 entry)
{
  SmithReader r = read_at (reading, entry);
  guint32 address = smith_read_u32_le (&r);
  guint32 size = smith_read_u32_le (&r);
  SmithProgram *program = reading->program;
  guint64 offset;

  if (r.overrun || size == 0 || !find_in_file (reading, address, &offset) || reading->place < offset
      || reading->place - offset >= size)
    return;
  if (program->resource_size != 0 && program->resource_size <= size)
    return;
  program->resource = offset;
  program->resource_size = size;
}

static void
walk_folder (Reading *reading, guint64 folder, guint level)
{
  SmithReader r = read_at (reading, folder + 12);
  guint n = smith_read_u16_le (&r);

  n += smith_read_u16_le (&r);
  for (guint i = 0; i < n && reading->n_entries < ENTRIES_MAX; i++)
    {
      guint32 offset;

      reading->n_entries++;
      smith_read_u32_le (&r);
      offset = smith_read_u32_le (&r);
      if (r.overrun)
        return;
      if ((offset & IN_SUBFOLDER) == 0)
        take_resource (reading, reading->resources + offset);
      else if (level + 1 < LEVELS)
        walk_folder (reading, reading->resources + (offset & ~IN_SUBFOLDER), level + 1);
    }
}

static void
take_sections (Reading *reading)
{
  for (guint i = 0; i < reading->n_sections; i++)
    {
      SmithReader r = read_at (reading, reading->sections + i * SECTION_SIZE + 16);
      guint32 stored = smith_read_u32_le (&r);
      guint32 pointer = smith_read_u32_le (&r);

      if (!r.overrun && stored > 0 && pointer > 0)
        need (reading, (guint64) pointer + stored);
    }
}

static Directory
read_directory (const Reading *reading, guint64 optional, guint16 magic, guint number)
{
  guint64 table = optional + (magic == MAGIC_32 ? 92 : 108);
  SmithReader r = read_at (reading, table);
  guint32 n = smith_read_u32_le (&r);
  Directory directory = { 0 };

  if (number >= n)
    return directory;
  r = read_at (reading, table + 4 + number * 8);
  directory.address = smith_read_u32_le (&r);
  directory.size = smith_read_u32_le (&r);
  return directory;
}

/**
 * smith_program_read:
 * @place: the byte of the file whose resource is looked for
 * @program: (out caller-allocates):
 *
 * Reads the headers of a Windows program (PE): how long the file must be for
 * all that they name, and which resource holds a place. Bounded in time, and
 * without memory of its own, whatever stands in the file. Any thread.
 *
 * Returns: FALSE where the file is no such program
 */
gboolean
smith_program_read (const guint8 *file, gsize size, guint64 place, SmithProgram *program)
{
  Reading reading = { .file = file, .size = size, .place = place, .program = program };
  SmithReader r = read_at (&reading, HEADER_POINTER);
  guint64 header = smith_read_u32_le (&r);
  guint64 optional = header + 24;
  Directory directory;
  guint16 optional_size;
  guint16 magic;

  *program = (SmithProgram){ 0 };
  if (size < 2 || file[0] != 'M' || file[1] != 'Z')
    return FALSE;
  r = read_at (&reading, header);
  if (smith_read_u32_le (&r) != SIGNATURE)
    return FALSE;
  smith_read_u16_le (&r);
  reading.n_sections = smith_read_u16_le (&r);
  r = read_at (&reading, header + 20);
  optional_size = smith_read_u16_le (&r);
  r = read_at (&reading, optional);
  magic = smith_read_u16_le (&r);
  if (r.overrun || (magic != MAGIC_32 && magic != MAGIC_64) || reading.n_sections > SECTIONS_MAX)
    return FALSE;
  reading.sections = optional + optional_size;
  take_sections (&reading);
  /* Signatures of the program stand at its very end, by their place in the file. */
  directory = read_directory (&reading, optional, magic, CERTIFICATES);
  if (directory.size > 0)
    need (&reading, (guint64) directory.address + directory.size);
  directory = read_directory (&reading, optional, magic, RESOURCES);
  if (directory.size > 0 && find_in_file (&reading, directory.address, &reading.resources))
    walk_folder (&reading, reading.resources, 0);
  return TRUE;
}
