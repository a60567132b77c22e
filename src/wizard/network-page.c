/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network-page.h"

#include <glib/gi18n.h>

#include "naming.h"
#include "network-text.h"

/* What the page is about at the moment. */
typedef enum
{
  VIEW_COMING_BACK, /* the job waits for the stick */
  VIEW_LOOKING,     /* the job looks for the network; it may be skipped */
  VIEW_DONE,        /* the job ended well */
  VIEW_CARE,        /* no job: the person came for the network alone */
} View;

struct _SmithNetworkPage
{
  SmithPage parent_instance;

  GtkImage *picture;
  GtkProgressBar *progress;
  GtkWidget *versions;
  GtkLabel *old_version;
  GtkLabel *new_version;
  GtkWidget *network;
  GtkLabel *registration;
  GtkLabel *sim;
  GtkSpinner *spinner;
  GtkWidget *signal_row;
  GtkLabel *signal_text;
  GtkLevelBar *signal_bar;
  GtkLabel *settings;
  GtkWidget *network_tools;
  GtkCheckButton *roaming;
  int shown_roaming; /* of the stick, as in its settings; -1 while they are not known */
  GtkWidget *look;
  GtkWidget *open;
  GtkWidget *restore;
  GtkWidget *online;
  GtkLabel *online_text;
  GtkWidget *connect_row;
  GtkDropDown *apns;
  GtkWidget *connect;
  GtkWidget *cd;
  GtkLabel *cd_text;
  GtkButton *cd_button;
  GtkLabel *advice;
  GtkLinkButton *web_page;
  GtkWidget *tools;
  GPtrArray *shown_apns; /* whose names are in the list */
};

G_DEFINE_FINAL_TYPE (SmithNetworkPage, smith_network_page, SMITH_TYPE_PAGE)

static View
find_view (SmithSession *session)
{
  SmithJobStatus status;

  switch (smith_session_get_phase (session))
    {
    case SMITH_PHASE_RUNNING:
      smith_session_get_status (session, &status);
      return status.step == SMITH_STEP_REACTIVATE ? VIEW_LOOKING : VIEW_COMING_BACK;
    case SMITH_PHASE_DONE:
      return VIEW_DONE;
    default:
      return VIEW_CARE;
    }
}

static SmithNetworkCare *
care_of (SmithNetworkPage *page)
{
  return smith_session_get_network_care (smith_page_get_session (SMITH_PAGE (page)));
}

static void
show_state (SmithNetworkPage *page, const SmithNetworkState *state, gboolean looking)
{
  g_autofree char *registration = smith_network_text_registration (state, looking);
  g_autofree char *strength = smith_network_text_signal (state->signal);

  smith_show_text (page->registration, registration);
  smith_show_text (page->sim, looking && state->sim == SMITH_SIM_UNKNOWN
                                  ? NULL
                                  : smith_network_text_sim (state->sim));
  gtk_widget_set_visible (page->signal_row, state->signal >= 0);
  gtk_label_set_label (page->signal_text, strength);
  gtk_level_bar_set_value (page->signal_bar, smith_network_text_bars (state->signal));
  gtk_widget_set_visible (GTK_WIDGET (page->spinner), looking);
  gtk_spinner_set_spinning (page->spinner, looking);
}

static void
show_settings (SmithNetworkPage *page, SmithNetworkCare *care)
{
  const SmithNetworkSettings *old = smith_network_care_get_old_settings (care);
  const SmithNetworkSettings *now = smith_network_care_get_settings (care);
  g_autofree char *now_text = now != NULL ? smith_network_settings_describe (now) : NULL;
  g_autofree char *text = NULL;

  if (old != NULL)
    {
      g_autofree char *old_text = smith_network_settings_describe (old);

      text = g_strdup_printf (_ ("Settings now: %s\nThe old ones were: %s"), now_text, old_text);
    }
  smith_show_text (page->settings, text != NULL ? text : now_text);
  /* The box tells what the stick does, until somebody wants something else. */
  if (now != NULL && now->roaming != page->shown_roaming)
    gtk_check_button_set_active (page->roaming, now->roaming == 1);
  page->shown_roaming = now != NULL ? now->roaming : -1;
  gtk_widget_set_visible (page->restore, old != NULL);
}

