/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names of ports pass from one stick to another. What is meant for one of
 * them must not reach another one for that. */
#include "job/open-port.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "../stick/fake-usb.h"
#include "format/error.h"
#include "job/conversion.h"
#include "link/deadline.h"
#include "rig.h"
#include "stick/identity.h"
#include "stick/stick-port.h"

#define SCALE 0.2

/* Where the stick is that is meant, and where the other one is. */
#define PLACE "1-1"
#define OTHER_PLACE "1-2"
#define NODE "ttyUSB0"

#define FIRMWARE                                                                                   \
  "[file]\nshape=bin\n[firmware]\ndownload-id=0x01\nproduct=BV7R11HS\nversion=:BV7R11HS:R:21.1\n"  \
  "[partition 0]\nid=0x00090000\ncontent=random:5000:1\n"                                          \
  "[partition 1]\nid=0x00200000\ncontent=random:500:2\n"
#define LOADER "[file]\nshape=loader\n[loader]\nroutine=v7r11\nraminit=1500\nflasher=5000\n"

/* What happens while the port is busy. */
typedef enum
{
  NOTHING,
  PASSED_ON, /* the stick leaves, and the name goes to the other one */
  CAME_BACK, /* the stick leaves, and is there again with the same name */
  LIES,      /* the name leads to the other one; the stick has stayed */
} Event;

typedef struct
{
  const char *name;
  SmithMode mode;
  Event event;
  gboolean on_udev; /* else on a virtual bus */
} Case;

/* Two sticks, and a bus of its own on which their ports have names that lead to
 * theirs. */
typedef struct
{
  const Case *which;
  Rig one;
  Rig other;
  Files files;
  FakeUsb *usb; /* or NULL */
  SmithBus *bus;
  char *node;
  int held;
  guint n_busy;
  GCancellable *cancellable;
} World;

static char *
find_device (Rig *rig, const char *place)
{
  g_autoptr (SmithStick) stick = smith_bus_find (SMITH_BUS (rig->bus), place);

  g_assert_cmpuint (stick->ports->len, ==, 1);
  return g_strdup (((SmithStickPort *) g_ptr_array_index (stick->ports, 0))->device);
}

static char *
get_device (World *world, const char *place)
{
  return find_device (g_str_equal (place, PLACE) ? &world->one : &world->other, place);
}

static void
lead_to (World *world, const char *place)
{
  g_autofree char *device = get_device (world, place);

  g_unlink (world->node);
  g_assert_cmpint (symlink (device, world->node), ==, 0);
}

static void
plug_fake (World *world, const char *place)
{
  g_autofree char *device = get_device (world, place);
  gboolean works = world->which->mode == SMITH_MODE_STICK;
  g_autofree char *port
      = g_strdup_printf ("ff/%s b83 b03 @" NODE "=%s", works ? "03/12" : "ff/ff", device);
  const char *const only[] = { port, NULL };
  const char *const download[]
      = { "ff/ff/ff b81 b01 driver", "08/06/50 b82 b02 driver", port, NULL };

  if (world->which->mode == SMITH_MODE_BOOT_ROM)
    fake_usb_plug (world->usb, place, 0x12d11443, only);
  else if (world->which->mode == SMITH_MODE_DOWNLOAD)
    fake_usb_plug (world->usb, place, 0x12d11c05, download);
  else
    fake_usb_plug (world->usb, place, 0x12d11506, only);
}

static void
plug (World *world, const char *place)
{
  g_autoptr (SmithStick) stick = NULL;
  SmithMode mode = world->which->mode;
  SmithPortRole role = SMITH_PORT_AT;

  if (world->usb != NULL)
    {
      plug_fake (world, place);
      smith_bus_rescan (world->bus);
      return;
    }
  if (mode == SMITH_MODE_BOOT_ROM)
    role = SMITH_PORT_BOOT;
  else if (mode == SMITH_MODE_DOWNLOAD)
    role = SMITH_PORT_DOWNLOAD;
  lead_to (world, place);
  stick = smith_stick_new (place, 0x12d1, 0x1c05, mode);
  stick->family = SMITH_FAMILY_BALONG;
  smith_stick_add_port (stick, world->node, 2, role);
  smith_virtual_bus_set (SMITH_VIRTUAL_BUS (world->bus), stick);
}

static void
unplug (World *world, const char *place)
{
  if (world->usb != NULL)
    fake_usb_unplug (world->usb, place);
  else
    smith_virtual_bus_remove (SMITH_VIRTUAL_BUS (world->bus), place);
}

static void
happen (World *world, Event event)
{
  if (event == LIES)
    lead_to (world, OTHER_PLACE);
  if (event != PASSED_ON && event != CAME_BACK)
    return;
  unplug (world, PLACE);
  plug (world, event == PASSED_ON ? OTHER_PLACE : PLACE);
}

