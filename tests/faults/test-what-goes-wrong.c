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
#include "world.h"

#include <string.h>

#include "format/error.h"
#include "job/open-port.h"
#include "link/download.h"

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
  world_convert (&world, SUCCESS);
  g_thread_join (thread);
  g_assert_cmpuint (world.n_busy, >, 0);
  world_expect_converted (&world);
}

static void
test_port_stays_held (void)
{
  g_auto (World) world = { 0 };
  g_autoptr (SmithPort) port = NULL;

  world_init (&world, ROUTE_NEEDLE);
  world_plug (&world, "");
  port = rig_open_port (&world.rig);
  world_convert (&world, SMITH_ERROR_BUSY);
  g_assert_cmpuint (world.n_busy, >, 0);
  world_expect_nothing_sent (&world);
}

/* 2: the ports' numbers change, and most of them are not the one. */
static void
test_wrong_port (void)
{
  g_auto (World) world = { 0 };

  world_init (&world, ROUTE_NEEDLE);
  world.route.config.all_ports = TRUE;
  world_plug (&world, "");
  world_convert (&world, SUCCESS);
  world_expect_converted (&world);
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
  world_convert (&world, SMITH_ERROR_UNSAFE_LOADER);
  world_expect_nothing_sent (&world);

  g_clear_pointer (&world.plan->loader, smith_item_unref);
  world.plan->loader = item_open (world.route.loader);
  g_assert_true (smith_loader_may_send (world.plan->loader->loader, NULL));
  world_convert (&world, SUCCESS);
  world_expect_converted (&world);
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
  g_assert_null (smith_open_stick_port (SMITH_BUS (world.rig.bus), stick, SMITH_PORT_AT, NULL, NULL,
                                        NULL, &world.error));
  g_assert_error (world.error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE);
  world_expect_says (&world, "no port");
  smith_way_advise (stick, world.route.before, &advice);
  g_assert_cmpint (advice.ways[0], ==, SMITH_WAY_WEB);
  world_convert (&world, SUCCESS);
  world_expect_converted (&world);
}

/* 5: newer firmware refuses: known before, and the needle is named after. */
static void
test_newer_firmware_refuses (void)
{
  g_auto (World) world = { 0 };
  g_autoptr (SmithStick) stick = NULL;
  g_autoptr (SmithIdentity) newer
      = world_make_identity ("CL2E3372HM", "22.470.07.00.00", SMITH_SOURCE_WEB);
  SmithWayAdvice advice;

  world_init (&world, ROUTE_WEB);
  world.route.config.refuses_entry = TRUE;
  world_plug (&world, "");
  stick = smith_bus_find (SMITH_BUS (world.rig.bus), "1-1");
  smith_way_advise (stick, newer, &advice);
  g_assert_true (advice.likely_needle);
  smith_way_advise (stick, world.route.before, &advice);
  g_assert_false (advice.likely_needle);
  world_convert (&world, SMITH_ERROR_REFUSED);
  world_expect_says (&world, "needle");
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
      world.plan->before = world_make_identity (hardware[i], "22.180.05.00.00", SMITH_SOURCE_WEB);
      world_plug (&world, "");
      world_convert (&world, SMITH_ERROR_WRONG_FILE);
      g_assert_cmpint (world.report->step, ==, SMITH_STEP_PREPARE);
      world_expect_nothing_sent (&world);
    }
}

/* 7: the loader is taken and never runs; the stick still works without it. */
static void
test_loader_never_runs (void)
{
  g_auto (World) world = { 0 };

  world_init (&world, ROUTE_NEEDLE);
  world_plug (&world, "after load wrong-mode\n");
  world_convert (&world, SMITH_ERROR_UNSUPPORTED);
  world_expect_says (&world, "signed by their maker");
  g_assert_false (world.report->flash->touched);
  world_plug_again (&world, SMITH_MODE_HILINK);
  world_expect_mode (&world, SMITH_MODE_HILINK);
}

/* 8: the stick wants a signature first: handed over where the file has one. */
static void
test_signature_wanted (void)
{
  g_auto (World) world = { 0 };
  g_autofree char *unsigned_file = tiny_description ("21.1.1.1.1", 0);

  world_init (&world, ROUTE_NEEDLE);
  world_use_file (&world, unsigned_file);
  world_plug (&world, "");
  world_convert (&world, SMITH_ERROR_REFUSED);
  world_expect_says (&world, "signed");
  rig_expect_nothing_written (&world.rig);
  g_clear_pointer (&world.plan, smith_plan_free);
  world.plan = route_make_plan (&world.route);
  world_convert (&world, SUCCESS);
  world_expect_converted (&world);
}

/* 9: the first part is refused: nothing is written, and another file can follow. */
static void
test_first_part_refused (void)
{
  g_auto (World) world = { 0 };

  world_init (&world, ROUTE_NEEDLE);
  world_plug (&world, "binary 3 refuse 2\n");
  world_convert (&world, SMITH_ERROR_REFUSED);
  g_assert_cmpint (smith_error_get_refusal (world.error), ==, 2);
  world_expect_says (&world, "another");
  g_assert_false (world.report->flash->touched);
  rig_expect_nothing_written (&world.rig);
  world_expect_mode (&world, SMITH_MODE_DOWNLOAD);
  world_convert (&world, SUCCESS);
  world_expect_converted (&world);
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
  world_convert (&world, SMITH_ERROR_REFUSED);
  g_assert_cmpint (smith_error_get_refusal (world.error), ==, 0xC);
  g_assert_true (world.report->flash->touched);
  g_assert_cmpuint (rig_count_log (&world.rig, "\"partition-begun\""), ==, 1);
  g_assert_cmpuint (smith_virtual_stick_get_count (world.rig.stick, SMITH_STAGE_BINARY), ==, 5);
  world_expect_mode (&world, SMITH_MODE_DOWNLOAD);
  world_convert (&world, SUCCESS);
  g_assert_cmpstr (world.report->version, ==, world.route.version);
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
  world_convert (&world, SUCCESS);
  world_expect_converted (&world);
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
  world_convert (&world, SUCCESS);
  g_thread_join (thread);
  world_expect_converted (&world);
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
  world_convert (&world, SUCCESS);
  world_expect_converted (&world);
}

int
main (int argc, char **argv)
{
  static const WorldTest tests[] = {
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
    { "12-vanishes", test_vanishes },
    { "13-needle-slips", test_needle_slips },
    { "14-stuck-in-binary", test_stuck_in_binary },
  };

  return world_run_tests (argc, argv, tests, G_N_ELEMENTS (tests));
}
