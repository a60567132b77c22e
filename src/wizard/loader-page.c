/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "loader-page.h"

#include <glib/gi18n.h>

struct _SmithLoaderPage
{
  SmithPage parent_instance;

  GtkProgressBar *progress;
  GtkLabel *text;
};

G_DEFINE_FINAL_TYPE (SmithLoaderPage, smith_loader_page, SMITH_TYPE_PAGE)

static void
smith_loader_page_update (SmithPage *base, SmithSession *session)
{
  SmithLoaderPage *page = SMITH_LOADER_PAGE (base);
  g_autoptr (SmithStick) stick = smith_session_get_stick (session);
  const char *text = _ ("Sending…");
  SmithJobStatus status;

  smith_session_get_status (session, &status);
  gtk_progress_bar_set_fraction (page->progress, status.fraction);
  if (status.busy)
    text = _ ("The system is still looking at the stick. Sticksmith tries again by itself.");
  else if (stick == NULL || stick->mode == SMITH_MODE_DOWNLOAD)
    text = _ ("The loader is running: the stick restarts. This may take up to a minute.");
  gtk_label_set_label (page->text, text);
}

static void
smith_loader_page_class_init (SmithLoaderPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  SMITH_PAGE_CLASS (klass)->update = smith_loader_page_update;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sticksmith/Sticksmith/loader-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SmithLoaderPage, progress);
  gtk_widget_class_bind_template_child (widget_class, SmithLoaderPage, text);
}

static void
smith_loader_page_init (SmithLoaderPage *page)
{
  gtk_widget_init_template (GTK_WIDGET (page));
}
