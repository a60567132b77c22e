/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "saved-state.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/error.h"
#include "format/key-file.h"
#include "imei.h"

#define GROUP "job"
#define FORMAT 1
#define SHA256_LENGTH 64

/* Room for as many files as there may be, with names as long as they may be. */
#define SIZE_MAX_BYTES (1024 * 1024)

SmithSavedState *
smith_saved_state_new (void)
{
  return g_new0 (SmithSavedState, 1);
}

void
smith_saved_state_free (SmithSavedState *state)
{
  g_free (state->path);
  g_free (state->usb_path);
  g_free (state->attempt);
  g_free (state->former_place);
  g_free (state->former_attempt);
  g_free (state->loader_path);
  g_free (state->loader_entry);
  g_free (state->loader_sha256);
  g_strfreev (state->paths);
  g_strfreev (state->entries);
  g_strfreev (state->sha256);
  g_free (state->version);
  g_free (state->version_before);
  g_free (state->imei_digest);
  g_free (state->override);
  g_free (state);
}

/**
 * smith_saved_state_for_plan:
 * @plan: with verified files
 *
 * Returns: (transfer full): the state of a job that carries @plan out and has
 *   not begun yet
 */
SmithSavedState *
smith_saved_state_for_plan (SmithPlan *plan)
{
  SmithSavedState *state = smith_saved_state_new ();

  state->usb_path = g_strdup (plan->usb_path);
  state->attempt = g_uuid_string_random ();
  state->former_place = g_strdup (plan->former_place);
  state->former_attempt = g_strdup (plan->former_attempt);
  state->version = g_strdup (smith_plan_get_version (plan));
  state->aim = plan->aim;
  state->override = g_strdup (plan->override);
  state->known_signature = plan->known_signature;
  state->roaming = plan->roaming;
  state->touched = plan->goes_on;
  smith_saved_state_set_start (state, plan);
  if (plan->loader != NULL)
    {
      state->loader_path = g_strdup (plan->loader->path);
      state->loader_entry = g_strdup (plan->loader->name);
      state->loader_sha256 = g_strdup (plan->loader->loader->sha256);
    }
  state->n_files = plan->firmware->len;
  state->paths = g_new0 (char *, state->n_files + 1);
  state->entries = g_new0 (char *, state->n_files + 1);
  state->sha256 = g_new0 (char *, state->n_files + 1);
  for (guint i = 0; i < state->n_files; i++)
    {
      SmithItem *item = g_ptr_array_index (plan->firmware, i);

      state->paths[i] = g_strdup (item->path);
      state->entries[i] = g_strdup (item->name);
      state->sha256[i] = g_strdup (item->firmware->sha256 != NULL ? item->firmware->sha256 : "");
    }
  return state;
}

/* Of the stick that the job began with, where that is known. */
static char *
digest_for (SmithPlan *plan)
{
  if (plan->imei_digest != NULL)
    return g_strdup (plan->imei_digest);
  return !plan->all_written && plan->before != NULL && plan->before->imei != NULL
             ? smith_imei_digest (plan->before->imei)
             : NULL;
}

/**
 * smith_saved_state_set_start:
 *
 * Takes over where @plan begins, and from what: both change where the stick that
 * comes makes it begin anew.
 */
void
smith_saved_state_set_start (SmithSavedState *state, SmithPlan *plan)
{
  state->file = plan->first_file;
  state->partition = plan->first_partition;
  g_free (state->version_before);
  state->version_before = g_strdup (smith_plan_get_version_before (plan));
  g_free (state->imei_digest);
  state->imei_digest = digest_for (plan);
}

/* Opens a file again and finds in it what was used. */
static SmithItem *
open_again (const char *path,
            const char *entry,
            SmithWant want,
            GCancellable *cancellable,
            GError **error)
{
  g_autoptr (SmithPackage) package = smith_package_open (path, cancellable, error);
  SmithItem *item = package != NULL ? smith_package_pick (package, want, entry, error) : NULL;

  return item != NULL ? smith_item_ref (item) : NULL;
}

/* What was kept by an older program may lack the digest of a folder: two that are
 * missing are not the same. */
