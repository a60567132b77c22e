/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli.h"

#include <glib/gi18n.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "link/deadline.h"

#define PROGRAM "sticksmith-cli"

static void
add_common (GOptionContext *context, Cli *cli, guint takes)
{
  const GOptionEntry json[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &cli->json, N_ ("Print JSON"), NULL },
    { NULL },
  };
  const GOptionEntry yes[] = {
    { "yes", 'y', 0, G_OPTION_ARG_NONE, &cli->yes, N_ ("Answer all questions with yes"), NULL },
    { NULL },
  };
  const GOptionEntry entry[] = {
    { "entry", 0, 0, G_OPTION_ARG_STRING, &cli->entry,
      N_ ("Which file of an archive, where several are usable"), N_ ("NAME") },
    { NULL },
  };
  const GOptionEntry scale[] = {
    { "time-scale", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_DOUBLE, &cli->time_scale,
      "Scale all deadlines, for tests", "FACTOR" },
    { NULL },
  };
  const GOptionEntry verbose[] = {
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &cli->verbose, N_ ("Tell what is being done"), NULL },
    { NULL },
  };

  if (takes & CLI_TAKES_JSON)
    g_option_context_add_main_entries (context, json, NULL);
  if (takes & CLI_TAKES_YES)
    g_option_context_add_main_entries (context, yes, NULL);
  if (takes & CLI_TAKES_ENTRY)
    g_option_context_add_main_entries (context, entry, NULL);
  if (takes & CLI_TAKES_TIME_SCALE)
    g_option_context_add_main_entries (context, scale, NULL);
  g_option_context_add_main_entries (context, verbose, NULL);
}

/* @usage: as for cli_parse(); returns: (transfer full): without the command */
static char *
split_usage (const char *usage, char **command)
{
  const char *end = strchrnul (usage, ' ');

  *command = g_strndup (usage, (gsize) (end - usage));
  return g_strdup (*end != '\0' ? end + 1 : end);
}

/**
 * cli_print_usage:
 * @usage: as for cli_parse()
 *
 * Says in one line how a command is called, after a call that made no sense.
 */
void
cli_print_usage (const char *usage)
{
  g_autofree char *command = NULL;
  g_autofree char *words = split_usage (usage, &command);
  g_autofree char *line = g_strdup_printf (PROGRAM " %s %s%s%s", command, _ ("[OPTION…]"),
                                           *words != '\0' ? " " : "", words);

  fprintf (stderr, _ ("Usage: %s\n"), line);
}

/* What --help says begins with the program's name, and the options would follow it. */
static gboolean
parse (GOptionContext *context, const char *command, int *argc, char ***argv, GError **error)
{
  g_autofree char *name = g_strconcat (PROGRAM " ", command, NULL);
  gboolean ok;

  g_set_prgname (name);
  ok = g_option_context_parse (context, argc, argv, error);
  g_set_prgname (PROGRAM);
  return ok;
}

/**
 * cli_parse:
 * @usage: the command and what follows its options, such as "extract FILE DIR"
 * @takes: CliTakes bits
 * @own: (nullable): the command's own options
 * @least: how many words must be left
 * @most: how many may be
 *
 * Parses a command's options; complains by itself.
 *
 * Returns: whether the command may run
 */
gboolean
cli_parse (Cli *cli,
           int *argc,
           char ***argv,
           const char *usage,
           const char *summary,
           guint takes,
           const GOptionEntry *own,
           guint least,
           guint most)
{
  g_autofree char *command = NULL;
  g_autofree char *after = split_usage (usage, &command);
  g_autoptr (GOptionContext) context = g_option_context_new (after);
  g_autoptr (GError) error = NULL;
  guint words;

  g_option_context_set_summary (context, summary);
  add_common (context, cli, takes);
  if (own != NULL)
    g_option_context_add_main_entries (context, own, NULL);
  if (!parse (context, command, argc, argv, &error))
    {
      fprintf (stderr, "%s\n", error->message);
      return FALSE;
    }
  /* "--" only ends the options. */
  if (*argc > 1 && g_str_equal ((*argv)[1], "--"))
    {
      (*argv)[1] = (*argv)[0];
      (*argv)++;
      (*argc)--;
    }
  words = (guint) *argc - 1;
  if (words < least || words > most)
    {
      cli_print_usage (usage);
      return FALSE;
    }
  if (cli->verbose)
    g_setenv ("G_MESSAGES_DEBUG", "all", FALSE);
  if (cli->time_scale != 1)
    smith_deadline_set_scale (cli->time_scale);
  return TRUE;
}

/* A line from the terminal, without its end; NULL where there is no terminal. */
static char *
read_answer (const char *question)
{
  char line[64];

  if (!isatty (STDIN_FILENO) || !isatty (STDERR_FILENO))
    return NULL;
  fprintf (stderr, "%s ", question);
  fflush (stderr);
  if (fgets (line, sizeof line, stdin) == NULL)
    return NULL;
  return g_strdup (g_strstrip (line));
}

/**
 * cli_ask:
 *
 * Asks on a terminal. --yes answers; without a terminal and without --yes the
 * answer is no.
 */
gboolean
cli_ask (Cli *cli, const char *question)
{
  g_autofree char *full = NULL;
  g_autofree char *answer = NULL;

  if (cli->yes)
    return TRUE;
  full = g_strdup_printf ("%s [%s/%s]", question, C_ ("answer", "y"), C_ ("answer", "N"));
  answer = read_answer (full);
  return answer != NULL
         && (g_ascii_strcasecmp (answer, "y") == 0 || g_ascii_strcasecmp (answer, "yes") == 0
             || g_str_equal (answer, C_ ("answer", "y")));
}

/**
 * cli_ask_word:
 * @word: what has to be typed to go on
 *
 * Asks for something that --yes must not answer.
 */
gboolean
cli_ask_word (const char *question, const char *word)
{
  g_autofree char *answer = read_answer (question);

  return g_strcmp0 (answer, word) == 0;
}
