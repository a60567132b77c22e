/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long the main loop is away while a large firmware goes through the window:
 * checked, and then written as fast as a stick can take it. */
#include "steps.h"

#include <glib/gstdio.h>
#include <time.h>

#include "link/deadline.h"
#include "simulator/fixture.h"

#define BEAT_MS 1
#define PATIENCE_US (150 * G_USEC_PER_SEC)
#define FRAME_US 16000                   /* what nobody sees */
#define GENEROUS_US (G_USEC_PER_SEC / 2) /* what a busy machine may take */
#define N_PARTITIONS 4
#define SIZE_MB 64
#define VERSION "21.299.01.00.99"

/* One gap between two beats. */
typedef struct
{
  gint64 wall; /* microseconds */
  gint64 work; /* of them, how long the main thread itself was at work */
} Gap;

typedef struct
{
  GArray *gaps; /* Gap */
  gint64 last;
  gint64 last_work;
  guint source;
} Beat;

/* Processor time of this thread: tells work in it from waiting for a processor. */
static gint64
work_now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * G_USEC_PER_SEC + time.tv_nsec / 1000;
}

static gboolean
on_beat (gpointer data)
{
  Beat *beat = data;
  gint64 now = g_get_monotonic_time ();
  gint64 work = work_now ();
  Gap gap = { now - beat->last, work - beat->last_work };

  g_array_append_val (beat->gaps, gap);
  beat->last = now;
  beat->last_work = work;
  return G_SOURCE_CONTINUE;
}

static void
beat_start (Beat *beat)
{
  beat->gaps = g_array_new (FALSE, FALSE, sizeof (Gap));
  beat->last = g_get_monotonic_time ();
  beat->last_work = work_now ();
  beat->source = g_timeout_add_full (G_PRIORITY_HIGH, BEAT_MS, on_beat, beat, NULL);
}

static int
by_wall (gconstpointer a, gconstpointer b)
{
  const Gap *x = a;
  const Gap *y = b;

  return x->wall < y->wall ? -1 : x->wall > y->wall;
}

static int
by_work (gconstpointer a, gconstpointer b)
{
  const Gap *x = a;
  const Gap *y = b;

  return x->work < y->work ? -1 : x->work > y->work;
}

static const Gap *
quantile (GArray *gaps, double part)
{
  return &g_array_index (gaps, Gap, (guint) (gaps->len * part - 1e-6));
}

/* The figure counts; what is asserted leaves room for a busy machine. */
static void
beat_stop (Beat *beat, const char *what)
{
  guint late = 0;
  gint64 worst;

  on_beat (beat);
  g_source_remove (beat->source);
  for (guint i = 0; i < beat->gaps->len; i++)
    late += g_array_index (beat->gaps, Gap, i).wall > FRAME_US;
  g_array_sort (beat->gaps, by_wall);
  worst = quantile (beat->gaps, 1)->wall;
  g_test_message ("%s: worst gap %.1f ms (%.1f ms of it work), 99.9 %% below %.1f ms, "
                  "%u of %u above %d ms",
                  what, (double) worst / 1000, (double) quantile (beat->gaps, 1)->work / 1000,
                  (double) quantile (beat->gaps, 0.999)->wall / 1000, late, beat->gaps->len,
                  FRAME_US / 1000);
  g_array_sort (beat->gaps, by_work);
  g_test_message ("%s: most work between two beats %.1f ms, 99.9 %% below %.1f ms", what,
                  (double) quantile (beat->gaps, 1)->work / 1000,
                  (double) quantile (beat->gaps, 0.999)->work / 1000);
  g_array_unref (beat->gaps);
  g_assert_cmpint (worst, <, GENEROUS_US);
}

static GBytes *
make_firmware (void)
{
  static const guint32 ids[N_PARTITIONS] = { 0x00090000, 0x00250000, 0x00590000, 0x000B0000 };
  g_autoptr (GString) text = g_string_new ("[file]\nshape=bin\n"
                                           "[firmware]\ndownload-id=0x0B\nproduct=BV7R11HS\n"
                                           "version=:BV7R11HS:SIM:" VERSION "\n");
  g_autoptr (GError) error = NULL;
  GBytes *made;

  for (guint i = 0; i < N_PARTITIONS; i++)
    g_string_append_printf (text, "[partition %u]\nid=0x%08X\ncontent=random:%uM:%u\n", i, ids[i],
                            SIZE_MB / N_PARTITIONS, i + 1);
  /* By this the stick knows which version it has when it is back. */
  g_string_append_printf (text, "[partition %d]\nid=0x00220000\ncontent=marker:64K:9:" VERSION "\n",
                          N_PARTITIONS);
  made = smith_fixture_build (text->str, &error);
  g_assert_no_error (error);
  return made;
}