static void
world_start (World *world, const Case *which)
{
  SmithVirtualStickConfig config = { .usb_path = PLACE,
                                     .start = which->mode,
                                     .chip = SMITH_CHIP_V7R11,
                                     .product_id = "BV7R11HS",
                                     .version = "22",
                                     .restart_ms = 5 };

  *world = (World){ .which = which, .held = -1, .cancellable = g_cancellable_new () };
  smith_deadline_set_scale (SCALE);
  files_start (&world->files);
  rig_start (&world->one, &config, "");
  config.usb_path = OTHER_PLACE;
  rig_start (&world->other, &config, "");
  if (which->on_udev)
    {
      world->usb = fake_usb_new (FALSE);
      world->bus = SMITH_BUS (smith_udev_bus_new_at (fake_usb_get_bus_root (world->usb)));
      world->node = fake_usb_get_node (world->usb, NODE);
    }
  else
    {
      world->bus = SMITH_BUS (smith_virtual_bus_new ());
      world->node = g_build_filename (world->files.dir, NODE, NULL);
    }
  plug (world, PLACE);
}

static void
let_go (World *world)
{
  if (world->held >= 0)
    close (world->held);
  world->held = -1;
}

static void
world_clear (World *world)
{
  let_go (world);
  g_assert_finalize_object (g_steal_pointer (&world->bus));
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_unlink (world->node);
  g_clear_pointer (&world->usb, fake_usb_free);
  g_free (world->node);
  g_object_unref (world->cancellable);
  rig_clear (&world->one);
  rig_clear (&world->other);
  files_clear (&world->files);
  smith_deadline_set_scale (1);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (World, world_clear)

static void
hold (World *world)
{
  g_autofree char *device = get_device (world, PLACE);

  world->held = open (device, O_RDWR | O_NOCTTY | O_CLOEXEC);
  g_assert_cmpint (world->held, >=, 0);
  g_assert_cmpint (flock (world->held, LOCK_EX), ==, 0);
}

static void
on_busy (gpointer user_data)
{
  World *world = user_data;

  world->n_busy++;
  happen (world, world->which->event);
  let_go (world);
}

/* Not a byte. */
static void
expect_untouched (Rig *rig)
{
  for (SmithStage stage = 0; stage < SMITH_N_STAGES; stage++)
    g_assert_cmpuint (smith_virtual_stick_get_count (rig->stick, stage), ==, 0);
  g_assert_cmpuint (rig_count_log (rig, "\"offence\""), ==, 0);
  rig_expect_nothing_written (rig);
}

static void
on_step (SmithStep step, gpointer user_data)
{
  World *world = user_data;

  /* What is written comes back where nobody looks. */
  if (step == SMITH_STEP_COME_BACK)
    g_cancellable_cancel (world->cancellable);
}

static gboolean
on_confirm (const SmithVerdict *verdict, gpointer user_data)
{
  return verdict->kind != SMITH_VERDICT_DOES_NOT_FIT;
}

/* A whole job for the stick at PLACE, whose port is busy at first. */
static void
test_job (gconstpointer data)
{
  static const SmithConversionFuncs funcs
      = { .step = on_step, .flash = { .confirm = on_confirm }, .busy = on_busy };
  const Case *which = data;
  g_auto (World) world = { 0 };
  g_autoptr (SmithPlan) plan = smith_plan_new (PLACE);
  g_autoptr (SmithConversionReport) report = smith_conversion_report_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  g_autofree char *loader = NULL;

  world_start (&world, which);
  path = files_make (&world.files, "f.bin", FIRMWARE);
  g_ptr_array_add (plan->firmware, item_open (path));
  loader = files_make (&world.files, "l.bin", LOADER);
  if (which->mode == SMITH_MODE_BOOT_ROM)
    plan->loader = item_open (loader);
  plan->skip_network = TRUE;
  hold (&world);
  g_assert_false (
      smith_conversion_run (plan, world.bus, &funcs, &world, report, world.cancellable, &error));
  g_assert_cmpuint (world.n_busy, ==, 1);
  expect_untouched (&world.other);
  if (which->event == NOTHING)
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      rig_expect_written (&world.one, plan->firmware);
      return;
    }
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED);
  g_assert_cmpint (report->step, ==,
                   which->mode == SMITH_MODE_BOOT_ROM ? SMITH_STEP_LOADER : SMITH_STEP_FLASH);
  g_assert_false (report->flash->touched);
  expect_untouched (&world.one);
}

/* Somebody looked at the stick a while ago, and asks it only now. */
static void
test_question (gconstpointer data)
{
  const Case *which = data;
  g_auto (World) world = { 0 };
  g_autoptr (SmithStick) stick = NULL;
  g_autoptr (SmithIdentity) identity = NULL;
  g_autoptr (SmithPort) port = NULL;
  g_autoptr (GError) error = NULL;

  world_start (&world, which);
  stick = smith_bus_find (world.bus, PLACE);
  happen (&world, which->event);
  identity = smith_identify (world.bus, stick, NULL, NULL, &error);
  expect_untouched (&world.other);
  if (which->event == NOTHING)
    {
      g_assert_no_error (error);
      g_assert_nonnull (identity);
      return;
    }
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED);
  g_clear_error (&error);
  port = smith_open_stick_port (world.bus, stick, SMITH_PORT_AT, NULL, NULL, NULL, &error);
  g_assert_null (port);
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED);
  expect_untouched (&world.one);
}

