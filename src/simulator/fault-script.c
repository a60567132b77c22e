/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sticksmith-simulator"

#include "fault-script.h"

#include <glib/gi18n.h>
#include <string.h>

#include "format/error.h"

/* Scripts come from files that anybody may have written. */
#define TEXT_MAX 65536
#define FAULTS_MAX 1000
#define MESSAGE_MAX 1000000000u
#define DELAY_MAX_MS 600000u

/* What a refusal means where the script does not say it: "operation failed". */
#define REFUSAL_DEFAULT 7

/* The longest line has six words: STAGE NUMBER FAULT ARGUMENT times K. */
#define WORDS_MAX 6

typedef struct
{
  SmithStage stage;
  SmithFault fault;
  guint argument;
  guint first;
  guint last;
} Fault;

struct _SmithFaultScript
{
  GArray *faults; /* Fault, in the order of the lines */
  SmithReturn after_load;
  SmithReturn after_flash;
};

typedef struct
{
  char *word[WORDS_MAX];
  guint n;
} Words;

static const char *const stage_names[] = {
  [SMITH_STAGE_BOOT] = "boot",
  [SMITH_STAGE_TEXT] = "text",
  [SMITH_STAGE_BINARY] = "binary",
  [SMITH_STAGE_AT] = "at",
};

static const char *const fault_names[] = {
  [SMITH_FAULT_NONE] = "none",
  [SMITH_FAULT_LOST] = "lost",
  [SMITH_FAULT_REFUSE] = "refuse",
  [SMITH_FAULT_GARBAGE] = "garbage",
  [SMITH_FAULT_BAD_CHECKSUM] = "bad-checksum",
  [SMITH_FAULT_SINGLE_BYTES] = "single-bytes",
  [SMITH_FAULT_DELAY] = "delay",
  [SMITH_FAULT_HALF] = "half",
  [SMITH_FAULT_UNSOLICITED] = "unsolicited",
  [SMITH_FAULT_GONE] = "gone",
  [SMITH_FAULT_TWICE] = "twice",
  [SMITH_FAULT_REPLUG] = "replug",
};

static const char *const return_names[] = {
  [SMITH_RETURN_RIGHT] = "right",           [SMITH_RETURN_NEVER] = "never",
  [SMITH_RETURN_WRONG_MODE] = "wrong-mode", [SMITH_RETURN_OLD_VERSION] = "old-version",
  [SMITH_RETURN_OTHER_PORT] = "other-port", [SMITH_RETURN_OTHER_STICK] = "other-stick",
};

G_STATIC_ASSERT (G_N_ELEMENTS (stage_names) == SMITH_N_STAGES);
G_STATIC_ASSERT (G_N_ELEMENTS (fault_names) == SMITH_FAULT_REPLUG + 1);
G_STATIC_ASSERT (G_N_ELEMENTS (return_names) == SMITH_N_RETURNS);

/**
 * smith_stage_name:
 *
 * Any thread.
 *
 * Returns: the word that stands for @stage in a script
 */
const char *
smith_stage_name (SmithStage stage)
{
  return (guint) stage < G_N_ELEMENTS (stage_names) ? stage_names[stage] : "unknown";
}

/**
 * smith_fault_name:
 *
 * Any thread.
 *
 * Returns: the word that stands for @fault in a script; "none" for no fault
 */
const char *
smith_fault_name (SmithFault fault)
{
  return (guint) fault < G_N_ELEMENTS (fault_names) ? fault_names[fault] : "unknown";
}

/* Short and without control characters, since it may end up on a terminal. */
static gboolean
set_error (GError **error, const char *why, const char *word)
{
  g_autofree char *shown = g_utf8_substring (word, 0, MIN (g_utf8_strlen (word, -1), 32));

  for (char *p = shown; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      *p = '?';
  g_set_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE,
               /* Translators: a word that somebody wrote, and what is wrong about it */
               _ ("“%s”: %s"), shown, why);
  return FALSE;
}

/* From @first on, since "none" and "right" are names that a script may not use. */
static gboolean
find_name (const char *const *names, guint first, guint n, const char *word, guint *index)
{
  for (guint i = first; i < n; i++)
    if (g_str_equal (names[i], word))
      {
        *index = i;
        return TRUE;
      }
  return FALSE;
}

