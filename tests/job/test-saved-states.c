/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "job/saved-states.h"

#include <glib/gstdio.h>

#include <string.h>
#include <utime.h>

#include "format/error.h"

#define FORMER "job.ini"

typedef struct
{
  char *folder;
  char *path; /* the former name */
} Folder;

static void
folder_start (Folder *folder)
{
  folder->folder = g_dir_make_tmp ("sticksmith-XXXXXX", NULL);
  folder->path = g_build_filename (folder->folder, FORMER, NULL);
}

static void
folder_clear (Folder *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder->folder, name, NULL);

      g_assert_cmpint (g_remove (path), ==, 0);
    }
  g_assert_cmpint (g_rmdir (folder->folder), ==, 0);
  g_free (folder->folder);
  g_free (folder->path);
}

/* @age: in seconds */
static void
keep (Folder *folder, const char *name, const char *usb_path, const char *more, guint age)
{
  g_autofree char *path = g_build_filename (folder->folder, name, NULL);
  g_autofree char *text = g_strdup_printf (
      "[job]\nformat=1\nusb-path=%s\nfiles=/a;\nentries=a;\nsha256=;\nstep=flash\n%s", usb_path,
      more);
  struct utimbuf times = { 1000000 - age, 1000000 - age };

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_cmpint (utime (path, &times), ==, 0);
}

static void
assert_path (Folder *folder, const char *usb_path, const char *name, gboolean there)
{
  g_autofree char *asked = smith_saved_states_path_for (folder->path, usb_path);
  g_autoptr (SmithSavedState) state = NULL;
  g_autofree char *path = smith_saved_states_choose_path (asked, usb_path, &state);
  g_autofree char *wanted = g_build_filename (folder->folder, name, NULL);

  g_assert_cmpstr (path, ==, wanted);
  g_assert_cmpint (state != NULL, ==, there);
  if (there)
    {
      g_assert_cmpstr (state->usb_path, ==, usb_path);
      g_assert_cmpstr (state->path, ==, wanted);
    }
}

/* Every place has a file of its own. What is under the former name is found by
 * the stick that it is about; what belongs to another, or is not understood, is
 * no place for anything. */
static void
test_choose (void)
{
  Folder folder;

  folder_start (&folder);
  assert_path (&folder, "1-1", "job-1-1.ini", FALSE);
  keep (&folder, FORMER, "1-1", "", 0);
  assert_path (&folder, "1-1", FORMER, TRUE);
  assert_path (&folder, "1-2.4", "job-1-2.4.ini", FALSE);
  keep (&folder, "job-1-2.4.ini", "1-2.4", "", 0);
  assert_path (&folder, "1-2.4", "job-1-2.4.ini", TRUE);
  keep (&folder, "job-2-1.ini", "2-1", "format=7\n", 0);
  assert_path (&folder, "2-1", "job-2-1-2.ini", FALSE);
  keep (&folder, "job-2-2.ini", "9-9", "", 0);
  assert_path (&folder, "2-2", "job-2-2-2.ini", FALSE);
  /* No file elsewhere, whatever a place is called. */
  assert_path (&folder, "../../x", "job-.._.._x.ini", FALSE);
  folder_clear (&folder);
}

/* Whoever is told to keep it where something of another stick is keeps it beside. */
static void
test_choose_beside (void)
{
  Folder folder;
  g_autofree char *path = NULL;
  g_autofree char *own = NULL;
  g_autoptr (SmithSavedState) state = NULL;

  folder_start (&folder);
  keep (&folder, FORMER, "1-1", "", 0);
  path = smith_saved_states_choose_path (folder.path, "1-2", &state);
  own = smith_saved_states_path_for (folder.path, "1-2");
  g_assert_cmpstr (path, ==, own);
  g_assert_null (state);
  folder_clear (&folder);
}

static void
test_list (void)
{
  Folder folder;
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (GPtrArray) states = NULL;
  g_autoptr (SmithSavedState) one = NULL;
  g_autoptr (GError) error = NULL;

  folder_start (&folder);
  none = smith_saved_states_list ("/nonexistent/folder/job.ini");
  g_assert_cmpuint (none->len, ==, 0);
  keep (&folder, FORMER, "1-1", "", 50);
  keep (&folder, "job-1-2.ini", "1-2", "", 10);
  keep (&folder, "job-1-3.ini", "1-3", "", 100);
  /* Of one place, the newest counts. */
  keep (&folder, "job-1-1.ini", "1-1", "partition=4\n", 20);
  keep (&folder, "job-1-4.ini", "1-4", "format=2\n", 0);
  keep (&folder, "job-1-5.ini.bak", "1-5", "", 0);
  keep (&folder, "other.ini", "1-6", "", 0);
  states = smith_saved_states_list (folder.path);
  g_assert_cmpuint (states->len, ==, 3);
  g_assert_cmpstr (((SmithSavedState *) states->pdata[0])->usb_path, ==, "1-2");
  g_assert_cmpstr (((SmithSavedState *) states->pdata[1])->usb_path, ==, "1-1");
  g_assert_cmpuint (((SmithSavedState *) states->pdata[1])->partition, ==, 4);
  g_assert_cmpstr (((SmithSavedState *) states->pdata[2])->usb_path, ==, "1-3");

  one = smith_saved_states_find (folder.path, "1-3", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (one->usb_path, ==, "1-3");
  g_assert_null (smith_saved_states_find (folder.path, "1-4", &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE);
  g_clear_error (&error);
  g_assert_null (smith_saved_states_find (folder.path, "1-6", &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  folder_clear (&folder);
}

/* However many there are, and however much else. */
static void
test_many (void)
{
  Folder folder;
  g_autoptr (GPtrArray) states = NULL;

  folder_start (&folder);
  for (guint i = 0; i < 2 * SMITH_SAVED_STATES_MAX; i++)
    {
      g_autofree char *place = g_strdup_printf ("1-%u", i);
      g_autofree char *name = g_strdup_printf ("job-%s.ini", place);

      keep (&folder, name, place, "", i);
    }
  states = smith_saved_states_list (folder.path);
  g_assert_cmpuint (states->len, ==, SMITH_SAVED_STATES_MAX);
  g_assert_cmpstr (((SmithSavedState *) states->pdata[0])->usb_path, ==, "1-0");
  folder_clear (&folder);
}

/* Whether anything was written; older versions did not note it. */
static void
test_touched (void)
{
  static const struct
  {
    const char *more;
    gboolean touched;
  } cases[] = {
    { "", TRUE },
    { "touched=false\n", FALSE },
    { "touched=true\n", TRUE },
    { "touched=false\npartition=1\n", TRUE },
    { "touched=false\nstep=come-back\n", TRUE },
    { "step=loader\n", FALSE },
    { "step=loader\ntouched=true\n", TRUE },
  };
  Folder folder;

  folder_start (&folder);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SmithSavedState) state = NULL;

      keep (&folder, FORMER, "1-1", cases[i].more, 0);
      state = smith_saved_state_load (folder.path, &error);
      g_assert_no_error (error);
      g_assert_cmpint (state->touched, ==, cases[i].touched);
    }
  folder_clear (&folder);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/saved-states/choose", test_choose);
  g_test_add_func ("/saved-states/choose-beside", test_choose_beside);
  g_test_add_func ("/saved-states/list", test_list);
  g_test_add_func ("/saved-states/many", test_many);
  g_test_add_func ("/saved-states/touched", test_touched);
  return g_test_run ();
}
