/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Of a stick that is first seen in boot mode nobody has heard anything. What must
 * not be written is refused all the same, and what is right goes through. */
#include <string.h>

#include "format/error.h"
#include "job/conversion.h"
#include "job/saved-state.h"
#include "link/deadline.h"
#include "rig.h"

#define SCALE 0.1

#define LOADER                                                                                     \
  "[file]\nshape=loader\n[loader]\ncomponents=2\nraminit=1500\nflasher=5000\n"                     \
  "routine=v7r11\nroutine-offset=0x400\n"

#define BIN(id, product, version)                                                                  \
  "[file]\nshape=bin\n[firmware]\ndownload-id=" id "\nproduct=" product "\nversion=:" product      \
  ":T:" version "\n"
#define R11_PARTS                                                                                  \
  "[partition 0]\nid=0x00090000\ncontent=random:5000:1\n"                                          \
  "[partition 1]\nid=0x00200000\ncontent=random:500:2\n"                                           \
  "[partition 2]\nid=0x00220000\ncontent=marker:700:3:21.1.1.1.1\n"
#define STICK_FILE BIN ("0x01", "BV7R11HS", "21.1.1.1.1") R11_PARTS

typedef struct
{
  const char *name;
  const char *description;
  SmithAim aim;
  SmithStep step;     /* in which it is refused */
  gboolean by_itself; /* whatever is wanted */
} Refused;

static const Refused refused[] = {
  { "for a later stick", BIN ("0x01", "BV7R11HS", "10.0.5.1(H697SP3)") R11_PARTS, SMITH_AIM_RESCUE,
    SMITH_STEP_PREPARE, TRUE },
  { "a web interface to rescue a stick",
    BIN ("0x04", "BV7R11HS", "17.100.1.1") "[partition 0]\nid=0x00560000\ncontent=random:500:1\n",
    SMITH_AIM_RESCUE, SMITH_STEP_PREPARE, FALSE },
  { "a web interface to make a modem",
    BIN ("0x04", "BV7R11HS", "17.100.1.1") "[partition 0]\nid=0x00560000\ncontent=random:500:1\n",
    SMITH_AIM_STICK, SMITH_STEP_PREPARE, FALSE },
  { "HiLink firmware to make a modem", BIN ("0x01", "BV7R11HS", "22.1.1.1.1") R11_PARTS,
    SMITH_AIM_STICK, SMITH_STEP_PREPARE, FALSE },
  { "parts of two generations",
    BIN ("0x01", "BV7R11HS", "21.1.1.1.1") "[partition 0]\nid=0x00090000\ncontent=random:5000:1\n"
                                           "[partition 1]\nid=0x00020000\ncontent=random:500:2\n"
                                           "[partition 2]\nid=0x00220000\ncontent=random:500:3\n",
    SMITH_AIM_STICK, SMITH_STEP_FLASH, TRUE },
  { "a CD image for another chip",
    BIN ("0x02", "BV7R2HS", "17.100.1.1") "[partition 0]\nid=0x000B0000\ncontent=random:500:1\n",
    SMITH_AIM_ANY, SMITH_STEP_FLASH, TRUE },
};

static const SmithVirtualStickConfig stick = {
  .chip = SMITH_CHIP_V7R11,
  .product_id = "BV7R11HS",
  .hardware = "CL2E3372HM",
  .version = "22.180.05.00.00",
  .restart_ms = 5,
};

static gboolean
never_asked (const SmithVerdict *verdict, gpointer user_data)
{
  g_assert_not_reached ();
}

static SmithPlan *
make_plan (Files *files, const char *description, SmithAim aim)
{
  SmithPlan *plan = smith_plan_new ("1-1");
  g_autofree char *path = files_make (files, "firmware.bin", description);
  g_autofree char *loader = files_make (files, "loader.bin", LOADER);

  plan->aim = aim;
  plan->skip_network = TRUE;
  plan->loader = item_open (loader);
  g_ptr_array_add (plan->firmware, item_open (path));
  return plan;
}

