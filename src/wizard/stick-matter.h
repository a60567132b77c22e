/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "stick/identity.h"

G_BEGIN_DECLS

#define SMITH_MATTERS_MAX 6

/* What the button of a matter does. */
typedef enum
{
  SMITH_CURE_NONE,
  SMITH_CURE_ACCESS,      /* offers access to the ports */
  SMITH_CURE_EJECT,       /* ejects the stick's CD */
  SMITH_CURE_LOAD_DRIVER, /* copies the command that does it */
  SMITH_CURE_ASK_AGAIN,   /* asks the stick once more what it is */
} SmithCure;

/**
 * SmithMatter:
 * @id: a stable lower-case word
 * @title: in one line
 * @text: what it means, and what to do
 * @cure: what Sticksmith can do about it
 * @help: (nullable): the topic of help that tells more
 * @blocks: nothing can be begun while it is so
 * @calm: it is good to know, and no trouble
 *
 * Something about a stick that a person should know before they begin. The
 * texts are translated and live as long as the program.
 */
typedef struct
{
  const char *id;
  const char *title;
  const char *text;
  SmithCure cure;
  const char *help;
  gboolean blocks;
  gboolean calm;
} SmithMatter;

guint smith_stick_list_matters (const SmithStick *stick,
                                const SmithIdentity *identity,
                                const GError *error,
                                gboolean cd_stays,
                                SmithMatter matters[SMITH_MATTERS_MAX]);
gboolean
smith_stick_is_ready (const SmithStick *stick, const SmithIdentity *identity, const GError *error);

G_END_DECLS
