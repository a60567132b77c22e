/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole conversion in the window, on a machine whose sysfs, /dev and system
 * bus are made up and whose stick exists only here. */
#include "rig.h"

#include <glib/gstdio.h>

#include "../stick/fake-usb.h"
#include "link/deadline.h"
#include "steps.h"

#define NM "org.freedesktop.NetworkManager"
#define MM "org.freedesktop.ModemManager1"
#define NM_DEVICE "/org/freedesktop/NetworkManager/Devices/7"
#define NM_DISCONNECTED 30
#define NM_ACTIVATED 100
#define MM_MODEM "/org/freedesktop/ModemManager1/Modem/4"

/* Of the virtual SIM card's network. */
#define PROVIDERS                                                                                  \
  "<?xml version=\"1.0\"?><serviceproviders format=\"2.0\"><country code=\"de\"><provider>"        \
  "<name>Practice</name><gsm><network-id mcc=\"262\" mnc=\"01\"/><apn value=\"practice.example\">" \
  "<usage type=\"internet\"/></apn></gsm></provider></country></serviceproviders>"

/* Answers may take seconds; what waits for nothing but time is shortened. */
#define TIME_SCALE 0.2

/* From a change on the bus to the page: the aim is 150 ms on an idle machine. */
#define GENEROUS_US (40 * G_USEC_PER_SEC)
#define N_MEASURED 10

typedef struct
{
  Rig rig;
  RigService modem_manager;
  Partner *network_manager; /* or NULL */
  SmithUdevBus *bus;
  SmithWindow *window;
} Desk;

/* What NetworkManager has: the modem, in @state. */
static GVariant *
modem_in_state (guint state)
{
  return parse ("({objectpath '" NM_DEVICE "': {'" NM ".Device': "
                "{'DeviceType': <uint32 8>, 'Udi': <'" MM_MODEM "'>, "
                "'State': <uint32 %u>}, '" NM ".Device.Modem': @a{sv} {}}},)",
                state);
}

/* What the services say of the modem that the stick has become. */
static void
add_network (Desk *desk, RigService service)
{
  if (desk->rig.modem_manager != NULL)
    partner_reply (desk->rig.modem_manager, "GetManagedObjects",
                   parse ("({objectpath '" MM_MODEM "': {'" MM ".Modem': "
                          "{'Device': <'" RIG_DEVICE_PATH "'>, 'State': <8>}}},)"));
  if (service == RIG_ABSENT)
    return;
  desk->network_manager = partner_new (NM);
  partner_reply (desk->network_manager, "GetManagedObjects", modem_in_state (NM_DISCONNECTED));
  if (service == RIG_REFUSING)
    partner_refuse (desk->network_manager, "AddAndActivateConnection",
                    "org.freedesktop.DBus.Error.AccessDenied");
  else
    partner_reply (desk->network_manager, "AddAndActivateConnection",
                   parse ("(objectpath '/org/freedesktop/NetworkManager/Settings/9', "
                          "objectpath '/org/freedesktop/NetworkManager/ActiveConnection/3')"));
  partner_hold_back (desk->network_manager, "Get");
}

static void
desk_set_up (Desk *desk, gboolean with_events, RigService modem_manager, RigService network_manager)
{
  SmithApplication *application = harness_start ();

  *desk = (Desk){ .modem_manager = modem_manager };
  rig_set_up (&desk->rig, with_events, modem_manager);
  add_network (desk, network_manager);
  desk->bus = smith_udev_bus_new ();
  smith_udev_bus_set_web_address (desk->bus, bridge_get_web_address (desk->rig.bridge));
  smith_application_set_bus (application, SMITH_BUS (desk->bus));
  desk->window = harness_practise (NULL, 1);
}

static void
desk_tear_down (Desk *desk)
{
  harness_close (desk->window);
  g_clear_object (&desk->bus);
  g_clear_pointer (&desk->network_manager, partner_free);
  rig_tear_down (&desk->rig);
}

static SmithSession *
get_session (Desk *desk)
{
  return smith_window_get_session (desk->window);
}

static gboolean
has_files (SmithWindow *window)
{
  return smith_session_has_files (smith_window_get_session (window));
}

static gboolean
is_known (SmithWindow *window)
{
  return smith_session_get_identity (smith_window_get_session (window), RIG_PLACE) != NULL;
}

/* The files for what the stick is to become, and a loader where one could be
 * needed. */
static void
choose_files (Desk *desk, SmithPracticeKind kind)
{
  harness_wait (desk->window, is_known, "the stick says what it is");
  steps_next (desk->window);
  harness_wait_page (desk->window, SMITH_PAGE_FILES);
  smith_session_take_file (get_session (desk),
                           smith_practice_files_get_firmware (&desk->rig.files, kind),
                           SMITH_WANT_ANY);
  if (kind != SMITH_PRACTICE_E1550)
    smith_session_take_file (get_session (desk), desk->rig.files.loader, SMITH_WANT_ANY);
  harness_wait (desk->window, has_files, "the file is good");
  steps_next (desk->window);
  harness_wait_page (desk->window, SMITH_PAGE_BOOT);
  harness_settle ();
}

