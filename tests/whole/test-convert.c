/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole conversion by the real command line, on a machine whose sysfs, /dev
 * and system bus are made up and whose stick exists only here. */
#include "rig.h"

#include "../stick/fake-usb.h"

/* Only against hangs. */
#define HARD_BOUND_S 150

/* What waits for nothing but time is shortened; an answer may still take seconds. */
#define TIME_SCALE "0.25"

#define MAX_WORDS 24

/* A program that has been started looks around by then. */
#define PLUG_LATER_MS 1000

static const char *program;

/* One run of the program. */
typedef struct
{
  Rig *rig;
  GSubprocess *process;
  GDataInputStream *lines;
  GString *output;
  gboolean is_over;
  int status;
  gboolean needle; /* plug the stick in with the needle when asked to */
} Run;

static void read_line (Run *run);

/* What a person does who is told to. */
static void
take_the_needle (Run *run)
{
  g_autoptr (GError) error = NULL;

  run->needle = FALSE;
  smith_virtual_stick_replug (run->rig->stick, SMITH_MODE_BOOT_ROM, &error);
  g_assert_no_error (error);
}

static void
on_line (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *line
      = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (object), result, NULL, &error);

  g_assert_no_error (error);
  if (line == NULL)
    {
      run->is_over = TRUE;
      return;
    }
  g_test_message ("> %s", line);
  g_string_append_printf (run->output, "%s\n", line);
  if (run->needle && strstr (line, "boot contact") != NULL)
    take_the_needle (run);
  read_line (run);
}

static void
read_line (Run *run)
{
  g_data_input_stream_read_line_async (run->lines, G_PRIORITY_DEFAULT, NULL, on_line, run);
}

static gboolean
is_over (gpointer data)
{
  return ((Run *) data)->is_over;
}

static gboolean
on_hang (gpointer data)
{
  Run *run = data;

  g_error ("The program does not end. So far:\n%s", run->output->str);
  return G_SOURCE_REMOVE;
}

static GSubprocess *
spawn (Rig *rig, const char *const *words)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  g_subprocess_launcher_setenv (launcher, "DBUS_SYSTEM_BUS_ADDRESS", bus_get_address (), TRUE);
  g_subprocess_launcher_setenv (launcher, "XDG_STATE_HOME", rig->folder, TRUE);
  g_subprocess_launcher_setenv (launcher, "XDG_DATA_HOME", rig->folder, TRUE);
  process = g_subprocess_launcher_spawnv (launcher, words, &error);
  g_assert_no_error (error);
  return process;
}

/* Returns: the program's exit status; @output: what it said */
static int
run_program (Rig *rig, gboolean needle, const char *const *words, char **output)
{
  Run run = { .rig = rig, .output = g_string_new (NULL), .needle = needle };
  g_autoptr (GError) error = NULL;
  guint hang;

  run.process = spawn (rig, words);
  run.lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (run.process));
  hang = g_timeout_add_seconds (HARD_BOUND_S, on_hang, &run);
  read_line (&run);
  while (!is_over (&run))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (hang);
  g_subprocess_wait (run.process, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (run.process));
  run.status = g_subprocess_get_exit_status (run.process);
  g_object_unref (run.lines);
  g_object_unref (run.process);
  *output = g_string_free (run.output, FALSE);
  return run.status;
}

/* Returns: the exit status of "convert" with @more; @output: what it said */
static int
convert_with (Rig *rig, gboolean needle, const char *const *more, char **output)
{
  const char *words[MAX_WORDS] = { program,
                                   "convert",
                                   "--yes",
                                   "--time-scale",
                                   TIME_SCALE,
                                   "--web-address",
                                   bridge_get_web_address (rig->bridge) };

  for (guint i = 0; more[i] != NULL; i++)
    words[7 + i] = more[i];
  return run_program (rig, needle, words, output);
}

/* How one conversion goes. */
typedef struct
{
  const SmithVirtualStickConfig *stick;
  SmithPracticeKind firmware;
  const char *loads; /* "loader": with a loader for the needle */
  gboolean refuses_entry;
  gboolean refuses_switch;
  guint16 faces[6]; /* which must have been seen, each as often as it is here */
  SmithMode ends;
} Way;

