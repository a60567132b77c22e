/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "format/error.h"
#include "job/conversion.h"
#include "link/deadline.h"
#include "rig.h"
#include "simulator/practice.h"
#include "simulator/scenario.h"

#define SUCCESS (-1)
#define CANCELLED (-2)

/* Only against hangs. */
#define HARD_BOUND_US (60 * G_USEC_PER_SEC)

#define SCALE 0.05

/* Of the virtual stick. */
#define IMEI "350000000000014"

/* Sound, but for sticks with another chip. */
#define OTHER_CHIP                                                                                 \
  "[file]\nshape=bin\n[firmware]\ndownload-id=0x01\nproduct=BV7R2HS\n"                             \
  "version=:BV7R2HS:T:21.2\n[partition 0]\nid=0x00000000\n"                                        \
  "content=random:500:1\n[partition 1]\nid=0x00020000\n"                                           \
  "content=random:500:2\n[partition 2]\nid=0x00050000\ncontent=random:500:3\n"

typedef enum
{
  AT_NOTHING,
  AT_STEP,
  AT_LOADER_PROGRESS,
  AT_CONFIRM,
  AT_PARTITION,
  AT_PROGRESS,
  AT_PARTITION_DONE,
} Where;

typedef struct
{
  GCancellable *cancellable;
  Where cancel_at;
  SmithStep cancel_step;
  guint steps; /* bits */
  SmithStep step;
  guint64 loader_done;
  guint64 loader_total;
  guint n_confirms;
  guint n_done;
  Rig *rig;
  guint n_cds;
  int waits; /* for the stick */
} Seen;

static void
visit (Seen *seen, Where where)
{
  if (where == seen->cancel_at && (where != AT_STEP || seen->step == seen->cancel_step))
    g_cancellable_cancel (seen->cancellable);
}

static void
on_step (SmithStep step, gpointer user_data)
{
  Seen *seen = user_data;

  g_assert_true (seen->steps == 0 || step == seen->step + 1);
  seen->steps |= 1u << step;
  seen->step = step;
  visit (seen, AT_STEP);
}

static void
on_loader_progress (guint64 done, guint64 total, gpointer user_data)
{
  Seen *seen = user_data;

  g_assert_cmpint (seen->step, ==, SMITH_STEP_LOADER);
  g_assert_cmpuint (done, <=, total);
  seen->loader_done = done;
  seen->loader_total = total;
  visit (seen, AT_LOADER_PROGRESS);
}

static gboolean
on_confirm (const SmithVerdict *verdict, gpointer user_data)
{
  Seen *seen = user_data;

  g_assert_cmpint (seen->step, ==, SMITH_STEP_FLASH);
  seen->n_confirms++;
  visit (seen, AT_CONFIRM);
  return TRUE;
}

static gboolean
on_partition (const SmithItem *item,
              const SmithPartition *partition,
              gpointer user_data,
              GError **error)
{
  visit (user_data, AT_PARTITION);
  return TRUE;
}

static void
on_progress (guint64 done, guint64 total, gpointer user_data)
{
  visit (user_data, AT_PROGRESS);
}

static void
on_partition_done (guint file, const SmithPartition *partition, gpointer user_data)
{
  Seen *seen = user_data;

  seen->n_done++;
  visit (seen, AT_PARTITION_DONE);
}

static const SmithConversionFuncs funcs = {
  .step = on_step,
  .loader_progress = on_loader_progress,
  .flash = { on_confirm, on_partition, on_progress, on_partition_done },
};

