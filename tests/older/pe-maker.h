/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PeShape:
 * @is_64: headers of a 64-bit program
 * @before: bytes of the resource that stand before the package
 * @more: so much longer the resource says that it is, and the file is, too
 * @more_value: what stands there
 * @certificate: size of a signature of the program at its end
 * @second: (nullable): what a second resource holds, which stands behind the first
 *
 * A Windows program with one resource or two, as small as it can be.
 */
typedef struct
{
  gboolean is_64;
  guint before;
  guint more;
  guint8 more_value;
  guint certificate;
  GBytes *second;
} PeShape;

/* Where the resource stands in the file. */
#define PE_RESOURCE 0x600

/* Where it says how long it is, if there is one only. */
#define PE_RESOURCE_SIZE 0x44C

GBytes *pe_make (GBytes *package, const PeShape *shape);

G_END_DECLS
