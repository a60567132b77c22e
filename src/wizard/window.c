/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "window.h"

#include <glib/gi18n.h>

#include "boot-page.h"
#include "detect-page.h"
#include "file-chooser.h"
#include "files-page.h"
#include "flash-page.h"
#include "fold.h"
#include "loader-page.h"
#include "log-drawer.h"
#include "naming.h"
#include "network-page.h"
#include "notice.h"
#include "outcome-page.h"
#include "save-report.h"
#include "simulator/scenario.h"
#include "step-bar.h"
#include "step-list.h"
#include "stop-dialog.h"
#include "window-size.h"

/* Pixels, with text of the usual size. */
#define ORDINARY_WIDTH 980
#define ORDINARY_HEIGHT 700

struct _SmithWindow
{
  GtkApplicationWindow parent_instance;

  GtkWidget *practice_badge;
  GtkMenuButton *menu_button;
  SmithStepList *steps;
  SmithStepBar *step_bar; /* in its place where the window is narrow */
  GtkStack *stack;
  SmithLogDrawer *drawer;
  GtkButton *back;
  GtkButton *cancel;
  GtkButton *primary;

  SmithPage *pages[SMITH_N_PAGES];
  SmithPage *current; /* NULL before the first */
  SmithSession *session;
  guint inhibited;  /* cookie: the machine is kept awake */
  gboolean closing; /* as soon as the job is over */
  GtkWindow *stop_dialog;
};

G_DEFINE_FINAL_TYPE (SmithWindow, smith_window, GTK_TYPE_APPLICATION_WINDOW)

static SmithPhase
phase_of (SmithWindow *window)
{
  return smith_session_get_phase (window->session);
}

/* What is being done to a stick, beside a job, that has to come to its end. */
static gboolean
is_changing_stick (SmithWindow *window)
{
  return smith_network_care_is_changing (smith_session_get_network_care (window->session));
}

/* A practice run cannot be exchanged while a job is running in it, nor a real
 * one that still has to be waited for. */
static void
allow_practice (SmithWindow *window, gboolean allowed)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (window));

  if (application != NULL)
    g_simple_action_set_enabled (
        G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (application), "practice")),
        allowed);
}

static void
set_enabled (SmithWindow *window, const char *action, gboolean enabled)
{
  GAction *found = g_action_map_lookup_action (G_ACTION_MAP (window), action);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (found), enabled);
}

static void
set_button_label (GtkButton *button, const char *label)
{
  if (g_strcmp0 (gtk_button_get_label (button), label) == 0)
    return;
  gtk_button_set_label (button, label);
  smith_name_button (button);
}

/* The three buttons, as the page and the phase want them. */
static void
show_buttons (SmithWindow *window)
{
  SmithPhase phase = phase_of (window);
  gboolean choosing = phase == SMITH_PHASE_CHOOSING;
  gboolean running = phase == SMITH_PHASE_RUNNING;
  SmithPageId page = smith_session_get_page (window->session);

  set_enabled (window, "back", choosing && page > SMITH_PAGE_DETECT);
  set_enabled (window, "next", smith_page_get_complete (window->current));
  set_enabled (window, "start-over", !running);
  set_enabled (window, "open-file", !running);
  allow_practice (window, !running && !is_changing_stick (window));
  set_button_label (window->cancel, running || smith_session_leaves_boot_mode (window->session)
                                        ? _ ("_Cancel")
                                        : _ ("_Close"));
  /* Where the suggested button is there to finish, that would be the same. */
  gtk_widget_set_visible (GTK_WIDGET (window->cancel),
                          phase != SMITH_PHASE_DONE && !(choosing && page == SMITH_PAGE_NETWORK));
  set_button_label (window->primary, smith_page_get_primary_label (window->current));
  /* Nobody writes by pressing Enter once too often. */
  gtk_window_set_default_widget (GTK_WINDOW (window), smith_session_is_asking (window->session)
                                                          ? NULL
                                                          : GTK_WIDGET (window->primary));
}

static void
on_page_notify (SmithPage *page, GParamSpec *pspec, SmithWindow *window)
{
  if (page == window->current && window->session != NULL)
    show_buttons (window);
}

