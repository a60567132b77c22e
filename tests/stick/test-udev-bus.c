/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "fake-usb.h"
#include "format/error.h"
#include "link/deadline.h"

/* Only against hangs. */
#define HARD_BOUND_US (90 * G_USEC_PER_SEC)

/* Every scenario is played twice: as udev tells of it, and to a program that
 * udev tells nothing, as in a Flatpak. */
typedef struct
{
  FakeUsb *usb;
  SmithBus *bus;
  guint n_changed;
} Rig;

static void
on_changed (SmithBus *bus, Rig *rig)
{
  rig->n_changed++;
}

static void
rig_listen (Rig *rig)
{
  rig->bus = SMITH_BUS (smith_udev_bus_new_at (fake_usb_get_bus_root (rig->usb)));
  g_signal_connect (rig->bus, "changed", G_CALLBACK (on_changed), rig);
}

static void
rig_set_up (Rig *rig, gconstpointer with_events)
{
  smith_deadline_set_scale (1);
  if (with_events != NULL && !fake_usb_has_umockdev ())
    {
      g_test_skip ("umockdev is not loaded: run this through meson test or umockdev-wrapper");
      return;
    }
  rig->usb = fake_usb_new (with_events != NULL);
  rig_listen (rig);
}

static void
rig_tear_down (Rig *rig, gconstpointer with_events)
{
  if (rig->usb == NULL)
    return;
  g_assert_finalize_object (g_steal_pointer (&rig->bus));
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  fake_usb_free (rig->usb);
}

static gboolean
on_tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* Runs the main loop until @func is happy with the stick at @usb_path, or with
 * NULL if there is none. */
static SmithStick *
run_until (Rig *rig,
           const char *usb_path,
           gboolean (*func) (SmithStick *stick, gconstpointer data),
           gconstpointer data)
{
  gint64 end = g_get_monotonic_time () + HARD_BOUND_US;
  guint tick = g_timeout_add (1000, on_tick, NULL);

  while (TRUE)
    {
      g_autoptr (SmithStick) stick = smith_bus_find (rig->bus, usb_path);

      if (func (stick, data))
        {
          g_source_remove (tick);
          return g_steal_pointer (&stick);
        }
      if (g_get_monotonic_time () > end)
        g_error ("%s is not as it should be", usb_path);
      g_main_context_iteration (NULL, TRUE);
    }
}

