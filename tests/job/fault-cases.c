/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fault-cases.h"

#include "format/error.h"

#define TIMEOUT ENDS_WITH (SMITH_ERROR_TIMEOUT)
#define REFUSED ENDS_WITH (SMITH_ERROR_REFUSED)
#define PROTOCOL ENDS_WITH (SMITH_ERROR_PROTOCOL)
#define DISCONNECTED ENDS_WITH (SMITH_ERROR_DISCONNECTED)
#define WRONG_DEVICE ENDS_WITH (SMITH_ERROR_WRONG_DEVICE)
#define UNSUPPORTED ENDS_WITH (SMITH_ERROR_UNSUPPORTED)
#define WELL ENDS_WELL

/* Out of step for good, in which a loader may still get through. */
#define ANY_LOADER (WELL | TIMEOUT | REFUSED | UNSUPPORTED)

/*
 * By kind of message and fault, in the order of Kind and Wrong. A late answer
 * is a matter of milliseconds on a machine that may be busy: where it can still
 * be made good, both ends are right.
 */
/* clang-format off */
static const guint once[N_KINDS][N_WRONGS] = {
  /*                   lost     refuse    garbage  bad sum  bytes short late                 half     text  gone          replug */
  [KIND_HANDSHAKE] = { WELL,    WELL,     WELL,    WELL,    WELL, WELL, WELL | WRONG_DEVICE, WELL,    WELL, DISCONNECTED, DISCONNECTED },
  [KIND_HEAD]      = { WELL,    WELL,     WELL,    WELL,    WELL, WELL, WELL | TIMEOUT,      WELL,    WELL, DISCONNECTED, DISCONNECTED },
  [KIND_DATA]      = { WELL,    WELL,     WELL,    WELL,    WELL, WELL, WELL | TIMEOUT,      WELL,    WELL, DISCONNECTED, DISCONNECTED },
  [KIND_END]       = { WELL,    WELL,     WELL,    WELL,    WELL, WELL, WELL | TIMEOUT,      WELL,    WELL, DISCONNECTED, DISCONNECTED },
  [KIND_LAST_END]  = { WELL,    WELL,     WELL,    WELL,    WELL, WELL, WELL,                WELL,    WELL, DISCONNECTED, UNSUPPORTED },
  [KIND_DLOADVER]  = { WELL,    WRONG_DEVICE, WELL, WELL,   WELL, WELL, WELL | WRONG_DEVICE, WELL,    WELL, DISCONNECTED, DISCONNECTED },
  [KIND_SIGNVER]   = { TIMEOUT, REFUSED,  TIMEOUT, TIMEOUT, WELL, WELL, TIMEOUT,             TIMEOUT, WELL, DISCONNECTED, DISCONNECTED },
  [KIND_DATAMODE]  = { WELL,    REFUSED,  WELL,    WELL,    WELL, WELL, WELL | TIMEOUT,      WELL,    WELL, DISCONNECTED, DISCONNECTED },
  [KIND_VERSION]   = { WELL,    WELL,     WELL,    WELL,    WELL, WELL, WELL | TIMEOUT,      WELL,    WELL, DISCONNECTED, DISCONNECTED },
  [KIND_PRODUCT]   = { WELL,    WELL,     WELL,    WELL,    WELL, WELL, WELL,                WELL,    WELL, DISCONNECTED, DISCONNECTED },
  [KIND_BEGIN]     = { TIMEOUT, REFUSED,  TIMEOUT, TIMEOUT, WELL, WELL, TIMEOUT,             TIMEOUT, WELL, DISCONNECTED, DISCONNECTED },
  [KIND_BLOCK]     = { WELL,    REFUSED,  WELL,    WELL,    WELL, WELL, WELL | TIMEOUT,      WELL,    WELL, DISCONNECTED, DISCONNECTED },
  [KIND_FINISH]    = { TIMEOUT, REFUSED,  TIMEOUT, TIMEOUT, WELL, WELL, TIMEOUT,             TIMEOUT, WELL, DISCONNECTED, DISCONNECTED },
  [KIND_LEAVE]     = { WELL,    REFUSED,  WELL,    WELL,    WELL, WELL, WELL | TIMEOUT,      WELL,    WELL, DISCONNECTED, DISCONNECTED },
  [KIND_RESTART]   = { WELL,    REFUSED,  WELL,    WELL,    WELL, WELL, WELL,                WELL,    WELL, TIMEOUT,      WRONG_DEVICE },
  [KIND_AT]        = { WELL,    WELL,     WELL,    WELL,    WELL, WELL, WELL,                WELL,    WELL, TIMEOUT,      WELL },
  /* The firmware is in place by then: nothing can make that undone. */
  [KIND_NETWORK]   = { WELL,    WELL,     WELL,    WELL,    WELL, WELL, WELL,                WELL,    WELL, WELL,         WELL },
};

