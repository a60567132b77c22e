/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "format/error.h"
#include "job/conversion.h"
#include "job/job.h"
#include "job/saved-state.h"
#include "link/deadline.h"
#include "link/trace.h"
#include "older.h"
#include "simulator/practice.h"
#include "simulator/scenario.h"

#define SUCCESS (-1)
#define SCALE 0.05

/* Of the small file, behind the questions and all of its parts. */
#define RESTART_FRAME "binary 21"

/* The eight sections that a rescue of a real E392 wrote. */
static const guint32 sections[]
    = { 0x1D0, 0x9F94, 0x71828, 0x1C4000, 0x247390, 0x1D57220, 0x7FB67, 0x4C000 };

typedef struct
{
  SmithLog *log;
  SmithVerdictKind verdict;
  guint n_confirms;
} Seen;

static gboolean
on_confirm (const SmithVerdict *verdict, gpointer user_data)
{
  Seen *seen = user_data;

  seen->n_confirms++;
  seen->verdict = verdict->kind;
  return TRUE;
}

static const SmithConversionFuncs funcs = { .flash = { .confirm = on_confirm } };

static void
on_trace (const char *line, gpointer user_data)
{
  smith_log_add (user_data, SMITH_LOG_DETAIL, "%s", line);
}

static void
seen_clear (Seen *seen)
{
  g_clear_object (&seen->log);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Seen, seen_clear)

static void
start (Rig *rig, const char *name, const char *faults)
{
  SmithVirtualStickConfig config = { .restart_ms = 5 };

  smith_scenario_fill_config (smith_scenario_find (name), &config);
  rig_start (rig, &config, faults);
}

/* As the window and the command line do it: ask the stick, take the first way. */
static SmithPlan *
make_plan (Rig *rig, SmithItem *item, SmithWay expected)
{
  SmithPlan *plan = smith_plan_new ("1-1");
  g_autoptr (SmithStick) stick = smith_bus_find (SMITH_BUS (rig->bus), "1-1");
  g_autoptr (GError) error = NULL;
  SmithWayAdvice advice;

  plan->before = smith_identify (SMITH_BUS (rig->bus), stick, NULL, NULL, &error);
  g_assert_no_error (error);
  smith_way_advise (stick, plan->before, &advice);
  g_assert_cmpuint (advice.n_ways, ==, 1);
  g_assert_cmpint (advice.ways[0], ==, expected);
  plan->way = advice.ways[0];
  g_ptr_array_add (plan->firmware, smith_item_ref (item));
  return plan;
}

static SmithConversionReport *
convert (Rig *rig, SmithPlan *plan, Seen *seen, int code, GError **error)
{
  SmithConversionReport *report = smith_conversion_report_new ();

  seen->log = smith_log_new ();
  smith_trace_set (on_trace, seen->log);
  smith_conversion_run (plan, SMITH_BUS (rig->bus), &funcs, seen, report, NULL, error);
  smith_trace_set (NULL, NULL);
  if (code == SUCCESS)
    g_assert_no_error (*error);
  else
    g_assert_error (*error, SMITH_ERROR, code);
  return report;
}

static void
expect_in (const char *text, const char *line)
{
  if (strstr (text, line) == NULL)
    g_error ("“%s” is not in:\n%s", line, text);
}

/* Short, and without anybody's number. */
static char *
take_report (Seen *seen)
{
  char *text = smith_log_to_text (seen->log, SMITH_LOG_DETAIL);
  g_autoptr (GRegex) number = g_regex_new ("[0-9]{14}", 0, 0, NULL);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  g_assert_cmpuint (g_strv_length (lines), <=, 400);
  g_assert_false (g_regex_match (number, text, 0, NULL));
  g_assert_null (strstr (text, "STICKSMITH-PRACTICE"));
  return text;
}

static SmithItem *
open_practice (Files *files, SmithPracticeKind kind)
{
  g_auto (SmithPracticeFiles) made = { 0 };
  g_autoptr (GError) error = NULL;

  smith_practice_write_files (files->dir, &made, &error);
  g_assert_no_error (error);
  return item_open (smith_practice_files_get_firmware (&made, kind));
}

