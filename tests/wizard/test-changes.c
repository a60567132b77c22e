/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "steps.h"

#include <glib/gstdio.h>

#include "simulator/fixture.h"
#include "wizard/file-card.h"
#include "wizard/stick-matter.h"

/* What was, and was chosen, before something else came or was chosen. */

#define PLACE "1-2"

typedef gboolean (*WidgetFunc) (GtkWidget *widget, const char *text);

/* Returns: (nullable): the first that is to be seen and is as wanted */
static GtkWidget *
find (GtkWidget *widget, WidgetFunc func, const char *text)
{
  GtkWidget *found = NULL;

  if (!gtk_widget_get_mapped (widget))
    return NULL;
  if (func (widget, text))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find (child, func, text);
  return found;
}

static gboolean
is_named (GtkWidget *widget, const char *name)
{
  return g_strcmp0 (gtk_widget_get_name (widget), name) == 0;
}

static gboolean
has_id (GtkWidget *widget, const char *id)
{
  return g_strcmp0 (gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget)), id) == 0;
}

static gboolean
has_eject (SmithWindow *window)
{
  return find (GTK_WIDGET (window), is_named, "eject") != NULL;
}

static gboolean
has_driver (SmithWindow *window)
{
  return find (GTK_WIDGET (window), is_named, "driver") != NULL;
}

static gboolean
has_row (SmithWindow *window)
{
  return find (GTK_WIDGET (window), gtk_widget_has_css_class, "matter") != NULL;
}

/* What the button of the row said in the end, which need not be drawn yet. */
static const char *
read_status (SmithWindow *window)
{
  GtkWidget *text = gtk_widget_get_first_child (
      find (GTK_WIDGET (window), gtk_widget_has_css_class, "matter-text"));

  while (text != NULL && !gtk_widget_has_css_class (text, "matter-status"))
    text = gtk_widget_get_next_sibling (text);
  g_assert_nonnull (text);
  g_assert_true (gtk_widget_get_visible (text));
  return gtk_label_get_label (GTK_LABEL (text));
}

/* The next look of the page comes with the main loop, which does not run here. */
static void
put (SmithVirtualBus *bus, SmithMode mode, const char *cd, const char *driver)
{
  g_autoptr (SmithStick) stick = smith_stick_new (PLACE, 0x12d1, 0x1f01, mode);

  stick->seen = 1;
  stick->cd_drive = g_strdup (cd);
  stick->missing_driver = g_strdup (driver);
  smith_virtual_bus_set (bus, stick);
}

static SmithWindow *
show (SmithVirtualBus *bus, HarnessFunc seen)
{
  SmithWindow *window = harness_practise (NULL, 0);
  g_autoptr (SmithSession) session = smith_session_new (SMITH_BUS (bus), NULL, NULL);

  smith_window_set_session (window, session);
  harness_settle ();
  harness_wait (window, seen, "what is wrong with the stick");
  harness_settle ();
  return window;
}

static void
test_eject (void)
{
  g_autoptr (SmithVirtualBus) bus = smith_virtual_bus_new ();
  SmithWindow *window;

  put (bus, SMITH_MODE_CD, "/dev/sr77", NULL);
  window = show (bus, has_eject);
  /* It shows its other face, and the system gives the drive's name to another. */
  put (bus, SMITH_MODE_HILINK, NULL, NULL);
  harness_press (GTK_WIDGET (window), "eject");
  g_assert_cmpstr (read_status (window), ==,
                   "This is no longer needed: the stick has changed meanwhile.");
  harness_close (window);
}

static void
test_gone (void)
{
  g_autoptr (SmithVirtualBus) bus = smith_virtual_bus_new ();
  SmithWindow *window;

  put (bus, SMITH_MODE_CD, "/dev/sr77", NULL);
  window = show (bus, has_eject);
  smith_virtual_bus_remove (bus, PLACE);
  harness_press (GTK_WIDGET (window), "eject");
  g_assert_cmpstr (read_status (window), ==,
                   "The stick is no longer plugged in here, so nothing was done.");
  harness_close (window);
}