/* Runs it for a while in which nothing should happen. */
static void
run_for (guint ms)
{
  gint64 end = g_get_monotonic_time () + ms * 1000;
  guint tick = g_timeout_add (5, on_tick, NULL);

  while (g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (tick);
}

static gboolean
is_gone (SmithStick *stick, gconstpointer data)
{
  return stick == NULL;
}

/* "stick 0:at 1:modem", "hilink +usb0", "boot-rom, option missing"; "!" is a port
 * that may not be opened. */
static char *
describe (SmithStick *stick)
{
  GString *text;

  if (stick == NULL)
    return g_strdup ("gone");
  text = g_string_new (smith_mode_name (stick->mode));
  for (guint i = 0; i < stick->ports->len; i++)
    {
      SmithStickPort *port = g_ptr_array_index (stick->ports, i);

      g_string_append_printf (text, " %u:%s%s", port->interface_number,
                              smith_port_role_name (port->role), port->denied ? "!" : "");
    }
  if (stick->network != NULL)
    g_string_append_printf (text, " +%s", stick->network);
  if (stick->cd_drive != NULL)
    {
      g_autofree char *name = g_path_get_basename (stick->cd_drive);

      g_string_append_printf (text, " +%s", name);
    }
  if (stick->missing_driver != NULL)
    g_string_append_printf (text, ", %s missing", stick->missing_driver);
  return g_string_free (text, FALSE);
}

/* What a stick should look like, and since when: not what it was before. */
typedef struct
{
  const char *text;
  guint64 after;
} Wanted;

static gboolean
looks_like (SmithStick *stick, gconstpointer data)
{
  const Wanted *wanted = data;
  g_autofree char *text = describe (stick);

  g_debug ("%s", text);
  return stick != NULL && stick->seen > wanted->after && g_str_equal (text, wanted->text);
}

/* Waits until the stick looks like that in an appearance after @after. */
static SmithStick *
expect_after (Rig *rig, const char *usb_path, const char *text, guint64 after)
{
  const Wanted wanted = { text, after };
  SmithStick *stick;

  g_test_message ("%s: %s", usb_path, text);
  stick = run_until (rig, usb_path, looks_like, &wanted);
  g_assert_cmpstr (stick->usb_path, ==, usb_path);
  return stick;
}

/* The same for who does not want to look closer. Returns: its "seen" */
static guint64
expect_only (Rig *rig, const char *usb_path, const char *wanted)
{
  g_autoptr (SmithStick) stick = expect_after (rig, usb_path, wanted, 0);

  return stick->seen;
}

/* The faces that a stick may show. */
static const char *const cd[] = { "08/06/50 b81 b01 @sr0", NULL };
static const char *const hilink[] = { "02/06/00 i81 @usb0", "0a/06/00 b82 b02", NULL };
static const char *const boot[] = { "ff/ff/ff b81 b01 @ttyUSB0", NULL };
static const char *const download[]
    = { "ff/ff/ff b81 b01 @ttyUSB1", "08/06/50 b82 b02 driver", NULL };
static const char *const loaded[]
    = { "ff/ff/ff b81 b01 @ttyUSB0", "08/06/50 b82 b02 driver", "ff/ff/ff b83 b03 @ttyUSB2", NULL };
static const char *const stick_ports[]
    = { "ff/03/12 b81 b01 @ttyUSB0", "ff/03/10 i82 b83 b02 @ttyUSB1", "ff/03/16 i84 b85 b03 driver",
        NULL };
static const char *const modem[] = { "ff/ff/ff i81 b82 b01 @ttyUSB0", "ff/ff/ff b83 b02 @ttyUSB1",
                                     "ff/ff/ff b84 b03 @ttyUSB2", "ff/ff/ff i85 driver", NULL };
static const char *const bulk[] = { "ff/ff/ff b81 b01 @ttyUSB0", "ff/ff/ff b82 b02 @ttyUSB1",
                                    "ff/ff/ff b83 b03 @ttyUSB2", NULL };
static const char *const debug[]
    = { "02/06/00 i81 @usb0",        "ff/ff/ff b82 b01 @ttyUSB0", "ff/ff/ff b83 b02 @ttyUSB1",
        "ff/ff/ff b84 b03 @ttyUSB2", "ff/ff/ff b85 b04 @ttyUSB3", NULL };
static const char *const qualcomm[]
    = { "ff/01/01 i81 b82 b01 @ttyUSB0", "ff/01/03 b83 b02 @ttyUSB1", "ff/01/02 b84 b03 @ttyUSB2",
        NULL };
static const char *const one_port[] = { "ff/ff/ff b81 b01 @ttyUSB0", NULL };

static const struct
{
  guint32 id;
  const char *const *face;
  const char *wanted;
} rows[] = {
  { 0x12d11f01, cd, "cd +sr0" },
  { 0x12d1157d, cd, "cd +sr0" },
  { 0x12d11f02, cd, "cd +sr0" },
  { 0x12d114fe, cd, "cd +sr0" },
  { 0x12d115ca, cd, "cd +sr0" },
  { 0x12d115cd, cd, "cd +sr0" },
  { 0x12d115cf, cd, "cd +sr0" },
  { 0x12d11446, cd, "cd +sr0" },
  { 0x12d11505, cd, "cd +sr0" },
  { 0x12d1151a, cd, "cd +sr0" },
  { 0x12d11c20, cd, "charging" },
  { 0x12d114db, hilink, "hilink +usb0" },
  { 0x12d114dc, hilink, "hilink +usb0" },
  { 0x12d11506, stick_ports, "stick 0:at 1:modem" },
  { 0x12d11506, qualcomm, "stick 0:modem 1:diagnostics 2:at" },
  { 0x12d1151b, qualcomm, "stick 0:modem 1:diagnostics 2:at" },
  { 0x12d11001, modem, "stick 0:modem 1:diagnostics 2:at" },
  { 0x12d11001, bulk, "download 0:unknown 1:unknown 2:download" },
  { 0x12d1140c, modem, "stick 0:modem 1:diagnostics 2:at" },
  { 0x12d1140c, bulk, "download 0:unknown 1:unknown 2:download" },
  { 0x12d11436, modem, "stick 0:modem 1:diagnostics 2:at" },
  { 0x12d114ac, modem, "stick 0:modem 1:diagnostics 2:at" },
  { 0x12d11003, modem, "stick 0:modem 1:unknown 2:at" },
  { 0x12d11003, bulk, "download 0:unknown 1:unknown 2:download" },
  { 0x12d1155e, modem, "stick 0:modem 1:diagnostics 2:at" },
  { 0x12d11566, debug, "debug 1:at 2:unknown 3:unknown 4:diagnostics +usb0" },
  { 0x12d11565, debug, "debug 1:at 2:unknown 3:unknown 4:diagnostics +usb0" },
  { 0x12d11567, debug, "debug 1:at 2:unknown 3:unknown 4:diagnostics +usb0" },
  { 0x12d11442, download, "download 0:download" },
  { 0x12d11568, download, "download 0:download" },
  { 0x12d11c05, loaded, "download 0:unknown 2:download" },
  { 0x12d11443, boot, "boot-rom 0:boot" },
  { 0x12d11443, bulk, "boot-rom 0:boot 1:boot 2:unknown" },
  { 0x12d136dd, one_port, "beyond 0:unknown" },
  { 0x12d12020, one_port, "beyond 0:unknown" },
  { 0x35662001, hilink, "beyond" },
  { 0x05c69008, one_port, "beyond 0:unknown" },
  { 0x12d11573, stick_ports, "unknown 0:unknown 1:unknown" },
  { 0x12d1ffff, stick_ports, "unknown 0:unknown 1:unknown" },
};

static void
test_rows (Rig *rig, gconstpointer with_events)
{
  guint64 seen = 0;

  for (gsize i = 0; rig->usb != NULL && i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (SmithStick) stick = NULL;

      g_test_message ("%08x", rows[i].id);
      fake_usb_plug (rig->usb, "1-2", rows[i].id, rows[i].face);
      stick = expect_after (rig, "1-2", rows[i].wanted, seen);
      g_assert_cmpuint ((guint32) stick->vendor << 16 | stick->product, ==, rows[i].id);
      g_assert_cmpuint (stick->seen, >, seen);
      seen = stick->seen;
      g_assert_cmpint (stick->unproven, ==,
                       stick->mode == SMITH_MODE_DOWNLOAD
                           && (rows[i].id == 0x12d11c05 || rows[i].face == bulk));
      g_assert_cmpint (stick->note != SMITH_NOTE_NONE, ==, stick->mode == SMITH_MODE_BEYOND);
      g_assert_false (stick->behind_hub);
      g_assert_true (g_str_has_suffix (stick->device_path, "/usb1/1-2"));
      fake_usb_unplug (rig->usb, "1-2");
    }
}

/* What a stick shows one after the other, without a break between. */
typedef struct
{
  guint32 id;
  const char *const *face;
  const char *wanted;
} Face;

static void
play (Rig *rig, const Face *faces, gsize n)
{
  guint64 seen = 0;

  for (gsize i = 0; rig->usb != NULL && i < n; i++)
    {
      g_autoptr (SmithStick) stick = NULL;

      if (i > 0)
        fake_usb_unplug (rig->usb, "1-2");
      fake_usb_plug (rig->usb, "1-2", faces[i].id, faces[i].face);
      stick = expect_after (rig, "1-2", faces[i].wanted, seen);
      g_assert_cmpuint (stick->seen, ==, seen + 1);
      seen = stick->seen;
    }
}

#define CD_HILINK                                                                                  \
  {                                                                                                \
    0x12d11f01, cd, "cd +sr0"                                                                      \
  }
#define CD_STICK                                                                                   \
  {                                                                                                \
    0x12d114fe, cd, "cd +sr0"                                                                      \
  }
#define HILINK                                                                                     \
  {                                                                                                \
    0x12d114dc, hilink, "hilink +usb0"                                                             \
  }
#define STICK                                                                                      \
  {                                                                                                \
    0x12d11506, stick_ports, "stick 0:at 1:modem"                                                  \
  }
#define BOOT                                                                                       \
  {                                                                                                \
    0x12d11443, boot, "boot-rom 0:boot"                                                            \
  }
#define DOWNLOAD                                                                                   \
  {                                                                                                \
    0x12d11442, download, "download 0:download"                                                    \
  }
#define LOADED                                                                                     \
  {                                                                                                \
    0x12d11c05, loaded, "download 0:unknown 2:download"                                            \
  }
#define DEBUG                                                                                      \
  {                                                                                                \
    0x12d11566, debug, "debug 1:at 2:unknown 3:unknown 4:diagnostics +usb0"                        \
  }
#define PLAY(rig, ...)                                                                             \
  {                                                                                                \
    const Face faces[] = { __VA_ARGS__ };                                                          \
    play (rig, faces, G_N_ELEMENTS (faces));                                                       \
  }

static void
test_needle (Rig *rig, gconstpointer with_events)
{
  PLAY (rig, CD_HILINK, HILINK, BOOT, LOADED, CD_STICK, STICK);
}

static void
test_by_web (Rig *rig, gconstpointer with_events)
{
  PLAY (rig, HILINK, DOWNLOAD, CD_STICK, STICK);
}

static void
test_by_debug_mode (Rig *rig, gconstpointer with_events)
{
  PLAY (rig, HILINK, DEBUG, DOWNLOAD, CD_STICK, STICK);
}

static void
test_back (Rig *rig, gconstpointer with_events)
{
  PLAY (rig, STICK, LOADED, CD_HILINK, HILINK);
}

/* Everything that happens to a stick is for one that waits on another thread. */
static gboolean
is_new_download (SmithStick *stick, gpointer seen)
{
  return stick->mode == SMITH_MODE_DOWNLOAD && stick->seen > *(guint64 *) seen
         && smith_stick_find_port (stick, SMITH_PORT_DOWNLOAD) != NULL;
}

typedef struct
{
  SmithBus *bus;
  guint64 seen;
  gint done;
} Waiter;

static gpointer
wait_for_download (gpointer data)
{
  Waiter *waiter = data;
  g_autoptr (GError) error = NULL;
  SmithStick *stick = smith_bus_wait (waiter->bus, "1-2", is_new_download, &waiter->seen,
                                      smith_deadline_now () + HARD_BOUND_US, NULL, &error);

  g_assert_no_error (error);
  g_atomic_int_set (&waiter->done, TRUE);
  g_main_context_wakeup (NULL);
  return stick;
}

static void
test_waiting (Rig *rig, gconstpointer with_events)
{
  Waiter waiter = { .bus = rig->bus };
  g_autoptr (SmithStick) stick = NULL;
  GThread *thread;

  if (rig->usb == NULL)
    return;
  fake_usb_plug (rig->usb, "1-2", 0x12d11442, download);
  waiter.seen = expect_only (rig, "1-2", "download 0:download");
  thread = g_thread_new ("wait", wait_for_download, &waiter);
  run_for (60);
  fake_usb_unplug (rig->usb, "1-2");
  fake_usb_plug (rig->usb, "1-2", 0x12d11442, download);
  while (!g_atomic_int_get (&waiter.done))
    g_main_context_iteration (NULL, TRUE);
  stick = g_thread_join (thread);
  g_assert_cmpuint (stick->seen, ==, waiter.seen + 1);
}

/* Nobody hears anything, and no main loop runs: who waits finds it all the same. */
static void
test_blind (Rig *rig, gconstpointer with_events)
{
  Waiter waiter = { 0 };
  g_autoptr (SmithStick) stick = NULL;
  g_autoptr (SmithStick) again = NULL;

  if (rig->usb == NULL)
    return;
  fake_usb_hush (rig->usb);
  waiter.bus = rig->bus;
  fake_usb_plug (rig->usb, "1-2", 0x12d11442, download);
  stick = wait_for_download (&waiter);
  waiter.seen = stick->seen;
  fake_usb_unplug (rig->usb, "1-2");
  fake_usb_plug (rig->usb, "1-2", 0x12d11442, download);
  again = wait_for_download (&waiter);
  g_assert_cmpuint (again->seen, ==, stick->seen + 1);
}

/* Gone and back between two looks: the same id, at the same place. */
static void
test_unseen_return (Rig *rig, gconstpointer with_events)
{
  guint64 first, second, third;

  if (rig->usb == NULL)
    return;
  fake_usb_plug (rig->usb, "1-2", 0x12d11443, boot);
  first = expect_only (rig, "1-2", "boot-rom 0:boot");
  fake_usb_unplug (rig->usb, "1-2");
  fake_usb_plug (rig->usb, "1-2", 0x12d11443, bulk);
  second = expect_only (rig, "1-2", "boot-rom 0:boot 1:boot 2:unknown");
  g_assert_cmpuint (second, ==, first + 1);
  /* Gone for longer. */
  fake_usb_unplug (rig->usb, "1-2");
  g_assert_null (run_until (rig, "1-2", is_gone, NULL));
  fake_usb_plug (rig->usb, "1-2", 0x12d11443, boot);
  third = expect_only (rig, "1-2", "boot-rom 0:boot");
  g_assert_cmpuint (third, ==, second + 1);
}

static void
test_two_sticks (Rig *rig, gconstpointer with_events)
{
  static const char *const other[]
      = { "ff/03/12 b81 b01 @ttyUSB6", "ff/03/10 b82 b02 @ttyUSB7", NULL };
  static const char *const other_boot[] = { "ff/ff/ff b81 b01 @ttyUSB8", NULL };
  g_autoptr (SmithStick) still = NULL;
  g_autoptr (GPtrArray) both = NULL;
  guint64 one, two;

  if (rig->usb == NULL)
    return;
  fake_usb_plug (rig->usb, "1-2", 0x12d11506, stick_ports);
  fake_usb_plug (rig->usb, "1-4.1", 0x12d11506, other);
  one = expect_only (rig, "1-2", "stick 0:at 1:modem");
  two = expect_only (rig, "1-4.1", "stick 0:at 1:modem");
  g_assert_cmpuint (one, !=, two);
  both = smith_bus_list (rig->bus);
  g_assert_cmpuint (both->len, ==, 2);
  g_assert_false (((SmithStick *) both->pdata[0])->behind_hub);
  g_assert_true (((SmithStick *) both->pdata[1])->behind_hub);
  /* One of them changes its face, and the other one never notices. */
  fake_usb_unplug (rig->usb, "1-4.1");
  fake_usb_plug (rig->usb, "1-4.1", 0x12d11443, other_boot);
  g_assert_cmpuint (expect_only (rig, "1-4.1", "boot-rom 0:boot"), >, MAX (one, two));
  still = expect_after (rig, "1-2", "stick 0:at 1:modem", 0);
  g_assert_cmpuint (still->seen, ==, one);
  g_assert_true (g_str_has_suffix (smith_stick_find_port (still, SMITH_PORT_AT), "/dev/ttyUSB0"));
  fake_usb_unplug (rig->usb, "1-2");
  g_assert_null (run_until (rig, "1-2", is_gone, NULL));
  expect_only (rig, "1-4.1", "boot-rom 0:boot");
}

/* A port is known by what is opened. Not all that has the right name, or is below
 * the same hub, is the stick's. */
static void
test_owns_port (Rig *rig, gconstpointer with_events)
{
  static const struct
  {
    const char *usb_path;
    const char *node;
    guint minor;
    gboolean owned;
  } cases[] = {
    { "1-2", "ttyUSB0", 3, TRUE },   { "1-2", "ttyUSB1", 5, TRUE },
    { "1-2", "ttyUSB0", 5, FALSE },  { "1-2", "ttyUSB0", 7, FALSE },
    { "1-2", "ttyUSB6", 7, FALSE },  { "1-2", "ttyUSB0", 9, FALSE },
    { "1-2.1", "ttyUSB6", 7, TRUE }, { "1-2.1", "ttyUSB6", 3, FALSE },
  };
  static const char *const ports[]
      = { "ff/03/12 b81 b01 @ttyUSB0=/dev/null", "ff/03/10 b82 b02 @ttyUSB1=/dev/zero", NULL };
  static const char *const other[] = { "ff/03/12 b81 b01 @ttyUSB6=/dev/full", NULL };

  if (rig->usb == NULL)
    return;
  fake_usb_plug (rig->usb, "1-2", 0x12d11506, ports);
  fake_usb_plug (rig->usb, "1-2.1", 0x12d11506, other);
  expect_only (rig, "1-2", "stick 0:at 1:modem");
  expect_only (rig, "1-2.1", "stick 0:at");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *node = fake_usb_get_node (rig->usb, cases[i].node);
      g_autoptr (SmithStick) stick = smith_bus_find (rig->bus, cases[i].usb_path);

      g_test_message ("case %u", i);
      g_assert_cmpint (smith_bus_owns_port (rig->bus, stick, node, makedev (1, cases[i].minor)), ==,
                       cases[i].owned);
    }
  fake_usb_unplug (rig->usb, "1-2.1");
  fake_usb_unplug (rig->usb, "1-2");
}

