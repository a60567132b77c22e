/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outcome-page.h"

#include <glib/gi18n.h>

#include "access-offer.h"
#include "config.h"
#include "naming.h"

struct _SmithOutcomePage
{
  SmithPage parent_instance;

  GtkImage *picture;
  GtkLabel *stick;
  GtkLabel *next;
  GtkLabel *hardware;
  GtkWidget *technical;
  GtkLabel *technical_text;
  GtkWidget *more;
  GtkWidget *access;
  GtkLinkButton *ask;
  SmithOutcome outcome;
};

G_DEFINE_FINAL_TYPE (SmithOutcomePage, smith_outcome_page, SMITH_TYPE_PAGE)

/* What decides which file is the right one, where that was the trouble. */
static void
show_hardware (SmithOutcomePage *page, const SmithOutcome *outcome)
{
  SmithIdentity *identity = smith_session_get_before (smith_page_get_session (SMITH_PAGE (page)));
  g_autofree char *text = NULL;

  if (g_strcmp0 (outcome->help, "wrong-model") == 0 && identity != NULL
      && identity->hardware != NULL)
    /* Translators: such as CL2E3372HM */
    text = g_strdup_printf (_ ("The hardware of your stick is %s."), identity->hardware);
  smith_show_text (page->hardware, text);
}

/**
 * smith_outcome_page_show:
 * @technical: (nullable): what a program would say about it
 */
void
smith_outcome_page_show (SmithOutcomePage *page, const SmithOutcome *outcome, const char *technical)
{
  SmithPage *base = SMITH_PAGE (page);

  page->outcome = *outcome;
  smith_page_set_title (base, outcome->title);
  smith_page_set_subtitle (base, outcome->what);
  gtk_label_set_label (page->stick, outcome->stick);
  gtk_label_set_label (page->next, outcome->next);
  gtk_image_set_from_icon_name (page->picture, outcome->harmless ? "smith-stick" : "smith-trouble");
  gtk_widget_set_visible (page->technical, technical != NULL);
  smith_show_text (page->technical_text, technical);
  gtk_widget_set_visible (page->access, g_str_has_prefix (outcome->id, "no-permission"));
  show_hardware (page, outcome);
  gtk_widget_set_visible (GTK_WIDGET (page->ask), !outcome->harmless);
  gtk_widget_set_visible (page->more, outcome->help != NULL);
  if (outcome->help != NULL)
    gtk_actionable_set_action_target (GTK_ACTIONABLE (page->more), "s", outcome->help);
  smith_page_set_primary_label (base, smith_action_label (outcome->action));
}

static void
smith_outcome_page_update (SmithPage *base, SmithSession *session)
{
  const GError *error = smith_session_get_error (session);
  g_autoptr (SmithStick) stick = smith_session_get_stick (session);
  SmithJobStatus status;
  SmithOutcome outcome;

  smith_session_get_status (session, &status);
  smith_outcome_for_status (error, &status, smith_session_waited_before (session), stick, &outcome);
  smith_outcome_page_show (SMITH_OUTCOME_PAGE (base), &outcome,
                           error != NULL ? error->message : NULL);
  smith_page_set_complete (base, !smith_session_is_preparing (session));
}

static void
smith_outcome_page_apply (SmithPage *base, SmithSession *session)
{
  switch (SMITH_OUTCOME_PAGE (base)->outcome.action)
    {
    case SMITH_ACTION_CHOOSE_FILE:
      smith_session_forget_ended (session); /* with this file it cannot be finished */
      smith_session_drop_file (session, SMITH_SLOT_FIRMWARE);
      smith_session_start_over (session, SMITH_PAGE_FILES);
      break;
    case SMITH_ACTION_CHOOSE_LOADER:
      smith_session_drop_file (session, SMITH_SLOT_LOADER);
      smith_session_start_over (session, SMITH_PAGE_FILES);
      break;
    case SMITH_ACTION_START_OVER:
      if (!SMITH_OUTCOME_PAGE (base)->outcome.keeps)
        smith_session_forget_ended (session);
      smith_session_start_over (session, SMITH_PAGE_DETECT);
      break;
    default:
      smith_session_try_again (session);
    }
}

static void
smith_outcome_page_class_init (SmithOutcomePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  SMITH_PAGE_CLASS (klass)->update = smith_outcome_page_update;
  SMITH_PAGE_CLASS (klass)->apply = smith_outcome_page_apply;
  g_type_ensure (SMITH_TYPE_ACCESS_OFFER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sticksmith/Sticksmith/outcome-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SmithOutcomePage, picture);
  gtk_widget_class_bind_template_child (widget_class, SmithOutcomePage, stick);
  gtk_widget_class_bind_template_child (widget_class, SmithOutcomePage, next);
  gtk_widget_class_bind_template_child (widget_class, SmithOutcomePage, technical);
  gtk_widget_class_bind_template_child (widget_class, SmithOutcomePage, technical_text);
  gtk_widget_class_bind_template_child (widget_class, SmithOutcomePage, more);
  gtk_widget_class_bind_template_child (widget_class, SmithOutcomePage, access);
  gtk_widget_class_bind_template_child (widget_class, SmithOutcomePage, hardware);
  gtk_widget_class_bind_template_child (widget_class, SmithOutcomePage, ask);
}

static void
smith_outcome_page_init (SmithOutcomePage *page)
{
  gtk_widget_init_template (GTK_WIDGET (page));
  gtk_link_button_set_uri (page->ask, SMITH_ISSUES);
}
