/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "at-channel.h"

#include <glib/gi18n.h>

#include <string.h>

#include "deadline.h"
#include "format/error.h"
#include "trace.h"

#define READ_SIZE 4096

/* Commands that write an identity, a lock or the settings area behind them.
 * This program does none of that, not even on request. */
static const char *const refused[] = {
  "^CARDLOCK=", "^CARDUNLOCK", "^CIMEI",      "^DATALOCK",  "^IMEI=", "^INFORBU",
  "^NVWR",      "^PHYNUM=",    "^SIMLOCK=",   "^SIMUNLOCK", "^SN=",   "+CLCK=\"P",
  "+EGMR",      "$QCIMEI",     "^SETSIMLOCK", "^UNLOCK",
};

/**
 * smith_at_command_check:
 * @command: what somebody typed
 *
 * Tells whether a command may be sent at all: one line of printable ASCII,
 * beginning with AT, that neither changes an identity nor unlocks anything.
 *
 * Returns: FALSE with SMITH_ERROR_UNSUPPORTED
 */
gboolean
smith_at_command_check (const char *command, GError **error)
{
  gsize n = strlen (command);
  const char *why = NULL;
  g_auto (GStrv) words = NULL;
  g_autofree char *joined = NULL;
  g_autofree char *bare = NULL;

  for (const char *p = command; *p != '\0'; p++)
    if (!g_ascii_isprint (*p))
      why = _ ("A command is one line of plain characters");
  if (n < 2 || g_ascii_strncasecmp (command, "AT", 2) != 0)
    why = _ ("A command begins with AT");
  else if (n > SMITH_AT_COMMAND_MAX)
    why = _ ("The command is too long");
  /* A second command may stand behind a semicolon; spaces mean nothing. */
  words = g_strsplit (command, " ", -1);
  joined = g_strjoinv ("", words);
  bare = g_ascii_strup (joined, -1);
  for (guint i = 0; why == NULL && i < G_N_ELEMENTS (refused); i++)
    if (strstr (bare, refused[i]) != NULL)
      why = _ ("Sticksmith changes no identity and unlocks nothing");
  if (why != NULL)
    g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_UNSUPPORTED, why);
  return why == NULL;
}

/* So much of a command may be logged: behind the sign a PIN may stand. */
static int
name_length (const char *command)
{
  return (int) strcspn (command, "=");
}

static gboolean
send_line (SmithPort *port,
           const char *command,
           gint64 deadline,
           GCancellable *cancellable,
           GError **error)
{
  g_autofree char *line = g_strconcat (command, "\r", NULL);

  return smith_port_write (port, (const guint8 *) line, strlen (line), deadline, cancellable,
                           error);
}

/**
 * smith_at_exchange:
 * @command: without its end of line; it is sent with CR alone, which every mode knows
 * @timeout_ms: for the whole answer
 *
 * Sends one command and collects its answer, which may come in pieces and with
 * unsolicited lines in between. Blocks.
 *
 * Returns: (transfer full): the answer, whatever its result; or NULL with
 *   SMITH_ERROR_TIMEOUT, DISCONNECTED, PROTOCOL or G_IO_ERROR_CANCELLED
 */
SmithAtAnswer *
smith_at_exchange (SmithPort *port,
                   const char *command,
                   guint timeout_ms,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autoptr (SmithAtParser) parser = smith_at_parser_new (command);
  gint64 deadline = smith_deadline_in (timeout_ms);
  guint8 buffer[READ_SIZE];
  SmithAtAnswer *answer = NULL;

  smith_port_discard (port);
  smith_trace_command (command);
  if (!send_line (port, command, deadline, cancellable, error))
    return NULL;
  while (answer == NULL)
    {
      gssize n = smith_port_read (port, buffer, sizeof buffer, deadline, cancellable, error);

      if (n < 0 || !smith_at_parser_feed (parser, buffer, (gsize) n, error))
        {
          g_info ("%.*s: no answer", name_length (command), command);
          smith_trace_answer (NULL);
          return NULL;
        }
      answer = smith_at_parser_take (parser);
    }
  smith_trace_answer (answer);
  g_debug ("%.*s -> %u line(s), result %d", name_length (command), command,
           g_strv_length (answer->lines), answer->result);
  return answer;
}