/* Nobody has to tell: who asks for it gets a picture of now. */
static void
test_rescan (Rig *rig, gconstpointer with_events)
{
  g_autoptr (SmithStick) stick = NULL;

  if (rig->usb == NULL)
    return;
  fake_usb_hush (rig->usb);
  fake_usb_plug (rig->usb, "1-2", 0x12d11506, stick_ports);
  smith_bus_rescan (rig->bus);
  stick = smith_bus_find (rig->bus, "1-2");
  g_assert_nonnull (stick);
  fake_usb_unplug (rig->usb, "1-2");
  smith_bus_rescan (rig->bus);
  g_assert_null (smith_bus_find (rig->bus, "1-2"));
}

/* Ports that come later belong to the same appearance. */
static void
test_late_ports (Rig *rig, gconstpointer with_events)
{
  guint64 seen;

  if (rig->usb == NULL)
    return;
  fake_usb_add_device (rig->usb, "1-2", 0x12d11506);
  seen = expect_only (rig, "1-2", "stick");
  fake_usb_add_interface (rig->usb, "1-2", 1, "ff/03/10 b82 b02 @ttyUSB1");
  g_assert_cmpuint (expect_only (rig, "1-2", "stick 1:modem"), ==, seen);
  fake_usb_add_interface (rig->usb, "1-2", 0, "ff/03/12 b81 b01 driver");
  fake_usb_add_child (rig->usb, "1-2", 0, "ttyUSB0");
  g_assert_cmpuint (expect_only (rig, "1-2", "stick 0:at 1:modem"), ==, seen);
}

