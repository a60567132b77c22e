/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>

#include <locale.h>
#include <signal.h>

#include "application.h"
#include "config.h"

int
main (int argc, char *argv[])
{
  g_autoptr (SmithApplication) application = NULL;

  /* Past a limit for files, writing is to fail, not to end the program. */
  signal (SIGXFSZ, SIG_IGN);
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, SMITH_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_application_name (_ ("Sticksmith"));
  application = smith_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
