/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "at-terminal.h"

#include <glib/gi18n.h>

#include "at-ask.h"
#include "at-conversation.h"
#include "at-history.h"
#include "at-ports.h"
#include "at-questions.h"
#include "format/error.h"
#include "naming.h"
#include "window-size.h"

/* A search for networks may take the better part of it. */
#define ANSWER_MS 60000

struct _SmithAtTerminal
{
  GtkWindow parent_instance;

  GtkDropDown *ports;
  GtkMenuButton *questions;
  GtkLabel *notice;
  GtkTextView *view;
  GtkEntry *entry;
  GtkWidget *send;
  GtkWidget *stop;
  GtkCheckButton *show_identities;

  SmithSession *session;
  GPtrArray *offered; /* SmithAtPort, as in @ports */
  GSimpleAction *ask;
  SmithAtConversation *conversation;
  SmithAtHistory *history;
  GCancellable *cancellable; /* NULL while nothing is asked */
};

G_DEFINE_FINAL_TYPE (SmithAtTerminal, smith_at_terminal, GTK_TYPE_WINDOW)

/* Returns: (transfer none) (nullable): the chosen one */
static const SmithAtPort *
find_port (SmithAtTerminal *terminal)
{
  guint selected = gtk_drop_down_get_selected (terminal->ports);

  return selected < terminal->offered->len ? g_ptr_array_index (terminal->offered, selected) : NULL;
}

