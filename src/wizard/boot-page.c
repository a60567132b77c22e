/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "boot-page.h"

#include <glib/gi18n.h>

#include "naming.h"
#include "stick-text.h"
#include "to-do.h"

/* What the page is about at the moment. */
typedef enum
{
  VIEW_ASK,    /* the stick works: it may go to boot mode when it is asked */
  VIEW_ASKING, /* it has been */
  VIEW_NEEDLE, /* it refused, or is to be started by hand */
  VIEW_ABSENT, /* it is not there, and is only to be plugged in */
  VIEW_READY,  /* it is in boot mode */
  VIEW_CHECK,  /* the job has begun and looks at everything again */
  VIEW_AWAY,   /* all is written, and the stick is to be plugged in */
  VIEW_BACK,   /* all is written, and the stick is at work: it may be asked */
} View;

struct _SmithBootPage
{
  SmithPage parent_instance;

  GtkImage *picture;
  GtkWidget *needle;
  GtkBox *needle_steps;
  GtkWidget *live;
  GtkImage *live_icon;
  GtkLabel *live_text;
  GtkSpinner *spinner;
  GtkWidget *take_needle;
  GtkWidget *leave_needle;
  GtkButton *plug_needle;
  GtkWidget *choose_loader;
};

G_DEFINE_FINAL_TYPE (SmithBootPage, smith_boot_page, SMITH_TYPE_PAGE)

static const struct
{
  const char *title;
  const char *subtitle;
  const char *primary;
  gboolean complete;
  gboolean waiting;
  const char *picture;
} views[] = {
  [VIEW_ASK] = { N_ ("Switch the stick to boot mode"),
                 N_ ("In boot mode the stick takes new firmware. Sticksmith can ask it to go there "
                     "by itself. Unplugged and plugged in again, it works as before."),
                 N_ ("_Switch to boot mode"), TRUE, FALSE, "smith-mode-change" },
  [VIEW_ASKING]
  = { N_ ("Switching to boot mode…"), N_ ("The stick restarts. This takes a few seconds."),
      N_ ("_Switch to boot mode"), FALSE, TRUE, "smith-mode-change" },
  [VIEW_NEEDLE]
  = { N_ ("Start it with the needle"),
      N_ ("A stick goes to boot mode when two points inside it are connected while it is plugged "
          "in."),
      N_ ("_Start"), FALSE, TRUE, "smith-needle" },
  [VIEW_ABSENT] = { N_ ("Plug the stick in"),
                    N_ ("Plug it in at the same place as before, straight into the computer. You "
                        "need not open it."),
                    N_ ("_Start"), FALSE, TRUE, "smith-stick" },
  [VIEW_READY] = { N_ ("The stick is ready"),
                   N_ ("It waits for its new firmware. Before anything is written, you are asked "
                       "once more."),
                   N_ ("_Start"), TRUE, FALSE, "smith-mode-change" },
  [VIEW_CHECK] = { N_ ("Checking everything once more"),
                   N_ ("The files and the stick, before anything is sent."), N_ ("_Start"), FALSE,
                   TRUE, "smith-mode-change" },
  [VIEW_AWAY] = { N_ ("Plug the stick in again"),
                  N_ ("Everything was written to it. Plug it in where it was: Sticksmith then asks "
                      "it for its version, and writes nothing as long as it works."),
                  N_ ("_Ask"), FALSE, TRUE, "smith-stick" },
  [VIEW_BACK]
  = { N_ ("The stick is back"),
      N_ ("Everything was written, and the stick works. Sticksmith only asks it for its "
          "version; nothing is written again."),
      N_ ("_Ask"), TRUE, FALSE, "smith-stick" },
};

static View
find_view (SmithSession *session, SmithStick *stick)
{
  if (smith_session_get_phase (session) == SMITH_PHASE_RUNNING)
    return VIEW_CHECK;
  if (smith_session_is_in_boot_mode (session))
    return VIEW_READY;
  if (smith_session_is_only_to_be_asked (session))
    return VIEW_BACK;
  if (stick == NULL && smith_session_is_all_written (session))
    return VIEW_AWAY;
  if (smith_session_get_entry (session) == SMITH_ENTRY_ASKING)
    return VIEW_ASKING;
  if (stick != NULL && smith_session_can_switch (session))
    return VIEW_ASK;
  return smith_session_wants_needle (session) ? VIEW_NEEDLE : VIEW_ABSENT;
}

