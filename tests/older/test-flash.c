/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What commands do at a port that the bus knows, by the real command line. */
#include "../whole/rig.h"

#include <string.h>

#include "../stick/fake-usb.h"

/* Only against hangs. */
#define HARD_BOUND_S 150

enum
{
  DONE = 0,
  REFUSED = 3,
};

static const char *program;

static gboolean
on_hang (gpointer data)
{
  g_error ("The program does not end");
  return G_SOURCE_REMOVE;
}

typedef struct
{
  gboolean is_over;
  char *output;
} Run;

static void
on_output (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  g_autoptr (GError) error = NULL;

  g_subprocess_communicate_utf8_finish (G_SUBPROCESS (object), result, &run->output, NULL, &error);
  g_assert_no_error (error);
  run->is_over = TRUE;
}

static int
call (const char *const *words, char **output)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process
      = g_subprocess_newv (words, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE,
                           &error);
  guint hang = g_timeout_add_seconds (HARD_BOUND_S, on_hang, NULL);
  Run run = { .output = NULL };

  g_assert_no_error (error);
  g_subprocess_communicate_utf8_async (process, NULL, NULL, on_output, &run);
  while (!run.is_over)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (hang);
  g_test_message ("%s", run.output);
  *output = run.output;
  if (!g_subprocess_get_if_exited (process))
    g_error ("The program was ended by signal %d", g_subprocess_get_term_sig (process));
  return g_subprocess_get_exit_status (process);
}

static int
flash (const char *device, const char *file, const char *report, char **output)
{
  const char *const words[] = { program, "flash",    "--yes", "--time-scale", "0.25", "--port",
                                device,  "--report", report,  file,           NULL };

  return call (words, output);
}

/* The port's name on the machine that is made up. */
static char *
find_device (SmithPortRole role)
{
  g_autoptr (SmithUdevBus) bus = smith_udev_bus_new ();
  g_autoptr (SmithStick) stick = smith_bus_find (SMITH_BUS (bus), RIG_PLACE);

  g_assert_nonnull (stick);
  return g_strdup (smith_stick_find_port (stick, role));
}

static void
test_flash (void)
{
  static const struct
  {
    SmithMode start;
    SmithPortRole role;
    SmithPracticeKind file;
    gboolean generic;
    int status;
    const char *said;
    const char *kept; /* in the report */
  } cases[] = {
    { SMITH_MODE_DOWNLOAD, SMITH_PORT_DOWNLOAD, SMITH_PRACTICE_E1550, FALSE, DONE,
      "Every part was confirmed", "asked in frames only" },
    { SMITH_MODE_DOWNLOAD, SMITH_PORT_DOWNLOAD, SMITH_PRACTICE_E392, FALSE, REFUSED,
      "made for HUAWEI E392", "written: nothing" },
    { SMITH_MODE_DOWNLOAD, SMITH_PORT_DOWNLOAD, SMITH_PRACTICE_STICK, FALSE, REFUSED, "HUAWEI E155",
      "written: nothing" },
    { SMITH_MODE_DOWNLOAD, SMITH_PORT_DOWNLOAD, SMITH_PRACTICE_E1550, TRUE, REFUSED, "plain one",
      "< 03 00 06" },
    { SMITH_MODE_STICK, SMITH_PORT_AT, SMITH_PRACTICE_E1550, FALSE, REFUSED, "download mode",
      "12d1:1001, stick" },
  };

  if (!fake_usb_has_umockdev ())
    {
      g_test_skip ("umockdev is not loaded: run this through meson test or umockdev-wrapper");
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SmithVirtualStickConfig config = rig_e1550;
      g_autofree char *device = NULL;
      g_autofree char *report = NULL;
      g_autofree char *kept = NULL;
      g_autofree char *output = NULL;
      g_autoptr (GError) error = NULL;
      Rig rig;

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      rig_set_up (&rig, FALSE, RIG_ABSENT);
      config.start = cases[i].start;
      config.generic_loader = cases[i].generic;
      rig_plug (&rig, &config);
      device = find_device (cases[i].role);
      report = g_build_filename (rig.folder, "report.txt", NULL);
      g_assert_cmpint (flash (device, smith_practice_files_get_firmware (&rig.files, cases[i].file),
                              report, &output),
                       ==, cases[i].status);
      g_assert_nonnull (strstr (output, cases[i].said));
      g_file_get_contents (report, &kept, NULL, &error);
      g_assert_no_error (error);
      g_test_message ("%s", kept);
      g_assert_nonnull (strstr (kept, cases[i].kept));
      /* Nothing in text but to firmware that knows it, and nothing of where files are. */
      g_assert_cmpint (strstr (kept, "> AT") != NULL, ==, cases[i].start == SMITH_MODE_STICK);
      g_assert_null (strstr (kept, rig.folder));
      g_assert_cmpuint (smith_virtual_stick_get_offences (rig.stick), ==, 0);
      if (cases[i].status != DONE)
        {
          g_autoptr (GPtrArray) written = smith_virtual_stick_get_written (rig.stick);

          g_assert_cmpuint (written->len, ==, 0);
        }
      rig_tear_down (&rig);
    }
}