/* Decimal, or hexadecimal with 0x: the codes of refusals are known by their digits. */
static gboolean
parse_number (const char *word, guint min, guint max, guint *number, GError **error)
{
  gboolean hex = g_str_has_prefix (word, "0x");
  guint64 value;

  if (!g_ascii_string_to_unsigned (hex ? word + 2 : word, hex ? 16 : 10, min, max, &value, NULL))
    {
      g_autofree char *range = g_strdup_printf (_ ("not a number from %u to %u"), min, max);

      return set_error (error, range, word);
    }
  *number = value;
  return TRUE;
}

static gboolean
begins_repetition (const char *word)
{
  return g_str_equal (word, "times") || g_str_equal (word, "always");
}

static gboolean
parse_argument (Words *words, guint *at, Fault *fault, GError **error)
{
  gboolean given = *at < words->n && !begins_repetition (words->word[*at]);

  switch (fault->fault)
    {
    case SMITH_FAULT_REFUSE:
      fault->argument = REFUSAL_DEFAULT;
      return !given || parse_number (words->word[(*at)++], 1, G_MAXUINT16, &fault->argument, error);
    case SMITH_FAULT_TWICE:
      return !given
             || parse_number (words->word[(*at)++], 0, DELAY_MAX_MS, &fault->argument, error);
    case SMITH_FAULT_DELAY:
      if (!given)
        return set_error (error, _ ("a time in milliseconds must follow"), "delay");
      return parse_number (words->word[(*at)++], 0, DELAY_MAX_MS, &fault->argument, error);
    default:
      return !given || set_error (error, _ ("nothing more is wanted here"), words->word[*at]);
    }
}

static gboolean
parse_repetition (Words *words, guint *at, Fault *fault, GError **error)
{
  guint times = 1;

  if (*at == words->n)
    return TRUE;
  if (g_str_equal (words->word[*at], "times") && ++*at == words->n)
    return set_error (error, _ ("a number must follow"), "times");
  if (g_str_equal (words->word[*at], "always"))
    fault->last = G_MAXUINT;
  else if (!parse_number (words->word[*at], 1, MESSAGE_MAX, &times, error))
    return FALSE;
  else
    fault->last = fault->first + times - 1;
  ++*at;
  return *at == words->n || set_error (error, _ ("too much in this line"), words->word[*at]);
}

static gboolean
parse_fault (SmithFaultScript *script, Words *words, GError **error)
{
  Fault fault = { 0 };
  guint index;
  guint at = 3;

  if (!find_name (stage_names, 0, G_N_ELEMENTS (stage_names), words->word[0], &index))
    return set_error (error, _ ("not a stage: boot, text, binary or at"), words->word[0]);
  fault.stage = index;
  if (words->n < 3)
    return set_error (error, _ ("the number of a message and a fault must follow"), words->word[0]);
  if (!parse_number (words->word[1], 1, MESSAGE_MAX, &fault.first, error))
    return FALSE;
  fault.last = fault.first;
  if (!find_name (fault_names, SMITH_FAULT_LOST, G_N_ELEMENTS (fault_names), words->word[2],
                  &index))
    return set_error (error, _ ("not a fault"), words->word[2]);
  fault.fault = index;
  if (!parse_argument (words, &at, &fault, error) || !parse_repetition (words, &at, &fault, error))
    return FALSE;
  if (script->faults->len == FAULTS_MAX)
    {
      g_set_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE, _ ("More than %d faults"), FAULTS_MAX);
      return FALSE;
    }
  g_array_append_val (script->faults, fault);
  return TRUE;
}

static gboolean
parse_after (SmithFaultScript *script, Words *words, GError **error)
{
  SmithReturn *after;
  guint index;

  if (words->n != 3)
    return set_error (error, _ ("“load” or “flash” must follow, and what happens then"), "after");
  if (g_str_equal (words->word[1], "load"))
    after = &script->after_load;
  else if (g_str_equal (words->word[1], "flash"))
    after = &script->after_flash;
  else
    return set_error (error, _ ("neither “load” nor “flash”"), words->word[1]);
  if (!find_name (return_names, SMITH_RETURN_NEVER, G_N_ELEMENTS (return_names), words->word[2],
                  &index))
    return set_error (error, _ ("not never, wrong-mode, old-version, other-port or other-stick"),
                      words->word[2]);
  if (after == &script->after_load && index == SMITH_RETURN_OLD_VERSION)
    return set_error (error, _ ("makes no sense after a loader"), words->word[2]);
  if (*after != SMITH_RETURN_RIGHT)
    return set_error (error, _ ("was said before"), words->word[1]);
  *after = index;
  return TRUE;
}

