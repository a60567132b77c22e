/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "steps.h"

#include "wizard/stick-matter.h"

/* What is to be seen is older than what is: the stick went on meanwhile. */

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
  g_assert_cmpstr (read_status (window), ==, "Copied: sudo modprobe qcserial");
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

int
main (int argc, char *argv[])
{
  harness_init (&argc, &argv);
  g_test_add_func ("/changes/eject", test_eject);
  g_test_add_func ("/changes/gone", test_gone);
  g_test_add_func ("/changes/driver", test_driver);
  g_test_add_func ("/changes/drive-comes-late", test_drive_comes_late);
  return g_test_run ();
}
