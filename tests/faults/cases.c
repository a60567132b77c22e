/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cases.h"

#include "format/error.h"

/* The codes with which a stick is known to refuse in frames. */
#define CODES 15

/* Questions about identity and network that are tried. */
#define NETWORK_MESSAGES 30

/* For how long the program waits for the answer, in ms. */
static const guint patience[N_KINDS] = {
  [KIND_HANDSHAKE] = 1000,     [KIND_HEAD] = 3000,         [KIND_DATA] = 3000,
  [KIND_END] = 3000,           [KIND_LAST_END] = 3000,     [KIND_DLOADVER] = 1500,
  [KIND_SIGNVER] = 5000,       [KIND_DATAMODE] = 5000,     [KIND_VERSION] = 2000,
  [KIND_PRODUCT] = 2000,       [KIND_Q_VERSION] = 2000,    [KIND_Q_PRODUCT] = 2000,
  [KIND_BEGIN] = 60000,        [KIND_BLOCK] = 10000,       [KIND_FINISH] = 120000,
  [KIND_LEAVE] = 2000,         [KIND_RESTART] = 5000,      [KIND_Q_RESTART] = 5000,
  [KIND_SFM] = 5000,           [KIND_GODLOAD] = 5000,      [KIND_QCDMG] = 5000,
  [KIND_DISLOG] = 1000,        [KIND_DIAG_VERSION] = 2000, [KIND_DIAG_IDENTITY] = 2000,
  [KIND_DIAG_DOWNLOAD] = 2000, [KIND_AT] = 5000,           [KIND_NETWORK] = 5000,
};

static const SmithFault faults[] = {
  [WRONG_LOST] = SMITH_FAULT_LOST,
  [WRONG_REFUSE] = SMITH_FAULT_REFUSE,
  [WRONG_GARBAGE] = SMITH_FAULT_GARBAGE,
  [WRONG_BAD_CHECKSUM] = SMITH_FAULT_BAD_CHECKSUM,
  [WRONG_SINGLE_BYTES] = SMITH_FAULT_SINGLE_BYTES,
  [WRONG_DELAY_SHORT] = SMITH_FAULT_DELAY,
  [WRONG_DELAY_LONG] = SMITH_FAULT_DELAY,
  [WRONG_HALF] = SMITH_FAULT_HALF,
  [WRONG_UNSOLICITED] = SMITH_FAULT_UNSOLICITED,
  [WRONG_GONE] = SMITH_FAULT_GONE,
  [WRONG_REPLUG] = SMITH_FAULT_REPLUG,
  [WRONG_OTHER_MODE] = SMITH_FAULT_GONE,
  [WRONG_TWICE] = SMITH_FAULT_TWICE,
  [WRONG_NOTHING] = SMITH_FAULT_DELAY,
};

G_STATIC_ASSERT (G_N_ELEMENTS (faults) == N_WRONGS);

static void
case_free (gpointer data)
{
  FaultCase *one = data;

  g_free (one->script);
  g_free (one);
}

GPtrArray *
cases_new (void)
{
  return g_ptr_array_new_with_free_func (case_free);
}

/* One line, for a person who looks for it. */
char *
case_describe (const FaultCase *one)
{
  static const char *const persons[N_PERSONS] = { "", ", cancelled", ", closed", ", killed" };
  g_autofree char *web
      = one->has_web
            ? g_strdup_printf ("web fault %u %u, requests %u+%u, tokens %u", (guint) one->web.fault,
                               one->web.fault_argument, one->web.fault_first, one->web.fault_times,
                               (guint) one->web.tokens)
            : g_strdup ("");
  g_autofree char *script = g_strdup (one->script);

  g_strdelimit (script, "\n", one->script[0] != '\0' ? ' ' : '\0');
  return g_strdup_printf ("%s: %s: %s%s%s%s", one->route->name, kind_name (one->kind), script, web,
                          one->other_mode != SMITH_MODE_UNKNOWN ? "in another mode" : "",
                          persons[one->person]);
}

