/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A job is killed in the middle of each of its steps, as a crash or a power cut
 * would do it, and gone on with by another process. The stick lives on here. */
#include "rig.h"

#include <signal.h>
#include <string.h>

#include "job/saved-state.h"
#include "simulator/practice.h"

#define VERSION "21.299.01.00.88"
#define PATIENCE_US (60 * G_USEC_PER_SEC)
#define RESTART_MS 300
#define N_PARTITIONS 3

typedef struct
{
  const char *name;
  SmithMode start;
  const char *line; /* what the job has to say first, so many times */
  guint times;
  SmithStage stage; /* and then so many messages must come to the stick */
  guint messages;
  SmithStep step; /* what the saved state tells then */
  guint partition;
  gboolean needle; /* the stick must be plugged in anew, in boot mode */
} Point;

static const Point points[] = {
  { "prepare", SMITH_MODE_HILINK, "step: boot-mode", 1, SMITH_STAGE_BOOT, 0, SMITH_STEP_PREPARE, 0,
    TRUE },
  { "boot-mode", SMITH_MODE_HILINK, "step: boot-mode", 1, SMITH_STAGE_BOOT, 0, SMITH_STEP_BOOT_MODE,
    0, TRUE },
  { "loader", SMITH_MODE_BOOT_ROM, "step: loader", 1, SMITH_STAGE_BOOT, 150, SMITH_STEP_LOADER, 0,
    TRUE },
  { "flash-first", SMITH_MODE_BOOT_ROM, "partition ", 1, SMITH_STAGE_BINARY, 40, SMITH_STEP_FLASH,
    0, FALSE },
  { "flash-middle", SMITH_MODE_BOOT_ROM, "partition ", 2, SMITH_STAGE_BINARY, 40, SMITH_STEP_FLASH,
    1, FALSE },
  { "flash-last", SMITH_MODE_BOOT_ROM, "partition ", 3, SMITH_STAGE_BINARY, 40, SMITH_STEP_FLASH, 2,
    FALSE },
  { "flash-needle", SMITH_MODE_BOOT_ROM, "partition ", 2, SMITH_STAGE_BINARY, 40, SMITH_STEP_FLASH,
    1, TRUE },
  { "come-back", SMITH_MODE_BOOT_ROM, "step: come-back", 1, SMITH_STAGE_BINARY, 0,
    SMITH_STEP_COME_BACK, N_PARTITIONS, TRUE },
};

typedef struct
{
  const Point *point;
  Rig rig;
  Files files;
  SmithPracticeFiles practice;
  char *firmware;
  char *state_path;
  GSubprocess *job;
  GString *said;
  guint heard;  /* lines that count */
  guint before; /* messages to the stick when the last of them came */
  guint64 told; /* the appearance that the job was told of last, 0 for none */
  gboolean over;
} Run;

static const char *program; /* kill-job */

/* The version stands in the last partition: of a start without having seen it
 * the virtual stick tells the version that it had at first. */
static const char description[] = "[file]\nshape=bin\n"
                                  "[firmware]\ndownload-id=0x0B\nproduct=BV7R11HS\n"
                                  "version=:BV7R11HS:SIM:" VERSION "\n"
                                  "[partition 0]\nid=0x00200000\ncontent=random:400K:1\n"
                                  "[partition 1]\nid=0x00220000\ncontent=mixed:400K:2\n"
                                  "compression=zlib\n"
                                  "[partition 2]\nid=0x000B0000\n"
                                  "content=marker:400K:3:" VERSION "\n";

static void
run_init (Run *run, const Point *point)
{
  const SmithVirtualStickConfig config = {
    .start = point->start,
    .chip = SMITH_CHIP_V7R11,
    .product_id = "BV7R11HS",
    .version = RIG_VERSION_BEFORE,
    .restart_ms = RESTART_MS,
  };
  g_autoptr (GError) error = NULL;

  memset (run, 0, sizeof *run);
  run->point = point;
  run->said = g_string_new (NULL);
  files_start (&run->files);
  smith_practice_write_files (run->files.dir, &run->practice, &error);
  g_assert_no_error (error);
  run->firmware = files_make (&run->files, "firmware.bin", description);
  run->state_path = g_build_filename (run->files.dir, "job.ini", NULL);
  rig_start (&run->rig, &config, "boot 1 delay 1 always\nbinary 1 delay 1 always\n");
}