/* What takes the focus is a button inside of the list. */
static void
name_ports (SmithAtTerminal *terminal)
{
  const SmithAtPort *port = find_port (terminal);
  GtkWidget *button = gtk_widget_get_first_child (GTK_WIDGET (terminal->ports));
  g_autofree char *name = NULL;

  /* Translators: a serial port, such as “Port: /dev/ttyUSB0”. */
  name = g_strdup_printf (_ ("Port: %s"), port != NULL ? port->device : _ ("none"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (terminal->ports), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  name, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
show_ports (SmithAtTerminal *terminal)
{
  GPtrArray *ports = smith_at_ports_list (terminal->session);
  const SmithAtPort *port = find_port (terminal);
  g_autofree char *before = port != NULL ? g_strdup (port->stick->usb_path) : NULL;
  g_autoptr (GtkStringList) names = NULL;

  if (smith_at_ports_are_same (ports, terminal->offered))
    {
      g_ptr_array_unref (ports);
      return;
    }
  names = gtk_string_list_new (NULL);
  for (guint i = 0; i < ports->len; i++)
    {
      port = g_ptr_array_index (ports, i);
      /* Translators: a serial port, and where its stick is plugged in. */
      gtk_string_list_take (names, g_strdup_printf (_ ("%s (stick at USB port %s)"), port->device,
                                                    port->stick->usb_path));
    }
  g_ptr_array_unref (terminal->offered);
  terminal->offered = ports;
  gtk_drop_down_set_model (terminal->ports, G_LIST_MODEL (names));
  gtk_drop_down_set_selected (terminal->ports, smith_at_ports_choose (ports, before,
                                                                      smith_session_get_usb_path (
                                                                          terminal->session)));
  name_ports (terminal);
}

/* Returns: (nullable): why nothing can be asked at all at the moment */
static const char *
find_obstacle (SmithAtTerminal *terminal)
{
  if (terminal->session == NULL)
    return "";
  if (smith_session_get_phase (terminal->session) == SMITH_PHASE_RUNNING)
    return _ ("A stick is being converted, and must not be disturbed. You can ask it again when "
              "that is over.");
  if (smith_session_get_entry (terminal->session) == SMITH_ENTRY_ASKING)
    return _ ("Sticksmith is just asking the stick to change its mode.");
  if (terminal->offered->len == 0)
    return _ ("No stick that takes commands is plugged in. A HiLink stick takes none: it is a "
              "router.");
  return NULL;
}

static void
update (SmithAtTerminal *terminal)
{
  const char *obstacle = find_obstacle (terminal);
  gboolean asking = terminal->cancellable != NULL;
  gboolean idle = obstacle == NULL && !asking;

  if (obstacle == NULL)
    obstacle = asking
                   ? _ ("Waiting for the stick’s answer…")
                   : _ ("Questions from the list change nothing on the stick. Only type commands "
                        "that you know.");
  gtk_label_set_label (terminal->notice, obstacle);
  g_simple_action_set_enabled (terminal->ask, idle);
  gtk_widget_set_sensitive (GTK_WIDGET (terminal->questions), idle);
  gtk_widget_set_sensitive (GTK_WIDGET (terminal->ports), idle);
  gtk_widget_set_sensitive (terminal->send, idle);
  /* The entry stays where the focus can be, and only takes no text. */
  gtk_editable_set_editable (GTK_EDITABLE (terminal->entry), idle || asking);
  gtk_widget_set_visible (terminal->stop, asking);
}

static void
scroll_to_end (SmithAtTerminal *terminal)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (terminal->view);
  GtkTextIter end;

  gtk_text_buffer_get_end_iter (buffer, &end);
  gtk_text_buffer_place_cursor (buffer, &end);
  gtk_text_view_scroll_mark_onscreen (terminal->view, gtk_text_buffer_get_insert (buffer));
}

static void
add_line (SmithAtTerminal *terminal, SmithAtKind kind, const char *text)
{
  smith_at_conversation_add (terminal->conversation, kind, text);
  scroll_to_end (terminal);
}

static void
add_answer (SmithAtTerminal *terminal, const SmithAtAnswer *answer)
{
  g_autofree char *why = smith_at_answer_describe (answer);
  g_autofree char *result = NULL;

  for (guint i = 0; answer->lines[i] != NULL; i++)
    add_line (terminal, SMITH_AT_HEARD, answer->lines[i]);
  for (guint i = 0; answer->unsolicited[i] != NULL; i++)
    {
      /* Translators: a line that the stick sent without being asked. */
      g_autofree char *line = g_strdup_printf (_ ("(by itself) %s"), answer->unsolicited[i]);

      add_line (terminal, SMITH_AT_HEARD, line);
    }
  /* Translators: the stick answered with an error, and what that means. */
  result = why == NULL ? g_strdup ("OK") : g_strdup_printf (_ ("ERROR: %s"), why);
  add_line (terminal, SMITH_AT_RESULT, result);
}

static void
add_error (SmithAtTerminal *terminal, const GError *error)
{
  g_autofree char *text = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    text = g_strdup (_ ("Stopped."));
  else if (g_error_matches (error, SMITH_ERROR, SMITH_ERROR_UNSUPPORTED))
    text = g_strdup_printf (_ ("Not sent: %s."), error->message);
  else
    text = g_strdup_printf (_ ("No answer: %s."), error->message);
  add_line (terminal, SMITH_AT_RESULT, text);
}

static void
on_answer (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SmithAtTerminal) terminal = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithAtAnswer) answer = smith_at_ask_finish (result, &error);

  if (terminal->session == NULL) /* closed meanwhile */
    return;
  g_clear_object (&terminal->cancellable);
  if (answer != NULL)
    add_answer (terminal, answer);
  else
    add_error (terminal, error);
  update (terminal);
}

/**
 * smith_at_terminal_ask:
 * @command: what somebody typed
 *
 * Sends a command to the chosen port, if nothing is being asked already and no
 * job is running. The answer is shown when it comes.
 */
void
smith_at_terminal_ask (SmithAtTerminal *terminal, const char *command)
{
  const SmithAtPort *port = find_port (terminal);

  if (terminal->cancellable != NULL || find_obstacle (terminal) != NULL || port == NULL)
    return;
  add_line (terminal, SMITH_AT_SAID, command);
  smith_at_history_add (terminal->history, command);
  terminal->cancellable = g_cancellable_new ();
  smith_at_ask_async (smith_session_get_bus (terminal->session), port->stick, port->device, command,
                      ANSWER_MS, terminal->cancellable, on_answer, g_object_ref (terminal));
  update (terminal);
}

