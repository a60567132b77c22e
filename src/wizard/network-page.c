/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "network-page.h"

#include <glib/gi18n.h>

struct _SmithNetworkPage
{
  SmithPage parent_instance;

  GtkImage *picture;
  GtkProgressBar *progress;
  GtkWidget *versions;
  GtkLabel *old_version;
  GtkLabel *new_version;
  GtkLabel *advice;
  GtkWidget *tools;
};

G_DEFINE_FINAL_TYPE (SmithNetworkPage, smith_network_page, SMITH_TYPE_PAGE)

static void
show_done (SmithNetworkPage *page, SmithSession *session)
{
  SmithPage *base = SMITH_PAGE (page);
  const char *old = smith_session_get_old_version (session);

  smith_page_set_title (base, _ ("Done: your stick is now a modem"));
  smith_page_set_subtitle (base, _ ("It came back, and shows exactly the firmware that was "
                                    "written."));
  gtk_label_set_label (page->old_version, old != NULL ? old : _ ("Not known"));
  gtk_label_set_label (page->new_version, smith_session_get_new_version (session));
  gtk_label_set_label (page->advice,
                       _ ("To go online, open the system’s network settings and choose Mobile "
                          "Broadband. With a SIM card in the stick, the system does the rest."));
  smith_page_set_status (base, NULL);
}

static void
show_waiting (SmithNetworkPage *page, SmithSession *session)
{
  SmithPage *base = SMITH_PAGE (page);
  SmithJobStatus status;

  smith_session_get_status (session, &status);
  gtk_progress_bar_set_fraction (page->progress, status.fraction);
  smith_page_set_title (base, _ ("Waiting for the stick to come back"));
  smith_page_set_subtitle (base, _ ("Everything is written. The stick starts its new firmware; the "
                                    "first time this takes up to a minute and a half."));
  gtk_label_set_label (page->advice, _ ("Leave it plugged in."));
}

static void
smith_network_page_update (SmithPage *base, SmithSession *session)
{
  SmithNetworkPage *page = SMITH_NETWORK_PAGE (base);
  gboolean done = smith_session_get_phase (session) == SMITH_PHASE_DONE;

  gtk_image_set_from_icon_name (page->picture, done ? "smith-success" : "smith-stick");
  gtk_widget_set_visible (GTK_WIDGET (page->progress), !done);
  gtk_widget_set_visible (page->versions, done);
  gtk_widget_set_visible (page->tools, done);
  smith_page_set_primary_label (base, _ ("_Finish"));
  smith_page_set_complete (base, done);
  if (done)
    show_done (page, session);
  else
    show_waiting (page, session);
}

static void
smith_network_page_apply (SmithPage *base, SmithSession *session)
{
  gtk_widget_activate_action (GTK_WIDGET (base), "window.close", NULL);
}

static void
smith_network_page_class_init (SmithNetworkPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  SMITH_PAGE_CLASS (klass)->update = smith_network_page_update;
  SMITH_PAGE_CLASS (klass)->apply = smith_network_page_apply;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sticksmith/Sticksmith/network-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SmithNetworkPage, picture);
  gtk_widget_class_bind_template_child (widget_class, SmithNetworkPage, progress);
  gtk_widget_class_bind_template_child (widget_class, SmithNetworkPage, versions);
  gtk_widget_class_bind_template_child (widget_class, SmithNetworkPage, old_version);
  gtk_widget_class_bind_template_child (widget_class, SmithNetworkPage, new_version);
  gtk_widget_class_bind_template_child (widget_class, SmithNetworkPage, advice);
  gtk_widget_class_bind_template_child (widget_class, SmithNetworkPage, tools);
}

static void
smith_network_page_init (SmithNetworkPage *page)
{
  gtk_widget_init_template (GTK_WIDGET (page));
}