/* The machine must not fall asleep, nor the person be logged out, in a job. */
static void
keep_awake (SmithWindow *window, gboolean awake)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (window));

  if (awake && window->inhibited == 0 && application != NULL)
    {
      window->inhibited = gtk_application_inhibit (application, GTK_WINDOW (window),
                                                   GTK_APPLICATION_INHIBIT_LOGOUT
                                                       | GTK_APPLICATION_INHIBIT_SUSPEND,
                                                   _ ("A stick is being converted"));
      if (window->inhibited == 0)
        smith_session_keep_awake (window->session);
    }
  else if (!awake && window->inhibited != 0 && application != NULL)
    {
      gtk_application_uninhibit (application, window->inhibited);
      window->inhibited = 0;
    }
}

/**
 * smith_window_stay:
 *
 * The desktop is about to end the session. While a stick is being converted it
 * is asked to wait, and the person sees why.
 */
void
smith_window_stay (SmithWindow *window)
{
  if (window->session == NULL || phase_of (window) != SMITH_PHASE_RUNNING)
    return;
  keep_awake (window, TRUE);
  smith_log_add (smith_session_get_log (window->session), SMITH_LOG_NOTICE, "%s",
                 _ ("The desktop wants to end the session while a stick is being converted"));
  gtk_window_present (GTK_WINDOW (window));
}

static void
show_page (SmithWindow *window, SmithPageId id)
{
  SmithPage *page = window->pages[id];

  if (page == window->current)
    {
      smith_page_update (page);
      return;
    }
  if (window->current != NULL)
    smith_page_leave (window->current);
  window->current = page;
  smith_page_enter (page);
  gtk_stack_set_visible_child (window->stack, GTK_WIDGET (page));
  gtk_widget_grab_focus (GTK_WIDGET (page));
}

static void
on_session_changed (SmithSession *session, SmithWindow *window)
{
  SmithPhase phase = phase_of (window);
  SmithPageId step = smith_session_get_step_page (session);
  SmithJobStatus status;

  if (phase != SMITH_PHASE_RUNNING && window->stop_dialog != NULL)
    gtk_window_destroy (window->stop_dialog);
  show_page (window, smith_session_get_page (session));
  smith_session_get_status (session, &status);
  smith_step_list_show (window->steps, step, phase, status.loaded);
  smith_step_bar_show (window->step_bar, step, phase);
  show_buttons (window);
  keep_awake (window, phase == SMITH_PHASE_RUNNING);
  smith_notice_update (GTK_WINDOW (window), session);
  if (window->closing && phase != SMITH_PHASE_RUNNING
      && smith_session_get_entry (session) != SMITH_ENTRY_ASKING && !is_changing_stick (window))
    gtk_window_destroy (GTK_WINDOW (window));
}

/* Returns: (transfer none) */
SmithSession *
smith_window_get_session (SmithWindow *window)
{
  return window->session;
}

static void
on_log_wanted (SmithSession *session, SmithWindow *window)
{
  g_action_group_change_action_state (G_ACTION_GROUP (window), "show-log",
                                      g_variant_new_boolean (TRUE));
}

/* Shows another session, from its beginning. */
void
smith_window_set_session (SmithWindow *window, SmithSession *session)
{
  if (window->session != NULL)
    g_signal_handlers_disconnect_by_data (window->session, window);
  g_set_object (&window->session, session);
  for (guint i = 0; i < SMITH_N_PAGES; i++)
    smith_page_set_session (window->pages[i], session);
  smith_log_drawer_set_log (window->drawer, smith_session_get_log (session));
  gtk_widget_set_visible (window->practice_badge, smith_session_get_world (session) != NULL);
  g_signal_connect (session, "changed", G_CALLBACK (on_session_changed), window);
  g_signal_connect (session, "progress", G_CALLBACK (on_session_changed), window);
  g_signal_connect (session, "log-wanted", G_CALLBACK (on_log_wanted), window);
  on_session_changed (session, window);
}

static void
on_next (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SmithWindow *window = user_data;

  if (!smith_page_apply (window->current))
    smith_session_set_page (window->session, smith_session_get_page (window->session) + 1);
}

static void
on_back (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SmithWindow *window = user_data;

  smith_session_set_page (window->session, smith_session_get_page (window->session) - 1);
}