static const Way ways[] = {
  { &rig_hilink,
    SMITH_PRACTICE_STICK,
    NULL,
    FALSE,
    FALSE,
    { 0x14dc, 0x1442, 0x14fe, 0x1506 },
    SMITH_MODE_STICK },
  { &rig_hilink,
    SMITH_PRACTICE_STICK,
    NULL,
    FALSE,
    TRUE,
    { 0x14dc, 0x1566, 0x1442, 0x14fe, 0x1506 },
    SMITH_MODE_STICK },
  { &rig_hilink,
    SMITH_PRACTICE_STICK,
    "loader",
    TRUE,
    FALSE,
    { 0x14dc, 0x1566, 0x1443, 0x1c05, 0x14fe, 0x1506 },
    SMITH_MODE_STICK },
  { &rig_stick,
    SMITH_PRACTICE_HILINK,
    NULL,
    FALSE,
    FALSE,
    { 0x1506, 0x1c05, 0x1f01, 0x14dc },
    SMITH_MODE_HILINK },
  { &rig_e1550,
    SMITH_PRACTICE_E1550,
    NULL,
    FALSE,
    FALSE,
    { 0x1001, 0x1003, 0x1446, 0x1001 },
    SMITH_MODE_STICK },
};

enum
{
  BY_SWITCH,
  BY_PORTS,
  BY_NEEDLE,
  BACK,
  E1550,
};

static const char *const way_names[] = { "switch", "ports", "needle", "back", "e1550" };

typedef struct
{
  guint way;
  gboolean with_events;
  RigService modem_manager;
  gboolean with_network; /* looks for the network afterwards */
} Case;

static void
assert_faces (Rig *rig, const Way *way)
{
  for (guint i = 0; i < G_N_ELEMENTS (way->faces) && way->faces[i] != 0; i++)
    {
      guint n = 0;

      for (guint k = 0; k < G_N_ELEMENTS (way->faces); k++)
        n += way->faces[k] == way->faces[i];
      g_test_message ("%04x", way->faces[i]);
      g_assert_cmpuint (bridge_get_appearances (rig->bridge, way->faces[i]), ==, n);
    }
}

static void
plug_for (Rig *rig, const Way *way)
{
  SmithVirtualStickConfig config = *way->stick;

  config.refuses_entry = way->refuses_entry;
  config.refuses_switch = way->refuses_switch;
  rig_plug (rig, &config);
}

/* The stick is what the file makes of it, nothing was refused on the way, and
 * nothing was done that a real one would have suffered from. */
static void
assert_converted (Rig *rig, const Way *way, const char *output)
{
  const char *version = smith_practice_files_get_version (&rig->files, way->firmware);
  g_autoptr (GPtrArray) written = smith_virtual_stick_get_written (rig->stick);

  g_assert_cmpint (rig_get_mode (rig), ==, way->ends);
  g_assert_nonnull (strstr (output, version));
  g_assert_cmpuint (written->len, >, 2);
  g_assert_cmpuint (smith_virtual_stick_get_offences (rig->stick), ==, 0);
  g_assert_false (smith_virtual_stick_lost_calibration (rig->stick));
  assert_faces (rig, way);
}

static gboolean
has_umockdev (void)
{
  if (fake_usb_has_umockdev ())
    return TRUE;
  g_test_skip ("umockdev is not loaded: run this through meson test or umockdev-wrapper");
  return FALSE;
}

static int
convert (Rig *rig, const Way *way, const char *place, gboolean with_network, char **output)
{
  const char *words[] = {
    smith_practice_files_get_firmware (&rig->files, way->firmware), NULL, NULL, NULL, NULL, NULL
  };
  guint n = 1;

  if (!with_network)
    words[n++] = "--no-network";
  if (way->loads != NULL)
    {
      words[n++] = "--loader";
      words[n++] = rig->files.loader;
    }
  if (place != NULL)
    {
      words[n++] = "--stick";
      words[n++] = place;
    }
  return convert_with (rig, way->loads != NULL, words, output);
}

