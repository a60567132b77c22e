/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The command that a stick refuses while it is written. */
typedef enum
{
  SMITH_REFUSED_FIRST_BEGIN, /* nothing was written yet */
  SMITH_REFUSED_BEGIN,
  SMITH_REFUSED_BLOCK,
  SMITH_REFUSED_END,
  SMITH_REFUSED_OTHER,
} SmithRefusedCommand;

char *smith_refusal_describe (int code, SmithRefusedCommand command, gboolean is_balong);

G_END_DECLS