/* An updater, through diagnostics; then no network before its settings are opened. */
static void
test_e1550 (void)
{
  g_auto (Files) files = { 0 };
  g_auto (Rig) rig = { 0 };
  g_auto (Seen) seen = { 0 };
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (SmithPlan) plan = NULL;
  g_autoptr (SmithConversionReport) report = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  SmithReactivateOptions back = { .wait_ms = 1000 };
  SmithReactivateReport restored;

  files_start (&files);
  items = items_new (open_practice (&files, SMITH_PRACTICE_E1550), NULL);
  g_assert_cmpint (((SmithItem *) items->pdata[0])->firmware->kind, ==, SMITH_FIRMWARE_UPDATER);
  start (&rig, "e1550", NULL);
  plan = make_plan (&rig, items->pdata[0], SMITH_WAY_DIAGNOSTICS);
  report = convert (&rig, plan, &seen, SUCCESS, &error);
  rig_expect_written (&rig, items);
  g_assert_cmpuint (seen.n_confirms, ==, 1);
  g_assert_cmpint (seen.verdict, ==, SMITH_VERDICT_UNSURE);
  g_assert_cmpint (report->mode, ==, SMITH_MODE_STICK);
  g_assert_cmpstr (report->version, ==, smith_plan_get_version (plan));
  g_assert_cmpuint (smith_virtual_stick_get_count (rig.stick, SMITH_STAGE_TEXT), ==, 0);
  g_assert_cmpuint (rig_count_log (&rig,
                                   "\"appeared\",\"usb_path\":\"1-1\",\"usb_id\":\"12d1:1003\""),
                    ==, 1);
  g_assert_cmpuint (rig_count_log (&rig,
                                   "\"appeared\",\"usb_path\":\"1-1\",\"usb_id\":\"12d1:1446\""),
                    ==, 1);
  g_assert_cmpuint (rig_count_log (&rig,
                                   "\"appeared\",\"usb_path\":\"1-1\",\"usb_id\":\"12d1:1001\""),
                    ==, 2);

  /* The network: opened, the old settings kept, and put back on request. */
  g_assert_cmpint (report->network_result, ==, SMITH_NETWORK_REGISTERED);
  g_assert_true (report->network.changed && report->network.had_settings);
  g_assert_cmpint (report->network.before.kind, ==, SMITH_SYSCFG);
  g_assert_false (smith_network_settings_equal (&report->network.before, &report->network.now));
  g_assert_cmphex (report->network.now.bands, ==, 0x3FFFFFFF);
  back.restore = &report->network.before;
  smith_reactivate_run (SMITH_BUS (rig.bus), "1-1", &back, NULL, NULL, &restored, NULL, NULL);
  g_assert_true (restored.changed);
  g_assert_true (smith_network_settings_equal (&restored.now, &report->network.before));

  text = take_report (&seen);
  expect_in (text, "> AT$QCDMG\n");
  expect_in (text, "> 0C\n");
  expect_in (text, "< 13 0C\n");
  expect_in (text, "> 4B C9 03 FF\n");
  expect_in (text, "> 3A\n");
  expect_in (text, "stick 12d1:1003, download");
  expect_in (text, "\"M62xx-OEMSBL\"");
  expect_in (text, "\"HUAWEI E155\"");
  expect_in (text, "> 41 00 01 00 00 00 00 01 D0 00 00 00\n");
  expect_in (text, "> 42 block 1, 464 bytes: taken\n");
  expect_in (text, "each taken\n");
  expect_in (text, "> 0A\n");
  expect_in (text, "AT^SYSCFG=");
}