static void
test_convert (gconstpointer data)
{
  const Case *one = data;
  const Way *way = &ways[one->way];
  g_autofree char *output = NULL;
  Rig rig;

  if (!has_umockdev ())
    return;
  rig_set_up (&rig, one->with_events, one->modem_manager);
  plug_for (&rig, way);
  g_assert_cmpint (convert (&rig, way, NULL, one->with_network, &output), ==, 0);
  assert_converted (&rig, way, output);
  g_assert_cmpint (strstr (output, "has found its network: Practice") != NULL, ==,
                   one->with_network);
  rig_assert_modem_manager (&rig, one->modem_manager);
  rig_assert_awake (&rig);
  rig_tear_down (&rig);
}

/* Of two, none is chosen by itself, and the one that was not chosen never hears
 * of it. */
static void
test_two (gconstpointer with_events)
{
  const Way *way = &ways[BY_SWITCH];
  g_autofree char *refusal = NULL;
  g_autofree char *output = NULL;
  Rig rig;

  if (!has_umockdev ())
    return;
  rig_set_up (&rig, with_events != NULL, RIG_PRESENT);
  plug_for (&rig, way);
  rig_plug_other (&rig, &rig_stick);
  g_assert_cmpint (convert (&rig, way, NULL, FALSE, &refusal), ==, 3);
  g_assert_nonnull (strstr (refusal, "--stick"));
  g_assert_cmpuint (partner_count (rig.modem_manager, ""), ==, 0);
  rig_assert_untouched (rig.stick);
  rig_assert_untouched (rig.other);
  g_assert_cmpint (convert (&rig, way, RIG_PLACE, FALSE, &output), ==, 0);
  g_assert_cmpint (rig_get_mode (&rig), ==, SMITH_MODE_STICK);
  rig_assert_modem_manager (&rig, RIG_PRESENT);
  rig_assert_awake (&rig);
  rig_assert_untouched (rig.other);
  /* A second face of that kind, but not of that stick. */
  g_assert_cmpuint (bridge_get_appearances (rig.bridge, 0x1506), ==, 2);
  rig_tear_down (&rig);
}

static gboolean
plug_in_boot_mode (gpointer data)
{
  SmithVirtualStickConfig config = rig_hilink;

  config.start = SMITH_MODE_BOOT_ROM;
  rig_plug (data, &config);
  return G_SOURCE_REMOVE;
}

/* Somebody names a port that is not there yet. Whose it is when it comes is not
 * known before; and this one must be sent nothing but a loader. */
static void
test_named_port_comes (gconstpointer with_events)
{
  const char *words[]
      = { program, "flash", "--yes", "--time-scale", "5", "--port", "/dev/ttyUSB0", NULL, NULL };
  g_autofree char *output = NULL;
  Rig rig;

  if (!has_umockdev ())
    return;
  rig_set_up (&rig, with_events != NULL, RIG_ABSENT);
  words[7] = smith_practice_files_get_firmware (&rig.files, SMITH_PRACTICE_STICK);
  g_timeout_add (PLUG_LATER_MS, plug_in_boot_mode, &rig);
  g_assert_cmpint (run_program (&rig, FALSE, words, &output), !=, 0);
  g_assert_nonnull (strstr (output, "boot mode"));
  rig_assert_untouched (rig.stick);
  rig_tear_down (&rig);
}

/* As an earlier run left it behind; of a file that may be gone. */
static void
keep (Rig *rig, const char *place, const char *path, const char *where)
{
  g_autofree char *folder = g_build_filename (rig->folder, "sticksmith", NULL);
  g_autofree char *name = g_strdup_printf ("job-%s.ini", place);
  g_autofree char *state = g_build_filename (folder, name, NULL);
  g_autofree char *entry = g_path_get_basename (path);
  g_autofree char *content = NULL;
  g_autofree char *sum = NULL;
  g_autofree char *text = NULL;
  gsize size = 0;

  if (g_file_get_contents (path, &content, &size, NULL))
    sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) content, size);
  text = g_strdup_printf ("[job]\nformat=1\nusb-path=%s\nfiles=%s;\nentries=%s;\nsha256=%s;\n"
                          "touched=true\nfile=0\n%s",
                          place, path, entry, sum != NULL ? sum : "", where);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (state, text, -1, NULL));
}

