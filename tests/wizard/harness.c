/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "harness.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "layout-check.h"
#include "link/deadline.h"
#include "wizard/heading.h"

#define TIMEOUT_US (80 * G_USEC_PER_SEC)
#define POLL_MS 5
/* Pixels that the window may want at least, with text of the ordinary size and
 * with very large text: half of a small screen, and all of it. */
#define ORDINARY_WIDTH 480
#define ORDINARY_FONT "Cantarell 11"
#define LARGE_WIDTH 800

static SmithApplication *application;

/**
 * harness_init:
 *
 * Instead of gtk_test_init(). Waits are shortened, by as much as SMITH_SCALE
 * says. With SMITH_LOCALES the texts come from the translation “xx” there, or
 * the one that SMITH_LANGUAGE names, with SMITH_RTL the window is as for a
 * language that is written from the right. With SMITH_SIZE, such as 480x700, it
 * begins with that size, for a look at its pictures.
 */
void
harness_init (int *argc, char ***argv)
{
  const char *locales = g_getenv ("SMITH_LOCALES");
  const char *language = g_getenv ("SMITH_LANGUAGE");

  const char *scale = g_getenv ("SMITH_SCALE");

  gtk_test_init (argc, argv, NULL);
  smith_deadline_set_scale (scale != NULL ? g_ascii_strtod (scale, NULL) : 0.04);
  if (g_getenv ("SMITH_RTL") != NULL)
    gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  if (locales == NULL)
    return;
  g_setenv ("LANGUAGE", language != NULL ? language : "xx", TRUE);
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, locales);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

/* Returns: (transfer none): the one application of the process */
SmithApplication *
harness_start (void)
{
  g_autoptr (GError) error = NULL;

  if (application != NULL)
    return application;
  application = smith_application_new ();
  /* No stick that happens to be plugged into this machine is touched. */
  {
    g_autoptr (SmithVirtualBus) bus = smith_virtual_bus_new ();

    smith_application_set_bus (application, SMITH_BUS (bus));
  }
  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);
  g_application_set_default (G_APPLICATION (application));
  return application;
}

static SmithWindow *
find_window (void)
{
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (application)); l != NULL;
       l = l->next)
    if (SMITH_IS_WINDOW (l->data))
      return l->data;
  return NULL;
}

/* Opens the window in practice, as the menu would; NULL: with real sticks. */
SmithWindow *
harness_practise (const char *scenario, double pace)
{
  const char *size = g_getenv ("SMITH_SIZE");
  SmithWindow *window;

  smith_application_set_pace (harness_start (), pace);
  if (scenario != NULL)
    g_action_group_activate_action (G_ACTION_GROUP (application), "practice",
                                    g_variant_new_string (scenario));
  else
    g_application_activate (G_APPLICATION (application));
  window = find_window ();
  g_assert_nonnull (window);
  if (size != NULL)
    gtk_window_set_default_size (GTK_WINDOW (window), atoi (size), atoi (strchr (size, 'x') + 1));
  harness_settle ();
  return window;
}

