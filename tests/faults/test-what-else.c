/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rest of what goes wrong for people: see test-what-goes-wrong.c. */
#include "world.h"

#include <string.h>

#include "format/error.h"
#include "job/cd-stage.h"

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
    { "after flash old-version\n", SMITH_ERROR_WRONG_VERSION },
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
      world_convert (&world, (int) cases[i].code);
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
      world_expect_sentence (error->message);
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
  world_convert (&world, SMITH_ERROR_WRONG_FILE);
  world_expect_says (&world, "web interface");
  world_expect_nothing_sent (&world);
}

/* 20: it says OK and nothing happens: three times, then the needle is named. */
static void
test_says_ok_and_stays (void)
{
  g_auto (World) world = { 0 };

  world_init (&world, ROUTE_GODLOAD);
  world.route.config.ignores_entry = TRUE;
  world_plug (&world, "");
  world_convert (&world, SMITH_ERROR_TIMEOUT);
  world_expect_says (&world, "needle");
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
  world_convert (&world, SMITH_ERROR_REFUSED);
  world_expect_says (&world, "code");
  g_assert_cmpint (smith_error_get_refusal (world.error), ==, 0xB);
  rig_expect_nothing_written (&world.rig);
}

/* Plugs it in as a person does, and looks what comes. */
static void
expect_when_plugged_in (World *world, SmithMode mode, guint16 product)
{
  g_autoptr (SmithStick) stick = NULL;

  world_plug_again (world, SMITH_MODE_CD);
  world_expect_mode (world, mode);
  stick = smith_bus_find (SMITH_BUS (world->rig.bus), "1-1");
  g_assert_cmphex (stick->product, ==, product);
}

/* The CD drive is done away with, and had again. */
static void
hide_cd_and_show_it (World *world)
{
  SmithCdStageReport hidden;
  SmithCdStageReport shown;

  g_assert_true (world->report->network.had_ports);
  g_assert_true (smith_port_setting_can_hide_cd (&world->report->network.ports));
  g_assert_cmpuint (rig_count_log (&world->rig, "AT^SETPORT="), ==, 0);
  smith_cd_stage_set (SMITH_BUS (world->rig.bus), "1-1", NULL, NULL, NULL, &hidden, NULL,
                      &world->error);
  g_assert_no_error (world->error);
  g_assert_true (hidden.changed);
  g_assert_true (smith_port_setting_equal (&hidden.before, &world->report->network.ports));
  expect_when_plugged_in (world, SMITH_MODE_STICK, 0x1506);
  smith_cd_stage_set (SMITH_BUS (world->rig.bus), "1-1", &hidden.before, NULL, NULL, &shown, NULL,
                      &world->error);
  g_assert_no_error (world->error);
  g_assert_true (shown.changed);
  g_assert_true (smith_port_setting_equal (&shown.now, &hidden.before));
  expect_when_plugged_in (world, SMITH_MODE_CD, 0x14fe);
}

/* 22: a CD drive is the first face of new firmware, and not the last; and it
 * can be left out. */
static void
test_cd_first (void)
{
  g_auto (World) world = { 0 };

  world_init (&world, ROUTE_WEB);
  world.route.config.shows_cd = TRUE;
  world_plug (&world, "");
  world_convert (&world, SUCCESS);
  world_expect_converted (&world);
  g_assert_cmpuint (rig_count_log (&world.rig, "\"mode\":\"cd\""), >, 0);
  hide_cd_and_show_it (&world);
}

