/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "steps.h"

#include <string.h>

#include "config.h"
#include "wizard/at-history.h"
#include "wizard/at-ports.h"
#include "wizard/at-terminal.h"
#include "wizard/heading.h"
#include "wizard/help-texts.h"
#include "wizard/help-window.h"

#define IMEI "350000000000014"

/* Returns: (transfer none) (nullable) */
static gpointer
find_other (GType type)
{
  GtkApplication *application = GTK_APPLICATION (harness_start ());

  for (GList *l = gtk_application_get_windows (application); l != NULL; l = l->next)
    if (G_TYPE_CHECK_INSTANCE_TYPE (l->data, type))
      return l->data;
  return NULL;
}

/* Returns: (transfer none) (nullable): a window that the application does not list */
static gpointer
find_dialog (GType type)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *l = windows; l != NULL; l = l->next)
    if (G_TYPE_CHECK_INSTANCE_TYPE (l->data, type))
      return l->data;
  return NULL;
}

static SmithAtTerminal *
open_terminal (void)
{
  SmithAtTerminal *terminal;

  g_action_group_activate_action (G_ACTION_GROUP (harness_start ()), "terminal", NULL);
  harness_settle ();
  terminal = find_other (SMITH_TYPE_AT_TERMINAL);
  g_assert_nonnull (terminal);
  return terminal;
}

static gboolean
is_answered (SmithWindow *window)
{
  return !smith_at_terminal_is_asking (find_other (SMITH_TYPE_AT_TERMINAL));
}

static gboolean
can_send (SmithWindow *window)
{
  GtkWidget *terminal = find_other (SMITH_TYPE_AT_TERMINAL);

  return gtk_widget_is_sensitive (harness_find (terminal, "send"));
}

static void
plug_stick (SmithWindow *window)
{
  SmithPracticeWorld *world = smith_session_get_world (steps_session_of (window));

  smith_practice_world_plug_in (world, SMITH_PRACTICE_PORT, SMITH_MODE_STICK);
  harness_wait (window, can_send, "the stick takes commands");
}

/* Types a command, presses Send and waits for the answer. */
static void
send (SmithWindow *window, SmithAtTerminal *terminal, const char *command)
{
  GtkWidget *widget = GTK_WIDGET (terminal);

  gtk_editable_set_text (GTK_EDITABLE (harness_find (widget, "entry")), command);
  harness_press (widget, "send");
  harness_wait (window, is_answered, "the stick answers");
  harness_settle ();
}

static void
assert_text (SmithAtTerminal *terminal, const char *wanted, gboolean there)
{
  g_autofree char *text = smith_at_terminal_get_text (terminal);

  if ((strstr (text, wanted) != NULL) != there)
    g_error ("“%s” is %s here:\n%s", wanted, there ? "not" : "still", text);
}

static const char *
notice_of (SmithAtTerminal *terminal)
{
  return gtk_label_get_label (GTK_LABEL (harness_find (GTK_WIDGET (terminal), "notice")));
}

/* Answers, a refusal, an error, and identities that are hidden until wanted. */
static void
test_terminal (void)
{
  SmithWindow *window = harness_practise ("all-well", 0);
  SmithAtTerminal *terminal = open_terminal ();
  GtkWidget *widget = GTK_WIDGET (terminal);

  g_assert_false (can_send (window));
  g_assert_nonnull (strstr (notice_of (terminal), "router"));
  harness_shoot (widget, "9-terminal-none");
  plug_stick (window);
  send (window, terminal, "ATI");
  assert_text (terminal, "> ATI", TRUE);
  assert_text (terminal, "Model: E3372", TRUE);
  assert_text (terminal, IMEI, FALSE);
  send (window, terminal, "  at+csq ");
  assert_text (terminal, "+CSQ: 17,99\nOK", TRUE);
  send (window, terminal, "AT^CARDLOCK=\"1\"");
  assert_text (terminal, "Not sent: Sticksmith changes no identity", TRUE);
  send (window, terminal, "hello");
  assert_text (terminal, "Not sent: A command begins with AT", TRUE);
  send (window, terminal, "AT^NOSUCH");
  assert_text (terminal, "ERROR", TRUE);
  send (window, terminal, "AT+CPIN=\"4711\"");
  assert_text (terminal, "4711", FALSE);
  gtk_widget_activate_action (widget, "terminal.ask", "s", "AT+COPS?");
  harness_wait (window, is_answered, "the stick answers");
  assert_text (terminal, "Practice", TRUE);
  harness_shoot (widget, "9-terminal");
  gtk_check_button_set_active (GTK_CHECK_BUTTON (harness_find (widget, "show_identities")), TRUE);
  assert_text (terminal, IMEI, TRUE);
  assert_text (terminal, "4711", TRUE);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (harness_find (widget, "show_identities")), FALSE);
  assert_text (terminal, IMEI, FALSE);
  harness_press (widget, "copy");
  harness_close (window);
  g_assert_null (find_other (SMITH_TYPE_AT_TERMINAL));
}