/* The first and the last message of each kind, and the one in the middle of the stage. */
static gboolean
is_chosen (GArray *kinds, guint index)
{
  Kind kind = g_array_index (kinds, Kind, index);
  gboolean first = TRUE;
  gboolean last = TRUE;

  for (guint i = 0; i < kinds->len; i++)
    if (g_array_index (kinds, Kind, i) == kind)
      {
        first &= i >= index;
        last &= i <= index;
      }
  return first || last || index == kinds->len / 2;
}

/* A stick that is long in finding its network is asked the same over and over:
 * beyond the first round it is the same message. */
static guint
count_messages (const Route *route, SmithStage stage)
{
  GArray *kinds = route->kinds[stage];
  guint n_network = 0;

  for (guint i = 0; i < kinds->len; i++)
    if (g_array_index (kinds, Kind, i) == KIND_NETWORK && ++n_network > NETWORK_MESSAGES)
      return i;
  return kinds->len;
}

static gboolean
is_first (GArray *kinds, guint index)
{
  for (guint i = 0; i < index; i++)
    if (g_array_index (kinds, Kind, i) == g_array_index (kinds, Kind, index))
      return FALSE;
  return TRUE;
}

static char *
fault_text (Wrong wrong, Kind kind, guint code)
{
  const char *name = smith_fault_name (faults[wrong]);
  double ms = patience[kind] * CASE_SCALE;

  switch (wrong)
    {
    case WRONG_REFUSE:
      return g_strdup_printf ("%s %u", name, code);
    case WRONG_DELAY_SHORT:
      return g_strdup_printf ("%s %u", name, (guint) (ms / 4));
    case WRONG_DELAY_LONG:
      return g_strdup_printf ("%s %u", name, (guint) (ms * 1.3));
    case WRONG_NOTHING:
      return g_strdup_printf ("%s 0", name);
    default:
      return g_strdup (name);
    }
}

/* In which other mode a stick may come back that left in the middle. */
static SmithMode
other_mode (const Route *route, SmithStage stage, Kind kind)
{
  gboolean is_qualcomm = route_is_qualcomm (route);

  switch (stage)
    {
    case SMITH_STAGE_BOOT:
      return SMITH_MODE_HILINK;
    case SMITH_STAGE_TEXT:
    case SMITH_STAGE_BINARY:
      return is_qualcomm ? SMITH_MODE_DOWNLOAD : SMITH_MODE_BOOT_ROM;
    case SMITH_STAGE_AT:
    default:
      return kind == KIND_AT || kind == KIND_NETWORK || is_qualcomm ? SMITH_MODE_DOWNLOAD
                                                                    : SMITH_MODE_BOOT_ROM;
    }
}

static FaultCase *
add_case (GPtrArray *cases, const Route *route, Kind kind, guint allowed, char *script)
{
  FaultCase *one = g_new0 (FaultCase, 1);

  one->route = route;
  one->kind = kind;
  one->strike = "\"fault\"";
  one->script = script;
  one->allowed = allowed;
  one->heals = TRUE;
  g_ptr_array_add (cases, one);
  return one;
}

static FaultCase *
add_message (GPtrArray *cases,
             const Route *route,
             SmithStage stage,
             guint number,
             Wrong wrong,
             guint code,
             Person person)
{
  Kind kind = g_array_index (route->kinds[stage], Kind, number - 1);
  g_autofree char *text = fault_text (wrong, kind, code);
  FaultCase *one;

  g_assert_cmphex (ends_once (kind, wrong), !=, 0);
  one = add_case (cases, route, kind, ends_once (kind, wrong),
                  g_strdup_printf ("%s %u %s\n", smith_stage_name (stage), number, text));
  one->wrong = wrong;
  one->number = number;
  one->person = person;
  one->code = wrong == WRONG_REFUSE ? code : 0;
  if (wrong == WRONG_OTHER_MODE)
    one->other_mode = other_mode (route, stage, kind);
  return one;
}

static void
add_always (GPtrArray *cases, const Route *route, SmithStage stage, guint number, Wrong wrong)
{
  Kind kind = g_array_index (route->kinds[stage], Kind, number - 1);
  g_autofree char *text = fault_text (wrong, kind, 7);
  guint allowed = ends_always (kind, wrong);
  FaultCase *one;

  if (allowed == 0)
    return;
  /* It is the second file for which the stick would be asked once more. */
  if (kind == KIND_DATAMODE && route->n_files == 1)
    allowed = ends_once (kind, wrong);
  one = add_case (cases, route, kind, allowed,
                  g_strdup_printf ("%s %u %s times always\n", smith_stage_name (stage), number,
                                   text));
  one->wrong = wrong;
  one->number = number;
  one->heals = FALSE;
}

