/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli.h"

#include <glib/gi18n.h>

#include "format/error.h"
#include "job/cd-stage.h"
#include "job/reactivate.h"
#include "stick/udev-bus.h"
#include "text-port.h"

typedef struct
{
  char *port;
  char *stick;
  char *restore;
  gboolean roaming;
  gboolean no_cd;
  char *show_cd;
} ReactivateWords;

static void
reactivate_words_clear (ReactivateWords *words)
{
  g_free (words->port);
  g_free (words->stick);
  g_free (words->restore);
  g_free (words->show_cd);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ReactivateWords, reactivate_words_clear)

static void
on_busy (gpointer user_data)
{
  cli_say (user_data, _ ("The system is still looking at the stick; waiting…"));
}

static const char *
describe_sim (SmithSimState sim)
{
  switch (sim)
    {
    case SMITH_SIM_READY:
      return _ ("ready");
    case SMITH_SIM_MISSING:
      return _ ("none");
    case SMITH_SIM_PIN:
      return _ ("wants its PIN");
    case SMITH_SIM_PUK:
      return _ ("wants its PUK");
    case SMITH_SIM_FAILED:
      return _ ("does not work");
    case SMITH_SIM_UNKNOWN:
    default:
      return _ ("not known");
    }
}

static const char *
describe_registration (SmithRegistration registration)
{
  switch (registration)
    {
    case SMITH_REGISTRATION_OFF:
      return _ ("not looked for");
    case SMITH_REGISTRATION_HOME:
      return _ ("found");
    case SMITH_REGISTRATION_SEARCHING:
      return _ ("looked for");
    case SMITH_REGISTRATION_DENIED:
      return _ ("does not let the card in");
    case SMITH_REGISTRATION_ROAMING:
      return _ ("found, a foreign one");
    case SMITH_REGISTRATION_UNKNOWN:
    default:
      return _ ("not known");
    }
}

/* Lines as the stick's state changes. */
static void
on_state (const SmithNetworkState *state, gpointer user_data)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, _ ("SIM card: %s; network: %s"), describe_sim (state->sim),
                          describe_registration (state->registration));
  if (state->operator_name[0] != '\0')
    g_string_append_printf (text, " (%s)", state->operator_name);
  if (state->signal >= 0)
    /* Translators: how well the stick hears the network, of at most 31. */
    g_string_append_printf (text, _ ("; signal: %d of 31"), state->signal);
  cli_say (user_data, "%s", text->str);
}

static void
say_settings (Cli *cli, const char *title, const SmithNetworkSettings *settings)
{
  g_autofree char *command = smith_network_settings_to_command (settings);
  g_autofree char *words = smith_network_settings_describe (settings);

  cli_say (cli, "%s %s\n  %s", title, words, command);
}

/* What the stick had is said once: before it is told anything, or at the end. */
typedef struct
{
  Cli *cli;
  gboolean has_said;
} Telling;

static void
on_settings_before (const SmithNetworkSettings *before, gpointer user_data)
{
  Telling *telling = user_data;

  telling->has_said = TRUE;
  say_settings (telling->cli, _ ("Before:"), before);
}

static void
say_report (Telling *telling, const SmithReactivateReport *report)
{
  Cli *cli = telling->cli;
  g_autofree char *before = NULL;

  if (report->had_settings && !telling->has_said)
    on_settings_before (&report->before, telling);
  if (report->radio_was_off)
    cli_say (cli, "%s", _ ("The radio was off."));
  if (report->had_ports && smith_port_setting_can_hide_cd (&report->ports))
    cli_say (cli, "%s",
             _ ("Each time it is plugged in, the stick first shows a CD drive, which Linux does "
                "not need. To do without it: sticksmith-cli reactivate --no-cd"));
  if (!report->changed)
    return;
  if (!report->unsure)
    say_settings (cli, _ ("Now:"), &report->now);
  if (!report->had_settings)
    return;
  before = smith_network_settings_to_command (&report->before);
  cli_say (cli, _ ("To put the old settings back: sticksmith-cli reactivate --restore '%s'"),
           before);
}

static void
add_settings (JsonBuilder *builder, const char *name, const SmithNetworkSettings *settings)
{
  g_autofree char *command = settings != NULL ? smith_network_settings_to_command (settings) : NULL;

  cli_add_string (builder, name, command);
}

