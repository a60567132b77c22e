/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum
{
  SMITH_AT_SAID,   /* what was sent */
  SMITH_AT_HEARD,  /* a line of the answer */
  SMITH_AT_RESULT, /* how it ended */
} SmithAtKind;

#define SMITH_AT_CONVERSATION_MAX 1000

/**
 * SmithAtConversation:
 *
 * The lines of an AT terminal, shown in a text buffer. Identities and PINs in
 * it are masked until they are asked for. The oldest lines go first.
 */
typedef struct _SmithAtConversation SmithAtConversation;

SmithAtConversation *smith_at_conversation_new (GtkTextBuffer *buffer);
void smith_at_conversation_free (SmithAtConversation *conversation);
void
smith_at_conversation_add (SmithAtConversation *conversation, SmithAtKind kind, const char *text);
void smith_at_conversation_show_identities (SmithAtConversation *conversation, gboolean show);
char *smith_at_conversation_get_text (SmithAtConversation *conversation);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SmithAtConversation, smith_at_conversation_free)

G_END_DECLS
