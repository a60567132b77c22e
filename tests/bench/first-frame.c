/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "first-frame.h"

#include <unistd.h>

static gboolean rendered;

/* A hook, for the handler that draws lets no other one after it have its turn. */
static gboolean
on_render (GSignalInvocationHint *hint, guint n, const GValue *values, gpointer data)
{
  rendered = TRUE;
  return FALSE;
}

/* Only a frame that the display has taken is one that a person sees. */
static void
on_after_paint (GdkFrameClock *clock, GtkWidget *window)
{
  const char *fd = g_getenv (FIRST_FRAME_FD);

  if (!rendered || !gtk_widget_get_mapped (window))
    return;
  gdk_display_sync (gtk_widget_get_display (window));
  if (fd == NULL || write ((int) g_ascii_strtoll (fd, NULL, 10), "!", 1) != 1)
    _exit (1);
  _exit (0);
}

static void
on_realize (GtkWidget *window, gpointer data)
{
  g_signal_add_emission_hook (g_signal_lookup ("render", GDK_TYPE_SURFACE), 0, on_render, NULL,
                              NULL);
  g_signal_connect (gtk_widget_get_frame_clock (window), "after-paint", G_CALLBACK (on_after_paint),
                    window);
}

static void
on_window_added (GtkApplication *application, GtkWindow *window, gpointer data)
{
  g_signal_connect (window, "realize", G_CALLBACK (on_realize), NULL);
}

/* Ends the program as soon as its first window has been drawn, and tells so. */
void
first_frame_watch (GtkApplication *application)
{
  g_signal_connect (application, "window-added", G_CALLBACK (on_window_added), NULL);
}
