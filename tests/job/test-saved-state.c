/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/saved-state.h"

#include <glib/gstdio.h>

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/error.h"
#include "rig.h"

#define LOADER                                                                                     \
  "[file]\nshape=loader\n[loader]\nroutine=v7r1\nraminit=64\nflasher=300\n"                        \
  "routine-offset=8\n"

/* A job with a loader, a file and a folder of images. */
typedef struct
{
  Files files;
  char *loader;
  char *firmware;
  char *folder;
  char *state_path;
  SmithPlan *plan;
  guint n_parts; /* of the file */
} Fixture;

static char *
make_file (Fixture *f, const char *name, const char *version)
{
  g_autofree char *description = tiny_description (version, 0);

  return files_make (&f->files, name, description);
}

static void
make_image (Fixture *f, const char *name, const char *content)
{
  g_autofree char *path = g_build_filename (f->folder, name, NULL);

  g_assert_true (g_file_set_contents (path, content, -1, NULL));
}

static void
make_images (Fixture *f)
{
  g_assert_cmpint (g_mkdir (f->folder, 0700), ==, 0);
  make_image (f, "00-00110000-a.bin", "first");
  make_image (f, "01-00220000-b.bin", "second");
  make_image (f, "02-00230000-c.bin", "third");
}

static void
remove_images (Fixture *f)
{
  static const char *const names[]
      = { "00-00110000-a.bin", "01-00220000-b.bin", "02-00230000-c.bin" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (f->folder, names[i], NULL);

      g_unlink (path);
    }
  g_rmdir (f->folder);
}

static void
set_up (Fixture *f, gconstpointer user_data)
{
  SmithItem *item;

  files_start (&f->files);
  f->state_path = g_build_filename (f->files.dir, "job.ini", NULL);
  f->folder = g_build_filename (f->files.dir, "images", NULL);
  f->loader = files_make (&f->files, "loader.bin", LOADER);
  f->firmware = make_file (f, "firmware.bin", "21.1.1.1.1");
  make_images (f);
  f->plan = smith_plan_new ("1-2.3");
  f->plan->loader = item_open (f->loader);
  g_ptr_array_add (f->plan->firmware, item_open (f->firmware));
  g_ptr_array_add (f->plan->firmware, item_open (f->folder));
  item = g_ptr_array_index (f->plan->firmware, 0);
  f->n_parts = item->firmware->partitions->len;
  g_assert_cmpuint (f->n_parts, >, 1);
}

static void
tear_down (Fixture *f, gconstpointer user_data)
{
  smith_plan_free (f->plan);
  remove_images (f);
  g_unlink (f->state_path);
  g_rmdir (f->state_path);
  files_clear (&f->files);
  g_free (f->loader);
  g_free (f->firmware);
  g_free (f->folder);
  g_free (f->state_path);
}

static void
save (Fixture *f, SmithSavedState *state)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (smith_saved_state_save (state, f->state_path, &error));
  g_assert_no_error (error);
}

static SmithSavedState *
load (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  SmithSavedState *state = smith_saved_state_load (f->state_path, &error);

  g_assert_no_error (error);
  return state;
}