static gboolean
on_wake (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
spin_until (gint64 end)
{
  guint wake = g_timeout_add (POLL_MS, on_wake, NULL);

  while (g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (wake);
}

/* Lets the window draw itself as it is now. */
void
harness_settle (void)
{
  spin_until (g_get_monotonic_time () + 40000);
}

void
harness_close (SmithWindow *window)
{
  gint64 end = g_get_monotonic_time () + TIMEOUT_US;

  gtk_window_close (GTK_WINDOW (window));
  while (find_window () != NULL && g_get_monotonic_time () < end)
    spin_until (g_get_monotonic_time () + 5000);
  g_assert_null (find_window ());
}

static void
list_texts (GtkWidget *widget, GString *texts)
{
  if (!gtk_widget_get_mapped (widget))
    return;
  if (GTK_IS_LABEL (widget))
    g_string_append_printf (texts, "\n  %s", gtk_label_get_text (GTK_LABEL (widget)));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    list_texts (child, texts);
}

static void
give_up (SmithWindow *window, const char *what)
{
  g_autoptr (GString) texts = g_string_new (NULL);

  list_texts (GTK_WIDGET (window), texts);
  g_error ("It did not come to this: %s. What is to be seen:%s", what, texts->str);
}

void
harness_wait (SmithWindow *window, HarnessFunc func, const char *what)
{
  gint64 end = g_get_monotonic_time () + TIMEOUT_US;

  while (!func (window))
    {
      if (g_get_monotonic_time () > end)
        give_up (window, what);
      spin_until (g_get_monotonic_time () + 2 * POLL_MS * 1000);
    }
}

void
harness_wait_page (SmithWindow *window, SmithPageId page)
{
  gint64 end = g_get_monotonic_time () + TIMEOUT_US;

  while (smith_session_get_page (smith_window_get_session (window)) != page)
    {
      if (g_get_monotonic_time () > end)
        g_error ("The page “%s” did not come", smith_flow_page_name (page));
      spin_until (g_get_monotonic_time () + POLL_MS * 1000);
    }
}

static gboolean
is_ready (SmithWindow *window)
{
  return gtk_widget_is_sensitive (harness_find (GTK_WIDGET (window), "primary"));
}

/* Waits for the suggested button to be there for pressing. */
void
harness_wait_ready (SmithWindow *window)
{
  harness_wait (window, is_ready, "the suggested button can be pressed");
}

static GtkWidget *
find_below (GtkWidget *widget, const char *id)
{
  const char *own = gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget));

  if (!gtk_widget_get_mapped (widget))
    return NULL;
  if (g_strcmp0 (own, id) == 0 || g_strcmp0 (gtk_widget_get_name (widget), id) == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_below (child, id);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* Returns: (nullable): the first widget of that type, @root itself included */
GtkWidget *
harness_find_type (GtkWidget *root, GType type)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (root, type))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = harness_find_type (child, type);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* Returns: the widget of that name in the templates, which is to be seen */
GtkWidget *
harness_find (GtkWidget *root, const char *id)
{
  GtkWidget *found = find_below (root, id);

  if (found == NULL)
    g_error ("There is no “%s” to be seen", id);
  return found;
}

/* Waits until the widget of that name is to be seen. */
void
harness_wait_for (SmithWindow *window, const char *id)
{
  gint64 end = g_get_monotonic_time () + TIMEOUT_US;

  while (find_below (GTK_WIDGET (window), id) == NULL)
    {
      if (g_get_monotonic_time () > end)
        give_up (window, id);
      spin_until (g_get_monotonic_time () + 2 * POLL_MS * 1000);
    }
}

/* Presses a button that a person could press, too. */
void
harness_press (GtkWidget *root, const char *id)
{
  GtkWidget *button = harness_find (root, id);

  if (!gtk_widget_is_sensitive (button))
    g_error ("“%s” cannot be pressed", id);
  g_signal_emit_by_name (button, "clicked");
}

/* Returns: (transfer full): what the window shows; while it is being laid out
 * anew there is nothing, for a moment */
static GskRenderNode *
take_node (GtkWidget *window)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (window);

  for (guint try = 0; try < 50; try++)
    {
      GtkSnapshot *snapshot = gtk_snapshot_new ();
      GskRenderNode *node;

      gdk_paintable_snapshot (paintable, snapshot, gtk_widget_get_width (window),
                              gtk_widget_get_height (window));
      node = gtk_snapshot_free_to_node (snapshot);
      if (node != NULL)
        return node;
      gtk_widget_queue_draw (window);
      spin_until (g_get_monotonic_time () + POLL_MS * 1000);
    }
  g_error ("The window shows nothing");
}

static void
save_picture (GtkWidget *window, const char *path)
{
  g_autoptr (GskRenderNode) node = take_node (window);
  GskRenderer *renderer = gtk_native_get_renderer (GTK_NATIVE (window));
  graphene_rect_t area = GRAPHENE_RECT_INIT (0, 0, (float) gtk_widget_get_width (window),
                                             (float) gtk_widget_get_height (window));
  g_autoptr (GdkTexture) texture = gsk_renderer_render_texture (renderer, node, &area);

  g_assert_true (gdk_texture_save_to_png (texture, path));
}

static gboolean
has_name (GtkWidget *widget)
{
  GtkAccessible *accessible = GTK_ACCESSIBLE (widget);

  if (gtk_test_accessible_has_property (accessible, GTK_ACCESSIBLE_PROPERTY_LABEL)
      || gtk_test_accessible_has_relation (accessible, GTK_ACCESSIBLE_RELATION_LABELLED_BY))
    return TRUE;
  if (GTK_IS_BUTTON (widget))
    return gtk_button_get_label (GTK_BUTTON (widget)) != NULL;
  if (GTK_IS_CHECK_BUTTON (widget))
    return gtk_check_button_get_label (GTK_CHECK_BUTTON (widget)) != NULL;
  if (GTK_IS_EXPANDER (widget))
    return gtk_expander_get_label (GTK_EXPANDER (widget)) != NULL;
  return GTK_IS_LABEL (widget);
}

/* What can be used, and what shows something, must have a name. A button that
 * GTK itself put into another widget is named by that. */