/* Which codes a refusal is tried with: where there are codes, each. */
static guint
count_codes (SmithStage stage, gboolean full)
{
  return full && stage == SMITH_STAGE_BINARY ? CODES : 1;
}

static guint
nth_code (guint n, guint i)
{
  return n == 1 ? 7 : i + 1;
}

/**
 * cases_add_faults:
 * @full: at every message and with every code; else at some
 *
 * Every fault, while the person only looks on.
 */
void
cases_add_faults (GPtrArray *cases, const Route *route, gboolean full)
{
  gboolean all = route->id == ROUTE_NEEDLE;

  for (SmithStage stage = 0; stage < SMITH_N_STAGES; stage++)
    for (guint i = 0; i < count_messages (route, stage); i++)
      for (Wrong wrong = 0; wrong < WRONG_NOTHING; wrong++)
        {
          guint n = wrong == WRONG_REFUSE ? count_codes (stage, full) : 1;
          gboolean first = is_first (route->kinds[stage], i);

          if (!full && !(all ? is_chosen (route->kinds[stage], i) : first))
            continue;
          for (guint k = 0; k < n; k++)
            add_message (cases, route, stage, i + 1, wrong, nth_code (n, k), PERSON_NOTHING);
          if (first && (full || all))
            add_always (cases, route, stage, i + 1, wrong);
        }
}

/* At the moment when the web server is asked for something. */
static void
add_at_request (GPtrArray *cases, const Route *route, Person person)
{
  FaultCase *one;

  if (route->config.start != SMITH_MODE_HILINK)
    return;
  one = add_case (cases, route, KIND_WEB, ENDS_WELL, g_strdup (""));
  one->wrong = WRONG_NOTHING;
  one->person = person;
  one->strike = "\"stage\":\"web\"";
}

/**
 * cases_add_persons:
 *
 * Every fault, and the person cancels or closes at that moment; without any
 * fault, too.
 */
void
cases_add_persons (GPtrArray *cases, const Route *route, gboolean full)
{
  for (SmithStage stage = 0; stage < SMITH_N_STAGES; stage++)
    for (guint i = 0; i < count_messages (route, stage); i++)
      for (Wrong wrong = full ? 0 : WRONG_NOTHING; wrong < N_WRONGS; wrong++)
        for (Person person = PERSON_CANCEL; person <= PERSON_CLOSE; person++)
          if (full || is_first (route->kinds[stage], i))
            add_message (cases, route, stage, i + 1, wrong, 7, person);
  add_at_request (cases, route, PERSON_CANCEL);
  add_at_request (cases, route, PERSON_CLOSE);
}

/**
 * cases_add_kills:
 *
 * The process is killed at each message, and at some faults.
 */
void
cases_add_kills (GPtrArray *cases, const Route *route, gboolean full)
{
  static const Wrong wrongs[] = { WRONG_NOTHING, WRONG_LOST, WRONG_GONE, WRONG_REPLUG };

  for (SmithStage stage = 0; stage < SMITH_N_STAGES; stage++)
    for (guint i = 0; i < count_messages (route, stage); i++)
      for (gsize w = 0; w < G_N_ELEMENTS (wrongs); w++)
        {
          gboolean first = is_first (route->kinds[stage], i);
          Kind kind = g_array_index (route->kinds[stage], Kind, i);
          gboolean quick = first && w == 0
                           && (kind == KIND_DATA || kind == KIND_BLOCK || kind == KIND_AT
                               || kind == KIND_GODLOAD || kind == KIND_DIAG_DOWNLOAD);

          if (full ? w == 0 || first : quick)
            add_message (cases, route, stage, i + 1, wrongs[w], 7, PERSON_KILL);
        }
  add_at_request (cases, route, PERSON_KILL);
}

/**
 * cases_add_returns:
 *
 * The wrong ways to come back.
 */
