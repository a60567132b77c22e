/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "flash-page.h"

#include <glib/gi18n.h>

#include "naming.h"
#include "stick-text.h"

struct _SmithFlashPage
{
  SmithPage parent_instance;

  GtkWidget *question;
  GtkLabel *stick;
  GtkLabel *version;
  GtkLabel *file;
  GtkLabel *verdict;
  GtkCheckButton *sure;
  GtkWidget *writing;
  GtkProgressBar *progress;
  GtkLabel *part;
  GtkLabel *left;
  GtkLabel *care;
};

G_DEFINE_FINAL_TYPE (SmithFlashPage, smith_flash_page, SMITH_TYPE_PAGE)

static void
set_label (GtkLabel *label, const char *text)
{
  gtk_label_set_label (label, text != NULL && *text != '\0' ? text : "–");
}

/* Returns: (transfer full): one per line */
static char *
join_reasons (const SmithVerdict *verdict)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < verdict->reasons->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "",
                            (const char *) g_ptr_array_index (verdict->reasons, i));
  return g_string_free (text, FALSE);
}

/* Of a stick that is half written, or came in waiting for firmware, nobody here
 * knows what was changed on it. */
static const char *
describe_question (SmithSession *session)
{
  SmithJobStatus status;

  smith_session_get_status (session, &status);
  if (status.touched || smith_session_waited_before (session))
    return _ ("This replaces what is on the stick. Once it has begun, please let it finish.");
  return _ ("This replaces what is on the stick. Until now nothing was changed; from here on "
            "please let it finish.");
}

static void
show_question (SmithFlashPage *page, SmithSession *session)
{
  const SmithVerdict *verdict = smith_session_get_verdict (session);
  g_autoptr (SmithStick) stick = smith_session_get_stick (session);
  g_autofree char *name = NULL;
  g_autofree char *reasons = NULL;
  gboolean unsure = verdict->kind == SMITH_VERDICT_UNSURE;

  if (stick != NULL)
    {
      g_autofree char *full
          = smith_stick_text_full_name (stick, smith_session_get_before (session));

      /* Translators: the stick and where it is plugged in */
      name = g_strdup_printf (_ ("%s, plugged in at %s"), full, stick->usb_path);
    }
  set_label (page->stick, name);
  set_label (page->version, smith_session_get_target_version (session));
  set_label (page->file, smith_session_get_file_names (session));
  reasons = join_reasons (verdict);
  set_label (page->verdict, reasons);
  gtk_widget_set_visible (GTK_WIDGET (page->sure), unsure);
  smith_page_set_title (SMITH_PAGE (page), _ ("Write the new firmware now?"));
  smith_page_set_subtitle (SMITH_PAGE (page), describe_question (session));
  gtk_label_set_label (page->care, _ ("It takes a few minutes. Keep the stick plugged in until "
                                      "Sticksmith says that it is done."));
  smith_page_set_status (SMITH_PAGE (page), NULL);
  smith_page_set_complete (SMITH_PAGE (page), !unsure || gtk_check_button_get_active (page->sure));
}

static char *
describe_part (const SmithJobStatus *status)
{
  g_autofree char *done = smith_text_bytes (status->bytes_done);
  g_autofree char *total = smith_text_bytes (status->bytes_total);

  if (status->partition[0] == '\0' || status->bytes_total == 0)
    return g_strdup (_ ("Preparing…"));
  /* Translators: the part of the firmware, then bytes done and in all */
  return g_strdup_printf (_ ("%s · %s of %s"), status->partition, done, total);
}

static void
show_writing (SmithFlashPage *page, SmithSession *session)
{
  g_autofree char *part = NULL;
  g_autofree char *left = NULL;
  g_autofree char *percent = NULL;
  SmithJobStatus status;

  smith_session_get_status (session, &status);
  part = describe_part (&status);
  left = smith_text_seconds_left (status.seconds_left);
  gtk_progress_bar_set_fraction (page->progress, status.fraction);
  /* Translators: how far the whole is, in hundredths */
  percent = g_strdup_printf (_ ("%d %%"), (int) (status.fraction * 100));
  gtk_accessible_update_property (GTK_ACCESSIBLE (page->progress),
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, percent, -1);
  smith_show_text (page->part, part);
  smith_show_text (page->left, left);
  smith_page_set_title (SMITH_PAGE (page),
                        status.writes ? _ ("Writing the firmware") : _ ("Getting ready to write"));
  smith_page_set_subtitle (SMITH_PAGE (page), _ ("You need not do anything."));
  gtk_label_set_label (page->care,
                       _ ("Don’t unplug the stick, and don’t let the computer go to sleep."));
  smith_page_set_status (SMITH_PAGE (page),
                         status.seconds_idle >= SMITH_STALLED_SECONDS
                             ? _ ("Nothing has moved for a while. The end of a large part can take "
                                  "a minute or two; please wait.")
                             : NULL);
  smith_page_set_complete (SMITH_PAGE (page), FALSE);
}

static void
smith_flash_page_update (SmithPage *base, SmithSession *session)
{
  SmithFlashPage *page = SMITH_FLASH_PAGE (base);
  gboolean asking = smith_session_is_asking (session);

  gtk_widget_set_visible (page->question, asking);
  gtk_widget_set_visible (page->writing, !asking);
  smith_page_set_primary_label (base, _ ("_Write firmware"));
  if (asking)
    show_question (page, session);
  else
    show_writing (page, session);
}

static void
smith_flash_page_enter (SmithPage *base, SmithSession *session)
{
  gtk_check_button_set_active (SMITH_FLASH_PAGE (base)->sure, FALSE);
}

static void
smith_flash_page_apply (SmithPage *base, SmithSession *session)
{
  smith_session_answer (session, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (base));
}

static void
on_sure (SmithFlashPage *page)
{
  if (smith_page_get_session (SMITH_PAGE (page)) != NULL)
    smith_page_update (SMITH_PAGE (page));
}

static void
smith_flash_page_class_init (SmithFlashPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  SMITH_PAGE_CLASS (klass)->update = smith_flash_page_update;
  SMITH_PAGE_CLASS (klass)->enter = smith_flash_page_enter;
  SMITH_PAGE_CLASS (klass)->apply = smith_flash_page_apply;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sticksmith/Sticksmith/flash-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SmithFlashPage, question);
  gtk_widget_class_bind_template_child (widget_class, SmithFlashPage, stick);
  gtk_widget_class_bind_template_child (widget_class, SmithFlashPage, version);
  gtk_widget_class_bind_template_child (widget_class, SmithFlashPage, file);
  gtk_widget_class_bind_template_child (widget_class, SmithFlashPage, verdict);
  gtk_widget_class_bind_template_child (widget_class, SmithFlashPage, sure);
  gtk_widget_class_bind_template_child (widget_class, SmithFlashPage, writing);
  gtk_widget_class_bind_template_child (widget_class, SmithFlashPage, progress);
  gtk_widget_class_bind_template_child (widget_class, SmithFlashPage, part);
  gtk_widget_class_bind_template_child (widget_class, SmithFlashPage, left);
  gtk_widget_class_bind_template_child (widget_class, SmithFlashPage, care);
  gtk_widget_class_bind_template_callback (widget_class, on_sure);
}

static void
smith_flash_page_init (SmithFlashPage *page)
{
  gtk_widget_init_template (GTK_WIDGET (page));
}
