/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>

#include "application.h"

int
main (int argc, char *argv[])
{
  g_autoptr (SmithApplication) application = NULL;

  g_set_application_name (_ ("Sticksmith"));
  application = smith_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