static void
show_apns (SmithNetworkPage *page, GPtrArray *apns)
{
  g_autoptr (GtkStringList) names = NULL;

  if (page->shown_apns == apns)
    return;
  g_clear_pointer (&page->shown_apns, g_ptr_array_unref);
  page->shown_apns = g_ptr_array_ref (apns);
  names = gtk_string_list_new (NULL);
  for (guint i = 0; i < apns->len; i++)
    {
      SmithApn *apn = g_ptr_array_index (apns, i);
      g_autofree char *name
          = apn->plan != NULL ? g_strdup_printf ("%s · %s (%s)", apn->provider, apn->plan, apn->apn)
                              : g_strdup_printf ("%s (%s)", apn->provider, apn->apn);

      gtk_string_list_append (names, name);
    }
  gtk_drop_down_set_model (page->apns, G_LIST_MODEL (names));
}

static void
show_online (SmithNetworkPage *page, SmithNetworkCare *care)
{
  SmithOnlineState state = smith_network_care_get_online (care);
  GPtrArray *apns = smith_network_care_get_apns (care);
  g_autofree char *text
      = smith_network_text_online (state, apns->len, smith_network_care_get_online_problem (care));

  smith_show_text (page->online_text, text);
  show_apns (page, apns);
  gtk_widget_set_visible (page->connect_row, state == SMITH_ONLINE_READY && apns->len > 0);
}

/* One button for both ways, so that whoever pressed it stays on it. */
static void
show_cd (SmithNetworkPage *page, SmithNetworkCare *care)
{
  SmithCdState state = smith_network_care_get_cd (care);

  gtk_widget_set_visible (page->cd, state != SMITH_CD_FIXED);
  smith_show_text (page->cd_text, smith_network_text_cd (state));
  gtk_button_set_label (page->cd_button, state == SMITH_CD_HIDDEN
                                             ? _ ("Show the CD a_gain")
                                             : _ ("_Don’t show the CD any more"));
}

static void
show_problem (SmithNetworkPage *page, SmithNetworkCare *care)
{
  const char *problem = smith_network_care_get_problem (care);
  const char *hitch = smith_network_care_get_hitch (care);
  g_autofree char *text = NULL;

  if (problem == NULL && hitch != NULL)
    /* Translators: %s is what went wrong, a sentence without its end. */
    text = g_strdup_printf (_ ("%s – trying again in a moment"), hitch);
  smith_page_set_status (SMITH_PAGE (page), text != NULL ? text : problem);
}

static void
show_care (SmithNetworkPage *page, SmithNetworkCare *care)
{
  gboolean working = smith_network_care_is_working (care);
  gboolean looking = smith_network_care_is_looking (care);

  show_state (page, smith_network_care_get_state (care), working || looking);
  show_settings (page, care);
  show_online (page, care);
  show_cd (page, care);
  gtk_widget_set_sensitive (page->look, !working);
  gtk_widget_set_sensitive (page->open, !working);
  gtk_widget_set_sensitive (page->restore, !working);
  gtk_widget_set_sensitive (GTK_WIDGET (page->cd_button), smith_network_care_may_begin_cd (care));
  show_problem (page, care);
}

static void
show_done (SmithNetworkPage *page, SmithSession *session, gboolean hilink)
{
  SmithPage *base = SMITH_PAGE (page);
  const char *old = smith_session_get_old_version (session);

  smith_page_set_title (base, hilink ? _ ("Done: your stick is a HiLink stick now")
                                     : _ ("Done: your stick is now a modem"));
  smith_page_set_subtitle (base, smith_session_get_target_version (session) != NULL
                                     ? _ ("It came back, and shows exactly the firmware that was "
                                          "written.")
                                     : _ ("It came back and works."));
  smith_show_text (page->old_version, old != NULL ? old : _ ("Not known"));
  smith_show_text (page->new_version, smith_session_get_new_version (session));
  smith_show_text (page->advice,
                   hilink ? _ ("It works as a small router: the computer is online through "
                               "it by itself, like through a network cable.")
                          : NULL);
  smith_page_set_primary_label (base, _ ("_Finish"));
}