static void
run_clear (Run *run)
{
  rig_clear (&run->rig);
  files_clear (&run->files);
  smith_practice_files_clear (&run->practice);
  g_string_free (run->said, TRUE);
  g_free (run->firmware);
  g_free (run->state_path);
}

/* Tells the job what is plugged in, if that is new: told twice of the same, it
 * would take it for a stick that left and came again. */
static void
on_changed (SmithBus *bus, Run *run)
{
  g_autoptr (SmithStick) stick = smith_bus_find (bus, "1-1");
  g_autofree char *line = NULL;
  SmithStickPort *port
      = stick != NULL && stick->ports->len > 0 ? g_ptr_array_index (stick->ports, 0) : NULL;
  guint64 seen = port != NULL ? stick->seen : 0;

  if (seen == run->told)
    return;
  run->told = seen;
  if (port != NULL)
    line = g_strdup_printf ("%s %u %u %u %u %s\n", stick->usb_path, stick->vendor, stick->product,
                            stick->mode, port->role, port->device);
  else
    line = g_strdup ("gone\n");
  g_output_stream_write_all (g_subprocess_get_stdin_pipe (run->job), line, strlen (line), NULL,
                             NULL, NULL);
}

static guint
count_messages (Run *run)
{
  return smith_virtual_stick_get_count (run->rig.stick, run->point->stage);
}

static void
on_line (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  GDataInputStream *stream = G_DATA_INPUT_STREAM (object);
  g_autofree char *line = g_data_input_stream_read_line_finish (stream, result, NULL, NULL);

  if (line == NULL)
    {
      run->over = TRUE;
      return;
    }
  g_string_append_printf (run->said, "%s\n", line);
  if (g_str_has_prefix (line, run->point->line) && ++run->heard == run->point->times)
    run->before = count_messages (run);
  g_data_input_stream_read_line_async (stream, G_PRIORITY_DEFAULT, NULL, on_line, run);
}

/* @first: with files to begin with; else it goes on */
static void
start_job (Run *run, gboolean first)
{
  const char *argv[] = { program, run->state_path, NULL, NULL, NULL };
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_autoptr (GDataInputStream) lines = NULL;
  g_autoptr (GError) error = NULL;

  if (first)
    {
      argv[2] = run->practice.loader;
      argv[3] = run->firmware;
    }
  run->over = FALSE;
  run->heard = 0;
  run->told = 0;
  g_string_truncate (run->said, 0);
  launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  /* The check of the files is over too soon to be hit by chance. */
  if (first && run->point->step == SMITH_STEP_PREPARE)
    g_subprocess_launcher_setenv (launcher, "KILL_JOB_HOLD", run->point->line, TRUE);
  run->job = g_subprocess_launcher_spawnv (launcher, argv, &error);
  g_assert_no_error (error);
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (run->job));
  g_data_input_stream_read_line_async (lines, G_PRIORITY_DEFAULT, NULL, on_line, run);
  g_signal_connect (run->rig.bus, "changed", G_CALLBACK (on_changed), run);
  on_changed (SMITH_BUS (run->rig.bus), run);
}

static void
end_job (Run *run)
{
  while (!run->over)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handlers_disconnect_by_func (run->rig.bus, on_changed, run);
  g_subprocess_wait (run->job, NULL, NULL);
}