/* A network card has no node: nobody may tell of it. */
static void
test_late_network (Rig *rig, gconstpointer with_events)
{
  if (rig->usb == NULL)
    return;
  fake_usb_plug (rig->usb, "1-2", 0x12d114dc,
                 (const char *[]){ "02/06/00 i81 driver", "0a/06/00 b82 b02", NULL });
  expect_only (rig, "1-2", "hilink");
  fake_usb_add_child (rig->usb, "1-2", 0, "enx0c5b8f279a64");
  expect_only (rig, "1-2", "hilink +enx0c5b8f279a64");
}

/* Long after it came it is looked at only when there is a reason to. */
static void
let_it_grow_old (Rig *rig)
{
  smith_deadline_set_scale (0.0001);
  fake_usb_plug (rig->usb, "1-4", 0x12d1ffff, NULL);
  expect_only (rig, "1-4", "unknown");
  run_for (400);
}

/* What only an event tells of. */
static void
test_by_event (Rig *rig, gconstpointer with_events)
{
  if (rig->usb == NULL)
    return;
  smith_deadline_set_scale (0.0001);
  fake_usb_plug (rig->usb, "1-2", 0x12d114dc, (const char *[]){ "02/06/00 i81 driver", NULL });
  let_it_grow_old (rig);
  fake_usb_add_child (rig->usb, "1-2", 0, "usb0");
  if (with_events != NULL)
    expect_only (rig, "1-2", "hilink +usb0");
  else
    {
      run_for (100);
      expect_only (rig, "1-2", "hilink");
      SMITH_BUS_GET_CLASS (rig->bus)->rescan (rig->bus);
      expect_only (rig, "1-2", "hilink +usb0");
    }
}

