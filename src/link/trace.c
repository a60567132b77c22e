/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trace.h"

#include <string.h>

#include "format/bytes.h"
#include "format/mask.h"

#define BLOCK 0x42
#define ACK 0x02
#define BLOCK_HEAD 7

/* So much of what a stick sends is told byte by byte: enough for every code, too
 * little for any number of its own. Texts are told as such, with the numbers in
 * them masked. */
#define RECEIVED_BYTES 4
#define SENT_BYTES 32
#define TEXT_LEAST 3
#define TEXT_MOST 64
#define LINES_MOST 24

/* Pieces of one kind that were sent and taken one after the other. */
typedef struct
{
  const char *what; /* a literal; NULL: none */
  guint first;
  guint last;
  guint64 bytes;
} Run;

typedef struct
{
  SmithTraceFunc func;
  gpointer user_data;
  Run run;
  guint block; /* sent and not answered yet; 0: none */
  gsize block_size;
} Trace;

static GPrivate current = G_PRIVATE_INIT (g_free);

static void
tell_run (Trace *trace)
{
  Run run = trace->run;
  g_autofree char *line = NULL;

  if (run.what == NULL)
    return;
  trace->run.what = NULL;
  line = run.first == run.last
             ? g_strdup_printf ("> %s %u, %" G_GUINT64_FORMAT " bytes: taken", run.what, run.first,
                                run.bytes)
             : g_strdup_printf ("> %s %u to %u, %" G_GUINT64_FORMAT " bytes: each taken", run.what,
                                run.first, run.last, run.bytes);
  trace->func (line, trace->user_data);
}

/* What was folded comes before anything else. */
static void
tell_pending (Trace *trace)
{
  guint block = trace->block;
  g_autofree char *line = NULL;

  tell_run (trace);
  if (block == 0)
    return;
  trace->block = 0;
  line = g_strdup_printf ("> 42 block %u, %" G_GSIZE_FORMAT " bytes", block, trace->block_size);
  trace->func (line, trace->user_data);
}

static void
tell (Trace *trace, const char *line)
{
  g_autofree char *masked = smith_mask (line);

  tell_pending (trace);
  trace->func (masked, trace->user_data);
}

/**
 * smith_trace_set:
 * @func: (nullable): called on this thread; NULL to end
 *
 * From now on, what this thread sends to sticks and gets from them is told line
 * by line, for somebody who wants to know how a stick behaves that nobody here
 * has: AT commands and answers, frames, the loader's packets. Bounded: contents
 * are not told, and pieces that went through are folded into one line. "> " is
 * before what was sent, "< " before what came.
 */
void
smith_trace_set (SmithTraceFunc func, gpointer user_data)
{
  Trace *trace = g_private_get (&current);

  if (trace != NULL)
    tell_pending (trace);
  trace = NULL;
  if (func != NULL)
    {
      trace = g_new0 (Trace, 1);
      trace->func = func;
      trace->user_data = user_data;
    }
  g_private_replace (&current, trace);
}

/* Tells something that is neither sent nor received. */
void
smith_trace_note (const char *format, ...)
{
  Trace *trace = g_private_get (&current);
  g_autofree char *line = NULL;
  va_list args;

  if (trace == NULL)
    return;
  va_start (args, format);
  line = g_strdup_vprintf (format, args);
  va_end (args);
  tell (trace, line);
}

/* Of other commands the values are not told: a PIN may be among them. */
static gboolean
may_tell_values (const char *command)
{
  static const char *const names[] = {
    "AT^SYSCFG=", "AT^SYSCFGEX=", "AT^SIGNVER=", "AT^SFM=",  "AT^RFSWITCH=",
    "AT^CURC=",   "AT^DISLOG=",   "AT^SETPORT=", "AT+CFUN=",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strncasecmp (command, names[i], strlen (names[i])) == 0)
      return TRUE;
  return strchr (command, '=') == NULL;
}

void
smith_trace_command (const char *command)
{
  Trace *trace = g_private_get (&current);
  g_autofree char *line = NULL;

  if (trace == NULL)
    return;
  if (may_tell_values (command))
    line = g_strdup_printf ("> %s", command);
  else
    line = g_strdup_printf ("> %.*s****", (int) strcspn (command, "=") + 1, command);
  tell (trace, line);
}

