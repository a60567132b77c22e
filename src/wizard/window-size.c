/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "window-size.h"

/* Pixels. */
#define ORDINARY_LINE 18
#define LARGEST_SCALE 1.3

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
  gtk_window_set_default_size (window, (int) (width * scale), (int) (height * scale));
}
