/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

#include "job/saved-state.h"

/* The state of an earlier run, which anybody may have written: what is read has
 * all that going on needs, and can be saved again. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  int fd = memfd_create ("state", MFD_CLOEXEC);
  g_autofree char *path = g_strdup_printf ("/proc/self/fd/%d", fd);
  g_autoptr (SmithSavedState) state = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, data, size), ==, (gssize) size);
  state = smith_saved_state_load (path, &error);
  close (fd);
  g_assert_true ((state == NULL) == (error != NULL));
  if (state == NULL)
    return 0;
  g_assert_nonnull (state->usb_path);
  g_assert_cmpuint (state->n_files, >, 0);
  g_assert_cmpuint (g_strv_length (state->paths), ==, state->n_files);
  g_assert_cmpuint (g_strv_length (state->entries), ==, state->n_files);
  g_assert_cmpuint (g_strv_length (state->sha256), ==, state->n_files);
  g_assert_cmpuint (state->file, <=, state->n_files);
  g_assert_cmpint (state->step, <, SMITH_N_STEPS);
  for (guint i = 0; i < state->n_files; i++)
    g_assert_true (g_path_is_absolute (state->paths[i]));
  g_assert_true (state->loader_path == NULL || g_path_is_absolute (state->loader_path));
  return 0;
}