static void
test_driver (void)
{
  g_autoptr (SmithVirtualBus) bus = smith_virtual_bus_new ();
  SmithWindow *window;

  put (bus, SMITH_MODE_STICK, NULL, "option");
  window = show (bus, has_driver);
  put (bus, SMITH_MODE_STICK, NULL, "qcserial");
  harness_press (GTK_WIDGET (window), "driver");
  g_assert_cmpstr (read_status (window), ==,
                   "Copied: sudo modprobe qcserial\n"
                   "Paste it in a terminal, then unplug the stick and plug it in again.");
  put (bus, SMITH_MODE_STICK, NULL, NULL);
  harness_press (GTK_WIDGET (window), "driver");
  g_assert_cmpstr (read_status (window), ==,
                   "This is no longer needed: the stick has changed meanwhile.");
  harness_close (window);
}

/* The drive of a stick may be there later than the stick. */
static void
test_drive_comes_late (void)
{
  g_autoptr (SmithVirtualBus) bus = smith_virtual_bus_new ();
  SmithWindow *window;

  put (bus, SMITH_MODE_CD, NULL, NULL);
  window = show (bus, has_row);
  g_assert_false (has_eject (window));
  put (bus, SMITH_MODE_CD, "/dev/sr77", NULL);
  harness_wait (window, has_eject, "the button that ejects the drive");
  harness_close (window);
}

static gboolean
is_by_hand (SmithWindow *window)
{
  return smith_session_get_entry (steps_session_of (window)) == SMITH_ENTRY_BY_HAND;
}

static gboolean
is_anew (SmithWindow *window)
{
  return smith_session_get_entry (steps_session_of (window)) == SMITH_ENTRY_NONE;
}

static gboolean
is_there (SmithWindow *window)
{
  g_autoptr (SmithStick) stick = smith_session_get_stick (steps_session_of (window));

  return stick != NULL;
}

static gboolean
is_gone (SmithWindow *window)
{
  return !is_there (window);
}

/* The person looks at the way in, and would rather take the needle. */
static void
take_needle (SmithWindow *window)
{
  smith_session_set_page (steps_session_of (window), SMITH_PAGE_BOOT);
  harness_settle ();
  harness_press (GTK_WIDGET (window), "take_needle");
  harness_settle ();
  g_assert_true (is_by_hand (window));
  harness_find (GTK_WIDGET (window), "needle");
}

static void
count (guint *n)
{
  (*n)++;
}

/* Until the session has heard of it. */
static void
put_and_see (SmithWindow *window, SmithVirtualBus *bus, SmithMode mode)
{
  SmithSession *session = steps_session_of (window);
  g_autoptr (SmithStick) stick = NULL;
  guint n = 0;
  gulong handler = g_signal_connect_swapped (bus, "changed", G_CALLBACK (count), &n);

  put (bus, mode, NULL, NULL);
  while (n == 0)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handler_disconnect (bus, handler);
  stick = smith_session_get_stick (session);
  g_assert_cmpint (stick->mode, ==, mode);
}

/* Tries that fail change nothing, however the stick comes back from them. */
static void
test_needle_stays (void)
{
  g_autoptr (SmithVirtualBus) bus = smith_virtual_bus_new ();
  SmithWindow *window;

  put (bus, SMITH_MODE_HILINK, NULL, NULL);
  window = show (bus, is_there);
  take_needle (window);
  smith_virtual_bus_remove (bus, PLACE);
  harness_wait (window, is_gone, "the stick is pulled out");
  put_and_see (window, bus, SMITH_MODE_CD);
  put_and_see (window, bus, SMITH_MODE_HILINK);
  g_assert_true (is_by_hand (window));
  put_and_see (window, bus, SMITH_MODE_DEBUG);
  g_assert_true (is_by_hand (window));
  /* What it is still to get is a loader. */
  smith_session_set_page (steps_session_of (window), SMITH_PAGE_FILES);
  smith_session_take_file (steps_session_of (window), "/nowhere/loader.bin", SMITH_WANT_LOADER);
  smith_session_drop_file (steps_session_of (window), SMITH_SLOT_LOADER);
  g_assert_true (is_by_hand (window));
  harness_close (window);
}