typedef struct
{
  char *folder;
  char *firmware;
  SmithPracticeFiles practice;
} Files;

static void
files_make (Files *files)
{
  g_autoptr (GBytes) made = make_firmware ();
  gsize size;
  const char *data = g_bytes_get_data (made, &size);
  g_autoptr (GError) error = NULL;

  files->folder = g_dir_make_tmp ("sticksmith-XXXXXX", &error);
  g_assert_no_error (error);
  files->firmware = g_build_filename (files->folder, "large.bin", NULL);
  g_file_set_contents (files->firmware, data, (gssize) size, &error);
  g_assert_no_error (error);
  smith_practice_write_files (files->folder, &files->practice, &error);
  g_assert_no_error (error);
}

static void
files_remove (Files *files)
{
  g_unlink (files->firmware);
  g_unlink (files->practice.loader);
  g_unlink (files->practice.stick);
  g_unlink (files->practice.hilink);
  g_rmdir (files->folder);
  smith_practice_files_clear (&files->practice);
  g_free (files->firmware);
  g_free (files->folder);
}

static gboolean
has_files (SmithWindow *window)
{
  return smith_session_has_files (steps_session_of (window));
}

/* Only waits: nothing but the window and the beat is at work in the loop. */
static void
wait_for (SmithWindow *window, HarnessFunc func, const char *what)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_US;

  while (!func (window))
    {
      g_main_context_iteration (NULL, TRUE);
      if (g_get_monotonic_time () > end)
        g_error ("It did not come to this: %s", what);
    }
}

static void
check_files (SmithWindow *window, const Files *files)
{
  SmithSession *session = steps_session_of (window);
  Beat beat;

  beat_start (&beat);
  smith_session_take_file (session, files->practice.loader, SMITH_WANT_ANY);
  smith_session_take_file (session, files->firmware, SMITH_WANT_ANY);
  wait_for (window, has_files, "both files are good");
  beat_stop (&beat, "checking");
}

static void
write_files (SmithWindow *window)
{
  SmithJobStatus status;
  gint64 start;
  Beat beat;
  double seconds;

  wait_for (window, steps_has_question_or_end, "the job asks or ends");
  g_assert_true (steps_is_asking (window));
  harness_settle ();
  start = g_get_monotonic_time ();
  beat_start (&beat);
  steps_say_yes (window);
  wait_for (window, steps_is_over, "the job is over");
  seconds = (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
  harness_settle ();
  beat_stop (&beat, "writing");
  smith_session_get_status (steps_session_of (window), &status);
  g_assert_cmpuint (status.bytes_total, >=, (guint64) SIZE_MB << 20);
  g_test_message ("%d MB in %.1f s", SIZE_MB, seconds);
}

/* @data: whether the log is to be seen meanwhile */
static void
test_heartbeat (gconstpointer data)
{
  SmithWindow *window = harness_practise ("all-well", 0);
  Files files = { NULL };

  files_make (&files);
  steps_begin (window);
  harness_settle ();
  check_files (window, &files);
  steps_next (window);
  harness_wait_page (window, SMITH_PAGE_BOOT);
  harness_settle ();
  if (GPOINTER_TO_INT (data))
    g_action_group_activate_action (G_ACTION_GROUP (window), "show-log", NULL);
  steps_start_job (window);
  write_files (window);
  steps_assert_done (window);
  harness_close (window);
  files_remove (&files);
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  smith_deadline_set_scale (0.1);
  g_test_add_data_func ("/heartbeat/plain", GINT_TO_POINTER (FALSE), test_heartbeat);
  g_test_add_data_func ("/heartbeat/with-log", GINT_TO_POINTER (TRUE), test_heartbeat);
  return g_test_run ();
}