static void
add_ports (JsonBuilder *builder, const char *name, const SmithPortSetting *ports)
{
  g_autofree char *command = ports != NULL ? smith_port_setting_to_command (ports) : NULL;

  cli_add_string (builder, name, command);
}

static void
print_report (const SmithReactivateReport *report, CliStatus status, const GError *error)
{
  g_autoptr (JsonBuilder) builder = cli_result_begin (cli_result_name (status));
  gboolean has_now = (report->had_settings || report->changed) && !report->unsure;

  add_settings (builder, "before", report->had_settings ? &report->before : NULL);
  add_settings (builder, "now", has_now ? &report->now : NULL);
  cli_add_bool (builder, "changed", report->changed);
  cli_add_bool (builder, "unsure", report->unsure);
  cli_add_bool (builder, "radio_was_off", report->radio_was_off);
  add_ports (builder, "ports", report->had_ports ? &report->ports : NULL);
  cli_add_string (builder, "sim", smith_sim_state_name (report->state.sim));
  cli_add_string (builder, "registration", smith_registration_name (report->state.registration));
  if (report->state.signal >= 0)
    cli_add_int (builder, "signal", report->state.signal);
  cli_add_string (builder, "operator", report->state.operator_name);
  cli_add_string (builder, "operator_code", report->state.operator_code);
  if (error != NULL)
    cli_add_error (builder, error);
  cli_result_end (builder);
}

/* The one that was named, or the only one that can be asked. */
static char *
choose_stick (SmithBus *bus, const char *named, GError **error)
{
  g_autoptr (GPtrArray) sticks = smith_bus_list (bus);
  const char *found = NULL;

  if (named != NULL)
    return g_strdup (named);
  for (guint i = 0; i < sticks->len; i++)
    {
      SmithStick *stick = g_ptr_array_index (sticks, i);

      if (stick->mode != SMITH_MODE_STICK)
        continue;
      if (found != NULL)
        {
          g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE,
                               _ ("More than one stick is plugged in: say which with --stick; "
                                  "“sticksmith-cli devices” lists them"));
          return NULL;
        }
      found = stick->usb_path;
    }
  if (found == NULL)
    g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE,
                         _ ("No stick with Stick firmware is plugged in; “sticksmith-cli devices” "
                            "lists what is there"));
  return g_strdup (found);
}

static gboolean
reactivate_on_bus (Cli *cli,
                   const ReactivateWords *words,
                   const SmithReactivateOptions *options,
                   SmithReactivateReport *report,
                   GError **error)
{
  g_autoptr (SmithUdevBus) bus = smith_udev_bus_new ();
  g_autofree char *usb_path = choose_stick (SMITH_BUS (bus), words->stick, error);

  return usb_path != NULL
         && smith_reactivate_run (SMITH_BUS (bus), usb_path, options, on_state, cli, report,
                                  cli->cancellable, error);
}

static gboolean
reactivate_on_port (Cli *cli,
                    const ReactivateWords *words,
                    const SmithReactivateOptions *options,
                    SmithReactivateReport *report,
                    GError **error)
{
  g_autoptr (SmithPort) port = cli_open_text_port (cli, words->port, on_busy, error);

  return port != NULL
         && smith_reactivate_on_port (port, options, on_state, cli, report, cli->cancellable,
                                      error);
}

static gboolean
get_consent (Cli *cli, const ReactivateWords *words, GError **error)
{
  if (cli_ask (cli, words->restore != NULL
                        ? _ ("Put these network settings into the stick?")
                        : _ ("Let the stick look for all networks? The settings it has now are "
                             "shown, and can be put back.")))
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                       _ ("Not confirmed; nothing was changed"));
  return FALSE;
}

static CliStatus
run (Cli *cli, const ReactivateWords *words, const SmithReactivateOptions *wanted)
{
  Telling telling = { cli };
  SmithReactivateOptions options = *wanted;
  SmithReactivateReport report = { .state = { .signal = -1 } };
  g_autoptr (GError) error = NULL;
  gboolean ok;
  gboolean touched;
  CliStatus status;

  if (!get_consent (cli, words, &error))
    return cli_fail (cli, error, FALSE);
  options.before = on_settings_before;
  options.before_data = &telling;
  ok = words->port != NULL ? reactivate_on_port (cli, words, &options, &report, &error)
                           : reactivate_on_bus (cli, words, &options, &report, &error);
  /* One that answers was also told something. */
  touched = report.answered;
  status = ok ? CLI_DONE : cli_status_for (error, touched);
  if (cli->json)
    print_report (&report, status, error);
  else
    {
      say_report (&telling, &report);
      if (error != NULL)
        g_printerr ("%s\n", error->message);
    }
  return status;
}