static gboolean
check_same (const char *now, const char *then, const char *path, GError **error)
{
  g_autofree char *name = NULL;

  if (now != NULL && *now != '\0' && g_strcmp0 (now, then) == 0)
    return TRUE;
  name = g_filename_display_basename (path);
  if (then == NULL || *then == '\0')
    {
      g_set_error (error, SMITH_ERROR, SMITH_ERROR_WRONG_FILE,
                   _ ("Nothing was kept by which “%s” could be compared with what the stick was "
                      "being written with. Choose it again, and begin anew."),
                   name);
      return FALSE;
    }
  g_set_error (error, SMITH_ERROR, SMITH_ERROR_WRONG_FILE,
               _ ("“%s” is not the file that the stick was being written with"), name);
  return FALSE;
}

/* Where to go on: behind the last complete partition. Where all were complete,
 * only the stick's return is missing; should it still wait, the last one is
 * written once more, since then the restart is missing, too. */
static void
set_start (SmithPlan *plan, guint file, guint partition)
{
  guint last = plan->firmware->len - 1;
  SmithItem *item = g_ptr_array_index (plan->firmware, MIN (file, last));
  guint n = item->firmware->partitions->len;

  plan->first_file = MIN (file, last);
  plan->first_partition = partition;
  if (partition < n)
    return;
  plan->all_written = file >= last;
  plan->first_file = MIN (file + 1, last);
  plan->first_partition = file < last ? 0 : n - 1;
}

/* Who is that far has written, whatever is noted beside it. */
static gboolean
has_written (const SmithSavedState *state)
{
  return state->touched || state->step >= SMITH_STEP_COME_BACK || state->file > 0
         || state->partition > 0;
}

/**
 * smith_saved_state_is_all_written:
 *
 * Returns: whether only the stick's return was missing, as far as the state tells
 */
gboolean
smith_saved_state_is_all_written (const SmithSavedState *state)
{
  return state->step >= SMITH_STEP_COME_BACK;
}

/**
 * smith_saved_state_has_same_files:
 *
 * Returns: whether both write the same to a stick, as far as that was kept
 */
gboolean
smith_saved_state_has_same_files (const SmithSavedState *a, const SmithSavedState *b)
{
  if (a->n_files != b->n_files)
    return FALSE;
  for (guint i = 0; i < a->n_files; i++)
    if (*a->sha256[i] == '\0' || !g_str_equal (a->sha256[i], b->sha256[i])
        || !g_str_equal (a->entries[i], b->entries[i]))
      return FALSE;
  return TRUE;
}

/**
 * smith_saved_state_to_plan:
 * @progress: (nullable): of checking the files, from several threads
 *
 * Makes the plan to go on with: the same files, opened and verified again,
 * from the first partition that is not complete. Blocks.
 *
 * Returns: (transfer full): the plan, or NULL with the errors of opening and
 *   verifying, or SMITH_ERROR_WRONG_FILE if a file is not the one from before
 */
SmithPlan *
smith_saved_state_to_plan (SmithSavedState *state,
                           SmithVerifyFunc progress,
                           gpointer user_data,
                           GCancellable *cancellable,
                           GError **error)
{
  g_autoptr (SmithPlan) plan = smith_plan_new (state->usb_path);

  if (state->loader_path != NULL)
    {
      plan->loader = open_again (state->loader_path, state->loader_entry, SMITH_WANT_LOADER,
                                 cancellable, error);
      if (plan->loader == NULL
          || !check_same (plan->loader->loader->sha256, state->loader_sha256, state->loader_path,
                          error))
        return NULL;
    }
  for (guint i = 0; i < state->n_files; i++)
    {
      SmithItem *item = open_again (state->paths[i], state->entries[i], SMITH_WANT_FIRMWARE,
                                    cancellable, error);

      if (item == NULL)
        return NULL;
      g_ptr_array_add (plan->firmware, item);
      if (!smith_item_verify (item, progress, user_data, cancellable, error)
          || !check_same (item->firmware->sha256, state->sha256[i], state->paths[i], error))
        return NULL;
    }
  plan->attempt = g_strdup (state->attempt);
  plan->former_place = g_strdup (state->former_place);
  plan->former_attempt = g_strdup (state->former_attempt);
  plan->aim = state->aim;
  plan->version_before = g_strdup (state->version_before);
  plan->override = g_strdup (state->override);
  plan->known_signature = state->known_signature;
  plan->roaming = state->roaming;
  set_start (plan, state->file, state->partition);
  plan->all_written |= smith_saved_state_is_all_written (state);
  /* Of a job that had not begun to write, nothing is carried on but its choices. */
  plan->goes_on = has_written (state);
  if (plan->goes_on)
    plan->imei_digest = g_strdup (state->imei_digest);
  plan->resumes = TRUE;
  return g_steal_pointer (&plan);
}