/* @answer: (nullable): nothing came that is one */
void
smith_trace_answer (const SmithAtAnswer *answer)
{
  Trace *trace = g_private_get (&current);
  g_autoptr (GString) line = NULL;

  if (trace == NULL)
    return;
  if (answer == NULL)
    {
      tell (trace, "< no answer");
      return;
    }
  line = g_string_new ("< ");
  for (guint i = 0; answer->lines[i] != NULL && i < LINES_MOST; i++)
    g_string_append_printf (line, "%s | ", answer->lines[i]);
  if (answer->result == SMITH_AT_OK)
    g_string_append (line, "OK");
  else
    {
      static const char *const results[] = {
        [SMITH_AT_OK] = "OK",
        [SMITH_AT_ERROR] = "ERROR",
        [SMITH_AT_NOT_SUPPORTED] = "COMMAND NOT SUPPORT",
        [SMITH_AT_TOO_MANY_PARAMETERS] = "TOO MANY PARAMETERS",
        [SMITH_AT_CME_ERROR] = "+CME ERROR",
        [SMITH_AT_CMS_ERROR] = "+CMS ERROR",
      };

      g_string_append (line, results[answer->result]);
      if (answer->code >= 0)
        g_string_append_printf (line, " %d", answer->code);
    }
  tell (trace, line->str);
}

static void
append_hex (GString *line, const guint8 *body, gsize size, gsize most)
{
  for (gsize i = 0; i < MIN (size, most); i++)
    g_string_append_printf (line, " %02X", body[i]);
  if (size > most)
    g_string_append_printf (line, " … (%" G_GSIZE_FORMAT " bytes)", size);
}

static gsize
text_length (const guint8 *body, gsize size)
{
  gsize n = 0;

  while (n < size && g_ascii_isprint ((char) body[n]) && body[n] != '"')
    n++;
  return n;
}

/* Masked before it is cut: half a number would not be known for one any more. */
static void
append_text (GString *line, const guint8 *body, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) body, size);
  g_autofree char *masked = smith_mask (text);

  g_string_append_printf (line, " \"%.*s\"", TEXT_MOST, masked);
}

static void
append_texts (GString *line, const guint8 *body, gsize size)
{
  for (gsize i = 0; i < size;)
    {
      gsize n = text_length (body + i, size - i);

      if (n >= TEXT_LEAST)
        append_text (line, body + i, n);
      i += MAX (n, 1);
    }
}

/* A block is told when it is known what became of it, and then without its data. */
void
smith_trace_frame_sent (const guint8 *body, gsize size)
{
  Trace *trace = g_private_get (&current);
  g_autoptr (GString) line = NULL;

  if (trace == NULL)
    return;
  if (body[0] == BLOCK && size >= BLOCK_HEAD)
    {
      if (trace->block != 0)
        tell_pending (trace);
      trace->block = smith_get_u32_be (body + 1);
      trace->block_size = size - BLOCK_HEAD;
      return;
    }
  line = g_string_new (">");
  append_hex (line, body, size, SENT_BYTES);
  tell (trace, line->str);
}

void
smith_trace_frame_received (const guint8 *body, gsize size)
{
  Trace *trace = g_private_get (&current);
  g_autoptr (GString) line = NULL;

  if (trace == NULL)
    return;
  if (trace->block != 0 && size > 0 && body[0] == ACK)
    {
      guint block = trace->block;

      trace->block = 0;
      smith_trace_piece ("42 block", block, trace->block_size);
      return;
    }
  line = g_string_new ("<");
  append_hex (line, body, size, RECEIVED_BYTES);
  if (size > 1)
    append_texts (line, body + 1, size - 1);
  tell (trace, line->str);
}

/**
 * smith_trace_piece:
 * @what: (transfer none): what it is a piece of; a literal
 *
 * One of many pieces that was sent and taken.
 */
void
smith_trace_piece (const char *what, guint number, gsize size)
{
  Trace *trace = g_private_get (&current);

  if (trace == NULL)
    return;
  if (trace->run.what != what || number != trace->run.last + 1)
    {
      tell_pending (trace);
      trace->run = (Run){ .what = what, .first = number };
    }
  trace->run.last = number;
  trace->run.bytes += size;
}