/* Whatever may end the program then, the person can read what brings the CD back. */
static void
on_cd_before (const SmithPortSetting *before, gpointer user_data)
{
  Telling *telling = user_data;
  g_autofree char *command = smith_port_setting_to_command (before);

  telling->has_said = TRUE;
  cli_say (telling->cli, "%s %s", _ ("Before:"), command);
}

static gboolean
set_cd (Telling *telling,
        const ReactivateWords *words,
        const SmithPortSetting *old,
        SmithCdStageReport *report,
        GError **error)
{
  Cli *cli = telling->cli;
  g_autoptr (SmithUdevBus) bus = NULL;
  g_autoptr (SmithPort) port = NULL;
  g_autofree char *usb_path = NULL;

  if (words->port != NULL)
    {
      port = cli_open_text_port (cli, words->port, on_busy, error);
      return port != NULL
             && smith_cd_stage_set_on_port (port, old, on_cd_before, telling, report,
                                            cli->cancellable, error);
    }
  bus = smith_udev_bus_new ();
  usb_path = choose_stick (SMITH_BUS (bus), words->stick, error);
  return usb_path != NULL
         && smith_cd_stage_set (SMITH_BUS (bus), usb_path, old, on_cd_before, telling, report,
                                cli->cancellable, error);
}

static void
say_cd (Telling *telling, const SmithCdStageReport *report, gboolean ok)
{
  Cli *cli = telling->cli;
  g_autofree char *before = smith_port_setting_to_command (&report->before);

  if (!telling->has_said)
    on_cd_before (&report->before, telling);
  if (!report->changed)
    cli_say (cli, "%s", _ ("Nothing was changed."));
  else if (ok && smith_port_setting_shows_cd (&report->now))
    cli_say (cli, "%s", _ ("When it is plugged in next, the stick shows its CD drive again."));
  else if (ok)
    cli_say (cli, "%s",
             _ ("When it is plugged in next, the stick works at once, without its CD drive."));
  if (report->changed && smith_port_setting_shows_cd (&report->before))
    cli_say (cli, _ ("To have the CD drive again: sticksmith-cli reactivate --show-cd '%s'"),
             before);
}

static void
print_cd (const SmithCdStageReport *report, CliStatus status, const GError *error)
{
  g_autoptr (JsonBuilder) builder = cli_result_begin (cli_result_name (status));

  add_ports (builder, "before", report->had_setting ? &report->before : NULL);
  add_ports (builder, "now", report->had_setting ? &report->now : NULL);
  cli_add_bool (builder, "changed", report->changed);
  if (error != NULL)
    cli_add_error (builder, error);
  cli_result_end (builder);
}

/* Only the CD drive: the network is left alone. */
static CliStatus
run_cd (Cli *cli, const ReactivateWords *words, const SmithPortSetting *old)
{
  Telling telling = { cli };
  SmithCdStageReport report = { 0 };
  g_autoptr (GError) error = NULL;
  CliStatus status = CLI_DONE;

  if (!cli_ask (cli, old != NULL
                         ? _ ("Have the stick show its CD drive again?")
                         : _ ("Have the stick no longer show its CD drive? The setting it has now "
                              "is shown, and can be put back.")))
    {
      g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                           _ ("Not confirmed; nothing was changed"));
      return cli_fail (cli, error, FALSE);
    }
  if (!set_cd (&telling, words, old, &report, &error))
    /* One that says no has something to say no to. */
    status = cli_status_for (error,
                             report.had_setting
                                 && !g_error_matches (error, SMITH_ERROR, SMITH_ERROR_UNSUPPORTED));
  if (cli->json)
    print_cd (&report, status, error);
  else
    {
      if (report.had_setting)
        say_cd (&telling, &report, error == NULL);
      if (error != NULL)
        g_printerr ("%s\n", error->message);
    }
  return status;
}

/* Before anything is asked: without a stick there is nothing to agree to. The one that
 * is found then is the one that is meant. */