/* Runs, and checks what must hold whatever comes out. @code may be SUCCESS or CANCELLED. */
static SmithConversionReport *
convert (Rig *rig, SmithPlan *plan, Seen *seen, int code, GError **error)
{
  SmithConversionReport *report = smith_conversion_report_new ();
  gint64 start = g_get_monotonic_time ();
  gboolean ok = smith_conversion_run (plan, SMITH_BUS (rig->bus), &funcs, seen, report,
                                      seen->cancellable, error);

  g_assert_cmpint (ok, ==, *error == NULL);
  if (code == SUCCESS)
    g_assert_no_error (*error);
  else if (code == CANCELLED)
    g_assert_error (*error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  else
    g_assert_error (*error, SMITH_ERROR, code);
  g_assert_cmpint (g_get_monotonic_time () - start, <, HARD_BOUND_US);
  g_assert_cmpint (report->step, ==, seen->step);
  g_assert_false (smith_virtual_stick_lost_calibration (rig->stick));
  if (!report->flash->touched)
    rig_expect_nothing_written (rig);
  return report;
}

/* The practice files, opened once: making them takes a while. */
static struct
{
  SmithPracticeFiles files;
  char *dir;
  SmithItem *loader;
  SmithItem *stick;
  SmithItem *hilink;
  SmithItem *wrong;
} practice;

static void
practice_start (void)
{
  Files files;
  g_autofree char *wrong = NULL;
  g_autoptr (GError) error = NULL;

  files_start (&files);
  practice.dir = files.dir;
  smith_practice_write_files (practice.dir, &practice.files, &error);
  g_assert_no_error (error);
  wrong = files_make (&files, "wrong.bin", OTHER_CHIP);
  practice.loader = item_open (practice.files.loader);
  practice.stick = item_open (practice.files.stick);
  practice.hilink = item_open (practice.files.hilink);
  practice.wrong = item_open (wrong);
}

static void
practice_end (void)
{
  g_auto (Files) files = { .dir = g_steal_pointer (&practice.dir) };

  smith_item_unref (practice.loader);
  smith_item_unref (practice.stick);
  smith_item_unref (practice.hilink);
  smith_item_unref (practice.wrong);
  smith_practice_files_clear (&practice.files);
}

static SmithPlan *
make_plan (SmithItem *firmware)
{
  SmithPlan *plan = smith_plan_new ("1-1");

  plan->loader = smith_item_ref (practice.loader);
  g_ptr_array_add (plan->firmware, smith_item_ref (firmware));
  return plan;
}

/* What the stick was sent as a loader is the file's, but for the erase call. */
static void
expect_loader (Rig *rig)
{
  const SmithLoader *loader = practice.loader->loader;

  for (guint i = 0; i < loader->n_components; i++)
    {
      g_autoptr (GBytes) sent = smith_virtual_stick_get_component (rig->stick, i);

      g_assert_true (g_bytes_equal (sent, loader->components[i].image));
    }
}

static void
test_scenarios (void)
{
  static const struct
  {
    const char *name;
    int code;
    int refusal;
    SmithStep step;
  } outcomes[] = {
    { "all-well", SUCCESS, SMITH_NO_REFUSAL, SMITH_STEP_REACTIVATE },
    { "needle", SUCCESS, SMITH_NO_REFUSAL, SMITH_STEP_REACTIVATE },
    { "wrong-file", SMITH_ERROR_WRONG_FILE, SMITH_NO_REFUSAL, SMITH_STEP_FLASH },
    { "bad-line", SUCCESS, SMITH_NO_REFUSAL, SMITH_STEP_REACTIVATE },
    { "signature", SUCCESS, SMITH_NO_REFUSAL, SMITH_STEP_REACTIVATE },
    { "stuck-in-download", SUCCESS, SMITH_NO_REFUSAL, SMITH_STEP_REACTIVATE },
    { "loader-does-not-start", SMITH_ERROR_UNSUPPORTED, SMITH_NO_REFUSAL, SMITH_STEP_LOADER },
    { "part-refused", SMITH_ERROR_REFUSED, 2, SMITH_STEP_FLASH },
    { "unplugged", SMITH_ERROR_DISCONNECTED, SMITH_NO_REFUSAL, SMITH_STEP_FLASH },
    { "old-version", SMITH_ERROR_WRONG_VERSION, SMITH_NO_REFUSAL, SMITH_STEP_COME_BACK },
    { "two-sticks", SUCCESS, SMITH_NO_REFUSAL, SMITH_STEP_REACTIVATE },
  };
  guint n;
  const SmithScenario *scenarios = smith_scenario_list (&n);

  g_assert_cmpuint (n, >=, G_N_ELEMENTS (outcomes));
  for (gsize i = 0; i < G_N_ELEMENTS (outcomes); i++)
    {
      const SmithScenario *scenario = smith_scenario_find (outcomes[i].name);
      SmithVirtualStickConfig config = {
        .chip = SMITH_CHIP_V7R11,
        .product_id = "BV7R11HS",
        .version = RIG_VERSION_BEFORE,
        .restart_ms = 5,
      };
      g_auto (Rig) rig = { 0 };
      g_autoptr (SmithVirtualStick) second = NULL;
      g_autoptr (SmithPlan) plan = NULL;
      g_autoptr (SmithConversionReport) report = NULL;
      g_autoptr (GPtrArray) items = NULL;
      g_autoptr (GError) error = NULL;
      SmithItem *firmware = practice.stick;
      Seen seen = { 0 };

      g_test_message ("scenario %s", outcomes[i].name);
      g_assert_true (scenario >= scenarios && scenario < scenarios + n);
      if (scenario->wrong_file)
        firmware = practice.wrong;
      plan = make_plan (firmware);
      config.start = scenario->start;
      config.demand_signature = scenario->demand_signature;
      rig_start (&rig, &config, scenario->faults);
      if (scenario->two_sticks)
        {
          config.usb_path = "1-2";
          second = smith_virtual_stick_new (rig.bus, &config, NULL, NULL, &error);
          g_assert_no_error (error);
        }
      report = convert (&rig, plan, &seen, outcomes[i].code, &error);
      g_assert_cmpint (report->step, ==, outcomes[i].step);
      g_assert_cmpint (smith_error_get_refusal (error), ==, outcomes[i].refusal);
      g_assert_cmpuint (seen.steps, ==, (2u << report->step) - 1);
      items = items_new (smith_item_ref (firmware), NULL);
      if (scenario->start == SMITH_MODE_BOOT_ROM)
        {
          expect_loader (&rig);
          g_assert_cmpuint (seen.loader_done, ==, seen.loader_total);
        }
      if (report->step >= SMITH_STEP_COME_BACK)
        {
          rig_expect_written (&rig, items);
          g_assert_cmpuint (report->flash->partitions->len, ==,
                            firmware->firmware->partitions->len);
          g_assert_cmpstr (report->version, ==,
                           error == NULL ? practice.files.stick_version : RIG_VERSION_BEFORE);
        }
      if (second != NULL)
        {
          g_assert_cmpuint (smith_virtual_stick_get_count (second, SMITH_STAGE_BOOT), ==, 0);
          smith_virtual_stick_unplug (second);
        }
    }
}

/* HiLink firmware says its version through its web server. */
static void
test_hilink (void)
{
  g_auto (Rig) rig = { 0 };
  g_autoptr (SmithPlan) plan = make_plan (practice.hilink);
  g_autoptr (SmithConversionReport) report = NULL;
  g_autoptr (GPtrArray) items = items_new (smith_item_ref (practice.hilink), NULL);
  g_autoptr (GError) error = NULL;
  Seen seen = { 0 };

  g_assert_cmpstr (smith_plan_get_version (plan), ==, practice.files.hilink_version);
  g_assert_true (smith_plan_becomes_hilink (plan));
  rig_start_plain (&rig, SMITH_MODE_BOOT_ROM, NULL);
  report = convert (&rig, plan, &seen, SUCCESS, &error);
  g_assert_cmpint (report->step, ==, SMITH_STEP_REACTIVATE);
  g_assert_cmpint (report->mode, ==, SMITH_MODE_HILINK);
  g_assert_cmpstr (report->version, ==, practice.files.hilink_version);
  g_assert_cmpint (report->network_result, ==, SMITH_NETWORK_NOT_TRIED);
  rig_expect_written (&rig, items);
}

/* Whatever version it shows: with another IMEI it is not the stick from before. */
static void
test_imei (void)
{
  static const struct
  {
    const char *imei;
    int code;
  } cases[] = {
    { IMEI, SUCCESS },
    { "350000000000022", SMITH_ERROR_WRONG_DEVICE },
  };
  SmithItem *const items[] = { practice.stick, practice.hilink };

  for (gsize i = 0; i < 2 * G_N_ELEMENTS (cases); i++)
    {
      int code = cases[i / 2].code;
      g_auto (Rig) rig = { 0 };
      g_autoptr (SmithPlan) plan = make_plan (items[i % 2]);
      g_autoptr (SmithConversionReport) report = NULL;
      g_autoptr (GError) error = NULL;
      Seen seen = { 0 };

      plan->before = smith_identity_new ();
      plan->before->imei = g_strdup (cases[i / 2].imei);
      rig_start_plain (&rig, SMITH_MODE_DOWNLOAD, NULL);
      report = convert (&rig, plan, &seen, code, &error);
      g_assert_true (report->works == (code == SUCCESS));
      if (code == SUCCESS)
        continue;
      g_assert_cmpint (report->step, ==, SMITH_STEP_COME_BACK);
      g_assert_nonnull (strstr (error->message, "another IMEI"));
    }
}

/* Going on where a run stopped: what is there already is not written again. */
static void
test_go_on (void)
{
  g_auto (Rig) rig = { 0 };
  g_autoptr (SmithPlan) plan = make_plan (practice.stick);
  g_autoptr (SmithConversionReport) report = NULL;
  g_autoptr (SmithConversionReport) rest = NULL;
  g_autoptr (GPtrArray) items = items_new (smith_item_ref (practice.stick), NULL);
  g_autoptr (GError) error = NULL;
  Seen seen = { 0 };
  Seen again = { 0 };

  /* In the middle of the fourth partition; then back in download mode. */
  rig_start_plain (&rig, SMITH_MODE_BOOT_ROM, "binary 400 replug\n");
  report = convert (&rig, plan, &seen, SMITH_ERROR_DISCONNECTED, &error);
  g_clear_error (&error);
  g_assert_cmpuint (seen.n_done, ==, 3);
  plan->first_partition = seen.n_done;
  rest = convert (&rig, plan, &again, SUCCESS, &error);
  g_assert_cmpstr (rest->version, ==, practice.files.stick_version);
  g_assert_cmpuint (again.n_done, ==, practice.stick->firmware->partitions->len - 3);
  g_assert_cmpuint (again.loader_total, ==, 0);
  rig_expect_written (&rig, items);
}

static void
test_cancel (void)
{
  static const struct
  {
    Where where;
    SmithStep cancel_step;
    SmithStep step; /* at which it ends */
    gboolean touched;
  } cases[] = {
    { AT_STEP, SMITH_STEP_PREPARE, SMITH_STEP_BOOT_MODE, FALSE },
    { AT_STEP, SMITH_STEP_BOOT_MODE, SMITH_STEP_BOOT_MODE, FALSE },
    { AT_STEP, SMITH_STEP_LOADER, SMITH_STEP_LOADER, FALSE },
    { AT_LOADER_PROGRESS, 0, SMITH_STEP_LOADER, FALSE },
    { AT_STEP, SMITH_STEP_FLASH, SMITH_STEP_FLASH, FALSE },
    { AT_CONFIRM, 0, SMITH_STEP_FLASH, FALSE },
    { AT_PARTITION, 0, SMITH_STEP_FLASH, FALSE },
    { AT_PROGRESS, 0, SMITH_STEP_FLASH, TRUE },
    { AT_PARTITION_DONE, 0, SMITH_STEP_FLASH, TRUE },
    { AT_STEP, SMITH_STEP_COME_BACK, SMITH_STEP_COME_BACK, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Rig) rig = { 0 };
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (SmithPlan) plan = make_plan (practice.stick);
      g_autoptr (SmithConversionReport) report = NULL;
      g_autoptr (GError) error = NULL;
      Seen seen = { .cancellable = cancellable,
                    .cancel_at = cases[i].where,
                    .cancel_step = cases[i].cancel_step };

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      rig_start_plain (&rig, SMITH_MODE_BOOT_ROM, NULL);
      report = convert (&rig, plan, &seen, CANCELLED, &error);
      g_assert_cmpint (report->step, ==, cases[i].step);
      g_assert_cmpint (report->flash->touched, ==, cases[i].touched);
      g_assert_cmpuint (report->flash->partitions->len, ==, seen.n_done);
    }
}

typedef struct
{
  GCancellable *cancellable;
  gulong after_us;
} Canceller;

static gpointer
cancel_later (gpointer data)
{
  Canceller *canceller = data;

  g_usleep (canceller->after_us);
  g_cancellable_cancel (canceller->cancellable);
  return NULL;
}

/* At any time, from elsewhere. */
static void
test_cancel_any_time (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  guint n_success = 0;

  for (guint i = 0; i < 40; i++)
    {
      g_auto (Rig) rig = { 0 };
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (SmithPlan) plan = make_plan (practice.stick);
      g_autoptr (SmithConversionReport) report = smith_conversion_report_new ();
      g_autoptr (GError) error = NULL;
      Seen seen = { .cancellable = cancellable };
      Canceller canceller = { cancellable, (gulong) g_rand_int_range (rand, 0, 150000) };
      GThread *thread = g_thread_new ("cancel", cancel_later, &canceller);

      rig_start_plain (&rig, SMITH_MODE_BOOT_ROM, NULL);
      if (smith_conversion_run (plan, SMITH_BUS (rig.bus), &funcs, &seen, report, cancellable,
                                &error))
        n_success++;
      else
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      if (!report->flash->touched)
        rig_expect_nothing_written (&rig);
      g_assert_false (smith_virtual_stick_lost_calibration (rig.stick));
      g_thread_join (thread);
    }
  g_test_message ("%u of 40 were through before they were cancelled", n_success);
}

/* The stick is not there, is there in another mode, or needs a loader that nobody has. */
static void
test_no_stick (void)
{
  static const struct
  {
    const char *usb_path;
    SmithMode mode;
    gboolean loader;
    SmithErrorCode code;
  } cases[] = {
    { "1-2", SMITH_MODE_BOOT_ROM, TRUE, SMITH_ERROR_TIMEOUT },
    { "1-1", SMITH_MODE_STICK, TRUE, SMITH_ERROR_TIMEOUT },
    { "1-1", SMITH_MODE_HILINK, TRUE, SMITH_ERROR_TIMEOUT },
    { "1-1", SMITH_MODE_BOOT_ROM, FALSE, SMITH_ERROR_WRONG_FILE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const SmithVirtualStickConfig config
          = { .usb_path = cases[i].usb_path, .start = cases[i].mode };
      g_auto (Rig) rig = { 0 };
      g_autoptr (SmithPlan) plan = make_plan (practice.stick);
      g_autoptr (SmithConversionReport) report = NULL;
      g_autoptr (GError) error = NULL;
      Seen seen = { 0 };

      if (!cases[i].loader)
        g_clear_pointer (&plan->loader, smith_item_unref);
      rig_start (&rig, &config, NULL);
      smith_deadline_set_scale (0.01);
      report = convert (&rig, plan, &seen, (int) cases[i].code, &error);
      smith_deadline_set_scale (SCALE);
      g_assert_cmpint (report->step, ==, SMITH_STEP_BOOT_MODE);
      g_assert_cmpuint (smith_virtual_stick_get_count (rig.stick, SMITH_STAGE_BOOT), ==, 0);
      g_assert_cmpuint (smith_virtual_stick_get_count (rig.stick, SMITH_STAGE_AT), ==, 0);
    }
}

typedef struct
{
  Rig *rig;
  SmithMode mode;
  int *waits;
} LateStick;

/* Not before it is waited for. */
static gpointer
plug_in_later (gpointer data)
{
  LateStick *late = data;
  g_autoptr (GError) error = NULL;

  while (!g_atomic_int_get (late->waits))
    g_usleep (1000);
  g_usleep (20000);
  smith_virtual_stick_replug (late->rig->stick, late->mode, &error);
  g_assert_no_error (error);
  return NULL;
}

static void
on_late_step (SmithStep step, gpointer user_data)
{
  Seen *seen = user_data;

  on_step (step, seen);
  if (step == SMITH_STEP_BOOT_MODE)
    g_atomic_int_set (&seen->waits, TRUE);
}

/* A stick that is plugged in only when it is waited for comes as it pleases: at
 * work, where the plan's way begins, or already where it was to be brought. */
static void
test_comes_late (void)
{
  static const struct
  {
    SmithWay way;
    SmithMode home;
    SmithMode comes; /* plugged in later */
    guint first_partition;
  } cases[] = {
    { SMITH_WAY_WEB, SMITH_MODE_HILINK, SMITH_MODE_HILINK, 0 },
    { SMITH_WAY_WEB, SMITH_MODE_HILINK, SMITH_MODE_HILINK, 2 },
    { SMITH_WAY_WEB, SMITH_MODE_HILINK, SMITH_MODE_DOWNLOAD, 0 },
    { SMITH_WAY_WEB, SMITH_MODE_HILINK, SMITH_MODE_BOOT_ROM, 0 },
    { SMITH_WAY_AT, SMITH_MODE_STICK, SMITH_MODE_STICK, 0 },
    { SMITH_WAY_AT, SMITH_MODE_STICK, SMITH_MODE_DOWNLOAD, 0 },
  };
  SmithConversionFuncs late_funcs = funcs;

  late_funcs.step = on_late_step;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const SmithVirtualStickConfig config
          = { .start = cases[i].home,
              .chip = SMITH_CHIP_V7R11,
              .product_id = "BV7R11HS",
              .hardware = "CL2E3372HM",
              .version
              = cases[i].home == SMITH_MODE_HILINK ? "22.180.05.00.00" : RIG_VERSION_BEFORE,
              .restart_ms = 5 };
      g_auto (Rig) rig = { 0 };
      g_autoptr (SmithPlan) plan = make_plan (practice.stick);
      g_autoptr (GPtrArray) items = items_new (smith_item_ref (practice.stick), NULL);
      g_autoptr (SmithConversionReport) report = smith_conversion_report_new ();
      g_autoptr (GError) error = NULL;
      Seen seen = { 0 };
      LateStick late = { &rig, cases[i].comes, &seen.waits };
      GThread *thread;

      rig_start (&rig, &config, NULL);
      smith_virtual_stick_unplug (rig.stick);
      plan->way = cases[i].way;
      plan->boot_wait_ms = 600000;
      plan->first_partition = cases[i].first_partition;
      thread = g_thread_new ("plug", plug_in_later, &late);
      smith_conversion_run (plan, SMITH_BUS (rig.bus), &late_funcs, &seen, report, NULL, &error);
      g_thread_join (thread);
      g_assert_no_error (error);
      g_assert_cmpstr (report->version, ==, practice.files.stick_version);
      /* Of one that worked, nothing is half written. */
      rig_expect_written (&rig, items);
    }
}

/* In a mode in which nothing can be done with it, it is waited for in vain. */
static void
test_comes_otherwise (void)
{
  g_auto (Rig) rig = { 0 };
  g_autoptr (SmithPlan) plan = make_plan (practice.stick);
  g_autoptr (SmithConversionReport) report = NULL;
  g_autoptr (SmithStick) cd = smith_stick_new ("1-1", 0x12d1, 0x14fe, SMITH_MODE_CD);
  g_autoptr (GError) error = NULL;
  Seen seen = { 0 };

  rig_start_plain (&rig, SMITH_MODE_STICK, NULL);
  smith_virtual_stick_unplug (rig.stick);
  smith_virtual_bus_set (rig.bus, cd);
  plan->way = SMITH_WAY_AT;
  plan->boot_wait_ms = 1000;
  report = convert (&rig, plan, &seen, SMITH_ERROR_TIMEOUT, &error);
  g_assert_cmpint (report->step, ==, SMITH_STEP_BOOT_MODE);
}

typedef struct
{
  const char *target;
  const char *link;
} LateNode;

static gpointer
make_node_later (gpointer data)
{
  LateNode *node = data;

  g_usleep (40000);
  g_assert_cmpint (symlink (node->target, node->link), ==, 0);
  return NULL;
}

/* A stick is on the bus a little before its port is in the file system. */
static void
test_port_comes_late (void)
{
  g_auto (Files) files = { 0 };
  g_auto (Rig) rig = { 0 };
  g_auto (Rig) front = { .bus = smith_virtual_bus_new () };
  g_autoptr (SmithStick) inner = NULL;
  g_autoptr (SmithStick) outer = smith_stick_new ("1-1", 0x12d1, 0x1443, SMITH_MODE_DOWNLOAD);
  g_autofree char *link = NULL;
  g_autoptr (SmithPlan) plan = make_plan (practice.stick);
  g_autoptr (GPtrArray) items = items_new (smith_item_ref (practice.stick), NULL);
  g_autoptr (SmithConversionReport) report = smith_conversion_report_new ();
  g_autoptr (GError) error = NULL;
  LateNode node;
  GThread *thread;
  Seen seen = { 0 };

  files_start (&files);
  link = g_build_filename (files.dir, "ttyUSB0", NULL);
  rig_start_plain (&rig, SMITH_MODE_DOWNLOAD, NULL);
  inner = smith_bus_find (SMITH_BUS (rig.bus), "1-1");
  node = (LateNode){ smith_stick_find_port (inner, SMITH_PORT_DOWNLOAD), link };
  smith_stick_add_port (outer, link, 0, SMITH_PORT_DOWNLOAD);
  smith_virtual_bus_set (front.bus, outer);
  thread = g_thread_new ("node", make_node_later, &node);
  /* Written completely; it then comes back elsewhere, where nobody looks. */
  g_assert_false (
      smith_conversion_run (plan, SMITH_BUS (front.bus), &funcs, &seen, report, NULL, &error));
  g_thread_join (thread);
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT);
  g_assert_cmpint (report->step, ==, SMITH_STEP_COME_BACK);
  rig_expect_written (&rig, items);
}