static void
on_stop (SmithStopDialog *dialog, SmithWindow *window)
{
  smith_session_cancel (window->session);
}

static void
on_stop_and_close (SmithStopDialog *dialog, SmithWindow *window)
{
  window->closing = TRUE;
  smith_session_cancel (window->session);
}

/* Asks before a stick is left half written. */
static void
ask_to_stop (SmithWindow *window, const SmithJobStatus *status, GCallback on_yes)
{
  SmithStopDialog *dialog;

  if (window->stop_dialog != NULL)
    gtk_window_destroy (window->stop_dialog);
  dialog = smith_stop_dialog_new (GTK_WINDOW (window), status->step == SMITH_STEP_COME_BACK);
  g_signal_connect_object (dialog, "stop", on_yes, window, 0);
  g_set_weak_pointer (&window->stop_dialog, GTK_WINDOW (dialog));
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_cancel (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SmithWindow *window = user_data;
  SmithJobStatus status;

  smith_session_get_status (window->session, &status);
  if (phase_of (window) != SMITH_PHASE_RUNNING)
    {
      if (!smith_session_stop_choosing (window->session))
        gtk_window_close (GTK_WINDOW (window));
    }
  else if (status.writes && status.step != SMITH_STEP_REACTIVATE)
    ask_to_stop (window, &status, G_CALLBACK (on_stop));
  else
    smith_session_cancel (window->session);
}

/* It is out of the way, and goes as soon as what is going on has ended. */
static void
close_later (SmithWindow *window)
{
  window->closing = TRUE;
  gtk_widget_set_visible (GTK_WIDGET (window), FALSE);
}

/* A job that runs is ended first, and asked about if it has written already. */
static gboolean
smith_window_close_request (GtkWindow *base)
{
  SmithWindow *window = SMITH_WINDOW (base);
  SmithJobStatus status;

  smith_keep_window_size (base);
  /* What it was asked for is taken back first. */
  if (window->session != NULL && smith_session_get_entry (window->session) == SMITH_ENTRY_ASKING)
    {
      close_later (window);
      smith_session_take_needle (window->session);
      return GDK_EVENT_STOP;
    }
  if (window->session == NULL)
    return GDK_EVENT_PROPAGATE;
  if (phase_of (window) != SMITH_PHASE_RUNNING)
    {
      if (!is_changing_stick (window))
        return GDK_EVENT_PROPAGATE;
      close_later (window);
      return GDK_EVENT_STOP;
    }
  smith_session_get_status (window->session, &status);
  if (status.writes && status.step != SMITH_STEP_REACTIVATE && !window->closing)
    {
      ask_to_stop (window, &status, G_CALLBACK (on_stop_and_close));
      return GDK_EVENT_STOP;
    }
  close_later (window);
  smith_session_cancel (window->session);
  return GDK_EVENT_STOP;
}

static void
on_show_log (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  SmithWindow *window = user_data;

  g_simple_action_set_state (action, state);
  smith_log_drawer_set_open (window->drawer, g_variant_get_boolean (state));
  if (!g_variant_get_boolean (state))
    gtk_widget_grab_focus (GTK_WIDGET (window->current));
}

static void
on_save_report (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SmithWindow *window = user_data;

  smith_save_report_as (window);
}

static void
on_start_over (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SmithWindow *window = user_data;

  smith_session_start_over (window->session, SMITH_PAGE_DETECT);
}

static void
on_file_chosen (GFile *file, gpointer object)
{
  SmithWindow *window = object;
  g_autofree char *path = g_file_get_path (file);

  if (path != NULL && window->session != NULL)
    smith_session_take_file (window->session, path, SMITH_WANT_ANY);
}

static void
on_open_file (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  smith_choose_file (GTK_WINDOW (user_data), GTK_FILE_CHOOSER_ACTION_OPEN, _ ("Open file"), NULL,
                     on_file_chosen, user_data);
}

static void
smith_window_dispose (GObject *object)
{
  SmithWindow *window = SMITH_WINDOW (object);

  if (window->session != NULL)
    {
      g_signal_handlers_disconnect_by_data (window->session, window);
      keep_awake (window, FALSE);
    }
  g_clear_weak_pointer (&window->stop_dialog);
  window->current = NULL;
  g_clear_object (&window->session);
  G_OBJECT_CLASS (smith_window_parent_class)->dispose (object);
}

static void
smith_window_class_init (SmithWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = smith_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = smith_window_close_request;
  g_type_ensure (SMITH_TYPE_FOLD);
  g_type_ensure (SMITH_TYPE_STEP_BAR);
  g_type_ensure (SMITH_TYPE_STEP_LIST);
  g_type_ensure (SMITH_TYPE_LOG_DRAWER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sticksmith/Sticksmith/window.ui");
  gtk_widget_class_bind_template_child (widget_class, SmithWindow, practice_badge);
  gtk_widget_class_bind_template_child (widget_class, SmithWindow, menu_button);
  gtk_widget_class_bind_template_child (widget_class, SmithWindow, steps);
  gtk_widget_class_bind_template_child (widget_class, SmithWindow, step_bar);
  gtk_widget_class_bind_template_child (widget_class, SmithWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, SmithWindow, drawer);
  gtk_widget_class_bind_template_child (widget_class, SmithWindow, back);
  gtk_widget_class_bind_template_child (widget_class, SmithWindow, cancel);
  gtk_widget_class_bind_template_child (widget_class, SmithWindow, primary);
}

/* Every way in which a practice run can go, as a radio item. */
static void
fill_practice_menu (GMenu *menu)
{
  guint n;
  const SmithScenario *scenarios = smith_scenario_list (&n);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GMenuItem) item = g_menu_item_new (_ (scenarios[i].summary), NULL);

      g_menu_item_set_action_and_target (item, "app.practice", "s", scenarios[i].name);
      g_menu_append_item (menu, item);
    }
}