/* A node comes first and its permissions later. */
static void
test_late_permissions (Rig *rig, gconstpointer with_events)
{
  guint64 seen;

  if (rig->usb == NULL)
    return;
  if (!fake_usb_give_up_root ())
    {
      g_test_skip ("Permissions mean nothing to root here");
      return;
    }
  smith_deadline_set_scale (0.0001);
  fake_usb_plug (rig->usb, "1-2", 0x12d11443, boot);
  let_it_grow_old (rig);
  expect_only (rig, "1-2", "boot-rom 0:boot");
  fake_usb_set_mode (rig->usb, "ttyUSB0", 0);
  seen = expect_only (rig, "1-2", "boot-rom 0:boot!");
  /* Reading alone is not enough. */
  fake_usb_set_mode (rig->usb, "ttyUSB0", 0400);
  run_for (60);
  g_assert_cmpuint (expect_only (rig, "1-2", "boot-rom 0:boot!"), ==, seen);
  fake_usb_set_mode (rig->usb, "ttyUSB0", 0600);
  g_assert_cmpuint (expect_only (rig, "1-2", "boot-rom 0:boot"), ==, seen);
}

/* Five seconds, shortened to a tenth of one. */
static void
test_missing_driver (Rig *rig, gconstpointer with_events)
{
  guint64 seen;

  if (rig->usb == NULL)
    return;
  smith_deadline_set_scale (0.02);
  fake_usb_plug (rig->usb, "1-2", 0x12d11443,
                 (const char *[]){ "ff/ff/ff b81 b01", "08/06/50 b82 b02", NULL });
  expect_only (rig, "1-2", "boot-rom");
  seen = expect_only (rig, "1-2", "boot-rom, option missing");
  /* It is loaded after all. */
  fake_usb_add_child (rig->usb, "1-2", 0, "ttyUSB0");
  g_assert_cmpuint (expect_only (rig, "1-2", "boot-rom 0:boot"), ==, seen);
}