/* Cuts @line into words, in place; FALSE if there are too many. */
static gboolean
split_line (char *line, Words *words)
{
  char *rest = NULL;

  line[strcspn (line, "#")] = '\0';
  words->n = 0;
  for (char *word = strtok_r (line, " \t\r", &rest); word != NULL;
       word = strtok_r (NULL, " \t\r", &rest))
    {
      if (words->n == WORDS_MAX)
        return FALSE;
      words->word[words->n++] = word;
    }
  return TRUE;
}

static gboolean
parse_line (SmithFaultScript *script, char *line, GError **error)
{
  Words words;

  if (!split_line (line, &words))
    {
      g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE, _ ("Too many words"));
      return FALSE;
    }
  if (words.n == 0)
    return TRUE;
  if (g_str_equal (words.word[0], "after"))
    return parse_after (script, &words, error);
  return parse_fault (script, &words, error);
}

/**
 * smith_fault_script_parse:
 * @text: a script; an empty one has no faults
 *
 * Any thread. The text is not trusted: what is not understood is an error that
 * names its line. Where several lines speak of the same message, the first of
 * them counts.
 *
 * Returns: (transfer full): the script, or NULL with SMITH_ERROR_BAD_FILE
 */
SmithFaultScript *
smith_fault_script_parse (const char *text, GError **error)
{
  g_autoptr (SmithFaultScript) script = NULL;
  g_auto (GStrv) lines = NULL;

  if (strnlen (text, TEXT_MAX + 1) > TEXT_MAX)
    {
      g_set_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE,
                   _ ("A fault script may have at most %d bytes"), TEXT_MAX);
      return NULL;
    }
  if (!g_utf8_validate (text, -1, NULL))
    {
      g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE, _ ("This is not a text file"));
      return NULL;
    }

  script = g_new0 (SmithFaultScript, 1);
  script->faults = g_array_new (FALSE, FALSE, sizeof (Fault));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (!parse_line (script, lines[i], error))
      {
        g_prefix_error (error, _ ("Line %u: "), i + 1);
        return NULL;
      }
  return g_steal_pointer (&script);
}

void
smith_fault_script_free (SmithFaultScript *script)
{
  if (script == NULL)
    return;
  g_array_unref (script->faults);
  g_free (script);
}

/**
 * smith_fault_script_look_up:
 * @script: (nullable): NULL has no faults
 * @number: of the message in its stage, from 1
 * @argument: (out) (optional): the code of a refusal, the ms of a delay, else 0
 *
 * Any thread: a script does not change once it is made.
 *
 * Returns: what goes wrong with that message
 */
SmithFault
smith_fault_script_look_up (const SmithFaultScript *script,
                            SmithStage stage,
                            guint number,
                            guint *argument)
{
  if (argument != NULL)
    *argument = 0;
  for (guint i = 0; script != NULL && i < script->faults->len; i++)
    {
      const Fault *fault = &g_array_index (script->faults, Fault, i);

      if (fault->stage != stage || number < fault->first || number > fault->last)
        continue;
      if (argument != NULL)
        *argument = fault->argument;
      return fault->fault;
    }
  return SMITH_FAULT_NONE;
}

/**
 * smith_fault_script_after_load:
 * @script: (nullable): NULL has no faults
 *
 * Any thread.
 *
 * Returns: how the stick comes back when a loader was started
 */
SmithReturn
smith_fault_script_after_load (const SmithFaultScript *script)
{
  return script != NULL ? script->after_load : SMITH_RETURN_RIGHT;
}

/**
 * smith_fault_script_after_flash:
 * @script: (nullable): NULL has no faults
 *
 * Any thread.
 *
 * Returns: how the stick comes back when firmware was written completely
 */
SmithReturn
smith_fault_script_after_flash (const SmithFaultScript *script)
{
  return script != NULL ? script->after_flash : SMITH_RETURN_RIGHT;
}