static void
test_round_trip (Fixture *f, gconstpointer user_data)
{
  g_autoptr (SmithSavedState) before = NULL;
  g_autoptr (SmithSavedState) state = NULL;
  g_autoptr (SmithPlan) plan = NULL;
  g_autoptr (GError) error = NULL;
  SmithItem *item;

  f->plan->override = g_strdup ("direction");
  f->plan->known_signature = f->plan->roaming = TRUE;
  f->plan->first_file = 1;
  f->plan->first_partition = 2;
  before = smith_saved_state_for_plan (f->plan);
  before->step = SMITH_STEP_FLASH;
  save (f, before);
  state = load (f);
  g_assert_cmpstr (state->usb_path, ==, "1-2.3");
  g_assert_cmpstr (state->version, ==, "21.1.1.1.1");
  g_assert_cmpstr (state->loader_path, ==, f->loader);
  g_assert_cmpuint (state->n_files, ==, 2);
  g_assert_cmpstr (state->paths[1], ==, f->folder);
  g_assert_cmpuint (strlen (state->sha256[0]), ==, 64);
  g_assert_cmpint (state->step, ==, SMITH_STEP_FLASH);

  plan = smith_saved_state_to_plan (state, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (plan->override, ==, "direction");
  g_assert_true (plan->known_signature && plan->roaming && plan->goes_on);
  g_assert_false (plan->all_written);
  g_assert_nonnull (plan->loader);
  g_assert_cmpuint (plan->firmware->len, ==, 2);
  g_assert_cmpuint (plan->first_file, ==, 1);
  g_assert_cmpuint (plan->first_partition, ==, 2);
  item = g_ptr_array_index (plan->firmware, 1);
  g_assert_cmpuint (item->firmware->partitions->len, ==, 3);
}

/* From what was kept to where it begins. */
static void
test_start (Fixture *f, gconstpointer user_data)
{
  const guint n = f->n_parts;
  const struct
  {
    guint file;
    guint partition;
    SmithStep step;
    guint first_file;
    guint first_partition;
    gboolean all_written;
  } cases[] = {
    { 0, 0, SMITH_STEP_BOOT_MODE, 0, 0, FALSE },
    { 0, 1, SMITH_STEP_FLASH, 0, 1, FALSE },
    { 0, n, SMITH_STEP_FLASH, 1, 0, FALSE },
    { 0, n + 5, SMITH_STEP_FLASH, 1, 0, FALSE },
    { 1, 2, SMITH_STEP_FLASH, 1, 2, FALSE },
    /* The last part goes once more: with it the restart. */
    { 1, 3, SMITH_STEP_FLASH, 1, 2, TRUE },
    { 1, 3, SMITH_STEP_COME_BACK, 1, 2, TRUE },
    { 2, 3, SMITH_STEP_FLASH, 1, 2, TRUE },
    { 1, 1, SMITH_STEP_REACTIVATE, 1, 1, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SmithSavedState) before = smith_saved_state_for_plan (f->plan);
      g_autoptr (SmithSavedState) state = NULL;
      g_autoptr (SmithPlan) plan = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("case %u", i);
      before->file = cases[i].file;
      before->partition = cases[i].partition;
      before->step = cases[i].step;
      save (f, before);
      state = load (f);
      plan = smith_saved_state_to_plan (state, NULL, NULL, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (plan->first_file, ==, cases[i].first_file);
      g_assert_cmpuint (plan->first_partition, ==, cases[i].first_partition);
      g_assert_cmpint (plan->all_written, ==, cases[i].all_written);
    }
}

static void
lose_loader (Fixture *f)
{
  g_unlink (f->loader);
}

static void
change_loader (Fixture *f)
{
  g_free (f->loader);
  f->loader = files_make (&f->files, "loader.bin",
                          "[file]\nshape=loader\n[loader]\nroutine=v7r1\nraminit=64\n"
                          "flasher=304\nroutine-offset=8\n");
}

static void
swap_loader (Fixture *f)
{
  g_autofree char *text = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (f->firmware, &text, &size, NULL));
  g_assert_true (g_file_set_contents (f->loader, text, (gssize) size, NULL));
}

static void
lose_firmware (Fixture *f)
{
  g_unlink (f->firmware);
}

static void
change_firmware (Fixture *f)
{
  g_free (f->firmware);
  f->firmware = make_file (f, "firmware.bin", "21.1.1.1.2");
}

static void
cut_firmware (Fixture *f)
{
  g_assert_cmpint (truncate (f->firmware, 40), ==, 0);
}

static void
lose_folder (Fixture *f)
{
  remove_images (f);
}

static void
lose_image (Fixture *f)
{
  g_autofree char *path = g_build_filename (f->folder, "01-00220000-b.bin", NULL);

  g_unlink (path);
}

/* A folder has become something else. */
static void
swap_folder (Fixture *f)
{
  remove_images (f);
  g_assert_cmpint (mkfifo (f->folder, 0600), ==, 0);
}

/* What the job was begun with is gone, or is something else by now. */
static void
test_lost (Fixture *f, gconstpointer user_data)
{
  void (*lose) (Fixture *) = user_data;
  g_autoptr (SmithSavedState) before = smith_saved_state_for_plan (f->plan);
  g_autoptr (SmithSavedState) state = NULL;
  g_autoptr (GError) error = NULL;

  before->step = SMITH_STEP_FLASH;
  save (f, before);
  state = load (f);
  lose (f);
  g_assert_null (smith_saved_state_to_plan (state, NULL, NULL, NULL, &error));
  g_test_message ("%s", error->message);
  g_assert_true (g_error_matches (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE)
                 || g_error_matches (error, SMITH_ERROR, SMITH_ERROR_WRONG_FILE));
  /* What was kept is kept: the file may come back. */
  g_assert_true (g_file_test (f->state_path, G_FILE_TEST_EXISTS));
  if (g_file_test (f->folder, G_FILE_TEST_EXISTS) && !g_file_test (f->folder, G_FILE_TEST_IS_DIR))
    g_unlink (f->folder);
}

static void
test_cancelled (Fixture *f, gconstpointer user_data)
{
  g_autoptr (SmithSavedState) state = smith_saved_state_for_plan (f->plan);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (smith_saved_state_to_plan (state, NULL, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
expect_bad (Fixture *f)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (smith_saved_state_load (f->state_path, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE);
}

/* Cut anywhere: it is read as one that is whole, or not at all; and never as one that
 * is further on. */
static void
test_cut (Fixture *f, gconstpointer user_data)
{
  g_autoptr (SmithSavedState) before = smith_saved_state_for_plan (f->plan);
  g_autofree char *text = NULL;
  gsize size;

  before->step = SMITH_STEP_FLASH;
  before->file = 1;
  before->partition = 2;
  save (f, before);
  g_assert_true (g_file_get_contents (f->state_path, &text, &size, NULL));
  for (gsize n = 0; n < size; n++)
    {
      g_autoptr (SmithSavedState) state = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_true (g_file_set_contents (f->state_path, text, (gssize) n, NULL));
      state = smith_saved_state_load (f->state_path, &error);
      if (state == NULL)
        {
          g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE);
          continue;
        }
      g_assert_cmpuint (state->n_files, ==, 2);
      g_assert_cmpuint (state->file, <=, 1);
      g_assert_cmpuint (state->partition, <=, 2);
      g_assert_cmpint (state->step, ==, SMITH_STEP_FLASH);
    }
}

/* One line of a good state in place of another. */
static void
test_bad_lines (Fixture *f, gconstpointer user_data)
{
  static const char *const lines[][2] = {
    { "format=1", "format=2" },
    { "format=1", "" },
    { "usb-path=", "x=" },
    { "loader-sha256=", "x=" },
    { "loader-sha256=", "loader-sha256=0" },
    { "loader=", "loader=relative/" },
    { "files=", "x=" },
    { "files=", "files=relative;" },
    { "entries=", "entries=more;" },
    { "sha256=", "sha256=less" },
    { "\nsha256=", "\nsha256=more;" },
    { "step=flash", "step=" },
    { "step=flash", "step=Flash" },
    { "file=0", "file=3" },
    { "file=0", "file=-1" },
    { "file=0", "file=99999999999999999999" },
    { "partition=0", "partition=-2147483648" },
    { "partition=0", "partition=100000" },
    { "[job]", "[job]\nimei-digest=" },
    { "[job]", "[job]\nimei-digest=350000000000014" },
    { "[job]", "[jobs]" },
    { "[job]", "[job" },
  };
  g_autoptr (SmithSavedState) before = smith_saved_state_for_plan (f->plan);
  g_autofree char *good = NULL;

  before->step = SMITH_STEP_FLASH;
  save (f, before);
  g_assert_true (g_file_get_contents (f->state_path, &good, NULL, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (GString) text = g_string_new (good);

      g_test_message ("“%s” for “%s”", lines[i][1], lines[i][0]);
      g_assert_cmpuint (g_string_replace (text, lines[i][0], lines[i][1], 1), ==, 1);
      if (g_str_has_prefix (lines[i][1], "file=9"))
        {
          /* No number at all is the beginning. */
          g_autoptr (SmithSavedState) state = NULL;

          g_assert_true (g_file_set_contents (f->state_path, text->str, -1, NULL));
          state = load (f);
          g_assert_cmpuint (state->file, ==, 0);
          continue;
        }
      g_assert_true (g_file_set_contents (f->state_path, text->str, -1, NULL));
      expect_bad (f);
    }
}

/* What stands in its place is no state, and may have no end. */
static void
test_no_state (Fixture *f, gconstpointer user_data)
{
  g_autofree char *large = g_strnfill (2000000, '\n');
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (f->state_path, large, -1, NULL));
  expect_bad (f);
  g_assert_true (g_file_set_contents (f->state_path, "[job]\n\0\xff\xfe", 9, NULL));
  expect_bad (f);
  g_assert_cmpint (truncate (f->state_path, G_GINT64_CONSTANT (1) << 40), ==, 0);
  expect_bad (f);
  g_assert_cmpint (g_unlink (f->state_path), ==, 0);
  g_assert_cmpint (symlink ("/dev/zero", f->state_path), ==, 0);
  expect_bad (f);
  g_assert_cmpint (g_unlink (f->state_path), ==, 0);
  g_assert_cmpint (mkfifo (f->state_path, 0600), ==, 0);
  expect_bad (f);
  g_assert_cmpint (g_unlink (f->state_path), ==, 0);
  g_assert_cmpint (g_mkdir (f->state_path, 0700), ==, 0);
  expect_bad (f);
  g_assert_cmpint (g_rmdir (f->state_path), ==, 0);
  g_assert_null (smith_saved_state_load (f->state_path, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

/* As many files as there may be, with names as long as they may be, in bytes that are
 * no text. */
static void
test_large (Fixture *f, gconstpointer user_data)
{
  g_autoptr (SmithSavedState) before = smith_saved_state_for_plan (f->plan);
  g_autoptr (SmithSavedState) state = NULL;
  g_autofree char *name = g_strnfill (4000, '\xe4');
  g_autofree char *path = g_strconcat ("/", name, NULL);

  g_strfreev (before->paths);
  g_strfreev (before->entries);
  g_strfreev (before->sha256);
  before->n_files = SMITH_PLAN_FILES_MAX;
  before->paths = g_new0 (char *, before->n_files + 1);
  before->entries = g_new0 (char *, before->n_files + 1);
  before->sha256 = g_new0 (char *, before->n_files + 1);
  for (guint i = 0; i < before->n_files; i++)
    {
      before->paths[i] = g_strdup (path);
      before->entries[i] = g_strnfill (4000, '\\');
      before->sha256[i] = g_strnfill (64, 'a');
    }
  save (f, before);
  state = load (f);
  g_assert_cmpuint (state->n_files, ==, SMITH_PLAN_FILES_MAX);
  g_assert_cmpstr (state->paths[15], ==, path);
}

/* Where nothing can be kept, that is said, and nothing else is left there. */
static void
test_unwritable (Fixture *f, gconstpointer user_data)
{
  static const char *const below[] = { "job.ini", "a/b/job.ini" };
  g_autoptr (SmithSavedState) state = smith_saved_state_for_plan (f->plan);

  g_assert_true (g_file_set_contents (f->state_path, "a file", -1, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (below); i++)
    {
      g_autofree char *path = g_build_filename (f->state_path, below[i], NULL);
      g_autoptr (GError) error = NULL;

      g_assert_false (smith_saved_state_save (state, path, &error));
      g_assert_cmpint (error->domain, ==, G_FILE_ERROR);
      smith_saved_state_remove (path);
    }
  expect_bad (f);
}

static void
add (const char *path, void (*test) (Fixture *f, gconstpointer user_data), gconstpointer data)
{
  g_test_add (path, Fixture, data, set_up, test, tear_down);
}

static void
add_losses (void)
{
  static const struct
  {
    const char *name;
    void (*lose) (Fixture *f);
  } losses[] = {
    { "no-loader", lose_loader },          { "other-loader", change_loader },
    { "swapped-loader", swap_loader },     { "no-firmware", lose_firmware },
    { "other-firmware", change_firmware }, { "cut-firmware", cut_firmware },
    { "no-folder", lose_folder },          { "no-image", lose_image },
    { "swapped-folder", swap_folder },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (losses); i++)
    {
      g_autofree char *path = g_strdup_printf ("/job/saved-state/lost/%s", losses[i].name);

      add (path, test_lost, losses[i].lose);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/job/saved-state/round-trip", test_round_trip, NULL);
  add ("/job/saved-state/start", test_start, NULL);
  add_losses ();
  add ("/job/saved-state/cancelled", test_cancelled, NULL);
  add ("/job/saved-state/cut", test_cut, NULL);
  add ("/job/saved-state/bad-lines", test_bad_lines, NULL);
  add ("/job/saved-state/no-state", test_no_state, NULL);
  add ("/job/saved-state/large", test_large, NULL);
  add ("/job/saved-state/unwritable", test_unwritable, NULL);
  return g_test_run ();
}
