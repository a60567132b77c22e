/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "at-conversation.h"

#include <string.h>

#include "job/log.h"

#define HIDDEN "****"

typedef struct
{
  SmithAtKind kind;
  char *text;
} Line;

struct _SmithAtConversation
{
  GtkTextBuffer *buffer;
  GtkTextTag *bold;
  GQueue lines; /* Line */
  gboolean open;
};

static void
line_free (gpointer data)
{
  Line *line = data;

  g_free (line->text);
  g_free (line);
}

SmithAtConversation *
smith_at_conversation_new (GtkTextBuffer *buffer)
{
  SmithAtConversation *conversation = g_new0 (SmithAtConversation, 1);

  conversation->buffer = g_object_ref (buffer);
  conversation->bold = gtk_text_buffer_create_tag (buffer, NULL, "weight", PANGO_WEIGHT_BOLD, NULL);
  g_queue_init (&conversation->lines);
  return conversation;
}

void
smith_at_conversation_free (SmithAtConversation *conversation)
{
  g_queue_clear_full (&conversation->lines, line_free);
  g_object_unref (conversation->buffer);
  g_free (conversation);
}

/* Commands that have a PIN or a password behind them. */
static gboolean
has_secret (const char *command)
{
  g_autofree char *upper = g_ascii_strup (command, -1);

  return strstr (upper, "+CPIN=") != NULL || strstr (upper, "+CPWD=") != NULL
         || strstr (upper, "+CLCK=") != NULL || strstr (upper, "^CPIN=") != NULL;
}

static char *
mask (const Line *line)
{
  if (line->kind == SMITH_AT_SAID && has_secret (line->text))
    {
      gsize head = strcspn (line->text, "=") + 1;

      return g_strdup_printf ("%.*s" HIDDEN, (int) head, line->text);
    }
  return smith_log_mask (line->text);
}

/* A command has a mark before it, and a line of space before that. */
static void
show_line (SmithAtConversation *conversation, const Line *line)
{
  g_autofree char *shown = conversation->open ? g_strdup (line->text) : mask (line);
  GtkTextIter end;

  gtk_text_buffer_get_end_iter (conversation->buffer, &end);
  if (line->kind == SMITH_AT_SAID)
    {
      gtk_text_buffer_insert (conversation->buffer, &end, gtk_text_iter_is_start (&end) ? "" : "\n",
                              -1);
      gtk_text_buffer_insert_with_tags (conversation->buffer, &end, "> ", -1, conversation->bold,
                                        NULL);
      gtk_text_buffer_insert_with_tags (conversation->buffer, &end, shown, -1, conversation->bold,
                                        NULL);
    }
  else
    gtk_text_buffer_insert (conversation->buffer, &end, shown, -1);
  gtk_text_buffer_insert (conversation->buffer, &end, "\n", -1);
}

static void
show_all (SmithAtConversation *conversation)
{
  gtk_text_buffer_set_text (conversation->buffer, "", 0);
  for (GList *l = conversation->lines.head; l != NULL; l = l->next)
    show_line (conversation, l->data);
}

/* Adds a line; what is no text in it is replaced. */
void
smith_at_conversation_add (SmithAtConversation *conversation, SmithAtKind kind, const char *text)
{
  Line *line = g_new0 (Line, 1);

  line->kind = kind;
  line->text = g_utf8_make_valid (text, -1);
  g_queue_push_tail (&conversation->lines, line);
  if (conversation->lines.length <= SMITH_AT_CONVERSATION_MAX)
    show_line (conversation, line);
  else
    {
      line_free (g_queue_pop_head (&conversation->lines));
      show_all (conversation);
    }
}

void
smith_at_conversation_show_identities (SmithAtConversation *conversation, gboolean show)
{
  if (conversation->open == show)
    return;
  conversation->open = show;
  show_all (conversation);
}

/* Returns: (transfer full): all of it as it is shown */
char *
smith_at_conversation_get_text (SmithAtConversation *conversation)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (conversation->buffer, &start, &end);
  return gtk_text_buffer_get_text (conversation->buffer, &start, &end, FALSE);
}
