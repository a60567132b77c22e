/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wizard/network-care.h"

#include <string.h>

#include "link/deadline.h"
#include "simulator/virtual-stick.h"
#include "wizard/settings.h"

/* Looking for the network goes on after an error of the port or the stick, and
 * ends; the CD can be done without, and had again. Without a window. */

#define PLACE "1-1"
#define PATIENCE_US (60 * G_USEC_PER_SEC)

/* Pauses are shortened, but not by so much that a busy machine looks like a
 * silent stick. */
#define SCALE 0.2

/* Where nothing ever comes. */
#define SILENT_SCALE 0.004

typedef struct
{
  SmithVirtualBus *bus;
  SmithFaultScript *faults;
  SmithVirtualStick *stick;
  SmithLog *log;
  SmithNetworkCare *care;
  guint n_changed;
} Rig;

static void
on_changed (SmithNetworkCare *care, Rig *rig)
{
  rig->n_changed++;
}

static void
begin_care (Rig *rig)
{
  rig->care = smith_network_care_new (SMITH_BUS (rig->bus), rig->log, FALSE);
  g_signal_connect (rig->care, "changed", G_CALLBACK (on_changed), rig);
  smith_network_care_set_stick (rig->care, PLACE);
}

static void
end_care (Rig *rig)
{
  /* Workers that are still at it keep it. */
  smith_network_care_stop (rig->care);
  g_signal_handlers_disconnect_by_data (rig->care, rig);
  g_clear_object (&rig->care);
}

static void
rig_start (Rig *rig, const SmithVirtualStickConfig *more, const char *faults)
{
  SmithVirtualStickConfig config = *more;
  g_autoptr (GError) error = NULL;

  *rig = (Rig){ 0 };
  config.start = SMITH_MODE_STICK;
  config.chip = SMITH_CHIP_V7R11;
  config.version = "21.180.01.00.00";
  config.restart_ms = 5;
  rig->faults = smith_fault_script_parse (faults, &error);
  g_assert_no_error (error);
  config.faults = rig->faults;
  rig->bus = smith_virtual_bus_new ();
  rig->stick = smith_virtual_stick_new (rig->bus, &config, NULL, NULL, &error);
  g_assert_no_error (error);
  rig->log = smith_log_new ();
  begin_care (rig);
}

static void
rig_clear (Rig *rig)
{
  if (rig->care != NULL)
    end_care (rig);
  smith_virtual_stick_free (rig->stick);
  smith_fault_script_free (rig->faults);
  g_object_unref (rig->log);
  g_object_unref (rig->bus);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Rig, rig_clear)

typedef gboolean (*Condition) (Rig *rig);

