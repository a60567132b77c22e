/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "reactivate-private.h"

#include <glib/gi18n.h>

#include <string.h>

#include "format/error.h"
#include "link/deadline.h"
#include "stick/at-facts.h"

#define WAIT_MS 120000
#define POLL_MS 2000

/* A stick that has just started may not have found its card yet. */
#define NO_CARD_MS 10000

/* An IMSI: country, network, subscriber. */
#define IMSI_MIN 6
#define IMSI_MAX 15

/* How many digits the network's number has behind the country's: three in North
 * and much of Middle America and for the younger ones of India, else two. */
static guint
count_network_digits (const char *imsi)
{
  static const char *const countries[] = {
    "302", "310", "311", "312", "313", "314", "315", "316", "334",
    "338", "342", "344", "346", "348", "708", "722", "732",
  };

  for (guint i = 0; i < G_N_ELEMENTS (countries); i++)
    if (strncmp (imsi, countries[i], 3) == 0)
      return 3;
  return strncmp (imsi, "405", 3) == 0 && imsi[3] >= '7' ? 3 : 2;
}

/* Only country and network are kept of it. */
static void
read_operator_code (const SmithAtAnswer *answer, SmithNetworkState *state)
{
  for (guint i = 0; smith_at_is_ok (answer) && answer->lines[i] != NULL; i++)
    {
      const char *imsi = answer->lines[i];
      gsize n;

      if (g_ascii_strncasecmp (imsi, "+CIMI:", 6) == 0)
        imsi += 6;
      imsi += strspn (imsi, " \t\"");
      n = strspn (imsi, "0123456789");
      if (n < IMSI_MIN || n > IMSI_MAX || imsi[n + strspn (imsi + n, " \t\"")] != '\0')
        continue;
      g_strlcpy (state->operator_code, imsi, 3 + count_network_digits (imsi) + 1);
      return;
    }
}

static gboolean
is_registered (SmithRegistration registration)
{
  return registration == SMITH_REGISTRATION_HOME || registration == SMITH_REGISTRATION_ROAMING;
}

static gboolean
ask_fact (SmithReactivation *r, const char *command, SmithIdentity *facts, GError **error)
{
  g_autoptr (SmithAtAnswer) answer = NULL;

  if (!smith_reactivation_ask (r, command, SMITH_AT_TIMEOUT_MS, &answer, error))
    return FALSE;
  if (answer != NULL)
    smith_at_facts_read (command, answer, facts);
  return TRUE;
}

/* Puts the fresh facts into the state; what was not told this time stays. */
static void
take_facts (SmithNetworkState *state, const SmithIdentity *facts)
{
  if (facts->sim != SMITH_SIM_UNKNOWN)
    state->sim = facts->sim;
  if (facts->registration != SMITH_REGISTRATION_UNKNOWN)
    state->registration = facts->registration;
  if (facts->operator_name != NULL)
    {
      const char *end;

      g_strlcpy (state->operator_name, facts->operator_name, sizeof state->operator_name);
      /* A long name may be cut inside a character. */
      if (!g_utf8_validate (state->operator_name, -1, &end))
        state->operator_name[end - state->operator_name] = '\0';
    }
}

static gboolean
ask_operator (SmithReactivation *r, SmithNetworkState *state, GError **error)
{
  g_autoptr (SmithAtAnswer) answer = NULL;

  if (state->sim != SMITH_SIM_READY || state->operator_code[0] != '\0')
    return TRUE;
  if (!smith_reactivation_ask (r, "AT+CIMI", SMITH_AT_TIMEOUT_MS, &answer, error))
    return FALSE;
  read_operator_code (answer, state);
  return TRUE;
}

static gboolean
is_same (const SmithNetworkState *a, const SmithNetworkState *b)
{
  return a->sim == b->sim && a->registration == b->registration && a->signal == b->signal
         && g_str_equal (a->operator_name, b->operator_name)
         && g_str_equal (a->operator_code, b->operator_code);
}

/* Asks for everything once and tells if something is new. */
static gboolean
look (SmithReactivation *r, GError **error)
{
  static const char *const questions[]
      = { "AT+CPIN?", "AT+CREG?", "AT+CGREG?", "AT+CEREG?", "AT+CSQ" };
  SmithIdentity facts = { .signal = -1 };
  SmithNetworkState state = r->report->state;
  gboolean ok = TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (questions) && ok; i++)
    ok = ask_fact (r, questions[i], &facts, error);
  if (ok && is_registered (facts.registration))
    ok = ask_fact (r, "AT+COPS?", &facts, error);
  take_facts (&state, &facts);
  g_free (facts.operator_name);
  if (ok)
    {
      state.signal = facts.signal;
      ok = ask_operator (r, &state, error);
    }
  if (!is_same (&state, &r->report->state))
    {
      r->report->state = state;
      if (r->func != NULL)
        r->func (&r->report->state, r->user_data);
    }
  return ok;
}

/* What is wrong with the SIM card, or NULL. */
static const char *
describe_sim (SmithSimState sim)
{
  switch (sim)
    {
    case SMITH_SIM_MISSING:
      return _ ("There is no SIM card in the stick");
    case SMITH_SIM_PIN:
      return _ ("The SIM card wants its PIN");
    case SMITH_SIM_PUK:
      return _ ("The SIM card is blocked and wants its PUK");
    case SMITH_SIM_FAILED:
      return _ ("The SIM card does not work");
    case SMITH_SIM_UNKNOWN:
    case SMITH_SIM_READY:
    default:
      return NULL;
    }
}

/* Returns: FALSE with an error where the card makes all further waiting useless */
static gboolean
check_sim (SmithReactivation *r, gint64 card_deadline, GError **error)
{
  SmithSimState sim = r->report->state.sim;
  gboolean may_come = sim == SMITH_SIM_MISSING || sim == SMITH_SIM_FAILED;

  if (describe_sim (sim) == NULL || (may_come && !smith_deadline_passed (card_deadline)))
    return TRUE;
  g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_UNSUPPORTED, describe_sim (sim));
  return FALSE;
}

/**
 * smith_reactivation_watch:
 *
 * Looks again and again until the stick is registered; tells of each change.
 *
 * Returns: FALSE with the errors of smith_reactivate_run()
 */
gboolean
smith_reactivation_watch (SmithReactivation *r, GError **error)
{
  gint64 deadline = smith_deadline_in (r->options->wait_ms != 0 ? r->options->wait_ms : WAIT_MS);
  gint64 card_deadline = MIN (deadline, smith_deadline_in (NO_CARD_MS));

  while (TRUE)
    {
      if (!look (r, error))
        return FALSE;
      if (is_registered (r->report->state.registration))
        return TRUE;
      if (!check_sim (r, card_deadline, error))
        return FALSE;
      if (smith_deadline_passed (deadline))
        break;
      smith_deadline_sleep (POLL_MS, r->cancellable);
    }
  g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT,
                       r->report->state.registration == SMITH_REGISTRATION_DENIED
                           ? _ ("The network does not let this SIM card in")
                           : _ ("The stick has found no network in time"));
  return FALSE;
}
