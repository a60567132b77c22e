/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that do not tell which version they hold: a folder of images, and firmware
 * with an empty text. Neither are they taken for running because they were written,
 * nor for the same because nothing tells them apart. */
#include <glib/gstdio.h>
#include <string.h>

#include "format/error.h"
#include "job/conversion.h"
#include "job/saved-state.h"
#include "link/deadline.h"
#include "rig.h"

#define SUCCESS (-1)

#define SCALE 0.1

#define OLD "22.180.05.00.00"
#define NEW "21.1.1.1.1"

#define PARTS(seed)                                                                                \
  "[partition 0]\nid=0x00090000\ncontent=random:6000:" seed "\n"                                   \
  "[partition 1]\nid=0x00200000\ncontent=random:600:" seed "\n"                                    \
  "[partition 2]\nid=0x00220000\ncontent=marker:700:3:" NEW "\n"
#define FOLDER "[file]\nshape=folder\n" PARTS ("1")
#define FILE_WITHOUT                                                                               \
  "[file]\nshape=bin\n[firmware]\ndownload-id=0x01\nproduct=BV7R11HS\nversion=\n" PARTS ("1")

static char *
make_firmware (Files *files, gboolean is_folder)
{
  return is_folder ? files_make_folder (files, "images", FOLDER)
                   : files_make (files, "firmware.bin", FILE_WITHOUT);
}

static gboolean
say_yes (const SmithVerdict *verdict, gpointer user_data)
{
  g_assert_cmpint (verdict->kind, !=, SMITH_VERDICT_DOES_NOT_FIT);
  return TRUE;
}

static void
note_done (guint file, const SmithPartition *partition, gpointer user_data)
{
  SmithSavedState *state = user_data;

  if (state == NULL)
    return;
  state->file = file;
  state->partition = partition->index + 1;
}

static const SmithConversionFuncs funcs
    = { .flash = { .confirm = say_yes, .partition_done = note_done } };

static void
start (Rig *rig, const char *faults)
{
  const SmithVirtualStickConfig config = {
    .start = SMITH_MODE_DOWNLOAD,
    .chip = SMITH_CHIP_V7R11,
    .product_id = "BV7R11HS",
    .hardware = "CL2E3372HM",
    .version = OLD,
    .restart_ms = 5,
  };

  rig_start (rig, &config, faults);
}

static SmithPlan *
make_plan (const char *path, SmithAim aim, const char *version)
{
  SmithPlan *plan = smith_plan_new ("1-1");

  plan->aim = aim;
  plan->skip_network = TRUE;
  g_ptr_array_add (plan->firmware, item_open (path));
  g_assert_null (smith_plan_get_version (plan));
  if (version != NULL)
    {
      plan->before = smith_identity_new ();
      plan->before->firmware = g_strdup (version);
    }
  return plan;
}

static void
convert (Rig *rig, SmithPlan *plan, SmithSavedState *state, int code)
{
  g_autoptr (SmithConversionReport) report = smith_conversion_report_new ();
  g_autoptr (GError) error = NULL;

  smith_conversion_run (plan, SMITH_BUS (rig->bus), &funcs, state, report, NULL, &error);
  g_test_message ("%s", error != NULL ? error->message : "success");
  if (code == SUCCESS)
    g_assert_no_error (error);
  else
    g_assert_error (error, SMITH_ERROR, code);
}

/* Whether the stick runs what was written shows only where something about it is
 * known to be new. */
static void
test_return (void)
{
  static const struct
  {
    SmithAim aim;
    const char *before;
    const char *faults;
    int code;
  } cases[] = {
    { SMITH_AIM_STICK, NULL, "", SUCCESS },
    { SMITH_AIM_STICK, OLD, "", SUCCESS },
    { SMITH_AIM_STICK, NULL, "after flash old-version\n", SMITH_ERROR_WRONG_VERSION },
    { SMITH_AIM_STICK, OLD, "after flash old-version\n", SMITH_ERROR_WRONG_VERSION },
    { SMITH_AIM_HILINK, NULL, "", SMITH_ERROR_WRONG_VERSION },
    { SMITH_AIM_HILINK, OLD, "after flash old-version\n", SMITH_ERROR_UNPROVEN },
    { SMITH_AIM_SAME, OLD, "", SMITH_ERROR_WRONG_VERSION },
    { SMITH_AIM_SAME, OLD, "after flash old-version\n", SMITH_ERROR_UNPROVEN },
    { SMITH_AIM_ANY, OLD, "", SUCCESS },
    { SMITH_AIM_ANY, OLD, "after flash old-version\n", SMITH_ERROR_UNPROVEN },
    { SMITH_AIM_RESCUE, OLD, "after flash old-version\n", SMITH_ERROR_UNPROVEN },
    { SMITH_AIM_RESCUE, NULL, "", SUCCESS },
  };

  for (gsize i = 0; i < 2 * G_N_ELEMENTS (cases); i++)
    {
      gsize n = i / 2;
      g_auto (Files) files = { 0 };
      g_auto (Rig) rig = { 0 };
      g_autofree char *path = NULL;
      g_autoptr (SmithPlan) plan = NULL;

      g_test_message ("case %" G_GSIZE_FORMAT ", %s", n, i % 2 == 0 ? "folder" : "file");
      files_start (&files);
      path = make_firmware (&files, i % 2 == 0);
      plan = make_plan (path, cases[n].aim, cases[n].before);
      start (&rig, cases[n].faults);
      convert (&rig, plan, NULL, cases[n].code);
      rig_expect_written (&rig, plan->firmware);
    }
}