/* Another driver, no port of the vendor's, or the needed port there: nothing is missing. */
static void
test_no_missing_driver (Rig *rig, gconstpointer with_events)
{
  const Face faces[] = {
    { 0x12d114dc, hilink, "hilink +usb0" },
    { 0x12d11f01, cd, "cd +sr0" },
    { 0x12d11506, (const char *const[]){ "ff/03/12 b81 b01 driver", "ff/03/16 i82", NULL },
      "stick" },
    { 0x12d11443, (const char *const[]){ "ff/ff/ff b81 b01 @ttyUSB0", "ff/ff/ff b82 b02", NULL },
      "boot-rom 0:boot" },
    { 0x12d1abcd, (const char *const[]){ "ff/ff/ff b81 b01", NULL }, "unknown" },
  };

  if (rig->usb == NULL)
    return;
  smith_deadline_set_scale (0.001);
  for (gsize i = 0; i < G_N_ELEMENTS (faces); i++)
    {
      fake_usb_plug (rig->usb, "1-2", faces[i].id, faces[i].face);
      expect_only (rig, "1-2", faces[i].wanted);
      run_for (60);
      SMITH_BUS_GET_CLASS (rig->bus)->rescan (rig->bus);
      expect_only (rig, "1-2", faces[i].wanted);
      fake_usb_unplug (rig->usb, "1-2");
      g_assert_null (run_until (rig, "1-2", is_gone, NULL));
    }
}