static void
check_names (GtkWidget *widget)
{
  gboolean own = gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget)) != NULL;
  gboolean wanted
      = own
        && (GTK_IS_BUTTON (widget) || GTK_IS_CHECK_BUTTON (widget) || GTK_IS_EXPANDER (widget)
            || GTK_IS_TEXT_VIEW (widget) || GTK_IS_PROGRESS_BAR (widget) || GTK_IS_SPINNER (widget)
            || GTK_IS_MENU_BUTTON (widget) || SMITH_IS_HEADING (widget));

  if (!gtk_widget_get_mapped (widget))
    return;
  if (wanted && !has_name (widget))
    g_error ("“%s” has no name", gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget)));
  if (GTK_IS_IMAGE (widget) && own
      && gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (widget))
             != GTK_ACCESSIBLE_ROLE_PRESENTATION)
    g_error ("“%s” is a picture without a name",
             gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget)));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    check_names (child);
}

/* Looks whether all of what the window shows can be read. */
void
harness_check_layout (GtkWidget *window, const char *name)
{
  gint64 end = g_get_monotonic_time () + TIMEOUT_US / 4;
  g_autofree char *faults = NULL;

  /* A page that has only just come, or a bar that moves, is laid out anew. */
  do
    {
      g_free (faults);
      harness_settle ();
      faults = layout_check (window);
    }
  while (faults != NULL && g_get_monotonic_time () < end);
  if (faults != NULL)
    g_error ("Not all of “%s” can be read at %d × %d:\n%s", name, gtk_widget_get_width (window),
             gtk_widget_get_height (window), faults);
}

/* Makes it as small as it can be, looks whether everything can still be read,
 * and gives it its size back. */
void
harness_squeeze (GtkWidget *window, const char *name)
{
  gint64 end = g_get_monotonic_time () + TIMEOUT_US;
  int before = gtk_widget_get_width (window);
  int width;
  int height;

  gtk_window_get_default_size (GTK_WINDOW (window), &width, &height);
  gtk_window_set_default_size (GTK_WINDOW (window), 1, 1);
  /* The display has a say in it, and may be slow. */
  do
    harness_settle ();
  while (gtk_widget_get_width (window) >= before && g_get_monotonic_time () < end);
  harness_check_layout (window, name);
  g_assert_cmpint (gtk_widget_get_width (window), <, before);
  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  harness_settle ();
}

/**
 * harness_is_ordinary:
 *
 * Returns: whether the window has its usual size, language and letters, so that
 *   it is known how much room there is
 */
gboolean
harness_is_ordinary (GtkWidget *window)
{
  PangoContext *context = gtk_widget_get_pango_context (window);
  g_autoptr (PangoFontDescription) wanted = pango_font_description_from_string (ORDINARY_FONT);
  g_autoptr (PangoFont) font = pango_context_load_font (context, wanted);
  g_autoptr (PangoFontDescription) found = pango_font_describe (font);
  g_autofree char *usual = NULL;

  g_object_get (gtk_settings_get_default (), "gtk-font-name", &usual, NULL);
  return g_getenv ("SMITH_LOCALES") == NULL && g_getenv ("SMITH_SIZE") == NULL
         && g_str_equal (usual, ORDINARY_FONT)
         && g_str_equal (pango_font_description_get_family (found),
                         pango_font_description_get_family (wanted));
}

/* Returns: the least width that the window can have with text of that size */
static int
measure_width (GtkWidget *window, const char *font)
{
  int least;

  g_object_set (gtk_settings_get_default (), "gtk-font-name", font, NULL);
  harness_settle ();
  gtk_widget_measure (window, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  return least;
}

/* A window that is wider than the screen has its buttons where nobody can press
 * them. In another language words may be longer. */
static void
check_width (GtkWidget *window, const char *name)
{
  static const struct
  {
    const char *font;
    int most;
  } limits[] = { { "Cantarell 18", LARGE_WIDTH }, { ORDINARY_FONT, ORDINARY_WIDTH } };

  if (!SMITH_IS_WINDOW (window) || !harness_is_ordinary (window))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      int width = measure_width (window, limits[i].font);

      g_test_message ("%s: at least %d pixels wide with %s", name, width, limits[i].font);
      if (width > limits[i].most)
        g_error ("With %s “%s” is at least %d pixels wide", limits[i].font, name, width);
    }
}

/* Makes a picture in light and one in dark, in the folder that is wanted, and
 * looks whether everything has a name and can be read. */
void
harness_shoot (GtkWidget *window, const char *name)
{
  const char *folder = g_getenv ("SMITH_PICTURES");

  check_names (window);
  harness_check_layout (window, name);
  check_width (window, name);
  if (folder == NULL)
    return;
  g_mkdir_with_parents (folder, 0755);
  for (int dark = 0; dark < 2; dark++)
    {
      g_autofree char *file = g_strdup_printf ("%s-%s.png", name, dark ? "dark" : "light");
      g_autofree char *path = g_build_filename (folder, file, NULL);

      g_object_set (gtk_settings_get_default (), "gtk-application-prefer-dark-theme", dark, NULL);
      harness_settle ();
      save_picture (window, path);
    }
  g_object_set (gtk_settings_get_default (), "gtk-application-prefer-dark-theme", FALSE, NULL);
}
