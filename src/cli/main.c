/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli.h"

#include <glib/gi18n.h>

#include <fcntl.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "config.h"
#include "table.h"

static CliStatus help (Cli *cli, int argc, char *argv[]);

typedef struct
{
  const char *name;
  CliFunc func;
  const char *summary;
} Command;

static const Command commands[] = {
  { "inspect", cli_inspect, N_ ("tell what a firmware, updater, folder, loader or archive is") },
  { "extract", cli_extract, N_ ("take a firmware file apart") },
  { "devices", cli_devices, N_ ("list the sticks that are plugged in") },
  { "identify", cli_identify, N_ ("ask the sticks that are plugged in what they are") },
  { "load", cli_load, N_ ("send a loader to a stick in boot mode") },
  { "flash", cli_flash, N_ ("write firmware to a stick in download mode") },
  { "at", cli_at, N_ ("send AT commands") },
  { "reactivate", cli_reactivate, N_ ("open a stick's network settings and wait for a network") },
  { "convert", cli_convert, N_ ("the whole job") },
  { "simulate", cli_simulate, N_ ("make a virtual stick for other programs") },
  { "help", help, N_ ("tell about a command and its options") },
};

/* Returns: (nullable) */
static const Command *
find_command (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (name, commands[i].name))
      return &commands[i];
  return NULL;
}

static void
print_usage (FILE *out)
{
  g_autoptr (CliTable) table = cli_table_new ("ll");
  g_autofree char *text = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    cli_table_add (table, commands[i].name, _ (commands[i].summary), NULL);
  text = cli_table_to_text (table);
  fprintf (out, _ ("Usage: %s COMMAND [OPTION…]\n\n"), "sticksmith-cli");
  fprintf (out, "%s\n%s\n", text,
           _ ("Each has its own --help. Exit status: 0 done, 1 failed, 2 wrong usage, 3 refused "
              "before anything was written."));
}

/* What is wrong with the first word. */
static CliStatus
complain (const char *word)
{
  if (word != NULL && *word != '-')
    fprintf (stderr, _ ("There is no command “%s”"), word);
  else if (word != NULL)
    fputs (_ ("The command comes first, and its options after it"), stderr);
  if (word != NULL)
    fputs ("\n\n", stderr);
  print_usage (stderr);
  return CLI_USAGE;
}

/* Without a word the same as --help; with one, the same as that command's own. */
static CliStatus
help (Cli *cli, int argc, char *argv[])
{
  char *words[] = { argv[0], (char *) "--help", NULL };
  const Command *command = argc > 1 ? find_command (argv[1]) : NULL;

  if (argc > 1 && command == NULL && !g_str_equal (argv[1], "--help")
      && !g_str_equal (argv[1], "-h"))
    return complain (argv[1]);
  if (command != NULL && command->func != help)
    return command->func (cli, 2, words);
  print_usage (stdout);
  return CLI_DONE;
}

/* Signals are taken by a thread of their own: the commands block, and a
 * cancellable may not be cancelled from a signal handler. The second signal
 * ends the program at once. */
static gpointer
take_signals (gpointer data)
{
  sigset_t set;
  int number;

  sigemptyset (&set);
  sigaddset (&set, SIGINT);
  sigaddset (&set, SIGTERM);
  sigwait (&set, &number);
  g_cancellable_cancel (data);
  sigwait (&set, &number);
  _exit (128 + number);
}

static void
watch_signals (GCancellable *cancellable)
{
  sigset_t set;

  sigemptyset (&set);
  sigaddset (&set, SIGINT);
  sigaddset (&set, SIGTERM);
  pthread_sigmask (SIG_BLOCK, &set, NULL);
  signal (SIGPIPE, SIG_IGN);
  /* Past a limit for files, writing is to fail, not to end the program. */
  signal (SIGXFSZ, SIG_IGN);
  g_thread_unref (g_thread_new ("signals", take_signals, g_object_ref (cancellable)));
}

static CliStatus
run (int argc, char *argv[])
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (GStrv) words = g_strdupv (argv);
  Cli cli = { .cancellable = cancellable, .words = words, .time_scale = 1 };
  const char *word = argc > 1 ? argv[1] : NULL;
  const Command *command = word != NULL ? find_command (word) : NULL;
  CliStatus status;

  if (command != NULL)
    {
      watch_signals (cancellable);
      argv[1] = argv[0];
      status = command->func (&cli, argc - 1, argv + 1);
      g_free (cli.entry);
      return status;
    }
  if (word == NULL)
    return complain (NULL);
  if (argc == 2 && (g_str_equal (word, "--help") || g_str_equal (word, "-h")))
    {
      print_usage (stdout);
      return CLI_DONE;
    }
  if (argc == 2 && g_str_equal (word, "--version"))
    {
      printf ("sticksmith-cli %s\n", SMITH_VERSION);
      return CLI_DONE;
    }
  return complain (word);
}

/* Started with one of the three standard files closed, the next thing that is
 * opened gets its number: a stick would be sent what is meant for a person. */
static void
keep_standard_files (void)
{
  int fd;

  do
    fd = open ("/dev/null", O_RDWR);
  while (fd >= 0 && fd <= STDERR_FILENO);
  if (fd > STDERR_FILENO)
    close (fd);
}

int
main (int argc, char *argv[])
{
  CliStatus status;

  keep_standard_files ();
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, SMITH_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  status = run (argc, argv);
  /* What a script never got was not done. */
  if (fflush (stdout) != 0 || ferror (stdout))
    {
      perror ("stdout");
      return status == CLI_DONE ? CLI_FAILED : (int) status;
    }
  return (int) status;
}
