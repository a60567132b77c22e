/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* A file of an archive, or what pretends to be one. */
typedef struct
{
  const char *name;
  const void *content;
  gsize size;
  const char *symlink;  /* where it leads, or NULL */
  const char *hardlink; /* likewise */
  gsize data_at;        /* with data_size: all but these bytes are a hole */
  gsize data_size;
} MakerEntry;

typedef struct
{
  const char *name;    /* for messages */
  int format;          /* ARCHIVE_FORMAT_... */
  int filter;          /* ARCHIVE_FILTER_... */
  const char *options; /* of libarchive, or NULL */
} MakerKind;

GByteArray *maker_make (const MakerKind *kind, const MakerEntry *entries, guint n);
GByteArray *maker_make_rar4 (const MakerEntry *entries, guint n);
GByteArray *maker_make_rar5 (const MakerEntry *entries, guint n);
