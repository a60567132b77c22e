/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "at-facts.h"

#include <string.h>

#include "format/device-text.h"
#include "identity-private.h"

#define SIGNAL_MAX 31

typedef struct
{
  const char *command;
  void (*read) (const SmithAtAnswer *answer, SmithIdentity *identity);
} Question;

static void
take_text (char **where, const SmithAtAnswer *answer, const char *prefix)
{
  smith_identity_take (where, smith_device_text (smith_at_answer_find (answer, prefix), -1));
}

static void
take_word (char **where, const SmithAtAnswer *answer, const char *prefix)
{
  smith_identity_take (where, smith_device_word (smith_at_answer_find (answer, prefix), -1));
}

/* Reads a number that stands at the start of @text, or -1. */
static int
read_number (const char *text)
{
  gsize n;

  if (text == NULL)
    return -1;
  text += strspn (text, " \t");
  n = strspn (text, "0123456789");
  if (n == 0 || n > 6 || (text[n] != '\0' && strchr (", \t", text[n]) == NULL))
    return -1;
  return (int) g_ascii_strtoull (text, NULL, 10);
}

/* ATI: "Model: E3372", "Revision: 21.180.01.00.00", "IMEI: …". */
static void
read_card (const SmithAtAnswer *answer, SmithIdentity *identity)
{
  take_text (&identity->name, answer, "Model:");
  take_word (&identity->firmware, answer, "Revision:");
  smith_identity_take (&identity->imei,
                       smith_device_imei (smith_at_answer_find (answer, "IMEI:"), -1));
}

/* ^HWVER:"CL2E3372HM Ver.A" */
static void
read_hardware (const SmithAtAnswer *answer, SmithIdentity *identity)
{
  take_word (&identity->hardware, answer, "^HWVER:");
}

/* ^VERSION:EXTS:21.180.01.00.00 and its likes, a line each. */
static void
read_versions (const SmithAtAnswer *answer, SmithIdentity *identity)
{
  take_word (&identity->firmware, answer, "^VERSION:EXTS:");
  take_word (&identity->webui, answer, "^VERSION:EXTD:");
  take_word (&identity->hardware, answer, "^VERSION:EXTH:");
  take_word (&identity->product, answer, "^VERSION:EXTU:");
}

/* ^FHVER:"E3372s-153 21.180.01.00.00,CL1E3372SM Ver.A" */
static void
read_all_in_one (const SmithAtAnswer *answer, SmithIdentity *identity)
{
  g_autofree char *all = smith_device_word (smith_at_answer_find (answer, "^FHVER:"), -1);
  char *comma = all != NULL ? strchr (all, ',') : NULL;
  char *space;

  if (comma == NULL)
    return;
  *comma = '\0';
  space = strrchr (all, ' ');
  smith_identity_take (&identity->hardware, smith_device_word (comma + 1, -1));
  if (space == NULL)
    return;
  smith_identity_take (&identity->firmware, smith_device_word (space + 1, -1));
  smith_identity_take (&identity->name, smith_device_text (all, space - all));
}

/* "swver:…", "isover:…", "webuiver:…", "product name:…", "dload type: 0" */
static void
read_download_information (const SmithAtAnswer *answer, SmithIdentity *identity)
{
  const char *type = smith_at_answer_find (answer, "dload type:");

  take_word (&identity->firmware, answer, "swver:");
  take_word (&identity->webui, answer, "webuiver:");
  take_word (&identity->webui, answer, "isover:");
  take_text (&identity->product, answer, "product name:");
  if (identity->download_type < 0)
    identity->download_type = read_number (type);
}

/* ^CARDLOCK: 2,10,0: state, tries that are left, operator. */
static void
read_lock (const SmithAtAnswer *answer, SmithIdentity *identity)
{
  switch (read_number (smith_at_answer_find (answer, "^CARDLOCK:")))
    {
    case 1:
      identity->lock = SMITH_LOCK_LOCKED;
      break;
    case 2:
      identity->lock = SMITH_LOCK_OPEN;
      break;
    case 3:
      identity->lock = SMITH_LOCK_FOR_GOOD;
      break;
    default:
      break;
    }
}

static SmithSimState
sim_of_error (int code)
{
  switch (code)
    {
    case 10:
      return SMITH_SIM_MISSING;
    case 11:
      return SMITH_SIM_PIN;
    case 12:
      return SMITH_SIM_PUK;
    case 13:
      return SMITH_SIM_FAILED;
    default:
      return SMITH_SIM_UNKNOWN;
    }
}

static void
read_sim (const SmithAtAnswer *answer, SmithIdentity *identity)
{
  /* With a second PIN or PUK open, the card works all the same. */
  static const struct
  {
    const char *word;
    SmithSimState state;
  } states[] = {
    { "READY", SMITH_SIM_READY },    { "SIM PIN", SMITH_SIM_PIN },    { "SIM PUK", SMITH_SIM_PUK },
    { "SIM PIN2", SMITH_SIM_READY }, { "SIM PUK2", SMITH_SIM_READY },
  };
  g_autofree char *word = smith_device_word (smith_at_answer_find (answer, "+CPIN:"), -1);

  if (answer->result == SMITH_AT_CME_ERROR)
    identity->sim = sim_of_error (answer->code);
  else if (word != NULL)
    for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
      if (g_ascii_strcasecmp (word, states[i].word) == 0)
        identity->sim = states[i].state;
}