static gboolean
find_stick (ReactivateWords *words, GError **error)
{
  g_autoptr (SmithUdevBus) bus = NULL;
  g_autoptr (SmithStick) stick = NULL;

  if (words->port != NULL)
    return TRUE;
  bus = smith_udev_bus_new ();
  if (words->stick == NULL)
    {
      words->stick = choose_stick (SMITH_BUS (bus), NULL, error);
      return words->stick != NULL;
    }
  stick = smith_bus_find (SMITH_BUS (bus), words->stick);
  if (stick == NULL)
    g_set_error (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED, _ ("There is no stick at %s"),
                 words->stick);
  return stick != NULL;
}

/* Returns: FALSE, and says why, if they make no sense together */
static gboolean
check_words (const ReactivateWords *words)
{
  const char *problem = NULL;

  if (words->port != NULL && words->stick != NULL)
    problem = _ ("Either --port or --stick");
  else if (words->restore != NULL && words->roaming)
    problem = _ ("Either --restore or --roaming");
  else if (words->no_cd && words->show_cd != NULL)
    problem = _ ("Either --no-cd or --show-cd");
  else if ((words->no_cd || words->show_cd != NULL) && (words->restore != NULL || words->roaming))
    problem = _ ("--no-cd and --show-cd leave the network alone");
  if (problem != NULL)
    g_printerr ("%s\n", problem);
  return problem == NULL;
}

/**
 * cli_reactivate:
 *
 * Opens a stick's network settings, or puts old ones back, and waits until it
 * is registered; or changes whether it shows a CD drive when it is plugged in.
 */
CliStatus
cli_reactivate (Cli *cli, int argc, char *argv[])
{
  g_auto (ReactivateWords) words = { NULL };
  g_autoptr (GError) error = NULL;
  SmithNetworkSettings restore;
  SmithPortSetting ports;
  const GOptionEntry entries[] = {
    { "port", 'p', 0, G_OPTION_ARG_FILENAME, &words.port, N_ ("The stick's port"), "TTY" },
    { "stick", 0, 0, G_OPTION_ARG_STRING, &words.stick, N_ ("Where the stick is plugged in"),
      N_ ("PLACE") },
    { "restore", 0, 0, G_OPTION_ARG_STRING, &words.restore,
      N_ ("Put these settings back, as they were printed before"), N_ ("SETTINGS") },
    { "roaming", 0, 0, G_OPTION_ARG_NONE, &words.roaming, N_ ("Let it use foreign networks"),
      NULL },
    { "no-cd", 0, 0, G_OPTION_ARG_NONE, &words.no_cd,
      N_ ("Only this: let it no longer show its CD drive when it is plugged in"), NULL },
    { "show-cd", 0, 0, G_OPTION_ARG_STRING, &words.show_cd,
      N_ ("Only this: let it show its CD drive again, as was printed before"), N_ ("SETTING") },
    { NULL },
  };

  if (!cli_parse (cli, &argc, &argv, "reactivate",
                  _ ("Lets a stick with Stick firmware look for all networks, switches its radio "
                     "on and waits until it has found one."),
                  CLI_TAKES_JSON | CLI_TAKES_YES | CLI_TAKES_TIME_SCALE, entries, 0, 0))
    return CLI_USAGE;
  if (!check_words (&words))
    return CLI_USAGE;
  if (words.restore != NULL && !smith_network_settings_parse (words.restore, &restore))
    g_printerr ("%s\n", _ ("These are no network settings; they look like ^SYSCFG:2,2,3FFFFFFF,1,2 "
                           "or ^SYSCFGEX:\"00\",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF"));
  else if (words.show_cd != NULL
           && (!smith_port_setting_parse (words.show_cd, &ports)
               || !smith_port_setting_shows_cd (&ports)))
    g_printerr ("%s\n", _ ("This is no setting with a CD drive; one looks like "
                           "AT^SETPORT=\"A1,A2;12,10,16,A1,A2\""));
  else if (!find_stick (&words, &error))
    return cli_fail (cli, error, FALSE);
  else if (words.no_cd || words.show_cd != NULL)
    return run_cd (cli, &words, words.no_cd ? NULL : &ports);
  else
    {
      SmithReactivateOptions options
          = { .roaming = words.roaming, .restore = words.restore != NULL ? &restore : NULL };

      return run (cli, &words, &options);
    }
  return CLI_USAGE;
}