/* From boot mode, or with other firmware, it is another matter. */
static void
test_other_mode (void)
{
  g_autoptr (SmithVirtualBus) bus = smith_virtual_bus_new ();
  SmithWindow *window;

  put (bus, SMITH_MODE_HILINK, NULL, NULL);
  window = show (bus, is_there);
  take_needle (window);
  put_and_see (window, bus, SMITH_MODE_BOOT_ROM);
  g_assert_true (is_by_hand (window));
  put_and_see (window, bus, SMITH_MODE_HILINK);
  g_assert_true (is_anew (window));
  harness_settle ();
  take_needle (window);
  put_and_see (window, bus, SMITH_MODE_STICK);
  g_assert_true (is_anew (window));
  harness_close (window);
}

static void
choose_aim (SmithWindow *window)
{
  smith_session_set_aim (steps_session_of (window), SMITH_AIM_SAME);
}

static void
take_firmware (SmithWindow *window)
{
  smith_session_take_file (steps_session_of (window), "/nowhere/firmware.bin", SMITH_WANT_FIRMWARE);
}

static void
remove_firmware (SmithWindow *window)
{
  SmithSession *session = steps_session_of (window);

  smith_session_remove_file (session, smith_file_queue_get (smith_session_get_queue (session), 0));
}

static void
drop_firmware (SmithWindow *window)
{
  smith_session_drop_file (steps_session_of (window), SMITH_SLOT_FIRMWARE);
}

static void
go_to_beginning (SmithWindow *window)
{
  harness_press (GTK_WIDGET (window), "back");
  g_assert_true (is_by_hand (window));
  harness_press (GTK_WIDGET (window), "back");
}

static void
leave_needle (SmithWindow *window)
{
  harness_squeeze (GTK_WIDGET (window), "3-boot-by-hand");
  harness_press (GTK_WIDGET (window), "leave_needle");
  harness_settle ();
  harness_find (GTK_WIDGET (window), "take_needle");
}

/* Whatever is chosen anew, it begins with the way that needs nobody's hands. */
static void
test_choose_again (void)
{
  static void (*const choices[]) (SmithWindow * window) = {
    choose_aim, take_firmware, remove_firmware, drop_firmware, go_to_beginning, leave_needle,
  };
  g_autoptr (SmithVirtualBus) bus = smith_virtual_bus_new ();
  SmithWindow *window;

  put (bus, SMITH_MODE_HILINK, NULL, NULL);
  window = show (bus, is_there);
  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    {
      take_needle (window);
      choices[i](window);
      g_assert_true (is_anew (window));
    }
  harness_close (window);
}

static gboolean
shows_needle (SmithWindow *window)
{
  return find (GTK_WIDGET (window), has_id, "needle") != NULL;
}

/* The stick is pulled out while the page waits for it. */
static void
pull_out (SmithWindow *window, SmithVirtualBus *bus)
{
  smith_virtual_bus_remove (bus, PLACE);
  harness_wait (window, is_gone, "the stick is pulled out");
  harness_settle ();
}

/* Nobody is told to open a stick that has just been pulled out. */
static void
test_absent (void)
{
  g_autoptr (SmithVirtualBus) bus = smith_virtual_bus_new ();
  SmithWindow *window;

  put (bus, SMITH_MODE_HILINK, NULL, NULL);
  window = show (bus, is_there);
  smith_session_set_page (steps_session_of (window), SMITH_PAGE_BOOT);
  pull_out (window, bus);
  g_assert_false (shows_needle (window));
  g_assert_cmpint (smith_session_get_loader_need (steps_session_of (window)), ==, SMITH_NEED_MAYBE);
  harness_squeeze (GTK_WIDGET (window), "3-boot-pulled-out");

  /* But who wants to may, and then it stays so when the stick comes. */
  harness_press (GTK_WIDGET (window), "take_needle");
  harness_settle ();
  g_assert_true (shows_needle (window));
  harness_find (GTK_WIDGET (window), "needle_help");
  g_assert_cmpint (smith_session_get_loader_need (steps_session_of (window)), ==, SMITH_NEED_SURE);
  put_and_see (window, bus, SMITH_MODE_HILINK);
  harness_settle ();
  g_assert_true (is_by_hand (window));
  g_assert_true (shows_needle (window));
  harness_close (window);
}

