/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "desktop/keeper.h"

#include "partner.h"

#include <fcntl.h>
#include <unistd.h>

#include <glib-unix.h>

#include "desktop/system-bus.h"

#define STICK "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-2"
#define OTHER "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-3"
#define DENIED "org.freedesktop.DBus.Error.AccessDenied"

typedef struct
{
  GDBusConnection *bus;
  Partner *modem_manager;
  Partner *logind;
  SmithKeeper *keeper;
  int pipe[2]; /* logind's: ends when the keeper lets go */
  guint changes;
} World;

static void
on_changed (SmithKeeper *keeper, gpointer data)
{
  ((World *) data)->changes++;
}

static void
set_up (World *world, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  smith_patience_set_scale (1);
  world->bus = bus_connect ();
  world->modem_manager = partner_new ("org.freedesktop.ModemManager1");
  world->logind = partner_new ("org.freedesktop.login1");
  world->keeper = smith_keeper_new (world->bus);
  g_signal_connect (world->keeper, "changed", G_CALLBACK (on_changed), world);
  g_unix_open_pipe (world->pipe, FD_CLOEXEC, &error);
  g_assert_no_error (error);
  partner_reply (world->modem_manager, "InhibitDevice", NULL);
  partner_reply_with_fd (world->logind, "Inhibit", g_variant_new ("(h)", 0), world->pipe[1]);
}

static void
tear_down (World *world, gconstpointer data)
{
  g_clear_object (&world->keeper);
  run_through (world->bus);
  g_clear_pointer (&world->modem_manager, partner_free);
  g_clear_pointer (&world->logind, partner_free);
  g_object_unref (world->bus);
  close (world->pipe[0]);
  smith_patience_set_scale (1);
}

static gboolean
is_settled (gpointer data)
{
  return smith_keeper_is_settled (data);
}

static gboolean
has_modem (gpointer data)
{
  return smith_keeper_has_modem (data);
}

static gboolean
has_ended (gpointer data)
{
  int *fd = data;
  char byte;

  return read (*fd, &byte, 1) == 0;
}

/* Logind lets its own copy go, as the real one does. */
static void
forget_fd (World *world)
{
  partner_refuse (world->logind, "Inhibit", DENIED);
}

static void
test_granted (World *world, gconstpointer data)
{
  g_autofree char *asked = NULL;
  g_autofree char *awake = NULL;
  char byte;

  g_assert_true (smith_keeper_is_settled (world->keeper));
  g_assert_false (smith_keeper_has_modem (world->keeper));
  smith_keeper_hold (world->keeper, STICK, "Writing firmware");
  g_assert_false (smith_keeper_is_settled (world->keeper));
  run_until (is_settled, world->keeper);
  g_assert_true (smith_keeper_has_modem (world->keeper));
  g_assert_true (smith_keeper_is_awake (world->keeper));
  g_assert_cmpuint (world->changes, ==, 2);
  asked = partner_get_calls (world->modem_manager);
  g_assert_cmpstr (asked, ==, "InhibitDevice('" STICK "', true)\n");
  awake = partner_get_calls (world->logind);
  g_assert_cmpstr (awake, ==,
                   "Inhibit('sleep:shutdown:handle-lid-switch', 'Sticksmith', "
                   "'Writing firmware', 'block')\n");

  /* Held still, and not asked for twice. */
  forget_fd (world);
  g_unix_set_fd_nonblocking (world->pipe[0], TRUE, NULL);
  smith_keeper_hold (world->keeper, STICK, "Again");
  run_through (world->bus);
  g_assert_cmpuint (partner_count (world->modem_manager, "InhibitDevice"), ==, 1);
  g_assert_cmpuint (partner_count (world->logind, "Inhibit"), ==, 1);
  g_assert_cmpint (read (world->pipe[0], &byte, 1), ==, -1);
  g_assert_cmpint (errno, ==, EAGAIN);

  smith_keeper_release (world->keeper);
  g_assert_false (smith_keeper_has_modem (world->keeper));
  g_assert_false (smith_keeper_is_awake (world->keeper));
  g_assert_true (smith_keeper_is_settled (world->keeper));
  g_assert_cmpuint (world->changes, ==, 3);
  run_until (has_ended, &world->pipe[0]);
  partner_await (world->modem_manager, "InhibitDevice('" STICK "', false)");
  smith_keeper_release (world->keeper);
  g_assert_cmpuint (world->changes, ==, 3);
}