/* The whole job, with a stick in boot mode and with one in download mode. */
static void
test_jobs (void)
{
  static const SmithConversionFuncs funcs = { .flash = { .confirm = never_asked } };
  static const SmithMode starts[] = { SMITH_MODE_BOOT_ROM, SMITH_MODE_DOWNLOAD };
  g_auto (Files) files = { 0 };

  files_start (&files);
  for (gsize i = 0; i < G_N_ELEMENTS (refused) * G_N_ELEMENTS (starts); i++)
    {
      const Refused *one = &refused[i / G_N_ELEMENTS (starts)];
      SmithVirtualStickConfig config = stick;
      g_auto (Rig) rig = { 0 };
      g_autoptr (SmithPlan) plan = make_plan (&files, one->description, one->aim);
      g_autoptr (SmithConversionReport) report = smith_conversion_report_new ();
      g_autoptr (GError) error = NULL;

      config.start = starts[i % G_N_ELEMENTS (starts)];
      g_test_message ("%s, %s", one->name, smith_mode_name (config.start));
      rig_start (&rig, &config, NULL);
      smith_conversion_run (plan, SMITH_BUS (rig.bus), &funcs, NULL, report, NULL, &error);
      g_assert_error (error, SMITH_ERROR, SMITH_ERROR_WRONG_FILE);
      g_test_message ("%s", error->message);
      g_assert_cmpint (report->step, ==, one->step);
      g_assert_false (report->flash->touched);
      rig_expect_nothing_written (&rig);
      if (one->step == SMITH_STEP_PREPARE)
        for (SmithStage stage = 0; stage < SMITH_N_STAGES; stage++)
          g_assert_cmpuint (smith_virtual_stick_get_count (rig.stick, stage), ==, 0);
    }
}

/* At a port that somebody named, with nothing in particular wanted. */
static void
test_ports (void)
{
  static const SmithFlashFuncs funcs = { .confirm = never_asked };
  static const SmithFlashOptions options = { .restart = TRUE };
  g_auto (Files) files = { 0 };

  files_start (&files);
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      SmithVirtualStickConfig config = stick;
      g_auto (Rig) rig = { 0 };
      g_autofree char *path = NULL;
      g_autoptr (GPtrArray) items = NULL;
      g_autoptr (SmithPort) port = NULL;
      g_autoptr (SmithFlashReport) report = smith_flash_report_new ();
      g_autoptr (GError) error = NULL;

      if (!refused[i].by_itself)
        continue;
      g_test_message ("%s", refused[i].name);
      path = files_make (&files, "firmware.bin", refused[i].description);
      items = items_new (item_open (path), NULL);
      config.start = SMITH_MODE_DOWNLOAD;
      rig_start (&rig, &config, NULL);
      port = rig_open_port (&rig);
      g_assert_false (smith_flash_run (port, items, &options, &funcs, NULL, report, NULL, &error));
      g_assert_error (error, SMITH_ERROR, SMITH_ERROR_WRONG_FILE);
      g_assert_false (report->touched);
      rig_expect_nothing_written (&rig);
    }
}

typedef struct
{
  SmithVerdictKind kind;
  guint n_asked;
} Asked;

static gboolean
note_verdict (const SmithVerdict *verdict, gpointer user_data)
{
  Asked *asked = user_data;

  g_assert_cmpuint (verdict->reasons->len, >, 0);
  asked->kind = verdict->kind;
  asked->n_asked++;
  return TRUE;
}

/* What download mode answers is enough to know that the right file fits; where it
 * is not, that is said, and the stick can be rescued all the same. */