static gboolean
on_wake (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static gboolean
is_at_point (Run *run)
{
  const Point *point = run->point;
  g_autoptr (SmithSavedState) state = NULL;

  if (run->heard < point->times || count_messages (run) < run->before + point->messages)
    return FALSE;
  state = smith_saved_state_load (run->state_path, NULL);
  return state != NULL && state->step == point->step;
}

/* Runs the job up to the point, and kills it there. */
static void
kill_at_point (Run *run)
{
  const Point *point = run->point;
  gint64 end = g_get_monotonic_time () + PATIENCE_US;
  guint wake = g_timeout_add (1, on_wake, NULL);

  start_job (run, TRUE);
  while (!is_at_point (run))
    {
      g_main_context_iteration (NULL, TRUE);
      if (run->over || g_get_monotonic_time () > end)
        g_error ("The job did not come to “%s”: %s", point->name, run->said->str);
    }
  g_source_remove (wake);
  g_subprocess_send_signal (run->job, SIGKILL);
  end_job (run);
  g_assert_true (g_subprocess_get_if_signaled (run->job));
  g_clear_object (&run->job);
}

static void
assert_state (Run *run)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithSavedState) state = smith_saved_state_load (run->state_path, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (state->usb_path, ==, "1-1");
  g_assert_cmpstr (state->version, ==, VERSION);
  g_assert_cmpstr (state->paths[0], ==, run->firmware);
  g_assert_cmpint (state->step, ==, run->point->step);
  g_assert_cmpuint (state->partition, ==, run->point->partition);
}

/* A stick in the middle of its restart is let finish it first. */
static void
plug_in_with_needle (Run *run)
{
  g_autoptr (GError) error = NULL;

  if (run->point->step == SMITH_STEP_COME_BACK)
    rig_wait_for (&run->rig, SMITH_MODE_STICK);
  smith_virtual_stick_unplug (run->rig.stick);
  smith_virtual_stick_replug (run->rig.stick, SMITH_MODE_BOOT_ROM, &error);
  g_assert_no_error (error);
}

static void
go_on (Run *run)
{
  start_job (run, FALSE);
  end_job (run);
  if (!g_subprocess_get_if_exited (run->job) || g_subprocess_get_exit_status (run->job) != 0)
    g_error ("The job did not go on after “%s”: %s", run->point->name, run->said->str);
  g_clear_object (&run->job);
}

/* Each partition as it was written last, against the file. */
static void
assert_holds (Run *run)
{
  g_autoptr (SmithItem) item = item_open (run->firmware);
  g_autoptr (GPtrArray) written = smith_virtual_stick_get_written (run->rig.stick);
  g_autoptr (GHashTable) last = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < written->len; i++)
    {
      SmithWrittenPartition *partition = g_ptr_array_index (written, i);

      g_hash_table_insert (last, GUINT_TO_POINTER (partition->id), partition);
    }
  g_assert_cmpuint (item->firmware->partitions->len, ==, N_PARTITIONS);
  g_assert_cmpuint (g_hash_table_size (last), ==, N_PARTITIONS);
  for (guint i = 0; i < N_PARTITIONS; i++)
    {
      SmithPartition *partition = g_ptr_array_index (item->firmware->partitions, i);

      g_assert_true (
          rig_is_same (g_hash_table_lookup (last, GUINT_TO_POINTER (partition->id)), partition));
    }
}

static void
test_kill (gconstpointer data)
{
  Run run;

  run_init (&run, data);
  kill_at_point (&run);
  assert_state (&run);
  if (run.point->needle)
    plug_in_with_needle (&run);
  go_on (&run);
  assert_holds (&run);
  g_assert_false (g_file_test (run.state_path, G_FILE_TEST_EXISTS));
  run_clear (&run);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  if (argc != 2)
    return 2;
  program = argv[1];
  signal (SIGPIPE, SIG_IGN); /* of a job that does not listen any more */
  for (guint i = 0; i < G_N_ELEMENTS (points); i++)
    {
      g_autofree char *path = g_strdup_printf ("/kill/%s", points[i].name);

      g_test_add_data_func (path, &points[i], test_kill);
    }
  return g_test_run ();
}
