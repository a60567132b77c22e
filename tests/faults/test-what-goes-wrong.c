/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes wrong for people, one test each: the program is brought into it,
 * and must say and do what is of use then. The numbers are those of the list of
 * what is reported most. What only a window or a real system can show is shown
 * elsewhere; what part of a row that is:
 *
 *  1 held port            also desktop/keeper, whole/convert (ModemManager, rule)
 *  2 wrong port           also link/download/wrong-port (bytes to a silent port)
 * 16 no permission        link/port-open/no-port, desktop/access, wizard gallery "denied"
 * 17 sandbox              stick/udev-bus "silent" (no udev events), delivery/sandbox
 * 21 updater wants a code here as the stick's refusal; wizard help
 * 22 only a CD drive      desktop/cd-drive (ejects), wizard gallery "cd"
 * 26 looks stuck          here its deadlines; job/progress, wizard/heartbeat (idle time)
 * 27 port and power       stick/udev-scan/hub, wizard gallery "hub"
 * 30 messages             here that they are sentences; job/log/mask (identities)
 *
 * Of what was seen in others' programs:
 *    a chatty port        link/port/chatty, link/download/chatty, link/write/flood
 *    exit status          cli/sticks (test_convert_scenarios), whole/convert
 *    another file meanwhile  wizard/open-files, job/mapped-file (file changed)
 *    a restart in an open partition  here; link/write/refused-then-left
 *    4 GB declared        here; format/bombs, bad-firmware/sizes
 */
#include "route.h"

#include <glib/gstdio.h>
#include <string.h>

#include "format/error.h"
#include "job/job.h"
#include "job/open-port.h"
#include "job/saved-state.h"
#include "link/deadline.h"
#include "link/download.h"
#include "stick/verdict.h"

#define SCALE 0.05
#define SUCCESS (-1)
#define CANCELLED (-2)

/* One stick, one route, one run. */
typedef struct
{
  Route route;
  Files files;
  Rig rig;
  SmithPlan *plan;
  SmithConversionReport *report;
  GError *error;
  GCancellable *cancellable;
  guint n_busy;
  guint n_asked;
  void (*at_step) (gpointer world, SmithStep step);
} World;

static void
world_init (World *world, RouteId id)
{
  *world = (World){ 0 };
  route_init (&world->route, id);
  files_start (&world->files);
  route_make_files (&world->route, &world->files);
  world->plan = route_make_plan (&world->route);
  world->cancellable = g_cancellable_new ();
}

static void
world_plug (World *world, const char *faults)
{
  rig_start (&world->rig, &world->route.config, faults);
}