/* The menu of questions opens, and each of them can be asked. */
static void
test_questions (void)
{
  SmithWindow *window = harness_practise ("all-well", 0);
  GtkWidget *widget = GTK_WIDGET (open_terminal ());
  GtkMenuButton *button = GTK_MENU_BUTTON (harness_find (widget, "questions"));

  plug_stick (window);
  gtk_menu_button_popup (button);
  harness_settle ();
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (gtk_menu_button_get_popover (button))));
  gtk_menu_button_popdown (button);
  harness_settle ();
  gtk_widget_activate_action (widget, "terminal.ask", "s", "AT+CSQ");
  harness_wait (window, is_answered, "the stick answers");
  harness_close (window);
}

/* Presses a key in the entry, as far as its own controllers are concerned. */
static void
press_key (GtkWidget *entry, guint key)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (entry);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
      gboolean handled = FALSE;

      if (GTK_IS_EVENT_CONTROLLER_KEY (controller)
          && gtk_event_controller_get_propagation_phase (controller) == GTK_PHASE_CAPTURE)
        g_signal_emit_by_name (controller, "key-pressed", key, 0, 0, &handled);
    }
}

static void
assert_entry (GtkWidget *entry, const char *wanted)
{
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, wanted);
}

static void
test_history_keys (void)
{
  SmithWindow *window = harness_practise ("all-well", 0);
  SmithAtTerminal *terminal = open_terminal ();
  GtkWidget *entry = harness_find (GTK_WIDGET (terminal), "entry");

  plug_stick (window);
  send (window, terminal, "AT+CSQ");
  send (window, terminal, "AT+CREG?");
  assert_entry (entry, "");
  gtk_editable_set_text (GTK_EDITABLE (entry), "AT+");
  press_key (entry, GDK_KEY_Up);
  assert_entry (entry, "AT+CREG?");
  press_key (entry, GDK_KEY_Up);
  press_key (entry, GDK_KEY_Up);
  assert_entry (entry, "AT+CSQ");
  press_key (entry, GDK_KEY_Down);
  press_key (entry, GDK_KEY_Down);
  assert_entry (entry, "AT+");
  harness_close (window);
}

static void
test_history (void)
{
  g_autoptr (SmithAtHistory) history = smith_at_history_new ();

  g_assert_null (smith_at_history_older (history, "x"));
  g_assert_null (smith_at_history_newer (history));
  smith_at_history_add (history, "AT");
  smith_at_history_add (history, "AT");
  g_assert_cmpstr (smith_at_history_older (history, "x"), ==, "AT");
  g_assert_null (smith_at_history_older (history, "y"));
  g_assert_cmpstr (smith_at_history_newer (history), ==, "x");
  for (guint i = 0; i < 2 * SMITH_AT_HISTORY_MAX; i++)
    {
      g_autofree char *command = g_strdup_printf ("AT%u", i);

      smith_at_history_add (history, command);
    }
  for (guint i = 0; i < SMITH_AT_HISTORY_MAX; i++)
    g_assert_nonnull (smith_at_history_older (history, ""));
  g_assert_null (smith_at_history_older (history, ""));
}