static void
show_running (SmithNetworkPage *page, SmithSession *session, View view)
{
  SmithPage *base = SMITH_PAGE (page);
  SmithJobStatus status;

  smith_session_get_status (session, &status);
  gtk_progress_bar_set_fraction (page->progress, status.fraction);
  if (view == VIEW_COMING_BACK)
    {
      smith_page_set_title (base, _ ("Waiting for the stick to come back"));
      smith_page_set_subtitle (base, _ ("Everything is written. The stick starts its new firmware; "
                                        "the first time this takes up to a minute and a half."));
      smith_show_text (page->advice, _ ("Leave it plugged in."));
    }
  else
    {
      smith_page_set_title (base, _ ("Looking for the network"));
      smith_page_set_subtitle (base, _ ("The firmware is in place, and the stick shows it. Now it "
                                        "looks for its network; you need not wait for that."));
      smith_show_text (page->advice, NULL);
      show_state (page, &status.network, TRUE);
      smith_show_text (page->settings, NULL);
    }
  smith_page_set_primary_label (base, view == VIEW_LOOKING ? _ ("_Skip") : _ ("_Finish"));
  smith_page_set_status (base, NULL);
}

static void
show_alone (SmithNetworkPage *page)
{
  SmithPage *base = SMITH_PAGE (page);

  smith_page_set_title (base, _ ("Get this stick online"));
  smith_page_set_subtitle (base,
                           _ ("After new firmware a stick sometimes finds no network until it "
                              "is told to look for all of them. Nothing is written to its "
                              "firmware here."));
  smith_show_text (page->advice, NULL);
  smith_page_set_primary_label (base, _ ("_Finish"));
}

static void
show_web_page (SmithNetworkPage *page, SmithSession *session, gboolean visible)
{
  g_autoptr (SmithStick) stick = smith_session_get_stick (session);
  g_autofree char *uri = NULL;

  gtk_widget_set_visible (GTK_WIDGET (page->web_page), visible && stick != NULL);
  if (!visible || stick == NULL)
    return;
  uri = g_strdup_printf ("http://%s/",
                         stick->web_address != NULL ? stick->web_address : "192.168.8.1");
  gtk_link_button_set_uri (page->web_page, uri);
}

static void
smith_network_page_update (SmithPage *base, SmithSession *session)
{
  SmithNetworkPage *page = SMITH_NETWORK_PAGE (base);
  View view = find_view (session);
  gboolean running = view == VIEW_COMING_BACK || view == VIEW_LOOKING;
  gboolean hilink = view == VIEW_DONE && smith_session_is_hilink_now (session);
  gboolean care = (view == VIEW_DONE && !hilink) || view == VIEW_CARE;

  gtk_image_set_from_icon_name (page->picture, view == VIEW_DONE ? "smith-success" : "smith-stick");
  gtk_widget_set_visible (GTK_WIDGET (page->picture), view != VIEW_CARE);
  /* What is beside and below it is worth the room then. */
  gtk_widget_set_hexpand (GTK_WIDGET (page->picture), view != VIEW_DONE);
  if (view == VIEW_DONE)
    gtk_widget_add_css_class (GTK_WIDGET (page->picture), "small");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (page->picture), "small");
  gtk_widget_set_visible (GTK_WIDGET (page->progress), running);
  gtk_widget_set_visible (page->versions, view == VIEW_DONE);
  gtk_widget_set_visible (page->network, care || view == VIEW_LOOKING);
  gtk_widget_set_visible (page->network_tools, care);
  gtk_widget_set_visible (page->online, care);
  gtk_widget_set_visible (page->tools, view == VIEW_DONE);
  smith_page_set_complete (base, view != VIEW_COMING_BACK);
  if (running)
    show_running (page, session, view);
  else if (view == VIEW_DONE)
    show_done (page, session, hilink);
  else
    show_alone (page);
  if (care)
    show_care (page, smith_session_get_network_care (session));
  else
    gtk_widget_set_visible (page->cd, FALSE);
  show_web_page (page, session, hilink);
}

/* The person came for the network alone: it is looked for at once. */
static void
smith_network_page_enter (SmithPage *base, SmithSession *session)
{
  if (find_view (session) == VIEW_CARE)
    smith_network_care_look (smith_session_get_network_care (session));
}

static void
smith_network_page_leave (SmithPage *base, SmithSession *session)
{
  smith_network_care_stop (smith_session_get_network_care (session));
}

static void
smith_network_page_apply (SmithPage *base, SmithSession *session)
{
  if (find_view (session) == VIEW_LOOKING)
    smith_session_cancel (session);
  else
    gtk_widget_activate_action (GTK_WIDGET (base), "window.close", NULL);
}

static void
on_look (SmithNetworkPage *page)
{
  smith_network_care_look (care_of (page));
}

static void
on_open (SmithNetworkPage *page)
{
  smith_network_care_open (care_of (page), gtk_check_button_get_active (page->roaming));
}