static void
test_finalize (World *world, gconstpointer data)
{
  smith_keeper_hold (world->keeper, STICK, "Writing");
  run_until (is_settled, world->keeper);
  forget_fd (world);
  g_unix_set_fd_nonblocking (world->pipe[0], TRUE, NULL);
  g_clear_object (&world->keeper);
  run_until (has_ended, &world->pipe[0]);
  partner_await (world->modem_manager, "InhibitDevice('" STICK "', false)");
}

static void
test_other_stick (World *world, gconstpointer data)
{
  g_autofree char *calls = NULL;

  smith_keeper_hold (world->keeper, STICK, NULL);
  run_until (is_settled, world->keeper);
  smith_keeper_hold (world->keeper, OTHER, NULL);
  run_until (is_settled, world->keeper);
  g_assert_true (smith_keeper_has_modem (world->keeper));
  g_assert_false (smith_keeper_is_awake (world->keeper));
  calls = partner_get_calls (world->modem_manager);
  g_assert_cmpstr (calls, ==,
                   "InhibitDevice('" STICK "', true)\n"
                   "InhibitDevice('" STICK "', false)\n"
                   "InhibitDevice('" OTHER "', true)\n");
  g_assert_cmpuint (partner_count (world->logind, "Inhibit"), ==, 0);
}

static void
test_awake_only (World *world, gconstpointer data)
{
  smith_keeper_hold_awake (world->keeper, "Writing");
  run_until (is_settled, world->keeper);
  g_assert_true (smith_keeper_is_awake (world->keeper));
  g_assert_false (smith_keeper_has_modem (world->keeper));
  g_assert_cmpuint (partner_count (world->modem_manager, ""), ==, 0);
}

static void
test_refused (World *world, gconstpointer data)
{
  partner_refuse (world->modem_manager, "InhibitDevice", DENIED);
  partner_refuse (world->logind, "Inhibit", DENIED);
  smith_keeper_hold (world->keeper, STICK, "Writing");
  run_until (is_settled, world->keeper);
  g_assert_false (smith_keeper_has_modem (world->keeper));
  g_assert_false (smith_keeper_is_awake (world->keeper));
  /* Once, and what was refused is not given back. */
  smith_keeper_hold (world->keeper, STICK, "Writing");
  smith_keeper_release (world->keeper);
  run_through (world->bus);
  g_assert_cmpuint (partner_count (world->modem_manager, ""), ==, 1);
  g_assert_cmpuint (partner_count (world->logind, ""), ==, 1);
}

static void
test_absent (World *world, gconstpointer data)
{
  g_clear_pointer (&world->modem_manager, partner_free);
  g_clear_pointer (&world->logind, partner_free);
  smith_keeper_hold (world->keeper, STICK, "Writing");
  run_until (is_settled, world->keeper);
  g_assert_false (smith_keeper_has_modem (world->keeper));
  g_assert_false (smith_keeper_is_awake (world->keeper));
  smith_keeper_release (world->keeper);
}

/* An answer after the time that anybody waits for one. */
static void
test_slow (World *world, gconstpointer data)
{
  smith_patience_set_scale (0.005);
  partner_hold_back (world->modem_manager, "InhibitDevice");
  partner_hold_back (world->logind, "Inhibit");
  /* The call itself has real patience: only the waiting is short. */
  smith_keeper_hold (world->keeper, STICK, "Writing");
  smith_patience_set_scale (10);
  run_until (is_settled, world->keeper);
  g_assert_false (smith_keeper_has_modem (world->keeper));
  g_assert_cmpuint (world->changes, ==, 2);
  partner_await (world->modem_manager, "InhibitDevice('" STICK "', true)");
  partner_reply (world->modem_manager, "InhibitDevice", NULL);
  run_until (has_modem, world->keeper);
  g_assert_false (smith_keeper_is_awake (world->keeper));
  g_assert_cmpuint (world->changes, ==, 3);
}

