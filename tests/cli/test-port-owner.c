/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose port a name stands for may change until it is open. */
#include "../../src/cli/port-owner.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "../link/line.h"
#include "format/error.h"
#include "simulator/virtual-bus.h"

/* Where the stick is that is meant, and where another one is. */
#define PLACE "1-1"
#define OTHER_PLACE "1-2"

typedef struct
{
  SmithVirtualBus *bus;
  Line line;
  int held; /* what keeps the port busy */
  SmithMode mode;
  const char *then; /* the place of the stick that has the port then; NULL: of none */
  guint n_checks;
} World;

static World *current; /* a check gets no data of its own */

static void
world_start (World *world, SmithMode mode)
{
  *world = (World){ .bus = smith_virtual_bus_new (), .held = -1, .mode = mode };
  line_open (&world->line);
  current = world;
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
  line_clear (&world->line);
  g_object_unref (world->bus);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (World, world_clear)

static void
plug (World *world, const char *place, SmithMode mode)
{
  SmithStick *stick = smith_stick_new (place, 0x12d1, 0x1001, mode);

  smith_stick_add_port (stick, world->line.device, 0, SMITH_PORT_AT);
  smith_virtual_bus_set (world->bus, stick);
  smith_stick_unref (stick);
}

static void
hold (World *world)
{
  world->held = open (world->line.device, O_RDWR | O_NOCTTY | O_CLOEXEC);
  g_assert_cmpint (world->held, >=, 0);
  g_assert_cmpint (flock (world->held, LOCK_EX), ==, 0);
}

/* The stick leaves while its port is waited for. */
static void
on_busy (gpointer user_data)
{
  World *world = user_data;

  smith_virtual_bus_remove (world->bus, PLACE);
  if (world->then != NULL)
    plug (world, world->then, world->mode);
  let_go (world);
}

static gboolean
check (const SmithStick *stick, GError **error)
{
  current->n_checks++;
  if (stick->mode == SMITH_MODE_STICK)
    return TRUE;
  g_set_error_literal (error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE, "Not this one");
  return FALSE;
}

static SmithPort *
open_it (World *world, SmithStick **owner, GError **error)
{
  return cli_open_port (SMITH_BUS (world->bus), world->line.device, check, on_busy, world, owner,
                        NULL, error);
}

static void
test_known (void)
{
  g_auto (World) world = { NULL };
  g_autoptr (SmithPort) port = NULL;
  g_autoptr (SmithStick) owner = NULL;
  g_autoptr (GError) error = NULL;

  world_start (&world, SMITH_MODE_STICK);
  plug (&world, PLACE, SMITH_MODE_STICK);
  port = open_it (&world, &owner, &error);
  g_assert_no_error (error);
  g_assert_nonnull (port);
  g_assert_cmpstr (owner->usb_path, ==, PLACE);
  g_assert_cmpuint (world.n_checks, ==, 2);
}

static void
test_unknown (void)
{
  g_auto (World) world = { NULL };
  g_autoptr (SmithPort) port = NULL;
  g_autoptr (SmithStick) owner = NULL;
  g_autoptr (GError) error = NULL;

  world_start (&world, SMITH_MODE_STICK);
  port = open_it (&world, &owner, &error);
  g_assert_no_error (error);
  g_assert_nonnull (port);
  g_assert_null (owner);
  g_assert_cmpuint (world.n_checks, ==, 0);
}

/* Not even opened. */
static void
test_refused (void)
{
  g_auto (World) world = { NULL };
  g_autoptr (SmithStick) owner = NULL;
  g_autoptr (GError) error = NULL;

  world_start (&world, SMITH_MODE_STICK);
  plug (&world, PLACE, SMITH_MODE_DOWNLOAD);
  hold (&world);
  g_assert_null (open_it (&world, &owner, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE);
  g_assert_cmpstr (owner->usb_path, ==, PLACE);
}

/* The name, and the number, are another one's now, or the stick's that came anew. */
static void
test_passed_on (void)
{
  static const struct
  {
    const char *then;
    SmithMode mode;
  } cases[] = {
    { OTHER_PLACE, SMITH_MODE_STICK }, { OTHER_PLACE, SMITH_MODE_DOWNLOAD },
    { PLACE, SMITH_MODE_STICK },       { PLACE, SMITH_MODE_DOWNLOAD },
    { NULL, SMITH_MODE_STICK },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (World) world = { NULL };
      g_autoptr (SmithStick) owner = NULL;
      g_autoptr (GError) error = NULL;

      world_start (&world, cases[i].mode);
      world.then = cases[i].then;
      plug (&world, PLACE, SMITH_MODE_STICK);
      hold (&world);
      g_assert_null (open_it (&world, &owner, &error));
      g_assert_error (error, SMITH_ERROR, SMITH_ERROR_DISCONNECTED);
    }
}

/* The port was nobody's when it was named. */
static void
test_becomes_known (void)
{
  g_auto (World) world = { NULL };
  g_autoptr (SmithStick) owner = NULL;
  g_autoptr (GError) error = NULL;

  world_start (&world, SMITH_MODE_DOWNLOAD);
  world.then = OTHER_PLACE;
  hold (&world);
  g_assert_null (open_it (&world, &owner, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE);
  g_assert_cmpstr (owner->usb_path, ==, OTHER_PLACE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/port-owner/known", test_known);
  g_test_add_func ("/cli/port-owner/unknown", test_unknown);
  g_test_add_func ("/cli/port-owner/refused", test_refused);
  g_test_add_func ("/cli/port-owner/passed-on", test_passed_on);
  g_test_add_func ("/cli/port-owner/becomes-known", test_becomes_known);
  return g_test_run ();
}