static gboolean
on_wake (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
wait_for (Rig *rig, Condition condition, const char *what)
{
  guint wake = g_timeout_add (5, on_wake, NULL);
  gint64 end = g_get_monotonic_time () + PATIENCE_US;

  while (!condition (rig))
    {
      if (g_get_monotonic_time () > end)
        g_error ("It did not come to this: %s; problem: %s, hitch: %s", what,
                 smith_network_care_get_problem (rig->care),
                 smith_network_care_get_hitch (rig->care));
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (wake);
}

static gboolean
is_at_rest (Rig *rig)
{
  return !smith_network_care_is_working (rig->care) && !smith_network_care_is_looking (rig->care);
}

static gboolean
is_registered (Rig *rig)
{
  return is_at_rest (rig)
         && smith_network_care_get_state (rig->care)->registration == SMITH_REGISTRATION_HOME;
}

static gboolean
is_waiting (Rig *rig)
{
  return !smith_network_care_is_working (rig->care) && smith_network_care_is_looking (rig->care);
}

static gboolean
has_problem (Rig *rig)
{
  return is_at_rest (rig) && smith_network_care_get_problem (rig->care) != NULL;
}

static guint
count_log (Rig *rig, const char *text)
{
  g_autofree char *log = smith_log_to_text (rig->log, SMITH_LOG_DETAIL);
  guint n = 0;

  for (const char *p = strstr (log, text); p != NULL; p = strstr (p + 1, text))
    n++;
  return n;
}

/* One error of the port or the stick, told while it lasts. */
static void
test_goes_on (void)
{
  static const struct
  {
    const char *faults;
    const char *says;
  } cases[] = {
    { "at 1 lost times 3", "answer" },
    { "at 7 replug", "left" },
    { "at 2 replug\nat 9 replug", "left" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const SmithVirtualStickConfig config = { 0 };
      g_auto (Rig) rig = { 0 };

      g_test_message ("%s", cases[i].faults);
      rig_start (&rig, &config, cases[i].faults);
      smith_network_care_look (rig.care);
      wait_for (&rig, is_waiting, "it pauses");
      g_assert_null (smith_network_care_get_problem (rig.care));
      g_assert_nonnull (strstr (smith_network_care_get_hitch (rig.care), cases[i].says));
      g_assert_cmpuint (count_log (&rig, smith_network_care_get_hitch (rig.care)), ==, 1);
      wait_for (&rig, is_registered, "the stick is in its network");
      g_assert_null (smith_network_care_get_problem (rig.care));
      g_assert_null (smith_network_care_get_hitch (rig.care));
      g_assert_cmpuint (rig.n_changed, >, 0);
    }
}

static gboolean
knows_card (Rig *rig)
{
  return smith_network_care_get_state (rig->care)->sim == SMITH_SIM_READY;
}

/* Settings are not opened again by themselves: after the error it only looks. */
static void
test_only_looks (void)
{
  const SmithVirtualStickConfig config = { .no_network = TRUE };
  g_auto (Rig) rig = { 0 };
  g_autofree char *log = NULL;

  rig_start (&rig, &config, "at 2 replug");
  smith_network_care_open (rig.care, FALSE);
  g_assert_false (smith_network_care_may_begin_cd (rig.care));
  smith_network_care_hide_cd (rig.care);
  wait_for (&rig, is_waiting, "it pauses");
  wait_for (&rig, knows_card, "it looks again");
  log = smith_virtual_stick_get_log (rig.stick);
  g_assert_null (strstr (log, "AT^SYSCFGEX="));
  g_assert_null (strstr (log, "AT^SETPORT="));
}

static void
test_left (void)
{
  const SmithVirtualStickConfig config = { 0 };
  g_auto (Rig) rig = { 0 };

  rig_start (&rig, &config, "at 7 gone");
  smith_network_care_look (rig.care);
  wait_for (&rig, is_waiting, "it pauses");
  wait_for (&rig, has_problem, "it ends");
  g_assert_nonnull (strstr (smith_network_care_get_problem (rig.care), "left"));
  g_assert_null (smith_network_care_get_hitch (rig.care));
}

static void
spin (guint ms)
{
  gint64 end = g_get_monotonic_time () + ms * 1000;
  guint wake = g_timeout_add (5, on_wake, NULL);

  while (g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (wake);
}

/* The page is left while it pauses: nothing comes by itself any more. */
static void
test_stopped (void)
{
  const SmithVirtualStickConfig config = { 0 };
  g_auto (Rig) rig = { 0 };
  guint n;

  rig_start (&rig, &config, "at 7 replug");
  smith_network_care_look (rig.care);
  wait_for (&rig, is_waiting, "it pauses");
  smith_network_care_stop (rig.care);
  g_assert_true (is_at_rest (&rig));
  g_assert_null (smith_network_care_get_hitch (rig.care));
  n = smith_virtual_stick_get_count (rig.stick, SMITH_STAGE_AT);
  spin (1500);
  g_assert_cmpuint (smith_virtual_stick_get_count (rig.stick, SMITH_STAGE_AT), ==, n);
}

/* What the card lacks is told, and is no reason to try again. */
static void
test_no_card (void)
{
  const SmithVirtualStickConfig config = { .no_sim = TRUE };
  g_auto (Rig) rig = { 0 };

  rig_start (&rig, &config, "");
  smith_network_care_look (rig.care);
  wait_for (&rig, has_problem, "it ends");
  g_assert_nonnull (strstr (smith_network_care_get_problem (rig.care), "SIM"));
  g_assert_cmpuint (count_log (&rig, "Looking for the network"), ==, 1);
}

/* A stick that never says anything is not asked for ever. */
static void
test_bounded (void)
{
  const SmithVirtualStickConfig config = { 0 };
  g_auto (Rig) rig = { 0 };

  smith_deadline_set_scale (SILENT_SCALE);
  rig_start (&rig, &config, "at 1 lost always");
  smith_network_care_look (rig.care);
  wait_for (&rig, has_problem, "it ends");
  smith_deadline_set_scale (SCALE);
  g_assert_null (smith_network_care_get_hitch (rig.care));
  /* It is told at the beginning and at the end. */
  g_assert_cmpuint (count_log (&rig, smith_network_care_get_problem (rig.care)), ==, 2);
}

#define NARROW "AT^SYSCFGEX=\"03\",400000,0,1,40,,"

static void
expect_old_settings (Rig *rig, const char *command)
{
  const SmithNetworkSettings *old = smith_network_care_get_old_settings (rig->care);
  g_autofree char *made = old != NULL ? smith_network_settings_to_command (old) : NULL;

  g_assert_cmpstr (made, ==, command);
}

/* What was changed can be put back also where the page was left and somebody
 * comes again; another stick in its place has nothing to do with it. */
static void
test_comes_again (void)
{
  const SmithVirtualStickConfig config = { .no_network = TRUE };
  g_auto (Rig) rig = { 0 };
  g_autoptr (GError) error = NULL;

  rig_start (&rig, &config, "");
  smith_network_care_open (rig.care, FALSE);
  wait_for (&rig, is_registered, "the stick is in its network");
  expect_old_settings (&rig, NARROW);
  smith_network_care_stop (rig.care);
  smith_network_care_set_stick (rig.care, PLACE);
  expect_old_settings (&rig, NARROW);
  smith_network_care_look (rig.care);
  wait_for (&rig, is_registered, "it still is");
  expect_old_settings (&rig, NARROW);
  g_assert_true (smith_virtual_stick_replug (rig.stick, SMITH_MODE_STICK, &error));
  g_assert_no_error (error);
  smith_network_care_set_stick (rig.care, PLACE);
  expect_old_settings (&rig, NULL);
  g_assert_null (smith_network_care_get_settings (rig.care));
}

static gboolean
is_told_settings (Rig *rig)
{
  g_autofree char *log = smith_virtual_stick_get_log (rig->stick);

  return strstr (log, "AT^SYSCFGEX=") != NULL;
}

static gboolean
has_old_settings (Rig *rig)
{
  return smith_network_care_get_old_settings (rig->care) != NULL;
}

/* The page is left while the stick takes its time with the new settings: how the
 * old ones come back is known all the same, be it at once or after looking. */
static void
test_left_while_set (void)
{
  const SmithVirtualStickConfig config = { .no_network = TRUE };

  for (guint i = 0; i < 2; i++)
    {
      g_auto (Rig) rig = { 0 };

      rig_start (&rig, &config, "at 3 delay 300");
      smith_network_care_open (rig.care, FALSE);
      wait_for (&rig, is_told_settings, "the stick is told its settings");
      smith_network_care_stop (rig.care);
      if (i == 1)
        {
          smith_network_care_set_stick (rig.care, PLACE);
          smith_network_care_look (rig.care);
        }
      wait_for (&rig, has_old_settings, "the old ones can be put back");
      if (i == 0)
        smith_network_care_look (rig.care);
      wait_for (&rig, is_registered, "the stick is in its network");
      expect_old_settings (&rig, NARROW);
    }
}

static gboolean
is_cd_shown (Rig *rig)
{
  return is_at_rest (rig) && smith_network_care_get_cd (rig->care) == SMITH_CD_SHOWN;
}

static gboolean
is_cd_hidden (Rig *rig)
{
  return is_at_rest (rig) && smith_network_care_get_cd (rig->care) == SMITH_CD_HIDDEN;
}

static gboolean
is_cd_hidden_now (Rig *rig)
{
  return smith_network_care_get_cd (rig->care) == SMITH_CD_HIDDEN;
}

static gboolean
is_cd_shown_now (Rig *rig)
{
  return smith_network_care_get_cd (rig->care) == SMITH_CD_SHOWN;
}

static void
forget (void)
{
  static const char *const nothing[] = { NULL };

  smith_settings_set_port_settings (nothing);
}

static void
plug_in (Rig *rig, SmithMode mode)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithStick) stick = NULL;

  g_assert_true (smith_virtual_stick_replug (rig->stick, SMITH_MODE_CD, &error));
  g_assert_no_error (error);
  stick = smith_bus_find (SMITH_BUS (rig->bus), PLACE);
  g_assert_cmpint (stick->mode, ==, mode);
}

/* Done without, also after plugging in and in another run of the program, and
 * had again. */
static void
test_cd (void)
{
  const SmithVirtualStickConfig config = { 0 };
  g_auto (Rig) rig = { 0 };

  forget ();
  rig_start (&rig, &config, "");
  g_assert_cmpint (smith_network_care_get_cd (rig.care), ==, SMITH_CD_FIXED);
  smith_network_care_look (rig.care);
  wait_for (&rig, is_cd_shown, "it shows a CD");
  smith_network_care_hide_cd (rig.care);
  wait_for (&rig, is_cd_hidden, "it shows none any more");
  g_assert_null (smith_network_care_get_problem (rig.care));
  g_assert_cmpuint (count_log (&rig, "AT^SETPORT=\"A1,A2;12,10,16,A1,A2\""), ==, 1);
  plug_in (&rig, SMITH_MODE_STICK);
  smith_network_care_set_stick (rig.care, PLACE);
  g_assert_cmpint (smith_network_care_get_cd (rig.care), ==, SMITH_CD_FIXED);
  smith_network_care_look (rig.care);
  wait_for (&rig, is_cd_hidden, "it still shows none");
  if (smith_settings_are_kept ())
    {
      end_care (&rig);
      begin_care (&rig);
      smith_network_care_look (rig.care);
      wait_for (&rig, is_cd_hidden, "it is known how it showed one");
    }
  smith_network_care_show_cd (rig.care);
  wait_for (&rig, is_cd_shown, "it shows it again");
  plug_in (&rig, SMITH_MODE_CD);
}

/* Of a stick that shows none from the beginning nothing can be said. */
static void
test_cd_fixed (void)
{
  static const char *const ports[]
      = { "FF;12,10,16,A1,A2", "A1,A2;10,16", "A1,A2;12;16", "A2;12,16" };

  forget ();
  for (gsize i = 0; i < G_N_ELEMENTS (ports); i++)
    {
      const SmithVirtualStickConfig config = { .ports = ports[i] };
      g_auto (Rig) rig = { 0 };

      rig_start (&rig, &config, "");
      smith_network_care_look (rig.care);
      wait_for (&rig, is_registered, "the stick is in its network");
      g_assert_cmpint (smith_network_care_get_cd (rig.care), ==, SMITH_CD_FIXED);
      /* Nor does it do anything. */
      smith_network_care_show_cd (rig.care);
      g_assert_true (is_at_rest (&rig));
    }
}

/* A stick that keeps all as it was, one that says no, and one that is pulled
 * out in between: that is told, and what then holds is seen when it is back. */
static void
test_cd_fails (void)
{
  static const struct
  {
    gboolean keeps;
    const char *faults;
    SmithCdState then;
    SmithMode mode;
  } cases[] = {
    { TRUE, "", SMITH_CD_SHOWN, SMITH_MODE_CD },
    { FALSE, "at 14 refuse", SMITH_CD_SHOWN, SMITH_MODE_CD },
    { FALSE, "at 13 gone", SMITH_CD_SHOWN, SMITH_MODE_CD },
    { FALSE, "at 15 gone", SMITH_CD_HIDDEN, SMITH_MODE_STICK },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const SmithVirtualStickConfig config = { .keeps_ports = cases[i].keeps };
      g_auto (Rig) rig = { 0 };

      g_test_message ("%s", cases[i].faults);
      forget ();
      rig_start (&rig, &config, cases[i].faults);
      smith_network_care_look (rig.care);
      wait_for (&rig, is_cd_shown, "it shows a CD");
      g_assert_cmpuint (smith_virtual_stick_get_count (rig.stick, SMITH_STAGE_AT), ==, 11);
      smith_network_care_hide_cd (rig.care);
      wait_for (&rig, has_problem, "it is told that it did not work");
      g_assert_cmpint (smith_network_care_get_cd (rig.care), ==, cases[i].then);
      plug_in (&rig, cases[i].mode);
      smith_virtual_stick_eject (rig.stick);
      smith_network_care_look (rig.care);
      wait_for (&rig, is_registered, "the stick is in its network");
      g_assert_null (smith_network_care_get_problem (rig.care));
      g_assert_cmpint (smith_network_care_get_cd (rig.care), ==, cases[i].then);
    }
}

/* It is woken and asked before. */
static gboolean
is_told_ports (Rig *rig)
{
  return smith_virtual_stick_get_count (rig->stick, SMITH_STAGE_AT) >= 3;
}

static gboolean
has_changed (Rig *rig)
{
  return !smith_network_care_is_changing (rig->care);
}

#define USUAL_PORTS "AT^SETPORT=\"A1,A2;12,10,16,A1,A2\""

static void
expect_kept (const char *line)
{
  g_auto (GStrv) lines = smith_settings_get_port_settings ();

  g_assert_cmpstr (lines[0], ==, line);
}

/* What brings the CD back is kept when the stick is told to leave it out: should
 * the program end then, the next one knows it. */
static void
test_cd_kept_first (void)
{
  static const char *const faults[] = { "at 3 delay 300", "at 3 refuse", "at 3 gone" };

  if (!smith_settings_are_kept ())
    {
      g_test_skip ("there is no schema");
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      const SmithVirtualStickConfig config = { 0 };
      g_auto (Rig) rig = { 0 };

      g_test_message ("%s", faults[i]);
      forget ();
      rig_start (&rig, &config, faults[i]);
      smith_network_care_hide_cd (rig.care);
      expect_kept (NULL);
      wait_for (&rig, is_told_ports, "the stick is told to leave it out");
      expect_kept (USUAL_PORTS);
      wait_for (&rig, has_changed, "it has ended");
      g_assert_cmpint (smith_network_care_get_cd (rig.care), ==,
                       i == 1 ? SMITH_CD_SHOWN : SMITH_CD_HIDDEN);
    }
}

/* The page is left just when the stick was told something: it is seen what the
 * stick has, and should that be nothing that it was told, put back. Before that
 * it can be stopped, also where nobody is there to keep anything. */
static void
test_cd_left (void)
{
  const SmithVirtualStickConfig config = { 0 };

  for (guint i = 0; i < 2; i++)
    {
      g_auto (Rig) rig = { 0 };

      forget ();
      rig_start (&rig, &config, "at 3 delay 300");
      smith_network_care_hide_cd (rig.care);
      g_assert_true (smith_network_care_is_changing (rig.care));
      if (i == 0)
        wait_for (&rig, is_told_ports, "the stick is told something");
      smith_network_care_stop (rig.care);
      g_assert_true (is_at_rest (&rig));
      g_assert_true (smith_network_care_is_changing (rig.care));
      wait_for (&rig, has_changed, "it has ended");
      g_assert_cmpint (is_told_ports (&rig), ==, i == 0);
      g_assert_cmpint (smith_network_care_get_cd (rig.care), ==,
                       i == 0 ? SMITH_CD_HIDDEN : SMITH_CD_FIXED);
      if (i == 0)
        g_assert_cmpuint (smith_virtual_stick_get_count (rig.stick, SMITH_STAGE_AT), ==, 4);
    }
}

/* It need not be waited for that the network is found; that goes on then. */
static void
test_cd_meanwhile (void)
{
  const SmithVirtualStickConfig config = { .no_network = TRUE };
  g_auto (Rig) rig = { 0 };

  forget ();
  rig_start (&rig, &config, "");
  smith_network_care_look (rig.care);
  wait_for (&rig, is_cd_shown_now, "it shows a CD");
  g_assert_true (smith_network_care_is_working (rig.care));
  g_assert_true (smith_network_care_is_looking (rig.care));
  smith_network_care_hide_cd (rig.care);
  g_assert_false (smith_network_care_is_looking (rig.care));
  /* A second wish in the middle is none. */
  smith_network_care_hide_cd (rig.care);
  wait_for (&rig, is_cd_hidden_now, "it shows none any more");
  g_assert_null (smith_network_care_get_problem (rig.care));
  g_assert_true (smith_network_care_is_looking (rig.care));
  g_assert_cmpuint (count_log (&rig, "leave out its CD"), ==, 1);
  /* What was being done when the page was left can be put back all the same. */
  smith_network_care_show_cd (rig.care);
  wait_for (&rig, is_cd_shown_now, "it shows it again");
  smith_network_care_hide_cd (rig.care);
  smith_network_care_stop (rig.care);
  g_assert_true (is_at_rest (&rig));
  smith_network_care_set_stick (rig.care, PLACE);
  g_assert_cmpint (smith_network_care_get_cd (rig.care), !=, SMITH_CD_FIXED);
}

int
main (int argc, char *argv[])
{
  g_setenv ("GSETTINGS_BACKEND", "memory", TRUE);
  g_test_init (&argc, &argv, NULL);
  smith_deadline_set_scale (SCALE);
  g_test_add_func ("/network-care/goes-on", test_goes_on);
  g_test_add_func ("/network-care/only-looks", test_only_looks);
  g_test_add_func ("/network-care/left", test_left);
  g_test_add_func ("/network-care/stopped", test_stopped);
  g_test_add_func ("/network-care/no-card", test_no_card);
  g_test_add_func ("/network-care/bounded", test_bounded);
  g_test_add_func ("/network-care/comes-again", test_comes_again);
  g_test_add_func ("/network-care/left-while-set", test_left_while_set);
  g_test_add_func ("/network-care/cd", test_cd);
  g_test_add_func ("/network-care/cd-fixed", test_cd_fixed);
  g_test_add_func ("/network-care/cd-fails", test_cd_fails);
  g_test_add_func ("/network-care/cd-kept-first", test_cd_kept_first);
  g_test_add_func ("/network-care/cd-left", test_cd_left);
  g_test_add_func ("/network-care/cd-meanwhile", test_cd_meanwhile);
  return g_test_run ();
}