/**
 * smith_saved_state_default_path:
 *
 * Returns: (transfer full): where the state of the one running job is kept
 */
char *
smith_saved_state_default_path (void)
{
  return g_build_filename (g_get_user_state_dir (), "sticksmith", "job.ini", NULL);
}

static void
set_string (GKeyFile *file, const char *key, const char *value)
{
  if (value != NULL)
    g_key_file_set_string (file, GROUP, key, value);
}

/* A key file is UTF-8; a file's name need not be, and then stands as a URI. */
static char *
path_to_text (const char *path)
{
  return g_utf8_validate (path, -1, NULL) ? g_strdup (path) : g_filename_to_uri (path, NULL, NULL);
}

/* Returns: (transfer full) (nullable): NULL for a URI of nothing here */
static char *
path_from_text (const char *text)
{
  return g_str_has_prefix (text, "file:") ? g_filename_from_uri (text, NULL, NULL)
                                          : g_strdup (text);
}

static void
set_path (GKeyFile *file, const char *key, const char *path)
{
  g_autofree char *text = path != NULL ? path_to_text (path) : NULL;

  set_string (file, key, text);
}

static void
set_paths (GKeyFile *file, const char *key, char **paths, guint n)
{
  g_auto (GStrv) texts = g_new0 (char *, n + 1);

  for (guint i = 0; i < n; i++)
    texts[i] = path_to_text (paths[i]);
  g_key_file_set_string_list (file, GROUP, key, (const char *const *) texts, n);
}

/* What a file in an archive is called is valid already; what a file by itself
 * is called was made so. */
static void
set_strings (GKeyFile *file, const char *key, char **values, guint n)
{
  g_key_file_set_string_list (file, GROUP, key, (const char *const *) values, n);
}

/* What goes into a log goes to others, and the home folder bears a name. */
static void
leave_folder_out (GError *error, const char *folder)
{
  g_autofree char *shown = g_filename_display_name (folder);
  g_autofree char *prefix = g_strconcat (shown, G_DIR_SEPARATOR_S, NULL);
  GString *text = g_string_new (error->message);

  g_string_replace (text, prefix, "", 0);
  g_free (error->message);
  error->message = g_string_free (text, FALSE);
}

/**
 * smith_saved_state_save:
 *
 * Puts the state on the disk so that it is there after a power cut: replaced
 * at once, synced. Blocks for as long as the disk takes.
 *
 * Returns: FALSE with a G_FILE_ERROR whose text names no folder
 */