/* The label that shows how the system itself gets along with the modem. */
static const char *
get_online_text (SmithWindow *window)
{
  return gtk_label_get_label (GTK_LABEL (harness_find (GTK_WIDGET (window), "online_text")));
}

static gboolean
is_ready_to_connect (SmithWindow *window)
{
  SmithNetworkCare *care = smith_session_get_network_care (smith_window_get_session (window));

  return smith_network_care_get_online (care) == SMITH_ONLINE_READY
         && smith_network_care_get_apns (care)->len > 0;
}

static gboolean
is_online (SmithWindow *window)
{
  return smith_network_care_get_online (
             smith_session_get_network_care (smith_window_get_session (window)))
         == SMITH_ONLINE_CONNECTED;
}

static gboolean
has_online_problem (SmithWindow *window)
{
  return smith_network_care_get_online_problem (
             smith_session_get_network_care (smith_window_get_session (window)))
         != NULL;
}

/* The last page: the system connects, or does not want to, or is not there. */
static void
go_online (Desk *desk, RigService service)
{
  if (service == RIG_ABSENT)
    {
      g_assert_nonnull (strstr (get_online_text (desk->window), "Mobile Broadband"));
      return;
    }
  harness_wait (desk->window, is_ready_to_connect, "the system knows the modem");
  harness_settle ();
  harness_press (GTK_WIDGET (desk->window), "connect");
  if (service == RIG_REFUSING)
    harness_wait (desk->window, has_online_problem, "the system refuses");
  else
    {
      partner_await (desk->network_manager, "Get(");
      partner_reply (desk->network_manager, "GetManagedObjects", modem_in_state (NM_ACTIVATED));
      partner_reply (desk->network_manager, "Get", parse ("(<uint32 2>,)"));
      harness_wait (desk->window, is_online, "the system is online");
    }
  harness_settle ();
  g_assert_nonnull (strstr (get_online_text (desk->window),
                            service == RIG_REFUSING ? "could not connect" : "You are online"));
  g_assert_cmpuint (partner_count (desk->network_manager, "AddAndActivateConnection"), ==, 1);
}

typedef struct
{
  const char *name;
  const SmithVirtualStickConfig *stick;
  SmithPracticeKind firmware;
  guint16 download; /* the face in which it is written */
  SmithMode ends;
  gboolean with_events;
  RigService modem_manager;
  RigService network_manager;
} Case;

static gboolean
has_umockdev (void)
{
  if (fake_usb_has_umockdev ())
    return TRUE;
  g_test_skip ("umockdev is not loaded: run this through meson test");
  return FALSE;
}

/* Whoever is asked whether it is sure says so. */
static void
run_to_end (Desk *desk)
{
  const SmithVerdict *verdict;

  steps_start_job (desk->window);
  harness_wait (desk->window, steps_has_question_or_end, "the job asks or ends");
  verdict = smith_session_get_verdict (get_session (desk));
  g_assert_nonnull (verdict);
  harness_settle ();
  if (verdict->kind == SMITH_VERDICT_UNSURE)
    gtk_check_button_set_active (GTK_CHECK_BUTTON (
                                     harness_find (GTK_WIDGET (desk->window), "sure")),
                                 TRUE);
  steps_next (desk->window);
  harness_wait (desk->window, steps_is_over, "the job is over");
  harness_settle ();
}

static void
test_convert (gconstpointer data)
{
  const Case *one = data;
  Desk desk;

  if (!has_umockdev ())
    return;
  desk_set_up (&desk, one->with_events, one->modem_manager, one->network_manager);
  rig_plug (&desk.rig, one->stick);
  choose_files (&desk, one->firmware);
  run_to_end (&desk);
  steps_assert_done (desk.window);
  g_assert_cmpstr (smith_session_get_old_version (get_session (&desk)), ==, one->stick->version);
  g_assert_cmpint (rig_get_mode (&desk.rig), ==, one->ends);
  g_assert_cmpuint (bridge_get_appearances (desk.rig.bridge, one->download), ==, 1);
  g_assert_cmpuint (smith_virtual_stick_get_offences (desk.rig.stick), ==, 0);
  rig_assert_modem_manager (&desk.rig, one->modem_manager);
  if (one->ends == SMITH_MODE_STICK)
    go_online (&desk, one->network_manager);
  desk_tear_down (&desk);
}

/* From the first thing that changes on the bus to what is to be seen. */
typedef struct
{
  gint64 bus;
  gint64 card;
} Times;

static void
on_bus_changed (SmithBus *bus, gint64 *time)
{
  if (*time == 0)
    *time = g_get_monotonic_time ();
}