gboolean
smith_at_terminal_is_asking (SmithAtTerminal *terminal)
{
  return terminal->cancellable != NULL;
}

/* Returns: (transfer full): the conversation as it is shown */
char *
smith_at_terminal_get_text (SmithAtTerminal *terminal)
{
  return smith_at_conversation_get_text (terminal->conversation);
}

static void
on_send (SmithAtTerminal *terminal)
{
  g_autofree char *command
      = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (terminal->entry))));

  if (*command == '\0' || terminal->cancellable != NULL || find_obstacle (terminal) != NULL)
    return;
  smith_at_terminal_ask (terminal, command);
  gtk_editable_set_text (GTK_EDITABLE (terminal->entry), "");
  gtk_widget_grab_focus (GTK_WIDGET (terminal->entry));
}

static void
on_stop (SmithAtTerminal *terminal)
{
  g_cancellable_cancel (terminal->cancellable);
  gtk_widget_grab_focus (GTK_WIDGET (terminal->entry));
}

static gboolean
on_escape (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  g_cancellable_cancel (SMITH_AT_TERMINAL (widget)->cancellable);
  return GDK_EVENT_STOP;
}

static void
on_ask (GSimpleAction *action, GVariant *parameter, SmithAtTerminal *terminal)
{
  smith_at_terminal_ask (terminal, g_variant_get_string (parameter, NULL));
  gtk_widget_grab_focus (GTK_WIDGET (terminal->entry));
}

static void
on_copy (SmithAtTerminal *terminal)
{
  g_autofree char *text = smith_at_terminal_get_text (terminal);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (terminal)), text);
}

static void
on_show_identities (SmithAtTerminal *terminal)
{
  smith_at_conversation_show_identities (terminal->conversation,
                                         gtk_check_button_get_active (terminal->show_identities));
  scroll_to_end (terminal);
}

static void
on_port_selected (SmithAtTerminal *terminal)
{
  name_ports (terminal);
}

/* Up and Down go through what was typed before. */
static gboolean
on_key (GtkEventControllerKey *controller,
        guint key,
        guint code,
        GdkModifierType state,
        SmithAtTerminal *terminal)
{
  GtkEditable *entry = GTK_EDITABLE (terminal->entry);
  const char *text = NULL;

  if (key == GDK_KEY_Up || key == GDK_KEY_KP_Up)
    text = smith_at_history_older (terminal->history, gtk_editable_get_text (entry));
  else if (key == GDK_KEY_Down || key == GDK_KEY_KP_Down)
    text = smith_at_history_newer (terminal->history);
  else
    return GDK_EVENT_PROPAGATE;
  if (text != NULL)
    {
      gtk_editable_set_text (entry, text);
      gtk_editable_set_position (entry, -1);
    }
  return GDK_EVENT_STOP;
}

/* A job needs the port for itself: what is being asked is given up. */
static void
on_session_changed (SmithSession *session, SmithAtTerminal *terminal)
{
  if (smith_session_get_phase (session) == SMITH_PHASE_RUNNING)
    g_cancellable_cancel (terminal->cancellable);
  show_ports (terminal);
  update (terminal);
}

/* Talks to the sticks of another session. */
void
smith_at_terminal_set_session (SmithAtTerminal *terminal, SmithSession *session)
{
  if (terminal->session != NULL)
    g_signal_handlers_disconnect_by_data (terminal->session, terminal);
  g_cancellable_cancel (terminal->cancellable);
  g_set_object (&terminal->session, session);
  g_signal_connect (session, "changed", G_CALLBACK (on_session_changed), terminal);
  on_session_changed (session, terminal);
}