gboolean
smith_saved_state_save (SmithSavedState *state, const char *path, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *text = NULL;
  g_autoptr (GError) local = NULL;
  gsize size;

  g_key_file_set_integer (file, GROUP, "format", FORMAT);
  set_string (file, "usb-path", state->usb_path);
  set_string (file, "attempt", state->attempt);
  set_string (file, "former-place", state->former_place);
  set_string (file, "former-attempt", state->former_attempt);
  set_path (file, "loader", state->loader_path);
  set_string (file, "loader-entry", state->loader_entry);
  set_string (file, "loader-sha256", state->loader_sha256);
  set_paths (file, "files", state->paths, state->n_files);
  set_strings (file, "entries", state->entries, state->n_files);
  set_strings (file, "sha256", state->sha256, state->n_files);
  set_string (file, "version", state->version);
  set_string (file, "version-before", state->version_before);
  set_string (file, "imei-digest", state->imei_digest);
  set_string (file, "aim", smith_aim_name (state->aim));
  set_string (file, "override", state->override);
  g_key_file_set_boolean (file, GROUP, "known-signature", state->known_signature);
  g_key_file_set_boolean (file, GROUP, "roaming", state->roaming);
  g_key_file_set_boolean (file, GROUP, "touched", state->touched);
  set_string (file, "step", smith_step_name (state->step));
  g_key_file_set_integer (file, GROUP, "file", (int) state->file);
  g_key_file_set_integer (file, GROUP, "partition", (int) state->partition);
  text = g_key_file_to_data (file, &size, NULL);

  g_mkdir_with_parents (folder, 0700);
  if (g_file_set_contents_full (path, text, (gssize) size,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                &local))
    return TRUE;
  leave_folder_out (local, folder);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* So that it stays removed after a power cut, too. */
static void
sync_folder (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return;
  fsync (fd);
  close (fd);
}

/**
 * smith_saved_state_remove:
 *
 * Needs no room on the disk. Blocks for as long as that takes.
 *
 * Returns: whether there is none now
 */
gboolean
smith_saved_state_remove (const char *path)
{
  if (g_unlink (path) != 0)
    return errno == ENOENT || errno == ENOTDIR;
  sync_folder (path);
  return TRUE;
}

static gboolean
is_sha256 (const char *text)
{
  if (text == NULL || strlen (text) != SHA256_LENGTH)
    return FALSE;
  for (const char *p = text; *p != '\0'; p++)
    if (!g_ascii_isxdigit (*p))
      return FALSE;
  return TRUE;
}

static gboolean
read_number (GKeyFile *file, const char *key, guint most, guint *value)
{
  int number = g_key_file_get_integer (file, GROUP, key, NULL);

  *value = (guint) number;
  return number >= 0 && (guint) number <= most;
}

static gboolean
read_step (GKeyFile *file, SmithStep *step)
{
  g_autofree char *name = g_key_file_get_string (file, GROUP, "step", NULL);

  for (*step = 0; *step < SMITH_N_STEPS; (*step)++)
    if (g_strcmp0 (name, smith_step_name (*step)) == 0)
      return TRUE;
  return FALSE;
}

/* That was not told by older versions, which wrote in one step only. */
static gboolean
read_touched (GKeyFile *file, SmithSavedState *state)
{
  return has_written (state)
         || (g_key_file_has_key (file, GROUP, "touched", NULL)
                 ? g_key_file_get_boolean (file, GROUP, "touched", NULL)
                 : state->step >= SMITH_STEP_FLASH);
}

/* An older program kept none: then nothing in particular is wanted. */
static gboolean
read_aim (GKeyFile *file, SmithAim *aim)
{
  g_autofree char *name = g_key_file_get_string (file, GROUP, "aim", NULL);

  *aim = SMITH_AIM_ANY;
  if (name == NULL)
    return TRUE;
  for (; *aim <= SMITH_AIM_RESCUE; (*aim)++)
    if (g_str_equal (name, smith_aim_name (*aim)))
      return TRUE;
  *aim = SMITH_AIM_ANY;
  return FALSE;
}

/* Returns: whether it names a file, by its full path */
static gboolean
read_path (char **path)
{
  char *text = *path;

  *path = path_from_text (text);
  g_free (text);
  if (*path != NULL && g_path_is_absolute (*path))
    return TRUE;
  /* The state stays one that can be freed. */
  if (*path == NULL)
    *path = g_strdup ("");
  return FALSE;
}

static gboolean
read_files (GKeyFile *file, SmithSavedState *state)
{
  gsize paths;
  gsize entries;
  gsize sums;

  state->paths = g_key_file_get_string_list (file, GROUP, "files", &paths, NULL);
  state->entries = g_key_file_get_string_list (file, GROUP, "entries", &entries, NULL);
  state->sha256 = g_key_file_get_string_list (file, GROUP, "sha256", &sums, NULL);
  if (state->paths == NULL || state->entries == NULL || state->sha256 == NULL || paths == 0
      || paths > SMITH_PLAN_FILES_MAX || entries != paths || sums != paths)
    return FALSE;
  state->n_files = (guint) paths;
  for (guint i = 0; i < state->n_files; i++)
    if (!read_path (&state->paths[i])
        || (state->sha256[i][0] != '\0' && !is_sha256 (state->sha256[i])))
      return FALSE;
  return TRUE;
}

static gboolean
read_state (GKeyFile *file, SmithSavedState *state)
{
  state->usb_path = g_key_file_get_string (file, GROUP, "usb-path", NULL);
  state->attempt = g_key_file_get_string (file, GROUP, "attempt", NULL);
  state->former_place = g_key_file_get_string (file, GROUP, "former-place", NULL);
  state->former_attempt = g_key_file_get_string (file, GROUP, "former-attempt", NULL);
  state->loader_path = g_key_file_get_string (file, GROUP, "loader", NULL);
  state->loader_entry = g_key_file_get_string (file, GROUP, "loader-entry", NULL);
  state->loader_sha256 = g_key_file_get_string (file, GROUP, "loader-sha256", NULL);
  state->version = g_key_file_get_string (file, GROUP, "version", NULL);
  state->version_before = g_key_file_get_string (file, GROUP, "version-before", NULL);
  state->imei_digest = g_key_file_get_string (file, GROUP, "imei-digest", NULL);
  state->override = g_key_file_get_string (file, GROUP, "override", NULL);
  state->known_signature = g_key_file_get_boolean (file, GROUP, "known-signature", NULL);
  state->roaming = g_key_file_get_boolean (file, GROUP, "roaming", NULL);
  if (state->loader_path != NULL
      && (!read_path (&state->loader_path) || !is_sha256 (state->loader_sha256)))
    return FALSE;
  if (state->imei_digest != NULL && !smith_imei_digest_is_sound (state->imei_digest))
    return FALSE;
  return g_key_file_get_integer (file, GROUP, "format", NULL) == FORMAT && state->usb_path != NULL
         && read_files (file, state) && read_aim (file, &state->aim)
         && read_step (file, &state->step)
         && read_number (file, "file", state->n_files, &state->file)
         && read_number (file, "partition", SMITH_FIRMWARE_PARTITIONS_MAX, &state->partition);
}

/* Never more than a state can be, and nothing that could be waited for. Returns:
 * (transfer full): NULL with a G_FILE_ERROR, or without one for what is no state */
static char *
read_text (const char *path, gsize *size, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  g_autofree char *text = NULL;
  struct stat status;
  gssize n;

  if (fd < 0)
    {
      int why = errno;

      g_autofree char *name = g_filename_display_basename (path);

      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (why), "%s: %s", name,
                   g_strerror (why));
      return NULL;
    }
  *size = 0;
  if (fstat (fd, &status) == 0 && S_ISREG (status.st_mode) && status.st_size <= SIZE_MAX_BYTES)
    {
      text = g_malloc (SIZE_MAX_BYTES + 1);
      while (*size <= SIZE_MAX_BYTES
             && (n = read (fd, text + *size, SIZE_MAX_BYTES + 1 - *size)) > 0)
        *size += (gsize) n;
    }
  close (fd);
  return text != NULL && *size <= SIZE_MAX_BYTES ? g_steal_pointer (&text) : NULL;
}

/**
 * smith_saved_state_load:
 *
 * Reads the state of a job that did not end. What it says is checked for
 * sense, not for truth: the files must be compared with their digests.
 *
 * Returns: (transfer full): the state, or NULL with G_FILE_ERROR_NOENT where
 *   there is none, SMITH_ERROR_BAD_FILE where it makes no sense
 */
SmithSavedState *
smith_saved_state_load (const char *path, GError **error)
{
  g_autoptr (SmithSavedState) state = smith_saved_state_new ();
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *text = NULL;
  g_autoptr (GError) local = NULL;
  gsize size;

  text = read_text (path, &size, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  if (text == NULL || !smith_key_file_load (file, text, size, NULL) || !read_state (file, state))
    {
      g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE,
                           _ ("What was kept of the last job cannot be read"));
      return NULL;
    }
  state->touched = read_touched (file, state);
  state->path = g_strdup (path);
  return g_steal_pointer (&state);
}