/* The first start of new firmware: gone once more, slow, chatty. */
static void
test_come_back (void)
{
  static const char *const faults[] = {
    "at 1 replug\n",
    "at 1 replug times 3\n",
    "at 1 lost times 3\n",
    "at 1 refuse times 2\nat 3 unsolicited\n",
    "at 1 garbage\nat 2 half\nat 3 single-bytes\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_auto (Rig) rig = { 0 };
      g_autoptr (SmithPlan) plan = make_plan (practice.stick);
      g_autoptr (SmithConversionReport) report = NULL;
      g_autoptr (GError) error = NULL;
      Seen seen = { 0 };

      rig_start_plain (&rig, SMITH_MODE_DOWNLOAD, faults[i]);
      report = convert (&rig, plan, &seen, SUCCESS, &error);
      g_assert_cmpstr (report->version, ==, practice.files.stick_version);
    }
}

static void
eject (const char *drive, gpointer user_data)
{
  Rig *rig = ((Seen *) user_data)->rig;

  g_assert_nonnull (drive);
  ((Seen *) user_data)->n_cds++;
  smith_virtual_stick_eject (rig->stick);
}

/* A CD drive that nobody puts away is told of once, and then the stick comes. */
static void
test_cd_stays (void)
{
  const SmithConversionFuncs with_cd
      = { .flash = { on_confirm, on_partition, on_progress, on_partition_done },
          .cd_stays = eject };
  const SmithVirtualStickConfig config = { .start = SMITH_MODE_DOWNLOAD,
                                           .chip = SMITH_CHIP_V7R11,
                                           .product_id = "BV7R11HS",
                                           .version = RIG_VERSION_BEFORE,
                                           .restart_ms = 5,
                                           .shows_cd = TRUE,
                                           .stays_cd = TRUE };
  g_auto (Rig) rig = { 0 };
  g_autoptr (SmithPlan) plan = make_plan (practice.stick);
  g_autoptr (SmithConversionReport) report = smith_conversion_report_new ();
  g_autoptr (GError) error = NULL;
  Seen seen = { .rig = &rig, .step = SMITH_STEP_FLASH };

  rig_start (&rig, &config, NULL);
  smith_conversion_run (plan, SMITH_BUS (rig.bus), &with_cd, &seen, report, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (seen.n_cds, ==, 1);
  g_assert_cmpstr (report->version, ==, practice.files.stick_version);
}

static void
test_names (void)
{
  for (SmithStep step = 0; step < SMITH_N_STEPS; step++)
    {
      g_assert_cmpstr (smith_step_name (step), !=, "");
      g_assert_cmpstr (smith_step_title (step), !=, "");
    }
}

static gboolean
refuse_other_loader (const SmithVerdict *verdict, gpointer user_data)
{
  guint *n_asked = user_data;

  g_assert_cmpint (verdict->kind, ==, SMITH_VERDICT_UNSURE);
  g_assert_nonnull (strstr (g_ptr_array_index (verdict->reasons, 0), "H6930CS_STICK"));
  ++*n_asked;
  return FALSE;
}

/* A loader for another chip is doubted before the first part is written, and only
 * where it was sent. */
static void
test_other_loader (void)
{
  static const SmithConversionFuncs doubting = { .flash = { .confirm = refuse_other_loader } };
  g_auto (Files) files = { 0 };
  g_autofree char *path = NULL;

  files_start (&files);
  path = files_make (&files, "loader.bin",
                     "[file]\nshape=loader\n[loader]\nroutine=v7r11\nraminit=1500\n"
                     "flasher=20000\n[table]\nproduct=H6930CS_STICK\nversion=V\n"
                     "entry 0=boot,0,1,2,3,4,5,6,7\nend-name=T\n");
  for (guint sent = 0; sent < 2; sent++)
    {
      g_auto (Rig) rig = { 0 };
      g_autoptr (SmithPlan) plan = make_plan (practice.stick);
      g_autoptr (SmithConversionReport) report = NULL;
      g_autoptr (GError) error = NULL;
      Seen seen = { 0 };
      guint n_asked = 0;

      smith_item_unref (plan->loader);
      plan->loader = item_open (path);
      plan->skip_network = TRUE;
      rig_start_plain (&rig, sent ? SMITH_MODE_BOOT_ROM : SMITH_MODE_DOWNLOAD, NULL);
      if (!sent)
        {
          report = convert (&rig, plan, &seen, SUCCESS, &error);
          continue;
        }
      report = smith_conversion_report_new ();
      g_assert_false (smith_conversion_run (plan, SMITH_BUS (rig.bus), &doubting, &n_asked, report,
                                            NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpuint (n_asked, ==, 1);
      rig_expect_nothing_written (&rig);
    }
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  smith_deadline_set_scale (SCALE);
  practice_start ();
  g_test_add_func ("/job/conversion/scenarios", test_scenarios);
  g_test_add_func ("/job/conversion/hilink", test_hilink);
  g_test_add_func ("/job/conversion/imei", test_imei);
  g_test_add_func ("/job/conversion/go-on", test_go_on);
  g_test_add_func ("/job/conversion/cancel", test_cancel);
  g_test_add_func ("/job/conversion/cancel-any-time", test_cancel_any_time);
  g_test_add_func ("/job/conversion/no-stick", test_no_stick);
  g_test_add_func ("/job/conversion/comes-late", test_comes_late);
  g_test_add_func ("/job/conversion/comes-otherwise", test_comes_otherwise);
  g_test_add_func ("/job/conversion/port-comes-late", test_port_comes_late);
  g_test_add_func ("/job/conversion/come-back", test_come_back);
  g_test_add_func ("/job/conversion/cd-stays", test_cd_stays);
  g_test_add_func ("/job/conversion/other-loader", test_other_loader);
  g_test_add_func ("/job/conversion/names", test_names);
  result = g_test_run ();
  practice_end ();
  return result;
}
