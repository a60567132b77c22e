/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <glib/gstdio.h>
#include <net/if.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "box.h"
#include "format/error.h"
#include "job/conversion-private.h"
#include "job/way-in.h"
#include "link/deadline.h"
#include "simulator/virtual-bus.h"
#include "stick/web.h"

/*
 * Several devices at the same address, as all HiLink sticks are, and each gives
 * this computer the same address too: the one that was meant is asked and told,
 * and no other one hears of it.
 */

#define ADDRESS "192.168.8.1"
#define HERE "192.168.8.100/24"
#define H "CL2E3372HM"
#define S "CL1E3372SM"

#define HARD_BOUND_MS 60000

/* A stick that does not do what it is told is waited for; but no busy machine may
 * look like one. */
#define STAYS_SCALE 0.2

/* Where nothing ever comes. */
#define NEVER_SCALE 0.04

static gboolean may_choose_card = TRUE;

/* As a kernel before 5.7 has it. */
int
setsockopt (int fd, int level, int name, const void *value, socklen_t size)
{
  if (level == SOL_SOCKET && name == SO_BINDTOIFINDEX && !may_choose_card)
    {
      errno = EPERM;
      return -1;
    }
  return (int) syscall (SYS_setsockopt, fd, level, name, value, size);
}

static SmithStick *
make_stick (const char *usb_path, const char *network)
{
  SmithStick *stick = smith_stick_new (usb_path, 0x12d1, 0x14dc, SMITH_MODE_HILINK);

  stick->network = g_strdup (network);
  return stick;
}

/* Asks what is behind a card. Returns: its hardware; NULL if it was not there */
static char *
ask (SmithStick *stick, SmithErrorCode code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithIdentity) identity = smith_identify (NULL, stick, NULL, NULL, &error);

  if (identity != NULL)
    return g_strdup (identity->hardware);
  g_assert_error (error, SMITH_ERROR, (int) code);
  return NULL;
}

static void
assert_is (const char *network, const char *hardware)
{
  g_autoptr (SmithStick) stick = make_stick ("1-1", network);
  g_autofree char *found = ask (stick, SMITH_ERROR_DISCONNECTED);

  g_assert_cmpstr (found, ==, hardware);
}

static void
test_each_its_own (void)
{
  g_autoptr (Box) h = box_plug ("usb0", ADDRESS, H);
  g_autoptr (Box) s = box_plug ("usb1", ADDRESS, S);

  box_card_up ("usb0", HERE, ADDRESS);
  box_card_up ("usb1", HERE, ADDRESS);
  for (guint i = 0; i < 2; i++)
    {
      assert_is ("usb0", H);
      assert_is ("usb1", S);
    }
  g_assert_cmpuint (box_count (h, "GET /api/device/information "), ==, 2);
  g_assert_cmpuint (box_count (s, "GET /api/device/information "), ==, 2);
}

/* The other one has been there for long; this one has just come. */
static void
test_no_address_yet (void)
{
  g_autoptr (Box) h = box_plug ("usb0", ADDRESS, H);
  g_autoptr (Box) s = box_plug ("usb1", ADDRESS, S);

  box_card_up ("usb0", HERE, ADDRESS);
  assert_is ("usb1", NULL);
  assert_is ("usb9", NULL);
  assert_is (NULL, NULL);
  /* It gave itself one, since nobody else did. */
  box_card_up ("usb1", "169.254.3.4/16", NULL);
  assert_is ("usb1", NULL);
  g_assert_cmpuint (box_count (h, ""), ==, 0);
  g_assert_cmpuint (box_count (s, ""), ==, 0);
  box_card_up ("usb1", HERE, ADDRESS);
  assert_is ("usb1", S);
  g_assert_cmpuint (box_count (h, ""), ==, 0);
}

/* A router for the house that is at the address of sticks, and knows all requests. */
static void
test_router_of_the_house (void)
{
  g_autoptr (Box) router = box_plug ("wlan0", ADDRESS, "B315");
  g_autoptr (Box) stick = box_plug ("usb0", ADDRESS, H);

  box_card_up ("wlan0", HERE, ADDRESS);
  assert_is ("usb0", NULL);
  box_card_up ("usb0", "192.168.8.101/24", NULL);
  assert_is ("usb0", H);
  g_assert_cmpuint (box_count (router, ""), ==, 0);
}

