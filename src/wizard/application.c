/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "application.h"

#include <glib/gi18n.h>

#include "at-terminal.h"
#include "config.h"
#include "help-window.h"
#include "stick/udev-bus.h"
#include "style.h"
#include "window.h"

struct _SmithApplication
{
  GtkApplication parent_instance;

  double pace;   /* of the practice stick */
  SmithBus *bus; /* of real sticks; NULL until it is needed */
};

G_DEFINE_FINAL_TYPE (SmithApplication, smith_application, GTK_TYPE_APPLICATION)

/* Returns: (transfer none) (nullable): the window of that type; there is one at most */
static gpointer
find_window_of (SmithApplication *application, GType type)
{
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (application)); l != NULL;
       l = l->next)
    if (G_TYPE_CHECK_INSTANCE_TYPE (l->data, type))
      return l->data;
  return NULL;
}

static SmithWindow *
find_window (SmithApplication *application)
{
  return find_window_of (application, SMITH_TYPE_WINDOW);
}

static SmithSession *
make_real_session (SmithApplication *application)
{
  g_autofree char *state = smith_saved_state_default_path ();

  /* Made late: practice does without. */
  if (application->bus == NULL)
    application->bus = SMITH_BUS (smith_udev_bus_new ());
  return smith_session_new (application->bus, NULL, state);
}

static SmithSession *
make_practice_session (SmithApplication *application, const SmithScenario *scenario)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithPracticeWorld) world
      = smith_practice_world_new (scenario, application->pace, &error);
  g_autofree char *state = smith_practice_world_make_state_path ();
  SmithSession *session;

  if (world == NULL)
    {
      session = make_real_session (application);
      smith_log_add (smith_session_get_log (session), SMITH_LOG_ERROR,
                     _ ("There can be no practice stick: %s"), error->message);
      return session;
    }
  return smith_session_new (smith_practice_world_get_bus (world), world, state);
}

static void
show_scenario (SmithApplication *application, const char *name)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (application), "practice");

  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_string (name));
}

/* What is going on has to come to its end. */
static gboolean
is_busy (SmithSession *session)
{
  return smith_session_get_phase (session) == SMITH_PHASE_RUNNING
         || smith_network_care_is_changing (smith_session_get_network_care (session));
}

/* @scenario: (nullable): NULL for real sticks */
static SmithWindow *
open_window (SmithApplication *application, const SmithScenario *scenario)
{
  SmithWindow *window = find_window (application);
  SmithAtTerminal *terminal = find_window_of (application, SMITH_TYPE_AT_TERMINAL);
  g_autoptr (SmithSession) session = NULL;

  if (window != NULL && scenario == NULL)
    return window;
  if (window != NULL && is_busy (smith_window_get_session (window)))
    return window;
  if (window == NULL)
    window = smith_window_new (GTK_APPLICATION (application));
  session = scenario != NULL ? make_practice_session (application, scenario)
                             : make_real_session (application);
  smith_window_set_session (window, session);
  if (terminal != NULL)
    smith_at_terminal_set_session (terminal, session);
  show_scenario (application, scenario != NULL ? scenario->name : "");
  return window;
}