void
cases_add_returns (GPtrArray *cases, const Route *route, gboolean full)
{
  static const struct
  {
    const char *script;
    const char *strike;
    guint allowed;
    gboolean loads;
  } returns[] = {
    { "after load never\n", "\"left\",\"mode\":\"boot-rom\"", ENDS_WITH (SMITH_ERROR_DISCONNECTED),
      TRUE },
    { "after load wrong-mode\n", "\"left\",\"mode\":\"boot-rom\"",
      ENDS_WITH (SMITH_ERROR_UNSUPPORTED), TRUE },
    { "after load other-port\n", "\"left\",\"mode\":\"boot-rom\"",
      ENDS_WITH (SMITH_ERROR_DISCONNECTED), TRUE },
    { "after load other-stick\n", "\"left\",\"mode\":\"boot-rom\"", ENDS_WELL, TRUE },
    { "after flash never\n", "\"left\",\"mode\":\"download\"", ENDS_WITH (SMITH_ERROR_TIMEOUT),
      FALSE },
    { "after flash wrong-mode\n", "\"left\",\"mode\":\"download\"",
      ENDS_WITH (SMITH_ERROR_WRONG_DEVICE), FALSE },
    { "after flash old-version\n", "\"left\",\"mode\":\"download\"",
      ENDS_WITH (SMITH_ERROR_WRONG_VERSION), FALSE },
    { "after flash other-port\n", "\"left\",\"mode\":\"download\"", ENDS_WITH (SMITH_ERROR_TIMEOUT),
      FALSE },
    { "after flash other-stick\n", "\"left\",\"mode\":\"download\"", ENDS_WELL, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (returns); i++)
    for (Person person = 0; person <= (full ? PERSON_CLOSE : PERSON_NOTHING); person++)
      {
        FaultCase *one;

        if (returns[i].loads && !route->with_loader)
          continue;
        one = add_case (cases, route, KIND_RETURN, returns[i].allowed,
                        g_strdup (returns[i].script));
        one->wrong = WRONG_NOTHING;
        one->strike = returns[i].strike;
        one->person = person;
        one->number = (guint) i;
        one->heals = FALSE;
      }
}

static void
add_web (GPtrArray *cases,
         const Route *route,
         SmithHilinkFault fault,
         guint argument,
         guint first,
         SmithHilinkTokens tokens)
{
  FaultCase *one;
  SmithHilinkServerConfig web = {
    .fault = fault,
    .fault_argument = argument,
    .fault_first = first,
    .fault_times = first > 0 ? 1 : 0,
    .tokens = tokens,
  };

  one = add_case (cases, route, KIND_WEB, ends_web (route, &web), g_strdup (""));
  one->wrong = WRONG_NOTHING;
  one->number = first;
  one->has_web = TRUE;
  one->web = web;
  one->heals = FALSE;
}

/**
 * cases_add_web:
 *
 * Every fault of the web server at every request, and at all of them.
 */
void
cases_add_web (GPtrArray *cases, const Route *route, gboolean full)
{
  static const guint codes[]
      = { 100002, 100003, 100004, 100005, 108001, 108006, 125001, 125002, 125003, 999999 };
  guint n_requests = full ? 6 : 3;
  guint n_tokens = full ? SMITH_HILINK_TOKENS_NONE + 1 : 1;

  if (route->config.start != SMITH_MODE_HILINK && route->works_as != SMITH_MODE_HILINK)
    return;
  for (SmithHilinkTokens tokens = 0; tokens < n_tokens; tokens++)
    for (guint first = 0; first <= n_requests; first++)
      for (SmithHilinkFault fault = SMITH_HILINK_FAULT_ERROR; fault <= SMITH_HILINK_FAULT_NOT_FOUND;
           fault++)
        {
          gboolean is_error
              = fault == SMITH_HILINK_FAULT_ERROR || fault == SMITH_HILINK_FAULT_ERROR_ONCE;

          for (guint i = 0; i < (is_error && full ? G_N_ELEMENTS (codes) : 1); i++)
            add_web (cases, route, fault,
                     is_error                           ? codes[i]
                     : fault == SMITH_HILINK_FAULT_SLOW ? 1
                                                        : 0,
                     first, tokens);
        }
}
