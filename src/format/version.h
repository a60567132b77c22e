/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What the first group of a version says about who it is for. */
typedef enum
{
  SMITH_VERSION_UNKNOWN,
  SMITH_VERSION_STICK,  /* 21: Stick firmware */
  SMITH_VERSION_HILINK, /* 22: HiLink firmware */
  SMITH_VERSION_WEBUI,  /* 17: web interface of HiLink firmware */
  SMITH_VERSION_OLDER,  /* 10, 11: older sticks, or others */
  SMITH_VERSION_LATER,  /* 10 and 11 with (H…): later hardware of the same name */
} SmithVersionFamily;

/**
 * SmithVersion:
 * @groups: the numbers between the dots, such as 21, 180, 1, 0, 0; a missing
 *   one is 0
 * @factory: made for the factory, not for daily use
 *
 * What a version text tells by its numbers.
 */
typedef struct
{
  guint groups[5];
  guint n_groups;
  SmithVersionFamily family;
  gboolean factory;
} SmithVersion;

gboolean smith_version_parse (const char *text, SmithVersion *version);

G_END_DECLS
