/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SMITH_HELP_STEPS_MAX 4

/**
 * SmithHelpTopic:
 * @id: a stable lower-case word
 * @title: the trouble in a few words, as a person would say it
 * @see: what one sees
 * @why: why it is so
 * @steps: what to do, one thing after the other; %NULL behind the last
 *
 * A page of help. The texts are English: use _() where they are shown. Any
 * thread.
 */
typedef struct
{
  const char *id;
  const char *title;
  const char *see;
  const char *why;
  const char *steps[SMITH_HELP_STEPS_MAX + 1];
} SmithHelpTopic;

const SmithHelpTopic *smith_help_list (guint *n);
const SmithHelpTopic *smith_help_find (const char *id);

G_END_DECLS