static void
on_practice (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  const SmithScenario *scenario = smith_scenario_find (g_variant_get_string (parameter, NULL));

  if (scenario != NULL)
    gtk_window_present (GTK_WINDOW (open_window (user_data, scenario)));
}

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkWidget *dialog = g_object_new (
      GTK_TYPE_ABOUT_DIALOG, "transient-for", find_window (user_data), "destroy-with-parent", TRUE,
      "modal", TRUE, "program-name", _ ("Sticksmith"), "version", SMITH_VERSION, "logo-icon-name",
      SMITH_APP_ID, "comments",
      _ ("Turns a Huawei LTE stick from HiLink into Stick firmware, and brings half-written sticks "
         "back."),
      "website", SMITH_HOMEPAGE, "license-type", GTK_LICENSE_GPL_3_0, NULL);
  const char *const issues[] = { SMITH_ISSUES, NULL };

  /* The dialog has a place for one address only; among the credits it makes
   * links of them. */
  gtk_about_dialog_add_credit_section (GTK_ABOUT_DIALOG (dialog), _ ("Questions and reports"),
                                       (const char **) issues);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_terminal (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SmithWindow *window = find_window (user_data);
  SmithAtTerminal *terminal = find_window_of (user_data, SMITH_TYPE_AT_TERMINAL);

  if (window == NULL)
    return;
  if (terminal == NULL)
    {
      terminal = smith_at_terminal_new (GTK_APPLICATION (user_data));
      smith_at_terminal_set_session (terminal, smith_window_get_session (window));
    }
  gtk_window_present (GTK_WINDOW (terminal));
}

/* The parameter is a topic; an empty one leaves the page as it is. */
static void
on_help (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SmithHelpWindow *window = find_window_of (user_data, SMITH_TYPE_HELP_WINDOW);

  if (window == NULL)
    window = smith_help_window_new (GTK_APPLICATION (user_data));
  smith_help_window_show_topic (window, g_variant_get_string (parameter, NULL));
  gtk_window_present (GTK_WINDOW (window));
}

static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SmithWindow *window = find_window (user_data);

  if (window != NULL)
    gtk_window_close (GTK_WINDOW (window));
}

static void
on_query_end (SmithApplication *application)
{
  SmithWindow *window = find_window (application);

  if (window != NULL)
    smith_window_stay (window);
}

