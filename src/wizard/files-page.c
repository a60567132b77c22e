/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "files-page.h"

#include <glib/gi18n.h>

#include "file-card.h"

struct _SmithFilesPage
{
  SmithPage parent_instance;

  GtkWidget *practice;
  SmithFileCard *firmware;
  SmithFileCard *loader;
};

G_DEFINE_FINAL_TYPE (SmithFilesPage, smith_files_page, SMITH_TYPE_PAGE)

static gboolean
is_state (SmithSession *session, SmithSlot slot, SmithFileState state)
{
  SmithFileCheck *check = smith_session_get_file (session, slot);

  return check != NULL && smith_file_check_get_state (check) == state;
}

static void
show_status (SmithPage *page, SmithSession *session)
{
  const char *incoming = smith_session_get_incoming (session);
  g_autofree char *text = NULL;

  if (incoming != NULL)
    text = g_strdup_printf (_ ("Looking at %s…"), incoming);
  else if (smith_session_has_files (session))
    text = g_strdup (_ ("All files are there, and in order."));
  else if (is_state (session, SMITH_SLOT_FIRMWARE, SMITH_FILE_BAD)
           || is_state (session, SMITH_SLOT_LOADER, SMITH_FILE_BAD))
    text = g_strdup (_ ("A file cannot be used. Choose another one."));
  else if (is_state (session, SMITH_SLOT_FIRMWARE, SMITH_FILE_GOOD))
    text = g_strdup (_ ("Now the loader."));
  smith_page_set_status (page, text);
}

static void
smith_files_page_update (SmithPage *base, SmithSession *session)
{
  SmithFilesPage *page = SMITH_FILES_PAGE (base);

  smith_file_card_show (page->firmware, session);
  smith_file_card_show (page->loader, session);
  gtk_widget_set_visible (GTK_WIDGET (page->loader), smith_session_needs_loader (session));
  gtk_widget_set_visible (page->practice, smith_session_get_world (session) != NULL);
  show_status (base, session);
  smith_page_set_complete (base, smith_session_has_files (session));
}

static void
on_use_practice (SmithFilesPage *page)
{
  smith_session_use_practice_files (smith_page_get_session (SMITH_PAGE (page)));
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, SmithFilesPage *page)
{
  SmithSession *session = smith_page_get_session (SMITH_PAGE (page));
  GSList *files = g_value_get_boxed (value);

  for (GSList *l = files; l != NULL; l = l->next)
    {
      g_autofree char *path = g_file_get_path (l->data);

      if (path != NULL)
        smith_session_take_file (session, path, SMITH_WANT_ANY);
    }
  return files != NULL;
}

static void
smith_files_page_class_init (SmithFilesPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  SMITH_PAGE_CLASS (klass)->update = smith_files_page_update;
  g_type_ensure (SMITH_TYPE_FILE_CARD);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/sticksmith/Sticksmith/files-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SmithFilesPage, practice);
  gtk_widget_class_bind_template_child (widget_class, SmithFilesPage, firmware);
  gtk_widget_class_bind_template_child (widget_class, SmithFilesPage, loader);
  gtk_widget_class_bind_template_callback (widget_class, on_use_practice);
}

static void
smith_files_page_init (SmithFilesPage *page)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  gtk_widget_init_template (GTK_WIDGET (page));
  smith_file_card_setup (page->firmware, SMITH_SLOT_FIRMWARE);
  smith_file_card_setup (page->loader, SMITH_SLOT_LOADER);
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), page);
  gtk_widget_add_controller (GTK_WIDGET (page), GTK_EVENT_CONTROLLER (target));
}