/* Its network was set up as one that leads nowhere; and somebody moved it. */
static void
test_no_way_out (void)
{
  g_autoptr (Box) usual = box_plug ("usb0", ADDRESS, H);
  g_autoptr (Box) moved = box_plug ("usb1", "192.168.9.1", S);

  box_card_up ("usb0", HERE, NULL);
  box_card_up ("usb1", "192.168.9.100/24", NULL);
  assert_is ("usb0", H);
  assert_is ("usb1", S);
}

/* The files in which the system tells which card a stick has. */
static char *
make_device (const char *usb_path, const char *card)
{
  g_autofree char *top = g_dir_make_tmp ("two-sticks-XXXXXX", NULL);
  g_autofree char *interface = g_strconcat (usb_path, ":1.0", NULL);
  char *device = g_build_filename (top, usb_path, NULL);
  g_autofree char *folder = g_build_filename (device, interface, "net", card, NULL);
  g_autofree char *file = g_build_filename (folder, "ifindex", NULL);
  g_autofree char *index = g_strdup_printf ("%u\n", if_nametoindex (card));

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (file, index, -1, NULL));
  return device;
}

static void
remove_device (const char *device)
{
  g_autofree char *top = g_path_get_dirname (device);
  const char *const argv[] = { "rm", "-r", top, NULL };

  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
                               NULL, NULL, NULL));
}

/* A card was given another name after the stick was looked at, and the other
 * stick's card has its old one now. */
static void
test_renamed (void)
{
  g_autoptr (SmithStick) stick = make_stick ("1-2", "usb0");
  g_autoptr (SmithStick) bare = make_stick ("1-3", "usb0");
  g_autoptr (Box) s = box_plug ("usb0", ADDRESS, S);
  g_autoptr (Box) h = NULL;
  g_autofree char *found = NULL;
  g_autofree char *nothing = NULL;

  box_card_rename ("usb0", "usb1");
  h = box_plug ("usb0", ADDRESS, H);
  box_card_up ("usb1", HERE, ADDRESS);
  box_card_up ("usb0", HERE, ADDRESS);
  stick->device_path = make_device ("1-2", "usb1");
  found = ask (stick, SMITH_ERROR_DISCONNECTED);
  g_assert_cmpstr (found, ==, S);
  /* One that has no card any more. */
  bare->device_path = g_strdup (stick->device_path);
  nothing = ask (bare, SMITH_ERROR_DISCONNECTED);
  g_assert_null (nothing);
  g_assert_cmpuint (box_count (h, ""), ==, 0);
  remove_device (stick->device_path);
}

