/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n.h>

#include <locale.h>
#include <signal.h>

#include "application.h"
#include "config.h"

/* Answered where it is asked, also where there is no display. */
static int
on_local_options (GApplication *application, GVariantDict *options, gpointer user_data)
{
  if (!g_variant_dict_contains (options, "version"))
    return -1;
  g_print ("sticksmith %s\n", SMITH_VERSION);
  return 0;
}

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
  g_application_add_main_option (G_APPLICATION (application), "version", 0, G_OPTION_FLAG_NONE,
                                 G_OPTION_ARG_NONE, _ ("Tell the version and end"), NULL);
  g_signal_connect (application, "handle-local-options", G_CALLBACK (on_local_options), NULL);
  return g_application_run (G_APPLICATION (application), argc, argv);
}