static void
test_rescue (void)
{
  static const struct
  {
    SmithMode start;
    const char *product;
    SmithAim aim;
    SmithVerdictKind kind;
  } cases[] = {
    { SMITH_MODE_BOOT_ROM, "BV7R11HS", SMITH_AIM_STICK, SMITH_VERDICT_FITS },
    { SMITH_MODE_BOOT_ROM, "BV7R11HS", SMITH_AIM_RESCUE, SMITH_VERDICT_FITS },
    { SMITH_MODE_DOWNLOAD, "BV7R11HS", SMITH_AIM_RESCUE, SMITH_VERDICT_FITS },
    { SMITH_MODE_BOOT_ROM, NULL, SMITH_AIM_RESCUE, SMITH_VERDICT_UNSURE },
    { SMITH_MODE_BOOT_ROM, "BV7R22HS", SMITH_AIM_RESCUE, SMITH_VERDICT_UNSURE },
    { SMITH_MODE_BOOT_ROM, "BV7R11HS", SMITH_AIM_SAME, SMITH_VERDICT_UNSURE },
  };
  static const SmithConversionFuncs funcs = { .flash = { .confirm = note_verdict } };
  g_auto (Files) files = { 0 };

  files_start (&files);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SmithVirtualStickConfig config = stick;
      g_auto (Rig) rig = { 0 };
      g_autoptr (SmithPlan) plan = make_plan (&files, STICK_FILE, cases[i].aim);
      g_autoptr (SmithVerdict) before = smith_plan_judge (plan, cases[i].start);
      g_autoptr (SmithConversionReport) report = smith_conversion_report_new ();
      g_autoptr (GError) error = NULL;
      Asked asked = { 0 };

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      g_assert_cmpint (before->kind, ==, SMITH_VERDICT_UNSURE);
      config.start = cases[i].start;
      config.product_id = cases[i].product;
      rig_start (&rig, &config, NULL);
      smith_conversion_run (plan, SMITH_BUS (rig.bus), &funcs, &asked, report, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (asked.n_asked, ==, 1);
      g_assert_cmpint (asked.kind, ==, cases[i].kind);
      rig_expect_written (&rig, plan->firmware);
    }
}

/* An expert's word holds at the port, too. */
static void
test_override (void)
{
  static const SmithConversionFuncs funcs = { .flash = { .confirm = note_verdict } };
  g_auto (Files) files = { 0 };
  g_auto (Rig) rig = { 0 };
  SmithVirtualStickConfig config = stick;
  g_autoptr (SmithPlan) plan = NULL;
  g_autoptr (SmithConversionReport) report = smith_conversion_report_new ();
  g_autoptr (GError) error = NULL;
  Asked asked = { 0 };

  files_start (&files);
  plan = make_plan (&files, STICK_FILE, SMITH_AIM_HILINK);
  plan->override = g_strdup ("direction");
  config.start = SMITH_MODE_DOWNLOAD;
  rig_start (&rig, &config, NULL);
  smith_conversion_run (plan, SMITH_BUS (rig.bus), &funcs, &asked, report, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (asked.kind, ==, SMITH_VERDICT_UNSURE);
  rig_expect_written (&rig, plan->firmware);
}

/* What was wanted is wanted still when a job is gone on with. */
static void
test_kept (void)
{
  g_auto (Files) files = { 0 };
  g_autofree char *path = NULL;

  files_start (&files);
  path = g_build_filename (files.dir, "job.ini", NULL);
  for (SmithAim aim = SMITH_AIM_ANY; aim <= SMITH_AIM_RESCUE; aim++)
    {
      g_autoptr (SmithPlan) plan = make_plan (&files, STICK_FILE, aim);
      g_autoptr (SmithPlan) again = NULL;
      g_autoptr (SmithSavedState) state = NULL;
      g_autoptr (SmithVerdict) verdict = NULL;
      g_autoptr (GError) error = NULL;

      state = smith_saved_state_for_plan (plan);
      smith_saved_state_save (state, path, &error);
      g_assert_no_error (error);
      g_clear_pointer (&state, smith_saved_state_free);
      state = smith_saved_state_load (path, &error);
      g_assert_no_error (error);
      again = smith_saved_state_to_plan (state, NULL, NULL, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (again->aim, ==, aim);
      verdict = smith_plan_judge (again, SMITH_MODE_DOWNLOAD);
      g_assert_cmpint (verdict->kind == SMITH_VERDICT_DOES_NOT_FIT, ==, aim == SMITH_AIM_HILINK);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  smith_deadline_set_scale (SCALE);
  g_test_add_func ("/job/nothing-known/jobs", test_jobs);
  g_test_add_func ("/job/nothing-known/ports", test_ports);
  g_test_add_func ("/job/nothing-known/rescue", test_rescue);
  g_test_add_func ("/job/nothing-known/override", test_override);
  g_test_add_func ("/job/nothing-known/kept", test_kept);
  return g_test_run ();
}
