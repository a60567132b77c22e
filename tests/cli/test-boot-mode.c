/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "../../src/cli/boot-mode.h"

#include "format/error.h"
#include "link/boot-rom.h"
#include "link/deadline.h"
#include "simulator/fixture.h"
#include "simulator/virtual-stick.h"

/* As little waiting as a stick without delays can do with on a busy machine. */
#define SCALE 0.05

/* Sends a small loader to the stick in boot mode. */
static void
load (SmithStick *stick, gboolean *silent)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) file
      = smith_fixture_build ("[file]\nshape=loader\n[loader]\nroutine=v7r11\nraminit=100\n"
                             "flasher=2000\nroutine-offset=0x100\n",
                             &error);
  g_autoptr (SmithLoader) loader = NULL;
  g_autoptr (SmithPort) port = NULL;

  g_assert_no_error (error);
  loader = smith_loader_parse (file, &error);
  g_assert_no_error (error);
  port = smith_port_open (smith_stick_find_port (stick, SMITH_PORT_BOOT), 0, NULL, NULL, NULL,
                          &error);
  g_assert_no_error (error);
  smith_boot_rom_upload_full (port, loader, FALSE, NULL, NULL, silent, NULL, &error);
  g_assert_no_error (error);
}

/* A stick that is seen is judged by what it becomes, whatever it said. */
static void
test_seen (void)
{
  static const struct
  {
    const char *faults;
    int code; /* -1: the loader runs */
  } cases[] = {
    { "", -1 },
    { "after load other-stick\n", -1 },
    { "after load never\n", SMITH_ERROR_DISCONNECTED },
    { "after load other-port\n", SMITH_ERROR_DISCONNECTED },
    { "after load wrong-mode\n", SMITH_ERROR_UNSUPPORTED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SmithFaultScript) faults = smith_fault_script_parse (cases[i].faults, &error);
      const SmithVirtualStickConfig config = {
        .start = SMITH_MODE_BOOT_ROM, .chip = SMITH_CHIP_V7R11, .faults = faults, .restart_ms = 5
      };
      g_autoptr (SmithVirtualBus) bus = smith_virtual_bus_new ();
      g_autoptr (SmithVirtualStick) virtual
          = smith_virtual_stick_new (bus, &config, NULL, NULL, &error);
      g_autoptr (GPtrArray) sticks = smith_bus_list (SMITH_BUS (bus));
      SmithStick *before = g_ptr_array_index (sticks, 0);
      g_autoptr (SmithStick) now = NULL;
      gboolean silent = FALSE;

      g_assert_no_error (error);
      g_test_message ("%s", cases[i].faults);
      load (before, &silent);
      smith_deadline_set_scale (SCALE);
      g_assert_cmpint (cli_await_loader (SMITH_BUS (bus), before, TRUE, &now, NULL, &error), ==,
                       cases[i].code < 0);
      smith_deadline_set_scale (1);
      if (cases[i].code >= 0)
        {
          g_assert_error (error, SMITH_ERROR, cases[i].code);
          g_assert_null (now);
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpint (now->mode, ==, SMITH_MODE_DOWNLOAD);
      g_assert_nonnull (smith_stick_find_port (now, SMITH_PORT_DOWNLOAD));
    }
}

/* Of a port on no bus there is what the stick said: without that, nobody knows. */
static void
test_not_seen (void)
{
  g_autoptr (SmithVirtualBus) bus = smith_virtual_bus_new ();
  SmithStick *now = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (cli_await_loader (SMITH_BUS (bus), NULL, FALSE, &now, NULL, &error));
  g_assert_no_error (error);
  g_assert_null (now);
  g_assert_false (cli_await_loader (SMITH_BUS (bus), NULL, TRUE, &now, NULL, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT);
  g_assert_null (now);
}

static void
test_cancelled (void)
{
  g_autoptr (SmithVirtualBus) bus = smith_virtual_bus_new ();
  g_autoptr (SmithStick) before = smith_stick_new ("1-1", 0x12d1, 0x1443, SMITH_MODE_BOOT_ROM);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  SmithStick *now = NULL;
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_false (cli_await_loader (SMITH_BUS (bus), before, FALSE, &now, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Only the boot ROM takes no commands. */
static void
test_takes_commands (void)
{
  static const SmithMode modes[]
      = { SMITH_MODE_UNKNOWN,  SMITH_MODE_CD,    SMITH_MODE_HILINK,  SMITH_MODE_STICK,
          SMITH_MODE_DOWNLOAD, SMITH_MODE_DEBUG, SMITH_MODE_BOOT_ROM };

  for (gsize i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      g_autoptr (SmithStick) stick = smith_stick_new ("1-1", 0x12d1, 0x1234, modes[i]);
      g_autoptr (GError) error = NULL;
      gboolean takes = cli_check_takes_commands (stick, &error);

      g_assert_cmpint (takes, ==, modes[i] != SMITH_MODE_BOOT_ROM);
      if (takes)
        g_assert_no_error (error);
      else
        g_assert_error (error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE);
    }
}

/* Nor does what waits for commands that are not known here. */
static void
test_beyond (void)
{
  static const SmithNote notes[] = { SMITH_NOTE_NONE, SMITH_NOTE_BROVI, SMITH_NOTE_EMERGENCY,
                                     SMITH_NOTE_FASTBOOT, SMITH_NOTE_LATER_ROUTER };

  for (gsize i = 0; i < G_N_ELEMENTS (notes); i++)
    {
      g_autoptr (SmithStick) stick = smith_stick_new ("1-1", 0x12d1, 0x1234, SMITH_MODE_BEYOND);
      g_autoptr (GError) error = NULL;
      gboolean takes;

      stick->note = notes[i];
      takes = cli_check_takes_text (stick, &error);
      g_assert_cmpint (takes, ==, notes[i] == SMITH_NOTE_NONE || notes[i] == SMITH_NOTE_BROVI);
      if (takes)
        g_assert_no_error (error);
      else
        g_assert_error (error, SMITH_ERROR, SMITH_ERROR_UNSUPPORTED);
    }
}

/* AT commands mean nothing to a loader that knows frames only, or worse. */
static void
test_takes_text (void)
{
  static const struct
  {
    SmithMode mode;
    SmithFamily family;
    gboolean unproven;
    gboolean takes;
  } cases[] = {
    { SMITH_MODE_STICK, SMITH_FAMILY_QUALCOMM, FALSE, TRUE },
    { SMITH_MODE_STICK, SMITH_FAMILY_BALONG, FALSE, TRUE },
    { SMITH_MODE_DEBUG, SMITH_FAMILY_BALONG, FALSE, TRUE },
    { SMITH_MODE_UNKNOWN, SMITH_FAMILY_UNKNOWN, FALSE, TRUE },
    { SMITH_MODE_DOWNLOAD, SMITH_FAMILY_BALONG, FALSE, TRUE },
    { SMITH_MODE_DOWNLOAD, SMITH_FAMILY_QUALCOMM, FALSE, FALSE },
    { SMITH_MODE_DOWNLOAD, SMITH_FAMILY_UNKNOWN, TRUE, FALSE },
    { SMITH_MODE_BOOT_ROM, SMITH_FAMILY_BALONG, FALSE, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SmithStick) stick = smith_stick_new ("1-1", 0x12d1, 0x1001, cases[i].mode);
      g_autoptr (GError) error = NULL;

      stick->family = cases[i].family;
      stick->unproven = cases[i].unproven;
      g_assert_cmpint (cli_check_takes_text (stick, &error), ==, cases[i].takes);
      if (cases[i].takes)
        g_assert_no_error (error);
      else
        g_assert_error (error, SMITH_ERROR, SMITH_ERROR_WRONG_DEVICE);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cli/boot-mode/seen", test_seen);
  g_test_add_func ("/cli/boot-mode/not-seen", test_not_seen);
  g_test_add_func ("/cli/boot-mode/cancelled", test_cancelled);
  g_test_add_func ("/cli/boot-mode/takes-commands", test_takes_commands);
  g_test_add_func ("/cli/boot-mode/beyond", test_beyond);
  g_test_add_func ("/cli/boot-mode/takes-text", test_takes_text);
  return g_test_run ();
}
