/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "format/error.h"
#include "link/deadline.h"
#include "stick/bus.h"

#define FAR_US (300 * G_USEC_PER_SEC)

/* Only against hangs. */
#define HARD_BOUND_US (60 * G_USEC_PER_SEC)

/* A bus that finds a stick only when it looks again. */
#define TEST_TYPE_BUS (test_bus_get_type ())
G_DECLARE_FINAL_TYPE (TestBus, test_bus, TEST, BUS, SmithBus)

struct _TestBus
{
  SmithBus parent_instance;
  gint n_rescans;
  gint appears_at; /* the rescan at which a stick is there; 0: never */
};

G_DEFINE_TYPE (TestBus, test_bus, SMITH_TYPE_BUS)

static void
publish (gpointer bus, const char *usb_path, SmithMode mode, guint64 seen)
{
  GPtrArray *sticks = g_ptr_array_new_with_free_func ((GDestroyNotify) smith_stick_unref);

  if (usb_path != NULL)
    {
      SmithStick *stick = smith_stick_new (usb_path, 0x12d1, 0x1443, mode);

      stick->seen = seen;
      g_ptr_array_add (sticks, stick);
    }
  smith_bus_publish (SMITH_BUS (bus), sticks);
}

static void
test_bus_rescan (SmithBus *bus)
{
  TestBus *self = TEST_BUS (bus);

  if (g_atomic_int_add (&self->n_rescans, 1) + 1 == self->appears_at)
    publish (bus, "1-1", SMITH_MODE_DOWNLOAD, 9);
}

static void
test_bus_class_init (TestBusClass *klass)
{
  SMITH_BUS_CLASS (klass)->rescan = test_bus_rescan;
}

static void
test_bus_init (TestBus *bus)
{
}

static TestBus *
make_bus (void)
{
  return g_object_new (TEST_TYPE_BUS, NULL);
}

static gboolean
has_mode (SmithStick *stick, gpointer user_data)
{
  return (int) stick->mode == GPOINTER_TO_INT (user_data);
}

static SmithStick *
wait_for_mode (gpointer bus, SmithMode mode, gint64 us, GCancellable *cancellable, GError **error)
{
  return smith_bus_wait (SMITH_BUS (bus), "1-1", has_mode, GINT_TO_POINTER (mode),
                         smith_deadline_now () + us, cancellable, error);
}

static void
test_stick (void)
{
  g_autoptr (SmithStick) stick = smith_stick_new ("1-2.3", 0x12d1, 0x1506, SMITH_MODE_STICK);
  g_autoptr (SmithStick) same = smith_stick_ref (stick);

  g_assert_true (same == stick);
  g_assert_cmpstr (stick->usb_path, ==, "1-2.3");
  g_assert_cmpuint (stick->seen, ==, 0);
  g_assert_null (smith_stick_find_port (stick, SMITH_PORT_AT));
  smith_stick_add_port (stick, "/dev/ttyUSB0", 0, SMITH_PORT_MODEM);
  smith_stick_add_port (stick, "/dev/ttyUSB2", 2, SMITH_PORT_AT);
  smith_stick_add_port (stick, "/dev/ttyUSB3", 3, SMITH_PORT_AT);
  g_assert_cmpstr (smith_stick_find_port (stick, SMITH_PORT_AT), ==, "/dev/ttyUSB2");
  g_assert_cmpstr (smith_stick_find_port (stick, SMITH_PORT_MODEM), ==, "/dev/ttyUSB0");
  g_assert_null (smith_stick_find_port (stick, SMITH_PORT_BOOT));
  g_assert_cmpuint (((SmithStickPort *) stick->ports->pdata[1])->interface_number, ==, 2);

  g_assert_cmpstr (smith_mode_name (SMITH_MODE_BOOT_ROM), ==, "boot-rom");
  g_assert_cmpstr (smith_mode_name ((SmithMode) 99), ==, "unknown");
  g_assert_cmpstr (smith_port_role_name (SMITH_PORT_DIAGNOSTICS), ==, "diagnostics");
  g_assert_cmpstr (smith_port_role_name ((SmithPortRole) 99), ==, "unknown");
}

static void
test_list (void)
{
  g_autoptr (TestBus) bus = make_bus ();
  g_autoptr (GPtrArray) before = smith_bus_list (SMITH_BUS (bus));
  g_autoptr (GPtrArray) after = NULL;
  g_autoptr (SmithStick) stick = NULL;

  g_assert_cmpuint (before->len, ==, 0);
  g_assert_null (smith_bus_find (SMITH_BUS (bus), "1-1"));
  publish (bus, "1-1", SMITH_MODE_STICK, 1);
  after = smith_bus_list (SMITH_BUS (bus));
  g_assert_cmpuint (before->len, ==, 0);
  g_assert_cmpuint (after->len, ==, 1);
  stick = smith_bus_find (SMITH_BUS (bus), "1-1");
  g_assert_true (stick == g_ptr_array_index (after, 0));
  g_assert_null (smith_bus_find (SMITH_BUS (bus), "1-10"));
  g_assert_null (smith_bus_find (SMITH_BUS (bus), "1"));
  publish (bus, NULL, SMITH_MODE_UNKNOWN, 0);
  g_assert_null (smith_bus_find (SMITH_BUS (bus), "1-1"));
  /* What somebody holds lives on. */
  g_assert_cmpstr (stick->usb_path, ==, "1-1");
}