/* What changes nothing is not told. */
static void
test_quiet (Rig *rig, gconstpointer with_events)
{
  guint before;

  if (rig->usb == NULL)
    return;
  fake_usb_plug (rig->usb, "1-2", 0x12d11506, stick_ports);
  expect_only (rig, "1-2", "stick 0:at 1:modem");
  run_for (100);
  before = rig->n_changed;
  fake_usb_plug (rig->usb, "1-3", 0x046dc077, (const char *[]){ "03/01/02 i81 driver", NULL });
  for (guint i = 0; i < 5; i++)
    {
      fake_usb_set_mode (rig->usb, "ttyUSB0", i % 2 != 0 ? 0644 : 0600);
      run_for (60);
    }
  fake_usb_unplug (rig->usb, "1-3");
  run_for (100);
  g_assert_cmpuint (rig->n_changed, ==, before);
}

/* What is plugged in when the program starts is there at once. */
static void
test_there_already (Rig *rig, gconstpointer with_events)
{
  const Wanted wanted = { "stick 0:at 1:modem", 0 };
  g_autoptr (SmithStick) stick = NULL;

  if (rig->usb == NULL)
    return;
  fake_usb_plug (rig->usb, "1-2", 0x12d11506, stick_ports);
  g_assert_finalize_object (g_steal_pointer (&rig->bus));
  rig_listen (rig);
  stick = smith_bus_find (rig->bus, "1-2");
  g_assert_true (looks_like (stick, &wanted));
}

