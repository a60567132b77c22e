/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "saved-states.h"

#include <glib/gstdio.h>

#include "format/error.h"

/* As a place is called; whatever else there may be is no part of a file's name. */
#define PLACE_CHARACTERS "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.-"
#define PLACE_LENGTH_MAX 64

/* Of all that may stand in the folder. */
#define NAMES_MAX 1024

#define PREFIX "job-"
#define SUFFIX ".ini"
#define FORMER_NAME "job.ini"

static char *
in_folder_of (const char *path, const char *name)
{
  g_autofree char *folder = g_path_get_dirname (path);

  return g_build_filename (folder, name, NULL);
}

static char *
path_for (const char *path, const char *usb_path, const char *more)
{
  g_autofree char *place = g_strndup (usb_path, PLACE_LENGTH_MAX);
  g_autofree char *name = NULL;

  g_strcanon (place, PLACE_CHARACTERS, '_');
  name = g_strconcat (PREFIX, place, more, SUFFIX, NULL);
  return in_folder_of (path, name);
}

/**
 * smith_saved_states_path_for:
 * @path: any file in the folder of the states
 *
 * Any thread; looks at no file.
 *
 * Returns: (transfer full): where a job with the stick at @usb_path is kept
 */
char *
smith_saved_states_path_for (const char *path, const char *usb_path)
{
  return path_for (path, usb_path, "");
}

/* Whether what is to be kept of the job at @usb_path may take this file's place;
 * what is there of it is put in @there. */
static gboolean
is_free_for (const char *path, const char *usb_path, SmithSavedState **there)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithSavedState) state = smith_saved_state_load (path, &error);

  if (state == NULL)
    return g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  if (g_strcmp0 (state->usb_path, usb_path) != 0)
    return FALSE;
  *there = g_steal_pointer (&state);
  return TRUE;
}

/**
 * smith_saved_states_choose_path:
 * @path: where it is to be kept, if nothing else is there
 * @there: (out) (transfer full) (nullable): what is there already of a job at that place
 *
 * Finds the file for a job with the stick at @usb_path. One that belongs to
 * another place, or that is not understood, is never it. Reads files: for
 * worker threads.
 *
 * Returns: (transfer full)
 */
char *
smith_saved_states_choose_path (const char *path, const char *usb_path, SmithSavedState **there)
{
  g_autofree char *own = path_for (path, usb_path, "");
  g_autofree char *second = path_for (path, usb_path, "-2");
  g_autofree char *former = in_folder_of (path, FORMER_NAME);
  const char *const names[] = { path, own, second };

  *there = NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      if (!is_free_for (names[i], usb_path, there))
        continue;
      /* Under the former name there may be one of this place. */
      if (*there == NULL && is_free_for (former, usb_path, there) && *there != NULL)
        return g_steal_pointer (&former);
      return g_strdup (names[i]);
    }
  return g_steal_pointer (&second);
}

typedef struct
{
  char *path;
  gint64 time;
} Candidate;

static void
candidate_free (gpointer data)
{
  Candidate *candidate = data;

  g_free (candidate->path);
  g_free (candidate);
}

static int
compare_newest_first (gconstpointer a, gconstpointer b)
{
  const Candidate *first = *(const Candidate *const *) a;
  const Candidate *second = *(const Candidate *const *) b;

  if (first->time != second->time)
    return first->time > second->time ? -1 : 1;
  return g_strcmp0 (first->path, second->path);
}

static void
add_candidate (GPtrArray *candidates, char *path)
{
  Candidate *candidate = g_new0 (Candidate, 1);
  GStatBuf found;

  candidate->path = path;
  if (g_stat (path, &found) == 0)
    candidate->time = (gint64) found.st_mtim.tv_sec * G_USEC_PER_SEC + found.st_mtim.tv_nsec / 1000;
  g_ptr_array_add (candidates, candidate);
}

/* Returns: (transfer full) (element-type Candidate): by their names alone */
static GPtrArray *
list_candidates (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *own_name = g_path_get_basename (path);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  GPtrArray *candidates = g_ptr_array_new_with_free_func (candidate_free);
  const char *name;

  for (guint i = 0; dir != NULL && i < NAMES_MAX && (name = g_dir_read_name (dir)) != NULL; i++)
    if (g_str_equal (name, own_name) || g_str_equal (name, FORMER_NAME)
        || (g_str_has_prefix (name, PREFIX) && g_str_has_suffix (name, SUFFIX)))
      add_candidate (candidates, g_build_filename (folder, name, NULL));
  g_ptr_array_sort (candidates, compare_newest_first);
  return candidates;
}

static gboolean
has_place (GPtrArray *states, const char *usb_path)
{
  for (guint i = 0; i < states->len; i++)
    if (g_strcmp0 (((SmithSavedState *) g_ptr_array_index (states, i))->usb_path, usb_path) == 0)
      return TRUE;
  return FALSE;
}

/**
 * smith_saved_states_list:
 * @path: any file in the folder of the states
 *
 * Finds the jobs that did not end, the newest first and one of each place. What
 * is not understood is passed over. Reads files: for worker threads.
 *
 * Returns: (transfer full) (element-type SmithSavedState): may be empty
 */
GPtrArray *
smith_saved_states_list (const char *path)
{
  g_autoptr (GPtrArray) candidates = list_candidates (path);
  GPtrArray *states = g_ptr_array_new_with_free_func ((GDestroyNotify) smith_saved_state_free);

  for (guint i = 0; i < candidates->len && states->len < SMITH_SAVED_STATES_MAX; i++)
    {
      Candidate *candidate = g_ptr_array_index (candidates, i);
      g_autoptr (SmithSavedState) state = smith_saved_state_load (candidate->path, NULL);

      if (state != NULL && !has_place (states, state->usb_path))
        g_ptr_array_add (states, g_steal_pointer (&state));
    }
  return states;
}

/**
 * smith_saved_states_find:
 * @path: any file in the folder of the states
 *
 * Reads files: for worker threads.
 *
 * Returns: (transfer full): the job that did not end with the stick at
 *   @usb_path, or NULL with the errors of smith_saved_state_load()
 */
SmithSavedState *
smith_saved_states_find (const char *path, const char *usb_path, GError **error)
{
  g_autoptr (GPtrArray) states = smith_saved_states_list (path);
  g_autofree char *own = smith_saved_states_path_for (path, usb_path);

  for (guint i = 0; i < states->len; i++)
    if (g_strcmp0 (((SmithSavedState *) g_ptr_array_index (states, i))->usb_path, usb_path) == 0)
      return g_ptr_array_steal_index (states, i);
  /* Why there is none. */
  return smith_saved_state_load (own, error);
}
