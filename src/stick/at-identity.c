/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "at-identity.h"

#include "at-facts.h"
#include "format/error.h"
#include "link/at-channel.h"
#include "link/deadline.h"

#define QUESTION_MS 2000

/* A port that is silent from the start is the wrong one, or its stick is stuck;
 * one that falls silent later will hardly speak again. */
#define SILENT_FIRST 2
#define SILENT_LATER 3

/* A late answer must not be taken for the next command's. */
#define LATE_MS 300

typedef struct
{
  SmithPort *port;
  GCancellable *cancellable;
  gboolean heard; /* an answer of whatever kind came */
  guint silent;   /* questions in a row that had none */
} Talk;

/* Tells whether an error is about one question only, not about the port. */
static gboolean
is_silence (const GError *error)
{
  return g_error_matches (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT)
         || g_error_matches (error, SMITH_ERROR, SMITH_ERROR_PROTOCOL);
}

static gboolean
drain (Talk *talk, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (smith_port_settle (talk->port, LATE_MS, talk->cancellable, &local) || is_silence (local))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* Returns: FALSE with @error where the talk is over; else @answer may still be NULL. */
static gboolean
ask (Talk *talk, const char *command, SmithAtAnswer **answer, GError **error)
{
  g_autoptr (GError) local = NULL;

  *answer = smith_at_exchange (talk->port, command, QUESTION_MS, talk->cancellable, &local);
  if (*answer != NULL)
    {
      talk->heard = TRUE;
      talk->silent = 0;
      return TRUE;
    }
  talk->silent++;
  if (!is_silence (local) || (!talk->heard && talk->silent >= SILENT_FIRST))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  return drain (talk, error);
}

/**
 * smith_at_identity_ask:
 * @port: an AT port of a stick at work
 * @identity: what the answers tell besides is added
 * @deadline: after it no further question is asked; one takes up to two seconds
 *
 * Asks a stick what it is. Unasked lines are silenced first, until it restarts;
 * everything else only reads. A stick need not know every question. Blocks.
 *
 * Returns: FALSE with SMITH_ERROR_TIMEOUT (it answers nothing), PROTOCOL (only
 *   nonsense), DISCONNECTED or G_IO_ERROR_CANCELLED
 */
gboolean
smith_at_identity_ask (SmithPort *port,
                       SmithIdentity *identity,
                       gint64 deadline,
                       GCancellable *cancellable,
                       GError **error)
{
  Talk talk = { .port = port, .cancellable = cancellable };
  guint n;
  const char *const *questions = smith_at_facts_list_questions (&n);
  g_autoptr (SmithAtAnswer) hushed = NULL;

  if (!ask (&talk, "AT^CURC=0", &hushed, error))
    return FALSE;
  for (guint i = 0; i < n && talk.silent < SILENT_LATER; i++)
    {
      g_autoptr (SmithAtAnswer) answer = NULL;

      if (talk.heard && smith_deadline_passed (deadline))
        break;
      if (!ask (&talk, questions[i], &answer, error))
        return FALSE;
      if (answer != NULL)
        smith_at_facts_read (questions[i], answer, identity);
    }
  identity->sources |= SMITH_SOURCE_AT;
  return TRUE;
}