static const char *
describe_live (SmithStick *stick, View view)
{
  if (stick == NULL && view == VIEW_ASKING)
    return _ ("The stick is restarting");
  if (stick == NULL)
    return _ ("No stick is plugged in here");
  if (smith_mode_is_working (stick->mode))
    return _ ("The stick, started normally");
  return smith_stick_text_mode (stick->mode);
}

static void
show_live (SmithBootPage *page,
           SmithSession *session,
           SmithStick *stick,
           const SmithWayAdvice *advice,
           View view)
{
  const char *text = describe_live (stick, view);
  gboolean ready = view == VIEW_READY;

  gtk_label_set_label (page->live_text, text);
  gtk_image_set_from_icon_name (page->live_icon,
                                ready ? "smith-good-symbolic" : "smith-usb-symbolic");
  if (ready)
    gtk_widget_add_css_class (page->live, "good");
  else
    gtk_widget_remove_css_class (page->live, "good");
  if (view == VIEW_AWAY || view == VIEW_BACK)
    text = NULL;
  else if (!smith_session_has_files (session))
    text = _ ("For this way a loader is needed, too. Choose it first.");
  else if (ready)
    text = _ ("The stick is in boot mode. You can start.");
  else if (smith_session_get_entry (session) == SMITH_ENTRY_REFUSED && advice->maybe_no_needle)
    text = _ ("The stick was asked and did not switch by itself. Unplug it, wait ten seconds, plug "
              "it in straight into the computer, and ask it again. The needle is for sticks with a "
              "Balong chip only; an older one, such as an E1550, knows none.");
  else if (smith_session_get_entry (session) == SMITH_ENTRY_REFUSED)
    text = _ ("The stick was asked and did not switch by itself. This is quite common.");
  else
    text = NULL;
  smith_page_set_status (SMITH_PAGE (page), text);
}

static void
set_plug_label (GtkButton *button, const char *label)
{
  if (g_strcmp0 (gtk_button_get_label (button), label) == 0)
    return;
  gtk_button_set_label (button, label);
  smith_name_button (button);
}

/* The buttons below, with which it is done in another way. */
static void
show_tools (SmithBootPage *page, SmithSession *session, const SmithWayAdvice *advice, View view)
{
  gboolean practice = smith_session_get_world (session) != NULL;

  gtk_widget_set_visible (page->take_needle,
                          ((view == VIEW_ASK || view == VIEW_ASKING) && advice->n_ways > 1)
                              || (view == VIEW_ABSENT && smith_session_knows_needle (session)));
  gtk_widget_set_visible (page->leave_needle, view == VIEW_NEEDLE && advice->n_ways > 1);
  set_plug_label (page->plug_needle, view == VIEW_ABSENT || view == VIEW_AWAY
                                         ? _ ("_Practise: plug it in")
                                         : _ ("_Practise: plug it in with the needle"));
  gtk_widget_set_visible (GTK_WIDGET (page->plug_needle),
                          (view == VIEW_NEEDLE || view == VIEW_ABSENT || view == VIEW_AWAY)
                              && practice);
  gtk_widget_set_visible (page->choose_loader,
                          view != VIEW_CHECK && !smith_session_has_files (session));
}

