/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "notice.h"

#include <glib/gi18n.h>

/* There is one at a time: a later one takes the place of an earlier one. */
#define NOTICE_ID "job"
#define DATA_KEY "smith-notice"

/* What somebody who is looking elsewhere wants to be told. */
typedef enum
{
  NEWS_NONE,
  NEWS_RUNNING, /* none yet, but there will be */
  NEWS_QUESTION,
  NEWS_DONE,
  NEWS_FAILED,
} News;

static News
find_news (SmithSession *session)
{
  switch (smith_session_get_phase (session))
    {
    case SMITH_PHASE_RUNNING:
      return smith_session_is_asking (session) ? NEWS_QUESTION : NEWS_RUNNING;
    case SMITH_PHASE_DONE:
      return NEWS_DONE;
    case SMITH_PHASE_FAILED:
      return NEWS_FAILED;
    default:
      return NEWS_NONE;
    }
}

static void
send (GApplication *application, News news)
{
  static const struct
  {
    const char *title;
    const char *body;
    GNotificationPriority priority;
  } texts[] = {
    [NEWS_QUESTION]
    = { N_ ("The stick waits for your answer"),
        N_ ("Sticksmith asks before it writes the firmware."), G_NOTIFICATION_PRIORITY_HIGH },
    [NEWS_DONE] = { N_ ("The stick is ready"), N_ ("It came back with its new firmware."),
                    G_NOTIFICATION_PRIORITY_NORMAL },
    [NEWS_FAILED]
    = { N_ ("The conversion stopped"), N_ ("Sticksmith tells what happened, and what to do now."),
        G_NOTIFICATION_PRIORITY_HIGH },
  };
  g_autoptr (GNotification) notification = g_notification_new (_ (texts[news].title));

  g_notification_set_body (notification, _ (texts[news].body));
  g_notification_set_priority (notification, texts[news].priority);
  g_application_send_notification (application, NOTICE_ID, notification);
}

/* The last news, and whether they were told. */
typedef struct
{
  News news;
  gboolean wanted; /* to be told, once it is known that somebody listens */
  gboolean told;
  guint watch; /* while it is being found out */
} Notice;

static void
notice_free (gpointer data)
{
  Notice *notice = data;

  g_clear_handle_id (&notice->watch, g_bus_unwatch_name);
  g_free (notice);
}

static Notice *
get_notice (GtkWindow *window)
{
  Notice *notice = g_object_get_data (G_OBJECT (window), DATA_KEY);

  if (notice == NULL)
    {
      notice = g_new0 (Notice, 1);
      g_object_set_data_full (G_OBJECT (window), DATA_KEY, notice, notice_free);
    }
  return notice;
}

static void
tell (GtkWindow *window)
{
  GtkApplication *application = gtk_window_get_application (window);
  Notice *notice = get_notice (window);

  if (application != NULL && notice->wanted)
    {
      send (G_APPLICATION (application), notice->news);
      notice->told = TRUE;
    }
  notice->wanted = FALSE;
}

static void
on_appeared (GDBusConnection *bus, const char *name, const char *owner, gpointer user_data)
{
  GtkWindow *window = user_data;

  tell (window);
  g_clear_handle_id (&get_notice (window)->watch, g_bus_unwatch_name);
}

static void
on_vanished (GDBusConnection *bus, const char *name, gpointer user_data)
{
  Notice *notice = get_notice (user_data);

  notice->wanted = FALSE;
  g_clear_handle_id (&notice->watch, g_bus_unwatch_name);
}

/* Where nobody listens, GIO would warn about it. In a sandbox the portal does
 * the rest, and who is behind that cannot be asked. */
static void
find_listener (GtkWindow *window)
{
  GApplication *application = G_APPLICATION (gtk_window_get_application (window));
  GDBusConnection *bus = g_application_get_dbus_connection (application);
  Notice *notice = get_notice (window);

  if (g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS))
    tell (window);
  else if (bus != NULL && notice->watch == 0)
    notice->watch = g_bus_watch_name_on_connection (bus, "org.freedesktop.Notifications",
                                                    G_BUS_NAME_WATCHER_FLAGS_AUTO_START,
                                                    on_appeared, on_vanished, window, NULL);
}

static void
take_back (GtkWindow *window, Notice *notice)
{
  notice->wanted = FALSE;
  if (notice->told)
    g_application_withdraw_notification (G_APPLICATION (gtk_window_get_application (window)),
                                         NOTICE_ID);
  notice->told = FALSE;
}

/**
 * smith_notice_update:
 *
 * Tells through the desktop how a long step ended, while the person looks at
 * another window; takes it back as soon as this one is seen or things move on.
 * Without a desktop that shows such things nothing happens.
 */
void
smith_notice_update (GtkWindow *window, SmithSession *session)
{
  Notice *notice = get_notice (window);
  News before = notice->news;
  gboolean seen = gtk_window_is_active (window);

  if (gtk_window_get_application (window) == NULL)
    return;
  notice->news = find_news (session);
  if (notice->news != before || seen)
    take_back (window, notice);
  /* What there was before a job began is no news, nor is the end of one that
   * the person stopped by closing the window. */
  notice->wanted = notice->wanted
                   || (notice->news != before && notice->news > NEWS_RUNNING && before != NEWS_NONE
                       && !seen && gtk_widget_get_visible (GTK_WIDGET (window)));
  if (notice->wanted && notice->news != before)
    find_listener (window);
}
