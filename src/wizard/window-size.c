/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "window-size.h"

#include "settings.h"

/* Pixels. */
#define ORDINARY_LINE 18
#define LARGEST_SCALE 1.3
/* What it began with. */
#define WIDTH_KEY "smith-width"
#define HEIGHT_KEY "smith-height"

/**
 * smith_size_window:
 * @width: pixels, with text of the usual size
 * @height: the same
 *
 * Makes a window as large as the text wants it, within reason.
 */
void
smith_size_window (GtkWindow *window, int width, int height)
{
  PangoContext *context = gtk_widget_get_pango_context (GTK_WIDGET (window));
  PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);
  double line = (double) pango_font_metrics_get_height (metrics) / PANGO_SCALE;
  double scale = CLAMP (line / ORDINARY_LINE, 1, LARGEST_SCALE);

  pango_font_metrics_unref (metrics);
  width = (int) (width * scale);
  height = (int) (height * scale);
  gtk_window_set_default_size (window, width, height);
  g_object_set_data (G_OBJECT (window), WIDTH_KEY, GINT_TO_POINTER (width));
  g_object_set_data (G_OBJECT (window), HEIGHT_KEY, GINT_TO_POINTER (height));
}

/* Makes it as large as the person last had it, if they ever changed that. */
void
smith_restore_window_size (GtkWindow *window)
{
  gboolean maximized;
  int width;
  int height;

  if (!smith_settings_get_window_size (&width, &height, &maximized))
    return;
  gtk_window_set_default_size (window, width, height);
  if (maximized)
    gtk_window_maximize (window);
}

/* Remembers its size for the next time. What the window itself began with is
 * not kept: it depends on the size of the text, which may change. */
void
smith_keep_window_size (GtkWindow *window)
{
  int width;
  int height;

  gtk_window_get_default_size (window, &width, &height);
  if (gtk_window_is_maximized (window)
      || width != GPOINTER_TO_INT (g_object_get_data (G_OBJECT (window), WIDTH_KEY))
      || height != GPOINTER_TO_INT (g_object_get_data (G_OBJECT (window), HEIGHT_KEY)))
    smith_settings_set_window_size (width, height, gtk_window_is_maximized (window));
}