static void
smith_boot_page_update (SmithPage *base, SmithSession *session)
{
  SmithBootPage *page = SMITH_BOOT_PAGE (base);
  g_autoptr (SmithStick) stick = smith_session_get_stick (session);
  View view = find_view (session, stick);
  SmithWayAdvice advice;

  smith_page_set_title (base, _ (views[view].title));
  smith_page_set_subtitle (base, _ (views[view].subtitle));
  smith_page_set_primary_label (base, _ (views[view].primary));
  smith_page_set_complete (base, views[view].complete
                                     && (view != VIEW_READY || smith_session_has_files (session)));
  gtk_image_set_from_icon_name (page->picture, views[view].picture);
  gtk_spinner_set_spinning (page->spinner, views[view].waiting);
  gtk_widget_set_visible (GTK_WIDGET (page->spinner), views[view].waiting);
  gtk_widget_set_visible (page->needle, view == VIEW_NEEDLE);
  smith_session_get_ways (session, &advice);
  show_tools (page, session, &advice, view);
  show_live (page, session, stick, &advice, view);
}

static void
smith_boot_page_apply (SmithPage *base, SmithSession *session)
{
  if (smith_session_is_in_boot_mode (session) || smith_session_is_only_to_be_asked (session))
    smith_session_start (session);
  else
    smith_session_enter_boot_mode (session);
}

static void
on_take_needle (SmithBootPage *page)
{
  smith_session_take_needle (smith_page_get_session (SMITH_PAGE (page)));
  gtk_widget_grab_focus (GTK_WIDGET (page));
}

static void
on_leave_needle (SmithBootPage *page)
{
  smith_session_leave_needle (smith_page_get_session (SMITH_PAGE (page)));
  gtk_widget_grab_focus (GTK_WIDGET (page));
}

static void
on_choose_loader (SmithBootPage *page)
{
  smith_session_set_page (smith_page_get_session (SMITH_PAGE (page)), SMITH_PAGE_FILES);
}

/* In which mode a practice stick comes up when it is plugged in. */
static SmithMode
find_next_mode (SmithSession *session)
{
  if (smith_session_is_resuming (session))
    return SMITH_MODE_DOWNLOAD;
  return smith_practice_world_get_scenario (smith_session_get_world (session))->plugged;
}

static void
on_plug_needle (SmithBootPage *page)
{
  SmithSession *session = smith_page_get_session (SMITH_PAGE (page));

  smith_practice_world_plug_in (smith_session_get_world (session),
                                smith_session_get_usb_path (session),
                                smith_session_wants_needle (session) ? SMITH_MODE_BOOT_ROM
                                                                     : find_next_mode (session));
}

static void
smith_boot_page_class_init (SmithBootPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  SMITH_PAGE_CLASS (klass)->update = smith_boot_page_update;
  SMITH_PAGE_CLASS (klass)->apply = smith_boot_page_apply;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sticksmith/Sticksmith/boot-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SmithBootPage, picture);
  gtk_widget_class_bind_template_child (widget_class, SmithBootPage, needle);
  gtk_widget_class_bind_template_child (widget_class, SmithBootPage, needle_steps);
  gtk_widget_class_bind_template_child (widget_class, SmithBootPage, live);
  gtk_widget_class_bind_template_child (widget_class, SmithBootPage, live_icon);
  gtk_widget_class_bind_template_child (widget_class, SmithBootPage, live_text);
  gtk_widget_class_bind_template_child (widget_class, SmithBootPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, SmithBootPage, take_needle);
  gtk_widget_class_bind_template_child (widget_class, SmithBootPage, leave_needle);
  gtk_widget_class_bind_template_child (widget_class, SmithBootPage, plug_needle);
  gtk_widget_class_bind_template_child (widget_class, SmithBootPage, choose_loader);
  gtk_widget_class_bind_template_callback (widget_class, on_take_needle);
  gtk_widget_class_bind_template_callback (widget_class, on_leave_needle);
  gtk_widget_class_bind_template_callback (widget_class, on_plug_needle);
  gtk_widget_class_bind_template_callback (widget_class, on_choose_loader);
}

static void
smith_boot_page_init (SmithBootPage *page)
{
  static const char *const steps[] = {
    N_ ("Unplug the stick and open its cover."),
    N_ ("With a needle, connect the small test point to the metal shield."),
    N_ ("Hold it there and plug the stick in. Let go once Sticksmith sees it."),
    NULL,
  };

  gtk_widget_init_template (GTK_WIDGET (page));
  smith_to_do_show (page->needle_steps, steps);
}