/* It stands back while a job runs, and talks to the new modem afterwards. */
static void
test_conversion (void)
{
  SmithWindow *window = harness_practise ("all-well", 0);
  SmithAtTerminal *terminal = open_terminal ();

  steps_go_to_boot_page (window);
  steps_start_job (window);
  harness_wait (window, steps_is_asking, "the job asks");
  harness_settle ();
  g_assert_false (can_send (window));
  g_assert_nonnull (strstr (notice_of (terminal), "being converted"));
  smith_at_terminal_ask (terminal, "ATI");
  g_assert_false (smith_at_terminal_is_asking (terminal));
  harness_shoot (GTK_WIDGET (terminal), "9-terminal-job");
  steps_next (window);
  harness_wait (window, steps_is_over, "the job is over");
  steps_assert_done (window);
  harness_wait (window, can_send, "the stick takes commands");
  send (window, terminal, "AT^VERSION?");
  assert_text (terminal, smith_session_get_new_version (steps_session_of (window)), TRUE);
  harness_close (window);
}

/* A question can be given up, and closing the window gives it up as well. */
static void
test_stop (void)
{
  SmithWindow *window = harness_practise ("all-well", 0);
  SmithAtTerminal *terminal = open_terminal ();
  GtkWidget *widget = GTK_WIDGET (terminal);

  plug_stick (window);
  smith_at_terminal_ask (terminal, "ATI");
  harness_settle ();
  harness_wait (window, is_answered, "the stick answers");
  smith_at_terminal_ask (terminal, "ATI");
  g_signal_emit_by_name (gtk_widget_get_template_child (widget, SMITH_TYPE_AT_TERMINAL, "stop"),
                         "clicked");
  harness_wait (window, is_answered, "the question is given up");
  assert_text (terminal, "Stopped.", TRUE);
  smith_at_terminal_ask (terminal, "ATI");
  gtk_window_close (GTK_WINDOW (terminal));
  harness_settle ();
  g_assert_null (find_other (SMITH_TYPE_AT_TERMINAL));
  terminal = open_terminal ();
  harness_wait (window, can_send, "the stick takes commands");

  /* Another practice run is another bus. */
  harness_practise ("needle", 0);
  g_assert_false (can_send (window));
  harness_close (window);
}

static void
open_help (const char *topic)
{
  g_action_group_activate_action (G_ACTION_GROUP (harness_start ()), "help",
                                  g_variant_new_string (topic));
  harness_settle ();
}

/* Pictures may have made the title longer. */
static void
assert_topic (const char *title)
{
  GtkWidget *heading = harness_find (find_other (SMITH_TYPE_HELP_WINDOW), "heading");

  g_assert_nonnull (strstr (smith_heading_get_text (SMITH_HEADING (heading)), title));
}

/* Every topic opens, has all of its parts, and nobody has to know a trade's words. */
static void
test_help (void)
{
  SmithWindow *window = harness_practise ("all-well", 0);
  guint n;
  const SmithHelpTopic *topics = smith_help_list (&n);

  open_help ("");
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *picture = g_strdup_printf ("10-help-%s", topics[i].id);
      GtkWidget *help;

      open_help (topics[i].id);
      help = find_other (SMITH_TYPE_HELP_WINDOW);
      assert_topic (topics[i].title);
      g_assert_cmpuint (strlen (topics[i].see), >, 20);
      g_assert_cmpuint (strlen (topics[i].why), >, 20);
      g_assert_nonnull (topics[i].steps[0]);
      g_assert_true (smith_help_find (topics[i].id) == &topics[i]);
      harness_shoot (help, picture);
    }
  open_help ("");
  assert_topic (topics[n - 1].title);
  g_assert_null (smith_help_find ("no-such-topic"));
  harness_close (window);
  g_assert_null (find_other (SMITH_TYPE_HELP_WINDOW));
}