/* One that came with the needle will most likely have to come so again. */
static void
test_absent_from_boot_mode (void)
{
  g_autoptr (SmithVirtualBus) bus = smith_virtual_bus_new ();
  SmithWindow *window;

  put (bus, SMITH_MODE_BOOT_ROM, NULL, NULL);
  window = show (bus, is_there);
  smith_session_set_page (steps_session_of (window), SMITH_PAGE_BOOT);
  pull_out (window, bus);
  g_assert_true (shows_needle (window));
  harness_close (window);
}

/* Asked in vain, and of a kind that may know no needle: it is told to pull it out,
 * and then not to open it. */
static void
test_absent_and_unsure (void)
{
  g_autoptr (SmithVirtualBus) bus = smith_virtual_bus_new ();
  g_autoptr (SmithStick) stick = smith_stick_new (PLACE, 0x12d1, 0x1001, SMITH_MODE_STICK);
  SmithWindow *window;

  stick->seen = 1;
  smith_stick_add_port (stick, "/dev/null", 0, SMITH_PORT_AT);
  smith_virtual_bus_set (bus, stick);
  window = show (bus, is_there);
  smith_session_set_page (steps_session_of (window), SMITH_PAGE_BOOT);
  harness_settle ();
  smith_session_enter_boot_mode (steps_session_of (window));
  harness_wait (window, steps_is_refused, "the stick does not answer");
  pull_out (window, bus);
  g_assert_true (steps_is_refused (window));
  g_assert_false (shows_needle (window));
  harness_close (window);
}

static gboolean
is_restarting (SmithWindow *window)
{
  return g_str_equal (gtk_label_get_label (
                          GTK_LABEL (harness_find (GTK_WIDGET (window), "live_text"))),
                      "The stick is restarting");
}

/* While it restarts because it was asked to, it has not been pulled out. */
static void
test_restarting (void)
{
  SmithWindow *window = harness_practise ("all-well", 0.5);

  steps_go_to_boot_page (window);
  steps_next (window);
  harness_wait (window, is_restarting, "the stick restarts");
  g_assert_false (shows_needle (window));
  harness_wait (window, steps_is_in_boot_mode, "the stick is in boot mode");
  harness_close (window);
}

static gboolean
is_rescue (SmithWindow *window)
{
  return smith_session_get_aim (steps_session_of (window)) == SMITH_AIM_RESCUE;
}

/* A stick at another place is another stick, also where it is taken by itself. */
static void
test_other_place (void)
{
  g_autoptr (SmithVirtualBus) bus = smith_virtual_bus_new ();
  g_autoptr (SmithStick) other = smith_stick_new ("1-3", 0x12d1, 0x1443, SMITH_MODE_BOOT_ROM);
  SmithWindow *window;
  SmithSession *session;

  put (bus, SMITH_MODE_HILINK, NULL, NULL);
  window = show (bus, is_there);
  session = steps_session_of (window);
  smith_session_set_aim (session, SMITH_AIM_SAME);
  smith_virtual_bus_remove (bus, PLACE);
  other->seen = 2;
  smith_virtual_bus_set (bus, other);
  harness_wait (window, is_rescue, "the other stick is to be brought back to life");
  g_assert_cmpstr (smith_session_get_usb_path (session), ==, "1-3");
  g_assert_cmpint (smith_session_get_home_mode (session), ==, SMITH_MODE_BOOT_ROM);
  harness_close (window);
}

/* Stopped in the middle of asking, the stick is not said to have refused. */
static void
test_stop_asking (void)
{
  SmithWindow *window = harness_practise ("all-well", 0.5);

  steps_go_to_boot_page (window);
  steps_next (window);
  g_assert_cmpint (smith_session_get_entry (steps_session_of (window)), ==, SMITH_ENTRY_ASKING);
  harness_press (GTK_WIDGET (window), "take_needle");
  harness_wait (window, is_by_hand, "the person takes the needle");
  harness_close (window);
}

/* What the page says of the one file that is chosen. Returns: G_MAXINT for nothing */
static int
judge (SmithWindow *window)
{
  SmithFileCheck *check = smith_session_get_file (steps_session_of (window), SMITH_SLOT_FIRMWARE);
  g_autoptr (SmithVerdict) verdict = smith_file_card_judge (steps_session_of (window), check);

  return verdict != NULL ? (int) verdict->kind : G_MAXINT;
}