static gboolean
is_to_be_seen (GtkWidget *widget)
{
  if (!gtk_widget_get_mapped (widget))
    return FALSE;
  if (g_str_equal (G_OBJECT_TYPE_NAME (widget), "SmithStickCard"))
    return gtk_widget_get_height (widget) > 0;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (is_to_be_seen (child))
      return TRUE;
  return FALSE;
}

static gboolean
on_tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
await_card (Desk *desk, gboolean wanted)
{
  gint64 end = g_get_monotonic_time () + GENEROUS_US;
  guint tick = g_timeout_add (1, on_tick, NULL);

  while (is_to_be_seen (GTK_WIDGET (desk->window)) != wanted)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (tick);
}

static void
measure (Desk *desk, Times *worst, Times *sum)
{
  gint64 start = g_get_monotonic_time ();
  gint64 bus = 0;
  gint64 card;
  gulong handler = g_signal_connect (desk->bus, "changed", G_CALLBACK (on_bus_changed), &bus);

  rig_plug (&desk->rig, &rig_hilink);
  await_card (desk, TRUE);
  card = g_get_monotonic_time () - start;
  bus -= start;
  g_signal_handler_disconnect (desk->bus, handler);
  worst->bus = MAX (worst->bus, bus);
  worst->card = MAX (worst->card, card);
  sum->bus += bus;
  sum->card += card;
  g_clear_pointer (&desk->rig.stick, smith_virtual_stick_free);
  bridge_settle (desk->rig.bridge);
  await_card (desk, FALSE);
}

/* Printed; what is asserted is only that it happens. */
static void
test_latency (gconstpointer with_events)
{
  Times worst = { 0 };
  Times sum = { 0 };
  Desk desk;

  if (!has_umockdev ())
    return;
  desk_set_up (&desk, with_events != NULL, RIG_ABSENT, RIG_ABSENT);
  bridge_set_pause (desk.rig.bridge, 0);
  for (guint i = 0; i < N_MEASURED; i++)
    measure (&desk, &worst, &sum);
  g_test_message ("%s: from plugging in to changed %.1f ms, at most %.1f ms; to the card %.1f ms, "
                  "at most %.1f ms",
                  with_events != NULL ? "with events" : "silent",
                  (double) sum.bus / N_MEASURED / 1000, (double) worst.bus / 1000,
                  (double) sum.card / N_MEASURED / 1000, (double) worst.card / 1000);
  desk_tear_down (&desk);
}

/* A list of providers that is found before the machine's own. */
static char *
write_providers (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("whole-data-XXXXXX", &error);
  g_autofree char *place = g_build_filename (folder, "mobile-broadband-provider-info", NULL);
  g_autofree char *path = g_build_filename (place, "serviceproviders.xml", NULL);
  const char *before = g_getenv ("XDG_DATA_DIRS");
  g_autofree char *dirs
      = g_strdup_printf ("%s:%s", folder,
                         before != NULL && *before != '\0' ? before
                                                           : "/usr/local/share:/usr/share");

  g_assert_cmpint (g_mkdir (place, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, PROVIDERS, -1, &error));
  g_setenv ("XDG_DATA_DIRS", dirs, TRUE);
  return folder;
}

static const Case cases[] = {
  { "switch", &rig_hilink, SMITH_PRACTICE_STICK, 0x1442, SMITH_MODE_STICK, TRUE, RIG_PRESENT,
    RIG_PRESENT },
  { "switch", &rig_hilink, SMITH_PRACTICE_STICK, 0x1442, SMITH_MODE_STICK, FALSE, RIG_REFUSING,
    RIG_REFUSING },
  { "back", &rig_stick, SMITH_PRACTICE_HILINK, 0x1c05, SMITH_MODE_HILINK, TRUE, RIG_SLOW,
    RIG_ABSENT },
  { "e1550", &rig_e1550, SMITH_PRACTICE_E1550, 0x1003, SMITH_MODE_STICK, TRUE, RIG_ABSENT,
    RIG_ABSENT },
};

int
main (int argc, char **argv)
{
  static const char *const services[] = { "absent", "present", "refusing", "slow" };
  g_autofree char *folder = write_providers ();
  int status;

  harness_init (&argc, &argv);
  smith_deadline_set_scale (TIME_SCALE);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name = g_strdup_printf ("/whole/window/%s/%s-network-manager-%s",
                                               cases[i].with_events ? "events" : "silent",
                                               cases[i].name, services[cases[i].network_manager]);

      g_test_add_data_func (name, &cases[i], test_convert);
    }
  g_test_add_data_func ("/whole/window/latency/events", "", test_latency);
  g_test_add_data_func ("/whole/window/latency/silent", NULL, test_latency);
  bus_up ();
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", bus_get_address (), TRUE);
  /* The application keeps its connection: the bus ends with this process. */
  status = g_test_run ();
  rig_remove_tree (folder);
  return status;
}