/* Flashes, with the last message going wrong by @fault, and tells how many there were. */
static void
flash_till_restart (const char *fault, char **output, char **kept, guint *n_messages)
{
  g_autofree char *line
      = fault != NULL ? g_strdup_printf ("binary %u %s\n", *n_messages, fault) : g_strdup ("");
  g_autoptr (GError) error = NULL;
  g_autoptr (SmithFaultScript) faults = smith_fault_script_parse (line, &error);
  SmithVirtualStickConfig config = rig_e1550;
  g_autofree char *device = NULL;
  g_autofree char *report = NULL;
  Rig rig;

  g_assert_no_error (error);
  /* Who blocks takes no events, and only so many fit into umockdev's socket. */
  rig_set_up (&rig, FALSE, RIG_ABSENT);
  config.start = SMITH_MODE_DOWNLOAD;
  config.faults = faults;
  rig_plug (&rig, &config);
  device = find_device (SMITH_PORT_DOWNLOAD);
  report = g_build_filename (rig.folder, "report.txt", NULL);
  g_assert_cmpint (flash (device,
                          smith_practice_files_get_firmware (&rig.files, SMITH_PRACTICE_E1550),
                          report, output),
                   ==, DONE);
  g_file_get_contents (report, kept, NULL, &error);
  g_assert_no_error (error);
  *n_messages = smith_virtual_stick_get_count (rig.stick, SMITH_STAGE_BINARY);
  rig_tear_down (&rig);
}

/* What did not say that it restarts is looked for. */
static void
test_restart (void)
{
  static const struct
  {
    const char *fault;
    const char *said;
    const char *kept;
  } cases[] = {
    { NULL, "the stick restarts now", "restart: confirmed\n" },
    { "lost", "the stick restarts now", "restart: not confirmed, but seen\n" },
    { "replug", "did not confirm it: unplug it", "restart: not confirmed\n" },
  };
  guint n_messages = 0;

  if (!fake_usb_has_umockdev ())
    {
      g_test_skip ("umockdev is not loaded: run this through meson test or umockdev-wrapper");
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *output = NULL;
      g_autofree char *kept = NULL;
      guint n = n_messages;

      flash_till_restart (cases[i].fault, &output, &kept, &n);
      if (i == 0)
        n_messages = n;
      g_assert_nonnull (strstr (output, cases[i].said));
      g_assert_nonnull (strstr (kept, cases[i].kept));
      g_assert_cmpint (strstr (output, "Waiting for the stick to restart") != NULL, ==, i > 0);
    }
}

/* A loader that knows frames only is sent no text: not a byte. */
static void
test_text (void)
{
  static const struct
  {
    SmithMode start;
    SmithPortRole role;
    const char *words[3];
    int status;
  } cases[] = {
    { SMITH_MODE_DOWNLOAD, SMITH_PORT_DOWNLOAD, { "at", "ATI" }, REFUSED },
    { SMITH_MODE_DOWNLOAD, SMITH_PORT_DOWNLOAD, { "reactivate", "--yes" }, REFUSED },
    { SMITH_MODE_DOWNLOAD, SMITH_PORT_DOWNLOAD, { "reactivate", "--yes", "--no-cd" }, REFUSED },
    { SMITH_MODE_STICK, SMITH_PORT_AT, { "at", "ATI" }, DONE },
  };

  if (!fake_usb_has_umockdev ())
    {
      g_test_skip ("umockdev is not loaded: run this through meson test or umockdev-wrapper");
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SmithVirtualStickConfig config = rig_e1550;
      g_autofree char *device = NULL;
      g_autofree char *output = NULL;
      Rig rig;

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      rig_set_up (&rig, FALSE, RIG_ABSENT);
      config.start = cases[i].start;
      rig_plug (&rig, &config);
      device = find_device (cases[i].role);
      {
        const char *const words[]
            = { program, cases[i].words[0], "--time-scale",    "0.25", "--port",
                device,  cases[i].words[1], cases[i].words[2], NULL };

        g_assert_cmpint (call (words, &output), ==, cases[i].status);
      }
      if (cases[i].status == REFUSED)
        {
          g_assert_nonnull (strstr (output, "takes no AT commands"));
          rig_assert_untouched (rig.stick);
        }
      else
        g_assert_nonnull (strstr (output, "OK"));
      rig_tear_down (&rig);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  program = argv[1];
  g_test_add_func ("/older/flash", test_flash);
  g_test_add_func ("/older/restart", test_restart);
  g_test_add_func ("/older/text", test_text);
  return g_test_run ();
}
