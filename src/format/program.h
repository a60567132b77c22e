/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SmithProgram:
 * @needed: how many bytes the file has at least, by its headers
 * @resource: where the smallest resource around the place that was asked for
 *   begins in the file
 * @resource_size: its size as the program says it; 0: the place is in none
 *
 * What a Windows program's headers tell about the file, as far as it matters
 * for what is inside. Sizes and places are bytes; none is promised to lie
 * within the file.
 */
typedef struct
{
  guint64 needed;
  guint64 resource;
  guint64 resource_size;
} SmithProgram;

gboolean smith_program_read (const guint8 *file, gsize size, guint64 place, SmithProgram *program);

G_END_DECLS