/* Found without waiting, even if no time is left at all. */
static void
test_there_already (void)
{
  g_autoptr (TestBus) bus = make_bus ();
  g_autoptr (SmithStick) stick = NULL;
  g_autoptr (SmithStick) again = NULL;
  g_autoptr (GError) error = NULL;

  publish (bus, "1-1", SMITH_MODE_DOWNLOAD, 3);
  stick = wait_for_mode (bus, SMITH_MODE_DOWNLOAD, FAR_US, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (stick->seen, ==, 3);
  again = wait_for_mode (bus, SMITH_MODE_DOWNLOAD, -1000, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (again == stick);
  g_assert_cmpint (bus->n_rescans, ==, 0);
}

static gpointer
publish_soon (gpointer bus)
{
  g_usleep (30000);
  publish (bus, "2-1", SMITH_MODE_DOWNLOAD, 1);
  publish (bus, "1-1", SMITH_MODE_BOOT_ROM, 2);
  g_usleep (30000);
  publish (bus, "1-1", SMITH_MODE_DOWNLOAD, 3);
  return NULL;
}

static void
test_publish_wakes (void)
{
  g_autoptr (TestBus) bus = make_bus ();
  GThread *thread = g_thread_new ("publish", publish_soon, bus);
  gint64 start = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithStick) stick = NULL;

  stick = wait_for_mode (bus, SMITH_MODE_DOWNLOAD, FAR_US, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (stick->usb_path, ==, "1-1");
  g_assert_cmpuint (stick->seen, ==, 3);
  g_assert_cmpint (g_get_monotonic_time () - start, <, HARD_BOUND_US);
  g_thread_join (thread);
}

static gpointer
cancel_soon (gpointer cancellable)
{
  g_usleep (30000);
  g_cancellable_cancel (cancellable);
  return NULL;
}

static void
test_cancel_wakes (void)
{
  g_autoptr (TestBus) bus = make_bus ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GThread *thread = g_thread_new ("cancel", cancel_soon, cancellable);
  gint64 start = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;

  g_assert_null (wait_for_mode (bus, SMITH_MODE_DOWNLOAD, FAR_US, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_thread_join (thread);
  /* Cancelled before, and although the stick is there. */
  publish (bus, "1-1", SMITH_MODE_DOWNLOAD, 1);
  g_assert_null (wait_for_mode (bus, SMITH_MODE_DOWNLOAD, FAR_US, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (g_get_monotonic_time () - start, <, HARD_BOUND_US);
}

static void
test_deadline_wakes (void)
{
  g_autoptr (TestBus) bus = make_bus ();
  gint64 start = g_get_monotonic_time ();
  g_autoptr (GError) error = NULL;

  publish (bus, "1-1", SMITH_MODE_BOOT_ROM, 1);
  g_assert_null (wait_for_mode (bus, SMITH_MODE_DOWNLOAD, 100000, NULL, &error));
  g_assert_error (error, SMITH_ERROR, SMITH_ERROR_TIMEOUT);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 100000);
  g_assert_cmpint (g_get_monotonic_time () - start, <, HARD_BOUND_US);
}

/* Events may be missed: who waits looks again by himself. */
static void
test_rescan (void)
{
  g_autoptr (TestBus) bus = make_bus ();
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithStick) stick = NULL;

  bus->appears_at = 2;
  stick = wait_for_mode (bus, SMITH_MODE_DOWNLOAD, FAR_US, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (stick->seen, ==, 9);
  g_assert_cmpint (bus->n_rescans, ==, 2);
}

/* Iterates @context until it is idle for a moment. */
static void
run_context (GMainContext *context)
{
  for (guint i = 0; i < 20; i++)
    {
      while (g_main_context_iteration (context, FALSE))
        continue;
      g_usleep (500);
    }
}

typedef struct
{
  GThread *thread; /* where "changed" must be emitted */
  gint n;
} Changes;

static void
on_changed (SmithBus *bus, gpointer user_data)
{
  Changes *changes = user_data;

  g_assert_true (g_thread_self () == changes->thread);
  g_atomic_int_inc (&changes->n);
}

static gpointer
publish_a_lot (gpointer bus)
{
  for (guint i = 0; i < 50; i++)
    publish (bus, "1-1", SMITH_MODE_STICK, i);
  return NULL;
}

static void
test_changed (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (TestBus) bus = NULL;
  Changes changes = { .thread = g_thread_self () };

  g_main_context_push_thread_default (context);
  bus = make_bus ();
  g_main_context_pop_thread_default (context);
  g_signal_connect (bus, "changed", G_CALLBACK (on_changed), &changes);
  g_thread_join (g_thread_new ("publish", publish_a_lot, bus));
  run_context (NULL);
  g_assert_cmpint (changes.n, ==, 0);
  run_context (context);
  g_assert_cmpint (changes.n, ==, 1);
  publish (bus, NULL, SMITH_MODE_UNKNOWN, 0);
  run_context (context);
  g_assert_cmpint (changes.n, ==, 2);
  /* One that is due when the bus goes is never told. */
  publish (bus, NULL, SMITH_MODE_UNKNOWN, 0);
  g_assert_finalize_object (g_steal_pointer (&bus));
  run_context (context);
  g_assert_cmpint (changes.n, ==, 2);
}

typedef struct
{
  GMainContext *context;
  gint stop;
} Loop;

static gpointer
run_loop (gpointer data)
{
  Loop *loop = data;

  g_assert_true (g_main_context_acquire (loop->context));
  while (!g_atomic_int_get (&loop->stop))
    if (!g_main_context_iteration (loop->context, FALSE))
      g_thread_yield ();
  g_main_context_release (loop->context);
  return NULL;
}

#define N_BUSES 2000

/* The last reference is given up here while "changed" is emitted there. */
static void
test_freed_while_emitting (void)
{
  Loop loop = { .context = g_main_context_new () };
  g_autofree TestBus **buses = g_new0 (TestBus *, N_BUSES);
  GThread *thread;

  g_main_context_push_thread_default (loop.context);
  for (guint i = 0; i < N_BUSES; i++)
    buses[i] = make_bus ();
  g_main_context_pop_thread_default (loop.context);
  thread = g_thread_new ("loop", run_loop, &loop);
  for (guint i = 0; i < N_BUSES; i++)
    {
      publish (buses[i], "1-1", SMITH_MODE_STICK, i);
      for (guint k = 0; k < i % 40; k++)
        g_thread_yield ();
      g_object_unref (buses[i]);
    }
  g_atomic_int_set (&loop.stop, TRUE);
  g_thread_join (thread);
  g_main_context_unref (loop.context);
}

#define N_THREADS 8
#define N_ROUNDS 60

typedef struct
{
  TestBus *bus;
  guint index;
  gint *round;
} Waiter;

static gboolean
has_come_so_far (SmithStick *stick, gpointer user_data)
{
  return stick->seen >= GPOINTER_TO_UINT (user_data);
}

/* Every third round is cancelled instead of waited for. */
static gpointer
wait_many_times (gpointer data)
{
  Waiter *waiter = data;

  for (guint round = 1; round <= N_ROUNDS; round++)
    {
      gboolean cancels = (round + waiter->index) % 3 == 0;
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      GThread *canceller = cancels ? g_thread_new ("cancel", cancel_soon, cancellable) : NULL;
      g_autoptr (GPtrArray) list = smith_bus_list (SMITH_BUS (waiter->bus));
      g_autoptr (GError) error = NULL;
      g_autoptr (SmithStick) stick
          = smith_bus_wait (SMITH_BUS (waiter->bus), "1-1", has_come_so_far,
                            GUINT_TO_POINTER (cancels ? G_MAXUINT32 : round),
                            smith_deadline_now () + FAR_US, cancellable, &error);

      if (cancels)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      else
        g_assert_cmpuint (stick->seen, >=, round);
      if (canceller != NULL)
        g_thread_join (canceller);
    }
  g_atomic_int_inc (waiter->round);
  return NULL;
}

static void
test_many_threads (void)
{
  g_autoptr (TestBus) bus = make_bus ();
  GThread *threads[N_THREADS];
  Waiter waiters[N_THREADS];
  gint done = 0;
  guint seen = 0;

  for (guint i = 0; i < N_THREADS; i++)
    {
      waiters[i] = (Waiter){ bus, i, &done };
      threads[i] = g_thread_new ("waiter", wait_many_times, &waiters[i]);
    }
  while (g_atomic_int_get (&done) < N_THREADS)
    {
      publish (bus, "1-1", SMITH_MODE_STICK, ++seen);
      g_usleep (1000);
    }
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stick/bus/stick", test_stick);
  g_test_add_func ("/stick/bus/list", test_list);
  g_test_add_func ("/stick/bus/there-already", test_there_already);
  g_test_add_func ("/stick/bus/publish-wakes", test_publish_wakes);
  g_test_add_func ("/stick/bus/cancel-wakes", test_cancel_wakes);
  g_test_add_func ("/stick/bus/deadline-wakes", test_deadline_wakes);
  g_test_add_func ("/stick/bus/rescan", test_rescan);
  g_test_add_func ("/stick/bus/changed", test_changed);
  g_test_add_func ("/stick/bus/freed-while-emitting", test_freed_while_emitting);
  g_test_add_func ("/stick/bus/many-threads", test_many_threads);
  return g_test_run ();
}