/* Behind a web interface alone the stick's own version stays what it was. */
static void
test_side_file (void)
{
  g_auto (Files) files = { 0 };
  g_auto (Rig) rig = { 0 };
  g_autofree char *path = NULL;
  g_autoptr (SmithPlan) plan = NULL;

  files_start (&files);
  path = files_make_folder (&files, "images",
                            "[file]\nshape=folder\n[partition 0]\nid=0x00560000\n"
                            "content=random:600:1\n");
  plan = make_plan (path, SMITH_AIM_SAME, OLD);
  start (&rig, "");
  convert (&rig, plan, NULL, SUCCESS);
}

/* Breaks off in the second part. Returns: (transfer full): what was kept, from the disk */
static SmithSavedState *
break_off (Files *files, Rig *rig, const char *path)
{
  g_autoptr (SmithPlan) plan = make_plan (path, SMITH_AIM_ANY, OLD);
  g_autoptr (SmithSavedState) state = smith_saved_state_for_plan (plan);
  g_autofree char *kept = g_build_filename (files->dir, "job.ini", NULL);
  g_autoptr (GError) error = NULL;
  SmithSavedState *loaded;

  start (rig, "binary 7 replug\n");
  convert (rig, plan, state, SMITH_ERROR_DISCONNECTED);
  g_assert_cmpuint (state->partition, ==, 1);
  state->step = SMITH_STEP_FLASH;
  smith_saved_state_save (state, kept, &error);
  g_assert_no_error (error);
  loaded = smith_saved_state_load (kept, &error);
  g_assert_no_error (error);
  return loaded;
}

/* What is gone on with are the very same images. */
static void
test_go_on (void)
{
  static const struct
  {
    const char *description; /* of what is in the folder by then */
    gboolean same;
  } cases[] = {
    { FOLDER, TRUE },
    { "[file]\nshape=folder\n" PARTS ("2"), FALSE },
    /* One image more; one of another id. */
    { FOLDER "[partition 3]\nid=0x00230000\ncontent=random:600:1\n", FALSE },
    { "[file]\nshape=folder\n[partition 0]\nid=0x00090000\ncontent=random:6000:1\n"
      "[partition 1]\nid=0x00230000\ncontent=random:600:1\n"
      "[partition 2]\nid=0x00220000\ncontent=marker:700:3:" NEW "\n",
      FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Files) files = { 0 };
      g_auto (Rig) rig = { 0 };
      g_autofree char *path = NULL;
      g_autofree char *other = NULL;
      g_autoptr (SmithSavedState) state = NULL;
      g_autoptr (SmithPlan) plan = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      files_start (&files);
      path = make_firmware (&files, TRUE);
      state = break_off (&files, &rig, path);
      other = files_make_folder (&files, "images", cases[i].description);
      plan = smith_saved_state_to_plan (state, NULL, NULL, NULL, &error);
      g_assert_cmpint (plan != NULL, ==, cases[i].same);
      if (plan == NULL)
        {
          g_assert_error (error, SMITH_ERROR, SMITH_ERROR_WRONG_FILE);
          continue;
        }
      g_assert_cmpuint (plan->first_partition, ==, 1);
      plan->skip_network = TRUE;
      convert (&rig, plan, NULL, SUCCESS);
      rig_expect_written (&rig, plan->firmware);
    }
}

/* What was on the stick before the job is known when it is gone on with. */
static void
test_go_on_old_version (void)
{
  g_auto (Files) files = { 0 };
  g_auto (Rig) rig = { 0 };
  g_autofree char *path = NULL;
  g_autoptr (SmithSavedState) state = NULL;
  g_autoptr (SmithPlan) plan = NULL;
  g_autoptr (GError) error = NULL;

  files_start (&files);
  path = make_firmware (&files, FALSE);
  state = break_off (&files, &rig, path);
  rig_clear (&rig);
  rig = (Rig){ 0 };
  start (&rig, "after flash old-version\n");
  plan = smith_saved_state_to_plan (state, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  plan->skip_network = TRUE;
  convert (&rig, plan, NULL, SMITH_ERROR_UNPROVEN);

  /* Begun anew, it counts no more. */
  smith_plan_begin_anew (plan);
  g_assert_null (smith_plan_get_version_before (plan));
}

/* An older program kept no digest of a folder. */
static void
test_no_digest (void)
{
  g_auto (Files) files = { 0 };
  g_autofree char *path = NULL;
  g_autoptr (SmithPlan) plan = NULL;
  g_autoptr (SmithSavedState) state = NULL;
  g_autoptr (GError) error = NULL;

  files_start (&files);
  path = make_firmware (&files, TRUE);
  plan = make_plan (path, SMITH_AIM_ANY, NULL);
  state = smith_saved_state_for_plan (plan);
  g_assert_cmpuint (strlen (state->sha256[0]), ==, 64);
  g_free (state->sha256[0]);
  state->sha256[0] = g_strdup ("");
  g_assert_null (smith_saved_state_to_plan (state, NULL, NULL, NULL, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_WRONG_FILE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  smith_deadline_set_scale (SCALE);
  g_test_add_func ("/job/without-version/return", test_return);
  g_test_add_func ("/job/without-version/side-file", test_side_file);
  g_test_add_func ("/job/without-version/go-on", test_go_on);
  g_test_add_func ("/job/without-version/go-on-old-version", test_go_on_old_version);
  g_test_add_func ("/job/without-version/no-digest", test_no_digest);
  return g_test_run ();
}