/* It leaves between two questions, and another one takes its place and name. */
static void
test_gone (void)
{
  g_autoptr (SmithStick) stick = make_stick ("1-1", "usb0");
  Box *first = box_plug ("usb0", ADDRESS, H);
  g_autoptr (Box) second = NULL;
  g_autoptr (SmithHilink) web = NULL;
  g_autoptr (SmithHilinkInfo) info = NULL;
  g_autoptr (GError) error = NULL;

  box_card_up ("usb0", HERE, ADDRESS);
  web = smith_stick_open_web (stick, &error);
  g_assert_no_error (error);
  info = smith_hilink_get_information (web, smith_deadline_in (HARD_BOUND_MS), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (info->hardware, ==, H);
  box_unplug (first);
  second = box_plug ("usb0", ADDRESS, S);
  box_card_up ("usb0", HERE, ADDRESS);
  g_assert_false (
      smith_hilink_enter_download_mode (web, smith_deadline_in (HARD_BOUND_MS), NULL, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED);
  g_assert_cmpuint (box_count (second, ""), ==, 0);
}

/* On a kernel that leaves the choice to root. */
static void
test_no_choice (void)
{
  g_autoptr (SmithStick) stick = make_stick ("1-2", "usb1");
  g_autoptr (Box) s = box_plug ("usb1", ADDRESS, S);
  g_autoptr (Box) h = NULL;
  g_autofree char *alone = NULL;
  g_autofree char *of_two = NULL;
  g_autofree char *of_two_again = NULL;

  may_choose_card = FALSE;
  box_card_up ("usb1", HERE, ADDRESS);
  alone = ask (stick, SMITH_ERROR_WRONG_DEVICE);
  g_assert_cmpstr (alone, ==, S);
  g_assert_cmpuint (box_count (s, "GET /api/device/information "), ==, 1);
  h = box_plug ("usb0", ADDRESS, H);
  box_card_up ("usb0", HERE, ADDRESS);
  of_two = ask (stick, SMITH_ERROR_WRONG_DEVICE);
  g_assert_null (of_two);
  may_choose_card = TRUE;
  g_assert_cmpuint (box_count (h, ""), ==, 0);
  g_assert_cmpuint (box_count (s, "GET /api/device/information "), ==, 1);
  of_two_again = ask (stick, SMITH_ERROR_WRONG_DEVICE);
  g_assert_cmpstr (of_two_again, ==, S);
}

typedef struct
{
  SmithVirtualBus *bus;
  const char *usb_path;
} Place;

static void
go_to_download_mode (gpointer data)
{
  Place *place = data;
  g_autoptr (SmithStick) stick
      = smith_stick_new (place->usb_path, 0x12d1, 0x1442, SMITH_MODE_DOWNLOAD);

  smith_stick_add_port (stick, "/dev/null", 0, SMITH_PORT_DOWNLOAD);
  smith_virtual_bus_set (place->bus, stick);
}

/* Both on one bus, 1-1 behind usb0 and 1-2 behind usb1. */
static SmithVirtualBus *
make_bus (void)
{
  SmithVirtualBus *bus = smith_virtual_bus_new ();
  g_autoptr (SmithStick) h = make_stick ("1-1", "usb0");
  g_autoptr (SmithStick) s = make_stick ("1-2", "usb1");

  smith_virtual_bus_set (bus, h);
  smith_virtual_bus_set (bus, s);
  return bus;
}

static void
test_way_in (void)
{
  g_autoptr (SmithVirtualBus) bus = make_bus ();
  Place first = { bus, "1-1" };
  Place second = { bus, "1-2" };
  g_autoptr (Box) h = box_plug ("usb0", ADDRESS, H);
  g_autoptr (Box) s = box_plug ("usb1", ADDRESS, S);
  g_autoptr (SmithStick) stick = NULL;
  g_autoptr (GError) error = NULL;

  box_card_up ("usb1", HERE, ADDRESS);
  box_card_up ("usb0", HERE, ADDRESS);
  box_on_switch (h, go_to_download_mode, &first);
  box_on_switch (s, go_to_download_mode, &second);
  stick = smith_way_in_run (SMITH_BUS (bus), "1-2", NULL, SMITH_WAY_WEB, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (stick->usb_path, ==, "1-2");
  g_assert_cmpint (stick->mode, ==, SMITH_MODE_DOWNLOAD);
  g_assert_cmpuint (box_count (s, "POST /CGI "), ==, 1);
  g_assert_cmpuint (box_count (h, ""), ==, 0);
}

/* It says yes and stays, so that every request is made that there is. */
static void
test_way_in_to_the_end (void)
{
  g_autoptr (SmithVirtualBus) bus = make_bus ();
  g_autoptr (Box) h = box_plug ("usb0", ADDRESS, H);
  g_autoptr (Box) s = box_plug ("usb1", ADDRESS, S);
  g_autoptr (GError) error = NULL;

  box_card_up ("usb1", HERE, ADDRESS);
  box_card_up ("usb0", HERE, ADDRESS);
  smith_deadline_set_scale (STAYS_SCALE);
  g_assert_null (smith_way_in_run (SMITH_BUS (bus), "1-2", NULL, SMITH_WAY_WEB, NULL, &error));
  smith_deadline_set_scale (1);
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT);
  g_assert_cmpuint (box_count (h, ""), ==, 0);
  g_assert_cmpuint (box_count (s, "POST /CGI "), ==, 1);
  g_assert_cmpuint (box_count (s, "POST /api/device/mode "), ==, 1);
}

static gpointer
come_up_late (gpointer data)
{
  g_usleep (700 * 1000);
  box_card_up ("usb1", HERE, ADDRESS);
  return NULL;
}

/* Its address is waited for; and where none comes, nobody is told anything. */
static void
test_way_in_waits (void)
{
  g_autoptr (SmithVirtualBus) bus = make_bus ();
  Place second = { bus, "1-2" };
  g_autoptr (Box) h = box_plug ("usb0", ADDRESS, H);
  g_autoptr (Box) s = box_plug ("usb1", ADDRESS, S);
  g_autoptr (SmithStick) stick = NULL;
  g_autoptr (GError) error = NULL;
  GThread *thread;

  box_card_up ("usb0", HERE, ADDRESS);
  box_on_switch (s, go_to_download_mode, &second);
  smith_deadline_set_scale (NEVER_SCALE);
  g_assert_null (smith_way_in_run (SMITH_BUS (bus), "1-2", NULL, SMITH_WAY_WEB, NULL, &error));
  smith_deadline_set_scale (1);
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED);
  g_clear_error (&error);

  thread = g_thread_new ("late", come_up_late, NULL);
  stick = smith_way_in_run (SMITH_BUS (bus), "1-2", NULL, SMITH_WAY_WEB, NULL, &error);
  g_thread_join (thread);
  g_assert_no_error (error);
  g_assert_cmpstr (stick->usb_path, ==, "1-2");
  g_assert_cmpuint (box_count (h, ""), ==, 0);
}

static void
test_way_in_no_choice (void)
{
  g_autoptr (SmithVirtualBus) bus = make_bus ();
  g_autoptr (Box) h = box_plug ("usb0", ADDRESS, H);
  g_autoptr (Box) s = box_plug ("usb1", ADDRESS, S);
  g_autoptr (GError) error = NULL;

  box_card_up ("usb0", HERE, ADDRESS);
  box_card_up ("usb1", HERE, ADDRESS);
  may_choose_card = FALSE;
  g_assert_null (smith_way_in_run (SMITH_BUS (bus), "1-2", NULL, SMITH_WAY_WEB, NULL, &error));
  may_choose_card = TRUE;
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE);
  /* What is said is about the network, not about the stick's firmware. */
  g_assert_true (g_str_has_prefix (error->message, "This computer "));
  g_assert_nonnull (strstr (error->message, ADDRESS));
  g_assert_cmpuint (box_count (h, ""), ==, 0);
  g_assert_cmpuint (box_count (s, ""), ==, 0);
}