/* From plugging in to "changed". Printed, not judged. */
static void
test_latency (Rig *rig, gconstpointer with_events)
{
  gint64 worst = 0;
  gint64 sum = 0;
  const guint n = 8;

  for (guint i = 0; rig->usb != NULL && i < n; i++)
    {
      guint before = rig->n_changed;
      gint64 start = g_get_monotonic_time ();

      fake_usb_plug (rig->usb, "1-2", 0x12d11443, boot);
      while (rig->n_changed == before)
        g_main_context_iteration (NULL, TRUE);
      sum += g_get_monotonic_time () - start;
      worst = MAX (worst, g_get_monotonic_time () - start);
      expect_only (rig, "1-2", "boot-rom 0:boot");
      fake_usb_unplug (rig->usb, "1-2");
      g_assert_null (run_until (rig, "1-2", is_gone, NULL));
    }
  if (rig->usb != NULL)
    g_test_message ("from plugging in to changed: %.1f ms, at most %.1f ms",
                    (double) sum / n / 1000, (double) worst / 1000);
}

/* The last reference may be given up anywhere while events come. */
static gpointer
rescan_and_drop (gpointer data)
{
  g_autoptr (SmithBus) bus = data;
  guint64 seen = G_MAXUINT64;

  g_assert_null (smith_bus_wait (bus, "1-2", is_new_download, &seen,
                                 smith_deadline_now () + 20000, NULL, NULL));
  for (guint i = 0; i < 20; i++)
    SMITH_BUS_GET_CLASS (bus)->rescan (bus);
  return NULL;
}

static void
test_dropped_elsewhere (Rig *rig, gconstpointer with_events)
{
  for (guint i = 0; rig->usb != NULL && i < 20; i++)
    {
      SmithUdevBus *bus = smith_udev_bus_new_at (fake_usb_get_bus_root (rig->usb));
      GThread *thread = g_thread_new ("drop", rescan_and_drop, bus);

      fake_usb_plug (rig->usb, "1-2", 0x12d11443, boot);
      run_for (25);
      fake_usb_unplug (rig->usb, "1-2");
      run_for (5);
      g_thread_join (thread);
    }
}

typedef void (*Scenario) (Rig *rig, gconstpointer with_events);

static void
add (const char *name, Scenario scenario)
{
  g_autofree char *events = g_strconcat ("/stick/udev-bus/events/", name, NULL);
  g_autofree char *silent = g_strconcat ("/stick/udev-bus/silent/", name, NULL);

  g_test_add (events, Rig, "", rig_set_up, scenario, rig_tear_down);
  g_test_add (silent, Rig, NULL, rig_set_up, scenario, rig_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  fake_usb_give_up_root ();
  /* Nobody's own catalogue of sticks. */
  g_setenv ("XDG_DATA_HOME", "/nonexistent", TRUE);
  add ("rows", test_rows);
  add ("needle", test_needle);
  add ("by-web", test_by_web);
  add ("by-debug-mode", test_by_debug_mode);
  add ("back", test_back);
  add ("waiting", test_waiting);
  add ("blind", test_blind);
  add ("unseen-return", test_unseen_return);
  add ("two-sticks", test_two_sticks);
  add ("owns-port", test_owns_port);
  add ("rescan", test_rescan);
  add ("late-ports", test_late_ports);
  add ("late-network", test_late_network);
  add ("by-event", test_by_event);
  add ("late-permissions", test_late_permissions);
  add ("missing-driver", test_missing_driver);
  add ("no-missing-driver", test_no_missing_driver);
  add ("quiet", test_quiet);
  add ("there-already", test_there_already);
  add ("latency", test_latency);
  add ("dropped-elsewhere", test_dropped_elsewhere);
  return g_test_run ();
}