/* A yes that comes when nobody wants it any more. */
static void
test_too_late (World *world, gconstpointer data)
{
  partner_hold_back (world->modem_manager, "InhibitDevice");
  smith_keeper_hold (world->keeper, STICK, NULL);
  partner_await (world->modem_manager, "InhibitDevice('" STICK "', true)");
  g_clear_object (&world->keeper);
  run_through (world->bus);
  partner_await (world->modem_manager, "InhibitDevice('" STICK "', false)");
  partner_reply (world->modem_manager, "InhibitDevice", NULL);
  while (partner_count (world->modem_manager, "InhibitDevice('" STICK "', false)") < 2)
    run_through (world->bus);
}

/* Released before the question was even sent. */
static void
test_at_once (World *world, gconstpointer data)
{
  smith_keeper_hold (world->keeper, STICK, "Writing");
  smith_keeper_release (world->keeper);
  run_through (world->bus);
  g_assert_cmpuint (partner_count (world->modem_manager, ""), ==, 0);
  g_assert_cmpuint (partner_count (world->logind, ""), ==, 0);
  g_assert_cmpuint (world->changes, ==, 0);
}

static void
on_changed_release (SmithKeeper *keeper, gpointer data)
{
  World *world = data;

  if (world->keeper == NULL || !smith_keeper_has_modem (keeper))
    return;
  smith_keeper_release (keeper);
  g_clear_object (&world->keeper);
}

static gboolean
is_gone (gpointer data)
{
  return *(gpointer *) data == NULL;
}

static void
test_release_in_handler (World *world, gconstpointer data)
{
  g_signal_connect (world->keeper, "changed", G_CALLBACK (on_changed_release), world);
  smith_keeper_hold (world->keeper, STICK, NULL);
  run_until (is_gone, &world->keeper);
  partner_await (world->modem_manager, "InhibitDevice('" STICK "', false)");
}

static void
test_garbage (World *world, gconstpointer data)
{
  static const char *const answers[]
      = { "('x',)", "(true,)", "(uint32 7,)", "(@a{sv} {},)", "([1, 2], 'y')" };

  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      partner_reply (world->modem_manager, "InhibitDevice", parse ("%s", answers[i]));
      partner_reply (world->logind, "Inhibit", parse ("%s", answers[i]));
      smith_keeper_hold (world->keeper, STICK, "Writing");
      run_until (is_settled, world->keeper);
      g_assert_false (smith_keeper_has_modem (world->keeper));
      g_assert_false (smith_keeper_is_awake (world->keeper));
      smith_keeper_release (world->keeper);
    }
}

/* A descriptor that does not exist. */
static void
test_bad_handle (World *world, gconstpointer data)
{
  static const int handles[] = { 1, 7, -1, G_MAXINT32, G_MININT32 };

  for (gsize i = 0; i < G_N_ELEMENTS (handles); i++)
    {
      int null = open ("/dev/null", O_RDONLY | O_CLOEXEC);

      partner_reply_with_fd (world->logind, "Inhibit", g_variant_new ("(h)", handles[i]), null);
      smith_keeper_hold_awake (world->keeper, "Writing");
      run_until (is_settled, world->keeper);
      g_assert_false (smith_keeper_is_awake (world->keeper));
      smith_keeper_release (world->keeper);
    }
  partner_reply (world->logind, "Inhibit", g_variant_new ("(h)", 0));
  smith_keeper_hold_awake (world->keeper, "Writing");
  run_until (is_settled, world->keeper);
  g_assert_false (smith_keeper_is_awake (world->keeper));
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  bus_up ();
#define ADD(name, function) g_test_add ("/keeper/" name, World, NULL, set_up, function, tear_down)
  ADD ("granted", test_granted);
  ADD ("finalize", test_finalize);
  ADD ("other-stick", test_other_stick);
  ADD ("awake-only", test_awake_only);
  ADD ("refused", test_refused);
  ADD ("absent", test_absent);
  ADD ("slow", test_slow);
  ADD ("too-late", test_too_late);
  ADD ("at-once", test_at_once);
  ADD ("release-in-handler", test_release_in_handler);
  ADD ("garbage", test_garbage);
  ADD ("bad-handle", test_bad_handle);
#undef ADD
  status = g_test_run ();
  bus_down ();
  return status;
}