static void
add_accels (GtkApplication *application)
{
  static const struct
  {
    const char *action;
    const char *keys[3];
  } accels[] = {
    { "win.back", { "<Alt>Left" } },
    { "win.next", { "<Alt>Right" } },
    { "win.show-log", { "<Control>l" } },
    { "win.save-report", { "<Control>s" } },
    { "win.open-file", { "<Control>o" } },
    { "win.show-help-overlay", { "<Control>question" } },
    { "app.help::", { "F1" } },
    { "app.terminal", { "<Control>t" } },
    { "window.close", { "<Control>w" } },
    { "app.quit", { "<Control>q" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (application, accels[i].action, accels[i].keys);
}

static void
smith_application_startup (GApplication *base)
{
  static const GActionEntry entries[] = {
    { "practice", on_practice, "s", "''" },
    { "about", on_about },
    { "help", on_help, "s" },
    { "terminal", on_terminal },
    { "quit", on_quit },
  };

  G_APPLICATION_CLASS (smith_application_parent_class)->startup (base);
  g_action_map_add_action_entries (G_ACTION_MAP (base), entries, G_N_ELEMENTS (entries), base);
  add_accels (GTK_APPLICATION (base));
  smith_style_load (gdk_display_get_default ());
  smith_style_follow_desktop (GTK_APPLICATION (base));
  g_signal_connect (base, "query-end", G_CALLBACK (on_query_end), NULL);
  gtk_window_set_default_icon_name (SMITH_APP_ID);
}

static void
smith_application_activate (GApplication *base)
{
  SmithApplication *application = SMITH_APPLICATION (base);

  gtk_window_present (GTK_WINDOW (open_window (application, NULL)));
}

static void
smith_application_open (GApplication *base, GFile **files, int n_files, const char *hint)
{
  SmithWindow *window = open_window (SMITH_APPLICATION (base), NULL);

  for (int i = 0; i < n_files; i++)
    {
      g_autofree char *path = g_file_get_path (files[i]);

      if (path != NULL)
        smith_session_take_file (smith_window_get_session (window), path, SMITH_WANT_ANY);
    }
  gtk_window_present (GTK_WINDOW (window));
}

/* In the first instance, for this one's words and for a second one's. */
static int
smith_application_command_line (GApplication *base, GApplicationCommandLine *line)
{
  SmithApplication *application = SMITH_APPLICATION (base);
  GVariantDict *options = g_application_command_line_get_options_dict (line);
  const char *name = NULL;
  g_auto (GStrv) words = g_application_command_line_get_arguments (line, NULL);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

  if (g_variant_dict_lookup (options, "practice", "^&ay", &name))
    {
      const SmithScenario *scenario = smith_scenario_find (*name != '\0' ? name : "all-well");

      if (scenario == NULL)
        {
          g_application_command_line_printerr (line, _ ("There is no practice scenario “%s”\n"),
                                               name);
          return 2;
        }
      open_window (application, scenario);
    }
  for (guint i = 1; words[i] != NULL; i++)
    g_ptr_array_add (files, g_application_command_line_create_file_for_arg (line, words[i]));
  if (files->len > 0)
    g_application_open (base, (GFile **) files->pdata, (int) files->len, "");
  else
    g_application_activate (base);
  return 0;
}

/* The option's value may be left out, which only a callback can tell. */
static char *practice_option;

static gboolean
on_practice_option (const char *name, const char *value, gpointer data, GError **error)
{
  g_free (practice_option);
  practice_option = g_strdup (value != NULL ? value : "");
  return TRUE;
}

static int
smith_application_handle_local_options (GApplication *base, GVariantDict *options)
{
  if (practice_option != NULL)
    g_variant_dict_insert (options, "practice", "^ay", practice_option);
  g_clear_pointer (&practice_option, g_free);
  return -1;
}

/* Without the one window the others are of no use. */
static void
smith_application_window_removed (GtkApplication *base, GtkWindow *removed)
{
  const GType others[] = { SMITH_TYPE_AT_TERMINAL, SMITH_TYPE_HELP_WINDOW };

  GTK_APPLICATION_CLASS (smith_application_parent_class)->window_removed (base, removed);
  if (!SMITH_IS_WINDOW (removed))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      GtkWindow *other = find_window_of (SMITH_APPLICATION (base), others[i]);

      if (other != NULL)
        gtk_window_destroy (other);
    }
}

static void
smith_application_finalize (GObject *object)
{
  g_clear_object (&SMITH_APPLICATION (object)->bus);
  G_OBJECT_CLASS (smith_application_parent_class)->finalize (object);
}

static void
smith_application_class_init (SmithApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = smith_application_finalize;
  GTK_APPLICATION_CLASS (klass)->window_removed = smith_application_window_removed;
  application_class->startup = smith_application_startup;
  application_class->activate = smith_application_activate;
  application_class->open = smith_application_open;
  application_class->command_line = smith_application_command_line;
  application_class->handle_local_options = smith_application_handle_local_options;
}

static void
smith_application_init (SmithApplication *application)
{
  const GOptionEntry entries[] = {
    { "practice", 0, G_OPTION_FLAG_OPTIONAL_ARG, G_OPTION_ARG_CALLBACK, on_practice_option,
      N_ ("Practise with a stick that only exists here"), N_ ("SCENARIO") },
    { NULL },
  };

  application->pace = 1;
  g_application_add_main_option_entries (G_APPLICATION (application), entries);
  g_application_set_option_context_parameter_string (G_APPLICATION (application), _ ("[FILE…]"));
}

/* How slow the practice stick is; 1 for a person, 0 for a test. */
void
smith_application_set_pace (SmithApplication *application, double pace)
{
  application->pace = pace;
}

/* Puts another bus in the place of the real one, for tests. Before anything is shown. */
void
smith_application_set_bus (SmithApplication *application, SmithBus *bus)
{
  g_set_object (&application->bus, bus);
}

SmithApplication *
smith_application_new (void)
{
  /* The session's manager has to know it, to wait for it. */
  return g_object_new (SMITH_TYPE_APPLICATION, "register-session", TRUE, "application-id",
                       SMITH_APP_ID, "flags",
                       G_APPLICATION_HANDLES_COMMAND_LINE | G_APPLICATION_HANDLES_OPEN, NULL);
}
