/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "session.h"

G_BEGIN_DECLS

/**
 * SmithPage:
 *
 * One page of the wizard: a heading, a sentence below it, and whatever the
 * page adds. It shows what the session holds; it knows no other page.
 */
#define SMITH_TYPE_PAGE (smith_page_get_type ())
G_DECLARE_DERIVABLE_TYPE (SmithPage, smith_page, SMITH, PAGE, GtkWidget)

struct _SmithPageClass
{
  GtkWidgetClass parent_class;

  /* Shows the session as it is now; often, so it has to be quick. */
  void (*update) (SmithPage *page, SmithSession *session);
  /* Comes into sight, or is about to leave it. */
  void (*enter) (SmithPage *page, SmithSession *session);
  void (*leave) (SmithPage *page, SmithSession *session);
  /* The suggested button was pressed. Without one the next page comes. */
  void (*apply) (SmithPage *page, SmithSession *session);
};

void smith_page_set_session (SmithPage *page, SmithSession *session);
SmithSession *smith_page_get_session (SmithPage *page);
void smith_page_enter (SmithPage *page);
void smith_page_leave (SmithPage *page);
void smith_page_update (SmithPage *page);
gboolean smith_page_apply (SmithPage *page);

void smith_page_set_title (SmithPage *page, const char *title);
const char *smith_page_get_title (SmithPage *page);
void smith_page_set_subtitle (SmithPage *page, const char *subtitle);
void smith_page_set_status (SmithPage *page, const char *status);
void smith_page_set_complete (SmithPage *page, gboolean complete);
gboolean smith_page_get_complete (SmithPage *page);
void smith_page_set_primary_label (SmithPage *page, const char *label);
const char *smith_page_get_primary_label (SmithPage *page);

G_END_DECLS