static gboolean
is_kept (Rig *rig, const char *place)
{
  g_autofree char *name = g_strdup_printf ("job-%s.ini", place);
  g_autofree char *path = g_build_filename (rig->folder, "sticksmith", name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* Each stick's own job is gone on with: one that works already is only asked, and
 * what another one waits for stays. One whose files are gone is half written all
 * the same: that is no refusal before anything was written. */
static void
test_go_on (void)
{
  SmithVirtualStickConfig config = rig_stick;
  const char *const words[] = { "--go-on", "--no-network", NULL };
  const char *firmware;
  g_autofree char *report = NULL;
  g_autofree char *told = NULL;
  g_autofree char *refusal = NULL;
  g_autofree char *output = NULL;
  Rig rig;

  if (!has_umockdev ())
    return;
  rig_set_up (&rig, TRUE, RIG_ABSENT);
  firmware = smith_practice_files_get_firmware (&rig.files, SMITH_PRACTICE_STICK);
  config.version = smith_practice_files_get_version (&rig.files, SMITH_PRACTICE_STICK);
  rig_plug (&rig, &config);
  report = g_build_filename (rig.folder, "report.txt", NULL);
  keep (&rig, RIG_PLACE, "/nowhere/firmware.bin", "step=flash\npartition=2\n");
  keep (&rig, RIG_OTHER_PLACE, firmware, "step=flash\npartition=2\n");
  g_assert_cmpint (convert_with (&rig, FALSE,
                                 (const char *const[]){ "--go-on", "--report", report, NULL },
                                 &refusal),
                   ==, 1);
  g_assert_true (g_file_get_contents (report, &told, NULL, NULL));
  g_assert_nonnull (strstr (told, "Stick written   yes"));
  g_assert_true (is_kept (&rig, RIG_PLACE));

  keep (&rig, RIG_PLACE, firmware, "step=come-back\npartition=9\n");
  g_assert_cmpint (convert_with (&rig, FALSE, words, &output), ==, 0);
  g_assert_cmpuint (smith_virtual_stick_get_count (rig.stick, SMITH_STAGE_BINARY), ==, 0);
  g_assert_cmpint (rig_get_mode (&rig), ==, SMITH_MODE_STICK);
  g_assert_false (is_kept (&rig, RIG_PLACE));
  g_assert_true (is_kept (&rig, RIG_OTHER_PLACE));
  rig_tear_down (&rig);
}

static const Case cases[] = {
  { BY_SWITCH, TRUE, RIG_PRESENT, TRUE },
  { BY_SWITCH, TRUE, RIG_ABSENT },
  { BY_SWITCH, TRUE, RIG_REFUSING },
  { BY_SWITCH, TRUE, RIG_SLOW },
  { BY_SWITCH, FALSE, RIG_ABSENT },
  { BY_PORTS, TRUE, RIG_REFUSING },
  { BY_PORTS, FALSE, RIG_PRESENT },
  { BY_NEEDLE, TRUE, RIG_PRESENT },
  { BY_NEEDLE, FALSE, RIG_REFUSING },
  { BACK, TRUE, RIG_SLOW },
  { BACK, FALSE, RIG_ABSENT },
  { E1550, FALSE, RIG_PRESENT },
  { E1550, TRUE, RIG_ABSENT },
};

int
main (int argc, char **argv)
{
  static const char *const services[] = { "absent", "present", "refusing", "slow" };
  int status;

  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  program = argv[1];
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *name
          = g_strdup_printf ("/whole/convert/%s/%s-modem-manager-%s",
                             cases[i].with_events ? "events" : "silent", way_names[cases[i].way],
                             services[cases[i].modem_manager]);

      g_test_add_data_func (name, &cases[i], test_convert);
    }
  g_test_add_data_func ("/whole/convert/events/two", "", test_two);
  g_test_add_data_func ("/whole/convert/silent/two", NULL, test_two);
  g_test_add_data_func ("/whole/convert/events/named-port-comes", "", test_named_port_comes);
  g_test_add_data_func ("/whole/convert/silent/named-port-comes", NULL, test_named_port_comes);
  g_test_add_func ("/whole/convert/events/go-on", test_go_on);
  bus_up ();
  status = g_test_run ();
  bus_down ();
  return status;
}