/* The same from that message on, for good; in the same stage only. 0: not tried. */
static const guint always[N_KINDS][N_WRONGS] = {
  [KIND_HANDSHAKE] = { WRONG_DEVICE, WRONG_DEVICE, WRONG_DEVICE, 0, WELL, WELL, 0, 0, WELL, 0, 0 },
  [KIND_HEAD]      = { TIMEOUT, REFUSED, REFUSED, 0, WELL, WELL, ANY_LOADER, TIMEOUT, WELL, 0, 0 },
  [KIND_DATA]      = { TIMEOUT, REFUSED, REFUSED, 0, 0, 0, 0, TIMEOUT, 0, 0, 0 },
  [KIND_END]       = { TIMEOUT, REFUSED, REFUSED, 0, 0, 0, 0, TIMEOUT, 0, 0, 0 },
  [KIND_LAST_END]  = { WELL, REFUSED, WELL, 0, 0, 0, 0, WELL, 0, 0, 0 },
  [KIND_DLOADVER]  = { WRONG_DEVICE, WRONG_DEVICE, WRONG_DEVICE, WRONG_DEVICE, WELL, WELL, 0, WRONG_DEVICE, WELL, 0, 0 },
  [KIND_SIGNVER]   = { TIMEOUT, REFUSED, TIMEOUT, 0, 0, 0, 0, TIMEOUT, 0, 0, 0 },
  /* The second file's signature is handed over in text again. */
  [KIND_DATAMODE]  = { TIMEOUT, REFUSED, TIMEOUT, 0, 0, 0, 0, TIMEOUT, 0, 0, 0 },
  [KIND_VERSION]   = { TIMEOUT, TIMEOUT, TIMEOUT, TIMEOUT, WELL, WELL, 0, TIMEOUT, WELL, 0, 0 },
  [KIND_PRODUCT]   = { TIMEOUT, REFUSED, TIMEOUT, TIMEOUT, 0, 0, 0, 0, 0, 0, 0 },
  [KIND_BEGIN]     = { TIMEOUT, REFUSED, 0, TIMEOUT, 0, 0, 0, 0, 0, 0, 0 },
  [KIND_BLOCK]     = { TIMEOUT, REFUSED, TIMEOUT, TIMEOUT, 0, 0, TIMEOUT | WELL, TIMEOUT, 0, 0, 0 },
  [KIND_FINISH]    = { TIMEOUT, REFUSED, 0, TIMEOUT, 0, 0, 0, 0, 0, 0, 0 },
  [KIND_LEAVE]     = { TIMEOUT, REFUSED, TIMEOUT, TIMEOUT, 0, 0, 0, TIMEOUT, 0, 0, 0 },
  [KIND_RESTART]   = { WELL, REFUSED, WELL, WELL, 0, 0, WELL, WELL, 0, 0, 0 },
  /* Byte by byte the answer takes about as long as it may; a late one is as good. */
  [KIND_AT]        = { TIMEOUT, PROTOCOL, TIMEOUT, TIMEOUT, WELL | TIMEOUT, WELL, WELL | TIMEOUT, TIMEOUT, WELL, 0, TIMEOUT },
  [KIND_NETWORK]   = { WELL, WELL, WELL, WELL, WELL, WELL, WELL, WELL, WELL, 0, WELL },
};
/* clang-format on */

/* For how long the program waits for the answer, in ms. */
static const guint patience[N_KINDS] = {
  [KIND_HANDSHAKE] = 1000, [KIND_HEAD] = 3000,     [KIND_DATA] = 3000,    [KIND_END] = 3000,
  [KIND_LAST_END] = 3000,  [KIND_DLOADVER] = 1500, [KIND_SIGNVER] = 5000, [KIND_DATAMODE] = 5000,
  [KIND_VERSION] = 2000,   [KIND_PRODUCT] = 2000,  [KIND_BEGIN] = 60000,  [KIND_BLOCK] = 10000,
  [KIND_FINISH] = 120000,  [KIND_LEAVE] = 2000,    [KIND_RESTART] = 5000, [KIND_AT] = 5000,
  [KIND_NETWORK] = 5000,
};

static void
add_kinds (GArray *kinds, Kind kind, guint n)
{
  for (guint i = 0; i < n; i++)
    g_array_append_val (kinds, kind);
}

static void
add_binary (GArray *kinds)
{
  for (guint file = 0; file < CASE_FILES; file++)
    {
      if (file > 0)
        add_kinds (kinds, KIND_LEAVE, 1);
      add_kinds (kinds, KIND_VERSION, 1);
      add_kinds (kinds, KIND_PRODUCT, 1);
      for (guint i = 0; i < CASE_PARTITIONS; i++)
        {
          add_kinds (kinds, KIND_BEGIN, 1);
          add_kinds (kinds, KIND_BLOCK, 1);
          add_kinds (kinds, KIND_FINISH, 1);
        }
    }
  add_kinds (kinds, KIND_RESTART, 1);
}