/* The page of a bad ending leads to the page of help that fits. */
static void
test_more (void)
{
  SmithWindow *window = harness_practise ("part-refused", 0);

  steps_go_to_boot_page (window);
  steps_run_to_end (window);
  g_assert_nonnull (
      strstr (gtk_label_get_label (GTK_LABEL (harness_find (GTK_WIDGET (window), "hardware"))),
              "CL2E3372HM"));
  g_assert_true (g_str_has_suffix (gtk_link_button_get_uri (
                                       GTK_LINK_BUTTON (harness_find (GTK_WIDGET (window), "ask"))),
                                   "/issues"));
  harness_press (GTK_WIDGET (window), "more");
  harness_settle ();
  assert_topic (smith_help_find ("wrong-model")->title);
  harness_shoot (GTK_WIDGET (window), "10-outcome-more");
  harness_close (window);
}

/* Returns: whether the address is a link anywhere in it, seen or not */
static gboolean
has_link (GtkWidget *widget, const char *address)
{
  const char *text = GTK_IS_LABEL (widget) ? gtk_label_get_label (GTK_LABEL (widget)) : "";

  if (strstr (text, "href") != NULL && strstr (text, address) != NULL)
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (has_link (child, address))
      return TRUE;
  return FALSE;
}

/* GTK fills that page when it is opened. */
static void
open_credits (GtkWidget *widget)
{
  if (GTK_IS_STACK (widget))
    gtk_stack_set_visible_child_name (GTK_STACK (widget), "credits");
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    open_credits (child);
}

/* It tells where the project lives, and where questions go. */
static void
test_about (void)
{
  SmithWindow *window = harness_practise ("all-well", 0);
  GtkWidget *about;

  g_action_group_activate_action (G_ACTION_GROUP (harness_start ()), "about", NULL);
  harness_settle ();
  about = find_dialog (GTK_TYPE_ABOUT_DIALOG);
  g_assert_nonnull (about);
  g_assert_cmpstr (gtk_about_dialog_get_website (GTK_ABOUT_DIALOG (about)), ==, SMITH_HOMEPAGE);
  open_credits (about);
  harness_settle ();
  g_assert_true (has_link (about, SMITH_ISSUES));
  gtk_window_destroy (GTK_WINDOW (about));
  harness_close (window);
}

/* The port of a stick that left and came back is another one, whatever its name:
 * the old one would not be spoken to any more. */
static void
test_ports (void)
{
  SmithAtPort ports[4];
  g_autoptr (GPtrArray) offered = g_ptr_array_new ();
  static const struct
  {
    const char *usb_path;
    guint64 seen;
    const char *device;
  } looks[G_N_ELEMENTS (ports)] = { { "1-1", 1, "/dev/ttyUSB0" },
                                    { "1-1", 2, "/dev/ttyUSB0" },
                                    { "1-2", 1, "/dev/ttyUSB0" },
                                    { "1-1", 1, "/dev/ttyUSB1" } };

  for (gsize i = 0; i < G_N_ELEMENTS (ports); i++)
    {
      ports[i].stick = smith_stick_new (looks[i].usb_path, 0x12d1, 0x1506, SMITH_MODE_STICK);
      ports[i].stick->seen = looks[i].seen;
      ports[i].device = (char *) looks[i].device;
    }
  g_ptr_array_add (offered, &ports[0]);
  for (gsize i = 0; i < G_N_ELEMENTS (ports); i++)
    {
      g_autoptr (GPtrArray) now = g_ptr_array_new ();

      g_ptr_array_add (now, &ports[i]);
      g_assert_cmpint (smith_at_ports_are_same (offered, now), ==, i == 0);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (ports); i++)
    smith_stick_unref (ports[i].stick);
}

int
main (int argc, char *argv[])
{
  harness_init (&argc, &argv);
  g_test_add_func ("/extras/history", test_history);
  g_test_add_func ("/extras/ports", test_ports);
  g_test_add_func ("/extras/terminal", test_terminal);
  g_test_add_func ("/extras/questions", test_questions);
  g_test_add_func ("/extras/history-keys", test_history_keys);
  g_test_add_func ("/extras/conversion", test_conversion);
  g_test_add_func ("/extras/stop", test_stop);
  g_test_add_func ("/extras/help", test_help);
  g_test_add_func ("/extras/more", test_more);
  g_test_add_func ("/extras/about", test_about);
  return g_test_run ();
}