static void
on_restore (SmithNetworkPage *page)
{
  smith_network_care_restore (care_of (page));
}

static void
on_cd (SmithNetworkPage *page)
{
  SmithNetworkCare *care = care_of (page);

  if (smith_network_care_get_cd (care) == SMITH_CD_HIDDEN)
    smith_network_care_show_cd (care);
  else
    smith_network_care_hide_cd (care);
}

static void
on_connect (SmithNetworkPage *page)
{
  smith_network_care_connect (care_of (page), gtk_drop_down_get_selected (page->apns));
}

static void
smith_network_page_finalize (GObject *object)
{
  g_clear_pointer (&SMITH_NETWORK_PAGE (object)->shown_apns, g_ptr_array_unref);
  G_OBJECT_CLASS (smith_network_page_parent_class)->finalize (object);
}

static void
smith_network_page_class_init (SmithNetworkPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = smith_network_page_finalize;
  SMITH_PAGE_CLASS (klass)->update = smith_network_page_update;
  SMITH_PAGE_CLASS (klass)->enter = smith_network_page_enter;
  SMITH_PAGE_CLASS (klass)->leave = smith_network_page_leave;
  SMITH_PAGE_CLASS (klass)->apply = smith_network_page_apply;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sticksmith/Sticksmith/network-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SmithNetworkPage, picture);
  gtk_widget_class_bind_template_child (widget_class, SmithNetworkPage, progress);
  gtk_widget_class_bind_template_child (widget_class, SmithNetworkPage, versions);
  gtk_widget_class_bind_template_child (widget_class, SmithNetworkPage, old_version);
  gtk_widget_class_bind_template_child (widget_class, SmithNetworkPage, new_version);
  gtk_widget_class_bind_template_child (widget_class, SmithNetworkPage, network);
  gtk_widget_class_bind_template_child (widget_class, SmithNetworkPage, registration);
  gtk_widget_class_bind_template_child (widget_class, SmithNetworkPage, sim);
  gtk_widget_class_bind_template_child (widget_class, SmithNetworkPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, SmithNetworkPage, signal_row);
  gtk_widget_class_bind_template_child (widget_class, SmithNetworkPage, signal_text);
  gtk_widget_class_bind_template_child (widget_class, SmithNetworkPage, signal_bar);
  gtk_widget_class_bind_template_child (widget_class, SmithNetworkPage, settings);
  gtk_widget_class_bind_template_child (widget_class, SmithNetworkPage, network_tools);
  gtk_widget_class_bind_template_child (widget_class, SmithNetworkPage, roaming);
  gtk_widget_class_bind_template_child (widget_class, SmithNetworkPage, look);
  gtk_widget_class_bind_template_child (widget_class, SmithNetworkPage, open);
  gtk_widget_class_bind_template_child (widget_class, SmithNetworkPage, restore);
  gtk_widget_class_bind_template_child (widget_class, SmithNetworkPage, online);
  gtk_widget_class_bind_template_child (widget_class, SmithNetworkPage, online_text);
  gtk_widget_class_bind_template_child (widget_class, SmithNetworkPage, connect_row);
  gtk_widget_class_bind_template_child (widget_class, SmithNetworkPage, apns);
  gtk_widget_class_bind_template_child (widget_class, SmithNetworkPage, connect);
  gtk_widget_class_bind_template_child (widget_class, SmithNetworkPage, cd);
  gtk_widget_class_bind_template_child (widget_class, SmithNetworkPage, cd_text);
  gtk_widget_class_bind_template_child (widget_class, SmithNetworkPage, cd_button);
  gtk_widget_class_bind_template_child (widget_class, SmithNetworkPage, advice);
  gtk_widget_class_bind_template_child (widget_class, SmithNetworkPage, web_page);
  gtk_widget_class_bind_template_child (widget_class, SmithNetworkPage, tools);
  gtk_widget_class_bind_template_callback (widget_class, on_look);
  gtk_widget_class_bind_template_callback (widget_class, on_open);
  gtk_widget_class_bind_template_callback (widget_class, on_restore);
  gtk_widget_class_bind_template_callback (widget_class, on_connect);
  gtk_widget_class_bind_template_callback (widget_class, on_cd);
}

static void
smith_network_page_init (SmithNetworkPage *page)
{
  page->shown_roaming = -1;
  gtk_widget_init_template (GTK_WIDGET (page));
  smith_wrap_check_label (page->roaming);
}
