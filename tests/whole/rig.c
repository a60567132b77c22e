/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rig.h"

#include <glib-unix.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <unistd.h>

#define RESTART_MS 60

/* What a driver takes: long enough for somebody to look meanwhile. */
#define PAUSE_MS 45

/* How long a virtual CD is shown. */
#define EJECT_MS 60

#define E3372H                                                                                     \
  .usb_path = RIG_PLACE, .chip = SMITH_CHIP_V7R11, .product_id = "BV7R11HS",                       \
  .hardware = "CL2E3372HM", .shows_cd = TRUE, .stays_cd = TRUE, .all_ports = TRUE,                 \
  .restart_ms = RESTART_MS

const SmithVirtualStickConfig rig_hilink
    = { E3372H, .start = SMITH_MODE_HILINK, .version = "22.180.05.00.00" };

const SmithVirtualStickConfig rig_stick
    = { E3372H, .start = SMITH_MODE_STICK, .version = "21.180.01.00.00" };

const SmithVirtualStickConfig rig_e1550 = {
  .usb_path = RIG_PLACE,
  .start = SMITH_MODE_STICK,
  .family = SMITH_FAMILY_QUALCOMM,
  .chip = SMITH_CHIP_QUALCOMM,
  .product_id = "HUAWEI E155",
  .hardware = "E1550",
  .version = "11.608.10.00.00",
  .shows_cd = TRUE,
  .stays_cd = TRUE,
  .restart_ms = RESTART_MS,
};

void
rig_remove_tree (const char *path)
{
  GDir *dir = g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      rig_remove_tree (child);
    }
  g_clear_pointer (&dir, g_dir_close);
  g_remove (path);
}

static void
add_modem_manager (Rig *rig, RigService service)
{
  if (service == RIG_ABSENT)
    return;
  rig->modem_manager = partner_new ("org.freedesktop.ModemManager1");
  if (service == RIG_PRESENT)
    partner_reply (rig->modem_manager, "InhibitDevice", NULL);
  else if (service == RIG_REFUSING)
    partner_refuse (rig->modem_manager, "InhibitDevice", "org.freedesktop.DBus.Error.AccessDenied");
  else
    partner_hold_back (rig->modem_manager, "InhibitDevice");
}

/* logind comes with ModemManager: a machine that has the one has the other. */
static void
add_login (Rig *rig)
{
  int ends[2];

  g_assert_true (g_unix_open_pipe (ends, FD_CLOEXEC, NULL));
  rig->awake = ends[0];
  rig->login = partner_new ("org.freedesktop.login1");
  partner_reply_with_fd (rig->login, "Inhibit", parse ("(handle 0,)"), ends[1]);
}

static gboolean
eject (gpointer data)
{
  Rig *rig = data;

  rig->eject = 0;
  smith_virtual_stick_eject (rig->stick);
  return G_SOURCE_REMOVE;
}

/* What a desktop's usb_modeswitch does with a virtual CD. */
static void
on_plugged (SmithStick *stick, gpointer user_data)
{
  Rig *rig = user_data;

  if (stick->mode == SMITH_MODE_CD && rig->eject == 0)
    rig->eject = g_timeout_add (EJECT_MS, eject, rig);
}

void
rig_set_up (Rig *rig, gboolean with_events, RigService modem_manager)
{
  g_autoptr (GError) error = NULL;

  *rig = (Rig){ .awake = -1 };
  rig->folder = g_dir_make_tmp ("whole-XXXXXX", &error);
  g_assert_no_error (error);
  smith_practice_write_files (rig->folder, &rig->files, &error);
  g_assert_no_error (error);
  add_modem_manager (rig, modem_manager);
  if (modem_manager == RIG_PRESENT)
    add_login (rig);
  rig->bridge = bridge_new (with_events, on_plugged, rig);
  bridge_set_pause (rig->bridge, PAUSE_MS);
}

void
rig_tear_down (Rig *rig)
{
  g_clear_handle_id (&rig->eject, g_source_remove);
  g_clear_pointer (&rig->stick, smith_virtual_stick_free);
  g_clear_pointer (&rig->other, smith_virtual_stick_free);
  bridge_settle (rig->bridge);
  bridge_free (rig->bridge);
  g_clear_pointer (&rig->modem_manager, partner_free);
  g_clear_pointer (&rig->login, partner_free);
  if (rig->awake >= 0)
    close (rig->awake);
  smith_practice_files_clear (&rig->files);
  rig_remove_tree (rig->folder);
  g_free (rig->folder);
}

static SmithVirtualStick *
plug (Rig *rig, const SmithVirtualStickConfig *config)
{
  g_autoptr (GError) error = NULL;
  SmithVirtualStick *stick
      = smith_virtual_stick_new (bridge_get_bus (rig->bridge), config, NULL, NULL, &error);

  g_assert_no_error (error);
  bridge_settle (rig->bridge);
  return stick;
}

/* When these return the machine has it. */
void
rig_plug (Rig *rig, const SmithVirtualStickConfig *config)
{
  rig->stick = plug (rig, config);
}

void
rig_plug_other (Rig *rig, const SmithVirtualStickConfig *config)
{
  SmithVirtualStickConfig moved = *config;

  moved.usb_path = RIG_OTHER_PLACE;
  rig->other = plug (rig, &moved);
}

SmithMode
rig_get_mode (Rig *rig)
{
  g_autoptr (SmithStick) stick
      = smith_bus_find (SMITH_BUS (bridge_get_bus (rig->bridge)), RIG_PLACE);

  return stick != NULL ? stick->mode : SMITH_MODE_UNKNOWN;
}

/* Nothing holds the pipe's other end any more but the partner's own answer. */
static gboolean
is_let_go (gpointer data)
{
  struct pollfd fd = { .fd = *(int *) data, .events = POLLIN };

  return poll (&fd, 1, 0) > 0 && (fd.revents & POLLHUP) != 0;
}

/* It was asked once for the stick, and for nothing else; who got it gives it
 * back, and who may still get it as well. */
void
rig_assert_modem_manager (Rig *rig, RigService service)
{
  g_autofree char *calls = NULL;

  if (service == RIG_ABSENT)
    return;
  calls = partner_get_calls (rig->modem_manager);
  g_test_message ("ModemManager was asked:\n%s", calls);
  partner_await (rig->modem_manager, "InhibitDevice('" RIG_DEVICE_PATH "', true)");
  if (service != RIG_REFUSING)
    partner_await (rig->modem_manager, "InhibitDevice('" RIG_DEVICE_PATH "', false)");
  g_assert_cmpuint (partner_count (rig->modem_manager, "InhibitDevice"), ==,
                    service == RIG_REFUSING ? 1 : 2);
}

/* The machine was kept awake, and may sleep now. */
void
rig_assert_awake (Rig *rig)
{
  if (rig->login == NULL)
    return;
  g_assert_cmpuint (partner_count (rig->login, "Inhibit('sleep:shutdown:handle-lid-switch'"), ==,
                    1);
  g_clear_pointer (&rig->login, partner_free);
  run_until (is_let_go, &rig->awake);
}

/* Not a byte. */
void
rig_assert_untouched (SmithVirtualStick *stick)
{
  for (SmithStage stage = 0; stage < SMITH_N_STAGES; stage++)
    g_assert_cmpuint (smith_virtual_stick_get_count (stick, stage), ==, 0);
  g_assert_cmpuint (smith_virtual_stick_get_offences (stick), ==, 0);
}