/* 22: where an owner could lock himself out, or nothing is known, it stays. */
static void
test_cd_stays (void)
{
  static const struct
  {
    const char *ports;
    const char *faults;
    gboolean keeps;
    SmithErrorCode code;
  } cases[] = {
    { "A1,A2;10,16,A1,A2", "", FALSE, SMITH_ERROR_UNSUPPORTED },
    { "A1;A2;12", "", FALSE, SMITH_ERROR_UNSUPPORTED },
    { NULL, "at 2 refuse\n", FALSE, SMITH_ERROR_UNSUPPORTED },
    { NULL, "at 3 refuse\n", FALSE, SMITH_ERROR_REFUSED },
    { NULL, "", TRUE, SMITH_ERROR_PROTOCOL },
    { NULL, "at 2 gone\n", FALSE, SMITH_ERROR_DISCONNECTED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (World) world = { 0 };
      SmithCdStageReport report;

      world_init (&world, ROUTE_GODLOAD);
      world.route.config.ports = cases[i].ports;
      world.route.config.keeps_ports = cases[i].keeps;
      world_plug (&world, cases[i].faults);
      g_assert_false (smith_cd_stage_set (SMITH_BUS (world.rig.bus), "1-1", NULL, NULL, NULL,
                                          &report, NULL, &world.error));
      g_assert_error (world.error, SMITH_ERROR, (int) cases[i].code);
      world_expect_sentence (world.error->message);
      g_assert_false (report.changed);
      expect_when_plugged_in (&world, SMITH_MODE_CD, 0x14fe);
    }
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
      world_convert (&world, SUCCESS);
      g_assert_cmpint (world.report->network_result, ==,
                       no_sim ? SMITH_NETWORK_MISSED : SMITH_NETWORK_REGISTERED);
      g_assert_cmpint (world.report->network.changed, ==, !no_sim);
      if (no_sim)
        {
          g_assert_cmpint (world.report->network.state.sim, ==, SMITH_SIM_MISSING);
          world_expect_sentence (world.report->network_problem);
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
  world_convert (&world, SMITH_ERROR_WRONG_FILE);
  rig_expect_nothing_written (&world.rig);
  g_assert_cmpuint (smith_virtual_stick_get_refusals (world.rig.stick), ==, 0);

  other.route.config.start = SMITH_MODE_DOWNLOAD;
  other.route.config.demand_signature = FALSE;
  world_plug (&other, "");
  g_clear_pointer (&other.plan->before, smith_identity_unref);
  g_ptr_array_set_size (other.plan->firmware, 0);
  g_ptr_array_add (other.plan->firmware, item_open (world.route.files[0]));
  world_convert (&other, SMITH_ERROR_WRONG_FILE);
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
      world_convert (&world, SUCCESS);
      world_expect_converted (&world);
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
  world_convert (&world, SUCCESS);
  world_expect_converted (&world);
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
      world.plan->skip_network = TRUE;
      world_plug (&world, "");
      config = world.route.config;
      config.usb_path = "1-2";
      other = smith_virtual_stick_new (world.rig.bus, &config, NULL, NULL, &world.error);
      g_assert_no_error (world.error);
      world_convert (&world, SUCCESS);
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
  world_convert (&world, SMITH_ERROR_WRONG_DEVICE);
  world_expect_says (&world, "option");
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
      world_convert (&world, SMITH_ERROR_REFUSED);
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
      world_convert (&world, SUCCESS);
      world_expect_converted (&world);
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
  world_convert (&world, SMITH_ERROR_WRONG_VERSION);
  g_assert_cmpuint (strlen (world.error->message), <, 1000);
}

/* The second file goes out under its own signature. */
static void
test_second_signature (void)
{
  g_auto (World) world = { 0 };

  world_init (&world, ROUTE_NEEDLE);
  world_plug (&world, "");
  world_convert (&world, SUCCESS);
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
      world_convert (&world, i == 0 ? SMITH_ERROR_REFUSED : SMITH_ERROR_TIMEOUT);
      g_assert_cmpuint (rig_count_log (&world.rig, "\"left\",\"mode\":\"download\""), ==, 0);
      world_expect_mode (&world, SMITH_MODE_DOWNLOAD);
    }
  {
    g_auto (World) world = { 0 };

    world_init (&world, ROUTE_NEEDLE);
    world.at_step = cancel_soon;
    world_plug (&world, "");
    world_convert (&world, CANCELLED);
    rig_expect_nothing_written (&world.rig);
    world_expect_mode (&world, SMITH_MODE_DOWNLOAD);
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
  world_expect_sentence (error->message);
}

int
main (int argc, char **argv)
{
  static const WorldTest tests[] = {
    { "15-false-success", test_false_success },
    { "18-bad-downloads", test_bad_downloads },
    { "19-wrong-kind", test_wrong_kind },
    { "20-says-ok-and-stays", test_says_ok_and_stays },
    { "21-code-wanted", test_code_wanted },
    { "22-cd-first", test_cd_first },
    { "22-cd-stays", test_cd_stays },
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

  return world_run_tests (argc, argv, tests, G_N_ELEMENTS (tests));
}