/* A name that a person gave stands for what it led to then. */
static void
test_named (void)
{
  static const Case which = { NULL, SMITH_MODE_DOWNLOAD, LIES, FALSE };
  g_auto (World) world = { 0 };
  g_autoptr (SmithPort) port = NULL;
  g_autoptr (GError) error = NULL;

  world_start (&world, &which);
  hold (&world);
  g_assert_null (smith_open_device (world.node, on_busy, &world, NULL, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED);
  g_assert_cmpuint (world.n_busy, ==, 1);
  g_clear_error (&error);
  /* Who names it now means the other one. */
  port = smith_open_device (world.node, on_busy, &world, NULL, &error);
  g_assert_no_error (error);
  expect_untouched (&world.one);
  expect_untouched (&world.other);
}

/* The stick has stayed, but what has the name now is another one of its ports. */
static void
test_other_port (void)
{
  static const struct
  {
    guint interface_number;
    SmithPortRole role;
    gboolean is_same;
  } cases[] = {
    { 2, SMITH_PORT_AT, TRUE },
    { 3, SMITH_PORT_AT, FALSE },
    { 2, SMITH_PORT_DIAGNOSTICS, FALSE },
  };
  g_auto (Rig) rig = { 0 };
  g_autofree char *device = NULL;

  rig_start_plain (&rig, SMITH_MODE_BOOT_ROM, NULL);
  device = find_device (&rig, PLACE);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SmithVirtualBus) bus = smith_virtual_bus_new ();
      g_autoptr (SmithStick) then = smith_stick_new (PLACE, 0x12d1, 0x1506, SMITH_MODE_STICK);
      g_autoptr (SmithStick) now = smith_stick_new (PLACE, 0x12d1, 0x1506, SMITH_MODE_STICK);
      g_autoptr (GError) error = NULL;
      SmithPort *port;

      smith_stick_add_port (then, device, 2, SMITH_PORT_AT);
      smith_virtual_bus_set (bus, then);
      now->seen = then->seen;
      smith_stick_add_port (now, device, cases[i].interface_number, cases[i].role);
      smith_virtual_bus_set (bus, now);
      port = smith_stick_port_open (SMITH_BUS (bus), then, device, 0, NULL, NULL, NULL, &error);
      g_assert_true ((port != NULL) == cases[i].is_same);
      if (port == NULL)
        g_assert_error (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED);
      else
        smith_port_close (port);
    }
}

static const Case jobs[] = {
  { "download/nothing", SMITH_MODE_DOWNLOAD, NOTHING, FALSE },
  { "download/passed-on", SMITH_MODE_DOWNLOAD, PASSED_ON, FALSE },
  { "download/came-back", SMITH_MODE_DOWNLOAD, CAME_BACK, FALSE },
  { "boot-rom/passed-on", SMITH_MODE_BOOT_ROM, PASSED_ON, FALSE },
  { "boot-rom/came-back", SMITH_MODE_BOOT_ROM, CAME_BACK, FALSE },
  { "download/udev/nothing", SMITH_MODE_DOWNLOAD, NOTHING, TRUE },
  { "download/udev/passed-on", SMITH_MODE_DOWNLOAD, PASSED_ON, TRUE },
  { "download/udev/came-back", SMITH_MODE_DOWNLOAD, CAME_BACK, TRUE },
  { "download/udev/lies", SMITH_MODE_DOWNLOAD, LIES, TRUE },
  { "boot-rom/udev/passed-on", SMITH_MODE_BOOT_ROM, PASSED_ON, TRUE },
  { "boot-rom/udev/lies", SMITH_MODE_BOOT_ROM, LIES, TRUE },
};

static const Case questions[] = {
  { "nothing", SMITH_MODE_STICK, NOTHING, FALSE },
  { "passed-on", SMITH_MODE_STICK, PASSED_ON, FALSE },
  { "came-back", SMITH_MODE_STICK, CAME_BACK, FALSE },
  { "udev/nothing", SMITH_MODE_STICK, NOTHING, TRUE },
  { "udev/passed-on", SMITH_MODE_STICK, PASSED_ON, TRUE },
  { "udev/came-back", SMITH_MODE_STICK, CAME_BACK, TRUE },
  { "udev/lies", SMITH_MODE_STICK, LIES, TRUE },
};

static void
add (const char *kind, const Case *cases, gsize n, GTestDataFunc func)
{
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *path = g_strdup_printf ("/job/open-port/%s/%s", kind, cases[i].name);

      g_test_add_data_func (path, &cases[i], func);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("job", jobs, G_N_ELEMENTS (jobs), test_job);
  add ("question", questions, G_N_ELEMENTS (questions), test_question);
  g_test_add_func ("/job/open-port/named", test_named);
  g_test_add_func ("/job/open-port/other-port", test_other_port);
  return g_test_run ();
}
