/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "../../src/cli/restart.h"

#include "link/deadline.h"
#include "simulator/virtual-bus.h"

#define PLACE "1-1"

/* As little waiting as a bus that does not change can do with. */
#define SCALE 0.02

static SmithStick *
plug (SmithVirtualBus *bus, SmithMode mode)
{
  g_autoptr (SmithStick) stick = smith_stick_new (PLACE, 0x12d1, 0x1234, mode);

  smith_virtual_bus_set (bus, stick);
  return smith_bus_find (SMITH_BUS (bus), PLACE);
}

/* What has happened already when it is asked. */
static void
test_is_over (void)
{
  static const struct
  {
    SmithMode mode; /* in which it came back; SMITH_N_MODES: it did not */
    gboolean restarted;
  } cases[] = {
    { SMITH_MODE_STICK, TRUE },     { SMITH_MODE_HILINK, TRUE },    { SMITH_MODE_CD, TRUE },
    { SMITH_MODE_DOWNLOAD, FALSE }, { SMITH_MODE_BOOT_ROM, FALSE }, { SMITH_MODE_UNKNOWN, FALSE },
    { SMITH_N_MODES, FALSE },
  };

  smith_deadline_set_scale (SCALE);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SmithVirtualBus) bus = smith_virtual_bus_new ();
      g_autoptr (SmithStick) before = plug (bus, SMITH_MODE_DOWNLOAD);

      smith_virtual_bus_remove (bus, PLACE);
      if (cases[i].mode != SMITH_N_MODES)
        smith_stick_unref (plug (bus, cases[i].mode));
      g_test_message ("case %" G_GSIZE_FORMAT, i);
      g_assert_cmpint (cli_await_restart (SMITH_BUS (bus), before, NULL), ==, cases[i].restarted);
    }
  smith_deadline_set_scale (1);
}

/* It never leaves. */
static void
test_stays (void)
{
  g_autoptr (SmithVirtualBus) bus = smith_virtual_bus_new ();
  g_autoptr (SmithStick) before = plug (bus, SMITH_MODE_DOWNLOAD);

  smith_deadline_set_scale (SCALE);
  g_assert_false (cli_await_restart (SMITH_BUS (bus), before, NULL));
  smith_deadline_set_scale (1);
}

static gpointer
restart (gpointer data)
{
  SmithVirtualBus *bus = data;

  g_usleep (50000);
  smith_virtual_bus_remove (bus, PLACE);
  g_usleep (50000);
  smith_stick_unref (plug (bus, SMITH_MODE_UNKNOWN));
  g_usleep (50000);
  smith_stick_unref (plug (bus, SMITH_MODE_STICK));
  return NULL;
}

/* It is waited for, and first comes without its interfaces. */
static void
test_in_time (void)
{
  g_autoptr (SmithVirtualBus) bus = smith_virtual_bus_new ();
  g_autoptr (SmithStick) before = plug (bus, SMITH_MODE_DOWNLOAD);
  GThread *thread = g_thread_new ("restart", restart, bus);

  g_assert_true (cli_await_restart (SMITH_BUS (bus), before, NULL));
  g_thread_join (thread);
}

static void
test_cancelled (void)
{
  g_autoptr (SmithVirtualBus) bus = smith_virtual_bus_new ();
  g_autoptr (SmithStick) before = plug (bus, SMITH_MODE_DOWNLOAD);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_cancellable_cancel (cancellable);
  g_assert_false (cli_await_restart (SMITH_BUS (bus), before, cancellable));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/restart/is-over", test_is_over);
  g_test_add_func ("/cli/restart/stays", test_stays);
  g_test_add_func ("/cli/restart/in-time", test_in_time);
  g_test_add_func ("/cli/restart/cancelled", test_cancelled);
  return g_test_run ();
}