/* After everything was written, the version is asked of the stick at the job's
 * place, as soon as it has a network again. */
static void
test_come_back (void)
{
  g_autoptr (SmithVirtualBus) bus = make_bus ();
  g_autoptr (Box) h = box_plug ("usb0", ADDRESS, H);
  g_autoptr (Box) s = box_plug ("usb1", ADDRESS, S);
  g_autoptr (SmithPlan) plan = smith_plan_new ("1-2");
  g_autoptr (SmithConversionReport) report = smith_conversion_report_new ();
  static const SmithConversionFuncs funcs = { 0 };
  SmithConversion conversion = { .plan = plan,
                                 .bus = SMITH_BUS (bus),
                                 .funcs = &funcs,
                                 .report = report,
                                 .stick = smith_bus_find (SMITH_BUS (bus), "1-2") };
  g_autoptr (GError) error = NULL;
  GThread *thread;

  box_card_up ("usb0", HERE, ADDRESS);
  thread = g_thread_new ("late", come_up_late, NULL);
  g_assert_true (smith_conversion_come_back (&conversion, &error));
  g_thread_join (thread);
  g_assert_no_error (error);
  g_assert_cmpstr (report->version, ==, "22.1.of." S);
  g_assert_cmpuint (box_count (h, ""), ==, 0);
  smith_conversion_take_stick (&conversion, NULL);
}

static const struct
{
  const char *path;
  GTestFunc func;
} tests[] = {
  { "/two-sticks/each-its-own", test_each_its_own },
  { "/two-sticks/no-address-yet", test_no_address_yet },
  { "/two-sticks/router-of-the-house", test_router_of_the_house },
  { "/two-sticks/no-way-out", test_no_way_out },
  { "/two-sticks/renamed", test_renamed },
  { "/two-sticks/gone", test_gone },
  { "/two-sticks/no-choice", test_no_choice },
  { "/two-sticks/way-in", test_way_in },
  { "/two-sticks/way-in-to-the-end", test_way_in_to_the_end },
  { "/two-sticks/way-in-waits", test_way_in_waits },
  { "/two-sticks/way-in-no-choice", test_way_in_no_choice },
  { "/two-sticks/come-back", test_come_back },
};

static void
skip (void)
{
  g_test_skip ("no network of its own is to be had");
}

int
main (int argc, char *argv[])
{
  gboolean has_world = box_enter_world ();

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add_func (tests[i].path, has_world ? tests[i].func : skip);
  return g_test_run ();
}