/* As large as on a real one; with what the stick says of itself afterwards. */
static void
test_e392 (void)
{
  g_auto (Rig) rig = { 0 };
  g_auto (Seen) seen = { 0 };
  g_autofree char *path
      = g_build_filename (g_getenv ("SMITH_FIXTURES"), "made-qualcomm-e392", NULL);
  g_autoptr (GPtrArray) items = items_new (item_open (path), NULL);
  g_autoptr (SmithPlan) plan = NULL;
  g_autoptr (SmithConversionReport) report = NULL;
  g_autoptr (SmithStick) stick = NULL;
  g_autoptr (SmithIdentity) identity = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  start (&rig, "e392", NULL);
  plan = make_plan (&rig, items->pdata[0], SMITH_WAY_THERE);
  g_assert_cmpstr (plan->before->download_id, ==, "HUAWEI E392");
  report = convert (&rig, plan, &seen, SUCCESS, &error);
  rig_expect_written (&rig, items);
  g_assert_cmpuint (report->flash->partitions->len, ==, G_N_ELEMENTS (sections));
  for (guint i = 0; i < G_N_ELEMENTS (sections); i++)
    {
      const SmithFlashedPartition *done
          = &g_array_index (report->flash->partitions, SmithFlashedPartition, i);

      g_assert_cmphex (done->id, ==, (i + 1) << 16);
      g_assert_cmphex (done->bytes, ==, sections[i]);
    }
  g_assert_cmpuint (seen.n_confirms, ==, 1);
  g_assert_cmpstr (report->version, ==, "11.433.57.00.260");
  g_assert_cmpuint (rig_count_log (&rig, "\"usb_id\":\"12d1:1505\",\"mode\":\"cd\""), ==, 1);
  stick = smith_bus_find (SMITH_BUS (rig.bus), "1-1");
  g_assert_cmphex (stick->product, ==, 0x1506);
  identity = smith_identify (SMITH_BUS (rig.bus), stick, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (identity->hardware, ==, "E392u-12 CD1E392M Ver.C");
  g_assert_cmpstr (identity->firmware, ==, "11.433.57.00.260");

  /* Thousands of blocks are one line. */
  text = take_report (&seen);
  expect_in (text, "> 42 block 1 to 7512, 30765600 bytes: each taken\n");
}

/* All was written, and the stick waits again: no promise that a flash helps. */
static void
test_returns (void)
{
  g_auto (Files) files = { 0 };
  g_auto (Rig) rig = { 0 };
  g_auto (Seen) seen = { 0 };
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (SmithPlan) plan = NULL;
  g_autoptr (SmithConversionReport) report = NULL;
  g_autoptr (GError) error = NULL;

  files_start (&files);
  items = items_new (open_practice (&files, SMITH_PRACTICE_E392), NULL);
  start (&rig, "e392", "after flash wrong-mode\n");
  plan = make_plan (&rig, items->pdata[0], SMITH_WAY_THERE);
  report = convert (&rig, plan, &seen, SMITH_ERROR_WRONG_DEVICE, &error);
  rig_expect_written (&rig, items);
  g_assert_cmpint (report->step, ==, SMITH_STEP_COME_BACK);
  g_assert_cmpint (report->mode, ==, SMITH_MODE_DOWNLOAD);
  older_expect_word (error, "calibration");
  older_expect_word (error, "will not help");
}

/* Runs @plan, which fails with @code where the stick is in download mode again. */
static void
expect_to_wait_again (Rig *rig, SmithPlan *plan, int code, const char *word)
{
  g_auto (Seen) seen = { 0 };
  g_autoptr (SmithConversionReport) report = NULL;
  g_autoptr (GError) error = NULL;

  report = convert (rig, plan, &seen, code, &error);
  g_assert_cmpint (report->step, ==, SMITH_STEP_COME_BACK);
  g_assert_cmpint (report->mode, ==, SMITH_MODE_DOWNLOAD);
  g_assert_false (report->works);
  older_expect_word (error, word);
}

/* As a job that was kept on the disk is gone on with. */
static SmithPlan *
plan_to_go_on (SmithPlan *before)
{
  g_autoptr (SmithSavedState) state = smith_saved_state_for_plan (before);
  g_autoptr (GError) error = NULL;
  SmithPlan *plan;

  state->step = SMITH_STEP_COME_BACK;
  state->partition = 3;
  plan = smith_saved_state_to_plan (state, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (plan->all_written);
  return plan;
}

/* Unplugged when it was to restart: it has not tried its firmware, and is not given
 * up. Gone on with, it is restarted, and only what it does then counts. */
static void
test_unplugged_at_restart (void)
{
  for (guint lost = 0; lost < 2; lost++)
    {
      g_auto (Files) files = { 0 };
      g_auto (Rig) rig = { 0 };
      g_auto (Seen) seen = { 0 };
      g_autofree char *path = NULL;
      g_autoptr (SmithItem) item = NULL;
      g_autoptr (SmithPlan) plan = NULL;
      g_autoptr (SmithPlan) again = NULL;
      g_autoptr (SmithConversionReport) report = NULL;
      g_autoptr (GError) error = NULL;

      files_start (&files);
      path = older_make_file (&files, "HUAWEI E392", "");
      item = item_open (path);
      start (&rig, "e392",
             lost ? RESTART_FRAME " replug\nafter flash wrong-mode\n" : RESTART_FRAME " replug\n");
      plan = make_plan (&rig, item, SMITH_WAY_THERE);
      expect_to_wait_again (&rig, plan, SMITH_ERROR_DISCONNECTED, "Go on");
      again = plan_to_go_on (plan);
      if (lost)
        {
          expect_to_wait_again (&rig, again, SMITH_ERROR_WRONG_DEVICE, "will not help");
          continue;
        }
      report = convert (&rig, again, &seen, SUCCESS, &error);
      g_assert_cmpuint (report->flash->partitions->len, ==, 1);
      g_assert_cmpint (report->mode, ==, SMITH_MODE_STICK);
    }
}

/* A file for another model goes no further than the plan, where the stick could be
 * asked before. */
static void
test_other_file (void)
{
  g_auto (Files) files = { 0 };
  g_auto (Rig) rig = { 0 };
  g_auto (Seen) seen = { 0 };
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (SmithPlan) plan = NULL;
  g_autoptr (SmithConversionReport) report = NULL;
  g_autoptr (GError) error = NULL;

  files_start (&files);
  items = items_new (open_practice (&files, SMITH_PRACTICE_E1550), NULL);
  start (&rig, "e392", NULL);
  plan = make_plan (&rig, items->pdata[0], SMITH_WAY_THERE);
  report = convert (&rig, plan, &seen, SMITH_ERROR_WRONG_FILE, &error);
  g_assert_cmpint (report->step, ==, SMITH_STEP_PREPARE);
  rig_expect_nothing_written (&rig);
}

/* A part that was refused: its frames and the refusal stand in the report, in order. */
static void
test_refused (void)
{
  g_auto (Files) files = { 0 };
  g_auto (Rig) rig = { 0 };
  g_auto (Seen) seen = { 0 };
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  g_autoptr (SmithItem) item = NULL;
  g_autoptr (SmithPlan) plan = NULL;
  g_autoptr (SmithConversionReport) report = NULL;
  g_autoptr (GError) error = NULL;

  files_start (&files);
  path = older_make_file (&files, "HUAWEI E392", "");
  item = item_open (path);
  /* Two questions are asked before: 0C and 45. Then the third block of part 2. */
  start (&rig, "e392", "binary 12 refuse 7\n");
  plan = make_plan (&rig, item, SMITH_WAY_THERE);
  report = convert (&rig, plan, &seen, SMITH_ERROR_REFUSED, &error);
  older_expect_word (error, "worn out");
  text = take_report (&seen);
  expect_in (text, "> 42 block 1 to 2, 8192 bytes: each taken\n");
  expect_in (text, "> 42 block 3, 808 bytes\n");
  expect_in (text, "< 03 00 07\n");
  g_assert_null (strstr (text, "> 0A"));
}

static void
on_question (SmithJob *job, const SmithVerdict *verdict, gpointer user_data)
{
  smith_job_answer (job, TRUE);
}

static void
on_done (GObject *job, GAsyncResult *result, gpointer loop)
{
  g_autoptr (GError) error = NULL;

  smith_job_run_finish (SMITH_JOB (job), result, &error);
  g_assert_no_error (error);
  g_main_loop_quit (loop);
}

/* Every job keeps it in its log, which is what reports are made of. */
static void
test_job (void)
{
  g_auto (Files) files = { 0 };
  g_auto (Rig) rig = { 0 };
  g_auto (Seen) seen = { .log = smith_log_new () };
  g_autoptr (SmithItem) item = NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (SmithJob) job = NULL;
  g_autofree char *text = NULL;

  files_start (&files);
  item = open_practice (&files, SMITH_PRACTICE_E1550);
  start (&rig, "e1550", NULL);
  job = smith_job_new (make_plan (&rig, item, SMITH_WAY_DIAGNOSTICS), SMITH_BUS (rig.bus), seen.log,
                       NULL);
  g_signal_connect (job, "question", G_CALLBACK (on_question), NULL);
  smith_job_run_async (job, on_done, loop);
  g_main_loop_run (loop);
  text = take_report (&seen);
  expect_in (text, "detail  > AT$QCDMG\n");
  expect_in (text, "detail  < 45 48 55 41 …");
  expect_in (text, "detail  > 0A\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  smith_deadline_set_scale (SCALE);
  g_test_add_func ("/older/conversion/e1550", test_e1550);
  g_test_add_func ("/older/conversion/e392", test_e392);
  g_test_add_func ("/older/conversion/returns", test_returns);
  g_test_add_func ("/older/conversion/unplugged-at-restart", test_unplugged_at_restart);
  g_test_add_func ("/older/conversion/other-file", test_other_file);
  g_test_add_func ("/older/conversion/refused", test_refused);
  g_test_add_func ("/older/conversion/job", test_job);
  return g_test_run ();
}