static void
make_menu (SmithWindow *window)
{
  g_autoptr (GtkBuilder) builder
      = gtk_builder_new_from_resource ("/io/github/sticksmith/Sticksmith/menu.ui");

  fill_practice_menu (G_MENU (gtk_builder_get_object (builder, "practice")));
  gtk_menu_button_set_menu_model (window->menu_button,
                                  G_MENU_MODEL (gtk_builder_get_object (builder, "primary")));
}

static void
on_is_active (SmithWindow *window)
{
  if (window->session != NULL)
    smith_notice_update (GTK_WINDOW (window), window->session);
}

static void
make_pages (SmithWindow *window)
{
  const GType types[] = {
    SMITH_TYPE_DETECT_PAGE,  SMITH_TYPE_FILES_PAGE, SMITH_TYPE_BOOT_PAGE,
    SMITH_TYPE_LOADER_PAGE,  SMITH_TYPE_FLASH_PAGE, SMITH_TYPE_NETWORK_PAGE,
    SMITH_TYPE_OUTCOME_PAGE,
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (types) == SMITH_N_PAGES);
  for (SmithPageId id = 0; id < SMITH_N_PAGES; id++)
    {
      window->pages[id] = g_object_new (types[id], NULL);
      gtk_stack_add_named (window->stack, GTK_WIDGET (window->pages[id]),
                           smith_flow_page_name (id));
      g_signal_connect (window->pages[id], "notify::complete", G_CALLBACK (on_page_notify), window);
      g_signal_connect (window->pages[id], "notify::primary-label", G_CALLBACK (on_page_notify),
                        window);
    }
}

static void
smith_window_init (SmithWindow *window)
{
  static const GActionEntry entries[] = {
    { "back", on_back },
    { "next", on_next },
    { "cancel", on_cancel },
    { "show-log", NULL, NULL, "false", on_show_log },
    { "save-report", on_save_report },
    { "start-over", on_start_over },
    { "open-file", on_open_file },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (window), entries, G_N_ELEMENTS (entries), window);
  gtk_widget_init_template (GTK_WIDGET (window));
  make_pages (window);
  make_menu (window);
  smith_size_window (GTK_WINDOW (window), ORDINARY_WIDTH, ORDINARY_HEIGHT);
  smith_restore_window_size (GTK_WINDOW (window));
  g_signal_connect (window, "notify::is-active", G_CALLBACK (on_is_active), NULL);
  smith_name_buttons (GTK_WIDGET (window));
}

SmithWindow *
smith_window_new (GtkApplication *application)
{
  return g_object_new (SMITH_TYPE_WINDOW, "application", application, NULL);
}