/* +CSQ: 17,99; 99 stands for unknown. */
static void
read_signal (const SmithAtAnswer *answer, SmithIdentity *identity)
{
  int signal = read_number (smith_at_answer_find (answer, "+CSQ:"));

  if (signal >= 0 && signal <= SIGNAL_MAX)
    identity->signal = signal;
}

/* +COPS: 0,0,"Operator",7; without a network just +COPS: 0 */
static void
read_operator (const SmithAtAnswer *answer, SmithIdentity *identity)
{
  const char *value = smith_at_answer_find (answer, "+COPS:");
  const char *start = value != NULL ? strchr (value, '"') : NULL;
  const char *end = start != NULL ? strchr (start + 1, '"') : NULL;

  if (end != NULL)
    smith_identity_take (&identity->operator_name, smith_device_text (start + 1, end - start - 1));
}

static SmithRegistration
registration_of (int state)
{
  switch (state)
    {
    case 0:
      return SMITH_REGISTRATION_OFF;
    case 1:
      return SMITH_REGISTRATION_HOME;
    case 2:
      return SMITH_REGISTRATION_SEARCHING;
    case 3:
      return SMITH_REGISTRATION_DENIED;
    case 5:
      return SMITH_REGISTRATION_ROAMING;
    default:
      return SMITH_REGISTRATION_UNKNOWN;
    }
}

/* Of several networks the best one counts: data may be served where calls are not. */
static guint
rank (SmithRegistration registration)
{
  static const SmithRegistration order[] = {
    SMITH_REGISTRATION_UNKNOWN,   SMITH_REGISTRATION_OFF,     SMITH_REGISTRATION_DENIED,
    SMITH_REGISTRATION_SEARCHING, SMITH_REGISTRATION_ROAMING, SMITH_REGISTRATION_HOME,
  };
  guint i = 0;

  while (order[i] != registration)
    i++;
  return i;
}

/* "+CREG: 0,1" and "+CREG: 2,1,"00C3",…" as an answer; sent of its own accord
 * it has the state in front: "+CREG: 1". */
static void
take_registration (const SmithAtAnswer *answer, const char *prefix, SmithIdentity *identity)
{
  const char *value = smith_at_answer_find (answer, prefix);
  const char *comma = value != NULL ? strchr (value, ',') : NULL;
  int state = comma != NULL ? read_number (comma + 1) : -1;
  SmithRegistration registration;

  if (state < 0 || state > 10)
    state = read_number (value);
  registration = registration_of (state);
  if (rank (registration) > rank (identity->registration))
    identity->registration = registration;
}

static void
read_registration (const SmithAtAnswer *answer, SmithIdentity *identity)
{
  take_registration (answer, "+CREG:", identity);
}

static void
read_data_registration (const SmithAtAnswer *answer, SmithIdentity *identity)
{
  take_registration (answer, "+CGREG:", identity);
}

static void
read_lte_registration (const SmithAtAnswer *answer, SmithIdentity *identity)
{
  take_registration (answer, "+CEREG:", identity);
}

/* All of them read. One that asks for the layout of the ports is left out: it
 * tells nothing that is kept here, and is known to make some sticks crash. */
static const Question questions[] = {
  { "ATI", read_card },
  { "AT^HWVER", read_hardware },
  { "AT^VERSION?", read_versions },
  { "AT^FHVER", read_all_in_one },
  { "AT^DLOADINFO?", read_download_information },
  { "AT^CARDLOCK?", read_lock },
  { "AT+CPIN?", read_sim },
  { "AT+CSQ", read_signal },
  { "AT+COPS?", read_operator },
  { "AT+CREG?", read_registration },
  { "AT+CGREG?", read_data_registration },
  { "AT+CEREG?", read_lte_registration },
};

/**
 * smith_at_facts_list_questions:
 * @n: (out): how many
 *
 * Returns: (transfer none): the commands that smith_at_facts_read() understands
 *   the answers to, in the order in which they are best asked; none of them
 *   changes anything
 */
const char *const *
smith_at_facts_list_questions (guint *n)
{
  static const char *list[G_N_ELEMENTS (questions)];
  static gsize made = 0;

  if (g_once_init_enter (&made))
    {
      for (gsize i = 0; i < G_N_ELEMENTS (questions); i++)
        list[i] = questions[i].command;
      g_once_init_leave (&made, 1);
    }
  *n = G_N_ELEMENTS (questions);
  return list;
}

/**
 * smith_at_facts_read:
 * @command: one of smith_at_facts_list_questions()
 * @answer: to it, of whatever result
 * @identity: what is known so far; what the answer tells besides is added
 *
 * Reads what a stick says about itself. Lines that are not as they should be
 * tell nothing, and so does a damaged text where something is decided by it.
 * Any thread.
 */
void
smith_at_facts_read (const char *command, const SmithAtAnswer *answer, SmithIdentity *identity)
{
  for (gsize i = 0; i < G_N_ELEMENTS (questions); i++)
    if (g_str_equal (questions[i].command, command)
        && (answer->result == SMITH_AT_OK || questions[i].read == read_sim))
      questions[i].read (answer, identity);
}