static void
world_clear (World *world)
{
  g_clear_pointer (&world->plan, smith_plan_free);
  g_clear_pointer (&world->report, smith_conversion_report_free);
  rig_clear (&world->rig);
  g_clear_error (&world->error);
  g_clear_object (&world->cancellable);
  route_clear (&world->route);
  files_clear (&world->files);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (World, world_clear)

static void
on_step (SmithStep step, gpointer data)
{
  World *world = data;

  if (world->at_step != NULL)
    world->at_step (world, step);
}

static gboolean
on_confirm (const SmithVerdict *verdict, gpointer data)
{
  World *world = data;

  world->n_asked++;
  return verdict->kind != SMITH_VERDICT_DOES_NOT_FIT;
}

static void
on_busy (gpointer data)
{
  World *world = data;

  g_atomic_int_inc ((gint *) &world->n_busy);
}

/* What a message must be to be of use: a sentence, with nothing in it that only
 * a programmer reads. */
static void
expect_sentence (const char *message)
{
  g_test_message ("%s", message);
  g_assert_cmpuint (strlen (message), >, 12);
  g_assert_nonnull (strchr (message, ' '));
  g_assert_null (strstr (message, "0x"));
  g_assert_null (strstr (message, "350000000000014"));
}

/* Runs the plan. @code: a SmithErrorCode, SUCCESS or CANCELLED. */
static void
convert (World *world, int code)
{
  static const SmithConversionFuncs funcs
      = { .step = on_step, .flash = { .confirm = on_confirm }, .busy = on_busy };
  gboolean ok;

  g_clear_pointer (&world->report, smith_conversion_report_free);
  g_clear_error (&world->error);
  world->report = smith_conversion_report_new ();
  ok = smith_conversion_run (world->plan, SMITH_BUS (world->rig.bus), &funcs, world, world->report,
                             world->cancellable, &world->error);
  if (code == SUCCESS)
    g_assert_no_error (world->error);
  else if (code == CANCELLED)
    g_assert_error (world->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  else
    g_assert_error (world->error, SMITH_ERROR, code);
  g_assert_cmpint (ok, ==, code == SUCCESS);
  if (code >= 0)
    expect_sentence (world->error->message);
  g_assert_cmpuint (smith_virtual_stick_get_offences (world->rig.stick), ==, 0);
  g_assert_false (smith_virtual_stick_lost_calibration (world->rig.stick));
}

static void
expect_says (World *world, const char *part)
{
  if (strstr (world->error->message, part) == NULL)
    g_error ("“%s” is not in “%s”", part, world->error->message);
}

static void
expect_nothing_sent (World *world)
{
  for (SmithStage stage = 0; stage < SMITH_N_STAGES; stage++)
    g_assert_cmpuint (smith_virtual_stick_get_count (world->rig.stick, stage), ==, 0);
}

/* Plugs it in again, in that mode. */
static void
plug_again (World *world, SmithMode mode)
{
  g_autoptr (GError) error = NULL;

  smith_virtual_stick_replug (world->rig.stick, mode, &error);
  g_assert_no_error (error);
}

static void
expect_mode (World *world, SmithMode mode)
{
  rig_wait_for (&world->rig, mode);
}

static void
expect_converted (World *world)
{
  g_assert_cmpstr (world->report->version, ==, world->route.version);
  rig_expect_written (&world->rig, world->plan->firmware);
}

static void
use_file (World *world, const char *description)
{
  g_autofree char *path = files_make (&world->files, "other.bin", description);

  g_ptr_array_set_size (world->plan->firmware, 0);
  g_ptr_array_add (world->plan->firmware, item_open (path));
}

static SmithIdentity *
identity_of (const char *hardware, const char *firmware, SmithSource source)
{
  SmithIdentity *identity = smith_identity_new ();

  identity->sources = source;
  identity->hardware = g_strdup (hardware);
  identity->firmware = g_strdup (firmware);
  identity->model = smith_catalogue_find_model (smith_catalogue_get_default (), hardware);
  return identity;
}

/* 1: somebody else has the port, for a while or for good. */

typedef struct
{
  World *world;
  SmithPort *port;
} Holder;

static gpointer
let_go_later (gpointer data)
{
  Holder *holder = data;

  while (g_atomic_int_get ((gint *) &holder->world->n_busy) == 0)
    g_usleep (2000);
  smith_port_close (holder->port);
  return NULL;
}

static void
test_port_is_held (void)
{
  g_auto (World) world = { 0 };
  Holder holder = { .world = &world };
  GThread *thread;

  world_init (&world, ROUTE_NEEDLE);
  world_plug (&world, "");
  holder.port = rig_open_port (&world.rig);
  thread = g_thread_new ("let-go", let_go_later, &holder);
  convert (&world, SUCCESS);
  g_thread_join (thread);
  g_assert_cmpuint (world.n_busy, >, 0);
  expect_converted (&world);
}

static void
test_port_stays_held (void)
{
  g_auto (World) world = { 0 };
  g_autoptr (SmithPort) port = NULL;

  world_init (&world, ROUTE_NEEDLE);
  world_plug (&world, "");
  port = rig_open_port (&world.rig);
  convert (&world, SMITH_ERROR_BUSY);
  g_assert_cmpuint (world.n_busy, >, 0);
  expect_nothing_sent (&world);
}

/* 2: the ports' numbers change, and most of them are not the one. */
static void
test_wrong_port (void)
{
  g_auto (World) world = { 0 };

  world_init (&world, ROUTE_NEEDLE);
  world.route.config.all_ports = TRUE;
  world_plug (&world, "");
  convert (&world, SUCCESS);
  expect_converted (&world);
  g_assert_cmpuint (rig_count_log (&world.rig, "\"answers\":false"), >=, 2);
}

/* 3: a loader that would erase everything: known, it is made harmless; unknown,
 * it is refused, whatever its name. */
static void
test_erasing_loader (void)
{
  g_auto (World) world = { 0 };
  g_autofree char *path = NULL;

  world_init (&world, ROUTE_NEEDLE);
  world_plug (&world, "");
  path = files_make (&world.files, "usblsafe-3372h.bin",
                     "[file]\nshape=loader\n[loader]\nraminit=1500\nflasher=5000\nroutine=none\n");
  g_clear_pointer (&world.plan->loader, smith_item_unref);
  world.plan->loader = item_open (path);
  convert (&world, SMITH_ERROR_UNSAFE_LOADER);
  expect_nothing_sent (&world);

  g_clear_pointer (&world.plan->loader, smith_item_unref);
  world.plan->loader = item_open (world.route.loader);
  g_assert_true (smith_loader_may_send (world.plan->loader->loader, NULL));
  convert (&world, SUCCESS);
  expect_converted (&world);
}

/* 4: a HiLink stick has no serial port: that is said, and it is switched. */
static void
test_no_serial_port (void)
{
  g_auto (World) world = { 0 };
  g_autoptr (SmithStick) stick = NULL;
  SmithWayAdvice advice;

  world_init (&world, ROUTE_WEB);
  world_plug (&world, "");
  stick = smith_bus_find (SMITH_BUS (world.rig.bus), "1-1");
  g_assert_null (smith_open_stick_port (stick, SMITH_PORT_AT, NULL, NULL, NULL, &world.error));
  g_assert_error (world.error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE);
  expect_says (&world, "no port");
  smith_way_advise (stick, world.route.before, &advice);
  g_assert_cmpint (advice.ways[0], ==, SMITH_WAY_WEB);
  convert (&world, SUCCESS);
  expect_converted (&world);
}

/* 5: newer firmware refuses: known before, and the needle is named after. */
static void
test_newer_firmware_refuses (void)
{
  g_auto (World) world = { 0 };
  g_autoptr (SmithStick) stick = NULL;
  g_autoptr (SmithIdentity) newer = identity_of ("CL2E3372HM", "22.470.07.00.00", SMITH_SOURCE_WEB);
  SmithWayAdvice advice;

  world_init (&world, ROUTE_WEB);
  world.route.config.refuses_entry = TRUE;
  world_plug (&world, "");
  stick = smith_bus_find (SMITH_BUS (world.rig.bus), "1-1");
  smith_way_advise (stick, newer, &advice);
  g_assert_true (advice.likely_needle);
  smith_way_advise (stick, world.route.before, &advice);
  g_assert_false (advice.likely_needle);
  convert (&world, SMITH_ERROR_REFUSED);
  expect_says (&world, "needle");
  g_assert_false (world.report->flash->touched);
}

/* 6: the same name on the box, another stick inside. */
static void
test_wrong_variant (void)
{
  static const char *const hardware[] = { "CL1E3372SM", "CL4E3372HM", "CL5E3372M" };

  for (gsize i = 0; i < G_N_ELEMENTS (hardware); i++)
    {
      g_auto (World) world = { 0 };

      world_init (&world, ROUTE_NEEDLE);
      g_clear_pointer (&world.plan->before, smith_identity_unref);
      world.plan->before = identity_of (hardware[i], "22.180.05.00.00", SMITH_SOURCE_WEB);
      world_plug (&world, "");
      convert (&world, SMITH_ERROR_WRONG_FILE);
      g_assert_cmpint (world.report->step, ==, SMITH_STEP_PREPARE);
      expect_nothing_sent (&world);
    }
}

/* 7: the loader is taken and never runs; the stick still works without it. */
static void
test_loader_never_runs (void)
{
  g_auto (World) world = { 0 };

  world_init (&world, ROUTE_NEEDLE);
  world_plug (&world, "after load wrong-mode\n");
  convert (&world, SMITH_ERROR_UNSUPPORTED);
  expect_says (&world, "signed by their maker");
  g_assert_false (world.report->flash->touched);
  plug_again (&world, SMITH_MODE_HILINK);
  expect_mode (&world, SMITH_MODE_HILINK);
}

/* 8: the stick wants a signature first: handed over where the file has one. */
static void
test_signature_wanted (void)
{
  g_auto (World) world = { 0 };
  g_autofree char *unsigned_file = tiny_description ("21.1.1.1.1", 0);

  world_init (&world, ROUTE_NEEDLE);
  use_file (&world, unsigned_file);
  world_plug (&world, "");
  convert (&world, SMITH_ERROR_REFUSED);
  expect_says (&world, "signed");
  rig_expect_nothing_written (&world.rig);
  g_clear_pointer (&world.plan, smith_plan_free);
  world.plan = route_make_plan (&world.route);
  convert (&world, SUCCESS);
  expect_converted (&world);
}

/* 9: the first part is refused: nothing is written, and another file can follow. */
static void
test_first_part_refused (void)
{
  g_auto (World) world = { 0 };

  world_init (&world, ROUTE_NEEDLE);
  world_plug (&world, "binary 3 refuse 2\n");
  convert (&world, SMITH_ERROR_REFUSED);
  g_assert_cmpint (smith_error_get_refusal (world.error), ==, 2);
  expect_says (&world, "another");
  g_assert_false (world.report->flash->touched);
  rig_expect_nothing_written (&world.rig);
  expect_mode (&world, SMITH_MODE_DOWNLOAD);
  convert (&world, SUCCESS);
  expect_converted (&world);
}

/* 10: the end of a part is refused: nothing more is written, the stick is not
 * restarted, and the right file can follow in what is left. */
static void
test_end_of_part_refused (void)
{
  g_auto (World) world = { 0 };
  g_autoptr (GPtrArray) written = NULL;

  world_init (&world, ROUTE_NEEDLE);
  world_plug (&world, "binary 5 refuse 0xC\n");
  convert (&world, SMITH_ERROR_REFUSED);
  g_assert_cmpint (smith_error_get_refusal (world.error), ==, 0xC);
  g_assert_true (world.report->flash->touched);
  g_assert_cmpuint (rig_count_log (&world.rig, "\"partition-begun\""), ==, 1);
  g_assert_cmpuint (smith_virtual_stick_get_count (world.rig.stick, SMITH_STAGE_BINARY), ==, 5);
  expect_mode (&world, SMITH_MODE_DOWNLOAD);
  convert (&world, SUCCESS);
  g_assert_cmpstr (world.report->version, ==, world.route.version);
}

/* 11: interrupted: gone on with, from the first part that is not complete. What
 * was kept stays until that went well, however often it does not. */

typedef struct
{
  World *world;
  char *state_path;
  GMainLoop *loop;
  SmithStep cancel_at;
  gboolean cancels;
} Jobs;

static void
on_question (SmithJob *job, const SmithVerdict *verdict, gpointer data)
{
  smith_job_answer (job, TRUE);
}

static void
on_updated (SmithJob *job, Jobs *jobs)
{
  SmithJobStatus status;

  smith_job_get_status (job, &status);
  if (jobs->cancels && status.step == jobs->cancel_at)
    smith_job_cancel (job);
}

static void
on_job_done (GObject *object, GAsyncResult *result, gpointer data)
{
  Jobs *jobs = data;

  smith_job_run_finish (SMITH_JOB (object), result, &jobs->world->error);
  g_main_loop_quit (jobs->loop);
}

/* @plan: (transfer full) */
static void
do_job (Jobs *jobs, SmithPlan *plan, int code)
{
  g_autoptr (SmithLog) log = smith_log_new ();
  SmithJob *job = smith_job_new (plan, SMITH_BUS (jobs->world->rig.bus), log, jobs->state_path);
  GWeakRef weak;
  gpointer left;

  g_clear_error (&jobs->world->error);
  g_signal_connect (job, "question", G_CALLBACK (on_question), NULL);
  g_signal_connect (job, "updated", G_CALLBACK (on_updated), jobs);
  smith_job_run_async (job, on_job_done, jobs);
  g_main_loop_run (jobs->loop);
  if (code == SUCCESS)
    g_assert_no_error (jobs->world->error);
  else if (code == CANCELLED)
    g_assert_error (jobs->world->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  else
    g_assert_error (jobs->world->error, SMITH_ERROR, code);
  g_weak_ref_init (&weak, job);
  g_object_unref (job);
  while ((left = g_weak_ref_get (&weak)) != NULL)
    {
      g_object_unref (left);
      g_usleep (500);
    }
  g_weak_ref_clear (&weak);
  /* The last it does is to let go of the bus. */
  while (g_atomic_int_get ((int *) &G_OBJECT (jobs->world->rig.bus)->ref_count) > 2)
    g_usleep (500);
  g_assert_cmpint (g_file_test (jobs->state_path, G_FILE_TEST_EXISTS), ==, code != SUCCESS);
}

static SmithPlan *
plan_again (Jobs *jobs, guint file, guint partition)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithSavedState) state = smith_saved_state_load (jobs->state_path, &error);
  SmithPlan *plan;

  g_assert_no_error (error);
  plan = smith_saved_state_to_plan (state, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (plan->first_file, ==, file);
  g_assert_cmpuint (plan->first_partition, ==, partition);
  plan->boot_wait_ms = 1000;
  return plan;
}

static void
jobs_init (Jobs *jobs, World *world)
{
  *jobs = (Jobs){ .world = world, .loop = g_main_loop_new (NULL, FALSE) };
  jobs->state_path = g_build_filename (world->files.dir, "job.ini", NULL);
}

static void
jobs_clear (Jobs *jobs)
{
  g_main_loop_unref (jobs->loop);
  g_free (jobs->state_path);
}

static void
test_interrupted (void)
{
  g_auto (World) world = { 0 };
  Jobs jobs;

  world_init (&world, ROUTE_NEEDLE);
  jobs_init (&jobs, &world);
  /* In the second part of the first file. */
  world_plug (&world, "binary 8 gone\n");
  do_job (&jobs, g_steal_pointer (&world.plan), SMITH_ERROR_DISCONNECTED);

  /* Nobody plugs it in in time; then somebody does not want to wait. */
  do_job (&jobs, plan_again (&jobs, 0, 1), SMITH_ERROR_TIMEOUT);
  jobs.cancels = TRUE;
  jobs.cancel_at = SMITH_STEP_BOOT_MODE;
  do_job (&jobs, plan_again (&jobs, 0, 1), CANCELLED);
  jobs.cancels = FALSE;

  smith_virtual_stick_heal (world.rig.stick);
  plug_again (&world, SMITH_MODE_BOOT_ROM);
  do_job (&jobs, plan_again (&jobs, 0, 1), SUCCESS);
  jobs_clear (&jobs);
}

/* All was written, only the return was missed; interrupted once more while that
 * is made up for, it is still known that all was written. */
static void
test_interrupted_at_the_end (void)
{
  g_auto (World) world = { 0 };
  Jobs jobs;
  SmithPlan *plan;

  world_init (&world, ROUTE_NEEDLE);
  jobs_init (&jobs, &world);
  world_plug (&world, "after flash wrong-mode\n");
  do_job (&jobs, g_steal_pointer (&world.plan), SMITH_ERROR_WRONG_DEVICE);
  plan = plan_again (&jobs, 1, 1);
  g_assert_true (plan->all_written);
  smith_virtual_stick_unplug (world.rig.stick);
  do_job (&jobs, plan, SMITH_ERROR_TIMEOUT);
  plan = plan_again (&jobs, 1, 1);
  g_assert_true (plan->all_written);
  smith_virtual_stick_heal (world.rig.stick);
  plug_again (&world, SMITH_MODE_DOWNLOAD);
  do_job (&jobs, plan, SUCCESS);
  jobs_clear (&jobs);
}

/* 12: it vanishes after the loader, and comes and goes on its first start. */
static void
test_vanishes (void)
{
  g_auto (World) world = { 0 };

  world_init (&world, ROUTE_NEEDLE);
  world.route.config.restart_ms = 400;
  world.route.config.shows_cd = TRUE;
  world_plug (&world, "at 1 replug times 2\n");
  convert (&world, SUCCESS);
  expect_converted (&world);
}

/* 13: the needle slips: the stick starts normally, and it is tried again. */

static gpointer
try_the_needle (gpointer data)
{
  World *world = data;
  g_autoptr (GError) error = NULL;

  g_usleep (30000);
  smith_virtual_stick_replug (world->rig.stick, SMITH_MODE_HILINK, &error);
  g_usleep (30000);
  smith_virtual_stick_replug (world->rig.stick, SMITH_MODE_BOOT_ROM, &error);
  g_assert_no_error (error);
  return NULL;
}

static void
test_needle_slips (void)
{
  g_auto (World) world = { 0 };
  GThread *thread;

  world_init (&world, ROUTE_NEEDLE);
  world.route.config.start = SMITH_MODE_HILINK;
  world.plan->boot_wait_ms = 600000;
  world_plug (&world, "");
  thread = g_thread_new ("needle", try_the_needle, &world);
  convert (&world, SUCCESS);
  g_thread_join (thread);
  expect_converted (&world);
}

/* 14: an earlier attempt left it in its binary stage: unseen by the person. */
static void
test_stuck_in_binary (void)
{
  g_auto (World) world = { 0 };
  SmithItem *first;
  g_autoptr (SmithPort) port = NULL;
  g_autoptr (SmithDownload) download = NULL;

  world_init (&world, ROUTE_NEEDLE);
  world.route.config.start = SMITH_MODE_DOWNLOAD;
  world_plug (&world, "");
  first = g_ptr_array_index (world.plan->firmware, 0);
  port = rig_open_port (&world.rig);
  download = smith_download_new (port);
  g_assert_true (smith_download_enter (download, first->firmware->signature, NULL, &world.error));
  g_clear_pointer (&download, smith_download_free);
  g_clear_pointer (&port, smith_port_close);
  convert (&world, SUCCESS);
  expect_converted (&world);
}

/* 15: nothing counts as done that is not. */
static void
test_false_success (void)
{
  static const struct
  {
    const char *faults;
    SmithErrorCode code;
  } cases[] = {
    { "binary 20 refuse 0xC\n", SMITH_ERROR_REFUSED },
    { "binary 21 refuse 7\n", SMITH_ERROR_REFUSED },
    { "binary 20 bad-checksum\n", SMITH_ERROR_TIMEOUT },
    { "after flash old-version\n", SMITH_ERROR_PROTOCOL },
    { "after flash never\n", SMITH_ERROR_TIMEOUT },
    { "after flash other-port\n", SMITH_ERROR_TIMEOUT },
    { "after flash wrong-mode\n", SMITH_ERROR_WRONG_DEVICE },
    { "at 1 refuse always\n", SMITH_ERROR_PROTOCOL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (World) world = { 0 };

      g_test_message ("%s", cases[i].faults);
      world_init (&world, ROUTE_NEEDLE);
      world_plug (&world, cases[i].faults);
      convert (&world, (int) cases[i].code);
      g_assert_true (world.report->flash->touched);
    }
}

/* 18: it is said what the file is and what is wrong with it. */
static void
test_bad_downloads (void)
{
  static const struct
  {
    const char *name;
    const char *content;
    gsize size;
  } files[] = {
    { "firmware.bin", "<!DOCTYPE html><html><head><title>Download</title></head></html>", 0 },
    { "firmware.7z", "7z\xBC\xAF\x27\x1C\0\4", 8 },
    { "firmware.zip", "PK\3\4", 4 },
    { "empty.bin", "", 0 },
  };
  g_auto (World) world = { 0 };
  g_autofree char *whole = NULL;
  gsize size;

  world_init (&world, ROUTE_NEEDLE);
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (world.files.dir, files[i].name, NULL);
      g_autoptr (SmithPackage) package = NULL;
      g_autoptr (GError) error = NULL;

      g_file_set_contents (path, files[i].content,
                           files[i].size > 0 ? (gssize) files[i].size
                                             : (gssize) strlen (files[i].content),
                           NULL);
      package = smith_package_open (path, NULL, &error);
      g_assert_null (package);
      g_assert_true (error->domain == SMITH_ERROR);
      expect_sentence (error->message);
    }
  /* Cut at any place, also between two parts: never a file to write. */
  g_assert_true (g_file_get_contents (world.route.files[0], &whole, &size, NULL));
  for (gsize cut = 1; cut < size; cut += size / 40)
    {
      g_autofree char *path = g_build_filename (world.files.dir, "cut.bin", NULL);
      g_autoptr (SmithPackage) package = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_true (g_file_set_contents (path, whole, (gssize) cut, NULL));
      package = smith_package_open (path, NULL, &error);
      if (package != NULL)
        {
          SmithItem *item = g_ptr_array_index (package->items, 0);

          g_assert_true (!smith_item_verify (item, NULL, NULL, NULL, &error)
                         || !smith_item_may_write (item, &error));
        }
      g_assert_nonnull (error);
    }
}

/* 19: only a web interface, for a stick that is none of its kind. */
static void
test_wrong_kind (void)
{
  g_auto (World) world = { 0 };

  world_init (&world, ROUTE_GODLOAD);
  /* Without the firmware that it belongs to. */
  g_ptr_array_remove_index (world.plan->firmware, 1);
  world_plug (&world, "");
  convert (&world, SMITH_ERROR_WRONG_FILE);
  expect_says (&world, "web interface");
  expect_nothing_sent (&world);
}

/* 20: it says OK and nothing happens: three times, then the needle is named. */
static void
test_says_ok_and_stays (void)
{
  g_auto (World) world = { 0 };

  world_init (&world, ROUTE_GODLOAD);
  world.route.config.ignores_entry = TRUE;
  world_plug (&world, "");
  convert (&world, SMITH_ERROR_TIMEOUT);
  expect_says (&world, "needle");
  g_assert_cmpuint (rig_count_log (&world.rig, "AT^GODLOAD"), ==, 3);
  g_assert_cmpuint (rig_count_log (&world.rig, "AT^SFM=0"), ==, 1);
  rig_expect_nothing_written (&world.rig);
}

/* 21: it wants a code: that is said, and none is tried. */
static void
test_code_wanted (void)
{
  g_auto (World) world = { 0 };

  world_init (&world, ROUTE_NEEDLE);
  world_plug (&world, "binary 3 refuse 0xB\n");
  convert (&world, SMITH_ERROR_REFUSED);
  expect_says (&world, "code");
  g_assert_cmpint (smith_error_get_refusal (world.error), ==, 0xB);
  rig_expect_nothing_written (&world.rig);
}

/* 22: a CD drive is the first face of new firmware, and not the last. */
static void
test_cd_first (void)
{
  g_auto (World) world = { 0 };

  world_init (&world, ROUTE_WEB);
  world.route.config.shows_cd = TRUE;
  world_plug (&world, "");
  convert (&world, SUCCESS);
  expect_converted (&world);
  g_assert_cmpuint (rig_count_log (&world.rig, "\"mode\":\"cd\""), >, 0);
}

/* 23: the stick finds no network until it is told to; or has no card. */
static void
test_no_internet (void)
{
  for (gboolean no_sim = FALSE; no_sim <= TRUE; no_sim++)
    {
      g_auto (World) world = { 0 };

      world_init (&world, ROUTE_NEEDLE);
      world.route.config.no_network = !no_sim;
      world.route.config.no_sim = no_sim;
      world_plug (&world, "");
      convert (&world, SUCCESS);
      g_assert_cmpint (world.report->network_result, ==,
                       no_sim ? SMITH_NETWORK_MISSED : SMITH_NETWORK_REGISTERED);
      g_assert_cmpint (world.report->network.changed, ==, !no_sim);
      if (no_sim)
        {
          g_assert_cmpint (world.report->network.state.sim, ==, SMITH_SIM_MISSING);
          expect_sentence (world.report->network_problem);
        }
    }
}

/* 24: a stick of another maker's chip, whatever it looks like: not a byte is
 * written, and nothing is sent that means something else there. */
static void
test_other_chip (void)
{
  g_auto (World) world = { 0 };
  g_auto (World) other = { 0 };

  world_init (&world, ROUTE_E392);
  world_init (&other, ROUTE_NEEDLE);
  world_plug (&world, "");
  /* Nothing is known of it beforehand. */
  g_clear_pointer (&world.plan->before, smith_identity_unref);
  g_ptr_array_set_size (world.plan->firmware, 0);
  g_ptr_array_add (world.plan->firmware, item_open (other.route.files[1]));
  convert (&world, SMITH_ERROR_WRONG_FILE);
  rig_expect_nothing_written (&world.rig);
  g_assert_cmpuint (smith_virtual_stick_get_refusals (world.rig.stick), ==, 0);

  other.route.config.start = SMITH_MODE_DOWNLOAD;
  other.route.config.demand_signature = FALSE;
  world_plug (&other, "");
  g_clear_pointer (&other.plan->before, smith_identity_unref);
  g_ptr_array_set_size (other.plan->firmware, 0);
  g_ptr_array_add (other.plan->firmware, item_open (world.route.files[0]));
  convert (&other, SMITH_ERROR_WRONG_FILE);
  rig_expect_nothing_written (&other.rig);
}

/* 25: a stray byte or a lost answer: three tries, then the component again. */
static void
test_stray_byte (void)
{
  static const char *const faults[] = { "boot 1 lost times 2\n", "boot 3 lost\nboot 9 garbage\n",
                                        "boot 4 lost times 3\n", "boot 8 refuse times 3\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_auto (World) world = { 0 };

      world_init (&world, ROUTE_NEEDLE);
      world_plug (&world, faults[i]);
      convert (&world, SUCCESS);
      expect_converted (&world);
      /* The head that makes the stick forget came once more. */
      g_assert_cmpuint (rig_count_log (&world.rig, "\"component-begun\""), ==, i < 2 ? 2 : 3);
    }
}

/* 26: ending a part may take most of a minute or two. */
static void
test_looks_stuck (void)
{
  g_auto (World) world = { 0 };

  world_init (&world, ROUTE_NEEDLE);
  /* A minute of begin, and 100 seconds of end, as they are shortened here. */
  world_plug (&world, "binary 3 delay 2000\nbinary 5 delay 4500\n");
  convert (&world, SUCCESS);
  expect_converted (&world);
}

/* 28: of two sticks only the chosen one is spoken to. */
static void
test_two_sticks (void)
{
  for (RouteId id = 0; id < N_ROUTES; id++)
    {
      g_auto (World) world = { 0 };
      SmithVirtualStickConfig config;
      g_autoptr (SmithVirtualStick) other = NULL;

      world_init (&world, id);
      world_plug (&world, "");
      config = world.route.config;
      config.usb_path = "1-2";
      other = smith_virtual_stick_new (world.rig.bus, &config, NULL, NULL, &world.error);
      g_assert_no_error (world.error);
      convert (&world, SUCCESS);
      for (SmithStage stage = 0; stage < SMITH_N_STAGES; stage++)
        g_assert_cmpuint (smith_virtual_stick_get_count (other, stage), ==, 0);
    }
}

/* 29: a device without its ports: the kernel's module is named. */
static void
test_driver_missing (void)
{
  g_auto (World) world = { 0 };
  g_autoptr (SmithStick) stick = smith_stick_new ("1-1", 0x12d1, 0x1442, SMITH_MODE_DOWNLOAD);

  world_init (&world, ROUTE_NEEDLE);
  world_plug (&world, "");
  smith_virtual_stick_unplug (world.rig.stick);
  stick->family = SMITH_FAMILY_BALONG;
  stick->missing_driver = g_strdup ("option");
  smith_virtual_bus_set (world.rig.bus, stick);
  convert (&world, SMITH_ERROR_WRONG_DEVICE);
  expect_says (&world, "option");
}

/* 30: what a stick can refuse with, in words. */
static void
test_messages (void)
{
  for (guint code = 1; code <= 15; code++)
    {
      g_auto (World) world = { 0 };
      g_autofree char *faults = g_strdup_printf ("binary 3 refuse %u\n", code);

      world_init (&world, ROUTE_NEEDLE);
      world_plug (&world, faults);
      convert (&world, SMITH_ERROR_REFUSED);
      g_assert_cmpint (smith_error_get_refusal (world.error), ==, (int) code);
    }
}

/* Seen in others' programs: */

/* An echo, a line that nobody asked for, an answer in pieces. */
static void
test_ugly_answers (void)
{
  static const char *const faults[] = { "", "text 1 unsolicited always\nat 1 unsolicited times 3\n",
                                        "text 1 single-bytes always\nat 1 single-bytes\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_auto (World) world = { 0 };

      world_init (&world, ROUTE_NEEDLE);
      world.route.config.echo = TRUE;
      world_plug (&world, faults[i]);
      convert (&world, SUCCESS);
      expect_converted (&world);
    }
}

/* Texts from the stick that are longer than anybody thought. */
static void
test_long_texts (void)
{
  g_auto (World) world = { 0 };
  g_autofree char *text = g_strnfill (450, 'A');

  world_init (&world, ROUTE_NEEDLE);
  world.route.config.version = text;
  world_plug (&world, "after flash old-version\n");
  convert (&world, SMITH_ERROR_PROTOCOL);
  g_assert_cmpuint (strlen (world.error->message), <, 1000);
}

/* The second file goes out under its own signature. */
static void
test_second_signature (void)
{
  g_auto (World) world = { 0 };

  world_init (&world, ROUTE_NEEDLE);
  world_plug (&world, "");
  convert (&world, SUCCESS);
  g_assert_cmpuint (rig_count_log (&world.rig, "AT^SIGNVER="), ==, 2);
  g_assert_cmpuint (rig_count_log (&world.rig, ",300\""), ==, 1);
  g_assert_cmpuint (rig_count_log (&world.rig, ",400\""), ==, 1);
}

static void
cancel_soon (gpointer data, SmithStep step)
{
  World *world = data;

  if (step == SMITH_STEP_FLASH)
    g_cancellable_cancel (world->cancellable);
}

/* No restart is sent after a part that was not ended, nor by cancelling. */
static void
test_no_restart_inside (void)
{
  static const char *const faults[] = { "binary 4 refuse 7\n", "binary 8 lost times 2\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_auto (World) world = { 0 };

      world_init (&world, ROUTE_NEEDLE);
      world_plug (&world, faults[i]);
      convert (&world, i == 0 ? SMITH_ERROR_REFUSED : SMITH_ERROR_TIMEOUT);
      g_assert_cmpuint (rig_count_log (&world.rig, "\"left\",\"mode\":\"download\""), ==, 0);
      expect_mode (&world, SMITH_MODE_DOWNLOAD);
    }
  {
    g_auto (World) world = { 0 };

    world_init (&world, ROUTE_NEEDLE);
    world.at_step = cancel_soon;
    world_plug (&world, "");
    convert (&world, CANCELLED);
    rig_expect_nothing_written (&world.rig);
    expect_mode (&world, SMITH_MODE_DOWNLOAD);
  }
}

/* A file that says that it is 4 GB. */
static void
test_declared_size (void)
{
  g_auto (World) world = { 0 };
  g_autofree char *path = NULL;
  g_autoptr (SmithPackage) package = NULL;
  g_autoptr (GError) error = NULL;

  world_init (&world, ROUTE_NEEDLE);
  path = files_make (&world.files, "large.bin",
                     "[file]\nshape=bin\n[firmware]\ndownload-id=0x01\nproduct=BV7R11HS\n"
                     "version=:BV7R11HS:T:21.1.1.1.1\n[partition 0]\nid=0x00200000\n"
                     "content=random:300:1\ndeclared-size=0xFFFFFFF0\n");
  package = smith_package_open (path, NULL, &error);
  g_assert_true (
      package == NULL
      || !smith_item_verify (g_ptr_array_index (package->items, 0), NULL, NULL, NULL, &error)
      || !smith_item_may_write (g_ptr_array_index (package->items, 0), &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_BAD_FILE);
  expect_sentence (error->message);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    GTestFunc func;
  } tests[] = {
    { "01-port-is-held", test_port_is_held },
    { "01-port-stays-held", test_port_stays_held },
    { "02-wrong-port", test_wrong_port },
    { "03-erasing-loader", test_erasing_loader },
    { "04-no-serial-port", test_no_serial_port },
    { "05-newer-firmware-refuses", test_newer_firmware_refuses },
    { "06-wrong-variant", test_wrong_variant },
    { "07-loader-never-runs", test_loader_never_runs },
    { "08-signature-wanted", test_signature_wanted },
    { "09-first-part-refused", test_first_part_refused },
    { "10-end-of-part-refused", test_end_of_part_refused },
    { "11-interrupted", test_interrupted },
    { "11-interrupted-at-the-end", test_interrupted_at_the_end },
    { "12-vanishes", test_vanishes },
    { "13-needle-slips", test_needle_slips },
    { "14-stuck-in-binary", test_stuck_in_binary },
    { "15-false-success", test_false_success },
    { "18-bad-downloads", test_bad_downloads },
    { "19-wrong-kind", test_wrong_kind },
    { "20-says-ok-and-stays", test_says_ok_and_stays },
    { "21-code-wanted", test_code_wanted },
    { "22-cd-first", test_cd_first },
    { "23-no-internet", test_no_internet },
    { "24-other-chip", test_other_chip },
    { "25-stray-byte", test_stray_byte },
    { "26-looks-stuck", test_looks_stuck },
    { "28-two-sticks", test_two_sticks },
    { "29-driver-missing", test_driver_missing },
    { "30-messages", test_messages },
    { "others/ugly-answers", test_ugly_answers },
    { "others/long-texts", test_long_texts },
    { "others/second-signature", test_second_signature },
    { "others/no-restart-inside", test_no_restart_inside },
    { "others/declared-size", test_declared_size },
  };

  g_test_init (&argc, &argv, NULL);
  smith_deadline_set_scale (SCALE);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/what-goes-wrong/", tests[i].path, NULL);

      g_test_add_func (path, tests[i].func);
    }
  return g_test_run ();
}