static gboolean
is_checked (SmithWindow *window)
{
  SmithFileCheck *check = smith_session_get_file (steps_session_of (window), SMITH_SLOT_FIRMWARE);

  return check != NULL && smith_file_check_get_state (check) == SMITH_FILE_GOOD;
}

static void
take_made (SmithWindow *window, const char *path, const char *version)
{
  g_autofree char *description
      = g_strdup_printf ("[file]\nshape=bin\n[firmware]\ndownload-id=0x01\nproduct=BV7R11HS\n"
                         "version=:BV7R11HS:T:%s\n[partition 0]\nid=0x00090000\n"
                         "content=random:500:1\n",
                         version);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) file = smith_fixture_build (description, &error);

  g_assert_no_error (error);
  g_file_set_contents (path, g_bytes_get_data (file, NULL), (gssize) g_bytes_get_size (file),
                       &error);
  g_assert_no_error (error);
  drop_firmware (window);
  smith_session_take_file (steps_session_of (window), path, SMITH_WANT_FIRMWARE);
  harness_wait (window, is_checked, "the file is checked");
  harness_settle ();
}

/* Of a stick that is first seen in boot mode nothing is known: a file that is for
 * no stick of ours is refused all the same, and any other is not certain to fit.
 * While there is none, only the former is said. */
static void
test_nothing_known (void)
{
  g_autoptr (SmithVirtualBus) bus = smith_virtual_bus_new ();
  SmithWindow *window;
  g_autofree char *folder = g_dir_make_tmp ("sticksmith-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "firmware.bin", NULL);

  put (bus, SMITH_MODE_BOOT_ROM, NULL, NULL);
  window = show (bus, is_there);
  smith_session_set_page (steps_session_of (window), SMITH_PAGE_FILES);
  take_made (window, path, "21.1.1.1.1");
  g_assert_cmpint (judge (window), ==, SMITH_VERDICT_UNSURE);
  g_assert_true (
      gtk_widget_get_mapped (find (GTK_WIDGET (window), gtk_widget_has_css_class, "unsure")));
  take_made (window, path, "10.0.5.1(H697SP3)");
  g_assert_cmpint (judge (window), ==, SMITH_VERDICT_DOES_NOT_FIT);
  g_assert_true (
      gtk_widget_get_mapped (find (GTK_WIDGET (window), gtk_widget_has_css_class, "unfit")));
  g_assert_false (gtk_widget_is_sensitive (harness_find (GTK_WIDGET (window), "primary")));
  smith_virtual_bus_remove (bus, PLACE);
  harness_wait (window, is_gone, "the stick is pulled out");
  g_assert_cmpint (judge (window), ==, SMITH_VERDICT_DOES_NOT_FIT);
  take_made (window, path, "21.1.1.1.1");
  g_assert_cmpint (judge (window), ==, G_MAXINT);
  harness_close (window);
  g_unlink (path);
  g_rmdir (folder);
}

int
main (int argc, char *argv[])
{
  harness_init (&argc, &argv);
  g_test_add_func ("/changes/eject", test_eject);
  g_test_add_func ("/changes/gone", test_gone);
  g_test_add_func ("/changes/driver", test_driver);
  g_test_add_func ("/changes/drive-comes-late", test_drive_comes_late);
  g_test_add_func ("/changes/needle-stays", test_needle_stays);
  g_test_add_func ("/changes/other-mode", test_other_mode);
  g_test_add_func ("/changes/choose-again", test_choose_again);
  g_test_add_func ("/changes/stop-asking", test_stop_asking);
  g_test_add_func ("/changes/other-place", test_other_place);
  g_test_add_func ("/changes/absent", test_absent);
  g_test_add_func ("/changes/absent-from-boot-mode", test_absent_from_boot_mode);
  g_test_add_func ("/changes/absent-and-unsure", test_absent_and_unsure);
  g_test_add_func ("/changes/restarting", test_restarting);
  g_test_add_func ("/changes/nothing-known", test_nothing_known);
  return g_test_run ();
}
