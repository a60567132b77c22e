/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "format/error.h"
#include "job/conversion.h"
#include "rig.h"

#define LOADER "[file]\nshape=loader\n[loader]\ncomponents=2\nraminit=1500\nflasher=5000\n"
#define VERSION "21.1.1.1.1"

static SmithItem *
make_tiny (Files *files)
{
  g_autofree char *description = tiny_description (VERSION, 0);
  g_autofree char *path = files_make (files, "firmware.bin", description);

  return item_open (path);
}

static SmithItem *
make_loader (Files *files, const char *description)
{
  g_autofree char *path = files_make (files, "loader.bin", description);

  return item_open (path);
}

static void
test_check (void)
{
  g_auto (Files) files = { 0 };
  g_autoptr (SmithPlan) plan = smith_plan_new ("1-1");
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (smith_plan_get_version (plan));
  g_assert_false (smith_plan_check (plan, SMITH_MODE_UNKNOWN, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_WRONG_FILE);
  g_clear_error (&error);

  files_start (&files);
  path = g_build_filename (files.dir, "firmware.bin", NULL);
  g_ptr_array_add (plan->firmware, make_tiny (&files));
  g_assert_true (smith_plan_check (plan, SMITH_MODE_UNKNOWN, NULL));
  g_assert_cmpstr (smith_plan_get_version (plan), ==, VERSION);
  plan->loader = make_loader (&files, LOADER "routine=v7r11\nroutine-offset=0x400\n");
  g_assert_true (smith_plan_check (plan, SMITH_MODE_UNKNOWN, NULL));
  g_assert_true (g_file_set_contents (path, "something else", -1, NULL));
  g_assert_false (smith_plan_check (plan, SMITH_MODE_UNKNOWN, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE);
}

/* What could not be gone on with is not begun. */
static void
test_too_many (void)
{
  g_autoptr (SmithPlan) plan = smith_plan_new ("1-1");
  g_auto (Files) files = { 0 };
  g_autoptr (GError) error = NULL;

  files_start (&files);
  g_ptr_array_add (plan->firmware, make_tiny (&files));
  while (plan->firmware->len < 16)
    g_ptr_array_add (plan->firmware, smith_item_ref (g_ptr_array_index (plan->firmware, 0)));
  g_assert_true (smith_plan_check (plan, SMITH_MODE_UNKNOWN, &error));
  g_assert_no_error (error);
  g_ptr_array_add (plan->firmware, smith_item_ref (g_ptr_array_index (plan->firmware, 0)));
  g_assert_false (smith_plan_check (plan, SMITH_MODE_UNKNOWN, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_UNSUPPORTED);
}

/* The loader's file is looked at again as the firmware's is. */
static void
test_changed_loader (void)
{
  g_auto (Files) files = { 0 };
  g_autoptr (SmithPlan) plan = smith_plan_new ("1-1");
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  files_start (&files);
  g_ptr_array_add (plan->firmware, make_tiny (&files));
  plan->loader = make_loader (&files, LOADER "routine=v7r11\nroutine-offset=0x400\n");
  g_assert_true (smith_plan_check (plan, SMITH_MODE_UNKNOWN, NULL));
  path = g_build_filename (files.dir, "loader.bin", NULL);
  g_assert_true (g_file_set_contents (path, "something else", -1, NULL));
  g_assert_false (smith_plan_check (plan, SMITH_MODE_UNKNOWN, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE);
}

/* What the stick says of itself is the version from before only where nothing is written yet. */
static void
test_version_before (void)
{
  g_autoptr (SmithPlan) plan = smith_plan_new ("1-1");

  g_assert_null (smith_plan_get_version_before (plan));
  plan->before = smith_identity_new ();
  plan->before->firmware = g_strdup (VERSION);
  g_assert_cmpstr (smith_plan_get_version_before (plan), ==, VERSION);
  plan->first_partition = 1;
  g_assert_null (smith_plan_get_version_before (plan));
  plan->first_partition = 0;
  plan->first_file = 1;
  g_assert_null (smith_plan_get_version_before (plan));
  plan->first_file = 0;
  plan->all_written = TRUE;
  g_assert_null (smith_plan_get_version_before (plan));
  plan->version_before = g_strdup ("21.2.2.2.2");
  g_assert_cmpstr (smith_plan_get_version_before (plan), ==, "21.2.2.2.2");
}

static gboolean
never_asked (const SmithVerdict *verdict, gpointer user_data)
{
  g_assert_not_reached ();
}

/* An unsafe loader is refused before the stick is even looked for. */
static void
test_unsafe_loader (void)
{
  static const SmithConversionFuncs funcs = { .flash = { .confirm = never_asked } };
  g_auto (Files) files = { 0 };
  g_auto (Rig) rig = { 0 };
  g_autoptr (SmithPlan) plan = smith_plan_new ("1-1");
  g_autoptr (SmithConversionReport) report = smith_conversion_report_new ();
  g_autoptr (GError) error = NULL;

  files_start (&files);
  g_ptr_array_add (plan->firmware, make_tiny (&files));
  plan->loader = make_loader (&files, LOADER "routine=none\n");
  rig_start_plain (&rig, SMITH_MODE_BOOT_ROM, NULL);
  g_assert_false (
      smith_conversion_run (plan, SMITH_BUS (rig.bus), &funcs, NULL, report, NULL, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_UNSAFE_LOADER);
  g_assert_cmpint (report->step, ==, SMITH_STEP_PREPARE);
  g_assert_cmpuint (smith_virtual_stick_get_count (rig.stick, SMITH_STAGE_BOOT), ==, 0);
}

static SmithItem *
make_version (Files *files, const char *name, const char *version)
{
  g_autofree char *description = tiny_description (version, 0);
  g_autofree char *path = files_make (files, name, description);

  return item_open (path);
}

static guint
count_reasons (const SmithVerdict *verdict, const char *word, guint to)
{
  guint n = 0;

  for (guint i = 0; i < to; i++)
    n += strstr (g_ptr_array_index (verdict->reasons, i), word) != NULL;
  return n;
}

static gboolean
check_doubts (const SmithVerdict *verdict, gpointer user_data)
{
  guint *n_asked = user_data;
  guint all = verdict->reasons->len;

  (*n_asked)++;
  g_assert_cmpint (verdict->kind, ==, SMITH_VERDICT_UNSURE);
  /* One of each file, and one that both share; all of them before what fits. */
  g_assert_cmpuint (verdict->n_doubts, ==, 3);
  g_assert_cmpuint (all, >, 3);
  g_assert_cmpuint (count_reasons (verdict, "21.1.99.1.1", 3), ==, 1);
  g_assert_cmpuint (count_reasons (verdict, "11.1.1.1.1", 3), ==, 1);
  g_assert_cmpuint (count_reasons (verdict, "CL9E3372HM", 3), ==, 1);
  g_assert_cmpuint (count_reasons (verdict, "CL9E3372HM", all), ==, 1);
  /* No single word sets them aside. */
  g_assert_null (verdict->override);
  return TRUE;
}

/* The person confirms what is doubtful about each file of a queue, not only about
 * the first one. */
static void
test_doubts_of_all_files (void)
{
  static const SmithConversionFuncs funcs = { .flash = { .confirm = check_doubts } };
  g_auto (Files) files = { 0 };
  g_auto (Rig) rig = { 0 };
  g_autoptr (SmithPlan) plan = smith_plan_new ("1-1");
  g_autoptr (SmithConversionReport) report = smith_conversion_report_new ();
  g_autoptr (SmithVerdict) verdict = NULL;
  g_autoptr (GError) error = NULL;
  guint n_asked = 0;

  files_start (&files);
  plan->skip_network = TRUE;
  plan->before = smith_identity_new ();
  plan->before->hardware = g_strdup ("CL9E3372HM");
  plan->before->download_id = g_strdup ("BV7R11HS");
  g_ptr_array_add (plan->firmware, make_version (&files, "a.bin", "21.1.99.1.1"));
  g_ptr_array_add (plan->firmware, make_version (&files, "b.bin", "11.1.1.1.1"));
  verdict = smith_plan_judge (plan, SMITH_MODE_DOWNLOAD);
  check_doubts (verdict, &n_asked);

  rig_start_plain (&rig, SMITH_MODE_DOWNLOAD, NULL);
  smith_conversion_run (plan, SMITH_BUS (rig.bus), &funcs, &n_asked, report, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_asked, ==, 2);
}

/* A file that is refused decides over one that is only doubtful, wherever it stands. */
static void
test_worst_file (void)
{
  g_auto (Files) files = { 0 };

  files_start (&files);
  for (guint first = 0; first < 2; first++)
    {
      g_autoptr (SmithPlan) plan = smith_plan_new ("1-1");
      g_autoptr (SmithVerdict) verdict = NULL;

      plan->aim = SMITH_AIM_HILINK;
      plan->before = smith_identity_new ();
      plan->before->hardware = g_strdup ("CL9E3372HM");
      g_ptr_array_add (plan->firmware, make_version (&files, "a.bin", "21.1.1.1.1"));
      g_ptr_array_insert (plan->firmware, (int) first,
                          make_version (&files, "b.bin", "22.1.99.1.1"));
      verdict = smith_plan_judge (plan, SMITH_MODE_DOWNLOAD);
      g_assert_cmpint (verdict->kind, ==, SMITH_VERDICT_DOES_NOT_FIT);
      g_assert_nonnull (strstr (g_ptr_array_index (verdict->reasons, 0), "HiLink"));
      g_assert_cmpstr (verdict->override, ==, "direction");
      g_clear_pointer (&verdict, smith_verdict_free);

      /* Set aside, it is one doubt among those of the other one. */
      plan->override = g_strdup ("direction");
      verdict = smith_plan_judge (plan, SMITH_MODE_DOWNLOAD);
      g_assert_cmpint (verdict->kind, ==, SMITH_VERDICT_UNSURE);
      g_assert_cmpuint (count_reasons (verdict, "direction", verdict->n_doubts), ==, 1);
      g_assert_cmpuint (count_reasons (verdict, "factory", verdict->n_doubts), ==, 1);
    }
}

/* How far it was holds for the stick that was left there, and for no other. */
static void
test_place (void)
{
  g_autoptr (SmithPlan) plan = smith_plan_new ("1-1");

  plan->first_file = 1;
  plan->first_partition = 2;
  plan->all_written = plan->goes_on = TRUE;
  smith_plan_set_place (plan, "1-1");
  g_assert_cmpuint (plan->first_partition, ==, 2);
  g_assert_true (plan->goes_on && plan->all_written);
  smith_plan_set_place (plan, "1-2");
  g_assert_cmpstr (plan->usb_path, ==, "1-2");
  g_assert_cmpuint (plan->first_file + plan->first_partition, ==, 0);
  g_assert_false (plan->goes_on || plan->all_written);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/job/plan/check", test_check);
  g_test_add_func ("/job/plan/too-many", test_too_many);
  g_test_add_func ("/job/plan/changed-loader", test_changed_loader);
  g_test_add_func ("/job/plan/version-before", test_version_before);
  g_test_add_func ("/job/plan/unsafe-loader", test_unsafe_loader);
  g_test_add_func ("/job/plan/doubts-of-all-files", test_doubts_of_all_files);
  g_test_add_func ("/job/plan/worst-file", test_worst_file);
  g_test_add_func ("/job/plan/place", test_place);
  return g_test_run ();
}
