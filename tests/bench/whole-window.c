/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program as it is, except that it ends with its first frame. */
#include "first-frame.h"
#include "wizard/application.h"

int
main (int argc, char *argv[])
{
  g_autoptr (SmithApplication) application = smith_application_new ();

  first_frame_watch (GTK_APPLICATION (application));
  return g_application_run (G_APPLICATION (application), argc, argv);
}