/* What the messages of a clean run are, one after the other. */
static GArray *
kinds_of (SmithStage stage)
{
  GArray *kinds = g_array_new (FALSE, FALSE, sizeof (Kind));

  switch (stage)
    {
    case SMITH_STAGE_BOOT:
      add_kinds (kinds, KIND_HANDSHAKE, 1);
      add_kinds (kinds, KIND_HEAD, 1);
      add_kinds (kinds, KIND_DATA, CASE_RAMINIT_PACKETS);
      add_kinds (kinds, KIND_END, 1);
      add_kinds (kinds, KIND_HEAD, 1);
      add_kinds (kinds, KIND_DATA, CASE_FLASHER_PACKETS);
      add_kinds (kinds, KIND_LAST_END, 1);
      break;
    case SMITH_STAGE_TEXT:
      add_kinds (kinds, KIND_DLOADVER, 1);
      for (guint file = 0; file < CASE_FILES; file++)
        {
          add_kinds (kinds, KIND_SIGNVER, 1);
          add_kinds (kinds, KIND_DATAMODE, 1);
        }
      break;
    case SMITH_STAGE_BINARY:
      add_binary (kinds);
      break;
    case SMITH_STAGE_AT:
      add_kinds (kinds, KIND_AT, 1);
      add_kinds (kinds, KIND_NETWORK, CASE_NETWORK_QUESTIONS);
      break;
    case SMITH_N_STAGES:
    default:
      g_assert_not_reached ();
    }
  return kinds;
}

/* How many messages a clean run has. */
guint
fault_cases_count (SmithStage stage)
{
  g_autoptr (GArray) kinds = kinds_of (stage);

  return kinds->len;
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

static char *
fault_text (Wrong wrong, Kind kind)
{
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
  };
  const char *name = smith_fault_name (faults[wrong]);
  double ms = patience[kind] * CASE_SCALE;

  if (wrong == WRONG_DELAY_SHORT)
    return g_strdup_printf ("%s %u", name, (guint) (ms / 4));
  if (wrong == WRONG_DELAY_LONG)
    return g_strdup_printf ("%s %u", name, (guint) (ms * 1.3));
  return g_strdup (name);
}

static void
fault_case_free (gpointer data)
{
  FaultCase *fault_case = data;

  g_free (fault_case->script);
  g_free (fault_case);
}

static void
add_case (GPtrArray *cases, SmithStage stage, Kind kind, guint allowed, char *script)
{
  FaultCase *fault_case = g_new0 (FaultCase, 1);

  fault_case->stage = stage;
  fault_case->kind = kind;
  fault_case->allowed = allowed;
  fault_case->script = script;
  g_ptr_array_add (cases, fault_case);
}

/* Returns: (transfer full) (element-type FaultCase): every fault at every chosen message */
GPtrArray *
fault_cases_for_stage (SmithStage stage)
{
  GPtrArray *cases = g_ptr_array_new_with_free_func (fault_case_free);
  g_autoptr (GArray) kinds = kinds_of (stage);
  gboolean seen[N_KINDS] = { FALSE };

  for (guint i = 0; i < kinds->len; i++)
    {
      Kind kind = g_array_index (kinds, Kind, i);

      if (!is_chosen (kinds, i))
        continue;
      for (Wrong wrong = 0; wrong < N_WRONGS; wrong++)
        {
          g_autofree char *text = fault_text (wrong, kind);

          g_assert_cmphex (once[kind][wrong], !=, 0);
          add_case (cases, stage, kind, once[kind][wrong],
                    g_strdup_printf ("%s %u %s\n", smith_stage_name (stage), i + 1, text));
          if (!seen[kind] && always[kind][wrong] != 0)
            add_case (cases, stage, kind, always[kind][wrong],
                      g_strdup_printf ("%s %u %s times always\n", smith_stage_name (stage), i + 1,
                                       text));
        }
      seen[kind] = TRUE;
    }
  return cases;
}

/* Returns: (transfer full) (element-type FaultCase): the wrong ways to come back */
GPtrArray *
fault_cases_for_returns (void)
{
  static const struct
  {
    const char *script;
    Kind kind;
    guint allowed;
  } returns[] = {
    { "after load never\n", KIND_LAST_END, DISCONNECTED },
    { "after load wrong-mode\n", KIND_LAST_END, UNSUPPORTED },
    { "after flash never\n", KIND_RESTART, TIMEOUT },
    { "after flash wrong-mode\n", KIND_RESTART, WRONG_DEVICE },
    { "after flash old-version\n", KIND_RESTART, PROTOCOL },
  };
  GPtrArray *cases = g_ptr_array_new_with_free_func (fault_case_free);

  for (gsize i = 0; i < G_N_ELEMENTS (returns); i++)
    add_case (cases, SMITH_N_STAGES, returns[i].kind, returns[i].allowed,
              g_strdup (returns[i].script));
  return cases;
}
