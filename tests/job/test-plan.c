/* SPDX-License-Identifier: GPL-3.0-or-later */
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
  g_assert_false (smith_conversion_run (plan, SMITH_BUS (rig.bus), &funcs, NULL, report, NULL,
                                        &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_UNSAFE_LOADER);
  g_assert_cmpint (report->step, ==, SMITH_STEP_PREPARE);
  g_assert_cmpuint (smith_virtual_stick_get_count (rig.stick, SMITH_STAGE_BOOT), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/job/plan/check", test_check);
  g_test_add_func ("/job/plan/unsafe-loader", test_unsafe_loader);
  return g_test_run ();
}
