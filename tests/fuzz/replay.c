/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include <stdlib.h>

/* replay FOLDER: runs a target on every file of its corpus, without libFuzzer:
 * so what was found once stays found, with any compiler. */

/* Only libFuzzer itself mutates. */
gsize
LLVMFuzzerMutate (guint8 *data, gsize size, gsize max_size)
{
  return size;
}

static void
run_file (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *content = NULL;
  g_autofree guint8 *exact = NULL;
  gsize size;

  if (!g_file_get_contents (path, &content, &size, &error))
    g_error ("%s", error->message);
  /* Without the NUL that GLib puts behind it, so that a read too far is seen. */
  exact = g_memdup2 (content, size);
  LLVMFuzzerTestOneInput (exact != NULL ? exact : (const guint8 *) "", size);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) folder = NULL;
  const char *name;
  guint count = 0;

  if (argc != 2)
    {
      g_printerr ("Usage: %s FOLDER\n", argv[0]);
      return EXIT_FAILURE;
    }
  folder = g_dir_open (argv[1], 0, &error);
  if (folder == NULL)
    {
      g_printerr ("%s\n", error->message);
      return EXIT_FAILURE;
    }
  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_print ("%s\n", name);
      run_file (argv[1], name);
      count++;
    }
  g_print ("%u files\n", count);
  return count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