static void
smith_at_terminal_dispose (GObject *object)
{
  SmithAtTerminal *terminal = SMITH_AT_TERMINAL (object);

  if (terminal->session != NULL)
    g_signal_handlers_disconnect_by_data (terminal->session, terminal);
  g_clear_object (&terminal->session);
  g_cancellable_cancel (terminal->cancellable);
  g_clear_object (&terminal->cancellable);
  G_OBJECT_CLASS (smith_at_terminal_parent_class)->dispose (object);
}

static void
smith_at_terminal_finalize (GObject *object)
{
  SmithAtTerminal *terminal = SMITH_AT_TERMINAL (object);

  g_ptr_array_unref (terminal->offered);
  g_object_unref (terminal->ask);
  smith_at_conversation_free (terminal->conversation);
  smith_at_history_free (terminal->history);
  G_OBJECT_CLASS (smith_at_terminal_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, SmithAtTerminal, ports);
  gtk_widget_class_bind_template_child (widget_class, SmithAtTerminal, questions);
  gtk_widget_class_bind_template_child (widget_class, SmithAtTerminal, notice);
  gtk_widget_class_bind_template_child (widget_class, SmithAtTerminal, view);
  gtk_widget_class_bind_template_child (widget_class, SmithAtTerminal, entry);
  gtk_widget_class_bind_template_child (widget_class, SmithAtTerminal, send);
  gtk_widget_class_bind_template_child (widget_class, SmithAtTerminal, stop);
  gtk_widget_class_bind_template_child (widget_class, SmithAtTerminal, show_identities);
  gtk_widget_class_bind_template_callback (widget_class, on_send);
  gtk_widget_class_bind_template_callback (widget_class, on_stop);
  gtk_widget_class_bind_template_callback (widget_class, on_copy);
  gtk_widget_class_bind_template_callback (widget_class, on_show_identities);
  gtk_widget_class_bind_template_callback (widget_class, on_port_selected);
}

static void
smith_at_terminal_class_init (SmithAtTerminalClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smith_at_terminal_dispose;
  G_OBJECT_CLASS (klass)->finalize = smith_at_terminal_finalize;
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, on_escape, NULL);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sticksmith/Sticksmith/at-terminal.ui");
  bind_children (widget_class);
}

/* The menu's action, the keys of the history, and the direction of commands,
 * which are read from the left everywhere. */
static void
prepare (SmithAtTerminal *terminal)
{
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  g_autoptr (GMenuModel) menu = smith_at_questions_make_menu ("terminal.ask");
  GtkEventController *keys = gtk_event_controller_key_new ();

  terminal->ask = g_simple_action_new ("ask", G_VARIANT_TYPE_STRING);
  g_signal_connect (terminal->ask, "activate", G_CALLBACK (on_ask), terminal);
  g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (terminal->ask));
  gtk_widget_insert_action_group (GTK_WIDGET (terminal), "terminal", G_ACTION_GROUP (group));
  gtk_menu_button_set_menu_model (terminal->questions, menu);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), terminal);
  gtk_widget_add_controller (GTK_WIDGET (terminal->entry), keys);
  gtk_widget_set_direction (GTK_WIDGET (terminal->view), GTK_TEXT_DIR_LTR);
}

static void
smith_at_terminal_init (SmithAtTerminal *terminal)
{
  terminal->offered = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (terminal));
  terminal->conversation = smith_at_conversation_new (gtk_text_view_get_buffer (terminal->view));
  terminal->history = smith_at_history_new ();
  prepare (terminal);
  name_ports (terminal);
  smith_name_buttons (GTK_WIDGET (terminal));
  smith_size_window (GTK_WINDOW (terminal), 740, 560);
  gtk_window_set_focus (GTK_WINDOW (terminal), GTK_WIDGET (terminal->entry));
}

SmithAtTerminal *
smith_at_terminal_new (GtkApplication *application)
{
  return g_object_new (SMITH_TYPE_AT_TERMINAL, "application", application, NULL);
}
