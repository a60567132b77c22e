/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The least that a program with a window does. */
#include "first-frame.h"

static void
on_activate (GtkApplication *application, gpointer data)
{
  GtkWidget *window = gtk_application_window_new (application);

  gtk_window_set_default_size (GTK_WINDOW (window), 980, 700);
  gtk_window_set_child (GTK_WINDOW (window), gtk_label_new ("A bare window"));
  gtk_window_present (GTK_WINDOW (window));
}

int
main (int argc, char *argv[])
{
  g_autoptr (GtkApplication) application
      = gtk_application_new ("io.github.sticksmith.BareWindow", G_APPLICATION_DEFAULT_FLAGS);

  g_signal_connect (application, "activate", G_CALLBACK (on_activate), NULL);
  first_frame_watch (application);
  return g_application_run (G_APPLICATION (application), argc, argv);
}
